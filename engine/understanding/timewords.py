"""What single words mean for days and clock times, by the forms in `times.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from engine.understanding.mentions import Part

# How the form of a number was typed: «25-го», «25-е», «25-ю», or plain.
Form = Literal["", "day", "either", "item"]

# «-ий», «-ыми», «-его», «-ой», «-ая», «-юю».
_ADJECTIVE = "([иы](й|е|ми?|х)|[ео](е|го|й|му|м)|[ая]я|[ую]ю)"
_DIGITS = re.compile(r"(\d{1,6})(го|е|ое|му|ю|ую|я|ая|й|ый|ой|ым|ом|м)?")
_ORDINAL_END = "(ого|его|ьего|ое|е|ье|ую|ю|ью|ая|ья|ой|ей|ый|ий|му|ому|ьему|ьей|ым|ом|ьем)"
_HALVED = re.compile(r"пол(.{4,})")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. What does not apply is None, or "" or 0."""

    number: int | None = None
    form: Form = ""
    digits: bool = False
    cardinal: bool = False
    weekday: int | None = None
    # «Субботнюю» rather than «субботу», «вечернюю» rather than «вечером».
    adjective: bool = False
    near: int | None = None
    month: int = 0
    unit: str = ""
    which: str = ""
    part: Part | None = None
    # Only with another word before it: «на вечер», but not «добрый вечер».
    part_noun: Part | None = None
    # The half of the day after an hour.
    half: str = ""
    # The hour of «полтретьего» counted as it is spoken: 3.
    halved: int = 0
    # A day or time may begin here.
    begins: bool = False


# Words that say nothing of time, and those that only may open something that does.
_NO_TIME, _OPENER = Token(), Token(begins=True)


class TimeWords:
    """The lists of `times.toml`, ready to be asked."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.groups = {
            name: frozenset(text.split())
            for table in ("words", "roles")
            for name, text in tables[table].items()
        }
        # What may stand before a day or time and belong to its phrase.
        self.leading = self.groups["leads"] | self.groups["own"]
        ends = {"ordinal": _ORDINAL_END, "weekday_of": _ADJECTIVE, "part_of": _ADJECTIVE}
        forms = {
            name: {value: _form(form, ends.get(name, "")) for value, form in table.items()}
            for name, table in tables.items()
            if name not in ("words", "roles")
        }
        self._values = {name: tuple(table) for name, table in forms.items()}
        # One expression per table, with one group per value.
        self._forms = {
            name: re.compile("|".join(f"({form})" for form in table.values()))
            for name, table in forms.items()
        }
        # Most words are of none of the tables.
        self._any = re.compile("|".join(form for table in forms.values() for form in table.values()))
        self.token = lru_cache(maxsize=20_000)(self._token)

    def _token(self, word: str) -> Token:
        if digits := _DIGITS.fullmatch(word):
            return Token(number=int(digits[1]), form=_ending(digits[2] or ""), digits=True, begins=True)
        if word[:1].isdecimal():
            return _OPENER
        if not word.startswith("пол") and not self._any.fullmatch(word):
            return _OPENER if word in _OPENERS else _NO_TIME
        cardinal, ordinal = self._value("cardinal", word), self._value("ordinal", word)
        weekday, of = self._value("weekday", word), self._value("weekday_of", word)
        near, month = self._value("near", word), self._value("month", word)
        halved = _HALVED.fullmatch(word)
        hour = self._value("ordinal", halved[1]) if halved else None
        unit, which = self._value("unit", word) or "", self._value("which", word) or ""
        part_of, noun = self._value("part_of", word), self._value("part_noun", word)
        part = self._value("part", word) or part_of
        number = cardinal if cardinal is not None else ordinal
        marks = (number, weekday, of, near, month, hour, part, noun)
        return Token(
            number=None if number is None else int(number),
            form=_word_ending(word) if cardinal is None and ordinal is not None else "",
            cardinal=cardinal is not None,
            weekday=int(weekday or of or 0) if weekday or of else None,
            adjective=of is not None or part_of is not None,
            near=None if near is None else int(near),
            month=int(month or 0),
            unit=unit,
            which=which,
            part=part,  # type: ignore[arg-type]  # The keys of the table are the parts.
            part_noun=noun,  # type: ignore[arg-type]
            half=self._value("half", word) or "",
            halved=int(hour or 0),
            begins=bool(unit or which) or any(mark is not None for mark in marks) or word in _OPENERS,
        )

    def _value(self, table: str, word: str) -> str | None:
        found = self._forms[table].fullmatch(word)
        return None if found is None or found.lastindex is None else self._values[table][found.lastindex - 1]


# Words that open a day or time, and are none.
_OPENERS = frozenset(
    ("без", "пол", "половине", "половину", "половина", "половины", "четверть", "четверти", "через", "полдень",
     "полудню", "полудня", "полночь", "обеда", "обед", "обеду", "обедом", "конец", "конца", "конце", "концу",
     "начало", "начале", "началу", "начала", "середине", "середину", "нового", "новым", "первых")
)  # fmt: skip


@lru_cache(maxsize=1)
def time_words() -> TimeWords:
    """Return the packaged words."""
    return TimeWords(tomllib.loads((files(__package__) / "times.toml").read_text(encoding="utf-8")))


def _form(form: str, ends: str) -> str:
    """Return an expression without groups of its own, and without needless ones: they are slow to try."""
    whole = f"({form}){ends}" if ends and "|" in form else form + ends
    return whole.replace("<adj>", _ADJECTIVE).replace("(", "(?:")


def _ending(suffix: str) -> Form:
    forms: dict[str, Form] = {"го": "day", "е": "either", "ое": "either", "": ""}
    return forms.get(suffix, "item")


def _word_ending(word: str) -> Form:
    if word.endswith(("ого", "его")):
        return "day"
    return "either" if word.endswith(("ое", "ье")) else "item"
