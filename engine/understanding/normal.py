"""The normal form of what people type: sentences of lower-case words, foreign phrases already in Russian.

What needs the dictionary (translit, typos, glued words) is done word by word in spelling.py.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.understanding.foreign import Span, translated
from engine.understanding.letters import Clean, as_cyrillic, clean, is_cyrillic, is_twin

COMMA = ","

_CASE_ENDS = "ке|ге|қа|ға|ка|га|де|те|да|та|дан|тан|ден|тен|нан|нен"
_LATIN_ENDS = "go|oe|e|mu|ju|yu|uyu|uju|ya|ja|aya|aja|oy|oi|oj|ym|om|st|nd|rd|th"
_PIECE = re.compile(
    rf"""
      # Most words by far; whatever follows them here might make them a piece of something below.
      (?P<plain>(?:[а-я]{{2,}}+|[а-я](?=\x20[а-я]{{2}}))(?![\w'’ʼ`\-]|\.\w))
    | (?P<link>https?://\S+|www\.\S+|@\w+|\w+\.(?:com|ru|me|kz|ua)\b\S*)
    | (?P<date>\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}(?!\d))   # 25.11.2026
    | (?P<pair>\d{{1,2}}[.:/\-]\d{{1,2}}(?![\d]))           # 25.11, 15:00, 15-30
      (?:-(?:{_CASE_ENDS})(?!\w))?                        # 16:00-де
    | (?P<nth>\d+(?:\s?-?\s?(?:го|е|ое|му|ю|ую|ая|ый|ой|ым|ом)|-?[яйм])(?!\w))  # 25-го, 2-ю
    | (?P<nth_latin>\d+-?(?:{_LATIN_ENDS})(?!\w))          # 26oe, 1yu, 25th
    | (?P<nth_kazakh>\d+(?:\s?-?(?:ші|шы|інші|ыншы|ши)     # 25-ші
      |-(?:с?[іы]н(?:де|да|е|а)|с[іыи]|sh?[iy]))(?!\w))    # 25-інде, 26-sy
    | (?P<at_kazakh>\d+-(?:{_CASE_ENDS})(?!\w))            # сағат 5-ке
    | (?P<spaced>(?<!\w)[^\W\d_](?:(?P<gap>[\x20.\-_*·•])[^\W\d_](?!\w))(?:(?P=gap)[^\W\d_](?!\w)){{2,}})
    | (?P<stutter>(?:(?P<first>(?!не-|ни-)[^\W\d_]{{1,3}})-+)(?:(?P=first)-+)*(?=(?P=first)[^\W\d_]))
    | (?P<mixed>(?:[0346]?[^\W\d_]+(?:[0346]+[^\W\d_]+)+|[0346][^\W\d_]+)(?:[46](?!\d))?  # xo4u, 3апись
      | [^\W\d_]{{2,}}[46](?![\w:.]))                      # ve4
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*(?:(?<=[a-z])['’`](?!\w))?)  # can't, otmenit'
    | (?P<end>[.!?…\n]+)
    | (?P<comma>[,;:()«»"–—]|\s-\s)
    | (?P<plus>\+)
    | (?P<symbol>[^\s\-'’`*_~|\\/№\#%&=<>\[\]{{}}@^$\U0001f3fb-\U0001f3ff])
    """,
    re.VERBOSE,
)
# «-1» is no first: it stays one word that nobody counts with.
_BELOW_ZERO = re.compile(r"\s*[-−–—]\s*(\d+)\s?-?\s?[а-я]{0,2}[\s.!?…)]*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = str.maketrans("’ʼ`", "'''")
_NO_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_DIGITS = re.compile(r"\d+")
_BEFORE_NUMBERS = frozenset(
    ("na", "do", "po", "ot", "so", "ko", "vo", "za", "на", "до", "по", "от", "со", "ко", "во")
)
_ENDS = {
    "go": "го", "oe": "е", "e": "е", "mu": "му", "ju": "ю", "yu": "ю", "uyu": "ую", "uju": "ую",
    "ya": "я", "ja": "я",
    "aya": "ая", "aja": "ая", "oy": "ой", "oi": "ой", "oj": "ой", "ym": "ым", "om": "ом",
    "st": "го", "nd": "го", "rd": "го", "th": "го",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words in order, clauses parted by `COMMA`; numbers keep their form («25-го», «15:00»)."""

    words: tuple[str, ...]
    question: bool = False
    # Where each word stands in the text, as a slice of it; several words may share one.
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. `symbols` are the emoji and signs that stand outside the words."""

    sentences: tuple[Sentence, ...]
    symbols: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """Return all words of all sentences, without punctuation."""
        return tuple(word for sentence in self.sentences for word in sentence.words if word != COMMA)

    def asks(self) -> bool:
        return any(sentence.question for sentence in self.sentences)


def message(text: str) -> Message:
    """Return the sentences of a text; Russian in Latin letters is still Latin, typos are still there."""
    cleaned = clean(text)
    if below := _BELOW_ZERO.fullmatch(cleaned.text):
        return Message((Sentence((f"-{below[1]}",), "?" in text, (cleaned.span(*below.span()),)),))
    pieces = _Pieces(cleaned)
    translated([(words, spans) for words, spans, _ in pieces.sentences])
    # Beside Cyrillic words, Latin letters that look like Cyrillic ones are meant to be those: «HE приду».
    russian = is_cyrillic(cleaned.text)
    sentences = [
        Sentence(tuple(map(_twin, words) if russian else words), asks, tuple(spans))
        for words, spans, asks in pieces.sentences
    ]
    return Message(tuple(sentences), tuple(pieces.symbols))


class _Pieces:
    """The words and signs of a text, in sentences."""

    def __init__(self, cleaned: Clean) -> None:
        self.sentences: list[tuple[list[str], list[Span], bool]] = []
        self.symbols: list[str] = []
        self._words: list[str] = []
        self._spans: list[Span] = []
        span = cleaned.span
        for found in _PIECE.finditer(cleaned.text):
            if found.lastgroup == "plain":
                self._words.append(_single(found.group()))
                self._spans.append(span(*found.span()))
            else:
                self._take(found, cleaned)
        if self._words:
            self._close(asks=False)

    def _take(self, found: re.Match[str], cleaned: Clean) -> None:
        kind, piece = found.lastgroup, found.group()
        match kind:
            case "end":
                if self._words or "?" in piece:
                    self._close(asks="?" in piece)
                return
            case "symbol":
                self.symbols.append(piece)
                return
            case "stutter":
                return
            case "comma":
                if self._words and self._words[-1] != COMMA:
                    self._add(COMMA, found, cleaned)
                return
        for word in _read(found):
            self._add(word, found, cleaned)

    def _add(self, word: str, found: re.Match[str], cleaned: Clean) -> None:
        self._words.append(word)
        self._spans.append(cleaned.span(*found.span()))

    def _close(self, *, asks: bool) -> None:
        self.sentences.append((self._words, self._spans, asks))
        self._words, self._spans = [], []


def _read(found: re.Match[str]) -> tuple[str, ...]:
    kind, piece = found.lastgroup, found.group()
    if found["pair"]:
        return (found["pair"],)
    if found["spaced"]:
        return (_word(piece.replace(found["gap"], "")),)
    match kind:
        case "link":
            # One word that nothing explains.
            return ("@" + piece.lstrip("@"),)
        case "nth":
            return (re.sub(r"[\s-]", "", piece),)
        case "nth_latin" | "nth_kazakh" | "at_kazakh":
            digits = _DIGITS.match(piece)
            assert digits is not None
            ends = {"nth_latin": _ENDS.get(piece[digits.end() :].lstrip("-"), ""), "nth_kazakh": "го"}
            return (digits[0] + ends.get(kind, ""),)
        case "mixed":
            if piece[-1].isdigit() and piece[:-1] in _BEFORE_NUMBERS:
                return _word(piece[:-1]), piece[-1]
            return (_word(piece),)
        case "word":
            return (_word(piece),)
    return (piece,)


@lru_cache(maxsize=10_000)
def _single(word: str) -> str:
    """Return a word with one letter for many."""
    return _STRETCHED.sub(_shortened, word)


@lru_cache(maxsize=10_000)
def _word(word: str) -> str:
    word = _single(word)
    if is_cyrillic(word):
        # A digit at the beginning may still be a number: «3дня», but «3апись». Only the dictionary knows.
        begins = 1 if word[0].isdecimal() else 0
        return (word[:begins] + as_cyrillic(word[begins:])).translate(_NO_APOSTROPHES)
    return word.translate(_APOSTROPHES)


def _twin(word: str) -> str:
    return as_cyrillic(word) if word.isascii() and is_twin(word) else word


def _shortened(stretched: re.Match[str]) -> str:
    """Return one letter for many; «неее» alone is the colloquial «нее», no «не» that denies something."""
    whole, letter = stretched.string, stretched[1]
    return (
        letter * 2
        if len(whole) > 3 and whole[0] in "нn" and letter in "еe" and set(whole[1:]) == {letter}
        else letter
    )
