"""How a record is moved at YClients: the whole of it is written back with another start and master."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from adapters.yclients.commenting import SENTENCE, without_sentence
from adapters.yclients.merging import harmed, merged, wall_clock
from adapters.yclients.payloads import RecordPayload
from adapters.yclients.restoring import attendance_before, stands_again, whole_length_s
from adapters.yclients.writing import Writing, rejected, says_busy, unproven
from engine.booking import (
    MoveRecord,
    Receipt,
    Record,
    RecordChanged,
    RecordMoved,
    Refusal,
    Slot,
    SlotTaken,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Moving:
    """One salon's way of moving. Raises port errors, and the journal's where nothing was written."""

    writing: Writing

    async def move(
        self, command: MoveRecord, zone: tzinfo, wanted_at: datetime
    ) -> RecordMoved | RecordChanged | SlotTaken:
        """Give the record its new window, if it still is what the client was shown and may be moved.

        Repeatable: it begins with a fresh read, so that what has worked is never written twice.
        """
        shown = command.record
        read = await self.writing.journal.record(shown.record_id)
        before = await self.writing.twice_read(
            read, lambda read: stands_at(read, command.to, zone), wanted_at
        )
        if (objection := self._objection(before, command, zone)) is not None:
            raise rejected("move.refused", shown.record_id, objection)
        if stands_at(before, command.to, zone):
            # An attempt whose end we did not live to see, or the salon's own hand.
            return RecordMoved(receipt=self.receipt(before, zone).model_copy(update={"how": "already"}))
        now = self.writing.told(before, zone)
        if not now.shows_the_same(shown):
            return RecordChanged(was=shown, now=now)
        return await self._written(before, now, command, zone)

    async def _written(
        self, before: RecordPayload, now: Record, command: MoveRecord, zone: tzinfo
    ) -> RecordMoved | SlotTaken:
        whole, shows = _moved(before, command, zone), _shows(command, zone)
        answered, seen = await self.writing.replace(before.id, whole, shows)
        if seen is not None and shows(seen):
            log.info("move.succeeded", record=before.id)
            if what := harmed(before, seen, whole):
                # The move itself is proven, and only a person can mend the rest.
                log.error("move.harmed", record=before.id, what=what)
            return RecordMoved(receipt=self.receipt(seen, zone).model_copy(update={"was": now}))
        if says_busy(answered) and seen is not None:
            log.info("move.slot_taken", record=before.id)
            return SlotTaken(record=self.writing.told(seen, zone))
        raise unproven("move.refused", before.id, answered, seen) from answered

    def receipt(self, read: RecordPayload, zone: tzinfo) -> Receipt:
        """Return the proof of what was just read, and shows the new window."""
        record = self.writing.told(read, zone)
        return Receipt(change="moved", record=record, read_at=self.writing.clock.now())

    def _objection(self, read: RecordPayload, command: MoveRecord, zone: tzinfo) -> Refusal | None:
        """Return why the record must not be moved by this client now."""
        if not self.writing.belongs(read, command.record):
            return "not_yours"
        # The salon's own no-show is not ours to bring back.
        revived = command.revives and SENTENCE in read.comment and not read.deleted
        if read.shows_the_end and not revived:
            return "not_found"
        return None if stands_at(read, command.to, zone) else self.writing.objection(read, zone)


def stands_at(read: RecordPayload, to: Slot, zone: tzinfo) -> bool:
    """Whether the record is on, at the window's time and with its master."""
    return not read.shows_the_end and (read.starts_at(zone), read.master_id) == (to.starts_at, to.master_id)


def _moved(before: RecordPayload, command: MoveRecord, zone: tzinfo) -> dict[str, object]:
    changes: dict[str, object] = {
        "datetime": wall_clock(command.to.starts_at.astimezone(zone)),
        "staff_id": command.to.master_id,
        # So YClients itself is asked whether the window is free (yclients.md §3.5).
        "save_if_busy": False,
    }
    if before.shows_no_show:
        changes |= {
            "attendance": attendance_before(command.record),
            "comment": without_sentence(before.comment),
            "seance_length": whole_length_s(before, command.record),
        }
    return merged(before, zone, **changes)


def _shows(command: MoveRecord, zone: tzinfo) -> Callable[[RecordPayload], bool]:
    def shows(read: RecordPayload) -> bool:
        whole = not command.revives or stands_again(read, command.record)
        return stands_at(read, command.to, zone) and whole

    return shows
