"""Take a cancel back: only our own, only into a window that is free, and looked at afterwards."""

from engine.booking import RecordRestored
from engine.events import Event
from tests.adapters.yclients.world import START, World, play


async def restore_one(world: World, *quirks: str) -> Event:
    """Show Vera her record, cancel it, and take the cancel back."""
    record = await world.shown()
    await world.cancelled(record)
    world.quirks(*quirks)
    return await world.do_restore(record)


def test_our_own_cancel_is_taken_back() -> None:
    world = World()
    world.simulator.edit_record(world.record_id, START, comment="у окна")

    restored = play(restore_one(world))

    assert isinstance(restored, RecordRestored)
    assert (restored.receipt.change, restored.receipt.how, restored.overlaps) == ("restored", "soft", False)
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.comment) == (0, "у окна")
    assert world.writes() == ["cancel", "move"]
