"""A file system that counts its fsyncs and fails on demand, under a real file."""

import time
from collections.abc import Callable
from pathlib import Path

import apsw

from adapters.storage.writer import connect


class FaultyDisk(apsw.VFS):
    """While `on_write` or `on_sync` is set, that operation raises it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.on_write: type[apsw.Error] | None = None
        self.on_sync: type[apsw.Error] | None = None
        # How long each fsync takes.
        self.sync_takes_s = 0.0
        self.syncs = 0
        self.opened = 0
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if isinstance(name, apsw.URIFilename) and not name.filename().endswith(("-wal", "-journal", "-shm")):
            self.opened += 1
        return _File(self, name, flags)

    def connector(self, path: Path) -> Callable[[], apsw.Connection]:
        return lambda: connect(str(path), vfs=self.name)


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._disk.on_write is not None:
            raise self._disk.on_write("injected")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._disk.on_sync is not None:
            raise self._disk.on_sync("injected")
        time.sleep(self._disk.sync_takes_s)
        self._disk.syncs += 1
        super().xSync(flags)
