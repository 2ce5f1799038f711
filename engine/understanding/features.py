"""What the statistical opinion looks at: pieces of words, words, and the acts that the rules saw."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from zlib import crc32

from engine.understanding.lemmas import Word
from engine.understanding.meaning import Context
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Phrase
from engine.understanding.rules import Verdict
from engine.understanding.vocabulary import vocabulary

# As many rows as the table of weights has; features that share a row are told apart by the others.
ROWS = 1 << 16
Rows = tuple[int, ...]

_PIECES = (2, 3, 4, 5)
_RUNS = (1, 2, 3)
# Words of one list are one word in a shape: «с мужем», «с мамой». The first list that has it counts.
_ALIKE = (
    "cancel", "strike", "remove", "relatives", "visits", "record", "works_out", "able", "arrive", "come",
    "move", "illness", "foreign", "administrator", "positions", "later", "unsure", "leave",
)  # fmt: skip
_FORMS = ("impr", "infn", "1per", "2per", "3per", "past", "pass", "nomn", "gent")
_FEW = 4
# Seen in nearly everything, so they tell nothing.
_VAGUE = frozenset(("hints", "on_the_list"))
# How much each kind weighs: pieces and words as unit vectors, acts as they are.
_PIECE, _WORD, _SHAPE, ACT = 1.0, 1.0, 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the table of weights, duplicates allowed, in kinds of which every row counts the same."""

    # Words as they are spelt; their rows are their `pieces`.
    texts: tuple[str, ...]
    # Lemmas, alone and with their neighbours, and symbols.
    words: Rows
    # Runs of words, each as the list that it is in, with its form: «!@arrive:1per <when>».
    shapes: Rows
    # The context, how long the message is, whether it asks, whether it names a time.
    frame: Rows
    # What the rules saw; everything above is the client's own.
    acts: Rows

    @property
    def piece_counts(self) -> float:
        """What each row of a piece of a text counts."""
        return _PIECE / sqrt(max(sum(_count_pieces(len(text)) for text in self.texts), 1))

    @property
    def word_counts(self) -> float:
        """What each row of `words` counts."""
        return _WORD / sqrt(max(len(self.words), 1))

    @property
    def shape_counts(self) -> float:
        """What each row of `shapes` counts."""
        return _SHAPE / sqrt(max(len(self.shapes), 1))


def features(said: Phrase, heard: Verdict, context: Context) -> Features:
    """Return what a message looks like in this context."""
    words = [word for clause in said.clauses for word in clause.words if word.text != COMMA]
    return Features(
        texts=tuple(word.text for word in words),
        words=tuple(_words(words, said, context)),
        shapes=tuple(_shapes(said)),
        frame=_rows(_frame(said, context)),
        acts=tuple(_acts(heard, said, context)),
    )


def pieces(word: str) -> Rows:
    """Return the rows of all pieces of a word, its ends marked."""
    padded = f" {word} "
    return _rows(padded[start : start + size] for size in _PIECES for start in range(len(padded) - size + 1))


@lru_cache(maxsize=100)
def _count_pieces(length: int) -> int:
    return sum(max(length + 3 - size, 0) for size in _PIECES)


def _words(words: list[Word], said: Phrase, context: Context) -> Iterator[int]:
    lemmas = [word.lemma for word in words]
    for lemma in lemmas:
        yield from _of_lemma(lemma, context)
    for before, lemma in pairwise(lemmas):
        yield _row(f"w {before} {lemma}")
    for first, second, third in zip(lemmas, lemmas[1:], lemmas[2:], strict=False):
        yield _row(f"w {first} {second} {third}")
    if lemmas:
        yield _row(f"first {lemmas[0]}")
        yield _row(f"last {lemmas[-1]}")
        yield _row(f"first {words[0].text} @{context}")
    for symbol in said.symbols:
        yield _row(f"s {symbol}")


@lru_cache(maxsize=5_000)
def _of_lemma(lemma: str, context: Context) -> Rows:
    return _rows((f"w {lemma}", f"w {lemma} @{context}"))


def _frame(said: Phrase, context: Context) -> Iterator[str]:
    yield f"c {context}"
    yield f"c {context} {len(said.words) if len(said.words) < _FEW else 'more'}"
    if said.question:
        yield "?"
        yield f"? @{context}"
    if any(clause.moments.spans for clause in said.clauses):
        yield "when"
        yield f"when @{context}"


def _acts(heard: Verdict, said: Phrase, context: Context) -> Iterator[int]:
    acts = {act for part in heard.said for act in part.sightings if act not in _VAGUE}
    for act in acts:
        yield from _of_act(act, context)
    for act in heard.said[-1].sightings if heard.said else ():
        yield _row(f"a last {act}")
    yield _row(f"i {heard.intent}")
    yield _row(f"i {heard.intent} @{context}")
    if said.question:
        yield _row(f"? {heard.intent}")
    if any(clause.moments.spans for clause in said.clauses):
        yield _row(f"when {heard.intent}")


@lru_cache(maxsize=5_000)
def _of_act(act: str, context: Context) -> Rows:
    return _rows((f"a {act}", f"a {act} @{context}"))


def _rows(names: Iterable[str]) -> Rows:
    return tuple(map(_row, names))


def _row(name: str) -> int:
    return crc32(name.encode(errors="surrogatepass")) % ROWS


def _shapes(said: Phrase) -> Iterator[int]:
    """Yield runs of up to three words, with lists of words in the place of those that mean the same."""
    for clause in said.clauses:
        shapes = ["^"]
        for word, keys in zip(clause.words, clause.keys, strict=True):
            if "<when>" not in keys:
                shapes.append(_shape(word, keys))
            elif shapes[-1] != "<when>":
                shapes.append("<when>")
        shapes.append("$")
        for size in _RUNS:
            for start in range(len(shapes) - size + 1):
                yield _row(f"h {' '.join(shapes[start : start + size])}")


def _shape(word: Word, keys: frozenset[str]) -> str:
    if word.text == COMMA:
        return COMMA
    kind = "<name>" if word.name else _kind(word.lemma)
    form = next((form for form in _FORMS if f"{word.lemma}:{form}" in word.keys), "")
    return f"{'!' if '<not>' in keys else ''}{kind}:{form}"


@lru_cache(maxsize=5_000)
def _kind(lemma: str) -> str:
    groups = vocabulary().groups
    return next((f"@{name}" for name in _ALIKE if lemma in groups[name]), lemma)
