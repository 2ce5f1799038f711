"""The word lists and patterns that the rules are made of, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from engine.understanding.patterns import Pattern
from engine.understanding.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the data files say."""

    # Word lists by name, for patterns («@relatives») and for closed grammars.
    groups: Mapping[str, frozenset[str]]
    # Patterns by the act that they betray.
    acts: Mapping[str, tuple[Pattern, ...]]
    # What words are held against to be spelt right.
    spelling: Spelling
    # Short and variant personal names to the full one; full names to themselves.
    names: Mapping[str, str]
    # Names short for more than one: «саша» may be Александр and Александра.
    shared_names: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the packaged vocabulary."""
    words, rules, names = (_table(name) for name in ("words.toml", "rules.toml", "names.toml"))
    groups = {name: frozenset(text.split()) for name, text in words["groups"].items()}
    full = {
        name: canonical for canonical, short in names["names"].items() for name in (canonical, *short.split())
    }
    shared = {short: frozenset((short, *long.split())) for short, long in names["shared"].items()}
    return Vocabulary(
        groups=groups,
        acts={act: tuple(Pattern.of(text, groups) for text in texts) for act, texts in rules["acts"].items()},
        spelling=_spelling(_table("spelling.toml")),
        names=full | {short: short for short in shared},
        shared_names=shared,
    )


def _spelling(lists: dict[str, dict[str, str]]) -> Spelling:
    return Spelling(
        forms={form: lemma for lemma, forms in lists["forms"].items() for form in forms.split()},
        typos=_by_word(lists["typos"]),
        translit=_by_word(lists["translit"]),
        particles=frozenset(lists["particles"]["words"].split()),
        guarded=frozenset(lists["guarded"]["words"].split()),
    )


def _by_word(meant: dict[str, str]) -> dict[str, str]:
    """Turn «meant: as typed, as typed» round."""
    return {typed: russian for russian, words in meant.items() for typed in words.split()}


def _table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
