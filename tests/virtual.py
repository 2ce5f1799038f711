"""Virtual time: a loop that lets an hour pass at once, and the clock that goes with it."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

# A Monday, 10:00 in Moscow.
START = datetime(2026, 11, 23, 7, tzinfo=UTC)


class _SteppedSelector(selectors.DefaultSelector):
    """Lets time pass at once instead of waiting for it."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.loop.virtual_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.virtual_s = 0.0
        selector = _SteppedSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.virtual_s


def play(scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario in virtual time: an hour's wait takes no time at all."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(scenario)
    finally:
        loop.close()


class LoopClock:
    """The clock of the running loop, virtual or not; begins at `START`."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
