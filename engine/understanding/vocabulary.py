"""The word lists and patterns that the rules are made of, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from engine.understanding.patterns import Acts, Pattern, items_of
from engine.understanding.spelling import Spelling

_CONSENTING = frozenset(("plain", "strong", "order", "removal", "weak", "after"))
# So many letters tell the orders to cancel from other words.
_STEM = 4


@dataclass(frozen=True, slots=True)
class Consent:
    """The closed grammar of a yes: which kinds a phrase of words may be, and the signs that count."""

    kinds: Mapping[tuple[str, ...], frozenset[str]]
    # The first words of all phrases, of `leaning` too: most words are none.
    begins: frozenset[str]
    # Of these the phrases that no yes has in it.
    never: frozenset[tuple[str, ...]]
    # Phrases that lean to a yes and are none.
    leaning: frozenset[tuple[str, ...]]
    # Words that beside «ага» or «ну» are irony, and English words that no yes is made of.
    ironic: frozenset[str]
    english: frozenset[str]
    signs_of_yes: frozenset[str]
    signs_beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the data files say."""

    # Word lists by name, for patterns («@relatives») and for closed grammars.
    groups: Mapping[str, frozenset[str]]
    # Patterns by the act that they betray.
    patterns: Acts
    consent: Consent
    # What words are held against to be spelt right.
    spelling: Spelling
    # Short and variant personal names to the full one; full names to themselves.
    names: Mapping[str, str]
    # Names short for more than one: «саша» may be Александр and Александра.
    shared_names: Mapping[str, frozenset[str]]
    # The salon's own words for services and masters, each with what its journal calls them (own_words.py).
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    masters: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the packaged vocabulary."""
    words, names = _table("words.toml"), _table("names.toml")
    groups = {name: frozenset(text.split()) for name, text in words["groups"].items()}
    full = {
        name: canonical for canonical, short in names["names"].items() for name in (canonical, *short.split())
    }
    consent = _consent(_table("consent.toml"))
    shared = {short: frozenset((short, *long.split())) for short, long in names["shared"].items()}
    return Vocabulary(
        groups=groups,
        patterns=acts_of(groups),
        consent=consent,
        spelling=_spelling(_table("spelling.toml"), _guarded(groups, consent)),
        names=full | {short: short for short in shared},
        shared_names=shared,
    )


def extended(text: str) -> Vocabulary:
    """Return the packaged vocabulary with the words of a salon added (TOML; docs/understanding-words.md).

    Raises:
        InvalidWords: with one sentence for each mistake.
    """
    from engine.understanding.own_words import added_to  # it stands over this module

    return added_to(vocabulary(), text)


def acts_of(groups: Mapping[str, frozenset[str]], more: Mapping[str, Sequence[str]] | None = None) -> Acts:
    """Return the packaged patterns, and `more` of them by their acts, compiled over these groups."""
    item, more = items_of(groups), more or {}
    acts = _table("rules.toml")["acts"]
    return Acts(
        {
            act: [made for text in (*texts, *more.get(act, ())) for made in Pattern.of(text, item)]
            for act, texts in acts.items()
        }
    )


def _consent(tables: Mapping[str, Any]) -> Consent:
    kinds: dict[tuple[str, ...], set[str]] = {}
    for kind, phrases in tables.items():
        for phrase in phrases if isinstance(phrases, list) and kind != "leaning" else ():
            kinds.setdefault(tuple(phrase.split()), set()).add(kind)
    leaning = frozenset(tuple(phrase.split()) for phrase in tables["leaning"])
    return Consent(
        kinds={phrase: frozenset(names) for phrase, names in kinds.items()},
        begins=frozenset(phrase[0] for phrase in (*kinds, *leaning)),
        never=frozenset(phrase for phrase, names in kinds.items() if "never" in names),
        leaning=leaning,
        ironic=frozenset(tables["ironic"].split()),
        english=frozenset(tables["english"].split()),
        signs_of_yes=frozenset(tables["signs_of_yes"].split()),
        signs_beside=frozenset(tables["signs_beside"].split()),
    )


def _guarded(groups: Mapping[str, frozenset[str]], consent: Consent) -> frozenset[str]:
    """Return the words that consent by themselves, and so are never what a typo is mended to.

    Orders to cancel may be misspelt: they are orders still.
    """
    orders = tuple(lemma[:_STEM] for name in ("cancel", "remove", "strike") for lemma in groups[name])
    alone = (phrase[0] for phrase, kinds in consent.kinds.items() if len(phrase) == 1 and kinds & _CONSENTING)
    return frozenset(word for word in alone if not word.startswith(orders))


def _spelling(lists: dict[str, dict[str, str]], guarded: frozenset[str]) -> Spelling:
    return Spelling(
        forms={form: lemma for lemma, forms in lists["forms"].items() for form in forms.split()},
        typos=_by_word(lists["typos"]),
        translit=_by_word(lists["translit"]),
        particles=frozenset(lists["particles"]["words"].split()),
        guarded=guarded | frozenset(lists["guarded"]["words"].split()),
    )


def _by_word(meant: dict[str, str]) -> dict[str, str]:
    """Turn «meant: as typed, as typed» round."""
    return {typed: russian for russian, words in meant.items() for typed in words.split()}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(data(name))


def data(name: str) -> str:
    """Return a data file of this package as it stands."""
    return (files(__package__) / name).read_text(encoding="utf-8")
