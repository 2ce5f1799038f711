"""The booking port on YClients: records and free windows, cancel, move, take back, what became of it."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from adapters.transport import NotSent
from adapters.yclients.cancelling import SoftCancel
from adapters.yclients.client import Refused, TurnedAway, Unclear, YClientsClient
from adapters.yclients.commenting import SENTENCE
from adapters.yclients.journal import Journal
from adapters.yclients.moving import Moving, stands_at
from adapters.yclients.payloads import Card, RecordPayload
from adapters.yclients.phones import all_digits, digits_that_find
from adapters.yclients.restoring import Restoring, stands_again
from adapters.yclients.shortening import Shortening
from adapters.yclients.windows import Windows
from adapters.yclients.writing import NO_RIGHTS, READ_BACK_AT_S, Writing
from engine.booking import (
    Attendance,
    CancelRecord,
    Command,
    FindRecords,
    FindSlots,
    MoveRecord,
    Query,
    ReadOutcome,
    Receipt,
    Record,
    RecordsFound,
    Refusal,
    RestoreRecord,
    SlotsFound,
    TurnedOut,
)
from engine.events import Event
from engine.ports import Clock, Rejected, Unavailable

log = structlog.get_logger()

FALLBACK_ZONE = ZoneInfo("Europe/Moscow")
# A salon whose zone is refused is asked again after this long: a wrong zone must not stay.
FALLBACK_ZONE_S = 600.0


class YClientsBooking:
    """One salon's journal as the engine wants it. `zone` overrides what the salon's own settings say."""

    def __init__(
        self,
        client: YClientsClient,
        clock: Clock,
        company_id: int,
        *,
        zone: ZoneInfo | None = None,
        on_refused: Literal["delete", "handover"] = "delete",
        home_region: str = "RU",
        read_back_at_s: Sequence[float] = READ_BACK_AT_S,
        freed_window: Literal["keep", "shorten"] = "keep",
    ) -> None:
        self._journal = Journal(client, company_id)
        self._journal_behind_clients = Journal(client.in_background(), company_id)
        self._clock = clock
        self._company_id = company_id
        self._zone: tzinfo | None = zone
        # Who asks for the zone this moment: for clients (False), and behind them (True).
        self._zone_asked: dict[bool, asyncio.Future[tzinfo]] = {}
        self._fallback: tzinfo = FALLBACK_ZONE
        self._fallback_until = float("-inf")
        self._home_region = home_region
        self._writing = writing = Writing(self._journal, clock, home_region, read_back_at_s)
        shortening = Shortening(writing) if freed_window == "shorten" else None
        self._soft_cancel = SoftCancel(writing, on_refused, shortening)
        self._moving, self._restoring = Moving(writing), Restoring(writing)
        self._windows = Windows(self._journal)

    async def ask(self, query: Query) -> Event:
        with _translated(), self._journal.client.turnstile.errand():
            match query:
                case FindRecords(phone=phone):
                    return RecordsFound(records=await self._records_of(phone))
                case ReadOutcome():
                    return await self._turned_out(query)
                case FindSlots():
                    return await self._slots(query)
                case _:
                    raise AssertionError(f"YClients answers no {type(query).__name__}")

    async def do(self, command: Command, *, key: str, wanted_at: datetime | None = None) -> Event:
        """Carry out a write, wanted just now if nothing is said.

        `key` has no use: writes name the final value, and YClients knows no keys.
        """
        wanted_at = wanted_at or self._clock.now()
        with _translated(), self._journal.client.turnstile.errand():
            match command:
                case CancelRecord(record=record):
                    return await self._soft_cancel.cancel(record, await self._zone_now(), wanted_at)
                case MoveRecord():
                    return await self._moving.move(command, await self._zone_now(), wanted_at)
                case RestoreRecord(record=record):
                    return await self._restoring.restore(record, await self._zone_now(), wanted_at)
                case _:
                    raise AssertionError(f"YClients does no {type(command).__name__}")

    async def zone(self) -> tzinfo:
        """Return the salon's timezone, asked once, and behind whoever waits.

        Raises:
            Unavailable: it could not be asked; trying again may help.
        """
        with _translated():
            return await self._zone_now(self._journal_behind_clients)

    def zone_so_far(self) -> tuple[tzinfo, bool]:
        """Return the zone as far as it is known, and whether the salon itself has told it."""
        return (self._fallback, False) if self._zone is None else (self._zone, True)

    async def _zone_now(self, journal: Journal | None = None) -> tzinfo:
        """Return the zone. While one call asks for it the others wait, and share what comes of it.

        After a start everything that is due needs it at once; each asking by itself, they would use the lane
        up for nothing.
        """
        if self._zone is not None:
            return self._zone
        if self._clock.monotonic() < self._fallback_until:
            return self._fallback
        journal = journal or self._journal
        # Clients do not wait for one who asks behind them.
        behind = journal.client.background
        if (asked := self._zone_asked.get(behind)) is not None:
            return await asyncio.shield(asked)
        asked = self._zone_asked[behind] = asyncio.get_running_loop().create_future()
        try:
            zone = await self._zone_of_the_salon(journal)
        except BaseException as error:
            stopped = Unclear("YClients: whoever asked for the zone was stopped")
            asked.set_exception(error if isinstance(error, Exception) else stopped)
            # It may be that nobody waits.
            asked.exception()
            raise
        finally:
            del self._zone_asked[behind]
        asked.set_result(zone)
        return zone

    async def _zone_of_the_salon(self, journal: Journal) -> tzinfo:
        try:
            company = await journal.company()
            self._zone = ZoneInfo(company.timezone_name if company else "")
        except Unclear:
            offset = await journal.some_offset()
            if offset is None:
                raise
            return offset
        except (Refused, ZoneInfoNotFoundError, ValueError, OSError) as error:
            self._fallback = await _guessed_zone(journal)
            log.error(
                "yclients.zone_unknown",
                company=self._company_id,
                taken=str(self._fallback),
                why=type(error).__name__,
            )
            self._fallback_until = self._clock.monotonic() + FALLBACK_ZONE_S
            return self._fallback
        return self._zone

    async def _records_of(self, phone: str) -> tuple[Record, ...]:
        """Return the records of this number that can still be cancelled, soonest first (yclients.md §11.1).

        Found by the last ten digits, decided by the whole number: of the card, and then of each record.
        """
        zone = await self._zone_now()
        today = self._clock.now().astimezone(zone).date()
        found: dict[int, Record] = {}
        for card in await self._cards_of(phone):
            assert card.id is not None
            for payload in await self._journal.records(card.id, starts_from=today):
                record = self._cancellable(payload, phone, zone)
                if record is not None:
                    found[record.record_id] = record
        return tuple(sorted(found.values(), key=lambda record: (record.starts_at, record.record_id)))

    async def _cards_of(self, phone: str) -> list[Card]:
        """Return the cards with this very number; one person may have several (yclients.md §5.1)."""
        short, whole = digits_that_find(phone), all_digits(phone)
        cards = await self._journal.cards(short)
        if not cards and whole != short:
            cards = await self._journal.cards(whole)
        if cards and all(not card.phone for card in cards):
            log.error("yclients.phones_hidden", company=self._company_id, cards=len(cards))
        return [card for card in cards if card.number(self._home_region) == phone]

    def _cancellable(self, payload: RecordPayload, phone: str, zone: tzinfo) -> Record | None:
        """Return the record if it is this client's, active and still to come."""
        if payload.deleted or not payload.services or payload.company_id not in (None, self._company_id):
            return None
        record = payload.as_record(zone, self._home_region)
        if record is None or record.phone != phone or record.starts_at <= self._clock.now():
            return None
        return record if record.attendance in (Attendance.WAITING, Attendance.CONFIRMED) else None

    async def _slots(self, query: FindSlots) -> SlotsFound:
        zone = await self._zone_now()
        read = await self._journal.record(query.record.record_id)
        if not self._writing.belongs(read, query.record):
            raise Rejected("the record is not_yours", detail="not_yours")
        return SlotsFound(slots=await self._windows.free(query, read, self._clock.now(), zone))

    async def _turned_out(self, query: ReadOutcome) -> TurnedOut:
        """Look again, minutes after a write: the client was answered, and does not wait."""
        zone = await self._zone_now(self._journal_behind_clients)
        outcome = TurnedOut(**dict(query))
        try:
            read = await self._read_later(query, zone)
        except Refused as refused:
            log.warning("yclients.outcome_unread", record=query.record.record_id, status=refused.status)
            return outcome
        if not self._writing.belongs(read, query.record):
            return outcome
        proof = self._proof if query.told_at is None else self._proof_by_now
        if (receipt := proof(read, query, zone)) is not None:
            return outcome.model_copy(update={"receipt": receipt})
        # What is deleted cannot be shown any more.
        shown = None if read.deleted else read.as_record(zone, self._home_region)
        return outcome.model_copy(update={"shown": shown})

    async def _read_later(self, query: ReadOutcome, zone: tzinfo) -> RecordPayload:
        """Return the record; one stale read does not decide that it is no longer as it was told."""
        read = await self._journal_behind_clients.record(query.record.record_id)
        if query.told_at is None:
            return read
        before_s = 0.0
        for at_s in self._writing.read_back_at_s[1:]:
            if (proof := self._proof_by_now(read, query, zone)) and proof.change == query.change:
                break
            await asyncio.sleep(at_s - before_s)
            before_s, read = at_s, await self._journal_behind_clients.record(query.record.record_id)
        return read

    def _proof(self, read: RecordPayload, query: ReadOutcome, zone: tzinfo) -> Receipt | None:
        """Return the receipt of the change, if the record that was read shows it; or of an end instead."""
        shown = query.record
        if query.change == "moved":
            if read.shows_the_end:
                return self._end(read, shown, zone)
            stands = query.to is not None and stands_at(read, query.to, zone)
            return self._moving.receipt(read, zone) if stands else None
        if query.change == "restored":
            if read.deleted:
                return self._end(read, shown, zone)
            there = read.starts_at(zone) == shown.starts_at and stands_again(read, shown)
            return self._restoring.receipt(read, zone) if there else None
        return self._soft_cancel.receipt(read, shown, zone) if read.shows_the_end else None

    def _proof_by_now(self, read: RecordPayload, query: ReadOutcome, zone: tzinfo) -> Receipt | None:
        """Return the receipt of what was told, if it still is so; or of the end, whoever made it."""
        shown = query.record
        if read.shows_the_end:
            return self._end(read, shown, zone)
        if query.change == "cancelled" or not self._writing.told(read, zone).shows_the_same(shown):
            return None
        made = self._moving if query.change == "moved" else self._restoring
        return made.receipt(read, zone)

    def _end(self, read: RecordPayload, shown: Record, zone: tzinfo) -> Receipt:
        """Return the receipt of the end, whoever made it."""
        ours = SENTENCE in read.comment or read.deleted
        return self._soft_cancel.receipt(read, shown, zone, how=None if ours else "already")


async def _guessed_zone(journal: Journal) -> tzinfo:
    """Where the salon's settings are closed to us its records still tell their offset."""
    try:
        return await journal.some_offset() or FALLBACK_ZONE
    except Refused:
        return FALLBACK_ZONE


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what is raised where nothing may have been written yet into the port's errors."""
    try:
        yield
    except NotSent as error:
        raise Unavailable(f"YClients: no connection ({error})") from error
    except TurnedAway as error:
        raise Unavailable(str(error), retry_after_s=error.retry_after_s) from error
    except Unclear as error:
        raise Unavailable(str(error)) from error
    except Refused as error:
        detail: Refusal = "refused"
        if error.status in NO_RIGHTS:
            detail = "no_rights"
        elif error.status == 404:
            detail = "not_found"
        raise Rejected(str(error), detail=detail, code=error.status) from error
