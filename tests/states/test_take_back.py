"""Take back, played as chats: what was just cancelled comes back once, and only what is proven is told."""

import re
from datetime import datetime, timedelta
from typing import Literal, get_args

import pytest

from engine.booking import (
    CallFailed,
    CancelSettled,
    ReadOutcome,
    Receipt,
    Record,
    RecordChanged,
    RecordRestored,
    Refusal,
    RestoreRecord,
    RestoreSettled,
    SlotTaken,
)
from engine.chat import LateRequest, Undoable
from engine.dialogue import Dialogue
from engine.events import TakeBackWanted
from engine.flow import IDLE
from engine.texts import Texts
from tests.chat import MONDAY, ScriptedChat, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")
UNTIL = MONDAY + timedelta(minutes=15)


def proof(of: Record, how: Literal["soft", "already"] = "soft") -> Receipt:
    return Receipt(change="restored", record=of, read_at=MONDAY, how=how)


def remembers(chat: ScriptedChat, *cancelled: Record) -> None:
    """Each was cancelled at 10:00 and can be taken back until 10:15."""
    undoable = tuple(Undoable(record=one, until=UNTIL) for one in cancelled)
    chat.chat = chat.chat.model_copy(update={"undoable": undoable})


def can_take_back(chat: ScriptedChat) -> list[int]:
    return [undoable.record.record_id for undoable in chat.chat.undoable]


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts) -> ScriptedChat:
    chat = ScriptedChat(dialogue, catalogue)
    remembers(chat, MANICURE)
    return chat


@pytest.fixture
def two(chat: ScriptedChat) -> ScriptedChat:
    remembers(chat, HAIRCUT, MANICURE)
    return chat


def is_restoring(chat: ScriptedChat, one: Record = MANICURE) -> None:
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=one))


def is_restored(chat: ScriptedChat, one: Record = MANICURE) -> None:
    chat.gets(RecordRestored(receipt=proof(one)))
    chat.notes(RestoreSettled(record=one, outcome="restored", receipt=proof(one)))
    chat.says("take_back.restored", record=one)
    chat.rests_in("take_back.done")


# ── the happy path ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("option", ["take_back:7:1", "take_back:7:"])
def test_a_tap_takes_it_back_without_a_question_whatever_came_in_between(
    chat: ScriptedChat, option: str
) -> None:
    chat.takes("спасибо")
    chat.says("everywhere.thanks")

    chat.taps_id(option)
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)
    chat.shows("Готово, запись снова в силе: Маникюр, среда, 25 ноября, 15:00, мастер Ольга. Ждём вас!")
    assert can_take_back(chat) == []


@pytest.mark.parametrize(
    "words",
    ["верните запись", "верните запись на среду", "восстановите маникюр", "вернуть", "верните, пожалуйста",
     "отмените отмену", "передумала, верните", "верните маникюр к Ольге в 15:00", "верните все"],
)  # fmt: skip
def test_words_are_as_good_as_the_button(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


def test_what_stands_already_is_told_as_such(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.gets(RecordRestored(receipt=proof(MANICURE, how="already")))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE, how="already")))
    chat.says("take_back.already", record=MANICURE)
    chat.rests_in("take_back.done")


def test_an_overlap_is_told_truthfully_and_left_to_the_salon(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.gets(RecordRestored(receipt=proof(MANICURE), overlaps=True))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE), overlaps=True))
    chat.says("take_back.overlaps", record=MANICURE)
    chat.rests_in("take_back.done")


# ── asked once more ───────────────────────────────────────────────────────────────────────────────────


def test_a_second_tap_and_the_same_words_again_restore_nothing_more(chat: ScriptedChat) -> None:
    chat.taps_id("take_back:0:1")
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)

    chat.taps_id("take_back:0:1")
    chat.says("take_back.told_above")
    chat.takes("верните запись")
    chat.says("take_back.told_above")
    chat.taps_id("why:0:")
    chat.says("take_back.told_above")
    chat.rests_in("take_back.done")


@pytest.mark.parametrize("words", ["не надо возвращать", "приду"])
def test_what_is_said_of_it_afterwards_changes_nothing(chat: ScriptedChat, words: str) -> None:
    is_restoring(chat)
    is_restored(chat)
    chat.takes(words)
    chat.says("take_back.see_above")
    chat.rests_in("take_back.done")


def test_both_once_one_came_back_mean_the_other(two: ScriptedChat) -> None:
    two.taps_id("take_back:0:1")
    two.does(RestoreRecord(record=MANICURE))
    is_restored(two)

    two.takes("верните обе")
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def test_what_came_back_and_is_wanted_again_brings_no_other_one_back(two: ScriptedChat) -> None:
    two.taps_id("take_back:0:1")
    two.does(RestoreRecord(record=MANICURE))
    is_restored(two)

    two.takes("верните маникюр")
    two.says("take_back.told_above")
    two.takes("как вернуть запись?")
    two.says("take_back.confirm", options=2, record=HAIRCUT)


def test_after_one_came_back_the_words_mean_the_other(two: ScriptedChat) -> None:
    two.taps_id("take_back:0:1")
    two.does(RestoreRecord(record=MANICURE))
    is_restored(two)

    two.takes("верните и запись на пятницу")
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def test_a_tap_on_another_button_takes_the_other_one_back(two: ScriptedChat) -> None:
    two.taps_id("take_back:0:1")
    two.does(RestoreRecord(record=MANICURE))
    is_restored(two)

    two.taps_id("take_back:0:2")
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def test_silence_after_it_came_back_ends_without_a_word(chat: ScriptedChat) -> None:
    is_restoring(chat)
    is_restored(chat)
    chat.waits(minutes=15)
    chat.stays_silent()
    chat.rests_in(IDLE)


# ── nothing to take back ──────────────────────────────────────────────────────────────────────────────


def test_without_a_cancel_of_ours_there_is_nothing_to_take_back(chat: ScriptedChat) -> None:
    remembers(chat)
    chat.takes("верните запись")
    chat.says("take_back.nothing")
    chat.rests_in(IDLE)


def test_a_button_of_a_record_that_is_not_remembered_takes_nothing_else_back(chat: ScriptedChat) -> None:
    chat.taps_id("take_back:0:9")
    chat.says("take_back.nothing")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    "policies", [{"offers": frozenset(("reason",))}, {"undo_for": timedelta(0)}], ids=str
)
def test_a_salon_may_take_nothing_back_here(chat: ScriptedChat, policies: dict[str, object]) -> None:
    chat.salon_has(**policies)
    chat.takes("верните запись")
    chat.says("take_back.not_here")
    chat.rests_in(IDLE)


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────


def test_on_the_last_second_it_still_comes_back(chat: ScriptedChat) -> None:
    chat.waits(minutes=15)
    is_restoring(chat)
    is_restored(chat)


def test_after_its_time_it_is_too_late_and_is_told_what_to_do(chat: ScriptedChat) -> None:
    chat.waits(minutes=15.1)
    chat.takes("верните запись")
    chat.notes(RestoreSettled(record=MANICURE, outcome="too_late"))
    chat.says("take_back.too_late", record=MANICURE)
    chat.rests_in(IDLE)

    chat.takes("верните запись")
    chat.says("take_back.nothing")


def test_a_wish_said_in_time_and_taken_late_is_asked_about(chat: ScriptedChat) -> None:
    chat.waits(minutes=20)
    chat.takes("верните запись", ago=timedelta(minutes=10))
    chat.says("take_back.confirm", options=2, record=MANICURE)

    chat.taps("take_back_yes")
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


def test_old_words_act_only_through_a_question(chat: ScriptedChat) -> None:
    chat.salon_has(undo_for=timedelta(hours=2), old_after=timedelta(minutes=1))
    chat.waits(minutes=5)
    chat.takes("верните запись", ago=timedelta(minutes=2))
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


def test_a_visit_that_began_does_not_come_back(chat: ScriptedChat) -> None:
    begun = record(1, starts_at="2026-11-23 10:05")
    remembers(chat, begun)
    chat.waits(minutes=6)
    chat.takes("верните запись")
    chat.notes(RestoreSettled(record=begun, outcome="refused", detail="started"))
    chat.says("take_back.refused.started", record=begun)
    chat.rests_in(IDLE)


# ── the question ──────────────────────────────────────────────────────────────────────────────────────


def is_asked(chat: ScriptedChat, one: Record = MANICURE) -> None:
    remembers(chat, one)
    chat.waits(minutes=16)
    chat.takes("верните запись", ago=timedelta(minutes=10))
    chat.says("take_back.confirm", options=2, record=one)


@pytest.mark.parametrize("words", ["да", "верните", "давайте"])
def test_the_question_is_answered_in_words_too(chat: ScriptedChat, words: str) -> None:
    is_asked(chat)
    chat.takes(words)
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


@pytest.mark.parametrize("words", ["нет", "не надо", "отменяйте"])
def test_a_no_leaves_it_as_it_is(chat: ScriptedChat, words: str) -> None:
    is_asked(chat)
    chat.takes(words)
    chat.says("take_back.left")
    chat.rests_in(IDLE)


def test_the_button_says_no_too(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.taps("take_back_no")
    chat.says("take_back.left")
    chat.rests_in(IDLE)


def test_a_question_that_nobody_answers_changes_nothing(chat: ScriptedChat) -> None:
    is_asked(chat)
    chat.waits(minutes=15)
    chat.says("take_back.timed_out")
    chat.rests_in(IDLE)


def test_a_visit_that_begins_while_the_question_stands_does_not_come_back(chat: ScriptedChat) -> None:
    soon = record(1, starts_at="2026-11-23 10:20")
    is_asked(chat, soon)
    chat.waits(minutes=5)
    chat.taps("take_back_yes")
    chat.notes(RestoreSettled(record=soon, outcome="refused", detail="started"))
    chat.says("take_back.refused.started", record=soon)
    chat.rests_in(IDLE)


def test_words_that_name_another_day_are_asked_about(chat: ScriptedChat) -> None:
    chat.takes("верните запись на пятницу")
    chat.says("take_back.confirm_own_time", options=2, record=MANICURE)
    chat.takes("нет")
    chat.says("take_back.left")


@pytest.mark.parametrize("words", ["верните но на 16:00", "можно вернуть на четверг?"])
def test_a_new_time_is_not_taken_for_another_record(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.says("take_back.confirm_own_time", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


@pytest.mark.parametrize("words", ["верните немедленно", "верните блин", "верни обратно ошиблась кнопкой"])
def test_a_word_that_is_no_service_names_no_other_record(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


def test_words_said_before_the_cancel_are_asked_about(chat: ScriptedChat) -> None:
    chat.waits(minutes=5)
    chat.takes("верните запись", ago=timedelta(minutes=6))
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


def test_words_said_in_the_second_of_the_cancel_need_no_question(chat: ScriptedChat) -> None:
    late = Undoable(record=MANICURE, until=UNTIL + timedelta(milliseconds=700))
    chat.chat = chat.chat.model_copy(update={"undoable": (late,)})
    is_restoring(chat)
    is_restored(chat)


# ── where the salon decides about another one ─────────────────────────────────────────────────────────


def waits_for_the_salon(chat: ScriptedChat, *, granted: bool = False, asked_at: datetime = MONDAY) -> None:
    """Of the haircut the salon decides; the manicure was cancelled."""
    late = LateRequest(request="late", record=HAIRCUT, asked_at=asked_at, granted=granted)
    chat.chat = chat.chat.model_copy(update={"late_requests": (late,)})


@pytest.mark.parametrize("words", ["верните обе", "верните все", "верните стрижку и маникюр"])
def test_an_order_for_both_withdraws_the_request_for_the_other(chat: ScriptedChat, words: str) -> None:
    waits_for_the_salon(chat)
    chat.takes(words)
    chat.notes(CancelSettled(record=HAIRCUT, outcome="withdrawn", late=True, request="late"))
    chat.says("take_back.requests_withdrawn", records=(HAIRCUT,))
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)
    assert chat.chat.late_requests == ()


def test_a_request_that_is_younger_than_the_order_is_withdrawn_by_a_yes_only(chat: ScriptedChat) -> None:
    waits_for_the_salon(chat, asked_at=MONDAY + timedelta(minutes=2))
    chat.waits(minutes=5)
    chat.takes("верните обе", ago=timedelta(minutes=4))
    chat.says("take_back.confirm_and_withdraw", options=2)
    assert len(chat.chat.late_requests) == 1
    chat.takes("да")
    chat.notes(CancelSettled(record=HAIRCUT, outcome="withdrawn", late=True, request="late"))
    chat.says("take_back.requests_withdrawn", records=(HAIRCUT,))
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


@pytest.mark.parametrize("words", ["приду на обе", "приду на все записи"])
def test_coming_to_both_is_asked_of_both(chat: ScriptedChat, words: str) -> None:
    waits_for_the_salon(chat)
    chat.takes(words)
    chat.says("take_back.confirm_and_withdraw", options=2)
    chat.takes("нет")
    chat.says("take_back.left")
    assert len(chat.chat.late_requests) == 1


@pytest.mark.parametrize("asks", [True, False])
def test_what_waits_is_told_after_the_question_and_the_button_too(chat: ScriptedChat, asks: bool) -> None:
    waits_for_the_salon(chat)
    if asks:
        chat.takes("может быть, вернуть?")
        chat.says("take_back.confirm", options=2, record=MANICURE)
        chat.takes("да")
    else:
        chat.taps_id("take_back:7:1")
    chat.says("take_back.requests_wait", records=(HAIRCUT,))
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)
    assert len(chat.chat.late_requests) == 1


def test_an_order_that_names_one_says_nothing_of_the_other(chat: ScriptedChat) -> None:
    waits_for_the_salon(chat)
    chat.takes("верните маникюр")
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


def test_what_the_salon_has_granted_is_not_withdrawn_by_a_take_back(chat: ScriptedChat) -> None:
    waits_for_the_salon(chat, granted=True)
    chat.takes("верните все")
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


@pytest.mark.parametrize("words", ["верните стрижку", "верните запись Маши", "верните запись на 32 ноября"])
def test_what_was_not_cancelled_here_is_said_and_nothing_else_comes_back(
    chat: ScriptedChat, words: str
) -> None:
    chat.takes(words)
    chat.says("take_back.confirm_other", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


@pytest.mark.parametrize("words", ["верните педикюр", "верните запись Светы", "верните запись на четверг"])
def test_of_several_the_list_is_offered_where_another_one_was_named(two: ScriptedChat, words: str) -> None:
    two.takes(words)
    two.says("take_back.which_other", options=3)
    two.takes("вторую")
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def test_another_one_is_not_said_to_be_late_for_what_was_named(chat: ScriptedChat) -> None:
    chat.waits(minutes=16)
    chat.takes("верните стрижку")
    chat.says("take_back.nothing")
    chat.rests_in(IDLE)


def test_a_service_too_many_is_asked_about(chat: ScriptedChat) -> None:
    chat.takes("верните маникюр и стрижку")
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")


@pytest.mark.parametrize(
    "words",
    ["как вернуть запись?", "а можно потом вернуть?", "верните?", "я всё-таки приду", "приду",
     "не отменяйте", "случайно отменила", "верните первую", "верните обе"],
)  # fmt: skip
def test_what_only_sounds_like_a_wish_is_asked_about(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.rests_in("take_back.confirming")
    chat.taps("take_back_yes")
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


@pytest.mark.parametrize("words", ["не надо возвращать", "не возвращайте", "возвращать не надо"])
def test_a_denial_takes_nothing_back(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.says("take_back.left")
    chat.rests_in(IDLE)
    assert can_take_back(chat) == [1]


@pytest.mark.parametrize(
    "words",
    ["передумала, нашла другой салон", "вернула бы, но болею", "муж вернётся поздно", "верните деньги"],
)
def test_nothing_comes_back_by_words_about_something_else(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    assert can_take_back(chat) == [1]
    assert chat.session is not None
    assert not chat.session.state.startswith("take_back.")
    chat._unnamed.clear()


@pytest.mark.parametrize("cancelled", [(), (HAIRCUT,)])
def test_coming_to_what_nobody_cancelled_here_changes_nothing(
    chat: ScriptedChat, cancelled: tuple[Record, ...]
) -> None:
    remembers(chat, *cancelled)
    chat.takes("приду в среду")
    chat.says("everywhere.not_served.keep")
    chat.rests_in(IDLE)


def test_coming_after_the_time_is_not_asked_about(chat: ScriptedChat) -> None:
    chat.waits(minutes=16)
    chat.takes("я приду")
    chat.says("everywhere.not_served.keep")


def test_where_the_salon_takes_nothing_back_coming_is_not_asked_about(chat: ScriptedChat) -> None:
    chat.salon_has(offers=frozenset(("reason",)))
    chat.takes("я приду")
    chat.says("everywhere.not_served.keep")


def test_no_text_of_what_was_left_says_that_a_cancelled_record_stays(catalogue: Texts) -> None:
    """A client reads these when a record of theirs may be off."""
    said = ("left", "nothing", "not_here", "see_above", "timed_out")
    others = ("everywhere.not_served.keep", "everywhere.not_an_answer", "cancel.after")
    keys = (*(f"take_back.{key}" for key in said), *others)
    for key in keys:
        words = catalogue.words(key)
        assert not re.search(r"не отмен|остаётся|остаются|в силе|не вижу|отмены не было", words), key


@pytest.mark.parametrize(
    "words",
    ["приду", "оставьте", "вернула бы", "да ну", "да?", "верните стрижку", "верните обе", "верните первую",
     "отмените стрижку", "ага, конечно", "верните на завтра"],
)  # fmt: skip
def test_what_is_no_plain_answer_repeats_the_question(chat: ScriptedChat, words: str) -> None:
    is_asked(chat)
    chat.takes(words)
    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in("take_back.confirming")


@pytest.mark.parametrize("words", ["верните маникюр", "да, верните", "верните все"])
def test_an_order_for_what_is_asked_about_is_a_yes(chat: ScriptedChat, words: str) -> None:
    is_asked(chat)
    chat.takes(words)
    chat.does(RestoreRecord(record=MANICURE))
    is_restored(chat)


# ── several ───────────────────────────────────────────────────────────────────────────────────────────


def is_offered(chat: ScriptedChat) -> None:
    chat.takes("верните запись")
    chat.says("take_back.which", options=3)
    assert [button.title for button in chat.bubbles[-1].options][-1] == "Все эти записи"


def test_of_several_a_button_names_one(two: ScriptedChat) -> None:
    is_offered(two)
    two.taps("record", HAIRCUT)
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)
    assert can_take_back(two) == [1]


@pytest.mark.parametrize(
    "words",
    ["вторую", "стрижку", "в пятницу", "верните стрижку", "к Марии", "2", "вторую, пожалуйста",
     "верните вторую", "давайте стрижку"],
)  # fmt: skip
def test_of_several_words_name_one(two: ScriptedChat, words: str) -> None:
    is_offered(two)
    two.takes(words)
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def test_a_wish_that_names_one_of_several_asks_nothing(two: ScriptedChat) -> None:
    two.takes("верните запись на пятницу")
    two.does(RestoreRecord(record=HAIRCUT))
    is_restored(two, HAIRCUT)


def both_come_back(chat: ScriptedChat) -> None:
    chat.does(RestoreRecord(record=MANICURE))
    chat.gets(RecordRestored(receipt=proof(MANICURE)))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE)))
    chat.does(RestoreRecord(record=HAIRCUT))
    chat.gets(RecordRestored(receipt=proof(HAIRCUT)))
    chat.notes(RestoreSettled(record=HAIRCUT, outcome="restored", receipt=proof(HAIRCUT)))
    chat.says("take_back.restored_all", records=(MANICURE, HAIRCUT))
    chat.rests_in("take_back.done")


@pytest.mark.parametrize(
    "words", ["все", "обе", "верните обе", "1 и 2", "маникюр и стрижку", "давайте обе вернём"]
)
def test_several_at_once_come_back_one_by_one_and_are_told_together(two: ScriptedChat, words: str) -> None:
    is_offered(two)
    two.takes(words)
    both_come_back(two)


def test_all_of_the_list_can_be_tapped(two: ScriptedChat) -> None:
    is_offered(two)
    two.taps("take_back_all")
    both_come_back(two)


def test_a_wish_for_all_of_them_asks_nothing(two: ScriptedChat) -> None:
    two.happens(TakeBackWanted(meant="all"))
    both_come_back(two)


def test_a_wish_for_both_of_two_asks_nothing(two: ScriptedChat) -> None:
    two.happens(TakeBackWanted(meant="both"))
    both_come_back(two)


@pytest.mark.parametrize(
    "words", ["верните обе", "верните маникюр и стрижку", "верните среду и пятницу", "верните все"]
)
def test_an_order_for_both_asks_nothing(two: ScriptedChat, words: str) -> None:
    two.takes(words)
    both_come_back(two)


def test_of_both_the_one_whose_time_is_over_is_told(two: ScriptedChat) -> None:
    late = Undoable(record=HAIRCUT, until=MONDAY - timedelta(minutes=1))
    two.chat = two.chat.model_copy(update={"undoable": (late, Undoable(record=MANICURE, until=UNTIL))})
    two.takes("верните обе")
    two.notes(RestoreSettled(record=HAIRCUT, outcome="too_late"))
    two.does(RestoreRecord(record=MANICURE))
    two.gets(RecordRestored(receipt=proof(MANICURE)))
    two.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE)))
    two.says("take_back.too_late", record=HAIRCUT)
    two.says("take_back.restored", record=MANICURE)
    two.rests_in("take_back.done")


@pytest.mark.parametrize(
    "words",
    ["а первую я уже отменила?", "маникюр не надо", "про пятницу забудьте", "что с маникюром?",
     "первую нет", "всё хорошо", "маникюр я сделаю сама", "вернула бы маникюр", "верните", "да",
     "приду в пятницу", "оставьте", "верните любую", "маникюр и педикюр", "запись Светы",
     "вторую отмените", "отмените стрижку"],
)  # fmt: skip
def test_of_several_nothing_comes_back_by_words_that_are_no_choice(two: ScriptedChat, words: str) -> None:
    is_offered(two)
    two.takes(words)
    two._unnamed.clear()
    two.rests_in("take_back.choosing")


@pytest.mark.parametrize("words", ["никакую", "не надо", "не возвращайте", "отменяйте"])
def test_none_of_the_list_is_a_no(two: ScriptedChat, words: str) -> None:
    is_offered(two)
    two.takes(words)
    two.says("take_back.left")
    two.rests_in(IDLE)


def test_a_list_that_nobody_answers_changes_nothing(two: ScriptedChat) -> None:
    is_offered(two)
    two.waits(minutes=15)
    two.says("take_back.timed_out")
    two.rests_in(IDLE)


@pytest.mark.parametrize("words", ["ок", "первую и пятую"])
def test_words_that_pick_nothing_clearly_repeat_the_list(two: ScriptedChat, words: str) -> None:
    is_offered(two)
    two.takes(words)
    assert two._unnamed
    two._unnamed.clear()
    two.rests_in("take_back.choosing")


@pytest.mark.parametrize("tap", ["record:0:9", "yes:0:1"])
def test_a_button_that_is_no_row_of_the_list_takes_nothing_back(two: ScriptedChat, tap: str) -> None:
    is_offered(two)
    assert two.session is not None
    kind, _, rest = tap.split(":")
    two.taps_id(f"{kind}:{two.session.questions}:{rest}")
    two.repeats(after="everywhere.stale_tap_here")
    two.rests_in("take_back.choosing")


def test_a_pick_after_its_time_is_asked_about_since_the_wish_was_in_time(two: ScriptedChat) -> None:
    two.waits(minutes=10)
    is_offered(two)
    two.waits(minutes=6)
    two.taps("record", HAIRCUT)
    two.says("take_back.confirm", options=2, record=HAIRCUT)
    two.rests_in("take_back.confirming")


def test_all_of_them_after_their_time_are_asked_about_together(two: ScriptedChat) -> None:
    two.waits(minutes=10)
    is_offered(two)
    two.waits(minutes=6)
    two.taps("take_back_all")
    two.says("take_back.confirm_several", options=2, records=(MANICURE, HAIRCUT))
    two.taps("take_back_yes")
    both_come_back(two)


def test_one_whose_time_ends_between_two_is_told_as_too_late(two: ScriptedChat) -> None:
    two.waits(minutes=14)
    is_offered(two)
    two.taps("take_back_all")
    two.does(RestoreRecord(record=MANICURE))
    two.now += timedelta(minutes=2)
    two.gets(RecordRestored(receipt=proof(MANICURE)))
    two.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE)))
    two.notes(RestoreSettled(record=HAIRCUT, outcome="too_late"))
    two.says("take_back.restored", record=MANICURE)
    two.says("take_back.too_late", record=HAIRCUT)
    two.rests_in("take_back.done")


def test_of_a_record_that_was_cancelled_twice_the_last_time_counts(chat: ScriptedChat) -> None:
    before = Undoable(record=MANICURE, until=MONDAY - timedelta(minutes=1))
    chat.chat = chat.chat.model_copy(update={"undoable": (before, *chat.chat.undoable)})
    is_restoring(chat)
    is_restored(chat)
    assert can_take_back(chat) == []


@pytest.mark.parametrize("tap", ["record", "take_back_all"])
def test_visits_that_begin_while_the_list_stands_do_not_come_back(chat: ScriptedChat, tap: str) -> None:
    soon = record(1, starts_at="2026-11-23 10:05"), record(2, "Стрижка", "2026-11-23 10:06", "Мария")
    remembers(chat, *soon)
    is_offered(chat)
    chat.waits(minutes=7)
    chat.taps(tap, soon[0] if tap == "record" else None)
    for one in soon if tap == "take_back_all" else soon[:1]:
        chat.notes(RestoreSettled(record=one, outcome="refused", detail="started"))
        chat.says("take_back.refused.started", record=one)
    chat.rests_in(IDLE)


# ── of several people ─────────────────────────────────────────────────────────────────────────────────

VERAS = MANICURE.model_copy(update={"client": "Вера"})
SONYAS = HAIRCUT.model_copy(update={"client": "Соня"})


@pytest.fixture
def shared(chat: ScriptedChat) -> ScriptedChat:
    remembers(chat, VERAS, SONYAS)
    return chat


@pytest.mark.parametrize("words", [None, "стрижку", "запись Сони"])
def test_on_a_shared_phone_list_and_outcome_say_whose_it_is(shared: ScriptedChat, words: str | None) -> None:
    shared.takes("верните запись")
    shared.says("take_back.which", options=3)
    assert [row.more for row in shared.bubbles[-1].options][:2] == [
        "Вера, Маникюр, Ольга",
        "Соня, Стрижка, Мария",
    ]

    if words is None:
        shared.taps("record", SONYAS)
    else:
        shared.takes(words)
    shared.does(RestoreRecord(record=SONYAS))
    shared.gets(RecordRestored(receipt=proof(SONYAS)))
    shared.notes(RestoreSettled(record=SONYAS, outcome="restored", receipt=proof(SONYAS)))
    assert shared.says("take_back.restored", record=SONYAS).whose
    shared.rests_in("take_back.done")


@pytest.mark.parametrize("words", ["верните запись Сони", "Соне верните", "верните Соне"])
def test_whose_record_it_is_may_be_said_with_the_wish(shared: ScriptedChat, words: str) -> None:
    shared.takes(words)
    shared.does(RestoreRecord(record=SONYAS))
    shared.gets(CallFailed(reason="not_tried"))
    shared.notes(RestoreSettled(record=SONYAS, outcome="not_tried"))
    assert shared.says("take_back.not_tried", record=SONYAS).whose


def test_on_a_shared_phone_the_question_says_whose_they_are(shared: ScriptedChat) -> None:
    shared.takes("можно вернуть обе записи?")
    shared.says("take_back.confirm_several", options=2, records=(VERAS, SONYAS))
    shared.takes("да, верните обе")
    shared.does(RestoreRecord(record=VERAS))
    shared.gets(RecordRestored(receipt=proof(VERAS)))
    shared.notes(RestoreSettled(record=VERAS, outcome="restored", receipt=proof(VERAS)))
    shared.does(RestoreRecord(record=SONYAS))
    shared.gets(RecordRestored(receipt=proof(SONYAS)))
    shared.notes(RestoreSettled(record=SONYAS, outcome="restored", receipt=proof(SONYAS)))
    shared.says("take_back.restored_all", records=(VERAS, SONYAS))
    shared.rests_in("take_back.done")


# ── what else may come of it ──────────────────────────────────────────────────────────────────────────


def test_a_taken_window_is_told_and_others_are_looked_for(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.gets(SlotTaken(record=MANICURE))
    chat.notes(RestoreSettled(record=MANICURE, outcome="taken"))
    chat.says("take_back.taken", record=MANICURE)
    assert can_take_back(chat) == []
    # The rest belongs to the move.
    assert chat.session is not None
    assert chat.session.state.startswith("reschedule.")
    chat._unnamed.clear()


def test_of_two_taken_windows_one_is_looked_for_and_the_other_is_told(two: ScriptedChat) -> None:
    is_offered(two)
    two.taps("take_back_all")
    two.does(RestoreRecord(record=MANICURE))
    two.gets(SlotTaken(record=MANICURE))
    two.notes(RestoreSettled(record=MANICURE, outcome="taken"))
    two.does(RestoreRecord(record=HAIRCUT))
    two.gets(SlotTaken(record=HAIRCUT))
    two.notes(RestoreSettled(record=HAIRCUT, outcome="taken"))
    two.says("take_back.taken", record=MANICURE)
    two.says("take_back.taken", record=HAIRCUT)
    two.says("take_back.call_about_it", record=HAIRCUT)
    two._unnamed.clear()


def test_a_record_that_the_salon_changed_is_left_alone_and_the_salon_is_told(chat: ScriptedChat) -> None:
    moved = record(1, starts_at="2026-11-26 11:00")
    is_restoring(chat)
    chat.gets(RecordChanged(was=MANICURE, now=moved))
    chat.notes(RestoreSettled(record=MANICURE, outcome="refused", detail="refused"))
    chat.says("take_back.changed", record=MANICURE)
    chat.rests_in(IDLE)
    assert can_take_back(chat) == []


@pytest.mark.parametrize("detail", get_args(Refusal))
def test_a_refusal_says_why(chat: ScriptedChat, detail: Refusal) -> None:
    is_restoring(chat)
    chat.gets(CallFailed(reason="refused", detail=detail))
    chat.notes(RestoreSettled(record=MANICURE, outcome="refused", detail=detail))
    chat.says(f"take_back.refused.{detail or 'refused'}", record=MANICURE)
    chat.rests_in(IDLE)


def test_what_never_left_us_can_be_tried_again(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.gets(CallFailed(reason="not_tried"))
    chat.notes(RestoreSettled(record=MANICURE, outcome="not_tried"))
    chat.says("take_back.not_tried", record=MANICURE)
    chat.rests_in(IDLE)

    is_restoring(chat)
    is_restored(chat)


def test_an_unknown_outcome_is_told_as_such_and_looked_at_later(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(RestoreSettled(record=MANICURE, outcome="unknown"))
    chat.says("take_back.unknown", record=MANICURE)
    look = ReadOutcome(record=MANICURE, change="restored", unknown_at=MONDAY)
    chat.asks(look, after=timedelta(minutes=2))
    chat.rests_in(IDLE)
    assert can_take_back(chat) == [1]


def test_one_that_fails_keeps_the_next_one_from_nothing(two: ScriptedChat) -> None:
    is_offered(two)
    two.taps("take_back_all")
    two.does(RestoreRecord(record=MANICURE))
    two.gets(CallFailed(reason="refused", detail="locked"))
    two.notes(RestoreSettled(record=MANICURE, outcome="refused", detail="locked"))
    two.does(RestoreRecord(record=HAIRCUT))
    two.gets(RecordRestored(receipt=proof(HAIRCUT)))
    two.notes(RestoreSettled(record=HAIRCUT, outcome="restored", receipt=proof(HAIRCUT)))
    two.says("take_back.refused.locked", record=MANICURE)
    two.says("take_back.restored", record=HAIRCUT)
    two.rests_in("take_back.done")


# ── «стоп» ────────────────────────────────────────────────────────────────────────────────────────────


def test_after_stop_the_outcome_is_told_once_and_the_rest_is_not_begun(two: ScriptedChat) -> None:
    is_offered(two)
    two.taps("take_back_all")
    two.does(RestoreRecord(record=MANICURE))
    two.takes("стоп")
    two.gets(RecordRestored(receipt=proof(MANICURE)))
    two.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=proof(MANICURE)))
    two.says("take_back.restored", record=MANICURE)
    two.says("take_back.not_begun", record=HAIRCUT)
    two.rests_in(IDLE)


def test_after_stop_no_other_window_is_looked_for(chat: ScriptedChat) -> None:
    is_restoring(chat)
    chat.takes("стоп")
    chat.gets(SlotTaken(record=MANICURE))
    chat.notes(RestoreSettled(record=MANICURE, outcome="taken"))
    chat.says("take_back.taken", record=MANICURE)
    chat.rests_in(IDLE)
