"""A chat that reads like a script: say a line, name what the bot does; what is left unnamed fails.

It plays on the pure dialogue, without store or asyncio, and keeps what the shell would keep: the clock,
arrival numbers, words that wait while a call is out, when a question was there to be read, and its time-out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from engine.booking import Call, CallFailed, Change, Command, Fact, Query, Receipt, Record, Slot
from engine.dialogue import Decision, Dialogue
from engine.effects import Ask, Do, Effect, Note, Repeat, Say
from engine.events import Heard, StillWaiting, Tap, TimedOut
from engine.flow import IDLE, Home, Open, Salon, Waiting
from engine.moment import Moment
from engine.ports import Bubble
from engine.session import Chat, Session
from engine.texts import Texts
from engine.understanding import opt_out
from engine.values import Event

ANNA, MARIA = "+79000000001", "+79000000002"
MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)
# As the simulated salons count their masters.
MASTER_IDS = {"Ольга": 2001, "Мария": 2002, "Анна": 2003}

E = TypeVar("E", bound=Effect)


def record(
    record_id: int = 1,
    service: str = "Маникюр",
    starts_at: str = "2026-11-25 15:00",
    master: str = "Ольга",
    *,
    phone: str = ANNA,
    created_at: str | None = None,
    client: str = "",
) -> Record:
    """One record by the salon's wall clock, an hour long; Wednesday 15:00 where nothing is said."""
    return Record(
        record_id=record_id,
        phone=phone,
        services=(service,),
        master=master,
        master_id=MASTER_IDS.get(master),
        starts_at=datetime.fromisoformat(starts_at).replace(tzinfo=MOSCOW),
        created_at=datetime.fromisoformat(created_at).replace(tzinfo=MOSCOW) if created_at else None,
        client=client,
        length_s=3600,
    )


def slot(starts_at: str, master: str = "Ольга") -> Slot:
    """One free window by the salon's wall clock."""
    moment = datetime.fromisoformat(starts_at).replace(tzinfo=MOSCOW)
    return Slot(starts_at=moment, master=master, master_id=MASTER_IDS[master])


def proof(
    of: Record,
    *,
    how: Literal["soft", "deleted", "already"] = "soft",
    read_at: datetime = MONDAY,
    change: Change = "cancelled",
    was: Record | None = None,
) -> Receipt:
    """What the adapter hands over once it has read the changed record back."""
    return Receipt(change=change, record=of, read_at=read_at, how=how, was=was)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """One inbox row: what the client sent, or an event of ours."""

    number: int
    item: Heard | Event


@dataclass
class ScriptedChat:
    """Anna's chat with the salon, from Monday 10:00 on."""

    dialogue: Dialogue
    texts: Texts
    salon: Salon = field(default_factory=lambda: Salon(zone=MOSCOW))
    now: datetime = MONDAY
    chat: Chat = field(default_factory=lambda: Chat(phone=ANNA))
    session: Session | None = field(default_factory=Session)
    bubbles: list[Bubble] = field(default_factory=list)
    # The last event that was taken.
    taken: Event | None = None
    # Whether the last turn told the outcome of a write.
    outcome: bool = False
    _turns: int = 0
    _arrivals: int = 0
    _sends_are_held: bool = False
    _asked: tuple[datetime, int] | None = None
    _may_have_read: bool = False
    _patience: tuple[datetime, TimedOut] | None = None
    _call: Call | None = None
    # Reads that no state waits for, and when they are due.
    _reads: list[tuple[datetime, Query]] = field(default_factory=list)
    _inbox: list[_Arrived] = field(default_factory=list)
    _unnamed: list[Effect] = field(default_factory=list)

    # ── the client ────────────────────────────────────────────────────────────────────────────────────

    def takes(self, text: str, *, ago: timedelta = timedelta(0)) -> None:
        """The client writes; `ago`, where the words were under way for so long."""
        wish = opt_out(text)
        if wish is not None:
            # The store marks the chat in the commit that stores the words, before any waiting.
            self.chat = self.chat.model_copy(update={"opted_out": wish})
        self._hears(Heard(kind="words", text=text, said_at=self.now - ago))

    def taps(self, kind: str, record: Record | None = None, *, choice: int | None = None) -> None:
        """The client taps the latest option of this kind (record, choice) that she was ever shown."""
        shown = [option.id for bubble in reversed(self.bubbles) for option in bubble.options]
        fits = (
            option
            for option in shown
            if (tap := Tap.decode(option))
            and tap.kind == kind
            and (record is None or tap.record_id == record.record_id)
            and (choice is None or tap.choice == choice)
        )
        self.taps_id(next(fits, None) or f"no {kind} among {shown}")

    def taps_id(self, option: str) -> None:
        """The client's phone sends an option's id, whatever it is."""
        self._hears(Heard(kind="tap", option=option, said_at=self.now))

    def sends(self, kind: Literal["voice", "picture", "reaction", "other"], text: str = "") -> None:
        self._hears(Heard(kind=kind, text=text, said_at=self.now))

    # ── the world ─────────────────────────────────────────────────────────────────────────────────────

    def gets(self, result: Event) -> None:
        """A call that is out ends: the one that the state waits for, or a read that is due."""
        self._nothing_is_unnamed()
        if self._call is not None and isinstance(result, (*self._call.results, CallFailed)):
            self._turn(result, self._arrives(), said_at=self.now)
        else:
            due = [
                read for read in self._reads if isinstance(result, read[1].results) and read[0] <= self.now
            ]
            assert due, f"nobody has asked for {_named(result)}"
            self._reads.remove(due[0])
            self._inbox.append(_Arrived(self._arrives(), result))
        self._drain()

    def happens(self, event: Event) -> None:
        """Something of our own happens: a time-out, a sign of waiting, a delivery that failed."""
        self._nothing_is_unnamed()
        if isinstance(event, StillWaiting):
            self._turn(event, self._arrives(), said_at=self.now)
        else:
            self._inbox.append(_Arrived(self._arrives(), event))
        self._drain()

    def waits(self, minutes: float) -> None:
        """Time passes; if the patience of the pending question ends in it, the question times out."""
        self._nothing_is_unnamed()
        self.now += timedelta(minutes=minutes)
        if self._patience is not None and self._patience[0] <= self.now:
            (_, event), self._patience = self._patience, None
            self.happens(event)

    def sends_are_held(self) -> None:
        """From here on nothing reaches the client's phone."""
        self._sends_are_held = True

    def sends_arrive(self) -> None:
        self._sends_are_held = False
        self._send_question()

    def salon_has(self, **policies: Any) -> None:
        self.salon = replace(self.salon, **policies)

    # ── what the bot does ─────────────────────────────────────────────────────────────────────────────

    def says(self, text: str, *, options: int = 0, **args: object) -> Say:
        """The bot's next message has this key, so many options and at least these arguments."""
        say = self._next(Say)
        assert say.text == text, f"said {say.text}, not {text}"
        assert len(say.options) == options, f"{text} has {len(say.options)} options"
        assert {name: say.args.get(name) for name in args} == args
        return say

    def repeats(self, *, after: str) -> None:
        """The bot says a sentence and the pending question again."""
        repeat = self._next(Repeat)
        assert repeat.after == after, f"repeated after {repeat.after}, not {after}"
        assert self.session is not None
        assert self.session.pending is not None, "there is no question to repeat"

    def shows(self, text: str) -> None:
        """The latest message reads so, word for word."""
        assert self.bubbles, "nothing was said"
        assert self.bubbles[-1].text == text

    def asks(self, query: type[Query] | Query, *, after: timedelta = timedelta(0)) -> None:
        ask = self._next(Ask)
        assert ask.query == query or type(ask.query) is query, f"asked {ask.query!r}"
        assert ask.after == after

    def does(self, command: Command) -> None:
        assert self._next(Do).command == command

    def notes(self, fact: Fact) -> None:
        assert self._next(Note).fact == fact

    def stays_silent(self) -> None:
        self._nothing_is_unnamed()

    def rests_in(self, state: str) -> None:
        """The dialogue stands here, waits for no call, and everything that it did was named."""
        self._nothing_is_unnamed()
        assert self.session is not None
        assert self.session.state == state, f"stands in {self.session.state}, not {state}"
        assert self.session.awaiting is None, "a call is out"
        assert not self._inbox, "words wait"

    def is_over(self) -> None:
        """The script ends here."""
        self._nothing_is_unnamed()

    def crashes_in_mid_send(self) -> None:
        """The latest question may have arrived, and nothing proves it."""
        self._asked, self._may_have_read = None, True

    # ── the shell, in short ───────────────────────────────────────────────────────────────────────────

    def _hears(self, heard: Heard) -> None:
        self._nothing_is_unnamed()
        self._inbox.append(_Arrived(self._arrives(), heard))
        self._drain()

    def _arrives(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _drain(self) -> None:
        """Take what waits, in order; while a call is out, it goes on waiting."""
        while self._inbox and not (self.session and self.session.awaiting):
            arrived = self._inbox.pop(0)
            said_at = arrived.item.said_at if isinstance(arrived.item, Heard) else self.now
            self._turn(arrived.item, arrived.number, said_at=said_at)

    def _turn(self, item: Heard | Event, arrival: int, *, said_at: datetime) -> None:
        asked_at, asked_arrival = self._asked or (None, None)
        at = Moment(
            salon=self.salon,
            now=self.now,
            said_at=said_at,
            turn=self._turns + 1,
            call_key=f"c1.{self._turns + 1}",
            asked_at=asked_at,
            asked_arrival=asked_arrival,
            # What is not sent here is still to be sent.
            question_unsent=self._asked is None,
            may_have_read=self._may_have_read,
            arrival=arrival,
        )
        if isinstance(item, Heard):
            assert self.session is not None
            self.taken = self.dialogue.understand(self.session, self.chat, item, at)
        else:
            self.taken = item
        before = _frozen(self.session, self.chat, self.taken)
        decision = self.dialogue.step(self.session, self.chat, self.taken, at)
        assert decision == self.dialogue.step(self.session, self.chat, self.taken, at), "not the same again"
        assert _frozen(self.session, self.chat, self.taken) == before, "a step changed what it was given"
        self._commit(decision)

    def _commit(self, decision: Decision) -> None:
        before, session, effects = self.session, decision.session, decision.effects
        self._turns += 1
        self.session, self.chat, self.outcome = session, decision.chat, decision.outcome
        self._unnamed.extend(effects)
        if before is None or session.questions != before.questions:
            self._asked = None
        if before is None or session.state != before.state or session.state == IDLE:
            self._patience = None
            self._arm()
        parts = [effect for effect in effects if isinstance(effect, Say | Repeat)]
        if parts:
            self.bubbles.append(self.texts.render(parts, question=session.questions, pending=session.pending))
        if any(isinstance(part, Repeat) or part.question for part in parts):
            self._send_question()
        calls = [_call(effect) for effect in effects if isinstance(effect, Do) or _is_awaited(effect)]
        if calls or session.awaiting is None:
            self._call = calls[0] if calls else None
        self._reads += [
            (self.now + effect.after, effect.query)
            for effect in effects
            if isinstance(effect, Ask) and effect.after
        ]

    def _send_question(self) -> None:
        if self._sends_are_held or self.session is None or self.session.pending is None:
            return
        self._asked = self._asked or (self.now, self._arrivals)
        self._arm()

    def _arm(self) -> None:
        assert self.session is not None
        state = self.dialogue.states[self.session.state]
        timed_out = TimedOut(state=state.name, question=self.session.questions)
        if isinstance(state, Waiting | Open):
            self._patience = (self.now + state.patience, timed_out)
        elif isinstance(state, Home) and self.chat.deadline is not None:
            self._patience = (self.chat.deadline, timed_out)

    # ── naming ────────────────────────────────────────────────────────────────────────────────────────

    def _next(self, kind: type[E]) -> E:
        """Return the first unnamed effect of this kind, which is named by that."""
        named = next((effect for effect in self._unnamed if isinstance(effect, kind)), None)
        assert named is not None, (
            f"no {kind.__name__} among {_list(self._unnamed)} after {_named(self.taken)}"
        )
        self._unnamed.remove(named)
        return named

    def _nothing_is_unnamed(self) -> None:
        assert not self._unnamed, f"left unnamed: {_list(self._unnamed)} after {_named(self.taken)}"


def _is_awaited(effect: Effect) -> bool:
    return isinstance(effect, Ask) and not effect.after


def _call(effect: Effect) -> Call:
    assert isinstance(effect, Ask | Do)
    return effect.query if isinstance(effect, Ask) else effect.command


def _frozen(session: Session | None, chat: Chat, event: Event) -> tuple[str | None, str, str]:
    return session.model_dump_json() if session else None, chat.model_dump_json(), event.model_dump_json()


def _named(event: Event | None) -> str:
    return repr(event)


def _list(effects: Iterable[Effect]) -> str:
    return ", ".join(repr(effect) for effect in effects)
