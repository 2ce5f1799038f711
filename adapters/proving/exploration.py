"""Every opening explored, on all cores: the first counterexample ends it."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

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


def explorations(compose: Compose, flows: str | None, depth: int, jobs: int) -> Iterator[Told]:
    """Explore each opening to this depth; yields them as they end, and nothing after a counterexample."""
    work = partial(_explored, compose, flows, depth)
    if jobs == 1:
        yield from _until_one_fails(map(work, range(len(OPENINGS))))
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from _until_one_fails(pool.imap_unordered(work, range(len(OPENINGS))))


def transcript_of(dialogue: Dialogue, texts: Texts, opening: Opening, path: Path, *, title: str = "") -> str:
    player = Player(Stage(dialogue, texts, new_store(), opening))
    return written(player, path, title=title)


def _until_one_fails(every: Iterator[Told]) -> Iterator[Told]:
    for told in every:
        yield told
        if told.explored.counterexample is not None:
            return


def _explored(compose: Compose, flows: str | None, depth: int, place: int) -> Told:
    silence()
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
