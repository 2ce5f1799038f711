"""What became of a write: found by a later look, or told though its own state is gone."""

from datetime import timedelta
from typing import Any, Literal

from engine.booking import (
    Attendance,
    CancelSettled,
    Change,
    HandedOver,
    LeftAsItWas,
    MoveSettled,
    ReadOutcome,
    Receipt,
    Record,
    RecordCancelled,
    RecordMoved,
    RecordRestored,
    RestoreSettled,
    Slot,
    TurnedOut,
)
from engine.chat import Undoable
from engine.doubting import unknown_of, window_of
from engine.effects import Ask, Effects, Note, Option, Remember, Say, Then
from engine.events import FoundOff, Told
from engine.flow import IDLE, On, Row, Turn, repeat
from states.everywhere.keeping import (
    can_be_taken_back,
    end_requests,
    tell_that_it_is_over,
    undoable_after,
    watch,
    watched,
)

# The journal is read 2 and 10 minutes after an unknown outcome, then told as it is (design §5).
READ_LAST_AFTER = timedelta(minutes=8)
READINGS = 2
# What is told of a change that did not come about, and of one that stays unknown.
NOT_DONE: dict[Change, str] = {
    "cancelled": "everywhere.turned_out.stands",
    "moved": "everywhere.turned_out.not_moved",
    "restored": "everywhere.turned_out.not_restored",
}
NOBODY_KNOWS: dict[Change, str] = {
    "cancelled": "everywhere.turned_out.nobody_knows",
    "moved": "everywhere.turned_out.nobody_knows_of_the_move",
    "restored": "everywhere.turned_out.nobody_knows",
}
# What is told where the record stands, though not as it was told.
STANDS_OTHERWISE: dict[Change, str] = {
    "cancelled": "everywhere.undone.stands",
    "moved": "everywhere.undone.elsewhere",
    "restored": "everywhere.undone.elsewhere",
}


def rows(here: str) -> tuple[Row[Any], ...]:
    """Return the rows of a state that asks nothing. What is told there leaves nothing behind."""
    return (
        *_undone(here),
        *_done(here),
        *_turned_out(here),
        On(Told, here, here),
    )


def rows_while_asking(here: str) -> tuple[Row[Any], ...]:
    """Return the rows of a state that asks: a «да» must be an answer to its question alone, and a «нет» true.

    So it is asked anew below what is told. It is left, with a word, where it shows what is not so any more,
    and where the client was asked to write about another record.
    """
    return (
        *_undone(here),
        *_done(here),
        *_turned_out(here),
        On(Told, here, IDLE, when=the_question_cannot_stay, do=say_that_it_was_left),
        # Its words are a yes to it.
        On(Told, here, here, when=it_invites),
        On(Told, here, here, do=repeat("everywhere.turned_out.the_question")),
    )


# What was told may have been undone by an attempt that landed after it.


def _undone(here: str) -> tuple[Row[Any], ...]:
    """What stood there is left: it speaks of what is not so any more, or what is told asks for an answer."""
    return (
        On(TurnedOut, here, here, when=it_is_still_as_told, do=watch_no_more),
        On(TurnedOut, here, here, when=what_was_told_is_read_again, do=read_again),
        On(TurnedOut, here, IDLE, when=our_cancel_has_landed, do=say_so_and_offer_it_back),
        On(TurnedOut, here, IDLE, when=it_is_off_after_all, do=say_that_it_is_off),
        On(TurnedOut, here, IDLE, when=it_stands_otherwise, do=say_how_it_stands),
        On(TurnedOut, here, here, when=it_was_told, do=let_a_person_look),
    )


# What is told for the first time.


def _done(here: str) -> tuple[Row[Any], ...]:
    """Its state is gone (an upgrade, a poisoned turn), but what was done is told all the same."""
    return (
        On(RecordCancelled, here, here, do=say_that_it_was_cancelled),
        On(RecordMoved, here, here, do=say_that_it_was_moved),
        On(RecordRestored, here, here, do=say_that_it_was_restored),
    )


def _turned_out(here: str) -> tuple[Row[Any], ...]:
    return (
        On(TurnedOut, here, here, when=it_is_moved, do=say_that_it_is_moved),
        On(TurnedOut, here, here, when=it_is_restored, do=say_that_it_is_restored),
        On(TurnedOut, here, here, when=it_is_cancelled, do=say_that_it_is_cancelled),
        On(TurnedOut, here, here, when=it_is_read_again, do=read_again),
        On(TurnedOut, here, here, when=a_refusal_has_told_it, do=look_no_more),
        On(TurnedOut, here, here, when=an_older_cancel_has_landed, do=say_that_it_is_cancelled),
        On(TurnedOut, here, here, when=it_is_off, do=say_that_it_was_called_off),
        On(TurnedOut, here, here, when=it_stands_again_otherwise, do=say_where_it_stands_again),
        On(TurnedOut, here, here, when=it_stands, do=say_that_it_stands),
        On(TurnedOut, here, here, do=say_that_nobody_knows),
    )


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def it_was_told(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.told_at is not None


def it_is_still_as_told(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """At the last look; or nothing is told of it any more, since it was changed through us once more."""
    if turned_out.told_at is None:
        return False
    past = watched(turn, turned_out.record, turned_out.told_at) is None
    return past or (turned_out.is_as_wanted and turned_out.attempt >= READINGS)


def what_was_told_is_read_again(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """It is as it was told so far, or could not be read."""
    unread = turned_out.receipt is None and turned_out.shown is None
    again = turned_out.told_at is not None and turned_out.attempt < READINGS
    return again and (unread or turned_out.is_as_wanted)


def our_cancel_has_landed(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """It is off by our own mark, which was gone when that was told; and it can come back through us.

    What the salon has moved meanwhile, or what has begun, cannot: a take-back is refused there.
    """
    receipt = turned_out.receipt
    if not it_was_told(turn, turned_out) or receipt is None or turn.chat.opted_out:
        return False
    there = receipt.record.shows_the_same(turned_out.record) and receipt.record.starts_at > turn.now
    return there and can_be_taken_back(turn, receipt)


def it_is_off_after_all(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """By our own mark, but nothing may be offered; or by somebody of the salon's."""
    return it_was_told(turn, turned_out) and turned_out.receipt is not None


def it_stands_otherwise(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """A cancel was told, and it is in force; or it stands elsewhere."""
    return it_was_told(turn, turned_out) and turned_out.shown is not None


def it_invites(turn: Turn[Any], told: Told) -> bool:
    return told.invites


def the_question_cannot_stay(turn: Turn[Any], told: Told) -> bool:
    """«Нет» would be answered with that the record stays as shown, or «отмените» would be a yes to it."""
    question = turn.pending
    assert question is not None
    asked = {record.record_id: record for record in (*question.among, *question.proposes)}
    shown = asked.get(told.record.record_id)
    if shown is None or (told.invites and len(asked) > 1):
        return told.invites
    is_back = told.restored and question.change == "restored"
    return told.gone or is_back or not told.record.shows_the_same(shown)


def it_is_moved(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.change == "moved" and turned_out.is_as_wanted


def it_is_restored(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.change == "restored" and turned_out.is_as_wanted


def it_is_cancelled(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.is_as_wanted


def it_is_read_again(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.attempt < READINGS


def a_refusal_has_told_it(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """It stands as a later write, which was refused, has told the client."""
    unknown, shown = unknown_of(turn.chat, turned_out), turned_out.shown
    if unknown is None or unknown.told is None or shown is None:
        return False
    return shown.shows_the_same(unknown.told) and _is_off(shown) == _is_off(unknown.told)


def an_older_cancel_has_landed(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """Off by our own mark, and nobody was told of that yet."""
    receipt = turned_out.receipt
    return receipt is not None and receipt.how == "soft" and not _was_off(turn, turned_out)


def it_is_off(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """By somebody of the salon's; or as it was, where a move was to bring it back."""
    return turned_out.receipt is not None


def it_stands_again_otherwise(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """Somebody else has brought it back, at another time or not quite as it was."""
    shown = turned_out.shown
    return turned_out.change == "restored" and shown is not None and not _is_off(shown)


def _is_off(record: Record) -> bool:
    return record.attendance is Attendance.DID_NOT_COME


def _was_off(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """Whether a cancel of it had been told before, and can be taken back."""
    return any(one.record.record_id == turned_out.record.record_id for one in turn.chat.undoable)


def it_stands(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return turned_out.shown is not None


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def say_that_it_is_cancelled(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    assert turned_out.receipt is not None
    yield from look_no_more(turn, turned_out)
    yield from _cancelled(turn, turned_out.receipt)


def say_that_it_was_cancelled(turn: Turn[Any], cancelled: RecordCancelled) -> Effects:
    yield from _cancelled(turn, cancelled.receipt)


def _cancelled(turn: Turn[Any], receipt: Receipt) -> Effects:
    record = receipt.record
    yield Note(fact=CancelSettled(record=record, outcome="cancelled", receipt=receipt))
    others = tuple(one for one in turn.chat.late_requests if one.record.record_id != record.record_id)
    yield Remember(undoable=undoable_after(turn, receipt), late_requests=others, cancelled_at=turn.now)
    yield Say(text="everywhere.turned_out.cancelled", args={"record": record}, receipts=(receipt,))
    yield from watch(turn, receipt)
    yield Then(event=Told(record=record, gone=True))


def say_that_it_is_moved(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    assert turned_out.receipt is not None
    yield from _moved(turn, turned_out.receipt, turned_out.to)


def say_that_it_was_moved(turn: Turn[Any], moved: RecordMoved) -> Effects:
    yield from _moved(turn, moved.receipt, None)


def _moved(turn: Turn[Any], receipt: Receipt, to: Slot | None) -> Effects:
    """`to` is where it was to go, as far as that is known; else the receipt tells where it went."""
    record = receipt.record
    yield from end_requests(turn, record)
    to = to or window_of(record)
    yield Note(fact=MoveSettled(record=receipt.was or record, to=to, outcome="moved", receipt=receipt))
    yield Say(text="everywhere.turned_out.moved", args={"record": record}, receipts=(receipt,))
    yield from watch(turn, receipt)
    yield Then(event=Told(record=record))


def say_that_it_is_restored(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    assert turned_out.receipt is not None
    yield from _restored(turn, turned_out.receipt, overlaps=False)


def say_that_it_was_restored(turn: Turn[Any], restored: RecordRestored) -> Effects:
    yield from _restored(turn, restored.receipt, overlaps=restored.overlaps)


def _restored(turn: Turn[Any], receipt: Receipt, *, overlaps: bool) -> Effects:
    record = receipt.record
    others = tuple(one for one in turn.chat.undoable if one.record.record_id != record.record_id)
    yield Remember(undoable=others)
    yield Note(fact=RestoreSettled(record=record, outcome="restored", receipt=receipt, overlaps=overlaps))
    yield Say(text="everywhere.turned_out.restored", args={"record": record}, receipts=(receipt,))
    yield from watch(turn, receipt)
    yield Then(event=Told(record=record, restored=True))


def say_that_it_was_left(turn: Turn[Any], told: Told) -> Effects:
    yield from tell_that_it_is_over(turn, told.record)


def read_again(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    record, change, to = turned_out.record, turned_out.change, turned_out.to
    query = ReadOutcome(
        record=record,
        change=change,
        to=to,
        attempt=turned_out.attempt + 1,
        told_at=turned_out.told_at,
        unknown_at=turned_out.unknown_at,
    )
    yield Ask(query=query, after=READ_LAST_AFTER)


def watch_no_more(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    others = tuple(one for one in turn.chat.watched if one.told_at != turned_out.told_at)
    yield Remember(watched=others)


def say_so_and_offer_it_back(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    """The client wished to come: once more, but by a tap, since the salon may have called it off since."""
    receipt = turned_out.receipt
    assert receipt is not None
    told = turned_out.record
    yield from watch_no_more(turn, turned_out)
    others = tuple(one for one in turn.chat.undoable if one.record.record_id != told.record_id)
    # As it stood when it was told.
    again = Undoable(record=told, until=turn.now + turn.salon.undo_for)
    yield Remember(undoable=(*others, again), cancelled_at=turn.now)
    yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", receipt=receipt))
    yield _handed_over(turned_out, receipt.record, ours=receipt.how == "soft")
    yield Say(
        text="everywhere.undone.by_our_cancel",
        args={"record": receipt.record},
        options=(Option(kind="take_back", record=told),),
        receipts=(receipt,),
    )
    yield from tell_that_it_is_over(turn, receipt.record)
    yield Then(event=FoundOff(record=receipt.record))


def say_that_it_is_off(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    receipt = turned_out.receipt
    assert receipt is not None
    yield from watch_no_more(turn, turned_out)
    if receipt.how == "soft":
        yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", receipt=receipt))
    yield _handed_over(turned_out, receipt.record, ours=receipt.how == "soft")
    yield Say(text="everywhere.undone.off", args={"record": receipt.record}, receipts=(receipt,))
    yield from tell_that_it_is_over(turn, receipt.record)
    yield Then(event=FoundOff(record=receipt.record))


def say_how_it_stands(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    shown = turned_out.shown
    assert shown is not None
    yield from watch_no_more(turn, turned_out)
    yield _handed_over(turned_out, shown, ours=False)
    yield Say(text=STANDS_OTHERWISE[turned_out.change], args={"record": shown})
    yield from tell_that_it_is_over(turn, shown)


def _handed_over(turned_out: TurnedOut, now: Record, *, ours: bool) -> Note:
    told = None if now.shows_the_same(turned_out.record) else turned_out.record
    why: Literal["undone", "otherwise"] = "undone" if ours else "otherwise"
    return Note(fact=HandedOver(record=now, change=turned_out.change, why=why, told=told))


def let_a_person_look(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    """What the client was told had been read, and nothing newer is known."""
    yield from watch_no_more(turn, turned_out)
    yield Note(fact=HandedOver(record=turned_out.record, change=turned_out.change, why="nobody_knows"))


def look_no_more(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    looked_for = unknown_of(turn.chat, turned_out)
    yield Remember(unknown=tuple(one for one in turn.chat.unknown if one != looked_for))


def say_that_it_stands(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    shown = turned_out.shown
    assert shown is not None
    yield from look_no_more(turn, turned_out)
    left = LeftAsItWas(record=shown, change=turned_out.change)
    yield Note(fact=left if shown.shows_the_same(turned_out.record) else _elsewhere(turned_out, shown))
    yield Say(text=NOT_DONE.get(turned_out.change, NOT_DONE["cancelled"]), args={"record": shown})
    # «Напишите ещё раз», it says, but of a take-back.
    yield Then(event=Told(record=shown, invites=turned_out.change != "restored"))


def say_where_it_stands_again(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    shown = turned_out.shown
    assert shown is not None
    yield from look_no_more(turn, turned_out)
    yield Note(fact=_elsewhere(turned_out, shown))
    yield Say(text="everywhere.undone.elsewhere", args={"record": shown})
    yield Then(event=Told(record=shown))


def _elsewhere(turned_out: TurnedOut, shown: Record) -> LeftAsItWas:
    return LeftAsItWas(record=shown, change=turned_out.change, found="elsewhere", was=turned_out.record)


def say_that_it_was_called_off(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    receipt = turned_out.receipt
    assert receipt is not None
    gone = receipt.how == "deleted"
    yield from look_no_more(turn, turned_out)
    left = LeftAsItWas(record=receipt.record, change=turned_out.change, found="gone" if gone else "off")
    unchanged = receipt.how == "soft"
    yield Note(fact=left.model_copy(update={"found": "as_it_was"}) if unchanged else left)
    text = "everywhere.turned_out.gone" if gone else "everywhere.undone.off"
    yield Say(text=text, args={"record": receipt.record}, receipts=(receipt,))
    yield from watch(turn, receipt)
    yield Then(event=Told(record=receipt.record, gone=True))


def say_that_nobody_knows(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    record = turned_out.record
    yield from look_no_more(turn, turned_out)
    yield Note(fact=HandedOver(record=record, change=turned_out.change, why="nobody_knows"))
    text = NOBODY_KNOWS.get(turned_out.change, NOBODY_KNOWS["cancelled"])
    yield Say(text=text, args={"record": record})
    yield Then(event=Told(record=record, gone=True))
