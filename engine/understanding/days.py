"""Days in Russian words, read against the day they were said on.

Conventions: the next occurrence, never in the past; a bare weekday is the next such day after today.
"""

import re
from calendar import monthrange
from datetime import date

from engine.understanding.numbers import Reading, is_decimal_pair, next_of_number
from engine.understanding.weeks import Weeks

_FULL = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{2,4})")
_YEAR = re.compile(r"20\d\d")
_FIRST_ONES = 3
_PLACES_MAX = 20
_HOURS_MAX, _DAYS_MAX = 24, 31
_CLOCK_LEADS = ("в", "до", "после")


class Days(Weeks):
    """Reads days by their number and month, and every other day through `Weeks`."""

    def _day(self, at: int, lead: str) -> Reading | None:
        return (
            self._near(at)
            or self._part_of_week(at)
            or self._week(at)
            or self._weekday(at)
            or self._ahead(at)
            or self._date(at, lead)
        )

    def _date(self, at: int, lead: str) -> Reading | None:
        word = self._word(at)
        if full := _FULL.fullmatch(word):
            day, month, year = (int(part) for part in full.groups())
            return self._calendar(at, at + 1, day, month, year + 2000 if year < 100 else year)
        if _YEAR.fullmatch(word) and (pair := is_decimal_pair(self._word(at + 1))) and pair[2] == "-":
            return self._calendar(at, at + 2, int(pair[3]), int(pair[1]), int(word))
        if pair := is_decimal_pair(word):
            return self._day_and_month(at, pair, lead)
        return self._day_number(at, lead)

    def _day_and_month(self, at: int, pair: re.Match[str], lead: str) -> Reading | None:
        day, month = int(pair[1]), int(pair[3])
        dated = pair[2] in "./" and lead not in _CLOCK_LEADS and len(pair[3]) == 2
        if not dated and pair[2] == "/" and len(pair[3]) == 2:
            dated = True
        possible = 1 <= month <= 12 or (day > 24 and month < 60)
        return self._calendar(at, at + 1, day, month) if dated and possible else None

    def _day_number(self, at: int, lead: str) -> Reading | None:
        number, taken, form = self._number(at)
        if not taken:
            if (
                (month := self._token(at).month)
                and lead in ("в", "на", "с", "до", "раньше", "после")
                and month != 3
            ):
                return self._month(at, month)
            return None
        after = at + taken
        if month := self._token(after).month:
            year = self._word(after + 1)
            written = int(year) if _YEAR.fullmatch(year) else None
            return self._calendar(at, after + (2 if written else 1), number, month, written)
        if self._says(after, "числа", "число", "числу", "числом"):
            return self._next_of_number(at, after + 1, number)
        if read := self._range_of_dates(at, after, lead, number) or self._one_of_dates(at, after, number):
            return read
        # No list is so long: «двадцать шестое» is a day wherever it stands.
        spelt = form == "either" and number > _PLACES_MAX and not self._token(at).digits
        if spelt and not self._says(after, "мая"):
            return self._next_of_number(at, after, number)
        if self._counted(after) and form != "day":
            return None
        if form == "day" and not self._is_ordinal_of_something(at, after):
            return self._next_of_number(at, after, number)
        of_something = self._is_ordinal_of_something(at, after)
        if (
            form == "either"
            and not of_something
            and (lead in ("на", "вместо") or (self._token(at).digits and not lead))
        ):
            return self._next_of_number(at, after, number)
        dated = lead in ("на", "с", "вместо", "к") and number < 100
        dated |= (lead in ("в", "из") or self._is_before_hour(after)) and number <= _DAYS_MAX
        if not form and dated and number > _HOURS_MAX:
            return None if self._named_by_number(at) else self._next_of_number(at, after, number, bare=True)
        return None

    def _is_before_hour(self, after: int) -> bool:
        """Whether an hour follows: «29 в 12»."""
        hour, taken, form = self._number(after + 1)
        return self._says(after, "в", "на") and bool(taken) and not form and hour <= _HOURS_MAX

    def _one_of_dates(self, at: int, after: int, number: int) -> Reading | None:
        """Read the 7 of «на 7 или 8 декабря», «между 5 и 8 декабря»: the month is said but once."""
        other, taken, _ = self._number(after + 1)
        if not taken or self._number(at)[2] == "item" or not self._says(after, "или", "либо", "и", ","):
            return None
        behind = after + 1 + taken
        if month := self._token(behind).month:
            return self._calendar(at, after, number, month)
        numbered = self._says(behind, "числа") and other <= _DAYS_MAX
        return self._next_of_number(at, after, number) if numbered else None

    def _month(self, at: int, month: int) -> Reading:
        year = self.today.year + (month < self.today.month)
        last = monthrange(year, month)[1]
        return Reading(
            at, at + 1, "month", number=month, day=date(year, month, 1), day_end=date(year, month, last)
        )

    def _range_of_dates(self, at: int, after: int, lead: str, number: int) -> Reading | None:
        """Read «с 1 по 5 декабря», «с 25 по 27»."""
        if lead not in ("с", "со") or not self._says(after, "по", "до"):
            return None
        last, taken, _ = self._number(after + 1)
        month = self._token(after + 1 + taken).month
        if taken and not month and _HOURS_MAX < number < last <= _DAYS_MAX and self._says(after, "по"):
            read = self._next_of_number(at, after + 1 + taken, number)
            read.day_end = next_of_number(last, self.today)
            return read
        if not taken or not month:
            return None
        read = self._calendar(at, after + 2 + taken, number, month)
        read.day_end = self._calendar(at, at, last, month).day
        return read

    def _is_ordinal_of_something(self, at: int, after: int) -> bool:
        """Whether «второго мастера» is meant rather than a day."""
        thing = self.lemmas.word(self._word(after)) if self._word(after) else None
        if thing is None or not thing.thing or self._token(at).digits or self._token(after).begins:
            return False
        if self._token(at).form == "either":
            # «На первое посещение», but «на пятое окрашивание» is a day.
            return self._number(at)[0] <= _FIRST_ONES and thing.text.endswith(("о", "е"))
        # «Второго мастера»: its plural is «мастера» as well.
        masculine = thing.text.endswith(("а", "я")) and not thing.thing.endswith(("а", "я"))
        genitive = f"{thing.thing}:gent" in thing.keys
        return genitive and (masculine or f"{thing.thing}:nomn" not in thing.keys)

    def _next_of_number(self, at: int, end: int, number: int, *, bare: bool = False) -> Reading:
        if not 1 <= number <= 31:
            return Reading(at, end, "date", impossible=True)
        day = next_of_number(number, self.today)
        return Reading(at, end, "date", day=day, number=number if bare else 0, monthly=True)
