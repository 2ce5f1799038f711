"""Cancel: the client calls off one or several records, and is told only what the journal shows."""

from typing import Any

from engine.booking import CallFailed, CancelRecord, RecordCancelled, RecordChanged, RecordsFound
from engine.effects import Effects
from engine.events import (
    AnotherNamed,
    CancelWanted,
    KeepWanted,
    LateDecided,
    No,
    NotServed,
    NotUnderstood,
    Picked,
    RescheduleWanted,
    SeveralPicked,
    StaleTap,
    TimedOut,
    WishedAgain,
    Yes,
)
from engine.flow import IDLE, Calling, Flow, On, Open, Row, Turn, Waiting, minutes, repeat, say
from states import choose_record, reason
from states.cancel.asking import (
    ask_about_part,
    ask_about_the_only,
    ask_again_since_it_is_late,
    ask_to_confirm,
    ask_to_pass_on,
    ask_to_pass_on_by_now,
    ask_to_pass_on_part,
    ask_whether_it_is_still_wanted,
    cancel_chosen,
    cancel_confirmed,
    cancel_what_was_granted,
    give_the_grant_up,
    keep,
    keep_in_silence,
    look_up_another_one,
    move_instead,
    pass_on,
    refuse_as_late,
    refuse_by_now,
    say_that_it_started,
    say_that_it_was_denied,
)
from states.cancel.guards import (
    all_are_too_late_by_now,
    all_have_started,
    asked_for_silence,
    doubts_it,
    granted_and_nothing_may_be_asked,
    granted_when_it_may_not_be_wanted,
    is_nobodys_here,
    may_act_at_once,
    may_be_moved,
    more_are_to_be_cancelled,
    moves_are_offered,
    nothing_was_tried,
    only_late_ones_are_left,
    only_the_salon_may,
    only_the_salon_may_by_now,
    outcome_is_unknown,
    several_are_asked_about,
    some_are_cancelled,
    some_became_late,
    some_have_changed,
    the_salon_had_decided,
    too_late,
    was_granted,
)
from states.cancel.hearing import (
    another_one,
    cancel_wanted,
    keep_wanted,
    not_after_all,
    one_that_stays,
    part_of_them,
    rather_moved,
    whether_it_stands,
    wished_again,
    yes_or_no,
)
from states.cancel.memory import Memory
from states.cancel.telling import (
    go_on,
    report,
    report_and_ask_about_the_changed,
    report_quietly,
    report_that_nothing_was_left,
    say_that_it_is_unknown,
    say_that_nothing_was_tried,
    say_why_it_was_refused,
)
from states.cancel.withdrawing import (
    a_cancel_can_be_taken_back,
    a_request_waits,
    ask_whether_it_stands,
    ask_whether_the_part_stands,
    ask_whether_to_take_back,
    ask_whether_what_stays_stands,
    disputes_what_can_come_back,
    end_what_was_not_decided,
    it_is_clear_what_stays,
    it_is_clear_what_stays_beside_it,
    leave_it_to_the_salon,
    leave_it_to_the_salon_in_silence,
    nobody_had_asked,
    offer_it_back,
    say_that_nobody_has_decided,
    say_that_they_wait,
    something_was_cancelled,
    the_rest_is_meant,
    the_salon_has_not_decided,
    they_wait_already,
    what_waits_and_what_is_off_are_meant,
    what_waits_may_stay,
    withdraw,
    withdraw_the_picked,
    withdraw_what_stays,
    withdraw_what_was_asked_about,
)
from states.choose_record import Settled

LOOKING, CONFIRMING, REQUESTING = "cancel.looking", "cancel.confirming", "cancel.requesting"
CANCELLING, DONE, WITHDRAWING = "cancel.cancelling", "cancel.done", "cancel.withdrawing"


def look_up(turn: Turn[Memory], wish: CancelWanted) -> Effects:
    turn.memory.cause, turn.memory.of_somebody = wish.cause, wish.of_somebody
    yield from choose_record.look_up(turn, wish)


# Late ones are never asked about as if nothing were, whatever had been named.
LATE = (
    Settled(IDLE, refuse_as_late, when=too_late),
    Settled(IDLE, say_that_they_wait, when=they_wait_already),
    Settled(REQUESTING, ask_to_pass_on, when=only_the_salon_may),
)


def withdraw_and_look_up(turn: Turn[Memory], wish: CancelWanted) -> Effects:
    yield from withdraw_what_stays(turn, wish)
    yield from look_up(turn, wish)


# «Окрашивание оставьте, а маникюр отмените», where the salon was asked about what is to stay.
PARTED = (
    On(CancelWanted, IDLE, LOOKING, when=it_is_clear_what_stays_beside_it, do=withdraw_and_look_up),
    On(CancelWanted, IDLE, WITHDRAWING, when=what_waits_may_stay, do=ask_whether_what_stays_stands),
)

# «Вера не придёт», and nobody of that name is on this phone: only she can cancel it.
SOMEBODY = (
    On(RecordsFound, LOOKING, IDLE, when=is_nobodys_here, do=say("everywhere.not_served.third_party")),
)

CHOOSING = choose_record.rows(
    "cancel",
    CancelWanted,
    settled=(
        *LATE,
        # Whoever has said for whom has not said which, and several are always named in a question.
        Settled(CANCELLING, cancel_chosen, when=may_act_at_once, upon=(RecordsFound, Picked)),
        Settled(CONFIRMING, ask_to_confirm),
    ),
    the_only=(*LATE, Settled(CONFIRMING, ask_about_the_only)),
    several=True,
    words="records",
    look=look_up,
)

# What every question of this flow takes beside its yes.
_ASKED: tuple[Row[Any], ...] = tuple(
    row
    for asking in (CONFIRMING, REQUESTING)
    for row in (
        On(No, asking, IDLE, do=keep),
        On(AnotherNamed, asking, LOOKING, do=look_up_another_one),
        # «Отмените эту», «обе»: whether it is one of them or all is what the client has to say.
        On(WishedAgain, asking, asking, when=several_are_asked_about, do=repeat("cancel.say_which")),
        On(WishedAgain, asking, asking, do=repeat("cancel.say_yes")),
        On(RescheduleWanted, asking, IDLE, when=may_be_moved, do=move_instead),
        On(RescheduleWanted, asking, asking, when=moves_are_offered, do=repeat("cancel.move_which")),
        On(RescheduleWanted, asking, asking, do=repeat("cancel.no_moves")),
        On(TimedOut, asking, IDLE, do=keep_in_silence),
    )
)

CONFIRMED = (
    On(Yes, CONFIRMING, IDLE, when=all_have_started, do=say_that_it_started),
    # The notice ended while the question stood: the moment of the yes counts.
    On(Yes, CONFIRMING, IDLE, when=all_are_too_late_by_now, do=refuse_by_now),
    On(Yes, CONFIRMING, REQUESTING, when=only_the_salon_may_by_now, do=ask_to_pass_on_by_now),
    On(Yes, CONFIRMING, CONFIRMING, when=some_became_late, do=ask_again_since_it_is_late),
    On(Yes, CONFIRMING, CANCELLING, do=cancel_confirmed),
    On(SeveralPicked, CONFIRMING, REQUESTING, when=only_late_ones_are_left, do=ask_to_pass_on_part),
    On(SeveralPicked, CONFIRMING, CONFIRMING, do=ask_about_part),
    On(Yes, REQUESTING, IDLE, when=all_have_started, do=say_that_it_started),
    On(Yes, REQUESTING, IDLE, do=pass_on),
    On(SeveralPicked, REQUESTING, REQUESTING, do=ask_to_pass_on_part),
)

CANCELS = (
    # One call at a time; what was asked about together is told together.
    On(RecordCancelled, CANCELLING, IDLE, when=asked_for_silence, do=report_quietly),
    On(RecordCancelled, CANCELLING, CANCELLING, when=more_are_to_be_cancelled, do=go_on),
    On(RecordCancelled, CANCELLING, CONFIRMING, when=some_have_changed, do=report_and_ask_about_the_changed),
    On(RecordCancelled, CANCELLING, DONE, when=some_are_cancelled, do=report),
    On(RecordCancelled, CANCELLING, DONE, do=report_that_nothing_was_left),
    On(RecordChanged, CANCELLING, IDLE, when=asked_for_silence, do=report_quietly),
    On(RecordChanged, CANCELLING, CANCELLING, when=more_are_to_be_cancelled, do=go_on),
    On(RecordChanged, CANCELLING, CONFIRMING, do=report_and_ask_about_the_changed),
    On(CallFailed, CANCELLING, IDLE, when=asked_for_silence, do=report_quietly),
    On(CallFailed, CANCELLING, CANCELLING, when=more_are_to_be_cancelled, do=go_on),
    On(CallFailed, CANCELLING, CONFIRMING, when=some_have_changed, do=report_and_ask_about_the_changed),
    On(CallFailed, CANCELLING, DONE, when=some_are_cancelled, do=report),
    On(CallFailed, CANCELLING, IDLE, when=outcome_is_unknown, do=say_that_it_is_unknown),
    On(CallFailed, CANCELLING, IDLE, when=nothing_was_tried, do=say_that_nothing_was_tried),
    On(CallFailed, CANCELLING, IDLE, do=say_why_it_was_refused),
)

AFTERWARDS = (
    *reason.rows(DONE),
    # A double tap: "no longer works" would frighten right after a cancellation.
    On(StaleTap, DONE, DONE, when=the_salon_had_decided, do=say("everywhere.stale_tap")),
    On(StaleTap, DONE, DONE, do=say("cancel.tapped_again")),
    # «Ой, нет», «а точно?»: whoever doubts what was just done is sent to those who can undo it.
    On(NotUnderstood, DONE, DONE, do=say("cancel.after")),
    On(NotServed, DONE, IDLE, when=disputes_what_can_come_back, do=offer_it_back),
    On(NotServed, DONE, DONE, when=doubts_it, do=say("cancel.after")),
    # Where no question is asked, this is the first chance to say no.
    On(No, DONE, IDLE, when=nobody_had_asked, do=offer_it_back),
    On(No, DONE, DONE, do=say("cancel.after")),
    # Nothing was asked, so nothing is said when the time for a "thank you" is over.
    On(TimedOut, DONE, IDLE),
)

DECIDED = (
    # What is no request of this chat's any more never comes this far: the dialogue drops it.
    On(LateDecided, IDLE, IDLE, when=granted_and_nothing_may_be_asked, do=give_the_grant_up),
    On(
        LateDecided,
        IDLE,
        CONFIRMING,
        when=granted_when_it_may_not_be_wanted,
        do=ask_whether_it_is_still_wanted,
    ),
    On(LateDecided, IDLE, CANCELLING, when=was_granted, do=cancel_what_was_granted),
    On(LateDecided, IDLE, IDLE, do=say_that_it_was_denied),
)

# A request waits for the salon, and the client wants to come; or nobody has decided it in time.
KEPT = (
    On(KeepWanted, IDLE, IDLE, when=it_is_clear_what_stays, do=withdraw),
    # «Приду на обе»: what was cancelled and what waits for the salon are asked about together.
    On(KeepWanted, IDLE, IDLE, when=what_waits_and_what_is_off_are_meant, do=ask_whether_to_take_back),
    On(KeepWanted, IDLE, WITHDRAWING, when=a_request_waits, do=ask_whether_it_stands),
    On(KeepWanted, IDLE, IDLE, when=the_rest_is_meant, do=say("cancel.nothing_more")),
    On(KeepWanted, IDLE, IDLE, when=a_cancel_can_be_taken_back, do=ask_whether_to_take_back),
    On(KeepWanted, IDLE, IDLE, when=something_was_cancelled, do=say("cancel.after")),
    On(KeepWanted, IDLE, IDLE, do=say("everywhere.not_served.keep")),
    On(No, WITHDRAWING, IDLE, do=withdraw_what_was_asked_about),
    On(Picked, WITHDRAWING, IDLE, do=withdraw_the_picked),
    On(SeveralPicked, WITHDRAWING, WITHDRAWING, do=ask_whether_the_part_stands),
    On(Yes, WITHDRAWING, IDLE, do=leave_it_to_the_salon),
    On(TimedOut, WITHDRAWING, IDLE, do=leave_it_to_the_salon_in_silence),
    # «Я ничего не отменяла!», after a «спасибо» too: the way back is offered.
    On(NotServed, IDLE, IDLE, when=disputes_what_can_come_back, do=offer_it_back),
    On(NotUnderstood, IDLE, IDLE, when=the_salon_has_not_decided, do=say_that_nobody_has_decided),
    # Home waits for nothing but the deadline that the chat keeps.
    On(TimedOut, IDLE, IDLE, do=end_what_was_not_decided),
)

_HEARS = (part_of_them, yes_or_no, another_one, rather_moved, wished_again)

FLOW = Flow(
    name="cancel",
    intents=(CancelWanted, LateDecided, KeepWanted),
    hears=(cancel_wanted, keep_wanted),
    memory=Memory,
    version=4,
    # Whose, which record, whether to cancel it, whether as the salon has changed it, whether to ask the
    # salon since it is late by then, that nobody knows, and what a later look shows; or a move instead.
    messages_max=12,
    states=(
        *choose_record.states("cancel"),
        Waiting(CONFIRMING, hears=_HEARS, context="confirm", patience=minutes(15)),
        Waiting(REQUESTING, hears=_HEARS, context="confirm", patience=minutes(15)),
        Waiting(
            WITHDRAWING, hears=(one_that_stays, whether_it_stands), context="confirm", patience=minutes(15)
        ),
        Calling(CANCELLING, CancelRecord),
        Open(DONE, hears=(*reason.ANSWERS, not_after_all), context="done", patience=minutes(15)),
        *reason.states("cancel"),
    ),
    # First that the number is hidden: then there is no request either.
    table=(
        *SOMEBODY,
        *CHOOSING[:1],
        *PARTED,
        *CHOOSING[1:],
        *CONFIRMED,
        *_ASKED,
        *KEPT,
        *CANCELS,
        *AFTERWARDS,
        *DECIDED,
    ),
)
