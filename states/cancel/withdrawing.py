"""A request to cancel late that waits for the salon: the client takes it back, or nobody decides it in time.

What waits is kept on the chat, and the salon may decide it any minute: so clear words withdraw it at once,
and words that may mean something else are asked about.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from engine.booking import CancelSettled, Record
from engine.chat import LateRequest
from engine.effects import Effects, Note, Option, Remember, Say, Then
from engine.events import (
    CancelWanted,
    KeepWanted,
    Named,
    No,
    NotServed,
    NotUnderstood,
    Picked,
    SeveralPicked,
    TakeBackWanted,
    TimedOut,
    Yes,
)
from engine.flow import Turn, missed_again
from engine.understanding import explains, fitting
from states.cancel.memory import Memory, late_policy, needs_the_salon, was_cancelled_lately

# A list has room for ten rows, and two of them are about all.
EACH_MAX = 8

Ending = Literal["requested", "denied", "withdrawn", "undecided", "silent"]

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def a_request_waits(turn: Turn[Any], wish: KeepWanted) -> bool:
    """The salon has not decided; what it granted, and the client left unanswered, is not done anyway."""
    return bool(_undecided(turn))


def it_is_clear_what_stays(turn: Turn[Any], wish: KeepWanted) -> bool:
    """The words are fresh, came after the request, and can mean nothing else than what they withdraw."""
    meant = fitting(wish.named, _waiting(turn))
    count = len(meant)
    enough = count == 1 or (count > 1 and wish.meant == "all") or (count == 2 and wish.meant == "both")
    fresh = turn.now - turn.said_at <= turn.salon.old_after and _came_after(turn, meant)
    # What is named must be this and nothing else; bare words may also mean what was cancelled just now.
    named = all(explains(wish.named, record) for record in meant)
    alone = wish.named.anything() or not _can_come_back(turn)
    # No list stands at home, so a place of one is not sure.
    sure = not (wish.guessed or wish.places)
    return enough and fresh and named and alone and sure


def it_is_clear_what_stays_beside_it(turn: Turn[Memory], wish: CancelWanted) -> bool:
    """«Окрашивание оставьте, а маникюр отмените»: what it keeps is one request, and nothing else."""
    kept = _kept_beside(turn, wish)
    fresh = turn.now - turn.said_at <= turn.salon.old_after and _came_after(turn, kept)
    exact = all(explains(wish.stays.named, record) for record in kept)
    alone = not any(_is_named(wish.named, record) for record in kept)
    return len(kept) == 1 and fresh and exact and alone and not wish.stays.places


def what_waits_may_stay(turn: Turn[Memory], wish: CancelWanted) -> bool:
    """It keeps something beside what it calls off, and that may be what the salon was asked about."""
    return bool(_undecided(turn) and _kept_beside(turn, wish))


def what_waits_and_what_is_off_are_meant(turn: Turn[Any], wish: KeepWanted) -> bool:
    """«Приду на обе», where one was cancelled and of the other the salon decides."""
    asked, off = len(_undecided(turn)), len(_can_come_back(turn))
    enough = (wish.meant == "both" and asked == off == 1) or (wish.meant == "all" and asked and off)
    return bool(enough) and not wish.named.anything()


def the_rest_is_meant(turn: Turn[Any], wish: KeepWanted) -> bool:
    """«Остальное оставьте» after a cancel asks for nothing back."""
    return wish.rest and was_cancelled_lately(turn)


def disputes_what_can_come_back(turn: Turn[Any], wish: NotServed) -> bool:
    """«Я ничего не отменяла!»: whoever says so is offered what was cancelled."""
    return wish.intent == "dispute" and bool(_can_come_back(turn))


def a_cancel_can_be_taken_back(turn: Turn[Any], wish: KeepWanted) -> bool:
    """Nothing is waiting, so that what is to stand may be what was cancelled, if that is what is named."""
    return bool(fitting(wish.named, _can_come_back(turn)))


def nobody_had_asked(turn: Turn[Memory], no: No) -> bool:
    """It went without a question, so that a no can be meant for nothing but the cancel itself."""
    unasked = turn.salon.confirm == "never" and not turn.memory.wish_was_old
    return unasked and bool(_can_come_back(turn))


def something_was_cancelled(turn: Turn[Any], wish: KeepWanted) -> bool:
    """It is off already, and cannot be taken back here: nobody is told that nothing is cancelled."""
    return was_cancelled_lately(turn)


def the_salon_has_not_decided(turn: Turn[Any], event: NotUnderstood) -> bool:
    """«Нет»: whatever it means, what the client has to know is that the request stands."""
    return bool(_undecided(turn)) and not missed_again(turn, event)


def they_wait_already(turn: Turn[Memory], event: object, records: tuple[Record, ...]) -> bool:
    """The salon was asked about all of them, and has not decided."""
    asked = {one.record.record_id for one in _undecided(turn)}
    waits = late_policy(turn) == "request"
    return waits and all(one.record_id in asked and needs_the_salon(turn, one) for one in records)


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def withdraw(turn: Turn[Memory], wish: KeepWanted) -> Effects:
    yield from _withdrawn(turn, fitting(wish.named, _waiting(turn)))


def ask_whether_it_stands(turn: Turn[Memory], wish: KeepWanted) -> Effects:
    waiting = tuple(one.record for one in _undecided(turn))
    # They were listed in this order when they were passed on.
    fits = fitting(wish.named, waiting)
    placed = tuple(record for record in _at(wish.places, waiting) if record in fits)
    turn.memory.one_stays = wish.meant == "one" and bool(wish.named.anything() or wish.places)
    yield from _asked_whether_they_stand(turn, placed or fits or waiting)


def ask_whether_the_part_stands(turn: Turn[Memory], picked: SeveralPicked) -> Effects:
    turn.memory.one_stays = True
    yield from _asked_whether_they_stand(turn, picked.records)


def ask_whether_what_stays_stands(turn: Turn[Memory], wish: CancelWanted) -> Effects:
    """What it calls off is looked up once this is answered."""
    turn.memory.other_half = wish
    turn.memory.one_stays = True
    yield from _asked_whether_they_stand(turn, _kept_beside(turn, wish))


def _asked_whether_they_stand(turn: Turn[Memory], records: tuple[Record, ...]) -> Effects:
    turn.memory.chosen = records
    one = records[0] if len(records) == 1 else None
    turn.memory.one_stays = turn.memory.one_stays and one is None
    each = tuple(Option(kind="leave", record=record) for record in records[:EACH_MAX])
    if turn.memory.one_stays:
        # «Не отменять» would be about all of them, and one was meant.
        yield Say(
            text="cancel.still_which",
            args={"records": records},
            options=(*each, Option(kind="leave_all"), Option(kind="leave_none")),
            question=True,
            among=records,
            whose=_several_people(turn),
        )
    else:
        yield Say(
            text="cancel.still" if one else "cancel.still_all",
            args={"record": records[0], "records": records},
            options=(Option(kind="insist", record=one), Option(kind="withdraw", record=one)),
            question=True,
            among=records,
            whose=_several_people(turn),
        )


def withdraw_what_was_asked_about(turn: Turn[Memory], no: No) -> Effects:
    yield from _withdrawn(turn, turn.memory.chosen)
    yield from _go_on_with_the_other_half(turn)


def withdraw_the_picked(turn: Turn[Memory], picked: Picked) -> Effects:
    yield from _withdrawn(turn, (picked.record,))
    yield from _go_on_with_the_other_half(turn)


def withdraw_what_stays(turn: Turn[Memory], wish: CancelWanted) -> Effects:
    yield from _withdrawn(turn, _kept_beside(turn, wish))


def leave_it_to_the_salon(turn: Turn[Memory], yes: Yes) -> Effects:
    # «Да, всё ещё»: whatever was written before it, the wish is the same.
    meant = requests_of(turn, turn.memory.chosen)
    sure = {one.request: one.model_copy(update={"spoken_since": False}) for one in meant}
    yield Remember(late_requests=tuple(sure.get(one.request, one) for one in turn.chat.late_requests))
    yield from _told_to_wait(turn, turn.memory.chosen)
    yield from _go_on_with_the_other_half(turn)


def leave_it_to_the_salon_in_silence(turn: Turn[Memory], event: TimedOut) -> Effects:
    yield from _told_to_wait(turn, turn.memory.chosen)


def _go_on_with_the_other_half(turn: Turn[Memory]) -> Effects:
    wish = turn.memory.other_half
    if wish is not None:
        # Not plain: the words are from before the question, so that it is asked about.
        yield Then(event=CancelWanted(named=wish.named, cause=wish.cause, meant=wish.meant))


def say_that_they_wait(turn: Turn[Memory]) -> Effects:
    yield from _told_to_wait(turn, turn.memory.chosen)


def say_that_nobody_has_decided(turn: Turn[Any], event: NotUnderstood) -> Effects:
    yield from _told_to_wait(turn, tuple(one.record for one in _undecided(turn)))


def ask_whether_to_take_back(turn: Turn[Any], wish: KeepWanted) -> Effects:
    # Words that say "do not cancel" ask for what is off already only by a guess.
    yield Then(event=TakeBackWanted(named=wish.named, meant=wish.meant, guessed=True))


def offer_it_back(turn: Turn[Any], event: No | NotServed) -> Effects:
    yield Then(event=TakeBackWanted(guessed=True))


def end_what_was_not_decided(turn: Turn[Any], event: TimedOut) -> Effects:
    """The visits begin: from now on nobody can decide, and both sides are told so."""
    over = tuple(one for one in turn.chat.late_requests if one.record.starts_at <= turn.now)
    yield Remember(late_requests=tuple(one for one in turn.chat.late_requests if one not in over))
    for one in over:
        yield noted(one, "silent" if one.granted else "undecided")
        text = "cancel.refused.started" if one.granted else "cancel.undecided"
        yield Say(text=text, args={"record": one.record}, whose=bool(one.people))


# ── what the other rows of a cancel need of it ────────────────────────────────────────────────────────


def noted(late: LateRequest, outcome: Ending) -> Note:
    """Return what became of this request, for the ledger and for the administrator."""
    return Note(fact=CancelSettled(record=late.record, outcome=outcome, late=True, request=late.request))


def requests_of(turn: Turn[Any], records: Iterable[Record]) -> tuple[LateRequest, ...]:
    """Return the requests about these records that have not ended yet."""
    ids = {record.record_id for record in records}
    return tuple(one for one in turn.chat.late_requests if one.record.record_id in ids)


def without(turn: Turn[Any], ended: tuple[LateRequest, ...]) -> Remember:
    return Remember(late_requests=tuple(one for one in turn.chat.late_requests if one not in ended))


def _withdrawn(turn: Turn[Memory], records: tuple[Record, ...]) -> Effects:
    ended = requests_of(turn, records)
    yield without(turn, ended)
    for one in ended:
        yield noted(one, "withdrawn")
    if len(records) == 1:
        yield Say(text="cancel.withdrawn", args={"record": records[0]}, whose=_several_people(turn))
    else:
        yield Say(text="cancel.withdrawn_all", args={"records": records}, whose=_several_people(turn))


def _told_to_wait(turn: Turn[Any], records: tuple[Record, ...]) -> Effects:
    if len(records) == 1:
        yield Say(text="cancel.waits", args={"record": records[0]}, whose=_several_people(turn))
    else:
        yield Say(text="cancel.waits_all", args={"records": records}, whose=_several_people(turn))


def _several_people(turn: Turn[Any]) -> bool:
    return any(one.people for one in turn.chat.late_requests)


def _waiting(turn: Turn[Any]) -> tuple[Record, ...]:
    """Return what a request stands about: with the salon, or granted and left unanswered by the client."""
    return tuple(one.record for one in turn.chat.late_requests if one.record.starts_at > turn.now)


def _undecided(turn: Turn[Any]) -> tuple[LateRequest, ...]:
    return tuple(one for one in turn.chat.late_requests if not one.granted and _is_ahead(turn, one.record))


def _kept_beside(turn: Turn[Any], wish: CancelWanted) -> tuple[Record, ...]:
    """Return what a request stands about and this wish may keep."""
    stays, waiting = wish.stays, _waiting(turn)
    if stays.places:
        # A list of something else may have been meant, so that this is asked about.
        return _at(stays.places, waiting) or waiting
    return tuple(
        record
        for record in waiting
        if _is_named(stays.named, record) or (stays.rest and not _is_named(wish.named, record))
    )


def _is_named(named: Named, record: Record) -> bool:
    """Whether something that was named is this record's: a word of no record at all is nobody's."""
    words = not named.words or any(explains(Named(words=(word,)), record) for word in named.words)
    return named.anything() and words and bool(fitting(named, (record,)))


def _at(places: tuple[int, ...], records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return what stands at these places of a list."""
    meant = {place - 1 if place > 0 else len(records) + place for place in places}
    return tuple(record for place, record in enumerate(records) if place in meant)


def _is_ahead(turn: Turn[Any], record: Record) -> bool:
    return record.starts_at > turn.now


def _came_after(turn: Turn[Any], records: tuple[Record, ...]) -> bool:
    """Whether the words were said once the salon was asked; the channel's clock counts whole seconds."""
    moments: Iterable[datetime] = (one.asked_at for one in requests_of(turn, records))
    return all(turn.said_at >= moment.replace(microsecond=0) for moment in moments)


def _can_come_back(turn: Turn[Any]) -> tuple[Record, ...]:
    """Return what this chat has cancelled and can still take back."""
    known = turn.chat.undoable if "undo" in turn.salon.offers and turn.salon.undo_for else ()
    return tuple(one.record for one in known if one.until >= turn.said_at and _is_ahead(turn, one.record))
