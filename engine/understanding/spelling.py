"""Spelling: a word as it should be written; translit is read, glued words parted, typos of key words mended.

A word that the dictionary knows stays what it is, whatever it resembles. A repair never adds or drops a «не»,
and never makes a yes out of what is none: the yes-words are no key words.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.understanding.letters import as_cyrillic, is_twin
from engine.understanding.nearest import Nearest
from engine.understanding.translit import mistyped_layout, readings

_RUSSIAN = re.compile(r"[а-я]{1,60}")
_LATIN = re.compile(r"[a-z0346'`;,.\[\]]{1,60}")
_COUNTED = re.compile(r"([0346])([а-я]{1,60})")
_LATIN_COUNTED = re.compile(r"([0346])([a-z']{2,60})")
_DIGIT_LETTERS = str.maketrans("0346", "озчб")
_ENDINGS = frozenset(("го", "е", "ое", "му", "ю", "ую", "я", "ая", "й", "ый", "ой", "ым", "ом", "м"))
_DOUBLED = re.compile(r"([а-я])\1")
_BY_EAR = re.compile(r"(.+)(?:ц+а|тса|тц+а|ться|тся|тьс|тс)")
_NOT = ("не", "ни")
_DENIALS = (*_NOT, "нет")
# Glued to what follows only: no word ends in a preposition.
_NEVER_LAST = frozenset((
    "на", "в", "во", "с", "со", "к", "ко", "у", "по", "до", "от", "из", "за", "и", "а", "но",
    "без", "для", "под",
))  # fmt: skip
# Splitting off what is only some word of the dictionary needs an honest beginning and a long rest.
_LOOSE_BEGINNINGS = frozenset(
    ("не", "ни", "на", "по", "за", "до", "без", "под", "для", "со", "из", "от", "во", "ко")
)
_LOOSE_REST_MIN = 5
_PIECES_MAX = 4
# A word of the dictionary that is no key word must be so much cheaper to read from Latin letters.
_UNKEYED = 0.3
# «HET» is «нет» unless translit gives a better word.
_AS_TWIN = 0.3
_KNOWN_TRIED_MAX = 12
# Shorter words are too like too many others.
_MENDED_MIN = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """The word lists that words are held against."""

    # Key words and the lemma that each is a form of; forms of one lemma do not compete.
    forms: Mapping[str, str]
    # Well-known misspellings and short forms; a value may be several words.
    typos: Mapping[str, str]
    # Latin words that no table of transliteration gives.
    translit: Mapping[str, str]
    # Short words that others are glued to.
    particles: frozenset[str]
    # Words of consent that no repair may lead to.
    guarded: frozenset[str]


class Speller:
    """Spells the words of messages; keeps what it has found for each."""

    def __init__(self, lists: Spelling, known: Callable[[str], bool], is_noun: Callable[[str], bool]) -> None:
        self._lists, self._known, self._is_noun = lists, known, is_noun
        self._keys = lists.forms
        self._pieces_known = frozenset(lists.forms) | lists.particles
        self._last_pieces = self._pieces_known - _NEVER_LAST
        self._nearest = Nearest(lists.forms, lists.guarded)
        self.spelt = lru_cache(maxsize=20_000)(self._spelt)
        self._kind = lru_cache(maxsize=20_000)(self._kind_of)
        self._is_sure = lru_cache(maxsize=20_000)(self._needs_no_names)

    def sentence(
        self, words: Sequence[str], names: frozenset[str] = frozenset()
    ) -> list[tuple[int, int, tuple[str, ...]]]:
        """Return runs of words as (begin, end, spelling): two that a stray space parts make one run.

        `names` are words of this salon, forms of its masters' names, that typos are held against too.
        """
        runs: list[tuple[int, int, tuple[str, ...]]] = []
        kinds = [*map(self._kind, words), ""]
        end = 0
        for at, word in enumerate(words):
            if at < end:
                continue
            kind, following = kinds[at], kinds[at + 1]
            # Most words stand by themselves.
            apart = not (kind and following) or (kind == following == "word" and word != "ни")
            joined = None if apart else self._joined(word, words[at + 1])
            end = at + (1 if joined is None else 2)
            runs.append((at, end, joined or (self._near_names(word, names) if names else self.spelt(word))))
        return runs

    def _near_names(self, word: str, names: frozenset[str]) -> tuple[str, ...]:
        """Spell a word; the names count only for what is no word, so that most is kept for all salons."""
        return self.spelt(word) if self._is_sure(word) else self.spelt(word, names)

    def _joined(self, first: str, second: str) -> tuple[str, ...] | None:
        """Return what Russian neighbours mean if only together they make sense: «за втра», «нен адо»."""
        if first == "ни" and self._is_told(second):
            # «Ни приду» is «не приду» misheard; «ни одну» stays.
            return ("не", *self.spelt(second))
        if self._kind(first) == self._kind(second) == "word":
            return None
        whole = first + second
        if whole in self._keys:
            return (whole,)
        return self._parted(whole) if whole.startswith(_NOT) else None

    def _is_told(self, word: str) -> bool:
        lemma = self._keys.get(self.spelt(word)[0], "")
        return lemma.endswith(("ть", "ти", "ться", "тись"))

    def _needs_no_names(self, word: str) -> bool:
        return self._is_word(word) if _RUSSIAN.fullmatch(word) else _LATIN.fullmatch(word) is None

    def _kind_of(self, word: str) -> Literal["word", "letters", ""]:
        """Return whether it is a word of Russian, Russian letters only, or neither."""
        if _RUSSIAN.fullmatch(word) is None:
            return ""
        return "word" if self._is_word(word) else "letters"

    def _is_word(self, word: str) -> bool:
        return word in self._pieces_known or word in self._lists.typos or self._known(word)

    def _spelt(self, word: str, names: frozenset[str] = frozenset()) -> tuple[str, ...]:
        if _RUSSIAN.fullmatch(word):
            return self._mended(word, names)
        if counted := _COUNTED.fullmatch(word):
            return self._counted(counted[1], counted[2], names)
        if word[0] != "," and _LATIN.fullmatch(word) and any(letter.isalpha() for letter in word):
            return self._from_latin(word, names)
        return (word,)

    def _counted(self, digit: str, rest: str, names: frozenset[str]) -> tuple[str, ...]:
        """Read «3апись» and «4то» as words, «4часа» as a number and a word."""
        if rest in _ENDINGS:
            return (digit + rest,)
        whole = digit.translate(_DIGIT_LETTERS) + rest
        if whole in self._pieces_known or whole in self._lists.typos:
            return self._mended(whole, names)
        if self._known(rest):
            return digit, rest
        return self._mended(whole, names)

    def _from_latin(self, word: str, names: frozenset[str]) -> tuple[str, ...]:
        if word in self._lists.translit:
            return tuple(self._lists.translit[word].split())
        cheapest, best, tried, first = 9.0, "", 0, ""
        if is_twin(word) and (twin := as_cyrillic(word)) in self._pieces_known:
            cheapest, best = _AS_TWIN, twin
        for cost, candidate in readings(word):
            first = first or candidate
            if cost >= cheapest:
                break
            if candidate in self._keys or candidate in names or candidate in self._lists.typos:
                cheapest, best = cost, candidate
            elif cost + _UNKEYED < cheapest and tried < _KNOWN_TRIED_MAX:
                tried += 1
                if self._known(candidate):
                    cheapest, best = cost + _UNKEYED, candidate
        if best:
            return self._mended(best, names)
        typed = mistyped_layout(word)
        if len(typed) > 2 and typed not in self._lists.guarded and self._is_word(typed):
            return (typed,)
        if counted := _LATIN_COUNTED.fullmatch(word):
            return counted[1], *self._from_latin(counted[2], names)
        return self._guessed(first, names) if first else (word,)

    def _guessed(self, first: str, names: frozenset[str]) -> tuple[str, ...]:
        """Mend the likeliest reading of a Latin word; the soft sign at its end was only guessed too."""
        hard = first.removesuffix("ь")
        spelt = self._mended(first, names)
        return spelt if spelt != (first,) else self._mended(hard, names)

    def _mended(self, word: str, names: frozenset[str]) -> tuple[str, ...]:
        if word in self._lists.typos:
            return tuple(self._lists.typos[word].split())
        if word in self._keys or word in names or word in self._lists.particles or self._known(word):
            return (word,)
        if parted := self._parted(word):
            return parted
        for likely in (*_squeezed(word), *_reflexive(word)):
            if self._is_word(likely):
                return self._mended(likely, names)
        if word.startswith(_NOT) and len(word) > 4 and (denied := self._denied(word, names)):
            return denied
        if len(word) < _MENDED_MIN:
            return (word,)
        return (
            self._nearest.find(word, names, 1)
            or self._loosely_parted(word)
            or self._nearest.find(word, names, 2 if len(word) < 9 else 3)
            or (word,)
        )

    def _denied(self, word: str, names: frozenset[str]) -> tuple[str, ...] | None:
        """Read «неотминяйте»: the «не» is kept apart before anything else is mended."""
        rest = self._mended(word[2:], names)
        return (word[:2], *rest) if rest[0] in self._keys and len(rest[0]) > 3 else None

    def _parted(self, word: str) -> tuple[str, ...] | None:
        """Part glued words of which each is a key word or a particle, and one a key word: «дапридуя»."""
        if word[0] == "н" and len(word) > 4 and word[1:] in self._keys:
            return "не", word[1:]
        found = self._pieces(word, _PIECES_MAX)
        if not found or all(len(piece) < 4 and piece not in _DENIALS for piece in found):
            return None
        if found[0] == "ни" and len(found) > 1 and self._is_told(found[1]):
            found[0] = "не"
        return tuple(found)

    def _pieces(self, word: str, most: int) -> list[str] | None:
        """Return the fewest pieces, long ones first."""
        if word in self._last_pieces:
            return [word]
        best: list[str] | None = None
        for length in range(min(len(word) - 1, 14), 0, -1) if most > 1 else ():
            piece = word[:length]
            if piece in self._pieces_known:
                rest = self._pieces(word[length:], (most if best is None else len(best) - 1) - 1)
                if rest is not None and (best is None or len(rest) + 1 < len(best)):
                    best = [piece, *rest]
        return best

    def _loosely_parted(self, word: str) -> tuple[str, ...] | None:
        for length in (3, 2):
            rest = word[length:]
            if word[:length] not in _LOOSE_BEGINNINGS or len(rest) < _LOOSE_REST_MIN or not self._known(rest):
                continue
            # «Порешаем» is slang with a prefix; «накоготки» are two words.
            if word[:length] in _NOT or self._is_noun(rest):
                return word[:length], rest
        return None


def _squeezed(word: str) -> Iterable[str]:
    """Yield a word with its doubled letters single: all of them, then each pair."""
    if _DOUBLED.search(word):
        yield _DOUBLED.sub(r"\1", word)
        for pair in _DOUBLED.finditer(word):
            yield word[: pair.start()] + word[pair.start() + 1 :]


def _reflexive(word: str) -> Iterable[str]:
    """Yield what «отказаца» and «отказатся» are by ear."""
    if by_ear := _BY_EAR.fullmatch(word):
        yield by_ear[1] + "ться"
        yield by_ear[1] + "тся"
