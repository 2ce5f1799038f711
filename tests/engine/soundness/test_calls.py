"""Calls: a calling state is entered by its call, and what nobody knows is told as such."""

from dataclasses import replace
from typing import Any

from engine.booking import (
    CallFailed,
    CancelRecord,
    Query,
    ReadOutcome,
)
from engine.effects import Ask, Do, Effects, Heed, Say, Then
from engine.events import No
from engine.flow import IDLE, Calling, On, Turn, minutes, say
from engine.soundness.problems import Problem
from tests.engine.soundness.toys import (
    FAILED,
    NO,
    TEXTS,
    TOY,
    UNKNOWN,
    Knocked,
    Rung,
    also,
    but,
    found,
    look,
    of_tables,
    verdict,
)

MIXED = "unknown: toy.cancelling: after a failed CancelRecord, {} is said for unknown as for {}"


def made(action: Any) -> Any:
    return but(instead_of=NO, rows=(On(No, "toy.asking", "toy.looking", do=action),))


def two(turn: Turn[Any], event: No) -> Effects:
    yield Do(command=CancelRecord(record=turn.memory.record))
    yield from look(turn, event)


def who_knows(turn: Turn[Any], event: No) -> Effects:
    yield turn.memory.effect


def found_elsewhere(turn: Turn[Any], event: No) -> Effects:
    yield Ask(query=turn.memory.query)


def test_a_calling_state_that_is_entered_without_a_call() -> None:
    assert (
        "call: toy.asking: No: toy.asking → toy.looking makes no call, and toy.looking would wait for ever "
        "for a FindRecords"
    ) in found(made(say("toy.kept")))


def test_a_calling_state_that_is_entered_by_another_call() -> None:
    assert (
        "call: toy.asking: No: toy.asking → toy.looking makes a CancelRecord, and toy.looking waits for a "
        "FindRecords"
    ) in found(made(two))


def test_what_cannot_be_read_is_no_problem() -> None:
    assert [line for line in found(made(who_knows)) if line.startswith("call")] == []
    assert [line for line in found(made(found_elsewhere)) if line.startswith("call")] == []


def test_a_call_that_nobody_waits_for() -> None:
    assert (
        "call: toy.asking: No: toy.asking → idle makes a call, and idle does not wait for its result"
    ) in found(but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=look),)))


def later(turn: Turn[Any], event: No) -> Effects:
    yield Ask(query=ReadOutcome(record=turn.memory.record), after=minutes(2))


def test_a_look_later_is_waited_for_by_no_state() -> None:
    assert found(but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=later),))) == []


class Silent(Query):
    pass


def test_a_call_that_names_no_result() -> None:
    states = (Calling("toy.looking", Silent), *TOY.states[1:])

    assert "call: toy.looking: Silent names no result, so its success has no row" in of_tables(
        replace(TOY, states=states)
    )


def hand_over(event: Any) -> Any:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Then(event=event)

    return action


def test_an_intent_that_is_handed_over_and_opens_nothing() -> None:
    flow = but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=hand_over(Rung())),))

    problems = [problem for problem in verdict(flow).problems if problem.rule == "then"]

    assert problems == [
        Problem(
            "then",
            "toy",
            "toy.asking",
            "No: toy.asking → idle hands over Rung, and no row takes it in idle",
            "add it to the intents of a flow, with a row from IDLE",
        )
    ]


def test_an_event_that_is_handed_over_to_a_state_without_a_row_for_it() -> None:
    flow = also(On(No, "toy.asking", "toy.asking", do=hand_over(Rung())))

    assert (
        "then: toy.asking: No: toy.asking → toy.asking hands over Rung, and no row takes it in toy.asking"
    ) in found(flow)


def test_what_is_handed_over_is_taken_by_an_intent_or_not_known() -> None:
    def unknown(turn: Turn[Any], no: No) -> Effects:
        yield Then(event=turn.memory.event)

    for action in (hand_over(Knocked()), unknown):
        flow = but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=action),))
        assert [line for line in found(flow) if line.startswith("then")] == []


def heeds(turn: Turn[Any], no: No) -> Effects:
    yield Heed(intent="list")


def test_a_meaning_that_is_handed_over_may_become_anything_that_home_makes_of_words() -> None:
    home = but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=heeds),))
    elsewhere = also(On(No, "toy.asking", "toy.asking", do=heeds))
    lost = [problem.what for problem in verdict(elsewhere).problems if problem.rule == "then"]

    assert [line for line in found(home) if line.startswith("then")] == []
    assert lost == [
        "No: toy.asking → toy.asking hands over Knocked, and no row takes it in toy.asking",
    ]


# ── what nobody knows ─────────────────────────────────────────────────────────────────────────────────


def told(*rows: Any) -> list[str]:
    texts = TEXTS | {"toy.more": {"ru": "Ещё."}, "toy.cancelling.unknown": {"ru": "Не знаю."}}
    flow = but(instead_of=UNKNOWN, rows=rows)
    flow = replace(flow, table=tuple(row for row in flow.table if row is not FAILED))
    return [line for line in found(flow, texts=texts) if line.startswith("unknown")]


def failing(action: Any, when: Any = None) -> Any:
    return On(CallFailed, "toy.cancelling", IDLE, when=when, do=action)


def by_reason(turn: Turn[Any], failed: CallFailed) -> Effects:
    yield Say(text="toy.unknown" if failed.reason == "unknown" else "toy.failed")


def by_key(turn: Turn[Any], failed: CallFailed) -> Effects:
    yield Say(text=f"toy.{failed.reason}")


WORDS = {"unknown": "toy.unknown"}


def by_branch(turn: Turn[Any], failed: CallFailed) -> Effects:
    if failed.reason in ("refused", "not_tried"):
        yield Say(text="toy.failed")
        return
    yield Say(text="toy.unknown")


def by_memory(turn: Turn[Any], failed: CallFailed) -> Effects:
    yield Say(text=turn.memory.text)


def nothing_said(turn: Turn[Any], failed: CallFailed) -> Effects:
    return ()


def maybe(turn: Turn[Any], failed: CallFailed) -> bool:
    return bool(turn.memory.record)


def test_one_answer_for_all_three() -> None:
    assert told(failing(say("toy.failed"))) == [MIXED.format("toy.failed", "not_tried")]


def test_not_tried_is_not_unknown_either() -> None:
    def tried(turn: Turn[Any], failed: CallFailed) -> bool:
        return failed.reason != "refused"

    assert told(failing(say("toy.unknown"), tried), failing(say("toy.failed"))) == [
        MIXED.format("toy.unknown", "not_tried")
    ]


def test_a_refusal_is_not_unknown() -> None:
    def not_tried(turn: Turn[Any], failed: CallFailed) -> bool:
        return failed.reason == "not_tried"

    assert told(failing(say("toy.failed"), not_tried), failing(say("toy.unknown"))) == [
        MIXED.format("toy.unknown", "refused")
    ]


def test_silence_for_all_three_is_told_once() -> None:
    assert told(failing(nothing_said)) == []
    assert (
        "silence: toy.cancelling: CallFailed: toy.cancelling → idle says nothing, "
        "and the client waits for the end of the call"
    ) in found(but(instead_of=FAILED, rows=(failing(nothing_said),)))


def test_silence_until_a_later_look_is_the_same_answer_too() -> None:
    def look_later(turn: Turn[Any], failed: CallFailed) -> Effects:
        yield Ask(query=ReadOutcome(record=turn.memory.record), after=minutes(2))

    assert told(failing(look_later)) == [MIXED.format("nothing at all", "not_tried")]


def test_what_may_be_said_for_both_is_found() -> None:
    assert told(failing(say("toy.failed"), maybe), failing(by_reason)) == [
        MIXED.format("toy.failed", "not_tried")
    ]


def test_they_may_be_told_apart_by_rows_or_by_the_action() -> None:
    def unknown(turn: Turn[Any], failed: CallFailed) -> bool:
        return failed.reason == "unknown"

    assert told(failing(say("toy.unknown"), unknown), failing(say("toy.failed"))) == []
    assert told(failing(by_reason)) == []
    assert told(failing(by_key)) == []
    assert told(failing(by_branch)) == []
    assert told(failing(lambda _, failed: [Say(text=WORDS.get(failed.reason, "toy.failed"))])) == []
    assert (
        told(failing(lambda _, failed: [Say(text={"unknown": "toy.unknown"}.get(failed.reason, ""))])) == []
    )


def test_where_the_words_cannot_be_read_nothing_is_claimed() -> None:
    assert told(failing(by_memory)) == []
    assert told(failing(who_knows)) == []
    assert told() == []
