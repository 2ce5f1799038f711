"""Patterns over the keys of words: a small language in which the rules can be read aloud.

"хотеть:1per .. @cancel:infn"   a word, up to three words between, any infinitive of the group «cancel»
"!прийти:1per"                  denied («не приду»); a denied word never matches without the mark
"отмена|перенос"                one or the other
"^ отмена"                      at the start of a clause, courtesies aside
"быть:1per $"                   at the end of a clause
"мне ... отменять:pass"         up to eight words between, clauses included
"@remove:impr & @visits"        both, in either order, up to eight words between
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

COMMA_KEYS = frozenset((",",))

_GAPS = {"..": 3, "...": 8}

Item = frozenset[str] | Literal["..", "...", "^", "$"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `text` is what it was written as."""

    text: str
    items: tuple[Item, ...]

    @staticmethod
    def of(text: str, item: Callable[[str], Item]) -> "tuple[Pattern, ...]":
        """Compile; `item` compiles one part of it."""
        one, both, other = text.partition(" & ")
        orders = (f"{one} ... {other}", f"{other} ... {one}") if both else (text,)
        return tuple(Pattern(text, tuple(map(item, order.split()))) for order in orders)

    def names(self) -> frozenset[str]:
        """Return the words that are written in it, and not in a group."""
        choices = (choice.removeprefix("!") for part in self.text.split() for choice in part.split("|"))
        return frozenset(choice.partition(":")[0] for choice in choices if not choice.startswith("@"))

    def find(self, words: Sequence[frozenset[str]], starts: frozenset[int]) -> list[tuple[int, int]]:
        """Return every match as a slice, by where it begins; the shortest from each beginning."""
        items, first = self.items, self.items[0]
        if isinstance(first, frozenset):
            begins = [start for start, apart in enumerate(map(first.isdisjoint, words)) if not apart]
            ends = [(start, _match(items, 1, words, start + 1, starts)) for start in begins]
        else:
            ends = [(start, _match(items, 0, words, start, starts)) for start in range(len(words))]
        return [(start, end) for start, end in ends if end is not None]


def items_of(groups: Mapping[str, frozenset[str]]) -> Callable[[str], Item]:
    """Return what compiles the parts of patterns over these groups, each part once.

    A group that does not exist is a mistake of ours and raises KeyError.
    """
    return cache(lambda part: _item(part, groups))


class Acts:
    """All patterns of all acts, each tried only where every one of its items has some word."""

    def __init__(self, acts: Mapping[str, Sequence[Pattern]]) -> None:
        self.of = acts
        self._patterns = [(act, pattern) for act, patterns in acts.items() for pattern in patterns]
        needs = [
            [item for item in pattern.items if isinstance(item, frozenset)] for _, pattern in self._patterns
        ]
        # A key has a bit for each item of each pattern that it would do for: first those of the first items
        # of all patterns, then those of the second ones. Items that a pattern has not are always there.
        self._count, self._items_max = len(needs), max(map(len, needs), default=0)
        self._absent = 0
        bits: dict[frozenset[str], int] = {}
        for number, items in enumerate(needs):
            for place in range(self._items_max):
                bit = 1 << (place * self._count + number)
                if place < len(items):
                    bits[items[place]] = bits.get(items[place], 0) | bit
                else:
                    self._absent |= bit
        self._bits: dict[str, int] = {}
        for item, bit in bits.items():
            for key in item:
                self._bits[key] = self._bits.get(key, 0) | bit
        self._known = frozenset(self._bits)

    def find(
        self, words: Sequence[frozenset[str]], starts: frozenset[int]
    ) -> dict[str, list[tuple[int, int]]]:
        """Return the matches of every act that has some, as slices of the words."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number in self._fitting(frozenset().union(*words)):
            act, pattern = self._patterns[number]
            if matches := pattern.find(words, starts):
                found.setdefault(act, []).extend(matches)
        return found

    def _fitting(self, keys: frozenset[str]) -> Iterator[int]:
        """Yield the numbers of the patterns of which every item has one of these keys, in order."""
        there = self._absent
        for key in keys & self._known:
            there |= self._bits[key]
        every = (1 << self._count) - 1
        for place in range(self._items_max):
            every &= there >> (place * self._count)
        while every:
            lowest = every & -every
            yield lowest.bit_length() - 1
            every ^= lowest


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
    for number in range(at, len(items)):
        item = items[number]
        if isinstance(item, frozenset):
            if place >= len(words) or item.isdisjoint(words[place]):
                return None
            place += 1
        elif item == "^":
            if place not in starts:
                return None
        elif item == "$":
            if place < len(words) and words[place] != COMMA_KEYS:
                return None
        else:
            return _match_behind(items, number, words, place, starts)
    return place


def _match_behind(
    items: tuple[Item, ...], gap: int, words: Sequence[frozenset[str]], place: int, starts: frozenset[int]
) -> int | None:
    """Match what stands behind a gap at the first place where it does."""
    item, wanted = items[gap : gap + 2]
    # A gap stands between words.
    assert not isinstance(item, frozenset)
    assert isinstance(wanted, frozenset)
    for begin in range(place, min(place + _GAPS[item] + 1, len(words))):
        if not wanted.isdisjoint(words[begin]):
            end = _match(items, gap + 2, words, begin + 1, starts)
            if end is not None:
                return end
        if item == ".." and words[begin] == COMMA_KEYS:
            return None
    return None
