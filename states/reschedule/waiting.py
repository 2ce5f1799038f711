"""A move of a record whose late cancel waits for the salon: it is never told to stay as if nothing were.

The salon may grant the request any minute, so whoever leaves the move is asked about it, or reminded of it.
"""

from typing import Any

from engine.booking import MoveSettled, Record
from engine.chat import LateRequest
from engine.effects import Effects, Note, Say, Then
from engine.events import Event, KeepWanted, Named, No, TimedOut
from engine.flow import Turn
from states.reschedule.memory import Memory


def its_cancel_is_asked_for(turn: Turn[Memory], event: Event) -> bool:
    """The salon has been asked to cancel this very record, and has not decided."""
    return bool(_of(turn, turn.memory.record))


def a_cancel_is_asked_for(turn: Turn[Any], event: Event) -> bool:
    """The salon has been asked to cancel some record of this chat's, and has not decided."""
    return bool(_undecided(turn))


def keep_what_is_asked_for(turn: Turn[Memory], no: No) -> Effects:
    """«Приду» withdraws the request; of a bare «нет» nobody knows, so the client is asked."""
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="kept"))
    (asked,) = _of(turn, record)
    start = asked.record.starts_at
    named = Named(days=(start.date(),), clock=start.time())
    yield Then(event=KeepWanted(named=named, guessed=not no.keeps))


def ask_about_what_waits(turn: Turn[Any], no: No) -> Effects:
    """None of the list is to be moved, and of which one a cancel is wanted still is not known."""
    yield Then(event=KeepWanted(guessed=True))


def leave_the_list_in_silence(turn: Turn[Any], event: TimedOut) -> Effects:
    yield Say(text="reschedule.timed_out")
    for one in _undecided(turn):
        yield _reminder(turn, one.record)


def remind(turn: Turn[Memory]) -> Effects:
    """Say that the request stands, beside whatever is said of a record that was not moved."""
    if _of(turn, turn.memory.record):
        yield _reminder(turn, turn.memory.record)


def _reminder(turn: Turn[Any], record: Record) -> Say:
    return Say(text="reschedule.request_waits", args={"record": record}, whose=bool(turn.memory.people))


def _of(turn: Turn[Memory], record: Record) -> tuple[LateRequest, ...]:
    return tuple(one for one in _undecided(turn) if one.record.record_id == record.record_id)


def _undecided(turn: Turn[Any]) -> tuple[LateRequest, ...]:
    waiting = (one for one in turn.chat.late_requests if not one.granted)
    return tuple(one for one in waiting if one.record.starts_at > turn.now)
