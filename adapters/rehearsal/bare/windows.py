"""The simulated salon's day: when it works, and where a record could begin."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

# By the salon's wall clock, every day; YClients' simulator offers the same windows.
OPENS, CLOSES = time(10), time(20)
STEP = timedelta(minutes=30)


def beginnings(since: date, until: date, length: timedelta, zone: tzinfo) -> Iterator[datetime]:
    """Yield when a record of this length could begin on these days (inclusive), soonest first; aware."""
    for ahead in range((until - since).days + 1):
        day = since + timedelta(days=ahead)
        starts_at = datetime.combine(day, OPENS, zone)
        while starts_at + length <= datetime.combine(day, CLOSES, zone):
            yield starts_at
            starts_at += STEP
