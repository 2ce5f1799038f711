"""The statistical second opinion: logistic regression over the words, scored in plain Python.

It may veto a cancel into a question, and choose among intents that harm nobody; deciding.py holds it to that.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp
from operator import add
from typing import get_args
from zlib import compress, decompressobj

from engine.understanding.features import ACT, ROWS, Features, Rows, pieces
from engine.understanding.meaning import Intent

FILE = "opinion.bin"
INTENTS: tuple[Intent, ...] = get_args(Intent)
# The column behind the intents: whether the client's own words, the rules unheard, call a record off.
CANCEL = len(INTENTS)
_COLUMNS = CANCEL + 1
# A byte that weighs nothing.
ZERO = 128
_NOTHING = (0,) * _COLUMNS
# A row as one number: its columns side by side, each in a lane of two bytes, for the sum of so many rows.
_LANES = struct.Struct(f"<{_COLUMNS}H")
_LANE = 2
_ROWS_MAX = 0xFFFF // 0xFF
# The sums of a word's pieces.
_SUMS = struct.Struct(f"<{_COLUMNS}h")
# What stored weights begin with: the digest, how many words are summed beforehand, the steps, the bias.
_HEAD = struct.Struct(f"<32sI{2 * _COLUMNS}f")


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
        self,
        table: bytes,
        steps: Sequence[float],
        bias: Sequence[float],
        trained_on: str = "00" * 32,
        common: Sequence[str] = (),
        summed: bytes = b"",
    ) -> None:
        """`table` is row by row, each weight a byte that counts steps of its column from `ZERO`.

        `trained_on` is a digest of the material, in hex (corpus/material.py); nothing is decided by it.
        `summed` has for each of the `common` words, in their order, what its pieces come to (`summing`).
        """
        self.trained_on = trained_on
        self.steps, self.bias = tuple(steps), tuple(bias)
        self._lanes = _spread(table)
        # Rows as they were read, 0 before that. All of them would take 5 MB.
        self._known = [0] * (len(table) // _COLUMNS)
        self._summed = summed
        self._common = dict(zip(common, range(0, len(summed), _SUMS.size), strict=True))
        self._of_pieces = lru_cache(maxsize=5_000)(self._sums_of_pieces)

    def summing(self, common: Sequence[str]) -> "Weights":
        """Return the same weights, the pieces of these words summed beforehand: 15 us a word."""
        summed = b"".join(_SUMS.pack(*self._sums(pieces(word))) for word in common)
        return Weights(self._table(), self.steps, self.bias, self.trained_on, common, summed)

    def opinion(self, seen: Features) -> Opinion:
        """Score one message."""
        in_texts = [*map(sum, zip(_NOTHING, *map(self._of_pieces, seen.texts), strict=True))]
        in_words, in_shapes = self._sums(seen.words), self._sums(seen.shapes)
        in_context = self._sums(seen.frame + seen.acts)
        per_piece, per_word, per_shape = seen.piece_counts, seen.word_counts, seen.shape_counts
        scores = [
            bias
            + per_piece * pieces * step
            + per_word * words * step
            + per_shape * shapes * step
            + ACT * context * step
            for bias, step, pieces, words, shapes, context in zip(
                self.bias, self.steps, in_texts, in_words, in_shapes, in_context, strict=True
            )
        ]
        # What the rules saw has no say in whether the words alone call a record off.
        heard = sum([self._lanes[row * _LANES.size + _LANE * CANCEL] - ZERO for row in seen.acts])
        cancels = scores[CANCEL] - ACT * heard * self.steps[CANCEL]
        return Opinion(dict(zip(INTENTS, _shares(scores[:CANCEL]), strict=True)), _likely(cancels))

    def _sums_of_pieces(self, word: str) -> Sequence[int]:
        place = self._common.get(word)
        return self._sums(pieces(word)) if place is None else _SUMS.unpack_from(self._summed, place)

    def _sums(self, rows: Rows) -> Sequence[int]:
        """Return for each column the sum of these rows; all lanes of a row are added at once."""
        if len(rows) > _ROWS_MAX:
            first, others = self._sums(rows[:_ROWS_MAX]), self._sums(rows[_ROWS_MAX:])
            return [*map(add, first, others)]
        known, zeros = self._known, ZERO * len(rows)
        whole = sum([known[row] or self._read(row) for row in rows])
        return [found - zeros for found in _LANES.unpack(whole.to_bytes(_LANES.size, "little"))]

    def _read(self, row: int) -> int:
        """Return a row as one number, and keep it: most messages are made of rows that others had."""
        begin = row * _LANES.size
        read = self._known[row] = int.from_bytes(self._lanes[begin : begin + _LANES.size], "little")
        return read

    def packed(self) -> bytes:
        """Return the weights compressed, as `unpacked` reads them."""
        head = _HEAD.pack(bytes.fromhex(self.trained_on), len(self._common), *self.steps, *self.bias)
        common = "\n".join(self._common).encode()
        return compress(head + self._table() + self._summed + common, level=9)

    def _table(self) -> bytes:
        return self._lanes[::_LANE]

    @staticmethod
    def unpacked(packed: bytes) -> "Weights":
        # Piece by piece: the megabytes of a second copy would stay with the process.
        stored = decompressobj()
        digest, count, *scales = _HEAD.unpack(stored.decompress(packed, _HEAD.size))
        table = stored.decompress(stored.unconsumed_tail, ROWS * _COLUMNS)
        summed = stored.decompress(stored.unconsumed_tail, count * _SUMS.size) if count else b""
        common = stored.decompress(stored.unconsumed_tail).decode().split("\n") if count else ()
        return Weights(table, scales[:_COLUMNS], scales[_COLUMNS:], digest.hex(), common, summed)


def _spread(table: bytes) -> bytes:
    """Return the table with a zero behind each byte, for sums to grow into."""
    return table.decode("latin-1").encode("utf-16-le")


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
