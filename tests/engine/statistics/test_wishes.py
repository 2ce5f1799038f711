"""Which facts are one wish: an outcome known later, one told twice, a reason, a take-back, a move instead."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.booking import (
    CancelSettled,
    Fact,
    LeftAsItWas,
    MoveSettled,
    ReasonGiven,
    Record,
    RestoreSettled,
    Slot,
)
from engine.statistics import HOLD, Entry, Wish, wishes
from tests.engine.statistics.year import cancelled, moved, proof

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
RECORD = Record(
    record_id=7,
    phone="+79000000001",
    services=("Маникюр",),
    master="Ольга",
    starts_at=START + timedelta(days=2),
)
SAYS_RESTORED = RestoreSettled(record=RECORD, outcome="restored", receipt=proof(RECORD, START, "restored"))
CANCELLED = cancelled(RECORD, START)
ALREADY = cancelled(RECORD, START, how="already")
MOVED = moved(RECORD, START)


def settled(outcome: str, **more: Any) -> CancelSettled:
    return CancelSettled.model_validate({"record": RECORD, "outcome": outcome, **more})


def restoring(outcome: str) -> RestoreSettled:
    return RestoreSettled.model_validate({"record": RECORD, "outcome": outcome})


def moving(outcome: str, to: Slot | None = None) -> MoveSettled:
    return MoveSettled.model_validate({"record": RECORD, "outcome": outcome, "to": to})


def told(*facts: tuple[float, Fact]) -> list[Wish]:
    """Return the wishes of facts, each so many minutes after the start."""
    return list(wishes(Entry(START + timedelta(minutes=minutes), fact) for minutes, fact in facts))


def outcomes(*facts: tuple[float, Fact]) -> list[str]:
    return [f"{wish.want} {wish.outcome}" for wish in told(*facts)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([(0, settled("unknown")), (2, settled("unknown")), (10, CANCELLED)], ["cancel cancelled"]),
        # A week later the client cancels what nobody knew about: one visit, lost once.
        ([(0, settled("unknown")), (9000, CANCELLED)], ["cancel cancelled"]),
        ([(0, settled("unknown")), (2, ALREADY)], ["cancel already"]),
        ([(0, settled("unknown")), (2, LeftAsItWas(record=RECORD))], ["cancel left_as_it_was"]),
        # A question that ends as kept says nothing of the write before.
        ([(0, settled("unknown")), (60, settled("kept"))], ["cancel unknown", "cancel kept"]),
        ([(0, CANCELLED), (1, CANCELLED), (400, ALREADY)], ["cancel cancelled"]),
        ([(0, ALREADY)], ["cancel already"]),
        ([(0, settled("kept")), (0.5, settled("kept"))], ["cancel kept"]),
        ([(0, settled("kept")), (5, settled("kept"))], ["cancel kept", "cancel kept"]),
        ([(0, settled("requested")), (90, settled("denied"))], ["cancel denied"]),
        ([(0, settled("requested")), (90, settled("requested")), (99, CANCELLED)], ["cancel cancelled"]),
        ([(0, settled("requested")), (90, settled("withdrawn"))], ["cancel withdrawn"]),
        ([(0, settled("requested")), (90, settled("undecided"))], ["cancel undecided"]),
        # Ended by a move: a request that was withdrawn, and one move.
        (
            [(0, settled("requested")), (90, settled("withdrawn", detail="moved")), (90, MOVED)],
            ["cancel withdrawn", "move moved"],
        ),
        # Granted, and nothing came of it.
        ([(0, settled("requested")), (90, settled("silent"))], ["cancel silent"]),
        ([(0, settled("withdrawn")), (90, CANCELLED)], ["cancel withdrawn", "cancel cancelled"]),
        ([(0, settled("not_tried")), (30, CANCELLED)], ["cancel not_tried", "cancel cancelled"]),
        ([(0, MOVED), (1, MOVED)], ["move moved"]),
        ([(0, MOVED), (60, moved(RECORD, START, days=5))], ["move moved", "move moved"]),
        ([(0, moving("unknown", MOVED.to)), (2, MOVED)], ["move moved"]),
        ([(0, moving("unknown")), (2, LeftAsItWas(record=RECORD, change="moved"))], ["move left_as_it_was"]),
        ([(0, moving("no_slots"))], ["move no_slots"]),
        ([(0, restoring("unknown")), (2, SAYS_RESTORED), (4, SAYS_RESTORED)], ["restore restored"]),
        ([(0, restoring("taken"))], ["restore taken"]),
        # What was left as it was had been told as done before: the proof stands.
        ([(0, CANCELLED), (2, LeftAsItWas(record=RECORD))], ["cancel cancelled"]),
        ([(0, LeftAsItWas(record=RECORD, change="confirmed"))], []),
        ([(0, Fact())], []),
    ],
)
def test_what_belongs_together_is_one_wish(facts: list[tuple[float, Fact]], expected: list[str]) -> None:
    assert outcomes(*facts) == expected


def test_it_begins_with_its_first_fact_and_is_settled_by_the_last() -> None:
    (wish,) = told((0, settled("requested", late=True)), (120, CANCELLED))

    assert wish.begun_at == START
    assert wish.settled_at == START + timedelta(minutes=120)
    assert wish.late
    assert wish.lead == timedelta(days=2)


def test_a_visit_that_was_taken_back_is_not_lost() -> None:
    cancel, restore = told((0, CANCELLED), (9, SAYS_RESTORED))

    assert (cancel.outcome, cancel.taken_back, cancel.is_lost) == ("cancelled", True, False)
    assert restore.outcome == "restored"


def test_one_taken_back_and_cancelled_again_is_two_cancels_and_one_loss() -> None:
    facts = ((0, CANCELLED), (9, SAYS_RESTORED), (60, CANCELLED), (70, SAYS_RESTORED), (80, CANCELLED))

    cancels = [wish for wish in told(*facts) if wish.want == "cancel"]

    assert [wish.is_lost for wish in cancels] == [False, False, True]
    assert [wish.taken_back for wish in cancels] == [True, True, False]
    assert outcomes(*facts).count("restore restored") == 2


def test_what_the_journal_showed_before_the_retry_is_the_clients_own() -> None:
    """We wrote it and died; the next attempt finds it done, and only a cancel leaves a marker."""
    receipt = proof(RECORD, START, "restored", "already")
    cancel, _ = told((0, CANCELLED), (9, RestoreSettled(record=RECORD, outcome="restored", receipt=receipt)))
    receipt = proof(RECORD, START, "moved", "already")
    (move,) = told((0, MoveSettled(record=RECORD, to=MOVED.to, outcome="moved", receipt=receipt)))

    assert (cancel.taken_back, cancel.is_lost) == (True, False)
    assert move.outcome == "moved"


def test_a_take_back_of_what_the_ledger_does_not_know_changes_nothing() -> None:
    (restore,) = told((0, SAYS_RESTORED))

    assert (restore.want, restore.is_lost) == ("restore", False)


def test_a_cancelled_visit_that_comes_back_at_another_time_is_one_story() -> None:
    cancel, move = told((0, CANCELLED), (6, MOVED))

    assert not cancel.is_lost
    assert not cancel.taken_back
    assert move.instead


def test_it_may_come_back_at_the_same_time_twice() -> None:
    """After another cancel the same move is no move that is told again."""
    facts = ((0, CANCELLED), (6, MOVED), (20, CANCELLED), (30, MOVED))

    assert outcomes(*facts) == ["cancel cancelled", "move moved", "cancel cancelled", "move moved"]
    assert not any(wish.is_lost for wish in told(*facts))


@pytest.mark.parametrize(("minutes", "instead"), [(4, True), (31, False)])
def test_a_move_right_after_a_no_is_the_same_story(minutes: float, instead: bool) -> None:
    _, move = told((0, settled("kept")), (minutes, MOVED))

    assert move.instead is instead


def test_a_move_after_a_refused_cancel_is_a_story_of_its_own() -> None:
    _, move = told((0, settled("refused", detail="paid")), (2, MOVED))

    assert not move.instead


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([(0, CANCELLED)], "none"),
        ([(0, CANCELLED), (2, "illness"), (3, "work")], "work"),
        ([(0, "illness"), (1, CANCELLED)], "illness"),
        ([(0, "illness"), (0.5, "money"), (1, CANCELLED)], "money"),
        ([(0, "illness"), (61, CANCELLED)], "none"),
        ([(0, settled("unknown")), (1, "plans"), (10, CANCELLED)], "plans"),
        ([(0, CANCELLED), (2, "illness"), (9, SAYS_RESTORED), (60, CANCELLED)], "none"),
    ],
)
def test_the_last_reason_of_a_cancel_counts(facts: list[tuple[float, Any]], reason: str) -> None:
    given = [
        (minutes, ReasonGiven.model_validate({"record": RECORD, "code": fact}) if fact in CODES else fact)
        for minutes, fact in facts
    ]
    cancels = [wish for wish in told(*given) if wish.want == "cancel"]

    assert cancels[-1].reason == reason


CODES = ("illness", "work", "money", "plans")


def test_a_reason_without_a_cancel_is_forgotten_in_time() -> None:
    late = timedelta(days=20) / timedelta(minutes=1)

    kept, cancel = told((0, ReasonGiven(record=RECORD, code="mood")), (1, settled("kept")), (late, CANCELLED))

    assert (kept.reason, cancel.reason) == ("none", "none")


def test_the_cost_is_that_of_the_record_before_the_change() -> None:
    was = RECORD.model_copy(update={"cost": 1800})
    receipt = proof(RECORD, START).model_copy(update={"was": was})

    (wish,) = told((0, CancelSettled(record=RECORD, outcome="cancelled", receipt=receipt)))

    assert wish.record.cost == 1800


def test_what_is_older_than_the_hold_begins_anew() -> None:
    late = (HOLD + timedelta(days=1)) / timedelta(minutes=1)

    assert outcomes((0, settled("unknown")), (late, CANCELLED)) == ["cancel unknown", "cancel cancelled"]


def test_a_wish_that_leaves_does_not_take_a_younger_one_of_its_record_along() -> None:
    days = timedelta(days=1) / timedelta(minutes=1)
    facts = ((0, settled("kept")), (13 * days, settled("unknown")), (15 * days, CANCELLED))

    assert outcomes(*facts) == ["cancel kept", "cancel cancelled"]
