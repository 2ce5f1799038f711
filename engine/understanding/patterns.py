"""Patterns over the keys of words: a small language in which the rules can be read aloud.

"хотеть:1per .. @cancel:infn"   a word, up to three words between, any infinitive of the group «cancel»
"!прийти:1per"                  denied («не приду»); a denied word never matches without the mark
"отмена|перенос"                one or the other
"^ отмена"                      at the start of a clause, courtesies aside
"быть:1per $"                   at the end of a clause
"мне ... отменять:pass"         up to eight words between, clauses included
"@remove:impr & @visits"        both, in either order, up to eight words between
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

COMMA_KEYS = frozenset((",",))

# Shorter words are in most messages.
_RARE_MIN = 4
_GAPS = {"..": 3, "...": 8}

Item = frozenset[str] | Literal["..", "...", "^", "$"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `text` is what it was written as."""

    text: str
    items: tuple[Item, ...]

    @staticmethod
    def of(text: str, groups: Mapping[str, frozenset[str]]) -> "tuple[Pattern, ...]":
        """Compile; a group that does not exist is a mistake of ours and raises KeyError."""
        one, both, other = text.partition(" & ")
        orders = (f"{one} ... {other}", f"{other} ... {one}") if both else (text,)
        return tuple(Pattern(text, tuple(_item(part, groups) for part in order.split())) for order in orders)

    def names(self) -> frozenset[str]:
        """Return the words that are written in it, and not in a group."""
        choices = (choice.removeprefix("!") for part in self.text.split() for choice in part.split("|"))
        return frozenset(choice.partition(":")[0] for choice in choices if not choice.startswith("@"))

    def find(self, words: Sequence[frozenset[str]], starts: frozenset[int]) -> list[tuple[int, int]]:
        """Return every match as a slice, by where it begins; the shortest from each beginning."""
        found: list[tuple[int, int]] = []
        first = self.items[0]
        for start, keys in enumerate(words):
            if isinstance(first, frozenset) and first.isdisjoint(keys):
                continue
            end = _match(self.items, 0, words, start, starts)
            if end is not None:
                found.append((start, end))
        return found


class Acts:
    """All patterns of all acts, found by the words that they cannot do without."""

    def __init__(self, acts: Mapping[str, Sequence[Pattern]]) -> None:
        self.of = acts
        self._needs: dict[str, list[int]] = {}
        self._patterns: list[tuple[str, Pattern, tuple[frozenset[str], ...]]] = []
        for act, patterns in acts.items():
            for pattern in patterns:
                keys = [item for item in pattern.items if isinstance(item, frozenset)]
                rarest = min(keys, key=_commonness)
                for key in rarest:
                    self._needs.setdefault(key, []).append(len(self._patterns))
                others = tuple(item for item in keys if item is not rarest)
                self._patterns.append((act, pattern, others))

    def find(
        self, words: Sequence[frozenset[str]], starts: frozenset[int]
    ) -> dict[str, list[tuple[int, int]]]:
        """Return the matches of every act that has some, as slices of the words."""
        every = frozenset().union(*words)
        tried = {number for key in every & self._needs.keys() for number in self._needs[key]}
        found: dict[str, list[tuple[int, int]]] = {}
        for number in sorted(tried):
            act, pattern, others = self._patterns[number]
            for keys in others:
                if keys.isdisjoint(every):
                    break
            else:
                if matches := pattern.find(words, starts):
                    found.setdefault(act, []).extend(matches)
        return found


def _commonness(item: frozenset[str]) -> tuple[bool, int]:
    """Rank the words of patterns, rare ones first: «не» and «я» are everywhere, then many readings count."""
    return any(len(key) < _RARE_MIN for key in item), len(item)


def _item(part: str, groups: Mapping[str, frozenset[str]]) -> Item:
    if part in ("..", "...", "^", "$"):
        return part  # type: ignore[return-value]  # mypy does not narrow `str` by membership
    keys: set[str] = set()
    for choice in part.split("|"):
        mark = "!" if choice.startswith("!") else ""
        name, colon, form = choice.removeprefix("!").partition(":")
        members = groups[name[1:]] if name.startswith("@") else frozenset((name,))
        keys.update(f"{mark}{member}{colon}{form}" for member in members)
    return frozenset(keys)


def _match(
    items: tuple[Item, ...], at: int, words: Sequence[frozenset[str]], place: int, starts: frozenset[int]
) -> int | None:
    if at == len(items):
        return place
    item = items[at]
    if isinstance(item, frozenset):
        if place >= len(words) or item.isdisjoint(words[place]):
            return None
        return _match(items, at + 1, words, place + 1, starts)
    if item == "^":
        return _match(items, at + 1, words, place, starts) if place in starts else None
    if item == "$":
        closed = place >= len(words) or words[place] == COMMA_KEYS
        return _match(items, at + 1, words, place, starts) if closed else None
    for skipped in range(_GAPS[item] + 1):
        end = _match(items, at + 1, words, place + skipped, starts)
        if end is not None:
            return end
        if place + skipped >= len(words) or (item == ".." and words[place + skipped] == COMMA_KEYS):
            return None
    return None
