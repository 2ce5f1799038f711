"""A visit with several records: only the one that is cancelled may change."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.simulated import Reply, Request, SimulatedTransport
from tests.adapters.yclients.world import SENTENCE, START, VERA, World, cancel_one, play, rejection


def with_sibling() -> tuple[World, int]:
    world = World()
    visit_id = world.simulator.record(world.record_id).visit_id
    return world, world.add(VERA, "Педикюр", "Мария", "2026-11-25 16:00", visit_id=visit_id)


def test_a_visit_with_a_sibling_is_left_alone_and_the_record_replaced() -> None:
    world, sibling = with_sibling()
    client = next(iter(world.simulator.salon.clients.values()))
    before = world.simulator.salon.entries[world.record_id]

    with capture_logs() as logs:
        receipt = play(cancel_one(world, comment="у окна")).receipt

    assert receipt.how == "soft"
    assert world.writes() == ["move"]
    assert (world.attendance(), world.attendance(sibling)) == (-1, 0)
    after = world.simulator.salon.entries[world.record_id]
    assert (after.lines, after.starts_at, after.length_s) == (before.lines, before.starts_at, before.length_s)
    assert after.client_id == before.client_id
    assert after.comment == f"у окна\n{SENTENCE}"
    assert world.simulator.salon.clients[client.client_id].name == client.name
    assert [one.path for one in world.simulator.log if one.operation == "record"][-1].endswith(str(sibling))
    assert "soft_cancel.sibling_changed" not in [line["event"] for line in logs]


def test_a_sibling_that_turns_up_by_surprise_is_looked_for() -> None:
    world = World("visit-has-sibling")

    play(cancel_one(world))

    assert world.writes() == ["move"]


@pytest.mark.parametrize("sibling_is", [{"attendance": -1}, {"deleted": True}])
def test_a_sibling_that_is_off_is_none(sibling_is: dict[str, Any]) -> None:
    world, sibling = with_sibling()
    world.simulator.edit_record(sibling, START, **sibling_is)

    play(cancel_one(world))

    assert world.writes() == ["cancel"]


def test_a_sibling_that_changed_is_a_loud_line() -> None:
    class Spreading:
        def handle(self, request: Request, now: Any) -> Reply:
            if request.method == "PUT":
                world.simulator.edit_record(sibling, now, attendance=-1)
            return world.simulator.handle(request, now)

    world, sibling = with_sibling()
    world.reach_through(SimulatedTransport(Spreading(), world.clock.now))

    with capture_logs() as logs:
        play(cancel_one(world))

    assert [line for line in logs if line["log_level"] == "error"] == [
        {
            "event": "soft_cancel.sibling_changed",
            "log_level": "error",
            "record": world.record_id,
            "sibling": sibling,
        }
    ]


@pytest.mark.parametrize("quirk", ["404", "405"])
def test_a_record_with_siblings_is_never_deleted(quirk: str) -> None:
    world, _ = with_sibling()

    assert rejection(world, f"{quirk} on move").detail == "refused"
    assert world.writes() == ["move"]


@pytest.mark.parametrize("quirk", ["drop-but-done", "500-but-done"])
def test_a_replacement_is_believed_when_it_is_read(quirk: str) -> None:
    world, sibling = with_sibling()

    play(cancel_one(world, f"{quirk} on move"))

    assert (world.attendance(), world.attendance(sibling)) == (-1, 0)
    assert world.writes() == ["move"]
