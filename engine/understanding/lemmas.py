"""Lemmas: what pymorphy knows of a word, kept in the few keys that our rules look at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.understanding.dictionary import dictionary, readings
from engine.understanding.respelling import respellings
from engine.understanding.spelling import Speller
from engine.understanding.vocabulary import Vocabulary, vocabulary

# Readings of a word that are rarer than this are noise («смогу» as a form of «смог» is not).
_SCORE_MIN = 0.02
_VERBAL = frozenset(("impr", "infn", "past", "1per", "2per", "3per"))
_FORMS = ("impr", "infn", "past", "pass", "1per", "2per", "3per")
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
# Only these are looked up: pymorphy raises on a letter without a Unicode name (𗀀, found by Hypothesis).
_LONG_WORD = re.compile(r"[а-яё]{4,60}")
_RUSSIAN = re.compile(r"[а-яё]{1,60}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word and the keys that patterns may match: itself, its lemmas, «lemma:form»."""

    text: str
    keys: frozenset[str]
    # The likeliest lemma; the word itself where the dictionary is not asked.
    lemma: str = ""
    # Lemma if the word may name a service (noun or adjective), else "".
    thing: str = ""
    # Canonical personal name, else "".
    name: str = ""
    # Cases that the personal name may stand in.
    name_cases: frozenset[str] = frozenset()
    # Whether the dictionary has the word, and not only a guess at it.
    known: bool = False
    # Most likely a finite verb: «день» may be a form of «деть», but hardly is.
    finite: bool = False
    # It may be a verb form: an order, an infinitive, a past or a person.
    verbal: bool = False


class Lemmas:
    """The analyser of Russian words. Make it once: loading the dictionary takes about a second."""

    def __init__(self, words: Vocabulary | None = None) -> None:
        self.vocabulary = words or vocabulary()
        self._morph = dictionary()
        self.word = lru_cache(maxsize=20_000)(self._read)
        is_known = lru_cache(maxsize=20_000)(self._morph.word_is_known)
        self.speller = Speller(self.vocabulary.spelling, is_known, self.is_noun)
        self.names = lru_cache(maxsize=2_000)(self._names)
        self._own_words = respellings(self.vocabulary)
        self._masters = frozenset(self.vocabulary.masters.values())

    def lemmas(self, text: str) -> frozenset[str]:
        """Return every lemma that a phrase's words may have, for comparing titles."""
        return frozenset(
            key for part in re.findall(r"\w+", text.lower()) for key in self.word(_plain(part)).keys
        )

    def is_noun(self, text: str) -> bool:
        """Whether a word is most likely a noun."""
        return bool(self._morph.parse(text)[0].tag.POS == "NOUN")

    def _names(self, titles: tuple[str, ...]) -> frozenset[str]:
        """Return every form of the words of some titles, for words typed in their likeness."""
        words = [_plain(part) for title in titles for part in _LONG_WORD.findall(title.lower())]
        return frozenset(
            _plain(form.word) for word in words for form in self._morph.parse(word)[0].lexeme
        ) | frozenset(words)

    def names_read(self, text: str) -> frozenset[str]:
        """Return every personal name that a form may be of: «александру» is of two, a man and a woman.

        None, if it may be something else as well: «жене», «свету».
        """
        parses = [parse for parse in self._morph.parse(text) if parse.score >= _SCORE_MIN]
        if not all(_form(parse.tag).name for parse in parses):
            return frozenset()
        return frozenset(_plain(parse.normal_form) for parse in parses)

    def means(self, typed: str) -> tuple[str, ...]:
        """Return what the salon's own word stands for, in the form it is typed in; () if it is none."""
        return self._own_words.get(typed, ())

    def full_names(self, name: str) -> frozenset[str]:
        """Return every full name that a name may stand for: «маша» is Мария, «саша» may be two."""
        full = self.vocabulary.names.get(name, name)
        return self.vocabulary.shared_names.get(full, frozenset((full,)))

    def _read(self, text: str) -> Word:
        if not _RUSSIAN.fullmatch(text):
            return Word(text, frozenset((text,)), text)
        keys = {text}
        thing = name = likeliest = ""
        finite = ours = verbal = False
        cases: set[str] = set()
        found = readings(text)
        known = bool(found)
        for number, (normal, tag, score) in enumerate(found or self._guesses(text)):
            if score < _SCORE_MIN and number > 0:
                continue
            lemma, form = _plain(normal), _form(tag)
            keys.add(lemma)
            likeliest = likeliest or lemma
            keys.update([lemma + mark for mark in form.marks])
            finite = finite or (number == 0 and form.finite)
            verbal = verbal or form.verbal
            is_name = form.name or lemma in self._masters
            # A guess at an unknown word is no name: «бубубу».
            if is_name and ((number == 0 and known) or lemma in self.vocabulary.names):
                # «Анне» is a name of its own to the dictionary, and to us a form of «Анна».
                name = self.vocabulary.names.get(lemma) or name or lemma
                cases.update(form.cases)
                keys.update(f"<name>:{case}" for case in cases)
                keys.add("<name>")
            if not thing and form.thing and number < 2:
                thing = lemma
            ours = ours or form.ours
        if ours:
            # «Отменяем» is what we do; that it is also a short participle («отменяема») misleads.
            keys = {key for key in keys if not key.endswith(":pass")}
        return Word(text, frozenset(keys), likeliest, thing, name, frozenset(cases), known, finite, verbal)

    def _guesses(self, text: str) -> list[tuple[str, Any, float]]:
        return [(parse.normal_form, parse.tag, parse.score) for parse in self._morph.parse(text)]

    def sentence(
        self, words: Sequence[str], names: frozenset[str] = frozenset()
    ) -> list[tuple[int, int, tuple[str, ...]]]:
        """Return runs of words as (begin, end, spelling), the salon's own words as its journal has them."""
        own = self._own_words
        runs = self.speller.sentence(words, names)
        if not own:
            return runs
        return [
            (
                begin,
                end,
                own.get(words[begin]) or tuple(part for word in spelt for part in own.get(word, (word,))),
            )
            for begin, end, spelt in runs
        ]

    def spelt(self, word: str) -> tuple[str, ...]:
        """Return one word as it should be written."""
        return tuple(part for _, _, spelt in self.sentence((word,)) for part in spelt)


@lru_cache(maxsize=1)
def shared() -> Lemmas:
    """Return the one analyser of this process, made at the first call."""
    return Lemmas()


@dataclass(frozen=True, slots=True)
class _Form:
    """What the rules look at in a tag of the dictionary."""

    # «:infn», «:datv»: what stands behind a lemma in its keys.
    marks: tuple[str, ...]
    cases: tuple[str, ...]
    name: bool
    # It may name a service.
    thing: bool
    finite: bool
    # A verb of ours («отменяем»), or any verb form.
    ours: bool
    verbal: bool


# There are some hundred tags, and each has dozens of words.
@lru_cache(maxsize=5_000)
def _form(tag: Any) -> _Form:
    grammemes = frozenset(str(tag).lower().replace(" ", ",").split(","))
    passive = (":pass",) if "pssv" in grammemes else ()
    return _Form(
        marks=(*(f":{form}" for form in (*_FORMS, *_CASES) if form in grammemes), *passive),
        cases=tuple(case for case in _CASES if case in grammemes),
        name="name" in grammemes,
        thing="apro" not in grammemes and not grammemes.isdisjoint(("noun", "adjf", "adjs")),
        finite="verb" in grammemes,
        ours="1per" in grammemes,
        verbal=not grammemes.isdisjoint(_VERBAL),
    )


def _plain(text: str) -> str:
    return text.replace("ё", "е")
