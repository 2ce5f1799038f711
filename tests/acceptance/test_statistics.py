"""What clients really did, counted from the file of a server that runs."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from tests.acceptance.world import ANNA, MARIA, World


async def stats(world: World, *arguments: str) -> Any:
    """Run the command beside the server, with the database alone of its settings."""
    environment = {
        name: value
        for name, value in world.environment.items()
        if not name.startswith("OTMENA_") or name == "OTMENA_DATABASE_URL"
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", "import main; main.run()", "stats", "--format", "json", *arguments],
        env=environment if "--reconcile" not in arguments else world.environment,
        capture_output=True,
        text=True,
        cwd=world.folder,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


async def test_dialogues_are_counted_and_the_journal_agrees(world: World) -> None:
    cancelled = world.record(days=2)
    kept = world.record(phone=MARIA, days=3)
    by_salon = world.record(phone="+79000000003", days=2, attendance=-1)
    await world.starts()

    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.hears("Запись отменена")
    world.says("не смогу прийти", phone=MARIA)
    await world.hears("Отменить запись", phone=MARIA)
    world.says("нет, оставьте", phone=MARIA)
    await world.hears("запись остаётся", phone=MARIA)

    found = await stats(world)
    assert found["timezone"] == "Europe/Moscow"
    assert (found["cancelled"], found["kept"], found["lost"], found["rate"]["of"]) == (1, 1, 1, 2)
    assert [each["name"] for each in found["by_master"].values()] == ["Ольга"]
    assert found["by_weekday_hour"][world.yclients.record(cancelled).starts_at.weekday()][15] == 1
    compared = await stats(world, "--reconcile")
    assert {kind: records for kind, records in compared["records"].items() if records} == {
        "cancelled_through_us": [cancelled],
        "salon_or_no_show": [by_salon],
        "stands": [kept],
    }
    assert compared["agrees"]
    assert ANNA not in json.dumps([found, compared])
