"""The exploration: nothing is broken as it stands, and planted lies are found, each with its transcript."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import BaseModel

import main
from adapters.storage.rewindable import RewindableStore
from engine import texts
from engine.dialogue import Dialogue
from engine.effects import Effects
from engine.events import NotUnderstood
from engine.flow import IDLE, On, Turn
from engine.proof import openings
from engine.proof.exploring import START, Explored, explore
from engine.proof.generating import transcripts, ways
from engine.proof.playing import Player
from engine.proof.transcript import written
from engine.proof.world import Choice, Opening, Step
from engine.texts import Texts
from engine.understanding import Understanding
from states import everywhere, registry
from states.cancel import flow as cancel

DIALOGUE, TEXTS = main.dialogue_of(None)
BY_NAME = {opening.name: opening for opening in openings.OPENINGS}


def _with_texts(before: str, after: str) -> tuple[Dialogue, Texts]:
    """Our flows with one text said otherwise."""
    documents = [document.replace(before, after) for document in registry.texts()]
    assert tuple(documents) != registry.texts()
    catalogue = texts.load(documents)
    return Dialogue(registry.FLOWS, everywhere.rows, Understanding(), catalogue.claims), catalogue


def _with_row(*rows: object) -> Dialogue:
    """Our cancel flow with rows of ours in front of its own."""
    flow = replace(cancel.FLOW, table=(*rows, *cancel.FLOW.table))  # type: ignore[arg-type]  # rows of any memory
    return Dialogue((flow,), everywhere.rows, Understanding(), TEXTS.claims)


def _explored(opening: str, depth: int, dialogue: Dialogue = DIALOGUE, catalogue: Texts = TEXTS) -> Explored:
    return explore(dialogue, catalogue, RewindableStore(START), BY_NAME[opening], depth)


def _transcript(explored: Explored, dialogue: Dialogue = DIALOGUE, catalogue: Texts = TEXTS) -> str:
    assert explored.counterexample is not None
    player = Player(dialogue, catalogue, RewindableStore(START), BY_NAME[explored.opening])
    return written(player, explored.counterexample.path)


class Unchecked(Dialogue):
    """A dialogue that looks at no promise."""

    def _keep_promises(self, turn: Turn[BaseModel], consented: tuple[int, ...]) -> None:
        return


def _cancel_all_the_same(turn: Turn[cancel.Memory], event: NotUnderstood) -> Effects:
    yield from cancel.cancel_chosen(turn)


_CANCELLED_ALL_THE_SAME = On(NotUnderstood, "cancel.confirming", "cancel.cancelling", do=_cancel_all_the_same)


# ── as it stands ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", BY_NAME)
def test_within_one_choice_of_every_opening_every_promise_holds(name: str) -> None:
    explored = _explored(name, 1)

    assert explored.counterexample is None
    assert explored.situations > 50


def test_the_counts_are_the_same_each_time() -> None:
    one, other = _explored("asked", 1), _explored("asked", 1)

    assert (one.situations, one.steps, one.seen) == (other.situations, other.steps, other.seen)
    assert one.checks.counted == other.checks.counted


def test_crashes_redeliveries_and_faults_are_all_met() -> None:
    seen = _explored("agreed", 1).seen

    assert seen.redelivered > 0
    assert seen.crashes["during a call, after it had left"] > 0
    assert seen.crashes["during a send"] > 0
    assert seen.outcomes["CancelRecord: unknown, done"] > 0
    assert seen.outcomes["message: doubt, arrived"] > 0


# ── planted lies ──────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_outcome_told_as_done_is_found_with_its_transcript() -> None:
    lying = _with_texts("Журнал салона не ответил, и я не знаю, прошла ли отмена", "Запись отменена")

    explored = _explored("agreed", 1, *lying)

    assert explored.counterexample is not None
    assert explored.counterexample.invariant == "claims"
    transcript = _transcript(explored, *lying)
    assert "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна" in transcript
    assert ">> да\n# the call ends: unknown, not done\nyclients: 500 on cancel" in transcript
    assert transcript.rstrip().endswith("and nothing showed it")


def test_an_unknown_outcome_told_as_a_refusal_is_found() -> None:
    dialogue = _with_row(
        On(cancel.CallFailed, "cancel.cancelling", IDLE, do=cancel.say_why_it_was_refused),
    )

    found = _explored("agreed", 1, dialogue).counterexample

    assert found is not None
    assert found.invariant == "denials"


def test_a_yes_that_is_none_is_found_by_what_stood_on_the_phone() -> None:
    flow = replace(cancel.FLOW, table=(_CANCELLED_ALL_THE_SAME, *cancel.FLOW.table))
    dialogue = Unchecked((flow,), everywhere.rows, Understanding(), TEXTS.claims)

    found = _explored("asked", 1, dialogue).counterexample

    assert found is not None
    assert found.invariant == "consent"


def test_a_row_that_is_missing_is_a_turn_that_raises() -> None:
    dialogue = Dialogue(
        (replace(cancel.FLOW, table=cancel.FLOW.table[:-12]),), everywhere.rows, Understanding(), {}
    )

    found = _explored("agreed", 1, dialogue).counterexample

    assert found is not None
    assert found.invariant == "understood"


def test_silence_is_found() -> None:
    dialogue = _with_row(On(NotUnderstood, "cancel.confirming", "cancel.confirming"))

    found = _explored("asked", 1, dialogue).counterexample

    assert found is not None
    assert found.invariant == "answered"


def test_a_store_that_fails_is_found() -> None:
    class Failing(RewindableStore):
        def fire_timers(self, now: object) -> tuple[int, ...]:
            raise RuntimeError("a full disk")

    found = explore(DIALOGUE, TEXTS, Failing(START), BY_NAME["asked"], 1).counterexample

    assert found is not None
    assert (found.invariant, found.what) == ("works", "RuntimeError: a full disk")
    player = Player(DIALOGUE, TEXTS, Failing(START), BY_NAME["asked"])
    assert "# RuntimeError: a full disk" in written(player, found.path)


def test_the_shorter_of_two_ways_is_told() -> None:
    """Choices are tried before what goes on by itself; the latter may fail with one choice less."""
    lying = _with_texts("Запись отменена: {record}. Спасибо", "Запись отменена. Спасибо")

    found = _explored("agreed", 1, *lying).counterexample

    assert found is not None
    assert found.path == ()


# ── transcripts ───────────────────────────────────────────────────────────────────────────────────────


def _written(opening: Opening, *choices: Choice, after: int = -1) -> str:
    player = Player(DIALOGUE, TEXTS, RewindableStore(START), opening)
    return written(player, tuple(Step(after, choice) for choice in choices), title="a title")


def test_a_transcript_names_settings_records_and_who_writes() -> None:
    opening = replace(BY_NAME["the last created"], phones=(openings.ANNA, openings.BORIS))

    transcript = _written(
        opening, Choice("says", "хочу отменить запись", late_s=2_400), Choice("sends", "voice", 1)
    )

    assert transcript.startswith("# a title\nset CONFIRM=never\nset SELECTION=last_created\n")
    assert "late 40 min: > хочу отменить запись" in transcript
    assert "client: +79000000002\n> <voice>" in transcript
    assert f"# to {openings.BORIS}:" not in transcript


def test_a_transcript_tells_taps_time_the_salon_and_crashes() -> None:
    ask = Choice("says", "хочу отменить запись")
    tap = Choice("taps", "no:2:1", label="Оставить")

    transcript = _written(
        replace(BY_NAME["one record"]),
        ask,
        Choice("edits", "moves", 1),
        Choice("dies"),
        tap,
        Choice("again"),
        ask,
        Choice("sends", "👍"),
        Choice("waits"),
    )

    assert "salon: 1 at 26 ноября 18:00" in transcript
    assert "# dies here\nrestart" in transcript
    assert "> [Оставить]" in transcript
    assert "again\n" in transcript
    assert "> <reaction 👍>" in transcript
    assert "wait 15 min" in transcript


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("cancels", "salon: 1 attendance -1"),
        ("deletes", "salon: 1 deleted"),
        ("gives away", "# the salon gives record 1 to another client"),
    ],
)
def test_a_transcript_tells_what_the_salon_does(what: str, line: str) -> None:
    ask = Choice("says", "хочу отменить запись")

    assert line in _written(BY_NAME["one record"], ask, Choice("edits", what, 1))


# ── generation ────────────────────────────────────────────────────────────────────────────────────────


def test_a_way_to_a_row_is_a_transcript_that_makes_it_fire() -> None:
    rows = DIALOGUE.rows()
    wanted = {place for place, row in enumerate(rows) if row.do is cancel.keep or row.do is cancel.report}

    found = ways(DIALOGUE, TEXTS, lambda: RewindableStore(START), (BY_NAME["asked"],), wanted, 1)

    assert found.keys() == wanted
    texts_ = list(transcripts(DIALOGUE, TEXTS, lambda: RewindableStore(START), found))
    assert any(
        "# No: cancel.confirming → idle" in text and "< Хорошо, запись остаётся" in text for text in texts_
    )


def test_a_longer_way_does_not_take_the_place_of_a_shorter() -> None:
    rows = DIALOGUE.rows()
    wanted = {next(place for place, row in enumerate(rows) if row.do is cancel.keep)}
    both = (BY_NAME["asked"], BY_NAME["about to begin"], BY_NAME["a leaking journal"])

    (way,) = ways(DIALOGUE, TEXTS, lambda: RewindableStore(START), both, wanted, 2).values()

    assert way.length == 2 + (way.opening.name == "asked")
    assert START + timedelta(0) == START
