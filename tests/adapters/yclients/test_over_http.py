"""The booking adapter over real HTTP: sockets that break and answers that never come."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestServer

from adapters.simulated import application
from adapters.transport import HttpTransport, new_session
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.lane import Lane, Turnstile
from adapters.yclients.simulator import YClientsSimulator
from engine.booking import (
    CancelRecord,
    FindRecords,
    FindSlots,
    MoveRecord,
    Record,
    RecordCancelled,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    RestoreRecord,
    Slot,
    SlotsFound,
    SlotTaken,
)
from engine.events import Event
from engine.ports import InDoubt, Rejected, Unavailable
from tests.adapters.yclients.world import VERA, client_over


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


class Salon:
    """Vera has one record in three days; the simulator listens on a real port."""

    def __init__(self, simulator: YClientsSimulator, booking: YClientsBooking, record_id: int) -> None:
        self.simulator = simulator
        self.booking = booking
        self.record_id = record_id

    async def shown(self) -> Record:
        found = await self.booking.ask(FindRecords(phone=VERA))
        assert isinstance(found, RecordsFound)
        return found.records[0]

    async def cancelled(self, record: Record) -> RecordCancelled:
        event = await self.booking.do(CancelRecord(record=record), key="k1")
        assert isinstance(event, RecordCancelled)
        return event

    async def slots(self, record: Record) -> tuple[Slot, ...]:
        """Return the windows of the day after the record's."""
        on = (record.starts_at + timedelta(days=1)).date()
        found = await self.booking.ask(
            FindSlots(record=record, since=on, until=on, not_before=datetime.now(UTC))
        )
        assert isinstance(found, SlotsFound)
        return found.slots

    async def moved(self, record: Record, to: Slot) -> Event:
        return await self.booking.do(MoveRecord(record=record, to=to), key="k2")

    def sent(self, operation: str) -> Mapping[str, Any]:
        """Return the body of the one call of this kind."""
        (call,) = self.simulator.calls(operation)
        body: Mapping[str, Any] = json.loads(call.body)
        return body

    def count(self, operation: str) -> int:
        return sum(one.operation == operation for one in self.simulator.log)


@asynccontextmanager
async def salon(**settings: Any) -> AsyncIterator[Salon]:
    simulator = YClientsSimulator()
    now = datetime.now(UTC)
    at = (now + timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    record_id = simulator.add_record(
        VERA,
        ["Маникюр", "Педикюр"],
        "Анна",
        at,
        now,
        discount=15,
        comment="у окна",
        name="Вера",
        length_s=5400,
    )
    server = TestServer(application(simulator))
    await server.start_server(shutdown_timeout=0.01)
    try:
        async with new_session() as session:
            client = client_over(
                HttpTransport(session, str(server.make_url("/api/v1"))),
                turnstile=Turnstile(Lane(), WallClock()),
                read_timeout_s=0.5,
                write_timeout_s=0.5,
            )
            zone = ZoneInfo("Europe/Moscow")
            booking = YClientsBooking(
                client,
                WallClock(),
                simulator.company_id,
                zone=zone,
                read_back_at_s=(0, 0.05, 0.1),
                **settings,
            )
            yield Salon(simulator, booking, record_id)
    finally:
        await server.close()


async def test_a_record_is_found_and_cancelled() -> None:
    async with salon() as open_salon:
        receipt = (await open_salon.cancelled(await open_salon.shown())).receipt

        assert receipt.how == "soft"
        assert open_salon.simulator.record(open_salon.record_id).attendance == -1


@pytest.mark.parametrize("quirk", ["drop-but-done", "timeout-but-done", "500-but-done", "502-but-done"])
async def test_one_write_is_seen_however_its_answer_is_lost(quirk: str) -> None:
    async with salon() as open_salon:
        open_salon.simulator.quirk(quirk, "cancel", None)

        receipt = (await open_salon.cancelled(await open_salon.shown())).receipt

        assert receipt.how == "soft"
        assert open_salon.count("cancel") == 1
        assert open_salon.count("delete") == 0


@pytest.mark.parametrize("quirk", ["drop-before", "timeout-before", "502-html"])
async def test_one_write_is_seen_when_nothing_was_done(quirk: str) -> None:
    async with salon() as open_salon:
        open_salon.simulator.quirk(quirk, "cancel", None)
        record = await open_salon.shown()

        with pytest.raises(InDoubt):
            await open_salon.cancelled(record)

        assert open_salon.count("cancel") == 1
        assert open_salon.simulator.record(open_salon.record_id).attendance == 0


async def test_a_deletion_has_no_body_and_is_sent_once() -> None:
    async with salon() as open_salon:
        open_salon.simulator.quirk("405", "cancel", None)
        open_salon.simulator.quirk("drop-but-done", "delete", None)

        receipt = (await open_salon.cancelled(await open_salon.shown())).receipt

        assert receipt.how == "deleted"
        assert open_salon.count("delete") == 1


async def test_a_refusal_comes_through() -> None:
    async with salon() as open_salon:
        open_salon.simulator.quirk("403", "cancel", None)
        record = await open_salon.shown()

        with pytest.raises(Rejected) as rejected:
            await open_salon.cancelled(record)

        assert rejected.value.detail == "no_rights"


async def test_a_server_that_is_gone_is_unavailable() -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        open_salon.booking = YClientsBooking(
            client_over(HttpTransport((session := new_session()), "http://127.0.0.1:9/api/v1")),
            WallClock(),
            open_salon.simulator.company_id,
            zone=ZoneInfo("Europe/Moscow"),
        )
        async with session:
            with pytest.raises(Unavailable):
                await open_salon.cancelled(record)

        assert open_salon.count("cancel") == 0


# ── moves, take-backs and windows ──


def body_of(open_salon: Salon, record: Record, **changes: Any) -> dict[str, Any]:
    """Return what a PUT /record must say of Vera's record."""
    row = open_salon.simulator.record(open_salon.record_id)
    line = {"cost": 1275, "cost_to_pay": 1275, "manual_cost": 1275, "cost_per_unit": 1500}
    line |= {"discount": 15, "first_cost": 1500, "amount": 1}
    return {
        "staff_id": 2001,
        "services": [
            {"id": 1001, "title": "Маникюр", **line},
            {"id": 1002, "title": "Педикюр", **line},
        ],
        "client": {
            "id": row.client_id, "phone": VERA, "name": "Вера", "surname": "", "patronymic": "", "email": "",
        },
        "datetime": f"{record.starts_at:%Y-%m-%d %H:%M:%S}",
        "seance_length": 5400,
        "comment": "у окна",
        "attendance": 0,
        "save_if_busy": False,
        "send_sms": False,
        "technical_break_duration": 0,
        "sms_remain_hours": 5,
        "email_remain_hours": 1,
        "clients_count": 1,
        "client_agreements": {
            "company_id": 962302, "client_id": row.client_id, "is_newsletter_allowed": False,
            "is_personal_data_processing_allowed": False,
        },
    } | changes  # fmt: skip


async def test_a_record_is_moved_with_all_that_it_holds() -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        before = open_salon.simulator.record(record.record_id)
        to = (await open_salon.slots(record))[3]

        moved = await open_salon.moved(record, to)

        assert isinstance(moved, RecordMoved)
        assert moved.receipt.record.starts_at == to.starts_at
        assert open_salon.sent("move") == body_of(
            open_salon, record, datetime=f"{to.starts_at:%Y-%m-%d %H:%M:%S}"
        )
        after = open_salon.simulator.record(record.record_id)
        assert (after.prices, after.comment, after.client_id) == (before.prices, "у окна", before.client_id)
        assert f"{to.starts_at:%H:%M}" == "11:30"


@pytest.mark.parametrize("quirk", ["drop-but-done", "timeout-but-done", "500-but-done"])
async def test_one_move_is_seen_however_its_answer_is_lost(quirk: str) -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        to = (await open_salon.slots(record))[0]
        open_salon.simulator.quirk(quirk, "move", None)

        assert isinstance(await open_salon.moved(record, to), RecordMoved)
        assert open_salon.count("move") == 1


@pytest.mark.parametrize("quirk", ["drop-before", "timeout-before", "502-html"])
async def test_one_move_is_seen_when_nothing_was_done(quirk: str) -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        to = (await open_salon.slots(record))[0]
        open_salon.simulator.quirk(quirk, "move", None)

        with pytest.raises(InDoubt):
            await open_salon.moved(record, to)

        assert open_salon.count("move") == 1


async def test_a_window_that_is_booked_between_offer_and_tap_is_taken() -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        to = (await open_salon.slots(record))[0]
        open_salon.simulator.add_record("+79000000009", "Маникюр", "Анна", to.starts_at, datetime.now(UTC))

        assert isinstance(await open_salon.moved(record, to), SlotTaken)
        assert all(slot.starts_at > to.starts_at for slot in await open_salon.slots(record))


@pytest.mark.parametrize("freed_window", ["keep", "shorten"])
async def test_a_cancel_is_taken_back_with_all_that_the_record_holds(freed_window: str) -> None:
    async with salon(freed_window=freed_window) as open_salon:
        record = await open_salon.shown()
        before = open_salon.simulator.record(record.record_id)
        cancelled = await open_salon.cancelled(record)
        shortened = open_salon.simulator.calls("move")

        restored = await open_salon.booking.do(RestoreRecord(record=record), key="k3")

        assert isinstance(restored, RecordRestored)
        assert (len(shortened), cancelled.receipt.freed is None) == (
            (0, True) if freed_window == "keep" else (1, False)
        )
        write = open_salon.simulator.calls("move")[-1]
        assert json.loads(write.body) == body_of(open_salon, record)
        after = open_salon.simulator.record(record.record_id)
        assert (after.prices, after.length_s, after.comment, after.attendance) == (
            (before.prices, before.length_s, before.comment, before.attendance)
        )


async def test_where_the_schedule_breaks_off_it_can_be_asked_again() -> None:
    async with salon() as open_salon:
        record = await open_salon.shown()
        open_salon.simulator.quirk("drop-before", "slots", 1)

        with pytest.raises(Unavailable):
            await open_salon.slots(record)

        assert len(await open_salon.slots(record)) == 18
