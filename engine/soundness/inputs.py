"""Inputs: what each state must be able to take, the matrix of state × input, and its holes."""

import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

from engine.booking import CallFailed, Command
from engine.events import (
    Greeted,
    Muted,
    NotDelivered,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StartWanted,
    StillWaiting,
    StopWanted,
    Thanked,
    TimedOut,
    TooEarly,
    TurnedOut,
)
from engine.flow import IDLE, Calling, Hearing, Open, State, Waiting
from engine.soundness.possible import Instance, class_of
from engine.soundness.problems import Problem, name_of
from engine.soundness.reading import Reader
from engine.soundness.tables import Tables
from engine.values import Event

# What is made of whatever is sent, and of a late look at the journal, wherever the client is heard.
ALWAYS: tuple[type[Event], ...] = (
    StopWanted, StartWanted, Muted, Reacted, NoWords, StaleTap, NotUnderstood, NotServed, Greeted, Thanked,
    TurnedOut,
)  # fmt: skip

Cell = Literal["sure", "guarded", "unsure", "hole", ""]


@dataclass(frozen=True, slots=True)
class Matrix:
    """State × input. A cell is `sure` (one row, no guard), `guarded` (rows with guards, the last without),
    `unsure` (every row has a guard), a `hole` (it can come, and no row takes it), or empty (it cannot come).
    """

    states: tuple[str, ...]
    inputs: tuple[type[Event], ...]
    cells: dict[tuple[str, type[Event]], Cell]


@cache
def made_by(recogniser: Callable[..., object]) -> tuple[type[Event], ...] | None:
    """Return the events that a recogniser says it can make; None where it does not say."""
    function: Any = recogniser
    while isinstance(function, partial):
        function = function.func
    if not isinstance(function, types.FunctionType | types.MethodType):
        function = type(function).__call__
    try:
        annotation = typing.get_type_hints(function).get("return")
    except (NameError, TypeError, AttributeError):
        return None
    found = [one for one in _parts(annotation) if one is not type(None)]
    fitting = [one for one in found if isinstance(one, type) and issubclass(one, Event) and one is not Event]
    return tuple(fitting) if found and fitting == found else None


def inferred(tables: Tables, reader: Reader) -> dict[int, tuple[type[Event], ...]]:
    """Return what recognisers that do not say it may make, as far as their source tells."""
    found: dict[int, tuple[type[Event], ...]] = {}
    for state in tables.states.values():
        for recogniser in () if isinstance(state, Calling) else state.hears:
            if made_by(recogniser) is None:
                returned = reader.read(recogniser, [Instance(Hearing)]).returned
                classes = (class_of(value) for value in returned)
                events = (one for one in classes if one is not None and issubclass(one, Event))
                found[id(recogniser)] = tuple(dict.fromkeys(events))
    return found


def _parts(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        for part in typing.get_args(annotation):
            yield from _parts(part)
    elif annotation is not None:
        yield annotation


def expected(tables: Tables, state: State) -> dict[type[Event], str]:
    """Return every event that can come in this state, with the reason."""
    why: dict[type[Event], str] = {}
    match state:
        case Calling():
            call = state.call.__name__
            why |= dict.fromkeys(state.call.results, f"{call} may be answered by it")
            why[CallFailed] = f"{call} may fail, be refused, or end unknown"
            why[StillWaiting] = "a call may take long"
            return why
        case Waiting():
            why[TimedOut] = "the client may never answer"
            why[NotDelivered] = "the question may never arrive"
            why[TooEarly] = "words may have been said before the question was there"
        case Open():
            why |= dict.fromkeys(tables.opens, "it is an intent, and goes home first")
            why[TimedOut] = "its patience ends by itself"
        case _:
            why |= dict.fromkeys(tables.opens, "it is an intent")
            why[StartedOver] = "a dialogue may have to start over"
            why[TimedOut] = "the chat may keep a deadline"
    for recogniser in state.hears:
        why |= dict.fromkeys(_made(tables, recogniser), f"{name_of(recogniser)} makes it")
    return dict.fromkeys(ALWAYS, "a client may send it anywhere") | why


def heard(tables: Tables, state: State) -> frozenset[type[Event]]:
    """Return the events that recognisers of this state may make of what the client says or taps."""
    hears = () if isinstance(state, Calling) else state.hears
    return frozenset(event for recogniser in hears for event in _made(tables, recogniser))


def _made(tables: Tables, recogniser: Callable[..., object]) -> tuple[type[Event], ...]:
    return made_by(recogniser) or tables.inferred.get(id(recogniser), ())


def matrix(tables: Tables) -> Matrix:
    inputs: dict[type[Event], None] = {}
    cells: dict[tuple[str, type[Event]], Cell] = {}
    for name, state in tables.states.items():
        for event in (*tables.events_at(name), *expected(tables, state)):
            inputs[event] = None
            guards = [placed.row.when for placed in tables.taking(name, event)]
            cell: Cell = "hole"
            if guards:
                cell = "sure" if guards[0] is None else "guarded" if None in guards else "unsure"
            cells[name, event] = cell
    return Matrix(tuple(tables.states), tuple(inputs), cells)


def holes(tables: Tables) -> Iterator[Problem]:
    """Every state takes everything that can come there. One that no row leaves is reported as a dead end."""
    for name, state in tables.states.items():
        if name != IDLE and not tables.own_of(name):
            continue
        for event, why in expected(tables, state).items():
            if tables.missed(name, event):
                row = f"On({event.__name__}, {_quoted(name)}, …)"
                what = f"no row takes {event.__name__} ({why})"
                opened = tables.opens.get(event) if name == IDLE else None
                flow = opened.name if opened else tables.flow_of(name)
                yield Problem("hole", flow, name, what, f"add {row}{_apart(state, event)}")


def _apart(state: State, event: type[Event]) -> str:
    """After a write one row is not enough."""
    writes = isinstance(state, Calling) and issubclass(state.call, Command)
    return (
        ', and before it one with a guard for failed.reason == "unknown"'
        if writes and event is CallFailed
        else ""
    )


def unsaid(tables: Tables) -> Iterator[Problem]:
    """Every recogniser says by its return annotation which events it makes."""
    for name, state in tables.states.items():
        for recogniser in () if isinstance(state, Calling) else state.hears:
            if made_by(recogniser) is None:
                what = f"the recogniser {name_of(recogniser)} does not say which events it makes"
                events = " | ".join(event.__name__ for event in _made(tables, recogniser)) or "Yes | No"
                remedy = f"write it as a function that ends in -> {events} | None, each a class below Event"
                at_home = (flow.name for flow in tables.flows if recogniser in flow.hears)
                flow = next(at_home) if name == IDLE else tables.flow_of(name)
                yield Problem("recogniser", flow, name, what, remedy)


def never_made(tables: Tables) -> Iterator[Problem]:
    """No row of a flow waits for an event that cannot come where it stands."""
    idle: dict[tuple[str, str], list[str]] = {}
    for placed in tables.rows:
        state = tables.states[placed.row.source]
        unread = not isinstance(state, Calling) and any(made_by(one) is None for one in state.hears)
        known = expected(tables, state)
        if isinstance(state, Open) and placed.row.event in tables.opens:
            what = (
                f"{placed.row.event.__name__} is an intent, and goes home before any row here could take it"
            )
            yield Problem("never", placed.flow, placed.row.source, what, "let a row from IDLE take it")
            continue
        if (
            placed.own
            and not unread
            and placed.row.event not in known
            and not _handed(tables, placed.row.event)
        ):
            idle.setdefault((placed.flow, placed.row.source), []).append(placed.row.event.__name__)
    for (flow, source), events in idle.items():
        what = f"nothing that is heard or called there makes {' or '.join(dict.fromkeys(events))}"
        remedy = "add a recogniser that makes it to the state's hears, or remove the row"
        yield Problem("never", flow, source, what, remedy)


def _handed(tables: Tables, event: type[Event]) -> bool:
    """Whether it may come by another way: a result whose state is gone, or an intent of some flow."""
    of_calls = {
        result
        for state in tables.states.values()
        if isinstance(state, Calling)
        for result in state.call.results
    }
    return event in of_calls or event in tables.opens


def _quoted(state: str) -> str:
    return "IDLE" if state == IDLE else f'"{state}"'
