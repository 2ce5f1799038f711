"""What was told while an earlier write may land yet: it is looked at later, and told if it was undone."""

from datetime import timedelta
from typing import Any

import pytest

from engine.booking import (
    Attendance,
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    HandedOver,
    MoveSettled,
    ReadOutcome,
    Receipt,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordMoved,
    RecordRestored,
    RecordsFound,
    RestoreRecord,
    RestoreSettled,
    SlotTaken,
    TurnedOut,
)
from engine.chat import Doubt, Undoable, Watched
from engine.dialogue import Dialogue
from engine.doubting import IN_DOUBT_FOR
from engine.flow import IDLE
from engine.texts import Texts
from tests.chat import MONDAY, ScriptedChat, proof, record, slot

MANICURE, HAIRCUT = record(1), record(2, "Стрижка")
OFF = MANICURE.model_copy(update={"attendance": Attendance.DID_NOT_COME})
ELSEWHERE = record(1, starts_at="2026-11-26 18:00")
TWO_MINUTES, EIGHT_MINUTES = timedelta(minutes=2), timedelta(minutes=8)
RESTORED = proof(MANICURE, change="restored")
LOOK = ReadOutcome(record=MANICURE, change="restored", to=slot("2026-11-25 15:00"), told_at=MONDAY)


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts) -> ScriptedChat:
    """It was cancelled just now, and an attempt of that got no answer."""
    chat = ScriptedChat(dialogue, catalogue)
    undoable = (Undoable(record=MANICURE, until=MONDAY + timedelta(minutes=15)),)
    doubts = (Doubt(record_id=1, change="cancelled", until=MONDAY + IN_DOUBT_FOR),)
    chat.chat = chat.chat.model_copy(update={"undoable": undoable, "doubts": doubts})
    return chat


def is_told_as_restored(chat: ScriptedChat) -> None:
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))
    chat.gets(RecordRestored(receipt=RESTORED))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=RESTORED))
    chat.asks(LOOK, after=TWO_MINUTES)
    chat.says("take_back.restored")
    chat.rests_in("take_back.done")


def shows(chat: ScriptedChat, *, attempt: int = 1, **found: Any) -> None:
    chat.gets(TurnedOut(**{**dict(LOOK), "attempt": attempt}, **found))


def test_what_was_taken_back_while_its_cancel_may_land_is_looked_at_twice(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.waits(2)
    shows(chat, receipt=RESTORED)
    chat.asks(LOOK.model_copy(update={"attempt": 2}), after=EIGHT_MINUTES)
    chat.waits(8)
    shows(chat, attempt=2, receipt=RESTORED)
    chat.rests_in("take_back.done")
    assert chat.chat.watched == ()


def test_without_a_doubt_nothing_is_looked_at(chat: ScriptedChat) -> None:
    chat.chat = chat.chat.model_copy(update={"doubts": ()})
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))
    chat.gets(RecordRestored(receipt=RESTORED))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=RESTORED))
    chat.says("take_back.restored")
    chat.rests_in("take_back.done")


def our_cancel_lands(chat: ScriptedChat, *, options: int) -> None:
    chat.waits(2)
    landed = proof(OFF)
    shows(chat, receipt=landed)
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=landed))
    chat.notes(HandedOver(record=OFF, change="restored", why="undone"))
    chat.says("everywhere.undone.by_our_cancel", options=options, record=OFF)


def test_a_cancel_that_landed_is_told_and_comes_back_by_a_tap(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    assert chat.chat.watched == ()

    chat.taps("take_back")
    chat.does(RestoreRecord(record=MANICURE))
    again = RESTORED.model_copy(update={"read_at": chat.now})
    chat.gets(RecordRestored(receipt=again))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=again))
    chat.asks(LOOK.model_copy(update={"told_at": chat.now}), after=TWO_MINUTES)
    chat.says("take_back.restored")
    chat.rests_in("take_back.done")


def test_a_cancel_that_landed_comes_back_by_words_too(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))
    chat.is_over()


def test_a_button_of_what_is_back_says_that_it_is(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.taps_id("take_back:0:1")
    chat.says("take_back.told_above")
    chat.rests_in("take_back.done")


@pytest.mark.parametrize("policies", [{"offers": ()}, {"undo_for": timedelta(0)}])
def test_where_nothing_is_taken_back_any_more_the_salon_is_named(
    chat: ScriptedChat, policies: dict[str, Any]
) -> None:
    is_told_as_restored(chat)
    chat.salon_has(**policies)
    chat.waits(2)
    shows(chat, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.notes(HandedOver(record=OFF, change="restored", why="undone"))
    chat.says("everywhere.undone.off", record=OFF)


@pytest.mark.parametrize("how", ["already", "deleted"])
def test_what_is_off_without_our_mark_is_the_salon_s_to_bring_back(chat: ScriptedChat, how: Any) -> None:
    is_told_as_restored(chat)
    chat.waits(2)
    shows(chat, receipt=proof(OFF, how=how))
    chat.notes(HandedOver(record=OFF, change="restored", why="otherwise"))
    chat.says("everywhere.undone.off", record=OFF)
    assert chat.chat.undoable == ()
    for words in ("верните", "да", "приду", "я не отменяла"):
        chat.takes(words)
        chat.says("take_back.the_salon_may", record=OFF)
    chat.rests_in("take_back.found_off")


def test_what_stands_elsewhere_is_told_as_it_stands(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.waits(2)
    shows(chat, shown=ELSEWHERE)
    chat.notes(HandedOver(record=ELSEWHERE, change="restored", why="otherwise", told=MANICURE))
    chat.says("everywhere.undone.elsewhere", record=ELSEWHERE)
    chat.takes("верните")
    chat.says("take_back.nothing")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    "words", ["приду", "да", "нужен", "визит нужен", "я не отменяла", "вернула бы", "можно вернуть?"]
)
def test_words_that_may_mean_that_it_is_needed_ask_whether(chat: ScriptedChat, words: str) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    chat.takes(words)
    chat.says("take_back.confirm", options=2, record=MANICURE)
    chat.takes("да")
    chat.does(RestoreRecord(record=MANICURE))


@pytest.mark.parametrize("words", ["нет", "не надо", "не возвращайте"])
def test_what_was_found_off_may_stay_so(chat: ScriptedChat, words: str) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    chat.takes(words)
    chat.says("take_back.left")
    chat.rests_in(IDLE)


def test_an_order_brings_back_what_was_found_off_and_no_other(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    until = MONDAY + timedelta(minutes=15)
    chat.chat = chat.chat.model_copy(update={"undoable": (Undoable(record=HAIRCUT, until=until),)})
    our_cancel_lands(chat, options=1)
    chat.takes("верните")
    chat.does(RestoreRecord(record=MANICURE))


def test_another_one_that_is_named_is_another_wish(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    until = MONDAY + timedelta(minutes=15)
    chat.chat = chat.chat.model_copy(update={"undoable": (Undoable(record=HAIRCUT, until=until),)})
    our_cancel_lands(chat, options=1)
    chat.takes("верните стрижку")
    chat.does(RestoreRecord(record=HAIRCUT))


def test_silence_after_it_was_found_off_ends_without_a_word(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    chat.waits(15)
    chat.rests_in(IDLE)


def test_a_button_of_before_is_past_where_it_was_found_off(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    our_cancel_lands(chat, options=1)
    chat.taps_id("yes:0:1")
    chat.says("everywhere.stale_tap")
    chat.rests_in("take_back.found_off")


@pytest.mark.parametrize(
    ("stands", "minutes"), [(ELSEWHERE, 2), (MANICURE, 60 * 24 * 3)], ids=["moved by the salon", "begun"]
)
def test_what_a_take_back_would_be_refused_for_is_not_offered(
    chat: ScriptedChat, stands: Record, minutes: int
) -> None:
    """The button would end in «салон успел изменить эту запись»."""
    is_told_as_restored(chat)
    chat.waits(minutes)
    off = stands.model_copy(update={"attendance": Attendance.DID_NOT_COME})
    shows(chat, receipt=proof(off))
    chat.notes(CancelSettled(record=off, outcome="cancelled", receipt=proof(off)))
    told = None if stands == MANICURE else MANICURE
    chat.notes(HandedOver(record=off, change="restored", why="undone", told=told))
    chat.says("everywhere.undone.off", record=off)
    assert chat.chat.undoable == ()
    chat.takes("верните")
    chat.says("take_back.the_salon_may", record=off)


# ── over a question ───────────────────────────────────────────────────────────────────────────────────


def is_asked(chat: ScriptedChat, asked: Record) -> None:
    is_told_as_restored(chat)
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(asked,)))
    chat.says("cancel.confirm", options=3)
    chat.waits(2)


def test_over_another_question_a_landed_cancel_offers_its_button_and_that_question_is_left(
    chat: ScriptedChat,
) -> None:
    is_asked(chat, HAIRCUT)
    shows(chat, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.notes(HandedOver(record=OFF, change="restored", why="undone"))
    chat.says("everywhere.undone.by_our_cancel", options=1, record=OFF)
    chat.says("everywhere.left.cancelled", record=HAIRCUT)
    chat.rests_in("take_back.found_off")

    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))


def test_over_another_question_what_the_salon_called_off_is_told_and_that_is_left(chat: ScriptedChat) -> None:
    is_asked(chat, HAIRCUT)
    off = proof(OFF, how="already")
    shows(chat, receipt=off)
    chat.notes(HandedOver(record=OFF, change="restored", why="otherwise"))
    chat.says("everywhere.undone.off", record=OFF)
    chat.says("everywhere.left.cancelled", record=HAIRCUT)
    chat.rests_in("take_back.found_off")


def test_the_words_that_are_told_over_another_question_are_no_yes_to_it(chat: ScriptedChat) -> None:
    """«Отмените запись» would cancel what is asked about, so that is left."""
    in_doubt(chat, Doubt(record_id=1, change="restored", until=MONDAY + IN_DOUBT_FOR))
    is_told_as_cancelled(chat)
    look = ReadOutcome(record=OFF, to=slot("2026-11-25 15:00"), told_at=MONDAY)
    chat.asks(look, after=TWO_MINUTES)
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.takes("отмените стрижку")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(HAIRCUT,)))
    chat.says("cancel.confirm", options=3)
    chat.waits(2)
    chat.gets(TurnedOut(**dict(look), shown=MANICURE))
    chat.notes(HandedOver(record=MANICURE, change="cancelled", why="otherwise"))
    chat.says("everywhere.undone.stands", record=MANICURE)
    chat.says("everywhere.left.cancelled", record=HAIRCUT)
    chat.rests_in("idle")


def test_a_question_about_what_was_found_off_is_over(chat: ScriptedChat) -> None:
    is_asked(chat, MANICURE)
    shows(chat, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.notes(HandedOver(record=OFF, change="restored", why="undone"))
    chat.says("everywhere.undone.by_our_cancel", options=1, record=OFF)
    chat.says("everywhere.left.past")
    chat.rests_in("take_back.found_off")


def test_a_question_about_what_stands_elsewhere_is_over(chat: ScriptedChat) -> None:
    is_asked(chat, MANICURE)
    shows(chat, shown=ELSEWHERE)
    chat.notes(HandedOver(record=ELSEWHERE, change="restored", why="otherwise", told=MANICURE))
    chat.says("everywhere.undone.elsewhere", record=ELSEWHERE)
    chat.says("everywhere.left.past")
    chat.rests_in(IDLE)


def test_what_could_not_be_read_twice_is_a_person_s_to_look_at(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.waits(2)
    shows(chat)
    chat.asks(LOOK.model_copy(update={"attempt": 2}), after=EIGHT_MINUTES)
    chat.waits(8)
    shows(chat, attempt=2)
    chat.notes(HandedOver(record=MANICURE, change="restored", why="nobody_knows"))
    chat.rests_in("take_back.done")


def test_what_was_changed_through_us_since_is_not_looked_for(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(OFF)))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.waits(2)
    shows(chat, receipt=proof(OFF))
    chat.rests_in("cancel.done")


def test_after_stop_what_was_undone_is_told_and_nothing_is_offered(chat: ScriptedChat) -> None:
    is_told_as_restored(chat)
    chat.takes("стоп")
    chat.waits(2)
    shows(chat, receipt=proof(OFF))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))
    chat.notes(HandedOver(record=OFF, change="restored", why="undone"))
    chat.says("everywhere.undone.off", record=OFF)
    chat.rests_in(IDLE)


def is_told_as_cancelled(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordCancelled(receipt=proof(OFF)))
    chat.notes(CancelSettled(record=OFF, outcome="cancelled", receipt=proof(OFF)))


def in_doubt(chat: ScriptedChat, doubt: Doubt) -> None:
    chat.chat = chat.chat.model_copy(update={"doubts": (doubt,), "undoable": ()})


def test_a_take_back_that_lands_on_a_later_cancel_is_told(chat: ScriptedChat) -> None:
    in_doubt(chat, Doubt(record_id=1, change="restored", until=MONDAY + IN_DOUBT_FOR))
    is_told_as_cancelled(chat)
    look = ReadOutcome(record=OFF, to=slot("2026-11-25 15:00"), told_at=MONDAY)
    chat.asks(look, after=TWO_MINUTES)
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.waits(2)
    chat.gets(TurnedOut(**dict(look), shown=MANICURE))
    chat.notes(HandedOver(record=MANICURE, change="cancelled", why="otherwise"))
    chat.says("everywhere.undone.stands", record=MANICURE)


def test_the_same_cancel_once_more_would_undo_nothing(chat: ScriptedChat) -> None:
    is_told_as_cancelled(chat)
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    chat.rests_in("cancel.done")


# ── what the chat knows of an end ─────────────────────────────────────────────────────────────────────

UNTIL = MONDAY + IN_DOUBT_FOR


def doubts(chat: ScriptedChat) -> list[tuple[int, str, Any]]:
    return [(one.record_id, one.change, one.to) for one in chat.chat.doubts]


def restoring(chat: ScriptedChat) -> None:
    undoable = (Undoable(record=MANICURE, until=MONDAY + timedelta(minutes=15)),)
    chat.chat = chat.chat.model_copy(update={"undoable": undoable, "doubts": ()})
    chat.takes("верните запись")
    chat.does(RestoreRecord(record=MANICURE))


@pytest.mark.parametrize("doubted", [True, False])
def test_a_take_back_that_took_more_than_one_attempt_may_land_once_more(
    chat: ScriptedChat, doubted: bool
) -> None:
    restoring(chat)
    chat.gets(RecordRestored(receipt=RESTORED, doubted=doubted))
    chat.notes(RestoreSettled(record=MANICURE, outcome="restored", receipt=RESTORED))
    chat.says("take_back.restored")
    assert doubts(chat) == ([(1, "restored", None)] if doubted else [])


@pytest.mark.parametrize("doubted", [True, False])
@pytest.mark.parametrize(
    "end", [RecordChanged(was=MANICURE, now=ELSEWHERE), SlotTaken(record=MANICURE)], ids=lambda end: type(end)
)
def test_what_was_not_written_in_the_end_may_land_all_the_same(
    chat: ScriptedChat, end: RecordChanged | SlotTaken, doubted: bool
) -> None:
    restoring(chat)
    chat.chat = chat.chat.model_copy(update={"opted_out": True})
    told = Watched(record=MANICURE, change="restored", told_at=MONDAY)
    chat.chat = chat.chat.model_copy(update={"watched": (told,)})
    chat.gets(end.model_copy(update={"doubted": doubted}))
    outcome = "taken" if isinstance(end, SlotTaken) else "refused"
    detail = "" if isinstance(end, SlotTaken) else "refused"
    chat.notes(RestoreSettled(record=MANICURE, outcome=outcome, detail=detail))
    chat.says("take_back.taken" if isinstance(end, SlotTaken) else "take_back.changed")
    assert doubts(chat) == ([(1, "restored", None)] if doubted else [])
    assert chat.chat.watched == (told,)


def test_an_unknown_outcome_may_land_until_it_is_known(chat: ScriptedChat) -> None:
    restoring(chat)
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(RestoreSettled(record=MANICURE, outcome="unknown"))
    look = ReadOutcome(record=MANICURE, change="restored", unknown_at=MONDAY)
    chat.asks(look, after=TWO_MINUTES)
    chat.says("take_back.unknown")
    assert doubts(chat) == [(1, "restored", None)]


def test_a_move_without_an_answer_is_told_and_only_another_one_would_undo_it(chat: ScriptedChat) -> None:
    moved = ELSEWHERE
    receipt = Receipt(change="moved", record=moved, read_at=MONDAY, was=MANICURE)
    in_doubt(chat, Doubt(record_id=1, change="moved", to=slot("2026-11-26 18:00"), until=UNTIL))
    chat.happens(TurnedOut(record=MANICURE, change="moved", to=slot("2026-11-26 18:00"), receipt=receipt))
    chat.says("everywhere.turned_out.moved", record=moved)
    chat.notes(MoveSettled(record=MANICURE, to=slot("2026-11-26 18:00"), outcome="moved", receipt=receipt))
    chat.stays_silent()

    in_doubt(chat, Doubt(record_id=1, change="moved", to=slot("2026-11-27 12:00"), until=UNTIL))
    chat.happens(RecordMoved(receipt=receipt))
    chat.says("everywhere.turned_out.moved", record=moved)
    chat.notes(MoveSettled(record=MANICURE, to=slot("2026-11-26 18:00"), outcome="moved", receipt=receipt))
    look = ReadOutcome(record=moved, change="moved", to=slot("2026-11-26 18:00"), told_at=MONDAY)
    chat.asks(look, after=TWO_MINUTES)
    chat.waits(2)
    chat.gets(TurnedOut(**dict(look), shown=MANICURE))
    chat.notes(HandedOver(record=MANICURE, change="moved", why="otherwise", told=moved))
    chat.says("everywhere.undone.elsewhere", record=MANICURE)
