"""Inputs: a state takes whatever can come there, and no row waits for what cannot."""

from dataclasses import replace
from functools import partial
from typing import Any, Optional, Union

import pytest

from engine.booking import CallFailed, RecordsFound
from engine.events import CancelWanted, No, TimedOut, Yes
from engine.flow import IDLE, Flow, Hearing, On, Row
from engine.soundness.inputs import made_by, matrix
from engine.values import Event
from tests.engine.soundness.toys import (
    ASKING,
    ASKING_TIMED_OUT,
    DONE_TIMED_OUT,
    FAILED,
    NO,
    NONE_FOUND,
    NOT_LOOKED_UP,
    ONE_FOUND,
    ROWS,
    TOY,
    UNKNOWN,
    Knocked,
    also,
    found,
    of_tables,
    tables,
    verdict,
    without,
)


@pytest.mark.parametrize(
    ("flow", "hole"),
    [
        (without(NO), "toy.asking: no row takes No (answers makes it)"),
        (without(ASKING_TIMED_OUT), "toy.asking: no row takes TimedOut (the client may never answer)"),
        (without(NOT_LOOKED_UP), "toy.looking: no row takes CallFailed (FindRecords may fail"),
        (without(UNKNOWN, FAILED), "toy.cancelling: no row takes CallFailed (CancelRecord may fail"),
    ],
)
def test_a_hole(flow: Flow, hole: str) -> None:
    problems = of_tables(flow)

    assert len(problems) == 1
    assert problems[0].startswith(f"hole: {hole}")


def test_a_call_without_a_row_for_its_success() -> None:
    problems = of_tables(without(NONE_FOUND, ONE_FOUND))

    assert "hole: toy.looking: no row takes RecordsFound (FindRecords may be answered by it)" in problems


def test_an_open_state_that_never_ends() -> None:
    assert of_tables(without(DONE_TIMED_OUT)) == [
        "dead-end: toy.done: no row of its flow leads out of it, and no row takes TimedOut"
    ]


def test_an_intent_that_no_row_of_home_takes() -> None:
    flow = replace(TOY, intents=(Knocked, CancelWanted))

    assert of_tables(flow) == [
        "hole: idle: no row takes CancelWanted (it is an intent)",
        "hole: toy.done: no row takes CancelWanted (it is an intent, and goes home first)",
    ]


def test_a_row_for_what_nothing_makes_there() -> None:
    assert of_tables(also(On(CancelWanted, "toy.asking", IDLE))) == [
        "never: toy.asking: nothing that is heard or called there makes CancelWanted"
    ]


def test_a_row_for_an_intent_in_an_open_state_that_goes_home_first() -> None:
    assert of_tables(also(On(Knocked, "toy.done", IDLE))) == [
        "never: toy.done: Knocked is an intent, and goes home before any row here could take it"
    ]


def test_a_row_for_a_result_whose_state_is_gone_is_no_mistake() -> None:
    assert of_tables(also(On(RecordsFound, "toy.asking", IDLE))) == []


def whatever(hearing: Hearing[Any]):  # type: ignore[no-untyped-def] # what is found here
    if hearing.tap:
        return Yes()
    return No() if hearing.meaning.several else "nothing"


def test_a_recogniser_that_does_not_say_what_it_makes_is_read_all_the_same() -> None:
    asking = replace(ASKING, hears=(whatever,))
    flow = replace(without(NO), states=(*(state for state in TOY.states if state is not ASKING), asking))

    assert [line for line in found(flow) if "text" not in line] == [
        "hole: toy.asking: no row takes No (whatever makes it)",
        "recogniser: toy.asking: the recogniser whatever does not say which events it makes",
    ]


def test_a_recogniser_of_a_flow_names_the_flow_and_what_it_makes() -> None:
    other = replace(TOY, name="other", intents=(), hears=(), states=(), table=())
    flow = replace(TOY, hears=(lambda hearing: Knocked() if hearing.tap is None else None,))

    (problem,) = verdict(other, flow).problems

    assert (problem.rule, problem.flow, problem.where) == ("recogniser", "toy", "idle")
    assert "-> Knocked | None" in problem.remedy


def test_rows_that_nothing_can_fire_are_told_once_for_a_state() -> None:
    asking = replace(ASKING, hears=())
    flow = replace(TOY, states=tuple(asking if state is ASKING else state for state in TOY.states))

    assert of_tables(flow) == ["never: toy.asking: nothing that is heard or called there makes Yes or No"]


def test_after_a_write_two_rows_are_missing() -> None:
    (of_write,) = verdict(without(UNKNOWN, FAILED)).problems
    (of_read,) = verdict(without(NOT_LOOKED_UP)).problems

    assert of_write.remedy == (
        'add On(CallFailed, "toy.cancelling", …), '
        'and before it one with a guard for failed.reason == "unknown"'
    )
    assert of_read.remedy == 'add On(CallFailed, "toy.looking", …)'


class Heard:
    def __call__(self, hearing: Hearing[Any]) -> Yes | None:
        return None

    def method(self, hearing: Hearing[Any]) -> No:
        return No()


def old(hearing: Hearing[Any]) -> Optional[Union[Yes, No]]:  # noqa: UP007, UP045 # both spellings are read
    return None


def vague(hearing: Hearing[Any]) -> Event | None:
    return None


def text(hearing: Hearing[Any]) -> str | Yes:
    return ""


def nothing(hearing: Hearing[Any]) -> None:
    return None


def unreadable(hearing: Hearing[Any]) -> "Nowhere | None":  # type: ignore[name-defined] # noqa: F821
    return None


@pytest.mark.parametrize(
    ("recogniser", "events"),
    [
        (Heard(), (Yes,)),
        (Heard().method, (No,)),
        (partial(partial(old)), (Yes, No)),
        (vague, None),
        (text, None),
        (nothing, None),
        (unreadable, None),
        (whatever, None),
        (lambda hearing: Yes(), None),
    ],
)
def test_what_a_recogniser_says_that_it_makes(
    recogniser: Any, events: tuple[type[Event], ...] | None
) -> None:
    assert made_by(recogniser) == events


def test_the_matrix_tells_rows_guards_holes_and_what_cannot_come() -> None:
    guarded: tuple[Row[Any], ...] = tuple(row for row in ROWS if row not in (ASKING_TIMED_OUT, FAILED))

    cells = matrix(tables(replace(TOY, table=guarded))).cells

    assert cells["toy.asking", Yes] == "sure"
    assert cells["toy.looking", RecordsFound] == "guarded"
    assert cells["toy.cancelling", CallFailed] == "unsure"
    assert cells["toy.asking", TimedOut] == "hole"
    assert ("toy.asking", RecordsFound) not in cells
    assert cells["toy.done", Knocked] == "sure"
