"""The salon decides while a question stands: it is left, and that is told, however the decision ends."""

from datetime import timedelta

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    FindSlots,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
    RestoreRecord,
    RestoreSettled,
    SlotsFound,
)
from engine.events import LateDecided
from engine.flow import IDLE
from tests.chat import ScriptedChat, proof, slot
from tests.states.test_cancel_late import FRIDAY, TODAY, TONIGHT, is_requested, request_of, wishes

NEXT_WEEK = slot("2026-11-30 12:00", "Мария")


def asked_about_friday(chat: ScriptedChat) -> None:
    """Play up to the question about Friday, while the salon decides about today."""
    is_requested(chat, TODAY)
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3, record=FRIDAY)


def a_move_is_proposed(chat: ScriptedChat, record: Record) -> None:
    is_requested(chat, TODAY)
    chat.takes("перенесите запись на понедельник, 30 ноября, 12:00")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(record,)))
    chat.asks(FindSlots)
    chat.gets(SlotsFound(slots=(NEXT_WEEK,)))
    chat.says("reschedule.confirm", options=3, record=record)
    chat.rests_in("reschedule.confirming")


def is_granted(chat: ScriptedChat) -> None:
    """Grant a request since which nothing was written: its question came with the yes that passed it on."""
    (late,) = chat.chat.late_requests
    unspoken = late.model_copy(update={"spoken_since": False})
    chat.chat = chat.chat.model_copy(update={"late_requests": (unspoken,)})
    chat.happens(LateDecided(request=request_of(chat), granted=True))
    chat.does(CancelRecord(record=TODAY))


def is_cancelled(chat: ScriptedChat) -> None:
    is_granted(chat)
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")


def is_denied(chat: ScriptedChat) -> None:
    request = request_of(chat)
    chat.happens(LateDecided(request=request, granted=False))
    chat.notes(CancelSettled(record=TODAY, outcome="denied", late=True, request=request))
    chat.says("cancel.denied", record=TODAY)


def test_a_denial_tells_that_the_question_is_left(chat: ScriptedChat) -> None:
    asked_about_friday(chat)
    is_denied(chat)
    chat.says("everywhere.left.cancelled", record=FRIDAY)
    chat.rests_in(IDLE)
    chat.takes("да")
    chat.says("everywhere.not_understood")


def test_a_proposed_move_that_is_left_is_told(chat: ScriptedChat) -> None:
    a_move_is_proposed(chat, FRIDAY)
    is_cancelled(chat)
    chat.says("everywhere.left.moved", record=FRIDAY)


def test_a_denial_leaves_a_move_of_the_same_record_and_tells_it(chat: ScriptedChat) -> None:
    a_move_is_proposed(chat, TODAY)
    is_denied(chat)
    chat.says("everywhere.left.moved", record=TODAY)


def test_what_was_cancelled_is_not_said_to_stay_as_it_is(chat: ScriptedChat) -> None:
    a_move_is_proposed(chat, TODAY)
    is_cancelled(chat)
    chat.stays_silent()


def test_several_that_were_asked_about_are_told_together(chat: ScriptedChat) -> None:
    other = FRIDAY.model_copy(update={"record_id": 9})
    is_requested(chat, TODAY)
    wishes(chat, FRIDAY, other)
    chat.says("cancel.confirm_all", options=2)
    is_cancelled(chat)
    chat.says("everywhere.left.all", records=(FRIDAY, other))


def test_a_list_that_is_left_is_told_without_a_record(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, FRIDAY)))
    chat.says("records.which", options=2)
    is_denied(chat)
    chat.says("everywhere.left.open")


@pytest.mark.parametrize("granted", [True, False])
def test_a_question_about_what_was_decided_needs_no_word(chat: ScriptedChat, granted: bool) -> None:
    is_requested(chat, TODAY)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    if granted:
        is_cancelled(chat)
    else:
        is_denied(chat)


@pytest.mark.parametrize(
    ("failed", "text"),
    [
        (CallFailed(reason="unknown"), "cancel.unknown"),
        (CallFailed(reason="not_tried"), "cancel.not_tried"),
        (CallFailed(reason="refused", detail="paid"), "cancel.refused.paid"),
    ],
)
def test_a_grant_that_came_to_nothing_tells_it_too(chat: ScriptedChat, failed: CallFailed, text: str) -> None:
    asked_about_friday(chat)
    request = request_of(chat)
    is_granted(chat)
    chat.gets(failed)
    reason, detail = failed.reason, failed.detail
    fact = CancelSettled(record=TODAY, outcome=reason, detail=detail, late=True, request=request)
    chat.notes(fact)
    if reason == "unknown":
        chat.asks(ReadOutcome, after=timedelta(minutes=2))
    chat.says(text, record=TODAY)
    chat.says("everywhere.left.cancelled", record=FRIDAY)


def test_a_record_that_was_off_already_tells_it_too(chat: ScriptedChat) -> None:
    asked_about_friday(chat)
    is_granted(chat)
    receipt = proof(TODAY, how="already")
    chat.gets(RecordCancelled(receipt=receipt))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=receipt))
    chat.says("cancel.already")
    chat.says("everywhere.left.cancelled", record=FRIDAY)


def test_it_is_told_before_the_question_that_the_grant_brings(chat: ScriptedChat) -> None:
    asked_about_friday(chat)
    is_granted(chat)
    now = TODAY.model_copy(update={"starts_at": TONIGHT.starts_at})
    chat.gets(RecordChanged(was=TODAY, now=now))
    chat.says("everywhere.left.cancelled", record=FRIDAY)
    chat.says("cancel.granted_and_changed", options=3, record=now)
    # And what follows leaves nothing.
    chat.takes("да")
    chat.does(CancelRecord(record=now))
    chat.gets(RecordCancelled(receipt=proof(now)))
    chat.notes(CancelSettled(record=now, outcome="cancelled", late=True, receipt=proof(now)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")


def test_after_stop_nothing_is_said_of_it(chat: ScriptedChat) -> None:
    asked_about_friday(chat)
    is_granted(chat)
    chat.takes("стоп")
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done")


def test_a_take_back_that_is_left_for_a_decision_is_told(chat: ScriptedChat) -> None:
    asked_about_friday(chat)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.takes("как вернуть стрижку?")
    chat.says("take_back.confirm", options=2)
    is_denied(chat)
    chat.says("everywhere.left.restored", record=FRIDAY)


def test_a_tap_that_takes_back_tells_which_question_it_left(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    wishes(chat, TODAY)
    chat.says("cancel.confirm", options=3, record=TODAY)
    chat.taps("take_back", FRIDAY)
    chat.does(RestoreRecord(record=FRIDAY))
    chat.gets(CallFailed(reason="not_tried"))
    chat.notes(RestoreSettled(record=FRIDAY, outcome="not_tried"))
    chat.says("take_back.not_tried")
    chat.says("everywhere.left.cancelled", record=TODAY)
