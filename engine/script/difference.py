"""What of a script did not come true, as lines that one reads at a glance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.script.lines import InJournal, Leaves, Line, Notice, Shows, Silence, Stands
from engine.script.outcome import Block, Change, Outcome

# " " stands in the script and is only shown for context, "-" was expected and did not come, "+" came.
Sign = Literal[" ", "-", "+", "!"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the difference; `number` is its line in the script, 0 where it does not stand there."""

    sign: Sign
    number: int
    text: str

    def __str__(self) -> str:
        number = str(self.number) if self.number else ""
        return f"{number:>5} {self.sign} {self.text}".rstrip()


def difference(outcome: Outcome) -> tuple[Shown, ...]:
    """Return every place that did not come true, each from what the client did to the line after it."""
    shown: list[Shown] = []
    for block in outcome.blocks:
        if block.changes:
            shown += _gap(shown)
            shown += _of_block(block, outcome.transcript.text)
    if outcome.stopped is not None:
        shown += _gap(shown)
        written = outcome.transcript.text[outcome.stopped.line - 1]
        shown.append(Shown("!", outcome.stopped.line, written.strip()))
        shown.append(Shown("!", 0, f"cannot be played: {outcome.stopped.said}"))
    return tuple(shown)


def _gap(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    return (Shown(" ", 0, "⋮"),) if shown else ()


def _of_block(block: Block, text: Sequence[str]) -> Iterator[Shown]:
    missed = {change.missed.number: change for change in block.changes if change.missed is not None}
    below = {number: [c for c in block.changes if c.below == number] for number in _places(block.changes)}
    # One line more than what changed, so that one sees where it goes on.
    further = (n for n in range(max(below) + 1, block.last + 1) if text[n - 1].strip())
    last = next(further, max(below))
    yield from _came(below.get(0, []))
    for number in range(max(block.first, 1), last + 1):
        written = text[number - 1].strip()
        if written or number in below:
            yield Shown("-" if number in missed else " ", number, written)
        yield from _came(below.get(number, []))


def _places(changes: Sequence[Change]) -> frozenset[int]:
    return frozenset(change.below for change in changes)


def _came(changes: Sequence[Change]) -> Iterator[Shown]:
    for change in changes:
        for line in change.came:
            yield Shown("+", 0, line if line != "<" else "<   (nothing came)")


def where(outcome: Outcome) -> int:
    """Return the number of the first line that did not come true; 0 where all did."""
    changed = [change.below for block in outcome.blocks for change in block.changes]
    stopped = [outcome.stopped.line] if outcome.stopped else []
    return min((*changed, *stopped), default=0)


@dataclass(frozen=True, slots=True)
class Failure:
    """One line that did not come true, or what came and no line names, for programs."""

    line: int
    # What the line is about, `unnamed` for what no line names, `unplayable` where the script came to a stop.
    kind: str
    expected: str | None
    got: tuple[str, ...]
    said: str = ""


_KINDS: dict[type[Line], str] = {
    Shows: "message",
    Silence: "message",
    Leaves: "command",
    Notice: "notice",
    Stands: "state",
    InJournal: "journal",
}


def failures(outcome: Outcome) -> tuple[Failure, ...]:
    """Return everything that did not come true, in the order of the script."""
    written = outcome.transcript.text
    found = [
        Failure(change.below, "unnamed", None, change.came)
        if change.missed is None
        else Failure(
            change.missed.number, _KINDS[type(change.missed)], change.missed.written.strip(), change.came
        )
        for block in outcome.blocks
        for change in block.changes
    ]
    if (stopped := outcome.stopped) is not None:
        found.append(Failure(stopped.line, "unplayable", written[stopped.line - 1].strip(), (), stopped.said))
    return tuple(found)
