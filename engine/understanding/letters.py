"""Letters as the eye reads them: no invisible ones, no parted marks, no Latin twins inside Cyrillic words."""

import re
import unicodedata
from dataclasses import dataclass

# Marks that stand after their letter (й as и + ˘), letters of no width, wide and bold twins of plain ones.
_ODD = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\u20e3\ufe00-\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
_WIDE = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# Latin letters and digits that stand for the Cyrillic letter they look like, once a word has Cyrillic ones.
_LOOK_ALIKE = str.maketrans("aceopxykhmtbiu0346", "асеорхукнмтвииозчб")
# Words made of these alone are Cyrillic wherever the message has Cyrillic words: «HE», «BCE», «c».
_TWINS = re.compile(r"[aceopxykhmtb]+")


@dataclass(frozen=True, slots=True)
class Clean:
    """A text in lower case, with where each of its letters begins and ends in the text as it came."""

    text: str
    begins: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a slice of this text as a slice of the text as it came; `end` is beyond `start`."""
        if self.begins is None or self.ends is None:
            return start, end
        return self.begins[start], self.ends[end - 1]


def clean(text: str) -> Clean:
    """Return the text in lower case, ё as е, without what the eye does not see."""
    if _ODD.search(text) is None:
        return Clean(lower(text))
    letters: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for place, letter in enumerate(text):
        if _WIDE.match(letter):
            letter = unicodedata.normalize("NFKC", letter)
        elif _ODD.match(letter):
            if letters:
                whole = unicodedata.normalize("NFC", letters[-1] + letter)
                letters[-1], ends[-1] = (whole if len(whole) == 1 else letters[-1]), place + 1
            continue
        letters.append(letter)
        begins.append(place)
        ends.append(place + 1)
    return Clean(lower("".join(letters)), tuple(begins), tuple(ends))


def lower(text: str) -> str:
    """Return the text in lower case, ё as е; no letter changes its place («İ» alone would become two)."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.replace("ё", "е")


def is_cyrillic(word: str) -> bool:
    return _CYRILLIC.search(word) is not None


def is_twin(word: str) -> bool:
    """Whether a Latin word has no letter that would not be one of Cyrillic too."""
    return _TWINS.fullmatch(word) is not None


def as_cyrillic(word: str) -> str:
    """Return a word with its Latin look-alikes, and digits in place of letters, as Cyrillic ones."""
    return word.translate(_LOOK_ALIKE)
