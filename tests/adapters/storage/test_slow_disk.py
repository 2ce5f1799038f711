"""A disk whose fsync is slow, or hangs: groups carry, nothing times out, and what does not fit is refused."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.storage.writer import ThreadWriter
from adapters.web.server import Receive, Webhooks
from tests.adapters.storage.faulty import FaultyDisk
from tests.adapters.storage.test_writer import count, create, insert

CLIENTS = 64


def posting(receive: Receive) -> Webhooks:
    async def ready() -> None:
        raise AssertionError("nobody asks")

    return Webhooks(
        receive=receive,
        ready=ready,
        now=lambda: datetime.now(UTC),
        opt_out=lambda text: None,
        app_secret="secret",
        verify_token="token",
        phone_number_id="1001",
    )


def signed(body: bytes) -> tuple[bytes, str]:
    return body, "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()


@pytest.fixture
async def slow(
    tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[ThreadWriter, FaultyDisk]]:
    disk = FaultyDisk(f"slow-{request.node.name}")
    writer = ThreadWriter(disk.connector(tmp_path / "numbers.db"), queue_max=100)
    await writer.run(create)
    yield writer, disk
    disk.sync_takes_s = 0
    await writer.close()


@pytest.mark.parametrize("fsync_s", [0.004, 0.010])
async def test_groups_carry_many_commits_over_a_slow_fsync(
    slow: tuple[ThreadWriter, FaultyDisk], fsync_s: float
) -> None:
    writer, disk = slow
    disk.sync_takes_s = fsync_s
    syncs, each = disk.syncs, 10

    async def client(number: int) -> None:
        for n in range(each):
            await writer.run(insert(number * each + n))

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))

    # Counted, not timed: so many commits a fsync are 64 / 10 ms = 6,400/s where the machine is free.
    assert CLIENTS * each / (disk.syncs - syncs) > CLIENTS / 3


async def test_a_hung_disk_delays_acknowledgements_and_what_does_not_fit_is_refused(
    slow: tuple[ThreadWriter, FaultyDisk],
) -> None:
    writer, disk = slow
    disk.sync_takes_s = 1.5

    async def receive(arrivals: object, statuses: object, relinked: object) -> int:
        await writer.run(lambda c: c.execute("INSERT INTO numbers DEFAULT VALUES"))
        return 1

    webhooks = posting(receive)
    started = time.monotonic()
    held = asyncio.ensure_future(webhooks.accept(*signed(b"{}")))
    await asyncio.sleep(0.3)

    posts = await asyncio.gather(*(webhooks.accept(*signed(b"{}")) for _ in range(130)))
    statuses = [status for status, _ in posts]

    assert (await held)[0] == 200
    assert time.monotonic() - started > 1.5
    assert statuses.count(503) == 30
    assert statuses.count(200) == 100
    disk.sync_takes_s = 0
    assert await writer.run(count) == 101
