"""What a line says of a record: when and with whom it is, and what the salon changes in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Literal

from engine.script import dates
from engine.script.lines import Edits, Limits, Line

ATTENDANCES = ("-1", "0", "1", "2")
BOOKING = re.compile(rf"(?P<service>.+?)\s*,\s*{dates.MOMENT}(?P<rest>\s*(?:,.*)?)", re.IGNORECASE)
_CREATED = re.compile(rf",\s*created\s*:?\s*{dates.MOMENT}", re.IGNORECASE)
KEYWORDS = ("attendance", "created")
_PRICE = re.compile(
    r"(?P<roubles>\d{1,3}(?:\s?\d{3}){0,2}|\d{1,7})\s*(?:₽|руб(?:\.|лей)?|rub)", re.IGNORECASE
)
# The simulated salon works ten hours a day.
LENGTH_MAX = timedelta(hours=12)
# Who else than the master of a record does its services: without such a line, everybody.
LIMIT = re.compile(r"(?P<service>[^:]+?)\s+only\s+by\s+(?P<masters>[^:,][^:]*)", re.IGNORECASE)
_MARKS: Mapping[str, Literal["deleted", "paid", "locked"]] = {
    "deleted": "deleted",
    "paid": "paid",
    "locked": "locked",
}
_ATTENDANCE = re.compile(r"attendance\s*[:=]?\s*(?P<value>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class More:
    """What may follow the moment of a record."""

    master: str = ""
    created: dates.When | None = None
    attendance: int = 0
    length_s: int | None = None
    cost: int | None = None


def more(rest: str) -> More:
    """Read what follows the moment.

    Raises:
        ValueError: a part of it is neither keyword, length nor price, and no master's name.
    """
    created = _CREATED.search(rest)
    if created is not None:
        rest = rest[: created.start()] + rest[created.end() :]
    master, mark, length_s, cost = "", 0, None, None
    for part in (part.strip() for part in rest.split(",")):
        if match := _ATTENDANCE.fullmatch(part):
            mark = attendance(match["value"])
        elif match := _PRICE.fullmatch(part):
            cost = int("".join(match["roubles"].split()))
        elif dates.is_span(part):
            length_s = _length(part)
        elif part:
            master = _master(part, instead_of=master)
    return More(master, dates.moment_of(created) if created else None, mark, length_s, cost)


def _length(part: str) -> int:
    length = dates.span(part)
    if not timedelta(0) < length <= LENGTH_MAX:
        raise ValueError(f"«{part}» is no length of a record: it lasts a minute to twelve hours")
    return int(length.total_seconds())


def _master(part: str, *, instead_of: str) -> str:
    if re.match(r"created\b", part, re.IGNORECASE):
        raise ValueError(f"«{part}» names no date with a time; write created 20 ноября 09:00")
    # Nobody's name has a digit in it, and a keyword that is misspelt has one behind it.
    if re.search(r"\d", part) or get_close_matches(part.split()[0].lower(), KEYWORDS, n=1, cutoff=0.75):
        raise ValueError(
            f"cannot read «{part}»: it is no master's name; behind the master may stand "
            "created 20 ноября 09:00, attendance 2, 90 min and 1500 ₽"
        )
    if instead_of:
        raise ValueError(f"cannot read «{part}»; a record has one master, and {instead_of} is named already")
    return re.sub(r"(?:master|мастер)\s+", "", part, count=1, flags=re.IGNORECASE)


def attendance(text: str) -> int:
    number = re.sub(r"^[\u2010-\u2015\u2212]", "-", text.strip()).removeprefix("+")
    if number not in ATTENDANCES:
        raise ValueError(f"«{text}» is no attendance: -1 did not come, 0 waiting, 1 came, 2 confirmed")
    return int(number)


def edited(number: int, raw: str, record: int, text: str) -> Line:
    word, _, value = text.partition(" ")
    value = value.strip()
    match word.lower():
        case "at":
            return Edits(number, raw, record, "at", dates.moment(value))
        case "attendance":
            return Edits(number, raw, record, "attendance", attendance(value))
        case "master" | "service" if value:
            return Edits(number, raw, record, "master" if word.lower() == "master" else "service", value)
        case "deleted" | "paid" | "locked" as change if not value:
            return Edits(number, raw, record, change)
        case "not" if value.lower() in _MARKS:
            return Edits(number, raw, record, _MARKS[value.lower()], value=False)
    raise ValueError(
        f"cannot read «{text}»; the salon changes a record by at 26 ноября 12:00, attendance 1, "
        "master Мария, service Педикюр, deleted, paid or locked; «not deleted» takes it back"
    )


def limited(number: int, raw: str, match: re.Match[str]) -> Line:
    """Read what a match of `LIMIT` says."""
    masters = tuple(name for name in (part.strip() for part in match["masters"].split(",")) if name)
    return Limits(number, raw, match["service"].strip(), masters)
