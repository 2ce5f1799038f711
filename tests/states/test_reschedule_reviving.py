"""What was cancelled just now is moved after all, and a move is wanted back."""

from datetime import timedelta

import pytest

from engine.booking import (
    FindRecords,
    FindSlots,
    MoveRecord,
    MoveSettled,
    Record,
    RecordsFound,
    Slot,
    SlotsFound,
)
from engine.chat import Undoable
from engine.events import Named, RescheduleWanted
from engine.flow import IDLE
from tests.chat import ANNA, MONDAY, ScriptedChat
from tests.states.test_reschedule import (
    FRIDAY,
    HAIRCUT,
    MANICURE,
    THREE,
    finds,
    is_moved,
    is_proposed,
    slot,
    slots,
    taps,
    wishes,
)

MOVED = MANICURE.model_copy(update={"starts_at": THREE.starts_at})
BEFORE = slot("25 15:00")


def cancelled(chat: ScriptedChat, *records: Record, minutes: int = 15) -> None:
    """These were cancelled by this chat, and can be taken back for so long."""
    until = MONDAY + timedelta(minutes=minutes)
    undoable = tuple(Undoable(record=one, until=until) for one in records)
    chat.chat = chat.chat.model_copy(update={"undoable": undoable})


def finds_nothing(chat: ScriptedChat, words: str = "лучше перенесите на пятницу") -> None:
    chat.takes(words)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=()))


def is_moved_to_friday(chat: ScriptedChat) -> None:
    is_proposed(chat)
    chat.takes("да")
    chat.does(MoveRecord(record=MANICURE, to=THREE))
    is_moved(chat)
    chat.says("reschedule.done")
    chat.rests_in("reschedule.done")


# ── what was cancelled just now ───────────────────────────────────────────────────────────────────────


def test_what_was_cancelled_just_now_is_moved_and_so_revived(chat: ScriptedChat) -> None:
    cancelled(chat, MANICURE)
    finds_nothing(chat)
    chat.asks(finds())
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.because.cancelled")
    chat.says("reschedule.which_time", options=4, record=MANICURE)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE, revives=True))


def test_which_of_two_that_were_cancelled_comes_back_is_asked(chat: ScriptedChat) -> None:
    cancelled(chat, MANICURE, HAIRCUT)
    finds_nothing(chat)
    chat.says("take_back.which", options=3)


def test_a_service_that_was_cancelled_is_moved_beside_another_record(chat: ScriptedChat) -> None:
    cancelled(chat, HAIRCUT)
    wishes(chat, "перенесите стрижку", MANICURE)
    chat.asks(FindSlots)
    assert chat.chat.undoable[0].record == HAIRCUT


def test_a_bare_wish_means_the_record_that_stands(chat: ScriptedChat) -> None:
    cancelled(chat, HAIRCUT)
    wishes(chat)
    chat.asks(finds(MANICURE))


def test_the_button_of_what_was_cancelled_moves_it(chat: ScriptedChat) -> None:
    cancelled(chat, HAIRCUT)
    chat.taps_id("move:1:2")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.asks(finds(HAIRCUT))


@pytest.mark.parametrize("undo_for", [timedelta(0), timedelta(minutes=15)])
def test_what_cannot_be_taken_back_any_more_is_not_moved(chat: ScriptedChat, undo_for: timedelta) -> None:
    chat.salon_has(undo_for=undo_for)
    cancelled(chat, MANICURE, minutes=-1 if undo_for else 15)
    finds_nothing(chat)
    chat.says("records.none")
    chat.rests_in(IDLE)


# ── a move that is wanted back ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["ой нет, верните на среду", "верните как было", "я передумала", "верните", "отмените перенос"]
)
def test_a_move_that_is_wanted_back_is_offered_its_old_window(chat: ScriptedChat, words: str) -> None:
    is_moved_to_friday(chat)
    chat.takes(words)
    chat.asks(FindSlots)
    chat.gets(slots(BEFORE, *FRIDAY))
    chat.says("reschedule.confirm", options=3, record=MOVED, slot=BEFORE)
    chat.takes("да")
    chat.does(MoveRecord(record=MOVED, to=BEFORE))


@pytest.mark.parametrize(
    ("words", "free"), [("верните на субботу", slot("28 12:00")), ("верните на 13:00", slot("25 13:00"))]
)
def test_another_day_or_hour_that_is_named_is_looked_for(chat: ScriptedChat, words: str, free: Slot) -> None:
    is_moved_to_friday(chat)
    chat.takes(words)
    chat.asks(FindSlots)
    chat.gets(SlotsFound(slots=(free,)))
    only_a_day = "суб" in words
    chat.says(
        "reschedule.which_time" if only_a_day else "reschedule.confirm",
        options=2 if only_a_day else 3,
        record=MOVED,
    )


def test_what_was_cancelled_may_be_meant_rather_than_the_move(chat: ScriptedChat) -> None:
    is_moved_to_friday(chat)
    cancelled(chat, HAIRCUT)
    chat.takes("верните")
    chat.says("take_back.confirm", options=2, record=HAIRCUT)


def test_the_old_time_means_the_move_whatever_was_cancelled(chat: ScriptedChat) -> None:
    is_moved_to_friday(chat)
    cancelled(chat, HAIRCUT)
    chat.takes("верните на среду")
    chat.asks(FindSlots)


def test_what_came_back_by_a_move_stands_and_is_not_offered_what_was_sold(chat: ScriptedChat) -> None:
    chat.happens(RescheduleWanted(record=MANICURE, revives=True, target=Named(clock=THREE.starts_at.time())))
    chat.asks(finds())
    chat.gets(slots(THREE))
    chat.says("reschedule.which_time", options=2)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE, revives=True))
    is_moved(chat)
    chat.says("reschedule.revived")
    chat.takes("верните")
    chat.says("reschedule.after")
    chat.rests_in("reschedule.done")


def test_not_to_take_a_move_back_changes_nothing(chat: ScriptedChat) -> None:
    is_moved_to_friday(chat)
    chat.takes("не надо возвращать")
    chat.says("take_back.left")


def test_on_a_shared_phone_every_question_of_a_move_says_whose_it_is(chat: ScriptedChat) -> None:
    veras = MANICURE.model_copy(update={"client": "Вера"})
    sonyas = HAIRCUT.model_copy(update={"client": "Соня"})
    wishes(chat, "перенесите маникюр", veras, sonyas)
    chat.asks(finds(veras))
    chat.gets(slots(*FRIDAY, slot("28 12:00")))
    assert chat.says("reschedule.which_day", options=3).whose
    chat.takes("в пятницу")
    chat.asks(FindSlots)
    chat.gets(slots(*FRIDAY))
    assert chat.says("reschedule.which_time", options=4).whose
    chat.takes("а в 15 можно?")
    assert chat.says("reschedule.confirm", options=3).whose
    chat.takes("нет")
    chat.notes(MoveSettled(record=veras, to=THREE, outcome="kept"))
    assert chat.says("reschedule.kept").whose


def test_the_button_knows_whose_it_is_too(chat: ScriptedChat) -> None:
    veras = MANICURE.model_copy(update={"client": "Вера"})
    sonyas = HAIRCUT.model_copy(update={"client": "Соня"})
    chat.taps_id("move:1:2")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(veras, sonyas)))
    chat.asks(finds(sonyas))
    chat.gets(slots(*FRIDAY))
    assert chat.says("reschedule.which_time", options=4).whose
