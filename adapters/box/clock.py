"""The salon's clock: it runs like the machine's, and can be set on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.clock import SystemClock


@dataclass(slots=True)
class MovableClock:
    """A `Clock` that shows the machine's time and so much more."""

    ahead: timedelta = timedelta(0)
    machine: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.machine.now() + self.ahead

    def monotonic(self) -> float:
        return self.machine.monotonic()

    def show(self, moment: datetime) -> None:
        """Run on from this moment, also where it lies behind."""
        self.ahead = moment - self.machine.now()
