"""Read a database file without touching it: beside a running server, or a copy of it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from adapters.storage.restored import ensure_own_wal
from adapters.storage.schema import MIGRATIONS, version_of
from adapters.storage.store import path_of
from adapters.storage.writer import BUSY_TIMEOUT_MS
from engine.ports import StoreFailed

_NEVER_STARTED = (
    "a server makes it when it first starts: name the one that yours uses, "
    "for instance sqlite:////var/lib/otmena/otmena.db"
)


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
    _ensure_there(path)
    ensure_own_wal(path)
    try:
        connection = _opened(path)
        try:
            with connection:
                _check(connection, path)
                yield connection
        finally:
            connection.close()
    except apsw.Error as error:
        denied = _denied(path)
        raise (denied or StoreFailed(f"{path} cannot be read: {error}")) from error
    except OverflowError as error:
        # Every column of moments takes any integer, and a calendar ends with the year 9999.
        raise StoreFailed(f"{path} is damaged: it holds a time that cannot be ({error})") from error


def _ensure_there(path: str) -> None:
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        is_file = False
    except OSError as error:
        raise _unreadable(path, error) from error
    if not is_file:
        raise StoreFailed(f"there is no file {Path(path).absolute()}; {_NEVER_STARTED}")


def _denied(path: str) -> StoreFailed | None:
    """Return what the system has against reading the file, or what SQLite keeps beside it."""
    for file in (path, f"{path}-wal", f"{path}-shm"):
        try:
            with open(file, "rb"):
                pass
        except FileNotFoundError:
            continue
        except OSError as error:
            return _unreadable(file, error)
    return None


def _unreadable(file: str, error: OSError) -> StoreFailed:
    remedy = (
        "; run this as a user who may, such as the server's" if isinstance(error, PermissionError) else ""
    )
    return StoreFailed(f"{file} cannot be read: {str(error.strerror).lower()}{remedy}")


def _opened(path: str) -> apsw.Connection:
    # SQLite would make what is missing beside the file, and leave it behind, unless it is kept from that.
    # A file of a stopped server has no -wal; whoever has it open has a -shm, too: a -wal alone is a copy's.
    has_wal, has_shm = (os.path.exists(f"{path}{suffix}") for suffix in ("-wal", "-shm"))
    how = "" if has_shm and has_wal else "?vfs=unix-none" if has_wal else "?immutable=1"
    uri = f"file://{quote(str(Path(path).absolute()))}{how}"
    connection = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    if has_wal and not has_shm:
        # In this mode what the -shm is for is kept in memory; without locks it is had by reading alone.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.pragma("locking_mode", "exclusive")
    return connection


def _check(connection: apsw.Connection, path: str) -> None:
    version = version_of(connection)
    if version > len(MIGRATIONS):
        known = f"this program knows up to {len(MIGRATIONS)}"
        raise StoreFailed(f"{path} has version {version}, {known}: a newer Otmena wrote it")
    if not connection.table_exists("main", "chat"):
        if not os.path.getsize(path) and not os.path.exists(f"{path}-wal"):
            raise StoreFailed(
                f"{Path(path).absolute()} is empty, no server has started on it; {_NEVER_STARTED}"
            )
        raise StoreFailed(f"{path} is no database of Otmena, or an empty one{_hint(path)}")


def _hint(path: str) -> str:
    """Say what is missing where the file was written with a -wal and none stands beside it."""
    with Path(path).open("rb") as opened:
        header = opened.read(20)
    if header[18:20] != b"\x02\x02" or Path(f"{path}-wal").exists():
        return ""
    wal = f"{Path(path).name}-wal"
    return f"; if it is a copy made beside a running server, what it holds is in {wal}: copy both together"
