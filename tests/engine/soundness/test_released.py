"""Released tables: a dialogue that lives while its tables change goes on, or ends by name."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, create_model

from engine.booking import Record
from engine.flow import IDLE, Calling, Flow, Home, On, Waiting
from engine.soundness import Released
from engine.soundness.released import todays
from tests.engine.soundness.toys import (
    ASKING,
    CANCELLING,
    LOOKING,
    NO,
    TOY,
    Rung,
    also,
    found,
    verdict,
    without,
)

FIRST = Released().with_todays((TOY,))


def renamed(old: str, new: str, **more: Any) -> Flow:
    """The toy with a state by another name."""
    states = tuple(replace(state, name=new if state.name == old else state.name) for state in TOY.states)
    rows = tuple(
        replace(row, source=new if row.source == old else row.source, to=new if row.to == old else row.to)
        for row in TOY.table
    )
    return replace(TOY, states=states, table=rows, version=2, **more)


def test_the_very_tables_that_were_released_are_no_problem() -> None:
    assert found(TOY, released=FIRST) == []
    assert verdict(TOY, released=FIRST).released == 1
    assert Released.model_validate_json(FIRST.to_json()) == FIRST


def test_a_state_that_was_renamed_without_a_mapping() -> None:
    flow = renamed("toy.asking", "toy.confirming")

    (problem,) = verdict(flow, released=FIRST).problems

    assert str(problem) == (
        "toy · toy.asking · dialogues of the released table may stand there, "
        "and no flow declares it any more: "
        'say what it is called now: was={"toy.asking": "toy.confirming"}, or IDLE to end them politely'
    )


def test_a_state_that_was_renamed_without_mapping_and_version_is_one_fault() -> None:
    (problem,) = verdict(replace(renamed("toy.asking", "toy.b"), version=1), released=FIRST).problems

    assert problem.remedy == (
        'say what it is called now: was={"toy.asking": "toy.b"} with version=2, or IDLE to end them politely'
    )


def test_a_state_that_may_have_become_one_of_several() -> None:
    flow = renamed("toy.asking", "toy.b")
    flow = replace(flow, states=(*flow.states, Waiting("toy.c", (), "idle", ASKING.patience)))

    (problem,) = [one for one in verdict(flow, released=FIRST).problems if one.rule == "released-state"]

    assert problem.remedy == (
        'say what it is called now (toy.b or toy.c): was={"toy.asking": "…"}, or IDLE to end them politely'
    )


def test_a_state_that_was_renamed_with_a_mapping_or_given_up() -> None:
    assert found(renamed("toy.asking", "toy.b", was={"toy.asking": "toy.b"}), released=FIRST) == []
    assert found(renamed("toy.asking", "toy.b", was={"toy.asking": IDLE}), released=FIRST) == []


def test_a_state_of_versions_that_are_taken_on_no_more_needs_no_mapping() -> None:
    assert found(renamed("toy.asking", "toy.b", oldest=2), released=FIRST) == []


def test_a_mapping_to_nothing_and_one_that_maps_nothing() -> None:
    assert found(renamed("toy.asking", "toy.b", was={"toy.asking": "toy.c"}), released=FIRST) == [
        "was: toy.asking: was maps it to toy.c, which no flow declares"
    ]
    assert found(replace(TOY, was={"toy.asking": IDLE}), released=FIRST) == [
        "was: toy.asking: was maps it to idle, and it is still declared, so that nothing is mapped"
    ]


def test_a_state_that_waits_for_something_else_now() -> None:
    asking, looking = Calling("toy.asking", LOOKING.call), Waiting("toy.looking", (), "idle", ASKING.patience)
    flow = replace(TOY, version=2, states=(looking, asking, *TOY.states[2:]))

    problems = [line for line in found(flow, released=FIRST) if line.startswith("released")]

    assert problems == [
        "released-kind: toy.asking: released dialogues wait there for the client, "
        "and it waits for a FindRecords",
        "released-kind: toy.looking: released dialogues wait there for a FindRecords, "
        "and it waits for the client",
    ]


def test_a_mapping_to_a_state_that_waits_for_something_else() -> None:
    flow = renamed("toy.asking", "toy.b", was={"toy.asking": "toy.cancelling"})

    assert found(flow, released=FIRST) == [
        "released-kind: toy.asking: released dialogues wait there for the client, "
        "and toy.cancelling waits for a CancelRecord"
    ]


def test_a_flow_that_is_gone_altogether() -> None:
    other = Released().with_todays((replace(TOY, name="other", states=(CANCELLING,), table=()),))

    assert found(TOY, released=other) == []
    assert (
        "released-state: toy.cancelling: dialogues of the released table may stand there, "
        "and no flow declares it any more"
    ) in found(replace(TOY, states=(), table=(), intents=(), hears=()), released=other)


@pytest.mark.parametrize(
    ("flow", "changed"),
    [
        (renamed("toy.asking", "toy.b", was={"toy.asking": "toy.b"}), "states and rows"),
        (also(On(Rung, "toy.asking", IDLE)), "rows"),
        (replace(TOY, memory=create_model("Memory", __base__=TOY.memory, more=(int, 0))), "memory"),
    ],
)
def test_a_table_that_changed_without_a_new_version(flow: Flow, changed: str) -> None:
    assert f"version: version: its {changed} changed since version 1 was released" in found(
        replace(flow, version=1), released=FIRST
    )
    assert [
        line for line in found(replace(flow, version=2), released=FIRST) if line.startswith("version")
    ] == []


def test_a_release_that_names_states_only_is_held_against_states_only() -> None:
    states = {"toy": [{"version": 1, "states": {"toy.asking": {"kind": "waiting"}}}]}

    assert found(replace(TOY, version=2), released=Released.model_validate({"flows": states})) == []
    assert found(TOY, released=Released.model_validate({"flows": states})) == [
        "version: version: its states changed since version 1 was released"
    ]


def test_the_line_of_a_lambda_is_no_change() -> None:
    one = without(NO).table
    first = replace(TOY, table=(*one, replace(NO, when=lambda turn, no: True), NO))
    second = replace(TOY, table=(*one, replace(NO, when=lambda turn, no: True), NO))

    assert todays(first) == todays(second)


def test_a_version_that_goes_back_or_takes_on_nothing() -> None:
    third = Released().with_todays((replace(TOY, version=3),))

    assert found(TOY, released=third) == ["version: version: version 1 is older than the released 3"]
    assert found(replace(TOY, oldest=2), released=FIRST) == [
        "version: oldest: oldest=2 is later than version=1, so it takes on no dialogue at all"
    ]


class Longer(BaseModel):
    record: Record | None = None
    # What a dialogue of the released table cannot have.
    seen: int = 0


class Stricter(BaseModel):
    record: int | None = None


def test_a_memory_that_takes_what_was_stored() -> None:
    assert found(replace(TOY, memory=Longer, version=2), released=FIRST) == []


def test_a_memory_that_would_refuse_what_was_stored() -> None:
    assert found(replace(TOY, memory=Stricter, version=2), released=FIRST) == [
        "released-memory: memory: what dialogues of version 1 remember would be refused: "
        "record takes other values than were stored"
    ]
    assert found(replace(TOY, memory=Stricter, version=2, oldest=2), released=FIRST) == []


def test_a_flow_that_cannot_be_compared_is_compared_as_far_as_it_goes() -> None:
    broken = replace(renamed("toy.asking", "toy.b"), memory=dict, version=1)  # type: ignore[arg-type] # broken

    problems = [line for line in found(broken, released=FIRST) if line.startswith(("released", "version"))]

    assert problems == [
        "released-state: toy.asking: dialogues of the released table may stand there, "
        "and no flow declares it any more"
    ]


def test_the_version_of_a_table_that_is_not_whole_does_not_matter_yet() -> None:
    assert found(without(NO), released=FIRST) == ["hole: toy.asking: no row takes No (answers makes it)"]


def test_a_flow_of_which_nothing_was_released_yet() -> None:
    assert found(TOY, released=Released(flows={"toy": ()})) == []


def test_a_broken_flow_of_the_released_version_is_no_changed_one() -> None:
    broken = replace(TOY, memory=dict)  # type: ignore[arg-type] # broken

    assert [line for line in found(broken, released=FIRST) if line.startswith("version")] == []


def test_versions_are_kept_and_the_same_one_is_renewed() -> None:
    second = FIRST.with_todays((renamed("toy.asking", "toy.b"),))
    again = second.with_todays((replace(TOY, version=2),))

    assert [table.version for table in second.flows["toy"]] == [1, 2]
    assert again.flows["toy"][1].states == FIRST.flows["toy"][0].states
    assert second.only(["toy"]) == second
    assert second.only(["other"]) == Released()


def test_home_is_released_by_no_flow() -> None:
    with pytest.raises(AssertionError, match="home is no flow's state"):
        todays(replace(TOY, states=(Home(),)))
