"""A whole year with a known truth is reproduced to the record."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from engine.statistics import HOLD, Counted, Counting, Entry, Statistics, Wish, wishes
from tests.engine.statistics.year import ZONE, Year

PLAIN = ("cancelled", "late", "moved", "taken_back", "refused", "unknown", "kept", "silent", "requested")
NAMES = (*PLAIN, "denied", "lost")


def told(year: Year) -> tuple[list[Wish], Statistics]:
    gathered = list(wishes(year.entries()))
    return gathered, Counting(ZONE).of(gathered)


def figures(counted: Counted) -> Counter[str]:
    found = {name: getattr(counted, name) for name in NAMES} | {"ended": counted.rate.of}
    return Counter({name: n for name, n in found.items() if n})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_is_counted_to_the_record(seed: int) -> None:
    year = Year(seed)
    gathered, statistics = told(year)
    truth = year.truth

    assert figures(statistics.total) == truth.counts
    assert {wish.record.record_id for wish in gathered if wish.is_lost} == truth.lost_records
    assert {key: figures(each) for key, each in statistics.by_master.items()} == truth.masters
    assert {key: figures(each) for key, each in statistics.by_service.items()} == truth.services
    assert Counter(statistics.by_reason) == truth.reasons
    assert Counter({time.from_h: time.n for time in statistics.by_lead_hours}) == truth.leads
    assert by_place(statistics.by_start) == truth.hours
    assert (statistics.total.money.low, statistics.total.money.high) == (
        truth.low,
        truth.low + truth.in_doubt,
    )
    assert sum(spell.cancelled for spell in statistics.over_time) == truth.counts["cancelled"]


def by_place(week: tuple[tuple[int, ...], ...]) -> Counter[tuple[int, int]]:
    return Counter({(day, hour): n for day, hours in enumerate(week) for hour, n in enumerate(hours) if n})


def test_each_day_alone_has_its_own_wishes_and_all_days_make_the_year() -> None:
    year = Year(4, days=60)
    entries = list(year.entries())
    gathered = list(wishes(entries))

    found: Counter[date] = Counter()
    for i in range(75):
        day = date(2026, 1, 1) + timedelta(days=i)
        found[day] = Counting(ZONE, day, day).of(gathered).total.cancelled

    assert found == year.truth.days


def test_a_stream_that_lets_go_of_old_wishes_counts_as_one_that_remembers_all() -> None:
    entries = list(Year(5).entries())

    assert list(wishes(entries)) == list(wishes(entries, hold=timedelta(days=4000)))


def test_no_more_than_two_weeks_are_kept_at_a_time() -> None:
    year = Year(6)
    read: list[Entry] = []

    def reading() -> Iterator[Entry]:
        for entry in year.entries():
            read.append(entry)
            yield entry

    for wish in wishes(reading()):
        if read[-1].at < datetime(2026, 12, 17, tzinfo=ZONE):  # the last ones come at once, at the end
            assert read[-1].at - wish.begun_at < HOLD + timedelta(days=1)
