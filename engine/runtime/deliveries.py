"""Drain the outbox: send, ask, do, try again, give up. Results go to the inbox."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from engine.booking import CallFailed, Command, Query
from engine.events import StillWaiting
from engine.notices import Told
from engine.ports import (
    Booking,
    Chance,
    Clock,
    Delivery,
    Ending,
    InDoubt,
    Messenger,
    OutgoingCall,
    OutgoingMessage,
    Paced,
    PortError,
    Rejected,
    Store,
)
from engine.runtime import endings
from engine.runtime.endings import ASK_FOR_S, HOLD_IN_DOUBT_S, IN_DOUBT, SENDS_IN_DOUBT_MAX
from engine.runtime.failing import RETRY_AFTER_S, Failing

SIGN_OF_WAITING_AFTER_S = 10.0
STATUSES_WITHIN = timedelta(hours=24)
# What stands between two copies on a number that shows no statuses.
BLIP_S = 5.0
# For so long silence to read marks counts where none was ever taken.
SILENT_FOR_MAX = timedelta(minutes=2)
AT_ONCE_MAX = 200

log = structlog.get_logger()


@dataclass(slots=True)
class Deliveries:
    """Starts every delivery that is due, each in its own task. Never sleeps on a retry: `due` is stored."""

    store: Store
    booking: Booking
    messenger: Messenger
    clock: Clock
    chance: Chance
    # Called for each chat that got a row to take.
    wake: Callable[[int], None]
    # Called when something new may be due.
    again: Callable[[], None]
    # Who of the salon is told that a client did not get a message.
    lost: Callable[[Delivery], tuple[Told, ...]] = lambda delivery: ()
    # Who is told that nobody knows whether a client got one.
    unsure: Callable[[Delivery], tuple[Told, ...]] = lambda delivery: ()
    # Called with what was tried and how that ended, for whoever counts.
    counted: Callable[[str, str], None] = lambda kind, ending: None
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    # When this process first tried a read: its 10 s count anew after a restart.
    _first_asked: dict[int, float] = field(default_factory=dict)
    _signs: dict[int, asyncio.TimerHandle] = field(default_factory=dict)
    _errands: set[asyncio.Task[None]] = field(default_factory=set)
    # By account: when the last send began that was accepted, and when the last one ended in doubt.
    _accepted: dict[str, float] = field(default_factory=dict)
    _doubted: dict[str, float] = field(default_factory=dict)
    _failing: Failing = field(
        default_factory=lambda: Failing("delivery.store_failed", "delivery.store_recovered")
    )
    _stopping: bool = False

    @property
    def busy(self) -> bool:
        """Whether something is being sent or called this moment."""
        return bool(self._busy)

    async def start_due(self) -> datetime | None:
        """Start what is due; return the moment of the next."""
        if self._stopping:
            return None
        now = self.clock.now()
        busy = frozenset(self._busy)
        for delivery in await self.store.due(now, busy=busy, limit=max(1, AT_ONCE_MAX - len(busy))):
            self._busy[delivery.outbox_id] = asyncio.get_running_loop().create_task(self._deliver(delivery))
        return await self.store.next_due(now, busy=frozenset(self._busy))

    async def stop(self, within_s: float) -> None:
        """Let what is under way end; what does not is found again by the next process."""
        self._stopping = True
        for sign in self._signs.values():
            sign.cancel()
        if self._busy:
            _, unfinished = await asyncio.wait(self._busy.values(), timeout=within_s)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _deliver(self, delivery: Delivery) -> None:
        structlog.contextvars.clear_contextvars()
        started = self.clock.monotonic()
        started_at: datetime | None = None
        try:
            with structlog.contextvars.bound_contextvars(chat=delivery.chat_id, delivery=delivery.outbox_id):
                ending = await self._not_now(delivery)
                if ending is None:
                    started_at = await self._started(delivery)
                    if started_at is None:
                        log.info("delivery.skipped", kind=_kind(delivery))
                        # A question that is too old to be sent has left an event behind.
                        self.wake(delivery.chat_id)
                        return
                    ending = await self._attempt(delivery, started_at)
                await self._end(delivery, ending)
                self.counted(_kind(delivery), ending.kind if ending.why != IN_DOUBT else "unresolved")
                log.info(
                    f"delivery.{ending.kind}",
                    kind=_kind(delivery),
                    result=type(ending.result).__name__ if ending.result else None,
                    why=ending.why or None,
                    attempt=delivery.attempts + 1,
                    took_ms=round((self.clock.monotonic() - started) * 1000, 1),
                )
        except PortError as error:
            # We stop before anything has left: the next process takes it up.
            self._failing.failed(error)
        except Exception:  # our mistake in the store or here: it must not hold the chat until the next start
            log.exception("delivery.failed")
            await asyncio.sleep(RETRY_AFTER_S)
            if started_at is not None:
                await self._leave_in_doubt(delivery)
        finally:
            self._busy.pop(delivery.outbox_id, None)
            self.again()

    async def _leave_in_doubt(self, delivery: Delivery) -> None:
        """How it ended could not be stored, so nobody knows; it is tried once more at most."""
        now = self.clock.now()
        ending = endings.of_mistake(delivery, "its end was not stored", now, started_at=now)
        try:
            for chat_id in await self.store.ended(delivery, ending, now):
                self.wake(chat_id)
        except Exception as error:  # the same mistake again: the next start takes it up
            log.error("delivery.left", error=type(error).__name__)

    async def _not_now(self, delivery: Delivery) -> Ending | None:
        """Return how a message ends before it is tried; None: it is tried."""
        if delivery.message is None:
            return None
        if (ending := self._sent_twice(delivery)) is not None:
            return ending
        try:
            if (ending := await self._outlived(delivery)) is not None:
                return ending
            return await self._waits_for_an_answer(delivery) or await self._its_turn(delivery)
        except PortError:
            raise
        except Exception:  # our mistake in asking whether it may go now: too early is better than never
            log.exception("delivery.not_awaited")
            return None

    def _sent_twice(self, delivery: Delivery) -> Ending | None:
        """A crash has cut the second copy, too: a third would be sent for certain."""
        if delivery.doubts < SENDS_IN_DOUBT_MAX:
            return None
        return self._unresolved(delivery, "cut off")

    async def _outlived(self, delivery: Delivery) -> Ending | None:
        """What could not be told for as long as it was news, somebody of the salon has to know.

        A question leaves an event behind, and its client is told.
        """
        assert delivery.message is not None
        if delivery.message.question is not None or self.clock.now() < endings.useless_at(delivery):
            return None
        chat = await self.store.chat(delivery.chat_id)
        if chat is not None and chat.opted_out and not delivery.message.outcome:
            # «Стоп» has silenced it, so that it is dropped.
            return None
        log.error("send.too_late")
        told = self.unsure if delivery.doubts else self.lost
        return Ending(kind="failed", why="too old", notices=told(delivery))

    def _unresolved(self, delivery: Delivery, why: str) -> Ending:
        log.error("send.unresolved", why=why)
        return Ending(kind="sent", why=IN_DOUBT, notices=self.unsure(delivery))

    async def _waits_for_an_answer(self, delivery: Delivery) -> Ending | None:
        """A second copy is the last: while the channel answers nobody, it would be lost like the first."""
        now, address = self.clock.now(), delivery.address
        if not delivery.doubts or now >= endings.useless_at(delivery) or self._takes_sends(address.account):
            return None
        last = await self.store.last_heard(delivery.chat_id)
        answer = "yes" if last is None else await self.messenger.answers(address, last)
        if answer == "yes":
            return None
        if not await self.store.takes_marks(address.channel, address.account):
            # Who may know no marks tells nothing by an error, and little by silence.
            silent_for = now - (delivery.first_tried_at or now)
            if answer == "unclear" or silent_for >= SILENT_FOR_MAX:
                return None
        return endings.of_silence(delivery, now)

    def _takes_sends(self, account: str) -> bool:
        """Whether a send has begun and was accepted since the last one whose end nobody knows."""
        accepted = self._accepted.get(account)
        return accepted is not None and accepted > self._doubted.get(account, -math.inf)

    async def _its_turn(self, delivery: Delivery) -> Ending | None:
        """Wait for its turn before it begins: a crash meanwhile leaves nothing in doubt.

        Returns how it ends for now, where that is too long to wait.
        """
        try:
            await self.messenger.turn(delivery.address)
        except Paced as error:
            return endings.of_send(delivery, error, self.clock.now(), self.chance, held_s=0)
        return None

    async def _started(self, delivery: Delivery) -> datetime | None:
        """Store that it starts, and return when; None: it must not.

        However long that takes: it may stand, and then nobody else would ever take it up in this process.
        """

        async def starting() -> datetime | None:
            started_at = self.clock.now()
            return started_at if await self.store.starting(delivery, started_at) else None

        return await self._failing.outlasted(starting, unless=lambda: self._stopping)

    async def _attempt(self, delivery: Delivery, started_at: datetime) -> Ending:
        try:
            if delivery.message is not None:
                return await self._send(delivery, delivery.message)
            assert delivery.call is not None
            return await self._call(delivery, delivery.call, started_at)
        except Exception as error:  # the one broad catch of this loop: our mistake must not stop the chat
            log.exception("delivery.broken", kind=_kind(delivery), attempt=delivery.attempts + 1)
            return endings.of_mistake(delivery, type(error).__name__, self.clock.now(), started_at=started_at)

    async def _end(self, delivery: Delivery, ending: Ending) -> None:
        if ending.kind == "result":
            self._first_asked.pop(delivery.outbox_id, None)
            self._forget_sign(delivery)
        for chat_id in await self._recorded(delivery, ending):
            self.wake(chat_id)

    async def _recorded(self, delivery: Delivery, ending: Ending) -> tuple[int, ...]:
        """Store how it ended, however long that takes: forgotten, it would be sent or done again."""
        return await self._failing.outlasted(
            lambda: self.store.ended(delivery, ending, self.clock.now()), ending=ending.kind
        )

    # ── messages ──────────────────────────────────────────────────────────────────────────────────────

    async def _send(self, delivery: Delivery, message: OutgoingMessage) -> Ending:
        account, began = delivery.address.account, self.clock.monotonic()
        try:
            provider_id = await self.messenger.send(delivery.address, message.bubble, key=delivery.key)
        except PortError as error:
            held_s = 0.0
            if isinstance(error, InDoubt):
                self._doubted[account] = self.clock.monotonic()
                held_s = await self._held_s(delivery)
            ending = endings.of_send(delivery, error, self.clock.now(), self.chance, held_s=held_s)
            if ending.kind == "failed":
                ending = replace(ending, notices=self.lost(delivery))
            if isinstance(error, Rejected):
                log.error("send.refused", code=error.code, why=ending.why)
            elif ending.kind == "sent":
                return self._unresolved(delivery, str(error))
            return ending
        self._accepted[account] = began
        return Ending(kind="sent", provider_id=provider_id)

    async def _held_s(self, delivery: Delivery) -> float:
        """A status may still name our key; on a number that shows none, only a blip is given time to pass."""
        since = self.clock.now() - STATUSES_WITHIN
        try:
            seen = await self.store.status_seen_since(delivery.address.account, since)
        except PortError as error:
            # Raised any further, it would leave the message as being sent until the next start.
            self._failing.failed(error)
            seen = True
        return HOLD_IN_DOUBT_S if seen else BLIP_S

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────

    async def _call(self, delivery: Delivery, outgoing: OutgoingCall, started_at: datetime) -> Ending:
        self._arm_sign_of_waiting(delivery, outgoing)
        if isinstance(outgoing.call, Query):
            return await self._ask(delivery, outgoing.call)
        return await self._do(delivery, outgoing.call, started_at)

    async def _ask(self, delivery: Delivery, query: Query) -> Ending:
        asked_at = self._first_asked.setdefault(delivery.outbox_id, self.clock.monotonic())
        spent_s = self.clock.monotonic() - asked_at
        failure: PortError | None = None
        try:
            # The first try may queue at the lane, so only what is tried again is cut short.
            async with asyncio.timeout(endings.asked_for_s(delivery) - spent_s if spent_s > 0.01 else None):
                return endings.answered(await self.booking.ask(query))
        except PortError as error:
            failure = error
        except TimeoutError:
            pass
        spent_s = self.clock.monotonic() - asked_at
        ending = endings.of_ask(delivery, query, failure, self.clock.now(), self.chance, spent_s=spent_s)
        if ending.kind == "later" and self._is_over_before_its_sign(delivery):
            self._forget_sign(delivery)
        return ending

    async def _do(self, delivery: Delivery, command: Command, started_at: datetime) -> Ending:
        try:
            done = await self.booking.do(command, key=delivery.key, wanted_at=delivery.created_at)
            return endings.of_done(delivery, done)
        except PortError as error:
            ending = endings.of_do(delivery, error, self.clock.now(), self.chance, started_at=started_at)
            if isinstance(ending.result, CallFailed) and ending.result.reason != "refused":
                log.error("outcome.unresolved", reason=ending.result.reason, why=str(error))
            return ending

    def _arm_sign_of_waiting(self, delivery: Delivery, outgoing: OutgoingCall) -> None:
        if not outgoing.awaited or delivery.outbox_id in self._signs:
            return
        if self._is_over_before_its_sign(delivery):
            return
        loop = asyncio.get_running_loop()
        waited_s = (self.clock.now() - delivery.created_at).total_seconds()

        def due() -> None:
            self._errand(self._give_sign(delivery))

        self._signs[delivery.outbox_id] = loop.call_later(max(0.0, SIGN_OF_WAITING_AFTER_S - waited_s), due)

    def _is_over_before_its_sign(self, delivery: Delivery) -> bool:
        """Whether a read that is tried again ends when its sign is due: a failure is told in one message."""
        asked_at = self._first_asked.get(delivery.outbox_id)
        if asked_at is None:
            return False
        left_s = asked_at + ASK_FOR_S - self.clock.monotonic()
        waited_s = (self.clock.now() - delivery.created_at).total_seconds()
        return SIGN_OF_WAITING_AFTER_S - waited_s > left_s - 1

    def _forget_sign(self, delivery: Delivery) -> None:
        if sign := self._signs.pop(delivery.outbox_id, None):
            sign.cancel()

    async def _give_sign(self, delivery: Delivery) -> None:
        while delivery.outbox_id in self._signs and not self._stopping:
            try:
                for chat_id in await self.store.sign_of_waiting(delivery, StillWaiting(), self.clock.now()):
                    self.wake(chat_id)
                return
            except PortError as error:
                self._failing.failed(error, sign_of_waiting=True)
                await asyncio.sleep(RETRY_AFTER_S)

    def _errand(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _kind(delivery: Delivery) -> str:
    return "message" if delivery.call is None else type(delivery.call.call).__name__
