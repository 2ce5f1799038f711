"""The key word that a mistyped word was meant to be, if it is sure which."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from engine.understanding.slips import price

_CLOSE_MAX = 6
# Names of this salon win over other words.
_OF_THIS_SALON = 0.15
# Prices that differ by less say nothing.
_SAME_PRICE = 0.05
# «Отменить» and «отменять» do not compete.
_SAME_BEGINNING = 5
# Shorter words are too like too many others.
_LENGTH_MIN = 4
# By ear or by finger, a word that begins with the one may have been meant to begin with the other.
_NEIGHBOURS = {
    "а": "овп", "о": "ап", "е": "иэкн", "и": "емс", "я": "еф", "э": "е", "ы": "иу", "у": "ю", "ю": "у",
    "п": "бр", "б": "п", "з": "сж", "с": "зц", "д": "т", "т": "д", "ж": "ш", "ш": "щж", "щ": "ш", "в": "фу",
    "ф": "в", "г": "к", "к": "г", "ч": "щ",
}  # fmt: skip
_NOT = ("не", "ни")


class Nearest:
    """Finds key words by likeness. `forms` gives the lemma of each; `guarded` words are never the answer."""

    def __init__(self, forms: Mapping[str, str], guarded: frozenset[str]) -> None:
        self._lemmas = forms
        self._guarded = guarded
        self._by_letter = _by_first_letter([*forms, *(guarded - forms.keys())])

    def find(self, word: str, names: frozenset[str], slips_max: int) -> tuple[str, ...] | None:
        """Return the one key word that so many slips explain; None if there is none, or it is not sure which.

        `word` has four letters or more. `names` are words of this salon beside the key words.
        """
        pool = self._by_letter.get(word[0], ())
        pool = (*pool, *names) if names else pool
        close = extract(word, pool, scorer=OSA.distance, score_cutoff=slips_max, limit=_CLOSE_MAX)
        allowed = _price_max(len(word), slips_max)
        priced = sorted(
            (cost - (_OF_THIS_SALON if key in names else 0.0), place, key)
            for key, _, place in close
            if _same_polarity(word, key) and (cost := price(word, key)) <= allowed
        )
        if not priced or priced[0][2] in self._guarded:
            return None
        rivals = {self._lemma(key) for cost, _, key in priced if cost < priced[0][0] + _SAME_PRICE}
        return (priced[0][2],) if len(rivals) == 1 else None

    def _lemma(self, key: str) -> str:
        return self._lemmas.get(key, key)[:_SAME_BEGINNING]


def _price_max(length: int, slips: int) -> float:
    """Return how much may be wrong: a short word forgives two slips if they are cheap."""
    if slips == 1 or length < 8:
        return 0.9 if length < 5 else 1.0
    # «Порешаем» is no «посещаем».
    return 1.3 if length < 10 else 2.0


def _same_polarity(word: str, key: str) -> bool:
    """Whether a repair keeps what may be a «не», wherever it is glued on: it neither loses nor wins one."""
    if word.startswith("н") != key.startswith("н") or word.startswith(_NOT) < key.startswith("не"):
        return False
    return all(word.count(denial) <= key.count(denial) for denial in _NOT if word.endswith((denial, "нет")))


def _by_first_letter(keys: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys that a word with this first letter may be: same, neighbour, or the first lost."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if len(key) >= _LENGTH_MIN:
            for letter in dict.fromkeys(key[0] + _NEIGHBOURS.get(key[0], "") + key[1]):
                found.setdefault(letter, []).append(key)
    return {letter: tuple(keys) for letter, keys in found.items()}
