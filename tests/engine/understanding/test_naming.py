"""Days and clock times, read on Monday the 23rd of November 2026 at ten in the morning."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest

from engine.booking import Record
from engine.understanding import Meaning, Surroundings, Understanding

Reads = Callable[..., Meaning]
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("завтра", "2026-11-24"),
        ("сегодня", "2026-11-23"),
        ("послезавтра", "2026-11-25"),
        ("на завтрашний день", "2026-11-24"),
        ("25-го", "2026-11-25"),
        ("25го", "2026-11-25"),
        ("5-го", "2026-12-05"),
        ("25.11", "2026-11-25"),
        ("25.11.2026", "2026-11-25"),
        ("24/11", "2026-11-24"),
        ("25 ноября", "2026-11-25"),
        ("двадцать пятого ноября", "2026-11-25"),
        ("двадцать пятого", "2026-11-25"),
        ("на третье", "2026-12-03"),
        ("3-го числа", "2026-12-03"),
        ("через неделю", "2026-11-30"),
        ("через две недели", "2026-12-07"),
        ("через 3 дня", "2026-11-26"),
        ("через день", "2026-11-25"),
        ("через месяц", "2026-12-23"),
        ("в субботу", "2026-11-28"),
        ("в понедельник", "2026-11-30"),
        ("пн", "2026-11-30"),
        ("в эту пятницу", "2026-11-27"),
        ("в следующую среду", "2026-12-02"),
        ("25 ноября, в среду", "2026-11-25"),
        ("в среду 25-го", "2026-11-25"),
        ("не в пятницу, а в субботу", "2026-11-28"),
        ("1 января", "2027-01-01"),
        ("zavtra", "2026-11-24"),
        ("на 25", "2026-11-25"),
        ("в четверг", "2026-11-26"),
        ("зафтра", "2026-11-24"),
    ],
)
def test_a_day_is_the_next_of_its_kind(text: str, day: str, reads: Reads) -> None:
    meaning = reads(f"отмените запись {text}")

    # «Не в пятницу, а в субботу» is understood as a move, of which the day is where it is to go.
    assert meaning.named.days + meaning.target.days == (date.fromisoformat(day),)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("на выходных", 28, 29),
        ("на этой неделе", 23, 29),
    ],
)
def test_a_span_names_each_of_its_days(text: str, first: int, last: int, reads: Reads) -> None:
    days = reads(f"отмените запись {text}").named.days

    assert days == tuple(date(2026, 11, day) for day in range(first, last + 1))


def test_the_next_weekend_is_that_of_the_week_to_come(reads: Reads) -> None:
    named = reads("отмените запись на следующие выходные").named
    assert named.days == (date(2026, 12, 5), date(2026, 12, 6))


@pytest.mark.parametrize(
    "text",
    [
        "32 ноября",
        "31 ноября",
        "30 февраля",
        "32-го",
        "на тридцать второе",
        "45.11",
        "31.13",
        "25 ноября в пятницу",
    ],
)
def test_a_day_that_the_calendar_does_not_have_is_impossible(text: str, reads: Reads) -> None:
    assert reads(f"отмените запись на {text}").named.impossible_day


@pytest.mark.parametrize(
    "text",
    [
        "только не в пятницу",
        "только не 25 ноября",
        "кроме пятницы",
        "до пятницы",
        "после пятницы",
        "не на завтра",
    ],
)
def test_a_day_ruled_out_or_a_bound_is_no_named_day(text: str, reads: Reads) -> None:
    assert reads(text, "reschedule").named.days == ()


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("в 3", "15:00"),
        ("в 8", "20:00"),
        ("в 11", "11:00"),
        ("к 15", "15:00"),
        ("в 15:00", "15:00"),
        ("в 15.30", "15:30"),
        ("в 18-30", "18:30"),
        ("в 15 30", "15:30"),
        ("в полтретьего", "14:30"),
        ("в пол третьего", "14:30"),
        ("в половине третьего", "14:30"),
        ("без пятнадцати три", "14:45"),
        ("без четверти три", "14:45"),
        ("четверть третьего", "14:15"),
        ("в 9 утра", "09:00"),
        ("в 7 вечера", "19:00"),
        ("в 12 ночи", "00:00"),
        ("без пяти час", "12:55"),
        ("в 15:00, да, в 15:00", "15:00"),
        ("в час дня", "13:00"),
        ("на 12 часов", "12:00"),
        ("в два", "14:00"),
        ("к трем", "15:00"),
        ("в двенадцать", "12:00"),
        ("на 3 часа дня", "15:00"),
        ("через час", "11:00"),
        ("через полчаса", "10:30"),
        ("в полдень", "12:00"),
        ("15:00", "15:00"),
        ("в 3:30", "15:30"),
        ("в 09:30", "09:30"),
    ],
)
def test_a_clock_time_is_read(text: str, clock: str, reads: Reads) -> None:
    assert reads(f"отмените запись {text}").named.clock == time.fromisoformat(clock)


@pytest.mark.parametrize(
    "text", ["после 16", "до трех", "около пяти", "на 10 минут", "на 2 человека", "в 14 или в 15", "утром"]
)
def test_a_bound_a_count_or_two_times_are_no_clock_time(text: str, reads: Reads) -> None:
    assert reads(f"запись {text}").named.clock is None


@pytest.mark.parametrize("text", ["на 25:70", "в 0"])
def test_what_no_clock_shows_is_no_clock_time(text: str, reads: Reads) -> None:
    assert reads(f"отмените запись {text}").named.clock is None


@pytest.mark.parametrize(("starts", "clock"), [(8, 8), (20, 20), (12, 20)])
def test_a_bare_hour_means_the_half_of_the_day_that_a_record_has(
    starts: int, clock: int, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    on_offer = records[0].model_copy(update={"starts_at": MONDAY.replace(hour=starts)})
    around = Surroundings(said_at=MONDAY, records=(on_offer,))
    assert understanding.understand("на 8", "choose", around).named.clock == time(clock)


def test_days_come_from_the_clause_that_decided(reads: Reads) -> None:
    meaning = reads("Спасибо, что напомнили про среду. Отмените запись на завтра")

    assert meaning.named.days == (date(2026, 11, 24),)


def test_days_of_two_wishes_are_both_named(reads: Reads) -> None:
    meaning = reads("Отмените запись на завтра. И в пятницу я тоже не приду")

    assert meaning.intent == "cancel"
    assert meaning.named.days == (date(2026, 11, 24), date(2026, 11, 27))


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ("отмените маникюр к Ольге", ("маникюр",), ("ольга",)),
        ("отмените запись к Маше", (), ("мария",)),
        ("отмените запись у Насти", (), ("анастасия",)),
        ("снимите меня с окрашивания", ("окрашивание",), ()),
        ("Это Мария, отмените запись", (), ()),
        ("Ольга, отмените запись", (), ()),
        ("отмените запись на имя Марии", (), ()),
        ("муж заболел, отмените запись на завтра пожалуйста", (), ()),
    ],
)
def test_services_and_masters_are_named_by_their_lemmas(
    text: str, words: tuple[str, ...], names: tuple[str, ...], reads: Reads
) -> None:
    named = reads(text).named

    assert (named.words, named.names) == (words, names)


def test_two_days_of_one_month_are_both_named(reads: Reads) -> None:
    named = reads("отмените 25 и 28 ноября").named
    assert named.days == (date(2026, 11, 25), date(2026, 11, 28))


def test_of_several_wishes_the_day_that_counts_is_that_of_the_cancel(reads: Reads) -> None:
    meaning = reads("думала отменить среду, но приду, а четверг снимите")

    assert (meaning.intent, meaning.resolved) == ("cancel", "2026-11-26")
    assert meaning.named.days == (date(2026, 11, 26),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("маникюр отмените, педикюр оставьте", ("маникюр",)),
        ("отмени брови, а окрашивание оставь", ("бровь",)),
        ("окрашивание отмените, остальное оставьте", ("окрашивание",)),
    ],
)
def test_of_a_partial_wish_only_what_is_called_off_is_named(
    text: str, words: tuple[str, ...], reads: Reads
) -> None:
    meaning = reads(text)
    assert (meaning.intent, meaning.named.words) == ("cancel", words)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Соне верните", ("софья",)),
        ("Маше отмените запись", ("мария",)),
        ("Соне", ()),
        ("Ольга, верните", ()),
    ],
)
def test_a_dative_that_begins_the_words_names_for_whom_it_is(text: str, people: tuple[str, ...]) -> None:
    meaning = Understanding().understand(text, "idle", Surroundings(MONDAY))

    assert meaning.named.people == people
