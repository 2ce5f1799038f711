"""How a record is soft-cancelled at YClients, and how it becomes certain that it was.

The rules are those of yclients.md §11.1 and design §6: a fresh read first, one write, and then nothing is
believed but what the journal shows when it is read back.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

import structlog

from adapters.transport import NotSent
from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.journal import Journal
from adapters.yclients.merging import merged
from adapters.yclients.payloads import RecordPayload
from engine.booking import Attendance, Receipt, Record, RecordCancelled, RecordChanged, Refusal
from engine.ports import Clock, InDoubt, Rejected, Unavailable

log = structlog.get_logger()

SENTENCE = "Отменено клиентом через WhatsApp"

# After a write the journal is read at these moments; one stale read does not decide.
READ_BACK_AT_S = (0.0, 1.0, 3.0)
# No further read begins later than this.
READ_BACK_WITHIN_S = 5.0

# The token may not do it, or is no longer one.
NO_RIGHTS = frozenset({401, 403})
DID_NOT_COME = int(Attendance.DID_NOT_COME)

# What YClients answered to a write; None: a success.
Answered = Refused | Unclear | None


@dataclass(frozen=True, slots=True)
class SoftCancel:
    """One salon's way of cancelling. Raises port errors, and the journal's where nothing was written."""

    journal: Journal
    clock: Clock
    # "delete": the record is deleted where YClients finally refuses to change its visit.
    on_refused: Literal["delete", "handover"] = "delete"
    home_region: str = "RU"
    read_back_at_s: Sequence[float] = READ_BACK_AT_S

    async def cancel(self, shown: Record, zone: tzinfo) -> RecordCancelled | RecordChanged:
        """Mark the record as "did not come", if it still is what the client was shown and may be cancelled.

        Repeatable: it begins with a fresh read, so that what has worked is never written twice.
        """
        log.info("soft_cancel.started", record=shown.record_id, company=self.journal.company_id)
        before = await self.journal.record(shown.record_id)
        if (objection := self._objection(before, shown, zone)) is not None:
            raise self._rejected(shown, objection)
        if before.shows_the_end:
            # Our sentence in the comment: it was this wish, in an attempt whose end we did not live to see.
            ours = SENTENCE in before.comment and not before.deleted
            if ours:
                log.info("soft_cancel.succeeded", record=before.id, visit=before.visit_id)
            return RecordCancelled(
                receipt=self.receipt(before, shown, zone, how="soft" if ours else "already")
            )
        now = before.as_record(zone, self.home_region)
        if now is None:
            raise Unclear("YClients: a record without a start or with an unknown status")
        if not now.shows_the_same(shown):
            return RecordChanged(was=shown, now=now)
        if before.visit_id is None:
            log.error("soft_cancel.visit_missing", record=shown.record_id)
            raise Rejected("YClients: the record has no visit", detail="no_visit")
        log.info("soft_cancel.visit_found", visit=before.visit_id, record=shown.record_id)
        siblings = await self._siblings(before, before.visit_id, zone)
        if siblings:
            return await self._replaced(before, siblings, shown, zone)
        return await self._visit_changed(before, before.visit_id, shown, zone)

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
        record = read.as_record(zone, self.home_region)
        if record is None or not record.services:
            # What is deleted may come without its client or services.
            left = Attendance.DID_NOT_COME if read.shows_no_show else shown.attendance
            record = shown.model_copy(update={"attendance": left})
        how = how or ("deleted" if read.deleted else "soft")
        return Receipt(change="cancelled", record=record, read_at=self.clock.now(), how=how)

    def belongs(self, read: RecordPayload, shown: Record) -> bool:
        """Whether it is the record that the client was shown, his and of this salon."""
        if read.company_id not in (None, self.journal.company_id):
            return False
        phone = read.phone(self.home_region)
        return phone == shown.phone or (phone is None and read.deleted)

    def _objection(self, read: RecordPayload, shown: Record, zone: tzinfo) -> Refusal | None:
        """Return why the record must not be cancelled by this client now."""
        if not self.belongs(read, shown):
            return "not_yours"
        if read.shows_the_end:
            return None
        starts_at = read.starts_at(zone)
        if starts_at is not None and starts_at <= self.clock.now():
            return "started"
        if read.attendance == Attendance.CAME:
            return "came"
        if read.paid_full:
            return "paid"
        return "locked" if read.is_update_blocked else None

    # ── two ways of writing, and the last resort ──────────────────────────────────────────────────────

    async def _visit_changed(
        self, before: RecordPayload, visit_id: int, shown: Record, zone: tzinfo
    ) -> RecordCancelled:
        comment = with_sentence(before.comment)
        change = self.journal.change_visit(visit_id, before.id, attendance=DID_NOT_COME, comment=comment)
        answered = await _answered(change)
        seen = await self._read_back(before.id, answered)
        if self._may_delete(answered) and seen is not None and self._is_untouched(before, seen, shown, zone):
            assert isinstance(answered, Refused)
            log.warning("soft_cancel.refused", record=before.id, visit=visit_id, status=answered.status)
            return await self._deleted(before, shown, zone)
        return self._settled(answered, seen, shown, zone)

    async def _replaced(
        self, before: RecordPayload, siblings: Sequence[RecordPayload], shown: Record, zone: tzinfo
    ) -> RecordCancelled:
        """Write the record alone: a change of its visit may change its siblings too (yclients.md §4.1)."""
        whole = merged(before, zone, attendance=DID_NOT_COME, comment=with_sentence(before.comment))
        answered = await _answered(self.journal.replace(before.id, whole))
        seen = await self._read_back(before.id, answered)
        if not isinstance(answered, Refused):
            await self._look_after(siblings, before.id)
        return self._settled(answered, seen, shown, zone)

    async def _deleted(self, before: RecordPayload, shown: Record, zone: tzinfo) -> RecordCancelled:
        log.warning("delete_fallback.started", record=before.id)
        answered = await _answered(self.journal.delete(before.id))
        seen = await self._read_back(before.id, answered, missing_is_deleted=True)
        cancelled = self._settled(answered, seen, shown, zone)
        if cancelled.receipt.how == "deleted":
            log.warning("delete_fallback.succeeded", record=before.id)
        return cancelled

    def _may_delete(self, answered: Answered) -> bool:
        """After exactly two refusals: nothing else is certain enough to destroy history (design §6)."""
        if self.on_refused != "delete" or not isinstance(answered, Refused):
            return False
        return answered.status == 405 or (answered.status == 404 and answered.says("Визит не найден"))

    def _is_untouched(self, before: RecordPayload, seen: RecordPayload, shown: Record, zone: tzinfo) -> bool:
        if seen.shows_the_end or self._objection(seen, shown, zone) is not None:
            return False
        now = seen.as_record(zone, self.home_region)
        same = now is not None and now.shows_the_same(shown)
        return same and (seen.attendance, seen.comment) == (before.attendance, before.comment)

    # ── the siblings of a visit ───────────────────────────────────────────────────────────────────────

    async def _siblings(self, record: RecordPayload, visit_id: int, zone: tzinfo) -> list[RecordPayload]:
        """Return the visit's other records that are not cancelled, whoever's they are."""
        try:
            together = await self.journal.visit(visit_id)
        except (Refused, Unclear):
            # Where the visit cannot be read: it groups records of one client's day (yclients.md §3.3).
            starts_at = record.starts_at(zone)
            assert starts_at is not None
            client_id = record.client.id if record.client else None
            day = starts_at.date()
            same_day = await self.journal.records(client_id, starts_from=day, until=day)
            together = [other for other in same_day if other.visit_id == visit_id]
        return [other for other in together if other.id != record.id and not other.shows_the_end]

    async def _look_after(self, siblings: Sequence[RecordPayload], record_id: int) -> None:
        """Read every sibling back. Nothing is promised about them; a change needs a person."""
        for before in siblings:
            try:
                after = await self.journal.record(before.id)
            except (NotSent, TurnedAway, Unclear, Refused) as error:
                log.error("soft_cancel.sibling_unread", record=record_id, sibling=before.id, why=str(error))
                continue
            if _essence(after) != _essence(before):
                log.error("soft_cancel.sibling_changed", record=record_id, sibling=before.id)

    # ── what became of it ─────────────────────────────────────────────────────────────────────────────

    async def _read_back(
        self, record_id: int, answered: Answered, *, missing_is_deleted: bool = False
    ) -> RecordPayload | None:
        """Return the record as it was read last, or None if it could not be read.

        Reads on while the old state is shown: a read may be stale. After a definite refusal the old state
        is what must be expected, and the first read that succeeds is enough.
        """
        seen: RecordPayload | None = None
        begun = self.clock.monotonic()
        for at_s in self.read_back_at_s:
            waited_s = self.clock.monotonic() - begun
            if waited_s > READ_BACK_WITHIN_S:
                break
            await asyncio.sleep(max(0.0, at_s - waited_s))
            try:
                seen = await self.journal.record(record_id)
            except (NotSent, TurnedAway, Unclear):
                continue
            except Refused as refused:
                if missing_is_deleted and refused.status == 404:
                    return RecordPayload(id=record_id, deleted=True)
                continue
            if seen.shows_the_end or _is_definite(answered):
                break
        return seen

    def _settled(
        self, answered: Answered, seen: RecordPayload | None, shown: Record, zone: tzinfo
    ) -> RecordCancelled:
        """Return the receipt if the journal shows the change, whatever was answered, or raise."""
        if seen is not None and seen.shows_the_end:
            receipt = self.receipt(seen, shown, zone)
            if receipt.how == "soft":
                log.info("soft_cancel.succeeded", record=seen.id, visit=seen.visit_id)
            return RecordCancelled(receipt=receipt)
        if isinstance(answered, Refused) and seen is not None:
            detail: Refusal = "no_rights" if answered.status in NO_RIGHTS else "refused"
            raise self._rejected(shown, detail, answered)
        if isinstance(answered, Refused) and _is_definite(answered):
            raise Unavailable(f"{answered}, and the record could not be read since") from answered
        raise InDoubt(f"{answered or 'YClients: a success'}, but the journal does not show it") from answered

    def _rejected(self, shown: Record, detail: Refusal, answered: Refused | None = None) -> Rejected:
        status = answered.status if answered else None
        log.warning("soft_cancel.refused", record=shown.record_id, why=detail, status=status)
        return Rejected(str(answered or f"the record is {detail}"), detail=detail, code=status)


def with_sentence(comment: str) -> str:
    """Return the comment with our sentence behind it, once: the call overwrites what stood there (§4.1)."""
    if SENTENCE in comment:
        return comment
    return f"{comment.rstrip()}\n{SENTENCE}" if comment.strip() else SENTENCE


async def _answered(write: Awaitable[None]) -> Answered:
    """Carry out one write. Raised is only what surely did nothing: never left us, or turned away unread."""
    try:
        await write
    except (Refused, Unclear) as error:
        return error
    return None


def _is_definite(answered: Answered) -> bool:
    """Whether it is a refusal by HTTP. `success: false` with a 200 is one too, but says less."""
    return isinstance(answered, Refused) and answered.status >= 400


def _essence(record: RecordPayload) -> tuple[object, ...]:
    services = sorted((service.id or 0, service.title) for service in record.services)
    return (record.deleted, record.attendance, record.date, record.staff_id, services, record.visit_id)
