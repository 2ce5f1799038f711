"""Parts of a flow that are not even of the right kind: what no rule could read, each with its remedy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.booking import Command, Query
from engine.flow import Calling, Flow, Open, Row, Waiting
from engine.soundness.problems import name_of
from engine.values import Event

State = Waiting | Open | Calling


def wrong_parts(flow: Flow) -> Iterator[str]:
    """Say which parts of a flow are of another kind than they must be."""
    unusable = [
        part for part in ("intents", "states", "table", "hears") if not _is_tuple(getattr(flow, part))
    ]
    for part in unusable:
        yield f"{part} of the flow {flow.name} {_no_tuple(part, getattr(flow, part))}"
    for intent in flow.intents if "intents" not in unusable else ():
        if not (isinstance(intent, type) and issubclass(intent, Event)):
            yield f"the intent {intent!r} of the flow {flow.name} is no class below engine.events.Event"
    for row in flow.table if "table" not in unusable else ():
        yield from _wrong_row(row, flow.name)
    for state in flow.states if "states" not in unusable else ():
        if isinstance(state, State):
            yield from _wrong_state(state)
    for recogniser in flow.hears if "hears" not in unusable else ():
        if not callable(recogniser):
            yield f"hears of the flow {flow.name} holds {recogniser!r}, which is no function"
    if not isinstance(flow.was, Mapping):
        yield f"was of the flow {flow.name} is {flow.was!r}, and must map old names of states to new ones"


def _wrong_row(row: Any, flow: str) -> Iterator[str]:
    if not isinstance(row, Row):
        yield f"the table of the flow {flow} holds {row!r}, which is no row: write On(…)"
        return
    event = getattr(row.event, "__name__", repr(row.event))
    for place, state in (("from", row.source), ("to", row.to)):
        if not isinstance(state, str):
            meant = f', "{state.name}"' if isinstance(state, State) else ""
            yield f"a row on {event} of the flow {flow} goes {place} {_told(state)}: name the state{meant}"


def _wrong_state(state: State) -> Iterator[str]:
    if not isinstance(state.name, str):
        yield f"a state is called {state.name!r}, and must be called by a string"
    if isinstance(state, Calling):
        call: Any = state.call
        if not (isinstance(call, type) and issubclass(call, Query | Command)):
            yield f"{state.name} calls {call!r}, which is no class of a call, such as booking.FindRecords"
    elif not _is_tuple(state.hears):
        yield f"hears of {state.name} {_no_tuple('hears', state.hears)}"
    else:
        for recogniser in state.hears:
            if not callable(recogniser):
                yield f"hears of {state.name} holds {recogniser!r}, which is no function"


def _is_tuple(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _no_tuple(part: str, given: Any) -> str:
    one = getattr(given, "__name__", "one")
    return f"is {_told(given)}, and must be a tuple: write {part}=({one},), with the comma"


def _told(value: Any) -> str:
    if isinstance(value, State):
        return f"the state {value.name} itself"
    return name_of(value) if callable(value) else repr(value)
