"""One budget for all that call YClients: the simulator counts, and processes come and go as they like."""

import asyncio
import os
import sys
import time

from tests.acceptance.world import World

CLIENTS = [f"+7900000{number:04}" for number in range(10, 40)]


async def reconciles(world: World) -> None:
    """Run `stats --reconcile` over a year, again and again."""
    while True:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "import main; main.run()", "stats", "--reconcile"),
            *("--from", "2026-01-01", "--to", "2026-12-31"),
            env=world.environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def under_load(world: World, *, for_s: float, lives_s: float) -> None:
    """Let clients write more than the budget serves, and kill -9 the server every `lives_s`."""
    for n, phone in enumerate(CLIENTS):
        world.record(phone=phone, days=1 + n % 5, hour=10 + n % 8)
    await world.starts()
    beside = asyncio.create_task(reconciles(world))
    ends_at = time.monotonic() + for_s
    try:
        while time.monotonic() < ends_at:
            for phone in CLIENTS:
                world.says("Хочу отменить запись", phone)
            await asyncio.sleep(lives_s)
            world.dies()
            await world.starts()
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


async def test_kill_9_and_a_reconciliation_beside_never_break_the_limits(world: World) -> None:
    # How fast it starts while another command runs beside it is not what this is about.
    # A longer run by hand, for the minute: LANE_RUN_S=150.
    await under_load(world, for_s=float(os.environ.get("LANE_RUN_S", "6")), lives_s=1.5)

    calls = world.yclients.calls()
    assert len(calls) > 5
    assert world.yclients.worst_second() <= 5
    assert world.yclients.worst_minute() <= 200
    assert 429 not in {call.status for call in calls}
    assert "lane.not_shared" not in world.log()
