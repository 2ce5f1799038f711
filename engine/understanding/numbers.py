"""Numbers in Russian words, and the small readers that days and clock times share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from engine.understanding.lemmas import Lemmas

_CARDINALS = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20,
    "тридцать": 30, "сорок": 40, "пятьдесят": 50,
}  # fmt: skip
_ORDINALS = {
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5, "шестой": 6, "седьмой": 7,
    "восьмой": 8, "девятый": 9, "десятый": 10, "одиннадцатый": 11, "двенадцатый": 12, "тринадцатый": 13,
    "четырнадцатый": 14,
    "пятнадцатый": 15, "шестнадцатый": 16, "семнадцатый": 17, "восемнадцатый": 18, "девятнадцатый": 19,
    "двадцатый": 20, "тридцатый": 30,
}  # fmt: skip
_ENDS = frozenset(
    [
        "ого",
        "его",
        "ое",
        "е",
        "ье",
        "ьего",
        "ую",
        "ю",
        "ью",
        "ая",
        "ья",
        "ой",
        "ей",
        "ый",
        "ий",
        "му",
        "ьей",
        "ым",
        "ом",
    ]
)
_STEMS = {
    **{lemma[:-2]: number for lemma, number in _ORDINALS.items() if lemma != "третий"},
    "трет": 3,
}  # fmt: skip
_NUMBER = re.compile(r"(\d+)(го|е|ое|му|ю|ую|я|ая|й|ый|ой|ым|ом|м)?")


@dataclass(slots=True)
class Moments:
    """What a run of words says of days and times. `spans` are the word positions that it was read from."""

    days: list[date] = field(default_factory=list)
    clocks: list[time] = field(default_factory=list)
    # For a bare hour, the other half of the day, should a known record be there.
    twins: list[time] = field(default_factory=list)
    impossible_day: bool = False
    # A day or time that was ruled out or is only a bound stands here and nowhere else.
    loose: bool = False
    spans: set[int] = field(default_factory=set)


class Reader:
    """One pass over one sentence. Its readers return how many words they took, 0 for none."""

    def __init__(self, words: Sequence[str], lemmas: Lemmas, said_at: datetime) -> None:
        self.words = list(words)
        self.keys = [lemmas.word(word).keys for word in words]
        self.said_at, self.today = said_at, said_at.date()
        self.found = Moments()
        # Weekdays and calendar dates with the places they stand at, to be held against each other.
        self.weekdays: list[tuple[date, int]] = []
        self.dates: list[tuple[date, int]] = []
        self.at = 0
        # Whether what is being read is ruled out («не в пятницу») or only a bound («после 16»).
        self.denied = self.bound = False

    def _number(self, at: int) -> tuple[int, int, str]:
        """Return a number, how many words it took, and whether its form says "day", "either" or "item"."""
        word = self._word(at)
        if digits := _NUMBER.fullmatch(word):
            return int(digits[1]), 1, _ending(digits[2] or "")
        if tens := self._keys(at) & {"двадцать", "тридцать"}:
            ten = _CARDINALS[next(iter(tens))]
            if unit := self._ordinal_word(self._word(at + 1)):
                return (ten + unit, 2, _word_ending(self._word(at + 1))) if unit < 10 else (ten, 1, "")
            unit, taken = self._cardinal(at + 1)
            return (ten + unit, 2, "") if taken and unit < 10 else (ten, 1, "")
        if ordinal := self._ordinal_word(word):
            return ordinal, 1, _word_ending(word)
        count, taken = self._cardinal(at)
        return count, taken, ""

    def _cardinal(self, at: int) -> tuple[int, int]:
        word = self._word(at)
        # `isdigit` would let «²» in, which is no number that can be read.
        if word.isdecimal():
            return int(word), 1
        known = self._keys(at) & _CARDINALS.keys()
        return (_CARDINALS[next(iter(known))], 1) if known else (0, 0)

    def _ordinal_word(self, word: str) -> int:
        return next(
            (
                number
                for stem, number in _STEMS.items()
                if word.startswith(stem) and word[len(stem) :] in _ENDS
            ),
            0,
        )

    def _counted(self, at: int) -> bool:
        """Whether the number before `at` counts something: «на 10 минут», «в 2 местах»."""
        return self._has(
            at, "минута", "мин", "день", "неделя", "месяц", "год", "раз", "человек", "запись", "рубль",
            "процент", "штука", "место", "процедура", "секунда", "услуга", "номер", "ноготь", "палец",
        )  # fmt: skip

    def _keys(self, at: int) -> frozenset[str]:
        return self.keys[at] if 0 <= at < len(self.keys) else frozenset()

    def _word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def _has(self, at: int, *lemmas: str) -> bool:
        return not self._keys(at).isdisjoint(lemmas)


def _ending(suffix: str) -> str:
    return {"го": "day", "е": "either", "ое": "either", "": ""}.get(suffix, "item")


def _word_ending(word: str) -> str:
    if word.endswith(("ого", "его")):
        return "day"
    return "either" if word.endswith(("ое", "ье")) else "item"
