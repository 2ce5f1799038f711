"""Writes in doubt: an attempt without an answer may land minutes later, on whatever was done since. Pure.

YClients keeps no order between requests: a cancel that hangs there can be carried out once the client has
taken its repetition back. Nobody can call it off, so the chat remembers it, and flows look again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.booking import Change, ReadOutcome, Record, Slot, TurnedOut
from engine.chat import Chat, Doubt, Unknown

# As long as an unknown outcome is looked at (design §5).
IN_DOUBT_FOR = timedelta(minutes=12)


@dataclass(frozen=True, slots=True)
class Deed:
    """What one write does: the change of a record, and for a move the window that it goes to."""

    record_id: int
    change: Change
    to: Slot | None = None

    def is_undone_by(self, other: Doubt) -> bool:
        """Whether the other write makes something else of the record. The same once more does not."""
        same = other.change == self.change and _place(other.to) == _place(self.to)
        return other.record_id == self.record_id and not same


def _place(to: Slot | None) -> tuple[datetime, int] | None:
    # A master's name may be spelt in two ways.
    return None if to is None else (to.starts_at, to.master_id)


def deed(record: Record, change: Change, to: Slot | None = None) -> Deed:
    return Deed(record.record_id, change, to if change == "moved" else None)


def after_a_write(chat: Chat, done: Deed, now: datetime, *, doubted: bool) -> Chat:
    """Return the chat once this was written, or may have been: what was told of the record before is past."""
    watched = tuple(one for one in chat.watched if one.record.record_id != done.record_id)
    doubts = tuple(one for one in chat.doubts if one.until > now)
    unknown = tuple(one for one in chat.unknown if one.record_id != done.record_id)
    chat = chat.model_copy(update={"watched": watched, "doubts": doubts, "unknown": unknown})
    return in_doubt(chat, done, now) if doubted else chat


def in_doubt(chat: Chat, done: Deed, now: datetime) -> Chat:
    """Return the chat that remembers that an attempt of this write may land yet."""
    doubt = Doubt(record_id=done.record_id, change=done.change, to=done.to, until=now + IN_DOUBT_FOR)
    others = (one for one in chat.doubts if one.model_copy(update={"until": doubt.until}) != doubt)
    return chat.model_copy(update={"doubts": (*others, doubt)})


def left_unknown(chat: Chat, look: ReadOutcome, now: datetime) -> Chat:
    """Return the chat once this look was promised; that of an older unknown of the record tells nothing."""
    chat = after_a_write(chat, deed(look.record, look.change, look.to), now, doubted=True)
    unknown = Unknown(record_id=look.record.record_id, since=now)
    return chat.model_copy(update={"unknown": (*chat.unknown, unknown)})


def told_as_it_stands(chat: Chat, stands: Record) -> Chat:
    """Return the chat once a refusal has told how the record stands: a look need not tell that again."""
    unknown = tuple(
        one.model_copy(update={"told": stands}) if one.record_id == stands.record_id else one
        for one in chat.unknown
    )
    return chat.model_copy(update={"unknown": unknown})


def unknown_of(chat: Chat, turned_out: TurnedOut) -> Unknown | None:
    """Return the unknown outcome that this look was for, unless a newer one was told of its record."""
    looked_for = (turned_out.record.record_id, turned_out.unknown_at)
    return next((one for one in chat.unknown if (one.record_id, one.since) == looked_for), None)


def may_be_undone(chat: Chat, done: Deed, now: datetime) -> bool:
    """Whether a write in doubt may yet make something else of the record."""
    return any(one.until > now and done.is_undone_by(one) for one in chat.doubts)


def window_of(record: Record) -> Slot | None:
    """Return where the record stands; None where the journal does not number its master."""
    if record.master_id is None:
        return None
    return Slot(starts_at=record.starts_at, master=record.master, master_id=record.master_id)
