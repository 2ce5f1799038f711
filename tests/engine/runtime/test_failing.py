"""What fails again and again is told once when it begins, and once when it ends, with how often."""

from collections.abc import MutableMapping
from typing import Any

from engine.ports import StoreBusy, StoreFailed
from engine.runtime.failing import Failing
from tests.engine.runtime.world import MARIA, World

Logs = list[MutableMapping[str, Any]]
FULL = StoreFailed("the disk is full")


def told(logs: Logs, *about: str) -> list[tuple[str, object]]:
    """Return what was told under these names, each with its error or its count."""
    return [
        (entry["event"], entry.get("error", entry.get("failures")))
        for entry in logs
        if entry["event"].startswith(about)
    ]


def test_it_is_told_when_it_begins_when_its_reason_changes_and_when_it_ends(logs: Logs) -> None:
    failing = Failing("x.failed", "x.recovered", level="error")
    failing.worked()
    for _ in range(3):
        failing.failed(FULL, chat=1)
    failing.failed(StoreBusy("its queue is full"))
    failing.worked()
    failing.worked()
    failing.failed(FULL)

    assert told(logs, "x.") == [
        ("x.failed", "the disk is full"),
        ("x.failed", "its queue is full"),
        ("x.recovered", 4),
        ("x.failed", "the disk is full"),
    ]
    assert (logs[0]["log_level"], logs[0]["chat"]) == ("error", 1)


async def test_a_loop_whose_store_fails_for_long_says_so_twice(world: World, logs: Logs) -> None:
    broken = True
    chats_with_work = world.store.chats_with_work

    async def failing() -> tuple[int, ...]:
        if broken:
            raise FULL
        return await chats_with_work()

    world.store.chats_with_work = failing  # type: ignore[method-assign]
    await world.passes(minutes=3)
    broken = False
    await world.passes(minutes=1)

    assert [event for event, _ in told(logs, "inbox.")] == ["inbox.store_failed", "inbox.store_recovered"]
    assert logs[-1]["failures"] > 100


async def test_deliveries_whose_ends_cannot_be_stored_say_so_twice(world: World, logs: Logs) -> None:
    failures = [FULL] * 30
    ended = world.store.ended

    async def failing(*arguments: Any) -> tuple[int, ...]:
        if failures:
            raise failures.pop()
        return await ended(*arguments)

    world.store.ended = failing  # type: ignore[assignment]  # takes what the store's own takes
    # Both have left before the first is to be stored.
    world.messenger.sending.takes_s = 1
    await world.writes("Здравствуйте")
    await world.writes("Здравствуйте", phone=MARIA)
    await world.passes(60)

    assert told(logs, "delivery.store") == [
        ("delivery.store_failed", "the disk is full"),
        ("delivery.store_recovered", 30),
    ]
