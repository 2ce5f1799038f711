"""The adapter, with the simulated YClients behind it, keeps every promise of the booking port."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.booking import CallFailed, Command, Query
from engine.events import Event
from engine.ports import Rejected
from engine.script.scene import Booked, Edited, Standing
from tests.adapters.yclients.world import START, VirtualLoop, World
from tests.contracts.booking import ZONE, BookingContract


class SimulatedSalon:
    def __init__(self, runner: asyncio.Runner, **settings: Any) -> None:
        self.world = World(empty=True, **settings)
        self.runner = runner
        self.numbers: list[int] = []

    def books(self, booked: Booked) -> int:
        record_id = self.world.simulator.add_record(
            booked.phone,
            booked.service.split(" + "),
            booked.master,
            booked.starts_at,
            START,
            name=booked.name,
            attendance=booked.attendance,
            length_s=booked.length_s,
            cost=booked.cost,
        )
        self.numbers.append(record_id)
        return len(self.numbers)

    def edits(self, number: int, edited: Edited) -> None:
        self.world.simulator.edit_record(
            self.numbers[number - 1],
            START,
            starts_at=edited.starts_at,
            attendance=edited.attendance,
            master=edited.master,
            services=edited.service,
            deleted=edited.deleted,
            paid=edited.paid,
            locked=edited.locked,
        )

    def limits(self, service: str, *masters: str) -> None:
        self.world.simulator.salon.only_do(service, *masters)

    def standing(self, number: int) -> Standing:
        row = self.world.simulator.record(self.numbers[number - 1])
        return Standing(row.attendance, row.starts_at.astimezone(ZONE).replace(tzinfo=None), row.deleted)

    def answer(self, call: Query | Command) -> Event:
        return self.runner.run(self._answer(call))

    async def _answer(self, call: Query | Command) -> Event:
        booking = self.world.booking
        try:
            return await (booking.ask(call) if isinstance(call, Query) else booking.do(call, key="k"))
        except Rejected as rejected:
            return CallFailed(reason="refused", detail=rejected.detail)

    def passes(self, time: timedelta) -> None:
        self.runner.run(asyncio.sleep(time.total_seconds()))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        yield runner


class TestAdapter(BookingContract):
    @pytest.fixture
    def salon(self, runner: asyncio.Runner) -> SimulatedSalon:
        return SimulatedSalon(runner)


class TestAdapterThatShortens(BookingContract):
    """A freed window changes nothing of what the port promises."""

    @pytest.fixture
    def salon(self, runner: asyncio.Runner) -> SimulatedSalon:
        return SimulatedSalon(runner, freed_window="shorten")
