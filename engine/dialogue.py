"""The state machine: every flow on one shared `transitions.Machine`, and one pure `step`."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic import BaseModel
from transitions import EventData, Machine

from engine.booking import (
    Call,
    CallFailed,
    Change,
    Command,
    Proven,
    ReadOutcome,
    RecordChanged,
    SlotTaken,
    TurnedOut,
)
from engine.consent import BrokenPromise, Consent, consent_of, expect, keep_promises
from engine.doubting import (
    after_a_write,
    deed,
    in_doubt,
    left_unknown,
    told_as_it_stands,
    unknown_of,
    window_of,
)
from engine.effects import Ask, Do, Effect, Effects, Heed, Option, Remember, Repeat, Say, Then
from engine.events import (
    Greeted,
    Heard,
    LateDecided,
    Muted,
    NotDelivered,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StartWanted,
    StillWaiting,
    StopWanted,
    Thanked,
    TimedOut,
    TooEarly,
    Yes,
)
from engine.flow import (
    IDLE,
    Calling,
    Flow,
    Home,
    Open,
    Row,
    State,
    Tried,
    Turn,
    Waiting,
)
from engine.listening import Listening
from engine.moment import Moment
from engine.session import MISSES_MAX, Chat, Session
from engine.understanding import Understanding
from engine.upgrades import Fate, Upgrades, after_an_end
from engine.values import Event

STEPS_PER_TURN_MAX = 8
# What leaves a wish as it was: what is not of the client's, thanks and the like, and an agreement.
_SAYS_NOTHING_NEW = (
    CallFailed, LateDecided, NotDelivered, Proven, RecordChanged, SlotTaken, StartedOver, StillWaiting,
    TimedOut, TurnedOut, Greeted, Reacted, StartWanted, StopWanted, Thanked, Yes,
)  # fmt: skip
# What makes a question of a sentence, taken away.
_NO_OFFER = {"options": (), "question": False, "among": (), "proposes": (), "change": None, "to": None}
K = TypeVar("K", bound=Hashable)


class InvalidFlow(Exception):
    """Two flows clash, or a table names what does not exist."""


class UnexpectedEvent(Exception):
    """No row of the table takes this event in this state."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one turn: what to store, and what to do after the commit."""

    session: Session
    chat: Chat
    effects: tuple[Effect, ...] = ()
    # The outcome of a write that was out, which even a client who said «стоп» is told.
    outcome: bool = False
    # Every row that was tried on the way, in order: the last of each step fired.
    tried: tuple[Tried, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """All flows, compiled once at start-up. Holds no session, so one instance serves every chat."""

    flows: Sequence[Flow]
    # The rows that every state of this kind has, after the flow's own.
    everywhere: Callable[[State], tuple[Row[Any], ...]]
    understanding: Understanding
    # What each text claims, by its key.
    claims: Mapping[str, Change]
    # What stands on the button of an option; none where it is not known.
    title: Callable[[Option], str] = lambda option: ""
    states: dict[str, State] = field(init=False, default_factory=dict)
    # What becomes of the sessions of older tables.
    upgrades: Upgrades = field(init=False)
    listening: Listening = field(init=False)
    _owner: dict[str, Flow] = field(init=False, default_factory=dict)
    _opens: dict[type[Event], Flow] = field(init=False, default_factory=dict)
    _machine: Machine = field(init=False)

    def __post_init__(self) -> None:
        self.states[IDLE] = Home(hears=tuple(recognise for flow in self.flows for recognise in flow.hears))
        for flow in self.flows:
            for state in flow.states:
                if state.name in self.states:
                    raise InvalidFlow(f"{state.name} is declared twice, the second time by {flow.name}")
                self.states[state.name] = state
                self._owner[state.name] = flow
            for intent in flow.intents:
                holder = self._opens.setdefault(intent, flow)
                if holder is not flow:
                    raise InvalidFlow(f"{intent.__name__} opens both {holder.name} and {flow.name}")
        upgrades = Upgrades(self.flows, self.states, self._owner)
        listening = Listening(self.understanding, upgrades, self.states, self.title)
        object.__setattr__(self, "upgrades", upgrades)
        object.__setattr__(self, "listening", listening)
        object.__setattr__(self, "_machine", self._compile())

    def rows(self) -> tuple[Row[Any], ...]:
        """Return every row of the whole machine, in the order in which they are tried."""
        own = [row for flow in self.flows for row in flow.table]
        # A flow's own row without a guard takes the place of the one that every state has.
        replaced = {(row.event, row.source) for row in own if row.when is None}
        general = (row for state in self.states.values() for row in self.everywhere(state))
        return (*own, *(row for row in general if (row.event, row.source) not in replaced))

    def _compile(self) -> Machine:
        machine = Machine(
            model=None, states=list(self.states), initial=IDLE, auto_transitions=False, send_event=True
        )
        events: dict[str, type[Event]] = {}
        for place, row in enumerate(self.rows()):
            # `transitions` knows events by name, so two of one name would silently be one.
            if events.setdefault(row.event.__name__, row.event) is not row.event:
                raise InvalidFlow(f"two events are called {row.event.__name__}")
            for name in (row.source, row.to):
                if name not in self.states:
                    raise InvalidFlow(f"a row on {row.event.__name__} names {name}, which no flow declares")
            machine.add_transition(
                trigger=row.event.__name__,
                source=row.source,
                dest=row.to,
                conditions=[_guard(row, place)],
                before=[_action(row)],
            )
        return machine

    def understand(self, session: Session, chat: Chat, heard: Heard, at: Moment) -> Event:
        """Turn what the client sent into an event that this state can take. Pure."""
        return self.listening.understand(session, chat, heard, at)

    def takes(self, session: Session | None, event: Event) -> bool:
        """Whether today's tables have a row for this event where the session stands."""
        taken_up = self.upgrades.fate(session or Session()).session
        state = IDLE if taken_up is None else taken_up.state
        return self._has_row(IDLE if self._enters_from_home(state, event) else state, event)

    def _enters_from_home(self, state: str, event: Event) -> bool:
        """Whether the event leaves this state for home, where it opens a flow.

        In an open state every intent does. A question is left only for what it has no row for:
        a tapped intent's button, or somebody of the salon's.
        """
        if type(event) not in self._opens:
            return False
        match self.states.get(state):
            case Open():
                return True
            case Waiting():
                return not self._has_row(state, event)
        return False

    def _has_row(self, state: str, event: Event) -> bool:
        trigger = self._machine.events.get(type(event).__name__)
        return trigger is not None and state in trigger.transitions

    # ── stepping ──────────────────────────────────────────────────────────────────────────────────────

    def step(self, session: Session | None, chat: Chat, event: Event, at: Moment) -> Decision:
        """Take one event, and all that it hands over to. Pure: no argument is changed.

        `session` is None where what was stored is no session of today's tables: it starts over.

        Raises:
            UnexpectedEvent: the table has no row for this event in this state.
            BrokenPromise: a flow wants what no flow may.
        """
        fate = self.upgrades.fate(session) if session else Fate(None)
        memory = fate.memory
        if fate.session is None:
            event = after_an_end(session, event)
            session = Session(questions=session.questions if session else 0)
        else:
            event = self.upgrades.by_todays_names(event)
            session = fate.session
        if self._is_past(session, chat, event):
            return Decision(session, chat)
        chat = self._noting_that_the_client_spoke(session, chat, event)
        chat = self._noting_how_a_write_ended(session, chat, event, at.now)
        outcome = self._ends_a_write(session, event)
        misses = _misses(session, event)
        kept: list[Effect] = []
        tried: list[Tried] = []
        pending = [event]
        for _ in range(STEPS_PER_TURN_MAX):
            session, turn = self._once(session, memory, chat, pending.pop(0), at, misses)
            memory = None
            tried += turn.tried
            for effect in turn.effects:
                match effect:
                    case Then():
                        pending.append(effect.event)
                    case Heed():
                        pending.append(self.listening.heeded(effect))
                    case Remember():
                        chat = _remembering(chat, effect)
                    case _:
                        chat = _doubting(chat, effect, at.now)
                        kept.append(effect)
            if not pending:
                decision = Decision(session, chat, tuple(kept), outcome, tuple(tried))
                # What the client had asked for before «стоп» is done once the salon grants it.
                granted = isinstance(event, LateDecided) and isinstance(self.states[session.state], Calling)
                return decision if granted else self._quietly(chat, decision)
        raise UnexpectedEvent(f"{type(event).__name__} is handed over without end")

    def _once(
        self,
        session: Session,
        memory: BaseModel | None,
        chat: Chat,
        event: Event,
        at: Moment,
        misses: int,
    ) -> tuple[Session, Turn[BaseModel]]:
        """Take one event. `memory` is the session's, where a private copy of it was made already."""
        left = session.left
        if self._enters_from_home(session.state, event):
            left, session, memory = session.pending, session.home(), None
        flow = self._owner.get(session.state) or self._opens.get(type(event))
        memory = self.upgrades.memory(session, flow) if memory is None else memory
        if not self._has_row(session.state, event):
            raise UnexpectedEvent(f"{type(event).__name__} in {session.state}")
        turn = Turn(
            session.state,
            memory,
            chat,
            at.salon,
            at.said_at,
            at.now,
            event,
            effects=[],
            key=at.call_key,
            misses=misses,
            left=left,
            pending=session.pending,
        )
        if not self._machine.events[type(event).__name__].trigger(turn):
            raise UnexpectedEvent(f"{type(event).__name__} in {session.state}: no guard holds")
        consent = consent_of(session, event)
        keep_promises(turn, consent, self.claims)
        return self._after(session, turn, flow, consent, at), turn

    def _after(
        self,
        session: Session,
        turn: Turn[BaseModel],
        flow: Flow | None,
        consent: Consent,
        at: Moment,
    ) -> Session:
        questions = [effect for effect in turn.effects if isinstance(effect, Say) and effect.question]
        calls = [effect for effect in turn.effects if _awaited(effect)]
        if turn.state == IDLE:
            expect(not calls, "idle is no calling state, and a call was made")
            expect(not questions, "a question was asked, and nothing waits for its answer")
            return session.home(misses=turn.misses)
        assert flow is not None
        state = self.states[turn.state]
        awaiting = session.awaiting if isinstance(turn.event, StillWaiting) else None
        if isinstance(state, Calling) and awaiting is None:
            expect(len(calls) == 1, f"{turn.state} waits for one call, and {len(calls)} were made")
            expect(isinstance(_call(calls[0]), state.call), f"{turn.state} waits for a {state.call.__name__}")
            awaiting = at.call_key
        elif calls:
            raise BrokenPromise(f"{turn.state} is no calling state, and a call was made")
        expect(len(questions) <= 1, f"{turn.state} asks {len(questions)} questions at once")
        stays = state.name == session.state and isinstance(state, Waiting | Open)
        # Where the salon wants no question, the wish is the consent: that a write is out is told by it.
        written = tuple(effect.command.record.record_id for effect in calls if isinstance(effect, Do))
        calling = isinstance(state, Calling)
        return Session(
            state=turn.state,
            memory=turn.memory.model_dump(mode="json"),
            awaiting=awaiting,
            questions=at.turn if questions else session.questions,
            pending=questions[0] if questions else (session.pending if stays else None),
            left=turn.left if calling else None,
            offered=_offered(turn, session.offered) if isinstance(state, Open) else (),
            consented=(consent.record_ids or written) if calling else (),
            consented_to=consent.change if calling else None,
            misses=turn.misses,
            flow_version=flow.version,
        )

    def _quietly(self, chat: Chat, decision: Decision) -> Decision:
        """After «стоп» only the outcome of a call that is already out is said, once, without offers (§5)."""
        if not chat.opted_out:
            return decision
        state = self.states[decision.session.state]
        if isinstance(state, Calling) and not any(
            isinstance(effect, Ask | Do) for effect in decision.effects
        ):
            return replace(decision, effects=(), outcome=False)
        quiet = tuple(
            effect.model_copy(update=_NO_OFFER) if isinstance(effect, Say) else effect
            for effect in decision.effects
            # The look after an unknown outcome stays: the client was promised to hear of it.
            if not (isinstance(effect, Repeat) or _awaited(effect))
            and not (isinstance(effect, Say) and (effect.question or not decision.outcome))
        )
        return replace(decision, session=decision.session.home(), effects=quiet)

    def _is_past(self, session: Session, chat: Chat, event: Event) -> bool:
        """Whether the event belongs to something that is over, so that nothing comes of it."""
        match event:
            case TimedOut():
                return (event.state, event.question) != (session.state, session.questions)
            case NotDelivered():
                return session.pending is None or event.question != session.questions
            case StillWaiting():
                return session.awaiting is None
            case LateDecided():
                # One that was granted already is decided, and only waits for the client.
                return all(event.request != late.request or late.granted for late in chat.late_requests)
            case TurnedOut():
                # What was told of the record since is newer.
                return event.unknown_at is not None and unknown_of(chat, event) is None
            case _:
                return False

    def _noting_that_the_client_spoke(self, session: Session, chat: Chat, event: Event) -> Chat:
        """Mark requests that wait for the salon: who writes again may wish for something else by now."""
        of_a_call = isinstance(self.states[session.state], Calling)
        if not chat.late_requests or of_a_call or isinstance(event, _SAYS_NOTHING_NEW):
            return chat
        if isinstance(event, NotServed) and event.intent == "reason":
            return chat
        marked = tuple(late.model_copy(update={"spoken_since": True}) for late in chat.late_requests)
        return chat.model_copy(update={"late_requests": marked})

    def _noting_how_a_write_ended(self, session: Session, chat: Chat, event: Event, now: datetime) -> Chat:
        """Keep what may land yet, and forget what was told of the record before."""
        if isinstance(event, Proven):
            proof = event.receipt
            done = deed(proof.record, proof.change, window_of(proof.record))
            return after_a_write(chat, done, now, doubted=event.doubted)
        if isinstance(event, TurnedOut) and event.is_as_wanted and event.told_at is None:
            done = deed(event.record, event.change, event.to)
            return after_a_write(chat, done, now, doubted=False)
        change = self._written(session)
        if change is not None and isinstance(event, RecordChanged | SlotTaken):
            stands = event.now if isinstance(event, RecordChanged) else event.record
            chat = told_as_it_stands(chat, stands)
            # Where it was to go is not told: any move is another one.
            return in_doubt(chat, deed(stands, change), now) if event.doubted else chat
        return chat

    def _written(self, session: Session) -> Change | None:
        """Return the change of the write that it waits for, if it does."""
        state = self.states[session.state]
        if isinstance(state, Calling) and issubclass(state.call, Command):
            return state.call.change
        return None

    def _ends_a_write(self, session: Session, event: Event) -> bool:
        state = self.states[session.state]
        writing = self._written(session) is not None
        ends = isinstance(event, CallFailed) or (
            isinstance(state, Calling) and type(event) in state.call.results
        )
        unsure = isinstance(event, StartedOver) and event.write_was_out
        return isinstance(event, Proven | TurnedOut) or (writing and ends) or unsure


def _offered(turn: Turn[BaseModel], before: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return what is offered beside records, by this turn or before it in the same dialogue.

    «Вернуть запись», said before it stood there, may have meant another one: words for a record are read.
    """
    said = (option for effect in turn.effects if isinstance(effect, Say) for option in effect.options)
    fresh = tuple(option for option in said if option.record is None)
    return (*fresh, *(option for option in before if option not in fresh))


def _remembering(chat: Chat, effect: Remember) -> Chat:
    kept = {name: value for name, value in effect if value is not None}
    return chat.model_copy(update=kept)


def _doubting(chat: Chat, effect: Effect, now: datetime) -> Chat:
    """Whoever wants to look how a write ended does not know it."""
    match effect:
        case Ask(query=ReadOutcome(attempt=1, told_at=None) as look):
            return left_unknown(chat, look, now)
    return chat


def _misses(session: Session, event: Event) -> int:
    """Return how many messages in a row were not understood, this one included."""
    match event:
        case NotUnderstood():
            return min(session.misses + 1, MISSES_MAX)
        case Reacted() | NoWords() | StaleTap() | TooEarly() | Muted() | Proven() | TurnedOut():
            # No words that could have been understood, or none that were said to where it stands.
            return session.misses
    return 0


def _awaited(effect: Effect) -> bool:
    return isinstance(effect, Do) or (isinstance(effect, Ask) and not effect.after)


def _call(effect: Effect) -> Call:
    assert isinstance(effect, Ask | Do)
    return effect.query if isinstance(effect, Ask) else effect.command


def _guard(row: Row[Any], place: int) -> Callable[[EventData], bool]:
    held, refused = Tried(place, True), Tried(place, False)

    def guard(data: EventData) -> bool:
        turn = cast(Turn[Any], data.model)
        holds = row.when is None or row.when(turn, turn.event)
        turn.tried.append(held if holds else refused)
        return holds

    return guard


def _action(row: Row[Any]) -> Callable[[EventData], None]:
    def action(data: EventData) -> None:
        turn = cast(Turn[Any], data.model)
        turn.effects.extend(_made(row.do(turn, turn.event)) if row.do else ())

    return action


def _made(effects: Effects) -> Iterable[Effect]:
    # Actions are generators: they run here, before the state changes.
    return list(effects)
