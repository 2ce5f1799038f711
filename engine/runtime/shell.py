"""The whole engine as one thing that starts, takes webhooks in, and drains when it stops."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from engine.dialogue import Dialogue
from engine.events import Event
from engine.flow import Salon
from engine.letters import letter_of
from engine.notices import Notice, Told
from engine.ports import (
    Arrival,
    Booking,
    Chance,
    Clock,
    Delivery,
    Messenger,
    Notifier,
    Received,
    Relinked,
    Status,
    Store,
)
from engine.runtime import telling
from engine.runtime.alarm import Alarm
from engine.runtime.daytime import Daytime
from engine.runtime.deciding import Decided, longest_patience_s
from engine.runtime.deliveries import Deliveries
from engine.runtime.endings import HOLD_IN_DOUBT_S
from engine.runtime.failing import RETRY_AFTER_S
from engine.runtime.notices import Notices
from engine.runtime.timers import Timers
from engine.runtime.turns import Turns
from engine.texts import Texts

# After a start no time-out fires for this long, so that answers given in time arrive first (design §5).
GRACE_S = 120.0
DRAIN_S = 20.0

log = structlog.get_logger()


class Shell:
    """Turns, deliveries, notices and timers around one store. Nothing is global: two run side by side."""

    def __init__(
        self,
        *,
        dialogue: Dialogue,
        texts: Texts,
        store: Store,
        booking: Booking,
        messenger: Messenger,
        clock: Clock,
        chance: Chance,
        salon: Callable[[], Salon],
        watched: Callable[[Decided], None] | None = None,
        notifier: Notifier | None = None,
        counted: Callable[[Notice, str], None] | None = None,
        delivered: Callable[[str, str], None] | None = None,
    ) -> None:
        """`notifier`: None where nobody of the salon is told.

        `counted` is called with each ending of a notice, `delivered` with kind and ending of each delivery.
        """
        self._store, self._texts, self._salon = store, texts, salon
        self._clock = clock = Daytime(clock)
        self._patience_s = longest_patience_s(dialogue)
        self.turns = Turns(
            dialogue,
            texts,
            store,
            messenger,
            clock,
            salon,
            committed=self._committed,
            taken=watched or _unwatched,
        )
        self.deliveries = Deliveries(
            store,
            booking,
            messenger,
            clock,
            chance,
            wake=self.turns.wake,
            again=self._committed,
            lost=self._lost,
            unsure=self._told_of_a_doubt,
            counted=delivered or _undelivered,
        )
        self.timers = Timers(store, clock, self.turns.wake)
        self._inbox_alarm = Alarm("inbox", self._look_again, clock)
        self._outbox_alarm = Alarm("deliveries", self.deliveries.start_due, clock)
        self._timer_alarm = Alarm("timers", self.timers.fire, clock)
        self.notices = (
            Notices(
                store,
                notifier,
                texts,
                clock,
                chance,
                salon,
                again=self._noticed,
                counted=counted or _uncounted,
            )
            if notifier is not None
            else None
        )
        self._notice_alarm = Alarm("notices", self._tell, clock)
        self._loops: list[asyncio.Task[None]] = []
        store.watch_failures(self._inbox_alarm.wake)

    async def start(self) -> None:
        """Take up what the last process left, then run until `stop`."""
        now = self._clock.now()
        # Between two processes nobody sees by how much the clock is set back.
        await self._store.pull_back(now, by_s=0, patience_s=self._patience_s)
        await self._store.recover(now, grace_s=GRACE_S, hold_s=HOLD_IN_DOUBT_S)
        loop = asyncio.get_running_loop()
        self._loops = [
            loop.create_task(self._inbox_alarm.run()),
            loop.create_task(self._outbox_alarm.run()),
            loop.create_task(self._timer_alarm.run()),
        ]
        if self.notices is not None:
            self._loops.append(loop.create_task(self._notice_alarm.run()))
        await self._wake_those_with_work()

    @property
    def busy(self) -> bool:
        """Whether a turn or a delivery is under way this moment. What is stored and waits does not count."""
        return self.turns.busy or self.deliveries.busy

    async def receive(
        self, arrivals: Sequence[Arrival], statuses: Sequence[Status] = (), relinked: Sequence[Relinked] = ()
    ) -> int:
        """Store a webhook; when this returns, nothing of it can be lost. Return how many items were new.

        Raises:
            StoreFailed, StoreBusy: it was not stored.
        """
        now = self._clock.now()
        received = await self._store.receive(arrivals, statuses, relinked, now, self._told_of_a_loss)
        self.set_in_motion(received)
        return received.new

    def set_in_motion(self, received: Received) -> None:
        """See to what was stored for us: rows to take, deliveries that may be due."""
        for chat_id in received.chats:
            self.turns.wake(chat_id)
        if received.deliveries:
            self._committed()

    async def happened(self, chat_id: int, name: str, event: Event) -> bool:
        """Let what happened outside reach the chat, once for each name. False: it had happened before.

        Raises:
            StoreFailed, StoreBusy: it was not stored.
        """
        fresh = await self._store.happened(chat_id, name, event, self._clock.now())
        if fresh:
            self.turns.wake(chat_id)
        return fresh

    def time_passed(self) -> None:
        """Look at once for what has fallen due: somebody has set the clock on, and need not wait a minute."""
        for alarm in (self._inbox_alarm, self._outbox_alarm, self._timer_alarm, self._notice_alarm):
            alarm.wake()

    async def stop(self) -> None:
        """Drain: turns under way commit, deliveries under way end, the rest waits for the next process."""
        await self.turns.stop()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.timers.stop()
        await self.deliveries.stop(DRAIN_S)
        if self.notices is not None:
            await self.notices.stop(DRAIN_S)
        log.info("shell.stopped")

    async def _look_again(self) -> datetime | None:
        """Wake whatever has work: at the start, each minute, and after each failure of the store.

        A commit that seemed to fail may stand, and whoever was to wake the chat has never heard of it.
        """
        await self._follow_the_clock()
        await self._wake_those_with_work()
        self._committed()
        # A disk that stays full fails many: one look a second is enough for all of them.
        await asyncio.sleep(RETRY_AFTER_S)
        return None

    async def _follow_the_clock(self) -> None:
        """Where the machine's clock was set back, let what waits go back with it."""
        with self._clock.followed() as back:
            if back:
                by_s = back.total_seconds()
                await self._store.pull_back(self._clock.now(), by_s=by_s, patience_s=self._patience_s)
                log.warning("clock.set_back", by_s=round(by_s, 1))

    async def _wake_those_with_work(self) -> None:
        for chat_id in await self._store.chats_with_work():
            self.turns.wake(chat_id)

    def _committed(self) -> None:
        # A send that was accepted arms a time-out too, so both look again.
        self._outbox_alarm.wake()
        self._timer_alarm.wake()
        self._noticed()

    def _noticed(self) -> None:
        self._notice_alarm.wake()

    def _lost(self, delivery: Delivery) -> tuple[Told, ...]:
        return self._told_of_a_loss(delivery.outbox_id, delivery.key, delivery.address.phone)

    def _told_of_a_loss(self, outbox_id: int, key: str, phone: str | None) -> tuple[Told, ...]:
        """A client does not get our answer, and nobody else would know (design §6)."""
        notice = Notice(to="admin", event="dead", why="undelivered", letter=letter_of("message", outbox_id))
        return telling.told(self._texts, self._salon(), (notice,), key=key, phone=phone)

    def _told_of_a_doubt(self, delivery: Delivery) -> tuple[Told, ...]:
        letter = letter_of("message", delivery.outbox_id)
        notice = Notice(to="admin", event="dead", why="unsure", letter=letter)
        phone = delivery.address.phone
        return telling.told(self._texts, self._salon(), (notice,), key=delivery.key, phone=phone)

    async def _tell(self) -> datetime | None:
        assert self.notices is not None
        return await self.notices.start_due()


def _unwatched(decided: Decided) -> None:
    """Nobody looks on."""


def _undelivered(kind: str, ending: str) -> None:
    """Nobody counts."""


def _uncounted(notice: Notice, ending: str) -> None:
    """Nobody counts."""
