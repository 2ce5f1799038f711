"""What wishes come to: days of the salon's zone, hours before the visit, money, masters and services."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.booking import CancelSettled, Fact, MoveSettled, Record, RestoreSettled
from engine.statistics import Counting, Entry, Statistics, wishes

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


def record(number: int = 1, **more: Any) -> Record:
    given = {
        "record_id": number,
        "phone": "+79000000001",
        "services": ("Маникюр",),
        "master": "Ольга",
        "master_id": 11,
        "starts_at": AT + timedelta(days=2),
        **more,
    }
    return Record.model_validate(given)


def settled(outcome: str = "cancelled", number: int = 1, **more: Any) -> CancelSettled:
    return CancelSettled.model_validate({"record": record(number, **more), "outcome": outcome})


def counted(*facts: Fact, at: datetime = AT, zone: Any = UTC, **days: date) -> Statistics:
    return Counting(zone, **days).of(wishes(Entry(at, fact) for fact in facts))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-28T22:59:59+00:00", date(2026, 3, 28)),
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),
        # 29 March has 23 hours there, 25 October 25.
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
    ],
)
def test_a_day_is_the_salons_own_when_clocks_change_as_well(at: str, day: date) -> None:
    moment = datetime.fromisoformat(at)

    assert counted(settled(), at=moment, zone=BERLIN, since=day, until=day).total.cancelled == 1
    other = day - timedelta(days=1)
    assert counted(settled(), at=moment, zone=BERLIN, since=other, until=other).is_empty


def test_what_becomes_known_tomorrow_belongs_to_today() -> None:
    today, tomorrow = datetime(2026, 11, 23, 23, 55, tzinfo=UTC), datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
    entries = [Entry(today, settled("unknown")), Entry(tomorrow, settled())]

    found = Counting(UTC, until=today.date()).of(wishes(entries))

    assert (found.total.cancelled, found.total.unknown) == (1, 0)


@pytest.mark.parametrize(
    ("hours", "bounds"),
    [(0.5, (0, 1)), (1, (1, 2)), (23.99, (12, 24)), (24, (24, 48)), (400, (336, None)), (-1, (None, 0))],
)
def test_hours_before_the_visit_fall_between_their_bounds(
    hours: float, bounds: tuple[int | None, int | None]
) -> None:
    found = counted(settled(starts_at=AT + timedelta(hours=hours)))

    assert [(time.from_h, time.to_h) for time in found.by_lead_hours if time.n] == [bounds]


def test_hours_are_real_ones_across_a_change_of_clocks() -> None:
    """From 20:00 to 8:00 the next day the wall clock counts twelve hours; that night has eleven."""
    evening = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    found = counted(settled(starts_at=datetime(2026, 3, 29, 8, tzinfo=BERLIN)), at=evening, zone=BERLIN)

    assert [(time.from_h, time.to_h) for time in found.by_lead_hours if time.n] == [(6, 12)]


def test_the_week_is_that_of_the_visit_and_of_the_wish() -> None:
    found = counted(settled(starts_at=datetime(2026, 11, 25, 15, 30, tzinfo=UTC)))

    assert found.by_start[2][15] == 1
    assert found.by_wish[0][10] == 1
    assert sum(map(sum, found.by_start)) == sum(map(sum, found.by_wish)) == 1


def test_a_visit_of_several_services_counts_for_each_and_once_for_the_salon() -> None:
    found = counted(settled(services=("Маникюр", "Педикюр", "Маникюр")))

    assert {title: each.cancelled for title, each in found.by_service.items()} == {"Маникюр": 1, "Педикюр": 1}
    assert found.total.cancelled == 1


def test_masters_are_told_apart_by_number_and_called_by_their_last_name() -> None:
    found = counted(
        settled(number=1),
        settled(number=2, master="Ольга К."),
        settled(number=3, master="Ольга", master_id=None),
    )

    assert {key: (each.name, each.lost) for key, each in found.by_master.items()} == {
        "11": ("Ольга К.", 2),
        "Ольга": ("Ольга", 1),
    }


def test_money_is_between_what_is_lost_and_what_may_be() -> None:
    found = counted(
        settled(number=1, cost=1800),
        settled("unknown", number=2, cost=500),
        settled("silent", number=3, cost="200.50"),
        settled("kept", number=4, cost=9000),
        settled(number=5, cost=None),
    )

    # The one of unknown cost may have cost what the dearest known one does.
    money = found.total.money
    assert (money.low, money.high, money.without_cost) == (Decimal(1800), Decimal("11500.50"), 1)


def test_the_rate_is_of_wishes_whose_end_is_known() -> None:
    found = counted(
        settled(number=1),
        settled("kept", number=2),
        settled("refused", number=3),
        MoveSettled(record=record(4), outcome="moved"),
        settled("unknown", number=5),
        settled("silent", number=6),
        settled("not_tried", number=7),
        settled("requested", number=8),
        settled("withdrawn", number=9),
        settled("undecided", number=10),
    )

    assert (found.total.rate.value, found.total.rate.of) == (0.2, 5)
    assert (found.total.withdrawn, found.total.undecided) == (1, 1)


def test_a_take_back_that_could_not_be_is_refused_and_ends_no_other_wish() -> None:
    found = counted(
        settled(number=1),
        RestoreSettled(record=record(1), outcome="taken"),
        settled(number=2),
        RestoreSettled(record=record(2), outcome="too_late"),
        RestoreSettled(record=record(3), outcome="refused", detail="no_rights"),
    )

    assert (found.total.refused, found.total.taken_back, found.total.lost) == (3, 0, 2)
    assert found.total.rate.of == 2


def test_no_facts_are_no_figures() -> None:
    found = counted()

    assert found.is_empty
    assert (found.since, found.until, found.over_time) == (None, None, ())
    assert found.total.rate.value is None
    assert set(found.by_reason.values()) == {0}


@pytest.mark.parametrize(
    ("days", "spells", "first"),
    [
        (21, 21, (date(2026, 11, 23), date(2026, 11, 23))),
        (22, 4, (date(2026, 11, 23), date(2026, 11, 29))),
        (184, 27, (date(2026, 11, 23), date(2026, 11, 29))),
        (185, 7, (date(2026, 11, 23), date(2026, 11, 30))),
    ],
)
def test_time_passes_in_days_weeks_or_months(days: int, spells: int, first: tuple[date, date]) -> None:
    entries = [Entry(AT, settled()), Entry(AT + timedelta(days=days - 1), settled(number=2))]

    found = Counting(UTC).of(wishes(entries)).over_time

    assert len(found) == spells
    assert (found[0].since, found[0].until) == first
    assert [each.cancelled for each in (found[0], found[-1])] == [1, 1]
    assert all(one.until + timedelta(days=1) == two.since for one, two in pairwise(found))


def test_what_could_not_be_read_is_told() -> None:
    assert Counting(UTC).of([], lambda: 3).unreadable == 3
