"""Another record is named in the middle of a move: it is heard, and never the wrong one moved."""

import pytest

from engine.booking import FindRecords, MoveRecord, MoveSettled, RecordsFound
from engine.events import Event, Named, RescheduleWanted, SlotPicked
from engine.flow import Hearing, Recogniser
from engine.understanding import Surroundings, Understanding
from states.reschedule import hearing
from states.reschedule.memory import Memory
from states.reschedule.others import AnotherRecordWanted
from tests.chat import ANNA, MONDAY, ScriptedChat, record
from tests.states.test_reschedule import (
    FRIDAY,
    HAIRCUT,
    MANICURE,
    THREE,
    WEEK,
    finds,
    slot,
    slots,
    taps,
    wishes,
)

UNDERSTANDING = Understanding()
BOTH = (MANICURE, HAIRCUT)
LATER = slot("28 18:00", "Мария", 8)


def is_asked_which_day(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите стрижку", *BOTH)
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=4, record=HAIRCUT)


def is_asked_what_time(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите стрижку на субботу", *BOTH)
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(slot("28 15:00", "Мария", 8), LATER))
    chat.says("reschedule.which_time", options=3, record=HAIRCUT)


def is_proposed(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите стрижку на субботу в 18", *BOTH)
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(LATER))
    chat.says("reschedule.confirm", options=3, record=HAIRCUT, slot=LATER)


PLAYS = (is_asked_which_day, is_asked_what_time, is_proposed)
QUESTIONS = pytest.mark.parametrize("play", PLAYS)


def looks_them_up(chat: ScriptedChat) -> None:
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=BOTH))


@QUESTIONS
@pytest.mark.parametrize(
    "words",
    [
        "нет, я про маникюр",
        "перенесите лучше маникюр",
        "нет, не эту, а маникюр",
        "не стрижку, а маникюр",
        "другую запись: маникюр",
        "нет, запись к Ольге",
        "ту, что в среду",
        "давайте маникюр",
        "ошиблась, маникюр",
        "ту, которая у Ольги",
        "имею в виду запись на среду",
    ],
)
def test_another_record_that_is_named_is_the_one_that_is_moved(
    chat: ScriptedChat, play: object, words: str
) -> None:
    assert callable(play)
    play(chat)

    chat.takes(words)
    looks_them_up(chat)

    chat.asks(finds(MANICURE))


@QUESTIONS
@pytest.mark.parametrize(
    "words",
    [
        "не ту запись",
        "другую запись",
        "нет, другую",
        "вторую запись",
        "маникюр",
        "а маникюр?",
        "да, маникюр",
        "в 15 у меня маникюр",
        "и маникюр тоже на пятницу",
        "стрижку оставьте, маникюр перенесите",
        "стоп, не эту",
        "не ту услугу",
    ],
)
def test_where_it_is_not_clear_which_one_it_is_asked(chat: ScriptedChat, play: object, words: str) -> None:
    assert callable(play)
    play(chat)

    chat.takes(words)
    looks_them_up(chat)

    chat.says("reschedule.which", options=2)
    chat.rests_in("reschedule.choosing")


@QUESTIONS
@pytest.mark.parametrize("words", ["обе записи перенесите, и массаж и обёртывание", "обе записи на субботу"])
def test_of_both_it_is_said_that_they_move_one_at_a_time(
    chat: ScriptedChat, play: object, words: str
) -> None:
    assert callable(play)
    play(chat)

    chat.takes(words)
    looks_them_up(chat)

    chat.says("reschedule.one_at_a_time")
    chat.says("reschedule.which", options=2)
    chat.rests_in("reschedule.choosing")


@pytest.mark.parametrize("recognisers", [hearing.AT_THE_DAY, hearing.AT_THE_TIME, hearing.AT_THE_PROPOSAL])
@pytest.mark.parametrize(
    "words",
    [
        "сколько стоит маникюр и можно ли картой?",
        "в среду не могу, перенесите на субботу",
        "перенесите стрижку на субботу",
        "пятница не подходит",
        "не эту неделю",
        "на другую",
        "не, не вижу смысла переносить, спасибо",
        "можно и перенести, отчего ж нет",
        "не отменяйте, просто сдвиньте на полчаса",
        "когда у Ольги освободится место, тогда и приду",
    ],
)
def test_other_words_turn_to_no_other_record(recognisers: tuple[Recogniser, ...], words: str) -> None:
    assert not isinstance(heard(recognisers, words), AnotherRecordWanted)


def test_the_new_day_that_was_told_holds_for_the_other_record_as_well(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    chat.takes("нет, я про маникюр")
    looks_them_up(chat)
    chat.asks(finds(MANICURE))
    free = slot("28 12:00"), slot("28 13:00")
    chat.gets(slots(*FRIDAY, *free))

    chat.says("reschedule.which_time", options=3, record=MANICURE)
    taps(chat, "12:00")
    chat.does(MoveRecord(record=MANICURE, to=free[0]))


def test_another_record_is_looked_for_with_its_own_master_again(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.taps("any_master")
    chat.asks(finds(HAIRCUT, any_master=True))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=3)
    chat.takes("нет, я про маникюр")
    looks_them_up(chat)
    chat.asks(finds(MANICURE))


def test_a_day_that_a_move_leads_away_from_tells_the_record(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.takes("перенесите среду на субботу")
    looks_them_up(chat)
    chat.asks(finds(MANICURE))


def test_a_day_that_does_not_suit_tells_no_record(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.takes("в среду не могу, перенесите на субботу")
    chat.asks(finds(HAIRCUT, since=LATER.starts_at.date(), days=0))


def test_a_record_that_nobody_knows_of_is_looked_up(chat: ScriptedChat) -> None:
    pedicure = record(3, "Педикюр", "2026-11-26 12:00", "Елена").model_copy(update={"master_id": 9})
    is_asked_which_day(chat)
    chat.takes("перенесите лучше педикюр")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(*BOTH, pedicure)))
    chat.asks(finds(pedicure))


@pytest.mark.parametrize("words", ["перенесите лучше педикюр", "нет, другую запись"])
def test_a_record_that_there_is_not_is_told_and_the_only_one_asked_about(
    chat: ScriptedChat, words: str
) -> None:
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4, record=MANICURE)

    chat.takes(words)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.asks(finds())
    chat.gets(slots(*FRIDAY))

    chat.says("reschedule.because.the_only")
    chat.says("reschedule.which_time", options=4, record=MANICURE)


def test_the_records_of_a_list_are_known(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите запись", *BOTH)
    chat.says("reschedule.which", options=2)
    chat.takes("стрижку")
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=4, record=HAIRCUT)

    chat.takes("нет, я про маникюр")
    looks_them_up(chat)
    chat.asks(finds(MANICURE))


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("лучше отмените", Named(days=(HAIRCUT.starts_at.date(),), clock=HAIRCUT.starts_at.time())),
        ("отмените маникюр", Named(words=("маникюр",))),
        ("отмените среду", Named(days=(MANICURE.starts_at.date(),))),
        ("отмените педикюр", Named(words=("педикюр",))),
    ],
)
def test_rather_a_cancel_is_of_the_visit_that_is_named(chat: ScriptedChat, words: str, which: Named) -> None:
    is_asked_which_day(chat)
    chat.takes(words)
    chat.notes(MoveSettled(record=HAIRCUT, outcome="kept"))
    chat.asks(FindRecords(phone=ANNA))
    assert chat.session is not None
    assert chat.session.memory["named"] == which.model_dump(mode="json")


def test_of_what_was_handed_over_another_one_is_looked_up_as_well(chat: ScriptedChat) -> None:
    chat.happens(RescheduleWanted(record=HAIRCUT))
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=4, record=HAIRCUT)

    chat.takes("перенесите лучше маникюр")
    looks_them_up(chat)
    chat.asks(finds(MANICURE))


@pytest.mark.parametrize(
    "words",
    [
        "в 15 можно",
        "15 удобно",
        "точно в 15",
        "первую",
        "а в 15 часов кто?",
        "а в 15 кто",
        "что насчёт 15",
        "как насчет 15 часов",
        "в 15 не могу",
        "15 занято",
        "15 не очень",
        "первое не подходит",
    ],
)
def test_a_question_or_a_doubt_takes_no_window(words: str) -> None:
    assert not isinstance(heard(hearing.AT_THE_TIME, words), SlotPicked)


@pytest.mark.parametrize("words", ["в 15", "15:00", "давайте в 15", "да, 15:00", "первое", "последнее время"])
def test_a_plain_pick_takes_its_window(words: str) -> None:
    assert heard(hearing.AT_THE_TIME, words) == SlotPicked(slot=THREE)


@pytest.mark.parametrize("words", ["другую дату", "не ту дату", "давайте другой день", "другое время"])
@pytest.mark.parametrize(
    ("recognisers", "taken"),
    [
        (hearing.AT_THE_DAY, hearing.MoreWanted),
        (hearing.AT_THE_TIME, hearing.OtherDayWanted),
        (hearing.AT_THE_PROPOSAL, hearing.OtherTimeWanted),
    ],
)
def test_another_date_is_no_refusal_and_no_other_record(
    recognisers: tuple[Recogniser, ...], taken: type[Event], words: str
) -> None:
    assert heard(recognisers, words) == taken()


def heard(recognisers: tuple[Recogniser, ...], words: str) -> Event | None:
    """Return what words are taken for while windows of the haircut are on offer."""
    memory = Memory(chosen=(HAIRCUT,), known=BOTH, slots=(THREE,), first_page=1, to=THREE)
    meaning = UNDERSTANDING.understand(words, "reschedule", Surroundings(MONDAY, (HAIRCUT,)))
    found = (recognise(Hearing(meaning, None, memory, words)) for recognise in recognisers)
    return next((event for event in found if event is not None), None)
