"""The statistical second opinion: logistic regression over the pieces of words, scored in plain numpy.

It may veto a cancel into a question, and choose among intents that harm nobody. It never adds a cancel or a yes.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from engine.understanding.features import Features
from engine.understanding.meaning import Intent

FILE = "opinion.npz"
INTENTS: tuple[Intent, ...] = get_args(Intent)
# The column behind the intents: whether the client's own words, the rules unheard, call a record off.
CANCEL = len(INTENTS)
_STEPS = 127


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


@dataclass(frozen=True, slots=True)
class Weights:
    """A row for each feature, a column for each intent and the last for `CANCEL`."""

    table: NDArray[np.float32]
    bias: NDArray[np.float32]
    # Digest of what they were trained on (corpus/material.py); nothing is decided by it.
    trained_on: str = ""

    def opinion(self, seen: Features) -> Opinion:
        """Score one message."""
        found = self.table[seen.rows] * seen.counts[:, None]
        own = found[: seen.acts_from, CANCEL].sum() + self.bias[CANCEL]
        scores = found[:, :CANCEL].sum(axis=0) + self.bias[:CANCEL]
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return Opinion(
            dict(zip(INTENTS, shares.tolist(), strict=True)), float(1 / (1 + np.exp(-np.clip(own, -50, 50))))
        )

    def packed(self) -> bytes:
        """Return the weights in a byte each, compressed: what is lost is far below what they are sure of."""
        steps = np.abs(self.table).max(axis=0) / _STEPS
        steps[steps == 0] = 1
        into = io.BytesIO()
        np.savez_compressed(
            into,
            table=np.round(self.table / steps).astype(np.int8),
            steps=steps,
            bias=self.bias,
            trained_on=self.trained_on,
        )
        return into.getvalue()

    @staticmethod
    def unpacked(packed: bytes) -> "Weights":
        with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            table = stored["table"].astype(np.float32) * stored["steps"]
            return Weights(table, stored["bias"], str(stored["trained_on"]))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the packaged weights."""
    return Weights.unpacked((files(__package__) / FILE).read_bytes())
