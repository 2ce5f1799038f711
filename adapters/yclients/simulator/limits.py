"""The limits of one egress address: 5 requests in a sliding second, 200 in a sliding minute."""

from collections import deque
from datetime import datetime, timedelta

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Limits:
    """Counts every request, the refused ones too: nothing says that YClients forgives those (§1)."""

    def __init__(self, per_second: int = 5, per_minute: int = 200) -> None:
        self.per_second = per_second
        self.per_minute = per_minute
        # The greatest number of requests ever seen within one sliding second.
        self.worst_second = 0
        # And within one sliding minute.
        self.worst_minute = 0
        self._second: deque[datetime] = deque()
        self._minute: deque[datetime] = deque()

    def exceeded(self, now: datetime) -> bool:
        """Count one request and say whether it is one too many."""
        in_second = _arrive(self._second, now, SECOND)
        in_minute = _arrive(self._minute, now, MINUTE)
        self.worst_second = max(self.worst_second, in_second)
        self.worst_minute = max(self.worst_minute, in_minute)
        return in_second > self.per_second or in_minute > self.per_minute


def _arrive(window: deque[datetime], now: datetime, width: timedelta) -> int:
    while window and now - window[0] >= width:
        window.popleft()
    window.append(now)
    return len(window)
