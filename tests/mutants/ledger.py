"""What each mutant came to when it was last tried, so that an hour of them need not be had at once."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.mutants.mutant import Mutant
from tests.mutants.running import Outcome

FILE = Path(__file__).with_name("ledger.json")


class Verdict(NamedTuple):
    """Of one mutant; `caught_by`: None where it survived."""

    caught_by: str | None
    opening: str
    took_s: float
    on: str


@dataclass(slots=True)
class Ledger:
    # What the whole proof counted, as `otmena prove --format json` prints it, and when.
    proved: dict[str, Any] = field(default_factory=dict)
    proved_on: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @staticmethod
    def read(file: Path = FILE) -> "Ledger":
        if not file.exists():
            return Ledger()
        kept = json.loads(file.read_text(encoding="utf-8"))
        verdicts = {name: Verdict(*verdict) for name, verdict in kept["verdicts"].items()}
        return Ledger(kept["proved"], kept["proved_on"], verdicts)

    def write(self, file: Path = FILE) -> None:
        kept = {"proved_on": self.proved_on, "proved": self.proved, "verdicts": self.verdicts}
        file.write_text(
            json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )

    def note(self, outcome: Outcome, on: date) -> None:
        verdict = Verdict(outcome.caught_by, outcome.opening, round(outcome.took_s, 1), on.isoformat())
        self.verdicts[outcome.mutant.name] = verdict

    def longest_untried_first(self, mutants: list[Mutant]) -> list[Mutant]:
        """Return them in the order in which they should be tried; those that never were come first."""
        return sorted(
            mutants, key=lambda one: self.verdicts[one.name].on if one.name in self.verdicts else ""
        )
