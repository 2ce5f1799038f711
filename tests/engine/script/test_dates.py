"""Dates and spans of time, as people write them."""

import re
from datetime import datetime, timedelta

import pytest

from engine.script.dates import in_words, moment, span

NOW = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("25 ноября 15:00", "2026-11-25 15:00"),
        ("25 ноября, 15:00", "2026-11-25 15:00"),
        ("25 нояб. в 15:00", "2026-11-25 15:00"),
        ("25 НОЯБРЯ 2027 года 9:00", "2027-11-25 09:00"),
        ("2026-11-25 15:00", "2026-11-25 15:00"),
        ("2026-11-25T15:00:00", "2026-11-25 15:00"),
        ("25.11 15:00", "2026-11-25 15:00"),
        ("25.11.2027, 15:00", "2027-11-25 15:00"),
        ("завтра 15:00", "2026-11-24 15:00"),
        ("вчера в 15:00", "2026-11-22 15:00"),
        # Not long ago: a visit that is over.
        ("20 ноября 15:00", "2026-11-20 15:00"),
        # Too long ago to be meant.
        ("10 мая 15:00", "2027-05-10 15:00"),
        ("1 января 15:00", "2027-01-01 15:00"),
        ("29 февраля 15:00", "2028-02-29 15:00"),
    ],
)
def test_a_date_without_a_year_is_the_nearest(written: str, meant: str) -> None:
    assert moment(written).near(NOW.date()) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20 ноября 09:00", "2026-11-20 09:00"),
        ("23 ноября 10:00", "2026-11-23 10:00"),
        ("23 ноября 10:01", "2025-11-23 10:01"),
        ("29 февраля 09:00", "2024-02-29 09:00"),
        ("вчера 09:00", "2026-11-22 09:00"),
        ("1 декабря 2026 09:00", "2026-12-01 09:00"),
    ],
)
def test_what_was_done_already_lies_behind(written: str, meant: str) -> None:
    assert moment(written).before(NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15 min", timedelta(minutes=15)),
        ("15min", timedelta(minutes=15)),
        ("20 мин.", timedelta(minutes=20)),
        ("1 час 30 минут", timedelta(minutes=90)),
        ("1.5 h", timedelta(minutes=90)),
        ("30 с", timedelta(seconds=30)),
        ("2 дня", timedelta(days=2)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_span_is_read(written: str, meant: timedelta) -> None:
    assert span(written) == meant


@pytest.mark.parametrize(
    ("month", "meant"),
    [
        (form, number)
        for number, forms in enumerate(
            (
                "январь января янв янв.",
                "февраль февраля фев февр.",
                "март марта мар",
                "апрель апреля апр",
                "май мая",
                "июнь июня июн",
                "июль июля июл",
                "август августа авг.",
                "сентябрь сентября сен сент",
                "октябрь октября окт",
                "ноябрь ноября ноя нояб.",
                "декабрь декабря ДЕК",
            ),
            1,
        )
        for form in forms.split()
    ],
)
def test_a_month_is_read_in_the_forms_that_people_write(month: str, meant: int) -> None:
    assert moment(f"5 {month} 15:00").month == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("25 нояюря 15:00", "«нояюря» is no month; did you mean «ноября»?"),
        ("25 Мартобря 2026 18:00", "«Мартобря» is no month; did you mean «марта»?"),
        ("25 майский 18:00", "«майский» is no month; write a date as «25 ноября 15:00»"),
        ("25 в 18:00", "«в» is no month; write a date as «25 ноября 15:00»"),
    ],
)
def test_a_misspelt_month_is_no_month(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        moment(written)


@pytest.mark.parametrize("wrong", ["", "soon", "15", "15 min sharp", "min"])
def test_what_is_no_span_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no span of time"):
        span(wrong)


@pytest.mark.parametrize("written", ["15 min", "1 h 30 min", "26 h 5 s", "0 s"])
def test_a_span_is_written_as_it_is_read(written: str) -> None:
    assert in_words(span(written)) == written
