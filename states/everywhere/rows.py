"""Everywhere: one honest sentence for whatever a client may send, and an end for every wait."""

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
)
from engine.chat import Undoable
from engine.doubting import unknown_of, window_of
from engine.effects import Ask, Effects, Note, Option, Remember, Repeat, Say, Then
from engine.events import (
    FoundOff,
    Greeted,
    Muted,
    NotDelivered,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StartWanted,
    StillWaiting,
    StopWanted,
    Thanked,
    TimedOut,
    TooEarly,
    TurnedOut,
)
from engine.flow import IDLE, Home, On, Open, Row, State, Turn, Waiting, missed_again, repeat, say
from states.everywhere.keeping import (
    can_be_taken_back,
    end_requests,
    undoable_after,
    watch,
    watched,
)

# The journal is read 2 and 10 minutes after an unknown outcome, then told as it is (design §5).
READ_LAST_AFTER = timedelta(minutes=8)
READINGS = 2
# What is told of a change that did not come about, and of one that stays unknown.
STANDS: dict[Change, str] = {
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
# Over another question «отмените запись» would be a yes to that one, so the salon is named.
STANDS_MEANWHILE: dict[Change, str] = {**STANDS_OTHERWISE, "cancelled": "everywhere.undone.stands_meanwhile"}
# Intents that say nothing new to a question that is about to be asked.
ADDS_NOTHING = ("cancel", "yes", "no", "keep", "choose", "unclear", "hello", "thanks", "reason")
# Wishes that a cancel may serve as well, so the words for one are told.
MAY_MEAN_A_CANCEL = ("reschedule", "reason", "ask_cancel")


def rows(state: State) -> tuple[Row[Any], ...]:
    """Return the rows that this state has beside its flow's own."""
    match state:
        case Home():
            return (*_beginnings(), *_at_rest(IDLE), *_undone(IDLE), *_of_all(IDLE))
        case Open():
            return _at_rest(state.name) + _undone(state.name) + _of_all(state.name)
        case Waiting():
            return _asking(state.name) + _undone_while_asking(state.name) + _of_all(state.name)
        case _:
            # Words wait while a call is out, so only time can pass here.
            return (On(StillWaiting, state.name, state.name, do=say("everywhere.still_waiting")),)


def _beginnings() -> tuple[Row[Any], ...]:
    return (
        On(StartedOver, IDLE, IDLE, when=a_write_was_out, do=say("everywhere.started_over_unsure")),
        On(StartedOver, IDLE, IDLE, do=say("everywhere.started_over")),
        # A flow that keeps a deadline on the chat takes it with a row of its own.
        On(TimedOut, IDLE, IDLE),
        # So does one that hears what is said of it.
        On(FoundOff, IDLE, IDLE),
    )


def _at_rest(here: str) -> tuple[Row[Any], ...]:
    return (
        On(Greeted, here, here, do=say("everywhere.hello")),
        On(Thanked, here, IDLE, do=say("everywhere.thanks")),
        On(NotServed, here, here, do=say_what_is_not_served),
        On(NoWords, here, here, do=say_what_cannot_be_read),
        On(NotUnderstood, here, here, when=missed_again, do=say("everywhere.a_person")),
        On(NotUnderstood, here, here, do=say("everywhere.not_understood")),
        On(StaleTap, here, here, do=say("everywhere.stale_tap")),
        # A heart under a message needs no answer.
        On(Reacted, here, here),
    )


def _asking(here: str) -> tuple[Row[Any], ...]:
    return (
        On(Greeted, here, here, do=repeat("everywhere.hello_again")),
        On(Thanked, here, here, do=repeat("everywhere.still_to_answer")),
        On(NotServed, here, here, do=say_what_is_not_served_and_repeat),
        On(NoWords, here, here, do=say_what_cannot_be_read_and_repeat),
        # The question stays: whoever calls the salon need not answer it, and whoever does may.
        On(NotUnderstood, here, here, when=missed_again, do=repeat("everywhere.a_person")),
        On(NotUnderstood, here, here, do=repeat("everywhere.not_an_answer")),
        On(StaleTap, here, here, do=repeat("everywhere.stale_tap_here")),
        # A thumbs-up is no consent, and the client may think that it is.
        On(Reacted, here, here, do=repeat("everywhere.not_an_answer")),
        # The question stands below these words on the client's phone: it asks again by itself. But a «нет»
        # that gets no word would be taken for heard, and the next «да» for a yes to it.
        On(TooEarly, here, here, when=the_question_follows),
        On(TooEarly, here, here, when=it_adds_nothing, do=repeat("everywhere.too_early")),
        On(TooEarly, here, here, do=say_what_was_asked_too_early_and_repeat),
        On(NotDelivered, here, IDLE),
    )


# What was told may have been undone by an attempt that landed after it.


def _undone(here: str) -> tuple[Row[Any], ...]:
    """Where nothing is asked. What stood there spoke of what is not so any more: it is left."""
    return (
        On(TurnedOut, here, here, when=it_is_still_as_told, do=watch_no_more),
        On(TurnedOut, here, here, when=what_was_told_is_read_again, do=read_again),
        On(TurnedOut, here, IDLE, when=our_cancel_has_landed, do=say_so_and_offer_it_back),
        On(TurnedOut, here, IDLE, when=it_is_off_after_all, do=say_that_it_is_off),
        On(TurnedOut, here, IDLE, when=it_stands_otherwise, do=say_how_it_stands),
        On(TurnedOut, here, here, when=it_was_told, do=let_a_person_look),
    )


def _undone_while_asking(here: str) -> tuple[Row[Any], ...]:
    """Over a question. About another record, it is asked anew below: a «да» must be an answer to it alone."""
    return (
        On(TurnedOut, here, here, when=it_is_still_as_told, do=watch_no_more),
        On(TurnedOut, here, here, when=what_was_told_is_read_again, do=read_again),
        On(TurnedOut, here, here, when=our_cancel_has_landed_meanwhile, do=say_so_and_repeat),
        On(TurnedOut, here, here, when=it_is_off_meanwhile, do=say_that_it_is_off_and_repeat),
        On(TurnedOut, here, here, when=it_stands_otherwise_meanwhile, do=say_how_it_stands_and_repeat),
        On(TurnedOut, here, IDLE, when=our_cancel_has_landed, do=say_so_and_offer_it_back),
        On(TurnedOut, here, IDLE, when=it_is_off_after_all, do=say_that_it_is_off),
        On(TurnedOut, here, IDLE, when=it_stands_otherwise, do=say_how_it_stands),
        On(TurnedOut, here, here, when=it_was_told, do=let_a_person_look),
    )


def _of_all(here: str) -> tuple[Row[Any], ...]:
    return (
        On(StopWanted, here, IDLE),
        On(StartWanted, here, IDLE, do=say("everywhere.started")),
        On(Muted, here, here),
        # Its state is gone (an upgrade, a poisoned turn), but what was done is told all the same.
        On(RecordCancelled, here, here, do=say_that_it_was_cancelled),
        On(RecordMoved, here, here, do=say_that_it_was_moved),
        On(RecordRestored, here, here, do=say_that_it_was_restored),
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


def a_write_was_out(turn: Turn[Any], over: StartedOver) -> bool:
    return over.write_was_out


def the_question_follows(turn: Turn[Any], early: TooEarly) -> bool:
    return early.question_follows and not early.answers and early.intent in ADDS_NOTHING


def it_adds_nothing(turn: Turn[Any], early: TooEarly) -> bool:
    return early.intent in ADDS_NOTHING


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


def our_cancel_has_landed_meanwhile(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return _another_is_asked_about(turn, turned_out) and our_cancel_has_landed(turn, turned_out)


def it_is_off_meanwhile(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return _another_is_asked_about(turn, turned_out) and it_is_off_after_all(turn, turned_out)


def it_stands_otherwise_meanwhile(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    return _another_is_asked_about(turn, turned_out) and it_stands_otherwise(turn, turned_out)


def _another_is_asked_about(turn: Turn[Any], turned_out: TurnedOut) -> bool:
    """A question that is about this record and no other asks of what is not there any more."""
    assert turn.pending is not None
    asked = {record.record_id for record in turn.pending.proposes or turn.pending.among}
    return asked != {turned_out.record.record_id}


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


def say_what_is_not_served(turn: Turn[Any], wish: NotServed) -> Effects:
    yield Say(text=f"everywhere.not_served.{wish.intent}")
    # Where a question stands, it says this better.
    if wish.intent in MAY_MEAN_A_CANCEL:
        yield Say(text="everywhere.how_to_cancel")


def say_what_is_not_served_and_repeat(turn: Turn[Any], wish: NotServed) -> Effects:
    yield Repeat(after=f"everywhere.not_served.{wish.intent}")


def say_what_was_asked_too_early_and_repeat(turn: Turn[Any], early: TooEarly) -> Effects:
    yield Repeat(after=f"everywhere.not_served.{early.intent}")


def say_what_cannot_be_read(turn: Turn[Any], sent: NoWords) -> Effects:
    yield Say(text=f"everywhere.no_words.{sent.kind}")


def say_what_cannot_be_read_and_repeat(turn: Turn[Any], sent: NoWords) -> Effects:
    yield Repeat(after=f"everywhere.no_words.{sent.kind}")


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
    yield from _may_be_taken_back_again(turn, turned_out, receipt)
    yield Say(
        text="everywhere.undone.by_our_cancel",
        args={"record": receipt.record},
        options=(Option(kind="take_back", record=turned_out.record),),
        receipts=(receipt,),
    )
    yield Then(event=FoundOff(record=receipt.record))


def say_so_and_repeat(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    """The question below has its own buttons; words take it back once that is answered."""
    receipt = turned_out.receipt
    assert receipt is not None
    yield from _may_be_taken_back_again(turn, turned_out, receipt)
    args, receipts = {"record": receipt.record}, (receipt,)
    yield Say(text="everywhere.undone.by_our_cancel_meanwhile", args=args, receipts=receipts)
    yield Repeat(after="everywhere.undone.the_question")


def _may_be_taken_back_again(turn: Turn[Any], turned_out: TurnedOut, receipt: Receipt) -> Effects:
    told = turned_out.record
    yield from watch_no_more(turn, turned_out)
    others = tuple(one for one in turn.chat.undoable if one.record.record_id != told.record_id)
    # As it stood when it was told.
    again = Undoable(record=told, until=turn.now + turn.salon.undo_for)
    yield Remember(undoable=(*others, again), cancelled_at=turn.now)
    yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", receipt=receipt))
    yield _handed_over(turned_out, receipt.record, ours=receipt.how == "soft")


def say_that_it_is_off(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    yield from _off(turn, turned_out)
    assert turned_out.receipt is not None
    yield Then(event=FoundOff(record=turned_out.receipt.record))


def say_that_it_is_off_and_repeat(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    yield from _off(turn, turned_out)
    yield Repeat(after="everywhere.undone.the_question")


def _off(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    receipt = turned_out.receipt
    assert receipt is not None
    yield from watch_no_more(turn, turned_out)
    if receipt.how == "soft":
        yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", receipt=receipt))
    yield _handed_over(turned_out, receipt.record, ours=receipt.how == "soft")
    yield Say(text="everywhere.undone.off", args={"record": receipt.record}, receipts=(receipt,))


def say_how_it_stands(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    yield from _otherwise(turn, turned_out, STANDS_OTHERWISE[turned_out.change])


def say_how_it_stands_and_repeat(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    yield from _otherwise(turn, turned_out, STANDS_MEANWHILE[turned_out.change])
    yield Repeat(after="everywhere.undone.the_question")


def _otherwise(turn: Turn[Any], turned_out: TurnedOut, text: str) -> Effects:
    shown = turned_out.shown
    assert shown is not None
    yield from watch_no_more(turn, turned_out)
    yield _handed_over(turned_out, shown, ours=False)
    yield Say(text=text, args={"record": shown})


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
    yield Say(text=STANDS.get(turned_out.change, "everywhere.turned_out.stands"), args={"record": shown})


def say_where_it_stands_again(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    shown = turned_out.shown
    assert shown is not None
    yield from look_no_more(turn, turned_out)
    yield Note(fact=_elsewhere(turned_out, shown))
    yield Say(text="everywhere.undone.elsewhere", args={"record": shown})


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


def say_that_nobody_knows(turn: Turn[Any], turned_out: TurnedOut) -> Effects:
    yield from look_no_more(turn, turned_out)
    yield Note(fact=HandedOver(record=turned_out.record, change=turned_out.change, why="nobody_knows"))
    yield Say(
        text=NOBODY_KNOWS.get(turned_out.change, "everywhere.turned_out.nobody_knows"),
        args={"record": turned_out.record},
    )
