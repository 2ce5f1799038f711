"""The doing: one record at a time, how each ended, and one message that tells it of all of them."""

from engine.booking import (
    CallFailed,
    Record,
    RecordChanged,
    RecordRestored,
    RestoreRecord,
    RestoreSettled,
    SlotTaken,
)
from engine.effects import Do, Effects, Say, Then
from engine.events import Picked, RescheduleWanted, SeveralPicked, TakeBackWanted, Yes
from engine.flow import Turn
from states.everywhere import look_later, tell_what_was_left, watch
from states.take_back.memory import Memory, noted, shared, sorted_out
from states.take_back.waiting import also_meant, remind, withdraw
from states.take_back.wishing import in_time, know_people, wished

_PLAIN = "take_back.restored"

Result = RecordRestored | SlotTaken | RecordChanged | CallFailed

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def has_begun(turn: Turn[Memory], yes: Yes) -> bool:
    """The visits began while the question stood."""
    return all(record.starts_at <= turn.now for record in turn.memory.wanted)


def one_more_can_be_tried(turn: Turn[Memory], result: Result) -> bool:
    """After «стоп» nothing more is begun."""
    return not turn.chat.opted_out and bool(sorted_out(turn, turn.memory.wanted[1:])[1])


def a_window_is_taken(turn: Turn[Memory], result: Result) -> bool:
    """Other windows are looked for, unless the client wants no more messages."""
    taken = isinstance(result, SlotTaken) or bool(_taken(turn))
    return taken and not turn.chat.opted_out


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def restore_at_once(turn: Turn[Memory], event: TakeBackWanted | Picked | SeveralPicked) -> Effects:
    know_people(turn)
    turn.memory.wanted = wished(turn, event)
    if isinstance(event, TakeBackWanted):
        also = also_meant(turn, event, in_time(turn, event))
        yield from withdraw(turn, also)
        # Whoever names one means no other; bare words and the button may be said of what waits too.
        if not event.named.anything():
            yield from remind(turn, without=also)
    yield from _next(turn, ())


def restore_agreed(turn: Turn[Memory], yes: Yes) -> Effects:
    turn.memory.agreed = True
    yield from withdraw(turn, turn.memory.withdrawn)
    yield from remind(turn, without=turn.memory.withdrawn)
    yield from _next(turn, ())


def say_that_they_began(turn: Turn[Memory], yes: Yes) -> Effects:
    turn.memory.agreed = True
    yield from noted(turn, sorted_out(turn, turn.memory.wanted)[0])
    yield from _told(turn)


def go_on(turn: Turn[Memory], result: Result) -> Effects:
    ended = _ended(turn, result)
    turn.memory.wanted = turn.memory.wanted[1:]
    yield from _looked_at_later(turn, ended)
    yield from _next(turn, (ended,))


def report(turn: Turn[Memory], result: Result) -> Effects:
    ended = _ended(turn, result)
    past, left = sorted_out(turn, turn.memory.wanted[1:])
    yield from noted(turn, (ended, *past))
    yield from _looked_at_later(turn, ended)
    yield from _told(turn)
    # Only «стоп» leaves something undone.
    for record in left:
        yield Say(text="take_back.not_begun", args={"record": record}, whose=shared(turn))
    yield from tell_what_was_left(turn, *(fact.record for fact in turn.memory.ended))


def report_and_look_for_others(turn: Turn[Memory], result: Result) -> Effects:
    yield from report(turn, result)
    first, *more = _taken(turn)
    for record in more:
        yield Say(text="take_back.call_about_it", args={"record": record}, whose=shared(turn))
    # It was cancelled by us, and comes back by the move.
    yield Then(event=RescheduleWanted(record=first, revives=True))


def _next(turn: Turn[Memory], facts: tuple[RestoreSettled, ...]) -> Effects:
    """Try the first that can be tried; what is past trying before it ends here."""
    past, left = sorted_out(turn, turn.memory.wanted)
    turn.memory.wanted = left
    if facts or past:
        yield from noted(turn, (*facts, *past))
    yield Do(command=RestoreRecord(record=left[0]))


def _ended(turn: Turn[Memory], result: Result) -> RestoreSettled:
    record = turn.memory.wanted[0]
    if isinstance(result, RecordRestored):
        receipt, overlaps = result.receipt, result.overlaps
        return RestoreSettled(record=receipt.record, outcome="restored", receipt=receipt, overlaps=overlaps)
    if isinstance(result, SlotTaken):
        return RestoreSettled(record=record, outcome="taken")
    if isinstance(result, RecordChanged):
        turn.memory.changed += (record.record_id,)
        return RestoreSettled(record=record, outcome="refused", detail="refused")
    return RestoreSettled(record=record, outcome=result.reason, detail=result.detail)


def _looked_at_later(turn: Turn[Memory], ended: RestoreSettled) -> Effects:
    if ended.receipt is not None:
        # The cancel that it takes back may land once more.
        yield from watch(turn, ended.receipt)
    if ended.outcome == "unknown":
        yield from look_later(turn, ended.record, "restored")


def _taken(turn: Turn[Memory]) -> tuple[Record, ...]:
    return tuple(fact.record for fact in turn.memory.ended if fact.outcome == "taken")


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────


def _told(turn: Turn[Memory]) -> Effects:
    ended = turn.memory.ended
    plain = tuple(fact.receipt for fact in ended if fact.receipt and _text_of_a_proof(fact) == _PLAIN)
    if len(plain) > 1:
        records = tuple(receipt.record for receipt in plain)
        yield Say(
            text="take_back.restored_all", args={"records": records}, receipts=plain, whose=shared(turn)
        )
        ended = tuple(fact for fact in ended if fact.receipt not in plain)
    for fact in ended:
        yield _said(turn, fact)


def _said(turn: Turn[Memory], fact: RestoreSettled) -> Say:
    return Say(
        text=_text_of(turn, fact),
        args={"record": fact.record},
        receipts=(fact.receipt,) if fact.receipt else (),
        whose=shared(turn),
    )


def _text_of(turn: Turn[Memory], fact: RestoreSettled) -> str:
    if fact.receipt is not None:
        return _text_of_a_proof(fact)
    if fact.record.record_id in turn.memory.changed:
        return "take_back.changed"
    match fact.outcome:
        case "taken":
            return "take_back.taken"
        case "too_late":
            return "take_back.too_late"
        case "unknown":
            return "take_back.unknown"
        case "not_tried":
            return "take_back.not_tried"
    return f"take_back.refused.{fact.detail or 'refused'}"


def _text_of_a_proof(fact: RestoreSettled) -> str:
    assert fact.receipt is not None
    if fact.overlaps:
        return "take_back.overlaps"
    return "take_back.already" if fact.receipt.how == "already" else _PLAIN
