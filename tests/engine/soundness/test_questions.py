"""Questions: who waits has asked, a yes is a yes to something, and whoever answers is answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.booking import (
    CallFailed,
    MoveRecord,
    ReadOutcome,
    RecordChanged,
    RecordMoved,
    RecordsFound,
    SlotTaken,
)
from engine.effects import Ask, Do, Effects, Note, Option, Remember, Say, Then
from engine.events import No, TimedOut, Yes
from engine.flow import IDLE, Calling, Flow, Hearing, On, Row, Turn, say
from engine.soundness.deeds import Deeds
from engine.soundness.questions import undeclared
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from engine.soundness.speech import utterances
from tests.engine.soundness.toys import (
    ASKING,
    ASKING_TIMED_OUT,
    NO,
    NOT_LOOKED_UP,
    ONE_FOUND,
    TOY,
    Knocked,
    also,
    but,
    found,
    go,
    is_unknown,
    tables,
    text_of,
)

OPTIONS = (Option(kind="go"), Option(kind="stay"))


def asking_by(action: Callable[..., Any] | None) -> Flow:
    """The toy, which goes to where it waits by another action."""
    return but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))


def maybe(turn: Turn[Any], event: Any) -> bool:
    return bool(turn.memory.record)


def answering_by(action: Callable[..., Any] | None) -> list[str]:
    """What is found where a no is met by this action."""
    flow = but(instead_of=NO, rows=(replace(NO, do=action),))
    return [line for line in found(flow) if not line.startswith("text")]


# ── who waits has asked ───────────────────────────────────────────────────────────────────────────────


def test_a_message_that_was_not_marked_as_a_question() -> None:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield Say(text="toy.ask", args={"record": turn.memory.record}, options=OPTIONS)

    assert found(asking_by(action)) == [
        "unasked: toy.asking: RecordsFound: toy.looking → toy.asking leads there and asks nothing "
        "(toy.ask is no question)"
    ]


def test_nothing_said_on_the_way_to_where_it_waits() -> None:
    assert [line for line in found(asking_by(None)) if line.startswith("unasked")] == [
        "unasked: toy.asking: RecordsFound: toy.looking → toy.asking leads there and asks nothing"
    ]


def maybe_asks(turn: Turn[Any], event: Any) -> Effects:
    record = turn.memory.record
    yield Say(
        text="toy.ask",
        args={"record": record},
        options=OPTIONS,
        question=turn.memory.asks,
        proposes=(record,),
    )


def not_readable(turn: Turn[Any], event: Any) -> Effects:
    yield turn.memory.effect
    yield Say(text="toy.ask", args={"record": turn.memory.record}, options=OPTIONS)


def spread(turn: Turn[Any], event: Any) -> Effects:
    yield Say(text="toy.ask", options=OPTIONS, **turn.memory.rest)


def hands_over(turn: Turn[Any], event: Any) -> Effects:
    yield Say(text="toy.ask", args={"record": turn.memory.record}, options=OPTIONS)
    yield Then(event=Yes())


@pytest.mark.parametrize("action", [maybe_asks, not_readable, spread, hands_over])
def test_what_may_ask_is_no_problem(action: Callable[..., Any]) -> None:
    assert [line for line in found(asking_by(action)) if not line.startswith("text-values")] == []


def test_a_question_on_the_way_home() -> None:
    assert answering_by(say("toy.kept", question=True)) == [
        "unasked: toy.asking: No: toy.asking → idle asks toy.kept, and at home nothing waits for the answer"
    ]


def test_how_is_asked_does_not_matter_where_nobody_comes_or_nobody_leaves() -> None:
    lost, stuck = replace(ASKING, name="toy.lost"), replace(ASKING, name="toy.stuck")
    rows: tuple[Row[Any], ...] = (
        On(Yes, "toy.lost", "toy.stuck"),
        On(No, "toy.lost", IDLE),
        On(TimedOut, "toy.lost", IDLE),
        On(TimedOut, "toy.done", "toy.stuck", when=lambda turn, event: turn.memory.record is not None),
    )
    flow = also(*rows, states=(lost, stuck))
    flow = replace(flow, table=(*rows[-1:], *flow.table[:-1]))

    assert [line.partition(": it")[0].partition(": no")[0] for line in found(flow)] == [
        "unreachable: toy.lost",
        "dead-end: toy.stuck",
    ]


# ── a yes is a yes to something ───────────────────────────────────────────────────────────────────────


def test_a_question_that_proposes_nothing_though_a_yes_to_it_writes() -> None:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield Say(text="toy.ask", args={"record": turn.memory.record}, options=OPTIONS, question=True)

    again = On(No, "toy.asking", "toy.asking", do=action)
    flow = replace(asking_by(action), table=(*asking_by(action).table, again))

    assert [line for line in found(flow) if line.startswith("consent")] == [
        "consent: toy.asking: RecordsFound: toy.looking → toy.asking asks toy.ask and proposes no record, "
        "so that Yes: toy.asking → toy.cancelling would be refused as a change that nobody agreed to"
    ]


def test_a_question_whose_yes_only_reads_needs_to_propose_nothing() -> None:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield Say(text="toy.ask", args={"record": turn.memory.record}, options=OPTIONS, question=True)

    flow = asking_by(action)
    flow = replace(flow, table=tuple(row for row in flow.table if row.do is not go))

    assert [line for line in found(flow) if line.startswith("consent")] == []


def test_a_change_that_no_yes_allows() -> None:
    flow = but(instead_of=NO, rows=(On(No, "toy.asking", "toy.cancelling", do=go),))
    guarded = but(instead_of=NO, rows=(On(No, "toy.asking", "toy.cancelling", when=maybe, do=go), NO))

    assert [line for line in found(flow) if line.startswith("consent")] == [
        "consent: toy.asking: No: toy.asking → toy.cancelling changes a record, "
        "and No is no yes to a question"
    ]
    assert found(guarded) == []


class Surely(Yes):
    """A yes of a flow's own."""


def test_a_yes_of_a_flows_own_is_a_yes() -> None:
    def surely(hearing: Hearing[Any]) -> Surely | No | None:
        if hearing.tap is not None:
            return Surely() if hearing.tap.kind == "go" else No()
        return None

    asking = replace(ASKING, hears=(surely,))
    states = tuple(asking if state is ASKING else state for state in TOY.states)
    table = tuple(replace(row, event=Surely) if row.event is Yes else row for row in TOY.table)

    assert found(replace(TOY, states=states, table=table)) == []


# ── a move goes only where a question proposed it ────────────────────────────────────────────────────────


def move(turn: Turn[Any], event: Any) -> Effects:
    yield Do(command=MoveRecord(record=turn.memory.record, to=turn.memory.to))


MOVING = Calling("toy.moving", MoveRecord)
_MOVED: tuple[Row[Any], ...] = (
    On(RecordMoved, "toy.moving", IDLE, do=say("toy.kept")),
    On(SlotTaken, "toy.moving", IDLE, do=say("toy.kept")),
    On(RecordChanged, "toy.moving", IDLE, do=say("toy.failed")),
    On(CallFailed, "toy.moving", IDLE, when=is_unknown, do=say("toy.unknown")),
    On(CallFailed, "toy.moving", IDLE, do=say("toy.failed")),
)


def moving_upon(*rows: Row[Any], change: Any = None) -> list[str]:
    """What is found of consent where these rows of the toy move what it asked about as `change`."""

    def cancels(turn: Turn[Any], event: Any) -> Effects:
        record = turn.memory.record
        yield Say(text="toy.ask", args={"record": record}, options=OPTIONS, question=True, proposes=(record,))

    def says_so(turn: Turn[Any], event: Any) -> Effects:
        record = turn.memory.record
        yield Say(
            text="toy.ask",
            args={"record": record},
            options=OPTIONS,
            question=True,
            proposes=(record,),
            change=change,
        )

    asked = asking_by(cancels if change is None else says_so)
    table = (*rows, *(row for row in asked.table if row.do is not go), *_MOVED)
    flow = replace(asked, table=table, states=(*asked.states, MOVING))
    return [line for line in found(flow) if line.startswith("consent")]


UPON_YES = On(Yes, "toy.asking", "toy.moving", do=move)


def test_a_flow_that_moves_upon_a_yes_to_a_cancel() -> None:
    refused = "so that Yes: toy.asking → toy.moving would be refused as a change that nobody agreed to"
    asks = "consent: toy.asking: RecordsFound: toy.looking → toy.asking asks toy.ask and proposes"

    assert moving_upon(UPON_YES) == [f"{asks} no change, {refused}"]
    assert moving_upon(UPON_YES, change="cancelled") == [f"{asks} change='cancelled', {refused}"]


def test_a_flow_that_moves_upon_a_yes_to_a_move() -> None:
    assert moving_upon(UPON_YES, change="moved") == []


def test_a_move_is_left_to_no_guard() -> None:
    guarded = On(No, "toy.asking", "toy.moving", when=maybe, do=move)

    assert moving_upon(UPON_YES, guarded, change="moved") == [
        "consent: toy.asking: No: toy.asking → toy.moving [maybe] moves a record, "
        "and No is no yes to a question"
    ]


def test_a_move_is_not_made_of_what_a_read_has_found() -> None:
    found_one = On(RecordsFound, "toy.looking", "toy.moving", when=maybe, do=move)

    assert moving_upon(UPON_YES, found_one, change="moved") == [
        "consent: toy.looking: RecordsFound: toy.looking → toy.moving [maybe] moves a record, "
        "and RecordsFound is no yes to a question"
    ]


def test_a_write_may_follow_another_of_the_same_yes() -> None:
    again = On(SlotTaken, "toy.moving", "toy.moving", when=maybe, do=move)

    assert moving_upon(UPON_YES, again, change="moved") == []


def test_a_question_that_does_not_say_which_change_it_proposes_is_known() -> None:
    tables_ = tables(TOY)
    deeds = Deeds(tables_, Reader(Sources(text_of)))

    assert [problem.where for problem in undeclared(utterances(tables_, deeds))] == ["toy.asking"]


# ── whoever answers is answered ───────────────────────────────────────────────────────────────────────


def test_a_no_that_ends_in_silence() -> None:
    assert answering_by(None) == [
        "silence: toy.asking: No: toy.asking → idle says nothing, and the client has said something"
    ]


def test_a_wish_that_ends_in_silence() -> None:
    flow = replace(TOY, states=(), table=(On(Knocked, IDLE, IDLE),))

    assert [line for line in found(flow, texts={}) if line.startswith("silence")] == [
        "silence: idle: Knocked: idle → idle says nothing, and the client has said something"
    ]


def test_a_call_that_ends_in_silence() -> None:
    flow = but(instead_of=NOT_LOOKED_UP, rows=(On(CallFailed, "toy.looking", IDLE),))

    assert found(flow) == [
        "silence: toy.looking: CallFailed: toy.looking → idle says nothing, "
        "and the client waits for the end of the call"
    ]


def test_a_wait_may_end_in_silence() -> None:
    flow = but(instead_of=ASKING_TIMED_OUT, rows=(On(TimedOut, "toy.asking", IDLE),))

    assert found(flow) == []


def sometimes(turn: Turn[Any], event: Any) -> Effects:
    if turn.memory.record:
        yield Say(text="toy.kept")


def looks_later(turn: Turn[Any], event: Any) -> Effects:
    yield Ask(query=ReadOutcome(record=turn.memory.record), after=turn.memory.later)


def goes_on(turn: Turn[Any], event: Any) -> Effects:
    yield Then(event=Knocked())


@pytest.mark.parametrize("action", [sometimes, looks_later, goes_on, lambda turn, event: turn.memory.said])
def test_an_answer_that_may_be_met_is_no_problem(action: Callable[..., Any]) -> None:
    assert answering_by(action) == []


def test_what_is_remembered_tells_the_client_nothing() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Remember(undoable=())

    assert len(answering_by(action)) == 1


def test_a_note_alone_tells_the_client_nothing() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Note(fact=turn.memory.fact)

    assert len(answering_by(action)) == 1
