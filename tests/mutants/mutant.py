"""A deliberate breakage of the engine: texts of its source, before and after."""

from dataclasses import dataclass
from pathlib import Path


class DoesNotFit(Exception):
    """The source has moved on, and the mutant must follow: its text stands there not exactly once."""


@dataclass(frozen=True, slots=True)
class Change:
    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is broken, and which mechanism or incident (facts: product.md §2.4) it stands for."""

    name: str
    against: str
    changes: tuple[Change, ...]
    # Caught within seconds: tried by every run of the tests.
    quick: bool = False

    def apply(self, tree: Path) -> None:
        """Break the copy of the source below `tree`.

        Raises:
            DoesNotFit: a text to be replaced does not stand there exactly once.
        """
        for change in self.changes:
            path = tree / change.file
            source = path.read_text(encoding="utf-8")
            found = source.count(change.before)
            if found != 1:
                raise DoesNotFit(f"{self.name}: {change.file} has {found} times {change.before!r}")
            path.write_text(source.replace(change.before, change.after), encoding="utf-8")


def mutant(name: str, against: str, *changes: tuple[str, str, str], quick: bool = False) -> Mutant:
    return Mutant(name, against, tuple(Change(*change) for change in changes), quick)
