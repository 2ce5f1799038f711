"""A disk that is full or read-only: what was acknowledged stands, the reason is said, and it heals."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.disk import SmallDisk, small_disk
from tests.acceptance.test_nothing_is_lost import post
from tests.acceptance.world import World, opened


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
async def world(tmp_path: Path, disk: SmallDisk) -> AsyncIterator[World]:
    async with opened(tmp_path) as world:
        world.environment["OTMENA_DATABASE_URL"] = f"sqlite:///{disk.folder}/otmena.db"
        yield world


async def got(world: World, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}{path}") as response:
        return response.status, await response.text()


async def ready(world: World, *, within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while (await got(world, "/readyz"))[0] != 200:
            await asyncio.sleep(0.1)


async def not_ready(world: World, reason: str) -> None:
    """It says so and why, is alive all the same, and shows it to whoever scrapes."""
    async with asyncio.timeout(10):
        while (await got(world, "/readyz"))[0] == 200:
            await asyncio.sleep(0.1)
    status, text = await got(world, "/readyz")
    assert status == 503
    assert text.startswith(f"the store cannot commit: {reason} (SQLITE_"), text
    assert (await got(world, "/healthz"))[0] == 200
    assert "otmena_store_healthy 0.0" in (await got(world, "/metrics"))[1]


def greeting(number: int) -> bytes:
    """A message that weighs some 20 KB, so that a small disk is soon full of them."""
    message = {
        "from": "79000000002",
        "id": f"wamid.greeting{number}",
        "timestamp": str(int(datetime.now(UTC).timestamp())),
        "type": "text",
        "text": {"body": "здравствуйте " + "о" * 4000},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "79000000000", "phone_number_id": "106540352242922"},
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    document = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(document).encode()


async def test_what_was_acknowledged_before_the_disk_was_full_is_answered_after_it(
    world: World, disk: SmallDisk
) -> None:
    record = world.record()
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")

    disk.fill()
    # Whatever room the log still has is used up first.
    statuses = [await asyncio.wait_for(post(world, greeting(n)), 5) for n in range(200)]
    world.taps("Да, отменить")
    await not_ready(world, "the disk is full")
    await world.hears_nothing(for_s=1)
    assert statuses[-1] == 503
    assert set(statuses) <= {200, 503}

    disk.free()
    await ready(world)
    assert "otmena_store_healthy 1.0" in (await got(world, "/metrics"))[1]
    # WhatsApp posts the tap again.
    await world.hears("Запись отменена", within_s=40)
    await world.network.settled(timeout_s=40)
    assert world.attendance(record) == -1
    assert world.puts() == 1
    assert await post(world, greeting(999)) == 200
    assert await stored(disk) >= {f"wamid.greeting{n}" for n, status in enumerate(statuses) if status == 200}


async def test_a_full_disk_is_told_once_by_each_who_meets_it_and_so_is_its_end(
    world: World, disk: SmallDisk
) -> None:
    """The log may well lie on the very disk."""
    world.record()
    await world.starts()
    disk.fill()
    refused = [await post(world, greeting(n)) for n in range(200)].count(503)
    world.says("Хочу отменить запись")
    await asyncio.sleep(4)
    told = troubles(world)
    assert told["webhook.not_stored"] == told["store.not_checkpointed"] == told["store.failed"] == 1
    assert set(told.values()) == {1}
    assert "orders.store_failed" in told

    disk.free()
    await ready(world)
    assert await post(world, greeting(999)) == 200
    await world.until("inbox.store_recovered")
    await world.until("orders.store_recovered")

    assert set(troubles(world).values()) == {1}
    ends = {entry["event"]: entry["failures"] for entry in entries(world) if "failures" in entry}
    assert ends["webhook.stored_again"] >= refused
    assert ends["store.checkpointed"] > 3
    assert ends["orders.store_recovered"] > 3


def entries(world: World) -> list[dict[str, Any]]:
    return [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]


def troubles(world: World) -> Counter[str]:
    """Return how often each trouble was told."""
    return Counter(entry["event"] for entry in entries(world) if "error" in entry)


async def test_a_disk_that_turns_read_only_is_said_to_be_and_heals(world: World, disk: SmallDisk) -> None:
    world.record()
    await world.starts()
    disk.fill()
    for n in range(200):
        if await post(world, greeting(n)) == 503:
            break
    await not_ready(world, "the disk is full")

    disk.free()
    disk.freeze()
    await not_ready(world, "the disk is read-only")
    assert await post(world, greeting(500)) == 503

    disk.thaw()
    await ready(world)
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")


async def test_a_cancel_that_went_out_while_the_disk_filled_up_is_done_and_told_once(
    world: World, disk: SmallDisk
) -> None:
    record = world.record()
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.yclients.quirk("slow", on="cancel", times=1)
    world.taps("Да, отменить")
    while not world.puts():
        await asyncio.sleep(0.01)
    disk.fill()
    for n in range(200):
        if await post(world, greeting(n)) == 503:
            break
    await world.until("delivery.store_failed", within_s=30)

    disk.free()

    await world.hears("Запись отменена", within_s=40)
    assert world.attendance(record) == -1
    assert world.puts() == 1


async def test_a_cancel_whose_result_could_not_be_stored_is_found_done_after_a_kill(
    world: World, disk: SmallDisk
) -> None:
    record = world.record()
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.yclients.quirk("slow", on="cancel", times=1)
    world.taps("Да, отменить")
    while not world.puts():
        await asyncio.sleep(0.01)
    disk.fill()
    for n in range(200):
        if await post(world, greeting(n)) == 503:
            break
    await world.until("delivery.store_failed", within_s=30)

    world.dies()
    disk.free()
    await world.starts()

    # The new process may say first that it waits.
    heard = await world.hears(within_s=40)
    if "Ещё жду" in heard.text:
        await world.hears("отменена", within_s=40)
    assert world.attendance(record) == -1
    assert world.puts() == 1


async def test_a_log_on_the_full_disk_loses_lines_and_nothing_else(world: World, disk: SmallDisk) -> None:
    world.record()
    world.folder = disk.folder
    await world.starts()
    disk.fill()
    statuses = [await asyncio.wait_for(post(world, greeting(n)), 5) for n in range(200)]
    assert statuses[-1] == 503
    await not_ready(world, "the disk is full")

    disk.free()
    await ready(world)
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись", within_s=40)


async def stored(disk: SmallDisk) -> set[str]:
    import apsw

    connection = apsw.Connection(str(disk.folder / "otmena.db"), flags=apsw.SQLITE_OPEN_READONLY)
    found = {row[0] for row in connection.execute("SELECT message_id FROM inbox WHERE channel = 'whatsapp'")}
    connection.close()
    return found
