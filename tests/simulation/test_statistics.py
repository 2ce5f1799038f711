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
LOSE = ("cancels", "meets a lost call", "meets a lost answer", "says why at once", "says why after")
ACTS = (*LOSE, "takes back", "moves", "moves instead", "keeps", "falls silent", "came already")


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

    assert found.total.lost == sum(truth[act] for act in LOSE)
    assert found.total.cancelled == found.total.lost + truth["takes back"]
    assert found.total.taken_back == truth["takes back"]
    assert found.total.moved == truth["moves"] + truth["moves instead"]
    assert found.by_reason["illness"] == truth["says why at once"]
    assert found.by_reason["work"] == truth["says why after"]
    ended = CLIENTS - truth["falls silent"]
    assert (found.total.rate.of, found.total.unknown) == (ended, 0)
    assert found.total.kept == truth["keeps"]
    assert found.total.silent == truth["falls silent"]
    assert found.total.refused == truth["came already"]
    assert {each.name: each.lost for each in found.by_master.values() if each.lost} == +lost


async def one(salon: Rehearsal, i: int, act: str, master: str) -> None:
    """Let one client come, be asked, and do so."""
    phone = f"+7900000{i + 1:04}"
    # A day of its own for each, so that nobody takes another's window.
    day = MONDAY.replace(hour=15) + timedelta(days=10 + i)
    record = salon.books(Booked(phone, "Маникюр", day, master=master))
    salon.writes(phone, WISHES.get(act, "отмените запись"))
    await salon.settles()
    await answer(salon, phone, record, act)
    await salon.settles()
    await salon.passes(timedelta(minutes=90))


WISHES = {"says why at once": "не смогу прийти, заболела", "moves": "перенесите запись"}


async def answer(salon: Rehearsal, phone: str, record: int, act: str) -> None:
    match act:
        case "keeps":
            salon.taps(phone, "Оставить")
        case "falls silent":
            await salon.passes(timedelta(minutes=20))
        case "moves" | "moves instead":
            if act == "moves instead":
                salon.taps(phone, "Перенести")
                await salon.settles()
            # A day, then a time.
            for place in (3, 0):
                salon.taps(phone, salon.messages(phone)[-1].options[place])
                await salon.settles()
        case _:
            await cancel(salon, phone, record, act)


async def cancel(salon: Rehearsal, phone: str, record: int, act: str) -> None:
    if act == "came already":
        salon.edits(record, Edited(attendance=1))
    if act == "meets a lost answer":
        salon.yclients("timeout-but-done on cancel × 1")
    if act == "meets a lost call":
        salon.yclients("timeout-before on cancel × 1")
    salon.taps(phone, "Да")
    await salon.settles()
    if act == "takes back":
        salon.taps(phone, "Вернуть")
    if act == "says why after":
        salon.taps(phone, "Назвать")
        await salon.settles()
        salon.taps(phone, "Работа")


def counted(salon: Rehearsal) -> Statistics:
    assert salon.connection is not None
    ledger = Ledger(salon.connection, MOSCOW)
    return Counting(MOSCOW).of(wishes(ledger.entries()), lambda: ledger.unreadable)
