"""One cancel after the other, and how each of them ended, told in one message."""

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    ReasonGiven,
    Receipt,
    RecordCancelled,
)
from engine.chat import LateRequest
from engine.effects import Do, Effects, Note, Option, Remember, Say
from engine.flow import Turn
from states.cancel.asking import ask_about_what_they_are_now
from states.cancel.guards import Result
from states.cancel.memory import How, Memory, Outcome, ended, is_late, several_people
from states.cancel.withdrawing import requests_of
from states.everywhere import (
    can_be_taken_back,
    look_later,
    tell_what_was_left,
    undoable_after,
    watch,
)
from states.reason import WHY

# ── the rows' actions ─────────────────────────────────────────────────────────────────────────────────


def go_on(turn: Turn[Memory], result: Result) -> Effects:
    yield from _settle(turn, result)
    yield Do(command=CancelRecord(record=turn.memory.to_do[0]))


def report(turn: Turn[Memory], result: RecordCancelled | CallFailed) -> Effects:
    """Tell all that was done, and what can follow it."""
    yield from _settle(turn, result)
    yield from _tell_with_offers(turn)
    yield from tell_what_was_left(turn, *turn.memory.chosen)


def report_that_nothing_was_left(turn: Turn[Memory], cancelled: RecordCancelled) -> Effects:
    """It had been cancelled already, by whomever."""
    yield from _settle(turn, cancelled)
    yield from _tell_last(turn, "cancel.already", (cancelled.receipt,))
    yield from tell_what_was_left(turn, *turn.memory.chosen)


def report_and_ask_about_the_changed(turn: Turn[Memory], result: Result) -> Effects:
    yield from _settle(turn, result)
    changed = tuple(outcome.now for outcome in turn.memory.outcomes if outcome.now is not None)
    yield from _tell(turn)
    # Before the question, which is the one that a yes answers.
    yield from tell_what_was_left(turn, *turn.memory.chosen)
    yield from ask_about_what_they_are_now(turn, changed)


def report_quietly(turn: Turn[Memory], result: Result) -> Effects:
    """After «стоп»: what was done is told, and that the rest was not begun."""
    yield from _settle(turn, result)
    for outcome in turn.memory.outcomes:
        if outcome.now is not None:
            request = _granted(turn, outcome)
            yield Note(fact=CancelSettled(record=outcome.now, outcome="not_tried", request=request))
            yield Say(text="cancel.changed_and_kept", args={"record": outcome.now})
    for record in turn.memory.to_do:
        yield Note(fact=CancelSettled(record=record, outcome="not_tried", late=is_late(turn, record)))
    left = tuple(Outcome(record=record, how="not_begun") for record in turn.memory.to_do)
    turn.memory.outcomes = (*turn.memory.outcomes, *left)
    yield from _tell(turn)


def say_that_it_is_unknown(turn: Turn[Memory], failed: CallFailed) -> Effects:
    yield from _settle(turn, failed)
    yield from _tell_last(turn, "cancel.unknown")
    yield from tell_what_was_left(turn, *turn.memory.chosen)


def say_that_nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> Effects:
    yield from _settle(turn, failed)
    yield from _tell_last(turn, "cancel.not_tried")
    yield from tell_what_was_left(turn, *turn.memory.chosen)


def say_why_it_was_refused(turn: Turn[Memory], failed: CallFailed) -> Effects:
    yield from _settle(turn, failed)
    yield from _tell_last(turn, f"cancel.refused.{failed.detail or 'refused'}")
    yield from tell_what_was_left(turn, *turn.memory.chosen)


# ── how one of them ended ─────────────────────────────────────────────────────────────────────────────


def _settle(turn: Turn[Memory], result: Result) -> Effects:
    """Keep how the record that was under way ended."""
    memory, outcome = turn.memory, ended(turn, result)
    memory.outcomes, memory.to_do = (*memory.outcomes, outcome), memory.to_do[1:]
    yield from _end_requests(turn, outcome)
    late = is_late(turn, outcome.record)
    if isinstance(result, RecordCancelled):
        receipt = result.receipt
        yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", late=late, receipt=receipt))
        yield Remember(undoable=undoable_after(turn, receipt), cancelled_at=turn.now)
        yield from watch(turn, receipt)
    elif isinstance(result, CallFailed):
        record, reason, detail = outcome.record, result.reason, result.detail
        request = _granted(turn, outcome)
        fact = CancelSettled(record=record, outcome=reason, detail=detail, late=late, request=request)
        yield Note(fact=fact)
        yield Remember(cancelled_at=turn.now if reason == "unknown" else None)
        if reason == "unknown":
            yield from look_later(turn, record, "cancelled")
    # What was changed is not settled yet: it is asked about again.


def _end_requests(turn: Turn[Memory], outcome: Outcome) -> Effects:
    """Forget what the salon was asked about and is over; what it granted holds for the changed record."""
    before = turn.chat.late_requests
    kept = (_kept(turn, one, outcome) for one in before)
    after = tuple(one for one in kept if one is not None)
    if after != before:
        yield Remember(late_requests=after)


def _kept(turn: Turn[Memory], late: LateRequest, outcome: Outcome) -> LateRequest | None:
    """Return the request as it is kept, or None where it is over."""
    number = late.record.record_id
    is_about_it = outcome.record.record_id == number
    if is_about_it and outcome.now is None and (outcome.receipt is not None or late.granted):
        return None
    changed = [one.now for one in turn.memory.outcomes if one.now is not None and late.granted]
    now = next((record for record in changed if record.record_id == number), None)
    if now is None:
        return late
    # After «стоп» nothing is asked any more.
    return None if turn.chat.opted_out else late.model_copy(update={"record": now})


def _granted(turn: Turn[Memory], outcome: Outcome) -> str:
    """Return the id of the request by which the salon had granted this, or nothing."""
    granted = (one.request for one in requests_of(turn, (outcome.record,)) if one.granted)
    return next(granted, "")


# ── what the client is told ───────────────────────────────────────────────────────────────────────────

# What each is told of that ended otherwise than well, or with a reason of its own.
_TEXT = {
    "already": "cancel.already",
    "not_tried": "cancel.not_tried",
    "unknown": "cancel.unknown",
    "not_begun": "cancel.not_begun",
    "requested": "cancel.requested",
}


def _tell_with_offers(turn: Turn[Memory]) -> Effects:
    receipts = [outcome.receipt for outcome in _of(turn.memory.outcomes, "cancelled")]
    undoable = [receipt.record for receipt in receipts if receipt and can_be_taken_back(turn, receipt)]
    which = undoable[0] if len(undoable) == 1 else None
    take_back = (Option(kind="take_back", record=which),) if undoable else ()
    why = (WHY,) if "reason" in turn.salon.offers and turn.memory.cause is None else ()
    outcomes, turn.memory.outcomes = turn.memory.outcomes, _but(turn.memory.outcomes, "cancelled")
    yield _done(turn, outcomes, (*take_back, *why))
    yield from _say_why(turn, outcomes)
    yield from _tell(turn)
    if undoable:
        minutes_left = int(turn.salon.undo_for.total_seconds() // 60)
        yield Say(text="cancel.can_be_taken_back", args={"minutes": minutes_left})


def _tell(turn: Turn[Memory]) -> Effects:
    """Tell how each of them ended, those that are asked about again left out; and forget it."""
    outcomes, turn.memory.outcomes = turn.memory.outcomes, ()
    if _of(outcomes, "cancelled"):
        yield _done(turn, outcomes, ())
        yield from _say_why(turn, outcomes)
    for outcome in _but(outcomes, "cancelled", "changed"):
        receipts = (outcome.receipt,) if outcome.receipt else ()
        refused = f"cancel.refused.{outcome.detail or 'refused'}"
        text = refused if outcome.how == "refused" else _TEXT[outcome.how]
        whose = several_people(turn)
        yield Say(text=text, args={"record": outcome.shown}, receipts=receipts, whose=whose)


def _tell_last(turn: Turn[Memory], text: str, receipts: tuple[Receipt, ...] = ()) -> Effects:
    """Tell how the last of them ended, which has its own text, after the others."""
    last, turn.memory.outcomes = turn.memory.outcomes[-1], turn.memory.outcomes[:-1]
    yield from _tell(turn)
    yield Say(text=text, args={"record": last.shown}, receipts=receipts, whose=several_people(turn))


def _done(turn: Turn[Memory], outcomes: tuple[Outcome, ...], options: tuple[Option, ...]) -> Say:
    """Return the sentence for all that are cancelled, of which there is one at least."""
    done = _of(outcomes, "cancelled")
    records = tuple(outcome.shown for outcome in done)
    return Say(
        text="cancel.done" if len(done) == 1 else "cancel.done_all",
        args={"record": records[0], "records": records},
        options=options,
        receipts=tuple(outcome.receipt for outcome in done if outcome.receipt),
        whose=several_people(turn),
    )


def _of(outcomes: tuple[Outcome, ...], how: How) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.how == how)


def _but(outcomes: tuple[Outcome, ...], *hows: How) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.how not in hows)


def _say_why(turn: Turn[Memory], outcomes: tuple[Outcome, ...]) -> Effects:
    """Note why, where the wish told it; else the client may say it once it is done."""
    records = tuple(outcome.shown for outcome in _of(outcomes, "cancelled"))
    turn.memory.cancelled = (*turn.memory.cancelled, *records)
    if turn.memory.cause is not None:
        turn.memory.reason_given = True
        for record in records:
            yield Note(fact=ReasonGiven(record=record, code=turn.memory.cause))
