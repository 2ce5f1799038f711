"""The word lists and patterns that the rules are made of, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from engine.understanding.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the data files say."""

    # Word lists by name, for patterns («@relatives») and for closed grammars.
    groups: Mapping[str, frozenset[str]]
    # Patterns by the act that they betray.
    acts: Mapping[str, tuple[Pattern, ...]]
    # Common misspellings.
    typos: Mapping[str, str]
    # Words that one slip of the finger is forgiven for.
    spellings: tuple[str, ...]
    # Lemmas that «не» is often glued to.
    glued: frozenset[str]
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
    shared = {short: frozenset((short, *long.split())) for short, long in names["shared"].items()}
    return Vocabulary(
        groups=groups,
        acts=acts_of(groups),
        typos=words["typos"],
        spellings=tuple(words["spellings"]["words"].split()),
        glued=groups["glued"],
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


def acts_of(groups: Mapping[str, frozenset[str]]) -> dict[str, tuple[Pattern, ...]]:
    """Return the packaged patterns, compiled over these groups."""
    acts = _table("rules.toml")["acts"]
    return {act: tuple(Pattern.of(text, groups) for text in texts) for act, texts in acts.items()}


def _table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(data(name))


def data(name: str) -> str:
    """Return a data file of this package as it stands."""
    return (files(__package__) / name).read_text(encoding="utf-8")
