"""The questions of a cancel, and what follows where the client keeps the records or the salon decides."""

from collections.abc import Iterable

from engine.booking import CancelRecord, CancelSettled, ReasonGiven, Record
from engine.chat import LateRequest
from engine.effects import Argument, Do, Effects, Note, Option, Remember, Say, Then
from engine.events import AnotherNamed, LateDecided, No, RescheduleWanted, SeveralPicked, TimedOut, Yes
from engine.flow import Turn
from states import choose_record
from states.cancel.memory import (
    Memory,
    Outcome,
    asked_about,
    late_policy,
    needs_the_salon,
    requested,
    several_people,
)
from states.cancel.withdrawing import Ending, noted, requests_of, without
from states.everywhere import tell_what_was_left

# ── the question whether to cancel ────────────────────────────────────────────────────────────────────


def ask_to_confirm(turn: Turn[Memory]) -> Effects:
    yield from _part(turn, turn.memory.chosen)
    yield from _question(turn)


def ask_about_the_only(turn: Turn[Memory]) -> Effects:
    record = turn.memory.chosen[0]
    yield _about_one(turn, "cancel.confirm_the_only", record)


def ask_about_part(turn: Turn[Memory], picked: SeveralPicked) -> Effects:
    """«Только первую»: the client has narrowed the question, so it is asked anew."""
    yield from _part(turn, picked.records or asked_about(turn.memory))
    yield from _question(turn)


def ask_again_since_it_is_late(turn: Turn[Memory], yes: Yes) -> Effects:
    yield from _part(turn, asked_about(turn.memory))
    yield from _question(turn)


def ask_about_what_they_are_now(turn: Turn[Memory], changed: tuple[Record, ...]) -> Effects:
    """The salon changed them meanwhile; whether it is late counts once the client has said yes."""
    turn.memory.chosen, turn.memory.for_the_salon = changed, ()
    if len(changed) == 1:
        text = "cancel.granted_and_changed" if turn.memory.granted else "cancel.changed"
        yield _about_one(turn, text, changed[0])
    else:
        yield _about_several(turn, "cancel.changed_all", {"records": changed})


def _part(turn: Turn[Memory], records: tuple[Record, ...]) -> Effects:
    """Part what the client may cancel from what is late; that is refused at once, or asked about."""
    policy = late_policy(turn)
    late = tuple(record for record in records if policy != "allow" and needs_the_salon(turn, record))
    turn.memory.chosen = tuple(record for record in records if record not in late)
    turn.memory.for_the_salon = late if policy == "request" else ()
    if late and policy == "refuse":
        yield from _refused(turn, late)


def _question(turn: Turn[Memory]) -> Iterable[Say]:
    memory = turn.memory
    if memory.for_the_salon:
        args: dict[str, Argument] = {"records": memory.chosen, "late_records": memory.for_the_salon}
        yield _about_several(turn, f"cancel.confirm_and_request{_whose(memory)}", args)
    elif len(memory.chosen) == 1:
        yield _about_one(turn, f"cancel.confirm{_whose(memory)}", memory.chosen[0])
    else:
        yield _about_several(turn, f"cancel.confirm_all{_whose(memory)}", {"records": memory.chosen})


def _whose(memory: Memory) -> str:
    """Return the end of a text's key: where several people share the phone, it names whose record it is."""
    return ".named" if memory.people else ""


def _about_one(turn: Turn[Memory], text: str, record: Record) -> Say:
    move = (Option(kind="move", record=record),) if "move" in turn.salon.offers else ()
    return Say(
        text=text,
        args={"record": record},
        options=(Option(kind="yes", record=record), *move, Option(kind="no", record=record)),
        question=True,
        proposes=(record,),
        change="cancelled",
        # Some questions name whose it is in words of their own.
        whose=several_people(turn) and not text.endswith(".named"),
    )


def _about_several(turn: Turn[Memory], text: str, args: dict[str, Argument]) -> Say:
    return Say(
        text=text,
        args=args,
        options=(Option(kind="yes"), Option(kind="no")),
        question=True,
        among=asked_about(turn.memory),
        proposes=turn.memory.chosen,
        change="cancelled",
        whose=several_people(turn) and not text.endswith(".named"),
    )


def look_up_another_one(turn: Turn[Memory], another: AnotherNamed) -> Effects:
    """«И стрижку» leaves what is asked about in the question, «нет, стрижку» takes its place."""
    beside = asked_about(turn.memory) if another.also else ()
    turn.memory.of_somebody = False
    yield from choose_record.look_up_another(turn, another)
    turn.memory.beside = beside


# ── late ──────────────────────────────────────────────────────────────────────────────────────────────


def refuse_as_late(turn: Turn[Memory]) -> Effects:
    yield from _refused(turn, turn.memory.chosen)


def refuse_by_now(turn: Turn[Memory], yes: Yes) -> Effects:
    yield from _refused(turn, turn.memory.chosen)


def _refused(turn: Turn[Memory], late: tuple[Record, ...]) -> Effects:
    for record in late:
        yield Note(fact=CancelSettled(record=record, outcome="refused", detail="late", late=True))
        yield from _because(turn, record)
    sentence = turn.salon.late_sentence
    whose = "late" if sentence is None else "late_by_salon"
    yield Say(
        text=f"cancel.refused.{whose}{'' if len(late) == 1 else '_all'}",
        args={"record": late[0], "records": late, "sentence": sentence or ""},
        whose=several_people(turn),
    )


def _because(turn: Turn[Memory], record: Record) -> Effects:
    """Note why, where the wish told it: the salon has to know it before it decides."""
    if turn.memory.cause is not None:
        yield Note(fact=ReasonGiven(record=record, code=turn.memory.cause))


def ask_to_pass_on(turn: Turn[Memory]) -> Effects:
    yield from _request(turn, turn.memory.chosen)


def ask_to_pass_on_by_now(turn: Turn[Memory], yes: Yes) -> Effects:
    yield from _request(turn, asked_about(turn.memory))


def ask_to_pass_on_part(turn: Turn[Memory], picked: SeveralPicked) -> Effects:
    yield from _request(turn, picked.records or asked_about(turn.memory))


def _request(turn: Turn[Memory], late: tuple[Record, ...]) -> Iterable[Say]:
    """Ask whether the salon is to be asked. A yes to it changes nothing, so nothing is proposed."""
    turn.memory.chosen, turn.memory.for_the_salon = (), late
    one = late[0] if len(late) == 1 else None
    args: dict[str, Argument] = {"record": late[0], "records": late}
    yield Say(
        text=f"cancel.request{'' if one else '_all'}{_whose(turn.memory)}",
        args=args,
        options=(Option(kind="pass_on", record=one), Option(kind="no", record=one)),
        question=True,
        among=late,
    )


def pass_on(turn: Turn[Memory], yes: Yes) -> Effects:
    late = turn.memory.for_the_salon
    yield from passed_on(turn, late)
    if len(late) == 1:
        yield Say(text="cancel.requested", args={"record": late[0]}, whose=several_people(turn))
    else:
        yield Say(text="cancel.requested_all", args={"records": late}, whose=several_people(turn))


def passed_on(turn: Turn[Memory], late: tuple[Record, ...]) -> Effects:
    """Ask the salon to decide, once for each record."""
    waiting, cause = turn.chat.late_requests, turn.memory.cause
    asked = {one.record.record_id for one in waiting}
    fresh = tuple(
        LateRequest(
            request=f"{turn.key}.{record.record_id}",
            record=record,
            asked_at=turn.now,
            cause=cause,
            people=turn.memory.people,
        )
        for record in late
        if record.record_id not in asked
    )
    for one in fresh:
        yield noted(one, "requested")
        yield from _because(turn, one.record)
    yield Remember(late_requests=(*waiting, *fresh))


def cancel_what_was_granted(turn: Turn[Memory], decided: LateDecided) -> Effects:
    """The chat keeps the grant until the cancel has ended, or the client has answered what it became."""
    yield from _granted(turn, decided)
    yield from cancel_chosen(turn)


def ask_whether_it_is_still_wanted(turn: Turn[Memory], decided: LateDecided) -> Effects:
    yield from _granted(turn, decided)
    yield from tell_what_was_left(turn, turn.memory.chosen[0])
    yield _about_one(turn, "cancel.granted", turn.memory.chosen[0])


def give_the_grant_up(turn: Turn[Memory], decided: LateDecided) -> Effects:
    """The record stays, and the administrator hears that nobody could be asked."""
    late = requested(turn, decided)
    yield without(turn, (late,))
    yield noted(late, "silent")


def _granted(turn: Turn[Memory], decided: LateDecided) -> Effects:
    late = requested(turn, decided)
    granted = late.model_copy(update={"granted": True})
    yield Remember(late_requests=tuple(granted if one == late else one for one in turn.chat.late_requests))
    turn.memory.chosen = (late.record,)
    turn.memory.granted, turn.memory.cause, turn.memory.people = True, late.cause, late.people


def say_that_it_was_denied(turn: Turn[Memory], decided: LateDecided) -> Effects:
    late = requested(turn, decided)
    yield without(turn, (late,))
    yield noted(late, "denied")
    yield Say(text="cancel.denied", args={"record": late.record}, whose=bool(late.people))
    # Whether the same record is to move is another question than whether to cancel it.
    proposes = turn.left is not None and bool(turn.left.proposes)
    yield from tell_what_was_left(turn, *(() if proposes else (late.record,)))


# ── once the client has answered ──────────────────────────────────────────────────────────────────────


def cancel_chosen(turn: Turn[Memory]) -> Effects:
    turn.memory.to_do = turn.memory.chosen
    yield Do(command=CancelRecord(record=turn.memory.to_do[0]))


def cancel_confirmed(turn: Turn[Memory], yes: Yes) -> Effects:
    """Begin with the first; what the salon decides about is handed to it, and told with the rest."""
    late = turn.memory.for_the_salon
    if late:
        turn.memory.outcomes = tuple(Outcome(record=record, how="requested") for record in late)
        yield from passed_on(turn, late)
    yield from cancel_chosen(turn)


def keep(turn: Turn[Memory], no: No) -> Effects:
    """What the salon was asked about, and is to stay, is withdrawn: the client has just been shown it."""
    records = asked_about(turn.memory)
    requests = requests_of(turn, records)
    yield from _ended(turn, requests, "withdrawn")
    asked = {one.record.record_id for one in requests}
    for record in records:
        if record.record_id not in asked:
            yield Note(fact=CancelSettled(record=record, outcome="kept"))
    if len(records) == 1:
        yield Say(text="cancel.kept", args={"record": records[0]}, whose=several_people(turn))
    else:
        yield Say(text="cancel.kept_all", args={"records": records}, whose=several_people(turn))


def keep_in_silence(turn: Turn[Memory], event: TimedOut) -> Effects:
    records = asked_about(turn.memory)
    requests = requests_of(turn, records)
    yield from _ended(turn, tuple(one for one in requests if one.granted), "silent")
    # What waits for the salon goes on waiting.
    asked = {one.record.record_id for one in requests}
    for record in records:
        if record.record_id not in asked:
            yield Note(fact=CancelSettled(record=record, outcome="silent"))
    yield Say(text="everywhere.timed_out")


def _ended(turn: Turn[Memory], requests: tuple[LateRequest, ...], outcome: Ending) -> Effects:
    if requests:
        yield without(turn, requests)
    for one in requests:
        yield noted(one, outcome)


def say_that_it_started(turn: Turn[Memory], yes: Yes) -> Effects:
    records = asked_about(turn.memory)
    requests = requests_of(turn, records)
    if requests:
        yield without(turn, requests)
    ids = {one.record.record_id: one.request for one in requests}
    for record in records:
        request = ids.get(record.record_id, "")
        yield Note(fact=CancelSettled(record=record, outcome="refused", detail="started", request=request))
        yield Say(text="cancel.refused.started", args={"record": record}, whose=several_people(turn))


def move_instead(turn: Turn[Memory], wish: RescheduleWanted) -> Effects:
    # How the wish ends is settled by the move alone, so that it is counted once.
    yield Then(event=wish)
