"""How fast one may send: leaky buckets for the salon's number and for each pair of number and client.

Source: whatsapp.md §2.2 (2026-11). 80 messages a second of a number (20 where the salon's app is linked);
one in 6 s to one client, with up to 45 at once "borrowed from the future". We borrow 40 at most:
whoever writes a lot is answered at once for as long as WhatsApp allows it.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.ports import Address, Clock


@dataclass(frozen=True, slots=True)
class Pace:
    per_second: float
    # How many may go at once after a rest.
    burst: int


def pace_of_a_number(per_second: int) -> Pace:
    """Return the pace of a number that may send so much in its fullest second, burst included."""
    # A pace of 80 after a burst of 80 would be 160.
    burst = max(1, per_second // 4)
    return Pace(per_second=max(1, per_second - burst), burst=burst)


NUMBER = pace_of_a_number(80)
PAIR = Pace(per_second=1 / 6, burst=40)

# More than an empty bucket needs to be full again, even with a message every now and then.
REMEMBERED_FOR = timedelta(minutes=10)

_SWEEP_AT_LEAST = 1024


class _Buckets:
    """One bucket per key. A bucket is a single moment: when it will be full again (GCRA)."""

    def __init__(self, pace: Pace) -> None:
        self._interval_s = 1 / pace.per_second
        self._loan_s = (pace.burst - 1) * self._interval_s
        self.full_at: dict[Hashable, float] = {}
        self._sweep_at = _SWEEP_AT_LEAST

    def wait_s(self, key: Hashable, now_s: float) -> float:
        return max(0.0, self.full_at.get(key, now_s) - self._loan_s - now_s)

    def lend_all(self, key: Hashable, now_s: float) -> None:
        """Begin a bucket that nobody knows as an empty one."""
        self.full_at.setdefault(key, now_s + self._loan_s + self._interval_s)

    def take(self, key: Hashable, now_s: float) -> float:
        wait_s = self.wait_s(key, now_s)
        self.full_at[key] = max(now_s, self.full_at.get(key, now_s)) + self._interval_s
        if len(self.full_at) >= self._sweep_at:
            # A full bucket is like a new one. Doubling the mark keeps the sweeps rare.
            self.full_at = {key: full for key, full in self.full_at.items() if full > now_s}
            self._sweep_at = max(_SWEEP_AT_LEAST, 2 * len(self.full_at))
        return wait_s


class Pacing:
    """The buckets, in memory: after a start they are filled by what the outbox tells (`remember`).

    `now_s` is monotonic, never the time of day, which may jump.
    """

    def __init__(self, *, number: Pace = NUMBER, pair: Pace = PAIR) -> None:
        self._numbers = _Buckets(number)
        self._pairs = _Buckets(pair)

    def remember(self, sent: Iterable[tuple[Address, datetime]], since: datetime, clock: Clock) -> None:
        """Take what has left since then (oldest first) out of the buckets.

        What left before is not known, so that whoever was written to since counts as having had no loan left.
        """
        now, now_s = clock.now(), clock.monotonic()

        def steady(moment: datetime) -> float:
            return now_s - max(0.0, (now - moment).total_seconds())

        for address, at in sent:
            for buckets, key in ((self._numbers, address.account), (self._pairs, _pair(address))):
                buckets.lend_all(key, steady(since))
                buckets.take(key, steady(at))

    @property
    def remembered(self) -> int:
        """Return how many buckets are in memory."""
        return len(self._numbers.full_at) + len(self._pairs.full_at)

    def wait_s(self, address: Address, now_s: float) -> float:
        """Return how long a message to this address would wait; nothing is reserved."""
        return max(self._numbers.wait_s(address.account, now_s), self._pairs.wait_s(_pair(address), now_s))

    def reserve(self, address: Address, now_s: float) -> float:
        """Take the next place for a message to this address; return the seconds to wait for it."""
        # The number's place is taken for now even if the pair waits: reserved for later, it would
        # hold up everybody else. The number has room for the one message more.
        return max(self._numbers.take(address.account, now_s), self._pairs.take(_pair(address), now_s))


def _pair(address: Address) -> Hashable:
    return address.account, address.phone or address.user
