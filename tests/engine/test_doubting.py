"""Writes in doubt: what may land yet, for how long, and what it would undo."""

from datetime import timedelta

import pytest

from engine.booking import Change, ReadOutcome, Slot, TurnedOut
from engine.chat import Chat, Unknown, Watched
from engine.doubting import (
    IN_DOUBT_FOR,
    after_a_write,
    deed,
    in_doubt,
    left_unknown,
    may_be_undone,
    told_as_it_stands,
    unknown_of,
    window_of,
)
from tests.chat import MONDAY, record, slot

MANICURE, HAIRCUT = record(1), record(2, "Стрижка", "2026-11-27 12:00", "Мария")
NOON, LATER = slot("2026-11-26 12:00"), slot("2026-11-26 18:00")


@pytest.mark.parametrize(
    ("landing", "to", "done", "done_to", "undoes"),
    [
        ("cancelled", None, "restored", None, True),
        ("restored", None, "cancelled", None, True),
        ("moved", NOON, "cancelled", None, True),
        ("moved", NOON, "moved", LATER, True),
        ("moved", NOON, "moved", NOON, False),
        ("moved", NOON, "moved", NOON.model_copy(update={"master": "Оля"}), False),
        ("cancelled", None, "cancelled", None, False),
        ("restored", None, "restored", None, False),
    ],
)
def test_another_write_that_lands_undoes_what_was_done_and_the_same_one_does_not(
    landing: Change, to: Slot | None, done: Change, done_to: Slot | None, undoes: bool
) -> None:
    chat = in_doubt(Chat(), deed(MANICURE, landing, to), MONDAY)

    assert may_be_undone(chat, deed(MANICURE, done, done_to), MONDAY) is undoes
    assert not may_be_undone(chat, deed(HAIRCUT, done, done_to), MONDAY)


def test_a_doubt_ends_with_the_last_look_and_is_forgotten_with_the_next_write() -> None:
    chat = in_doubt(Chat(), deed(MANICURE, "cancelled"), MONDAY)
    over = MONDAY + IN_DOUBT_FOR

    assert may_be_undone(chat, deed(MANICURE, "restored"), over - timedelta(seconds=1))
    assert not may_be_undone(chat, deed(MANICURE, "restored"), over)
    assert after_a_write(chat, deed(HAIRCUT, "moved", NOON), over, doubted=False).doubts == ()


def test_the_same_doubt_counts_once_and_from_its_last_attempt() -> None:
    later = MONDAY + timedelta(minutes=1)
    chat = in_doubt(Chat(), deed(MANICURE, "cancelled"), MONDAY)

    (doubt,) = in_doubt(chat, deed(MANICURE, "cancelled", NOON), later).doubts

    assert (doubt.record_id, doubt.to, doubt.until) == (1, None, later + IN_DOUBT_FOR)


def test_what_was_told_of_a_record_is_past_once_it_is_written_again() -> None:
    told = tuple(Watched(record=one, change="restored", told_at=MONDAY) for one in (MANICURE, HAIRCUT))

    chat = after_a_write(Chat(watched=told), deed(MANICURE, "cancelled"), MONDAY, doubted=True)

    assert chat.watched == told[1:]
    assert [one.record_id for one in chat.doubts] == [1]


def test_only_the_look_of_the_newest_unknown_outcome_of_a_record_tells() -> None:
    later = MONDAY + timedelta(minutes=1)
    chat = left_unknown(Chat(), ReadOutcome(record=MANICURE), MONDAY)
    chat = left_unknown(chat, ReadOutcome(record=HAIRCUT), MONDAY)
    chat = left_unknown(chat, ReadOutcome(record=MANICURE, change="moved", to=NOON), later)

    assert unknown_of(chat, TurnedOut(record=MANICURE, unknown_at=MONDAY)) is None
    assert unknown_of(chat, TurnedOut(record=MANICURE, unknown_at=later)) is not None
    assert unknown_of(chat, TurnedOut(record=HAIRCUT, unknown_at=MONDAY)) is not None
    assert [one.change for one in chat.doubts] == ["cancelled", "cancelled", "moved"]


def test_what_a_refusal_told_is_kept_beside_the_unknown_outcome_of_its_record() -> None:
    both = tuple(Unknown(record_id=one.record_id, since=MONDAY) for one in (MANICURE, HAIRCUT))

    chat = told_as_it_stands(Chat(unknown=both), MANICURE)

    assert [one.told for one in chat.unknown] == [MANICURE, None]


def test_a_record_stands_in_the_window_of_its_master() -> None:
    assert window_of(MANICURE) == slot("2026-11-25 15:00")
    assert window_of(MANICURE.model_copy(update={"master_id": None})) is None
