"""Rows read aloud: what happens in words, for the tables that stand beneath a picture."""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.dialogue import Dialogue
from engine.flow import Flow, Row


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
    # Keys of the texts that the action may say; one that ends with a dot stands for all below it.
    says: tuple[str, ...]
    # It belongs to no flow: every state of a kind has it.
    general: bool


def read_aloud(dialogue: Dialogue, keys: Iterable[str]) -> tuple[Reading, ...]:
    """Return every row of the machine in words; `keys` are those of the catalogue."""
    known = frozenset(keys)
    owned = sum(len(flow.table) for flow in dialogue.flows)
    return tuple(
        Reading(
            row=place,
            source=row.source,
            event=row.event.__name__,
            guard=guard_of(row),
            to=row.to,
            does=_name(row.do) if row.do else "",
            says=tuple(dict.fromkeys(_said(row.do, known, set()))) if row.do else (),
            general=place >= owned,
        )
        for place, row in enumerate(dialogue.rows())
    )


def guard_of(row: Row[Any]) -> str:
    return _name(row.when) if row.when else ""


def title_of(flow: Flow) -> str:
    """Return the first line of the module that the flow stands in, without a full stop."""
    module = sys.modules.get(module_of(flow))
    return (inspect.getdoc(module) or flow.name).partition("\n")[0].rstrip(".")


def module_of(flow: Flow) -> str:
    """Return the module that a flow stands in: that of its memory, else of an intent or a recogniser.

    A flow that remembers nothing has a memory of the engine's.
    """
    parts = (flow.memory, *flow.intents, *flow.hears)
    own = (part.__module__ for part in parts if not part.__module__.startswith("engine."))
    return next(own, flow.memory.__module__)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _said(thing: object, keys: frozenset[str], seen: set[int]) -> Iterator[str]:
    """Find the keys in a function: those it spells out, holds on to, or leaves to helpers beside it."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, str):
        yield from _meant(thing, keys)
    elif inspect.isfunction(thing):
        variables = inspect.getclosurevars(thing)
        for part in (*_constants(thing), *variables.nonlocals.values()):
            yield from _said(part, keys, seen)
        for helper in variables.globals.values():
            if inspect.isfunction(helper) and helper.__module__ == thing.__module__:
                yield from _said(helper, keys, seen)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _said(getattr(thing, field.name), keys, seen)


def _constants(function: Any) -> tuple[object, ...]:
    return tuple(function.__code__.co_consts)


def _meant(text: str, keys: frozenset[str]) -> Iterator[str]:
    if text in keys or (text.endswith(".") and any(key.startswith(text) for key in keys)):
        yield text
