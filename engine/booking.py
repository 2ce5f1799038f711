"""The booking vocabulary that flows and adapters share: records, receipts, calls and their results."""

from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar, Literal

from engine.values import Event, Frozen


class Attendance(IntEnum):
    """What a journal says of one record; the numbers are YClients' own (yclients.md §3.3, 2026-11)."""

    DID_NOT_COME = -1
    WAITING = 0
    CAME = 1
    CONFIRMED = 2


class Record(Frozen):
    """One booking of one client, as the journal shows it."""

    record_id: int
    # E.164 with the plus sign, of the record's own client; a record without one is nobody's.
    phone: str
    # Titles in the journal's order, which may change between two reads.
    services: tuple[str, ...]
    master: str
    master_id: int | None = None
    # Aware, in the salon's zone.
    starts_at: datetime
    created_at: datetime | None = None
    attendance: Attendance = Attendance.WAITING
    # The name on the card of the record's own client: several people may share one phone.
    client: str = ""
    # How long it keeps the master, in seconds; None: the journal does not tell.
    length_s: int | None = None
    # What its services cost together, in the salon's currency; None: the journal does not tell.
    cost: Decimal | None = None

    def shows_the_same(self, other: "Record") -> bool:
        """Whether a client who was shown `other` would recognise this one: services, start and master."""
        return (
            sorted(self.services) == sorted(other.services)
            and self.starts_at == other.starts_at
            and (self.master_id, self.master) == (other.master_id, other.master)
        )


class Slot(Frozen):
    """A free window that a record could move to."""

    # Aware, in the salon's zone.
    starts_at: datetime
    master: str
    master_id: int


Change = Literal["cancelled", "moved", "restored", "confirmed"]


class Receipt(Frozen):
    """Proof that the journal shows one change of one record.

    Made by the adapter after reading the record back; flows and the engine only carry it.
    """

    change: Change
    record: Record
    read_at: datetime
    # "already": the journal showed the change before anything was written.
    how: Literal["soft", "deleted", "already"] = "soft"
    # The record before the change, where it was read; with its own attendance and length.
    was: Record | None = None
    # The window that can be sold again, read back as well: from and to, aware. None: it stays taken.
    freed: tuple[datetime, datetime] | None = None


class Call(Frozen):
    """Base of everything asked of the booking system. `results` names the events that may answer it.

    `CallFailed` may answer every call, so it stands in no list.
    """

    results: ClassVar[tuple[type[Event], ...]] = ()


class Query(Call):
    """A read."""


class Command(Call):
    """A write. It names its record as the client was shown it, and the change."""

    record: Record
    change: ClassVar[Change]


class RecordsFound(Event):
    """The client's records that can still be cancelled, soonest first."""

    records: tuple[Record, ...]


class Written(Event):
    """Base of how a write can end, but for `CallFailed`."""

    # An attempt before this one got no answer: it may land yet, on whatever is done to the record next.
    doubted: bool = False


class Proven(Written):
    """Base of the results of writes that worked: the journal shows the change."""

    receipt: Receipt


class RecordCancelled(Proven):
    pass


class RecordMoved(Proven):
    pass


class RecordRestored(Proven):
    # Read after the write: another active record of the master lies over this one.
    overlaps: bool = False


class SlotsFound(Event):
    """Windows that were free a moment ago, soonest first; the moved record's own counts as free."""

    slots: tuple[Slot, ...]


class SlotTaken(Written):
    """The wanted window is no longer free; nothing was written. `record` as the journal shows it now."""

    record: Record


class RecordChanged(Written):
    """Service, start or master are no longer what the client was shown; nothing was written."""

    was: Record
    now: Record


class TurnedOut(Event):
    """What the journal shows some minutes after a write whose outcome was unknown.

    `receipt` proves the change; `shown` is the record without it; neither: it could not be read.
    `record`, `change` and `to` are those of the write. With `told_at` the change had been proven and told
    then: `receipt` proves it still, or that the record is off, whoever did that ("soft": it has our mark).
    A move that did not come about, or a take-back of what was deleted, may find the record off, too.
    """

    record: Record
    change: Change = "cancelled"
    to: Slot | None = None
    receipt: Receipt | None = None
    shown: Record | None = None
    attempt: int = 1
    told_at: datetime | None = None
    unknown_at: datetime | None = None

    @property
    def is_as_wanted(self) -> bool:
        return self.receipt is not None and self.receipt.change == self.change


Refusal = Literal[
    "",
    "started",  # the visit has begun or is over
    "came",  # the journal says that the client came
    "paid",
    "locked",
    "no_visit",  # the record has no visit id, without which YClients cannot soft-cancel
    "not_yours",
    "not_found",  # the journal knows no such record any more
    "no_rights",  # YClients does not let this salon's token do it
    "refused",  # any other definite refusal
]


class CallFailed(Event):
    """A call ended without its result.

    `refused`: the other side said no, and nothing was changed. `not_tried`: no write ever left us or all
    were turned away unread, so nothing was changed. `unknown`: something may have been changed.
    """

    reason: Literal["refused", "not_tried", "unknown"]
    detail: Refusal = ""


class FindRecords(Query):
    """The active records of the client with this phone (E.164)."""

    results: ClassVar[tuple[type[Event], ...]] = (RecordsFound,)
    phone: str


class ReadOutcome(Query):
    """Whether a change whose outcome was unknown stands in the journal by now. Answered by `TurnedOut`.

    With `told_at`: whether one that was proven and told then stands still, though an attempt of an earlier
    write may have landed since. With `unknown_at` it was told then that nobody knows.
    """

    results: ClassVar[tuple[type[Event], ...]] = (TurnedOut,)
    # As the command named it; a move's window is `to`.
    record: Record
    change: Change = "cancelled"
    to: Slot | None = None
    attempt: int = 1
    told_at: datetime | None = None
    unknown_at: datetime | None = None


class FindSlots(Query):
    """Free windows of the salon for this record, as long as it is, on days `since` to `until` (inclusive).

    The record's own window counts as free. Without `any_master` only its own master's.
    """

    results: ClassVar[tuple[type[Event], ...]] = (SlotsFound,)
    record: Record
    # Calendar days in the salon's zone.
    since: date
    until: date
    any_master: bool = False
    # Nothing that starts sooner: the salon's notice. Aware.
    not_before: datetime


class CancelRecord(Command):
    """Mark the record as "did not come", so that the salon keeps its history."""

    results: ClassVar[tuple[type[Event], ...]] = (RecordCancelled, RecordChanged)
    change: ClassVar[Change] = "cancelled"


class MoveRecord(Command):
    """Give the record another start, and the window's master; everything else of it stays."""

    results: ClassVar[tuple[type[Event], ...]] = (RecordMoved, RecordChanged, SlotTaken)
    change: ClassVar[Change] = "moved"
    to: Slot
    # It was cancelled through us and comes back by this move: its attendance becomes `record.attendance`.
    revives: bool = False


class RestoreRecord(Command):
    """Take our own soft cancel back: attendance and length become those of `record`, if it is free."""

    results: ClassVar[tuple[type[Event], ...]] = (RecordRestored, RecordChanged, SlotTaken)
    change: ClassVar[Change] = "restored"


class Fact(Frozen):
    """Base of what the ledger keeps."""


class CancelSettled(Fact):
    """How one wish to cancel ended.

    `requested`: it is late, and the administrator was asked; `denied`: and said no; `withdrawn`: the client
    wants to come after all; `undecided`: the visit began before anybody had decided.
    """

    record: Record
    outcome: Literal[
        "cancelled", "refused", "not_tried", "unknown", "kept", "silent",
        "requested", "denied", "withdrawn", "undecided",
    ]  # fmt: skip
    # `late` where the salon's notice was over and its policy refuses; `moved` where a request ended by a
    # move, whose own notice tells it.
    detail: Refusal | Literal["late", "moved"] = ""
    # Within the salon's notice.
    late: bool = False
    receipt: Receipt | None = None
    # The id of the request, as the decision names it; with all that begins or ends one, but a cancel.
    request: str = ""


class MoveSettled(Fact):
    """How one wish to move ended. `record` is as it was before, `to` where it was to go, if that was told."""

    record: Record
    to: Slot | None = None
    outcome: Literal["moved", "refused", "not_tried", "unknown", "kept", "silent", "no_slots"]
    detail: Refusal = ""
    receipt: Receipt | None = None


class RestoreSettled(Fact):
    """How one wish to take a cancel back ended; `taken`: somebody else has the window."""

    record: Record
    outcome: Literal["restored", "refused", "not_tried", "unknown", "taken", "too_late"]
    detail: Refusal = ""
    receipt: Receipt | None = None
    # It came back, and another active record of the master lies over it.
    overlaps: bool = False


Reason = Literal[
    "illness", "family", "work", "no_time", "plans", "money", "other_salon", "dissatisfied", "transport",
    "weather", "forgot", "mistake", "mood", "not_needed", "refuse", "other", "none",
]  # fmt: skip


class ReasonGiven(Fact):
    """Why the client cancelled: a code of the statistics, and the client's own words, if any."""

    record: Record
    code: Reason
    words: str = ""


class LeftAsItWas(Fact):
    """A change whose outcome was unknown turned out not to have happened; the journal was read again.

    `found`: what somebody else has made of the record meanwhile, which `was` otherwise before.
    """

    record: Record
    change: Change = "cancelled"
    found: Literal["as_it_was", "elsewhere", "off", "gone"] = "as_it_was"
    was: Record | None = None


class HandedOver(Fact):
    """Something that a person of the salon has to look at, since we cannot end it."""

    record: Record | None = None
    change: Change = "cancelled"
    # `nobody_knows`: the journal could not be read again after an unknown outcome.
    # `overlap`: two active records of one master lie over each other.
    # `undone`: it is no longer as the client was told, by an attempt of ours that landed late.
    # `otherwise`: neither is it, and whose doing that is, nobody can tell.
    why: Literal["nobody_knows", "overlap", "undone", "otherwise"]
    # As the client had been told it, where it is another window or service by now.
    told: Record | None = None
