"""Dates and spans of time as people write them in a transcript."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

# A date without a year is the nearest one: so far back, or else ahead. Nobody books ten months ahead.
PAST_MAX = timedelta(days=60)
# What the clock can show, and what two moments on it can lie apart.
YEARS = range(2000, 2200)
SPAN_MAX = timedelta(days=36525)
# Any leap year, to see whether a month has such a day at all.
_LEAP_YEAR = 2000

# Each month as it stands in a date, and the other forms that people write there.
_FORMS = (
    ("января", "январь", "янв"),
    ("февраля", "февраль", "февр", "фев"),
    ("марта", "март", "мар"),
    ("апреля", "апрель", "апр"),
    ("мая", "май"),
    ("июня", "июнь", "июн"),
    ("июля", "июль", "июл"),
    ("августа", "август", "авг"),
    ("сентября", "сентябрь", "сент", "сен"),
    ("октября", "октябрь", "окт"),
    ("ноября", "ноябрь", "нояб", "ноя"),
    ("декабря", "декабрь", "дек"),
)
MONTHS = tuple(forms[0] for forms in _FORMS)
_MONTH_OF = {form: place for place, forms in enumerate(_FORMS, 1) for form in forms}
_DAYS = {"вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}

# One moment; also the middle of a longer pattern, so its groups have names of their own.
MOMENT = (
    r"(?:(?:(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?:T|,?\s+)"
    # Any word: one that is no month is told as such.
    r"|(?P<day>\d{1,2})\s+(?P<month>[а-яё]+)\.?"
    r"(?:,?\s+(?P<year>\d{4})(?:\s*г(?:ода|\.)?)?)?,?\s+"
    r"|(?P<dd>\d{1,2})\.(?P<mm>\d{1,2})(?:\.(?P<yyyy>\d{4}))?,?\s+"
    rf"|(?P<word>{'|'.join(_DAYS)}),?\s+)"
    r"(?:в\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::00)?)"
)
_MOMENT = re.compile(MOMENT, re.IGNORECASE)
_UNITS = {
    "seconds": r"s|secs?|seconds?|с|сек|секунд[аыу]?",
    "minutes": r"m|mins?|minutes?|м|мин|минут[аыу]?",
    "hours": r"h|hrs?|hours?|ч|час|часа|часов",
    "days": r"d|days?|д|дн|день|дня|дней|сут(?:ки|ок)",
}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_SPAN = re.compile(
    r"(?P<count>\d+(?:[.,]\d+)?)\s*(?:"
    + "|".join(f"(?P<{name}>{unit})" for name, unit in _UNITS.items())
    + r")\.?(?![a-zа-яё])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class When:
    """A moment by the salon's wall clock whose year, or whose day, may depend on the clock."""

    at: time
    day: int = 0
    month: int = 0
    year: int | None = None
    # «завтра» is 1; None where a day and a month are named.
    days_ahead: int | None = None

    def near(self, today: date) -> datetime:
        """Return the moment without an offset; without a year, the nearest such day."""
        if self.days_ahead is not None:
            return datetime.combine(today + timedelta(days=self.days_ahead), self.at)
        if self.year is not None:
            return datetime.combine(date(self.year, self.month, self.day), self.at)
        return datetime.combine(self._first(today - PAST_MAX), self.at)

    def before(self, now: datetime) -> datetime:
        """Return the last such moment that is not after `now`, for what has happened already."""
        if self.year is not None or self.days_ahead is not None:
            return self.near(now.date())
        year = now.year
        while not self._exists(year) or datetime.combine(date(year, self.month, self.day), self.at) > now:
            year -= 1
        return datetime.combine(date(year, self.month, self.day), self.at)

    def _first(self, earliest: date) -> date:
        year = earliest.year
        while not self._exists(year) or date(year, self.month, self.day) < earliest:
            year += 1
        return date(year, self.month, self.day)

    def _exists(self, year: int) -> bool:
        try:
            date(year, self.month, self.day)
        except ValueError:
            return False
        return True


def moment(text: str) -> When:
    """Read «25 ноября 15:00», «25 ноября 2026 15:00», «25.11 15:00», «2026-11-25 15:00» or «завтра 15:00».

    Raises:
        ValueError: it is none of these, or the calendar has no such day.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"«{text.strip()}» is no date with a time; write «25 ноября 15:00» or «2026-11-25 15:00»"
        )
    return moment_of(match)


def moment_of(match: re.Match[str]) -> When:
    """Return the moment of a match of a pattern that has `MOMENT` in it.

    Raises:
        ValueError: there is no such month, the calendar has no such day, or the day no such time.
    """
    if match["month"]:
        _expect_a_month(match["month"])
    try:
        at = time(int(match["hour"]), int(match["minute"]))
        if match["word"]:
            return When(at, days_ahead=_DAYS[match["word"].lower()])
        year, month, day = _named(match)
        date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError as error:
        first = next(match.start(name) for name in ("iso", "day", "dd", "word") if match[name])
        raise ValueError(f"«{match.string[first : match.end('minute')]}» is in no calendar") from error
    if year is not None and year not in YEARS:
        raise ValueError(f"the year {year} is beyond the clock, which goes from 2000 to 2199")
    return When(at, day, month, year)


def _named(match: re.Match[str]) -> tuple[int | None, int, int]:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return year, month, day
    if match["dd"]:
        return (int(match["yyyy"]) if match["yyyy"] else None), int(match["mm"]), int(match["dd"])
    month = _MONTH_OF[match["month"].lower()]
    return (int(match["year"]) if match["year"] else None), month, int(match["day"])


def _expect_a_month(word: str) -> None:
    if word.lower() in _MONTH_OF:
        return
    near = get_close_matches(word.lower(), MONTHS, n=1)
    hint = f"did you mean «{near[0]}»?" if near else "write a date as «25 ноября 15:00»"
    raise ValueError(f"«{word}» is no month; {hint}")


def span(text: str) -> timedelta:
    """Read «15 min», «1 h 30 min», «20 ч», «2 дня».

    Raises:
        ValueError: it is no span of time.
    """
    seconds, place = 0.0, 0
    while place < len(text):
        match = _SPAN.match(text, place)
        if match is None:
            break
        unit = next(name for name in _UNITS if match[name])
        seconds += float(match["count"].replace(",", ".")) * _SECONDS[unit]
        place = match.end()
    if not text or place < len(text):
        raise ValueError(f"«{text}» is no span of time; write «15 min», «20 h», «30 s» or «2 d»")
    if seconds > SPAN_MAX.total_seconds():
        raise ValueError(f"«{_short(text)}» is more than the 100 years that a transcript can tell of")
    return timedelta(seconds=seconds)


def is_span(text: str) -> bool:
    """Whether `span` can read it."""
    try:
        span(text)
    except ValueError:
        return False
    return True


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:20]}…{text[-8:]}"


def in_words(time: timedelta) -> str:
    """Write a span so that `span` reads the same."""
    seconds = round(time.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
