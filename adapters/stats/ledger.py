"""The ledger's facts as a stream, and the zone that its days are counted in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import apsw
from pydantic import BaseModel, ValidationError

from adapters.storage.meta import ZONE, kept
from adapters.storage.rows import fetch_one, from_us, to_us
from engine.booking import CancelSettled, Fact, LeftAsItWas, MoveSettled, ReasonGiven, RestoreSettled
from engine.statistics import HOLD, Entry

F = TypeVar("F", bound=Fact)


class _Stored(BaseModel, Generic[F]):
    """A fact as `engine.codec` writes it. Read whole by pydantic: four times as fast as by way of a dict."""

    value: F


_READS: dict[str, type[_Stored[Any]]] = {
    "CancelSettled": _Stored[CancelSettled],
    "MoveSettled": _Stored[MoveSettled],
    "RestoreSettled": _Stored[RestoreSettled],
    "ReasonGiven": _Stored[ReasonGiven],
    "LeftAsItWas": _Stored[LeftAsItWas],
}
# In the order of the table itself: by the index all of it would have to be sorted first.
_FACTS = f"""
    SELECT at_us, kind, fact FROM ledger NOT INDEXED
    WHERE at_us BETWEEN ? AND ? AND kind IN ({", ".join(f"'{kind}'" for kind in _READS)})
    ORDER BY entry_id
"""
_EVER = (-(2**62), 2**62)


@dataclass(slots=True)
class Ledger:
    """The facts of some days, with those around them that a wish may have begun or gone on with."""

    connection: apsw.Connection
    zone: tzinfo
    since: date | None = None
    until: date | None = None
    # How many facts no class of today's reads, counted while they are read.
    unreadable: int = 0

    def entries(self) -> Iterator[Entry]:
        for at_us, kind, fact in self.connection.execute(_FACTS, self._bounds()):
            try:
                yield Entry(from_us(at_us), _READS[kind].model_validate_json(fact).value)
            except ValidationError:
                self.unreadable += 1

    def _bounds(self) -> tuple[int, int]:
        first, last = _EVER
        if self.since is not None:
            first = _us(self.since, self.zone) - HOLD // timedelta(microseconds=1)
        if self.until is not None:
            last = _us(self.until, self.zone) + (HOLD + timedelta(days=1)) // timedelta(microseconds=1)
        return first, last


def _us(day: date, zone: tzinfo) -> int:
    """Return the moment at which the day begins there, near enough: what is read is more than is counted."""
    try:
        return to_us(datetime.combine(day, time.min, zone))
    except OverflowError:  # before the year 1 in UTC
        return to_us(datetime.combine(day, time.min, UTC))


def zone_of(connection: apsw.Connection) -> tuple[tzinfo, bool]:
    """Return the salon's zone, and whether it is known by name.

    Where no server of this version has run yet, the newest visit in the ledger tells its offset, which
    leaves out summer time; an empty ledger tells nothing, and UTC is as good as any.
    """
    if name := kept(connection, ZONE):
        try:
            return ZoneInfo(name), True
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # a database of zones older than the server's
    newest = "SELECT fact FROM ledger WHERE kind = 'CancelSettled' ORDER BY entry_id DESC LIMIT 1"
    row = fetch_one(connection, newest)
    if row is None:
        return UTC, True
    try:
        found = _READS["CancelSettled"].model_validate_json(row[0]).value.record.starts_at.tzinfo
    except ValidationError:
        return UTC, False
    return found or UTC, False


def name_of(zone: tzinfo) -> str:
    if isinstance(zone, ZoneInfo):
        return zone.key
    named = str(zone)
    return f"UTC{named}" if named.startswith(("+", "-")) else named
