"""Spelling: a word as it should be written. Translit is read, glued words are parted, typos of key words mended.

A word that the dictionary knows stays what it is, whatever it resembles. A repair never adds or drops a «не»,
and never makes a yes out of what is none: the yes-words are no key words.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from engine.understanding.letters import as_cyrillic, is_twin
from engine.understanding.slips import price
from engine.understanding.translit import mistyped_layout, readings

_RUSSIAN = re.compile(r"[а-я]{1,60}")
_LATIN = re.compile(r"[a-z0346'`;,.\[\]]{1,60}")
_COUNTED = re.compile(r"([0346])([а-я]{1,60})")
_LATIN_COUNTED = re.compile(r"([0346])([a-z']{2,60})")
_DIGIT_LETTERS = str.maketrans("0346", "озчб")
_ENDINGS = frozenset(["го", "е", "ое", "му", "ю", "ую", "я", "ая", "й", "ый", "ой", "ым", "ом", "м"])
_DOUBLED = re.compile(r"([а-я])\1")
_BY_EAR = re.compile(r"(.+)(?:ц+а|тса|тц+а|ться|тся|тьс|тс)")
_NOT = ("не", "ни")
# Splitting off what is only some word of the dictionary needs an honest beginning and a long rest.
# Glued to what follows only: no word ends in a preposition.
_NEVER_LAST = frozenset(
    [
        "не",
        "ни",
        "на",
        "в",
        "во",
        "с",
        "со",
        "к",
        "ко",
        "у",
        "по",
        "до",
        "от",
        "из",
        "за",
        "и",
        "а",
        "но",
        "без",
        "для",
        "под",
    ]
)
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
_NEAREST_MAX = 6
# Shorter words are too like too many others.
_MENDED_MIN = 4
# Names of this salon win over other words.
_OF_THIS_SALON = 0.15
# «Отменить» and «отменять» do not compete.
_SAME_BEGINNING = 5


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
        self._near = _by_first_letter(lists.forms)
        self.spelt = lru_cache(maxsize=20_000)(self._spelt)

    def sentence(
        self, words: Sequence[str], names: frozenset[str] = frozenset()
    ) -> list[tuple[int, int, tuple[str, ...]]]:
        """Return runs of words as (begin, end, spelling): two that a stray space parts make one run.

        `names` are words of this salon, such as forms of its masters' names, that typos are also held against.
        """
        runs: list[tuple[int, int, tuple[str, ...]]] = []
        at = 0
        while at < len(words):
            joined = self._joined(words, at)
            taken = 1 if joined is None else 2
            runs.append((at, at + taken, self.spelt(words[at], names) if joined is None else joined))
            at += taken
        return runs

    def _joined(self, words: Sequence[str], at: int) -> tuple[str, ...] | None:
        """Return what two neighbours mean together, if only together they make sense: «за втра», «нен адо»."""
        if at + 1 == len(words):
            return None
        first, second = words[at], words[at + 1]
        if not (_RUSSIAN.fullmatch(first) and _RUSSIAN.fullmatch(second)):
            return None
        if first == "ни" and self._is_told(second):
            # «Ни приду» is «не приду» misheard; «ни одну» stays.
            return ("не", *self.spelt(second))
        if self._makes_sense(first) and self._makes_sense(second):
            return None
        whole = first + second
        if whole in self._keys:
            return (whole,)
        return self._parted(whole) if whole.startswith(_NOT) else None

    def _is_told(self, word: str) -> bool:
        lemma = self._keys.get(self.spelt(word)[0], "")
        return lemma.endswith(("ть", "ти", "ться", "тись"))

    def _makes_sense(self, word: str) -> bool:
        return (
            word in self._keys
            or word in self._lists.particles
            or word in self._lists.typos
            or self._known(word)
        )

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
        if len(typed) > 2 and _RUSSIAN.fullmatch(typed) and typed not in self._lists.guarded:
            if typed in self._keys or self._known(typed):
                return (typed,)
        if counted := _LATIN_COUNTED.fullmatch(word):
            return counted[1], *self._from_latin(counted[2], names)
        return self._mended(first, names) if first else (word,)

    def _mended(self, word: str, names: frozenset[str]) -> tuple[str, ...]:
        if word in self._lists.typos:
            return tuple(self._lists.typos[word].split())
        if word in self._keys or word in names or word in self._lists.particles or self._known(word):
            return (word,)
        if parted := self._parted(word):
            return parted
        for likely in (*_squeezed(word), *_reflexive(word)):
            if likely in self._lists.typos or likely in self._keys or self._known(likely):
                return self._mended(likely, names)
        if word.startswith(_NOT) and len(word) > 4 and (denied := self._denied(word, names)):
            return denied
        if len(word) < _MENDED_MIN:
            return (word,)
        return (
            self._nearest(word, names, 1)
            or self._loosely_parted(word)
            or self._farther(word, names)
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
        if not found or all(len(piece) < 4 and piece not in _NOT for piece in found):
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
            # «Порешаем» is slang with a prefix; «наноготки» are two words.
            if word[:length] in _NOT or self._is_noun(rest):
                return word[:length], rest
        return None

    def _nearest(self, word: str, names: frozenset[str], slips_max: int) -> tuple[str, ...] | None:
        """Return the one key word that so many slips are from; None if there is none, or it is not sure which."""
        allowed = _allowed(len(word), slips_max)
        pool = self._near.get(word[0], ())
        if names:
            pool = (*pool, *names)
        close = extract(word, pool, scorer=OSA.distance, score_cutoff=slips_max, limit=_NEAREST_MAX)
        priced = sorted(
            (cost - (_OF_THIS_SALON if key in names else 0.0), place, key)
            for key, _, place in close
            if key not in self._lists.guarded
            and _same_polarity(word, key)
            and (cost := price(word, key)) <= allowed
        )
        if not priced:
            return None
        best = priced[0][2]
        rivals = {self._lemma(key) for cost, _, key in priced if cost < priced[0][0] + 0.05}
        return (best,) if len(rivals) == 1 else None

    def _farther(self, word: str, names: frozenset[str]) -> tuple[str, ...] | None:
        return self._nearest(word, names, 2 if len(word) < 9 else 3) if len(word) > 4 else None

    def _lemma(self, key: str) -> str:
        return self._keys.get(key, key)[:_SAME_BEGINNING]


def _allowed(length: int, slips: int) -> float:
    """Return how much may be wrong with a word of this length: of two slips, a short word forgives cheap ones."""
    return 0.9 if length < 5 else 1.0 if slips == 1 or length < 8 else 2.0


def _same_polarity(word: str, key: str) -> bool:
    """Whether a repair keeps what may be a «не»: it neither loses an «н» at the beginning nor wins a «не»."""
    return word.startswith("н") == key.startswith("н") and word.startswith(_NOT) >= key.startswith("не")


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


_NEIGHBOURS = {
    "а": "овп", "о": "ап", "е": "иэкн", "и": "емс", "я": "еф", "э": "е", "ы": "иу", "у": "ю", "ю": "у", "п": "бр", "б": "п", "з": "сж",
    "с": "зц", "д": "т", "т": "д", "ж": "ш", "ш": "щж", "щ": "ш", "в": "фу", "ф": "в", "г": "к", "к": "г", "ч": "щ",
}  # fmt: skip


def _by_first_letter(forms: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the key words that a word with this first letter may be: the same, a neighbour, or the first lost."""
    found: dict[str, list[str]] = {}
    for key in forms:
        if len(key) > 3:
            for letter in dict.fromkeys(key[0] + _NEIGHBOURS.get(key[0], "") + key[1]):
                found.setdefault(letter, []).append(key)
    return {letter: tuple(keys) for letter, keys in found.items()}
