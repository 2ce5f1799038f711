"""Wishes for more than one record («обе»), or for none to move: «в среду не приду, в пятницу приду»."""

from engine.booking import RecordsFound
from engine.effects import Effects, Say, Then
from engine.events import CancelWanted
from engine.flow import Turn
from engine.understanding import fitting
from states.choose_record import each_named, know_people, narrowed, which_of
from states.reschedule.memory import Memory


def it_is_rather_a_cancel(turn: Turn[Memory], found: RecordsFound) -> bool:
    """There is a visit on the day on which the client comes, and one on that on which it does not."""
    memory = turn.memory
    days = memory.comes and memory.named.days and memory.target.days
    return bool(days) and bool(fitting(memory.named, found.records) and fitting(memory.target, found.records))


def cancel_it(turn: Turn[Memory], found: RecordsFound) -> Effects:
    # Not every word is explained here, so it is asked about in any case.
    yield Then(event=CancelWanted(named=turn.memory.named))


def several_are_wanted(turn: Turn[Memory], found: RecordsFound) -> bool:
    fits = narrowed(turn, found)
    return len(fits) > 1 and (turn.memory.several or each_named(turn.memory.named, fits))


def offer_one_at_a_time(turn: Turn[Memory], found: RecordsFound) -> Effects:
    know_people(turn, found)
    turn.memory.several = True
    turn.memory.page, turn.memory.records = 0, narrowed(turn, found)
    yield Say(text="reschedule.one_at_a_time")
    yield which_of(turn.memory, "reschedule", "which")


def tell_of_the_others(turn: Turn[Memory]) -> Effects:
    """One of several was moved: how the next one is."""
    if turn.memory.several:
        yield Say(text="reschedule.and_the_next")
