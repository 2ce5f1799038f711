"""The freed window: a second write behind the proven cancel, which never spoils it."""

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.simulated import Reply, Request, SimulatedTransport
from adapters.transport import Answer
from engine.booking import Receipt
from tests.adapters.yclients.world import (
    SENTENCE,
    START,
    VERA,
    Interfering,
    World,
    cancel_one,
    play,
)


def shortening(*quirks: str, **settings: Any) -> World:
    return World(*quirks, freed_window="shorten", **settings)


def freed(receipt: Receipt) -> str:
    if receipt.freed is None:
        return ""
    begins, ends = receipt.freed
    return f"{begins:%d %H:%M}–{ends:%H:%M}"


def test_what_was_cancelled_is_shortened_and_the_rest_of_its_time_told() -> None:
    world = shortening()
    world.simulator.edit_record(world.record_id, START, comment="у окна")

    with capture_logs() as logs:
        receipt = play(cancel_one(world)).receipt

    assert (receipt.change, receipt.how, freed(receipt)) == ("cancelled", "soft", "25 15:05–16:00")
    assert receipt.was is not None
    assert (receipt.was.length_s, receipt.record.length_s) == (3600, 300)
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.length_s, row.comment) == (-1, 300, f"у окна\n{SENTENCE}")
    assert world.writes() == ["cancel", "move"]
    assert [line["event"] for line in logs][-1] == "freed_window.succeeded"


def test_the_second_write_gives_the_record_back_as_it_was_cancelled() -> None:
    world = shortening()
    world.record_id = world.add(VERA, "Маникюр", "Анна", "2026-11-24 15:00", discount=20, break_s=600)
    before = world.simulator.record(world.record_id)

    receipt = play(cancel_one(world)).receipt

    body = json.loads(world.requests("move")[0].body)
    assert (body["seance_length"], body["attendance"], body["comment"]) == (300, -1, SENTENCE)
    after = world.simulator.record(world.record_id)
    assert (after.prices, after.client_id, after.break_s) == (before.prices, before.client_id, 600)
    # The break behind it moves with its end.
    assert freed(receipt) == "24 15:15–16:10"


def test_by_default_a_cancelled_record_keeps_its_window() -> None:
    world = World()

    assert play(cancel_one(world)).receipt.freed is None
    assert (world.writes(), world.simulator.record(world.record_id).length_s) == (["cancel"], 3600)


def test_the_window_can_be_sold_again() -> None:
    async def scenario() -> list[str]:
        record = await world.shown()
        await world.cancelled(record)
        other = (await world.found("+79000000002"))[0]
        return [f"{slot.starts_at:%H:%M}" for slot in await world.slots(other, "2026-11-25")]

    world = shortening()
    world.add("+79000000002", "Маникюр", "Анна", "2026-11-26 11:00")

    # The five minutes that are left keep 14:30 and 15:00 taken.
    assert [at for at in play(scenario()) if "14:00" <= at <= "16:00"] == ["14:00", "15:30", "16:00"]


def test_a_record_with_siblings_is_shortened_as_well() -> None:
    world = shortening()
    visit_id = world.simulator.record(world.record_id).visit_id
    sibling = world.add(VERA, "Педикюр", "Мария", "2026-11-25 16:00", visit_id=visit_id)

    assert freed(play(cancel_one(world)).receipt) == "25 15:05–16:00"
    assert world.writes() == ["move", "move"]
    assert (world.attendance(sibling), world.simulator.record(sibling).length_s) == (0, 3600)


@pytest.mark.parametrize("edited", [{"attendance": -1}, {"deleted": True}])
def test_what_was_off_already_is_left_alone(edited: dict[str, Any]) -> None:
    world = shortening()

    assert play(cancel_one(world, **edited)).receipt.freed is None
    assert world.writes() == []


def test_what_had_to_be_deleted_is_not_shortened() -> None:
    world = shortening()

    receipt = play(cancel_one(world, "405 on cancel")).receipt

    assert (receipt.how, receipt.freed) == ("deleted", None)
    assert world.writes() == ["cancel", "delete"]


def test_a_short_record_has_nothing_to_sell() -> None:
    world = shortening()

    assert play(cancel_one(world, length_s=300)).receipt.freed is None
    assert world.writes() == ["cancel"]


@pytest.mark.parametrize(
    "quirk",
    ["500", "502-html", "html-200", "403", "404", "409", "422", "429", "200-false", "421",
     "timeout-before", "drop-before", "timeout-done-later"],
)  # fmt: skip
def test_its_failure_never_spoils_the_cancel(quirk: str) -> None:
    world = shortening()

    with capture_logs() as logs:
        receipt = play(cancel_one(world, f"{quirk} on move")).receipt

    assert (receipt.how, receipt.freed) == ("soft", None)
    assert (world.attendance(), world.simulator.record(world.record_id).length_s) == (-1, 3600)
    assert "freed_window.failed" in [line["event"] for line in logs]


@pytest.mark.parametrize("quirk", ["drop-but-done", "500-but-done", "502-but-done"])
def test_what_the_journal_shows_counts_whatever_was_answered(quirk: str) -> None:
    assert freed(play(cancel_one(shortening(), f"{quirk} on move")).receipt) == "25 15:05–16:00"


@pytest.mark.parametrize("quirk", ["slow", "timeout-before on move", "timeout-but-done on move"])
def test_the_receipt_is_told_within_ten_seconds_of_its_reading(quirk: str) -> None:
    async def scenario() -> float:
        receipt = (await cancel_one(world, quirk)).receipt
        return (world.clock.now() - receipt.read_at).total_seconds()

    world = shortening()

    assert play(scenario()) < 9


def test_a_cancel_that_is_repeated_after_a_crash_still_shortens() -> None:
    async def scenario() -> Receipt:
        record = await world.shown()
        world.reach_through(Interfering(world.transport, ("PUT", range(2, 3), Answer(500, b""))))
        assert (await world.cancelled(record)).receipt.freed is None
        return (await world.cancelled(record)).receipt

    world = shortening()

    receipt = play(scenario())

    assert (receipt.how, freed(receipt)) == ("soft", "25 15:05–16:00")
    assert world.writes() == ["cancel", "move"]


def test_a_cancel_that_is_repeated_tells_the_window_that_was_freed_before() -> None:
    async def scenario() -> Receipt:
        record = await world.shown()
        await world.cancelled(record)
        await asyncio.sleep(5)
        return (await world.cancelled(record)).receipt

    world = shortening()

    receipt = play(scenario())

    assert (receipt.how, freed(receipt)) == ("soft", "25 15:05–16:00")
    assert receipt.was is not None
    assert receipt.was.length_s == 3600
    assert world.writes() == ["cancel", "move"]


def test_a_line_that_was_wiped_is_loud_and_the_window_is_told_all_the_same() -> None:
    class Meddling:
        def handle(self, request: Request, now: Any) -> Reply:
            reply = world.simulator.handle(request, now)
            if b"seance_length" in request.body:
                world.simulator.edit_record(world.record_id, now, services="Педикюр")
            return reply

    world = shortening()
    world.reach_through(SimulatedTransport(Meddling(), world.clock.now))

    with capture_logs() as logs:
        assert freed(play(cancel_one(world)).receipt) == "25 15:05–16:00"

    (loud,) = [line for line in logs if line["log_level"] == "error"]
    assert (loud["event"], loud["what"]) == ("freed_window.harmed", ["services"])
