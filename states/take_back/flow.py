"""Take back: a record that was just cancelled through us comes back, if its window is still free.

What can be taken back is kept on the chat, so that thanks, a reason, another dialogue or a restart in between
do not end it; only the clock does.
"""

from typing import Any

from engine.booking import CallFailed, Record, RecordChanged, RecordRestored, RestoreRecord, SlotTaken
from engine.effects import Effects, Say, Then
from engine.events import (
    Event,
    FoundOff,
    KeepWanted,
    Named,
    No,
    Picked,
    SeveralPicked,
    StaleTap,
    TakeBackWanted,
    TimedOut,
    Yes,
)
from engine.flow import IDLE, Calling, Flow, On, Open, Row, Turn, Waiting, minutes, say
from engine.understanding import fitting
from states.take_back.hearing import (
    AskedAgain,
    SaidAfterwards,
    StillNeeded,
    TakeBackDeclined,
    asked_again,
    declined,
    it_may_stay_off,
    no_clear_answer,
    none_of_them,
    said_afterwards,
    some_of_them,
    still_needed,
    take_back_wanted,
    yes_or_no,
)
from states.take_back.memory import Memory, are_all_named
from states.take_back.restoring import (
    a_window_is_taken,
    go_on,
    has_begun,
    one_more_can_be_tried,
    report,
    report_and_look_for_others,
    restore_agreed,
    restore_at_once,
    say_that_they_began,
)
from states.take_back.wishing import (
    a_request_is_meant,
    all_have_begun,
    ask_whether,
    ask_whether_picked,
    ask_which,
    it_is_clear,
    it_is_too_late,
    keep_it,
    nothing_is_known,
    nothing_is_taken_back_here,
    say_that_it_is_too_late,
    say_that_they_have_begun,
    several_may_be_meant,
    the_picked_have_begun,
    there_is_time_left,
)

CHOOSING, CONFIRMING = "take_back.choosing", "take_back.confirming"
RESTORING, DONE = "take_back.restoring", "take_back.done"
FOUND_OFF = "take_back.found_off"


def it_came_back(turn: Turn[Memory], again: AskedAgain) -> bool:
    """Nothing else is left that could be meant; or what is named came back, and nothing left is called so."""
    if again.record_id is not None or not turn.chat.undoable:
        # A cancel that landed once more can be taken back once more.
        return all(undoable.record.record_id != again.record_id for undoable in turn.chat.undoable)
    back = tuple(fact.record for fact in turn.memory.ended if fact.outcome == "restored")
    left = tuple(undoable.record for undoable in turn.chat.undoable)
    named = again.named
    names = named.anything() or bool(named.people)
    return names and _is_of(named, back) and not _is_of(named, left)


def _is_of(named: Named, records: tuple[Record, ...]) -> bool:
    return bool(fitting(named, records)) and are_all_named(named, records)


def take_the_wish_up(turn: Turn[Memory], again: AskedAgain) -> Effects:
    # «Верните обе», once one of the two is back, means the other.
    one_is_left = len(turn.chat.undoable) == 1 and again.meant == "both"
    meant = "one" if one_is_left else again.meant
    number = again.record_id
    yield Then(event=TakeBackWanted(record_id=number, named=again.named, meant=meant, guessed=again.guessed))


def a_request_may_be_meant(turn: Turn[Memory], said: SaidAfterwards) -> bool:
    """«Не отменяйте», where a late cancel waits for the salon beside what came back."""
    return said.keeps and any(not late.granted for late in turn.chat.late_requests)


def keep_what_waits(turn: Turn[Memory], said: SaidAfterwards) -> Effects:
    yield Then(event=KeepWanted(named=said.named))


def keep_in_mind(turn: Turn[Memory], found: FoundOff) -> Effects:
    turn.memory.off = found.record
    return ()


def we_may_bring_it_back(turn: Turn[Memory], needed: StillNeeded) -> bool:
    off = turn.memory.off
    assert off is not None
    return any(undoable.record.record_id == off.record_id for undoable in turn.chat.undoable)


def take_it_back(turn: Turn[Memory], needed: StillNeeded) -> Effects:
    off = turn.memory.off
    assert off is not None
    yield Then(event=TakeBackWanted(record_id=off.record_id, guessed=not needed.orders))


def name_the_salon(turn: Turn[Memory], needed: StillNeeded) -> Effects:
    off = turn.memory.off
    assert off is not None
    yield Say(text="take_back.the_salon_may", args={"record": off})


def _ends(result: type[Event], to: str) -> tuple[Row[Any], ...]:
    """Rows for one way that a try may end; the last one leads on `to`."""
    return (
        Row(result, RESTORING, RESTORING, one_more_can_be_tried, go_on),
        Row(result, RESTORING, IDLE, a_window_is_taken, report_and_look_for_others),
        Row(result, RESTORING, to, None, report),
    )


FLOW = Flow(
    name="take_back",
    intents=(TakeBackWanted, TakeBackDeclined, FoundOff),
    hears=(take_back_wanted, declined),
    memory=Memory,
    version=3,
    # Which one, that a request waits beside it, what a move costs where the window is taken, and a cancel
    # instead of that.
    messages_max=14,
    states=(
        Waiting(
            CHOOSING,
            hears=(some_of_them, none_of_them, no_clear_answer),
            context="choose",
            patience=minutes(15),
        ),
        # «Отменяйте» is a yes to "confirm", and means the contrary here.
        Waiting(CONFIRMING, hears=(yes_or_no, no_clear_answer), context="reschedule", patience=minutes(15)),
        Calling(RESTORING, RestoreRecord),
        Open(DONE, hears=(asked_again, said_afterwards), context="idle", patience=minutes(15)),
        # As at the question: whoever reads «если визит нужен» may say «да».
        Open(FOUND_OFF, hears=(it_may_stay_off, still_needed), context="reschedule", patience=minutes(15)),
    ),
    table=(
        # What is to stand waits for the salon, and is not off yet.
        On(TakeBackWanted, IDLE, IDLE, when=a_request_is_meant, do=keep_it),
        On(TakeBackWanted, IDLE, IDLE, when=nothing_is_taken_back_here, do=say("take_back.not_here")),
        On(TakeBackWanted, IDLE, IDLE, when=nothing_is_known, do=say("take_back.nothing")),
        On(TakeBackWanted, IDLE, IDLE, when=it_is_too_late, do=say_that_it_is_too_late),
        On(TakeBackWanted, IDLE, IDLE, when=all_have_begun, do=say_that_they_have_begun),
        On(TakeBackWanted, IDLE, CHOOSING, when=several_may_be_meant, do=ask_which),
        # The chat remembers the cancel, and a plain order for it is consent enough; what only sounds like one
        # («вернула бы», «как вернуть?») is asked about.
        On(TakeBackWanted, IDLE, RESTORING, when=it_is_clear, do=restore_at_once),
        On(TakeBackWanted, IDLE, CONFIRMING, do=ask_whether),
        On(TakeBackDeclined, IDLE, IDLE, do=say("take_back.left")),
        On(Picked, CHOOSING, IDLE, when=the_picked_have_begun, do=say_that_they_have_begun),
        On(Picked, CHOOSING, RESTORING, when=there_is_time_left, do=restore_at_once),
        # The wish came in time, and the clock ran out over the list: one more question decides.
        On(Picked, CHOOSING, CONFIRMING, do=ask_whether_picked),
        On(SeveralPicked, CHOOSING, IDLE, when=the_picked_have_begun, do=say_that_they_have_begun),
        On(SeveralPicked, CHOOSING, RESTORING, when=there_is_time_left, do=restore_at_once),
        On(SeveralPicked, CHOOSING, CONFIRMING, do=ask_whether_picked),
        On(No, CHOOSING, IDLE, do=say("take_back.left")),
        On(TimedOut, CHOOSING, IDLE, do=say("take_back.timed_out")),
        On(Yes, CONFIRMING, IDLE, when=has_begun, do=say_that_they_began),
        On(Yes, CONFIRMING, RESTORING, do=restore_agreed),
        On(No, CONFIRMING, IDLE, do=say("take_back.left")),
        On(TimedOut, CONFIRMING, IDLE, do=say("take_back.timed_out")),
        *_ends(RecordRestored, DONE),
        *_ends(SlotTaken, IDLE),
        *_ends(RecordChanged, IDLE),
        *_ends(CallFailed, IDLE),
        # A double tap, or the same words twice: what came back is told above.
        On(AskedAgain, DONE, DONE, when=it_came_back, do=say("take_back.told_above")),
        On(AskedAgain, DONE, IDLE, do=take_the_wish_up),
        On(StaleTap, DONE, DONE, do=say("take_back.told_above")),
        # «Не надо возвращать» comes too late, and «приду» says nothing new.
        On(SaidAfterwards, DONE, IDLE, when=a_request_may_be_meant, do=keep_what_waits),
        On(SaidAfterwards, DONE, DONE, do=say("take_back.see_above")),
        # Nothing was asked, so nothing is said when its time is over.
        On(TimedOut, DONE, IDLE),
        # The look has told it.
        On(FoundOff, IDLE, FOUND_OFF, do=keep_in_mind),
        On(StillNeeded, FOUND_OFF, IDLE, when=we_may_bring_it_back, do=take_it_back),
        On(StillNeeded, FOUND_OFF, FOUND_OFF, do=name_the_salon),
        On(No, FOUND_OFF, IDLE, do=say("take_back.left")),
        On(TimedOut, FOUND_OFF, IDLE),
    ),
)
