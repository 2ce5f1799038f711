"""A salon to test the booking adapter in: simulated YClients, virtual time, and a record to cancel."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from adapters.simulated import SimulatedTransport
from adapters.transport import Answer, Transport
from adapters.virtual import START as START
from adapters.virtual import LoopClock as LoopClock
from adapters.virtual import VirtualLoop as VirtualLoop
from adapters.virtual import play as play
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.client import YClientsClient
from adapters.yclients.lane import Lane, Turnstile
from adapters.yclients.simulator import Logged, YClientsSimulator
from engine.booking import (
    CancelRecord,
    FindRecords,
    FindSlots,
    MoveRecord,
    Record,
    RecordCancelled,
    RecordsFound,
    RestoreRecord,
    Slot,
    SlotsFound,
)
from engine.events import Event
from engine.ports import Rejected

VERA, NADEZHDA, STRANGER = "+79000000001", "+79000000002", "+79000000009"
SENTENCE = "Отменено клиентом через WhatsApp"
WRITES = ("cancel", "move", "delete", "create")


def client_over(transport: Transport, **settings: Any) -> YClientsClient:
    turnstile = settings.pop("turnstile", None) or Turnstile(Lane(), LoopClock())
    return YClientsClient(transport, turnstile, SecretStr("partner"), SecretStr("user"), **settings)


class World:
    """Vera has one record: on Wednesday at 15:00 with Anna."""

    def __init__(self, *quirks: str, limited: bool = True, empty: bool = False, **settings: Any) -> None:
        self.clock = LoopClock()
        self.simulator = YClientsSimulator(limited=limited)
        self.record_id = 0 if empty else self.add(VERA, "Маникюр", "Анна", "2026-11-25 15:00")
        self.transport = SimulatedTransport(self.simulator, self.clock.now)
        self.settings: dict[str, Any] = {"zone": ZoneInfo("Europe/Moscow")} | settings
        self.reach_through(self.transport)
        self.quirks(*quirks)

    def reach_through(self, transport: Transport) -> None:
        company_id = self.simulator.company_id
        self.booking = YClientsBooking(client_over(transport), self.clock, company_id, **self.settings)

    def quirks(self, *quirks: str) -> None:
        for quirk in quirks:
            name, _, times = quirk.partition(" × ")
            name, _, on = name.partition(" on ")
            self.simulator.quirk(name, on or None, int(times) if times else None)

    def add(
        self, phone: str | None, services: str | list[str], master: str, starts_at: str, **more: Any
    ) -> int:
        return self.simulator.add_record(
            phone, services, master, datetime.fromisoformat(starts_at), START, **more
        )

    async def shown(self, phone: str = VERA) -> Record:
        """Return the client's first record, as she would be shown it."""
        return (await self.found(phone))[0]

    async def found(self, phone: str = VERA) -> tuple[Record, ...]:
        found = await self.booking.ask(FindRecords(phone=phone))
        assert isinstance(found, RecordsFound)
        return found.records

    async def do_cancel(self, record: Record) -> Event:
        return await self.booking.do(CancelRecord(record=record), key="k1")

    async def cancelled(self, record: Record) -> RecordCancelled:
        event = await self.do_cancel(record)
        assert isinstance(event, RecordCancelled)
        return event

    async def slots(self, record: Record, since: str, until: str = "", **more: Any) -> tuple[Slot, ...]:
        days = {"since": date.fromisoformat(since), "until": date.fromisoformat(until or since)}
        query = FindSlots(record=record, not_before=self.clock.now(), **days, **more)
        found = await self.booking.ask(query)
        assert isinstance(found, SlotsFound)
        return found.slots

    async def do_move(self, record: Record, to: Slot, *, revives: bool = False) -> Event:
        return await self.booking.do(MoveRecord(record=record, to=to, revives=revives), key="k2")

    async def do_restore(self, record: Record) -> Event:
        return await self.booking.do(RestoreRecord(record=record), key="k3")

    def at(self, moment: str, master: str = "Анна") -> Slot:
        """Return a window at this wall clock of the salon's."""
        starts_at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Moscow"))
        staff_id = self.simulator.salon.master_named(master).staff_id
        return Slot(starts_at=starts_at, master=master, master_id=staff_id)

    def writes(self) -> list[str]:
        """Return the writes that came, in order."""
        return [one.operation for one in self.simulator.log if one.operation in WRITES]

    def requests(self, operation: str) -> list[Logged]:
        return [one for one in self.simulator.log if one.operation == operation]

    def attendance(self, record_id: int | None = None) -> int:
        return self.simulator.record(record_id or self.record_id).attendance


class Scripted:
    """A transport that answers from a list, the last answer for ever; errors are raised."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, bytes | None, dict[str, str]]] = []

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Any = (),
        body: bytes | None = None,
        headers: Any = None,
        timeout_s: float = 15,
    ) -> Answer:
        self.sent.append((method, path, body, dict(headers or {})))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def cancel_one(world: World, *quirks: str, **edited: Any) -> RecordCancelled:
    """Show Vera her record, change the world, and cancel."""
    record = await world.shown()
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    world.quirks(*quirks)
    return await world.cancelled(record)


def rejection(world: World, *quirks: str, **edited: Any) -> Rejected:
    with pytest.raises(Rejected) as rejected:
        play(cancel_one(world, *quirks, **edited))
    return rejected.value


# Method, which of its calls (counted from 1), and what comes instead.
Fault = tuple[str, range, Exception | Answer]


class Interfering:
    """A transport that answers the n-th calls of a method itself."""

    def __init__(self, inner: SimulatedTransport, *faults: Fault) -> None:
        self.inner = inner
        self.faults = faults
        self.counts: dict[str, int] = {}

    async def __call__(self, method: str, path: str, **more: Any) -> Answer:
        self.counts[method] = self.counts.get(method, 0) + 1
        for faulty, which, fault in self.faults:
            if faulty == method and self.counts[method] in which:
                if isinstance(fault, Exception):
                    raise fault
                return fault
        return await self.inner(method, path, **more)


def interfered(*faults: Fault) -> World:
    """Reads before the write are GET 1 (records), 2 (record) and 3 (siblings)."""
    world = World()
    world.reach_through(Interfering(world.transport, *faults))
    return world
