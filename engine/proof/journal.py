"""The salon's journal as it answers at the port when nothing goes wrong: the truth, and one write a call."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from engine.booking import (
    Attendance,
    CancelRecord,
    Change,
    Command,
    FindRecords,
    FindSlots,
    MoveRecord,
    Proven,
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
from engine.ports import PortError, Rejected
from engine.proof.world import Entry, World
from engine.values import Event

_RESULTS: dict[Change, type[Proven]] = {
    "cancelled": RecordCancelled,
    "moved": RecordMoved,
    "restored": RecordRestored,
}
# When a window begins, on these days in November of 2026 and no others: few, so that all can be tried.
DAYS, HOURS = (27, 28), (11, 16)
LENGTH = timedelta(hours=1)


def answer(world: World, call: Query | Command, *, leaks: bool) -> tuple[World, Event | PortError]:
    match call:
        case FindRecords():
            return world, RecordsFound(records=tuple(_of(world, call.phone, leaks=leaks)))
        case FindSlots():
            return world, SlotsFound(slots=tuple(_slots(world, call)))
        case ReadOutcome():
            return _outcome(world, call)
    assert isinstance(call, Command), f"nobody plays {type(call).__name__}"
    return _written(world, call)


def lands(world: World, command: Command) -> World:
    """A write that has left takes effect if it can, whatever becomes of its answer."""
    entry = _entry(world, command.record.record_id)
    if stands(entry, command) or _hindrance(world, entry, command) is not None:
        return world
    match command:
        case CancelRecord():
            return world.with_entry(replace(entry, cancelled_by="us"))
        case MoveRecord(to=to):
            record = entry.record.model_copy(update=dict(to))
            return world.with_entry(replace(entry, record=record, cancelled_by="", moved=True))
    assert isinstance(command, RestoreRecord), f"nobody plays {type(command).__name__}"
    return world.with_entry(replace(entry, cancelled_by=""))


def window(record: Record) -> Slot:
    assert record.master_id is not None, "here every master has a number"
    return Slot(starts_at=record.starts_at, master=record.master, master_id=record.master_id)


def _entry(world: World, record_id: int) -> Entry:
    entry = world.entry(record_id)
    assert entry is not None
    return entry


def _of(world: World, phone: str, *, leaks: bool) -> Iterator[Record]:
    for entry in world.journal:
        if entry.stands and entry.record.starts_at > world.now and (leaks or entry.record.phone == phone):
            # A list names services in another order than the record by itself (facts, incident 10).
            yield entry.record.model_copy(update={"services": entry.record.services[::-1]})


def _slots(world: World, call: FindSlots) -> Iterator[Slot]:
    """Yield the windows of the record's master; the record's own counts as free."""
    own = _entry(world, call.record.record_id)
    mine = window(call.record)
    starts = {mine.starts_at.replace(day=day, hour=hour, minute=0) for day in DAYS for hour in HOURS}
    for starts_at in sorted({*starts, mine.starts_at}):
        slot = mine.model_copy(update={"starts_at": starts_at})
        asked = call.since <= starts_at.date() <= call.until and starts_at >= call.not_before
        if asked and _is_free(world, own, slot):
            yield slot


def _is_free(world: World, own: Entry, slot: Slot) -> bool:
    others = (each for each in world.journal if each is not own and each.stands)
    busy = (*world.taken, *(window(each.record) for each in others))
    return slot.starts_at > world.now and not any(
        each.master_id == slot.master_id and abs(each.starts_at - slot.starts_at) < LENGTH for each in busy
    )


def _written(world: World, command: Command) -> tuple[World, Event | PortError]:
    """What the adapter promises: a fresh read, one write, and the truth that is read back."""
    record_id, change = command.record.record_id, command.change
    entry = _entry(world, record_id)
    if entry.record.phone != command.record.phone and not entry.deleted:
        return world, Rejected("not yours", detail="not_yours")
    if stands(entry, command):
        # Whose cancel it was, the receipt tells.
        how = "soft" if change != "cancelled" or entry.cancelled_by == "us" else "already"
        return _proven(world, change, record_id, how, entry.record)
    if entry.record.starts_at <= world.now and not entry.deleted:
        return world, Rejected("started", detail="started")
    if (hindrance := _hindrance(world, entry, command)) is not None:
        return world, hindrance
    return _proven(lands(world, command), change, record_id, "soft", entry.record)


def stands(entry: Entry, command: Command | ReadOutcome) -> bool:
    """Whether the journal shows the change already."""
    match command:
        case CancelRecord() | ReadOutcome(change="cancelled"):
            return not entry.stands
        case MoveRecord(to=to) | ReadOutcome(change="moved", to=to):
            return entry.stands and to == window(entry.record)
    assert isinstance(command, RestoreRecord | ReadOutcome), f"nobody plays {command!r}"
    return entry.stands and entry.record.shows_the_same(command.record)


def _hindrance(world: World, entry: Entry, command: Command) -> Event | PortError | None:
    """Return why the write cannot be, as a fresh read shows."""
    revives = isinstance(command, RestoreRecord) or (isinstance(command, MoveRecord) and command.revives)
    if entry.deleted or not (entry.stands or (revives and entry.cancelled_by == "us")):
        return Rejected("gone", detail="not_found")
    if entry.record.phone != command.record.phone:
        return Rejected("not yours", detail="not_yours")
    if not entry.record.shows_the_same(command.record):
        return RecordChanged(was=command.record, now=entry.record)
    wanted = command.to if isinstance(command, MoveRecord) else window(entry.record)
    if not isinstance(command, CancelRecord) and not _is_free(world, entry, wanted):
        return SlotTaken(record=entry.record)
    return None


def _proven(
    world: World, change: Change, record_id: int, how: str, was: Record
) -> tuple[World, Event | PortError]:
    world = world.proven(change, record_id)
    return world, _RESULTS[change](receipt=_receipt(world, change, record_id, how, was))


def _receipt(world: World, change: Change, record_id: int, how: str, was: Record | None) -> Receipt:
    record = _shown(_entry(world, record_id))
    return Receipt(change=change, record=record, read_at=world.now, how=how, was=was)


def _shown(entry: Entry) -> Record:
    if entry.stands:
        return entry.record
    return entry.record.model_copy(update={"attendance": Attendance.DID_NOT_COME})


def _outcome(world: World, call: ReadOutcome) -> tuple[World, Event | PortError]:
    record_id = call.record.record_id
    entry = _entry(world, record_id)
    told = TurnedOut(**dict(call))
    if entry.record.phone != call.record.phone:
        return world, told
    if call.told_at is not None and not entry.stands:
        # Off, whoever did that.
        how = "soft" if entry.cancelled_by == "us" and not entry.deleted else "already"
        receipt = _receipt(world, "cancelled", record_id, how, None)
        return world.proven("cancelled", record_id), told.model_copy(update={"receipt": receipt})
    off = call.change == "moved" and not entry.stands
    if call.told_at is None and (off or (call.change == "restored" and entry.deleted)):
        by = "soft" if entry.cancelled_by == "us" else "already"
        how = "deleted" if entry.deleted else by
        receipt = _receipt(world, "cancelled", record_id, how, None)
        return world.proven("cancelled", record_id), told.model_copy(update={"receipt": receipt})
    if not stands(entry, call):
        return world, told.model_copy(update={"shown": None if entry.deleted else _shown(entry)})
    world = world.proven(call.change, record_id)
    receipt = _receipt(world, call.change, record_id, "soft", None)
    return world, told.model_copy(update={"receipt": receipt})
