"""English, Kazakh and Ukrainian words that clients mix in, turned into the Russian that the rules read."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from engine.understanding.letters import is_cyrillic

Span = tuple[int, int]
Script = Literal["latin", "cyrillic", "both"]

# Kazakh is typed in both; Ukrainian in Latin letters is read as translit.
_SCRIPTS: dict[str, Script] = {"english": "latin", "kazakh": "both", "ukrainian": "cyrillic"}

# Kazakh and Ukrainian letters as people type them on a Russian keyboard, and the pairs that they mix up.
_FOLDS = str.maketrans("әғқңөұүһіїєґўыйэ", "агкноуухииегуиие", "'’ʼ`")
_OWN_LETTERS = re.compile("[әғқңөұүһіїєґў]")
_PLAIN_LETTERS = str.maketrans("іїєґў", "ииегу")
_SOUNDS = (
    ("zh", "ж"), ("sh", "ш"), ("ch", "ч"), ("kh", "х"), ("gh", "г"), ("ya", "я"), ("yu", "ю"),
    *zip("aäbcdefghiıjklmnñoöpqrstuüvwxyzşğ", "аабсдефгхиижклмнноопкрстууувхизшг", strict=True),
)  # fmt: skip
# Shorter words in Latin letters are translit: «ia» is «я», not «иә».
_LATIN_MIN = 4
# A shorter stem counts only in a message of its language.
_STEM_MIN = 5
_STEM_SHORTEST = 3
_SHORT_ENGLISH = frozenset(("no", "hi"))
# How the lists write a «не» that belongs before the word that it follows.
_NOT_BEFORE = ("<не",)
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


@dataclass(frozen=True, slots=True)
class Language:
    """What one language brings: phrases by their first word, words, stems, and words that need company."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    # The longest word of each phrase: without it there is no such phrase.
    phrase_words: frozenset[str]
    words: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    # The first letters of all stems: most words have none of them.
    stem_begins: frozenset[str]
    weak: dict[str, tuple[str, ...]]
    # What a word means that is the whole message.
    whole: dict[str, tuple[str, ...]]
    script: Script

    def key(self, word: str) -> str:
        """Return how the lists of this language spell a word; "" if it cannot be of this language."""
        if self.script == "latin":
            return english_key(word)
        return folded(word) if self.script == "both" or is_cyrillic(word) else ""

    def alone(self, word: str, key: str) -> tuple[str, ...] | None:
        """Return the Russian of a word that needs no company: «ні» has a letter that Russian has not."""
        if key in self.words:
            return self.words[key]
        if key in self.weak and _OWN_LETTERS.search(word):
            return self.weak[key]
        return self._of_stem(key, _STEM_MIN)

    def among_others(self, word: str, key: str) -> tuple[str, ...] | None:
        """Return the Russian of a word in a message of this language."""
        found = self.alone(word, key)
        if found is None:
            found = self.weak.get(key)
        return self._of_stem(key, 0) if found is None else found

    def may_show(self, word: str) -> bool:
        """Whether a word alone, or a phrase that it is in, may show a message to be of this language."""
        key = self.key(word)
        if self.script == "latin":
            return bool(key)
        known = key in self.whole or key in self.phrase_words or self.alone(word, key) is not None
        return bool(key) and known

    def _of_stem(self, key: str, length_min: int) -> tuple[str, ...] | None:
        if key[:_STEM_SHORTEST] not in self.stem_begins:
            return None
        for length in range(len(key), max(length_min, _STEM_SHORTEST) - 1, -1):
            if (russian := self.stems.get(key[:length])) is not None:
                return russian
        return None

    def phrase(self, keys: Sequence[str], at: int) -> tuple[int, tuple[str, ...]] | None:
        """Return how many words the longest phrase here takes, and its Russian."""
        for words, russian in self.phrases.get(keys[at], ()):
            if tuple(keys[at : at + len(words)]) == words:
                return len(words), russian
        return None


def translated(sentences: Sequence[tuple[list[str], list[Span]]]) -> None:
    """Turn the foreign words of a message into Russian, in place; a phrase's words share its span."""
    words = [word for sentence, _ in sentences for word in sentence]
    if not any(map(_may_be_foreign, words)):
        return
    for language in languages():
        keys = [language.key(word) for word in words]
        if not any(keys):
            continue
        if len(words) == 1 and keys[0] in language.whole:
            sentences[0][0][:] = language.whole[keys[0]]
            return
        strong = _has_strong(language, words, keys)
        spoken = _is_spoken(language, words, keys, strong=strong)
        if strong or spoken:
            for sentence, spans in sentences:
                sentence[:], spans[:] = _in_russian(language, sentence, spans, spoken=spoken)
            words = [word for sentence, _ in sentences for word in sentence]
    for sentence, _ in sentences:
        sentence[:] = [word.translate(_PLAIN_LETTERS) for word in sentence]


@lru_cache(maxsize=10_000)
def _may_be_foreign(word: str) -> bool:
    """Whether a word could make a message one of another language, or has a letter that Russian has not."""
    if is_cyrillic(word[:1]) and not _OWN_LETTERS.search(word):
        keys, begins = _cyrillic_lists()
        key = folded(word)
        if key not in keys and key[:_STEM_SHORTEST] not in begins:
            # Most words by far.
            return False
    return word.translate(_PLAIN_LETTERS) != word or any(language.may_show(word) for language in languages())


@lru_cache(maxsize=1)
def _cyrillic_lists() -> tuple[frozenset[str], frozenset[str]]:
    """Return every word that shows a language written in Cyrillic, and how the stems begin that do."""
    written = [language for language in languages() if language.script != "latin"]
    return (
        frozenset().union(*(one.words.keys() | one.whole.keys() | one.phrase_words for one in written)),
        frozenset().union(*(one.stem_begins for one in written)),
    )


def _has_strong(language: Language, words: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether some word or phrase can only be of this language."""
    return any(
        key and (language.alone(word, key) is not None or language.phrase(keys, at) is not None)
        for at, (word, key) in enumerate(zip(words, keys, strict=True))
    )


def _is_spoken(language: Language, words: Sequence[str], keys: Sequence[str], *, strong: bool) -> bool:
    """Whether the message is in this language as a whole, so that its ambiguous words are too."""
    if language.script != "latin":
        return strong
    own = [(word, key) for word, key in zip(words, keys, strict=True) if key]
    if strong:
        return 2 * _count_known(language, own) >= len(own)
    return all(key in language.weak and (len(key) > 2 or key in _SHORT_ENGLISH) for _, key in own)


def _count_known(language: Language, own: Sequence[tuple[str, str]]) -> int:
    keys = [key for _, key in own]
    at = known = 0
    while at < len(own):
        taken = (language.phrase(keys, at) or (0, ()))[0]
        known += taken or language.among_others(*own[at]) is not None
        at += taken or 1
    return known


def _in_russian(
    language: Language, words: list[str], spans: list[Span], *, spoken: bool
) -> tuple[list[str], list[Span]]:
    keys = [language.key(word) for word in words]
    russian: list[str] = []
    places: list[Span] = []
    at = 0
    while at < len(words):
        taken, out = _read(language, words, keys, at, spoken=spoken)
        if out == _NOT_BEFORE:
            # «Бүгін емес»: the denial stands behind its word there, before it in Russian.
            russian.insert(max(len(russian) - 1, 0), "не")
            places.insert(max(len(places) - 1, 0), spans[at])
            at += 1
            continue
        russian.extend(out)
        places.extend((spans[at][0], spans[at + taken - 1][1]) for _ in out)
        at += taken
    return russian, places


def _read(
    language: Language, words: Sequence[str], keys: Sequence[str], at: int, *, spoken: bool
) -> tuple[int, tuple[str, ...]]:
    """Return how many words are read here, and what they are in Russian."""
    word, key = words[at], keys[at]
    if not key:
        return 1, (word,)
    if spoken and (phrase := language.phrase(keys, at)):
        return phrase
    russian = language.among_others(word, key) if spoken else language.alone(word, key)
    return 1, (word,) if russian is None else russian


def english_key(word: str) -> str:
    """Return a Latin word as the English lists have it: «don't» is «dont»; else ""."""
    if not word[:1].isascii() or not word[:1].isalpha():
        return ""
    return word.translate(_APOSTROPHES)


@lru_cache(maxsize=5_000)
def folded(word: str) -> str:
    """Return a word as the Kazakh and Ukrainian lists have it, whatever keyboard typed it; numbers are ""."""
    if is_cyrillic(word):
        return word.translate(_FOLDS)
    if len(word) < _LATIN_MIN or not word.isalpha():
        return ""
    for sound, letter in _SOUNDS:
        word = word.replace(sound, letter)
    return word


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """Return the packaged languages."""
    text = (files(__package__) / "foreign.toml").read_text(encoding="utf-8")
    return tuple(_language(name, lists) for name, lists in tomllib.loads(text).items())


def _language(name: str, lists: dict[str, dict[str, str]]) -> Language:
    key = english_key if _SCRIPTS[name] == "latin" else folded
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for text, russian in sorted(lists["phrases"].items(), key=lambda entry: -len(entry[0].split())):
        words = tuple(key(word) for word in text.split())
        phrases.setdefault(words[0], []).append((words, tuple(russian.split())))
    stems = {word[:-1]: russian for word, russian in lists["words"].items() if word.endswith("*")}
    plain = {word: russian for word, russian in lists["words"].items() if not word.endswith("*")}
    return Language(
        phrases={first: tuple(found) for first, found in phrases.items()},
        phrase_words=frozenset(max(words, key=len) for found in phrases.values() for words, _ in found),
        words={key(word): tuple(russian.split()) for word, russian in plain.items()},
        stems={key(stem): tuple(russian.split()) for stem, russian in stems.items()},
        stem_begins=frozenset(key(stem)[:_STEM_SHORTEST] for stem in stems),
        weak={key(word): tuple(russian.split()) for word, russian in lists["weak"].items()},
        whole={key(word): tuple(russian.split()) for word, russian in lists.get("whole", {}).items()},
        script=_SCRIPTS[name],
    )
