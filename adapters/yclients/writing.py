"""What all writes to the journal have in common: whose record it is, and what is believed afterwards.

The rules are those of yclients.md §11.1 and design §6: a fresh read first, one write, and then nothing is
believed but what the journal shows when it is read back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from adapters.transport import NotSent
from adapters.yclients.client import Refused, TurnedAway, Unclear
from adapters.yclients.journal import Journal
from adapters.yclients.payloads import RecordPayload
from engine.booking import Attendance, Record, Refusal
from engine.ports import Clock, InDoubt, PortError, Rejected, Unavailable

log = structlog.get_logger()

# After a write the journal is read at these moments; one stale read does not decide.
READ_BACK_AT_S = (0.0, 1.0, 3.0)
# No further read begins later than this.
READ_BACK_WITHIN_S = 5.0

# The token may not do it, or is no longer one.
NO_RIGHTS = frozenset({401, 403})
# 409 by one weak source; with 422 and 200 only the words tell, which are live (yclients.md §2, 2026-11).
BUSY, BUSY_IF_SAID = 409, frozenset({200, 422})
WORDS_OF_BUSY = ("недоступн", "занят", "пересек")

# What YClients answered to a write; None: a success.
Answered = Refused | Unclear | None


@dataclass(frozen=True, slots=True)
class Writing:
    """One salon's journal to write into. Raises port errors, and the journal's where nothing was written."""

    journal: Journal
    clock: Clock
    home_region: str = "RU"
    read_back_at_s: Sequence[float] = READ_BACK_AT_S

    def belongs(self, read: RecordPayload, shown: Record) -> bool:
        """Whether it is the record that the client was shown, his and of this salon."""
        if read.company_id not in (None, self.journal.company_id):
            return False
        phone = read.phone(self.home_region)
        return phone == shown.phone or (phone is None and read.deleted)

    def objection(self, read: RecordPayload, zone: tzinfo) -> Refusal | None:
        """Return why nobody may change the record by a message now."""
        starts_at = read.starts_at(zone)
        if starts_at is not None and starts_at <= self.clock.now():
            return "started"
        if read.attendance == Attendance.CAME:
            return "came"
        if read.paid_full:
            return "paid"
        return "locked" if read.is_update_blocked else None

    def told(self, read: RecordPayload, zone: tzinfo) -> Record:
        """Return the record in the engine's words."""
        record = read.as_record(zone, self.home_region)
        if record is None:
            raise Unclear("YClients: a record without a start or with an unknown status")
        return record

    async def twice_read(
        self, read: RecordPayload, shows: Callable[[RecordPayload], bool], wanted_at: datetime
    ) -> RecordPayload:
        """Return the record as a later read shows it, if the first one says that nothing is left to do.

        Cancelled, taken back and cancelled again: a stale read would show the end before the second cancel.
        A read that comes long enough after `wanted_at` is no stale one. So a write that has worked, and whose
        process was killed over it, is known at once by the next process, however short that one lives.
        """
        seen: RecordPayload | None = None
        since_s = (self.clock.now() - wanted_at).total_seconds()
        if not shows(read) or since_s >= self.read_back_at_s[-1]:
            return read
        begun = self.clock.monotonic() - max(0.0, since_s)
        for at_s in self.read_back_at_s[1:]:
            await asyncio.sleep(max(0.0, at_s - (self.clock.monotonic() - begun)))
            try:
                seen = await self.journal.record(read.id)
            except (NotSent, TurnedAway, Unclear, Refused):
                continue
            if not shows(seen):
                break
        if seen is None:
            raise Unclear("YClients: a record that needs no change could not be read twice")
        return seen

    async def replace(
        self, record_id: int, whole: dict[str, object], shows: Callable[[RecordPayload], bool]
    ) -> tuple[Answered, RecordPayload | None]:
        """Write the whole record once, and return what was answered and what was read last."""
        answered = await answered_to(self.journal.replace(record_id, whole))
        return answered, await self.read_back(record_id, answered, shows)

    async def read_back(
        self,
        record_id: int,
        answered: Answered,
        shows: Callable[[RecordPayload], bool],
        *,
        missing_is_deleted: bool = False,
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
            if shows(seen) or is_definite(answered):
                break
        return seen


async def answered_to(write: Awaitable[None]) -> Answered:
    """Carry out one write. Raised is only what surely did nothing: never left us, or turned away unread."""
    try:
        await write
    except (Refused, Unclear) as error:
        return error
    return None


def is_definite(answered: Answered) -> bool:
    """Whether it is a refusal by HTTP. `success: false` with a 200 is one too, but says less."""
    return isinstance(answered, Refused) and answered.status >= 400


def says_busy(answered: Answered) -> bool:
    """Whether the window was refused because somebody has it, or nobody works then."""
    if not isinstance(answered, Refused):
        return False
    said = any(words in answered.message.casefold() for words in WORDS_OF_BUSY)
    return answered.status == BUSY or (answered.status in BUSY_IF_SAID and said)


def rejected(event: str, record_id: int, detail: Refusal) -> Rejected:
    """Return what is to be raised where nothing may be written, and log it under this name."""
    log.warning(event, record=record_id, why=detail, status=None)
    return Rejected(f"the record is {detail}", detail=detail)


def unproven(event: str, record_id: int, answered: Answered, seen: RecordPayload | None) -> PortError:
    """Return what is to be raised after a write that the journal does not show; log a refusal so."""
    if isinstance(answered, Refused) and seen is not None:
        detail: Refusal = "no_rights" if answered.status in NO_RIGHTS else "refused"
        log.warning(event, record=record_id, why=detail, status=answered.status)
        return Rejected(str(answered), detail=detail, code=answered.status)
    if isinstance(answered, Refused) and is_definite(answered):
        return Unavailable(f"{answered}, and the record could not be read since")
    return InDoubt(f"{answered or 'YClients: a success'}, but the journal does not show it")
