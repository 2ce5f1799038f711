"""Forty clients go through real dialogues in virtual time; what they did is known, and is what is counted."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

import main
from adapters.rehearsal import Rehearsal, in_virtual_time, rehearse
from adapters.stats.ledger import Ledger
from engine.script.scene import Booked, Edited
from engine.statistics import Counting, Statistics, wishes

MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock
MOSCOW = ZoneInfo("Europe/Moscow")
CLIENTS = 40
MASTERS = ("Ольга", "Марина")
# The last two meet a network that loses a call or its answer; the write is tried again, or read back.
LOSE = ("cancels", "meets a lost call", "meets a lost answer")
ACTS = (*LOSE, "keeps", "falls silent", "came already")


@pytest.mark.parametrize("seed", [1, 2])
def test_what_clients_did_in_dialogues_is_what_is_counted(seed: int) -> None:
    random = Random(seed)
    truth: Counter[str] = Counter()
    lost: Counter[str] = Counter()

    async def month() -> Statistics:
        async with rehearse(main.composed, at=MONDAY) as salon:
            for i in range(CLIENTS):
                act, master = random.choice(ACTS), random.choice(MASTERS)
                truth[act] += 1
                lost[master] += act in LOSE
                await one(salon, i, act, master)
                if random.random() < 0.1:
                    await salon.restarts()
            return counted(salon)

    found = in_virtual_time(month())

    assert found.total.cancelled == found.total.lost == sum(truth[act] for act in LOSE)
    assert found.total.kept == truth["keeps"]
    assert found.total.silent == truth["falls silent"]
    assert found.total.refused == truth["came already"]
    assert {each.name: each.lost for each in found.by_master.values() if each.lost} == +lost


async def one(salon: Rehearsal, i: int, act: str, master: str) -> None:
    """Let one client come, be asked, and do so."""
    phone = f"+7900000{i + 1:04}"
    day = salon.now().astimezone(MOSCOW).replace(tzinfo=None, hour=15, minute=0) + timedelta(days=2)
    record = salon.books(Booked(phone, "Маникюр", day, master=master))
    salon.writes(phone, "отмените запись")
    await salon.settles()
    match act:
        case "keeps":
            salon.taps(phone, "Оставить")
        case "falls silent":
            await salon.passes(timedelta(minutes=20))
        case _:
            if act == "came already":
                salon.edits(record, Edited(attendance=1))
            if act == "meets a lost answer":
                salon.yclients("timeout-but-done on cancel × 1")
            if act == "meets a lost call":
                salon.yclients("timeout-before on cancel × 1")
            salon.taps(phone, "Да")
    await salon.settles()
    await salon.passes(timedelta(minutes=90))


def counted(salon: Rehearsal) -> Statistics:
    assert salon.connection is not None
    ledger = Ledger(salon.connection, MOSCOW)
    return Counting(MOSCOW).of(wishes(ledger.entries()), lambda: ledger.unreadable)
