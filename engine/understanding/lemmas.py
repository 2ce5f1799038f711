"""Lemmas: what pymorphy knows of a word, kept in the few keys that our rules look at."""

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.understanding.dictionary import dictionary
from engine.understanding.respelling import respellings
from engine.understanding.vocabulary import Vocabulary, vocabulary

# Readings of a word that are rarer than this are noise («смогу» as a form of «смог» is not).
_SCORE_MIN = 0.02
_FORMS = ("impr", "infn", "past", "pass", "1per", "2per", "3per")
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
# Only these are looked up: pymorphy raises on a letter without a Unicode name (𗀀, found by Hypothesis).
_RUSSIAN = re.compile(r"[а-яё]{1,60}")
_MISSPELT_CANCEL = re.compile(r"^[оа]т{1,2}м[еиэ]н(?=[аеиуюяы])")


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
    # Most likely a finite verb: «день» may be a form of «деть», but hardly is.
    finite: bool = False


class Lemmas:
    """The analyser of Russian words. Make it once: loading the dictionary takes about a second."""

    def __init__(self, words: Vocabulary | None = None) -> None:
        self.vocabulary = words or vocabulary()
        self._morph = dictionary()
        self.word = lru_cache(maxsize=20_000)(self._read)
        self.spelt = lru_cache(maxsize=20_000)(self._respell)
        self._own_words = respellings(self.vocabulary)
        self._masters = frozenset(self.vocabulary.masters.values())

    def lemmas(self, text: str) -> frozenset[str]:
        """Return every lemma that a phrase's words may have, for comparing titles."""
        return frozenset(
            key for part in re.findall(r"\w+", text.lower()) for key in self.word(_plain(part)).keys
        )

    def full_names(self, name: str) -> frozenset[str]:
        """Return every full name that a name may stand for: «маша» is Мария, «саша» may be two."""
        full = self.vocabulary.names.get(name, name)
        return self.vocabulary.shared_names.get(full, frozenset((full,)))

    def _read(self, text: str) -> Word:
        if not _RUSSIAN.fullmatch(text):
            return Word(text, frozenset((text,)), text)
        keys = {text}
        thing = name = likeliest = ""
        finite = False
        cases: set[str] = set()
        for number, parse in enumerate(self._morph.parse(text)):
            if parse.score < _SCORE_MIN and number > 0:
                continue
            lemma, tag = _plain(parse.normal_form), parse.tag
            keys.add(lemma)
            likeliest = likeliest or lemma
            grammemes = {str(grammeme).lower() for grammeme in tag.grammemes}
            keys.update(f"{lemma}:{form}" for form in (*_FORMS, *_CASES) if form in grammemes)
            finite = finite or (number == 0 and tag.POS == "VERB")
            if "pssv" in grammemes:
                keys.add(f"{lemma}:pass")
            is_name = "name" in grammemes or lemma in self._masters
            if is_name and (number == 0 or lemma in self.vocabulary.names):
                name = name or self.vocabulary.names.get(lemma, lemma)
                cases.update(case for case in _CASES if case in grammemes)
            if not thing and tag.POS in ("NOUN", "ADJF", "ADJS") and "apro" not in grammemes and number < 2:
                thing = lemma
        if any(key.endswith(":1per") for key in keys):
            # «Отменяем» is what we do; that it is also a short participle («отменяема») misleads.
            keys = {key for key in keys if not key.endswith(":pass")}
        return Word(text, frozenset(keys), likeliest, thing, name, frozenset(cases), finite)

    def _respell(self, text: str) -> tuple[str, ...]:
        """Return the word as it should be written, the salon's own words as its journal has them."""
        own = self._own_words
        if text in own:
            return own[text]
        return tuple(part for word in self._spell(text) for part in own.get(word, (word,)))

    def _spell(self, text: str) -> tuple[str, ...]:
        """Return the word as it should be written: well-known typos mended, a glued «не» parted."""
        if not _RUSSIAN.fullmatch(text):
            return (text,)
        if text in self.vocabulary.typos:
            return tuple(self.vocabulary.typos[text].split())
        mended = _MISSPELT_CANCEL.sub("отмен", text)
        if self._morph.word_is_known(mended):
            return (mended,)
        if mended.startswith("не") and len(mended) > 5:
            rest = self._spell(mended[2:])
            if len(rest) == 1 and (self.word(rest[0]).keys & self.vocabulary.glued):
                return ("не", *rest)
        return (next((known for known in self.vocabulary.spellings if _one_slip(mended, known)), mended),)


@lru_cache(maxsize=1)
def shared() -> Lemmas:
    """Return the one analyser of this process, made at the first call."""
    return Lemmas()


def _plain(text: str) -> str:
    return text.replace("ё", "е")


def _one_slip(typed: str, known: str) -> bool:
    """Whether one letter was added, left out, changed, or two neighbours were swapped."""
    if abs(len(typed) - len(known)) > 1 or min(len(typed), len(known)) < 5:
        return False
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    a, b = typed[start:], known[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])
