"""Find free windows for a record: as long as it is, within the shift, its own time left out of account."""

from engine.booking import Slot
from tests.adapters.yclients.world import STRANGER, World, play


async def windows(world: World, since: str = "2026-11-25", until: str = "") -> list[str]:
    return told(await world.slots(await world.shown(), since, until))


def told(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts_at:%d %H:%M} {slot.master}" for slot in slots]


def test_windows_begin_on_half_hours_and_leave_out_what_is_taken() -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 11:00", length_s=5400)
    world.add(STRANGER, "Стрижка", "Мария", "2026-11-25 13:00")

    found = play(windows(world))

    assert found == [
        f"25 {at} Анна"
        for at in (
            *("10:00", "12:30", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30"),
            *("17:00", "17:30", "18:00", "18:30", "19:00"),
        )
    ]
    assert [one.operation for one in world.simulator.log] == ["search", "records", "record", "slots"]
