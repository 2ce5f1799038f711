"""SQLite on a simulated disk: real file format, real log, real recovery, and each sync can be the last."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

from adapters.rehearsal.disk import Disk, File
from adapters.storage.writer import connect

# The database's name on its disk, and in what is told of syncs.
DATABASE = "otmena.db"
# SQLite knows file systems by names of the whole process.
_numbers = itertools.count(1)


class SimulatedVFS(apsw.VFS):
    """The file system of one life of a process.

    `synced` is told "before fsync of NAME" and "after fsync of NAME", and may raise: what SQLite makes of
    that is as of an error of the disk. Once `alive` denies, nothing reaches the disk any more, whatever the
    dead process's connection still does when it is closed.
    """

    def __init__(
        self,
        disk: Disk,
        *,
        synced: Callable[[str], None] = lambda where: None,
        alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = f"simulated-disk-{next(_numbers)}"
        self.disk = disk
        self.synced = synced
        self._alive = alive
        self._generation = disk.generation
        super().__init__(self.name, base="")

    @property
    def alive(self) -> bool:
        return self._generation == self.disk.generation and self._alive()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        flags[1] = flags[0]
        named = name.filename() if isinstance(name, apsw.URIFilename) else name
        return SimulatedFile(self, named, flags[0])  # type: ignore[return-value]  # a file by its methods

    def xAccess(self, pathname: str, flags: int) -> bool:
        return self.disk.exists(pathname)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        if self.alive:
            self.disk.delete(filename, durably=syncdir)

    def xFullPathname(self, name: str) -> str:
        return name


class SimulatedFile:
    """One open file, with the methods that SQLite calls.

    There is no shared memory, so that a log needs the exclusive mode, and no locks: one process has it open.
    """

    def __init__(self, vfs: SimulatedVFS, name: str | None, flags: int) -> None:
        self._vfs = vfs
        # A nameless one is a temporary file, which no crash can be of interest to.
        self._name = name
        self._file = vfs.disk.open(name) if name is not None else File()
        self._passing = bool(flags & apsw.SQLITE_OPEN_DELETEONCLOSE)

    def xRead(self, amount: int, offset: int) -> bytes:
        return self._file.read(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._vfs.alive:
            self._file.write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        if self._vfs.alive:
            self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:
        if self._name is None or not self._vfs.alive:
            return
        self._vfs.synced(f"before fsync of {self._name}")
        self._vfs.disk.sync(self._file)
        self._vfs.synced(f"after fsync of {self._name}")

    def xFileSize(self) -> int:
        return len(self._file.cached)

    def xClose(self) -> None:
        if self._passing and self._name is not None:
            self._vfs.xDelete(self._name, False)

    def xLock(self, level: int) -> None:
        """Nobody else has it open."""

    def xUnlock(self, level: int) -> None:
        """Nobody else has it open."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        # These two are what SQLite's own file system says of Linux: no byte beyond a write is ever touched.
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE


def opened(vfs: SimulatedVFS) -> apsw.Connection:
    """Connect as the server does, with all that it asks of SQLite, to the database on this disk."""
    return connect(DATABASE, vfs=vfs.name, exclusive=True)


@contextmanager
def at_hand(disk: Disk) -> Iterator[apsw.Connection]:
    """Yield a connection that no process has and no crash meets; it is closed properly."""
    vfs = SimulatedVFS(disk)
    connection = opened(vfs)
    try:
        yield connection
    finally:
        connection.close()
        vfs.unregister()
