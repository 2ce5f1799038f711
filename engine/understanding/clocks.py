"""Clock times in Russian words. A bare hour from 1 to 8 is in the afternoon or evening."""

import re
from datetime import time

from engine.understanding.numbers import Reader, Reading, is_decimal_pair

_HALVES = ("пол", "половине", "половину", "половина", "половины", "четверть", "четверти")
_NOONS = ("полдень", "полудню", "полудня")
_COMPOUND = 2
_COUNTING = ("в", "на", "с", "от", "к")
_MINUTES = re.compile(r"[0-5]\d")
# An hour at which a salon may be open: «1730» is a time, «2500» a price.
_OPENS, _CLOSES = 6, 23


class Clocks(Reader):
    """Reads clock times. `at` is behind the prepositions, `lead` is the last of them."""

    def _clock(self, at: int, lead: str) -> Reading | None:
        return (
            self._half(at)
            or self._minutes_of(at)
            or self._pair(at, lead)
            or self._noon(at)
            or self._hour(at, lead)
        )

    def _half(self, at: int) -> Reading | None:
        """Read «полтретьего», «пол 4», «в половине третьего», «четверть третьего», «без пяти три»."""
        if 1 <= (hour := self._token(at).halved) <= 12:
            return self._at(at, hour - 1, 30, at + 1)
        if self._says(at, *_HALVES):
            hour, taken, _ = self._number(at + 1)
            ordinal = taken and (self._token(at + 1).digits or self._token(at + taken).form)
            if not ordinal or not 1 <= hour <= 12:
                return None
            minute = 15 if self._word(at).startswith("четверт") else 30
            return self._at(at, hour - 1, minute, at + 1 + taken)
        return self._without(at) if self._says(at, "без") else None

    def _without(self, at: int) -> Reading | None:
        minutes, taken = (15, 1) if self._says(at + 1, "четверти") else self._cardinal(at + 1)
        if taken == _COMPOUND and not self._hour_or_one(at + 1 + taken)[1]:
            # «Без двадцати шесть» is not without twenty-six.
            minutes, taken = self._token(at + 1).number or 0, 1
        place = at + 1 + taken
        place += self._token(place).unit == "minute"
        hour, more = self._hour_or_one(place)
        if not (taken and more) or not 1 <= minutes < 60 or not 1 <= hour <= 24:
            return None
        return self._at(at, hour - 1, 60 - minutes, place + more)

    def _hour_or_one(self, at: int) -> tuple[int, int]:
        return (1, 1) if self._says(at, "час") else self._cardinal(at)

    def _minutes_of(self, at: int) -> Reading | None:
        """Read «двадцать минут четвёртого»."""
        minutes, taken = self._cardinal(at)
        if not taken or self._token(at + taken).unit != "minute":
            return None
        hour, more, form = self._number(at + taken + 1)
        if not more or form != "day" or not 1 <= hour <= 12 or minutes >= 60:
            return None
        return self._at(at, hour - 1, minutes, at + taken + 1 + more)

    def _pair(self, at: int, lead: str) -> Reading | None:
        pair = is_decimal_pair(self._word(at))
        if not pair or pair[2] == "/" or len(pair[3]) != 2 or self._named_by_number(at):
            return None
        # «В 14:30 минут десять подождите» is a time all the same.
        around = (self._token(at - 1).unit, "" if pair[2] == ":" else self._token(at + 1).unit)
        if "minute" in around:
            return None
        hour, minute = int(pair[1]), int(pair[3])
        if pair[2] == "-" and hour < minute <= _CLOSES and (minute % 5 or minute == hour + 1):
            # «14-16» are two hours: nobody makes appointments for 14:16.
            read = self._at(at, hour, 0, at + 1)
            read.clock_end = self._at(at, minute, 0, at + 1).clock
            return read
        if hour > 24 or minute > 59:
            return None
        read = self._at(at, hour, minute, at + 1, written=len(pair[1]) == 2)
        read.end += self._token(read.end).unit == "hour"
        return read

    def _noon(self, at: int) -> Reading | None:
        if self._says(at, *_NOONS):
            return Reading(at, at + 1, "clock", clock=time(12))
        return Reading(at, at + 1, "clock", clock=time(0)) if self._says(at, "полночь") else None

    def _hour(self, at: int, lead: str) -> Reading | None:
        if self._token(at).unit == "hour":
            return self._one_o_clock(at, lead)
        if read := self._run_together(at, lead):
            return read
        hour, taken, form = self._number(at)
        if not taken or form or hour > 24:
            return None
        after = at + taken
        if self._token(after).half:
            # «На 3 дня» is how long, «на 3 ночи» may be when; «завтра 3 дня» is when.
            unsaid = not lead and self._token(at - 1).near is None and self._token(at - 1).weekday is None
            lasting = (unsaid or lead in ("на", "за", "через")) and self._says(after, "дня") and hour < 11
            return None if lasting else self._at(at, hour, 0, after, number=hour)
        if self._token(after).unit == "hour":
            return self._o_clock(at, hour, after, lead)
        if lead not in self.groups["hour_leads"] or self._named_by_number(at):
            return None
        # «После шести норм» counts no norms, «после двух отмен» does count; «один» is hardly ever an hour.
        if (lead in _COUNTING and self._counted(after, lead)) or self._says(after, "отмен"):
            return None
        if (hour == 1 and not self._token(at).digits) or (lead == "с" and self._is_with(at)):
            return None
        if minute := self._spelt_minutes(after):
            return self._at(at, hour, minute[0], minute[1])
        if hour == 0 or self._token(after).unit == "minute":
            return None
        if lead == "на" and self._any_key(range(at), "late"):
            return None
        return self._at(at, hour, 0, after, number=hour)

    def _is_with(self, at: int) -> bool:
        """Whether the number after «с» says with how many: «с тремя детьми», but «с трёх» is since when."""
        return self._word(at).endswith(("мя", "ью"))

    def _one_o_clock(self, at: int, lead: str) -> Reading | None:
        """Read «в час», «на час дня», «к часу», but not «на час раньше»."""
        if not self._says(at, "час", "часу", "часа") or lead not in self.groups["hour_leads"]:
            return None
        if not self._token(at + 1).half and (lead in ("до", "после") or self._lasts(at + 1, lead)):
            return None
        return self._at(at, 1, 0, at + 1)

    def _o_clock(self, at: int, hour: int, unit: int, lead: str) -> Reading | None:
        if not 1 <= hour <= 24 or lead in ("за", "через") or self._lasts(unit + 1, lead):
            return None
        if not lead and not self._says(unit, "ч") and hour < 7 and not self._token(unit + 1).half:
            # «5 часов жду» is how long.
            return None
        if hour == 24 and lead not in self.groups["hour_leads"]:
            # «Правило 24 часов»
            return None
        end = unit + 1
        minutes, taken = self._cardinal(end)
        if taken and self._token(end + taken).unit == "minute" and minutes < 60:
            return self._at(at, hour, minutes, end + taken + 1)
        return self._at(at, hour, 0, end, number=hour)

    def _lasts(self, after: int, lead: str) -> bool:
        """Whether the hours before `after` are how long something takes or moves."""
        if self._word(after) in self.groups["shifts"]:
            return True
        return lead == "на" and not self._token(after).half and self._any_key(range(after - 1), "delays")

    def _run_together(self, at: int, lead: str) -> Reading | None:
        """Read «1730», «на 930»."""
        word = self._word(at)
        if not word.isdecimal() or len(word) not in (3, 4):
            return None
        hour, minute = int(word[:-2]), int(word[-2:])
        fits = _OPENS <= hour <= _CLOSES and minute < 60 and minute % 5 == 0
        led = lead in ("в", "на", "к", "с", "до", "после") or (len(word) == 4 and self._alone(at))
        if not fits or not led or self._any_key(range(at), "money"):
            return None
        if self._counted(at + 1) or self._named_by_number(at):
            return None
        return self._at(at, hour, minute, at + 1, written=True)

    def _alone(self, at: int) -> bool:
        """Whether nothing else is said, or a day stands right before."""
        return len(self.words) == 1 or self._token(at - 1).weekday is not None

    def _spelt_minutes(self, at: int) -> tuple[int, int] | None:
        """Return minutes after an hour («15 30», «девятнадцать ноль ноль») and where they end."""
        if _MINUTES.fullmatch(self._word(at)) and not self._counted(at + 1):
            return int(self._word(at)), at + 1
        token = self._token(at)
        minutes, taken = self._cardinal(at + 1)
        if token.number == 0 and taken and minutes < 10:
            return minutes, at + 1 + taken
        minutes, taken = self._cardinal(at)
        spelt = taken and not token.digits and 10 <= minutes < 60 and minutes % 5 == 0
        return (minutes, at + taken) if spelt and not self._counted(at + taken) else None

    def _at(
        self, at: int, hour: int, minute: int, end: int, *, written: bool = False, number: int = 0
    ) -> Reading:
        """Return a clock time, minding «утра» or «вечера» at `end`."""
        half, twin = self._token(end).half, None
        written = written or hour == 24
        hour %= 24
        if half in ("day", "evening") and hour < 12:
            hour += 12
        elif half == "night" and hour == 12:
            hour = 0
        elif not half and not written and hour <= 8:
            twin = time(hour, minute)
            hour += 12
        read = Reading(at, end + bool(half), "clock", clock=time(hour, minute), twin=twin)
        read.number = 0 if half else number
        return read
