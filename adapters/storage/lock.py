"""One process at a time: a lock beside the database that dies with its holder."""

import errno
import fcntl
import os
from contextlib import suppress

from engine.ports import StoreFailed, StoreUnfit

# These pass without any change of the settings.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class FileLock:
    """An exclusive flock on `path`, held until `release` or the end of the process, kill -9 included."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None

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

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
