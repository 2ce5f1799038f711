"""What stands on a button may be typed: it does what the tap does, where exactly one button says it."""

from datetime import timedelta

import pytest

from engine.booking import (
    CancelRecord,
    CancelSettled,
    FindRecords,
    ReasonGiven,
    RecordCancelled,
    RecordsFound,
)
from tests.chat import ScriptedChat, proof, record
from tests.states.test_cancel_late import FRIDAY, TODAY, is_requested, wishes


def is_cancelled(chat: ScriptedChat) -> None:
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")


@pytest.mark.parametrize("words", ["Назвать причину", "  назвать причину ", "НАЗВАТЬ ПРИЧИНУ"])
def test_after_an_outcome_what_it_offers_may_be_typed(chat: ScriptedChat, words: str) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("Да, отменить")
    is_cancelled(chat)

    chat.takes(words)

    chat.says("reason.which", options=8)
    chat.rests_in("cancel.telling_why")
    chat.takes("не добраться")
    chat.notes(ReasonGiven(record=FRIDAY, code="transport"))
    chat.says("reason.thanks")


def test_what_was_offered_holds_as_long_as_its_button_does(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    is_cancelled(chat)
    chat.takes("😀")
    chat.says("cancel.after")
    chat.takes("назвать причину")
    chat.says("reason.which", options=8)
    chat.takes("назвать причину")
    chat.says("reason.list_is_above")


def test_in_a_question_a_typed_button_answers_it(chat: ScriptedChat) -> None:
    other = record(5, "Маникюр", "2026-11-24 09:00")
    is_requested(chat, TODAY, other)
    chat.takes("в субботу приду")
    chat.says("cancel.still_which", options=4)
    request = chat.chat.late_requests[1].request
    chat.takes("оставить на 09:00")
    chat.notes(CancelSettled(record=other, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=other)


def test_what_stands_on_two_buttons_is_none_of_them(chat: ScriptedChat) -> None:
    other = record(5, "Педикюр", "2026-11-24 15:00")
    chat.salon_has(notice=timedelta(hours=72), late_policy="request")
    wishes(chat, TODAY, other)
    chat.says("cancel.request_all", options=2)
    chat.taps("pass_on")
    for one in (TODAY, other):
        request = f"c1.{chat._turns}.{one.record_id}"
        chat.notes(CancelSettled(record=one, outcome="requested", late=True, request=request))
    chat.says("cancel.requested_all")
    chat.takes("в субботу приду")
    chat.says("cancel.still_which", options=4)
    chat.takes("оставить на 15:00")
    chat.repeats(after="everywhere.not_an_answer")
    assert len(chat.chat.late_requests) == 2


def test_a_typed_row_of_a_list_picks_it(chat: ScriptedChat) -> None:
    wishes(chat, TODAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("оставить")
    chat.notes(CancelSettled(record=TODAY, outcome="kept"))
    chat.says("cancel.kept")
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, FRIDAY)))
    chat.says("records.which", options=2)
    chat.takes("пт, 27 нояб., 12:00")
    chat.says("cancel.confirm", options=3, record=FRIDAY)


def test_what_is_typed_before_the_question_answers_nothing(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("Да, отменить", ago=timedelta(minutes=1))
    chat.repeats(after="everywhere.too_early")
