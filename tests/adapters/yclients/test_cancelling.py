"""Cancel a record: the checks before the one write, and the receipt after it."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from engine.booking import Attendance, RecordCancelled, RecordChanged
from engine.ports import Rejected, Unavailable
from tests.adapters.yclients.world import (
    SENTENCE,
    START,
    STRANGER,
    VERA,
    World,
    cancel_one,
    play,
    rejection,
)

# ── the happy path ──


def test_a_record_is_marked_and_the_receipt_shows_it() -> None:
    world = World()

    with capture_logs() as logs:
        receipt = play(cancel_one(world)).receipt

    assert (receipt.change, receipt.how, receipt.record.record_id) == ("cancelled", "soft", world.record_id)
    assert receipt.record.attendance is Attendance.DID_NOT_COME
    # The sixth call of the conversation waited for the lane.
    assert receipt.read_at == START + timedelta(seconds=1.05)
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.deleted, row.comment) == (-1, False, SENTENCE)
    visit = row.visit_id
    assert [{name: line[name] for name in line if name != "log_level"} for line in logs] == [
        {"event": "soft_cancel.started", "record": world.record_id, "company": 962302},
        {"event": "soft_cancel.visit_found", "visit": visit, "record": world.record_id},
        {"event": "soft_cancel.succeeded", "record": world.record_id, "visit": visit},
    ]


def test_exactly_status_and_comment_are_written() -> None:
    world = World()

    play(cancel_one(world))

    (write,) = world.requests("cancel")
    assert json.loads(write.body) == {"attendance": -1, "comment": SENTENCE}
    assert SENTENCE.encode() in write.body


def test_it_takes_four_calls_and_none_waits() -> None:
    async def scenario() -> float:
        record = await world.shown()
        world.simulator.log.clear()
        await asyncio.sleep(2)
        await world.cancelled(record)
        return asyncio.get_running_loop().time()

    world = World()

    assert play(scenario()) == 2
    assert [one.operation for one in world.simulator.log] == ["record", "visit", "cancel", "record"]


@pytest.mark.parametrize(
    ("comment", "written"),
    [
        ("у окна", f"у окна\n{SENTENCE}"),
        ("у окна\n\n", f"у окна\n{SENTENCE}"),
        ("  ", SENTENCE),
        (f"у окна. {SENTENCE}", f"у окна. {SENTENCE}"),
    ],
)
def test_an_old_comment_is_kept_in_front(comment: str, written: str) -> None:
    world = World()

    play(cancel_one(world, comment=comment))

    assert world.simulator.record(world.record_id).comment == written


@pytest.mark.parametrize(
    "quirk",
    [
        "slow on cancel",
        "shuffled-services",
        "wrong-offset",
        "string-ids",
        "int-phones",
        "empty-body",
    ],
)
def test_oddities_do_not_matter(quirk: str) -> None:
    world = World()
    world.simulator.edit_record(world.record_id, START, services=["Маникюр", "Педикюр", "Массаж"])
    play(cancel_one(world, quirk))

    assert world.attendance() == -1
    assert world.writes() == ["cancel"]


@pytest.mark.parametrize("confirmed", [0, 2])
def test_waiting_and_confirmed_records_can_be_cancelled(confirmed: int) -> None:
    world = World()

    play(cancel_one(world, attendance=confirmed))

    assert world.attendance() == -1


# ── the checks before the write ──


@pytest.mark.parametrize("edited", [{"attendance": -1}, {"deleted": True}])
def test_what_is_off_already_is_not_written_again(edited: dict[str, Any]) -> None:
    world = World()

    receipt = play(cancel_one(world, **edited)).receipt

    assert receipt.how == "already"
    assert world.writes() == []


def test_a_deleted_record_without_its_client_is_told_as_it_was_shown() -> None:
    world = World()

    receipt = play(cancel_one(world, "no-client on record", deleted=True)).receipt

    assert (receipt.how, receipt.record.services) == ("already", ("Маникюр",))


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        ({"attendance": 1}, "came"),
        ({"paid": True}, "paid"),
        ({"locked": True}, "locked"),
        ({"starts_at": START}, "started"),
        ({"starts_at": START - timedelta(hours=1)}, "started"),
    ],
)
def test_what_must_not_be_cancelled_is_refused(edited: dict[str, Any], detail: str) -> None:
    world = World()

    with capture_logs() as logs:
        assert rejection(world, **edited).detail == detail

    assert world.writes() == []
    assert logs[-1]["event"] == "soft_cancel.refused"
    assert logs[-1]["why"] == detail


@pytest.mark.parametrize("attendance", [0, -1])
def test_a_strangers_record_is_never_touched_nor_told_of(attendance: int) -> None:
    async def scenario() -> None:
        record = await world.shown()
        foreign = world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 15:00", attendance=attendance)
        await world.do_cancel(record.model_copy(update={"record_id": foreign}))

    world = World()

    with capture_logs() as logs, pytest.raises(Rejected) as rejected:
        play(scenario())

    assert rejected.value.detail == "not_yours"
    assert world.writes() == []
    assert "9000000" not in str(logs)


@pytest.mark.parametrize("quirk", ["no-client on record", "hidden-phones on record"])
def test_a_record_whose_owner_is_not_shown_is_nobodys(quirk: str) -> None:
    world = World()

    assert rejection(world, quirk).detail == "not_yours"
    assert world.writes() == []


@pytest.mark.parametrize(
    "edited", [{"services": ["Стрижка"]}, {"starts_at": START + timedelta(days=3)}, {"master": "Мария"}]
)
def test_a_record_that_changed_is_shown_again(edited: dict[str, Any]) -> None:
    async def scenario() -> tuple[object, object]:
        record = await world.shown()
        world.simulator.edit_record(record.record_id, START, **edited)
        event = await world.do_cancel(record)
        return event, RecordChanged(was=record, now=await world.shown())

    world = World()

    event, expected = play(scenario())
    assert event == expected
    assert world.writes() == []


def test_without_a_visit_nothing_is_written_and_nothing_deleted() -> None:
    world = World()

    with capture_logs() as logs:
        assert rejection(world, "no-visit-id").detail == "no_visit"

    assert world.writes() == []
    assert [line["event"] for line in logs] == ["soft_cancel.started", "soft_cancel.visit_missing"]


@pytest.mark.parametrize("quirk", ["500", "html-200", "timeout-before", "drop-before", "429"])
@pytest.mark.parametrize("operations", [("record",), ("visit", "records")])
def test_while_it_cannot_be_read_nothing_is_written(quirk: str, operations: tuple[str, ...]) -> None:
    world = World()

    with pytest.raises(Unavailable):
        play(cancel_one(world, *(f"{quirk} on {operation}" for operation in operations)))

    assert world.writes() == []


@pytest.mark.parametrize("quirk", ["404", "403", "500"])
def test_a_visit_that_cannot_be_read_is_looked_up_in_the_day(quirk: str) -> None:
    world = World()
    visit_id = world.simulator.record(world.record_id).visit_id
    sibling = world.add(VERA, "Педикюр", "Мария", "2026-11-25 16:00", visit_id=visit_id)

    play(cancel_one(world, f"{quirk} on visit"))

    assert world.writes() == ["move"]
    assert (world.attendance(), world.attendance(sibling)) == (-1, 0)


def test_a_record_of_somebody_else_in_the_same_visit_stays_as_it_is() -> None:
    world = World("siblings-follow")
    visit_id = world.simulator.record(world.record_id).visit_id
    theirs = world.add("+79000000077", "Педикюр", "Мария", "2026-11-25 16:00", visit_id=visit_id)

    play(cancel_one(world))

    assert world.writes() == ["move"]
    assert (world.attendance(), world.attendance(theirs)) == (-1, 0)


@pytest.mark.parametrize(("quirk", "detail"), [("403", "no_rights"), ("404", "not_found")])
def test_a_record_that_is_refused_to_us_is_not_written(quirk: str, detail: str) -> None:
    world = World()

    assert rejection(world, f"{quirk} on record").detail == detail
    assert world.writes() == []


# ── manners ──


def test_no_log_line_has_a_phone_or_a_name() -> None:
    with capture_logs() as logs:
        for quirk in ("slow", "404 on cancel", "403 on cancel", "no-visit-id", "visit-has-sibling"):
            with suppress(Rejected):
                play(cancel_one(World(), quirk))

    assert logs
    assert not any(word in str(logs) for word in ("9000000001", "Клиент", "Анна", "Маникюр"))


def test_many_cancels_at_once_keep_to_the_limits() -> None:
    async def scenario() -> list[Any]:
        shown = [await world.shown(phone) for phone in phones]
        return await asyncio.gather(*(world.do_cancel(record) for record in shown))

    world = World()
    phones = [f"+7900000{i}" for i in range(1000, 1020)]
    for phone in phones:
        world.add(phone, "Маникюр", "Анна", "2026-12-01 11:00")

    assert all(isinstance(event, RecordCancelled) for event in play(scenario()))
    assert world.simulator.worst_second() == 5
    assert all(one.status != 429 for one in world.simulator.log)
