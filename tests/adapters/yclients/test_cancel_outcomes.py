"""What a cancel is believed to have done, whatever YClients answers, and when it may delete."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.simulated import Reply, Request, SimulatedTransport
from adapters.transport import Answer, NotSent
from engine.booking import RecordCancelled
from engine.ports import InDoubt, Unavailable
from tests.adapters.yclients.world import (
    START,
    World,
    cancel_one,
    interfered,
    play,
    rejection,
)


@pytest.mark.parametrize(
    "quirk", ["500-but-done", "502-but-done", "timeout-but-done", "drop-but-done", "stale-read on record × 2"]
)
def test_what_the_journal_shows_counts_whatever_was_answered(quirk: str) -> None:
    world = World()
    receipt = play(cancel_one(world, quirk if " on " in quirk else f"{quirk} on cancel")).receipt

    assert receipt.how == "soft"
    assert world.attendance() == -1
    assert world.writes() == ["cancel"]


@pytest.mark.parametrize(
    "quirk", ["500", "502-html", "html-200", "timeout-before", "drop-before", "421", "timeout-done-later"]
)
def test_no_certain_answer_and_no_change_is_in_doubt(quirk: str) -> None:
    async def scenario() -> RecordCancelled:
        record = await world.shown()
        world.quirks(f"{quirk} on cancel × 1")
        with pytest.raises(InDoubt):
            await world.do_cancel(record)
        assert world.writes() == ["cancel"]
        await asyncio.sleep(60)
        return await world.cancelled(record)

    world = World()

    receipt = play(scenario()).receipt
    late = quirk == "timeout-done-later"
    assert receipt.how == "soft"
    assert world.writes() == (["cancel"] if late else ["cancel", "cancel"])


def test_a_success_that_the_journal_does_not_show_is_in_doubt() -> None:
    async def scenario() -> float:
        record = await world.shown()
        world.quirks("stale-read on record")
        with pytest.raises(InDoubt):
            await world.do_cancel(record)
        return asyncio.get_running_loop().time()

    world = World()

    assert play(scenario()) == pytest.approx(3, abs=0.1)
    assert len(world.requests("record")) == 4


@pytest.mark.parametrize(
    ("quirk", "detail", "reads"),
    [
        ("401", "no_rights", 1),
        ("403", "no_rights", 1),
        ("409", "refused", 1),
        ("422", "refused", 1),
        ("200-false", "refused", 3),
    ],
)
def test_a_definite_refusal_is_final_and_deletes_nothing(quirk: str, detail: str, reads: int) -> None:
    world = World()

    assert rejection(world, f"{quirk} on cancel").detail == detail

    assert world.writes() == ["cancel"]
    assert len(world.requests("record")) == 1 + reads
    assert not world.simulator.record(world.record_id).deleted


def test_a_write_that_was_turned_away_did_nothing() -> None:
    world = World()

    with pytest.raises(Unavailable) as unavailable:
        play(cancel_one(world, "429 on cancel"))

    assert unavailable.value.retry_after_s == pytest.approx(1)
    assert world.attendance() == 0


def test_a_write_that_never_left_did_nothing() -> None:
    with pytest.raises(Unavailable):
        play(cancel_one(interfered(("PUT", range(1, 2), NotSent("refused")))))


FORBIDDEN = Answer(403, b'{"success":false,"meta":{"message":"x"}}')


@pytest.mark.parametrize("unreadable", [NotSent("refused"), Answer(500, b""), FORBIDDEN, Answer(429, b"{}")])
def test_a_write_that_left_and_cannot_be_read_back_is_in_doubt(unreadable: Exception | Answer) -> None:
    with pytest.raises(InDoubt):
        play(cancel_one(interfered(("GET", range(4, 99), unreadable))))


def test_a_refused_write_that_cannot_be_read_back_is_tried_again_later() -> None:
    with pytest.raises(Unavailable):
        play(
            cancel_one(interfered(("PUT", range(1, 2), FORBIDDEN), ("GET", range(4, 99), NotSent("refused"))))
        )


def test_failed_reads_do_not_decide_while_one_succeeds() -> None:
    world = interfered(("GET", range(4, 5), Answer(502, b"")), ("GET", range(5, 6), Answer(429, b"{}")))

    assert play(cancel_one(world)).receipt.how == "soft"
    assert world.writes() == ["cancel"]


# ── the last resort ──


@pytest.mark.parametrize("quirk", ["404", "405"])
def test_after_these_two_refusals_the_record_is_deleted(quirk: str) -> None:
    world = World()

    with capture_logs() as logs:
        receipt = play(cancel_one(world, f"{quirk} on cancel")).receipt

    assert receipt.how == "deleted"
    assert world.writes() == ["cancel", "delete"]
    assert world.simulator.record(world.record_id).deleted
    assert world.requests("delete")[0].body == b""
    assert [line["event"] for line in logs][2:] == [
        "soft_cancel.refused",
        "delete_fallback.started",
        "delete_fallback.succeeded",
    ]


@pytest.mark.parametrize("quirk", ["404", "405"])
def test_a_salon_that_wants_no_deletion_gets_none(quirk: str) -> None:
    world = World(on_refused="handover")

    assert rejection(world, f"{quirk} on cancel").detail == "refused"
    assert world.writes() == ["cancel"]


def test_another_404_deletes_nothing() -> None:
    other = Answer(404, '{"success":false,"meta":{"message":"Филиал не найден."}}'.encode())
    world = interfered(("PUT", range(1, 2), other))

    assert rejection(world).detail == "refused"
    assert world.writes() == []


@pytest.mark.parametrize(
    "edited",
    [
        {"attendance": 1},
        {"paid": True},
        {"locked": True},
        {"comment": "x"},
        {"starts_at": START},
        {"master": "М"},
    ],
)
def test_a_record_that_was_touched_meanwhile_is_not_deleted(edited: dict[str, Any]) -> None:
    class Touching:
        def handle(self, request: Request, now: Any) -> Reply:
            if request.method == "PUT":
                world.simulator.edit_record(world.record_id, now, **edited)
            return world.simulator.handle(request, now)

    world = World("405 on cancel")
    world.reach_through(SimulatedTransport(Touching(), world.clock.now))

    assert rejection(world).detail == "refused"
    assert world.writes() == ["cancel"]


@pytest.mark.parametrize("quirk", ["drop-but-done", "timeout-but-done", "500-but-done", "502-but-done"])
def test_a_deletion_is_believed_when_it_is_read(quirk: str) -> None:
    world = World()

    assert play(cancel_one(world, "405 on cancel", f"{quirk} on delete")).receipt.how == "deleted"
    assert world.writes() == ["cancel", "delete"]


def test_a_record_that_is_not_found_after_its_deletion_is_deleted() -> None:
    gone = Answer(404, '{"success":false,"data":null,"meta":{"message":"Не найдено"}}'.encode())
    world = interfered(("PUT", range(1, 2), Answer(405, b"")), ("GET", range(5, 99), gone))

    receipt = play(cancel_one(world)).receipt

    assert (receipt.how, receipt.record.services) == ("deleted", ("Маникюр",))


@pytest.mark.parametrize("quirk", ["500", "timeout-before", "drop-before", "html-200"])
def test_a_deletion_without_a_certain_answer_is_in_doubt(quirk: str) -> None:
    with pytest.raises(InDoubt):
        play(cancel_one(World(), "405 on cancel", f"{quirk} on delete"))


def test_a_deletion_that_is_refused_is_a_refusal() -> None:
    assert rejection(World(), "405 on cancel", "403 on delete").detail == "no_rights"
