"""The salon's own words: slang for services, short names, typos and group words, checked before they count.

Consent is closed: no word of a salon enters what is taken for a yes or a no, nor stands for a word that does.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from engine.understanding.dictionary import dictionary
from engine.understanding.vocabulary import Vocabulary, acts_of

_SECTIONS = ("services", "masters", "typos", "groups")
_WORD = re.compile(r"[а-я]{2,40}")
# Stands where consent stood, once the salon wants no question (plainness.py).
_CONSENT_BESIDES = ("plain_around",)

Tables = Mapping[str, Mapping[str, Any]]


class InvalidWords(ValueError):
    """The salon's words cannot be used. `problems` holds a sentence for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def added_to(words: Vocabulary, text: str) -> Vocabulary:
    """Return a vocabulary with the words of a TOML text added.

    Raises:
        InvalidWords: with one sentence for each mistake.
    """
    tables = _read(text)
    if problems := tuple(_Checks(words).of(tables)):
        raise InvalidWords(problems)
    services = {_low(slang): tuple(_low(meant).split()) for slang, meant in _entries(tables, "services")}
    masters = {_low(short): _low(name) for short, name in _entries(tables, "masters")}
    groups = dict(words.groups)
    for name, added in _entries(tables, "groups"):
        groups[name] |= frozenset(map(_low, added))
    known = (*services, *(word for meant in services.values() for word in meant), *masters)
    return replace(
        words,
        groups=groups,
        patterns=acts_of(groups),
        spelling=replace(
            words.spelling,
            typos={
                **words.spelling.typos,
                **{_low(typo): _low(meant) for typo, meant in _entries(tables, "typos")},
            },
            forms={**{word: word for word in known}, **words.spelling.forms},
        ),
        names={**{name: name for name in masters.values()}, **words.names},
        services=services,
        masters=masters,
    )


def consent(words: Vocabulary) -> frozenset[str]:
    """Return every word of the grammars that a yes and a no are made of."""
    grouped = (members for name, members in words.groups.items() if _is_consent(name))
    return frozenset().union(*grouped, *words.consent.kinds)


def open_groups(words: Vocabulary) -> frozenset[str]:
    """Return the names of the groups that a salon may add words to."""
    return frozenset(name for name in words.groups if not _is_consent(name) and name != "reserved")


def claimed(words: Vocabulary) -> frozenset[str]:
    """Return every word that the rules look at by name."""
    patterns = (pattern for found in words.patterns.of.values() for pattern in found)
    items = (item for pattern in patterns for item in pattern.items if isinstance(item, frozenset))
    literals = {key.removeprefix("!").partition(":")[0] for item in items for key in item}
    return frozenset().union(literals, *words.groups.values())


def _read(text: str) -> Tables:
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        why = f"it is not TOML: {error}; Russian words stand in quotes there, on both sides"
        raise InvalidWords((why,)) from error
    problems = []
    for section, entries in tables.items():
        if section not in _SECTIONS:
            problems.append(
                f"[{section}] is no section of it: it has [services], [masters], [typos], [groups]"
            )
        elif not isinstance(entries, dict):
            problems.append(f"{section} must be a section of its own, [{section}], with entries below it")
    if problems:
        raise InvalidWords(tuple(problems))
    return tables


class _Checks:
    """Says what is wrong with the entries, each on its own."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._consent = consent(words)
        self._reserved = words.groups["reserved"]
        self._claimed = claimed(words)
        # A pattern may look at «маникюр» too; what stands in a group of other things is none.
        others = (members for name, members in words.groups.items() if name != "visits")
        self._grouped = frozenset().union(*others)
        self._known = self._claimed | words.spelling.typos.keys() | words.spelling.forms.keys()

    def of(self, tables: Tables) -> Iterator[str]:
        for section in ("services", "masters", "typos"):
            for entry, value in _entries(tables, section):
                if mistake := self._mapping(section, entry, value):
                    yield f'[{section}] "{entry}": {mistake}'
        for name, added in _entries(tables, "groups"):
            yield from (f"[groups] {name}: {mistake}" for mistake in self._group(name, added))

    def _mapping(self, section: str, entry: str, value: object) -> str | None:
        if not isinstance(value, str):
            return 'what it stands for must be text in quotes, for instance "шугаринг"'
        if mistake := _no_word(entry) or self._closed(_low(entry)):
            return mistake
        # «Саша» may be Александра here: the salon knows better whose name it is.
        taken = {
            "masters": self._claimed,
            "services": self._claimed | self._words.names.keys(),
            "typos": self._known | self._words.names.keys(),
        }[section]
        if _low(entry) in taken:
            return "it has a meaning already, which a salon cannot change"
        if section == "typos" and dictionary().word_is_known(_low(entry)):
            return "it is a Russian word, and no typo"
        if section != "typos" and not _may_be_called(_low(entry)):
            return "it is a Russian word that is no noun, and can name nothing"
        meant = value.split()
        if not meant or (len(meant) > 1 and section == "masters"):
            return f'"{value}" must be one word' if meant else "it stands for nothing"
        return next(filter(None, (self._target(section, word) for word in meant)), None)

    def _target(self, section: str, word: str) -> str | None:
        if mistake := _no_word(word) or self._closed(_low(word)):
            return f'it stands for "{word}": {mistake}'
        if section != "typos" and _low(word) in self._grouped:
            return f'it stands for "{word}", which names no {section[:-1]}'
        return None

    def _group(self, name: str, added: object) -> Iterator[str]:
        if _is_consent(name) and name in self._words.groups:
            yield "consent is closed: no word can be added to what is taken for a yes or a no"
        elif name not in open_groups(self._words):
            near = get_close_matches(name, sorted(open_groups(self._words)), 1)
            yield "there is no such group" + (f"; did you mean {near[0]}?" if near else "")
        elif not isinstance(added, list) or not all(isinstance(word, str) for word in added):
            yield 'its words must be a list in brackets, for instance ["кума", "сваха"]'
        else:
            for word in added:
                if mistake := _no_word(word) or self._closed(_low(word)):
                    yield f'"{word}": {mistake}'

    def _closed(self, word: str) -> str | None:
        if word in self._consent:
            return "this word has a part in a yes or a no, and consent is closed"
        return "the rules need this word themselves" if word in self._reserved else None


def _no_word(word: str) -> str | None:
    if len(word.split()) != 1 or word != word.strip():
        return "it must be one word, without spaces"
    return None if _WORD.fullmatch(_low(word)) else "it must be 2 to 40 Russian letters and nothing else"


def _may_be_called(word: str) -> bool:
    """Whether a thing or a person may be called so: «передумаю» must stay a doubt, also as slang."""
    readings = dictionary().parse(word)
    return not dictionary().word_is_known(word) or any(
        reading.tag.POS in ("NOUN", "ADJF") for reading in readings
    )


def _is_consent(group: str) -> bool:
    return group == "no" or group.startswith(("yes", "no_")) or group in _CONSENT_BESIDES


def _entries(tables: Tables, section: str) -> list[tuple[str, Any]]:
    return list(tables.get(section, {}).items())


def _low(word: str) -> str:
    return word.lower().replace("ё", "е")
