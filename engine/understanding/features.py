"""What the statistical opinion looks at: pieces of words, words, and the acts that the rules saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.understanding.lemmas import Word
from engine.understanding.meaning import Context
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Phrase
from engine.understanding.rules import Verdict

# As many rows as the table of weights has; features that share a row are told apart by the others.
ROWS = 1 << 16
Rows = NDArray[np.int64]

_PIECES = (2, 3, 4, 5)
_FEW = 4
# How much each kind weighs: pieces and words as unit vectors, acts as they are.
_PIECE, _WORD, _ACT = 1.0, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the table of weights and what each counts, duplicates allowed."""

    rows: Rows
    counts: NDArray[np.float32]
    # From here on they are what the rules saw; before it stand the client's own words alone.
    acts_from: int


def features(said: Phrase, heard: Verdict, context: Context) -> Features:
    """Return what a message looks like in this context."""
    words = [word for clause in said.clauses for word in clause.words if word.text != COMMA]
    pieces = [_pieces(word.text) for word in words]
    own_words, frame, acts = (
        _rows(names)
        for names in (_words(words, said, context), _frame(said, context), _acts(heard, said, context))
    )
    counted = sum(len(found) for found in pieces)
    return Features(
        rows=np.concatenate((*pieces, own_words, frame, acts)),
        counts=np.concatenate(
            (
                np.full(counted, _PIECE / max(counted, 1) ** 0.5, np.float32),
                np.full(len(own_words), _WORD / max(len(own_words), 1) ** 0.5, np.float32),
                np.full(len(frame) + len(acts), _ACT, np.float32),
            )
        ),
        acts_from=counted + len(own_words) + len(frame),
    )


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> Rows:
    padded = f" {word} "
    return _rows(padded[start : start + size] for size in _PIECES for start in range(len(padded) - size + 1))


def _words(words: list[Word], said: Phrase, context: Context) -> Iterator[str]:
    lemmas = [word.lemma for word in words]
    for place, lemma in enumerate(lemmas):
        yield f"w {lemma}"
        yield f"w {lemma} @{context}"
        if place:
            yield f"w {lemmas[place - 1]} {lemma}"
        if place > 1:
            yield f"w {lemmas[place - 2]} {lemmas[place - 1]} {lemma}"
    if lemmas:
        yield f"first {lemmas[0]}"
        yield f"last {lemmas[-1]}"
        yield f"first {words[0].text} @{context}"
    for symbol in said.symbols:
        yield f"s {symbol}"


def _frame(said: Phrase, context: Context) -> Iterator[str]:
    yield f"c {context}"
    yield f"c {context} {len(said.words) if len(said.words) < _FEW else 'more'}"
    if said.question:
        yield "?"
        yield f"? @{context}"
    if any(clause.moments.spans for clause in said.clauses):
        yield "when"
        yield f"when @{context}"


def _acts(heard: Verdict, said: Phrase, context: Context) -> Iterator[str]:
    acts = {act for part in heard.said for act in part.sightings}
    for act in sorted(acts):
        yield f"a {act}"
        yield f"a {act} @{context}"
    for act in sorted(heard.said[-1].sightings) if heard.said else ():
        yield f"a last {act}"
    yield f"i {heard.intent}"
    yield f"i {heard.intent} @{context}"
    if said.question:
        yield f"? {heard.intent}"
    if any(clause.moments.spans for clause in said.clauses):
        yield f"when {heard.intent}"


def _rows(names: Iterator[str]) -> Rows:
    return np.array([crc32(name.encode()) % ROWS for name in names], dtype=np.int64)
