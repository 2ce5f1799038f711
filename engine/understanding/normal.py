"""The normal form of what people type: sentences of plain lower-case Cyrillic words."""

import re
from dataclasses import dataclass

COMMA = ","

_PIECE = re.compile(
    r"""
      (?P<date>\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\d))       # 25.11.2026
    | (?P<pair>\d{1,2}[.:/\-]\d{1,2}(?![\d]))             # 25.11, 15:00, 15-30
    | (?P<nth>\d+(?:\s?-?\s?(?:го|е|ое|му|ю|ую|ая|ый|ой|ым|ом)|-?[яйм])(?!\w))  # 25-го, 2-ю
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+)
    | (?P<end>[.!?…\n]+)
    | (?P<comma>[,;:()«»"–—]|\s-\s)
    | (?P<plus>\+)
    | (?P<symbol>[^\s\-'’`*_~|\\/№\#%&=<>\[\]{}@^$\ufe0f\u200d\U0001f3fb-\U0001f3ff])
    """,
    re.VERBOSE,
)
# «-1» is no first: it stays one word that nobody counts with.
_BELOW_ZERO = re.compile(r"\s*[-−–—]\s*(\d+)\s?-?\s?[а-я]{0,2}[\s.!?…)]*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LATIN = re.compile(r"[a-z]+")
_CYRILLIC = re.compile(r"[а-я]")

_ENGLISH = {"yes": "да", "no": "нет", "ok": "ок", "okay": "ок", "hello": "здравствуйте", "thanks": "спасибо"}

# Latin letters that look Cyrillic, for words that mix both.
_LOOK_ALIKE = str.maketrans("aceopxykhmtb", "асеорхукнмтв")

_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("yo", "е"), ("jo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"),
    ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("ia", "я"),
    ("ye", "е"), ("a", "а"), ("b", "б"), ("c", "ц"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"),
    ("h", "х"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"),
    ("p", "п"), ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"),
    ("x", "х"), ("y", "ы"), ("z", "з"),
)  # fmt: skip

# «y» after a vowel is «й»: zavtra ne priydu, pozhaluysta, otmenyayte.
_SHORT_I = re.compile(r"(?<=[aeiouy])[yi](?=[^aeiouy]|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words in order, clauses parted by `COMMA`; numbers keep their form («25-го», «15:00»)."""

    words: tuple[str, ...]
    question: bool = False
    # Where each word stands in the text, as a slice of it.
    spans: tuple[tuple[int, int], ...] = ()


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
    """Return the sentences of a text in their normal form."""
    text = lower(text)
    if below := _BELOW_ZERO.fullmatch(text):
        return Message((Sentence((f"-{below[1]}",), "?" in text, (below.span(),)),))
    sentences: list[Sentence] = []
    symbols: list[str] = []
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for found in _PIECE.finditer(text):
        kind, piece = found.lastgroup, found.group()
        if kind == "end":
            if words or "?" in piece:
                sentences.append(Sentence(tuple(words), "?" in piece, tuple(spans)))
            words, spans = [], []
            continue
        if kind == "symbol":
            symbols.append(piece)
            continue
        if kind == "comma":
            if not words or words[-1] == COMMA:
                continue
            piece = COMMA
        elif kind == "word":
            piece = _word(piece)
        elif kind == "nth":
            piece = re.sub(r"[\s-]", "", piece)
        words.append(piece)
        spans.append(found.span())
    if words:
        sentences.append(Sentence(tuple(words), False, tuple(spans)))
    return Message(tuple(sentences), tuple(symbols))


def lower(text: str) -> str:
    """Return the text in lower case, ё as е; no letter changes its place («İ» alone would become two)."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text).replace("ё", "е")


def _word(word: str) -> str:
    word = _ENGLISH.get(word) or _STRETCHED.sub(r"\1", word)
    if _LATIN.fullmatch(word):
        return cyrillic(word)
    return word.translate(_LOOK_ALIKE) if _CYRILLIC.search(word) else word


def cyrillic(latin: str) -> str:
    """Return a Russian word typed in Latin letters: «otmenite» is «отмените»."""
    word = _SHORT_I.sub("j", latin)
    for sound, letter in _SOUNDS:
        word = word.replace(sound, letter)
    return word
