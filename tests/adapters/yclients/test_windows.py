"""Find free windows for a record: as long as it is, within the shift, its own time left out of account."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.simulated import Reply, Request, SimulatedTransport
from engine.booking import FindSlots, MoveRecord, Record, RecordMoved, Slot, SlotsFound
from engine.ports import Rejected, Unavailable
from tests.adapters.yclients.world import NADEZHDA, START, STRANGER, World, play

DAY = "2026-11-25"
ALL_DAY = [f"{minutes // 60}:{minutes % 60:02}" for minutes in range(600, 1141, 30)]


async def windows(world: World, since: str = DAY, until: str = "", **more: Any) -> list[str]:
    return told(await world.slots(await world.shown(), since, until, **more))


def told(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts_at:%d %H:%M} {slot.master}" for slot in slots]


def anna(*times: str) -> list[str]:
    return [f"25 {at} Анна" for at in times]


def without(*times: str) -> list[str]:
    return anna(*(at for at in ALL_DAY if at not in times))


# ── what is free ──


def test_windows_begin_on_half_hours_and_leave_out_what_is_taken() -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 11:00", length_s=5400)
    world.add(STRANGER, "Стрижка", "Мария", "2026-11-25 13:00")

    found = play(windows(world))

    assert found == without("10:30", "11:00", "11:30", "12:00")
    assert [one.operation for one in world.simulator.log] == ["search", "records", "record", "slots"]


def test_the_records_own_time_counts_as_free_and_others_minutes_count() -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 16:10", length_s=600)

    assert play(windows(world)) == without("15:30", "16:00")


def test_one_call_tells_of_many_days() -> None:
    world = World()

    found = play(windows(world, "2026-11-26", "2026-12-05"))

    assert (found[0], found[-1], len(found)) == ("26 10:00 Анна", "05 19:00 Анна", 190)
    (call,) = world.requests("slots")
    assert call.path == "/company/962302/staff/schedule"
    assert call.query == (
        ("start_date", "2026-11-26"),
        ("end_date", "2026-12-05"),
        ("staff_ids[]", "2001"),
        ("include[]", "busy_intervals"),
    )


def test_a_window_is_as_long_as_the_record_and_the_break_behind_it() -> None:
    world = World()
    entry = world.simulator.record(world.record_id)
    world.simulator.edit_record(entry.record_id, START, deleted=True)
    world.add("+79000000001", "Маникюр", "Анна", "2026-11-26 12:00", length_s=7200, break_s=1800)
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 14:00")

    assert play(windows(world)) == anna(
        "10:00", "10:30", "11:00", "11:30", *("15:00", "15:30", "16:00", "16:30", "17:00", "17:30")
    )


def test_what_we_shortened_looks_for_its_whole_length() -> None:
    async def scenario() -> list[str]:
        record = await world.shown()
        await world.cancelled(record)
        return told(await world.slots(record, DAY))

    world = World(freed_window="shorten")

    assert play(scenario()) == without()


def test_nothing_starts_sooner_than_the_salons_notice_allows_or_than_now() -> None:
    async def scenario(not_before: datetime) -> list[str]:
        await asyncio.sleep(60)
        query = FindSlots(
            record=await world.shown(),
            since=START.date(),
            until=START.date(),
            not_before=not_before,
        )
        found = await world.booking.ask(query)
        assert isinstance(found, SlotsFound)
        return told(found.slots)

    world = World()
    wall_clock = datetime(2026, 11, 23, 18, 15, tzinfo=ZoneInfo("Europe/Moscow"))

    assert play(scenario(wall_clock)) == ["23 18:30 Анна", "23 19:00 Анна"]
    # It is just past ten, and nobody is served in the past.
    assert play(scenario(START - timedelta(days=1)))[0] == "23 10:30 Анна"


def test_windows_keep_to_the_wall_clock_over_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    world = World(zone=berlin)

    async def scenario() -> tuple[Slot, ...]:
        return await world.slots(await world.shown(), "2027-03-28")

    first = play(scenario())[0]

    assert first.starts_at.isoformat() == "2027-03-28T10:00:00+02:00"


@pytest.mark.parametrize(("quirk", "frees"), [("", False), ("noshow-frees-slot", True)])
def test_whether_a_no_show_keeps_its_window_is_the_salons_word(quirk: str, frees: bool) -> None:
    world = World(*([quirk] if quirk else []))
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 12:00", attendance=-1)

    assert ("25 12:00 Анна" in play(windows(world))) is frees


@pytest.mark.parametrize("quirk", ["slow", "shuffled-services", "wrong-offset", "string-ids", "int-phones"])
def test_oddities_do_not_matter(quirk: str) -> None:
    assert play(windows(World(quirk))) == without()


# ── whose ──


def two_masters() -> World:
    world = World()
    world.add(NADEZHDA, "Маникюр", "Мария", "2026-11-25 10:00", length_s=8 * 3600)
    return world


def test_by_default_only_the_own_masters_windows_are_found() -> None:
    assert play(windows(two_masters())) == without()


def test_any_master_who_does_it_all_is_asked_and_the_own_one_comes_first() -> None:
    world = two_masters()
    world.add(STRANGER, "Стрижка", "Елена", "2026-11-24 12:00")
    world.simulator.salon.only_do("Маникюр", "Анна", "Мария")

    found = play(windows(world, any_master=True))

    assert found[-4:] == ["25 18:30 Анна", "25 18:30 Мария", "25 19:00 Анна", "25 19:00 Мария"]
    assert not any("Елена" in slot for slot in found)
    operations = [one.operation for one in world.simulator.log][2:]
    assert operations[0] == "record"
    assert sorted(operations[1:3]) == ["services", "staff"]
    assert operations[3:] == ["slots"]


def test_several_services_need_one_who_does_them_all() -> None:
    world = two_masters()
    world.simulator.edit_record(world.record_id, START, services=["Маникюр", "Педикюр"])
    world.simulator.salon.only_do("Маникюр", "Анна", "Мария")
    world.simulator.salon.only_do("Педикюр", "Анна")

    assert {slot.split()[2] for slot in play(windows(world, any_master=True))} == {"Анна"}


@pytest.mark.parametrize("quirk", ["403 on services", "404 on staff"])
def test_where_the_masters_are_closed_to_us_the_own_one_is_left(quirk: str) -> None:
    world = two_masters()
    world.quirks(quirk)

    assert {slot.split()[2] for slot in play(windows(world, any_master=True))} == {"Анна"}


def test_a_move_goes_into_a_window_of_anothers() -> None:
    async def scenario() -> Any:
        record = await world.shown()
        slots = await world.slots(record, DAY, any_master=True)
        to = next(slot for slot in slots if slot.master == "Мария")
        return await world.booking.do(MoveRecord(record=record, to=to), key="k")

    world = two_masters()

    assert isinstance(play(scenario()), RecordMoved)
    assert f"{world.simulator.record(world.record_id).starts_at:%H:%M}" == "18:00"


# ── where one call is refused or knows nothing ──


@pytest.mark.parametrize("quirk", ["403", "404", "405", "422", "200-false"])
def test_where_the_schedule_is_refused_the_journals_grid_is_read(quirk: str) -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-25 11:00", length_s=5400)
    world.quirks(f"{quirk} on slots × 1")

    assert play(windows(world)) == without("10:30", "11:00", "11:30", "12:00")
    assert [one.path for one in world.requests("slots")][1:] == ["/timetable/seances/962302/2001/2026-11-25"]


def test_day_by_day_no_more_than_fourteen_calls_are_made() -> None:
    world = World()
    world.quirks("403 on slots × 1")

    found = play(windows(world, "2026-11-26", "2026-12-25"))

    assert len(world.requests("slots")) == 1 + 14
    assert {slot[:2] for slot in found} == {"26", "27", "28", "29", "30", *(f"{n:02}" for n in range(1, 10))}


def test_where_both_are_refused_what_can_be_booked_online_is_left() -> None:
    world = World()
    world.quirks("403 on slots × 2")

    # The record's own time is taken here: nobody can leave it out.
    assert play(windows(world)) == without("14:30", "15:00", "15:30")
    (call,) = world.requests("slots")[2:]
    assert (call.path, call.query) == ("/book_times/962302/2001/2026-11-25", (("service_ids[]", "1001"),))


def test_what_is_too_short_online_is_not_offered_and_nobody_has_looked() -> None:
    world = World()
    world.simulator.edit_record(world.record_id, START, length_s=5400)
    world.quirks("403 on slots × 2")

    with pytest.raises(Rejected) as rejected:
        play(windows(world))

    assert rejected.value.detail == "no_rights"


@pytest.mark.parametrize(
    ("quirk", "detail"), [("403", "no_rights"), ("404", "not_found"), ("422", "refused")]
)
def test_where_all_is_refused_it_is_refused(quirk: str, detail: str) -> None:
    with pytest.raises(Rejected) as rejected:
        play(windows(World(f"{quirk} on slots")))

    assert rejected.value.detail == detail


@pytest.mark.parametrize("quirk", ["500", "502-html", "html-200", "timeout-before", "drop-before", "429"])
@pytest.mark.parametrize("operation", ["record", "slots"])
def test_what_cannot_be_read_now_may_be_asked_again(quirk: str, operation: str) -> None:
    with pytest.raises(Unavailable):
        play(windows(World(f"{quirk} on {operation}")))


class Answering:
    """Answers calls for windows itself, by the first part of their path."""

    def __init__(self, world: World, answers: dict[str, object]) -> None:
        self.world, self.answers, self.asked = world, answers, list[str]()

    def handle(self, request: Request, now: Any) -> Reply:
        for path, data in self.answers.items():
            if path in request.path:
                self.asked.append(path)
                body = {"success": True, "data": data, "meta": []}
                return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return self.world.simulator.handle(request, now)


def answering(**answers: object) -> tuple[World, Answering]:
    world = World()
    simulator = Answering(world, answers)
    world.reach_through(SimulatedTransport(simulator, world.clock.now))
    return world, simulator


def test_a_schedule_that_knows_nothing_of_the_days_is_not_believed() -> None:
    world, simulator = answering(schedule=[])

    assert play(windows(world)) == without()
    assert simulator.asked == ["schedule"]


def test_a_day_off_is_a_day_off() -> None:
    world, _ = answering(schedule=[{"staff_id": 2001, "date": DAY, "slots": [], "busy_intervals": []}])

    assert play(windows(world)) == []
    assert world.requests("slots") == []


def test_where_nobody_knows_anything_nothing_is_free() -> None:
    world, simulator = answering(schedule=[], seances=[], book_times=[])

    assert play(windows(world)) == []
    assert simulator.asked == ["schedule", "seances", "book_times"]


def test_a_schedule_comes_in_odd_types_and_with_breaks() -> None:
    row = {
        "staff_id": "2001",
        "date": f"{DAY}T00:00:00+03:00",
        "slots": {"0": {"from": "9:00", "to": "12:30"}, "2": {"from": "13:15:00", "to": "24:00"}, "3": None},
        "busy_intervals": [
            {"entity_type": "record", "entity_id": "500001", "from": "10:00:00", "to": "11:00:00"},
            {"entity_type": "activity", "entity_id": 500001, "from": "13:00:00", "to": "22:00:00"},
            {"entity_type": "record", "entity_id": 7, "from": "x", "to": None},
        ],
        "off_day_type": None,
    }
    strangers = row | {"staff_id": 2002}
    world, _ = answering(schedule=[row, strangers, {"staff_id": 2001, "date": ""}, None])

    assert play(windows(world)) == anna(
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "22:00", "22:30", "23:00"
    )


def test_a_grid_of_other_steps_and_gaps_is_read() -> None:
    times = [
        ("9:45", True),
        ("10:00", True),
        ("10:15", True),
        ("10:30", True),
        ("10:45", True),
        ("11:00", True),
    ]
    times += [("14:00", False), ("14:15", True), ("15:00", False), ("15:15", False)]
    cells = [{"time": at, "is_free": free} for at, free in times] + [{"time": None, "is_free": True}]
    world, _ = answering(schedule=[], seances=cells)

    assert play(windows(world)) == anna("10:00")


@pytest.mark.parametrize("cells", [[{"time": "10:00", "is_free": True}], [{"time": "x"}, {"time": 1}]])
def test_a_grid_of_one_cell_tells_nothing(cells: list[object]) -> None:
    world, _ = answering(schedule=[], seances=cells)

    assert play(windows(world)) == []


# ── whose record ──


def test_windows_for_a_strangers_record_are_refused() -> None:
    async def scenario(record: Record) -> None:
        await world.slots(record.model_copy(update={"phone": STRANGER}), DAY)

    world = World()

    with pytest.raises(Rejected) as rejected:
        play(scenario(play(world.shown())))

    assert rejected.value.detail == "not_yours"
    assert world.requests("slots") == []


def test_a_record_without_a_master_has_no_windows() -> None:
    world = World()
    no_master = {"id": world.record_id, "client": {"phone": "+79000000001"}, "date": "2026-11-25 15:00:00"}
    simulator = Answering(world, {f"/record/962302/{world.record_id}": no_master})

    async def scenario() -> list[str]:
        record = await world.shown()
        world.reach_through(SimulatedTransport(simulator, world.clock.now))
        return told(await world.slots(record, DAY))

    assert play(scenario()) == []


def test_no_days_are_no_windows() -> None:
    assert play(windows(World(), "2026-11-25", "2026-11-24")) == []
