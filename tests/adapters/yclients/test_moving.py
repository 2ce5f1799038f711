"""Move a record: the whole of it is given back with another start, and believed when it is read."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.simulated import Reply, Request, SimulatedTransport
from adapters.transport import Answer, NotSent
from adapters.yclients.simulator.salon import Client
from engine.booking import (
    Attendance,
    ReadOutcome,
    RecordChanged,
    RecordMoved,
    Slot,
    SlotTaken,
    TurnedOut,
)
from engine.events import Event
from engine.ports import InDoubt, Rejected, Unavailable
from tests.adapters.yclients.world import (
    NADEZHDA,
    SENTENCE,
    START,
    STRANGER,
    VERA,
    Fault,
    World,
    interfered,
    play,
)

THERE = "2026-11-26 12:30"


async def move_one(
    world: World, *quirks: str, to: str = THERE, whose: str = "Анна", revives: bool = False, **edited: Any
) -> Event:
    """Show Vera her record, change the world, and move the record."""
    record = await world.shown()
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    world.quirks(*quirks)
    return await world.do_move(record, world.at(to, whose), revives=revives)


def moved(world: World, *quirks: str, **more: Any) -> RecordMoved:
    event = play(move_one(world, *quirks, **more))
    assert isinstance(event, RecordMoved)
    return event


def refusal(world: World, *quirks: str, **more: Any) -> str:
    with pytest.raises(Rejected) as rejected:
        play(move_one(world, *quirks, **more))
    return rejected.value.detail


def stands(world: World) -> str:
    row = world.simulator.record(world.record_id)
    return f"{row.starts_at:%d %H:%M} {row.master}"


# ── the happy path ──


def test_a_record_is_moved_and_the_receipt_shows_it() -> None:
    world = World()

    with capture_logs() as logs:
        receipt = moved(world).receipt

    assert (receipt.change, receipt.how, receipt.record.record_id) == ("moved", "soft", world.record_id)
    assert f"{receipt.record.starts_at:%d %H:%M}" == "26 12:30"
    assert receipt.was is not None
    assert f"{receipt.was.starts_at:%d %H:%M}" == "25 15:00"
    assert stands(world) == "26 12:30 Анна"
    assert [one.operation for one in world.simulator.log][-3:] == ["record", "move", "record"]
    assert [line["event"] for line in logs] == ["move.succeeded"]


def full_of_detail() -> World:
    """Vera's card is whole, her record has two lines with a discount, a break, notes, a label and fields."""
    world = World()
    salon = world.simulator.salon
    world.record_id = world.add(
        VERA, ["Маникюр", "Педикюр"], "Анна", "2026-11-24 15:00",
        length_s=5400, discount=15, break_s=600, comment="у окна", attendance=2,
    )  # fmt: skip
    entry = salon.entries[world.record_id]
    card = salon.clients[entry.client_id or 0]
    salon.put_client(replace(card, name="Вера", surname="Н", patronymic="П", email="v@example.org"))
    kept = {
        "api_id": "777",
        "custom_color": "f44336",
        "custom_fields": {"vip": 1},
        "clients_count": 1,
        "activity_id": 7,
        "sms_remain_hours": 6,
        "email_remain_hours": 24,
        "record_labels": [{"id": "67345", "title": "Категория 67345"}],
    }
    salon.put(replace(entry, kept=kept), START)
    return world


def test_the_whole_record_is_given_back_with_another_start() -> None:
    world = full_of_detail()
    card = next(iter(world.simulator.salon.clients.values()))

    moved(world)

    (write,) = world.requests("move")
    body = json.loads(write.body)
    lines = body.pop("services")
    assert [
        {name: line[name] for name in ("id", "first_cost", "discount", "cost", "amount")} for line in lines
    ] == [
        {"id": 1001, "first_cost": 1500, "discount": 15, "cost": 1275, "amount": 1},
        {"id": 1002, "first_cost": 1500, "discount": 15, "cost": 1275, "amount": 1},
    ]
    assert body == {
        "staff_id": 2001,
        "client": {
            "id": card.client_id, "phone": VERA, "name": "Вера", "surname": "Н", "patronymic": "П",
            "email": "v@example.org",
        },
        "datetime": "2026-11-26 12:30:00",
        "seance_length": 5400,
        "technical_break_duration": 600,
        "comment": "у окна",
        "attendance": 2,
        "save_if_busy": False,
        "send_sms": False,
        "api_id": "777",
        "custom_color": "f44336",
        "custom_fields": {"vip": 1},
        "record_labels": ["67345"],
        "activity_id": 7,
        "clients_count": 1,
        "sms_remain_hours": 6,
        "email_remain_hours": 24,
        "client_agreements": body["client_agreements"],
    }  # fmt: skip


def test_nothing_but_the_start_has_changed_in_the_journal() -> None:
    world = full_of_detail()
    salon = world.simulator.salon
    before, cards = salon.entries[world.record_id], dict(salon.clients)

    with capture_logs() as logs:
        moved(world)

    after = salon.entries[world.record_id]
    assert after.starts_at == before.starts_at + timedelta(days=1, hours=21, minutes=30)
    assert replace(after, starts_at=before.starts_at, changed_at=before.changed_at) == before
    assert dict(salon.clients) == cards
    assert not [line for line in logs if line["log_level"] == "error"]


def test_it_may_go_to_another_master() -> None:
    world = World()
    world.add(NADEZHDA, "Маникюр", "Мария", "2026-11-27 10:00")

    receipt = moved(world, whose="Мария").receipt

    assert (receipt.record.master, stands(world)) == ("Мария", "26 12:30 Мария")


def test_it_may_go_into_its_own_time() -> None:
    world = World()

    moved(world, to="2026-11-25 15:30")

    assert stands(world) == "25 15:30 Анна"


def test_siblings_of_the_visit_stay_as_they_are() -> None:
    world = World()
    visit_id = world.simulator.record(world.record_id).visit_id
    sibling = world.add(VERA, "Педикюр", "Мария", "2026-11-25 16:00", visit_id=visit_id)
    before = world.simulator.salon.entries[sibling]

    moved(world)

    assert world.simulator.salon.entries[sibling] == before


def test_the_card_that_is_written_is_the_records_own_of_two_with_one_phone() -> None:
    world = World()
    salon = world.simulator.salon
    daughters = world.add(VERA, "Стрижка", "Анна", "2026-11-24 11:00", name="Маша")
    cards = dict(salon.clients)
    world.record_id = daughters

    moved(world)

    assert stands(world) == "26 12:30 Анна"
    assert salon.clients == cards
    assert salon.entries[daughters].client_id == max(cards)


@pytest.mark.parametrize(
    "quirk",
    [
        *("slow on move", "slow", "shuffled-services", "wrong-offset", "string-ids", "int-phones"),
        *("no-visit-id", "visit-has-sibling", "leaky-phone-filter", "noshow-frees-slot", "siblings-follow"),
    ],
)
def test_oddities_do_not_matter(quirk: str) -> None:
    world = World()
    world.simulator.edit_record(world.record_id, START, services=["Маникюр", "Педикюр", "Массаж"])

    with capture_logs() as logs:
        moved(world, quirk)

    assert stands(world) == "26 12:30 Анна"
    assert not [line for line in logs if line["log_level"] == "error"]


# ── the checks before the write ──


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        ({"attendance": 1}, "came"),
        ({"paid": True}, "paid"),
        ({"locked": True}, "locked"),
        ({"starts_at": START}, "started"),
        ({"attendance": -1}, "not_found"),
        ({"deleted": True}, "not_found"),
    ],
)
def test_what_must_not_be_moved_is_refused(edited: dict[str, Any], detail: str) -> None:
    world = World()

    assert refusal(world, **edited) == detail
    assert world.writes() == []


@pytest.mark.parametrize("quirk", ["hidden-phones on record", "no-client on record"])
def test_a_record_whose_client_is_not_shown_is_never_written(quirk: str) -> None:
    world = World()

    assert refusal(world, quirk) == "not_yours"
    assert world.writes() == []


@pytest.mark.parametrize(
    "edited", [{"services": "Стрижка"}, {"starts_at": START + timedelta(days=5)}, {"master": "Мария"}]
)
def test_what_is_no_longer_as_it_was_shown_is_asked_about_again(edited: dict[str, Any]) -> None:
    world = World()

    event = play(move_one(world, **edited))

    assert isinstance(event, RecordChanged)
    assert not event.now.shows_the_same(event.was)
    assert world.writes() == []


def test_what_stands_there_already_is_not_written_again() -> None:
    world = World()
    there = world.at(THERE).starts_at

    assert moved(world, starts_at=there).receipt.how == "already"
    assert world.writes() == []


@pytest.mark.parametrize("quirk", ["500", "html-200", "timeout-before", "drop-before", "429"])
def test_while_it_cannot_be_read_nothing_is_written(quirk: str) -> None:
    world = World()

    with pytest.raises(Unavailable):
        play(move_one(world, f"{quirk} on record"))

    assert world.writes() == []


# ── the window is taken ──


@pytest.mark.parametrize("quirks", [(), ("busy-422",)])
def test_a_window_that_somebody_took_meanwhile_is_taken(quirks: tuple[str, ...]) -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-26 12:00")

    event = play(move_one(world, *quirks))

    assert isinstance(event, SlotTaken)
    assert f"{event.record.starts_at:%d %H:%M}" == "25 15:00"
    assert world.writes() == ["move"]


@pytest.mark.parametrize("quirk", ["409 on move", "409 on move × 1"])
def test_a_conflict_is_a_taken_window(quirk: str) -> None:
    assert isinstance(play(move_one(World(), quirk)), SlotTaken)


def test_outside_of_the_hours_nothing_is_free() -> None:
    assert isinstance(play(move_one(World(), to="2026-11-26 19:30")), SlotTaken)


def test_a_window_refused_in_words_alone_is_taken() -> None:
    words = '{"success":false,"meta":{"message":"Выбранное время уже занято"}}'.encode()
    world = interfered(("PUT", range(1, 2), Answer(200, words)))

    assert isinstance(play(move_one(world)), SlotTaken)


def test_two_at_once_never_get_one_window() -> None:
    async def scenario() -> tuple[Event, Event]:
        vera, nadezhda = await world.shown(), await world.shown(NADEZHDA)
        to = world.at(THERE)
        return await asyncio.gather(world.do_move(vera, to), world.do_move(nadezhda, to))

    world = World()
    world.add(NADEZHDA, "Маникюр", "Анна", "2026-11-25 17:00")

    assert sorted(type(event).__name__ for event in play(scenario())) == ["RecordMoved", "SlotTaken"]


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
        *("stale-read on record × 1", "stale-read on record × 2"),
    ],
)
def test_what_the_journal_shows_counts_whatever_was_answered(quirk: str) -> None:
    world = World()

    assert moved(world, quirk).receipt.how == "soft"
    assert world.writes() == ["move"]


@pytest.mark.parametrize(
    "quirk", ["500", "502-html", "html-200", "timeout-before", "drop-before", "421", "timeout-done-later"]
)
def test_no_certain_answer_and_no_change_is_in_doubt_and_may_be_tried_again(quirk: str) -> None:
    async def scenario() -> Event:
        record = await world.shown()
        world.quirks(f"{quirk} on move × 1")
        with pytest.raises(InDoubt):
            await world.do_move(record, world.at(THERE))
        assert world.writes() == ["move"]
        await asyncio.sleep(60)
        return await world.do_move(record, world.at(THERE))

    world = World()

    event = play(scenario())

    assert isinstance(event, RecordMoved)
    late = quirk == "timeout-done-later"
    assert event.receipt.how == ("already" if late else "soft")
    assert world.writes() == (["move"] if late else ["move", "move"])


def test_a_success_that_the_journal_does_not_show_is_in_doubt() -> None:
    world = World()

    with pytest.raises(InDoubt):
        play(move_one(world, "stale-read on record"))

    assert len(world.requests("record")) == 4


@pytest.mark.parametrize(
    ("quirk", "detail"),
    [("401", "no_rights"), ("403", "no_rights"), ("404", "refused"), ("405", "refused"), ("422", "refused"),
     ("200-false", "refused")],
)  # fmt: skip
def test_a_definite_refusal_is_final(quirk: str, detail: str) -> None:
    world = World()

    assert refusal(world, f"{quirk} on move") == detail
    assert world.writes() == ["move"]
    assert stands(world) == "25 15:00 Анна"


def test_a_write_that_was_turned_away_did_nothing() -> None:
    with pytest.raises(Unavailable) as unavailable:
        play(move_one(World(), "429 on move"))

    assert unavailable.value.retry_after_s == pytest.approx(1)


BUSY = Answer(409, b'{"success":false,"meta":{"message":"x","conflict":true}}')
GONE: Fault = ("GET", range(4, 99), NotSent("refused"))


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ((("PUT", range(1, 2), NotSent("refused")),), Unavailable),
        ((("GET", range(3, 99), NotSent("refused")),), InDoubt),
        ((("PUT", range(1, 2), BUSY), ("GET", range(3, 99), NotSent("refused"))), Unavailable),
        ((("PUT", range(1, 2), Answer(403, b"{}")), ("GET", range(3, 99), Answer(403, b"{}"))), Unavailable),
    ],
)
def test_without_a_reading_nothing_is_promised(faults: tuple[Fault, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        play(move_one(interfered(*faults)))


class Meddling:
    """A YClients that does more than it was asked to."""

    def __init__(self, world: World) -> None:
        self.world = world

    def handle(self, request: Request, now: Any) -> Reply:
        reply = self.world.simulator.handle(request, now)
        if request.method == "PUT":
            salon = self.world.simulator.salon
            self.world.simulator.edit_record(self.world.record_id, now, comment="", length_s=600)
            entry = salon.entries[self.world.record_id]
            salon.put_client(Client(entry.client_id or 0, "Кто-то", VERA))
            salon.put(replace(entry, lines=tuple(replace(line, cost=1) for line in entry.lines)), now)
        return reply


def test_a_line_that_was_wiped_is_loud_and_the_move_is_told_all_the_same() -> None:
    world = World()
    world.simulator.edit_record(world.record_id, START, comment="у окна")
    world.reach_through(SimulatedTransport(Meddling(world), world.clock.now))

    with capture_logs() as logs:
        moved(world)

    (loud,) = [line for line in logs if line["log_level"] == "error"]
    assert loud["event"] == "move.harmed"
    assert sorted(loud["what"]) == ["client", "comment", "seance_length", "services"]
    assert not any(word in str(logs) for word in ("9000000001", "Кто-то", "у окна"))


# ── a cancelled record that comes back by the move ──


async def revive_one(world: World, *quirks: str, **edited: Any) -> Event:
    record = await world.shown()
    await world.cancelled(record)
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    world.quirks(*quirks)
    return await world.do_move(record, world.at(THERE), revives=True)


@pytest.mark.parametrize("freed_window", ["keep", "shorten"])
def test_a_cancelled_record_comes_back_at_another_time_in_one_write(freed_window: str) -> None:
    world = World(freed_window=freed_window)
    world.simulator.edit_record(world.record_id, START, comment="у окна", attendance=2)

    event = play(revive_one(world))

    assert isinstance(event, RecordMoved)
    assert event.receipt.record.attendance is Attendance.CONFIRMED
    row = world.simulator.record(world.record_id)
    assert (stands(world), row.attendance, row.length_s, row.comment) == (
        "26 12:30 Анна",
        2,
        3600,
        "у окна",
    )
    assert json.loads(world.requests("move")[-1].body)["save_if_busy"] is False
    assert world.writes() == ["cancel", *(["move"] if freed_window == "shorten" else []), "move"]


def test_a_no_show_of_the_salon_s_own_is_not_brought_back() -> None:
    world = World()

    with pytest.raises(Rejected) as rejected:
        play(revive_one(world, comment="сама не пришла"))

    assert rejected.value.detail == "not_found"
    assert world.writes() == ["cancel"]


def test_what_the_salon_brought_back_meanwhile_is_only_moved() -> None:
    world = World()

    play(revive_one(world, attendance=2))

    row = world.simulator.record(world.record_id)
    assert (stands(world), row.attendance) == ("26 12:30 Анна", 2)


def test_a_revival_into_a_taken_window_changes_nothing() -> None:
    world = World()
    world.add(STRANGER, "Маникюр", "Анна", "2026-11-26 12:00")

    event = play(revive_one(world))

    assert isinstance(event, SlotTaken)
    row = world.simulator.record(world.record_id)
    assert (row.attendance, row.comment) == (-1, SENTENCE)


# ── later ──


async def look(world: World, to: Slot | None, **edited: Any) -> TurnedOut:
    record = await world.shown()
    if edited:
        world.simulator.edit_record(record.record_id, START, **edited)
    turned_out = await world.booking.ask(ReadOutcome(record=record, change="moved", to=to, attempt=2))
    assert isinstance(turned_out, TurnedOut)
    assert (turned_out.change, turned_out.to, turned_out.attempt) == ("moved", to, 2)
    return turned_out


def test_a_move_that_stands_by_now_has_a_receipt() -> None:
    world = World()
    to = world.at(THERE)

    turned_out = play(look(world, to, starts_at=to.starts_at))

    assert turned_out.receipt is not None
    assert turned_out.receipt.change == "moved"


@pytest.mark.parametrize("edited", [{}, {"starts_at": START + timedelta(days=9)}])
@pytest.mark.parametrize("told", [True, False])
def test_a_move_that_does_not_stand_is_shown_as_it_is(edited: dict[str, Any], told: bool) -> None:
    world = World()

    turned_out = play(look(world, world.at(THERE) if told else None, **edited))

    assert turned_out.receipt is None
    assert turned_out.shown is not None


@pytest.mark.parametrize(
    ("edited", "how"),
    [
        ({"attendance": -1}, "already"),
        ({"attendance": -1, "comment": SENTENCE}, "soft"),
        ({"deleted": True}, "deleted"),
    ],
)
def test_a_move_that_finds_the_record_off_proves_that(edited: dict[str, Any], how: str) -> None:
    world = World()

    turned_out = play(look(world, world.at(THERE), **edited))

    assert turned_out.shown is None
    assert turned_out.receipt is not None
    assert (turned_out.receipt.change, turned_out.receipt.how) == ("cancelled", how)


def test_no_log_line_has_a_phone_or_a_name() -> None:
    with capture_logs() as logs:
        for quirk in ("slow", "403 on move", "409 on move", "stale-read on record × 2"):
            try:
                play(move_one(World(), quirk))
            except Rejected:
                continue

    assert logs
    assert not any(word in str(logs) for word in ("9000000001", "Клиент", "Анна", "Маникюр"))
