"""Choosing, played as chats: one record is settled on by what was named, or by asking."""

from datetime import timedelta

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    Record,
    RecordCancelled,
    RecordsFound,
)
from engine.flow import IDLE
from engine.session import Chat
from tests.chat import ANNA, ScriptedChat, proof, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")
BROWS = record(3, "Брови", "2026-12-02 18:30", "Ольга")
THREE = (MANICURE, HAIRCUT, BROWS)


def is_offered(chat: ScriptedChat, *records: Record) -> None:
    """Play up to the question which record."""
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=records or THREE))
    chat.says("records.which", options=len(records) or 3)


def test_of_several_records_the_client_taps_one(chat: ScriptedChat) -> None:
    is_offered(chat)
    assert [option.title for option in chat.bubbles[-1].options] == [
        "ср, 25 нояб., 15:00",
        "пт, 27 нояб., 12:00",
        "ср, 2 дек., 18:30",
    ]
    assert chat.bubbles[-1].options[1].more == "Стрижка, Мария"
    chat.rests_in("cancel.choosing")

    chat.taps("record", HAIRCUT)
    chat.says("cancel.confirm", options=3, record=HAIRCUT)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    ("words", "picked"),
    [
        ("2", HAIRCUT),
        ("вторую", HAIRCUT),
        ("последнюю", BROWS),
        ("первую и вторую оставьте, остальные отмените", BROWS),
        ("в пятницу", HAIRCUT),
        ("на 15:00", MANICURE),
        ("стрижку", HAIRCUT),
        ("отмените брови", BROWS),
        ("к Марии", HAIRCUT),
    ],
)
def test_a_record_is_picked_by_number_day_time_service_or_master(
    chat: ScriptedChat, words: str, picked: Record
) -> None:
    is_offered(chat)
    chat.takes(words)
    chat.says("cancel.confirm", options=3, record=picked)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("все", THREE),
        ("всё", THREE),
        ("1 и 2", (MANICURE, HAIRCUT)),
        ("первую и третью", (MANICURE, BROWS)),
        ("первые две", (MANICURE, HAIRCUT)),
        ("две последние", (HAIRCUT, BROWS)),
        ("первую и последнюю", (MANICURE, BROWS)),
        ("кроме первой", (HAIRCUT, BROWS)),
        ("первую оставьте, остальные отмените", (HAIRCUT, BROWS)),
        ("обе к Ольге", (MANICURE, BROWS)),
        ("все в ноябре", (MANICURE, HAIRCUT)),
        ("маникюр и стрижку", (MANICURE, HAIRCUT)),
        ("в среду и пятницу", (MANICURE, HAIRCUT)),
    ],
)
def test_several_at_once_are_asked_about_by_one_question_that_names_them(
    chat: ScriptedChat, words: str, meant: tuple[Record, ...]
) -> None:
    is_offered(chat)
    chat.takes(words)
    asked = chat.says("cancel.confirm_all", options=2, records=meant)
    assert (asked.proposes, asked.change) == (meant, "cancelled")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["обе", "четвертую и пятую", "1 и 9", "обе в пятницу"])
def test_several_of_which_it_is_not_clear_which_are_asked_about_again(chat: ScriptedChat, words: str) -> None:
    is_offered(chat)
    chat.takes(words)
    chat.repeats(after="records.one_at_a_time")
    chat.rests_in("cancel.choosing")


@pytest.mark.parametrize(
    "words", ["вторую не надо", "где Ольга", "-1", "остальные", "субботу оставьте, остальные отмените"]
)
def test_an_answer_that_denies_or_asks_picks_nothing(chat: ScriptedChat, words: str) -> None:
    is_offered(chat)
    chat.takes(words)
    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in("cancel.choosing")


@pytest.mark.parametrize("words", ["в субботу приду, остальное отмените"])
def test_what_is_named_to_be_kept_is_never_proposed(chat: ScriptedChat, words: str) -> None:
    chat.takes(words)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=THREE))
    chat.says("records.which", options=3)


@pytest.mark.parametrize("words", ["в среду", "7", "хм", "не знаю какую"])
def test_words_that_pick_none_or_several_are_asked_about_again(chat: ScriptedChat, words: str) -> None:
    is_offered(chat, MANICURE, record(4, "Педикюр", "2026-11-25 18:30"))
    chat.takes(words)
    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in("cancel.choosing")

    chat.takes("первую")
    chat.says("cancel.confirm", options=3, record=MANICURE)


@pytest.mark.parametrize("words", ["нет", "никакую", "не надо", "я приду"])
def test_none_of_them_keeps_them_all(chat: ScriptedChat, words: str) -> None:
    is_offered(chat)
    chat.takes(words)
    chat.says("records.none_chosen")
    chat.rests_in(IDLE)


def test_silence_keeps_them_all(chat: ScriptedChat) -> None:
    is_offered(chat)
    chat.waits(minutes=15)
    chat.says("everywhere.timed_out")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    ("wish", "meant"),
    [
        ("отмените запись на пятницу", HAIRCUT),
        ("отмените стрижку", HAIRCUT),
        ("не смогу прийти 2 декабря", BROWS),
        ("отмените мою запись к Марии", HAIRCUT),
    ],
)
def test_what_is_named_with_the_wish_settles_it_without_a_list(
    chat: ScriptedChat, wish: str, meant: Record
) -> None:
    chat.takes(wish)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=meant)
    chat.rests_in("cancel.confirming")


def test_what_is_named_narrows_the_list(chat: ScriptedChat) -> None:
    pedicure = record(4, "Педикюр", "2026-11-25 18:30")
    chat.takes("отмените запись на среду")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT, pedicure)))
    chat.says("records.which", options=2)
    chat.taps("record", pedicure)
    chat.says("cancel.confirm", options=3, record=pedicure)


def test_a_day_that_fits_no_record_is_asked_about(chat: ScriptedChat) -> None:
    chat.takes("отмените запись на субботу")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=THREE))
    chat.says("records.nothing_fits", options=3)
    chat.rests_in("cancel.choosing")


def test_a_day_that_does_not_fit_the_only_record_is_asked_about(chat: ScriptedChat) -> None:
    chat.takes("отмените запись на субботу")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm_the_only", options=3, record=MANICURE)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_a_day_is_reckoned_from_when_the_words_were_said(chat: ScriptedChat) -> None:
    """«На завтра» that comes twenty hours late is today, and it is asked about."""
    today = record(5, starts_at="2026-11-23 18:00")
    tomorrow = record(6, starts_at="2026-11-24 18:00")
    chat.takes("отмените запись на завтра", ago=timedelta(hours=20))
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(today, tomorrow)))
    chat.says("cancel.confirm", options=3, record=today)


def test_no_record_is_told(chat: ScriptedChat) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=()))
    chat.says("records.none")
    chat.rests_in(IDLE)


@pytest.mark.parametrize("reason", ["refused", "not_tried", "unknown"])
def test_a_journal_that_cannot_be_read_is_told_and_can_be_asked_again(
    chat: ScriptedChat, reason: str
) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(CallFailed.model_validate({"reason": reason}))
    chat.says("records.unavailable")
    chat.rests_in(IDLE)

    is_offered(chat)
    chat.rests_in("cancel.choosing")


def test_without_a_number_there_is_nothing_to_look_up(chat: ScriptedChat) -> None:
    chat.chat = Chat(phone=None)
    chat.takes("хочу отменить запись")
    chat.says("records.number_hidden")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(("count", "text"), [(10, "records.which"), (13, "records.which_of_many")])
def test_a_list_has_ten_rows_and_says_how_many_more_there_are(
    chat: ScriptedChat, count: int, text: str
) -> None:
    many = tuple(record(place, starts_at=f"2026-12-{place:02} 12:00") for place in range(1, count + 1))
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=many))
    chat.says(text, options=10, **({"more": 4} if count > 10 else {}))

    chat.takes("12 декабря")
    if count > 10:
        # Beyond the ten rows, but it can be named.
        chat.says("cancel.confirm", options=3, record=many[11])
    else:
        chat.asks(FindRecords)


def test_many_records_of_which_none_fits(chat: ScriptedChat) -> None:
    many = tuple(record(place, starts_at=f"2026-12-{place:02} 12:00") for place in range(1, 13))
    chat.takes("отмените запись на завтра")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=many))
    chat.says("records.nothing_fits_of_many", options=10, more=3)
    chat.rests_in("cancel.choosing")


def test_a_tap_on_a_record_that_is_not_on_the_list_picks_nothing(chat: ScriptedChat) -> None:
    is_offered(chat, MANICURE, HAIRCUT)
    assert chat.session is not None
    for option in (f"record:{chat.session.questions}:99", f"record:{chat.session.questions}:"):
        chat.taps_id(option)
        chat.repeats(after="everywhere.stale_tap_here")
    chat.taps_id(f"yes:{chat.session.questions}:{MANICURE.record_id}")
    chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in("cancel.choosing")


@pytest.mark.parametrize(
    "words",
    ["отмените запись на 2 декабря", "нет, другую, на 2 декабря", "2 декабря", "можно отменить 2 декабря?"],
)
def test_what_the_list_lacks_is_looked_up_anew(chat: ScriptedChat, words: str) -> None:
    is_offered(chat, MANICURE, HAIRCUT)
    chat.takes(words)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=BROWS)
    chat.rests_in("cancel.confirming")


def test_words_that_came_before_the_list_pick_nothing(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.takes("2")
    chat.gets(RecordsFound(records=THREE))
    chat.says("records.which", options=3)
    # She is told so: whoever picks believes to have picked.
    chat.repeats(after="everywhere.too_early")
    chat.rests_in("cancel.choosing")


# ── the last created ──────────────────────────────────────────────────────────────────────────────────


def test_by_setting_the_last_created_is_taken_without_asking_which(chat: ScriptedChat) -> None:
    chat.salon_has(selection="last_created", confirm="never")
    earlier = record(9, starts_at="2026-11-25 15:00", created_at="2026-11-01 10:00")
    later = record(8, starts_at="2026-11-24 15:00", created_at="2026-11-02 10:00")
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(later, earlier)))
    chat.does(CancelRecord(record=later))
    chat.gets(RecordCancelled(receipt=proof(later)))
    chat.notes(CancelSettled(record=later, outcome="cancelled", receipt=proof(later)))
    chat.says("cancel.done", options=2, record=later)
    chat.says("cancel.can_be_taken_back", minutes=15)


def test_where_no_moment_of_creation_is_known_the_highest_number_is_the_last_created(
    chat: ScriptedChat,
) -> None:
    chat.salon_has(selection="last_created")
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=BROWS)


def test_the_last_created_is_looked_for_among_what_was_named(chat: ScriptedChat) -> None:
    chat.salon_has(selection="last_created")
    chat.takes("отмените запись на среду")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=MANICURE)


def test_the_last_created_is_never_taken_instead_of_a_day_that_fits_none(chat: ScriptedChat) -> None:
    chat.salon_has(selection="last_created", confirm="never")
    chat.takes("отмените запись на субботу")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=THREE))
    chat.says("records.nothing_fits", options=3)
    chat.rests_in("cancel.choosing")
