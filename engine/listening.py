"""What the client sent, as an event that the state can take: an answer, a wish, or neither. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.booking import Record
from engine.chat import Chat
from engine.effects import Heed, Option, Say
from engine.events import (
    Greeted,
    Heard,
    Muted,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StartWanted,
    StopWanted,
    Tap,
    Thanked,
    TooEarly,
)
from engine.flow import IDLE, Calling, Hearing, Nothing, Open, State
from engine.moment import Moment
from engine.session import Session
from engine.understanding import Intent, Meaning, Surroundings, Understanding, fitting, opt_out
from engine.upgrades import Upgrades
from engine.values import Event


@dataclass(frozen=True, slots=True)
class Listening:
    """One pair of ears for every chat."""

    understanding: Understanding
    upgrades: Upgrades
    # By name.
    states: Mapping[str, State]
    # What stands on the button of an option; none where it is not known.
    title: Callable[[Option], str]

    def understand(self, session: Session, chat: Chat, heard: Heard, at: Moment) -> Event:
        """Turn what the client sent into an event that this state can take. Pure."""
        wish = opt_out(heard.text) if heard.kind == "words" else None
        if wish is False:
            return StartWanted()
        if wish is True:
            return StopWanted()
        if chat.opted_out:
            return Muted()
        taken_up = self.upgrades.fate(session).session
        if taken_up is None:
            return StartedOver(write_was_out=session.write_is_out)
        session = taken_up
        if heard.kind == "words":
            return self._said(session, heard, at)
        if heard.kind == "tap":
            return self._tapped(session, heard, at)
        if heard.kind == "reaction":
            return Reacted() if heard.text else Muted()
        return NoWords(kind=heard.kind)

    def _tapped(self, session: Session, heard: Heard, at: Moment) -> Event:
        """A tap answers the question whose number it has; an intent's button holds for ever (design §5)."""
        tap = Tap.decode(heard.option)
        if tap is None:
            return StaleTap()
        state, nothing_said = self.states[session.state], Meaning(intent="unclear")
        could_answer = session.pending is not None or isinstance(state, Open)
        if could_answer and not at.brought_back and tap.question == session.questions:
            hearing = Hearing(nothing_said, tap, self.upgrades.memory(session))
            if event := self._recognised(state, hearing):
                return event
        return self._recognised(self.states[IDLE], Hearing(nothing_said, tap, Nothing())) or StaleTap()

    def _said(self, session: Session, heard: Heard, at: Moment) -> Event:
        state = self.states[session.state]
        assert not isinstance(state, Calling), "words wait while a call is out"
        records = records_shown(session.pending)
        surroundings = Surroundings(heard.said_at.astimezone(at.salon.zone), records)
        meaning = self.understanding.understand(heard.text, state.context, surroundings)
        if session.pending is not None and not _could_answer(at):
            # Sent after these words arrived, the question stands below them on the client's phone.
            follows = at.question_unsent if at.asked_arrival is None else at.arrival <= at.asked_arrival
            # A send that a crash cut, or that was slow to be accepted, may stand above them instead.
            follows = follows and not at.may_have_read
            answers = _would_answer(meaning, records)
            return TooEarly(question_follows=follows, intent=meaning.intent, answers=answers)
        if not at.brought_back and (event := self._typed_a_button(session, state, heard.text)):
            return event
        return self.means(state, Hearing(meaning, None, self.upgrades.memory(session), heard.text))

    def _typed_a_button(self, session: Session, state: State, words: str) -> Event | None:
        """Return what a tap would mean, where the words are what stands on exactly one button."""
        offered = session.pending.options if session.pending else session.offered
        said = words.strip().casefold()
        meant = [option for option in offered if said and self.title(option).casefold() == said]
        if len(meant) != 1:
            return None
        nothing_said = Meaning(intent="unclear")
        return self._recognised(
            state, Hearing(nothing_said, meant[0].tap(session.questions), self.upgrades.memory(session))
        )

    def means(self, state: State, hearing: Hearing[Any]) -> Event:
        """Return the event of a meaning in a state: its recognisers are asked, and home's if it is open."""
        if event := self._recognised(state, hearing):
            return event
        if isinstance(state, Open) and (event := self._recognised(self.states[IDLE], hearing)):
            return event
        return otherwise(hearing.meaning)

    def _recognised(self, state: State, hearing: Hearing[Any]) -> Event | None:
        assert not isinstance(state, Calling), "taps wait while a call is out"
        found = (recognise(hearing) for recognise in state.hears)
        return next((event for event in found if event is not None), None)

    def heeded(self, heed: Heed) -> Event:
        """Return what home makes of this meaning."""
        meaning = Meaning(cast(Intent, heed.intent), heed.named, heed.target, plain=heed.plain)
        hearing = Hearing(meaning, None, Nothing())
        return self._recognised(self.states[IDLE], hearing) or otherwise(meaning)


def _could_answer(at: Moment) -> bool:
    """Whether the words came and were said after the pending question was there to be read (§5).

    The provider's clock counts whole seconds, so the question's second counts as after it;
    within that second the arrival number decides.
    """
    if at.brought_back or at.asked_at is None or at.asked_arrival is None:
        return False
    return at.arrival > at.asked_arrival and at.said_at >= at.asked_at.replace(microsecond=0)


def _would_answer(meaning: Meaning, shown: tuple[Record, ...]) -> bool:
    """Whether the words turn a question down, or tell which is meant of what it shows.

    What names no less than all of it says nothing that the question does not.
    """
    # «Да, жду» only sounds a little like a no.
    if meaning.intent in ("no", "keep") and not meaning.guessed:
        return True
    if len(shown) > 1 and (meaning.several or meaning.ordinals or meaning.ordinal is not None):
        return True
    return meaning.named.anything() and (not shown or fitting(meaning.named, shown) != shown)


def records_shown(pending: Say | None) -> tuple[Record, ...]:
    """Return the records that the pending question shows: what the next words may name."""
    if pending is None:
        return ()
    shown = tuple(option.record for option in pending.options if option.record)
    # What stands there to be read, also where a yes changes only a part of it.
    return pending.among or pending.proposes or shown


def otherwise(meaning: Meaning) -> Event:
    """Return the event of words that no recogniser of the state has taken."""
    match meaning.intent:
        case "hello":
            return Greeted()
        case "thanks":
            return Thanked()
        case "unclear" | "yes" | "no" | "choose" | "cancel":
            return NotUnderstood()
        case wish:
            return NotServed(intent=wish)
