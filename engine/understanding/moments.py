"""Days and clock times of a sentence, read against the moment it was said."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar

from engine.understanding.days import Days
from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Bound, Moments
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Reading
from engine.understanding.roles import with_roles
from engine.understanding.timewords import time_words

Said = TypeVar("Said", date, time)
# So near to a date, a weekday speaks of the same day.
_BESIDE = 4
_LEADS_MAX = 4
# «15 00» and nothing else.
_PAIR_WORDS = 2
_EARLIEST, _HOURS_MAX = 8, 24
_EXCEPT = frozenset(("кроме", "исключая"))


def moments(words: Sequence[str], lemmas: Lemmas, said_at: datetime) -> Moments:
    """Return the days and clock times that a sentence names."""
    token = time_words().token
    if not any(token(word).begins for word in words):
        return Moments()
    return _Reader(words, lemmas, said_at).read()


class _Reader(Days):
    def read(self) -> Moments:
        found: list[Reading] = []
        at = 0
        while at < len(self.words):
            read = self._phrase(at, found)
            if read is None:
                at += 1
                continue
            found.append(read)
            at = read.end
        named = _settled(found)
        named.mentions = with_roles(self._joined(found), self.words, self.lemmas, self.today)
        named.same_time = any(
            word == "же"
            and self._word(place - 1) in self.groups["same"]
            and self._says(place + 1, "время", "час")
            for place, word in enumerate(self.words)
        )
        return named

    def _phrase(self, at: int, found: Sequence[Reading]) -> Reading | None:
        """Read a day or time with the prepositions before it."""
        core, leads = at, self.groups["leads"]
        while core < len(self.words) and core < at + _LEADS_MAX and self.words[core] in leads:
            core += 1
            if self.words[core - 1] in ("раньше", "позже") and self._word(core) in ("в", "на", "к"):
                # «Можно раньше в пятницу?» is no bound.
                return None
        if core < len(self.words) and self.words[core] in self.groups["own"]:
            core += 1
        for start in (core, core - 1):
            # «Через» and «после завтра» are leads for others and begin phrases of their own.
            if at <= start < len(self.words) and self.words[start] != COMMA:
                read = self._core(at, start, found)
                if read is not None:
                    return read
        return None

    def _core(self, at: int, core: int, found: Sequence[Reading]) -> Reading | None:
        before = self.words[at:core]
        lead = self._lead(before)
        if not before and self._says(at - 1, "за", "через"):
            return None
        if (
            lead == "на"
            and self._number(core)[1]
            and self._token(at - 1).unit in ("minute", "hour", "day", "week")
        ):
            # «Минут на 15» is how long.
            return None
        beside = bool(found) and found[-1].end == core and found[-1].day is not None
        if not lead and (beside or len(self.words) == _PAIR_WORDS) and self._spelt_minutes(core + 1):
            lead = "в"
        if not (self._token(core).begins or self._says(core, "завтра")):
            return None
        read = self._day(core, lead) or self._clock(core, lead) or self._part(core, lead)
        read = read or self._same_weekday(core, lead, found) or self._lone_number(core, found)
        if read is None:
            return None
        if read.kind == "near" and self._says(core - 1, "после") and self._says(core, "завтра"):
            read.day, before = self._ahead_of_today(2), []
        read.lead, read.first = lead, at
        read.own = any(word in self.groups["own"] for word in before)
        read.bound = self._bound(at, before)
        read.vague = not self.groups["vague"].isdisjoint(before)
        read.denied = (self._says(at - 1, "не", "ни") and read.bound != "from") or not _EXCEPT.isdisjoint(
            before
        )
        if found and found[-1].denied and not before and self._word(core - 1) in ("и", "или", "ни"):
            read.denied = found[-1].end == core - 1
        if read.kind == "clock":
            self._until(read, lead)
        return read

    def _lead(self, before: Sequence[str]) -> str:
        """Return what stands nearest before a day or hour and says how it is meant."""
        word = next((word for word in reversed(before) if word in self.groups["hour_leads"]), "")
        return {"во": "в", "ко": "к", "со": "с"}.get(word, word) or next(iter(before), "")

    def _bound(self, at: int, before: Sequence[str]) -> Bound:
        words = frozenset(before)
        if self._says(at - 1, "не") and not words.isdisjoint(("раньше", "позже")):
            return "from" if "раньше" in words else "before"
        if "начиная" in words:
            return "from"
        bounds: tuple[Bound, ...] = ("before", "after", "about")
        return next((bound for bound in bounds if not words.isdisjoint(self.groups[bound])), "")

    def _until(self, read: Reading, lead: str) -> None:
        """Take «до 16» of «с 14 до 16» and «и тремя» of «между двумя и тремя» into the reading."""
        joint = {"с": ("до", "по"), "между": ("и",), "после": ("до",)}.get(lead, ())
        if not self._says(read.end, *joint):
            return
        end = self._clock(read.end + 1, "до")
        if end is not None and end.clock is not None:
            read.end, read.clock_end, read.number = end.end, end.clock, 0
            read.bound = "from" if lead == "с" else "about"

    def _part(self, at: int, lead: str) -> Reading | None:
        token = self._token(at)
        if self._says(at, "обед", "обеда", "обеду", "обедом"):
            return self._dinner(at, lead)
        if token.part and not self._says(at + 1, "раньше", "позже", "раньше"):
            wished = token.part == "day" and self._word(at - 1) in self.groups["wishes"]
            return None if wished else Reading(at, at + 1, "part", part=token.part)
        around = (self._word(at - 1), self._word(at + 1))
        if not token.part_noun or not self.groups["wishes"].isdisjoint(around):
            return None
        return Reading(at, at + 1, "part", part=token.part_noun)

    def _dinner(self, at: int, lead: str) -> Reading | None:
        if lead == "до":
            return Reading(at, at + 1, "clock", clock=time(12))
        return Reading(at, at + 1, "part", part="day") if lead in ("после", "в") else None

    def _same_weekday(self, at: int, lead: str, found: Sequence[Reading]) -> Reading | None:
        """Read «в следующую», «на ту» after «эта среда»."""
        which = self._token(at).which
        before = next((read for read in reversed(found) if read.weekday is not None), None)
        if before is None or before.weekday is None or before.day is None:
            return None
        if which not in ("next", "that") or lead not in ("в", "на", *("",) * (which == "next")):
            return None
        alone = at + 1 == len(self.words) or self.words[at + 1] == COMMA
        verb = self.lemmas.word(self._word(at + 1)).keys if not alone else frozenset()
        if not alone and not any(key.endswith((":infn", ":impr")) for key in verb):
            return None
        known = self._which_weekday("next", before.weekday) if before.past else before.day + timedelta(7)
        return Reading(at, at + 1, "weekday", day=known, weekday=before.weekday)

    def _lone_number(self, at: int, found: Sequence[Reading]) -> Reading | None:
        """Read «15» or «28» if it is all that is said, or stands by a day; in a list it may be a place."""
        alone = len([word for word in self.words if word != COMMA]) == 1
        beside = bool(found) and found[-1].end == at and found[-1].day is not None
        number, taken, form = self._number(at)
        beside = beside and number > _EARLIEST
        beside |= number > _HOURS_MAX and any(read.kind == "date" for read in found)
        if alone and form == "either" and 1 <= number <= 31:
            read = self._next_of_number(at, at + taken, number, bare=True)
            read.bare = True
            return read
        if not taken or form or not 1 <= number <= 31 or not (alone or beside) or self._counted(at + taken):
            return None
        if number > _HOURS_MAX:
            read = self._next_of_number(at, at + taken, number, bare=True)
        else:
            read = self._at(at, number, 0, at + taken, number=number)
        read.bare = alone
        return read

    def _joined(self, found: Sequence[Reading]) -> list[Reading]:
        """Put together what names one day: «вторник, 1 декабря», «через две недели на понедельник»."""
        joined: list[Reading] = []
        for before, read in pairwise(found):
            if before.lead in ("с", "вместо") and before.clock and before.number and read.lead == "на":
                self._as_day(before, read)
        for read in found:
            last = joined[-1] if joined else None
            if last is not None and self._adjacent(last, read) and self._one_day(last, read):
                continue
            joined.append(read)
        return joined

    def _one_day(self, first: Reading, second: Reading) -> bool:
        if first.kind == "weekday" and second.kind == "week" and second.lead == "на":
            # «В четверг на той неделе» is one day, «четверг на ту неделю» is a move.
            return self._word(second.end - 1).endswith(("е", "х")) and _join(first, second, self.today)
        return _join(first, second, self.today)

    def _as_day(self, old: Reading, new: Reading) -> None:
        """Read «с 20» of «с 20 на 27» as a day too."""
        if new.day is None or not new.number:
            return
        day = self._next_of_number(old.first, old.end, old.number)
        old.kind, old.day, old.clock, old.twin = "date", day.day, None, None

    def _adjacent(self, first: Reading, second: Reading) -> bool:
        between = (word for word in self.words[first.end : second.first] if word not in (COMMA, "это", "и"))
        return not any(between) and first.denied == second.denied


def _join(first: Reading, second: Reading, today: date) -> bool:
    """Take the second reading into the first if both name one day. Says whether it did."""
    kinds = (first.kind, second.kind)
    if kinds == ("month", "date") and second.day is not None and not second.clock:
        year = today.year + ((first.number, second.day.day) < (today.month, today.day))
        try:
            first.day = second.day.replace(year=year, month=first.number)
        except ValueError:
            first.impossible = True
    elif kinds in (("week", "weekday"), ("weekday", "week")):
        week, named = (first, second) if first.kind == "week" else (second, first)
        if week.day is None or named.weekday is None:
            return False
        first.day = week.day - timedelta(week.day.weekday()) + timedelta(named.weekday)
    elif kinds in (("weekday", "date"), ("date", "weekday"), ("near", "weekday"), ("near", "date")):
        if second.lead and (first.lead in ("с", "вместо") or second.lead in ("с", "вместо")):
            return False
        if first.day is None or second.day is None or first.day.weekday() != second.day.weekday():
            return False
        first.day = second.day if second.kind == "date" else first.day
    else:
        return False
    first.kind, first.end, first.day_end, first.number = "date", second.end, None, 0
    first.weekday = first.weekday if first.weekday is not None else second.weekday
    return True


def _settled(found: Sequence[Reading]) -> Moments:
    """Return days and clock times as they stand side by side, for those who match records with them."""
    named = Moments()
    weekdays: list[Reading] = []
    dates = [read for read in found if read.kind == "date" and read.day and not _aside(read)]
    for read in found:
        if read.kind == "month" or read.bare:
            continue
        named.spans.update(range(read.first, read.end))
        named.impossible_day |= read.impossible and not read.denied
        named.loose |= (
            _aside(read) or read.clock_end is not None or read.kind == "part" or read.lead == "вместо"
        )
        if _aside(read):
            continue
        if read.weekday is not None:
            weekdays.append(read)
        elif read.day is not None:
            last = read.day_end or read.day
            for ahead in range((last - read.day).days + 1):
                _add(named.days, read.day + timedelta(ahead))
        if read.clock is not None:
            _add(named.clocks, read.clock)
            named.twins += [read.twin] if read.twin else []
    _hold_weekdays(named, weekdays, dates)
    return named


def _aside(read: Reading) -> bool:
    """Whether a reading is ruled out or only a bound."""
    return (
        read.denied
        or read.vague
        or read.bound in ("before", "after")
        or (read.bound == "from" and read.clock_end is None)
    )


def _hold_weekdays(named: Moments, weekdays: Sequence[Reading], dates: Sequence[Reading]) -> None:
    """Hold weekdays against the dates beside them: «25 ноября, в среду» is one day."""
    days = tuple(named.days)
    for read in weekdays:
        if read.day is None or any(other.weekday() == read.day.weekday() for other in days):
            continue
        near = [other for other in dates if abs(other.first - read.first) <= _BESIDE]
        if any(other.lead not in ("с", "вместо") for other in near) and read.lead not in ("с", "вместо"):
            # «25 ноября в пятницу», and the 25th is a Wednesday: there is no such day.
            named.impossible_day = True
        _add(named.days, read.day)


def _add(found: list[Said], value: Said) -> None:
    if value not in found:
        found.append(value)
