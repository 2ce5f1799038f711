"""What a chat keeps beyond its dialogues: stored in the same row and commit as the session."""

from datetime import datetime

from engine.booking import Change, Reason, Record, Slot
from engine.values import Frozen


class Undoable(Frozen):
    """A cancel of this chat's that can still be taken back."""

    # As it stood before we cancelled it: with its own attendance and length.
    record: Record
    # Aware.
    until: datetime
    # Its window was freed by shortening it.
    shortened: bool = False


class LateRequest(Frozen):
    """A cancel within the salon's notice that waits for somebody of the salon to decide."""

    request: str
    # As the client agreed to cancel it; once granted, as the salon had changed it meanwhile.
    record: Record
    asked_at: datetime
    # Why, where the wish told it.
    cause: Reason | None = None
    # The names on the cards of this phone, where they are several.
    people: tuple[str, ...] = ()
    # The salon has agreed, and the client is asked whether the record, or what it is now, is still to go.
    granted: bool = False
    # The client has written since, and no thanks: perhaps the wish is another one by now.
    spoken_since: bool = False


class Doubt(Frozen):
    """A write without an answer to an attempt of it: it may land yet, on whatever was done since."""

    record_id: int
    change: Change
    # Where a move goes to.
    to: Slot | None = None
    # Aware. Nothing was seen to land later than this (design §5).
    until: datetime


class Watched(Frozen):
    """A change that was told while another write of its record was in doubt: it is looked at later."""

    # As the client was told it.
    record: Record
    change: Change
    told_at: datetime


class Unknown(Frozen):
    """A write that was told as unknown: what a later look shows of it is told, until something newer is."""

    record_id: int
    # Aware.
    since: datetime
    # As a later write that was refused has told the client that it stands.
    told: Record | None = None


class Chat(Frozen):
    """What outlives flows."""

    # E.164, proven by the channel; None where the channel hides it.
    phone: str | None = None
    opted_out: bool = False
    undoable: tuple[Undoable, ...] = ()
    late_requests: tuple[LateRequest, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    watched: tuple[Watched, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    # When a cancel of this chat's ended last, done or unknown; aware.
    cancelled_at: datetime | None = None

    @property
    def deadline(self) -> datetime | None:
        """When the next of its requests ends undecided, if nobody decides: at the beginning of the visit."""
        return min((one.record.starts_at for one in self.late_requests), default=None)
