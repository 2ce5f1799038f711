"""Answers to a question of ours: a no, and which one of a list. A yes is consent.py's."""

import re

from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.phrase import Clause, Phrase

POSITIONS = {
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5,
    "шестой": 6, "седьмой": 7, "восьмой": 8, "девятый": 9, "десятый": 10, "последний": -1,
}  # fmt: skip
_COUNTS = {
    "один": 1,
    "два": 2,
    "три": 3,
    "четыре": 4,
    "пять": 5,
    "шесть": 6,
    "семь": 7,
    "восемь": 8,
    "девять": 9,
}
_NUMBER = re.compile(r"(\d{1,3})(?:ю|ую|я|ая|й|ый|ой)?")
# «На 10 минут» is no tenth.
COUNTED = frozenset(("минута", "час", "день", "неделя", "раз", "человек", "рубль", "год", "процент"))
_SEVERAL = frozenset(
    [
        "остальной",
        "оба",
        "обе",
        "весь",
        "все",
        "всё",
        "кроме",
        "каждый",
        "любой",
        "две",
        "трое",
        "двое",
        "обоих",
    ]
)

_BOTH = frozenset(("оба", "обе", "обоих"))
_TWO = frozenset(("две", "два", "двух", "двое"))
_ROWS = {"первые": 1, "первых": 1, "ближайшие": 1, "ближайших": 1, "последние": -1, "последних": -1}
_REST = frozenset(("остальной", "прочий", "кроме", "исключение"))


def is_no(phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether the message turns the question down and says nothing that contradicts it."""
    groups, words = lemmas.vocabulary.groups, set(phrase.words)
    if phrase.question:
        return False
    if not phrase.words:
        return bool(set(phrase.symbols) & {"👎", "❌", "🚫", "⛔", "🙅"})
    if words & groups["no"]:
        # «Не оставляйте её» turns nothing down.
        if any(not clause.every.isdisjoint(("!оставить", "!оставлять")) for clause in phrase.clauses):
            return False
        return words <= groups["no"] | groups["no_around"] | groups["yes_around"] | {"да"}
    return _not_needed(phrase) and words <= groups["no_around"] | groups["yes_around"] | {"да"}


def _not_needed(phrase: Phrase) -> bool:
    return any(not clause.every.isdisjoint(("!надо", "!нужно", "!нужный")) for clause in phrase.clauses)


def several(phrase: Phrase) -> bool:
    """Whether more than one of a list is meant: «обе», «все»."""
    said = any(
        is_several(keys) and not _is_particle(clause, place)
        for clause in phrase.clauses
        for place, keys in enumerate(clause.keys)
    )
    return said or len(_ordinals(phrase)) > 1


def both(phrase: Phrase) -> bool:
    """Whether exactly two are meant: «обе», «оба визита», «две записи»."""
    return any(
        not keys.isdisjoint(_BOTH)
        or (clause.words[place].text in _TWO and COUNTED.isdisjoint(_keys(clause, place + 1)))
        for clause in phrase.clauses
        for place, keys in enumerate(clause.keys)
        if place not in clause.moments.spans
    )


def is_rest(phrase: Phrase) -> bool:
    """Whether it speaks of what is left of something: «остальные», «все, кроме пятницы»."""
    return any(not keys.isdisjoint(_REST) for clause in phrase.clauses for keys in clause.keys)


def ordinals(phrase: Phrase) -> tuple[int, ...]:
    """Return which places of a list are meant, in the order they were said: «1 и 3», «первые две»."""
    found = tuple(_ordinals(phrase))
    if len(found) > 1 or (found and abs(found[0]) != 1):
        return found
    for clause in phrase.clauses:
        for place, word in enumerate(clause.words):
            if count := _in_a_row(clause, place):
                return tuple(range(1, count + 1)) if _ROWS[word.text] > 0 else tuple(range(-count, 0))
    return found


def _in_a_row(clause: Clause, place: int) -> int:
    """Return how many of a list «первые две», «последние три» are; 0 where nothing is counted."""
    if clause.words[place].text not in _ROWS:
        return 0
    beside = (*_keys(clause, place + 1), *(_keys(clause, place - 1) if place else ()))
    return next((number for lemma, number in _COUNTS.items() if number > 1 and lemma in beside), 0)


def _is_particle(clause: Clause, place: int) -> bool:
    """Whether «все» counts nothing: «скорее всего», «всё-таки», «всего доброго»."""
    before = clause.words[place - 1].text if place else ""
    after = clause.words[place + 1].text if place + 1 < len(clause.words) else ""
    return before in ("скорее", "прежде", "лучше") or after in ("таки", "равно", "же", "доброго", "хорошего")


def is_several(keys: frozenset[str]) -> bool:
    """Whether a word says by itself that more than one is meant."""
    return not keys.isdisjoint(_SEVERAL)


def ordinal(phrase: Phrase) -> int | None:
    """Return which of a list is meant: 1 is the first, -1 the last."""
    found = _ordinals(phrase)
    if len(found) != 1:
        return None
    counted = any("конец" in clause.every for clause in phrase.clauses)
    return -found[0] if counted and found[0] > 0 else found[0]


def is_in_digits(phrase: Phrase) -> bool:
    """Whether the place is told in digits, which may be an hour or a day too: «15», but not «третью»."""
    return any(word.text.isdecimal() for clause in phrase.clauses for word in clause.words)


def _ordinals(phrase: Phrase) -> list[int]:
    found: list[int] = []
    alone = len(phrase.words) == 1
    for clause in phrase.clauses:
        placed = not clause.every.isdisjoint(POSITIONS)
        for place, word in enumerate(clause.words):
            number = _position(clause.keys[place]) if placed else None
            if number is None and word.text[:1].isdecimal() and (digits := _NUMBER.fullmatch(word.text)):
                number = int(digits[1])
            if number is None and (
                alone or (place and clause.words[place - 1].text in ("номер", "под", "цифра"))
            ):
                number = next((value for lemma, value in _COUNTS.items() if lemma in word.keys), None)
            if number is None or number in found or place in clause.moments.spans:
                continue
            if COUNTED.isdisjoint(_keys(clause, place + 1)):
                found.append(number)
    return found


def is_position(word: Word) -> bool:
    """Whether a word is a place of a list: «вторую», «2-ю», «2»."""
    return _position(word.keys) is not None or _NUMBER.fullmatch(word.text) is not None


def _position(keys: frozenset[str]) -> int | None:
    if keys.isdisjoint(POSITIONS):
        return None
    return next(value for lemma, value in POSITIONS.items() if lemma in keys)


def _keys(clause: Clause, place: int) -> frozenset[str]:
    return clause.keys[place] if place < len(clause.keys) else frozenset()
