"""The booking vocabulary that flows and adapters share: records, receipts, calls and their results."""

from datetime import datetime
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

    def shows_the_same(self, other: "Record") -> bool:
        """Whether a client who was shown `other` would recognise this one: services, start and master."""
        return (
            sorted(self.services) == sorted(other.services)
            and self.starts_at == other.starts_at
            and (self.master_id, self.master) == (other.master_id, other.master)
        )


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


class RecordCancelled(Event):
    receipt: Receipt


class RecordChanged(Event):
    """Service, start or master are no longer what the client was shown; nothing was written."""

    was: Record
    now: Record


class TurnedOut(Event):
    """What the journal shows some minutes after a write whose outcome was unknown.

    `receipt` proves the change; `shown` is the record without it; neither: it could not be read.
    """

    record: Record
    receipt: Receipt | None = None
    shown: Record | None = None
    attempt: int = 1


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
    """Whether a cancel whose outcome was unknown stands in the journal by now. Answered by `TurnedOut`."""

    results: ClassVar[tuple[type[Event], ...]] = (TurnedOut,)
    record: Record
    attempt: int = 1


class CancelRecord(Command):
    """Mark the record as "did not come", so that the salon keeps its history."""

    results: ClassVar[tuple[type[Event], ...]] = (RecordCancelled, RecordChanged)
    change: ClassVar[Change] = "cancelled"


class Fact(Frozen):
    """Base of what the ledger keeps."""


class CancelSettled(Fact):
    """How one wish to cancel ended."""

    record: Record
    outcome: Literal["cancelled", "refused", "not_tried", "unknown", "kept", "silent"]
    detail: Refusal = ""
    receipt: Receipt | None = None
