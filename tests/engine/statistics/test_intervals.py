"""The interval of a share: Wilson's, checked against scipy, and by how often it holds the truth."""

from random import Random

import pytest
from scipy.stats import binomtest

from engine.statistics import CONFIDENCE, FEW, Rate, rate


@pytest.mark.parametrize(
    ("part", "whole"), [(0, 1), (1, 1), (0, 30), (30, 30), (7, 20), (55, 100), (1, 9000)]
)
def test_it_is_the_interval_that_scipy_computes(part: int, whole: int) -> None:
    found = rate(part, whole)
    expected = binomtest(part, whole).proportion_ci(CONFIDENCE, method="wilson")

    assert found.value == part / whole
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= found.low <= part / whole <= found.high <= 1


def test_where_nothing_was_counted_nothing_is_known() -> None:
    assert rate(0, 0) == Rate(value=None, low=0.0, high=1.0, of=0)


def test_a_share_of_few_says_so() -> None:
    assert rate(3, FEW - 1).is_shaky
    assert not rate(3, FEW).is_shaky


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.8])
@pytest.mark.parametrize("whole", [12, 30, 120, 700])
def test_about_nine_of_ten_intervals_hold_the_truth(share: float, whole: int) -> None:
    """Single sizes and shares lie a little off 90 %, since counts are whole numbers."""
    assert covered(share, whole) == pytest.approx(CONFIDENCE, abs=0.055)


def test_over_many_salons_nine_of_ten_intervals_hold_the_truth() -> None:
    random = Random(5)
    salons = [(random.uniform(0.05, 0.95), random.randrange(10, 400)) for _ in range(40)]

    mean = sum(covered(share, whole, times=250) for share, whole in salons) / len(salons)

    assert mean == pytest.approx(CONFIDENCE, abs=0.01)


def covered(share: float, whole: int, times: int = 1500) -> float:
    """Return in which part of so many invented salons the interval holds the true share."""
    random = Random(f"{share} {whole}")
    hits = 0
    for _ in range(times):
        found = rate(sum(random.random() < share for _ in range(whole)), whole)
        hits += found.low <= share <= found.high
    return hits / times
