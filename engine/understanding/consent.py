"""Consent: the closed grammar of a yes to «Отменить запись?». What it cannot explain is no yes."""

import re
from collections.abc import Sequence

from engine.booking import Record
from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase

_PREPOSITIONS = frozenset(("на", "в", "во", "к", "ко", "у", "с", "со"))
_PLUS = re.compile(r"[\s+]*\+[\s+]*")


def is_yes(text: str, phrase: Phrase, records: Sequence[Record], lemmas: Lemmas) -> bool:
    """Whether every word of the message is explained as a yes to cancelling the one record asked about.

    A question mark, a sign of refusal, another day or any stray word makes it no yes.
    """
    if "+" in text:
        return _PLUS.fullmatch(text) is not None
    if phrase.question or not lemmas.vocabulary.groups["negative_signs"].isdisjoint(phrase.symbols):
        return False
    if not all(_names_nothing_else(clause, records) for clause in phrase.clauses):
        return False
    return _Grammar(phrase, records, lemmas).agrees()


class _Grammar:
    """Explains the words of one message, each by what it is or by what stands beside it."""

    def __init__(self, phrase: Phrase, records: Sequence[Record], lemmas: Lemmas) -> None:
        self._lemmas, self._groups = lemmas, lemmas.vocabulary.groups
        self._own = lemmas.lemmas(_title(records[0])) if len(records) == 1 else frozenset()
        self._names = frozenset(name for key in self._own for name in lemmas.full_names(key))
        self._phrase = phrase
        self._strong = self._weak = self._about = False

    def agrees(self) -> bool:
        for clause in self._phrase.clauses:
            texts = [word.text for word in clause.words if word.text != COMMA]
            spans = _without_commas(clause)
            if not all(place in spans or self._explained(texts, place) for place in range(len(texts))):
                return False
            self._about |= bool(spans)
        # «Хорошо, запись завтра» may be about the visit, not about cancelling it.
        return self._strong or (self._weak and not self._about)

    def _explained(self, texts: Sequence[str], place: int) -> bool:
        groups, word = self._groups, texts[place]
        before = texts[place - 1] if place else ""
        after = texts[place + 1] if place + 1 < len(texts) else ""
        if word in groups["yes_weak"]:
            self._weak = True
            return True
        if word in groups["yes"]:
            self._strong = True
            return True
        if word in groups["yes_after_da"]:
            agreed = self._strong or self._weak
            self._strong |= agreed
            return agreed
        if word in groups["yes_around"]:
            return True
        if word in groups["yes_before"]:
            return after in groups["yes"] | groups["yes_before"]
        if word == "я":
            return after == "не" or after in groups["yes_after_i"] | groups["yes_because"]
        if word in groups["yes_after_i"]:
            self._weak |= before == "я"
            return before == "я"
        self._about = True
        if word in groups["yes_because"]:
            return True
        if word == "не" or word in groups["yes_not"]:
            return after in groups["yes_not"] if word == "не" else before == "не"
        if word in _PREPOSITIONS:
            return after in groups["yes_about"] or self._is_own(after)
        return word in groups["yes_about"] or self._is_own(word)

    def _is_own(self, word: str) -> bool:
        """Whether a word is one of the record's services or its master."""
        read = self._lemmas.word(word)
        if read.name:
            return not self._names.isdisjoint(self._lemmas.full_names(read.name))
        return len(word) > 2 and read.thing in self._own


def _names_nothing_else(clause: Clause, records: Sequence[Record]) -> bool:
    """Whether all days and times of a clause are those of the one record."""
    named = clause.moments
    if named.impossible_day or named.loose:
        return False
    if not named.spans:
        return True
    if len(records) != 1 or not (named.days or named.clocks):
        return False
    starts_at = records[0].starts_at
    start = starts_at.time()
    same_clock = (
        not named.clocks or named.clocks == [start] or (len(named.clocks) == 1 and start in named.twins)
    )
    return same_clock and all(day == starts_at.date() for day in named.days)


def _without_commas(clause: Clause) -> frozenset[int]:
    """Return the places of days and times, counted without commas."""
    places = [place for place, word in enumerate(clause.words) if word.text != COMMA]
    return frozenset(new for new, old in enumerate(places) if old in clause.moments.spans)


def _title(record: Record) -> str:
    return " ".join((*record.services, record.master))
