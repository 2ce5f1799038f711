"""The freed window: what we cancelled is shortened, so that the rest of its time can be sold again."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta, tzinfo

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
# A receipt is to be told within ten seconds of the reading: no longer than this is spent on the window.
WITHIN_S = 8.0


@dataclass(frozen=True, slots=True)
class Shortening:
    """One salon's way of selling a cancelled window again. Never raises: the cancel stands without it."""

    writing: Writing

    async def freed(self, seen: RecordPayload, cancelled: Receipt, shown: Record, zone: tzinfo) -> Receipt:
        """Return the receipt of our soft cancel with the window that is free now, if that was read back.

        `seen` is the record as the cancel was read back. A repeated cancel comes here as well: what was
        shortened by an attempt whose end we did not live to see is told without another write.
        """
        try:
            async with asyncio.timeout(WITHIN_S):
                short = await self._shortened(seen, zone)
        except (TimeoutError, NotSent, TurnedAway, Unclear, Refused) as error:
            log.warning("freed_window.failed", record=shown.record_id, why=str(error) or "too slow")
            return cancelled
        length_s = cancelled.was.length_s if cancelled.was else None
        starts_at = seen.starts_at(zone)
        if short is None or starts_at is None or length_s is None or length_s <= SHORTENED_S:
            return cancelled
        log.info("freed_window.succeeded", record=shown.record_id)
        # A technical break stays behind what is left, and stood behind what was.
        begins = starts_at + short.busy_for
        window = (begins, begins + timedelta(seconds=length_s - SHORTENED_S))
        record = short.as_record(zone, self.writing.home_region) or cancelled.record
        read_at = self.writing.clock.now()
        return cancelled.model_copy(update={"freed": window, "record": record, "read_at": read_at})

    async def _shortened(self, seen: RecordPayload, zone: tzinfo) -> RecordPayload | None:
        """Return the record as it was read back, short; None where there was nothing to shorten."""
        if not _is_ours(seen) or seen.length_s is None or seen.length_s <= SHORTENED_S:
            return seen if _is_short(seen) else None
        whole = merged(seen, zone, seance_length=SHORTENED_S)
        answered, short = await self.writing.replace(seen.id, whole, _is_short)
        if short is None or not _is_short(short):
            log.warning("freed_window.failed", record=seen.id, why=str(answered or "not shown"))
            return None
        if what := harmed(seen, short, whole):
            log.error("freed_window.harmed", record=seen.id, what=what)
        return short


def _is_ours(read: RecordPayload) -> bool:
    return read.shows_no_show and not read.deleted and SENTENCE in read.comment


def _is_short(read: RecordPayload) -> bool:
    return read.length_s == SHORTENED_S and _is_ours(read)
