"""Shortest ways to rows: transcripts that nobody had to think of."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from engine.dialogue import Dialogue
from engine.proof.exploring import explore
from engine.proof.playing import Player
from engine.proof.stage import Stage
from engine.proof.standing import Rewindable
from engine.proof.transcript import written
from engine.proof.world import Opening, Path
from engine.texts import Texts


@dataclass(frozen=True, slots=True)
class Way:
    """How a row can be made to fire."""

    row: int
    opening: Opening
    path: Path

    @property
    def length(self) -> int:
        return len(self.opening.before) + len(self.path)


def ways(
    dialogue: Dialogue,
    texts: Texts,
    store: Callable[[], Rewindable],
    openings: Sequence[Opening],
    wanted: Set[int],
    depth: int,
) -> dict[int, Way]:
    """Return a shortest way to each wanted row that fires within `depth` choices after an opening.

    `wanted` and the keys are places among `Dialogue.rows()`.
    """
    found: dict[int, Way] = {}
    for deep in range(1, depth + 1):
        for opening in openings:
            if opening.leaks or wanted <= found.keys():
                continue
            for row, path in explore(dialogue, texts, store(), opening, deep).ways.items():
                way = Way(row, opening, path)
                if row in wanted and (row not in found or way.length < found[row].length):
                    found[row] = way
    return found


def transcripts(
    dialogue: Dialogue, texts: Texts, store: Callable[[], Rewindable], found: dict[int, Way]
) -> Iterator[str]:
    """Write each way down, its row named above it."""
    rows = dialogue.rows()
    for place, way in sorted(found.items()):
        row = rows[place]
        guard = f" [{row.when.__name__}]" if row.when else ""
        title = f"{row.event.__name__}{guard}: {row.source} → {row.to}"
        yield written(Player(Stage(dialogue, texts, store(), way.opening)), way.path, title=title)
