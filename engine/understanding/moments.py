"""Days and clock times of a sentence, read against the moment it was said."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from engine.understanding.days import Days
from engine.understanding.joining import joined, settled, spans
from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Bound, Moments
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Reading
from engine.understanding.roles import with_roles
from engine.understanding.timewords import time_words

# «Не раньше чем» and «в районе» are among the longest.
_LEADS_MAX = 4
# «15 00» and nothing else.
_PAIR_WORDS = 2
_EARLIEST, _HOURS_MAX = 8, 24
# «Вместо 10 поставьте мне 13»
_CONTRAST_MAX = 3
_EXCEPT = frozenset(("кроме", "исключая"))


def moments(words: Sequence[str], lemmas: Lemmas, said_at: datetime, *, mentioned: bool = True) -> Moments:
    """Return the days and clock times that a sentence names; without its mentions if they are not wanted."""
    tokens = list(map(time_words().token, words))
    if not any(token.begins for token in tokens):
        return Moments()
    return _Reader(words, tokens, lemmas, said_at).read(mentioned=mentioned)


class _Reader(Days):
    def read(self, *, mentioned: bool) -> Moments:
        found: list[Reading] = []
        at = 0
        for place, (word, token) in enumerate(zip(self.words, self.tokens, strict=True)):
            if place < at or not (token.begins or word in self.leading):
                continue
            if read := self._phrase(place, found):
                found.append(read)
                at = read.end
        places = spans(found)
        days = joined(found, self.words, self.today)
        named = settled(days)
        named.spans = places
        named.mentions = with_roles(days, self.words, self.lemmas, self.today) if mentioned else ()
        named.same_time = "же" in self.words and any(
            word == "же"
            and self._word(place - 1) in self.groups["same"]
            and self._says(place + 1, "время", "час")
            for place, word in enumerate(self.words)
        )
        return named

    def _phrase(self, at: int, found: Sequence[Reading]) -> Reading | None:
        """Read a day or time with the prepositions or «мой» before it; one of the three stands at `at`."""
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
            if at <= start < len(self.words) and self.tokens[start].begins:
                read = self._core(at, start, found)
                if read is not None:
                    return read
        return None

    def _core(self, at: int, core: int, found: Sequence[Reading]) -> Reading | None:
        before = self.words[at:core]
        lead = self._lead(before) if before else ""
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
        read = self._day(core, lead) or self._clock(core, lead) or self._part(core, lead)
        read = read or self._same_weekday(core, lead, found) or self._lone_number(core, found)
        if read is None:
            return None
        if read.kind == "near" and self._says(core - 1, "после") and self._says(core, "завтра"):
            # Most who part «послезавтра» mean it, yet it might be the days that follow.
            read.day, read.loose, before = self._ahead_of_today(2), True, []
        read.lead, read.first = lead, at
        read.own = any(word in self.groups["own"] for word in before)
        read.bound = self._bound(at, before)
        read.loose |= not self.groups["plain_leads"].issuperset(before) and not read.own
        read.vague = not self.groups["vague"].isdisjoint(before)
        read.denied = (self._says(at - 1, "не", "ни") and read.bound != "from") or not _EXCEPT.isdisjoint(
            before
        )
        if found and found[-1].denied and not before and self._word(core - 1) in ("и", "или", "ни"):
            read.denied |= found[-1].end == core - 1
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
        joint = {"с": ("до", "по"), "от": ("до",), "между": ("и",), "после": ("до",)}.get(lead, ())
        if not self._says(read.end, *joint):
            return
        end = self._clock(read.end + 1, "до")
        if end is not None and end.clock is not None:
            read.end, read.clock_end, read.number = end.end, end.clock, 0
            read.bound = "about" if lead == "между" else "from"

    def _part(self, at: int, lead: str) -> Reading | None:
        token = self._token(at)
        if self._says(at, "обед", "обеда", "обеду", "обедом"):
            return self._dinner(at, lead)
        if token.part and not self._says(at + 1, "раньше", "позже"):
            wished = token.part == "day" and self._word(at - 1) in self.groups["wishes"]
            return None if wished else Reading(at, at + 1, "part", part=token.part, bare=token.adjective)
        around = (self._word(at - 1), self._word(at + 1))
        if not token.part_noun or not self.groups["wishes"].isdisjoint(around):
            return None
        return Reading(at, at + 1, "part", part=token.part_noun)

    def _dinner(self, at: int, lead: str) -> Reading | None:
        if lead == "до":
            return Reading(at, at + 1, "clock", clock=time(12))
        return Reading(at, at + 1, "part", part="day") if lead in ("после", "в") else None

    def _same_weekday(self, at: int, lead: str, found: Sequence[Reading]) -> Reading | None:
        """Read «в следующую», «на ту» after «эта среда», «на следующей» after «на этой неделе»."""
        which = self._token(at).which
        if which not in ("next", "that") or lead not in ("в", "на", *("",) * (which == "next")):
            return None
        before = next((read for read in reversed(found) if read.weekday is not None or read.day_end), None)
        if before is None or before.day is None or not self._stands_alone(at):
            return None
        if before.weekday is None:
            first = self._weekday_of(7, 0)
            fits = before.kind == "week" and lead == "на" and self._word(at).endswith(("ей", "ую"))
            return Reading(at, at + 1, "week", day=first, day_end=first + timedelta(6)) if fits else None
        known = self._which_weekday("next", before.weekday) if before.past else before.day + timedelta(7)
        # Never taken for the same day as the date beside it.
        return Reading(at, at + 1, "near", day=known, weekday=before.weekday)

    def _stands_alone(self, at: int) -> bool:
        """Whether no noun follows that the word at `at` would belong to."""
        if at + 1 == len(self.words) or self.words[at + 1] == COMMA:
            return True
        following = self.lemmas.word(self.words[at + 1])
        return not following.thing and not self.tokens[at + 1].begins

    def _is_contrasted(self, at: int, after: int, found: Sequence[Reading]) -> bool:
        """Whether it is one of «не 25, а 26», «вместо 10 поставьте 13»."""
        if self._says(at - 1, "не"):
            return self._number(after + 1 + self._says(after + 1, "а"))[1] > 0 and self._says(
                after, "а", COMMA
            )
        before = found[-1] if found else None
        if before is None or before.end < at - _CONTRAST_MAX or not before.number:
            return False
        return before.lead == "вместо" or (before.denied and self._says(at - 1, "а"))

    def _lone_number(self, at: int, found: Sequence[Reading]) -> Reading | None:
        """Read «15» or «28» if it is all that is said, or stands by a day; in a list it may be a place."""
        alone = len([word for word in self.words if word != COMMA]) == 1
        beside = bool(found) and found[-1].end == at and found[-1].day is not None
        number, taken, form = self._number(at)
        beside = beside and number > _EARLIEST
        beside |= number > _HOURS_MAX and any(read.kind == "date" for read in found)
        beside |= bool(taken) and self._is_contrasted(at, at + taken, found)
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
