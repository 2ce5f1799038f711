"""Virtual time: a loop that lets an hour pass at once, and the clock that goes with it."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Args = TypeVarTuple("Args")

# For so long of real time sockets and threads may be silent while nothing at all is due.
SILENT_S_MAX = 5.0
# So many rounds may pass within one moment: what hands over to itself for ever takes no time.
ROUNDS_AT_ONCE_MAX = 200_000


class NeverRests(Exception):
    """What is played can neither go on nor end."""


# So often a task that could go on goes on behind all others that can.
HELD_BACK = 0.15

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
    `shuffled_by`: now and then a task that is ready goes behind the others that are. Callbacks and timers
    keep the order that asyncio promises: libraries count on it, and would break where nothing is wrong.
    """

    def __init__(self, quiet_s: float = 0.0, shuffled_by: Random | None = None) -> None:
        self.virtual_s = 0.0
        self.quiet_s = quiet_s
        self._shuffled_by = shuffled_by
        selector = _SteppedSelector()
        selector.loop = self
        super().__init__(selector)
        # A float that counts the seconds of a century cannot tell nanoseconds apart, and a timer that is
        # due "now" must not come to lie beyond the reach of now.
        self._clock_resolution = 1e-6

    def call_soon(
        self, callback: Callable[[Unpack[Args]], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        soon = super().call_soon
        if self._shuffled_by is not None and _is_a_task(callback) and self._shuffled_by.random() < HELD_BACK:
            # The context goes along, or the task would wake up in another one.
            return soon(partial(soon, callback, *args, context=context))
        return soon(callback, *args, context=context)

    def time(self) -> float:
        return self.virtual_s

    def leap(self, time: timedelta) -> None:
        """Let time pass as over a machine that sleeps: what falls into it happens afterwards, and once."""
        self.virtual_s += time.total_seconds()


def _is_a_task(callback: Callable[..., object]) -> bool:
    """Whether this is a task that begins or goes on: asyncio makes such callbacks bound to the task."""
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)


def play(scenario: Coroutine[Any, Any, T], *, quiet_s: float = 0.0, shuffled_by: Random | None = None) -> T:
    """Run a scenario in virtual time: an hour's wait takes no time at all."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(quiet_s, shuffled_by)) as runner:
        return runner.run(scenario)


class LoopClock:
    """The clock of the running loop, virtual or not; it shows `start` when the loop begins."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
