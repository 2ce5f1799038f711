"""The salon's journal of some days, read for the reconciliation and never written."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta, tzinfo
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.commenting import SENTENCE
from adapters.yclients.journal import PAGE_SIZE, PAGES_MAX, Journal
from engine.statistics import Shown

# A list is cut at so many rows; days that hold more are asked for in smaller parts.
CUT_AT = PAGE_SIZE * PAGES_MAX
DAYS_AT_ONCE = 7
# YClients counts the calls of the running server too, so that a command may be turned away at its first one.
TRIES = 4

Read = TypeVar("Read")


class TooManyOnOneDay(Exception):
    """One day of the journal holds more records than a list shows."""


async def shown(journal: Journal, since: date, until: date) -> list[Shown]:
    """Return every record of these days (the salon's own, inclusive).

    Raises:
        TooManyOnOneDay: so that nothing is compared with a part.
        And what `YClientsClient` raises.
    """
    found: dict[int, Shown] = {}
    for first, last in _weeks(since, until):
        for record in await _part(journal, first, last):
            found[record.record_id] = record
    return list(found.values())


async def _part(journal: Journal, first: date, last: date) -> list[Shown]:
    records = await _patiently(partial(journal.records, None, starts_from=first, until=last))
    if len(records) < CUT_AT:
        return [
            Shown(record.id, record.shows_no_show, SENTENCE in record.comment)
            for record in records
            if not record.deleted
        ]
    if first == last:
        raise TooManyOnOneDay(first.isoformat())
    middle = first + (last - first) // 2
    return [*await _part(journal, first, middle), *await _part(journal, middle + timedelta(days=1), last)]


async def _patiently(read: Callable[[], Awaitable[Read]]) -> Read:
    """Read again where YClients had no time; the client's lane waits for as long as it was told to.

    Raises:
        What `read` raises; TurnedAway only after the last try.
    """
    for _ in range(TRIES - 1):
        with suppress(TurnedAway):
            return await read()
    return await read()


def _weeks(since: date, until: date) -> Iterator[tuple[date, date]]:
    first = since
    while first <= until:
        last = min(first + timedelta(days=DAYS_AT_ONCE - 1), until)
        yield first, last
        first = last + timedelta(days=1)


async def zone_by(journal: Journal) -> tzinfo | None:
    """Return the salon's zone as YClients names it, or None where it tells none."""
    try:
        company = await _patiently(journal.company)
        return ZoneInfo(company.timezone_name if company else "")
    except (Refused, Unclear, ZoneInfoNotFoundError, ValueError, OSError):
        return None
