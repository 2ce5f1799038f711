"""An online copy of the database: whole, checked, and standing by itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from adapters.storage import trouble
from adapters.storage.meta import keep
from adapters.storage.reading import reading
from adapters.storage.restored import COPIED
from adapters.storage.rows import fetch_one, to_us
from adapters.storage.schema import version_of
from adapters.storage.store import path_of

# 4 MiB a step, so that whoever interrupts it does not wait.
PAGES_A_STEP = 1024


class CannotCopy(Exception):
    """The copy was not made; nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a finished copy holds."""

    path: Path
    size: int
    schema: int
    chats: int
    # Rows of the inbox, the outbox and the notices that are still to be seen to.
    waiting: int
    facts: int


def copy(url: str | Path, target: Path, now: datetime, *, replace: bool) -> Copied:
    """Copy the database as it is at this moment, beside a running server too; check it, then name it.

    Raises:
        StoreFailed: the database cannot be read.
        CannotCopy: there is such a file, it cannot be written, or it is not whole.
    """
    _ensure_free(path_of(url), target, replace=replace)
    partial = Path(f"{target}.partial")
    try:
        with _made(partial), reading(url) as source:
            # The reader keeps one look at the file, so writers never make the copy begin anew.
            _fill(source, partial)
            _finish(partial, now)
            copied = _checked(partial)
            _sync(partial)
            os.rename(partial, target)
            _sync(target.absolute().parent)
    except OSError as error:
        raise CannotCopy(f"{target} cannot be written: {error.strerror}") from error
    return Copied(target, *copied)


def _ensure_free(database: str, target: Path, *, replace: bool) -> None:
    own = (Path(f"{database}{suffix}") for suffix in ("", "-wal", "-shm", ".lock", ".lane"))
    if any(target.absolute() == one.absolute() or _same(target, one) for one in own):
        raise CannotCopy(f"{target} belongs to the database itself")
    if target.exists() and not (replace and target.is_file()):
        raise CannotCopy(f"{target} is there already{'' if replace else ' (--force replaces it)'}")
    # A copy's own -wal would be played over it, whoever left it there.
    if any(Path(f"{target}{suffix}").exists() for suffix in ("-wal", "-journal")):
        raise CannotCopy(f"{target.name}-wal or -journal of another file lies there: move it away")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


@contextmanager
def _made(partial: Path) -> Iterator[None]:
    """Make the file for its owner alone, and leave nothing of it unless it is renamed."""
    try:
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise CannotCopy(
            f"{partial} is there: another copy is being made, or was cut off; then remove it"
        ) from error
    try:
        yield
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                os.unlink(f"{partial}{suffix}")


@contextmanager
def _opened(partial: Path, flags: int, how: str = "") -> Iterator[apsw.Connection]:
    uri = f"file://{quote(str(partial.absolute()))}{how}"
    try:
        connection = apsw.Connection(uri, flags=flags | apsw.SQLITE_OPEN_URI)
        try:
            yield connection
        finally:
            connection.close()
    except (apsw.FullError, apsw.IOError, apsw.CantOpenError) as error:
        why = trouble.in_words(error, str(partial.absolute().parent))
        raise CannotCopy(f"{partial} cannot be written: {why}") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise CannotCopy(f"the copy is not whole: {error}") from error


def _fill(source: apsw.Connection, partial: Path) -> None:
    with _opened(partial, apsw.SQLITE_OPEN_READWRITE) as copied:
        # Nothing of a half copy is of use, so nothing secures its steps; the end is synced.
        copied.execute("PRAGMA synchronous = OFF")
        copied.execute("PRAGMA journal_mode = OFF")
        with copied.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(PAGES_A_STEP)


def _finish(partial: Path, now: datetime) -> None:
    """Make it one file that stands by itself, and mark it as a copy: whoever starts on it must know."""
    with _opened(partial, apsw.SQLITE_OPEN_READWRITE) as copied:
        copied.execute("PRAGMA locking_mode = EXCLUSIVE")
        copied.execute("PRAGMA journal_mode = DELETE")
        keep(copied, COPIED, str(to_us(now)))


def _checked(partial: Path) -> tuple[int, int, int, int, int]:
    with _opened(partial, apsw.SQLITE_OPEN_READONLY, "?immutable=1") as copied:
        damage = [row[0] for row in copied.execute("PRAGMA integrity_check")]
        if damage != ["ok"]:
            raise CannotCopy(f"the copy is not whole: {damage[0]}")
        if stray := fetch_one(copied, "PRAGMA foreign_key_check"):
            raise CannotCopy(f"the copy is not whole: a row of {stray[0]} refers to none of {stray[2]}")
        unfinished = [
            _count(copied, "inbox WHERE taken_us IS NULL"),
            _count(copied, "outbox WHERE finished_us IS NULL"),
        ]
        # A file of the first version has none.
        if copied.table_exists("main", "notice"):
            unfinished.append(_count(copied, "notice WHERE finished_us IS NULL"))
        size = partial.stat().st_size
        return size, version_of(copied), _count(copied, "chat"), sum(unfinished), _count(copied, "ledger")


def _count(connection: apsw.Connection, what: str) -> int:
    row: Any = fetch_one(connection, f"SELECT count(*) FROM {what}")
    return int(row[0])


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
