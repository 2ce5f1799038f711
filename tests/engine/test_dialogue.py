"""The dialogue on toy flows: what it refuses to compile, what it refuses to do, and how it hands over."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from engine.booking import (
    CallFailed,
    CancelRecord,
    FindRecords,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
)
from engine.consent import BrokenPromise
from engine.dialogue import (
    STEPS_PER_TURN_MAX,
    Decision,
    Dialogue,
    InvalidFlow,
    UnexpectedEvent,
)
from engine.effects import Ask, Do, Effect, Effects, Heed, Option, Repeat, Say, Then
from engine.events import (
    Greeted,
    Heard,
    Muted,
    Named,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StillWaiting,
    Thanked,
    TimedOut,
    TooEarly,
    TurnedOut,
    Yes,
)
from engine.flow import (
    IDLE,
    Calling,
    Flow,
    Hearing,
    On,
    Open,
    Row,
    Salon,
    State,
    Tried,
    Turn,
    Waiting,
    minutes,
    missed_again,
    say,
)
from engine.moment import Moment
from engine.session import Chat, Session
from engine.understanding import Understanding
from engine.values import Event
from tests.chat import ANNA, MARIA, MONDAY, MOSCOW, proof, record

MINE = record(1)
OTHER = record(2, "Стрижка")
CHAT = Chat(phone=ANNA)


class Knocked(Event):
    """The intent that opens the toy flow."""


class Rung(Event):
    """The intent of another flow."""


class Rings(BaseModel):
    rings: int = 0


def at(**more: Any) -> Moment:
    around: dict[str, Any] = {"salon": Salon(zone=MOSCOW), "now": MONDAY, "said_at": MONDAY}
    return Moment(**(around | {"turn": 7, "call_key": "k7"} | more))


def waiting(name: str = "toy.asking") -> Waiting:
    return Waiting(name, hears=(), context="confirm", patience=minutes(15))


def toy(*table: Row[Any], states: tuple[State, ...] = (), **more: Any) -> Flow:
    fields: dict[str, Any] = {"name": "toy", "intents": (Knocked,), "memory": Rings}
    return Flow(**(fields | {"states": states or (waiting(),), "table": table} | more))


def made(*flows: Flow, everywhere: Callable[[State], tuple[Row[Any], ...]] = lambda state: ()) -> Dialogue:
    return Dialogue(flows, everywhere, Understanding(), {"toy.done": "cancelled"})


def yields(*effects: Effect) -> Callable[[Turn[Any], Event], Effects]:
    def action(turn: Turn[Any], event: Event) -> Iterable[Effect]:
        yield from effects

    return action


def question(*proposes: Record) -> Say:
    return Say(text="toy.question", question=True, proposes=proposes)


# ── what does not compile ─────────────────────────────────────────────────────────────────────────────


def test_a_state_of_two_flows_is_refused() -> None:
    with pytest.raises(InvalidFlow, match=r"toy\.asking is declared twice, the second time by bell"):
        made(toy(), toy(name="bell", intents=(Rung,)))


def test_an_intent_of_two_flows_is_refused() -> None:
    with pytest.raises(InvalidFlow, match="Knocked opens both toy and bell"):
        made(toy(), toy(name="bell", states=(waiting("bell.asking"),)))


@pytest.mark.parametrize(("source", "to"), [(IDLE, "toy.gone"), ("toy.gone", IDLE)])
def test_a_row_that_names_no_state_is_refused(source: str, to: str) -> None:
    with pytest.raises(InvalidFlow, match=r"a row on Knocked names toy\.gone, which no flow declares"):
        made(toy(On(Knocked, source, to)))


def test_two_events_of_one_name_are_refused() -> None:
    namesake = type("Knocked", (Event,), {})
    with pytest.raises(InvalidFlow, match="two events are called Knocked"):
        made(toy(On(Knocked, IDLE, IDLE), On(namesake, IDLE, IDLE)))


# ── one step ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_row_whose_guard_holds_wins() -> None:
    def never(turn: Turn[Rings], event: Knocked) -> bool:
        return False

    dialogue = made(
        toy(
            On(Knocked, IDLE, IDLE, when=never, do=say("toy.first")),
            On(Knocked, IDLE, IDLE, do=say("toy.second")),
            On(Knocked, IDLE, IDLE, do=say("toy.third")),
        )
    )

    assert dialogue.step(Session(), CHAT, Knocked(), at()).effects == (Say(text="toy.second"),)


def test_a_question_is_left_for_an_intent_that_it_has_no_row_for() -> None:
    dialogue = made(toy(On(Knocked, IDLE, "toy.asking", do=yields(question()))))
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session

    again = dialogue.step(asking, CHAT, Knocked(), at(turn=8)).session

    assert (again.state, again.questions) == ("toy.asking", 8)


def test_an_event_without_a_row_is_our_mistake() -> None:
    dialogue = made(toy(On(Knocked, IDLE, "toy.asking", do=yields(question()))))
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session

    with pytest.raises(UnexpectedEvent, match=r"Rung in toy\.asking"):
        dialogue.step(asking, CHAT, Rung(), at(turn=8))
    with pytest.raises(UnexpectedEvent, match="Rung in idle"):
        dialogue.step(Session(), CHAT, Rung(), at())
    assert dialogue.takes(Session(), Knocked())
    assert dialogue.takes(None, Knocked())
    assert dialogue.takes(asking, Knocked())
    assert not dialogue.takes(asking, Rung())
    assert not dialogue.takes(Session(), Rung())


def test_an_event_whose_guards_all_fail_is_our_mistake() -> None:
    dialogue = made(toy(On(Knocked, IDLE, IDLE, when=lambda turn, event: False)))
    with pytest.raises(UnexpectedEvent, match="Knocked in idle: no guard holds"):
        dialogue.step(Session(), CHAT, Knocked(), at())


def test_an_action_that_raises_leaves_what_it_was_given() -> None:
    def spoils(turn: Turn[Rings], event: Event) -> Effects:
        turn.memory.rings = 99
        yield Say(text="toy.half")
        raise RuntimeError("broken")

    dialogue = made(
        toy(On(Knocked, IDLE, "toy.asking", do=yields(question())), On(Yes, "toy.asking", IDLE, do=spoils))
    )
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    before = asking.model_dump_json()

    with pytest.raises(RuntimeError):
        dialogue.step(asking, CHAT, Yes(), at(turn=8))

    assert asking.model_dump_json() == before


def test_memory_is_kept_between_the_turns_of_a_flow_and_gone_at_home() -> None:
    def rings(turn: Turn[Rings], event: Event) -> Effects:
        turn.memory.rings += 1
        yield Say(text="toy.rung", args={"rings": turn.memory.rings})

    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=rings),
            On(Rung, "toy.asking", "toy.asking", do=rings),
            On(Yes, "toy.asking", IDLE, do=rings),
        )
    )

    first = dialogue.step(Session(), CHAT, Knocked(), at())
    second = dialogue.step(first.session, CHAT, Rung(), at(turn=8))
    last = dialogue.step(second.session, CHAT, Yes(), at(turn=9))

    assert second.effects == (Say(text="toy.rung", args={"rings": 2}),)
    assert last.effects == (Say(text="toy.rung", args={"rings": 3}),)
    assert last.session == Session()


def test_a_question_takes_the_number_of_its_turn_and_keeps_it_while_the_state_stays() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question(MINE))),
            On(Rung, "toy.asking", "toy.asking", do=say("toy.rung")),
            On(Yes, "toy.asking", "toy.other"),
            states=(waiting(), waiting("toy.other")),
        )
    )

    asked = dialogue.step(Session(questions=3), CHAT, Knocked(), at()).session
    stays = dialogue.step(asked, CHAT, Rung(), at(turn=8)).session
    moved = dialogue.step(stays, CHAT, Yes(), at(turn=9)).session

    assert (asked.questions, asked.pending) == (7, question(MINE))
    assert (stays.questions, stays.pending) == (7, question(MINE))
    assert (moved.questions, moved.pending) == (7, None)


def test_a_wish_that_no_flow_serves_is_told_by_its_name() -> None:
    lost = Heard(kind="words", text="позовите администратора", said_at=MONDAY)
    assert made(toy()).understand(Session(), CHAT, lost, at()) == NotServed(intent="human")


# ── hand-over ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_hands_over_to_another_in_the_same_turn() -> None:
    dialogue = made(
        toy(On(Knocked, IDLE, IDLE, do=yields(Say(text="toy.bye"), Then(event=Rung())))),
        toy(
            On(Rung, IDLE, "bell.asking", do=yields(question())),
            name="bell",
            intents=(Rung,),
            states=(waiting("bell.asking"),),
        ),
    )

    decision = dialogue.step(Session(), CHAT, Knocked(), at())

    assert decision.effects == (Say(text="toy.bye"), question())
    assert decision.session.state == "bell.asking"


def test_a_meaning_is_handed_over_to_what_home_makes_of_it() -> None:
    def rings(hearing: Hearing[object]) -> Rung | None:
        meaning = hearing.meaning
        return Rung() if meaning.intent == "list" and meaning.named.words and not meaning.plain else None

    heed = Heed(intent="list", named=Named(words=("маникюр",)))
    dialogue = made(
        toy(On(Knocked, IDLE, IDLE, do=yields(Say(text="toy.bye"), heed))),
        toy(
            On(Rung, IDLE, "bell.asking", do=yields(question())),
            name="bell",
            intents=(Rung,),
            hears=(rings,),
            states=(waiting("bell.asking"),),
        ),
    )

    decision = dialogue.step(Session(), CHAT, Knocked(), at())

    assert decision.effects == (Say(text="toy.bye"), question())
    assert decision.session.state == "bell.asking"


def test_a_meaning_that_no_flow_serves_gets_its_own_sentence() -> None:
    dialogue = made(
        toy(On(Knocked, IDLE, IDLE, do=yields(Heed(intent="human")))),
        everywhere=lambda state: (
            (On(NotServed, IDLE, IDLE, do=say("toy.call")),) if state.name == IDLE else ()
        ),
    )

    assert dialogue.step(Session(), CHAT, Knocked(), at()).effects == (Say(text="toy.call"),)


# ── misses ────────────────────────────────────────────────────────────────────────────────────────────


class Mumbled(NotUnderstood):
    """A miss of a kind of its own."""


def misses(*events: Event, start: int = 0) -> int:
    """Play these at home, and return how many messages in a row were not understood."""
    dialogue = made(toy(*(On(cls, IDLE, IDLE) for cls in dict.fromkeys(map(type, events)))))
    session = Session(misses=start)
    for event in events:
        session = dialogue.step(session, CHAT, event, at()).session
    return session.misses


def test_what_is_not_understood_is_counted_up_to_two() -> None:
    assert misses(NotUnderstood()) == 1
    assert misses(NotUnderstood(), Mumbled()) == 2
    assert misses(NotUnderstood(), NotUnderstood(), NotUnderstood()) == 2


@pytest.mark.parametrize("event", [Greeted(), Thanked(), NotServed(intent="human"), Knocked()])
def test_what_is_understood_sets_the_count_back(event: Event) -> None:
    assert misses(event, start=2) == 0


@pytest.mark.parametrize(
    "event",
    [
        Reacted(),
        NoWords(kind="voice"),
        StaleTap(),
        TooEarly(question_follows=False, intent="unclear"),
        Muted(),
        TurnedOut(record=MINE),
        RecordCancelled(receipt=proof(MINE)),
    ],
)
def test_what_says_nothing_that_could_be_understood_leaves_the_count(event: Event) -> None:
    assert misses(event, start=1) == 1


def test_guards_see_the_count_with_the_message_at_hand_and_it_goes_along_through_states() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question())),
            On(NotUnderstood, "toy.asking", "toy.asking", when=missed_again, do=say("toy.call")),
            On(NotUnderstood, "toy.asking", "toy.asking", do=say("toy.what")),
            On(Yes, "toy.asking", "toy.asking"),
        )
    )
    session = dialogue.step(Session(misses=1), CHAT, Knocked(), at()).session
    heard = []
    for event in (NotUnderstood(), NotUnderstood(), Yes(), NotUnderstood()):
        decision = dialogue.step(session, CHAT, event, at())
        session = decision.session
        heard += [effect.text for effect in decision.effects if isinstance(effect, Say)]

    assert heard == ["toy.what", "toy.call", "toy.what"]


# ── too many steps ────────────────────────────────────────────────────────────────────────────────────


def hands_over(times: int) -> Dialogue:
    def again(turn: Turn[Rings], event: Event) -> Effects:
        turn.memory.rings += 1
        if turn.memory.rings < times:
            yield Then(event=Rung())

    return made(
        toy(On(Knocked, IDLE, "toy.asking", do=again), On(Rung, "toy.asking", "toy.asking", do=again))
    )


def test_a_turn_has_a_bounded_number_of_steps() -> None:
    assert STEPS_PER_TURN_MAX == 8
    last = hands_over(8).step(Session(), CHAT, Knocked(), at()).session
    assert last.memory == {"rings": 8}
    with pytest.raises(UnexpectedEvent, match="Knocked is handed over without end"):
        hands_over(9).step(Session(), CHAT, Knocked(), at())


def test_an_open_state_goes_home_before_an_intent_enters() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.done", do=say("toy.hello")),
            states=(Open("toy.done", hears=(), context="done", patience=minutes(15)),),
        )
    )
    done = dialogue.step(Session(), CHAT, Knocked(), at()).session
    assert done.state == "toy.done"

    again = dialogue.step(done, CHAT, Knocked(), at(turn=8))

    assert again.effects == (Say(text="toy.hello"),)
    assert again.session.state == "toy.done"
    assert dialogue.takes(done, Knocked())
    assert not dialogue.takes(done, Rung())


# ── promises ──────────────────────────────────────────────────────────────────────────────────────────


def agreed(*effects: Effect, to: str = "toy.cancelling", proposes: tuple[Record, ...] = (MINE,)) -> Decision:
    """Play: a question that proposes `proposes`, a yes, and then these effects."""
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question(*proposes))),
            On(Yes, "toy.asking", to, do=yields(*effects)),
            states=(waiting(), Calling("toy.cancelling", CancelRecord), Calling("toy.looking", FindRecords)),
        )
    )
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    return dialogue.step(asking, CHAT, Yes(), at(turn=8, call_key="k8"))


def cancel(of: Record) -> Do:
    return Do(command=CancelRecord(record=of))


FIND = Ask(query=FindRecords(phone=ANNA))


def test_what_was_agreed_to_may_be_done() -> None:
    decision = agreed(cancel(MINE))
    assert decision.effects == (cancel(MINE),)
    assert (decision.session.awaiting, decision.session.consented) == ("k8", (1,))


def test_nothing_may_be_done_without_a_yes() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.cancelling", do=yields(cancel(MINE))),
            states=(Calling("toy.cancelling", CancelRecord),),
        )
    )
    with pytest.raises(BrokenPromise, match="nobody agreed to a change of record 1"):
        dialogue.step(Session(), CHAT, Knocked(), at())
    # By setting a wish is enough, and it needs no question.
    wished = at(salon=Salon(zone=MOSCOW, confirm="never"))
    assert dialogue.step(Session(), CHAT, Knocked(), wished).session.awaiting == "k7"


def test_a_yes_covers_only_the_records_that_the_question_proposed() -> None:
    with pytest.raises(BrokenPromise, match="nobody agreed to a change of record 2"):
        agreed(cancel(OTHER))
    with pytest.raises(BrokenPromise, match="nobody agreed to a change of record 1"):
        agreed(cancel(MINE), proposes=())


def test_only_a_yes_agrees_to_what_the_question_proposes() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question(MINE))),
            On(Rung, "toy.asking", "toy.cancelling", do=yields(cancel(MINE))),
            states=(waiting(), Calling("toy.cancelling", CancelRecord)),
        )
    )
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    with pytest.raises(BrokenPromise, match="nobody agreed to a change of record 1"):
        dialogue.step(asking, CHAT, Rung(), at(turn=8))


@pytest.mark.parametrize("confirm", ["always", "never"])
def test_a_stranger_s_record_is_never_touched(confirm: Any) -> None:
    hers = record(3, phone=MARIA)
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question(hers))),
            On(Yes, "toy.asking", "toy.cancelling", do=yields(cancel(hers))),
            states=(waiting(), Calling("toy.cancelling", CancelRecord)),
        )
    )
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    with pytest.raises(BrokenPromise, match="record 3 is not this client's"):
        dialogue.step(asking, CHAT, Yes(), at(turn=8, salon=Salon(zone=MOSCOW, confirm=confirm)))


def test_a_consent_lasts_through_the_call_and_no_longer() -> None:
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.asking", do=yields(question(MINE))),
            On(Yes, "toy.asking", "toy.cancelling", do=yields(cancel(MINE))),
            On(StillWaiting, "toy.cancelling", "toy.cancelling"),
            On(CallFailed, "toy.cancelling", "toy.cancelling", do=yields(cancel(MINE))),
            On(RecordCancelled, "toy.cancelling", "toy.asking"),
            On(Rung, "toy.asking", "toy.cancelling", do=yields(cancel(MINE))),
            states=(waiting(), Calling("toy.cancelling", CancelRecord)),
        )
    )
    asking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    calling = dialogue.step(asking, CHAT, Yes(), at(turn=8, call_key="k8")).session
    waited = dialogue.step(calling, CHAT, StillWaiting(), at(turn=9, call_key="k9")).session
    assert waited.awaiting == "k8"
    again = dialogue.step(waited, CHAT, CallFailed(reason="not_tried"), at(turn=10, call_key="k10")).session
    assert again.awaiting == "k10"
    over = dialogue.step(again, CHAT, RecordCancelled(receipt=proof(MINE)), at(turn=11)).session

    with pytest.raises(BrokenPromise, match="nobody agreed"):
        dialogue.step(over, CHAT, Rung(), at(turn=12))


@pytest.mark.parametrize(
    ("effects", "to", "broken"),
    [
        ((), "toy.cancelling", "waits for one call, and 0 were made"),
        ((cancel(MINE), cancel(MINE)), "toy.cancelling", "waits for one call, and 2 were made"),
        ((FIND,), "toy.cancelling", "waits for a CancelRecord"),
        ((cancel(MINE),), "toy.looking", "waits for a FindRecords"),
        ((cancel(MINE),), "toy.asking", "is no calling state, and a call was made"),
        ((FIND,), "toy.asking", "is no calling state, and a call was made"),
        ((question(), question()), "toy.asking", "asks 2 questions at once"),
        ((FIND.model_copy(update={"after": timedelta(1)}),), "toy.looking", "waits for one call, and 0"),
    ],
)
def test_a_state_makes_the_call_that_it_waits_for_and_no_other(
    effects: tuple[Effect, ...], to: str, broken: str
) -> None:
    with pytest.raises(BrokenPromise, match=broken):
        agreed(*effects, to=to)


@pytest.mark.parametrize("effect", [cancel(MINE), FIND])
def test_home_makes_no_call(effect: Effect) -> None:
    with pytest.raises(BrokenPromise, match="idle is no calling state, and a call was made"):
        agreed(effect, to=IDLE)


def test_home_asks_no_question() -> None:
    with pytest.raises(BrokenPromise, match="nothing waits for its answer"):
        agreed(question(), to=IDLE)


@pytest.mark.parametrize(
    "receipts",
    [
        (),
        (proof(OTHER),),
        (proof(MINE).model_copy(update={"change": "moved"}),),
        (proof(OTHER), proof(MINE).model_copy(update={"change": "restored"})),
    ],
)
def test_a_claim_needs_a_receipt_of_this_change_of_this_record(receipts: Any) -> None:
    with pytest.raises(BrokenPromise, match=r"toy\.done claims more than its receipts prove"):
        agreed(Say(text="toy.done", args={"record": MINE}, receipts=receipts), to=IDLE)


def test_a_claim_about_two_records_needs_two_receipts() -> None:
    both: dict[str, Any] = {"first": MINE, "second": OTHER}
    with pytest.raises(BrokenPromise):
        agreed(Say(text="toy.done", args=both, receipts=(proof(MINE),)), to=IDLE)
    told = Say(text="toy.done", args=both, receipts=(proof(OTHER), proof(MINE)))
    assert agreed(told, to=IDLE).effects == (told,)


def test_a_claim_that_names_no_record_still_needs_a_receipt() -> None:
    with pytest.raises(BrokenPromise):
        agreed(Say(text="toy.done"), to=IDLE)


def test_a_claim_cannot_hide_before_a_repeated_question() -> None:
    with pytest.raises(BrokenPromise, match=r"toy\.done claims what a repeat cannot prove"):
        agreed(Repeat(after="toy.done"), to=IDLE)


def test_only_a_question_can_propose_a_change() -> None:
    with pytest.raises(ValueError, match=r"toy\.done proposes a change, so it must be a question"):
        Say(text="toy.done", proposes=(MINE,))


# ── «стоп» ────────────────────────────────────────────────────────────────────────────────────────────


def test_after_stop_only_the_outcome_of_a_write_is_said_and_without_offers() -> None:
    offer = Option(kind="undo", record=MINE)
    told = Say(text="toy.done", args={"record": MINE}, receipts=(proof(MINE),), options=(offer,))
    dialogue = made(
        toy(
            On(Knocked, IDLE, "toy.looking", do=yields(FIND)),
            On(RecordsFound, "toy.looking", "toy.asking", do=yields(question(MINE))),
            On(CallFailed, "toy.looking", IDLE, do=say("toy.failed")),
            On(Yes, "toy.asking", "toy.cancelling", do=yields(cancel(MINE))),
            On(RecordCancelled, "toy.cancelling", "toy.asking", do=yields(told, question(OTHER))),
            states=(waiting(), Calling("toy.looking", FindRecords), Calling("toy.cancelling", CancelRecord)),
        )
    )
    stopped = Chat(phone=ANNA, opted_out=True)
    looking = dialogue.step(Session(), CHAT, Knocked(), at()).session
    asking = dialogue.step(looking, CHAT, RecordsFound(records=(MINE,)), at(turn=8)).session
    cancelling = dialogue.step(asking, CHAT, Yes(), at(turn=9)).session

    for result in (RecordsFound(records=(MINE,)), CallFailed(reason="refused")):
        silent = dialogue.step(looking, stopped, result, at(turn=8))
        assert (silent.effects, silent.session.state, silent.outcome) == ((), IDLE, False)
    outcome = dialogue.step(cancelling, stopped, RecordCancelled(receipt=proof(MINE)), at(turn=10))
    assert outcome.effects == (told.model_copy(update={"options": ()}),)
    assert outcome.outcome
    assert outcome.session.state == IDLE
    assert dialogue.step(asking, stopped, Yes(), at(turn=9)).effects == ()
    assert dialogue.step(Session(), stopped, Knocked(), at()).effects == ()


# ── sessions of another version ───────────────────────────────────────────────────────────────────────

STARTED_OVER = On(StartedOver, IDLE, IDLE, do=say("toy.started_over"))
RING = Heard(kind="words", text="алло", said_at=MONDAY)


@pytest.mark.parametrize(
    "stored",
    [
        Session(state="toy.gone", questions=5),
        Session(state="toy.asking", questions=5, flow_version=1),
        Session(state="toy.asking", questions=5, flow_version=2, memory={"rings": "many"}),
    ],
)
def test_a_session_that_today_s_tables_cannot_go_on_from_starts_over(stored: Session) -> None:
    dialogue = made(toy(STARTED_OVER, On(Yes, "toy.asking", IDLE), version=2, oldest=2))

    assert dialogue.understand(stored, CHAT, RING, at()) == StartedOver()
    decision = dialogue.step(stored, CHAT, Yes(), at())

    assert decision == Decision(Session(questions=5), CHAT, (Say(text="toy.started_over"),))


def test_a_session_that_cannot_be_read_at_all_starts_over() -> None:
    decision = made(toy(STARTED_OVER)).step(None, CHAT, TimedOut(state="toy.asking", question=1), at())
    assert decision == Decision(Session(), CHAT, (Say(text="toy.started_over"),))


def test_a_session_of_today_s_version_goes_on() -> None:
    dialogue = made(toy(STARTED_OVER, On(Yes, "toy.asking", IDLE, do=say("toy.hello")), version=2))
    stored = Session(state="toy.asking", memory={"rings": 2}, flow_version=2)
    assert dialogue.step(stored, CHAT, Yes(), at()).effects == (Say(text="toy.hello"),)


ASKING = Session(state="toy.asking", questions=5, memory={"rings": 2})
BUSY = Session(state="toy.calling", awaiting="k1", consented=(1,))
RENAMED = {"was": {"toy.asking": "toy.wondering", "toy.old": IDLE}, "version": 3, "oldest": 2}


def renamed() -> Dialogue:
    row = On(Yes, "toy.wondering", IDLE, do=say("toy.hello"))
    late = On(TimedOut, "toy.wondering", IDLE, do=say("toy.silent"))
    return made(toy(STARTED_OVER, row, late, states=(waiting("toy.wondering"),), **RENAMED))


def test_a_session_in_a_renamed_state_goes_on_under_its_new_name() -> None:
    stored = ASKING.model_copy(update={"flow_version": 2})

    assert renamed().upgrades.fate(stored).session == stored.model_copy(
        update={"state": "toy.wondering", "flow_version": 3}
    )
    assert renamed().step(stored, CHAT, Yes(), at()).effects == (Say(text="toy.hello"),)
    assert renamed().takes(stored, Yes())


def test_a_time_out_that_was_set_under_the_old_name_still_ends_the_renamed_state() -> None:
    stored = ASKING.model_copy(update={"flow_version": 2})
    timed_out = TimedOut(state="toy.asking", question=5)
    assert renamed().step(stored, CHAT, timed_out, at()).effects == (Say(text="toy.silent"),)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (Session(state="toy.gone"), "no flow has a state toy.gone any more"),
        (Session(state="toy.old", flow_version=3), "toy.old was given up"),
        (ASKING, "toy takes versions 2 to 3 on"),
        (ASKING.model_copy(update={"flow_version": 4}), "toy takes versions 2 to 3 on"),
        (
            ASKING.model_copy(update={"flow_version": 3, "memory": {"rings": "many"}}),
            "its memory no longer fits: rings",
        ),
        (
            ASKING.model_copy(update={"flow_version": 3, "awaiting": "k1"}),
            "toy.wondering waits for something else than toy.asking did",
        ),
    ],
)
def test_a_session_that_has_to_end_says_why(stored: Session, why: str) -> None:
    fate = renamed().upgrades.fate(stored)
    assert (fate.session, fate.why) == (None, why)


def test_a_session_at_home_goes_on_under_any_version() -> None:
    assert renamed().upgrades.fate(Session(questions=3)).session == Session(questions=3)


@pytest.mark.parametrize(
    ("session", "event", "unsure"),
    [
        (BUSY, CallFailed(reason="unknown"), True),
        (BUSY, StillWaiting(), True),
        (BUSY, CallFailed(reason="refused"), False),
        (BUSY, CallFailed(reason="not_tried"), False),
        (BUSY, RecordChanged(was=MINE, now=MINE), False),
        (BUSY.model_copy(update={"consented": ()}), CallFailed(reason="unknown"), False),
        (None, CallFailed(reason="unknown"), True),
        (None, TimedOut(state="toy.calling", question=1), False),
    ],
)
def test_a_dialogue_that_ends_with_a_write_out_says_that_its_outcome_is_unknown(
    session: Session | None, event: Event, unsure: bool
) -> None:
    def write_was_out(turn: Turn[Any], over: StartedOver) -> bool:
        return over.write_was_out

    dialogue = made(toy(On(StartedOver, IDLE, IDLE, when=write_was_out, do=say("toy.unsure")), STARTED_OVER))
    said = "toy.unsure" if unsure else "toy.started_over"
    assert dialogue.step(session, CHAT, event, at()).effects == (Say(text=said),)


def test_a_decision_tells_every_row_that_was_tried() -> None:
    def never(turn: Turn[Rings], event: Knocked) -> bool:
        return False

    dialogue = made(toy(On(Knocked, IDLE, IDLE, when=never), On(Knocked, IDLE, IDLE)))
    assert dialogue.step(Session(), CHAT, Knocked(), at()).tried == (Tried(0, False), Tried(1, True))
