"""Late cancels, played as chats: the salon allows, refuses, or decides; the moment of the yes counts."""

from datetime import timedelta

import pytest

from engine.booking import (
    CancelRecord,
    CancelSettled,
    FindRecords,
    ReasonGiven,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
)
from engine.events import LateDecided
from engine.flow import IDLE
from tests.chat import MONDAY, ScriptedChat, proof, record

TODAY = record(1, starts_at="2026-11-23 15:00")
TONIGHT = record(2, "Педикюр", "2026-11-23 18:00")
FRIDAY = record(3, "Стрижка", "2026-11-27 12:00", "Мария")
# A day's notice is over for both of today, and not for Friday.
DAY = timedelta(hours=24)


def wishes(chat: ScriptedChat, *records: Record) -> None:
    chat.takes("отмените все записи" if len(records) > 1 else "отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=records))


def is_requested(chat: ScriptedChat, *late: Record) -> None:
    """Play up to the salon's being asked."""
    chat.salon_has(notice=DAY, late_policy="request")
    wishes(chat, *late)
    chat.says("cancel.request" if len(late) == 1 else "cancel.request_all", options=2)
    chat.rests_in("cancel.requesting")
    chat.taps("pass_on")
    for one in late:
        request = f"c1.{chat._turns}.{one.record_id}"
        chat.notes(CancelSettled(record=one, outcome="requested", late=True, request=request))
    chat.says("cancel.requested" if len(late) == 1 else "cancel.requested_all")
    chat.rests_in(IDLE)


def test_a_late_cancel_that_is_allowed_is_done_as_ever_and_marked(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY)
    wishes(chat, TODAY)
    chat.says("cancel.confirm", options=3, record=TODAY)
    chat.takes("да")
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sentence", "text"),
    [(None, "cancel.refused.late"), ("Звоните нам.", "cancel.refused.late_by_salon")],
)
def test_a_late_cancel_that_is_refused_is_not_even_asked_about(
    chat: ScriptedChat, sentence: str | None, text: str
) -> None:
    chat.salon_has(notice=DAY, late_policy="refuse", late_sentence=sentence)
    wishes(chat, TODAY)
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.says(text, record=TODAY)
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [(None, "cancel.refused.late_all"), ("Звоните нам.", "cancel.refused.late_by_salon_all")],
)
def test_several_late_cancels_are_refused_in_one_sentence(
    chat: ScriptedChat, sentence: str | None, text: str
) -> None:
    chat.salon_has(notice=timedelta(days=9), late_policy="refuse", late_sentence=sentence)
    wishes(chat, TODAY, FRIDAY)
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.notes(CancelSettled(record=FRIDAY, outcome="refused", detail="late", late=True))
    chat.says(text, records=(TODAY, FRIDAY))
    chat.rests_in(IDLE)


def test_only_what_is_late_is_refused(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="refuse")
    wishes(chat, TODAY, FRIDAY)
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.says("cancel.refused.late", record=TODAY)
    asked = chat.says("cancel.confirm", options=3, record=FRIDAY)
    assert asked.proposes == (FRIDAY,)


def test_what_became_late_over_the_question_is_refused(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=4, minutes=55), late_policy="refuse")
    wishes(chat, TODAY)
    chat.says("cancel.confirm", options=3)
    chat.waits(minutes=10)
    chat.takes("да")
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.says("cancel.refused.late", record=TODAY)
    chat.rests_in(IDLE)


# ── requested ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_changes_nothing_and_is_remembered(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    (late,) = chat.chat.late_requests
    assert (late.record, late.asked_at) == (TODAY, MONDAY)


def test_nobody_is_asked_twice_for_one_record(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    wishes(chat, TODAY, TONIGHT)
    chat.says("cancel.request_all", options=2, records=(TODAY, TONIGHT))
    chat.takes("да")
    request = f"c1.{chat._turns}.2"
    chat.notes(CancelSettled(record=TONIGHT, outcome="requested", late=True, request=request))
    chat.says("cancel.requested_all", records=(TODAY, TONIGHT))
    assert [late.record for late in chat.chat.late_requests] == [TODAY, TONIGHT]


def test_a_part_of_what_is_late_is_asked_about_alone(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="request")
    wishes(chat, TODAY, TONIGHT)
    chat.says("cancel.request_all", options=2)
    chat.takes("только вторую")
    chat.says("cancel.request", options=2, record=TONIGHT)


def test_one_yes_cancels_what_may_be_and_asks_the_salon_about_the_rest(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="request")
    wishes(chat, TODAY, FRIDAY)
    asked = chat.says("cancel.confirm_and_request", options=2, records=(FRIDAY,), late_records=(TODAY,))
    assert (asked.proposes, asked.among) == ((FRIDAY,), (FRIDAY, TODAY))
    chat.takes("да")
    request = f"c1.{chat._turns}.1"
    chat.notes(CancelSettled(record=TODAY, outcome="requested", late=True, request=request))
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2, record=FRIDAY)
    chat.says("cancel.requested", record=TODAY)
    chat.says("cancel.can_be_taken_back")


def test_of_a_mixed_question_the_late_part_alone_goes_to_the_salon(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="request")
    wishes(chat, TODAY, FRIDAY)
    chat.says("cancel.confirm_and_request", options=2)
    chat.takes("только маникюр")
    chat.says("cancel.request", options=2, record=TODAY)
    chat.rests_in("cancel.requesting")


def test_what_became_late_over_the_question_goes_to_the_salon(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=4, minutes=55), late_policy="request")
    wishes(chat, TODAY)
    chat.says("cancel.confirm", options=3)
    chat.waits(minutes=10)
    chat.takes("да")
    chat.says("cancel.request", options=2, record=TODAY)
    chat.rests_in("cancel.requesting")


def test_what_became_late_beside_another_is_asked_about_as_it_is_now(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=4, minutes=55), late_policy="request")
    wishes(chat, TODAY, FRIDAY)
    chat.says("cancel.confirm_all", options=2)
    chat.waits(minutes=10)
    chat.takes("да")
    chat.says("cancel.confirm_and_request", options=2, records=(FRIDAY,), late_records=(TODAY,))
    chat.rests_in("cancel.confirming")


# ── decided ───────────────────────────────────────────────────────────────────────────────────────────


def decide(chat: ScriptedChat, *, granted: bool) -> str:
    (late,) = chat.chat.late_requests
    chat.happens(LateDecided(request=late.request, granted=granted))
    # A grant is kept until the cancel has ended.
    assert [late.granted for late in chat.chat.late_requests] == [True] * granted
    return late.request


def test_what_is_granted_is_cancelled_and_told(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.taps("pass_on")
    chat.says("everywhere.stale_tap")


def test_what_is_denied_is_told(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    request = decide(chat, granted=False)
    chat.notes(CancelSettled(record=TODAY, outcome="denied", late=True, request=request))
    chat.says("cancel.denied", record=TODAY)
    chat.rests_in(IDLE)


@pytest.mark.parametrize("granted", [True, False])
def test_a_decision_that_nobody_waits_for_changes_and_says_nothing(chat: ScriptedChat, granted: bool) -> None:
    is_requested(chat, TODAY)
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.happens(LateDecided(request="c9.9.1", granted=granted))
    chat.rests_in("cancel.confirming")
    assert len(chat.chat.late_requests) == 1
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))


def test_a_decision_leaves_another_question_and_its_buttons_are_stale(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.taps("yes", FRIDAY)
    chat.says("everywhere.stale_tap")


def test_what_is_granted_after_stop_is_done_and_its_outcome_told(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("стоп")
    chat.rests_in(IDLE)
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done")
    chat.rests_in(IDLE)


def test_what_is_denied_after_stop_is_not_told(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("стоп")
    request = decide(chat, granted=False)
    chat.notes(CancelSettled(record=TODAY, outcome="denied", late=True, request=request))
    chat.rests_in(IDLE)


def test_what_the_salon_moved_before_it_was_granted_is_asked_about(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    moved = TODAY.model_copy(update={"starts_at": FRIDAY.starts_at})
    chat.gets(RecordChanged(was=TODAY, now=moved))
    chat.says("cancel.granted_and_changed", options=3, record=moved)
    chat.rests_in("cancel.confirming")


# ── why ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reason_that_a_wish_tells_is_kept_and_not_asked_for(chat: ScriptedChat) -> None:
    chat.takes("Не смогу прийти в пятницу, заболела")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(FRIDAY,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.notes(ReasonGiven(record=FRIDAY, code="illness"))
    done = chat.says("cancel.done", options=1)
    assert done.options[0].kind == "take_back"
    chat.says("cancel.can_be_taken_back")


def test_a_deleted_record_cannot_be_taken_back(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    receipt = proof(FRIDAY, how="deleted")
    chat.gets(RecordCancelled(receipt=receipt))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=receipt))
    done = chat.says("cancel.done", options=1)
    assert done.options[0].kind == "why"
    assert chat.chat.undoable == ()


# ── sessions of the first table ───────────────────────────────────────────────────────────────────────


def test_a_session_that_held_one_record_goes_on(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    assert chat.session is not None
    one = FRIDAY.model_dump(mode="json")
    memory = {"chosen": one, "records": [one], "wish_was_plain": True}
    chat.session = chat.session.model_copy(update={"memory": memory, "flow_version": 1})
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2, record=FRIDAY)
    chat.says("cancel.can_be_taken_back")


def test_a_session_that_held_none_yet_goes_on(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    assert chat.session is not None
    chat.session = chat.session.model_copy(update={"memory": {"chosen": None}, "flow_version": 1})
    chat.gets(RecordsFound(records=(FRIDAY,)))
    chat.says("cancel.confirm", options=3, record=FRIDAY)
