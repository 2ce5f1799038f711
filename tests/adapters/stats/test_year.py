"""The simulated year: plausible, the same for the same day, and made of facts that a real ledger keeps."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.stats.ledger import Ledger
from adapters.stats.simulated import simulated
from adapters.stats.year import year
from adapters.storage.reading import reading
from adapters.yclients.simulator.demo import DONE_BY, MASTERS
from engine.booking import Receipt, Record
from engine.statistics import Counting, Entry, Statistics, Wish, wishes
from tests.engine.statistics.year import stored

ZONE = ZoneInfo("Europe/Moscow")
YESTERDAY = date(2026, 11, 27)
ENTRIES = year(YESTERDAY, ZONE)
WISHES = list(wishes(ENTRIES))


def counted(entries: list[Entry]) -> Statistics:
    return Counting(ZONE, YESTERDAY - timedelta(days=364), YESTERDAY).of(wishes(entries))


def day_of(entry: Entry) -> date:
    return entry.at.astimezone(ZONE).date()


def record_of(entry: Entry) -> Record:
    record: Any = getattr(entry.fact, "record", None)
    assert isinstance(record, Record)
    return record


def test_it_is_the_same_for_the_same_day() -> None:
    assert year(YESTERDAY, ZONE) == ENTRIES


def test_a_day_is_tomorrow_what_it_was_today() -> None:
    tomorrow = year(YESTERDAY + timedelta(days=1), ZONE)

    both = {day_of(entry) for entry in tomorrow[len(tomorrow) // 50 :]} & {day_of(entry) for entry in ENTRIES}
    assert len(both) > 350
    assert [one for one in tomorrow if day_of(one) in both] == [one for one in ENTRIES if day_of(one) in both]


def test_it_ends_yesterday_and_is_a_year_long() -> None:
    assert day_of(ENTRIES[-1]) == YESTERDAY
    assert day_of(ENTRIES[0]) == date(2025, 11, 28)
    assert [entry.at for entry in ENTRIES] == sorted(entry.at for entry in ENTRIES)


@pytest.mark.parametrize(
    "until", [date(2026, 11, 27), date(2027, 2, 28), date(2028, 2, 29), date(2030, 7, 1)]
)
def test_every_year_is_as_large_as_that_of_a_busy_salon(until: date) -> None:
    assert 1500 < sum(1 for _ in wishes(year(until, ZONE))) < 3000


def test_everything_that_may_become_of_a_wish_happens() -> None:
    total = counted(ENTRIES).total

    assert set(total.by_want["cancel"]) >= {
        "cancelled", "kept", "silent", "refused", "unknown", "already", "left_as_it_was",
        "denied", "withdrawn", "undecided",
    }  # fmt: skip
    assert set(total.by_want["move"]) == {"moved", "no_slots"}
    assert set(total.by_want["restore"]) == {"restored", "taken", "too_late"}
    assert total.late > 20
    assert total.taken_back > 50
    assert any(wish.instead for wish in WISHES)


def test_reasons_are_told_by_more_than_half_and_illness_leads_in_winter() -> None:
    by_reason = counted(ENTRIES).by_reason
    told = {code: n for code, n in by_reason.items() if n and code != "none"}

    assert len(told) >= 10
    assert 0.45 < sum(told.values()) / sum(by_reason.values()) < 0.7
    assert max(told, key=lambda code: told[code]) == "illness"


def test_friday_evening_falls_empty_more_often_than_monday_morning() -> None:
    by_start = counted(ENTRIES).by_start

    assert sum(by_start[4][17:20]) > 3 * sum(by_start[0][10:13])
    assert sum(by_start[5][10:15]) > sum(by_start[5][15:20])
    assert sum(by_start[6]) < sum(by_start[4]) / 2


def test_december_is_busier_than_august() -> None:
    months = Counter(wish.begun_at.astimezone(ZONE).month for wish in WISHES)

    assert months[12] > 1.3 * months[8]


def test_masters_do_what_they_do_in_the_demo_and_none_stands_out_alone() -> None:
    for record in map(record_of, ENTRIES):
        assert all(record.master in DONE_BY[service] for service in record.services)
    assert len(counted(ENTRIES).by_master) == len(MASTERS)
    assert all(not each.rate.is_shaky for each in counted(ENTRIES).by_master.values())


@pytest.mark.parametrize("wish", WISHES[::20], ids=lambda wish: str(wish.record.record_id))
def test_a_visit_begins_after_the_wish_while_the_salon_is_open(wish: Wish) -> None:
    starts_at = wish.record.starts_at

    assert starts_at.tzinfo is ZONE
    assert starts_at > wish.begun_at
    assert 10 <= starts_at.hour < 20
    assert starts_at.minute in (0, 30)


def test_clients_are_synthetic_and_come_again() -> None:
    phones = Counter(wish.record.phone for wish in WISHES)

    assert all(phone.startswith("+7900000") and len(phone) == 12 for phone in phones)
    assert 200 < len(phones) < len(WISHES) / 3
    assert max(phones.values()) < 30


def test_each_record_is_wished_about_by_one_client_at_one_time() -> None:
    of: dict[int, set[tuple[str, Any]]] = {}
    for record in map(record_of, ENTRIES):
        of.setdefault(record.record_id, set()).add((record.phone, record.starts_at))

    assert all(len(shown) == 1 for shown in of.values())


def test_what_is_changed_bears_its_proof_and_nothing_else_does() -> None:
    for entry in ENTRIES:
        outcome = getattr(entry.fact, "outcome", "")
        receipt = getattr(entry.fact, "receipt", None)
        assert isinstance(receipt, Receipt) == (outcome in ("cancelled", "moved", "restored"))
        assert receipt is None or receipt.change == outcome


def test_it_is_counted_the_same_once_a_real_database_has_kept_it(tmp_path: Path) -> None:
    path = tmp_path / "otmena.db"
    stored(path, SimpleNamespace(entries=lambda: ENTRIES))  # type: ignore[arg-type]  # no more of it is used

    with reading(f"sqlite:///{path}") as connection:
        ledger = Ledger(connection, ZONE)
        kept = counted(list(ledger.entries()))

    assert ledger.unreadable == 0
    assert kept == counted(ENTRIES)


def test_the_page_says_first_that_it_is_simulated_and_leads_back() -> None:
    page = simulated(YESTERDAY + timedelta(days=1), ZONE)

    assert page.index("смоделированный год выдуманного салона") < page.index("<h1>")
    assert '<a href="/demo">Вернуться к демо</a>' in page
    assert "28.11.2025 – 27.11.2026, дни по часам салона (Europe/Moscow)" in page
    assert "+7900000" not in page
