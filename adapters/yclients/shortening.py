"""The freed window: what we cancelled is shortened, so that the rest of its time can be sold again."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import structlog

from adapters.transport import NotSent
from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.commenting import SENTENCE
from adapters.yclients.merging import harmed, merged
from adapters.yclients.payloads import RecordPayload
from adapters.yclients.writing import Writing
from engine.booking import Receipt, Record

log = structlog.get_logger()

# The shortest that a salon was seen to leave (yclients.md §4.3). That it frees the rest is a guess: §4.4.
SHORTENED_S = 300


@dataclass(frozen=True, slots=True)
class Shortening:
    """One salon's way of selling a cancelled window again. Never raises: the cancel stands without it."""

    writing: Writing

    async def freed(self, cancelled: Receipt, shown: Record, zone: tzinfo) -> Receipt:
        """Return the receipt of our soft cancel with the window that is free now, if that was read back."""
        if cancelled.how != "soft":
            return cancelled
        try:
            window = await self._shortened(cancelled, shown, zone)
        except (NotSent, TurnedAway, Unclear, Refused) as error:
            log.warning("freed_window.failed", record=shown.record_id, why=str(error))
            return cancelled
        return cancelled.model_copy(update={"freed": window})

    async def _shortened(
        self, cancelled: Receipt, shown: Record, zone: tzinfo
    ) -> tuple[datetime, datetime] | None:
        before = await self.writing.journal.record(shown.record_id)
        length_s = _length_before_s(before, cancelled, shown)
        if not _is_ours(before) or length_s is None or length_s <= SHORTENED_S:
            return None
        if before.length_s != SHORTENED_S:
            whole = merged(before, zone, seance_length=SHORTENED_S)
            answered, seen = await self.writing.replace(before.id, whole, _is_short)
            if seen is None or not _is_short(seen):
                log.warning("freed_window.failed", record=before.id, why=str(answered or "not shown"))
                return None
            if what := harmed(before, seen, whole):
                log.error("freed_window.harmed", record=before.id, what=what)
        starts_at = before.starts_at(zone)
        assert starts_at is not None
        log.info("freed_window.succeeded", record=before.id)
        # A technical break stays behind what is left, and stood behind what was.
        behind_s = before.technical_break_duration or 0
        return _span(starts_at, SHORTENED_S + behind_s, length_s + behind_s)


def _length_before_s(read: RecordPayload, cancelled: Receipt, shown: Record) -> int | None:
    """Return how long it was: an attempt that we did not live to see may have shortened it already."""
    if read.length_s != SHORTENED_S:
        return read.length_s
    return (cancelled.was.length_s if cancelled.was else None) or shown.length_s


def _is_ours(read: RecordPayload) -> bool:
    return read.shows_no_show and not read.deleted and SENTENCE in read.comment


def _is_short(read: RecordPayload) -> bool:
    return read.length_s == SHORTENED_S and _is_ours(read)


def _span(starts_at: datetime, from_s: int, until_s: int) -> tuple[datetime, datetime]:
    return starts_at + timedelta(seconds=from_s), starts_at + timedelta(seconds=until_s)
