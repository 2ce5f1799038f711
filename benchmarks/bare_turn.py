"""The bare turn that Otmena is held against: transitions, pydantic, a stored session; and two peers of it.

The same six turns of a cancel, in the smallest form that still is one: a table of rows with a guard and an
action each, a session that is restored from JSON and dumped to JSON, and effects that are dumped with it.
Nothing is proved, versioned or promised here.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel
from transitions import EventData, Machine

from benchmarks.cancelling import RECORD

STATES = ["idle", "looking", "confirming", "cancelling", "done"]
# Event, where from, where to.
ROWS = (
    ("wanted", "idle", "looking"),
    ("found", "looking", "confirming"),
    ("yes", "confirming", "cancelling"),
    ("cancelled", "cancelling", "done"),
    ("reason", "done", "done"),
    ("thanks", "done", "idle"),
)


class Record(BaseModel):
    record_id: int
    phone: str
    services: tuple[str, ...]
    master: str
    starts_at: datetime


class Say(BaseModel):
    text: str
    record: Record | None = None


class Session(BaseModel):
    """What is stored. transitions reads and writes `state`."""

    state: str = "idle"
    record: Record | None = None
    question: int = 0


FOUND = Record.model_validate(RECORD.model_dump(include=set(Record.model_fields)))


class Turn:
    """What transitions takes for its model: the session's state, and what the action wants."""

    def __init__(self, session: Session, event: str) -> None:
        self.state = session.state
        self.session = session
        self.event = event
        self.effects: list[Say] = []


def not_opted_out(data: EventData) -> bool:
    return cast(Turn, data.model).session.question >= 0


def act(data: EventData) -> None:
    turn = cast(Turn, data.model)
    if turn.event == "found":
        turn.session.record = FOUND
        turn.session.question += 1
    turn.effects.append(Say(text=turn.event, record=turn.session.record))


def shared_machine() -> Machine:
    """Compile the table once; no model is ever registered, as transitions does by itself for each."""
    machine = Machine(model=None, states=STATES, initial="idle", auto_transitions=False, send_event=True)
    for event, source, to in ROWS:
        machine.add_transition(event, source, to, conditions=[not_opted_out], before=[act])
    return machine


def on_the_shared_machine() -> Callable[[], None]:
    machine = shared_machine()

    def play() -> None:
        stored = Session().model_dump_json()
        for event, _, _ in ROWS:
            turn = Turn(Session.model_validate_json(stored), event)
            assert machine.events[event].trigger(turn)
            turn.session.state = turn.state
            stored = turn.session.model_dump_json()
            for effect in turn.effects:
                effect.model_dump_json()
        assert turn.state == "idle"

    return play


def on_a_machine_for_each_user() -> Callable[[], None]:
    """The way of the documentation: a machine takes the model over, and decorates it."""

    def play() -> None:
        stored = Session().model_dump_json()
        for event, _, _ in ROWS:
            session = Session.model_validate_json(stored)
            turn = Turn(session, event)
            machine = Machine(
                model=turn, states=STATES, initial=session.state, auto_transitions=False, send_event=True
            )
            for trigger, source, to in ROWS:
                machine.add_transition(trigger, source, to, conditions=[not_opted_out], before=[act])
            assert turn.trigger(event)  # type: ignore[attr-defined]  # transitions adds it.
            session.state = turn.state
            stored = session.model_dump_json()
            for effect in turn.effects:
                effect.model_dump_json()

    return play


def on_a_dict() -> Callable[[], None]:
    """No library, no types, no checks."""
    table = {(event, source): to for event, source, to in ROWS}
    found = FOUND.model_dump(mode="json")

    def play() -> None:
        stored = json.dumps({"state": "idle", "record": None, "question": 0})
        for event, _, _ in ROWS:
            session: dict[str, Any] = json.loads(stored)
            session["state"] = table[event, session["state"]]
            if event == "found":
                session.update(record=found, question=session["question"] + 1)
            stored = json.dumps(session)
            json.dumps({"text": event, "record": session["record"]})

    return play


TURNS = len(ROWS)
# Prepares a side, and returns what plays the whole conversation once.
Side = Callable[[], Callable[[], None]]
SIDES: Sequence[Side] = (
    on_the_shared_machine,
    on_a_machine_for_each_user,
    on_a_dict,
)
