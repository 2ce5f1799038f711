"""Laying tables out: whatever is broken is named, and hides nothing of the rest."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from engine.events import No, TimedOut, Yes
from engine.flow import IDLE, Home, On, Row, Turn, Waiting, minutes
from engine.soundness import Unsound, ensure_sound, structural
from engine.soundness.problems import described, name_of
from engine.values import Event
from states import everywhere
from tests.engine.soundness.toys import (
    ASKING,
    DONE,
    DONE_TIMED_OUT,
    NO,
    NONE_FOUND,
    ONE_FOUND,
    TEXTS,
    TOY,
    Rung,
    also,
    but,
    found,
    of_tables,
    without,
)


def maybe(turn: Turn[Any], event: Any) -> bool:
    return bool(turn.memory.record)


def another(name: str) -> type[Event]:
    return type(name, (Event,), {})


def test_a_sound_flow_has_no_problem() -> None:
    assert of_tables(TOY) == []
    assert found(TOY) == []
    ensure_sound((TOY,), everywhere.rows)


def test_an_unsound_flow_is_refused_with_every_problem() -> None:
    with pytest.raises(Unsound, match=r"toy · toy.asking · no row takes No") as refused:
        ensure_sound((without(NO),), everywhere.rows)

    assert len(refused.value.problems) == 1


def test_a_problem_names_flow_place_fault_and_remedy() -> None:
    with pytest.raises(Unsound) as refused:
        ensure_sound((without(NO),), everywhere.rows)

    assert str(refused.value.problems[0]) == (
        'toy · toy.asking · no row takes No (answers makes it): add On(No, "toy.asking", …)'
    )


def test_a_state_that_is_declared_twice() -> None:
    assert of_tables(replace(TOY, states=(*TOY.states, DONE))) == [
        "doubled: toy.done: is declared twice, by toy first"
    ]
    again = Waiting(IDLE, hears=(), context="idle", patience=minutes(1))
    assert of_tables(replace(TOY, states=(*TOY.states, again))) == [
        "doubled: idle: is declared twice, by home first"
    ]


def test_what_is_no_state_of_a_flow() -> None:
    assert of_tables(replace(TOY, states=(*TOY.states, Home("toy.home")))) == [
        "state: Home(name='toy.home', hears=(), context='idle'): is no state of a flow"
    ]


def test_two_flows_of_one_name() -> None:
    other = replace(TOY, intents=(), hears=(), states=(), table=())

    assert of_tables(TOY, other) == ["doubled: its name: two flows are called so"]


def test_a_flow_that_is_listed_twice_is_one_fault() -> None:
    assert found(TOY, TOY) == ["doubled: its name: it is listed twice in FLOWS"]


@pytest.mark.parametrize("context", ["confirming", "", None, ["confirm"]])
def test_a_context_that_there_is_not(context: Any) -> None:
    flow = replace(
        TOY,
        states=tuple(
            replace(state, context=context) if isinstance(state, Waiting) else state for state in TOY.states
        ),
    )

    (problem,) = structural((flow,), everywhere.rows)

    assert problem.rule == "context"
    assert problem.what == f"its context {context!r} is none in which words are understood"
    assert "idle, confirm, choose, reason, reschedule, done" in problem.remedy


@pytest.mark.parametrize("patience", [15, None, minutes(0), minutes(-1)])
def test_a_patience_that_never_ends_or_has_ended(patience: Any) -> None:
    flow = replace(
        TOY,
        states=tuple(
            replace(state, patience=patience) if isinstance(state, Waiting) else state for state in TOY.states
        ),
    )

    assert of_tables(flow) == [f"patience: toy.asking: its patience {patience!r} is no time that could pass"]


def test_an_intent_that_opens_two_flows() -> None:
    other = replace(TOY, name="other", states=(), table=())

    assert of_tables(TOY, other) == ["intent: Knocked: opens both toy and other"]


def test_a_row_on_what_is_no_event() -> None:
    row: Row[Any] = On("Yes", "toy.asking", IDLE)  # type: ignore[arg-type] # what is found here

    assert of_tables(also(row)) == ["event: toy.asking → idle: a row reacts to 'Yes', which is no event"]


def test_two_events_of_one_name() -> None:
    problems = of_tables(also(On(another("No"), "toy.asking", IDLE)))

    assert problems == [
        "doubled: No: two events are called No, and the machine knows events by name",
        "never: toy.asking: nothing that is heard or called there makes No",
    ]


def test_a_row_that_names_an_undeclared_state_hides_nothing_else() -> None:
    flow = replace(without(NO), table=(*without(NO).table, On(Yes, "toy.nowhere", "toy.nowhere")))

    assert of_tables(flow) == [
        "hole: toy.asking: no row takes No (answers makes it)",
        "undeclared: toy.nowhere: the row Yes: toy.nowhere → toy.nowhere names it, and no flow declares it",
    ]


def test_a_row_that_leads_nowhere_leaves_no_hole_beside() -> None:
    assert of_tables(but(instead_of=NO, rows=(replace(NO, to="toy.nowhere"),))) == [
        "undeclared: toy.nowhere: the row No: toy.asking → toy.nowhere names it, and no flow declares it"
    ]
    away = replace(DONE_TIMED_OUT, to="toy.nowhere")
    assert of_tables(but(instead_of=DONE_TIMED_OUT, rows=(away,))) == [
        "dead-end: toy.done: no row of its flow leads out of it",
        "undeclared: toy.nowhere: the row TimedOut: toy.done → toy.nowhere names it, and no flow declares it",
    ]


def test_a_state_that_cannot_be_reached() -> None:
    lost = replace(DONE, name="toy.lost")

    assert of_tables(also(On(TimedOut, "toy.lost", IDLE), states=(lost,))) == [
        "unreachable: toy.lost: it cannot be reached from idle"
    ]


def test_what_lies_behind_a_state_that_cannot_be_reached_is_told_with_it() -> None:
    assert of_tables(but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, to=IDLE),))) == [
        "unreachable: toy.asking: it cannot be reached from idle, nor can toy.cancelling and toy.done"
    ]


def test_a_state_without_any_row_is_told_by_itself_wherever_it_lies() -> None:
    lost, stuck = replace(DONE, name="toy.lost"), replace(ASKING, name="toy.stuck")
    flow = also(On(TimedOut, "toy.lost", "toy.stuck"), states=(lost, stuck))

    assert of_tables(flow) == [
        "dead-end: toy.lost: it leads to toy.stuck and never home",
        "unreachable: toy.lost: it cannot be reached from idle",
        "unreachable: toy.stuck: it cannot be reached from idle, and no row of its flow leads out of it, "
        "and no row takes TimedOut, Yes and No",
    ]


def test_states_that_lead_to_each_other_only_are_both_told() -> None:
    one, other = replace(DONE, name="toy.one"), replace(DONE, name="toy.other")
    rows: tuple[Row[Any], ...] = (On(TimedOut, "toy.one", "toy.other"), On(TimedOut, "toy.other", "toy.one"))

    assert [line for line in of_tables(also(*rows, states=(one, other))) if "unreachable" in line] == [
        "unreachable: toy.one: it cannot be reached from idle",
        "unreachable: toy.other: it cannot be reached from idle",
    ]


def test_a_state_without_any_row_is_told_once() -> None:
    lost = replace(DONE, name="toy.lost")

    assert of_tables(also(states=(lost,))) == [
        "unreachable: toy.lost: it cannot be reached from idle, "
        "and no row of its flow leads out of it, and no row takes TimedOut"
    ]
    assert of_tables(also(On(TimedOut, "toy.done", "toy.lost", when=maybe), states=(lost,)))[-1:] == [
        "dead-end: toy.lost: no row of its flow leads out of it, and no row takes TimedOut"
    ]


def test_what_follows_from_a_missing_row_is_not_told() -> None:
    assert found(
        without(
            NO,
        ),
        texts=TEXTS | {"toy.spare": {"ru": "Никто."}},
    ) == ["hole: toy.asking: no row takes No (answers makes it)"]


def test_a_state_that_leads_nowhere_though_stop_would_end_it() -> None:
    stuck = replace(ASKING, name="toy.stuck", hears=())
    rows: tuple[Row[Any], ...] = (On(No, "toy.asking", "toy.stuck"), On(TimedOut, "toy.stuck", "toy.stuck"))
    flow = replace(but(instead_of=NO, rows=rows), states=(*TOY.states, stuck))

    assert of_tables(flow) == ["dead-end: toy.stuck: no row of its flow leads out of it"]


def test_states_that_lead_to_each_other_and_never_home() -> None:
    one, other = (replace(ASKING, name=name, hears=()) for name in ("toy.one", "toy.other"))
    ways = (("toy.one", "toy.other"), ("toy.other", "toy.one"))
    rows: tuple[Row[Any], ...] = (
        On(No, "toy.asking", "toy.one"),
        *(On(TimedOut, source, to) for source, to in ways),
    )
    flow = replace(but(instead_of=NO, rows=rows), states=(*TOY.states, one, other))

    assert of_tables(flow) == [
        "dead-end: toy.one: it leads to toy.other and never home",
        "dead-end: toy.other: it leads to toy.one and never home",
    ]


def test_a_flow_that_is_entered_by_no_intent_of_it() -> None:
    flow = replace(TOY, intents=(), hears=())

    assert "entrance: idle: Knocked: idle → toy.looking enters toy by no intent of it" in of_tables(flow)


def test_a_row_from_one_flow_into_another() -> None:
    other = replace(
        TOY,
        name="other",
        intents=(Rung,),
        hears=(),
        states=(replace(DONE, name="other.done"),),
        table=(On(Rung, IDLE, "other.done"), On(TimedOut, "other.done", "toy.asking")),
    )

    assert of_tables(TOY, other) == [
        "entrance: other.done: TimedOut: other.done → toy.asking goes from other into toy, "
        "whose memory is another"
    ]


def test_a_row_reads_with_its_guard() -> None:
    def guard(turn: Turn[Any], event: Event) -> bool:
        return True

    assert described(NONE_FOUND) == "RecordsFound: toy.looking → idle [none_found]"
    assert described(NO) == "No: toy.asking → idle"
    assert name_of(partial(guard)) == "guard"
    assert name_of(lambda: 1).startswith("<lambda> at line ")
    assert name_of(type("Asks", (), {"__call__": guard})()) == "Asks"
