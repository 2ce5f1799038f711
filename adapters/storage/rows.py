"""Small helpers between Python values and SQLite rows."""

from datetime import UTC, datetime, timedelta
from typing import Any, overload

import apsw

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@overload
def to_us(moment: datetime) -> int: ...
@overload
def to_us(moment: None) -> None: ...
def to_us(moment: datetime | None) -> int | None:
    """Return microseconds since 1970 in UTC: exact, sortable, and free of the zone it came in."""
    if moment is None:
        return None
    return (moment - _EPOCH) // _MICROSECOND


@overload
def from_us(us: int) -> datetime: ...
@overload
def from_us(us: None) -> None: ...
def from_us(us: int | None) -> datetime | None:
    """Return the aware moment, in UTC, that `to_us` stored."""
    if us is None:
        return None
    return _EPOCH + us * _MICROSECOND


def storable(text: str) -> str:
    """Return the text with half surrogate pairs escaped: SQLite keeps UTF-8 only."""
    # What is printable holds none, and asking that is a fifth of the work.
    return text if text.isprintable() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def after(moment: datetime, seconds: float) -> int:
    return to_us(moment + timedelta(seconds=seconds))


def fetch(connection: apsw.Connection, sql: str, *bindings: Any) -> list[Any]:
    return connection.execute(sql, bindings).fetchall()


def fetch_one(connection: apsw.Connection, sql: str, *bindings: Any) -> Any | None:
    return connection.execute(sql, bindings).fetchone()


def change(connection: apsw.Connection, sql: str, *bindings: Any) -> int:
    """Run one INSERT, UPDATE or DELETE; return how many rows it touched."""
    connection.execute(sql, bindings)
    return connection.changes()


def change_one(connection: apsw.Connection, sql: str, *bindings: Any) -> None:
    """Run one statement that must touch exactly one row."""
    changed = change(connection, sql, *bindings)
    assert changed == 1, f"{changed} rows changed by: {' '.join(sql.split())[:80]}"
