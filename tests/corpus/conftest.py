"""The corpus, understood once for all of its tests."""

import pytest

from corpus.phrases import Part, phrases
from corpus.report import measured
from corpus.scoring import Scores

# Shorter phrases come to everybody's mind: «да» is nobody's secret.
SECRET_FROM = 25


@pytest.fixture(scope="session")
def sealed() -> tuple[str, ...]:
    """What nobody may quote. Tests tell how many they found, never which."""
    return tuple(phrase.text for _, phrase in phrases("unseen") if len(phrase.text) >= SECRET_FROM)


@pytest.fixture(scope="session")
def scores() -> dict[Part, Scores]:
    return measured()
