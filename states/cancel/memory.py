"""What a cancel remembers: what is asked about, what is still to be done, and how each of it ended."""

from datetime import timedelta
from typing import Any, Literal

from engine.booking import CallFailed, Reason, Receipt, Record, RecordCancelled, RecordChanged, Refusal
from engine.chat import LateRequest
from engine.events import CancelWanted, LateDecided
from engine.flow import Turn
from engine.values import Frozen
from states import choose_record

# A bare «не приду» so soon after a cancel may be the same wish again.
REPEATED_WITHIN = timedelta(hours=24)

How = Literal[
    "cancelled", "already", "refused", "not_tried", "unknown", "changed", "not_begun", "requested"
]  # fmt: skip


class Outcome(Frozen):
    """How the cancel of one record ended. `record` is as the client agreed to cancel it."""

    record: Record
    how: Literal[
        "cancelled", "already", "refused", "not_tried", "unknown", "changed", "not_begun", "requested"
    ]
    detail: Refusal = ""
    # With "cancelled" and "already".
    receipt: Receipt | None = None
    # With "changed": what the journal shows now.
    now: Record | None = None

    @property
    def shown(self) -> Record:
        """The record as it is told: as it was read last."""
        return self.receipt.record if self.receipt else self.record


class Memory(choose_record.Memory):
    # Of what is asked about beside `chosen`: what only the salon may cancel by now.
    for_the_salon: tuple[Record, ...] = ()
    # What was agreed to and has not ended yet, the one that is under way first.
    to_do: tuple[Record, ...] = ()
    # What has ended and was not told yet.
    outcomes: tuple[Outcome, ...] = ()
    # It is somebody's who was named, if that is anybody on this phone.
    of_somebody: bool = False
    # Why, where the wish told it.
    cause: Reason | None = None
    # The salon granted it, so that no answer of the client's led here.
    granted: bool = False
    # Asked which request is withdrawn: one of them was meant, and not all.
    one_stays: bool = False
    # What the client called off in the words that are asked about, and is looked up after them.
    other_half: CancelWanted | None = None
    # For the reason: what was cancelled, and whether it is known why.
    cancelled: tuple[Record, ...] = ()
    reason_given: bool = False


def asked_about(memory: Memory) -> tuple[Record, ...]:
    """Return all that the pending question names, in the order of its words."""
    return (*memory.chosen, *memory.for_the_salon)


def several_people(turn: Turn[Memory]) -> bool:
    """Whether it has to be told whose a record is."""
    return bool(turn.memory.people)


def is_late(turn: Turn[Memory], record: Record) -> bool:
    """Whether the salon's notice is over for this record."""
    return record.starts_at - turn.now < turn.salon.notice


def needs_the_salon(turn: Turn[Memory], record: Record) -> bool:
    """Whether it is late, and the salon has not agreed yet; what it granted holds for the record."""
    granted = {one.record.record_id for one in turn.chat.late_requests if one.granted}
    return is_late(turn, record) and record.record_id not in granted


def late_policy(turn: Turn[Memory]) -> Literal["allow", "request", "refuse"]:
    """Return what decides about late ones: a request that would reach nobody is none."""
    unheard = turn.salon.late_policy == "request" and not turn.salon.hears
    return "refuse" if unheard else turn.salon.late_policy


def was_cancelled_lately(turn: Turn[Any]) -> bool:
    """Whether a cancel of this chat's ended so recently that bare words may be about that one."""
    last = turn.chat.cancelled_at
    return last is not None and turn.said_at - last <= REPEATED_WITHIN


def requested(turn: Turn[Memory], decided: LateDecided) -> LateRequest:
    """Return the request that the salon has decided; the dialogue drops what decides another."""
    return next(one for one in turn.chat.late_requests if one.request == decided.request)


def under_way(memory: Memory) -> Record:
    """Return the record whose cancel is out. Sessions of the first table name it in `chosen` alone."""
    return (*memory.to_do, *memory.chosen)[0]


def ended(turn: Turn[Memory], event: RecordCancelled | RecordChanged | CallFailed) -> Outcome:
    """Return what this result means for the record that is under way."""
    record = under_way(turn.memory)
    if isinstance(event, RecordCancelled):
        how: How = "already" if event.receipt.how == "already" else "cancelled"
        return Outcome(record=record, how=how, receipt=event.receipt)
    if isinstance(event, RecordChanged):
        return Outcome(record=record, how="changed", now=event.now)
    return Outcome(record=record, how=event.reason, detail=event.detail)
