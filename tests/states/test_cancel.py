"""Cancel, played as chats: what is agreed to is done once, and only what is proven is told."""

from datetime import timedelta
from typing import get_args

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    HandedOver,
    LeftAsItWas,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
    Refusal,
    TurnedOut,
)
from engine.consent import BrokenPromise
from engine.events import No, StaleTap, TimedOut, TooEarly
from engine.flow import IDLE
from tests.chat import ANNA, MARIA, MONDAY, ScriptedChat, proof, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")


def is_asked(chat: ScriptedChat, about: Record = MANICURE, *others: Record) -> None:
    """Play up to the question whether to cancel."""
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(about, *others)))
    chat.says("cancel.confirm", options=3, record=about)


def is_cancelling(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))


# ── the happy path ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wish", ["Хочу отменить запись", "Отмени мою запись", "Не смогу прийти", "Отмените запись на среду"]
)
def test_a_wish_is_asked_about_and_then_done(chat: ScriptedChat, wish: str) -> None:
    chat.takes(wish)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3, record=MANICURE)
    chat.shows("Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?")
    chat.rests_in("cancel.confirming")

    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2, record=MANICURE)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.shows(
        "Запись отменена: Маникюр, среда, 25 ноября, 15:00, мастер Ольга. Спасибо, что предупредили!"
        "\n\nПередумаете — запись можно вернуть в течение 15 мин."
    )
    chat.rests_in("cancel.done")


@pytest.mark.parametrize("yes", ["да", "Да, отменяйте", "да, отмените, пожалуйста", "Отмените запись"])
def test_a_yes_in_words_does_it(chat: ScriptedChat, yes: str) -> None:
    is_asked(chat)
    chat.takes(yes)
    chat.does(CancelRecord(record=MANICURE))


@pytest.mark.parametrize("no", ["нет", "не надо", "Нет, оставьте", "я приду"])
def test_a_no_in_words_keeps_the_record(chat: ScriptedChat, no: str) -> None:
    is_asked(chat)
    chat.takes(no)
    chat.notes(CancelSettled(record=MANICURE, outcome="kept"))
    chat.says("cancel.kept", record=MANICURE)
    chat.rests_in(IDLE)


def test_the_button_keeps_the_record(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.taps("no")
    assert chat.taken == No()
    chat.notes(CancelSettled(record=MANICURE, outcome="kept"))
    chat.says("cancel.kept", record=MANICURE)
    chat.rests_in(IDLE)


def test_what_was_cancelled_before_is_told_as_that(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE, how="already")))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE, how="already")))
    chat.says("cancel.already", record=MANICURE)
    chat.rests_in("cancel.done")


def test_another_wish_among_the_words_after_a_cancel_is_looked_up(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)

    chat.takes("и ещё отмените стрижку в пятницу")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(HAIRCUT,)))
    chat.says("cancel.confirm", options=3, record=HAIRCUT)
    chat.rests_in("cancel.confirming")


def test_thanks_after_a_cancel_are_returned_and_end_it(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)

    chat.takes("спасибо")
    chat.says("everywhere.thanks")
    chat.rests_in(IDLE)


def test_nothing_is_said_when_the_time_for_thanks_is_over(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)

    chat.waits(minutes=15)
    assert isinstance(chat.taken, TimedOut)
    chat.rests_in(IDLE)


# ── what is no yes ────────────────────────────────────────────────────────────────────────────────────


def test_silence_changes_nothing_and_is_told_once(chat: ScriptedChat) -> None:
    is_asked(chat)

    chat.waits(minutes=14)
    chat.stays_silent()
    chat.waits(minutes=1)
    chat.notes(CancelSettled(record=MANICURE, outcome="silent"))
    chat.says("everywhere.timed_out")
    chat.rests_in(IDLE)
    chat.waits(minutes=60)
    chat.rests_in(IDLE)


def test_a_yes_after_the_time_out_cancels_nothing(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.waits(minutes=15)
    chat.notes(CancelSettled(record=MANICURE, outcome="silent"))
    chat.says("everywhere.timed_out")

    chat.takes("да")
    chat.says("everywhere.not_understood")
    chat.taps("yes")
    chat.says("everywhere.stale_tap")
    chat.rests_in(IDLE)


def test_a_yes_said_while_the_records_are_looked_up_cancels_nothing(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes("да, жду")
    chat.takes("да")
    chat.stays_silent()
    chat.gets(RecordsFound(records=(MANICURE,)))
    # The question stands below both words on her phone, so it is not repeated.
    chat.says("cancel.confirm", options=3)
    chat.rests_in("cancel.confirming")

    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_a_yes_that_comes_before_the_question_could_be_sent_cancels_nothing(chat: ScriptedChat) -> None:
    chat.sends_are_held()
    is_asked(chat)
    chat.takes("да")
    chat.rests_in("cancel.confirming")

    chat.sends_arrive()
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_a_yes_that_was_said_before_the_question_is_asked_about_again(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.now += timedelta(minutes=2)
    # It was under way for five minutes, so it answers something else.
    chat.takes("да", ago=timedelta(minutes=5))
    chat.repeats(after="everywhere.too_early")
    chat.rests_in("cancel.confirming")

    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_a_yes_under_way_for_a_while_still_counts_if_the_question_was_there(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.now += timedelta(minutes=10)
    chat.takes("да", ago=timedelta(minutes=9))
    chat.does(CancelRecord(record=MANICURE))


def test_a_wish_said_too_early_that_nobody_serves_is_answered_with_the_question(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes("или лучше перенесите на пятницу")
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.repeats(after="everywhere.not_served.reschedule")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["нет", "ой нет", "хотя нет, не надо, приду", "не отменяйте", "на пятницу"])
def test_a_no_that_came_before_the_question_is_told_to_be_too_early(chat: ScriptedChat, words: str) -> None:
    """It is no answer and acts on nothing, but whoever wrote it thinks that it was heard."""
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes(words)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    assert isinstance(chat.taken, TooEarly)
    # «На пятницу» may be the new day of a move, and is told that way.
    moves = chat.taken.intent == "reschedule"
    chat.repeats(after="everywhere.not_served.reschedule" if moves else "everywhere.too_early")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["да", "маникюр", "на среду в 15:00", "спасибо", "заболела", "извините"])
def test_what_adds_nothing_to_the_question_below_it_asks_no_second_time(
    chat: ScriptedChat, words: str
) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes(words)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.rests_in("cancel.confirming")


def test_a_yes_to_a_question_whose_send_was_cut_is_asked_for_again(chat: ScriptedChat) -> None:
    """The client may have read it by then, and would wait for ever; or not, and must not lose the visit."""
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.crashes_in_mid_send()
    chat.takes("да")
    assert isinstance(chat.taken, TooEarly)
    assert not chat.taken.question_follows
    chat.repeats(after="everywhere.too_early")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["маникюр", "вторую", "обе", "к Марии"])
def test_what_tells_which_one_before_the_list_is_there_is_told_to_be_too_early(
    chat: ScriptedChat, words: str
) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes(words)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("records.which", options=2)
    chat.repeats(after="everywhere.too_early")
    chat.rests_in("cancel.choosing")


def test_a_yes_twice_cancels_once(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))
    chat.taps("yes")
    chat.takes("да")
    chat.stays_silent()
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.says("cancel.tapped_again")
    # A «да» after the cancel is a closing word.
    chat.says("everywhere.thanks")
    chat.rests_in(IDLE)


@pytest.mark.parametrize("words", ["да, наверное", "да?", "хм", "да, а почему"])
def test_words_that_are_no_clear_answer_change_nothing(chat: ScriptedChat, words: str) -> None:
    is_asked(chat)
    chat.takes(words)
    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in("cancel.confirming")


def test_a_wish_for_another_record_is_looked_up_anew(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.takes("нет, отмените стрижку в пятницу")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("cancel.confirm", options=3, record=HAIRCUT)
    chat.rests_in("cancel.confirming")

    chat.takes("да")
    chat.does(CancelRecord(record=HAIRCUT))


# ── taps ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tap_on_an_older_question_is_told_to_be_stale(chat: ScriptedChat) -> None:
    is_asked(chat)
    old_yes = chat.bubbles[-1].options[0].id
    chat.taps("no")
    chat.notes(CancelSettled(record=MANICURE, outcome="kept"))
    chat.says("cancel.kept")
    is_asked(chat)

    chat.taps_id(old_yes)
    chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in("cancel.confirming")


def test_a_tap_that_names_another_record_is_no_answer(chat: ScriptedChat) -> None:
    is_asked(chat)
    assert chat.session is not None
    chat.taps_id(f"yes:{chat.session.questions}:{HAIRCUT.record_id}")
    chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("option", ["", "yes", "yes::", "yes:x:1", "yes:1:" + "9" * 40, "да:1:1", "drop:1:1"])
def test_a_tap_that_is_none_of_ours_is_no_answer(chat: ScriptedChat, option: str) -> None:
    is_asked(chat)
    chat.taps_id(option)
    chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in("cancel.confirming")


# ── what can come between ─────────────────────────────────────────────────────────────────────────────


def test_a_visit_that_began_while_the_question_stood_is_not_cancelled(chat: ScriptedChat) -> None:
    soon = record(3, starts_at="2026-11-23 10:05")
    is_asked(chat, soon)
    chat.now += timedelta(minutes=5)
    chat.takes("да")
    chat.notes(CancelSettled(record=soon, outcome="refused", detail="started"))
    chat.says("cancel.refused.started", record=soon)
    chat.rests_in(IDLE)


def test_a_record_that_the_salon_changed_is_asked_about_again(chat: ScriptedChat) -> None:
    moved = record(1, starts_at="2026-11-25 17:00")
    is_cancelling(chat)
    chat.gets(RecordChanged(was=MANICURE, now=moved))
    chat.says("cancel.changed", options=3, record=moved)
    chat.rests_in("cancel.confirming")

    # The yes to what it was is no yes to what it is.
    chat.taps_id("yes:2:1")
    chat.repeats(after="everywhere.stale_tap_here")
    chat.takes("да")
    chat.does(CancelRecord(record=moved))
    chat.gets(RecordCancelled(receipt=proof(moved)))
    chat.notes(CancelSettled(record=moved, outcome="cancelled", receipt=proof(moved)))
    chat.says("cancel.done", options=2, record=moved)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.rests_in("cancel.done")


@pytest.mark.parametrize("detail", get_args(Refusal))
def test_each_refusal_has_its_sentence_and_the_record_can_be_asked_about_again(
    chat: ScriptedChat, detail: Refusal
) -> None:
    is_cancelling(chat)
    chat.gets(CallFailed(reason="refused", detail=detail))
    chat.notes(CancelSettled(record=MANICURE, outcome="refused", detail=detail))
    chat.says(f"cancel.refused.{detail or 'refused'}", record=MANICURE)
    chat.rests_in(IDLE)

    is_asked(chat)
    chat.rests_in("cancel.confirming")


def test_what_never_left_us_is_told_as_not_done_and_can_be_tried_again(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(CallFailed(reason="not_tried"))
    chat.notes(CancelSettled(record=MANICURE, outcome="not_tried"))
    chat.says("cancel.not_tried", record=MANICURE)
    chat.rests_in(IDLE)

    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2, record=MANICURE)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.rests_in("cancel.done")


# ── unknown ───────────────────────────────────────────────────────────────────────────────────────────


def is_unknown(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(CancelSettled(record=MANICURE, outcome="unknown"))
    chat.says("cancel.unknown", record=MANICURE)
    chat.asks(ReadOutcome(record=MANICURE, unknown_at=MONDAY), after=timedelta(minutes=2))


def test_an_unknown_outcome_is_read_again_and_told_as_done_once_it_shows(chat: ScriptedChat) -> None:
    is_unknown(chat)
    chat.rests_in(IDLE)
    chat.waits(minutes=2)
    chat.gets(TurnedOut(record=MANICURE, receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("everywhere.turned_out.cancelled", record=MANICURE)
    chat.rests_in(IDLE)


def test_an_unknown_outcome_that_does_not_show_is_read_once_more_and_told_as_it_is(
    chat: ScriptedChat,
) -> None:
    is_unknown(chat)
    chat.waits(minutes=2)
    chat.gets(TurnedOut(record=MANICURE, shown=MANICURE))
    chat.asks(ReadOutcome(record=MANICURE, attempt=2), after=timedelta(minutes=8))
    chat.waits(minutes=8)
    chat.gets(TurnedOut(record=MANICURE, shown=MANICURE, attempt=2))
    chat.notes(LeftAsItWas(record=MANICURE, change="cancelled"))
    chat.says("everywhere.turned_out.stands", record=MANICURE)
    chat.rests_in(IDLE)


def test_an_outcome_that_nobody_can_read_is_told_as_unknown(chat: ScriptedChat) -> None:
    is_unknown(chat)
    chat.waits(minutes=2)
    chat.gets(TurnedOut(record=MANICURE))
    chat.asks(ReadOutcome(record=MANICURE, attempt=2), after=timedelta(minutes=8))
    chat.waits(minutes=8)
    chat.gets(TurnedOut(record=MANICURE, attempt=2))
    chat.notes(HandedOver(record=MANICURE, change="cancelled", why="nobody_knows"))
    chat.says("everywhere.turned_out.nobody_knows", record=MANICURE)
    chat.rests_in(IDLE)


def test_a_question_about_what_turned_out_to_be_cancelled_is_past(chat: ScriptedChat) -> None:
    """«Нет» to it would be answered with that the record stays."""
    is_unknown(chat)
    is_asked(chat)
    chat.now += timedelta(minutes=2)
    chat.gets(TurnedOut(record=MANICURE, receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("everywhere.turned_out.cancelled", record=MANICURE)
    chat.says("everywhere.left.past")
    chat.rests_in(IDLE)

    chat.taps("no")
    chat.says("everywhere.stale_tap")


# ── a salon that wants no question ────────────────────────────────────────────────────────────────────


def test_without_a_question_a_fresh_wish_is_done_at_once(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.rests_in("cancel.done")


def is_done_at_once(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=1 if chat.salon.undo_for == timedelta(0) else 2)


@pytest.mark.parametrize("words", ["нет", "ой нет", "Нет-нет", "не надо", "нет, не надо"])
def test_a_no_to_what_nobody_had_asked_about_is_offered_it_back(chat: ScriptedChat, words: str) -> None:
    is_done_at_once(chat)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.takes(words)
    # A no orders nothing, so it is asked.
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


def test_a_polite_no_is_answered_politely(chat: ScriptedChat) -> None:
    is_done_at_once(chat)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.takes("нет, спасибо")
    chat.says("everywhere.thanks")


def test_a_no_where_nothing_comes_back_is_told_whom_to_call(chat: ScriptedChat) -> None:
    chat.salon_has(undo_for=timedelta(0))
    is_done_at_once(chat)
    chat.takes("ой нет")
    chat.says("cancel.after")
    chat.rests_in("cancel.done")


@pytest.mark.parametrize("ago", [0, 31])
def test_a_no_after_a_cancel_that_was_agreed_to_offers_nothing(chat: ScriptedChat, ago: int) -> None:
    """It may turn down what stands beneath; an old wish is asked about also where no question is wanted."""
    chat.salon_has(confirm="never" if ago else "always")
    chat.takes("отмените запись", ago=timedelta(minutes=ago))
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.takes("нет")
    chat.says("cancel.after")


@pytest.mark.parametrize(("minutes", "asked"), [(30, False), (31, True), (20 * 60, True)])
def test_a_wish_beyond_an_age_is_always_asked_about(chat: ScriptedChat, minutes: int, asked: bool) -> None:
    chat.salon_has(confirm="never")
    chat.takes("хочу отменить запись", ago=timedelta(minutes=minutes))
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    if asked:
        chat.says("cancel.confirm", options=3)
    else:
        chat.does(CancelRecord(record=MANICURE))


def test_without_a_question_one_of_several_is_picked_and_done(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("records.which", options=2)
    chat.taps("record", HAIRCUT)
    chat.does(CancelRecord(record=HAIRCUT))


def test_an_old_wish_for_one_of_several_is_picked_and_then_asked_about(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.takes("хочу отменить запись", ago=timedelta(hours=20))
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("records.which", options=2)
    chat.taps("record", HAIRCUT)
    chat.says("cancel.confirm", options=3, record=HAIRCUT)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["отмените запись на субботу", "отмените стрижку"])
def test_without_a_question_what_fits_none_is_asked_about(chat: ScriptedChat, words: str) -> None:
    chat.salon_has(confirm="never", selection="last_created")
    chat.takes(words)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm_the_only", options=3, record=MANICURE)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    "words",
    [
        "отмените запись в другом салоне",
        "подруга сказала отмените запись на среду",
        "отмените запись +79000000002",
        "можно отменить запись?",
    ],
)
def test_without_a_question_only_a_wish_whose_every_word_is_explained_acts(
    chat: ScriptedChat, words: str
) -> None:
    chat.salon_has(confirm="never", selection="last_created")
    chat.takes(words)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3, record=MANICURE)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    "words",
    ["Хочу отменить запись", "не смогу прийти в среду, заболела", "отмените маникюр у Ольги", "отмените"],
)
def test_without_a_question_a_plain_wish_acts_at_once(chat: ScriptedChat, words: str) -> None:
    chat.salon_has(confirm="never")
    chat.takes(words)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.does(CancelRecord(record=MANICURE))


def test_a_stranger_s_record_is_never_written(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    with pytest.raises(BrokenPromise, match="is not this client's"):
        chat.gets(RecordsFound(records=(record(4, phone=MARIA),)))


def test_a_second_tap_after_a_cancellation_is_answered_calmly(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)

    chat.happens(StaleTap())
    chat.says("cancel.tapped_again")
    chat.rests_in("cancel.done")


def test_a_wish_said_again_is_no_yes_and_asks_for_one(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.takes("увы, придётся отменить, сын с утра горит")
    chat.repeats(after="cancel.say_yes")
    chat.rests_in("cancel.confirming")
