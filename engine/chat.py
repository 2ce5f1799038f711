"""What a chat keeps beyond its dialogues: stored in the same row and commit as the session."""

from datetime import datetime

from engine.booking import Reason, Record
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


class Chat(Frozen):
    """What outlives flows."""

    # E.164, proven by the channel; None where the channel hides it.
    phone: str | None = None
    opted_out: bool = False
    undoable: tuple[Undoable, ...] = ()
    late_requests: tuple[LateRequest, ...] = ()
    # When a cancel of this chat's ended last, done or unknown; aware.
    cancelled_at: datetime | None = None

    @property
    def deadline(self) -> datetime | None:
        """When the next of its requests ends undecided, if nobody decides: at the beginning of the visit."""
        return min((one.record.starts_at for one in self.late_requests), default=None)
