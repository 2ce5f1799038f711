"""The restore drill of docs/operating.md, step by step, and dead letters beside the server that runs."""

import asyncio
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from adapters.storage.reading import reading
from tests.acceptance.world import ANNA, MARIA, World
from tests.adapters.cli.running import OTMENA

SOMEBODY = [f"+7900000{number:04d}" for number in range(100, 120)]


async def runs(world: World, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command beside the server, with the server's own settings."""
    return await asyncio.to_thread(
        subprocess.run,
        [*OTMENA, *arguments],
        env=world.environment,
        cwd=world.folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


async def everybody_writes(world: World) -> None:
    while True:
        for phone in SOMEBODY:
            world.whatsapp.client_says(phone, "Здравствуйте", datetime.now(UTC))
            await asyncio.sleep(0.02)


def put_back(world: World, copy: Path) -> None:
    shutil.copyfile(copy, world.folder / "otmena.db")


def remove_what_lay_beside(world: World) -> None:
    for suffix in ("-wal", "-shm"):
        (world.folder / f"otmena.db{suffix}").unlink(missing_ok=True)


def size_of_wal(world: World) -> int:
    return (world.folder / "otmena.db-wal").stat().st_size


def stored(path: Path) -> set[str]:
    """Return what WhatsApp has delivered, by a file."""
    with reading(path) as connection:
        return {name for (name,) in connection.execute("SELECT message_id FROM inbox WHERE channel <> ''")}


async def hears_at_last(world: World, part: str) -> None:
    """Wait for a message that holds this; on a slow machine «ещё жду» may come before it."""
    while part not in (await world.hears()).text:
        pass


async def test_a_server_is_put_back_from_a_copy_that_was_made_under_load(world: World) -> None:
    record = world.record()
    world.record(phone=MARIA)
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    load = asyncio.create_task(everybody_writes(world))
    while len(stored(world.folder / "otmena.db")) <= len(SOMEBODY):
        await asyncio.sleep(0.1)
    before = stored(world.folder / "otmena.db")

    copy = world.folder / "copy.db"
    backed_up = await runs(world, "backup", str(copy))
    load.cancel()
    assert backed_up.returncode == 0, backed_up.stderr
    assert before <= stored(copy)

    # After the copy Anna agrees, and that is done; then everything is lost.
    world.says("да")
    await world.hears("Запись отменена")
    assert (world.attendance(record), world.puts()) == (-1, 1)
    world.dies()

    # Step 1 forgotten: what lay beside the lost file would be played over the copy.
    assert size_of_wal(world) > 0
    put_back(world, copy)
    refused = await runs(world, "serve")
    assert refused.returncode == 78
    assert "otmena.db-wal still lies there and would spoil it" in refused.stderr
    remove_what_lay_beside(world)

    await world.starts()

    assert '"event": "store.restored"' in world.log()
    assert before <= stored(world.folder / "otmena.db")
    # The copy waits for Anna's yes, which may mean anything by now: she is asked again, and nothing is done.
    world.says("да")
    await world.hears("Отменить запись")
    assert world.puts() == 1
    world.says("да")
    await world.hears("отменена")
    assert world.puts() == 1
    # And life goes on for everybody else.
    world.says("Хочу отменить запись", MARIA)
    await world.hears("Отменить запись", phone=MARIA)
    world.taps("Да, отменить", MARIA)
    await world.hears("Запись отменена", phone=MARIA)


async def test_a_copy_that_is_put_back_twice_is_asked_about_twice(world: World) -> None:
    """What a copy waits for is nobody's consent, however often it is put back."""
    record = world.record()
    world.yclients.quirk("timeout-before", on="cancel")
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.until("delivery.later", within_s=30)
    copy = world.folder / "copy.db"
    assert (await runs(world, "backup", str(copy))).returncode == 0
    world.dies()
    world.yclients.clear_quirks()
    tried = world.puts()

    put_back(world, copy)
    remove_what_lay_beside(world)
    await world.starts()

    await hears_at_last(world, "не знаю, прошла ли отмена")
    assert (world.attendance(record), world.puts()) == (0, tried)
    listed = await runs(world, "dead", "list")
    assert "restored" in listed.stdout


async def test_a_message_that_was_refused_is_replayed_beside_the_server(world: World) -> None:
    world.record()
    world.whatsapp.quirk("131026-at-once")
    await world.starts()
    world.says("Здравствуйте")
    await world.until("delivery.failed")

    listed = await runs(world, "dead", "list")
    letter = listed.stdout.splitlines()[1].split()[0]
    world.whatsapp.clear_quirks()
    tried = await runs(world, "dead", "replay", letter, "--dry-run")
    await world.hears_nothing(for_s=0.5)
    replayed, again = await runs(world, "dead", "replay", letter), await runs(world, "dead", "replay", letter)

    assert "would be replayed" in tried.stdout
    assert (replayed.returncode, again.returncode) == (0, 0), replayed.stderr
    assert "already; nothing is done" in again.stdout
    await world.hears("Здравствуйте!")
    await world.hears_nothing(for_s=0.5)
    assert ANNA not in listed.stdout


async def test_commands_go_on_where_a_second_server_is_refused(world: World) -> None:
    await world.starts()
    assert world.process is not None

    second = await runs(world, "serve")

    assert second.returncode == 1
    assert f"held by process {world.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    for command in (("dead", "list"), ("backup", "copy.db"), ("census",)):
        assert (await runs(world, *command)).returncode == 0
    assert os.listdir(world.folder).count("copy.db") == 1
