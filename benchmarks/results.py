"""What a whole run has found, kept in benchmarks/results.json; docs/performance.md is rendered from it."""

from pathlib import Path

from benchmarks.frame import Result
from benchmarks.machine import Machine
from engine.values import Frozen

FOLDER = Path(__file__).parent
FILE = FOLDER / "results.json"
# In the order of the page. Each has a module of its name here, and words in `about/NAME.md`.
NAMES = ("webhook", "latency", "turns", "sessions", "memory", "startup", "understanding", "stats")


class Measured(Frozen):
    """One benchmark's figures, and what they were measured on. `fsync_us` before and after it."""

    name: str
    measured_on: str
    machine: Machine
    fsync_us: tuple[float, float]
    result: Result


class Results(Frozen):
    measured: tuple[Measured, ...] = ()

    def having(self, fresh: Measured) -> "Results":
        """Return the same with one benchmark measured anew, in the order of the page."""
        kept = {old.name: old for old in self.measured} | {fresh.name: fresh}
        return Results(measured=tuple(kept[name] for name in NAMES if name in kept))


def load() -> Results:
    return Results.model_validate_json(FILE.read_text("utf-8")) if FILE.exists() else Results()


def save(results: Results) -> None:
    FILE.write_text(results.model_dump_json(indent=1, exclude_defaults=True) + "\n", "utf-8")
