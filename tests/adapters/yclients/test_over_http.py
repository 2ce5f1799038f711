"""The booking adapter over real HTTP: sockets that break and answers that never come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestServer

from adapters.simulated import application
from adapters.transport import HttpTransport, new_session
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.lane import Lane, Turnstile
from adapters.yclients.simulator import YClientsSimulator
from engine.booking import CancelRecord, FindRecords, Record, RecordCancelled, RecordsFound
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

    def count(self, operation: str) -> int:
        return sum(one.operation == operation for one in self.simulator.log)


@asynccontextmanager
async def salon() -> AsyncIterator[Salon]:
    simulator = YClientsSimulator()
    now = datetime.now(UTC)
    record_id = simulator.add_record(VERA, "Маникюр", "Анна", now + timedelta(days=3), now)
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
                client, WallClock(), simulator.company_id, zone=zone, read_back_at_s=(0, 0.05, 0.1)
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
