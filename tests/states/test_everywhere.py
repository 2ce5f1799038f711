"""Everywhere: one honest sentence for whatever is sent, in every state that waits for the client."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import get_args

import pytest

from engine.booking import (
    Attendance,
    CancelRecord,
    CancelSettled,
    Change,
    FindRecords,
    HandedOver,
    LeftAsItWas,
    MoveSettled,
    ReadOutcome,
    Receipt,
    Record,
    RecordCancelled,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    RestoreSettled,
    Slot,
    TurnedOut,
)
from engine.chat import Undoable, Unknown
from engine.events import (
    Greeted,
    NotDelivered,
    NotServed,
    NoWords,
    Reacted,
    StartedOver,
    StillWaiting,
    TimedOut,
    TooEarly,
)
from engine.flow import IDLE
from engine.texts import Texts
from engine.understanding import Intent
from states.everywhere.rows import ADDS_NOTHING
from tests.chat import MONDAY, MOSCOW, ScriptedChat, proof, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")
PEDICURE = record(9, "Педикюр", "2026-11-30 12:00")
Play = Callable[[ScriptedChat], None]

# What the understanding says of words that no recogniser wants (engine.dialogue).
NOT_SERVED = sorted(set(get_args(Intent)) - {"cancel", "yes", "no", "choose", "hello", "thanks", "unclear"})


def at_home(chat: ScriptedChat) -> None:
    chat.rests_in(IDLE)


def choosing(chat: ScriptedChat) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("records.which", options=2)


def confirming(chat: ScriptedChat) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)


def cancelling(chat: ScriptedChat) -> None:
    confirming(chat)
    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))


def done(chat: ScriptedChat) -> None:
    cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)


ASKING = pytest.mark.parametrize("play", [choosing, confirming])
AT_REST = pytest.mark.parametrize("play", [at_home, done])


def asks(chat: ScriptedChat) -> bool:
    return chat.session is not None and chat.session.pending is not None


def asks_again(chat: ScriptedChat) -> None:
    """What is told of another record leaves the question to be asked again below."""
    if asks(chat):
        chat.repeats(after="everywhere.turned_out.the_question")


ALL = pytest.mark.parametrize("play", [at_home, choosing, confirming, done])


# ── at rest ───────────────────────────────────────────────────────────────────────────────────────────


@AT_REST
def test_at_rest_everything_that_can_be_sent_gets_one_sentence(chat: ScriptedChat, play: Play) -> None:
    play(chat)
    done = chat.session is not None and chat.session.state == "cancel.done"
    chat.takes("Здравствуйте")
    chat.says("everywhere.hello")
    chat.takes("абракадабра")
    chat.says("cancel.after" if done else "everywhere.not_understood")
    chat.taps_id("yes:999:1")
    chat.says("cancel.tapped_again" if done else "everywhere.stale_tap")
    for kind in ("voice", "picture", "other"):
        chat.sends(kind)
        chat.says(f"everywhere.no_words.{kind}")
    chat.sends("reaction", "❤")
    chat.stays_silent()
    chat.sends("reaction")
    chat.stays_silent()
    chat.takes("спасибо")
    chat.says("everywhere.thanks")
    chat.rests_in(IDLE)


@AT_REST
@pytest.mark.parametrize("intent", NOT_SERVED)
def test_at_rest_a_wish_that_nobody_serves_gets_its_honest_sentence(
    chat: ScriptedChat, play: Play, intent: str
) -> None:
    play(chat)
    done = chat.session is not None and chat.session.state == "cancel.done"
    chat.happens(NotServed(intent=intent))
    if done and intent == "dispute":
        chat.says("take_back.confirm", options=2)
        return
    doubts = done and intent in ("keep", "undo", "reason")
    chat.says("cancel.after" if doubts else f"everywhere.not_served.{intent}")
    if intent in ("reschedule", "reason", "ask_cancel") and not doubts:
        chat.says("everywhere.how_to_cancel")


def test_a_dialogue_that_cannot_go_on_starts_over_with_an_apology(chat: ScriptedChat) -> None:
    chat.happens(StartedOver())
    chat.says("everywhere.started_over")
    chat.rests_in(IDLE)


def test_a_dialogue_that_ended_with_a_write_out_does_not_say_that_nothing_happened(
    chat: ScriptedChat,
) -> None:
    chat.happens(StartedOver(write_was_out=True))
    chat.says("everywhere.started_over_unsure")
    chat.rests_in(IDLE)


def test_a_session_that_nobody_can_read_starts_over_with_an_apology(chat: ScriptedChat) -> None:
    chat.session = None
    chat.happens(TimedOut(state="cancel.confirming", question=1))
    chat.says("everywhere.started_over")
    chat.rests_in(IDLE)


@pytest.mark.parametrize("opted_out", [False, True])
def test_what_was_done_for_a_dialogue_that_is_gone_is_told_all_the_same(
    chat: ScriptedChat, opted_out: bool
) -> None:
    cancelling(chat)
    assert chat.session is not None
    chat.session = chat.session.model_copy(update={"flow_version": 0})
    if opted_out:
        chat.takes("стоп")
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("everywhere.turned_out.cancelled", record=MANICURE)
    chat.rests_in(IDLE)


# ── while a question stands ───────────────────────────────────────────────────────────────────────────


@ASKING
def test_while_asking_everything_that_is_no_answer_brings_the_question_again(
    chat: ScriptedChat, play: Play
) -> None:
    play(chat)
    state = chat.session.state if chat.session else ""
    asked = chat.bubbles[-1]
    chat.happens(Greeted())
    chat.repeats(after="everywhere.hello_again")
    assert chat.bubbles[-1].text == f"Здравствуйте!\n\n{asked.text}"
    assert chat.bubbles[-1].options == asked.options
    chat.takes("спасибо")
    chat.repeats(after="everywhere.still_to_answer")
    chat.takes("абракадабра")
    chat.repeats(after="everywhere.not_an_answer")
    chat.taps_id("yes:999:1")
    chat.repeats(after="everywhere.stale_tap_here")
    for kind in ("voice", "picture", "other"):
        chat.sends(kind)
        chat.repeats(after=f"everywhere.no_words.{kind}")
    chat.sends("reaction", "👍")
    assert chat.taken == Reacted()
    chat.repeats(after="everywhere.not_an_answer")
    chat.sends("reaction")
    chat.stays_silent()
    chat.rests_in(state)


@ASKING
@pytest.mark.parametrize("intent", NOT_SERVED)
def test_while_asking_a_wish_that_nobody_serves_gets_its_sentence_and_the_question(
    chat: ScriptedChat, play: Play, intent: str
) -> None:
    play(chat)
    chat.happens(NotServed(intent=intent))
    chat.repeats(after=f"everywhere.not_served.{intent}")


@ASKING
@pytest.mark.parametrize("intent", get_args(Intent))
@pytest.mark.parametrize("follows", [True, False])
@pytest.mark.parametrize("answers", [True, False])
def test_words_that_came_too_early_are_never_lost(
    chat: ScriptedChat, play: Play, intent: str, follows: bool, answers: bool
) -> None:
    play(chat)
    chat.happens(TooEarly(question_follows=follows, intent=intent, answers=answers))
    if intent not in ADDS_NOTHING:
        chat.repeats(after=f"everywhere.not_served.{intent}")
    elif answers or not follows:
        chat.repeats(after="everywhere.too_early")
    chat.stays_silent()


@ASKING
def test_a_repeated_question_keeps_its_number_and_its_buttons(chat: ScriptedChat, play: Play) -> None:
    play(chat)
    assert chat.session is not None
    number = chat.session.questions
    chat.takes("абракадабра")
    chat.repeats(after="everywhere.not_an_answer")
    assert chat.session.questions == number

    chat.taps("record" if play is choosing else "yes", MANICURE)
    if play is choosing:
        chat.says("cancel.confirm", options=3)
    else:
        chat.does(CancelRecord(record=MANICURE))


@ASKING
def test_a_repeated_question_has_its_whole_patience_again(chat: ScriptedChat, play: Play) -> None:
    play(chat)
    chat.waits(minutes=14)
    chat.takes("абракадабра")
    chat.repeats(after="everywhere.not_an_answer")
    chat.waits(minutes=14)
    chat.stays_silent()
    chat.waits(minutes=1)
    if play is confirming:
        chat.notes(CancelSettled(record=MANICURE, outcome="silent"))
    chat.says("everywhere.timed_out")


@ASKING
def test_a_question_that_cannot_be_delivered_ends_the_dialogue_in_silence(
    chat: ScriptedChat, play: Play
) -> None:
    play(chat)
    assert chat.session is not None
    chat.happens(NotDelivered(question=chat.session.questions - 1))
    chat.stays_silent()
    assert chat.session.state != IDLE
    chat.happens(NotDelivered(question=chat.session.questions))
    chat.rests_in(IDLE)


# ── while a call is out ───────────────────────────────────────────────────────────────────────────────


def test_a_long_wait_is_told_and_the_result_still_comes(chat: ScriptedChat) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)
    chat.happens(StillWaiting())
    chat.says("everywhere.still_waiting")
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))
    chat.happens(StillWaiting())
    chat.says("everywhere.still_waiting")
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.rests_in("cancel.done")


def test_a_sign_of_waiting_for_a_call_that_is_over_says_nothing(chat: ScriptedChat) -> None:
    confirming(chat)
    chat.happens(StillWaiting())
    chat.rests_in("cancel.confirming")


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────


@ALL
def test_a_time_out_of_a_question_that_is_over_changes_nothing(chat: ScriptedChat, play: Play) -> None:
    play(chat)
    state = chat.session.state if chat.session else ""
    chat.happens(TimedOut(state="cancel.confirming", question=99))
    chat.happens(TimedOut(state="cancel.elsewhere", question=chat.session.questions if chat.session else 0))
    chat.rests_in(state)


# ── what turned out ───────────────────────────────────────────────────────────────────────────────────


@ALL
def test_what_turned_out_is_told_wherever_the_dialogue_stands(chat: ScriptedChat, play: Play) -> None:
    play(chat)
    state = chat.session.state if chat.session else ""
    chat.happens(TurnedOut(record=PEDICURE, receipt=proof(PEDICURE)))
    chat.notes(CancelSettled(record=PEDICURE, outcome="cancelled", receipt=proof(PEDICURE)))
    chat.says("everywhere.turned_out.cancelled", record=PEDICURE)
    asks_again(chat)
    chat.happens(TurnedOut(record=PEDICURE, attempt=2))
    chat.notes(HandedOver(record=PEDICURE, change="cancelled", why="nobody_knows"))
    chat.says("everywhere.turned_out.nobody_knows", record=PEDICURE)
    asks_again(chat)
    chat.happens(TurnedOut(record=PEDICURE, shown=PEDICURE))
    chat.asks(ReadOutcome(record=PEDICURE, attempt=2), after=timedelta(minutes=8))
    chat.rests_in(state)


@ALL
def test_a_question_is_left_where_the_client_is_asked_to_write_of_another_record(
    chat: ScriptedChat, play: Play
) -> None:
    """«Отмените запись», as it is told, would be a yes to that question."""
    play(chat)
    rests = "idle" if asks(chat) else chat.session.state if chat.session else ""
    chat.happens(TurnedOut(record=PEDICURE, shown=PEDICURE, attempt=2))
    chat.notes(LeftAsItWas(record=PEDICURE, change="cancelled"))
    chat.says("everywhere.turned_out.stands", record=PEDICURE)
    if play is choosing:
        chat.says("everywhere.left.open")
    if play is confirming:
        chat.says("everywhere.left.cancelled", record=MANICURE)
    chat.rests_in(rests)


@ALL
def test_a_cancellation_that_no_state_waits_for_any_more_is_told_all_the_same(
    chat: ScriptedChat, play: Play
) -> None:
    play(chat)
    state = chat.session.state if chat.session else ""
    chat.happens(RecordCancelled(receipt=proof(PEDICURE)))
    chat.notes(CancelSettled(record=PEDICURE, outcome="cancelled", receipt=proof(PEDICURE)))
    chat.says("everywhere.turned_out.cancelled", record=PEDICURE)
    asks_again(chat)
    chat.rests_in(state)


@pytest.mark.parametrize(
    "shown", [None, MANICURE.model_copy(update={"starts_at": MANICURE.starts_at + timedelta(days=1)})]
)
def test_a_question_that_shows_what_is_not_so_any_more_is_left(
    chat: ScriptedChat, shown: Record | None
) -> None:
    """A «нет» to it would be answered with that the record stays as it was."""
    confirming(chat)
    if shown is None:
        chat.happens(TurnedOut(record=MANICURE, receipt=proof(MANICURE)))
        chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
        chat.says("everywhere.turned_out.cancelled", record=MANICURE)
    else:
        chat.happens(TurnedOut(record=MANICURE, shown=shown, attempt=2))
        was = {"found": "elsewhere", "was": MANICURE}
        chat.notes(LeftAsItWas(record=shown, change="cancelled").model_copy(update=was))
        chat.says("everywhere.turned_out.stands", record=shown)
    chat.says("everywhere.left.past")
    chat.rests_in("idle")


def test_a_question_that_shows_a_record_as_it_is_now_is_asked_again(chat: ScriptedChat) -> None:
    confirming(chat)
    receipt = Receipt(change="restored", record=MANICURE, read_at=MONDAY)
    chat.happens(TurnedOut(record=MANICURE, change="restored", receipt=receipt))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=receipt))
    chat.says("everywhere.turned_out.restored", record=MANICURE)
    chat.repeats(after="everywhere.turned_out.the_question")
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_a_question_about_a_record_of_which_nobody_knows_is_left(chat: ScriptedChat) -> None:
    confirming(chat)
    chat.happens(TurnedOut(record=MANICURE, attempt=2))
    chat.notes(HandedOver(record=MANICURE, change="cancelled", why="nobody_knows"))
    chat.says("everywhere.turned_out.nobody_knows", record=MANICURE)
    chat.says("everywhere.left.past")
    chat.rests_in("idle")


def test_nothing_is_claimed_of_a_record_of_which_nobody_knows_where_its_question_is_left(
    chat: ScriptedChat,
) -> None:
    confirming(chat)
    chat.chat = chat.chat.model_copy(update={"unknown": (Unknown(record_id=1, since=MONDAY),)})
    chat.happens(TurnedOut(record=PEDICURE, shown=PEDICURE, attempt=2))
    chat.notes(LeftAsItWas(record=PEDICURE, change="cancelled"))
    chat.says("everywhere.turned_out.stands", record=PEDICURE)
    chat.says("everywhere.left.open")
    chat.rests_in("idle")


# ── every text that code can make ─────────────────────────────────────────────────────────────────────


def test_every_kind_without_words_has_its_sentence(catalogue: Texts) -> None:
    kinds = get_args(NoWords.model_fields["kind"].annotation)
    assert [kind for kind in kinds if f"everywhere.no_words.{kind}" not in catalogue.texts] == []


def test_every_intent_that_may_be_served_by_no_flow_has_its_sentence(catalogue: Texts) -> None:
    assert [intent for intent in NOT_SERVED if f"everywhere.not_served.{intent}" not in catalogue.texts] == []


# ── what became of moves and restores ─────────────────────────────────────────────────────────────────

FRIDAY = Slot(starts_at=datetime(2026, 11, 27, 12, 0, tzinfo=MOSCOW), master="Ольга", master_id=7)
MOVED = MANICURE.model_copy(update={"starts_at": FRIDAY.starts_at, "master_id": 7})


OFF = MANICURE.model_copy(update={"attendance": Attendance.DID_NOT_COME})


def of_a_move() -> Receipt:
    return Receipt(change="moved", record=MOVED, read_at=MONDAY, was=MANICURE)


@ALL
@pytest.mark.parametrize(
    "event",
    [
        RecordMoved(receipt=of_a_move()),
        TurnedOut(record=MANICURE, change="moved", to=FRIDAY, receipt=of_a_move()),
    ],
)
def test_a_move_is_told_where_no_state_waits_for_it(
    chat: ScriptedChat, play: Play, event: RecordMoved | TurnedOut
) -> None:
    play(chat)
    chat.happens(event)
    chat.notes(MoveSettled(record=MANICURE, to=FRIDAY, outcome="moved", receipt=of_a_move()))
    chat.says("everywhere.turned_out.moved", record=MOVED)
    if play is choosing:
        chat.says("everywhere.left.open")
    if play is confirming:
        chat.says("everywhere.left.past")


def test_a_move_without_a_masters_number_is_told_all_the_same(chat: ScriptedChat) -> None:
    nobodys = MANICURE.model_copy(update={"master_id": None})
    receipt = Receipt(change="moved", record=nobodys, read_at=MONDAY)
    chat.happens(RecordMoved(receipt=receipt))
    chat.notes(MoveSettled(record=nobodys, outcome="moved", receipt=receipt))
    chat.says("everywhere.turned_out.moved", record=nobodys)


@ALL
@pytest.mark.parametrize("late", [False, True])
def test_a_restore_is_told_and_is_no_longer_offered(chat: ScriptedChat, play: Play, late: bool) -> None:
    play(chat)
    until = MONDAY + timedelta(minutes=15)
    both = (Undoable(record=MANICURE, until=until), Undoable(record=HAIRCUT, until=until))
    chat.chat = chat.chat.model_copy(update={"undoable": both})
    receipt = Receipt(change="restored", record=MANICURE, read_at=MONDAY)
    event = TurnedOut(record=MANICURE, change="restored", receipt=receipt)
    chat.happens(event if late else RecordRestored(receipt=receipt, overlaps=True))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=receipt, overlaps=not late))
    chat.says("everywhere.turned_out.restored", record=MANICURE)
    asks_again(chat)
    assert chat.chat.undoable == both[1:]


@pytest.mark.parametrize(
    ("change", "stands", "unknown"),
    [
        ("moved", "not_moved", "nobody_knows_of_the_move"),
        ("restored", "not_restored", "nobody_knows"),
    ],
)
def test_what_did_not_come_about_is_read_twice_and_told_in_its_own_words(
    chat: ScriptedChat, change: Change, stands: str, unknown: str
) -> None:
    to = FRIDAY if change == "moved" else None
    chat.happens(TurnedOut(record=MANICURE, change=change, to=to))
    chat.asks(ReadOutcome(record=MANICURE, change=change, to=to, attempt=2), after=timedelta(minutes=8))
    shown = OFF if change == "restored" else MANICURE
    chat.happens(TurnedOut(record=MANICURE, change=change, to=to, shown=shown, attempt=2))
    chat.notes(LeftAsItWas(record=shown, change=change))
    chat.says(f"everywhere.turned_out.{stands}", record=shown)
    chat.happens(TurnedOut(record=MANICURE, change=change, to=to, attempt=2))
    chat.notes(HandedOver(record=MANICURE, change=change, why="nobody_knows"))
    chat.says(f"everywhere.turned_out.{unknown}", record=MANICURE)
