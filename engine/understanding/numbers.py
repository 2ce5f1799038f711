"""Numbers in Russian words, and what the readers of days and clock times share."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Bound, Part
from engine.understanding.timewords import Form, Token, time_words

# What a day was named by decides what it may be joined with: «через неделю» and «в понедельник» are one day.
Kind = Literal["", "near", "weekday", "week", "date", "month", "clock", "part"]

_NO_TOKEN = Token()


@dataclass(slots=True)
class Reading:
    """A mention while it is being read; see `Mention`."""

    first: int
    end: int
    kind: Kind = ""
    day: date | None = None
    day_end: date | None = None
    clock: time | None = None
    clock_end: time | None = None
    twin: time | None = None
    part: Part | None = None
    bound: Bound = ""
    impossible: bool = False
    number: int = 0
    weekday: int | None = None
    # The words before it: its preposition, and whether it is ruled out or named as the client's own.
    lead: str = ""
    denied: bool = False
    own: bool = False
    # It may be guessed at, but no record is matched with it.
    vague: bool = False
    loose: bool = False
    past: bool = False
    # A month or more ahead, or the new year.
    remote: bool = False
    # A day of the month that was named without its month.
    monthly: bool = False
    # It may be a word or number of a list as well («28», «вечернюю»), so nobody else counts on it.
    bare: bool = False


class Reader:
    """Looks at the words of one sentence."""

    def __init__(
        self, words: Sequence[str], tokens: Sequence[Token], lemmas: Lemmas, said_at: datetime
    ) -> None:
        """`tokens` are what each of the words means."""
        known = time_words()
        self.words, self.groups, self.leading, self.lemmas = words, known.groups, known.leading, lemmas
        self.tokens = tokens
        self.said_at, self.today = said_at, said_at.date()

    def _number(self, at: int) -> tuple[int, int, Form]:
        """Return a number, how many words it took, 0 for none, and the form of its last word."""
        token = self._token(at)
        if token.number is None:
            return 0, 0, ""
        after = self._token(at + 1)
        compound = token.cardinal and token.number in (20, 30, 40, 50) and after.number is not None
        if compound and not after.digits and 0 < (after.number or 0) < 10:
            return token.number + (after.number or 0), 2, after.form
        return token.number, 1, token.form

    def _cardinal(self, at: int) -> tuple[int, int]:
        """Return a plain number and how many words it took."""
        number, taken, form = self._number(at)
        return (number, taken) if not form else (0, 0)

    def _counted(self, at: int, lead: str = "") -> bool:
        """Whether the number before `at` counts something: «на 10 минут», «в 2 местах», «5 ногтей»."""
        if not self._word(at):
            return False
        word = self.lemmas.word(self._word(at))
        if word.text == "к":
            # «5 к» are thousands, «в 5 к Марине» is an hour.
            return at + 1 == len(self.words) or self.words[at + 1] in self.groups["after_thousands"]
        if not word.keys.isdisjoint(self.groups["counted"]):
            return True
        things = self.groups["counted_things"]
        if not word.keys.isdisjoint(things) and word.text not in things:
            return True
        if not word.thing or word.name or any(key.endswith((":1per", ":impr")) for key in word.keys):
            # «К четырём смогу» counts no smog.
            return False
        cases = ("gent", "loct", "datv") if lead == "к" else ("gent", "loct")
        oblique = not word.keys.isdisjoint(f"{word.thing}:{case}" for case in cases)
        return oblique and word.keys.isdisjoint((f"{word.thing}:nomn", f"{word.thing}:accs"))

    def _named_by_number(self, at: int) -> bool:
        """Whether the number at `at` is the name of something («дом 15»), or a piece of a phone number."""
        before, here, after = self._word(at - 1), self._word(at), self._word(at + 1)
        if before and not self.lemmas.word(before).keys.isdisjoint(self.groups["numbered"]):
            return True
        neighbours = (word for word in (before, after) if word.isdecimal())
        if any(len(word) >= 3 for word in neighbours):
            return True
        return here.isdecimal() and after.isdecimal() and self._word(at + 2).isdecimal()

    def _token(self, at: int) -> Token:
        return self.tokens[at] if 0 <= at < len(self.tokens) else _NO_TOKEN

    def _word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def _says(self, at: int, *texts: str) -> bool:
        return 0 <= at < len(self.words) and self.words[at] in texts

    def _any_key(self, places: Sequence[int], group: str) -> bool:
        """Whether one of these words has a key of this group."""
        wanted = self.groups[group]
        return any(not self.lemmas.word(self.words[place]).keys.isdisjoint(wanted) for place in places)


def next_of_number(number: int, today: date) -> date:
    """Return the next day, today included, that has this number from 1 to 31 in its month."""
    year, month = today.year, today.month
    passed = number < today.day
    while passed or number > monthrange(year, month)[1]:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        passed = False
    return date(year, month, number)


def is_decimal_pair(word: str) -> re.Match[str] | None:
    """Return the two numbers of «25.11», «15:00», «15-30»."""
    return _PAIR.fullmatch(word)


_PAIR = re.compile(r"(\d{1,2})([.:/-])(\d{1,2})")
