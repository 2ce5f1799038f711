"""Cancel: the client calls off one upcoming record, and is told only what the journal shows."""

from datetime import timedelta

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
)
from engine.effects import Ask, Do, Effects, Note, Option, Say
from engine.events import (
    CancelWanted,
    Event,
    No,
    NotServed,
    NotUnderstood,
    PersonPicked,
    Picked,
    StaleTap,
    TimedOut,
    WishedAgain,
    Yes,
)
from engine.flow import IDLE, Calling, Flow, Hearing, On, Open, Turn, Waiting, minutes, repeat, say
from engine.understanding import explains
from states import choose_record
from states.choose_record import Settled

# After an unknown outcome the journal is read again, when a slow write has long landed (design §5).
READ_AGAIN_AFTER = timedelta(minutes=2)


class Memory(choose_record.Memory):
    pass


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def may_act_at_once(turn: Turn[Memory], event: Event, records: tuple[Record, ...]) -> bool:
    """The salon wants no question, the wish is fresh, and no word of it speaks of anything else."""
    if turn.salon.confirm != "never" or turn.memory.wish_was_old:
        return False
    if isinstance(event, Picked):
        return event.plain
    if isinstance(event, PersonPicked) or len(records) > 1:
        return False
    return turn.memory.wish_was_plain and explains(turn.memory.named, records[0])


def has_started(turn: Turn[Memory], event: Yes) -> bool:
    """The visit began while the question stood."""
    return _chosen(turn).starts_at <= turn.now


def outcome_is_unknown(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "unknown"


def nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "not_tried"


def asked_for_silence(turn: Turn[Memory], changed: RecordChanged) -> bool:
    """The client said «стоп» meanwhile, so no question can be asked any more."""
    return turn.chat.opted_out


def doubts_it(turn: Turn[Memory], wish: NotServed) -> bool:
    """The client wants back, or disputes, what was just cancelled."""
    return wish.intent in ("keep", "undo", "dispute", "reason")


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def ask_to_confirm(turn: Turn[Memory]) -> Effects:
    yield _confirmation("cancel.confirm", _chosen(turn))


def ask_about_the_only(turn: Turn[Memory]) -> Effects:
    yield _confirmation("cancel.confirm_the_only", _chosen(turn))


def cancel_chosen(turn: Turn[Memory]) -> Effects:
    yield Do(command=CancelRecord(record=_chosen(turn)))


def cancel_confirmed(turn: Turn[Memory], yes: Yes) -> Effects:
    yield from cancel_chosen(turn)


def keep(turn: Turn[Memory], no: No) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="kept"))
    yield Say(text="cancel.kept", args={"record": record})


def keep_in_silence(turn: Turn[Memory], event: TimedOut) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="silent"))
    yield Say(text="everywhere.timed_out")


def say_that_it_started(turn: Turn[Memory], yes: Yes) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="refused", detail="started"))
    yield Say(text="cancel.refused.started", args={"record": record})


def report(turn: Turn[Memory], cancelled: RecordCancelled) -> Effects:
    receipt = cancelled.receipt
    yield Note(fact=CancelSettled(record=receipt.record, outcome="cancelled", receipt=receipt))
    text = "cancel.already" if receipt.how == "already" else "cancel.done"
    yield Say(text=text, args={"record": receipt.record}, receipts=(receipt,))


def ask_about_what_it_is_now(turn: Turn[Memory], changed: RecordChanged) -> Effects:
    turn.memory.chosen = (changed.now,)
    yield _confirmation("cancel.changed", changed.now)


def say_that_it_still_stands(turn: Turn[Memory], changed: RecordChanged) -> Effects:
    yield Note(fact=CancelSettled(record=changed.now, outcome="not_tried"))
    yield Say(text="cancel.changed_and_kept", args={"record": changed.now})


def say_that_it_is_unknown(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="unknown"))
    yield Say(text="cancel.unknown", args={"record": record})
    yield Ask(query=ReadOutcome(record=record), after=READ_AGAIN_AFTER)


def say_that_nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="not_tried"))
    yield Say(text="cancel.not_tried", args={"record": record})


def say_why_it_was_refused(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = _chosen(turn)
    yield Note(fact=CancelSettled(record=record, outcome="refused", detail=failed.detail))
    yield Say(text=f"cancel.refused.{failed.detail or 'refused'}", args={"record": record})


def _confirmation(text: str, record: Record) -> Say:
    return Say(
        text=text,
        args={"record": record},
        options=(Option(kind="yes", record=record), Option(kind="no", record=record)),
        question=True,
        proposes=(record,),
    )


def _chosen(turn: Turn[Memory]) -> Record:
    return turn.memory.chosen[0]


# ── what the client's words mean here ─────────────────────────────────────────────────────────────────


def cancel_wanted(hearing: Hearing[object]) -> CancelWanted | None:
    if hearing.tap is None and hearing.meaning.intent == "cancel":
        return CancelWanted(named=hearing.meaning.named, plain=hearing.meaning.plain)
    return None


def yes_or_no(hearing: Hearing[Memory]) -> Yes | No | None:
    if hearing.tap is not None:
        if hearing.tap.record_id != hearing.memory.chosen[0].record_id:
            return None
        answers: dict[str, Yes | No] = {"yes": Yes(), "no": No()}
        return answers.get(hearing.tap.kind)
    match hearing.meaning.intent:
        case "yes":
            return Yes()
        case "no" | "keep":
            return No()
    return None


def another_one(hearing: Hearing[Memory]) -> CancelWanted | None:
    """«Не эту, а на пятницу»: a wish that names something is looked up anew, never taken for a yes."""
    if hearing.tap is None and hearing.meaning.intent == "cancel" and hearing.meaning.named.anything():
        return CancelWanted(named=hearing.meaning.named, plain=hearing.meaning.plain)
    return None


def wished_again(hearing: Hearing[Memory]) -> WishedAgain | None:
    """«Увы, да, сын слёг»: surely a wish, but not every word of it is explained, so it is no yes."""
    return WishedAgain() if hearing.tap is None and hearing.meaning.intent == "cancel" else None


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────

FLOW = Flow(
    name="cancel",
    intents=(CancelWanted,),
    hears=(cancel_wanted,),
    memory=Memory,
    version=2,
    # Whose, which record, whether to cancel it, that nobody knows, and what a later look shows.
    messages_max=5,
    states=(
        *choose_record.states("cancel"),
        Waiting(
            "cancel.confirming",
            hears=(yes_or_no, another_one, wished_again),
            context="confirm",
            patience=minutes(15),
        ),
        Calling("cancel.cancelling", CancelRecord),
        Open("cancel.done", hears=(), context="done", patience=minutes(15)),
    ),
    table=(
        *choose_record.rows(
            "cancel",
            CancelWanted,
            settled=(
                Settled("cancel.cancelling", cancel_chosen, when=may_act_at_once),
                Settled("cancel.confirming", ask_to_confirm),
            ),
            the_only=(Settled("cancel.confirming", ask_about_the_only),),
            several=False,
            words="records",
        ),
        On(Yes, "cancel.confirming", IDLE, when=has_started, do=say_that_it_started),
        On(Yes, "cancel.confirming", "cancel.cancelling", do=cancel_confirmed),
        On(No, "cancel.confirming", IDLE, do=keep),
        On(CancelWanted, "cancel.confirming", "cancel.looking", do=choose_record.look_up),
        On(WishedAgain, "cancel.confirming", "cancel.confirming", do=repeat("cancel.say_yes")),
        On(TimedOut, "cancel.confirming", IDLE, do=keep_in_silence),
        On(RecordCancelled, "cancel.cancelling", "cancel.done", do=report),
        On(RecordChanged, "cancel.cancelling", IDLE, when=asked_for_silence, do=say_that_it_still_stands),
        On(RecordChanged, "cancel.cancelling", "cancel.confirming", do=ask_about_what_it_is_now),
        On(CallFailed, "cancel.cancelling", IDLE, when=outcome_is_unknown, do=say_that_it_is_unknown),
        On(CallFailed, "cancel.cancelling", IDLE, when=nothing_was_tried, do=say_that_nothing_was_tried),
        On(CallFailed, "cancel.cancelling", IDLE, do=say_why_it_was_refused),
        # A double tap: "no longer works" would frighten right after a cancellation.
        On(StaleTap, "cancel.done", "cancel.done", do=say("cancel.tapped_again")),
        # «Ой, нет», «а точно?»: whoever doubts what was just done is sent to those who can undo it.
        On(NotUnderstood, "cancel.done", "cancel.done", do=say("cancel.after")),
        On(NotServed, "cancel.done", "cancel.done", when=doubts_it, do=say("cancel.after")),
        # Nothing was asked, so nothing is said when the time for a "thank you" is over.
        On(TimedOut, "cancel.done", IDLE),
    ),
)
