"""Virtual time: a loop that lets an hour pass at once, and the clock that goes with it."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

# For so long of real time sockets and threads may be silent while nothing at all is due.
SILENT_S_MAX = 5.0
# So many rounds may pass within one moment: what hands over to itself for ever takes no time.
ROUNDS_AT_ONCE_MAX = 200_000


class NeverRests(Exception):
    """What is played can neither go on nor end."""


# A Monday, 10:00 in Moscow.
START = datetime(2026, 11, 23, 7, tzinfo=UTC)


class _SteppedSelector(selectors.DefaultSelector):
    """Lets time pass at once instead of waiting for it, as soon as nothing comes over the sockets."""

    loop: "VirtualLoop"
    _rounds: int = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            return self._heard_at_last()
        ready = super().select(min(timeout, self.loop.quiet_s))
        if not ready and timeout:
            self.loop.virtual_s += timeout
            self._rounds = 0
        self._count()
        return ready

    def _heard_at_last(self) -> list[Any]:
        """Nothing is due in all the time to come, so that only sockets and threads can bring anything."""
        ready = super().select(SILENT_S_MAX)
        if not ready:
            raise NeverRests("never comes to rest: it waits for something, and nothing is under way or due")
        self._count()
        return ready

    def _count(self) -> None:
        self._rounds += 1
        if self._rounds > ROUNDS_AT_ONCE_MAX:
            # Counted anew, so that what is open can still be closed.
            self._rounds = 0
            raise NeverRests("never comes to rest: one thing follows from another, and no time passes")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time.

    `quiet_s`: how long real sockets are listened to before time may pass; 0 where there are none.
    """

    def __init__(self, quiet_s: float = 0.0) -> None:
        self.virtual_s = 0.0
        self.quiet_s = quiet_s
        selector = _SteppedSelector()
        selector.loop = self
        super().__init__(selector)
        # A float that counts the seconds of a century cannot tell nanoseconds apart, and a timer that is
        # due "now" must not come to lie beyond the reach of now.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.virtual_s

    def leap(self, time: timedelta) -> None:
        """Let time pass as over a machine that sleeps: what falls into it happens afterwards, and once."""
        self.virtual_s += time.total_seconds()


def play(scenario: Coroutine[Any, Any, T], *, quiet_s: float = 0.0) -> T:
    """Run a scenario in virtual time: an hour's wait takes no time at all."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(quiet_s)) as runner:
        return runner.run(scenario)


class LoopClock:
    """The clock of the running loop, virtual or not; it shows `start` when the loop begins."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
