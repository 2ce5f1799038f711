"""The bare journal answers every call of the port as a definite YClients would."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from adapters.rehearsal.bare.journal import Journal
from engine.booking import (
    Attendance,
    CallFailed,
    CancelRecord,
    Change,
    Command,
    FindRecords,
    FindSlots,
    MoveRecord,
    Query,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordMoved,
    RecordRestored,
    RestoreRecord,
    Slot,
    SlotsFound,
    SlotTaken,
    TurnedOut,
)
from engine.script.scene import Booked, Edited
from engine.values import Event
from tests.chat import ANNA, MARIA, MONDAY, MOSCOW, slot


def wall_clock(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001  # the salon's wall clock


WEDNESDAY = wall_clock(25, 15)
MANICURE = Booked(ANNA, "Маникюр", WEDNESDAY, "Ольга", "Анна")
LATER = slot("2026-11-26 12:00")


class Salon:
    """A journal in which Anna has a manicure on Wednesday; the time is Monday, 10:00."""

    def __init__(self, *more: Booked, booked: Booked = MANICURE) -> None:
        self.journal = Journal(MOSCOW)
        for each in (booked, *more):
            self.journal.books(each, MONDAY)
        self.shown = self.record(1)

    def answers(self, call: Query | Command) -> Event:
        return self.journal.answer(call, MONDAY)

    def record(self, number: int) -> Record:
        return self.journal._entry(number).record

    def edits(self, **changes: object) -> None:
        self.journal.edits(1, replace(Edited(), **changes))  # type: ignore[arg-type]  # by the tests' tables

    def cancels(self) -> None:
        assert isinstance(self.answers(CancelRecord(record=self.shown)), RecordCancelled)

    def slots(
        self, *, days: tuple[int, int] = (25, 25), any_master: bool = False, not_before: datetime = MONDAY
    ) -> tuple[Slot, ...]:
        since, until = (date(2026, 11, day) for day in days)
        query = FindSlots(
            record=self.shown, since=since, until=until, any_master=any_master, not_before=not_before
        )
        found = self.answers(query)
        assert isinstance(found, SlotsFound)
        return found.slots


def clocks(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in slots]


# ── what a record says of itself ──────────────────────────────────────────────────────────────────────────


def test_a_record_is_an_hour_long_and_costs_1500_for_each_service() -> None:
    salon = Salon(Booked(ANNA, "Маникюр + Педикюр", wall_clock(26, 12)))

    assert (salon.shown.length_s, salon.shown.cost) == (3600, Decimal(1500))
    assert (salon.record(2).length_s, salon.record(2).cost) == (7200, Decimal(3000))


def test_a_record_is_as_long_and_costs_as_much_as_the_salon_says() -> None:
    shown = Salon(booked=replace(MANICURE, length_s=5400, cost=0)).shown

    assert (shown.length_s, shown.cost) == (5400, Decimal(0))


def test_who_comes_is_who_was_named_first_with_this_phone_or_by_the_record_itself() -> None:
    salon = Salon(
        Booked(ANNA, "Педикюр", wall_clock(26, 12)),
        Booked(ANNA, "Стрижка", wall_clock(27, 12), name="Мама"),
        Booked(MARIA, "Брови", wall_clock(27, 14)),
    )

    assert [salon.record(number).client for number in (1, 2, 3, 4)] == ["Анна", "Анна", "Мама", "Клиент"]


# ── free windows ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_free_day_begins_on_every_half_hour_and_ends_in_time() -> None:
    offered = clocks(Salon().slots())

    assert (offered[:3], offered[-1], len(offered)) == (["10:00", "10:30", "11:00"], "19:00", 19)


def test_a_longer_record_has_fewer_windows() -> None:
    assert clocks(Salon(booked=replace(MANICURE, length_s=5400)).slots())[-1] == "18:30"


def test_another_record_of_the_master_takes_every_window_that_it_touches() -> None:
    offered = clocks(Salon(Booked(MARIA, "Педикюр", wall_clock(25, 12), "Ольга")).slots())

    assert not {"11:30", "12:00", "12:30"} & set(offered)
    assert {"11:00", "13:00"} <= set(offered)


def test_a_no_show_keeps_its_window_and_what_is_deleted_does_not() -> None:
    salon = Salon(Booked(MARIA, "Педикюр", wall_clock(25, 12), "Ольга", attendance=-1))
    assert "12:00" not in clocks(salon.slots())

    salon.journal.edits(2, Edited(deleted=True))
    assert "12:00" in clocks(salon.slots())


def test_windows_of_any_master_come_soonest_first() -> None:
    salon = Salon(Booked(MARIA, "Педикюр", wall_clock(25, 10), "Мария"))

    offered = salon.slots(any_master=True)

    assert offered[:3] == (slot("2026-11-25 10:00"), slot("2026-11-25 10:30"), slot("2026-11-25 11:00"))
    assert offered[3] == slot("2026-11-25 11:00", "Мария")


def test_nothing_is_offered_before_the_salons_notice_or_in_the_past() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=MOSCOW)

    assert clocks(Salon().slots(days=(23, 23), not_before=noon))[0] == "12:00"
    assert clocks(Salon().slots(days=(23, 23)))[0] == "10:30"
    assert Salon().slots(days=(25, 24)) == ()


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_moves_with_everything_that_it_has() -> None:
    salon = Salon(Booked(MARIA, "Педикюр", wall_clock(25, 10), "Мария"))
    to = slot("2026-11-26 12:00", "Мария")

    moved = salon.answers(MoveRecord(record=salon.shown, to=to))

    assert isinstance(moved, RecordMoved)
    assert (moved.receipt.change, moved.receipt.how, moved.receipt.was) == ("moved", "soft", salon.shown)
    assert moved.receipt.record == salon.record(1)
    assert salon.record(1) == salon.shown.model_copy(
        update={"starts_at": to.starts_at, "master": "Мария", "master_id": 2002}
    )


def test_a_move_that_stands_already_is_proven_as_such() -> None:
    salon = Salon()
    move = MoveRecord(record=salon.shown, to=LATER)
    salon.answers(move)

    again = salon.answers(move)

    assert isinstance(again, RecordMoved)
    assert again.receipt.how == "already"


def test_a_window_that_somebody_else_has_is_taken() -> None:
    salon = Salon(Booked(MARIA, "Педикюр", wall_clock(26, 11, 30), "Ольга"))

    assert salon.answers(MoveRecord(record=salon.shown, to=LATER)) == SlotTaken(record=salon.shown)


def test_a_window_that_is_over_is_taken() -> None:
    salon = Salon()

    assert isinstance(salon.answers(MoveRecord(record=salon.shown, to=slot("2026-11-23 09:00"))), SlotTaken)


def test_what_was_cancelled_through_us_can_come_back_by_a_move() -> None:
    salon = Salon(booked=replace(MANICURE, attendance=2))
    salon.cancels()
    assert salon.answers(MoveRecord(record=salon.shown, to=LATER)) == CallFailed(
        reason="refused", detail="not_found"
    )

    moved = salon.answers(MoveRecord(record=salon.shown, to=LATER, revives=True))

    assert isinstance(moved, RecordMoved)
    assert moved.receipt.record.attendance is Attendance.CONFIRMED


# ── take-back ─────────────────────────────────────────────────────────────────────────────────────────────


def test_our_own_cancel_is_taken_back_to_what_it_was() -> None:
    salon = Salon(booked=replace(MANICURE, attendance=2))
    salon.cancels()

    restored = salon.answers(RestoreRecord(record=salon.shown))

    assert isinstance(restored, RecordRestored)
    assert (restored.receipt.change, restored.receipt.record, restored.overlaps) == (
        "restored",
        salon.shown,
        False,
    )
    assert salon.record(1) == salon.shown


def test_a_cancel_whose_window_is_gone_is_not_taken_back() -> None:
    salon = Salon()
    salon.cancels()
    salon.journal.books(Booked(MARIA, "Педикюр", wall_clock(25, 14, 30), "Ольга"), MONDAY)

    taken = salon.answers(RestoreRecord(record=salon.shown))

    assert taken == SlotTaken(record=salon.record(1))
    assert salon.record(1).attendance is Attendance.DID_NOT_COME


@pytest.mark.parametrize("first", [(), ("cancels",)])
def test_what_the_salon_itself_marked_is_not_ours_to_take_back(first: tuple[str, ...]) -> None:
    salon = Salon()
    for act in first:
        getattr(salon, act)()
    salon.edits(attendance=-1)

    refused = salon.answers(RestoreRecord(record=salon.shown))

    assert refused == CallFailed(reason="refused", detail="refused")


@pytest.mark.parametrize("overlaps", [False, True])
def test_what_somebody_else_took_back_is_proven_and_what_lies_over_it_is_told(*, overlaps: bool) -> None:
    salon = Salon()
    salon.cancels()
    salon.edits(attendance=0)
    if overlaps:
        salon.journal.books(Booked(MARIA, "Педикюр", wall_clock(25, 15), "Ольга"), MONDAY)

    restored = salon.answers(RestoreRecord(record=salon.shown))

    assert isinstance(restored, RecordRestored)
    assert (restored.receipt.how, restored.overlaps) == ("already", overlaps)


# ── what a write can meet ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        ({"deleted": True}, "not_found"),
        ({"starts_at": wall_clock(23, 9)}, "started"),
        ({"attendance": 1}, "came"),
        ({"paid": True}, "paid"),
        ({"locked": True}, "locked"),
    ],
)
def test_a_move_is_refused_for_what_the_salon_did_meanwhile(edited: dict[str, object], detail: str) -> None:
    salon = Salon()
    salon.edits(**edited)

    assert salon.answers(MoveRecord(record=salon.shown, to=LATER)) == CallFailed.model_validate(
        {"reason": "refused", "detail": detail}
    )


@pytest.mark.parametrize(
    ("edited", "detail"),
    [({"deleted": True}, "not_found"), ({"paid": True}, "paid"), ({"locked": True}, "locked")],
)
def test_a_take_back_is_refused_likewise(edited: dict[str, object], detail: str) -> None:
    salon = Salon()
    salon.cancels()
    salon.edits(**edited)

    assert salon.answers(RestoreRecord(record=salon.shown)) == CallFailed.model_validate(
        {"reason": "refused", "detail": detail}
    )


@pytest.mark.parametrize(
    "edited", [{"starts_at": wall_clock(27, 15)}, {"master": "Мария"}, {"service": "Педикюр"}]
)
def test_a_write_of_what_is_no_longer_as_it_was_shown_changes_nothing(edited: dict[str, object]) -> None:
    salon = Salon()
    salon.cancels()
    salon.edits(**edited)
    now = salon.record(1)
    changed = RecordChanged(was=salon.shown, now=now)

    assert salon.answers(RestoreRecord(record=salon.shown)) == changed
    assert salon.answers(MoveRecord(record=salon.shown, to=LATER, revives=True)) == changed
    assert salon.record(1) == now


# ── outcomes read later ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("change", "to"), [("cancelled", None), ("moved", LATER)])
def test_an_outcome_that_stands_is_proven_later(change: Change, to: Slot | None) -> None:
    salon = Salon()
    write = MoveRecord(record=salon.shown, to=to) if to else CancelRecord(record=salon.shown)
    read = ReadOutcome(record=salon.shown, change=change, to=to, attempt=2)
    before = salon.answers(read)
    salon.answers(write)

    after = salon.answers(read)

    assert before == TurnedOut(record=salon.shown, change=change, to=to, shown=salon.shown, attempt=2)
    assert isinstance(after, TurnedOut)
    assert after.receipt is not None
    assert (after.change, after.to, after.receipt.change, after.shown) == (change, to, change, None)


def test_a_take_back_is_proven_later() -> None:
    salon = Salon()
    salon.cancels()
    read = ReadOutcome(record=salon.shown, change="restored")
    before = salon.answers(read)
    salon.answers(RestoreRecord(record=salon.shown))

    after = salon.answers(read)

    assert isinstance(before, TurnedOut)
    assert (before.receipt, before.shown and before.shown.attendance) == (None, Attendance.DID_NOT_COME)
    assert isinstance(after, TurnedOut)
    assert after.receipt is not None


@pytest.mark.parametrize("change", ["moved", "restored"])
def test_that_a_record_is_deleted_is_read_in_place_of_what_was_wished(change: Change) -> None:
    salon = Salon()
    salon.edits(deleted=True)

    read = salon.answers(ReadOutcome(record=salon.shown, change=change, to=LATER))

    assert isinstance(read, TurnedOut)
    assert read.receipt is not None
    assert (read.receipt.change, read.receipt.how, read.shown) == ("cancelled", "deleted", None)


def test_nobody_asks_whether_a_record_is_confirmed() -> None:
    salon = Salon()

    with pytest.raises(AssertionError, match="whether a record is confirmed"):
        salon.answers(ReadOutcome(record=salon.shown, change="confirmed"))


def test_what_moved_is_found_where_it_stands_now() -> None:
    salon = Salon()
    salon.answers(MoveRecord(record=salon.shown, to=LATER))

    found = salon.answers(FindRecords(phone=ANNA))

    assert found.model_dump()["records"][0]["starts_at"] == LATER.starts_at
