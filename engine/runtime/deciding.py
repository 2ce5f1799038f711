"""Decide one turn: what the head of a chat's inbox means, what follows, and what to commit. Pure.

The runtime commits what stands here; the exploration of `prove` commits the very same.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.booking import CallFailed, Fact
from engine.dialogue import Decision, Dialogue
from engine.effects import Ask, Do, Note, Repeat, Say
from engine.events import StartedOver, TimedOut
from engine.flow import Home, Open, Salon, Waiting
from engine.letters import letter_of
from engine.moment import Moment
from engine.notices import Notice, notices_of
from engine.ports import Head, OutgoingCall, OutgoingMessage, Patience, TurnTaken
from engine.runtime.telling import told
from engine.session import Session
from engine.texts import Texts
from engine.values import Event

# A turn that has raised this often is put aside (design §4).
ATTEMPTS_MAX = 3
# A question that is not sent yet has so many times its patience, at most.
UNSENT_TIMES = 2
# Nothing is as young as this: whatever was brought back is asked about.
_AT_ONCE_OLD = timedelta(microseconds=-1)


@dataclass(frozen=True, slots=True)
class Decided:
    """One turn before its commit. `event` is what the head was understood as."""

    head: Head
    event: Event
    decision: Decision
    turn: TurnTaken
    # It was put aside for having raised too often.
    poisoned: bool = False
    # What those of the salon have to know of it, whether or not anybody is named who would be told.
    notices: tuple[Notice, ...] = ()


def decide(dialogue: Dialogue, texts: Texts, salon: Salon, head: Head, now: datetime) -> Decided:
    """Understand the head, step, and render what is said, so that this and nothing else is sent.

    Raises:
        UnexpectedEvent, BrokenPromise, UnprovenClaim: our mistake; the head stays where it is.
    """
    at = Moment(
        salon=replace(salon, old_after=_AT_ONCE_OLD) if head.brought_back else salon,
        now=now,
        said_at=head.said_at,
        turn=head.version + 1,
        call_key=_key(head),
        asked_at=head.asked.at if head.asked else None,
        asked_arrival=head.asked.arrival if head.asked else None,
        question_unsent=head.question_unsent,
        may_have_read=head.may_have_read,
        arrival=head.arrival,
        brought_back=head.brought_back,
    )
    poisoned = head.attempts >= ATTEMPTS_MAX
    event, decision = _put_aside(dialogue, head, at) if poisoned else _taken(dialogue, head, at)
    turn = _committable(dialogue, texts, head, decision, now)
    notices = notices_of(turn.facts)
    if poisoned:
        letter = Notice(to="admin", event="dead", why="turn", letter=letter_of("turn", head.arrival))
        notices = (*notices, letter)
    sent = told(texts, salon, notices, key=_key(head), phone=head.chat.phone)
    instead = type(event).__name__ if poisoned else ""
    turn = turn.model_copy(update={"notices": sent, "instead": instead})
    return Decided(head, event, decision, turn, poisoned=poisoned, notices=notices)


def _taken(dialogue: Dialogue, head: Head, at: Moment) -> tuple[Event, Decision]:
    session = head.session
    if head.heard is not None:
        event = StartedOver() if session is None else dialogue.understand(session, head.chat, head.heard, at)
        return event, dialogue.step(session, head.chat, event, at)
    assert head.event is not None
    unawaited = head.call is not None and session is not None and session.awaiting != head.call
    if unawaited and not dialogue.takes(session, head.event):
        # No state waits for it any more. What was done is told all the same; the rest is too late.
        return head.event, Decision(session or Session(), head.chat)
    return head.event, dialogue.step(session, head.chat, head.event, at)


def _put_aside(dialogue: Dialogue, head: Head, at: Moment) -> tuple[Event, Decision]:
    """Poison: a result counts as unknown; anything else ends the dialogue with an apology (design §4)."""
    session = head.session or Session()
    if head.attempts == ATTEMPTS_MAX and head.call is not None and session.awaiting == head.call:
        event: Event = CallFailed(reason="unknown")
        return event, dialogue.step(session, head.chat, event, at)
    event = StartedOver(write_was_out=session.write_is_out)
    return event, dialogue.step(session.home(), head.chat, event, at)


def _committable(
    dialogue: Dialogue, texts: Texts, head: Head, decision: Decision, now: datetime
) -> TurnTaken:
    session, effects = decision.session, decision.effects
    state = dialogue.states[session.state]
    asks_now = any(isinstance(effect, Say) and effect.question for effect in effects)
    repeats = any(isinstance(effect, Repeat) for effect in effects) and session.pending is not None
    waits = Patience(
        event=TimedOut(state=session.state, question=session.questions),
        after_s=state.patience.total_seconds() if isinstance(state, Waiting | Open) else 0,
    )
    patience, keep = _until_the_deadline(decision, now) if isinstance(state, Home) else None, False
    if isinstance(state, Waiting | Open):
        if asks_now:
            # Until the question is sent, an upper bound: nothing waits for ever on a dead channel.
            patience = Patience(event=waits.event, after_s=UNSENT_TIMES * waits.after_s)
        elif head.session is not None and session.state == head.session.state:
            keep = True
        else:
            patience = waits
    outgoing: list[OutgoingMessage | OutgoingCall] = []
    parts = [effect for effect in effects if isinstance(effect, Say | Repeat)]
    if parts:
        asking = (asks_now or repeats) and patience_of(state) is not None
        outgoing.append(
            OutgoingMessage(
                bubble=texts.render(parts, question=session.questions, pending=session.pending),
                question=session.questions if asking else None,
                patience=waits if asking else None,
                outcome=decision.outcome,
                good_for_s=waits.after_s if asking else timedelta(hours=24).total_seconds(),
            )
        )
    outgoing += [_outgoing_call(effect, head) for effect in effects if isinstance(effect, Ask | Do)]
    facts: tuple[Fact, ...] = tuple(effect.fact for effect in effects if isinstance(effect, Note))
    return TurnTaken(
        head=head,
        session=session,
        chat=decision.chat,
        outgoing=tuple(outgoing),
        patience=patience,
        keep_patience=keep,
        facts=facts,
    )


def _until_the_deadline(decision: Decision, now: datetime) -> Patience | None:
    """Home waits for the next deadline that the chat keeps; a question comes first, and ends at home."""
    deadline = decision.chat.deadline
    if deadline is None:
        return None
    event = TimedOut(state=decision.session.state, question=decision.session.questions)
    return Patience(event=event, after_s=max(0.0, (deadline - now).total_seconds()))


def _key(head: Head) -> str:
    return f"c{head.chat_id}.{head.version + 1}"


def patience_of(state: object) -> timedelta | None:
    return state.patience if isinstance(state, Waiting | Open) else None


def longest_patience_s(dialogue: Dialogue) -> float:
    """Return the longest time that a time-out is armed for, but for the deadlines that chats keep."""
    patience = (patience_of(state) or timedelta(0) for state in dialogue.states.values())
    return UNSENT_TIMES * max(patience).total_seconds()


def _outgoing_call(effect: Ask | Do, head: Head) -> OutgoingCall:
    key = _key(head)
    if isinstance(effect, Do):
        return OutgoingCall(key=key, call=effect.command)
    if effect.after:
        return OutgoingCall(
            key=f"{key}.later", call=effect.query, awaited=False, after_s=effect.after.total_seconds()
        )
    return OutgoingCall(key=key, call=effect.query)
