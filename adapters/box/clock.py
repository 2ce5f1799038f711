"""The salon's clock: it runs like the machine's, and can be set on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.clock import SystemClock


@dataclass(slots=True)
class MovableClock:
    """A `Clock` that shows the machine's time and so much more."""

    ahead: timedelta = timedelta(0)
    _machine: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self._machine.now() + self.ahead

    def monotonic(self) -> float:
        return self._machine.monotonic()

    def show(self, moment: datetime) -> None:
        """Run on from this moment, also where it lies behind."""
        self.ahead = moment - self._machine.now()
