"""A real server whose clock is set back: the machine's own is left alone, so the process is given another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.world import World, opened

# Read by Python itself when the server starts. It looks at its clock every second instead of every minute.
_CUSTOM = """
from datetime import timedelta
from pathlib import Path
from adapters.clock import SystemClock
from engine.runtime import alarm

alarm.SLEEP_MAX_S = 1.0
shown = SystemClock.now
SystemClock.now = lambda clock: shown(clock) + timedelta(seconds=float(Path({file!r}).read_text()))
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as world:
        (tmp_path / "custom").mkdir()
        custom = _CUSTOM.format(file=str(tmp_path / "offset"))
        (tmp_path / "custom" / "sitecustomize.py").write_text(custom, encoding="utf-8")
        path = world.environment.get("PYTHONPATH", "")
        world.environment["PYTHONPATH"] = f"{tmp_path / 'custom'}:{path or Path.cwd()}"
        shows(world, 0)
        yield world


def shows(world: World, offset_s: float) -> None:
    """Let the server's clock be wrong by so much."""
    # At once: the server reads it at every look at the clock.
    fresh = world.folder / "offset.new"
    fresh.write_text(str(offset_s), encoding="ascii")
    fresh.replace(world.folder / "offset")


async def test_what_waits_when_the_clock_is_set_back_an_hour_leaves_in_its_own_time(world: World) -> None:
    record = world.record()
    await world.starts()
    world.whatsapp.quirk("131016", times=1)
    world.says("Хочу отменить запись")
    await world.until("delivery.later")

    shows(world, -3600)

    await world.hears("Отменить запись", within_s=20)
    assert "clock.set_back" in world.log()
    world.taps("Да, отменить")
    await world.hears("Запись отменена")
    assert world.attendance(record) == -1


async def test_what_waits_when_the_clock_is_set_right_is_answered_by_the_right_clock(world: World) -> None:
    world.record()
    shows(world, 3600)
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")

    shows(world, 0)
    await world.until("clock.set_back")

    world.says("да")
    await world.hears("Отменить запись")
    world.says("да")
    await world.hears("Запись отменена")
