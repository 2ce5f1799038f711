"""What decides between the rows of a cancel."""

from engine.booking import CallFailed, Record, RecordCancelled, RecordChanged, RecordsFound
from engine.events import (
    Event,
    LateDecided,
    NotServed,
    Picked,
    RescheduleWanted,
    SeveralPicked,
    StaleTap,
    WishedAgain,
    Yes,
)
from engine.flow import Turn
from engine.understanding import explains, is_for
from states.cancel.memory import (
    Memory,
    asked_about,
    ended,
    late_policy,
    needs_the_salon,
    requested,
    was_cancelled_lately,
)

Result = RecordCancelled | RecordChanged | CallFailed


# ── once records are settled on ───────────────────────────────────────────────────────────────────────


def too_late(turn: Turn[Memory], event: Event, records: tuple[Record, ...]) -> bool:
    """The notice is over for all of them, and the salon refuses then."""
    return late_policy(turn) == "refuse" and all(needs_the_salon(turn, record) for record in records)


def only_the_salon_may(turn: Turn[Memory], event: Event, records: tuple[Record, ...]) -> bool:
    """The notice is over for all of them, and somebody of the salon decides then."""
    return late_policy(turn) == "request" and all(needs_the_salon(turn, record) for record in records)


def may_act_at_once(turn: Turn[Memory], event: Event, records: tuple[Record, ...]) -> bool:
    """The salon wants no question, the wish is fresh, and no word of it speaks of anything else."""
    if turn.salon.confirm != "never" or turn.memory.wish_was_old or len(records) > 1:
        return False
    if isinstance(event, Picked):
        return event.plain
    # «Не приду» right after a cancel names nothing, and may be that wish said once more.
    repeats = was_cancelled_lately(turn) and not turn.memory.named.anything()
    return turn.memory.wish_was_plain and explains(turn.memory.named, records[0]) and not repeats


def is_nobodys_here(turn: Turn[Memory], found: RecordsFound) -> bool:
    """Somebody was said not to come, and no record of this phone is for anybody of that name."""
    return turn.memory.of_somebody and not any(
        is_for(name, record) for name in turn.memory.named.people for record in found.records
    )


# ── in a question ─────────────────────────────────────────────────────────────────────────────────────


def all_have_started(turn: Turn[Memory], yes: Yes) -> bool:
    """The visits began while the question stood."""
    return all(record.starts_at <= turn.now for record in asked_about(turn.memory))


def all_are_too_late_by_now(turn: Turn[Memory], yes: Yes) -> bool:
    return too_late(turn, yes, turn.memory.chosen)


def only_the_salon_may_by_now(turn: Turn[Memory], yes: Yes) -> bool:
    return only_the_salon_may(turn, yes, turn.memory.chosen)


def some_became_late(turn: Turn[Memory], yes: Yes) -> bool:
    """The moment of the yes counts, and that is not what the question said."""
    return late_policy(turn) != "allow" and any(
        needs_the_salon(turn, record) for record in turn.memory.chosen
    )


def several_are_asked_about(turn: Turn[Memory], wished: WishedAgain) -> bool:
    return len(asked_about(turn.memory)) > 1


def only_late_ones_are_left(turn: Turn[Memory], picked: SeveralPicked) -> bool:
    return bool(picked.records) and all(record in turn.memory.for_the_salon for record in picked.records)


def may_be_moved(turn: Turn[Memory], wish: RescheduleWanted) -> bool:
    return wish.record is not None and "move" in turn.salon.offers


def moves_are_offered(turn: Turn[Memory], wish: RescheduleWanted) -> bool:
    return "move" in turn.salon.offers


# ── while cancels are out ─────────────────────────────────────────────────────────────────────────────


def asked_for_silence(turn: Turn[Memory], result: Result) -> bool:
    """The client said «стоп» meanwhile: nothing more is begun or asked."""
    return turn.chat.opted_out


def more_are_to_be_cancelled(turn: Turn[Memory], result: Result) -> bool:
    return len(turn.memory.to_do) > 1


def some_have_changed(turn: Turn[Memory], result: Result) -> bool:
    """The salon changed one of them meanwhile, so that it is asked about again once the others are told."""
    return any(outcome.how == "changed" for outcome in (*turn.memory.outcomes, ended(turn, result)))


def some_are_cancelled(turn: Turn[Memory], result: RecordCancelled | CallFailed) -> bool:
    """This one or another before it, by us and not by the salon."""
    return any(outcome.how == "cancelled" for outcome in (*turn.memory.outcomes, ended(turn, result)))


def outcome_is_unknown(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "unknown"


def nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "not_tried"


# ── elsewhere ─────────────────────────────────────────────────────────────────────────────────────────


def was_granted(turn: Turn[Memory], decided: LateDecided) -> bool:
    return decided.granted


def granted_when_it_may_not_be_wanted(turn: Turn[Memory], decided: LateDecided) -> bool:
    """The client has written since, and who knows whether the wish is still the same."""
    return decided.granted and requested(turn, decided).spoken_since


def granted_and_nothing_may_be_asked(turn: Turn[Memory], decided: LateDecided) -> bool:
    """… and said «стоп», so that nobody can ask."""
    return turn.chat.opted_out and granted_when_it_may_not_be_wanted(turn, decided)


def the_salon_had_decided(turn: Turn[Memory], tap: StaleTap) -> bool:
    """A question may have been left for what was granted, and its buttons are still on the phone."""
    return turn.memory.granted


def doubts_it(turn: Turn[Memory], wish: NotServed) -> bool:
    """The client wants back, or disputes, what was just cancelled."""
    return wish.intent in ("keep", "undo", "dispute", "reason")
