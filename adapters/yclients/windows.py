"""Where a record could go: windows of its length within its master's shift, or any master's who does it.

Which call is asked is our choice among those of yclients.md §7 (2026-11), and no salon has shown yet how they
agree. First the one that names what keeps a master busy, so that the record itself can be left out; where it
is refused or knows nothing, the journal's grid day by day; last what can be booked online, which knows only
services that are open there. Whatever is offered, the write itself asks for it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

import structlog

from adapters.yclients.client import Refused
from adapters.yclients.journal import Journal
from adapters.yclients.payloads import IntervalPayload, RecordPayload, SeancePayload, ShiftPayload
from adapters.yclients.restoring import whole_length_s
from engine.booking import FindSlots, Slot

log = structlog.get_logger()

# Windows begin on every half hour of the clock. The salon's own grid is a setting that is not read: a guess.
STEP = timedelta(minutes=30)
DAY = timedelta(days=1)
DEFAULT_LENGTH_S = 3600
# One by one, and nobody should wait longer than a few seconds: five calls a second is what there is.
CALLS_DAY_BY_DAY_MAX = 14

# From and to, since midnight.
Span = tuple[timedelta, timedelta]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: windows for this record, on these days, of these masters (names by number)."""

    read: RecordPayload
    # The break behind it included.
    length: timedelta
    days: tuple[date, ...]
    masters: Mapping[int, str]
    zone: tzinfo


Source = Callable[[Wanted], Awaitable[list[Slot] | None]]


@dataclass(frozen=True, slots=True)
class Windows:
    """One salon's free time. Raises what the journal raises."""

    journal: Journal

    async def free(
        self, query: FindSlots, read: RecordPayload, now: datetime, zone: tzinfo
    ) -> tuple[Slot, ...]:
        """Return the windows for the record as it was `read`, soonest first, its own master's first."""
        length_s = whole_length_s(read, query.record) or DEFAULT_LENGTH_S
        wanted = Wanted(
            read,
            timedelta(seconds=length_s + (read.technical_break_duration or 0)),
            tuple(_days(query.since, query.until)),
            await self._masters(query, read),
            zone,
        )
        there = await self._found(wanted)
        found = [slot for slot in there if slot.starts_at > now and slot.starts_at >= query.not_before]
        return tuple(
            sorted(found, key=lambda slot: (slot.starts_at, slot.master_id != read.master_id, slot.master_id))
        )

    async def _masters(self, query: FindSlots, read: RecordPayload) -> dict[int, str]:
        own = {read.master_id: query.record.master} if read.master_id is not None else {}
        if not query.any_master:
            return own
        try:
            # At once: a slow answer is waited for once less.
            able, staff = await asyncio.gather(self._able(read), self.journal.staff())
        except Refused as refused:
            log.warning("windows.masters_refused", record=read.id, status=refused.status)
            return own
        there = {
            one.id: " ".join(one.name.split())
            for one in staff
            if one.id in able and not (one.fired or one.status or one.hidden)
        }
        return {number: name for number, name in there.items() if number is not None} | own

    async def _able(self, read: RecordPayload) -> set[int]:
        """Return who does every service of the record."""
        services = dict.fromkeys(line.id for line in read.services if line.id is not None)
        doing = await asyncio.gather(*(self.journal.staff_of(service_id) for service_id in services))
        return set.intersection(*doing) if doing else set()

    async def _found(self, wanted: Wanted) -> list[Slot]:
        """Ask one source after the other, until one knows something."""
        if not (wanted.masters and wanted.days):
            return []
        sources: tuple[Source, ...] = (self._by_shifts, self._by_seances, self._by_book_times)
        refusals: list[Refused] = []
        for source in sources:
            try:
                found = await source(wanted)
            except Refused as refused:
                log.warning("windows.source_refused", source=source.__name__, status=refused.status)
                refusals.append(refused)
                continue
            if found is not None:
                return found
        if refusals:
            # Where one was not let in and the others know nothing, nobody has looked.
            raise refusals[0]
        return []

    # ── the three sources: None where one knows nothing of these days ─────────────────────────────────

    async def _by_shifts(self, wanted: Wanted) -> list[Slot] | None:
        shifts = await self.journal.shifts(wanted.masters, wanted.days[0], wanted.days[-1])
        told = [shift for shift in shifts if shift.staff_id in wanted.masters and shift.on is not None]
        if not told:
            return None
        return [slot for shift in told for slot in _of_shift(shift, wanted)]

    async def _by_seances(self, wanted: Wanted) -> list[Slot] | None:
        found: list[Slot] = []
        known = False
        for staff_id, on in _day_by_day(wanted):
            cells = await self.journal.seances(staff_id, on)
            known = known or bool(cells)
            found += _slots(
                _starts(_free_spans(cells, _own_span(wanted, staff_id, on)), wanted), staff_id, on, wanted
            )
        return found if known else None

    async def _by_book_times(self, wanted: Wanted) -> list[Slot] | None:
        service_ids = [line.id for line in wanted.read.services if line.id is not None]
        found: list[Slot] = []
        for staff_id, on in _day_by_day(wanted):
            times = await self.journal.book_times(staff_id, on, service_ids)
            found += _slots([one.time for one in times if _is_long_enough(one, wanted)], staff_id, on, wanted)
        return found or None


def _days(since: date, until: date) -> Iterator[date]:
    return (since + n * DAY for n in range((until - since).days + 1))


def _day_by_day(wanted: Wanted) -> list[tuple[int, date]]:
    """Return whom to ask about which day, the soonest first."""
    return [(staff_id, on) for on in wanted.days for staff_id in wanted.masters][:CALLS_DAY_BY_DAY_MAX]


def _of_shift(shift: ShiftPayload, wanted: Wanted) -> list[Slot]:
    assert shift.staff_id is not None
    assert shift.on is not None
    busy = _spans(one for one in shift.busy_intervals if not _is_own(one, wanted.read.id))
    free = [span for slot in _spans(shift.slots) for span in _without(slot, busy)]
    return _slots(_starts(free, wanted), shift.staff_id, shift.on.date(), wanted)


def _is_own(interval: IntervalPayload, record_id: int) -> bool:
    return interval.entity_type in ("", "record") and interval.entity_id == record_id


def _spans(intervals: Iterable[IntervalPayload]) -> list[Span]:
    return sorted(
        (one.begins, one.ends) for one in intervals if one.begins is not None and one.ends is not None
    )


def _without(span: Span, busy: Sequence[Span]) -> Iterator[Span]:
    """Yield what is left of a span when the busy ones, sorted, are taken out of it."""
    begins, ends = span
    for taken_from, taken_to in busy:
        if taken_to <= begins or taken_from >= ends:
            continue
        if taken_from > begins:
            yield begins, taken_from
        begins = max(begins, taken_to)
    if begins < ends:
        yield begins, ends


def _free_spans(cells: Sequence[SeancePayload], own: Span | None) -> list[Span]:
    """Return the free stretches of a day's grid; the cells of the record itself count as free."""
    times = sorted((cell.time, cell.is_free) for cell in cells if cell.time is not None)
    if len(times) < 2:
        return []
    step = min(later - sooner for (sooner, _), (later, _) in pairwise(times))
    free: list[Span] = []
    for at, is_free in times:
        if not (is_free or (own is not None and own[0] <= at < own[1])):
            continue
        if free and free[-1][1] == at:
            free[-1] = (free[-1][0], at + step)
        else:
            free.append((at, at + step))
    return free


def _own_span(wanted: Wanted, staff_id: int, on: date) -> Span | None:
    starts_at = wanted.read.starts_at(wanted.zone)
    if (
        wanted.read.deleted
        or starts_at is None
        or (staff_id, on) != (wanted.read.master_id, starts_at.date())
    ):
        return None
    begins = timedelta(hours=starts_at.hour, minutes=starts_at.minute)
    return begins, begins + wanted.read.busy_for


def _starts(free: Iterable[Span], wanted: Wanted) -> Iterator[timedelta]:
    for begins, ends in free:
        at = -(-begins // STEP) * STEP
        while at + wanted.length <= ends:
            yield at
            at += STEP


def _is_long_enough(one: SeancePayload, wanted: Wanted) -> bool:
    length_s = one.sum_length or one.seance_length
    return length_s is None or timedelta(seconds=length_s) >= wanted.length


def _slots(starts: Iterable[timedelta | None], staff_id: int, on: date, wanted: Wanted) -> list[Slot]:
    """Return the windows of one master's day. Times are the salon's wall clock."""
    midnight = datetime.combine(on, time(), wanted.zone)
    return [
        Slot(starts_at=midnight + at, master=wanted.masters[staff_id], master_id=staff_id)
        for at in starts
        if at is not None and at < DAY
    ]
