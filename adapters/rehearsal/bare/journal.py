"""A journal as the port promises it: every answer is definite, and every write stands when it is told."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from engine.booking import (
    Attendance,
    CallFailed,
    CancelRecord,
    Command,
    FindRecords,
    Query,
    ReadOutcome,
    Receipt,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
    Refusal,
    TurnedOut,
)
from engine.script.scene import Booked, Edited, Standing
from engine.values import Event

# A transcript need not name a master, and a journal always has one.
SOMEBODY = "Ольга"
_STILL_TO_COME = (Attendance.WAITING, Attendance.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it stands; `record.attendance` is its own."""

    record: Record
    deleted: bool = False
    paid: bool = False
    locked: bool = False


class Journal:
    """The salon's records, counted 1, 2, … as they were booked."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._entries: dict[int, Entry] = {}

    def books(self, booked: Booked, now: datetime) -> int:
        number = len(self._entries) + 1
        record = Record(
            record_id=number,
            phone=booked.phone,
            services=tuple(booked.service.split(" + ")),
            master=booked.master or SOMEBODY,
            starts_at=booked.starts_at.replace(tzinfo=self._zone),
            created_at=booked.created_at.replace(tzinfo=self._zone) if booked.created_at else now,
            attendance=Attendance(booked.attendance),
        )
        self._entries[number] = Entry(record)
        return number

    def edits(self, number: int, edited: Edited) -> None:
        entry = self._entry(number)
        changes: dict[str, object] = {}
        if edited.starts_at is not None:
            changes["starts_at"] = edited.starts_at.replace(tzinfo=self._zone)
        if edited.attendance is not None:
            changes["attendance"] = Attendance(edited.attendance)
        if edited.master is not None:
            changes["master"] = edited.master
        if edited.service is not None:
            changes["services"] = (edited.service,)
        self._entries[number] = replace(
            entry,
            record=entry.record.model_copy(update=changes),
            deleted=entry.deleted or bool(edited.deleted),
            paid=entry.paid or bool(edited.paid),
            locked=entry.locked or bool(edited.locked),
        )

    def standing(self, number: int) -> Standing:
        entry = self._entry(number)
        wall_clock = entry.record.starts_at.astimezone(self._zone).replace(tzinfo=None)
        return Standing(int(entry.record.attendance), wall_clock, entry.deleted)

    def answer(self, call: Query | Command, now: datetime) -> Event:
        """Return how this call ends."""
        match call:
            case FindRecords(phone=phone):
                return RecordsFound(records=self._of(phone, now))
            case ReadOutcome(record=record, attempt=attempt):
                return self._turned_out(record, attempt, now)
            case CancelRecord(record=shown):
                return self._cancelled(shown, now)
        raise AssertionError(f"this journal answers no {type(call).__name__}")

    def _of(self, phone: str, now: datetime) -> tuple[Record, ...]:
        found = [
            entry.record
            for entry in self._entries.values()
            if entry.record.phone == phone
            and not entry.deleted
            and entry.record.attendance in _STILL_TO_COME
            and entry.record.starts_at > now
        ]
        return tuple(sorted(found, key=lambda record: (record.starts_at, record.record_id)))

    def _turned_out(self, record: Record, attempt: int, now: datetime) -> TurnedOut:
        entry = self._entry(record.record_id)
        if _is_off(entry):
            return TurnedOut(record=record, receipt=_receipt(entry, now), attempt=attempt)
        return TurnedOut(record=record, shown=entry.record, attempt=attempt)

    def _cancelled(self, shown: Record, now: datetime) -> Event:
        entry = self._entry(shown.record_id)
        if _is_off(entry):
            already = _receipt(entry, now).model_copy(update={"how": "already"})
            return RecordCancelled(receipt=already)
        if refusal := _refusal(entry, now):
            return CallFailed(reason="refused", detail=refusal)
        if not entry.record.shows_the_same(shown):
            return RecordChanged(was=shown, now=entry.record)
        off = entry.record.model_copy(update={"attendance": Attendance.DID_NOT_COME})
        self._entries[shown.record_id] = replace(entry, record=off)
        return RecordCancelled(receipt=_receipt(self._entries[shown.record_id], now))

    def _entry(self, number: int) -> Entry:
        if number not in self._entries:
            raise LookupError(f"there is no record {number}; {len(self._entries)} were booked")
        return self._entries[number]


def _is_off(entry: Entry) -> bool:
    return entry.deleted or entry.record.attendance == Attendance.DID_NOT_COME


def _refusal(entry: Entry, now: datetime) -> Refusal:
    if entry.record.starts_at <= now:
        return "started"
    if entry.record.attendance == Attendance.CAME:
        return "came"
    if entry.paid:
        return "paid"
    return "locked" if entry.locked else ""


def _receipt(entry: Entry, now: datetime) -> Receipt:
    how = "deleted" if entry.deleted else "soft"
    return Receipt(change="cancelled", record=entry.record, read_at=now, how=how)
