"""Clock times in Russian words. A bare hour from 1 to 8 is in the afternoon or evening."""

import re
from datetime import time

from engine.understanding.numbers import Reader

PAIR = re.compile(r"(\d{1,2})([.:/-])(\d{1,2})")


class Clocks(Reader):
    """Reads clock times."""

    def _half(self, at: int) -> int:
        """Read «полтретьего», «пол третьего», «в половине третьего», «четверть третьего», «без пяти три»."""
        word = self.words[at]
        if word.startswith("пол") and (hour := self._ordinal_word(word[3:])):
            return self._clock_of(hour - 1, 30, at + 1) + 1
        if self._has(at, "пол", "половина", "четверть") and (hour := self._ordinal_word(self._word(at + 1))):
            return self._clock_of(hour - 1, 15 if self._has(at, "четверть") else 30, at + 2) + 2
        if word == "без":
            minutes, taken = (15, 1) if self._has(at + 1, "четверть") else self._cardinal(at + 1)
            skip = 1 if self._has(at + 1 + taken, "минута") else 0
            hour, more = self._cardinal(at + 1 + taken + skip)
            if not more and self._has(at + 1 + taken + skip, "час"):
                hour, more = 1, 1
            if taken and more and minutes < 60 and 1 <= hour <= 24:
                used = 1 + taken + skip + more
                return self._clock_of(hour - 1, 60 - minutes, at + used) + used
        return 0

    def _clock(self, at: int, lead: str) -> int:
        if pair := PAIR.fullmatch(self.words[at]):
            hour, minute = int(pair[1]), int(pair[3])
            if hour > 24 or minute > 59 or len(pair[3]) != 2 or pair[2] == "/":
                return 0
            extra = self._clock_of(hour, minute, at + 1, written=len(pair[1]) == 2)
            return 1 + extra + (1 if self._has(at + 1 + extra, "час", "ч") else 0)
        if self._has(at, "полдень"):
            return self._time(12, 0) or 1
        if self._has(at, "час") and lead in ("в", "к", "на") and self.words[at] == "час":
            return self._clock_of(1, 0, at + 1) + 1
        hour, taken, ordinal = self._number(at)
        if not taken or ordinal or hour > 24:
            return 0
        after = at + taken
        if self._has(after, "час", "ч"):
            return self._clock_of(hour, 0, after + 1) + taken + 1
        if self._has(after, "утро", "вечер", "день", "ночь") and self._word(after) in (
            "утра",
            "вечера",
            "дня",
            "ночи",
        ):
            return self._clock_of(hour, 0, after) + taken if lead != "на" else 0
        if lead not in ("в", "к", "на", "с", "до", "после", "около") or self._counted(after):
            return 0
        if re.fullmatch(r"[0-5]\d", self._word(after)) and not self._counted(after + 1):
            return self._clock_of(hour, int(self._word(after)), after + 1) + taken + 1
        if hour == 0:
            return 0
        return self._clock_of(hour, 0, after) + taken

    def _clock_of(self, hour: int, minute: int, at: int, *, written: bool = False) -> int:
        """Add a clock time, minding «утра» or «вечера» at `at`. Returns how many words that took."""
        part = self._word(at) if self._word(at) in ("утра", "дня", "вечера", "ночи") else ""
        hour %= 24
        if part in ("дня", "вечера") and hour < 12:
            hour += 12
        elif part == "ночи" and hour == 12:
            hour = 0
        elif not part and not written and hour <= 8:
            hour += 12
            if not (self.denied or self.bound):
                self.found.twins.append(time(hour - 12, minute))
        self._time(hour, minute)
        return 1 if part else 0

    def _part(self, at: int) -> int:
        if self.words[at] not in ("утром", "днем", "вечером", "ночью"):
            return 0
        self.found.loose = True
        return 1

    def _time(self, hour: int, minute: int) -> int:
        clock = time(hour % 24, minute)
        if self.denied or self.bound:
            self.found.loose = True
        elif clock not in self.found.clocks:
            self.found.clocks.append(clock)
        return 0
