"""The look after an unknown outcome: it says nothing once newer was told, and never what is no longer so."""

from datetime import timedelta
from typing import Any

import pytest

from engine.booking import (
    Attendance,
    CallFailed,
    CancelRecord,
    CancelSettled,
    Change,
    FindRecords,
    HandedOver,
    LeftAsItWas,
    ReadOutcome,
    RecordCancelled,
    RecordChanged,
    RecordRestored,
    RecordsFound,
    RestoreRecord,
    RestoreSettled,
    SlotTaken,
    TurnedOut,
)
from engine.chat import Doubt, Undoable, Unknown
from engine.dialogue import Dialogue
from engine.doubting import IN_DOUBT_FOR
from engine.flow import IDLE
from engine.texts import Texts
from tests.chat import MONDAY, ScriptedChat, proof, record, slot

MANICURE = record(1)
OFF = MANICURE.model_copy(update={"attendance": Attendance.DID_NOT_COME})
ELSEWHERE = record(1, starts_at="2026-11-26 18:00")
TWO_MINUTES, EIGHT_MINUTES = timedelta(minutes=2), timedelta(minutes=8)
LOOK = ReadOutcome(record=MANICURE, unknown_at=MONDAY)
THREE = slot("2026-11-27 15:00")
UNDOABLE = Undoable(record=MANICURE, until=MONDAY + timedelta(minutes=15))


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts) -> ScriptedChat:
    return ScriptedChat(dialogue, catalogue)


def is_cancelling(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def is_unknown(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(CancelSettled(record=MANICURE, outcome="unknown"))
    chat.says("cancel.unknown")
    chat.asks(LOOK.model_copy(update={"unknown_at": chat.now}), after=TWO_MINUTES)


def is_cancelled(chat: ScriptedChat) -> None:
    is_cancelling(chat)
    chat.gets(RecordCancelled(receipt=proof(OFF)))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")


def shows(chat: ScriptedChat, *, look: ReadOutcome = LOOK, attempt: int = 1, **found: Any) -> None:
    chat.happens(TurnedOut(**{**dict(look), "attempt": attempt}, **found))


def promised(chat: ScriptedChat, change: Change, **kept: Any) -> ReadOutcome:
    unknown = (Unknown(record_id=1, since=MONDAY),)
    chat.chat = chat.chat.model_copy(update={"unknown": unknown, **kept})
    to = THREE if change == "moved" else None
    return ReadOutcome(record=MANICURE, change=change, to=to, unknown_at=MONDAY)


# ── newer was told ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("found", [{"receipt": proof(OFF)}, {"shown": MANICURE}, {}])
@pytest.mark.parametrize("attempt", [1, 2])
def test_once_a_later_write_was_told_the_look_says_nothing(
    chat: ScriptedChat, attempt: int, found: dict[str, Any]
) -> None:
    is_unknown(chat)
    is_cancelled(chat)
    shows(chat, attempt=attempt, **found)
    chat.rests_in("cancel.done")


def test_a_look_that_comes_while_the_later_write_is_out_says_nothing_after_it(chat: ScriptedChat) -> None:
    is_unknown(chat)
    is_cancelled(chat)
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=OFF))
    restored = proof(MANICURE, change="restored")
    chat.gets(RecordRestored(receipt=restored))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=restored))
    look = ReadOutcome(record=MANICURE, change="restored", to=slot("2026-11-25 15:00"), told_at=MONDAY)
    chat.asks(look, after=TWO_MINUTES)
    chat.says("take_back.restored")
    shows(chat, attempt=2, shown=MANICURE)
    chat.rests_in("take_back.done")
    assert len(chat.chat.watched) == 1


def test_of_two_unknown_outcomes_of_a_record_the_newer_is_looked_for(chat: ScriptedChat) -> None:
    is_unknown(chat)
    chat.waits(1)
    is_unknown(chat)
    shows(chat, attempt=2, shown=MANICURE)
    chat.stays_silent()
    newer = LOOK.model_copy(update={"unknown_at": chat.now})
    shows(chat, look=newer, attempt=2, shown=MANICURE)
    chat.notes(LeftAsItWas(record=MANICURE))
    chat.says("everywhere.turned_out.stands", record=MANICURE)
    assert chat.chat.unknown == ()


def test_a_look_reads_twice_and_ends_with_what_it_tells(chat: ScriptedChat) -> None:
    is_unknown(chat)
    shows(chat)
    chat.asks(LOOK.model_copy(update={"attempt": 2}), after=EIGHT_MINUTES)
    shows(chat, attempt=2)
    chat.notes(HandedOver(record=MANICURE, why="nobody_knows"))
    chat.says("everywhere.turned_out.nobody_knows", record=MANICURE)
    assert chat.chat.unknown == ()
    shows(chat, attempt=2, shown=MANICURE)
    chat.rests_in(IDLE)


def is_refused(chat: ScriptedChat) -> ReadOutcome:
    """A take-back without an answer, and once more: somebody else has the window."""
    look = promised(chat, "restored", undoable=(UNDOABLE,))
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))
    chat.chat = chat.chat.model_copy(update={"opted_out": True})
    chat.gets(SlotTaken(record=OFF))
    chat.notes(RestoreSettled(record=MANICURE, outcome="taken"))
    chat.says("take_back.taken")
    return look


def test_what_a_refusal_told_is_not_told_again(chat: ScriptedChat) -> None:
    look = is_refused(chat)
    shows(chat, look=look, attempt=2, shown=OFF)
    chat.rests_in(IDLE)
    assert chat.chat.unknown == ()


@pytest.mark.parametrize("shown", [MANICURE, ELSEWHERE])
def test_what_is_not_as_a_refusal_told_it_is_told(chat: ScriptedChat, shown: Any) -> None:
    look = is_refused(chat)
    shows(chat, look=look, attempt=2, shown=shown)
    chat.notes(LeftAsItWas(record=shown, change="restored", found="elsewhere", was=MANICURE))
    chat.says("everywhere.undone.elsewhere", record=shown)


def test_a_change_that_landed_after_a_refusal_is_told(chat: ScriptedChat) -> None:
    look = promised(chat, "cancelled")
    is_cancelling(chat)
    chat.gets(RecordChanged(was=MANICURE, now=ELSEWHERE))
    chat.says("cancel.changed", options=3)
    shows(chat, look=look, attempt=1, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.says("everywhere.turned_out.cancelled", record=OFF)


# ── what somebody else has made of it ─────────────────────────────────────────────────────────────────


def test_a_move_that_finds_the_record_cancelled_says_so(chat: ScriptedChat) -> None:
    look, off = promised(chat, "moved"), proof(OFF, how="already")
    shows(chat, look=look, receipt=off)
    chat.asks(look.model_copy(update={"attempt": 2}), after=EIGHT_MINUTES)
    shows(chat, look=look, attempt=2, receipt=off)
    chat.notes(LeftAsItWas(record=OFF, change="moved", found="off"))
    chat.says("everywhere.undone.off", record=OFF)
    chat.rests_in(IDLE)


def test_what_was_called_off_while_a_move_may_land_is_looked_at_again(chat: ScriptedChat) -> None:
    doubt = Doubt(record_id=1, change="moved", to=THREE, until=MONDAY + IN_DOUBT_FOR)
    look, off = promised(chat, "moved", doubts=(doubt,)), proof(OFF, how="already")
    shows(chat, look=look, attempt=2, receipt=off)
    chat.notes(LeftAsItWas(record=OFF, change="moved", found="off"))
    chat.says("everywhere.undone.off", record=OFF)
    told = ReadOutcome(record=OFF, to=slot("2026-11-25 15:00"), told_at=MONDAY)
    chat.asks(told, after=TWO_MINUTES)


@pytest.mark.parametrize("change", ["moved", "restored"])
def test_what_the_salon_deleted_is_no_longer_seen(chat: ScriptedChat, change: Change) -> None:
    look, gone = promised(chat, change), proof(MANICURE, how="deleted")
    shows(chat, look=look, attempt=2, receipt=gone)
    chat.notes(LeftAsItWas(record=MANICURE, change=change, found="gone"))
    chat.says("everywhere.turned_out.gone", record=MANICURE)


def test_an_older_cancel_of_ours_that_landed_is_told_as_one(chat: ScriptedChat) -> None:
    look = promised(chat, "moved")
    shows(chat, look=look, attempt=2, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.says("everywhere.turned_out.cancelled", record=OFF)
    assert chat.chat.unknown == ()


def test_a_move_that_was_to_bring_it_back_leaves_it_cancelled(chat: ScriptedChat) -> None:
    look = promised(chat, "moved", undoable=(UNDOABLE,))
    shows(chat, look=look, attempt=2, receipt=proof(OFF))
    chat.notes(LeftAsItWas(record=OFF, change="moved"))
    chat.says("everywhere.undone.off", record=OFF)


@pytest.mark.parametrize(("change", "text"), [("cancelled", "stands"), ("moved", "not_moved")])
def test_the_salon_hears_that_it_stands_elsewhere(chat: ScriptedChat, change: Change, text: str) -> None:
    look = promised(chat, change)
    shows(chat, look=look, attempt=2, shown=ELSEWHERE)
    chat.notes(LeftAsItWas(record=ELSEWHERE, change=change, found="elsewhere", was=MANICURE))
    chat.says(f"everywhere.turned_out.{text}", record=ELSEWHERE)
