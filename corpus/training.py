"""Trains the statistical opinion on the phrases that may be seen: `make opinion`.

Logistic regression over tens of thousands of features and some thousand phrases.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from corpus.phrases import Phrase, phrases
from corpus.scoring import INTENTS, NOW
from engine.understanding import opinion
from engine.understanding.features import ACT, ROWS, Features, features, pieces
from engine.understanding.lemmas import shared
from engine.understanding.opinion import CANCEL, ZERO, Weights
from engine.understanding.phrase import phrase as read
from engine.understanding.rules import verdict

# Chosen by training on most writers and measuring on the others.
STRENGTH, STRENGTH_OF_GATE = 6.0, 6.0
_BYTE_MAX = 127
_STEPS_MAX = 150


def fit(material: Sequence[Phrase]) -> Weights:
    """Return the weights that explain these phrases."""
    seen = [seen_as(phrase) for phrase in material]
    intents = np.array([phrase.intent for phrase in material])
    cancels = np.array([_gives_up(phrase) for phrase in material])
    table = np.zeros((ROWS, len(INTENTS) + 1), np.float32)
    bias = np.full(len(INTENTS) + 1, -20.0, np.float32)
    columns, weights, biases = _fitted(_matrix(seen), intents, STRENGTH)
    places = [INTENTS.index(column) for column in columns]
    table[:, places], bias[places] = weights, biases
    _, weights, biases = _fitted(_matrix(seen, own_words=True), cancels, STRENGTH_OF_GATE)
    table[:, CANCEL], bias[CANCEL] = weights[:, 0], biases[0]
    return _rounded(table, bias)


def _rounded(table: NDArray[np.float32], bias: NDArray[np.float32]) -> Weights:
    """Return the weights in a byte each: what is lost is far below what they are sure of."""
    steps = np.abs(table).max(axis=0) / _BYTE_MAX
    steps[steps == 0] = 1
    counted = (np.round(table / steps) + ZERO).astype(np.uint8)
    return Weights(counted.tobytes(), steps.tolist(), bias.tolist())


def seen_as(phrase: Phrase) -> Features:
    """Return the features of a labelled phrase."""
    said = read(phrase.text, shared(), NOW)
    return features(said, verdict(said, shared().vocabulary), phrase.context)


def _gives_up(phrase: Phrase) -> bool:
    return phrase.accepts("cancel")


def _fitted(
    matrix: Any, labels: NDArray[Any], strength: float
) -> tuple[Sequence[Any], NDArray[np.float32], NDArray[np.float32]]:
    """Return the classes, and weights and biases for each (for the second of two only)."""
    used = np.unique(matrix.indices)
    model = LogisticRegression(C=strength, max_iter=_STEPS_MAX, tol=1e-3).fit(matrix[:, used], labels)
    weights = np.zeros((ROWS, len(model.coef_)), np.float32)
    weights[used] = model.coef_.T
    return list(model.classes_), weights, model.intercept_.astype(np.float32)


def _matrix(seen: Sequence[Features], *, own_words: bool = False) -> Any:
    found = [_counted(features, own_words=own_words) for features in seen]
    matrix = csr_matrix(
        (
            np.array([count for row in found for _, count in row], np.float32),
            np.array([place for row in found for place, _ in row]),
            np.cumsum([0, *(len(row) for row in found)]),
        ),
        shape=(len(seen), ROWS),
    )
    matrix.sum_duplicates()
    return matrix


def _counted(seen: Features, *, own_words: bool) -> list[tuple[int, float]]:
    """Return the rows of the table, each with what it counts."""
    acts = () if own_words else seen.acts
    return [
        *((row, seen.piece_counts) for text in seen.texts for row in pieces(text)),
        *((row, seen.word_counts) for row in seen.words),
        *((row, ACT) for row in (*seen.frame, *acts)),
    ]


def main() -> None:
    """Train on everything that may be seen, and write the weights where the package reads them."""
    material = [phrase for _, phrase in phrases("seen")]
    place = Path(opinion.__file__).with_name(opinion.FILE)
    place.write_bytes(fit(material).packed())
    print(f"{place.name}: {len(material)} phrases, {place.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
