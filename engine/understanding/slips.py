"""How likely a word is another one mistyped: a price of slips, cheap where people really slip."""

from itertools import pairwise

# Letters that are written one for the other by ear.
_HEARD = (
    "ао", "еи", "яе", "яи", "ыи", "эе", "ую", "дт", "зс", "бп", "вф", "жш", "гк", "шщ", "чщ",
    "ий", "гв", "ьъ",
)  # fmt: skip
_BY_EAR = frozenset(way for pair in _HEARD for way in (pair, pair[::-1]))
_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_BESIDE = {a + b for row in _ROWS for a, b in pairwise(row)}
# A key touches two of the row above.
_ABOVE = {a + b for upper, row in pairwise(_ROWS) for at, a in enumerate(row) for b in upper[at : at + 2]}
_TOUCHING = frozenset(way for pair in _BESIDE | _ABOVE for way in (pair, pair[::-1]))
_EAR, _FINGER, _SIGN, _SWAP, _OTHER = 0.5, 0.8, 0.4, 0.8, 1.0
# Letters are left out more often than added.
_LEFT_OUT, _ADDED = 0.9, 1.0
_FIRST_LETTER = 0.2


def price(typed: str, meant: str) -> float:
    """Return the price of turning one word into the other; 1 is about one slip of the finger."""
    first = _FIRST_LETTER if typed[0] != meant[0] else 0.0
    begin, cut = _common(typed, meant)
    ends, end = len(typed) - cut, len(meant) - cut
    before: list[float] = []
    above = [0.0]
    for at in range(begin, end):
        above.append(above[-1] + _odd(meant, at, _LEFT_OUT))
    for i in range(begin, ends):
        row = [above[0] + _odd(typed, i, _ADDED)]
        for column, j in enumerate(range(begin, end), start=1):
            best = min(
                above[column - 1] + _changed(typed[i], meant[j]),
                above[column] + _odd(typed, i, _ADDED),
                row[column - 1] + _odd(meant, j, _LEFT_OUT),
            )
            if i > begin and j > begin and typed[i - 1] == meant[j] and typed[i] == meant[j - 1]:
                best = min(best, before[column - 2] + _SWAP)
            row.append(best)
        before, above = above, row
    return above[-1] + first


def _common(a: str, b: str) -> tuple[int, int]:
    """Return how many letters two words share at the beginning, and how many more at the end."""
    shorter = min(len(a), len(b))
    begin = 0
    while begin < shorter and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    return begin, end


def _changed(a: str, b: str) -> float:
    if a == b:
        return 0.0
    return _EAR if a + b in _BY_EAR else _FINGER if a + b in _TOUCHING else _OTHER


def _odd(word: str, at: int, otherwise: float) -> float:
    """Price of a letter that one has and the other has not: cheap for signs and doubled letters."""
    if word[at] in "ьъй":
        return _SIGN
    return _EAR if at and word[at - 1] == word[at] else otherwise
