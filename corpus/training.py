"""Trains the statistical opinion on the phrases that may be seen: `make opinion`.

Logistic regression over tens of thousands of features and some thousand phrases.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from corpus.material import STEPS_MAX, STRENGTH, STRENGTH_OF_GATE, counted, digest, gives_up, seen_as
from corpus.phrases import Phrase, phrases
from corpus.scoring import INTENTS
from engine.understanding import opinion
from engine.understanding.features import ROWS, Features
from engine.understanding.opinion import CANCEL, ZERO, Weights

_BYTE_MAX = 127


def fit(material: Sequence[Phrase]) -> Weights:
    """Return the weights that explain these phrases."""
    seen = [seen_as(phrase) for phrase in material]
    intents = np.array([phrase.intent for phrase in material])
    cancels = np.array([gives_up(phrase) for phrase in material])
    table = np.zeros((ROWS, len(INTENTS) + 1), np.float32)
    bias = np.full(len(INTENTS) + 1, -20.0, np.float32)
    columns, weights, biases = _fitted(_matrix(seen), intents, STRENGTH)
    places = [INTENTS.index(column) for column in columns]
    table[:, places], bias[places] = weights, biases
    _, weights, biases = _fitted(_matrix(seen, own_words=True), cancels, STRENGTH_OF_GATE)
    table[:, CANCEL], bias[CANCEL] = weights[:, 0], biases[0]
    return _rounded(table, bias, digest(material)).summing(_common(seen))


def _common(seen: Iterable[Features]) -> list[str]:
    """Return the words that were said more than once: of a phrase of others, 19 in 20 are among them."""
    counts = Counter(text for features in seen for text in features.texts)
    return sorted(text for text, count in counts.items() if count > 1)


def _rounded(table: NDArray[np.float32], bias: NDArray[np.float32], trained_on: str) -> Weights:
    """Return the weights in a byte each: what is lost is far below what they are sure of."""
    steps = np.abs(table).max(axis=0) / _BYTE_MAX
    steps[steps == 0] = 1
    whole = (np.round(table / steps) + ZERO).astype(np.uint8)
    return Weights(whole.tobytes(), steps.tolist(), bias.tolist(), trained_on)


def _fitted(
    matrix: Any, labels: NDArray[Any], strength: float
) -> tuple[Sequence[Any], NDArray[np.float32], NDArray[np.float32]]:
    """Return the classes, and weights and biases for each (for the second of two only)."""
    used = np.unique(matrix.indices)
    model = LogisticRegression(C=strength, max_iter=STEPS_MAX, tol=1e-3).fit(matrix[:, used], labels)
    weights = np.zeros((ROWS, len(model.coef_)), np.float32)
    weights[used] = model.coef_.T
    return list(model.classes_), weights, model.intercept_.astype(np.float32)


def _matrix(seen: Sequence[Features], *, own_words: bool = False) -> Any:
    found = [counted(features, own_words=own_words) for features in seen]
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


def main() -> None:
    """Train on everything that may be seen, and write the weights where the package reads them."""
    material = [phrase for _, phrase in phrases("seen")]
    place = Path(opinion.__file__).with_name(opinion.FILE)
    place.write_bytes(fit(material).packed())
    print(f"{place.name}: {len(material)} phrases, {place.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
