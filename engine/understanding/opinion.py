"""The statistical second opinion: logistic regression over the pieces of words, scored in plain Python.

It may veto a cancel into a question, and choose among intents that harm nobody; deciding.py holds it to that.
"""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import get_args
from zlib import compress, decompress

from engine.understanding.features import ACT, Features, Rows, pieces
from engine.understanding.meaning import Intent

FILE = "opinion.bin"
INTENTS: tuple[Intent, ...] = get_args(Intent)
# The column behind the intents: whether the client's own words, the rules unheard, call a record off.
CANCEL = len(INTENTS)
_COLUMNS = CANCEL + 1
# A byte that weighs nothing: those of `bytes` are summed faster than signed ones of an array, 16 us to 26.
ZERO = 128
_NOTHING = (0,) * _COLUMNS
# Bytes of the digest that the stored weights begin with.
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely each intent is, and how likely the words alone call a record off."""

    intents: dict[Intent, float]
    cancels: float

    def likeliest(self, *, but: frozenset[Intent] = frozenset()) -> Intent:
        """Return the likeliest intent that is not ruled out."""
        return max((intent for intent in INTENTS if intent not in but), key=self.intents.__getitem__)

    def ranked(self) -> tuple[tuple[Intent, float], ...]:
        """Return all intents with their shares, likeliest first."""
        return tuple(sorted(self.intents.items(), key=lambda pair: -pair[1]))


class Weights:
    """A row for each feature, a column for each intent and the last for `CANCEL`; a byte for each weight.

    Plain Python: numpy would take 85 ms and 12 MB to import, and be no faster with so few rows (2026-11).
    """

    def __init__(
        self, table: bytes, steps: Sequence[float], bias: Sequence[float], trained_on: str = "00" * 32
    ) -> None:
        """`table` is row by row, each weight a byte that counts steps of its column from `ZERO`.

        `trained_on` is a digest of the material, in hex (corpus/material.py); nothing is decided by it.
        """
        self.trained_on = trained_on
        self._table, self.steps, self.bias = table, tuple(steps), tuple(bias)
        self._of_pieces = lru_cache(maxsize=5_000)(self._sums_of_pieces)

    def opinion(self, seen: Features) -> Opinion:
        """Score one message."""
        kinds = (
            (seen.piece_counts, _columns([self._of_pieces(text) for text in seen.texts])),
            (seen.word_counts, self._sums(seen.words)),
            (seen.shape_counts, self._sums(seen.shapes)),
            (ACT, self._sums(seen.frame + seen.acts)),
        )
        scores = list(self.bias)
        for count, sums in kinds:
            for column, (found, step) in enumerate(zip(sums, self.steps, strict=True)):
                scores[column] += count * found * step
        # What the rules saw has no say in whether the words alone call a record off.
        heard = sum(self._table[row * _COLUMNS + CANCEL] - ZERO for row in seen.acts)
        cancels = scores[CANCEL] - ACT * heard * self.steps[CANCEL]
        return Opinion(dict(zip(INTENTS, _shares(scores[:CANCEL]), strict=True)), _likely(cancels))

    def _sums_of_pieces(self, word: str) -> Sequence[int]:
        return array("i", self._sums(pieces(word)))

    def _sums(self, rows: Rows) -> Sequence[int]:
        """Return for each column the sum of these rows."""
        zeros = ZERO * len(rows)
        found = _columns([self._table[row * _COLUMNS : (row + 1) * _COLUMNS] for row in rows])
        return [column - zeros for column in found]

    def packed(self) -> bytes:
        """Return the weights compressed, as `unpacked` reads them."""
        scales = struct.pack(f"<{2 * _COLUMNS}f", *self.steps, *self.bias)
        return compress(bytes.fromhex(self.trained_on) + scales + self._table, level=9)

    @staticmethod
    def unpacked(packed: bytes) -> "Weights":
        stored = decompress(packed)
        scales = struct.unpack_from(f"<{2 * _COLUMNS}f", stored, _DIGEST)
        table = stored[_DIGEST + 4 * len(scales) :]
        return Weights(table, scales[:_COLUMNS], scales[_COLUMNS:], stored[:_DIGEST].hex())


def _columns(rows: Sequence[Sequence[int]]) -> Sequence[int]:
    return list(map(sum, zip(*rows, strict=True))) or _NOTHING


def _shares(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    shares = [exp(score - highest) for score in scores]
    whole = sum(shares)
    return [share / whole for share in shares]


def _likely(score: float) -> float:
    return 1 / (1 + exp(-min(max(score, -50.0), 50.0)))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the packaged weights."""
    return Weights.unpacked((files(__package__) / FILE).read_bytes())
