"""Real processes on one lane, over loopback and killed with -9, against the simulator's own count."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from adapters.simulated import application
from adapters.yclients.simulator import YClientsSimulator

ROOT = Path(__file__).parents[3]

# A process that brings forth others, so that none of them spends its short life with importing. Each calls as
# fast as the lane lets it, with as many at once as a busy server has.
NURSERY = """
import asyncio, os, signal, sys
from pydantic import SecretStr
from adapters.clock import SystemClock, boot_id
from adapters.transport import HttpTransport, new_session
from adapters.yclients.book_file import FileBook
from adapters.yclients.client import TurnedAway, Unclear, YClientsClient
from adapters.yclients.lane import Lane, Turnstile

async def main(url, file, company, who):
    clock = SystemClock()
    async with new_session() as session:
        client = YClientsClient(
            HttpTransport(session, url),
            Turnstile(Lane(), clock, FileBook(file, clock, boot_id())),
            SecretStr("partner"),
            SecretStr("user"),
            background=who == "background",
        )
        async def calls():
            while True:
                try:
                    await client.get(f"/company/{company}")
                except (TurnedAway, Unclear):
                    pass
        await asyncio.gather(*(calls() for _ in range(8)))

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for who in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(main(*sys.argv[1:], who.strip()))
    print(child, flush=True)
"""


@dataclass
class Address:
    """One egress address: whoever calls from it shares a file."""

    simulator: YClientsSimulator
    nursery: Process
    one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)
    kills: int = 0

    async def lives(self, chance: random.Random, who: str) -> None:
        """Start a process and kill it, again and again."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        while True:
            async with self.one_by_one:
                self.nursery.stdin.write(f"{who}\n".encode())
                child = int(await self.nursery.stdout.readline())
            try:
                await asyncio.sleep(chance.uniform(0.1, 2.5))
            finally:
                os.kill(child, signal.SIGKILL)
            self.kills += 1

    async def has_been_called(self, times: int) -> None:
        while len(self.simulator.log) < times:
            await asyncio.sleep(0.05)


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[Address]:
    simulator = YClientsSimulator()
    server = TestServer(application(simulator))
    await server.start_server(shutdown_timeout=0.01)
    url, file = str(server.make_url("/api/v1")), tmp_path / "lane"
    nursery = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", NURSERY, url, str(file), str(simulator.company_id)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    yield Address(simulator, nursery)
    # With one whose number nobody has read yet.
    os.killpg(nursery.pid, signal.SIGKILL)
    await nursery.wait()
    await server.close()


async def test_processes_that_are_killed_and_started_anew_never_break_the_limits(address: Address) -> None:
    lives = [
        asyncio.create_task(address.lives(random.Random(number), who))
        for number, who in enumerate(("client", "client", "background"))
    ]
    # By hand more of them, so that the minute's limit is reached: LANE_CALLS=500.
    async with asyncio.timeout(600):
        await address.has_been_called(int(os.environ.get("LANE_CALLS", "30")))
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)

    assert address.kills >= 3
    assert address.simulator.worst_second() <= 5
    assert address.simulator.worst_minute() <= 200
    assert {call.status for call in address.simulator.log} == {200}
