"""One process at a time: a lock beside the database, and a name that nobody can remove."""

import errno
import fcntl
import os
import socket
from contextlib import suppress

from engine.ports import StoreFailed, StoreUnfit

# These pass without any change of the settings.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class FileLock:
    """An exclusive flock on `path`, held until `release` or the end of the process, kill -9 included."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._name: socket.socket | None = None

    def acquire(self) -> None:
        """Take the lock at once.

        Raises:
            StoreFailed: another process, or another store of this one, holds it; or the disk fails.
            StoreUnfit: no file can be made there.
        """
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            what = f"{self._path} cannot be opened: {error.strerror}"
            raise (StoreFailed if error.errno in _OF_THE_DISK else StoreUnfit)(what) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(file, 20, 0).decode(errors="replace").strip()
            os.close(file)
            raise StoreFailed(f"{self._path} is held by process {holder or '?'}") from error
        with suppress(OSError):  # on a full disk the lock holds all the same, without a name
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def hold_name(self, database: str) -> None:
        """Hold a name that is made of the database's own inode, too: whoever removes our file lets nobody in.

        It is an abstract socket of Linux's: nobody can remove it, it dies with its holder, and it opens no
        file of SQLite's, whose POSIX locks end with any descriptor that is closed. Another container does not
        see it; there, and on other systems, the file alone has to do.

        Raises:
            StoreFailed: another process holds it.
        """
        name = socket.socket(socket.AF_UNIX)
        try:
            inode = os.stat(database)
            name.bind(f"\0otmena-{inode.st_dev:x}-{inode.st_ino:x}")
        except OSError as error:
            name.close()
            if error.errno == errno.EADDRINUSE:
                beside = os.path.basename(self._path)
                raise StoreFailed(
                    f"{database} is held by another process, under another name or with its {beside} removed"
                ) from error
            return
        self._name = name

    def release(self) -> None:
        """Give back what is held; harmless when nothing is."""
        if self._name is not None:
            self._name.close()
            self._name = None
        if self._file is not None:
            os.close(self._file)
            self._file = None
