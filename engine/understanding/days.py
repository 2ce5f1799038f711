"""Days in Russian words, read against the day they were said on.

Conventions: the next occurrence, never in the past; a bare weekday is the next such day after today.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from engine.understanding.clocks import PAIR, Clocks

_WEEKDAYS = {
    "понедельник": 0, "пн": 0, "вторник": 1, "вт": 1, "среда": 2, "ср": 2, "четверг": 3, "чт": 3,
    "пятница": 4, "пт": 4, "суббота": 5, "сб": 5, "воскресенье": 6, "воскресение": 6, "вс": 6,
}  # fmt: skip
_MONTHS = {
    "январь": 1, "янв": 1, "февраль": 2, "фев": 2, "март": 3, "апрель": 4, "апр": 4, "май": 5, "июнь": 6,
    "июль": 7, "август": 8, "авг": 8, "сентябрь": 9, "сен": 9, "октябрь": 10, "окт": 10, "ноябрь": 11,
    "ноя": 11, "декабрь": 12, "дек": 12,
}  # fmt: skip
_NEAR = {
    "сегодня": 0, "сегодняшний": 0, "завтра": 1, "завтрашний": 1, "послезавтра": 2,
    "вчера": -1, "вчерашний": -1,
}  # fmt: skip
_FULL = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{2,4})")
# So near to a date, a weekday speaks of the same day.
_BESIDE = 4
# «Через миллион недель» is no day of any calendar.
_AHEAD_MAX = 999


class Days(Clocks):
    """Reads days, and what moves the clock with them («через час»)."""

    def _near(self, at: int) -> int:
        for key in self.keys[at] & _NEAR.keys():
            return self._day(self.today + timedelta(_NEAR[key])) or 1
        return 0

    def _week(self, at: int) -> int:
        monday = self.today - timedelta(self.today.weekday())
        if self._has(at, "выходной", "выходные") and not self._has(at, "день"):
            return self._days(monday + timedelta(5), 2) or 1
        if self._has(at, "этот", "тот", "следующий", "ближайший") and self._has(at + 1, "неделя"):
            ahead = 7 if self._has(at, "следующий") else 0
            return self._days(monday + timedelta(ahead), 7) or 2
        if self._has(at, "этот", "следующий", "ближайший") and self._has(at + 1, "выходной", "выходные"):
            ahead = 7 if self._has(at, "следующий") else 0
            return self._days(monday + timedelta(5 + ahead), 2) or 2
        return 0

    def _weekday(self, at: int) -> int:
        which = at + 1 if self._has(at, "этот", "следующий", "ближайший", "тот") else at
        for key in self._keys(which) & _WEEKDAYS.keys():
            weekday = _WEEKDAYS[key]
            monday = self.today - timedelta(self.today.weekday())
            if which > at and self._has(at, "следующий"):
                day = monday + timedelta(7 + weekday)
            elif which > at and self._has(at, "этот"):
                day = monday + timedelta(weekday)
            else:
                day = self.today + timedelta((weekday - self.today.weekday() - 1) % 7 + 1)
            if not (self.denied or self.bound):
                self.weekdays.append((day, at))
            self.found.loose |= self.denied or self.bound
            return which - at + 1
        return 0

    def _after(self, at: int) -> int:
        if not self._has(at, "через"):
            return 0
        count, taken = self._cardinal(at + 1)
        unit = at + 1 + taken
        count = count if taken else 1
        if count > _AHEAD_MAX:
            return 0
        if self._has(unit, "неделя"):
            self._day(self.today + timedelta(7 * count))
        elif self._has(unit, "день", "сутки"):
            # «Через день» skips one.
            self._day(self.today + timedelta(count if taken else 2))
        elif self._has(unit, "месяц"):
            year, month = divmod(self.today.year * 12 + self.today.month - 1 + count, 12)
            self._day(date(year, month + 1, min(self.today.day, monthrange(year, month + 1)[1])))
        elif self._has(unit, "час", "полчаса"):
            ahead = timedelta(minutes=30) if self._has(unit, "полчаса") else timedelta(hours=count)
            then = self.said_at + ahead
            self._day(then.date())
            self._time(then.hour, then.minute)
        else:
            return 0
        return unit - at + 1

    def _date(self, at: int, lead: str) -> int:
        word = self.words[at]
        if full := _FULL.fullmatch(word):
            day, month, year = (int(part) for part in full.groups())
            return self._calendar(day, month, year + 2000 if year < 100 else year)
        if pair := PAIR.fullmatch(word):
            day, month = int(pair[1]), int(pair[3])
            dated = pair[2] in "./" and lead not in ("в", "к", "до", "после") and len(pair[3]) == 2
            if dated and (1 <= month <= 12 or (day > 24 and month < 60)):
                return self._calendar(day, month)
            return 0
        number, taken, ordinal = self._number(at)
        if not taken:
            return 0
        if months := self._keys(at + taken) & _MONTHS.keys():
            year_word = self._word(at + taken + 1)
            written = int(year_word) if re.fullmatch(r"20\d\d", year_word) else None
            self._calendar(number, _MONTHS[next(iter(months))], written)
            return taken + (2 if written else 1)
        if self._has(at + taken, "число"):
            return self._day_number(number) or taken + 1
        if ordinal == "day" or (ordinal == "either" and lead == "на"):
            return self._day_number(number) or taken
        if not ordinal and lead == "на" and number > 24 and not self._counted(at + taken):
            return self._day_number(number) or taken
        return 0

    def _calendar(self, day: int, month: int, year: int | None = None) -> int:
        if not 1 <= month <= 12:
            self.found.impossible_day |= not self.denied
            return 1
        if year is None:
            year = self.today.year + ((month, day) < (self.today.month, self.today.day))
        if 1 <= day <= monthrange(year, month)[1]:
            self._calendar_day(date(year, month, day))
        else:
            self.found.impossible_day |= not self.denied
        return 1

    def _day_number(self, number: int) -> int:
        year, month = self.today.year, self.today.month
        if not 1 <= number <= 31:
            self.found.impossible_day |= not self.denied
            return 0
        while (year, month, number) < (
            self.today.year,
            self.today.month,
            self.today.day,
        ) or number > monthrange(year, month)[1]:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        self._calendar_day(date(year, month, number))
        return 0

    def _settle_weekdays(self) -> None:
        """Hold weekdays against the dates beside them: «25 ноября, в среду» is one day."""
        named = tuple(self.found.days)
        for day, at in self.weekdays:
            if any(other.weekday() == day.weekday() for other in named):
                continue
            if any(abs(place - at) <= _BESIDE for _, place in self.dates):
                # «25 ноября в пятницу», and the 25th is a Wednesday: there is no such day.
                self.found.impossible_day = True
            self._add(day)

    def _calendar_day(self, day: date) -> None:
        if not (self.denied or self.bound):
            self.dates.append((day, self.at))
        self._day(day)

    def _day(self, day: date) -> int:
        if not (self.denied or self.bound):
            self._add(day)
        self.found.loose |= self.denied or self.bound
        return 0

    def _days(self, first: date, count: int) -> int:
        for ahead in range(count):
            self._day(first + timedelta(ahead))
        return 0

    def _add(self, day: date) -> None:
        if day not in self.found.days:
            self.found.days.append(day)
