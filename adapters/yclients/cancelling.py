"""How a record is soft-cancelled at YClients, and how it becomes certain that it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

import structlog

from adapters.transport import NotSent
from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.commenting import SENTENCE, with_sentence
from adapters.yclients.merging import merged
from adapters.yclients.payloads import RecordPayload
from adapters.yclients.shortening import Shortening
from adapters.yclients.writing import Answered, Writing, answered_to, rejected, unproven
from engine.booking import Attendance, Receipt, Record, RecordCancelled, RecordChanged, Refusal
from engine.ports import Rejected

log = structlog.get_logger()

DID_NOT_COME = int(Attendance.DID_NOT_COME)


@dataclass(frozen=True, slots=True)
class SoftCancel:
    """One salon's way of cancelling. Raises port errors, and the journal's where nothing was written."""

    writing: Writing
    # "delete": the record is deleted where YClients finally refuses to change its visit.
    on_refused: Literal["delete", "handover"] = "delete"
    # None: what was cancelled keeps its window.
    shortening: Shortening | None = None

    async def cancel(
        self, shown: Record, zone: tzinfo, wanted_at: datetime
    ) -> RecordCancelled | RecordChanged:
        """Mark the record as "did not come", if it still is what the client was shown and may be cancelled.

        Repeatable: it begins with a fresh read, so that what has worked is never written twice.
        """
        log.info("soft_cancel.started", record=shown.record_id, company=self.writing.journal.company_id)
        read = await self.writing.journal.record(shown.record_id)
        before = await self.writing.twice_read(
            read, lambda read: read.shows_no_show and not read.deleted, wanted_at
        )
        if (objection := self._objection(before, shown, zone)) is not None:
            raise rejected("soft_cancel.refused", shown.record_id, objection)
        if before.shows_the_end:
            return RecordCancelled(receipt=await self._off_already(before, shown, zone))
        now = self.writing.told(before, zone)
        if not now.shows_the_same(shown):
            return RecordChanged(was=shown, now=now)
        if before.visit_id is None:
            log.error("soft_cancel.visit_missing", record=shown.record_id)
            raise Rejected("YClients: the record has no visit", detail="no_visit")
        log.info("soft_cancel.visit_found", visit=before.visit_id, record=shown.record_id)
        siblings = await self._siblings(before, before.visit_id, zone)
        if siblings:
            seen = await self._replaced(before, siblings, shown, zone)
        else:
            seen = await self._visit_changed(before, before.visit_id, shown, zone)
        receipt = self.receipt(seen, shown, zone).model_copy(update={"was": now})
        return RecordCancelled(receipt=await self._with_its_window(seen, receipt, shown, zone))

    def receipt(
        self,
        read: RecordPayload,
        shown: Record,
        zone: tzinfo,
        *,
        how: Literal["soft", "deleted", "already"] | None = None,
    ) -> Receipt:
        """Return the proof of what was just read, and shows the end."""
        assert read.shows_the_end
        record = read.as_record(zone, self.writing.home_region)
        if record is None or not record.services:
            # What is deleted may come without its client or services.
            left = Attendance.DID_NOT_COME if read.shows_no_show else shown.attendance
            record = shown.model_copy(update={"attendance": left})
        how = how or ("deleted" if read.deleted else "soft")
        return Receipt(change="cancelled", record=record, read_at=self.writing.clock.now(), how=how)

    async def _off_already(self, before: RecordPayload, shown: Record, zone: tzinfo) -> Receipt:
        if SENTENCE not in before.comment or before.deleted:
            return self.receipt(before, shown, zone, how="already")
        # Our sentence in the comment: it was this wish, in an attempt whose end we did not live to see.
        log.info("soft_cancel.succeeded", record=before.id, visit=before.visit_id)
        receipt = self.receipt(before, shown, zone, how="soft").model_copy(update={"was": shown})
        return await self._with_its_window(before, receipt, shown, zone)

    async def _with_its_window(
        self, seen: RecordPayload, receipt: Receipt, shown: Record, zone: tzinfo
    ) -> Receipt:
        if self.shortening is None or receipt.how != "soft":
            return receipt
        return await self.shortening.freed(seen, receipt, shown, zone)

    def _objection(self, read: RecordPayload, shown: Record, zone: tzinfo) -> Refusal | None:
        """Return why the record must not be cancelled by this client now."""
        if not self.writing.belongs(read, shown):
            return "not_yours"
        return None if read.shows_the_end else self.writing.objection(read, zone)

    # ── two ways of writing, and the last resort ──────────────────────────────────────────────────────

    async def _visit_changed(
        self, before: RecordPayload, visit_id: int, shown: Record, zone: tzinfo
    ) -> RecordPayload:
        comment = with_sentence(before.comment)
        change = self.writing.journal.change_visit(
            visit_id, before.id, attendance=DID_NOT_COME, comment=comment
        )
        answered = await answered_to(change)
        seen = await self.writing.read_back(before.id, answered, _is_off)
        if self._may_delete(answered) and seen is not None and self._is_untouched(before, seen, shown, zone):
            assert isinstance(answered, Refused)
            log.warning("soft_cancel.refused", record=before.id, visit=visit_id, status=answered.status)
            return await self._deleted(before, shown, zone)
        return self._settled(answered, seen, shown)

    async def _replaced(
        self, before: RecordPayload, siblings: Sequence[RecordPayload], shown: Record, zone: tzinfo
    ) -> RecordPayload:
        """Write the record alone: a change of its visit may change its siblings too (yclients.md §4.1)."""
        whole = merged(before, zone, attendance=DID_NOT_COME, comment=with_sentence(before.comment))
        answered, seen = await self.writing.replace(before.id, whole, _is_off)
        if not isinstance(answered, Refused):
            await self._look_after(siblings, before.id)
        return self._settled(answered, seen, shown)

    async def _deleted(self, before: RecordPayload, shown: Record, zone: tzinfo) -> RecordPayload:
        log.warning("delete_fallback.started", record=before.id)
        answered = await answered_to(self.writing.journal.delete(before.id))
        seen = await self.writing.read_back(before.id, answered, _is_off, missing_is_deleted=True)
        settled = self._settled(answered, seen, shown)
        if settled.deleted:
            log.warning("delete_fallback.succeeded", record=before.id)
        return settled

    def _may_delete(self, answered: Answered) -> bool:
        """After exactly two refusals: nothing else is certain enough to destroy history (design §6)."""
        if self.on_refused != "delete" or not isinstance(answered, Refused):
            return False
        return answered.status == 405 or (answered.status == 404 and answered.says("Визит не найден"))

    def _is_untouched(self, before: RecordPayload, seen: RecordPayload, shown: Record, zone: tzinfo) -> bool:
        if seen.shows_the_end or self._objection(seen, shown, zone) is not None:
            return False
        now = seen.as_record(zone, self.writing.home_region)
        same = now is not None and now.shows_the_same(shown)
        return same and (seen.attendance, seen.comment) == (before.attendance, before.comment)

    # ── the siblings of a visit ───────────────────────────────────────────────────────────────────────

    async def _siblings(self, record: RecordPayload, visit_id: int, zone: tzinfo) -> list[RecordPayload]:
        """Return the visit's other records that are not cancelled, whoever's they are."""
        try:
            together = await self.writing.journal.visit(visit_id)
        except (Refused, Unclear):
            # Where the visit cannot be read: it groups records of one client's day (yclients.md §3.3).
            starts_at = record.starts_at(zone)
            assert starts_at is not None
            client_id = record.client.id if record.client else None
            day = starts_at.date()
            same_day = await self.writing.journal.records(client_id, starts_from=day, until=day)
            together = [other for other in same_day if other.visit_id == visit_id]
        return [other for other in together if other.id != record.id and not other.shows_the_end]

    async def _look_after(self, siblings: Sequence[RecordPayload], record_id: int) -> None:
        """Read every sibling back. Nothing is promised about them; a change needs a person."""
        for before in siblings:
            try:
                after = await self.writing.journal.record(before.id)
            except (NotSent, TurnedAway, Unclear, Refused) as error:
                log.error("soft_cancel.sibling_unread", record=record_id, sibling=before.id, why=str(error))
                continue
            if _essence(after) != _essence(before):
                log.error("soft_cancel.sibling_changed", record=record_id, sibling=before.id)

    # ── what became of it ─────────────────────────────────────────────────────────────────────────────

    def _settled(self, answered: Answered, seen: RecordPayload | None, shown: Record) -> RecordPayload:
        """Return the record if the journal shows the change, whatever was answered, or raise."""
        if seen is not None and seen.shows_the_end:
            if not seen.deleted:
                log.info("soft_cancel.succeeded", record=seen.id, visit=seen.visit_id)
            return seen
        raise unproven("soft_cancel.refused", shown.record_id, answered, seen) from answered


def _is_off(read: RecordPayload) -> bool:
    return read.shows_the_end


def _essence(record: RecordPayload) -> tuple[object, ...]:
    services = sorted((service.id or 0, service.title) for service in record.services)
    return (record.deleted, record.attendance, record.date, record.staff_id, services, record.visit_id)
