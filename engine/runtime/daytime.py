"""The time of day that delays go by: forward with the machine's clock, and back only together with the store.

Every `due` is a time of day, so a clock that is set back by an hour would let all that waits wait for that
hour. Until the store has pulled that back we go on as if nothing had happened: so no row is ever written by
the new clock among those that are still by the old one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from engine.ports import Clock

# Less delays no one, and is followed at once: a clock that is a little fast is set right by such steps.
STEP_S_MIN = 5.0


class Daytime:
    """A `Clock` over the machine's own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # The last time of day that was believed, and the steady clock's reading with it.
        self._believed: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        shown, steady_s = self._clock.now(), self._clock.monotonic()
        expected = self._expected(shown, steady_s)
        if expected - shown > timedelta(seconds=STEP_S_MIN):
            return expected
        # A step forward is time that has passed: nothing tells it from a machine that slept.
        self._believed = shown, steady_s
        return shown

    def monotonic(self) -> float:
        return self._clock.monotonic()

    @contextmanager
    def followed(self) -> Iterator[timedelta]:
        """Follow the machine's clock, and say how far that is back; an error within takes it back."""
        believed = self._believed
        before = self.now()
        self._believed = self._clock.now(), self._clock.monotonic()
        try:
            yield max(timedelta(0), before - self._believed[0])
        except BaseException:  # not handled here: what waits is still by the old clock
            self._believed = believed
            raise

    def _expected(self, shown: datetime, steady_s: float) -> datetime:
        if self._believed is None:
            return shown
        at, read_s = self._believed
        return at + timedelta(seconds=steady_s - read_s)
