"""«Стоп», in every state: from then on nothing is said but the outcome of a write that is out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    ReadOutcome,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
    TurnedOut,
)
from engine.events import Muted, StillWaiting
from engine.flow import IDLE
from tests.chat import MONDAY, ScriptedChat, proof, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")


def at_home(chat: ScriptedChat) -> None:
    chat.rests_in(IDLE)


def looking(chat: ScriptedChat) -> None:
    chat.takes("хочу отменить запись")
    chat.asks(FindRecords)


def choosing(chat: ScriptedChat) -> None:
    looking(chat)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("records.which", options=2)


def confirming(chat: ScriptedChat) -> None:
    looking(chat)
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


@pytest.mark.parametrize("play", [at_home, choosing, confirming, done])
def test_after_stop_nothing_that_is_sent_gets_an_answer(
    chat: ScriptedChat, play: Callable[[ScriptedChat], None]
) -> None:
    play(chat)
    chat.takes("стоп")
    chat.rests_in(IDLE)

    for words in ("Здравствуйте", "хочу отменить запись", "да"):
        chat.takes(words)
        assert chat.taken == Muted()
    chat.sends("voice")
    chat.sends("reaction", "👍")
    chat.taps_id("yes:2:1")
    chat.waits(minutes=60)
    chat.rests_in(IDLE)


@pytest.mark.parametrize("play", [at_home, choosing, confirming, done])
def test_start_takes_stop_back(chat: ScriptedChat, play: Callable[[ScriptedChat], None]) -> None:
    play(chat)
    chat.takes("стоп")
    chat.takes("старт")
    chat.says("everywhere.started")
    chat.rests_in(IDLE)
    confirming(chat)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("play", [at_home, choosing, confirming, done])
def test_start_is_greeted_wherever_the_dialogue_stands(
    chat: ScriptedChat, play: Callable[[ScriptedChat], None]
) -> None:
    play(chat)
    chat.takes("старт")
    chat.says("everywhere.started")
    chat.rests_in(IDLE)


def test_words_that_waited_behind_a_stop_are_not_answered(chat: ScriptedChat) -> None:
    """«Стоп» counts from when it was stored: the words before it were not taken yet."""
    looking(chat)
    chat.takes("алло")
    chat.takes("стоп")
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.rests_in(IDLE)


@pytest.mark.parametrize("result", [RecordsFound(records=(MANICURE,)), CallFailed(reason="unknown")])
@pytest.mark.parametrize("confirm", ["always", "never"])
def test_after_stop_a_read_that_ends_is_not_told_and_nothing_is_written(
    chat: ScriptedChat, result: Any, confirm: str
) -> None:
    chat.salon_has(confirm=confirm)
    looking(chat)
    chat.takes("стоп")
    chat.gets(result)
    chat.rests_in(IDLE)


def test_after_stop_no_sign_of_waiting_is_given(chat: ScriptedChat) -> None:
    cancelling(chat)
    chat.takes("стоп")
    chat.happens(StillWaiting())
    chat.stays_silent()
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done")
    chat.rests_in(IDLE)


def test_after_stop_the_outcome_of_the_write_that_is_out_is_told_once(chat: ScriptedChat) -> None:
    cancelling(chat)
    chat.takes("стоп")
    chat.stays_silent()
    chat.gets(RecordCancelled(receipt=proof(MANICURE)))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("cancel.done", record=MANICURE)
    chat.rests_in(IDLE)
    chat.takes("спасибо")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    ("failed", "outcome", "text"),
    [
        (CallFailed(reason="not_tried"), "not_tried", "cancel.not_tried"),
        (CallFailed(reason="refused"), "refused", "cancel.refused.refused"),
    ],
)
def test_after_stop_a_failed_write_is_told_too(
    chat: ScriptedChat, failed: CallFailed, outcome: Any, text: str
) -> None:
    cancelling(chat)
    chat.takes("стоп")
    chat.gets(failed)
    chat.notes(CancelSettled(record=MANICURE, outcome=outcome))
    chat.says(text)
    chat.rests_in(IDLE)


def test_after_stop_a_record_that_was_changed_meanwhile_is_told_to_stand(chat: ScriptedChat) -> None:
    moved = record(1, starts_at="2026-11-25 17:00")
    cancelling(chat)
    chat.takes("стоп")
    chat.gets(RecordChanged(was=MANICURE, now=moved))
    chat.notes(CancelSettled(record=moved, outcome="not_tried"))
    chat.says("cancel.changed_and_kept", record=moved)
    chat.rests_in(IDLE)


def test_after_stop_an_unknown_outcome_is_read_again_as_it_was_promised(chat: ScriptedChat) -> None:
    cancelling(chat)
    chat.takes("стоп")
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(CancelSettled(record=MANICURE, outcome="unknown"))
    chat.says("cancel.unknown")
    chat.asks(ReadOutcome(record=MANICURE, unknown_at=MONDAY), after=timedelta(minutes=2))
    chat.rests_in(IDLE)

    chat.waits(minutes=2)
    chat.gets(TurnedOut(record=MANICURE))
    chat.asks(ReadOutcome(record=MANICURE, attempt=2), after=timedelta(minutes=8))
    chat.waits(minutes=8)
    chat.gets(TurnedOut(record=MANICURE, receipt=proof(MANICURE), attempt=2))
    chat.notes(CancelSettled(record=MANICURE, outcome="cancelled", receipt=proof(MANICURE)))
    chat.says("everywhere.turned_out.cancelled")
    chat.rests_in(IDLE)
