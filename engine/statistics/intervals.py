"""A share with the interval that it is known within."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

# Repeated often, about nine of ten such intervals hold the true share.
CONFIDENCE = 0.90
# Below this many an owner should not act on a share: its interval is some 30 points wide.
FEW = 30

_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share from 0 to 1 of `of` cases; None where there was none."""

    value: float | None
    low: float
    high: float
    of: int

    @property
    def is_shaky(self) -> bool:
        return self.of < FEW


def rate(part: int, whole: int) -> Rate:
    """Return the share with its interval by Wilson's score.

    It stays between 0 and 1 and is wide where there is little, also at shares of 0 and 1, where the
    textbook interval shrinks to nothing.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927); recommended for small numbers by Brown, Cai and DasGupta, Statistical Science 16 (2001).
    """
    if not whole:
        return Rate(value=None, low=0.0, high=1.0, of=0)
    share, z2 = part / whole, _Z * _Z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z / (1 + z2 / whole) * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    # At the ends the formula gives 0 and 1 up to rounding.
    low = 0.0 if part == 0 else max(0.0, centre - half)
    high = 1.0 if part == whole else min(1.0, centre + half)
    return Rate(value=share, low=low, high=high, of=whole)
