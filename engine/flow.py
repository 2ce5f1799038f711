"""How a flow describes itself: its memory, its states, and a transition table that can be read aloud."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from engine.booking import Call, Reason
from engine.effects import Argument, Effect, Effects, Offer, Option, Repeat, Say
from engine.events import Tap
from engine.notices import NOBODY, Recipients
from engine.session import IDLE as IDLE
from engine.session import MISSES_MAX, Chat
from engine.understanding.meaning import Context, Meaning
from engine.values import Event

M = TypeVar("M")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class OfferedReason:
    """One row of the list of reasons. `title` is the salon's own word for it; empty: the catalogue's."""

    code: Reason
    title: str = ""


# In the order of the first specification.
REASONS: tuple[OfferedReason, ...] = (
    OfferedReason("illness"),
    OfferedReason("plans"),
    OfferedReason("work"),
    OfferedReason("transport"),
    OfferedReason("money"),
    OfferedReason("other_salon"),
    OfferedReason("mistake"),
    OfferedReason("other"),
)


@dataclass(frozen=True, slots=True)
class Salon:
    """The salon's policies, as flows see them."""

    zone: tzinfo
    selection: Literal["ask", "last_created"] = "ask"
    confirm: Literal["always", "never"] = "always"
    # Words older than this act only through a question, whatever the other settings.
    old_after: timedelta = timedelta(minutes=30)
    language: str = "ru"
    # Who of the salon is told; nobody where it has named no address.
    recipients: Recipients = NOBODY
    # Whether an administrator can be told anything at all; what cannot be passed on is not said to be.
    hears: bool = True
    # What is offered beside the bare cancel: `reason` and `undo` after it, `move` before it.
    offers: frozenset[Offer] = frozenset(("reason", "undo", "move"))
    # How long a cancel can be taken back; zero: never.
    undo_for: timedelta = timedelta(minutes=15)
    # The notice that the salon wants; zero: none. Within it, `late_policy` decides about a cancel.
    notice: timedelta = timedelta(0)
    late_policy: Literal["allow", "request", "refuse"] = "allow"
    # What a client is told whose cancel is refused as late; None: the catalogue's own sentence.
    late_sentence: str | None = None
    # What a client may tap who is asked why, in this order; a list has room for ten.
    reasons: tuple[OfferedReason, ...] = REASONS

    def title_of(self, code: Reason) -> str:
        """Return the salon's own word for a reason, or nothing."""
        return next((offered.title for offered in self.reasons if offered.code == code), "")


@dataclass(slots=True)
class Turn(Generic[M]):
    """One step in progress: what guards and actions see. `memory` is a private copy."""

    state: str
    memory: M
    chat: Chat
    salon: Salon
    # When the client said what is being taken (the provider's time), aware.
    said_at: datetime
    # This moment, aware.
    now: datetime
    event: Event
    effects: list[Effect]
    # Unique for ever, and the same however often the turn is tried: of this chat and this turn.
    key: str = ""
    # The question that was left for this event, or for what its calls are about: nobody will answer it,
    # and who left it has to say so.
    left: Say | None = None
    # The question that stands while this is taken.
    pending: Say | None = None
    # Every row that was tried, in order, and whether its guard held.
    tried: list["Tried"] = field(default_factory=list)
    # How many messages in a row were not understood, this one included; at most MISSES_MAX.
    misses: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """One row that a step came to. `row` is its place among `Dialogue.rows()`."""

    row: int
    held: bool


@dataclass(frozen=True, slots=True)
class Hearing(Generic[M]):
    """What a recogniser reads: what the words mean here, or the option that was tapped."""

    meaning: Meaning
    tap: Tap | None
    memory: M
    # As the client wrote them; empty for a tap. Personal data: kept in the ledger, and nowhere else.
    words: str = ""


Guard = Callable[[Turn[M], E], bool]
Action = Callable[[Turn[M], E], Effects]
# Its return annotation names every event that it can make; `check` reads it.
Recogniser = Callable[[Hearing[Any]], Event | None]


@dataclass(frozen=True, slots=True)
class Row(Generic[M]):
    """One row of a table. Rows are tried in order, and the first whose guard holds wins."""

    event: type[Event]
    source: str
    to: str
    when: Callable[[Turn[M], Any], bool] | None = None
    do: Callable[[Turn[M], Any], Effects] | None = None


def On(
    event: type[E],
    source: str,
    to: str,
    when: Callable[[Turn[M], E], bool] | None = None,
    do: Callable[[Turn[M], E], Effects] | None = None,
) -> Row[M]:
    """Make a row. (A function, so that mypy refuses a guard or action of another event or memory.)"""
    return Row(event, source, to, when, do)


@dataclass(frozen=True, slots=True)
class Home:
    """Where no flow is under way. There is one, and every intent enters from it."""

    name: str = IDLE
    hears: tuple[Recogniser, ...] = ()
    context: Context = "idle"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for the client's answer to one question, for as long as `patience` after it was sent."""

    name: str
    hears: tuple[Recogniser, ...]
    context: Context
    patience: timedelta


@dataclass(frozen=True, slots=True)
class Open:
    """Waits, and takes every intent that home takes too: it goes home first, then the intent enters."""

    name: str
    hears: tuple[Recogniser, ...]
    context: Context
    patience: timedelta


@dataclass(frozen=True, slots=True)
class Calling:
    """Waits for the result of one call; the client's words wait meanwhile."""

    name: str
    call: type[Call]


State = Home | Waiting | Open | Calling


class Nothing(BaseModel):
    """The memory at home."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A feature: everything that the engine needs to know about it."""

    name: str
    # Events that open it from home, by the client's words or handed over by another flow.
    intents: tuple[type[Event], ...]
    memory: type[BaseModel]
    states: tuple[State, ...]
    table: tuple[Row[Any], ...]
    # What makes its intents out of words heard at home.
    hears: tuple[Recogniser, ...] = ()
    # Grows with every released change of the table; sessions carry it.
    version: int = 1
    # The oldest version whose sessions this table can take on; those of older ones end politely.
    oldest: int = 1
    # States of released tables that are gone, by their old name: what each is called now, or IDLE,
    # where a dialogue that stands there ends politely. `check` misses those that are not named.
    was: Mapping[str, str] = field(default_factory=dict)
    # The budget: the most messages that a way from an intent to its end may cost the salon,
    # where nothing is asked twice. None: not limited.
    messages_max: int | None = None


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def missed_again(turn: Turn[Any], event: Event) -> bool:
    """The client's last words were not understood either, so a person is offered."""
    return turn.misses >= MISSES_MAX


def say(
    text: str, *, options: Sequence[Option] = (), question: bool = False, **args: Argument
) -> Callable[[Turn[Any], Event], Effects]:
    """Make an action that sends one fixed message."""

    def action(turn: Turn[Any], event: Event) -> Effects:
        yield Say(text=text, options=tuple(options), question=question, args=args)

    action.__name__ = f"say {text}"
    return action


def repeat(after: str) -> Callable[[Turn[Any], Event], Effects]:
    """Make an action that says one sentence and the pending question again."""

    def action(turn: Turn[Any], event: Event) -> Effects:
        yield Repeat(after=after)

    action.__name__ = f"say {after}, then the question again"
    return action
