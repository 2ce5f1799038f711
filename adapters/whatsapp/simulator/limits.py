"""How fast one may send: token buckets that are moved by the time that is handed in."""

from collections.abc import Hashable
from datetime import datetime


class Buckets:
    """One bucket per key, full at first."""

    def __init__(self, *, burst: float, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._level: dict[Hashable, tuple[float, datetime]] = {}

    def has_one(self, key: Hashable, now: datetime) -> bool:
        return self._at(key, now) >= 1

    def take_one(self, key: Hashable, now: datetime) -> None:
        self._level[key] = (self._at(key, now) - 1, now)

    def _at(self, key: Hashable, now: datetime) -> float:
        level, since = self._level.get(key, (self._burst, now))
        # The nanotoken forgives binary fractions: 6 × 1/6 must be one message.
        return min(self._burst, level + max(0.0, (now - since).total_seconds()) * self._per_s + 1e-9)


def pair_buckets() -> Buckets:
    """One message in 6 s to one person, up to 45 at once, borrowed from the future (whatsapp.md §2.2)."""
    return Buckets(burst=45, per_s=1 / 6)


def number_buckets() -> Buckets:
    """80 messages a second from one number (whatsapp.md §2.2)."""
    return Buckets(burst=80, per_s=80)
