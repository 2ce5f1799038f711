"""The salon's zone, and what became of a cancel whose outcome was unknown."""

import asyncio
from datetime import timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from adapters.transport import Answer, Lost
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.simulator import YClientsSimulator
from engine.booking import Attendance, ReadOutcome, TurnedOut
from engine.ports import Unavailable
from tests.adapters.yclients.world import (
    START,
    LoopClock,
    Scripted,
    World,
    client_over,
    play,
)

# ── the zone ──


def test_the_zone_is_the_salons_own_and_asked_once() -> None:
    async def scenario() -> tuple[tzinfo, tzinfo]:
        return await booking.zone(), await booking.zone()

    simulator = YClientsSimulator(timezone="Asia/Vladivostok")
    world = World(zone=None)
    world.transport = type(world.transport)(simulator, world.clock.now)
    booking = YClientsBooking(client_over(world.transport), world.clock, simulator.company_id)

    assert {str(zone) for zone in play(scenario())} == {"Asia/Vladivostok"}
    assert [one.operation for one in simulator.log] == ["company"]


def test_today_is_the_salons_own_day() -> None:
    """At 07:00 UTC on Monday it is Monday in Moscow and still Sunday evening in Honolulu."""
    world = World(zone=ZoneInfo("Pacific/Honolulu"))

    play(world.found())

    assert dict(world.simulator.log[1].query)["start_date"] == "2026-11-22"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403, b'{"errors":{"code":403,"message":"x"},"meta":[]}'),
        Answer(200, b'{"success":true,"data":{"timezone_name":""},"meta":[]}'),
        Answer(200, b'{"success":true,"data":{"timezone_name":"Mars/Olympus"},"meta":[]}'),
        Answer(200, b'{"success":true,"data":[],"meta":[]}'),
    ],
)
def test_a_zone_that_cannot_be_had_is_moscow_loudly_and_asked_for_again(answer: Answer) -> None:
    async def scenario() -> list[str]:
        keys = [str(await booking.zone()), str(await booking.zone())]
        await asyncio.sleep(601)
        return [*keys, str(await booking.zone())]

    good = Answer(200, b'{"success":true,"data":{"timezone_name":"Asia/Omsk"},"meta":[]}')
    no_records = Answer(200, b'{"success":true,"data":[],"meta":[]}')
    transport = Scripted(answer, no_records, good)
    booking = YClientsBooking(client_over(transport), LoopClock(), 5)

    with capture_logs() as logs:
        assert play(scenario()) == ["Europe/Moscow", "Europe/Moscow", "Asia/Omsk"]

    assert [(line["event"], line["log_level"]) for line in logs] == [("yclients.zone_unknown", "error")]
    assert len(transport.sent) == 3


@pytest.mark.parametrize("refusal", [Answer(404, b""), Answer(403, b"{}"), Answer(502, b"<html>")])
def test_where_the_settings_are_closed_the_records_tell_the_offset(refusal: Answer) -> None:
    async def scenario() -> timedelta | None:
        return START.astimezone(await booking.zone()).utcoffset()

    record = b'{"success":true,"data":[{"id":1,"datetime":"2026-11-24T15:00:00+07:00"}],"meta":[]}'
    refusals = [refusal, refusal] if refusal.status == 404 else [refusal]
    booking = YClientsBooking(client_over(Scripted(*refusals, Answer(200, record))), LoopClock(), 5)

    assert play(scenario()) == timedelta(hours=7)


def test_a_zone_that_cannot_be_asked_for_now_is_no_moscow() -> None:
    silent = Scripted(Lost("time-out"), Lost("time-out"))
    booking = YClientsBooking(client_over(silent), LoopClock(), 5)

    with pytest.raises(Unavailable):
        play(booking.zone())


class Slow(Scripted):
    """Answers after a while, as a network does."""

    async def __call__(self, *args: Any, **more: Any) -> Answer:
        await asyncio.sleep(0.1)
        return await super().__call__(*args, **more)


def test_all_who_need_the_zone_at_once_share_one_call() -> None:
    """As after a start, when everything that was under way is due."""

    async def scenario() -> set[str]:
        return {str(zone) for zone in await asyncio.gather(*(booking.zone() for _ in range(40)))}

    good = Answer(200, b'{"success":true,"data":{"timezone_name":"Asia/Omsk"},"meta":[]}')
    transport = Slow(good)
    booking = YClientsBooking(client_over(transport), LoopClock(), 5)

    assert play(scenario()) == {"Asia/Omsk"}
    assert len(transport.sent) == 1


def test_all_who_share_a_call_hear_that_it_failed_and_the_next_asks_anew() -> None:
    async def scenario() -> str:
        ends = await asyncio.gather(*(booking.zone() for _ in range(3)), return_exceptions=True)
        assert [type(end) for end in ends] == [Unavailable] * 3
        return str(await booking.zone())

    good = Answer(200, b'{"success":true,"data":{"timezone_name":"Asia/Omsk"},"meta":[]}')
    transport = Slow(Answer(429, b"{}"), good)
    booking = YClientsBooking(client_over(transport), LoopClock(), 5)

    assert play(scenario()) == "Asia/Omsk"
    assert len(transport.sent) == 2


def test_who_waits_for_a_call_that_is_stopped_may_try_again() -> None:
    async def scenario() -> list[type]:
        first, second = (asyncio.ensure_future(booking.zone()) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        return [type(end) for end in await asyncio.gather(first, second, return_exceptions=True)]

    booking = YClientsBooking(client_over(Slow()), LoopClock(), 5)

    assert play(scenario()) == [asyncio.CancelledError, Unavailable]


# ── what became of it ──


async def outcome(world: World, attempt: int = 1, **edited: Any) -> TurnedOut:
    record = await world.shown()
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    turned_out = await world.booking.ask(ReadOutcome(record=record, attempt=attempt))
    assert isinstance(turned_out, TurnedOut)
    return turned_out


@pytest.mark.parametrize(("edited", "how"), [({"attendance": -1}, "soft"), ({"deleted": True}, "deleted")])
def test_a_change_that_stands_by_now_has_a_receipt(edited: dict[str, Any], how: str) -> None:
    turned_out = play(outcome(World(), attempt=2, **edited))

    assert turned_out.receipt is not None
    assert (turned_out.receipt.how, turned_out.attempt, turned_out.shown) == (how, 2, None)


def test_without_the_change_the_record_is_shown_as_it_is() -> None:
    world = World()

    turned_out = play(outcome(world, attendance=2))

    assert turned_out.receipt is None
    assert turned_out.shown is not None
    assert turned_out.shown.attendance is Attendance.CONFIRMED


@pytest.mark.parametrize("reads", [1, 2])
def test_one_stale_read_does_not_undo_what_was_told(reads: int) -> None:
    async def scenario() -> TurnedOut:
        record = await world.shown()
        await world.cancelled(record)
        await world.do_restore(record)
        world.quirks(f"stale-read on record × {reads}")
        look = ReadOutcome(record=record, change="restored", told_at=world.clock.now())
        turned_out = await world.booking.ask(look)
        assert isinstance(turned_out, TurnedOut)
        return turned_out

    world = World()

    receipt = play(scenario()).receipt

    assert receipt is not None
    assert receipt.change == "restored"


def test_what_was_told_of_a_move_is_held_against_where_it_went() -> None:
    async def scenario() -> tuple[TurnedOut, TurnedOut]:
        record = await world.shown()
        to = world.at("2026-11-26 18:00")
        await world.do_move(record, to)
        (moved,) = await world.found()
        look = ReadOutcome(record=moved, change="moved", to=to, told_at=world.clock.now())
        there = await world.booking.ask(look)
        world.simulator.edit_record(moved.record_id, START, starts_at=record.starts_at)
        back = await world.booking.ask(look)
        assert isinstance(there, TurnedOut)
        assert isinstance(back, TurnedOut)
        return there, back

    world = World()

    there, back = play(scenario())

    assert there.receipt is not None
    assert there.receipt.change == "moved"
    assert back.receipt is None
    assert back.shown is not None


@pytest.mark.parametrize("quirk", ["403 on record", "404 on record", "no-client on record"])
def test_what_cannot_be_read_proves_nothing(quirk: str) -> None:
    turned_out = play(outcome(World(quirk), attendance=-1))

    assert (turned_out.receipt, turned_out.shown) == (None, None)


def test_an_outcome_that_cannot_be_read_now_may_be_asked_again() -> None:
    with pytest.raises(Unavailable):
        play(outcome(World("500 on record")))
