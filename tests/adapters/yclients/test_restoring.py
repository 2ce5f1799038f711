"""Take a cancel back: only our own, only into a window that is free, and looked at afterwards."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.simulated import Reply, Request, SimulatedTransport
from adapters.transport import Answer, NotSent
from engine.booking import (
    Attendance,
    CancelRecord,
    ReadOutcome,
    RecordCancelled,
    RecordChanged,
    RecordRestored,
    RestoreRecord,
    SlotTaken,
    TurnedOut,
)
from engine.events import Event
from engine.ports import InDoubt, Rejected, Unavailable
from tests.adapters.yclients.world import (
    SENTENCE,
    START,
    STRANGER,
    VERA,
    Fault,
    Interfering,
    World,
    play,
)


async def restore_one(world: World, *quirks: str, **edited: Any) -> Event:
    """Show Vera her record, cancel it, change the world, and take the cancel back."""
    record = await world.shown()
    await world.cancelled(record)
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    world.quirks(*quirks)
    return await world.do_restore(record)


def restored(world: World, *quirks: str, **edited: Any) -> RecordRestored:
    event = play(restore_one(world, *quirks, **edited))
    assert isinstance(event, RecordRestored)
    return event


def refusal(world: World, *quirks: str, **edited: Any) -> str:
    with pytest.raises(Rejected) as rejected:
        play(restore_one(world, *quirks, **edited))
    return rejected.value.detail


def with_notes(**settings: Any) -> World:
    world = World(**settings)
    world.simulator.edit_record(world.record_id, START, comment="у окна", attendance=2)
    return world


# ── the happy path ──


def test_our_own_cancel_is_taken_back() -> None:
    world = with_notes()

    with capture_logs() as logs:
        event = restored(world)

    receipt = event.receipt
    assert (receipt.change, receipt.how, event.overlaps) == ("restored", "soft", False)
    assert receipt.record.attendance is Attendance.CONFIRMED
    assert receipt.was is not None
    assert receipt.was.attendance is Attendance.DID_NOT_COME
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.comment, row.length_s) == (2, "у окна", 3600)
    assert world.writes() == ["cancel", "move"]
    assert [line["event"] for line in logs][-1] == "restore.succeeded"


def test_the_write_asks_for_the_window_and_gives_everything_else_back() -> None:
    world = World()
    world.record_id = world.add(VERA, "Маникюр", "Анна", "2026-11-24 15:00", discount=20, break_s=300)
    before = world.simulator.record(world.record_id)

    restored(world)

    body = json.loads(world.requests("move")[-1].body)
    assert (body["save_if_busy"], body["attendance"], body["comment"]) == (False, 0, "")
    assert (body["datetime"], body["seance_length"], body["staff_id"]) == ("2026-11-24 15:00:00", 3600, 2001)
    after = world.simulator.record(world.record_id)
    assert (after.prices, after.client_id, after.break_s) == (before.prices, before.client_id, 300)
    assert [one.operation for one in world.simulator.log][-5:] == [
        "record",
        "records",
        "move",
        "record",
        "records",
    ]
    query = dict(world.simulator.log[-1].query)
    assert (query["staff_id"], query["start_date"], query["end_date"]) == ("2001", "2026-11-24", "2026-11-24")


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        (SENTENCE, ""),
        (f"у окна\n{SENTENCE}", "у окна"),
        (f"у окна. {SENTENCE}", "у окна."),
        (f"у окна\n\n{SENTENCE}\nпозвонить", "у окна\n\nпозвонить"),
    ],
)
def test_our_mark_is_taken_out_and_the_salons_notes_stay(comment: str, left: str) -> None:
    world = World()

    restored(world, comment=comment)

    assert world.simulator.record(world.record_id).comment == left


def test_what_was_shortened_is_as_long_as_it_was() -> None:
    world = with_notes(freed_window="shorten")

    restored(world)

    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.length_s, row.comment) == (2, 3600, "у окна")
    assert world.writes() == ["cancel", "move", "move"]


@pytest.mark.parametrize(
    "quirk",
    ["slow", "shuffled-services", "wrong-offset", "string-ids", "int-phones", "no-visit-id",
     "visit-has-sibling", "siblings-follow", "noshow-frees-slot"],
)  # fmt: skip
def test_oddities_do_not_matter(quirk: str) -> None:
    world = World()

    with capture_logs() as logs:
        restored(world, quirk)

    assert world.attendance() == 0
    assert not [line for line in logs if line["log_level"] == "error"]


# ── the checks before the write ──


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        ({"comment": "не пришла"}, "refused"),
        ({"deleted": True}, "not_found"),
        ({"attendance": 1}, "came"),
        ({"paid": True}, "paid"),
        ({"locked": True}, "locked"),
    ],
)
def test_what_is_not_ours_or_must_not_come_back_is_refused(edited: dict[str, Any], detail: str) -> None:
    world = World()

    assert refusal(world, **edited) == detail
    assert world.writes() == ["cancel"]


def test_a_visit_that_would_have_begun_does_not_come_back() -> None:
    async def scenario() -> None:
        record = await world.shown()
        await world.cancelled(record)
        await asyncio.sleep(3 * 86400)
        with pytest.raises(Rejected, match="started"):
            await world.do_restore(record)

    world = World()

    play(scenario())


def test_a_record_whose_client_is_not_shown_is_never_written() -> None:
    world = World()

    assert refusal(world, "hidden-phones on record") == "not_yours"
    assert world.writes() == ["cancel"]


@pytest.mark.parametrize(
    "edited", [{"services": "Стрижка"}, {"starts_at": START + timedelta(days=5)}, {"master": "Мария"}]
)
def test_what_is_no_longer_as_it_was_shown_is_asked_about_again(edited: dict[str, Any]) -> None:
    world = World()

    assert isinstance(play(restore_one(world, **edited)), RecordChanged)
    assert world.writes() == ["cancel"]


def test_what_is_on_again_is_not_written_again() -> None:
    world = World()

    assert restored(world, attendance=2).receipt.how == "already"
    assert (world.writes(), world.attendance()) == (["cancel"], 2)


def test_reads_that_stay_stale_do_not_prove_that_it_is_on_again() -> None:
    async def scenario() -> None:
        record = await world.shown()
        await world.cancelled(record)
        world.quirks("stale-read on record", "timeout-before on move")
        with pytest.raises(InDoubt):
            await world.do_restore(record)

    world = World()

    play(scenario())

    assert world.attendance() == -1


def test_what_the_salon_brought_back_short_gets_its_whole_window() -> None:
    world = World(freed_window="shorten")

    assert restored(world, attendance=2).receipt.how == "soft"
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.length_s) == (2, 3600)


def test_a_snapshot_of_the_cancelled_record_brings_it_back_as_waiting() -> None:
    async def scenario() -> Event:
        receipt = (await world.cancelled(await world.shown())).receipt
        return await world.booking.do(RestoreRecord(record=receipt.record), key="k")

    world = World()

    assert isinstance(play(scenario()), RecordRestored)
    assert world.attendance() == 0


@pytest.mark.parametrize("quirk", ["500", "html-200", "timeout-before", "drop-before", "429"])
def test_while_it_cannot_be_read_nothing_is_written(quirk: str) -> None:
    world = World()

    with pytest.raises(Unavailable):
        play(restore_one(world, f"{quirk} on record"))

    assert world.writes() == ["cancel"]


# ── the window is taken ──


@pytest.mark.parametrize("settings", [{}, {"freed_window": "shorten"}])
@pytest.mark.parametrize("quirks", [(), ("busy-422",)])
def test_a_window_that_somebody_took_meanwhile_is_taken(
    quirks: tuple[str, ...], settings: dict[str, Any]
) -> None:
    async def scenario() -> Event:
        record = await world.shown()
        await world.cancelled(record)
        world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 15:30")
        world.quirks(*quirks)
        return await world.do_restore(record)

    world = World(**settings)

    event = play(scenario())

    assert isinstance(event, SlotTaken)
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.comment) == (-1, SENTENCE)


def test_a_window_sold_over_a_no_show_is_taken() -> None:
    """Where a no-show frees its time, the salon sells it without knowing of the client's second thoughts."""
    world = World("noshow-frees-slot")

    async def scenario() -> Event:
        record = await world.shown()
        await world.cancelled(record)
        world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 15:00")
        return await world.do_restore(record)

    assert isinstance(play(scenario()), SlotTaken)


class Booking:
    """Somebody of the salon books over the record in the moment in which it comes back."""

    def __init__(self, world: World, **more: Any) -> None:
        self.world, self.more = world, more

    def handle(self, request: Request, now: Any) -> Reply:
        reply = self.world.simulator.handle(request, now)
        if request.method == "PUT" and b'"save_if_busy": false' in request.body:
            self.world.add(STRANGER, "Стрижка", "Анна", "2026-11-25 15:30", **self.more)
        return reply


@pytest.mark.parametrize(("more", "overlaps"), [({}, True), ({"attendance": -1}, False)])
def test_another_booking_over_it_is_seen_afterwards(more: dict[str, Any], overlaps: bool) -> None:
    world = World()
    world.reach_through(SimulatedTransport(Booking(world, **more), world.clock.now))

    assert restored(world).overlaps is overlaps


@pytest.mark.parametrize("starts_at", ["2026-11-25 14:00", "2026-11-25 16:00", "2026-11-24 15:30"])
def test_neighbours_do_not_overlap(starts_at: str) -> None:
    world = World()
    world.add(STRANGER, "Стрижка", "Анна", starts_at)
    world.add(STRANGER, "Стрижка", "Мария", "2026-11-25 15:00")

    assert not restored(world).overlaps


@pytest.mark.parametrize("quirk", ["500 on records × 2", "429 on records × 2", "403 on records × 2"])
def test_the_day_is_read_once_more_if_need_be(quirk: str) -> None:
    world = World()
    world.reach_through(SimulatedTransport(Booking(world), world.clock.now))

    assert restored(world, quirk).overlaps


def test_a_day_that_cannot_be_read_is_a_loud_line() -> None:
    with capture_logs() as logs:
        event = restored(World(), "500 on records")

    assert not event.overlaps
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["restore.overlap_unknown"]


def test_a_reading_older_than_the_salon_s_move_is_not_written_back() -> None:
    """The whole record is written: its old time would undo the move."""

    async def scenario() -> None:
        record = await world.shown()
        await world.cancelled(record)
        world.simulator.edit_record(
            world.record_id, world.clock.now(), starts_at=datetime(2026, 11, 25, 15, tzinfo=UTC)
        )
        world.quirks("stale-read on record × 1")
        with pytest.raises(Unavailable):
            await world.do_restore(record)
        assert isinstance(await world.do_restore(record), RecordChanged)

    world = World()

    play(scenario())

    assert world.writes() == ["cancel"]


def test_where_the_day_does_not_show_it_the_record_is_read_twice_more() -> None:
    world = World()

    restored(world, "500 on records × 1")

    before = [one.operation for one in world.simulator.log]
    assert before[before.index("move") - 4 : before.index("move")] == [
        "record",
        "records",
        "record",
        "record",
    ]


# ── what is believed afterwards ──


@pytest.mark.parametrize(
    "quirk",
    [
        *(
            "500-but-done on move",
            "502-but-done on move",
            "timeout-but-done on move",
            "drop-but-done on move",
        ),
        *("stale-read on record × 1",),
    ],
)
def test_what_the_journal_shows_counts_whatever_was_answered(quirk: str) -> None:
    world = World()

    restored(world, quirk)

    assert world.attendance() == 0


@pytest.mark.parametrize(
    "quirk", ["500", "502-html", "html-200", "timeout-before", "drop-before", "421", "timeout-done-later"]
)
def test_no_certain_answer_and_no_change_is_in_doubt_and_may_be_tried_again(quirk: str) -> None:
    async def scenario() -> Event:
        record = await world.shown()
        await world.cancelled(record)
        world.quirks(f"{quirk} on move × 1")
        with pytest.raises(InDoubt):
            await world.do_restore(record)
        await asyncio.sleep(60)
        return await world.do_restore(record)

    world = World()

    event = play(scenario())

    assert isinstance(event, RecordRestored)
    late = quirk == "timeout-done-later"
    assert event.receipt.how == ("already" if late else "soft")
    assert world.attendance() == 0


@pytest.mark.parametrize(
    ("quirk", "detail"),
    [("401", "no_rights"), ("403", "no_rights"), ("422", "refused"), ("200-false", "refused")],
)
def test_a_definite_refusal_is_final(quirk: str, detail: str) -> None:
    world = World()

    assert refusal(world, f"{quirk} on move") == detail
    assert world.attendance() == -1


def test_a_write_that_was_turned_away_did_nothing() -> None:
    with pytest.raises(Unavailable):
        play(restore_one(World(), "429 on move"))


BUSY = Answer(409, b'{"success":false,"meta":{"message":"x","conflict":true}}')


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ((("GET", range(3, 99), NotSent("refused")),), InDoubt),
        ((("PUT", range(1, 2), BUSY), ("GET", range(3, 99), NotSent("refused"))), Unavailable),
    ],
)
def test_without_a_reading_nothing_is_promised(faults: tuple[Fault, ...], error: type[Exception]) -> None:
    async def scenario() -> None:
        record = await world.shown()
        await world.cancelled(record)
        world.reach_through(Interfering(world.transport, *faults))
        with pytest.raises(error):
            await world.do_restore(record)

    world = World()

    play(scenario())


def test_a_line_that_was_wiped_is_loud_and_the_restore_is_told_all_the_same() -> None:
    class Meddling:
        def handle(self, request: Request, now: Any) -> Reply:
            reply = world.simulator.handle(request, now)
            if request.method == "PUT" and b'"save_if_busy": false' in request.body:
                world.simulator.edit_record(world.record_id, now, services="Педикюр", comment="")
            return reply

    world = with_notes()
    world.reach_through(SimulatedTransport(Meddling(), world.clock.now))

    with capture_logs() as logs:
        restored(world)

    (loud,) = [line for line in logs if line["log_level"] == "error"]
    assert (loud["event"], sorted(loud["what"])) == ("restore.harmed", ["comment", "services"])


# ── later ──


@pytest.mark.parametrize(
    ("edited", "stands"),
    [
        ({}, False),
        ({"attendance": 0}, True),
        ({"attendance": 2}, True),
        ({"attendance": 0, "length_s": 300}, False),
        ({"attendance": 0, "starts_at": START + timedelta(days=9)}, False),
    ],
)
def test_what_became_of_it_is_what_is_read_then(edited: dict[str, Any], stands: bool) -> None:
    async def scenario() -> Event:
        record = await world.shown()
        await world.cancelled(record)
        world.simulator.edit_record(record.record_id, START, **edited)
        return await world.booking.ask(ReadOutcome(record=record, change="restored"))

    world = World()

    turned_out = play(scenario())

    assert isinstance(turned_out, TurnedOut)
    assert turned_out.change == "restored"
    assert (turned_out.receipt is not None, turned_out.shown is not None) == (stands, not stands)


# ── there and back again ──


def test_a_stale_read_of_an_earlier_cancel_is_no_second_one() -> None:
    async def scenario() -> Event:
        record = await world.shown()
        await world.cancelled(record)
        await world.do_restore(record)
        world.quirks("stale-read on record × 1")
        return await world.cancelled(record)

    world = World()

    play(scenario())

    assert world.attendance() == -1
    assert world.writes() == ["cancel", "move", "cancel"]


@pytest.mark.parametrize(("ago_s", "took_s"), [(0.0, 3.0), (2.0, 1.0), (3.0, 0.0), (600.0, 0.0)])
def test_what_was_done_in_an_earlier_life_is_known_once_no_read_can_be_stale_any_more(
    ago_s: float, took_s: float
) -> None:
    async def scenario() -> float:
        record = await world.shown()
        await world.cancelled(record)
        await asyncio.sleep(700)
        begun = world.clock.monotonic()
        wanted_at = world.clock.now() - timedelta(seconds=ago_s)
        event = await world.booking.do(CancelRecord(record=record), key="k1", wanted_at=wanted_at)
        assert isinstance(event, RecordCancelled)
        return world.clock.monotonic() - begun

    world = World()

    assert play(scenario()) == pytest.approx(took_s)
    assert world.writes() == ["cancel"]


def test_a_record_that_stands_is_believed_only_when_it_is_read_twice() -> None:
    async def scenario() -> None:
        record = await world.shown()
        world.reach_through(Interfering(world.transport, ("GET", range(2, 99), Answer(502, b""))))
        with pytest.raises(Unavailable):
            await world.do_restore(record)

    world = World()

    play(scenario())
