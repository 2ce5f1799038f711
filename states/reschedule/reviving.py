"""Moves of what was cancelled a moment ago, and back to where a record was before it was moved."""

import re
from typing import Any

from engine.booking import Record, RecordsFound
from engine.effects import Effects, Then
from engine.events import Event, Named, RescheduleWanted, TakeBackWanted
from engine.flow import Hearing, Turn
from engine.understanding import fitting
from states.choose_record import people_of
from states.reschedule.memory import Memory
from states.reschedule.offering import find_for_chosen

# «Отмените перенос» wants the visit, and no cancel.
_OF_THE_MOVE = re.compile(r"\bперенос\b")


class MovedBackWanted(Event):
    """Right after a move the client wants it back: «верните как было», «ой нет, верните на среду»."""

    named: Named = Named()


def moved_back(hearing: Hearing[Memory]) -> MovedBackWanted | None:
    meaning = hearing.meaning
    if hearing.tap is not None or meaning.takes_back == "denies":
        return None
    undoes = meaning.intent == "undo" or meaning.takes_back in ("order", "asks")
    of_the_move = meaning.intent == "cancel" and _OF_THE_MOVE.search(hearing.words.lower())
    return MovedBackWanted(named=meaning.named) if undoes or of_the_move else None


def a_cancel_may_be_meant(turn: Turn[Memory], wanted: MovedBackWanted) -> bool:
    """Something was cancelled here too, and it is not the old time that is named."""
    before = Named(days=wanted.named.days, clock=wanted.named.clock)
    names_it = before.anything() and bool(fitting(before, (turn.memory.record,)))
    return bool(_can_come_back(turn)) and not names_it


def it_came_back_by_the_move(turn: Turn[Memory], wanted: MovedBackWanted) -> bool:
    """Where it was before is sold, and it stands: there is nothing to take back."""
    return turn.memory.revives and not wanted.named.anything()


def ask_whether_to_take_back(turn: Turn[Memory], wanted: MovedBackWanted) -> Effects:
    yield Then(event=TakeBackWanted(named=wanted.named, guessed=True))


def offer_the_old_window(turn: Turn[Memory], wanted: MovedBackWanted) -> Effects:
    """It stands where it was moved to; whether it goes back, or to the day that was named, is asked."""
    before, moved, named = turn.memory.record, turn.memory.moved, wanted.named
    assert moved is not None
    target = Named(days=(before.starts_at.date(),), clock=before.starts_at.time())
    if named.days and before.starts_at.date() not in named.days:
        target = Named(days=named.days, clock=named.clock)
    elif named.clock is not None:
        target = target.model_copy(update={"clock": named.clock})
    yield Then(event=RescheduleWanted(record=moved, target=target))


def a_cancelled_one_is_meant(turn: Turn[Memory], found: RecordsFound) -> bool:
    """None of the records is meant, and one that was cancelled just now is."""
    return len(_cancelled(turn, found)) == 1


def cancelled_ones_may_be_meant(turn: Turn[Memory], found: RecordsFound) -> bool:
    return bool(_cancelled(turn, found))


def find_for_cancelled(turn: Turn[Memory], found: RecordsFound) -> Effects:
    turn.memory.chosen, turn.memory.revives = _cancelled(turn, found), True
    people = people_of([*found.records, *_can_come_back(turn)])
    turn.memory.people = people if len(people) > 1 else ()
    turn.memory.tapped = None
    yield from find_for_chosen(turn)
    turn.memory.because = "cancelled"


def ask_which_to_take_back(turn: Turn[Memory], found: RecordsFound) -> Effects:
    yield Then(event=TakeBackWanted(named=turn.memory.named, guessed=True))


def _cancelled(turn: Turn[Memory], found: RecordsFound) -> tuple[Record, ...]:
    memory, known = turn.memory, _can_come_back(turn)
    if memory.tapped is not None:
        return tuple(record for record in known if record.record_id == memory.tapped)
    return () if fitting(memory.named, found.records) else fitting(memory.named, known)


def _can_come_back(turn: Turn[Any]) -> tuple[Record, ...]:
    """Return what this chat has cancelled and can still take back, or move."""
    known = turn.chat.undoable if "undo" in turn.salon.offers and turn.salon.undo_for else ()
    return tuple(one.record for one in known if one.until >= turn.said_at and one.record.starts_at > turn.now)
