"""What the chat keeps of a cancel, so that it can be taken back whatever dialogue comes in between."""

from datetime import datetime, timedelta
from typing import Any

from engine.booking import CancelSettled, Change, ReadOutcome, Receipt, Record, Slot
from engine.chat import Undoable, Watched
from engine.doubting import deed, may_be_undone, window_of
from engine.effects import Ask, Effects, Note, Remember, Say
from engine.flow import Turn

# After an unknown outcome the journal is read again, when a slow write has long landed (design §5).
READ_AGAIN_AFTER = timedelta(minutes=2)

# What is told of a question that was left, by the change that a yes to it would have made.
LEFT: dict[Change, str] = {
    "cancelled": "everywhere.left.cancelled",
    "moved": "everywhere.left.moved",
    "restored": "everywhere.left.restored",
}


def undoable_after(turn: Turn[Any], receipt: Receipt) -> tuple[Undoable, ...]:
    """Return what can be taken back after this cancel: with it, if the salon lets its own kind be.

    What was deleted stays so; what had been cancelled already is as it was: by us, or by somebody else.
    """
    known = tuple(one for one in turn.chat.undoable if one.record.starts_at > turn.now)
    if receipt.how == "already":
        return known
    others = tuple(one for one in known if one.record.record_id != receipt.record.record_id)
    if not can_be_taken_back(turn, receipt):
        return others
    # As it stood before: the journal's own words, where it was read before it was written.
    record = receipt.was or receipt.record
    until = turn.now + turn.salon.undo_for
    return (*others, Undoable(record=record, until=until, shortened=receipt.freed is not None))


def end_requests(turn: Turn[Any], record: Record) -> Effects:
    """The record was moved: what the salon was asked about is not wanted any more, as the move says to it."""
    ended = tuple(one for one in turn.chat.late_requests if one.record.record_id == record.record_id)
    if ended:
        yield Remember(late_requests=tuple(one for one in turn.chat.late_requests if one not in ended))
    for one in ended:
        settled = CancelSettled(record=one.record, outcome="withdrawn", late=True, request=one.request)
        yield Note(fact=settled.model_copy(update={"detail": "moved"}))


def look_later(turn: Turn[Any], record: Record, change: Change, to: Slot | None = None) -> Effects:
    """Read the journal again after an unknown outcome, until something newer is told of the record."""
    query = ReadOutcome(record=record, change=change, to=to, unknown_at=turn.now)
    yield Ask(query=query, after=READ_AGAIN_AFTER)


def watch(turn: Turn[Any], receipt: Receipt) -> Effects:
    """Look later whether it still is as it is told now, where an earlier write may land and undo it."""
    record, change = receipt.record, receipt.change
    to = window_of(record)
    if not may_be_undone(turn.chat, deed(record, change, to), turn.now):
        return
    told = Watched(record=record, change=change, told_at=receipt.read_at)
    yield Remember(watched=(*turn.chat.watched, told))
    query = ReadOutcome(record=record, change=change, to=to, told_at=receipt.read_at)
    yield Ask(query=query, after=READ_AGAIN_AFTER)


def watched(turn: Turn[Any], record: Record, told_at: datetime) -> Watched | None:
    """Return what was told of the record then, unless it was changed through us since."""
    found = (one for one in turn.chat.watched if one.record.record_id == record.record_id)
    return next((one for one in found if one.told_at == told_at), None)


def tell_what_was_left(turn: Turn[Any], *settled: Record) -> Effects:
    """Tell that a question was left, so that nobody takes a later «да» for its answer.

    `settled`: what the client hears of anyway, so that a question about nothing else needs no word.
    """
    yield from _tell_that_it_was_left(turn, turn.left, *settled)


def tell_that_it_is_over(turn: Turn[Any], told: Record) -> Effects:
    """Tell that the pending question is left, now that this was told of a record."""
    question = turn.pending
    if question is None or turn.chat.opted_out:
        return
    if {record.record_id for record in (*question.among, *question.proposes)} == {told.record_id}:
        yield Say(text="everywhere.left.past")
    else:
        yield from _tell_that_it_was_left(turn, question, told)


def _tell_that_it_was_left(turn: Turn[Any], question: Say | None, *settled: Record) -> Effects:
    if question is None or turn.chat.opted_out:
        return
    over = {record.record_id for record in settled}
    shown = question.proposes or question.among
    records = tuple(record for record in shown if record.record_id not in over)
    if shown and not records:
        return
    unknown = {one.record_id for one in turn.chat.unknown}
    if not question.proposes or any(record.record_id in unknown for record in records):
        # Nor is anything claimed of what nobody knows.
        yield Say(text="everywhere.left.open")
    elif len(records) > 1:
        yield Say(text="everywhere.left.all", args={"records": records}, whose=question.whose)
    else:
        text = LEFT[question.change or "cancelled"]
        yield Say(text=text, args={"record": records[0]}, whose=question.whose)


def can_be_taken_back(turn: Turn[Any], receipt: Receipt) -> bool:
    return bool("undo" in turn.salon.offers and turn.salon.undo_for and receipt.how == "soft")
