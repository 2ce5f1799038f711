"""Tables: no state that takes less than what can reach it, none that cannot be reached or left."""

import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from engine import texts
from engine.booking import CallFailed
from engine.dialogue import Dialogue
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
from engine.flow import IDLE, Calling, Home, Open, State, Waiting
from engine.understanding import Understanding
from engine.values import Event
from states import everywhere, registry

DIALOGUE = Dialogue(registry.FLOWS, everywhere.rows, Understanding(), texts.load(registry.texts()).claims)
ROWS = DIALOGUE.rows()
TAKEN = {(row.source, row.event) for row in ROWS}

# What `understand` makes of anything that is sent, in any state.
ALWAYS = (
    StopWanted, StartWanted, Muted, Reacted, NoWords, StaleTap, NotUnderstood, NotServed, Greeted, Thanked,
    TurnedOut,
)  # fmt: skip


def of(kind: type[State] | types.UnionType) -> list[Any]:
    return [
        pytest.param(state, id=state.name) for state in DIALOGUE.states.values() if isinstance(state, kind)
    ]


def missing(state: State, events: Iterable[type[Event]]) -> list[str]:
    return [event.__name__ for event in events if (state.name, event) not in TAKEN]


def made_by(recogniser: Callable[..., object]) -> set[type[Event]]:
    """Return the events that a recogniser can make, by its return annotation."""
    annotation = typing.get_type_hints(recogniser)["return"]
    return {one for one in typing.get_args(annotation) or (annotation,) if one is not type(None)}


@pytest.mark.parametrize("state", of(Home | Waiting | Open))
def test_a_state_takes_every_event_that_its_recognisers_make(state: Home | Waiting | Open) -> None:
    for recogniser in state.hears:
        made = made_by(recogniser)
        assert made, f"{recogniser.__name__} does not say what it makes"
        assert all(issubclass(event, Event) for event in made)
        assert missing(state, made) == []


@pytest.mark.parametrize("state", of(Home | Waiting | Open))
def test_a_state_that_waits_for_the_client_has_a_row_for_whatever_is_sent(state: State) -> None:
    assert missing(state, ALWAYS) == []


@pytest.mark.parametrize("state", of(Waiting))
def test_a_question_can_time_out_be_undelivered_and_be_answered_too_early(state: Waiting) -> None:
    assert missing(state, (TimedOut, NotDelivered, TooEarly)) == []


@pytest.mark.parametrize("state", of(Open))
def test_an_open_state_ends_by_itself(state: Open) -> None:
    assert missing(state, (TimedOut,)) == []


@pytest.mark.parametrize("state", of(Calling))
def test_a_calling_state_takes_every_result_of_its_call(state: Calling) -> None:
    assert state.call.results, f"{state.call.__name__} names no result"
    assert missing(state, (*state.call.results, CallFailed, StillWaiting)) == []


def test_home_takes_every_intent_and_a_new_start() -> None:
    home = DIALOGUE.states[IDLE]
    intents = [intent for flow in registry.FLOWS for intent in flow.intents]
    assert missing(home, (*intents, StartedOver)) == []


@pytest.mark.parametrize("state", of(Home | Waiting | Open | Calling))
def test_the_last_row_of_an_event_has_no_guard(state: State) -> None:
    """Where all guards fail, the turn raises; so the last row takes whatever is left."""
    events = dict.fromkeys(row.event for row in ROWS if row.source == state.name)
    last = {
        event: [row for row in ROWS if (row.source, row.event) == (state.name, event)][-1] for event in events
    }
    assert [event.__name__ for event, row in last.items() if row.when is not None] == []


@pytest.mark.parametrize("state", of(Home | Waiting | Open | Calling))
def test_no_row_stands_behind_one_that_takes_everything(state: State) -> None:
    hidden = [
        f"{row.event.__name__} → {row.to}"
        for place, row in enumerate(ROWS)
        if row.source == state.name
        and any(
            (before.source, before.event) == (row.source, row.event) and before.when is None
            for before in ROWS[:place]
        )
    ]
    assert hidden == []


def reached(start: str, steps: Iterable[tuple[str, str]]) -> set[str]:
    edges, found, frontier = list(steps), {start}, [start]
    while frontier:
        here = frontier.pop()
        frontier += [there for source, there in edges if source == here and there not in found]
        found |= {there for source, there in edges if source == here}
    return found


def test_every_state_is_reached_from_home_and_leads_back() -> None:
    there = reached(IDLE, ((row.source, row.to) for row in ROWS))
    back = reached(IDLE, ((row.to, row.source) for row in ROWS))
    assert there == set(DIALOGUE.states)
    assert back == set(DIALOGUE.states)


def test_every_flow_s_texts_are_in_the_registry() -> None:
    assert {f"states.{flow.name}" for flow in registry.FLOWS} <= set(registry.TEXTS)
