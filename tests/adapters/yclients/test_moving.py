"""Move a record: the whole of it is given back with another start, and believed when it is read."""

from engine.booking import RecordMoved
from engine.events import Event
from tests.adapters.yclients.world import World, play


async def move_one(world: World, to: str = "2026-11-26 12:30", *quirks: str) -> Event:
    record = await world.shown()
    world.quirks(*quirks)
    return await world.do_move(record, world.at(to))


def test_a_record_is_moved_and_the_receipt_shows_it() -> None:
    world = World()

    moved = play(move_one(world))

    assert isinstance(moved, RecordMoved)
    receipt = moved.receipt
    assert (receipt.change, receipt.how, receipt.record.record_id) == ("moved", "soft", world.record_id)
    assert f"{receipt.record.starts_at:%d %H:%M}" == "26 12:30"
    assert receipt.was is not None
    assert f"{receipt.was.starts_at:%d %H:%M}" == "25 15:00"
    assert f"{world.simulator.record(world.record_id).starts_at:%d %H:%M}" == "26 12:30"
    assert world.writes() == ["move"]
