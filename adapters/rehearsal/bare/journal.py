"""A journal as the port promises it: every answer is definite, and every write stands when it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from adapters.rehearsal.bare.windows import beginnings
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
    Receipt,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    Refusal,
    RestoreRecord,
    Slot,
    SlotsFound,
    SlotTaken,
    TurnedOut,
)
from engine.script.scene import Booked, Edited, Standing
from engine.values import Event

# A transcript need not name a master or a client, and a journal always has both.
SOMEBODY, SOMEONE = "Ольга", "Клиент"
# Of each service, as in the simulated YClients.
LENGTH_S, COST = 3600, 1500
FIRST_MASTER = 2001
_STILL_TO_COME = (Attendance.WAITING, Attendance.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it stands; `record.attendance` is its own."""

    record: Record
    deleted: bool = False
    paid: bool = False
    locked: bool = False
    # It was marked as "did not come" through us; what the salon marks itself is not ours to take back.
    cancelled_by_us: bool = False

    @property
    def is_off(self) -> bool:
        return self.deleted or self.record.attendance == Attendance.DID_NOT_COME

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.record.length_s or LENGTH_S)


class Journal:
    """The salon's records, counted 1, 2, … as they were booked."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._entries: dict[int, Entry] = {}
        # Every master whom a record was ever with.
        self._masters: dict[str, int] = {}
        # Who does a service, where not everybody does.
        self._done_by: dict[str, frozenset[str]] = {}

    def books(self, booked: Booked, now: datetime) -> int:
        number = len(self._entries) + 1
        master = booked.master or SOMEBODY
        services = tuple(booked.service.split(" + "))
        record = Record(
            record_id=number,
            phone=booked.phone,
            services=services,
            master=master,
            master_id=self._master_id(master),
            starts_at=booked.starts_at.replace(tzinfo=self._zone),
            created_at=booked.created_at.replace(tzinfo=self._zone) if booked.created_at else now,
            attendance=Attendance(booked.attendance),
            client=booked.name or self._client(booked.phone),
            length_s=booked.length_s or LENGTH_S * len(services),
            cost=Decimal(COST * len(services) if booked.cost is None else booked.cost),
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
            changes |= {"master": edited.master, "master_id": self._master_id(edited.master)}
        if edited.service is not None:
            changes["services"] = (edited.service,)
        self._entries[number] = replace(
            entry,
            record=entry.record.model_copy(update=changes),
            deleted=entry.deleted if edited.deleted is None else edited.deleted,
            paid=entry.paid if edited.paid is None else edited.paid,
            locked=entry.locked if edited.locked is None else edited.locked,
            cancelled_by_us=entry.cancelled_by_us and edited.attendance is None,
        )

    def limits(self, service: str, masters: Sequence[str]) -> None:
        self._done_by[service] = frozenset(masters)

    def standing(self, number: int) -> Standing:
        entry = self._entry(number)
        wall_clock = entry.record.starts_at.astimezone(self._zone).replace(tzinfo=None)
        return Standing(int(entry.record.attendance), wall_clock, entry.deleted)

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, call: Query | Command, now: datetime) -> Event:
        """Return how this call ends."""
        match call:
            case FindRecords(phone=phone):
                return RecordsFound(records=self._of(phone, now))
            case FindSlots():
                return SlotsFound(slots=tuple(self._slots(call, now)))
            case ReadOutcome():
                return self._turned_out(call, now)
            case CancelRecord(record=shown):
                return self._cancelled(shown, now)
            case MoveRecord():
                return self._moved(call, now)
            case RestoreRecord(record=shown):
                return self._restored(shown, now)
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

    def _slots(self, wanted: FindSlots, now: datetime) -> Iterator[Slot]:
        entry = self._entry(wanted.record.record_id)
        own = (wanted.record.master, wanted.record.master_id or self._master_id(wanted.record.master))
        able = [one for one in self._masters.items() if one == own or self._does(one[0], entry)]
        masters = able if wanted.any_master else [own]
        for starts_at in beginnings(wanted.since, wanted.until, entry.length, self._zone):
            for master, master_id in masters:
                slot = Slot(starts_at=starts_at, master=master, master_id=master_id)
                if starts_at >= wanted.not_before and self._is_free(entry, slot, now):
                    yield slot

    def _does(self, master: str, entry: Entry) -> bool:
        """Whether this master does every service of the record."""
        return all(master in self._done_by.get(service, {master}) for service in entry.record.services)

    def _turned_out(self, asked: ReadOutcome, now: datetime) -> TurnedOut:
        entry = self._entry(asked.record.record_id)
        told, stands = dict(asked), _stands(asked.change, entry, asked.to)
        if asked.told_at is not None and entry.is_off:
            ours = _receipt("cancelled", entry, now)
            by_whomever = ours if entry.cancelled_by_us else _already("cancelled", entry, now)
            return TurnedOut(**told, receipt=by_whomever)
        if asked.told_at is not None and asked.change == "restored":
            stands = entry.record.shows_the_same(asked.record)
        elif asked.change == "restored":
            stands = stands and entry.record.starts_at == asked.record.starts_at
            # What is cancelled may be shown: it is as it was. What is deleted cannot.
            if entry.deleted:
                return TurnedOut(**told, receipt=_receipt("cancelled", entry, now))
        elif asked.change == "moved" and entry.is_off:
            theirs = not (entry.deleted or entry.cancelled_by_us)
            off = _already("cancelled", entry, now) if theirs else _receipt("cancelled", entry, now)
            return TurnedOut(**told, receipt=off)
        if stands:
            return TurnedOut(**told, receipt=_receipt(asked.change, entry, now))
        # What is deleted cannot be shown any more.
        return TurnedOut(**told, shown=None if entry.deleted else entry.record)

    def _cancelled(self, shown: Record, now: datetime) -> Event:
        entry = self._entry(shown.record_id)
        if entry.is_off:
            return RecordCancelled(receipt=_already("cancelled", entry, now))
        if refusal := _refusal(entry, now):
            return CallFailed(reason="refused", detail=refusal)
        if not entry.record.shows_the_same(shown):
            return RecordChanged(was=shown, now=entry.record)
        self._writes(entry, attendance=Attendance.DID_NOT_COME)
        return RecordCancelled(receipt=self._proof("cancelled", entry, now))

    def _moved(self, wanted: MoveRecord, now: datetime) -> Event:
        entry = self._entry(wanted.record.record_id)
        if _stands("moved", entry, wanted.to):
            return RecordMoved(receipt=_already("moved", entry, now))
        if entry.is_off and not (wanted.revives and entry.cancelled_by_us and not entry.deleted):
            return CallFailed(reason="refused", detail="not_found")
        if refusal := _refusal(entry, now):
            return CallFailed(reason="refused", detail=refusal)
        if not entry.record.shows_the_same(wanted.record):
            return RecordChanged(was=wanted.record, now=entry.record)
        if not self._is_free(entry, wanted.to, now):
            return SlotTaken(record=entry.record)
        attendance = wanted.record.attendance if entry.is_off else entry.record.attendance
        self._writes(entry, attendance=attendance, **dict(wanted.to))
        return RecordMoved(receipt=self._proof("moved", entry, now))

    def _restored(self, shown: Record, now: datetime) -> Event:
        """Take our own cancel back. Where somebody else did, only what lies over it is told."""
        entry = self._entry(shown.record_id)
        if entry.deleted:
            return CallFailed(reason="refused", detail="not_found")
        if not entry.record.shows_the_same(shown):
            return RecordChanged(was=shown, now=entry.record)
        if _stands("restored", entry, None):
            receipt = _already("restored", entry, now)
            return RecordRestored(receipt=receipt, overlaps=not self._is_free(entry, _window(entry), now))
        if refusal := _refusal(entry, now):
            return CallFailed(reason="refused", detail=refusal)
        if not entry.cancelled_by_us:
            return CallFailed(reason="refused", detail="refused")
        if not self._is_free(entry, _window(entry), now):
            return SlotTaken(record=entry.record)
        self._writes(entry, attendance=shown.attendance, length_s=shown.length_s)
        return RecordRestored(receipt=self._proof("restored", entry, now))

    # ── what stands ───────────────────────────────────────────────────────────────────────────────────

    def _entry(self, number: int) -> Entry:
        if number not in self._entries:
            raise LookupError(f"there is no record {number}; {len(self._entries)} were booked")
        return self._entries[number]

    def _master_id(self, name: str) -> int:
        return self._masters.setdefault(name, FIRST_MASTER + len(self._masters))

    def _client(self, phone: str) -> str:
        """Return who a record without a name is for: the first person with this phone."""
        known = (entry.record.client for entry in self._entries.values() if entry.record.phone == phone)
        return next(known, SOMEONE)

    def _writes(self, entry: Entry, **changes: object) -> None:
        record = entry.record.model_copy(update=changes)
        ours = record.attendance == Attendance.DID_NOT_COME
        self._entries[record.record_id] = replace(entry, record=record, cancelled_by_us=ours)

    def _proof(self, change: Change, before: Entry, now: datetime) -> Receipt:
        entry = self._entry(before.record.record_id)
        return _receipt(change, entry, now).model_copy(update={"was": before.record})

    def _is_free(self, entry: Entry, slot: Slot, now: datetime) -> bool:
        """Whether nothing else keeps this master then: a no-show keeps its window, as in YClients (§4.4)."""
        ends_at = slot.starts_at + entry.length
        return slot.starts_at > now and not any(
            other.record.starts_at < ends_at and slot.starts_at < other.record.starts_at + other.length
            for number, other in self._entries.items()
            if number != entry.record.record_id
            and other.record.master_id == slot.master_id
            and not other.deleted
        )


def _window(entry: Entry) -> Slot:
    record = entry.record
    assert record.master_id is not None, "this journal knows every master"
    return Slot(starts_at=record.starts_at, master=record.master, master_id=record.master_id)


def _stands(change: Change, entry: Entry, to: Slot | None) -> bool:
    """Whether the journal shows the change."""
    match change:
        case "cancelled":
            return entry.is_off
        case "moved":
            return not entry.is_off and to == _window(entry)
        case "restored":
            return not entry.deleted and entry.record.attendance in _STILL_TO_COME
    raise AssertionError(f"nobody asks this journal whether a record is {change}")


def _refusal(entry: Entry, now: datetime) -> Refusal:
    if entry.record.starts_at <= now:
        return "started"
    if entry.record.attendance == Attendance.CAME:
        return "came"
    if entry.paid:
        return "paid"
    return "locked" if entry.locked else ""


def _receipt(change: Change, entry: Entry, now: datetime) -> Receipt:
    how = "deleted" if entry.deleted else "soft"
    return Receipt(change=change, record=entry.record, read_at=now, how=how)


def _already(change: Change, entry: Entry, now: datetime) -> Receipt:
    return _receipt(change, entry, now).model_copy(update={"how": "already"})
