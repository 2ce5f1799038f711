"""The lane to YClients: one for each egress address, whatever number of salons shares it.

YClients counts requests by address, at most 5 a second and 200 a minute (yclients.md §1, 2026-11).
Each call reserves the moment at which it may leave; the arithmetic is pure, and `Turnstile` does the waiting.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

import structlog

from engine.ports import Clock

log = structlog.get_logger()

# What arrives there is not spaced as what left here: 50 ms of slack in every second.
SECOND_S = 1.05
MINUTE_S = 60.0
# A steady nine tenths of the minute's budget, and what may run ahead of it. With 200 a minute that is
# T = 60/180 s and b = 18: at most 198 in any sliding minute (runtime.md §5, measured).
STEADY_SHARE = 0.9
BURST_SHARE = 0.09

# A call that is not answered by then is taken to have arrived: it is the answer that is slow.
LATE_BY_S_MAX = 0.5

FIRST_PAUSE_S = 1.0
NEXT_PAUSE_S = 5.0
# The refusal says "0 seconds", but the window is a minute (yclients.md §1, three months of logs).
BACKGROUND_PAUSE_S = 60.0


class Lane:
    """Reservations: no wait for up to `per_second` calls on an idle lane. `now` is a steady clock's."""

    def __init__(self, *, per_second: int = 5, per_minute: int = 200) -> None:
        assert per_second >= 1
        assert per_minute >= 1
        self.per_second = per_second
        self._interval_s = MINUTE_S / (STEADY_SHARE * per_minute)
        self._tolerance_s = BURST_SHARE * per_minute * self._interval_s
        self._latest: deque[float] = deque(maxlen=per_second)
        # Theoretical arrival time of a steady stream (GCRA).
        self._tat = float("-inf")
        self._turned_away_at = float("-inf")
        self._turned_away_in_a_row = 0
        self._paused_until = float("-inf")
        self._background_paused_until = float("-inf")

    def reserve(self, now: float) -> float:
        """Return the moment at which the call may leave, never before an earlier call's; wait until then."""
        slot = max(now, self._tat - self._tolerance_s, self._paused_until)
        if len(self._latest) == self._latest.maxlen:
            slot = max(slot, self._latest[0] + SECOND_S)
        self._latest.append(slot)
        self._tat = max(self._tat, slot) + self._interval_s
        return slot

    def paused_until(self, *, background: bool = False) -> float:
        return self._background_paused_until if background else self._paused_until

    def turned_away(self, slot: float, now: float, *, retry_after_s: float = 0) -> None:
        """Pause after a 429 to the call that left at `slot`."""
        if slot <= self._turned_away_at:
            # It left before the pause that its neighbour has brought about, and says nothing new.
            return
        self._turned_away_in_a_row += 1
        self._turned_away_at = now
        again = self._turned_away_in_a_row > 1
        pause_s = max(NEXT_PAUSE_S if again else FIRST_PAUSE_S, retry_after_s)
        self._paused_until = max(self._paused_until, now + pause_s)
        background_s = max(BACKGROUND_PAUSE_S if again else FIRST_PAUSE_S, pause_s)
        self._background_paused_until = max(self._background_paused_until, now + background_s)

    def answered(self, slot: float) -> None:
        """Forget earlier refusals: the call that left at `slot` was let in."""
        if slot > self._turned_away_at:
            self._turned_away_in_a_row = 0


@dataclass(slots=True)
class _Passage:
    """One call that has left: when, and when its answer proved that it had arrived."""

    slot: float
    left_at: float
    seen_at: float | None = None

    def next_may_leave_at(self, now: float) -> float:
        """Return when the call that comes a whole burst later may leave.

        YClients counts arrivals, and this one may have come late; until it is answered nobody knows how late.
        """
        arrived_by = self.seen_at if self.seen_at is not None else min(now, self.left_at + LATE_BY_S_MAX)
        return max(self.left_at + SECOND_S, arrived_by + 1.005)


class Turnstile:
    """The lane with waiting: calls pass in the order in which they came."""

    def __init__(self, lane: Lane, clock: Clock) -> None:
        self._lane = lane
        self._clock = clock
        self._passages: deque[_Passage] = deque(maxlen=lane.per_second)
        self._one_by_one = asyncio.Lock()

    async def passed(self, *, background: bool = False) -> float:
        """Wait for a free slot and return it, to be handed to `turned_away` or `answered` later."""
        while True:
            if background:
                # A place in the lane reserved a minute ahead would hold up everyone behind it.
                await self._slept_until(self._lane.paused_until(background=True))
            slot = self._lane.reserve(self._clock.monotonic())
            async with self._one_by_one:
                await self._slept_until(slot)
                if slot < self._lane.paused_until(background=background):
                    # The lane was paused while this call stood in it.
                    continue
                await self._a_second_after_the_one_before_the_burst()
                self._passages.append(_Passage(slot, self._clock.monotonic()))
                return slot

    async def _a_second_after_the_one_before_the_burst(self) -> None:
        while len(self._passages) == self._passages.maxlen:
            now = self._clock.monotonic()
            free_at = self._passages[0].next_may_leave_at(now)
            if now >= free_at:
                return
            await self._slept_until(free_at)

    def turned_away(self, slot: float, *, retry_after_s: float = 0) -> float:
        """Pause the lane and return for how long nobody should come back, in seconds."""
        now = self._clock.monotonic()
        self._seen(slot, now)
        self._lane.turned_away(slot, now, retry_after_s=retry_after_s)
        wait_s = max(0.0, self._lane.paused_until() - now)
        log.warning("yclients.turned_away", pause_s=round(wait_s, 3))
        return wait_s

    def answered(self, slot: float) -> None:
        self._seen(slot, self._clock.monotonic())
        self._lane.answered(slot)

    def _seen(self, slot: float, now: float) -> None:
        for passage in self._passages:
            if passage.slot == slot and passage.seen_at is None:
                passage.seen_at = now
                return

    async def _slept_until(self, moment: float) -> None:
        wait_s = moment - self._clock.monotonic()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
