"""Find a client's records: his own, those that can still be cancelled, in as few calls as may be."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from adapters.transport import Answer, NotSent
from adapters.yclients.booking import YClientsBooking
from engine.booking import Attendance, FindRecords, Record
from engine.ports import Rejected, Unavailable
from tests.adapters.yclients.world import (
    NADEZHDA,
    START,
    STRANGER,
    VERA,
    LoopClock,
    Scripted,
    World,
    client_over,
    play,
)

MOSCOW = ZoneInfo("Europe/Moscow")


def test_a_record_is_found_with_all_that_a_client_recognises() -> None:
    world = World()

    (record,) = play(world.found())

    assert record == Record(
        record_id=world.record_id,
        phone=VERA,
        services=("Маникюр",),
        master="Анна",
        master_id=record.master_id,
        starts_at=datetime(2026, 11, 25, 15, tzinfo=MOSCOW),
        created_at=START,
        attendance=Attendance.WAITING,
        client="Клиент",
        length_s=3600,
        cost=Decimal(1500),
    )
    assert record.starts_at.tzinfo is MOSCOW


def test_two_calls_are_enough_and_none_waits() -> None:
    async def scenario() -> float:
        await world.found()
        return asyncio.get_running_loop().time()

    world = World()

    assert play(scenario()) == 0
    assert [one.operation for one in world.simulator.log] == ["search", "records"]
    assert dict(world.simulator.log[1].query)["start_date"] == "2026-11-23"


def test_only_what_can_still_be_cancelled_is_found_soonest_first() -> None:
    world = World()
    later = world.add(VERA, "Стрижка", "Мария", "2026-12-01 10:00", attendance=2)
    sooner = world.add(VERA, ["Педикюр", "Маникюр"], "Анна", "2026-11-23 10:30")
    world.add(VERA, "Стрижка", "Мария", "2026-11-23 09:59")
    world.add(VERA, "Стрижка", "Мария", "2026-11-26 10:00", attendance=-1)
    world.add(VERA, "Стрижка", "Мария", "2026-11-27 10:00", attendance=1)
    world.simulator.edit_record(world.add(VERA, "Стрижка", "Мария", "2026-11-28 10:00"), START, deleted=True)
    world.simulator.edit_record(world.add(VERA, "Стрижка", "Мария", "2026-11-29 10:00"), START, services=())
    world.add(None, "Стрижка", "Мария", "2026-11-30 10:00")
    world.add(STRANGER, "Стрижка", "Мария", "2026-11-30 12:00")

    assert [record.record_id for record in play(world.found())] == [sooner, world.record_id, later]


def test_nobody_is_found_after_asking_twice() -> None:
    world = World()

    assert play(world.found("+79009998877")) == ()

    assert [one.operation for one in world.simulator.log] == ["search", "search"]
    values = [json.loads(one.body)["filters"][0]["state"]["value"] for one in world.simulator.log]
    assert values == ["9009998877", "79009998877"]


@pytest.mark.parametrize(
    "quirk",
    [
        "leaky-phone-filter",
        "shuffled-services",
        "wrong-offset",
        "int-phones",
        "string-ids",
        "stale-read",
        "slow",
    ],
)
def test_oddities_change_nothing_for_the_client(quirk: str) -> None:
    world = World(quirk)
    world.add(STRANGER, "Стрижка", "Мария", "2026-11-25 11:00")
    world.add(None, "Стрижка", "Мария", "2026-11-25 12:00")

    (record,) = play(world.found())

    assert (record.record_id, record.phone) == (world.record_id, VERA)
    assert record.starts_at == datetime(2026, 11, 25, 15, tzinfo=MOSCOW)


@pytest.mark.parametrize("quirk", ["no-client", "hidden-phones"])
def test_records_whose_owner_is_not_shown_are_nobodys(quirk: str) -> None:
    assert play(World(quirk).found()) == ()


def test_hidden_phones_are_reported() -> None:
    world = World("hidden-phones")

    with capture_logs() as logs:
        play(world.found())

    assert [line["event"] for line in logs] == ["yclients.phones_hidden"]


def test_the_same_last_ten_digits_abroad_are_another_person() -> None:
    world = World()
    world.simulator.add_client("Ада", "+19161234567")
    world.add("+19161234567", "Стрижка", "Мария", "2026-11-25 12:00")
    world.add("+79161234567", "Маникюр", "Анна", "2026-11-25 12:00")

    (record,) = play(world.found("+79161234567"))

    assert record.services == ("Маникюр",)


def test_all_cards_of_one_number_count() -> None:
    world = World()
    world.simulator.add_client("Вера (вторая карточка)", VERA)

    assert len(play(world.found())) == 1
    assert [one.operation for one in world.simulator.log] == ["search", "records", "records"]


def test_a_number_that_stands_only_as_a_second_phone_finds_no_records() -> None:
    """The card belongs to its first number; a mother's second number may be her daughter's."""
    world = World()
    world.simulator.add_client("Мать", "+79000000050", extra_phone="+79000000051")
    world.add("+79000000050", "Стрижка", "Мария", "2026-11-25 12:00")

    assert play(world.found("+79000000051")) == ()


def test_every_page_is_read() -> None:
    world = World()
    for i in range(120):
        world.add(VERA, "Стрижка", "Мария", f"2026-12-{1 + i // 5:02} {10 + i % 5}:00")

    assert len(play(world.found())) == 121
    assert [one.operation for one in world.simulator.log] == ["search", "records", "records"]


def test_pages_that_are_smaller_than_wished_are_read_to_the_end() -> None:
    def page(*ids: int) -> Answer:
        client = {"id": 7, "phone": VERA}
        rows = [
            {"id": i, "client": client, "services": [{"title": "С"}], "date": "2026-11-25 15:00:00"}
            for i in ids
        ]
        body = {"success": True, "data": rows, "meta": {"page": 1, "total_count": 3}}
        return Answer(200, json.dumps(body).encode())

    cards = Answer(200, b'{"success":true,"data":[{"id":7,"phone":"79000000001"}],"meta":{"total_count":1}}')
    transport = Scripted(cards, page(1, 2), page(2, 3), page())
    booking = YClientsBooking(client_over(transport), LoopClock(), 5, zone=MOSCOW)

    found = play(booking.ask(FindRecords(phone=VERA)))

    assert [record.record_id for record in found.records] == [1, 2, 3]  # type: ignore[attr-defined]
    assert len(transport.sent) == 3


def test_a_page_number_that_is_ignored_does_not_loop() -> None:
    rows = [{"id": i, "phone": "79000000002"} for i in range(100)]
    transport = Scripted(Answer(200, json.dumps({"success": True, "data": rows}).encode()))
    booking = YClientsBooking(client_over(transport), LoopClock(), 5, zone=MOSCOW)

    play(booking.ask(FindRecords(phone=VERA)))

    assert len(transport.sent) == 2


def test_a_list_that_is_not_found_is_empty() -> None:
    world = World("404-when-empty")
    world.simulator.edit_record(world.record_id, START, deleted=True)

    assert play(world.found()) == ()


def test_another_404_is_a_refusal() -> None:
    body = json.dumps({"success": False, "meta": {"message": "Филиал не найден."}}).encode()
    booking = YClientsBooking(client_over(Scripted(Answer(404, body))), LoopClock(), 5, zone=MOSCOW)

    with pytest.raises(Rejected) as rejected:
        play(booking.ask(FindRecords(phone=VERA)))

    assert (rejected.value.detail, rejected.value.code) == ("not_found", 404)


@pytest.mark.parametrize("operation", ["search", "records"])
@pytest.mark.parametrize(
    "quirk", ["500", "502-html", "html-200", "timeout-before", "drop-before", "421", "429"]
)
def test_a_read_that_fails_may_be_tried_again(operation: str, quirk: str) -> None:
    async def scenario() -> tuple[Record, ...]:
        with pytest.raises(Unavailable) as unavailable:
            await world.found()
        assert (unavailable.value.retry_after_s is not None) == (quirk == "429")
        return await world.found()

    world = World(f"{quirk} on {operation} × 1")

    assert len(play(scenario())) == 1


@pytest.mark.parametrize(
    ("quirk", "detail"),
    [("401", "no_rights"), ("403", "no_rights"), ("422", "refused"), ("200-false", "refused")],
)
def test_a_read_that_is_refused_is_rejected(quirk: str, detail: str) -> None:
    with pytest.raises(Rejected) as rejected:
        play(World(f"{quirk} on records").found())

    assert rejected.value.detail == detail


def test_no_connection_is_unavailable() -> None:
    booking = YClientsBooking(client_over(Scripted(NotSent("refused"))), LoopClock(), 5, zone=MOSCOW)

    with pytest.raises(Unavailable):
        play(booking.ask(FindRecords(phone=VERA)))


# ── the lane ──


def test_under_load_no_second_sees_more_than_five_calls() -> None:
    async def scenario() -> None:
        await asyncio.gather(*(world.found(phone) for phone in [VERA, NADEZHDA] * 20))

    world = World()

    play(scenario())

    assert world.simulator.worst_second() == 5
    assert all(one.status == 200 for one in world.simulator.log)
