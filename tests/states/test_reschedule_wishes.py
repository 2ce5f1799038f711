"""Wishes for several records, for none, for another master's windows, and for a time that is too soon."""

from datetime import timedelta

import pytest

from engine.booking import FindRecords, FindSlots, MoveRecord, MoveSettled, RecordsFound
from engine.flow import IDLE
from tests.chat import ANNA, ScriptedChat
from tests.states.test_reschedule import (
    FRIDAY,
    HAIRCUT,
    MANICURE,
    THREE,
    WEEK,
    is_asked_what_time,
    is_asked_which_day,
    is_moved,
    is_proposed,
    slot,
    slots,
    taps,
    wishes,
)

BOTH = (MANICURE, HAIRCUT)
HERS = slot("27 15:00", "Мария", 8)
QUESTIONS = pytest.mark.parametrize("play", [is_asked_which_day, is_asked_what_time, is_proposed])


# ── several ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["перенесите обе на пятницу", "перенесите стрижку и маникюр на пятницу"])
def test_several_are_moved_one_at_a_time_and_it_is_said(chat: ScriptedChat, words: str) -> None:
    wishes(chat, words, *BOTH)
    chat.says("reschedule.one_at_a_time")
    chat.says("reschedule.which", options=2)
    chat.takes("маникюр")
    chat.asks(FindSlots)
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE))
    is_moved(chat)
    chat.says("reschedule.done")
    chat.says("reschedule.and_the_next")


def test_several_in_the_middle_of_a_move_are_moved_one_at_a_time_too(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.takes("перенесите обе")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=BOTH))
    chat.says("reschedule.one_at_a_time")
    chat.says("reschedule.which", options=2)


def test_of_both_the_only_one_needs_no_word_about_others(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите обе")
    chat.asks(FindSlots)


# ── none ──────────────────────────────────────────────────────────────────────────────────────────────


def test_coming_on_a_day_that_has_a_visit_moves_nothing_there(chat: ScriptedChat) -> None:
    wishes(chat, "в среду не приду, в пятницу приду", *BOTH)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=BOTH))
    assert chat.says("cancel.confirm", options=3).proposes == (MANICURE,)


def test_a_word_for_moving_moves_to_a_day_that_has_a_visit(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите со среды на пятницу, приду", *BOTH)
    chat.asks(FindSlots)


@QUESTIONS
@pytest.mark.parametrize("words", ["оставьте на среде", "пусть останется на среде"])
def test_to_leave_it_on_its_day_is_a_no(chat: ScriptedChat, play: object, words: str) -> None:
    assert callable(play)
    play(chat)
    chat.takes(words)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="kept"))
    chat.says("reschedule.kept", record=MANICURE)
    chat.rests_in(IDLE)


def test_to_leave_it_on_another_day_is_a_wish(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    chat.takes("оставьте на субботу")
    chat.asks(FindSlots)


# ── another master ────────────────────────────────────────────────────────────────────────────────────


@QUESTIONS
@pytest.mark.parametrize("words", ["а у Марии?", "у Марии", "а к Марии можно?", "а у Марии есть время?"])
def test_another_masters_windows_are_asked_for_in_a_question(
    chat: ScriptedChat, play: object, words: str
) -> None:
    assert callable(play)
    play(chat)
    chat.takes(words)
    chat.asks(FindSlots)
    chat.gets(slots(*WEEK, HERS))
    if play is is_proposed:
        chat.says("reschedule.confirm", options=3, slot=HERS)
    else:
        asked = chat.says("reschedule.which_time", options=2)
        assert asked.options[0].slot == HERS


@QUESTIONS
def test_what_it_costs_with_another_master_is_no_wish_for_her(chat: ScriptedChat, play: object) -> None:
    assert callable(play)
    play(chat)
    chat.takes("а у Марии сколько стоит?")
    chat.repeats(after="everywhere.not_served.other")


# ── too soon ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["перенесите на завтра в 15", "перенесите на завтра"])
def test_a_time_within_the_notice_is_told_as_that(chat: ScriptedChat, words: str) -> None:
    chat.salon_has(notice=timedelta(hours=72))
    wishes(chat, words)
    chat.asks(FindSlots)
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.because.within_notice")
    chat.says("reschedule.which_time", options=4)


def test_a_time_after_the_notice_that_is_not_free_is_told_as_that(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=72))
    wishes(chat, "перенесите на субботу в 15")
    chat.asks(FindSlots)
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.because.not_that_day")
    chat.says("reschedule.which_time", options=4)
