"""The pace of sends over restarts: the real messenger and the simulated WhatsApp, which counts for itself."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.simulated import Reply, Request, SimulatedTransport
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.whatsapp.pacing import REMEMBERED_FOR, Pacing
from adapters.whatsapp.simulator import WhatsAppSimulator
from tests.engine.runtime.world import ANNA, MARIA, NUMBER, World


class Counting:
    """WhatsApp's door: what came through it, and what it refused."""

    def __init__(self, simulator: WhatsAppSimulator) -> None:
        self.simulator = simulator
        # Our keys, in the order in which they were accepted.
        self.accepted: list[tuple[str, str]] = []
        self.refused: list[int] = []

    def handle(self, request: Request, now: object) -> Reply:
        reply = self.simulator.handle(request, now)  # type: ignore[arg-type]  # the transport's moment
        body = json.loads(request.body)
        if "biz_opaque_callback_data" in body:
            if reply.status == 200:
                self.accepted.append((body["to"], body["biz_opaque_callback_data"]))
            else:
                self.refused.append(json.loads(reply.body)["error"]["code"])
        return reply

    def keys(self, phone: str = ANNA) -> list[int]:
        """Return the numbers of the messages that this client got."""
        return [int(key.removeprefix("mid")) for to, key in self.accepted if to == phone]


class PacedWorld(World):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.simulator = WhatsAppSimulator(phone_number_id=NUMBER)
        self.door = Counting(self.simulator)

    async def before_the_shell(self) -> None:
        pacing, since = Pacing(), self.clock.now() - REMEMBERED_FOR
        pacing.remember(await self.store.sent_lately(since, self.clock.now()), since, self.clock)
        transport = SimulatedTransport(self.door, self.clock.now, "/v26.0")
        self.other_messenger = WhatsAppMessenger(transport, SecretStr("token"), self.clock, pacing=pacing)

    async def writes_often(self, times: int, phone: str = ANNA) -> None:
        self.simulator.client_says(phone, "Здравствуйте", self.clock.now())
        await self.writes(*["Здравствуйте"] * times, phone=phone)


@pytest.fixture
async def salon(tmp_path: Path) -> AsyncIterator[PacedWorld]:
    world = PacedWorld(tmp_path / "otmena.db")
    await world.starts()
    yield world
    await world.ends()


@pytest.mark.parametrize("dies_after_s", [0.1, 1.0, 7.0, 100.0])
async def test_a_burst_to_one_client_keeps_to_the_pair_limit_over_a_restart(
    salon: PacedWorld, dies_after_s: float
) -> None:
    await salon.writes_often(60)
    await salon.passes(dies_after_s)
    assert len(salon.door.keys()) >= 2
    await salon.dies()
    await salon.starts()
    await salon.passes(minutes=6)

    assert salon.door.refused == []
    keys = salon.door.keys()
    assert keys == sorted(keys), "out of order"
    assert len(set(keys)) == 60
    # Only the one that was under way may have gone twice.
    assert len(keys) <= 61


async def test_a_crash_while_many_wait_for_their_turn_leaves_none_in_doubt(salon: PacedWorld) -> None:
    """A start lends nothing, so there is a queue at first; what is in doubt in two of them would be lost."""
    clients = [f"+7900000{n:04}" for n in range(1, 101)]
    for phone in clients:
        salon.simulator.client_says(phone, "Здравствуйте", salon.clock.now())
    await salon.shell.receive([salon.words("Здравствуйте", phone) for phone in clients])
    await salon.dies()
    for _ in range(3):
        await salon.starts()
        await salon.passes(0.25)
        await salon.dies()
    assert not all(salon.door.keys(phone) for phone in clients), "they did not wait"
    await salon.starts()
    await salon.passes(3)

    # A crash cuts what has begun: here nothing had, since this channel answers at once.
    assert {phone: len(salon.door.keys(phone)) for phone in clients} == dict.fromkeys(clients, 1)


async def test_many_restarts_lend_nothing_more(salon: PacedWorld) -> None:
    """Each process for itself would borrow forty messages anew."""
    for _ in range(4):
        await salon.writes_often(30)
        await salon.passes(20)
        await salon.dies()
        await salon.starts()
    await salon.passes(minutes=13)

    assert salon.door.refused == []
    assert len(set(salon.door.keys())) == 120


async def test_a_client_who_was_written_to_without_a_pause_for_long_has_no_loan_after_a_restart(
    salon: PacedWorld,
) -> None:
    """What lies further back than is looked at has borrowed too."""
    for _ in range(5):
        await salon.writes_often(30)
        await salon.passes(minutes=2, seconds=30)
    await salon.dies()
    await salon.starts()
    await salon.writes_often(60)
    await salon.passes(minutes=12)

    assert salon.door.refused == []


async def test_a_wait_for_the_pace_is_stored_and_leaves_nothing_in_doubt(salon: PacedWorld) -> None:
    await salon.writes_often(50)
    await salon.passes(10)
    doubtful = "SELECT count(*) FROM outbox WHERE status IN ('sending', 'doubt')"
    assert await salon.looks_up(doubtful) == 0
    before = len(salon.door.keys())
    await salon.dies()
    await salon.starts()
    await salon.passes(7)

    assert await salon.looks_up(doubtful) == 0
    assert await salon.looks_up("SELECT max(doubts) FROM outbox") == 0
    assert len(salon.door.keys()) > before


async def test_one_clients_loan_holds_up_nobody_else_after_a_restart(salon: PacedWorld) -> None:
    await salon.writes_often(45)
    await salon.passes(2)
    await salon.dies()
    await salon.starts()
    await salon.writes_often(1, phone=MARIA)

    assert len(salon.door.keys(MARIA)) == 1


async def test_who_was_written_to_long_ago_is_not_asked_for(salon: PacedWorld) -> None:
    await salon.writes_often(3)
    await salon.passes(minutes=11)

    now = salon.clock.now()
    assert await salon.store.sent_lately(now - REMEMBERED_FOR, now) == ()
    assert len(await salon.store.sent_lately(now - timedelta(hours=1), now)) == 3
