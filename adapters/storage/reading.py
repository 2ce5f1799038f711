"""Read a database file without touching it: beside a running server, or a copy of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from adapters.storage.schema import MIGRATIONS, version_of
from adapters.storage.store import path_of
from adapters.storage.writer import BUSY_TIMEOUT_MS
from engine.ports import StoreFailed


@contextmanager
def reading(url: str | Path) -> Iterator[apsw.Connection]:
    """Open the file for one consistent look; nothing is created, migrated or written.

    A file of an older schema is read as it is, so queries name only columns of the first one.

    Raises:
        StoreFailed: there is no such file, it is none of ours or damaged, or a newer Otmena wrote it.
    """
    try:
        path = path_of(url)
    except ValueError as error:
        raise StoreFailed(str(error)) from error
    if not Path(path).is_file():
        raise StoreFailed(f"there is no file {path}")
    try:
        connection = _opened(path)
        try:
            with connection:
                _check(connection, path)
                yield connection
        finally:
            connection.close()
    except apsw.Error as error:
        raise StoreFailed(f"{path} cannot be read: {type(error).__name__}: {error}") from error


def _opened(path: str) -> apsw.Connection:
    # A file of a stopped server has no -wal beside it. SQLite would make one, and leave it behind, unless
    # it is told that nobody else has the file open.
    nobody_has_it = not Path(f"{path}-wal").exists()
    uri = f"file:{quote(str(Path(path).absolute()))}{'?immutable=1' if nobody_has_it else ''}"
    connection = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    return connection


def _check(connection: apsw.Connection, path: str) -> None:
    version = version_of(connection)
    if version > len(MIGRATIONS):
        known = f"this program knows up to {len(MIGRATIONS)}"
        raise StoreFailed(f"{path} has version {version}, {known}: a newer Otmena wrote it")
    if not connection.table_exists("main", "chat"):
        raise StoreFailed(f"{path} is no database of Otmena, or an empty one{_hint(path)}")


def _hint(path: str) -> str:
    """Say what is missing where the file was written with a -wal and none stands beside it."""
    with Path(path).open("rb") as opened:
        header = opened.read(20)
    if header[18:20] != b"\x02\x02" or Path(f"{path}-wal").exists():
        return ""
    wal = f"{Path(path).name}-wal"
    return f"; if it is a copy made beside a running server, what it holds is in {wal}: copy both together"
