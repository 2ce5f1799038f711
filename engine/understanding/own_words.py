"""The salon's own words: slang for services, short names, typos and group words, checked before they count.

Consent is closed: no word of a salon enters what is taken for a yes or a no, nor stands for a word that does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from engine.understanding.dictionary import dictionary
from engine.understanding.patterns import Pattern
from engine.understanding.vocabulary import Vocabulary, acts_of
from engine.understanding.words_file import InvalidWords, Tables, tables_in

_WORD = re.compile(r"[а-я]{2,40}")
_PHRASE = re.compile(r"[а-я]{1,40}( [а-я]{1,40}){1,5}")
# What a phrase of the salon may mean, and the act that it is evidence of (rules.toml).
MEANINGS = {
    "cancel": "gives_up", "keep": "keep", "late": "late", "reschedule": "reschedule", "list": "list",
    "human": "human",
}  # fmt: skip
# Stands where consent stood, once the salon wants no question (plainness.py).
_CONSENT_BESIDES = ("plain_around",)
# Groups whose words may be titles of services.
_TITLES = ("visits", "matter")
# A word of these calls a visit off, or does with a «не» before it.
_CALLING_OFF = frozenset(("cancel", "remove", "strike", "come", "arrive", "able", "works_out"))
# The others hold lemmas.
_AS_WRITTEN = frozenset((
    "own", "soft", "hello", "hello_around", "thanks", "thanks_around", "acknowledged", "several", "ask",
    "sooner", "limits", "limits_after", "later", "later_self", "hours",
))  # fmt: skip
# «С», «для»: no title is told by them.
_PREPOSITION_MAX = 3


def added_to(words: Vocabulary, text: str) -> Vocabulary:
    """Return a vocabulary with the words of a TOML text added.

    Raises:
        InvalidWords: with one sentence for each mistake.
    """
    tables = tables_in(text)
    if problems := tuple(_Checks(words).of(tables)):
        raise InvalidWords(problems)
    services = {
        _low(slang): tuple(map(_low, _titles(meant, words.groups["reserved"])))
        for slang, meant in _entries(tables, "services")
    }
    masters = {_low(short): _low(name) for short, name in _entries(tables, "masters")}
    groups = dict(words.groups)
    for name, added in _entries(tables, "groups"):
        groups[name] |= frozenset(map(_low, added))
    known = (*services, *(word for meant in services.values() for word in meant), *masters)
    return replace(
        words,
        groups=groups,
        patterns=acts_of(
            groups,
            {
                MEANINGS[meaning]: [_pattern(phrase) for phrase in said]
                for meaning, said in _entries(tables, "phrases")
            },
        ),
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
    items = (item for pattern in _patterns(words) for item in pattern.items if isinstance(item, frozenset))
    literals = {key.removeprefix("!").partition(":")[0] for item in items for key in item}
    return frozenset().union(literals, *words.groups.values())


def stays(words: Vocabulary) -> frozenset[str]:
    """Return every word whose meaning a salon cannot change.

    What one comes for, or has taken off, may have another title in a journal, where no rule names it.
    """
    named = {name for pattern in _patterns(words) for name in pattern.names()}
    return frozenset().union(named, *(words.groups[name] for name in words.groups if name not in _TITLES))


class _Checks:
    """Says what is wrong with the entries, each on its own."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._consent = consent(words)
        self._reserved = words.groups["reserved"]
        self._claimed = claimed(words)
        self._stays = stays(words)
        # A pattern may look at «маникюр» too; what stands in a group of other things is none.
        others = (members for name, members in words.groups.items() if name not in _TITLES)
        self._grouped = frozenset().union(*others)
        self._known = self._claimed | words.spelling.typos.keys() | words.spelling.forms.keys()

    def of(self, tables: Tables) -> Iterator[str]:
        seen: dict[str, tuple[str, str, object]] = {}
        for section in ("services", "masters", "typos"):
            for entry, value in _entries(tables, section):
                before = seen.setdefault(_low(entry), (section, entry, value))
                if mistake := self._mapping(section, entry, value) or _two_meanings(before, section, value):
                    yield f'[{section}] "{entry}": {mistake}'
        for name, added in _entries(tables, "groups"):
            yield from (f"[groups] {name}: {mistake}" for mistake in self._group(name, added))
        for meaning, said in _entries(tables, "phrases"):
            yield from (f"[phrases] {meaning}: {mistake}" for mistake in self._phrases(meaning, said))

    def _mapping(self, section: str, entry: str, value: object) -> str | None:
        if not isinstance(value, str):
            return 'what it stands for must be text in quotes, for instance "шугаринг"'
        if mistake := _no_word(entry) or self._closed(_low(entry)):
            return mistake
        if section == "typos" and self._words.spelling.typos.get(_low(entry)) == _low(value):
            # A typo that a later version has learned must not stop a salon that told of it first.
            return None
        # «Саша» may be Александра here: the salon knows better whose name it is.
        taken = {
            "masters": self._claimed,
            "services": self._stays | self._words.names.keys(),
            "typos": self._known | self._words.names.keys(),
        }[section]
        if _low(entry) in taken:
            return "it has a meaning already, which a salon cannot change"
        if section == "typos" and dictionary().word_is_known(_low(entry)):
            return "it is a Russian word, and no typo"
        if section != "typos" and not _may_be_called(_low(entry)):
            return "it is a Russian word that is no noun, and can name nothing"
        meant = _titles(value, self._words.groups["reserved"]) if section == "services" else value.split()
        if not meant:
            return "it stands for nothing"
        if len(meant) > 1 and section == "masters":
            return f'"{value}" is more than one word: give the first name alone, "{self._first_name(meant)}"'
        return next(filter(None, (self._target(section, word) for word in meant)), None)

    def _target(self, section: str, word: str) -> str | None:
        if mistake := _no_word(word) or self._closed(_low(word)):
            return f'it stands for "{word}": {mistake}'
        if section != "typos" and _low(word) in self._grouped:
            return f'it stands for "{word}", which names no {section[:-1]}'
        return None

    def _first_name(self, meant: list[str]) -> str:
        known = self._words.names
        return next((word for word in meant if _low(word) in known), meant[0])

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
                mistake = _no_word(word) or self._closed(_low(word)) or self._taken(name, _low(word))
                if mistake := mistake or (None if name in _AS_WRITTEN else _no_lemma(_low(word))):
                    yield f'"{word}": {mistake}'

    def _taken(self, name: str, word: str) -> str | None:
        """Return what is wrong with «подтвердить» among the words of cancelling."""
        taken = name in _CALLING_OFF and word in self._known and word not in self._words.groups[name]
        return "it has a meaning already, which a salon cannot change" if taken else None

    def _phrases(self, meaning: str, said: object) -> Iterator[str]:
        if meaning not in MEANINGS:
            yield f"a phrase may mean {', '.join(MEANINGS)}, and nothing else"
        elif not isinstance(said, list) or not all(isinstance(phrase, str) for phrase in said):
            yield 'its phrases must be a list in brackets, for instance ["ухожу в закат"]'
        else:
            for phrase in said:
                words = frozenset(_low(phrase).split())
                if not _PHRASE.fullmatch(_low(phrase)):
                    yield f'"{phrase}": it must be 2 to 6 Russian words, with one space between them'
                elif words <= self._consent | self._reserved:
                    yield f'"{phrase}": it needs a word that neither rules nor answers use by themselves'

    def _closed(self, word: str) -> str | None:
        if word in self._consent:
            return "this word has a part in a yes or a no, and consent is closed"
        return "the rules need this word themselves" if word in self._reserved else None


def _patterns(words: Vocabulary) -> Iterator[Pattern]:
    return (pattern for found in words.patterns.of.values() for pattern in found)


def _pattern(phrase: str) -> str:
    """Return a phrase in the language of patterns: «не светит мне» is «!светит мне» there."""
    return re.sub(r"\bне (?=\S)", "!", _low(phrase))


def _two_meanings(before: tuple[str, str, object], section: str, value: object) -> str | None:
    where, entry, meant = before
    if where != section:
        return f"it stands in [{where}] too; keep one of them"
    different = isinstance(value, str) and isinstance(meant, str) and _low(value) != _low(meant)
    return f'it stands there twice, as "{entry}" for "{meant}"; keep one of them' if different else None


def _titles(value: str, reserved: frozenset[str]) -> list[str]:
    """Return the words of a title that tell it: not «2D», «+», «Lux» or «с», if others are there."""
    parts = re.findall(r"\w+", value)
    russian = [part for part in parts if _WORD.fullmatch(_low(part))]
    telling = [word for word in russian if len(word) > _PREPOSITION_MAX or _low(word) not in reserved]
    return telling or russian or parts


def _no_lemma(word: str) -> str | None:
    """Return what is wrong with «кумушку»: a list of lemmas would find this form alone."""
    readings = dictionary().parse(word)
    if not dictionary().word_is_known(word) or any(
        _low(reading.normal_form) == word or "nomn" in reading.tag for reading in readings
    ):
        return None
    return f'it must stand as in a dictionary: "{_low(readings[0].normal_form)}"'


def _no_word(word: str) -> str | None:
    if len(word.split()) != 1 or word != word.strip():
        return "it must be one word, without spaces"
    if "-" in word.strip("-"):
        return "words are parted at a hyphen before they are read, so that this one is never met; give a part"
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
