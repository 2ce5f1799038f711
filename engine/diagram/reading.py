"""Rows read aloud: what happens in words, for the tables that stand beneath a picture."""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from engine.dialogue import Dialogue
from engine.flow import Flow, Row
from engine.soundness.deeds import Deeds
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from engine.soundness.speech import utterances
from engine.soundness.tables import Placed, laid_out

# The content of a source file by its name, "" where there is none.
TextOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One row in words. `row` is its place among `Dialogue.rows()`."""

    row: int
    source: str
    event: str
    guard: str
    to: str
    # What is done, by the name of the action; empty: nothing.
    does: str
    # Keys of the texts that the action may say.
    says: tuple[str, ...]
    # It belongs to no flow: every state of a kind has it.
    general: bool


def read_aloud(dialogue: Dialogue, keys: Iterable[str], text_of: TextOf) -> tuple[Reading, ...]:
    """Return every row of the machine in words; `keys` are those of the catalogue."""
    says = _says(dialogue, frozenset(keys), text_of)
    owned = sum(len(flow.table) for flow in dialogue.flows)
    return tuple(
        Reading(
            row=place,
            source=row.source,
            event=row.event.__name__,
            guard=guard_of(row),
            to=row.to,
            does=_name(row.do) if row.do else "",
            says=says[place],
            general=place >= owned,
        )
        for place, row in enumerate(dialogue.rows())
    )


def guard_of(row: Row[Any]) -> str:
    return _name(row.when) if row.when else ""


def title_of(flow: Flow) -> str:
    """Return the first line of the package or module that the flow stands in, without a full stop."""
    module = sys.modules.get(package_of(flow))
    return (inspect.getdoc(module) or flow.name).partition("\n")[0].rstrip(".")


def package_of(flow: Flow) -> str:
    """Return the package that bears the flow's name, where its parts stand in one; else their module."""
    module = module_of(flow)
    package = module.rpartition(".")[0]
    return package if package.rpartition(".")[2] == flow.name else module


def module_of(flow: Flow) -> str:
    """Return the module that a flow stands in: that of its memory, else of an intent or a recogniser.

    A flow that remembers nothing has a memory of the engine's.
    """
    parts = (flow.memory, *flow.intents, *flow.hears)
    own = (part.__module__ for part in parts if not part.__module__.startswith("engine."))
    return next(own, flow.memory.__module__)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _says(dialogue: Dialogue, keys: frozenset[str], text_of: TextOf) -> dict[int, tuple[str, ...]]:
    """Return the texts that each row may say, as the soundness check reads them, by the row's place."""
    laid = laid_out(dialogue.flows, dialogue.everywhere)
    placed = tuple(Placed(row, "", own=False) for row in dialogue.rows())
    whole = replace(laid, rows=placed)
    found: dict[int, dict[str, None]] = {}
    meant: dict[str, tuple[str, ...]] = {}
    for spoken in utterances(whole, Deeds(whole, Reader(Sources(text_of)))):
        pattern = spoken.said.text
        if pattern not in meant:
            meant[pattern] = tuple(_meant(pattern, keys))
        found.setdefault(id(spoken.placed), {}).update(dict.fromkeys(meant[pattern]))
    return {place: tuple(found.get(id(one), ())) for place, one in enumerate(placed)}


def _meant(pattern: str, keys: frozenset[str]) -> Iterator[str]:
    """What is not known of a key is `*`: it stands for all that fit, and alone for nothing."""
    if pattern != "*":
        yield from (key for key in sorted(keys) if fnmatchcase(key, pattern))
