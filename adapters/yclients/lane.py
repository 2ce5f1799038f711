"""The lane to YClients: one for each egress address, whatever number of salons and processes shares it.

YClients counts requests by address, at most 5 a second and 200 a minute (yclients.md §1, 2026-11).
`Lane` is the arithmetic, pure; what it goes by stands in a book that outlives us; `Turnstile` waits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from heapq import heappop, heappush
from typing import TypeVar

import structlog

from adapters.yclients.book import Book, BookBusy, MemoryBook, Page, Passage
from engine.ports import Clock

log = structlog.get_logger()
T = TypeVar("T")

# What arrives there is not spaced as what left here: 50 ms of slack in every second.
SECOND_S = 1.05
# From an arrival that is known, 5 ms are enough.
SECOND_SEEN_S = 1.005
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
# No pause is longer, whatever is asked of us or written in the book.
PAUSE_S_MAX = 300.0

# Of five calls in a second background work has two, and takes none after the third: two stay free for a
# client who comes now, in another process too. Nor does it touch the second half of a minute's burst.
BACKGROUND_SHARE = 0.4
LEFT_OPEN_SHARE = 0.4
BACKGROUND_BURST_SHARE = 0.5

# Beyond so many calls a second nobody counts them one by one: that would cost more than the calls.
NARROW_PER_SECOND_MAX = 50

BUSY_S = 0.002


class Lane:
    """When a call may leave: at once, for up to `per_second` calls on an idle lane.

    `now` is a steady clock's, and so are all moments of the page.
    """

    def __init__(self, *, per_second: int = 5, per_minute: int = 200) -> None:
        assert per_second >= 1
        assert per_minute >= 1
        self.per_second = per_second
        self._of_background = max(1, int(per_second * BACKGROUND_SHARE))
        self._left_by_background = max(1, per_second - int(per_second * LEFT_OPEN_SHARE))
        self._interval_s = MINUTE_S / (STEADY_SHARE * per_minute)
        self._ahead_s = BURST_SHARE * per_minute * self._interval_s
        # A wide lane's second: half of it may run ahead of a steady other half, never more together.
        self._is_wide = per_second > NARROW_PER_SECOND_MAX
        self._second_interval_s = 2 * SECOND_S / per_second

    @property
    def _counted(self) -> int:
        return 0 if self._is_wide else self.per_second

    def trust(self, page: Page, now: float) -> None:
        """Believe of a page what can be true; where nothing is known, the lane has just been used up."""
        spent = now + self._ahead_s + self._interval_s
        if not page.known:
            page.passages = [Passage(-number, now) for number in range(self._counted)]
            page.tat, page.second_tat, page.known = spent, now + 2 * SECOND_S, True
        for passage in page.passages:
            passage.left_at = min(passage.left_at, now)
        page.tat = min(page.tat, spent)
        page.second_tat = min(page.second_tat, now + 2 * SECOND_S)
        page.turned_away_at = min(page.turned_away_at, now)
        page.paused_until = min(page.paused_until, now + PAUSE_S_MAX)
        page.background_paused_until = min(page.background_paused_until, now + PAUSE_S_MAX)

    def free_at(self, page: Page, now: float, *, background: bool = False) -> float:
        """Return the moment at which a call may leave, as far as it is known now; it may come to be later."""
        moments = [
            page.paused_until,
            page.tat - self._ahead_s,
            page.second_tat - SECOND_S,
            _room_at(page.passages, self.per_second, now),
        ]
        if background:
            own = [passage for passage in page.passages if passage.background]
            moments += (
                page.background_paused_until,
                page.tat - self._ahead_s * BACKGROUND_BURST_SHARE,
                page.second_tat - SECOND_S * BACKGROUND_SHARE,
                _room_at(page.passages, self._left_by_background, now),
                _room_at(own, self._of_background, now),
            )
        return max(moments)

    def leave(self, page: Page, now: float, *, background: bool = False) -> Passage:
        """Write a call down that leaves now."""
        page.passages = [passage for passage in page.passages if _counts_until(passage, now) > now]
        page.numbers += 1
        passage = Passage(page.numbers, now, background=background)
        if self._is_wide:
            page.second_tat = max(page.second_tat, now) + self._second_interval_s
        else:
            page.passages.append(passage)
        page.tat = max(page.tat, now) + self._interval_s
        return Passage(passage.number, now, background=background)

    def turned_away(self, page: Page, call: Passage, now: float, *, retry_after_s: float = 0) -> None:
        """Pause after a 429 to this call."""
        _see(page, call, now)
        if call.left_at <= page.turned_away_at:
            # It left before the pause that its neighbour has brought about, and says nothing new; but it may
            # say for how long.
            page.paused_until = max(page.paused_until, now + retry_after_s)
            page.background_paused_until = max(page.background_paused_until, page.paused_until)
            return
        page.turned_away_in_a_row += 1
        page.turned_away_at = now
        again = page.turned_away_in_a_row > 1
        pause_s = max(NEXT_PAUSE_S if again else FIRST_PAUSE_S, retry_after_s)
        page.paused_until = max(page.paused_until, now + pause_s)
        background_s = max(BACKGROUND_PAUSE_S if again else FIRST_PAUSE_S, pause_s)
        page.background_paused_until = max(page.background_paused_until, now + background_s)

    def answered(self, page: Page, call: Passage, now: float) -> None:
        """Note that it has arrived, and forget earlier refusals: it was let in."""
        _see(page, call, now)
        if call.left_at > page.turned_away_at:
            page.turned_away_in_a_row = 0


def _room_at(passages: Iterable[Passage], size: int, now: float) -> float:
    """Return when fewer than `size` of these count in a second that begins now."""
    moments = sorted(_counts_until(passage, now) for passage in passages)
    return moments[-size] if len(moments) >= size else float("-inf")


def _counts_until(passage: Passage, now: float) -> float:
    """Return until when this call may share a second with one that leaves.

    YClients counts arrivals, and it may have come late; until it is answered nobody knows how late.
    """
    latest = passage.left_at + LATE_BY_S_MAX
    arrived_by = min(latest, now if passage.seen_at is None else passage.seen_at)
    return max(passage.left_at + SECOND_S, arrived_by + SECOND_SEEN_S)


def _see(page: Page, call: Passage, now: float) -> None:
    for passage in page.passages:
        # A page that was lost in between counts anew.
        is_it = passage.number == call.number and abs(passage.left_at - call.left_at) < 0.001
        if is_it and passage.seen_at is None:
            passage.seen_at = now


# The number of the errand whose calls these are.
_ERRAND: ContextVar[int] = ContextVar("errand")


class _Row:
    """A lock for which the one with the lowest number is next, and among equals who came first."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = 0

    @asynccontextmanager
    async def turn_of(self, number: int) -> AsyncIterator[None]:
        if self._is_taken:
            await self._called_up(number)
        self._is_taken = True
        try:
            yield
        finally:
            self._next()

    async def _called_up(self, number: int) -> None:
        self._came += 1
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (number, self._came, called))
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled():
                # Called up and stopped in the same moment.
                self._next()
            raise

    def _next(self) -> None:
        """Hand over without letting go: whoever comes in between must wait."""
        while self._waiting:
            *_, called = heappop(self._waiting)
            if not called.done():
                called.set_result(None)
                return
        self._is_taken = False


class Turnstile:
    """The lane with waiting. Clients pass in the order in which they came, background work behind them.

    What belongs to one `errand` has one place in that order: an errand of several calls that has begun ends
    before a later one begins. Were each call to go behind all others, then in a long row nobody would be
    done until all were, and whoever is killed again and again would never end anything.
    """

    def __init__(self, lane: Lane, clock: Clock, book: Book | None = None) -> None:
        self._lane = lane
        self._clock = clock
        self._book = book or MemoryBook()
        self._clients_waiting = 0
        self._no_client_waits = asyncio.Event()
        self._no_client_waits.set()
        # The first of each row waits for the lane, the others for the first.
        self._clients, self._background = _Row(), asyncio.Lock()
        self._errands = 0

    @contextmanager
    def errand(self) -> Iterator[None]:
        """All calls in here come when the first does."""
        token = _ERRAND.set(self._new_errand())
        try:
            yield
        finally:
            _ERRAND.reset(token)

    def _new_errand(self) -> int:
        self._errands += 1
        return self._errands

    async def passed(self, *, background: bool = False) -> Passage:
        """Wait until a call may leave; what is returned goes to `turned_away` or `answered` later."""
        if background:
            async with self._background:
                return await self._first_in_row(background=True)
        self._clients_waiting += 1
        self._no_client_waits.clear()
        try:
            errand = _ERRAND.get(0) or self._new_errand()
            async with self._clients.turn_of(errand):
                return await self._first_in_row(background=False)
        finally:
            self._clients_waiting -= 1
            if not self._clients_waiting:
                self._no_client_waits.set()

    async def _first_in_row(self, *, background: bool) -> Passage:
        def left_or_free_at(page: Page, now: float) -> Passage | float:
            free_at = self._lane.free_at(page, now, background=background)
            return free_at if free_at > now else self._lane.leave(page, now, background=background)

        while True:
            if background:
                await self._no_client_waits.wait()
            found = await self._at_page(left_or_free_at)
            if isinstance(found, Passage):
                return found
            # A millisecond at least: a moment that was rounded must not be asked for again and again.
            await asyncio.sleep(max(0.001, found - self._clock.monotonic()))

    async def turned_away(self, call: Passage, *, retry_after_s: float = 0) -> float:
        """Pause the lane and return for how long calls like this should not come back, in seconds."""

        def pause(page: Page, now: float) -> float:
            self._lane.turned_away(page, call, now, retry_after_s=retry_after_s)
            until = page.background_paused_until if call.background else page.paused_until
            return max(0.0, until - now)

        wait_s = await self._at_page(pause)
        log.warning("yclients.turned_away", pause_s=round(wait_s, 3))
        return wait_s

    async def answered(self, call: Passage) -> None:
        await self._at_page(lambda page, now: self._lane.answered(page, call, now))

    async def _at_page(self, work: Callable[[Page, float], T]) -> T:
        def trusted(page: Page) -> T:
            # Only now: whoever waits for the page may have waited long.
            now = self._clock.monotonic()
            self._lane.trust(page, now)
            return work(page, now)

        while True:
            try:
                return self._book.changed(trusted)
            except BookBusy:
                await asyncio.sleep(BUSY_S)
