"""Joining: readings that name one day together, and what all readings of a sentence come to."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from typing import TypeVar

from engine.understanding.mentions import Moments
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Reading, next_of_number

Said = TypeVar("Said", date, time)
_FROM = ("с", "вместо")
# So near to a date, a weekday speaks of the same day.
_BESIDE = 4


def spans(found: Iterable[Reading]) -> set[int]:
    """Return the places of all words that were read; a month alone («в декабре») names no day."""
    return {
        place
        for read in found
        if read.kind != "month" and not read.bare
        for place in range(read.first, read.end)
    }


def joined(found: Sequence[Reading], words: Sequence[str], today: date) -> list[Reading]:
    """Put together what names one day: «вторник, 1 декабря», «через две недели на понедельник»."""
    for before, read in pairwise(found):
        if before.lead in _FROM and before.clock and before.number and read.day and read.number:
            # «С 20 на 27»: the first is a day as well.
            day = next_of_number(before.number, today)
            before.kind, before.day, before.clock, before.twin = "date", day, None, None
    result: list[Reading] = []
    for read in found:
        if not (result and _adjacent(result[-1], read, words) and _join(result[-1], read, words, today)):
            result.append(read)
    return result


def settled(found: Sequence[Reading]) -> Moments:
    """Return days and clock times as they stand side by side, for those who match records with them."""
    named = Moments()
    for read in found:
        if read.kind == "month" or read.bare:
            continue
        aside = _is_aside(read)
        named.impossible_day |= read.impossible and not read.denied
        named.loose |= aside or read.clock_end is not None or read.kind == "part" or read.loose
        if aside:
            continue
        if read.day is not None and read.kind != "weekday":
            for ahead in range(((read.day_end or read.day) - read.day).days + 1):
                _add(named.days, read.day + timedelta(ahead))
        if read.clock is not None:
            _add(named.clocks, read.clock)
            named.twins += [read.twin] if read.twin else []
    _hold_weekdays(named, [read for read in found if read.kind != "month" and not _is_aside(read)])
    return named


def _adjacent(first: Reading, second: Reading, words: Sequence[str]) -> bool:
    between = words[first.end : second.first]
    alike = first.denied == second.denied and not second.bound
    return alike and all(word in (COMMA, "это", "и") for word in between)


def _join(first: Reading, second: Reading, words: Sequence[str], today: date) -> bool:
    """Take the second reading into the first if both name one day. Says whether it did."""
    day = _one_day(first, second, words, today)
    if day is None:
        return False
    first.day, first.kind, first.end, first.day_end, first.number = day, "date", second.end, None, 0
    return True


def _one_day(first: Reading, second: Reading, words: Sequence[str], today: date) -> date | None:
    if first.day is None or second.day is None:
        return None
    match first.kind, second.kind:
        case "month", "date":
            # «На декабрь, на пятое»
            day = first.day + timedelta(second.day.day - 1)
            return day if day.month == first.day.month else None
        case "week", "weekday":
            return _day_of(first, second.day.weekday())
        case "weekday", "week":
            # «В четверг на той неделе» is one day, «четверг на ту неделю» is a move.
            moves = second.lead == "на" and not words[second.end - 1].endswith(("е", "х"))
            return None if moves else _day_of(second, first.day.weekday())
        case ("weekday", "date") | ("date", "weekday") | ("near", "weekday") | ("near", "date"):
            if second.lead and (first.lead in _FROM or second.lead in _FROM):
                return None
            day = second.day if second.kind == "date" else first.day
            return day if first.day.weekday() == second.day.weekday() else None
    return None


def _day_of(week: Reading, weekday: int) -> date | None:
    """Return the weekday of a week; a weekend has but two."""
    assert week.day is not None
    day = week.day + timedelta(weekday - week.day.weekday())
    return day if week.day_end is None or week.day <= day <= week.day_end else None


def _is_aside(read: Reading) -> bool:
    """Whether a reading is ruled out or only a bound."""
    until = read.bound == "from" and read.clock_end is None
    return read.denied or read.vague or until or read.bound in ("before", "after")


def _hold_weekdays(named: Moments, found: Sequence[Reading]) -> None:
    """Hold weekdays against the dates beside them: «25 ноября, в среду» is one day."""
    days = tuple(named.days)
    for read in found:
        if read.day is None or read.kind != "weekday":
            continue
        if any(other.weekday() == read.day.weekday() for other in days):
            continue
        near = [other for other in found if other.kind == "date" and abs(other.first - read.first) <= _BESIDE]
        if read.lead not in _FROM and any(other.day and other.lead not in _FROM for other in near):
            # «25 ноября в пятницу», and the 25th is a Wednesday: there is no such day.
            named.impossible_day = True
        _add(named.days, read.day)


def _add(found: list[Said], value: Said) -> None:
    if value not in found:
        found.append(value)
