"""Late cancels, played as chats: the salon allows, refuses, or decides; the moment of the yes counts."""

from datetime import timedelta

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    MoveSettled,
    ReadOutcome,
    ReasonGiven,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    RestoreRecord,
    RestoreSettled,
)
from engine.events import LateDecided, NotDelivered
from engine.flow import IDLE
from tests.chat import MONDAY, ScriptedChat, proof, record, slot

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
    question = chat.says("cancel.confirm", options=3)
    assert question.proposes == (FRIDAY,)
    decide(chat, granted=True)
    chat.says("everywhere.left.cancelled", record=FRIDAY)
    # What was written since named another one, and who knows what it means for this one.
    assert chat.says("cancel.granted", options=3).proposes == (TODAY,)
    chat.takes("да")
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.taps("yes", FRIDAY)
    chat.says("everywhere.stale_tap")
    assert chat.session is not None
    assert chat.session.left is None


@pytest.mark.parametrize(
    "words",
    ["успею на маникюр", "отпустили с работы! бегу!", "подождите пока с отменой", "опоздаю", "ээ"],
)
def test_a_grant_cancels_nothing_once_the_client_has_written_something_else(
    chat: ScriptedChat, words: str
) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    chat.takes(words)
    chat._unnamed.clear()
    decide(chat, granted=True)
    chat.says("cancel.granted", options=3, record=TODAY)
    chat.takes("нет, приду")
    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.kept", record=TODAY)


@pytest.mark.parametrize("words", ["спасибо", "здравствуйте", "заболела"])
def test_thanks_and_a_reason_leave_a_request_as_it_was(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY)
    chat.takes(words)
    chat._unnamed.clear()
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))


def test_after_stop_words_that_nobody_may_ask_about_give_a_grant_up(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("стоп")
    chat.takes("не отменяйте, я приду!")
    request = request_of(chat)
    chat.happens(LateDecided(request=request, granted=True))
    chat.notes(CancelSettled(record=TODAY, outcome="silent", late=True, request=request))
    chat.rests_in(IDLE)
    assert chat.chat.late_requests == ()


def test_still_wanted_is_a_wish_like_the_first(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    chat.taps("insist", TODAY)
    chat.says("cancel.waits", record=TODAY)
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))


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


def moved_and_granted(chat: ScriptedChat, **changes: object) -> tuple[Record, str]:
    """Play up to the question about what the salon had changed before it granted."""
    is_requested(chat, TODAY)
    request = decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    moved = TODAY.model_copy(update={"starts_at": TONIGHT.starts_at, **changes})
    chat.gets(RecordChanged(was=TODAY, now=moved))
    chat.says("cancel.granted_and_changed", options=3, record=moved)
    return moved, request


def test_what_is_granted_holds_for_what_the_record_became(chat: ScriptedChat) -> None:
    moved, _ = moved_and_granted(chat)
    chat.takes("да")
    chat.does(CancelRecord(record=moved))
    chat.gets(RecordCancelled(receipt=proof(moved)))
    chat.notes(CancelSettled(record=moved, outcome="cancelled", late=True, receipt=proof(moved)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    assert chat.chat.late_requests == ()


def test_what_was_granted_and_is_kept_ends_the_request(chat: ScriptedChat) -> None:
    moved, request = moved_and_granted(chat)
    chat.takes("нет")
    chat.notes(CancelSettled(record=moved, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.kept", record=moved)
    chat.rests_in(IDLE)
    assert chat.chat.late_requests == ()


def test_what_was_granted_and_is_not_answered_ends_the_request(chat: ScriptedChat) -> None:
    moved, request = moved_and_granted(chat)
    chat.waits(minutes=16)
    chat.notes(CancelSettled(record=moved, outcome="silent", late=True, request=request))
    chat.says("everywhere.timed_out")
    assert chat.chat.late_requests == ()


def test_what_was_granted_and_has_changed_again_is_asked_about_again(chat: ScriptedChat) -> None:
    moved, _ = moved_and_granted(chat)
    chat.takes("да")
    chat.does(CancelRecord(record=moved))
    once_more = moved.model_copy(update={"starts_at": FRIDAY.starts_at})
    chat.gets(RecordChanged(was=moved, now=once_more))
    chat.says("cancel.granted_and_changed", options=3, record=once_more)
    (late,) = chat.chat.late_requests
    assert (late.record, late.granted) == (once_more, True)


@pytest.mark.parametrize(
    ("failed", "text"),
    [
        (CallFailed(reason="not_tried"), "cancel.not_tried"),
        (CallFailed(reason="refused", detail="paid"), "cancel.refused.paid"),
    ],
)
def test_a_grant_that_came_to_nothing_is_settled_with_its_request(
    chat: ScriptedChat, failed: CallFailed, text: str
) -> None:
    is_requested(chat, TODAY)
    request = decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    chat.gets(failed)
    outcome = CancelSettled(
        record=TODAY, outcome=failed.reason, detail=failed.detail, late=True, request=request
    )
    chat.notes(outcome)
    chat.says(text, record=TODAY)
    assert chat.chat.late_requests == ()


def test_a_grant_is_kept_where_its_question_was_left(chat: ScriptedChat) -> None:
    """It never reached the client; wished again, the record needs the salon no more."""
    moved, _ = moved_and_granted(chat)
    chat.happens(NotDelivered(question=chat.session.questions if chat.session else 0))
    wishes(chat, moved)
    asked = chat.says("cancel.confirm", options=3, record=moved)
    assert asked.proposes == (moved,)


def test_a_grant_after_stop_whose_record_had_changed_ends_in_the_ledger(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("стоп")
    request = decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    moved = TODAY.model_copy(update={"starts_at": TONIGHT.starts_at})
    chat.gets(RecordChanged(was=TODAY, now=moved))
    chat.notes(CancelSettled(record=moved, outcome="not_tried", request=request))
    chat.says("cancel.changed_and_kept", record=moved)
    assert chat.chat.late_requests == ()


def test_a_visit_that_begins_over_the_question_ends_its_grant(chat: ScriptedChat) -> None:
    moved, request = moved_and_granted(chat, starts_at=MONDAY + timedelta(minutes=10))
    chat.waits(minutes=12)
    chat.takes("да")
    chat.notes(CancelSettled(record=moved, outcome="refused", detail="started", request=request))
    chat.says("cancel.refused.started", record=moved)
    assert chat.chat.late_requests == ()


# ── withdrawn ─────────────────────────────────────────────────────────────────────────────────────────


def request_of(chat: ScriptedChat) -> str:
    (late,) = chat.chat.late_requests
    return late.request


@pytest.mark.parametrize(
    "words", ["я приду", "не отменяйте", "передумала, приду", "верните", "не отменяйте маникюр"]
)
def test_clear_words_withdraw_the_request_and_what_is_decided_later_is_dropped(
    chat: ScriptedChat, words: str
) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    chat.takes(words)
    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=TODAY)
    chat.rests_in(IDLE)
    assert chat.chat.late_requests == ()
    chat.happens(LateDecided(request=request, granted=True))
    chat.stays_silent()
    chat.rests_in(IDLE)


@pytest.mark.parametrize("words", ["передумала", "в пятницу приду", "приду на педикюр в четверг"])
def test_words_that_may_mean_something_else_only_ask(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY)
    chat.takes(words)
    chat.says("cancel.still", options=2, record=TODAY)
    chat.rests_in("cancel.withdrawing")
    assert len(chat.chat.late_requests) == 1


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(hours=2)])
def test_words_from_before_the_request_or_from_long_ago_only_ask(chat: ScriptedChat, ago: timedelta) -> None:
    is_requested(chat, TODAY)
    if ago > timedelta(hours=1):
        chat.waits(minutes=150)
    chat.takes("я приду", ago=ago)
    chat.says("cancel.still", options=2, record=TODAY)


def test_beside_a_fresh_cancel_bare_words_only_ask(chat: ScriptedChat) -> None:
    """They may mean what was cancelled a moment ago."""
    cancelled_beside_a_request(chat)
    chat.takes("спасибо")
    chat.says("everywhere.thanks")
    chat.takes("я приду")
    chat.says("cancel.still", options=2, record=TODAY)


def test_where_two_wait_those_that_are_named_are_withdrawn(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    ids = [late.request for late in chat.chat.late_requests]
    chat.takes("не отменяйте педикюр")
    chat.notes(CancelSettled(record=TONIGHT, outcome="withdrawn", late=True, request=ids[1]))
    chat.says("cancel.withdrawn", record=TONIGHT)
    assert [late.record for late in chat.chat.late_requests] == [TODAY]


@pytest.mark.parametrize("words", ["обе не отменяйте", "все не отменяйте"])
def test_where_two_wait_both_may_be_withdrawn_at_once(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TONIGHT)
    ids = [late.request for late in chat.chat.late_requests]
    chat.takes(words)
    for one, request in zip((TODAY, TONIGHT), ids, strict=True):
        chat.notes(CancelSettled(record=one, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn_all", records=(TODAY, TONIGHT))


@pytest.mark.parametrize("words", ["да", "отменяйте"])
def test_asked_whether_it_stands_the_client_may_insist(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    chat.takes(words)
    chat.says("cancel.waits", record=TODAY)
    chat.rests_in(IDLE)
    assert len(chat.chat.late_requests) == 1


@pytest.mark.parametrize("words", ["нет", "не надо", "не отменяйте", "верните", "приду"])
def test_asked_whether_it_stands_the_client_may_withdraw_it(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    chat.takes(words)
    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=TODAY)


@pytest.mark.parametrize(("kind", "stays"), [("insist", True), ("withdraw", False)])
def test_asked_whether_it_stands_a_tap_answers(chat: ScriptedChat, kind: str, stays: bool) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    chat.taps(kind, TODAY)
    if stays:
        chat.says("cancel.waits", record=TODAY)
    else:
        chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
        chat.says("cancel.withdrawn", record=TODAY)
    assert bool(chat.chat.late_requests) is stays


def test_of_several_that_wait_the_answer_is_for_all_or_none(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes("не отменяйте")
    chat.says("cancel.still_all", options=2, records=(TODAY, TONIGHT))
    chat.takes("обе")
    chat.repeats(after="everywhere.not_an_answer")
    chat.taps("insist")
    chat.says("cancel.waits_all", records=(TODAY, TONIGHT))
    assert len(chat.chat.late_requests) == 2


def test_an_answer_for_a_part_of_what_waits_is_none_for_the_other(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes("не отменяйте")
    chat.says("cancel.still_all", options=2)
    chat.takes("маникюр не отменяйте")
    chat.says("cancel.still", options=2, record=TODAY)
    assert len(chat.chat.late_requests) == 2


def test_a_word_that_no_request_has_withdraws_nothing_by_itself(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("не отменяйте педикюр")
    chat.says("cancel.still", options=2, record=TODAY)


def test_what_waits_already_is_not_asked_about_again(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    wishes(chat, TODAY)
    chat.says("cancel.waits", record=TODAY)
    chat.rests_in(IDLE)
    assert len(chat.chat.late_requests) == 1


def cancelled_beside_a_request(chat: ScriptedChat) -> None:
    """Play up to a cancel on Friday whose question passed today's on."""
    chat.salon_has(notice=DAY, late_policy="request")
    wishes(chat, TODAY, FRIDAY)
    chat.says("cancel.confirm_and_request", options=2)
    chat.takes("да")
    request = request_of(chat)
    chat.notes(CancelSettled(record=TODAY, outcome="requested", late=True, request=request))
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.requested", record=TODAY)
    chat.says("cancel.can_be_taken_back")


@pytest.mark.parametrize("words", ["верните", "верните, я приду"])
def test_what_comes_back_at_once_leaves_the_request_and_tells_it(chat: ScriptedChat, words: str) -> None:
    cancelled_beside_a_request(chat)
    chat.takes(words)
    chat.does(RestoreRecord(record=FRIDAY))
    chat.says("take_back.requests_wait", records=(TODAY,))
    assert len(chat.chat.late_requests) == 1


def test_a_tap_brings_back_what_it_names_and_the_request_is_told(chat: ScriptedChat) -> None:
    cancelled_beside_a_request(chat)
    chat.taps("take_back", FRIDAY)
    chat.does(RestoreRecord(record=FRIDAY))
    chat.says("take_back.requests_wait", records=(TODAY,))
    assert len(chat.chat.late_requests) == 1


def test_not_to_be_cancelled_said_of_what_came_back_withdraws_what_waits(chat: ScriptedChat) -> None:
    cancelled_beside_a_request(chat)
    request = request_of(chat)
    chat.taps("take_back", FRIDAY)
    chat.does(RestoreRecord(record=FRIDAY))
    chat.says("take_back.requests_wait", records=(TODAY,))
    back = proof(FRIDAY, change="restored")
    chat.gets(RecordRestored(receipt=back))
    chat.notes(RestoreSettled(record=FRIDAY, outcome="restored", receipt=back))
    chat.says("take_back.restored")
    chat.rests_in("take_back.done")

    chat.takes("не отменяйте")

    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=TODAY)
    chat.rests_in(IDLE)


def test_wished_back_by_its_name_the_request_is_withdrawn(chat: ScriptedChat) -> None:
    cancelled_beside_a_request(chat)
    request = request_of(chat)
    chat.takes("верните маникюр")
    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=TODAY)


def test_what_was_cancelled_a_moment_ago_is_asked_about_and_not_said_to_stand(chat: ScriptedChat) -> None:
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.takes("не отменяйте")
    chat.says("take_back.confirm", options=2, record=FRIDAY)


def test_a_button_of_another_record_withdraws_nothing(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("передумала")
    chat.says("cancel.still", options=2)
    assert chat.session is not None
    chat.taps_id(f"withdraw:{chat.session.questions}:99")
    chat.repeats(after="everywhere.stale_tap_here")
    chat.takes("фиолетовый")
    chat.repeats(after="everywhere.not_an_answer")
    assert len(chat.chat.late_requests) == 1


def test_a_part_that_is_kept_is_withdrawn_where_the_salon_was_asked(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    wishes(chat, TODAY, TONIGHT)
    chat.says("cancel.request_all", options=2)
    chat.takes("нет")
    chat.notes(CancelSettled(record=TODAY, outcome="withdrawn", late=True, request=request))
    chat.notes(CancelSettled(record=TONIGHT, outcome="kept"))
    chat.says("cancel.kept_all", records=(TODAY, TONIGHT))
    assert chat.chat.late_requests == ()


def test_silence_leaves_the_request_as_it_is(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    wishes(chat, TODAY, TONIGHT)
    chat.says("cancel.request_all", options=2)
    chat.waits(minutes=16)
    chat.notes(CancelSettled(record=TONIGHT, outcome="silent"))
    chat.says("everywhere.timed_out")
    assert len(chat.chat.late_requests) == 1


def test_bare_words_while_the_salon_decides_are_told_how_it_stands(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("нет")
    chat.says("cancel.waits", record=TODAY)
    chat.rests_in(IDLE)
    assert len(chat.chat.late_requests) == 1


def test_a_record_that_is_cancelled_otherwise_ends_its_request(chat: ScriptedChat) -> None:
    """The salon gave it more time, so that the client may cancel it without being granted anything."""
    is_requested(chat, TODAY)
    request = request_of(chat)
    later = TODAY.model_copy(update={"starts_at": FRIDAY.starts_at})
    wishes(chat, later)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=later))
    chat.gets(RecordCancelled(receipt=proof(later)))
    chat.notes(CancelSettled(record=later, outcome="cancelled", receipt=proof(later)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    assert chat.chat.late_requests == ()
    chat.happens(LateDecided(request=request, granted=True))
    chat.stays_silent()


def test_what_is_moved_ends_its_request(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    request = request_of(chat)
    moved = proof(FRIDAY.model_copy(update={"record_id": 1}), change="moved", was=TODAY)
    chat.happens(RecordMoved(receipt=moved))
    fact = CancelSettled(record=TODAY, outcome="withdrawn", detail="moved", late=True, request=request)
    chat.notes(fact)
    window = slot("2026-11-27 12:00", "Мария")
    chat.notes(MoveSettled(record=TODAY, to=window, outcome="moved", receipt=moved))
    chat.says("everywhere.turned_out.moved")
    assert chat.chat.late_requests == ()


# ── not decided ───────────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_decides_is_told_when_the_visit_begins(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    first, second = (late.request for late in chat.chat.late_requests)
    chat.waits(minutes=5 * 60)
    chat.notes(CancelSettled(record=TODAY, outcome="undecided", late=True, request=first))
    chat.says("cancel.undecided", record=TODAY)
    assert [late.request for late in chat.chat.late_requests] == [second]
    chat.waits(minutes=3 * 60)
    chat.notes(CancelSettled(record=TONIGHT, outcome="undecided", late=True, request=second))
    chat.says("cancel.undecided", record=TONIGHT)
    chat.rests_in(IDLE)


def test_a_grant_that_was_left_unanswered_ends_when_the_visit_begins(chat: ScriptedChat) -> None:
    moved, request = moved_and_granted(chat)
    chat.happens(NotDelivered(question=chat.session.questions if chat.session else 0))
    chat.rests_in(IDLE)
    chat.waits(minutes=8 * 60)
    chat.notes(CancelSettled(record=moved, outcome="silent", late=True, request=request))
    chat.says("cancel.refused.started", record=moved)


# ── nobody hears ──────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_said_to_be_passed_on_to_nobody(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="request", hears=False)
    wishes(chat, TODAY)
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.says("cancel.refused.late", record=TODAY)
    chat.rests_in(IDLE)


# ── once more ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_bare_wish_after_a_cancel_is_asked_about_though_no_question_is_wanted(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    wishes(chat, FRIDAY)
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(RecordCancelled(receipt=proof(FRIDAY)))
    chat.notes(CancelSettled(record=FRIDAY, outcome="cancelled", receipt=proof(FRIDAY)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.takes("не приду")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TONIGHT,)))
    chat.says("cancel.confirm", options=3, record=TONIGHT)


def test_a_wish_that_names_the_next_one_needs_no_question(chat: ScriptedChat) -> None:
    test_a_bare_wish_after_a_cancel_is_asked_about_though_no_question_is_wanted(chat)
    chat.takes("нет")
    chat.notes(CancelSettled(record=TONIGHT, outcome="kept"))
    chat.says("cancel.kept")
    chat.takes("отмените педикюр сегодня")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TONIGHT,)))
    chat.does(CancelRecord(record=TONIGHT))


def test_a_bare_wish_of_another_day_needs_no_question(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.chat = chat.chat.model_copy(update={"cancelled_at": MONDAY - timedelta(days=2)})
    wishes(chat, FRIDAY)
    chat.does(CancelRecord(record=FRIDAY))


def test_what_is_off_already_is_not_said_to_stand(chat: ScriptedChat) -> None:
    chat.salon_has(undo_for=timedelta(0))
    chat.takes("не отменяйте")
    chat.says("everywhere.not_served.keep")
    wishes(chat, FRIDAY)
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=FRIDAY))
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(CancelSettled(record=FRIDAY, outcome="unknown"))
    chat.asks(ReadOutcome, after=timedelta(minutes=2))
    chat.says("cancel.unknown")
    chat.takes("не отменяйте")
    chat.says("cancel.after")


# ── why ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reason_goes_with_the_request_and_is_not_asked_for_again(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="request")
    chat.takes("Не смогу прийти сегодня, заболела")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY,)))
    chat.says("cancel.request", options=2)
    chat.takes("да")
    request = request_of(chat)
    chat.notes(CancelSettled(record=TODAY, outcome="requested", late=True, request=request))
    chat.notes(ReasonGiven(record=TODAY, code="illness"))
    chat.says("cancel.requested")
    decide(chat, granted=True)
    chat.does(CancelRecord(record=TODAY))
    chat.gets(RecordCancelled(receipt=proof(TODAY)))
    chat.notes(CancelSettled(record=TODAY, outcome="cancelled", late=True, receipt=proof(TODAY)))
    chat.notes(ReasonGiven(record=TODAY, code="illness"))
    assert [option.kind for option in chat.says("cancel.done", options=1).options] == ["take_back"]
    chat.says("cancel.can_be_taken_back")


def test_the_reason_of_a_refused_wish_is_noted(chat: ScriptedChat) -> None:
    chat.salon_has(notice=DAY, late_policy="refuse")
    chat.takes("Не смогу прийти сегодня, заболела")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY,)))
    chat.notes(CancelSettled(record=TODAY, outcome="refused", detail="late", late=True))
    chat.notes(ReasonGiven(record=TODAY, code="illness"))
    chat.says("cancel.refused.late", record=TODAY)


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
