"""What the flow remembers between its turns, and what of it can still be tried."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from engine.booking import Record, RestoreSettled
from engine.effects import Effects, Note, Remember
from engine.events import Named
from engine.flow import Turn
from engine.understanding import explains, is_for

# A record whose wish ended so may be wished back once more: nothing was done, or nobody knows.
MAY_BE_TRIED_AGAIN = ("not_tried", "unknown")


class Memory(BaseModel):
    # What the list offers, soonest first.
    offered: tuple[Record, ...] = ()
    # The names on the cards of what could be taken back, where they are several.
    people: tuple[str, ...] = ()
    # Asked about or being taken back, in this order; the first of them is the one that is out.
    wanted: tuple[Record, ...] = ()
    # What waits for the salon, and is to be withdrawn by the yes as well.
    withdrawn: tuple[Record, ...] = ()
    # The client said yes to a question about them, so that the clock decides no more.
    agreed: bool = False
    # How it ended for those that were tried.
    ended: tuple[RestoreSettled, ...] = ()
    # What a later look has found to be off.
    off: Record | None = None
    # Ids of those that the salon had changed meanwhile.
    changed: tuple[int, ...] = ()


def are_all_named(named: Named, records: tuple[Record, ...]) -> bool:
    """Whether every service and person that was named is of one of these records."""
    words = (Named(words=(word,)) for word in named.words)
    return all(any(explains(word, record) for record in records) for word in words) and all(
        any(is_for(name, record) for record in records) for name in named.people
    )


def shared(turn: Turn[Memory]) -> bool:
    """Whether several people share the phone, so that it has to be told whose a record is."""
    return bool(turn.memory.people)


def sorted_out(
    turn: Turn[Memory], records: Iterable[Record]
) -> tuple[tuple[RestoreSettled, ...], tuple[Record, ...]]:
    """Part records into how it ended for those that are past trying, and those that are not."""
    found = [(record, _past_trying(turn, record)) for record in records]
    return (
        tuple(ended for _, ended in found if ended is not None),
        tuple(record for record, ended in found if ended is None),
    )


def _past_trying(turn: Turn[Memory], record: Record) -> RestoreSettled | None:
    if record.starts_at <= turn.now:
        return RestoreSettled(record=record, outcome="refused", detail="started")
    if not turn.memory.agreed and is_over(turn, record):
        return RestoreSettled(record=record, outcome="too_late")
    return None


def is_over(turn: Turn[Any], record: Record) -> bool:
    """The time in which this cancel can be taken back is over, or the chat does not know it any more."""
    return not any(
        undoable.record.record_id == record.record_id and undoable.until >= turn.now
        for undoable in turn.chat.undoable
    )


def noted(turn: Turn[Memory], facts: Iterable[RestoreSettled]) -> Effects:
    """Keep how it ended, in the ledger and for the report, and what of it can still be taken back."""
    facts = tuple(facts)
    turn.memory.ended += facts
    for fact in facts:
        yield Note(fact=fact)
    over = {fact.record.record_id for fact in facts if fact.outcome not in MAY_BE_TRIED_AGAIN}
    left = tuple(one for one in turn.chat.undoable if one.record.record_id not in over)
    yield Remember(undoable=left)
