"""Choosing from the numbered list, and which records a naming fits."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest

from engine.booking import Record
from engine.events import Named
from engine.understanding import Meaning, Surroundings, Understanding, fitting, picked

Reads = Callable[..., Meaning]
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "record_id"),
    [
        ("2", 2),
        ("вторую", 2),
        ("номер два", 2),
        ("№2", 2),
        ("последнюю", 3),
        ("третью", 3),
        ("1.", 1),
        ("первую пожалуйста", 1),
        ("2-ю", 2),
        ("которая к Маше", 2),
        ("к Ольге", 1),
        ("маникюр", 1),
        ("ту что на брови", 3),
        ("завтра", 1),
        ("27 ноября", 2),
        ("на 12:00", 2),
        ("в 15:00", 1),
        ("отмените вторую", 2),
        ("отмените маникюр", 1),
        ("завтрашнюю", 1),
        ("в пятницу", 2),
        ("не вторую, а первую", 1),
        ("два", 2),
        ("под номером 3", 3),
        ("стрижку отмените", 2),
        ("на 3 часа", 1),
        ("Маша", 2),
        ("вторая", 2),
        ("15", 1),
        ("27", 2),
        ("18", 3),
        ("в половине седьмого", 3),
        ("маникюра", 1),
        ("к Ивановой", 1),
        ("бровями", 3),
    ],
)
def test_an_answer_picks_its_record(
    text: str, record_id: int, reads: Reads, records: tuple[Record, ...]
) -> None:
    meaning = reads(text, "choose")

    assert meaning.intent == "choose"
    assert [record.record_id for record in picked(meaning, records)] == [record_id]


@pytest.mark.parametrize(
    "text", ["9", "31", "к Саше", "28 ноября", "в 16:00", "вторую к Ольге", "31 ноября", "32-го"]
)
def test_an_answer_that_no_record_fits_picks_none(
    text: str, reads: Reads, records: tuple[Record, ...]
) -> None:
    meaning = reads(text, "choose")

    assert meaning.intent == "choose"
    assert picked(meaning, records) == ()


@pytest.mark.parametrize("text", ["массаж", "", "ну не знаю", "запись"])
def test_an_answer_that_names_nothing_of_the_list_picks_none(
    text: str, reads: Reads, records: tuple[Record, ...]
) -> None:
    assert picked(reads(text, "choose"), records) == ()


@pytest.mark.parametrize(
    "text",
    [
        "никакую",
        "нет",
        "не надо",
        "не надо ничего отменять",
        "ни одну",
        "передумала, приду",
        "никакую, передумала",
    ],
)
def test_a_refusal_of_the_whole_list_is_no(text: str, reads: Reads) -> None:
    assert reads(text, "choose").intent == "no"


@pytest.mark.parametrize(
    "text",
    [
        "первую и третью",
        "обе",
        "обе сразу",
        "все",
        "1 и 2",
        "кроме первой",
    ],
)
def test_more_than_one_is_several(text: str, reads: Reads) -> None:
    meaning = reads(text, "choose")
    assert (meaning.intent, meaning.several) == ("choose", True)


@pytest.mark.parametrize(
    "text", ["да", "отмените", "ээ", "скорее всего", "всё-таки не знаю", "что-то непонятное бубубу"]
)
def test_none_in_particular_picks_none(text: str, reads: Reads, records: tuple[Record, ...]) -> None:
    meaning = reads(text, "choose")
    assert (meaning.several, picked(meaning, records)) == (False, ())


def test_everything_named_must_fit(records: tuple[Record, ...]) -> None:
    tuesday = Named(days=(date(2026, 11, 24),))

    assert fitting(tuesday, records) == records[:1]
    assert fitting(tuesday.model_copy(update={"clock": time(15, 0)}), records) == records[:1]
    assert fitting(tuesday.model_copy(update={"clock": time(16, 0)}), records) == ()
    assert fitting(tuesday.model_copy(update={"names": ("мария",)}), records) == ()


def test_a_day_that_the_calendar_does_not_have_fits_nothing(records: tuple[Record, ...]) -> None:
    assert fitting(Named(impossible_day=True), records) == ()


def test_a_word_that_fits_no_service_is_no_constraint(records: tuple[Record, ...]) -> None:
    assert fitting(Named(words=("чудесный",)), records) == records
    assert fitting(Named(words=("чудесный", "стрижка")), records) == records[1:2]


def test_nothing_named_fits_all(records: tuple[Record, ...]) -> None:
    assert fitting(Named(), records) == records


@pytest.mark.parametrize("name", ["анастасия", "настя"])
def test_a_short_name_is_the_full_one(name: str, records: tuple[Record, ...]) -> None:
    assert fitting(Named(names=(name,)), records) == records[2:]


def test_a_name_short_for_two_fits_either(records: tuple[Record, ...]) -> None:
    alexander = records[0].model_copy(update={"master": "Александр"})
    alexandra = records[1].model_copy(update={"master": "Александра"})

    assert fitting(Named(names=("саша",)), (alexander, alexandra, records[2])) == (alexander, alexandra)


def test_a_number_beyond_the_list_that_fits_two_picks_none(reads: Reads, records: tuple[Record, ...]) -> None:
    later = records[1].model_copy(update={"starts_at": records[0].starts_at.replace(day=30)})

    assert picked(reads("15", "choose"), (records[0], later)) == ()


def test_a_count_of_minutes_is_no_place_in_the_list(reads: Reads) -> None:
    assert reads("на 10 минут", "choose").ordinal is None


def test_without_a_list_any_word_may_name_one_of_it(understanding: Understanding) -> None:
    meaning = understanding.understand("маникюр", "choose", Surroundings(said_at=MONDAY))
    assert (meaning.intent, meaning.named.words) == ("choose", ("маникюр",))


@pytest.mark.parametrize("text", ["оставьте первую", "вторую не трогайте", "не вторую"])
def test_which_one_is_to_stay_does_not_say_which_is_to_go(
    text: str, reads: Reads, records: tuple[Record, ...]
) -> None:
    meaning = reads(text, "choose")
    assert (meaning.intent, picked(meaning, records) if meaning.intent == "choose" else ()) == ("unclear", ())


@pytest.mark.parametrize("text", ["четвёртую", "пятая", "в четвёртую"])
def test_a_place_that_the_list_does_not_have_picks_none(
    text: str, reads: Reads, records: tuple[Record, ...]
) -> None:
    """Not the record at four either: a number in digits may be an hour, a place told in words is none."""
    at_four = records[0].model_copy(update={"starts_at": records[0].starts_at.replace(hour=16)})
    fifth = records[1].model_copy(update={"starts_at": records[1].starts_at.replace(hour=17)})

    assert picked(reads(text, "choose"), (at_four, fifth, records[2])) == ()


@pytest.mark.parametrize("text", ["15", "27", "18"])
def test_a_number_beyond_the_list_is_never_plain(text: str, reads: Reads) -> None:
    """Where the salon wants no question, an hour that may be a slip for a place is asked about."""
    assert not reads(text, "choose").plain
    assert reads("2", "choose").plain
