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

    def written(self, source: Path) -> dict[str, str]:
        """Return each broken file, by its path below `source`, as it reads once it is broken.

        Raises:
            DoesNotFit: a text to be replaced does not stand there exactly once.
        """
        files: dict[str, str] = {}
        for change in self.changes:
            text = files.get(change.file) or (source / change.file).read_text(encoding="utf-8")
            found = text.count(change.before)
            if found != 1:
                raise DoesNotFit(f"{self.name}: {change.file} has {found} times {change.before!r}")
            files[change.file] = text.replace(change.before, change.after)
        return files


def mutant(name: str, against: str, *changes: tuple[str, str, str], quick: bool = False) -> Mutant:
    return Mutant(name, against, tuple(Change(*change) for change in changes), quick)
