"""How a script went: block by block, what did not come true and what came instead."""

from dataclasses import dataclass

from engine.script.grammar import Problem
from engine.script.lines import Line, Transcript


@dataclass(frozen=True, slots=True)
class Change:
    """One place where the script and what came part: a line that did not come true, and what came instead."""

    missed: Line | None
    # What came, as lines of a transcript; they would stand below line number `below`.
    came: tuple[str, ...]
    below: int


@dataclass(frozen=True, slots=True)
class Block:
    """Something that happened, and the lines from there up to the next that does, by their numbers."""

    first: int
    last: int
    changes: tuple[Change, ...]
    # What was done and what came of it, as lines of a transcript.
    happened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a whole script went. `stopped`: at this line it could not be played on."""

    transcript: Transcript
    blocks: tuple[Block, ...]
    stopped: Problem | None = None

    @property
    def holds(self) -> bool:
        return self.stopped is None and not any(block.changes for block in self.blocks)
