"""The word lists and patterns that the rules are made of, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from engine.understanding.patterns import Acts, Pattern


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the data files say."""

    # Word lists by name, for patterns («@relatives») and for closed grammars.
    groups: Mapping[str, frozenset[str]]
    # Patterns by the act that they betray.
    patterns: Acts
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
        patterns=Acts(
            {
                act: [made for text in texts for made in Pattern.of(text, groups)]
                for act, texts in rules["acts"].items()
            }
        ),
        typos=words["typos"],
        spellings=tuple(words["spellings"]["words"].split()),
        glued=groups["glued"],
        names=full | {short: short for short in shared},
        shared_names=shared,
    )


def _table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
