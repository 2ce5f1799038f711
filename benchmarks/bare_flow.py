"""The same rows without the engine: what flow, transitions and pydantic cost for the same stored turns.

The guards and actions of the real cancel run on a shared machine that is compiled straight from its rows,
over the same stored sessions; what they want is serialised as ours is. Left out is all that the engine adds:
that a session of older tables goes on or ends, that a write was agreed to, that a claim is proved, that each
tried row is told, silence after «стоп», hand-overs, and what the chat remembers.
"""

from collections.abc import Callable
from typing import Any, cast

from transitions import EventData, Machine

from benchmarks.cancelling import StoredTurn
from engine.dialogue import Dialogue
from engine.effects import Effect, Say
from engine.flow import IDLE, Flow, Row, Turn
from engine.session import Chat, Session


def guard(row: Row[Any]) -> Callable[[EventData], bool]:
    def holds(data: EventData) -> bool:
        turn = cast(Turn[Any], data.model)
        return row.when is None or row.when(turn, turn.event)

    return holds


def action(row: Row[Any]) -> Callable[[EventData], None]:
    def act(data: EventData) -> None:
        turn = cast(Turn[Any], data.model)
        turn.effects.extend(row.do(turn, turn.event) if row.do else ())

    return act


def compiled(dialogue: Dialogue) -> Machine:
    states = list(dialogue.states)
    machine = Machine(model=None, states=states, initial=IDLE, auto_transitions=False, send_event=True)
    for row in dialogue.rows():
        machine.add_transition(
            row.event.__name__, row.source, row.to, conditions=[guard(row)], before=[action(row)]
        )
    return machine


def stepped(machine: Machine, flow: Flow, stored: StoredTurn) -> tuple[Session, Chat, list[Effect]]:
    """Take one turn of a flow; return what would be stored and done."""
    session, chat = Session.model_validate_json(stored.session), Chat.model_validate_json(stored.chat)
    at, event = stored.at, stored.event
    turn: Turn[Any] = Turn(
        state=session.state,
        memory=flow.memory() if session.state == IDLE else flow.memory.model_validate(session.memory),
        chat=chat,
        salon=at.salon,
        said_at=at.said_at,
        now=at.now,
        event=event,
        effects=[],
        key=at.call_key,
    )
    assert machine.events[type(event).__name__].trigger(turn)
    question = next((effect for effect in turn.effects if isinstance(effect, Say) and effect.question), None)
    after = Session(
        state=turn.state,
        memory=turn.memory.model_dump(mode="json"),
        questions=at.turn if question else session.questions,
        pending=question,
    )
    return after, chat, turn.effects
