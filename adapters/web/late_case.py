"""What is known of a late request at this moment: what was asked for, what was decided, what stands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import structlog

from adapters.web.late_links import Asked
from engine.booking import CancelSettled, Fact, Query, ReadOutcome, Reason, ReasonGiven, Record, TurnedOut
from engine.chat import Chat, LateRequest
from engine.events import Event, LateDecided
from engine.ports import PortError, Unavailable

# Whoever opens a page waits no longer for the journal; what it shows is then of the moment of the request.
READ_WITHIN_S = 4.0
# Nobody asks for a late cancel sooner than this before the visit.
NOTED_BEFORE = timedelta(days=90)
# These end no request: the first begins it, the others are of questions that were left, if they name none.
_NO_ENDS = ("requested", "kept", "silent")

log = structlog.get_logger()


class Stored(Protocol):
    """What the page needs of the store."""

    async def chat(self, chat_id: int) -> Chat | None: ...

    async def what_happened(self, name: str) -> Event | None: ...

    async def noted(self, chat_id: int, kind: type[Fact], since: datetime) -> Sequence[tuple[datetime, Fact]]:
        """Return the facts of this kind that a chat noted since then, and when, oldest first."""


@dataclass(frozen=True, slots=True)
class Journal:
    """What the salon's journal shows of the record; `unread`: it did not answer."""

    shows: Literal["same", "changed", "cancelled", "unseen", "unread"]
    # When it was read; of "changed", the record as it is.
    at: datetime
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One request, read for one page."""

    now: datetime
    # None: nobody has decided it.
    granted: bool | None
    # Somebody may still decide it.
    waits: bool
    # As the client agreed to cancel it, and when that was; None: nothing of it is kept.
    record: Record | None
    asked_at: datetime | None
    # Why, where the client told it since.
    cause: Reason | None
    # How the cancel of it ended since, as the ledger has it, or "already": it was off before the bot came;
    # "": it has not ended, or nobody noted it.
    outcome: str
    # What is known beside that: `moved` where the client moved the record instead.
    detail: str
    ended_at: datetime | None
    # None: there is no record to look for.
    journal: Journal | None

    @property
    def has_begun(self) -> bool:
        shown = self.journal.record if self.journal and self.journal.record else self.record
        return shown is not None and shown.starts_at <= self.now


@dataclass(frozen=True, slots=True)
class Cases:
    """Reads a request from what is stored, and its record from the journal."""

    store: Stored
    ask: Callable[[Query], Awaitable[Event]]
    now: Callable[[], datetime]

    async def read(self, asked: Asked, *, journal: bool = True) -> Case:
        """Return what is known. Without `journal`, that is not asked.

        Raises:
            StoreFailed: nothing is known.
        """
        stored = await self.store.what_happened(name_of(asked))
        granted = stored.granted if isinstance(stored, LateDecided) else None
        waiting = await self._waiting(asked)
        noted = await self._noted(asked)
        first = next((place for place, (_, fact) in enumerate(noted) if fact.request == asked.request), None)
        record, asked_at = (waiting.record, waiting.asked_at) if waiting else (None, None)
        ends: list[tuple[datetime, CancelSettled]] = []
        if first is not None:
            began = noted[first]
            record, asked_at = record or began[1].record, asked_at or began[0]
            ends = [one for one in noted[first + 1 :] if _ends(one[1], began[1])]
        ended_at, ended = ends[-1] if ends else (None, None)
        return Case(
            now=self.now(),
            granted=granted,
            waits=granted is None and waiting is not None and self.now() < asked.until,
            record=record,
            asked_at=asked_at,
            cause=await self._cause(asked, record, asked_at) if record and asked_at else None,
            outcome=_outcome(ended) if ended else "",
            detail=ended.detail if ended else "",
            ended_at=ended_at,
            journal=await self.look(record) if record and journal else None,
        )

    async def look(self, record: Record) -> Journal:
        """Read the record in the journal, now."""
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                answer = await self._answer(ReadOutcome(record=record))
        except (PortError, TimeoutError) as error:
            log.warning("late_request.unread", record=record.record_id, error=type(error).__name__)
            return Journal("unread", self.now())
        assert isinstance(answer, TurnedOut)
        if answer.receipt is not None:
            return Journal("cancelled", self.now())
        if answer.shown is None:
            return Journal("unseen", self.now())
        same = _what_is_asked_about(answer.shown) == _what_is_asked_about(record)
        return Journal("same" if same else "changed", self.now(), answer.shown)

    async def _answer(self, query: Query) -> Event:
        """Ask, and again after a pause that fits into the time; whoever cares ends it when that is over."""
        while True:
            try:
                return await self.ask(query)
            except Unavailable as error:
                if not error.retry_after_s or error.retry_after_s >= READ_WITHIN_S:
                    raise
                await asyncio.sleep(error.retry_after_s)

    async def _waiting(self, asked: Asked) -> LateRequest | None:
        chat = await self.store.chat(asked.chat_id)
        requests = chat.late_requests if chat else ()
        return next((one for one in requests if one.request == asked.request), None)

    async def _cause(self, asked: Asked, record: Record, since: datetime) -> Reason | None:
        noted = [fact for _, fact in await self.store.noted(asked.chat_id, ReasonGiven, since)]
        told = [
            fact.code
            for fact in noted
            if isinstance(fact, ReasonGiven) and fact.record.record_id == record.record_id
        ]
        return told[-1] if told and told[-1] != "none" else None

    async def _noted(self, asked: Asked) -> list[tuple[datetime, CancelSettled]]:
        since = asked.until - NOTED_BEFORE
        noted = await self.store.noted(asked.chat_id, CancelSettled, since)
        return [(at, fact) for at, fact in noted if isinstance(fact, CancelSettled)]


def name_of(asked: Asked) -> str:
    """Under which the decision is stored: one for each request, whoever decides."""
    return f"late:{asked.request}"


def _outcome(fact: CancelSettled) -> str:
    is_off_before = fact.receipt is not None and fact.receipt.how == "already"
    return "already" if is_off_before else fact.outcome


def _ends(fact: CancelSettled, began: CancelSettled) -> bool:
    named = fact.request == began.request and fact.outcome != "requested"
    of_its_record = fact.record.record_id == began.record.record_id and fact.outcome not in _NO_ENDS
    return named or of_its_record


def _what_is_asked_about(record: Record) -> tuple[object, ...]:
    return record.starts_at, record.services, record.master
