"""One opening explored over the real store, and its counterexample as a transcript."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from adapters.storage.rewindable import RewindableStore
from engine.dialogue import Dialogue
from engine.proof.exploring import START, Explored, explore
from engine.proof.openings import OPENINGS
from engine.proof.playing import Player
from engine.proof.stage import Stage
from engine.proof.transcript import written
from engine.proof.world import Opening, Path
from engine.texts import Texts

# Makes the dialogue anew in each process, so it must be importable by name; None: our own flows.
Compose = Callable[[str | None], tuple[Dialogue, Texts]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one exploration found, and its counterexample as a transcript."""

    explored: Explored
    transcript: str = ""


def transcript_of(dialogue: Dialogue, texts: Texts, opening: Opening, path: Path, *, title: str = "") -> str:
    player = Player(Stage(dialogue, texts, new_store(), opening))
    return written(player, path, title=title)


def explored_from(compose: Compose, flows: str | None, depth: int, place: int) -> Told:
    """Explore one opening, by its place, to this depth."""
    dialogue, texts = compose(flows)
    opening = OPENINGS[place]
    explored = explore(dialogue, texts, new_store(), opening, depth)
    found = explored.counterexample
    if found is None:
        return Told(explored)
    return Told(explored, transcript_of(dialogue, texts, opening, found.path))


def new_store() -> RewindableStore:
    return RewindableStore(START)


def silence() -> None:
    """Let nothing of what the engine logs through: an exploration fails on purpose all the time."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
