"""Order: which of two rows fires is decided by a guard, never by the order alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from engine.booking import CallFailed
from engine.effects import Effects
from engine.events import No
from engine.flow import IDLE, On, Row, Turn
from tests.engine.soundness.toys import (
    FAILED,
    NO,
    ROWS,
    TOY,
    UNKNOWN,
    also,
    but,
    found,
    is_unknown,
    of_tables,
    without,
)


def test_an_event_whose_rows_all_have_guards() -> None:
    assert of_tables(without(FAILED)) == [
        "guard: toy.cancelling: every row on CallFailed has a guard, and where none holds the turn fails"
    ]


def test_a_row_without_a_guard_before_one_with_a_guard_is_one_fault() -> None:
    assert found(
        replace(
            TOY,
            table=(*(row for row in ROWS if row not in (FAILED, UNKNOWN)), FAILED, UNKNOWN),
        )
    ) == [
        "ambiguous: toy.cancelling: CallFailed: toy.cancelling → idle [is_unknown] stands behind "
        "CallFailed: toy.cancelling → idle, which takes everything"
    ]


def test_two_rows_without_a_guard() -> None:
    assert of_tables(also(On(No, "toy.asking", "toy.asking"))) == [
        "ambiguous: toy.asking: No: toy.asking → idle and No: toy.asking → toy.asking both fire always, "
        "so the order alone decides"
    ]


def test_a_guard_behind_a_row_that_takes_everything() -> None:
    assert of_tables(but(instead_of=UNKNOWN, rows=(FAILED, UNKNOWN))) == [
        "ambiguous: toy.cancelling: CallFailed: toy.cancelling → idle [is_unknown] stands behind "
        "CallFailed: toy.cancelling → idle, which takes everything",
        "ambiguous: toy.cancelling: CallFailed: toy.cancelling → idle and CallFailed: toy.cancelling → idle "
        "both fire always, so the order alone decides",
    ]


def test_two_rows_with_one_guard() -> None:
    problems = of_tables(but(instead_of=UNKNOWN, rows=(UNKNOWN, UNKNOWN)))

    assert problems == [
        "ambiguous: toy.cancelling: CallFailed: toy.cancelling → idle [is_unknown] and "
        "CallFailed: toy.cancelling → idle [is_unknown] have the same guard, so the second never fires"
    ]


def about(reason: str) -> Callable[[Turn[Any], CallFailed], bool]:
    def guard(turn: Turn[Any], failed: CallFailed) -> bool:
        return failed.reason == reason

    return guard


def guarded(when: Callable[..., bool]) -> Row[Any]:
    return On(CallFailed, "toy.cancelling", IDLE, when=when, do=UNKNOWN.do)


def clashes(*guards: Callable[..., bool]) -> int:
    return len(of_tables(but(instead_of=UNKNOWN, rows=tuple(guarded(guard) for guard in guards))))


def reasons(turn: Turn[Any], failed: CallFailed, *, reason: str) -> bool:
    return failed.reason == reason


class Asks:
    def __call__(self, turn: Turn[Any], failed: CallFailed) -> bool:
        return True


def test_guards_are_the_same_if_they_ask_the_same() -> None:
    assert clashes(lambda _, it: it.reason == "unknown", lambda _, it: it.reason == "unknown") == 1
    assert clashes(lambda _, it: it.reason == "unknown", lambda _, it: it.reason == "refused") == 0
    assert clashes(about("unknown"), about("unknown")) == 1
    assert clashes(about("unknown"), about("refused")) == 0
    assert clashes(partial(reasons, reason="unknown"), partial(reasons, reason="unknown")) == 1
    assert clashes(partial(reasons, reason="unknown"), partial(reasons, reason="refused")) == 0
    assert clashes(Asks(), Asks()) == 0
    assert clashes(is_unknown, Asks()) == 0


def alone(turn: Turn[Any]) -> Effects:
    return ()


def test_a_guard_or_action_that_cannot_be_called_with_turn_and_event() -> None:
    row: Row[Any] = Row(No, "toy.asking", IDLE, do=alone)  # type: ignore[arg-type] # what is found here

    assert of_tables(but(instead_of=NO, rows=(row,))) == [
        "callable: toy.asking: alone of No: toy.asking → idle cannot be called with turn and event"
    ]


def test_an_action_that_is_no_function_at_all() -> None:
    row: Row[Any] = Row(No, "toy.asking", IDLE, do="toy.kept")  # type: ignore[arg-type] # what is found here

    assert of_tables(but(instead_of=NO, rows=(row,))) == [
        "callable: toy.asking: str of No: toy.asking → idle cannot be called with turn and event"
    ]


def test_a_builtin_that_tells_no_parameters_is_let_be() -> None:
    row: Row[Any] = Row(No, "toy.asking", IDLE, do=dict)  # type: ignore[arg-type] # odd, and no mistake that can be told

    assert of_tables(but(instead_of=NO, rows=(row,))) == []
