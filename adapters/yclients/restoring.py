"""How our own soft cancel is taken back at YClients: status, length and comment become what they were."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from adapters.transport import NotSent
from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.commenting import SENTENCE, without_sentence
from adapters.yclients.merging import harmed, merged
from adapters.yclients.payloads import RecordPayload
from adapters.yclients.shortening import SHORTENED_S
from adapters.yclients.writing import Writing, rejected, says_busy, unproven
from engine.booking import (
    Attendance,
    Receipt,
    Record,
    RecordChanged,
    RecordRestored,
    Refusal,
    SlotTaken,
)

log = structlog.get_logger()

_ACTIVE = (Attendance.WAITING, Attendance.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Restoring:
    """One salon's way of taking back. Raises port errors, and the journal's where nothing was written."""

    writing: Writing

    async def restore(
        self, shown: Record, zone: tzinfo, wanted_at: datetime
    ) -> RecordRestored | RecordChanged | SlotTaken:
        """Bring the record back, if it was cancelled through us and its whole window is still free.

        Repeatable: it begins with a fresh read, so that what has worked is never written twice.
        """
        read = await self.writing.journal.record(shown.record_id)
        before = await self.writing.twice_read(read, lambda read: stands_again(read, shown), wanted_at)
        if (gone := self._gone(before, shown)) is not None:
            raise rejected("restore.refused", shown.record_id, gone)
        now = self.writing.told(before, zone)
        if not now.shows_the_same(shown):
            return RecordChanged(was=shown, now=now)
        # A stale read shows just what is wished: the record before our cancel. Its day must show it as well.
        if stands_again(before, shown) and (day := await self._day_with(before, zone)) is not None:
            return RecordRestored(receipt=self._already(before, zone), overlaps=_overlaps(before, day, zone))
        if (objection := self._objection(before, zone)) is not None:
            raise rejected("restore.refused", shown.record_id, objection)
        await self._expect_it_there(before, zone)
        return await self._written(before, now, shown, zone)

    async def _written(
        self, before: RecordPayload, now: Record, shown: Record, zone: tzinfo
    ) -> RecordRestored | SlotTaken:
        whole, shows = _restored(before, shown, zone), _shows(shown, zone)
        answered, seen = await self.writing.replace(before.id, whole, shows)
        if seen is not None and shows(seen) and (day := await self._day_with(seen, zone)) is not None:
            log.info("restore.succeeded", record=before.id)
            if what := harmed(before, seen, whole):
                # The restore itself is proven, and only a person can mend the rest.
                log.error("restore.harmed", record=before.id, what=what)
            receipt = self.receipt(seen, zone).model_copy(update={"was": now})
            return RecordRestored(receipt=receipt, overlaps=_overlaps(seen, day, zone))
        if says_busy(answered) and seen is not None:
            log.info("restore.slot_taken", record=before.id)
            if not seen.shows_the_end and await self._day_with(seen, zone):
                # The salon brought it back, short as we had left it: it stands, and its time is another's.
                return RecordRestored(receipt=self._already(seen, zone), overlaps=True)
            return SlotTaken(record=self.writing.told(seen, zone))
        raise unproven("restore.refused", before.id, answered, seen) from answered

    def _already(self, read: RecordPayload, zone: tzinfo) -> Receipt:
        return self.receipt(read, zone).model_copy(update={"how": "already"})

    def receipt(self, read: RecordPayload, zone: tzinfo) -> Receipt:
        """Return the proof of what was just read, and shows the record on."""
        record = self.writing.told(read, zone)
        return Receipt(change="restored", record=record, read_at=self.writing.clock.now())

    def _gone(self, read: RecordPayload, shown: Record) -> Refusal | None:
        """Return why there is nothing of this client's that could come back."""
        if not self.writing.belongs(read, shown):
            return "not_yours"
        return "not_found" if read.deleted else None

    def _objection(self, read: RecordPayload, zone: tzinfo) -> Refusal | None:
        """Return why the record must not be brought back by this client now."""
        if read.shows_no_show and SENTENCE not in read.comment:
            # The salon's own no-show: it is not ours to take back.
            return "refused"
        return self.writing.objection(read, zone)

    async def _expect_it_there(self, before: RecordPayload, zone: tzinfo) -> None:
        """Raise if the record does not stand where it was read to be.

        The whole record is written, its time with it: by a stale read, a move of the salon's own would be
        undone. Its master's day tells at once. Where that does not show it (whether no-shows are always
        listed is not known), or cannot be read, later readings of the record itself have to agree.
        """
        starts_at = before.starts_at(zone)
        assert starts_at is not None
        try:
            day = await self._day_of(before.master_id, starts_at)
        except (NotSent, TurnedAway, Unclear, Refused) as error:
            log.warning("restore.day_unread", record=before.id, why=str(error))
            day = ()
        if any(one.id == before.id and one.starts_at(zone) == starts_at for one in day):
            return
        read_s = 0.0
        for at_s in self.writing.read_back_at_s[1:]:
            await asyncio.sleep(at_s - read_s)
            read_s, seen = at_s, await self.writing.journal.record(before.id)
            if (seen.starts_at(zone), seen.master_id) != (starts_at, before.master_id):
                log.warning("restore.stale", record=before.id)
                raise Unclear("YClients: the record does not stand where it was read to be")

    async def _day_of(self, master_id: int | None, starts_at: datetime) -> Sequence[RecordPayload]:
        day = starts_at.date()
        return await self.writing.journal.records(None, staff_id=master_id, starts_from=day, until=day)

    async def _day_with(self, read: RecordPayload, zone: tzinfo) -> tuple[RecordPayload, ...] | None:
        """Return the records of the master on this one's day, if that day shows this one on as well.

        None: it does not, so that what was read of it was stale. Empty where the day could not be read.
        """
        starts_at = read.starts_at(zone)
        assert starts_at is not None
        begun = self.writing.clock.monotonic()
        there: Sequence[RecordPayload] | None = None
        for at_s in self.writing.read_back_at_s:
            await asyncio.sleep(max(0.0, at_s - (self.writing.clock.monotonic() - begun)))
            try:
                there = await self._day_of(read.master_id, starts_at)
            except (NotSent, TurnedAway, Unclear, Refused) as error:
                log.warning("restore.day_unread", record=read.id, why=str(error))
                continue
            if any(one.id == read.id and not one.shows_the_end for one in there):
                return tuple(there)
        if there is None:
            # Nobody can say: a person should look, and the record stands again all the same.
            log.error("restore.overlap_unknown", record=read.id)
            return ()
        log.warning("restore.stale", record=read.id)
        return None


def _overlaps(read: RecordPayload, day: Sequence[RecordPayload], zone: tzinfo) -> bool:
    """Whether another active record of the master lies over this one, now that it stands again."""
    return any(_lies_over(other, read, zone) for other in day)


def stands_again(read: RecordPayload, shown: Record) -> bool:
    """Whether the record is on, and as long as it was."""
    whole = read.length_s != SHORTENED_S or shown.length_s in (None, SHORTENED_S)
    return not read.deleted and (read.attendance or 0) in _ACTIVE and whole


def attendance_before(shown: Record) -> int:
    """Return the status that the record had before it was cancelled."""
    return int(shown.attendance if shown.attendance in _ACTIVE else Attendance.WAITING)


def whole_length_s(read: RecordPayload, shown: Record) -> int | None:
    """Return how long the record is to be: what we shortened becomes as long as it was."""
    return shown.length_s if read.length_s == SHORTENED_S and shown.length_s else read.length_s


def _restored(before: RecordPayload, shown: Record, zone: tzinfo) -> dict[str, object]:
    status = attendance_before(shown) if before.shows_no_show else before.attendance or 0
    return merged(
        before,
        zone,
        attendance=status,
        seance_length=whole_length_s(before, shown),
        comment=without_sentence(before.comment),
        # This alone asks YClients whether the window is free (yclients.md §3.5).
        save_if_busy=False,
    )


def _shows(shown: Record, zone: tzinfo) -> Callable[[RecordPayload], bool]:
    def shows(read: RecordPayload) -> bool:
        return stands_again(read, shown) and read.starts_at(zone) == shown.starts_at

    return shows


def _lies_over(other: RecordPayload, read: RecordPayload, zone: tzinfo) -> bool:
    begins, theirs = read.starts_at(zone), other.starts_at(zone)
    if other.id == read.id or other.shows_the_end or begins is None or theirs is None:
        return False
    return theirs < begins + read.busy_for and begins < theirs + other.busy_for
