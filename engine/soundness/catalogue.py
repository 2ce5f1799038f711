"""The catalogue read leniently: every fault of a text is reported, and none hides another."""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from babel import Locale, UnknownLocaleError

from engine.booking import Change
from engine.soundness.longest import longest
from engine.soundness.problems import Problem
from engine.texts import Text, Texts

# Design §3: a sentence in the past tense says that something is done.
# «Перенести» and «перенесу» say only what may be done.
CLAIMING = re.compile(r"(?<!не )\b((отменен|отменил|перенесен|перенесл|вернул|подтвердил)\w*|перенес\b)")
PLAIN = re.compile(r"[a-z_]+(\.[a-z_]+)?")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of texts: tables of words by language, by key."""

    name: str
    tables: Mapping[str, Any]
    # False: it stands underneath, and is not itself checked.
    own: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts that can be said; those of `own` are checked."""

    texts: Mapping[str, Text]
    own: frozenset[str]
    languages: tuple[str, ...]
    problems: tuple[Problem, ...]

    def sayable(self, key: str) -> Iterator[Texts]:
        """Return the catalogue in each language that this key has words for."""
        for language in self.languages:
            if language in self.texts[key].words:
                yield Texts(self._in(language), language)

    def _in(self, language: str) -> dict[str, Text]:
        return {key: text for key, text in self.texts.items() if language in text.words}


def gathered(documents: Sequence[Document], language: str = "ru") -> Catalogue:
    """Gather the texts of all documents; an own text takes the place of one underneath."""
    problems: list[Problem] = []
    texts: dict[str, Text] = {}
    own: set[str] = set()
    for document in sorted(documents, key=lambda document: document.own):
        for key, table in document.tables.items():
            if document.own and key in own:
                problems.append(_of(key, "twice", "it stands in two catalogues", "keep one of them"))
            else:
                texts[key] = _text(key, table, problems if document.own else [])
            if document.own:
                own.add(key)
    languages = tuple(dict.fromkeys((language, *(name for key in own for name in texts[key].words))))
    return Catalogue(texts, frozenset(own), languages, tuple(problems))


def _text(key: str, table: Any, problems: list[Problem]) -> Text:
    given = {"ru": table} if isinstance(table, str) else dict(table) if isinstance(table, Mapping) else {}
    named = given.pop("claims", None)
    claims: Change | None = next((change for change in get_args(Change) if change == named), None)
    if named is not None and claims is None:
        what = f"it claims {named!r}, which is no change"
        problems.append(_of(key, "claims", what, f"claims is one of {', '.join(get_args(Change))}"))
    words: dict[str, str] = {}
    for language, said in given.items():
        if not isinstance(said, str) or not said.strip():
            what = f"it has no words in {language!r}, but {said!r}"
            problems.append(_of(key, "words", what, f'write {language} = "…"'))
        elif not _is_language(language):
            what, remedy = f"{language!r} is no language", "write its code: ru, kk, en"
            problems.append(_of(key, "language", what, remedy))
        elif _fields(said) is None:
            what = f"its words in {language!r} have a brace that opens or closes nothing"
            problems.append(_of(key, "words", what, "write a brace that is meant as such twice"))
        else:
            words[language] = said.strip()
    if not given:
        problems.append(_of(key, "words", "it has no words at all", 'add a line ru = "…"'))
    return Text(key, words, claims)


def faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Every language is complete, asks for the same, asks plainly, and claims nothing in passing."""
    for key in sorted(catalogue.own):
        text = catalogue.texts[key]
        for language in catalogue.languages:
            if language not in text.words and text.words:
                what = f"it has no words in {language!r}, which other texts speak"
                yield _of(key, "language", what, f'add a line {language} = "…"')
        yield from _placeholders(text)
        for language, words in text.words.items():
            claimed = CLAIMING.search(words.lower().replace("ё", "е"))
            if claimed and not text.claims:
                what = f"it says «{claimed[0]}» in {language!r} as if it were done, and claims nothing"
                remedy = 'add claims = "…" and hand over the receipts, or do not speak in the past'
                yield _of(key, "claims", what, remedy)


def _placeholders(text: Text) -> Iterator[Problem]:
    asked = {language: text.placeholders(language) for language in text.words}
    if len(set(asked.values())) > 1:
        what = "its languages ask for different values: " + "; ".join(
            f"{language} {', '.join(sorted(names)) or 'none'}" for language, names in asked.items()
        )
        yield _of(text.key, "placeholders", what, "let all of them have the same {placeholders}")
    for language, words in text.words.items():
        for name in _fields(words) or ():
            if not PLAIN.fullmatch(name):
                what = f"its placeholder {{{name}}} in {language!r} is no plain name"
                yield _of(text.key, "placeholders", what, "write {name} or {name.part} in small letters")


def unspeakable(catalogue: Catalogue) -> Iterator[Problem]:
    """Every text can be put into words with plausible values."""
    for key in sorted(catalogue.own):
        for texts in catalogue.sayable(key):
            try:
                longest(texts, key)
            except (ValueError, LookupError, AttributeError, TypeError) as error:
                what = f"it cannot be put into words in {texts.language!r} ({type(error).__name__}: {error})"
                yield _of(key, "placeholders", what, "ask for a value, or for a part that it has")


def _fields(words: str) -> list[str] | None:
    """Return the placeholders of these words; None where their braces do not match."""
    try:
        return [name for _, name, _, _ in string.Formatter().parse(words) if name is not None]
    except ValueError:
        return None


@cache
def _is_language(name: object) -> bool:
    try:
        Locale.parse(str(name))
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _of(key: str, rule: str, what: str, remedy: str) -> Problem:
    return Problem(f"text-{rule}", key.partition(".")[0], key, what, remedy)
