"""The cancel flow as a next version might have changed it."""

from dataclasses import replace
from typing import Any

from engine.events import Event
from engine.flow import Calling, Flow, Open, State, Waiting
from states import cancel


def renaming(old: str, new: str, **more: Any) -> Flow:
    """Return the flow with one state under another name."""

    def name(state: str) -> str:
        return new if state == old else state

    def state(one: State) -> State:
        assert isinstance(one, Waiting | Open | Calling)
        return replace(one, name=name(one.name))

    rows = tuple(replace(row, source=name(row.source), to=name(row.to)) for row in cancel.FLOW.table)
    return replace(cancel.FLOW, states=tuple(state(one) for one in cancel.FLOW.states), table=rows, **more)


def without(event: type[Event], source: str) -> Flow:
    table = tuple(row for row in cancel.FLOW.table if (row.event, row.source) != (event, source))
    return replace(cancel.FLOW, table=table)


def giving_up(*states: str) -> Flow:
    """Return the flow without these states, and without every row that leads there or away."""
    kept = tuple(state for state in cancel.FLOW.states if state.name not in states)
    rows = tuple(row for row in cancel.FLOW.table if not {row.source, row.to} & {*states})
    return replace(cancel.FLOW, states=kept, table=rows)
