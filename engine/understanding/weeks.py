"""Days counted from today: «завтра», weekdays, weeks, «через три дня», parts of a month."""

from calendar import monthrange
from datetime import date, timedelta

from engine.understanding.clocks import Clocks
from engine.understanding.numbers import Reading

# «Через миллион недель» is no day of any calendar.
_AHEAD_MAX = 999
_PARTS_OF_WEEK = (
    "конец",
    "конца",
    "конце",
    "концу",
    "начало",
    "начала",
    "начале",
    "началу",
    "середине",
    "середину",
)
_SUNDAY = 6


class Weeks(Clocks):
    """Reads days by how far ahead they are, and what moves the clock with them («через час»)."""

    def _near(self, at: int) -> Reading | None:
        near = self._token(at).near
        if near is None:
            return None
        if near == -1 and self._says(at - 1, "поза"):
            near = -2
        end = at + 1 + self._says(at + 1, "день", "дня", "дню")
        return Reading(at, end, "near", day=self._ahead_of_today(near), past=near < 0)

    def _part_of_week(self, at: int) -> Reading | None:
        """Read «в конце недели», «до конца месяца», «в первых числах декабря», «до Нового года»."""
        if self._says(at, "нового") and self._says(at + 1, "года"):
            return Reading(at, at + 2, "date", day=date(self.today.year + 1, 1, 1), remote=True)
        if self._says(at, "первых") and self._says(at + 1, "числах") and self._token(at + 2).month:
            return self._calendar(at, at + 3, 1, self._token(at + 2).month)
        if not self._says(at, *_PARTS_OF_WEEK):
            return None
        which = bool(self._token(at + 1).which)
        unit = self._token(at + 1 + which).unit
        if self._word(at).startswith("начал") and self._token(at + 1).month:
            return self._calendar(at, at + 2, 1, self._token(at + 1).month)
        if unit == "month" and not which and self._word(at) == "конца":
            last = monthrange(self.today.year, self.today.month)[1]
            return Reading(at, at + 2, "date", day=self.today.replace(day=last))
        # «В конце недели» names no one day: it is seen, and left open.
        return Reading(at, at + 2 + which, "part") if unit in ("week", "month") else None

    def _week(self, at: int) -> Reading | None:
        which = self._token(at).which
        unit = self._token(at + bool(which))
        weekend = unit.unit == "weekend" and self._token(at + bool(which) + 1).unit != "day"
        if weekend and (which or not self._says(at, "выходной")):
            first = self._weekday_of({"next": 7, "last": -7}.get(which, 0), 5)
            read = Reading(at, at + 1 + bool(which), "week", day=first, day_end=first + timedelta(1))
        elif which and unit.unit == "week" and not self._says(at + 1, "недель"):
            # «На той неделе» is the next one, unless it tells of the past.
            first = self._weekday_of({"next": 7, "that": 7, "last": -7}.get(which, 0), 0)
            read = Reading(at, at + 2, "week", day=first, day_end=first + timedelta(6))
        else:
            return None
        read.past = which == "last"
        return read

    def _weekday(self, at: int) -> Reading | None:
        which = self._token(at).which
        named = at + 1 if which else at
        token = self._token(named)
        # «25-е, это понедельник» says what day it is; «чёрная пятница» is a sale.
        if token.weekday is None or (self._says(at, "это") and token.weekday != _SUNDAY):
            return None
        if self._word(at - 1).startswith(("черн", "кажд")):
            return None
        end = named + 1
        if not which and self._token(end).which in ("next", "last") and self._token(end + 1).unit != "week":
            # «Во вторник следующий»; but «во вторник следующий раз» is not of next week.
            which, end = (self._token(end).which, end + 1) if not self._says(end + 1, "раз") else ("", end)
        day = self._which_weekday(which, token.weekday)
        read = Reading(at, end, "weekday", day=day, weekday=token.weekday, past=which == "last")
        # «На ту среду» is to some the one after next.
        read.loose = which == "that"
        if token.adjective and self._any_key(range(end, min(end + 1, len(self.words))), "messages"):
            read.day, read.past = day - timedelta(7), True
        return read

    def _which_weekday(self, which: str, weekday: int) -> date:
        if which in ("next", "last", "this"):
            return self._weekday_of({"next": 7, "last": -7, "this": 0}[which], weekday)
        return self._ahead_of_today((weekday - self.today.weekday() - 1) % 7 + 1)

    def _ahead(self, at: int) -> Reading | None:
        """Read «через две недели», «дней через 10», «через пару дней»."""
        if self._token(at).unit in ("day", "week") and self._says(at + 1, "через"):
            count, taken = self._cardinal(at + 2)
            return self._units_ahead(at, count, at, at + 2 + taken) if taken else None
        if not self._says(at, "через"):
            return None
        count, taken = (2, 1) if self._says(at + 1, "пару") else self._cardinal(at + 1)
        unit = at + 1 + taken
        if self._token(unit).unit == "day" and not taken:
            # «Через день» skips one.
            count = 2
        return self._units_ahead(at, count if taken or count else 1, unit, unit + 1)

    def _units_ahead(self, at: int, count: int, place: int, end: int) -> Reading | None:
        unit = self._token(place).unit
        if count > _AHEAD_MAX or self._says(end, "после"):
            return None
        if unit == "week":
            return Reading(at, end, "week", day=self._ahead_of_today(7 * count))
        if unit == "day":
            return Reading(at, end, "near", day=self._ahead_of_today(count))
        if unit == "month":
            year, month = divmod(self.today.year * 12 + self.today.month - 1 + count, 12)
            day = min(self.today.day, monthrange(year, month + 1)[1])
            return Reading(at, end, "near", day=date(year, month + 1, day), remote=True)
        if unit not in ("hour", "halfhour") or self._any_key(range(len(self.words)), "arrivals"):
            return None
        then = self.said_at + (timedelta(minutes=30) if unit == "halfhour" else timedelta(hours=count))
        return Reading(at, end, "near", day=then.date(), clock=then.time())

    def _calendar(self, at: int, end: int, day: int, month: int, year: int | None = None) -> Reading:
        if year is None:
            year = self.today.year + ((month, day) < (self.today.month, self.today.day))
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            return Reading(at, end, "date", impossible=True)
        return Reading(at, end, "date", day=date(year, month, day))

    def _weekday_of(self, ahead: int, weekday: int) -> date:
        """Return a weekday of this calendar week, moved on by `ahead` days."""
        return self._ahead_of_today(ahead + weekday - self.today.weekday())

    def _ahead_of_today(self, days: int) -> date:
        return self.today + timedelta(days)
