"""Translit: the Russian words that a word in Latin letters may stand for, the likeliest first.

People mix all tables of transliteration that there are, so each sound has several readings with a price;
the dictionary then picks (`spelling.py`).
"""

import heapq
from collections.abc import Iterator

# What letters may stand for, and how unlikely that is.
_READINGS: dict[str, dict[str, float]] = {
    "a": {"а": 0}, "b": {"б": 0, "ь": 0.9}, "c": {"ц": 0.1, "с": 0.15, "к": 0.4, "ч": 0.6}, "d": {"д": 0},
    "e": {"е": 0, "э": 0.3}, "f": {"ф": 0}, "g": {"г": 0, "ж": 0.7}, "h": {"х": 0, "г": 0.8},
    "i": {"и": 0, "й": 0.2, "ы": 0.4}, "j": {"й": 0.1, "ж": 0.15, "ь": 0.5}, "k": {"к": 0}, "l": {"л": 0},
    "m": {"м": 0}, "n": {"н": 0}, "o": {"о": 0}, "p": {"п": 0}, "q": {"к": 0.2, "я": 0.3}, "r": {"р": 0},
    "s": {"с": 0, "ш": 0.7}, "t": {"т": 0}, "u": {"у": 0, "ю": 0.3}, "v": {"в": 0},
    "w": {"ш": 0.1, "в": 0.15, "щ": 0.3}, "x": {"х": 0, "кс": 0.3},
    "y": {"ы": 0.1, "й": 0.1, "и": 0.3, "у": 0.6}, "z": {"з": 0, "ж": 0.5, "ц": 0.6},
    "0": {"о": 0}, "3": {"з": 0, "э": 0.3}, "4": {"ч": 0}, "6": {"ш": 0, "б": 0.6},
    "'": {"ь": 0, "ъ": 0.3, "": 0.3},
    "shch": {"щ": 0}, "sch": {"щ": 0, "сч": 0.2}, "shh": {"щ": 0}, "sh4": {"щ": 0},
    "s4": {"щ": 0.2, "сч": 0.1},
    "sh": {"ш": 0, "щ": 0.3}, "ch": {"ч": 0}, "tch": {"ч": 0.1}, "zh": {"ж": 0}, "kh": {"х": 0},
    "ts": {"ц": 0, "тс": 0.05}, "tz": {"ц": 0}, "tc": {"ц": 0.1}, "ph": {"ф": 0.2},
    "ya": {"я": 0, "ья": 0.4}, "ja": {"я": 0, "жа": 0.2, "ья": 0.4}, "ia": {"я": 0.2, "иа": 0.2, "ия": 0.1},
    "yu": {"ю": 0, "ью": 0.4}, "ju": {"ю": 0, "жу": 0.2, "ью": 0.4}, "iu": {"ю": 0.1, "ию": 0.1},
    "yo": {"е": 0, "йо": 0.3}, "jo": {"е": 0.1, "жо": 0.2}, "io": {"ио": 0.1, "е": 0.3},
    "ye": {"е": 0, "ые": 0.2, "ье": 0.3}, "je": {"е": 0.1, "же": 0.1}, "ie": {"ие": 0, "ье": 0.3, "е": 0.4},
    "ee": {"ее": 0, "и": 0.6}, "oo": {"оо": 0.1, "у": 0.4}, "ii": {"ии": 0.1, "ий": 0.1, "ый": 0.3},
    "iy": {"ий": 0, "ый": 0.2}, "ij": {"ий": 0, "ый": 0.2}, "yj": {"ый": 0, "ий": 0.2},
    "yi": {"ый": 0, "ьи": 0.2}, "yy": {"ый": 0, "ий": 0.1},
}  # fmt: skip
# A digraph read letter by letter: «sh» as «сх».
_PARTED = 0.5
_SOFTENED = frozenset("бвдзлмнпрстжчшщ")
_AT_END, _INSIDE = 0.25, 0.35
# «Otmenit» is an infinitive far more often than a form of «он».
_HARD_T = 0.05
_PRICE_MAX = 1.3
_STEPS_MAX = 250
_LENGTH_MAX = 24


_VOWELS = frozenset("аеиоуыэюя")


def readings(word: str) -> Iterator[tuple[float, str]]:
    """Yield (price, Cyrillic word), cheapest first, to a limit of price and work; none beyond 24 letters."""
    # Always goes on from the cheapest beginning.
    beginnings: list[tuple[float, int, str]] = [(0.0, 0, "")] if len(word) <= _LENGTH_MAX else []
    for _ in range(_STEPS_MAX):
        if not beginnings:
            return
        price, at, text = heapq.heappop(beginnings)
        if at == len(word):
            yield price, text
            continue
        for length, letters, more in _next(word, at):
            if price + more <= _PRICE_MAX and _pronounceable(text[-1:], letters[:1]):
                heapq.heappush(beginnings, (price + more, at + length, text + letters))


def _pronounceable(before: str, letter: str) -> bool:
    """Whether Russian has these two side by side; prunes most of the search."""
    if letter == "й":
        return not before or before in _VOWELS
    if letter == "ы":
        return bool(before) and before not in _VOWELS and before not in "гкхжшчщй"
    if before in ("ь", "ъ"):
        return letter not in "аоуыэьъ"
    return True


def _next(word: str, at: int) -> Iterator[tuple[int, str, float]]:
    """Yield what may come next: how many letters it takes, what it reads, at which price."""
    parted = 0.0
    for length in (4, 3, 2, 1):
        chunk = word[at : at + length]
        choices = _READINGS.get(chunk) if len(chunk) == length else None
        if choices is None:
            continue
        ends = at + length == len(word)
        for letters, price in choices.items():
            hard = _HARD_T if ends and letters == "т" else 0.0
            yield length, letters, price + parted + hard
            if letters in _SOFTENED and word[at + length : at + length + 1] != "'":
                soft = 0.0 if ends and letters == "т" else _AT_END if ends else _INSIDE
                yield length, letters + "ь", price + parted + soft
        parted = _PARTED


_LAYOUT = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")


def mistyped_layout(word: str) -> str:
    """Return what the same keys type in the Russian layout: «jnvtyf» is «отмена»."""
    return word.translate(_LAYOUT)
