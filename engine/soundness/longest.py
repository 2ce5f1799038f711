"""The longest values that a text may plausibly have to hold: services, masters, days, counts."""

import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

from babel.dates import format_date

from engine.booking import Record, Slot
from engine.effects import Argument, Day
from engine.texts import Text, Texts

# Titles and names as they stand in salons' journals; longer ones exist, and the channel shortens them.
SERVICE = "Сложное окрашивание с уходом и укладкой"
MASTER = "Александра Константинопольская"
# A reason's title in the salon's own words: the settings take no longer one.
TITLE = "Работа не отпустила!"
SERVICES_AT_ONCE = 3
RECORDS_AT_ONCE = 12
LATE_RECORDS_AT_ONCE = 4
COUNT = 999
COUNTS = frozenset(("more", "count", "number", "total", "minutes", "hours", "days", "left"))
DAYS = tuple(datetime(2026, 1, 1, 15, 0, tzinfo=UTC) + timedelta(days=days) for days in range(365))


def record(starts_at: datetime) -> Record:
    return Record(
        record_id=999_999_999_999,
        phone="+79000000001",
        services=(SERVICE,) * SERVICES_AT_ONCE,
        master=MASTER,
        starts_at=starts_at,
        client=MASTER,
    )


def longest(texts: Texts, key: str) -> str:
    """Return the longest words of this key in the language of these texts.

    Raises:
        ValueError, LookupError, AttributeError, TypeError: its words ask for what a value does not have.
    """
    text, language = texts.texts[key], texts.language
    said = (texts.words(key, _arguments(text, language, day)) for day in longest_days(language))
    return max(said, key=width)


@cache
def longest_days(language: str) -> tuple[datetime, datetime]:
    """Return the days of a year that take the most room, written out and in short."""
    whole = max(DAYS, key=lambda day: width(format_date(day, "EEEE, d MMMM", locale=language)))
    short = max(DAYS, key=lambda day: width(format_date(day, "ccc, d MMM", locale=language)))
    return whole, short


def width(text: str) -> int:
    """Count UTF-16 units, the largest of the units that WhatsApp may count in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _arguments(text: Text, language: str, day: datetime) -> dict[str, Argument]:
    parts = string.Formatter().parse(text.words[language])
    fields = [name for _, name, _, _ in parts if name is not None]
    return {name: _value(name, fields, day) for name in text.placeholders(language)}


def _value(name: str, fields: Iterable[str], day: datetime) -> Argument:
    if name.endswith("records"):
        return (record(day),) * (LATE_RECORDS_AT_ONCE if name.startswith("late") else RECORDS_AT_ONCE)
    if name == "slot":
        return Slot(starts_at=day, master=MASTER, master_id=999_999)
    if name != "day" and (name == "record" or any(field.startswith(f"{name}.") for field in fields)):
        return record(day)
    if name == "day":
        return Day(on=day.date())
    if name == "title":
        return TITLE
    return COUNT if name in COUNTS else MASTER
