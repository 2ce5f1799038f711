"""The exploration: nothing is broken as it stands, and planted lies are found, each with its transcript."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import engine.dialogue
import main
from adapters.storage.rewindable import RewindableStore
from engine import texts
from engine.booking import CallFailed, CancelRecord
from engine.dialogue import Dialogue
from engine.effects import Effects, Then
from engine.events import NotUnderstood, TakeBackWanted
from engine.flow import IDLE, Flow, On, Row, Turn
from engine.proof import openings
from engine.proof.choices import choices
from engine.proof.clients import NotOffered
from engine.proof.exploring import START, Explored, begun, explore
from engine.proof.invariants import Checks, Violated, judge_late
from engine.proof.playing import Player
from engine.proof.stage import Stage
from engine.proof.transcript import written
from engine.proof.world import FORGED, Choice, LateWish, Opening, Step, World
from engine.texts import Texts
from engine.understanding import Understanding
from states import cancel, clarify, everywhere, registry
from states.cancel import asking, memory, telling

DIALOGUE, TEXTS = main.dialogue_of(None)
BY_NAME = {opening.name: opening for opening in openings.OPENINGS}


def _with_texts(before: str, after: str) -> tuple[Dialogue, Texts]:
    """Our flows with one text said otherwise."""
    documents = [document.replace(before, after) for document in registry.texts()]
    assert tuple(documents) != registry.texts()
    catalogue = texts.load(documents)
    return Dialogue(
        registry.FLOWS, everywhere.rows, Understanding(), catalogue.claims, catalogue.title
    ), catalogue


def _with_row(*rows: object) -> Dialogue:
    """Our cancel flow with rows of ours in front of its own."""
    flow = replace(cancel.FLOW, table=(*rows, *cancel.FLOW.table))  # type: ignore[arg-type]  # rows of any memory
    return Dialogue(_flows(flow), everywhere.rows, Understanding(), TEXTS.claims)


def _flows(flow: Flow) -> tuple[Flow, ...]:
    """Ours, with another one in the place of the cancel."""
    return tuple(flow if each is cancel.FLOW else each for each in registry.FLOWS)


def _explored(opening: str, depth: int, dialogue: Dialogue = DIALOGUE, catalogue: Texts = TEXTS) -> Explored:
    return explore(dialogue, catalogue, RewindableStore(START), BY_NAME[opening], depth)


def _transcript(explored: Explored, dialogue: Dialogue = DIALOGUE, catalogue: Texts = TEXTS) -> str:
    assert explored.counterexample is not None
    player = Player(Stage(dialogue, catalogue, RewindableStore(START), BY_NAME[explored.opening]))
    return written(player, explored.counterexample.path)


def _cancel_all_the_same(turn: Turn[memory.Memory], event: NotUnderstood) -> Effects:
    yield from asking.cancel_chosen(turn)


_CANCELLED_ALL_THE_SAME = On(NotUnderstood, "cancel.confirming", "cancel.cancelling", do=_cancel_all_the_same)


# ── as it stands ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", BY_NAME)
def test_within_one_choice_of_every_opening_every_promise_holds(name: str) -> None:
    explored = _explored(name, 1 + BY_NAME[name].shallower)

    assert explored.counterexample is None
    assert explored.situations > 30


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
    assert ">> да\n# the call ends: unknown, not done\nyclients: slow on record × 1" in transcript
    assert transcript.rstrip().endswith("and nothing showed it")


def test_an_unknown_outcome_told_as_a_refusal_is_found() -> None:
    dialogue = _with_row(
        On(CallFailed, "cancel.cancelling", IDLE, do=telling.say_why_it_was_refused),
    )

    found = _explored("agreed", 1, dialogue).counterexample

    assert found is not None
    assert found.invariant == "denials"


def test_a_yes_that_is_none_is_found_by_what_stood_on_the_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.dialogue, "keep_promises", lambda *_: None)
    flow = replace(cancel.FLOW, table=(_CANCELLED_ALL_THE_SAME, *cancel.FLOW.table))
    dialogue = Dialogue(_flows(flow), everywhere.rows, Understanding(), TEXTS.claims)

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


def test_an_unknown_move_told_as_done_is_found() -> None:
    lying = _with_texts(
        "Журнал салона не ответил, и я не знаю, удался ли перенос", "Запись перенесена: {record}"
    )

    found = _explored("a time picked", 1, *lying).counterexample

    assert found is not None
    assert found.invariant == "claims"


def test_a_move_told_with_where_it_was_is_found() -> None:
    lying = _with_texts(
        "Запись перенесена. Теперь: {record}. Было:", "Запись перенесена: {record.services}. Было:"
    )

    found = _explored("a time picked", 1, *lying).counterexample

    assert found is not None
    assert found.invariant == "claims"


def test_a_move_denied_though_it_was_made_is_found() -> None:
    lying = _with_texts(
        "Журнал салона не ответил, и я не знаю, удался ли перенос на новое время ({slot})", "Всё в силе"
    )

    found = _explored("a time picked", 1, *lying).counterexample

    assert found is not None
    assert found.invariant == "denials"


def test_a_take_back_that_nobody_wished_for_is_found() -> None:
    wish = Then(event=TakeBackWanted())
    back: Row[Any] = On(NotUnderstood, "cancel.done", IDLE, do=lambda turn, event: [wish])

    found = _explored("agreed", 1, _with_row(back)).counterexample

    assert found is not None
    assert found.invariant == "consent"


def test_a_late_cancel_that_nobody_granted_is_found() -> None:
    opening = BY_NAME["the salon is asked"]
    command = CancelRecord(record=opening.records[0])
    wish = LateWish(opening.phones[0], "c1.1.1", 1, ("denied", "granted"))
    world = replace(opening.world(START), late=(wish,))

    with pytest.raises(Violated, match="late: «Маникюр» is late, and the policy is request"):
        judge_late(Checks(), world, command, is_late=True, policy="request")
    # The first answer counts.
    granted = replace(world, late=(replace(wish, answers=("granted", "denied")),))
    judge_late(Checks(), granted, command, is_late=True, policy="request")


def test_what_is_offered_without_a_question_holds_no_words_up() -> None:
    explored = _explored("agreed", 1)

    assert explored.checks.counted["settled"] > 0


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
    player = Player(Stage(DIALOGUE, TEXTS, Failing(START), BY_NAME["asked"]))
    assert "# RuntimeError: a full disk" in written(player, found.path)


def test_the_shorter_of_two_ways_is_told() -> None:
    """Choices are tried before what goes on by itself; the latter may fail with one choice less."""
    lying = _with_texts("Запись отменена: {record}. Спасибо", "Запись отменена. Спасибо")

    found = _explored("agreed", 1, *lying).counterexample

    assert found is not None
    assert found.path == ()


# ── transcripts ───────────────────────────────────────────────────────────────────────────────────────


def _written(opening: Opening, *choices: Choice, after: int = -1) -> str:
    player = Player(Stage(DIALOGUE, TEXTS, RewindableStore(START), opening))
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
        ("takes the window", "salon: +79000000099: Чистка, 25 ноября 15:00, Анна"),
    ],
)
def test_a_transcript_tells_what_the_salon_does(what: str, line: str) -> None:
    ask = Choice("says", "хочу отменить запись")

    assert line in _written(BY_NAME["one record"], ask, Choice("edits", what, 1))


def test_a_transcript_tells_the_salons_notice_and_its_decision() -> None:
    transcript = _written(BY_NAME["the salon is asked"], Choice("decides", "denied"))

    assert "set LATE_HOURS=72\nset LATE_POLICY=request\n" in transcript
    assert "# the salon's answer to the late wish: denied\n" in transcript


@pytest.mark.parametrize(
    ("opening", "after", "line"),
    [
        ("a time picked", 1, "yclients: timeout-before on move × 1"),
        ("taking back", 1, "yclients: timeout-before on move × 1"),
        ("which day", 5, "yclients: timeout-before on slots × 1"),
    ],
)
def test_a_transcript_names_the_call_of_a_move(opening: str, after: int, line: str) -> None:
    transcripts = [_written(BY_NAME[opening], Choice("sign"), after=steps) for steps in (after, after + 1)]

    assert any(line in transcript for transcript in transcripts)


def test_a_label_that_nobody_sees_cannot_be_tapped() -> None:
    with pytest.raises(NotOffered, match="no option «Завтра» among"):
        _played(BY_NAME["asked"], Step(-1, Choice("taps", label="Завтра")))


def test_an_opening_that_other_flows_do_not_offer_is_passed_over() -> None:
    others = Dialogue((clarify.FLOW,), everywhere.rows, Understanding(), TEXTS.claims)

    explored = _explored("taking back", 1, others)

    assert (explored.situations, explored.counterexample) == (0, None)


def test_within_two_choices_of_a_yes_every_promise_holds() -> None:
    explored = _explored("agreed", 2)

    assert explored.counterexample is None
    assert {"claims", "denials", "consent", "silence", "patience", "copies"} <= explored.checks.counted.keys()


# How many things happen by themselves between «да» and each of these.
_TURN, _CALL, _ANSWERED, _OUTCOME = 1, 2, 3, 5


@pytest.mark.parametrize(
    ("after", "choice", "line"),
    [
        (_CALL, Choice("call", "unknown, done"), "yclients: timeout-but-done on cancel × 1\n"),
        (_CALL, Choice("call", "refused: paid"), "# the call ends: refused: paid\nyclients: 403 on cancel\n"),
        (_CALL, Choice("sign"), "# no answer for 10 s on cancel\nyclients: timeout-before on cancel × 1\n"),
        (_CALL, Choice("dies", "left"), "# dies after it had left\nrestart\n"),
        (_OUTCOME, Choice("message", "doubt, arrived"), "whatsapp: accept-but-500 × 1\n"),
        (_OUTCOME, Choice("message", "bounced"), "# the send ends: bounced\n"),
        (_OUTCOME, Choice("arrives"), "# the message reaches the phone before the channel has answered\n"),
    ],
)
def test_a_transcript_tells_how_calls_and_sends_end(after: int, choice: Choice, line: str) -> None:
    assert line in _written(BY_NAME["agreed"], choice, after=after)


def test_a_transcript_has_no_line_for_a_button_that_no_message_offers() -> None:
    forged = Choice("taps", "yes:1:3", label=FORGED)

    assert "# taps what no message offers: yes:1:3\n" in _written(BY_NAME["asked"], forged)


def test_a_transcript_names_the_read_that_takes_long() -> None:
    transcript = _written(BY_NAME["asking"], Choice("sign"), after=2)

    assert "yclients: timeout-before on records × 1\n" in transcript


def test_a_transcript_tells_what_overtakes_what() -> None:
    words = Step(_OUTCOME, Choice("says", "спасибо"))
    player = Player(Stage(DIALOGUE, TEXTS, RewindableStore(START), BY_NAME["agreed"]))

    transcript = written(player, (words, Step(0, Choice("takes"))))

    assert ">> спасибо\n# the next turn is taken meanwhile\n" in transcript


def test_a_transcript_tells_that_a_message_leaves_first() -> None:
    words = Step(_OUTCOME - 1, Choice("says", "спасибо"))
    player = Player(Stage(DIALOGUE, TEXTS, RewindableStore(START), BY_NAME["agreed"]))

    transcript = written(player, (words, Step(0, Choice("starts"))))

    assert "# the message leaves before the next turn is taken\n" in transcript


# ── corners ───────────────────────────────────────────────────────────────────────────────────────────


def _played(opening: Opening, *steps: Step) -> tuple[Player, World]:
    player = Player(Stage(DIALOGUE, TEXTS, RewindableStore(START), opening))
    world = begun(player)
    for step in steps:
        for _ in range(step.after):
            following = player.goes_on(world)
            assert following is not None
            world = following
        world = player.chosen(player.rests(world) if step.after < 0 else world, step.choice)
    return player, world


_UNKNOWN = Step(_CALL, Choice("call", "unknown, not done"))
_TWO_MINUTES_LATER = Step(-1, Choice("waits"))


def test_the_look_after_an_unknown_outcome_may_fail_too() -> None:
    player, world = _played(BY_NAME["agreed"], _UNKNOWN, _TWO_MINUTES_LATER)
    looking = player.goes_on(world)
    assert looking is not None

    assert Choice("call", "unreachable") in list(choices(player, looking, at_rest=False))
    written_ = _written_steps(_UNKNOWN, _TWO_MINUTES_LATER, Step(1, Choice("call", "unreachable")))
    assert "wait 2 min\n# the call ends: unreachable\nyclients: 429 on record\n" in written_


def test_a_record_that_was_given_away_is_not_told_of_any_more() -> None:
    given = Step(-1, Choice("edits", "gives away", 1))

    transcript = _written_steps(_UNKNOWN, given, _TWO_MINUTES_LATER, _TWO_MINUTES_LATER)

    assert "< Журнал салона так и не ответил" in transcript


def test_a_write_that_leaves_when_the_visit_has_begun_is_refused() -> None:
    player, world = _played(BY_NAME["agreed"], Step(_CALL, Choice("says", "спасибо")))
    begun_since = replace(world, now=world.now + timedelta(days=3))

    player.delivering.ends(begun_since, "")

    assert "started" in (player.stage.store.standing().inbox[-1].event or "")


def test_a_place_in_a_list_is_an_agreement_where_no_question_is_asked() -> None:
    opening = BY_NAME["no question asked"]

    player, world = _played(
        opening, Step(0, Choice("says", "отмените запись на субботу")), Step(-1, Choice("says", "вторую"))
    )

    assert [agreement.record_id for agreement in world.phones[0].agreements] == [2]
    player.rests(world)


@pytest.mark.parametrize(
    ("choice", "agreed_to"),
    [
        (Choice("taps", label="Все эти записи"), {1, 2}),
        (Choice("says", "обе"), {1, 2}),
        (Choice("says", "вторую"), {2}),
        (Choice("says", "про пятницу забудьте"), set()),
    ],
)
def test_of_several_cancels_only_a_choice_agrees_to_take_one_back(
    choice: Choice, agreed_to: set[int]
) -> None:
    player, world = _played(BY_NAME["which to take back"], Step(-1, choice))

    agreements = world.phones[0].agreements
    assert {one.record_id for one in agreements if one.change == "restored"} == agreed_to
    player.rests(world)


def test_a_core_that_keeps_its_word_writes_no_strangers_record_whatever_the_journal_says() -> None:
    explored = _explored("a leaking journal", 2)

    assert explored.counterexample is None
    assert explored.checks.counted["ownership"] > 0


def test_a_transcript_says_whose_phone_a_reply_reached() -> None:
    transcript = _written(BY_NAME["two clients"], Choice("says", "хочу отменить запись", 1), after=0)

    assert f"client: {openings.BORIS}" in transcript
    assert f"# to {openings.ANNA}:\n< Отменить запись: Маникюр" in transcript


@pytest.mark.parametrize(("late_s", "line"), [(5, "late 5 s: > да"), (72_000, "late 20 h: > да")])
def test_a_transcript_says_how_late_words_come(late_s: int, line: str) -> None:
    assert line in _written(BY_NAME["one record"], Choice("says", "да", late_s=late_s))


def test_a_transcript_ends_where_the_promise_breaks() -> None:
    lying = _with_texts("Журнал салона не ответил, и я не знаю, прошла ли отмена", "Запись отменена")
    player = Player(Stage(*lying, RewindableStore(START), BY_NAME["agreed"]))

    transcript = written(player, (_UNKNOWN, Step(3, Choice("dies"))))

    assert transcript.rstrip().endswith("and nothing showed it")


def _written_steps(*steps: Step) -> str:
    return written(Player(Stage(DIALOGUE, TEXTS, RewindableStore(START), BY_NAME["agreed"])), steps)


def test_a_transcript_says_that_the_process_stays_down() -> None:
    transcript = _written(BY_NAME["asked"], Choice("dies", "down"))

    assert "# dies here\n# and stays down for 14 min\nrestart\n" in transcript
