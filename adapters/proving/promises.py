"""The promises, each held against what a witness has seen, never against what the engine says of itself."""

from collections.abc import Callable, Iterator
from itertools import chain

from adapters.proving import keeping, noticing, standing, telling, writes
from adapters.proving.seen import Violation
from adapters.proving.witness import Witness

# Yields "" for every time that it held, or what broke it.
Promise = Callable[[Witness], Iterator[str]]

WAITING: tuple[str, Promise] = (
    "who waits has one call or result on its way",
    keeping.a_call_is_out_for_each_that_waits,
)
_ALWAYS: tuple[tuple[str, Promise], ...] = (
    ("every write was agreed to", writes.every_write_was_agreed_to),
    ("a claim is true", telling.claims_are_true),
    ("a move that is told stands", telling.moves_are_true),
    ("what is told was read back", telling.what_is_told_was_read_back),
    ("no write is blind", writes.no_write_is_blind),
    ("a record said to stand stands", telling.denials_are_true),
    ("a record that stands is found", telling.what_stands_is_found),
    ("which of several is the client's to say", telling.one_of_several_is_chosen_by_the_client),
    ("what was just done is not called old", telling.what_was_just_done_is_not_called_old),
    ("what was done is told once", telling.nothing_done_is_told_twice),
    ("the salon's notes stay", writes.the_salon_s_notes_stay),
    ("prices and cards stay", writes.prices_and_cards_stay),
    ("only what we cancelled is taken back", writes.only_ours_is_taken_back),
    ("what we did is not denied", telling.what_we_did_is_not_denied),
    ("what is written is what was read", writes.what_is_written_was_read),
    ("what is closed is left alone", writes.what_is_closed_is_left_alone),
    ("one change for each consent", writes.one_change_for_each_consent),
    ("nobody reads of another's record", telling.nobody_sees_another_s_record),
    ("deleted only after a definite refusal", writes.delete_only_after_a_refusal),
    ("«стоп» is silence", telling.stop_is_silence),
    ("no turn raises", keeping.turns_never_raise),
    ("a client's messages are taken in order", keeping.own_messages_are_taken_in_order),
    ("calls keep to their pace", keeping.calls_keep_to_their_pace),
    ("nobody calls in a pause", keeping.nobody_calls_in_a_pause),
    WAITING,
    ("nothing is kept waiting without need", keeping.nothing_is_kept_waiting),
    ("what was acknowledged is stored", standing.what_was_acknowledged_is_stored),
    ("each turn is one version", standing.each_turn_is_one_version),
    ("a time-out fires in its time", standing.timers_fire_in_time),
    ("nobody at home is timed out", standing.nobody_at_home_is_timed_out),
    ("messages leave in order", standing.messages_leave_in_order),
    ("no call is out for long", standing.no_call_is_out_for_long),
    ("a move leaves one booking", standing.a_move_leaves_one_booking),
    ("a message is shown twice at most", standing.copies_are_few),
)
_AT_REST: tuple[tuple[str, Promise], ...] = (
    ("no message is lost", keeping.every_message_is_taken),
    ("everybody is answered", telling.everybody_is_answered),
    ("a look that was promised is told", telling.a_look_that_was_promised_is_told),
    ("what was done is told", telling.what_was_done_is_told),
    ("where a record went is told", telling.what_was_moved_is_told),
    ("the ledger tells what was done", writes.the_ledger_tells_it),
    ("nothing waits for ever", keeping.nothing_waits),
    ("nothing is said twice without need", keeping.little_is_said_twice),
    ("every notice ends", noticing.no_notice_is_left),
    ("what we did is read by the administrator", noticing.what_we_did_is_read),
    ("a notice that counts as told was shown", noticing.what_counts_as_told_was_shown),
    ("a notice that is lost is reported", noticing.what_is_lost_is_reported),
    ("notices of a chat keep their order", noticing.notices_keep_their_order),
    ("a notice is true", noticing.notices_are_true),
)
# Found by itself: what is damaged, or goes round for ever, cannot be looked at.
OUTLIVES = "the database outlives every death, and everything comes to rest"
INVARIANTS = (*(name for name, _ in (*_ALWAYS, *_AT_REST)), OUTLIVES)


def broken_by_now(witness: Witness, *, at_rest: bool) -> Violation | None:
    """Return the first promise that is broken by now; `at_rest`: nothing is under way any more."""
    witness.looks_again()
    promises = (*_ALWAYS, *(_AT_REST if at_rest else ()))
    every = (broken for name, promise in promises if (broken := _broken(witness, name, promise)))
    return next(chain(witness.midway, every), None)


def look_midway(witness: Witness) -> None:
    """Look while a call is out."""
    standing.look_at_timers(witness)
    if broken := _broken(witness, *WAITING):
        witness.midway.append(broken)


def _broken(witness: Witness, name: str, promise: Promise) -> Violation | None:
    for what in promise(witness):
        if what:
            return Violation(name, what)
        witness.checked[name] = witness.checked.get(name, 0) + 1
    return None
