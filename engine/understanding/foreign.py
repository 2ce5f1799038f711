"""English, Kazakh and Ukrainian words that clients mix in, turned into the Russian that the rules read."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from engine.understanding.letters import is_cyrillic

Span = tuple[int, int]

# Kazakh and Ukrainian letters as people type them on a Russian keyboard, and the pairs that they mix up.
_FOLDS = str.maketrans("әғқңөұүһіїєґўыйэ", "агкноуухииегуиие", "ьъ'’ʼ`")
_OWN_LETTERS = re.compile("[әғқңөұүһіїєґў]")
_UKRAINIAN = str.maketrans("іїєґў", "ииегу")
_KAZAKH_LETTERS = re.compile("[әғқңөұүһ]")
_SOUNDS = (
    ("zh", "ж"), ("sh", "ш"), ("ch", "ч"), ("kh", "х"), ("gh", "г"), ("ya", "я"), ("yu", "ю"),
    *zip("aäbcdefghiıjklmnñoöpqrstuüvwxyzşğ", "аабсдефгхиижклмнноопкрстууувхизшг", strict=True),
)  # fmt: skip
# Shorter words in Latin letters are translit: «ia» is «я», not «иә».
_LATIN_MIN = 4
_STEM_MIN = 5
_SHORT_ENGLISH = frozenset(("no", "hi"))
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


@dataclass(frozen=True, slots=True)
class Language:
    """What one language brings: phrases by their first word, words, stems, and words that need company."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    words: dict[str, tuple[str, ...]]
    stems: tuple[tuple[str, tuple[str, ...]], ...]
    weak: dict[str, tuple[str, ...]]
    latin: bool

    def key(self, word: str) -> str:
        """Return how the lists of this language spell a word."""
        return english_key(word) if self.latin else folded(word)

    def alone(self, key: str) -> tuple[str, ...] | None:
        """Return the Russian of a word that needs no company."""
        return self.words[key] if key in self.words else self._of_stem(key, _STEM_MIN)

    def among_others(self, key: str) -> tuple[str, ...] | None:
        """Return the Russian of a word in a message of this language."""
        found = self.alone(key)
        if found is None:
            found = self.weak.get(key)
        return self._of_stem(key, 0) if found is None else found

    def _of_stem(self, key: str, length_min: int) -> tuple[str, ...] | None:
        return next(
            (russian for stem, russian in self.stems if len(stem) >= length_min and key.startswith(stem)), None
        )

    def phrase(self, keys: Sequence[str], at: int) -> tuple[int, tuple[str, ...]] | None:
        """Return how many words the longest phrase here takes, and its Russian."""
        for words, russian in self.phrases.get(keys[at], ()):
            if tuple(keys[at : at + len(words)]) == words:
                return len(words), russian
        return None


def translated(sentences: Sequence[tuple[list[str], list[Span]]]) -> None:
    """Turn the foreign words of a message into Russian, in place; a phrase's words share its span."""
    words = [word for sentence, _ in sentences for word in sentence]
    for language in languages():
        keys = [language.key(word) for word in words]
        if _speaks(language, words, keys):
            for sentence, spans in sentences:
                sentence[:], spans[:] = _in_russian(language, sentence, spans)
        else:
            for sentence, spans in sentences:
                sentence[:], spans[:] = _strong_words(language, sentence, spans)
    for sentence, _ in sentences:
        sentence[:] = [word.translate(_UKRAINIAN) for word in sentence]


def _speaks(language: Language, words: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether the message is in this language as a whole, so that its ambiguous words are too."""
    strong = sum(1 for key in keys if key and language.alone(key) is not None)
    if not language.latin:
        marked = any(_KAZAKH_LETTERS.search(word) for word in words) if "мен" in language.weak else False
        return strong > 0 or marked
    latin = [key for key in keys if key]
    known = sum(1 for key in latin if language.among_others(key) is not None)
    if strong:
        return 2 * known >= len(latin)
    return bool(latin) and all(
        key in language.weak and (len(key) > 2 or key in _SHORT_ENGLISH) for key in latin
    )


def _in_russian(language: Language, words: list[str], spans: list[Span]) -> tuple[list[str], list[Span]]:
    keys = [language.key(word) for word in words]
    russian: list[str] = []
    places: list[Span] = []
    at = 0
    while at < len(words):
        taken, out = language.phrase(keys, at) or (1, language.among_others(keys[at]) if keys[at] else None)
        out = (words[at],) if out is None else out
        russian.extend(out)
        places.extend((spans[at][0], spans[at + taken - 1][1]) for _ in out)
        at += taken
    return russian, places


def _strong_words(language: Language, words: list[str], spans: list[Span]) -> tuple[list[str], list[Span]]:
    russian: list[str] = []
    places: list[Span] = []
    for word, span in zip(words, spans, strict=True):
        key = language.key(word)
        out = language.alone(key) if key else None
        out = (word,) if out is None else out
        russian.extend(out)
        places.extend(span for _ in out)
    return russian, places


def english_key(word: str) -> str:
    """Return a Latin word as the English lists have it: «don't» is «dont», «friend's» «friend»; else ""."""
    if not word[:1].isascii() or not word[:1].isalpha():
        return ""
    if word.endswith(("'s", "’s")) and len(word) > 4:
        word = word[:-2]
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
    latin = name == "english"
    key = english_key if latin else folded
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for text, russian in lists["phrases"].items():
        words = tuple(key(word) for word in text.split())
        phrases.setdefault(words[0], []).append((words, tuple(russian.split())))
    stems = {text[:-1]: russian for text, russian in lists["words"].items() if text.endswith("*")}
    return Language(
        phrases={
            first: tuple(sorted(found, key=lambda phrase: -len(phrase[0])))
            for first, found in phrases.items()
        },
        words={key(word): tuple(russian.split()) for word, russian in lists["words"].items() if "*" not in word},
        stems=tuple(
            (key(stem), tuple(stems[stem].split())) for stem in sorted(stems, key=len, reverse=True)
        ),
        weak={key(word): tuple(russian.split()) for word, russian in lists["weak"].items()},
        latin=latin,
    )
