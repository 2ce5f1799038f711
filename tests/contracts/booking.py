"""What every journal promises behind the booking port, whoever stands in for it.

A suite takes a `Salon` from its subclass: the bare journal, and the adapter over the simulated YClients.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest

from engine.booking import (
    Attendance,
    CallFailed,
    CancelRecord,
    Change,
    FindRecords,
    FindSlots,
    MoveRecord,
    Query,
    ReadOutcome,
    Receipt,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    RestoreRecord,
    Slot,
    SlotsFound,
    SlotTaken,
    TurnedOut,
)
from engine.booking import Command as Write
from engine.events import Event
from engine.script.scene import Booked, Edited, Standing

VERA, STRANGER = "+79000000001", "+79000000009"
ZONE = ZoneInfo("Europe/Moscow")
WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)


class Salon(Protocol):
    """A salon whose journal can be written into by hand, and asked through the port. It is Monday, 10:00."""

    def books(self, booked: Booked) -> int:
        """Return the number that transcripts have for the record: 1, 2, …"""

    def edits(self, number: int, edited: Edited) -> None: ...

    def limits(self, service: str, *masters: str) -> None:
        """Only these masters do this service."""

    def standing(self, number: int) -> Standing: ...

    def answer(self, call: Query | Write) -> Event:
        """Return how the call ends; a refusal is the event that it becomes."""

    def passes(self, time: timedelta) -> None: ...


def wall_clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def vera(starts_at: str = "25 15:00", **more: Any) -> Booked:
    return replace(Booked(VERA, "Маникюр", wall_clock(starts_at), master="Анна"), **more)


def stranger(starts_at: str, **more: Any) -> Booked:
    return replace(Booked(STRANGER, "Маникюр", wall_clock(starts_at), master="Анна"), **more)


def shown(salon: Salon, phone: str = VERA) -> Record:
    found = salon.answer(FindRecords(phone=phone))
    assert isinstance(found, RecordsFound)
    return found.records[0]


def slots(salon: Salon, record: Record, on: date = WEDNESDAY, **more: Any) -> tuple[Slot, ...]:
    soonest = datetime(2026, 11, 23, tzinfo=ZONE)
    found = salon.answer(FindSlots(record=record, since=on, until=on, **({"not_before": soonest} | more)))
    assert isinstance(found, SlotsFound)
    return found.slots


def told(free: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts_at:%H:%M} {slot.master}" for slot in free]


def window(salon: Salon, record: Record, clock: str, on: date = THURSDAY) -> Slot:
    return next(slot for slot in slots(salon, record, on) if f"{slot.starts_at:%H:%M}" == clock)


def cancelled(salon: Salon, record: Record) -> RecordCancelled:
    event = salon.answer(CancelRecord(record=record))
    assert isinstance(event, RecordCancelled)
    return event


def taken_back(salon: Salon, record: Record) -> Receipt:
    event = salon.answer(RestoreRecord(record=record))
    assert isinstance(event, RecordRestored)
    return event.receipt


def stands(salon: Salon, number: int = 1) -> str:
    standing = salon.standing(number)
    return f"{standing.starts_at:%d %H:%M} {standing.attendance}" + (" deleted" if standing.deleted else "")


class BookingContract:
    """Subclasses give `salon`."""

    # ── records ──

    def test_a_record_tells_whose_it_is_how_long_and_what_it_costs(self, salon: Salon) -> None:
        salon.books(vera(service="Маникюр + Педикюр", name="Вера", cost=2000, length_s=5400))

        record = shown(salon)

        assert (record.client, record.length_s, record.cost) == ("Вера", 5400, Decimal(2000))
        assert (record.master, record.services) == ("Анна", ("Маникюр", "Педикюр"))

    def test_people_with_one_phone_are_told_apart(self, salon: Salon) -> None:
        salon.books(vera(name="Вера"))
        salon.books(vera("25 17:00", name="Маша"))
        salon.books(vera("25 18:00"))

        found = salon.answer(FindRecords(phone=VERA))

        assert isinstance(found, RecordsFound)
        assert [record.client for record in found.records] == ["Вера", "Маша", "Вера"]

    def test_a_cancel_tells_what_the_record_was(self, salon: Salon) -> None:
        salon.books(vera(attendance=2))
        record = shown(salon)

        receipt = cancelled(salon, record).receipt

        assert receipt.was == record
        assert receipt.was.attendance is Attendance.CONFIRMED
        assert cancelled(salon, record).receipt.change == "cancelled"
        assert stands(salon) == "25 15:00 -1"

    # ── windows ──

    def test_a_day_has_a_window_on_every_half_hour_until_closing(self, salon: Salon) -> None:
        salon.books(vera())

        free = slots(salon, shown(salon))

        assert [f"{slot.starts_at:%H:%M}" for slot in free][:2] == ["10:00", "10:30"]
        assert (len(free), f"{free[-1].starts_at:%H:%M}") == (19, "19:00")
        assert all(slot.starts_at.tzinfo is not None for slot in free)

    def test_what_others_have_is_not_free_and_the_records_own_time_is(self, salon: Salon) -> None:
        salon.books(vera())
        salon.books(stranger("25 12:00"))
        salon.books(stranger("25 17:00", attendance=-1))

        missing = {f"{h}:{m}" for h in range(10, 20) for m in ("00", "30")} - {"19:30"}
        missing -= {f"{slot.starts_at:%H:%M}" for slot in slots(salon, shown(salon))}

        # A no-show keeps its window.
        assert missing == {"11:30", "12:00", "12:30", "16:30", "17:00", "17:30"}

    def test_a_window_is_as_long_as_the_record(self, salon: Salon) -> None:
        salon.books(vera(length_s=3 * 3600))
        salon.books(stranger("25 13:00"))

        assert told(slots(salon, shown(salon))) == [
            f"{at} Анна" for at in ("10:00", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00")
        ]

    def test_any_master_with_a_record_may_be_asked_for(self, salon: Salon) -> None:
        salon.books(vera())
        salon.books(stranger("25 10:00", master="Мария", length_s=9 * 3600))
        record = shown(salon)

        assert {slot.master for slot in slots(salon, record)} == {"Анна"}
        assert told(slots(salon, record, any_master=True))[-2:] == ["19:00 Анна", "19:00 Мария"]

    def test_any_master_is_one_who_does_every_service_or_the_records_own(self, salon: Salon) -> None:
        salon.books(vera(service="Маникюр + Педикюр"))
        for master in ("Мария", "Ольга", "Елена"):
            salon.books(stranger("26 10:00", service="Стрижка", master=master))
        salon.limits("Маникюр", "Мария", "Ольга")
        salon.limits("Педикюр", "Елена", "Ольга")

        free = slots(salon, shown(salon), any_master=True)

        assert {slot.master for slot in free} == {"Анна", "Ольга"}

    def test_what_was_deleted_and_is_no_more_stands_again(self, salon: Salon) -> None:
        salon.books(vera())
        salon.edits(1, Edited(deleted=True))
        salon.edits(1, Edited(deleted=False))

        assert stands(salon) == "25 15:00 0"
        assert shown(salon).master == "Анна"

    def test_nothing_sooner_than_the_notice_is_offered(self, salon: Salon) -> None:
        salon.books(vera())
        not_before = datetime(2026, 11, 25, 18, 15, tzinfo=ZONE)

        assert told(slots(salon, shown(salon), not_before=not_before)) == ["18:30 Анна", "19:00 Анна"]

    def test_nothing_of_the_past_is_offered(self, salon: Salon) -> None:
        salon.books(vera())
        salon.passes(timedelta(hours=8, minutes=10))

        free = slots(salon, shown(salon), date(2026, 11, 23))

        assert told(free) == ["18:30 Анна", "19:00 Анна"]

    # ── moves ──

    def test_a_record_moves_into_a_window(self, salon: Salon) -> None:
        salon.books(vera(attendance=2))
        record = shown(salon)
        to = window(salon, record, "12:30")

        event = salon.answer(MoveRecord(record=record, to=to))

        assert isinstance(event, RecordMoved)
        receipt = event.receipt
        assert (receipt.change, receipt.how, receipt.was) == ("moved", "soft", record)
        assert (receipt.record.starts_at, receipt.record.master_id) == (to.starts_at, to.master_id)
        assert receipt.record.attendance is Attendance.CONFIRMED
        assert stands(salon) == "26 12:30 2"

    def test_what_stands_there_already_is_told_so(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")

        event = [salon.answer(MoveRecord(record=record, to=to)) for _ in range(2)][1]

        assert isinstance(event, RecordMoved)
        assert event.receipt.how == "already"

    def test_a_window_that_was_taken_meanwhile_is_taken(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")
        salon.books(stranger("26 12:00"))

        event = salon.answer(MoveRecord(record=record, to=to))

        assert isinstance(event, SlotTaken)
        assert event.record.shows_the_same(record)
        assert stands(salon) == "25 15:00 0"

    def test_a_record_goes_into_its_own_time(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)

        salon.answer(MoveRecord(record=record, to=window(salon, record, "15:30", WEDNESDAY)))

        assert stands(salon) == "25 15:30 0"

    @pytest.mark.parametrize(
        ("edited", "detail"),
        [
            (Edited(attendance=1), "came"),
            (Edited(paid=True), "paid"),
            (Edited(locked=True), "locked"),
            (Edited(attendance=-1), "not_found"),
            (Edited(deleted=True), "not_found"),
        ],
    )
    def test_what_must_not_be_moved_is_refused(self, salon: Salon, edited: Edited, detail: str) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")
        salon.edits(1, edited)

        assert salon.answer(MoveRecord(record=record, to=to)) == CallFailed(reason="refused", detail=detail)
        assert stands(salon).startswith("25 15:00")

    @pytest.mark.parametrize(
        "edited",
        [Edited(service="Стрижка"), Edited(starts_at=wall_clock("27 11:00")), Edited(master="Мария")],
    )
    def test_what_was_changed_meanwhile_is_asked_about_again(self, salon: Salon, edited: Edited) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")
        salon.edits(1, edited)

        event = salon.answer(MoveRecord(record=record, to=to))

        assert isinstance(event, RecordChanged)
        assert event.was == record

    def test_our_own_cancel_comes_back_by_a_move(self, salon: Salon) -> None:
        salon.books(vera(attendance=2))
        record = shown(salon)
        cancelled(salon, record)
        to = window(salon, record, "12:30")

        assert salon.answer(MoveRecord(record=record, to=to)) == CallFailed(
            reason="refused", detail="not_found"
        )
        event = salon.answer(MoveRecord(record=record, to=to, revives=True))

        assert isinstance(event, RecordMoved)
        assert stands(salon) == "26 12:30 2"

    def test_a_no_show_of_the_salons_own_does_not_come_back_by_a_move(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")
        salon.edits(1, Edited(attendance=-1))

        event = salon.answer(MoveRecord(record=record, to=to, revives=True))

        assert event == CallFailed(reason="refused", detail="not_found")

    # ── taking back ──

    def test_a_cancel_is_taken_back_with_the_status_that_it_had(self, salon: Salon) -> None:
        salon.books(vera(attendance=2))
        record = shown(salon)
        cancelled(salon, record)

        event = salon.answer(RestoreRecord(record=record))

        assert isinstance(event, RecordRestored)
        assert (event.receipt.change, event.receipt.how, event.overlaps) == ("restored", "soft", False)
        assert event.receipt.was is not None
        assert event.receipt.was.attendance is Attendance.DID_NOT_COME
        assert stands(salon) == "25 15:00 2"

    def test_what_is_on_again_is_told_so(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)

        event = [salon.answer(RestoreRecord(record=record)) for _ in range(2)][1]

        assert isinstance(event, RecordRestored)
        assert event.receipt.how == "already"

    def test_a_cancel_may_follow_a_take_back(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.answer(RestoreRecord(record=record))

        assert cancelled(salon, record).receipt.how == "soft"
        assert isinstance(salon.answer(RestoreRecord(record=record)), RecordRestored)
        assert stands(salon) == "25 15:00 0"

    def test_a_window_that_somebody_has_by_now_does_not_come_back(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.books(stranger("25 15:30"))

        event = salon.answer(RestoreRecord(record=record))

        assert isinstance(event, SlotTaken)
        assert event.record.attendance is Attendance.DID_NOT_COME
        assert stands(salon) == "25 15:00 -1"

    def test_what_the_salon_brought_back_over_another_overlaps(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.books(stranger("25 15:30"))
        salon.edits(1, Edited(attendance=0))

        event = salon.answer(RestoreRecord(record=record))

        assert isinstance(event, RecordRestored)
        assert (event.receipt.how, event.overlaps) == ("already", True)

    @pytest.mark.parametrize(
        ("edited", "detail"),
        [(Edited(deleted=True), "not_found"), (Edited(paid=True), "paid"), (Edited(locked=True), "locked")],
    )
    def test_what_must_not_come_back_is_refused(self, salon: Salon, edited: Edited, detail: str) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.edits(1, edited)

        assert salon.answer(RestoreRecord(record=record)) == CallFailed(reason="refused", detail=detail)

    def test_a_no_show_of_the_salons_own_is_not_taken_back(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        salon.edits(1, Edited(attendance=-1))

        assert salon.answer(RestoreRecord(record=record)) == CallFailed(reason="refused", detail="refused")

    def test_a_visit_that_would_have_begun_does_not_come_back(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.passes(timedelta(days=3))

        assert salon.answer(RestoreRecord(record=record)) == CallFailed(reason="refused", detail="started")

    @pytest.mark.parametrize(
        "edited",
        [Edited(service="Стрижка"), Edited(starts_at=wall_clock("27 11:00")), Edited(master="Мария")],
    )
    def test_what_was_changed_since_is_not_taken_back(self, salon: Salon, edited: Edited) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        salon.edits(1, edited)

        assert isinstance(salon.answer(RestoreRecord(record=record)), RecordChanged)

    # ── what became of it ──

    def test_later_the_journal_tells_of_a_move(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        to = window(salon, record, "12:30")
        look = ReadOutcome(record=record, change="moved", to=to, attempt=2)

        before = salon.answer(look)
        salon.answer(MoveRecord(record=record, to=to))
        after = salon.answer(look)

        assert isinstance(before, TurnedOut)
        assert isinstance(after, TurnedOut)
        assert (before.receipt, before.shown, before.to, before.attempt) == (None, record, to, 2)
        assert after.receipt is not None
        assert (after.receipt.change, after.shown) == ("moved", None)

    def test_later_the_journal_tells_of_a_take_back(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        look = ReadOutcome(record=record, change="restored")

        before = salon.answer(look)
        salon.answer(RestoreRecord(record=record))
        after = salon.answer(look)

        assert isinstance(before, TurnedOut)
        assert isinstance(after, TurnedOut)
        assert before.receipt is None
        assert before.shown is not None
        assert before.shown.attendance is Attendance.DID_NOT_COME
        assert after.receipt is not None
        assert after.receipt.change == "restored"

    def test_later_the_journal_tells_whether_what_was_told_stands_still(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        cancelled(salon, record)
        receipt = taken_back(salon, record)
        look = ReadOutcome(record=receipt.record, change="restored", told_at=receipt.read_at)

        as_told = salon.answer(look)
        cancelled(salon, receipt.record)
        ours = salon.answer(look)
        salon.answer(RestoreRecord(record=record))
        salon.edits(1, Edited(attendance=-1))
        theirs = salon.answer(look)
        salon.edits(1, Edited(attendance=0, starts_at=receipt.record.starts_at + timedelta(hours=1)))
        elsewhere = salon.answer(look)

        assert isinstance(as_told, TurnedOut)
        assert as_told.receipt is not None
        assert (as_told.receipt.change, as_told.told_at) == ("restored", receipt.read_at)
        assert isinstance(ours, TurnedOut)
        assert ours.receipt is not None
        assert (ours.receipt.change, ours.receipt.how) == ("cancelled", "soft")
        assert isinstance(theirs, TurnedOut)
        assert theirs.receipt is not None
        assert (theirs.receipt.change, theirs.receipt.how) == ("cancelled", "already")
        assert isinstance(elsewhere, TurnedOut)
        assert elsewhere.shown is not None
        assert elsewhere.shown.starts_at == receipt.record.starts_at + timedelta(hours=1)

    def test_a_told_cancel_that_does_not_stand_is_shown(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        receipt = cancelled(salon, record).receipt
        look = ReadOutcome(record=receipt.record, told_at=receipt.read_at)

        as_told = salon.answer(look)
        salon.answer(RestoreRecord(record=record))
        stands = salon.answer(look)

        assert isinstance(as_told, TurnedOut)
        assert as_told.receipt is not None
        assert isinstance(stands, TurnedOut)
        assert (stands.receipt, stands.shown is not None) == (None, True)

    @pytest.mark.parametrize("change", ["moved", "restored"])
    def test_what_was_deleted_is_told_as_that(self, salon: Salon, change: Change) -> None:
        salon.books(vera())
        record = shown(salon)
        salon.edits(1, Edited(deleted=True))

        turned_out = salon.answer(
            ReadOutcome(record=record, change=change, to=window(salon, record, "12:30"))
        )

        assert isinstance(turned_out, TurnedOut)
        assert turned_out.receipt is not None
        assert (turned_out.receipt.change, turned_out.receipt.how) == ("cancelled", "deleted")

    def test_a_move_that_did_not_come_about_tells_who_called_the_record_off(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        look = ReadOutcome(record=record, change="moved", to=window(salon, record, "12:30"))

        cancelled(salon, record)
        ours = salon.answer(look)
        salon.answer(RestoreRecord(record=record))
        salon.edits(1, Edited(attendance=-1))
        theirs = salon.answer(look)

        for turned_out, how in ((ours, "soft"), (theirs, "already")):
            assert isinstance(turned_out, TurnedOut)
            assert turned_out.receipt is not None
            assert (turned_out.receipt.change, turned_out.receipt.how) == ("cancelled", how)

    def test_a_take_back_is_not_proven_by_a_record_at_another_time(self, salon: Salon) -> None:
        salon.books(vera())
        record = shown(salon)
        later = record.starts_at + timedelta(hours=1)
        salon.edits(1, Edited(starts_at=later))

        turned_out = salon.answer(ReadOutcome(record=record, change="restored"))

        assert isinstance(turned_out, TurnedOut)
        assert turned_out.shown is not None
        assert turned_out.shown.starts_at == later
