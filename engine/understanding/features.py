"""What the statistical opinion looks at: pieces of words, words, and the acts that the rules saw."""

from collections.abc import Iterator
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
# How much each kind weighs: pieces and words as unit vectors, acts as they are.
_PIECE, _WORD, _ACT = 1.0, 1.0, 0.5


def features(said: Phrase, heard: Verdict, context: Context) -> tuple[Rows, NDArray[np.float32]]:
    """Return rows of the table and what each counts, duplicates allowed."""
    words = [word for clause in said.clauses for word in clause.words if word.text != COMMA]
    pieces = [_pieces(word.text) for word in words]
    rows = [*pieces, _rows(_words(words, said, context)), _rows(_acts(heard, said, context))]
    counted = sum(len(found) for found in pieces)
    weights = (
        *([_PIECE / np.sqrt(counted)] * counted if counted else []),
        *([_WORD / np.sqrt(max(len(rows[-2]), 1))] * len(rows[-2])),
        *([_ACT] * len(rows[-1])),
    )
    return np.concatenate(rows), np.array(weights, dtype=np.float32)


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


def _acts(heard: Verdict, said: Phrase, context: Context) -> Iterator[str]:
    acts = {act for part in heard.said for act in part.sightings}
    for act in sorted(acts):
        yield f"a {act}"
        yield f"a {act} @{context}"
    for act in sorted(heard.said[-1].sightings) if heard.said else ():
        yield f"a last {act}"
    yield f"i {heard.intent}"
    yield f"i {heard.intent} @{context}"
    yield f"c {context}"
    yield f"c {context} {len(said.words) if len(said.words) < 4 else 'more'}"
    if said.question:
        yield "?"
        yield f"? @{context}"
        yield f"? {heard.intent}"
    if any(clause.moments.spans for clause in said.clauses):
        yield "when"
        yield f"when @{context}"
        yield f"when {heard.intent}"


def _rows(names: Iterator[str]) -> Rows:
    return np.array([crc32(name.encode()) % ROWS for name in names], dtype=np.int64)
