"""Messages: what a way costs, least and most, and the budget that it must keep."""

from dataclasses import replace
from typing import Any

import pytest

from engine.booking import ReadOutcome, RecordsFound
from engine.effects import Ask, Effects, Say, Then
from engine.events import No, TimedOut
from engine.flow import IDLE, Flow, On, Row, Turn, minutes, repeat, say
from engine.soundness import messages
from engine.soundness.deeds import Deeds
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from tests.engine.soundness.toys import (
    ASKING,
    DONE,
    NO,
    TOY,
    Knocked,
    Rung,
    also,
    but,
    found,
    tables,
    text_of,
    verdict,
)


def cost(*flows: Flow) -> tuple[int, int]:
    first = verdict(*flows).costs[0]
    return first.least.least, first.most.most


def test_a_flow_from_its_intent_to_its_end() -> None:
    # At least «none found»; at most the question and what came of it.
    assert cost(TOY) == (1, 2)


def test_a_way_reads_as_its_rows() -> None:
    assert str(verdict(TOY).costs[0].least) == (
        "Knocked: idle → toy.looking · RecordsFound: toy.looking → idle [none_found]"
    )


def test_what_is_repeated_costs_on_top() -> None:
    assert cost(also(On(RecordsFound, "toy.asking", "toy.asking", do=repeat("toy.kept")))) == (1, 2)


def test_a_question_is_asked_once_on_a_way() -> None:
    again = On(No, "toy.asking", "toy.looking", do=say("toy.kept"))

    assert cost(but(instead_of=NO, rows=(again,))) == (1, 2)


def test_a_look_that_was_promised_costs_its_own_message() -> None:
    def later(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.kept")
        yield Ask(query=ReadOutcome(record=turn.memory.record), after=minutes(2))

    assert cost(but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=later),))) == (1, 3)


def test_what_may_be_said_counts_to_the_most_only() -> None:
    def maybe(turn: Turn[Any], found: RecordsFound) -> Effects:
        if turn.memory.record:
            yield Say(text="toy.none")

    flow = replace(TOY, table=tuple(replace(row, do=maybe) if row.to == IDLE else row for row in TOY.table))

    assert cost(flow) == (0, 2)


def over_to(event: Any) -> Any:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.kept")
        yield Then(event=event)

    return action


def test_what_is_handed_over_is_one_message_within_one_turn() -> None:
    other = Flow(
        name="other",
        intents=(Rung,),
        memory=TOY.memory,
        states=(replace(DONE, name="other.done"),),
        table=(On(Rung, IDLE, "other.done", do=say("toy.kept")), On(TimedOut, "other.done", IDLE)),
    )
    flow = but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=over_to(Rung())),))

    assert cost(flow, other) == (1, 2)


def test_what_is_handed_over_for_ever_is_followed_for_a_while() -> None:
    def again(turn: Turn[Any], event: Any) -> Effects:
        yield Then(event=Knocked())

    flow = replace(TOY, table=(On(Knocked, IDLE, IDLE, do=again),), states=())

    assert cost(flow) == (0, 0)


def test_a_flow_that_nothing_opens_has_no_cost() -> None:
    assert verdict(replace(TOY, intents=(), hears=(), table=(), states=())).costs == ()


def test_a_broken_budget_names_the_dearest_way() -> None:
    assert found(replace(TOY, messages_max=1)) == [
        "budget: idle: a way costs 2 messages, and messages_max is 1: Knocked: idle → toy.looking · "
        "RecordsFound: toy.looking → toy.asking · Yes: toy.asking → toy.cancelling · "
        "RecordCancelled: toy.cancelling → toy.done"
    ]
    assert found(replace(TOY, messages_max=2)) == []


def test_states_that_all_lead_to_each_other_and_never_home_are_left_at_some_point() -> None:
    names = [f"toy.s{place}" for place in range(12)]
    rows: list[Row[Any]] = [On(TimedOut, source, to) for source in names for to in names if source != to]
    flow = replace(
        TOY,
        states=tuple(replace(ASKING, name=name, hears=()) for name in names),
        table=(On(Knocked, IDLE, names[0]), *rows),
    )

    assert messages.costs(tables(flow), Deeds(tables(flow), Reader(Sources(text_of)))) == ()


def test_where_there_are_too_many_ways_the_figure_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(TOY).costs[0].exact
    monkeypatch.setattr(messages, "WAYS_MAX", 2)

    assert not verdict(TOY).costs[0].exact
