"""What a transition may want from the outside world, as data."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import model_validator

from engine.booking import Change, Command, Fact, Query, Receipt, Record, Slot
from engine.chat import LateRequest, Undoable, Unknown, Watched
from engine.events import Named, Tap
from engine.values import Event, Frozen

# What a salon may offer beside the bare cancel.
Offer = Literal["reason", "undo", "move"]


class Day(Frozen):
    """A calendar day, as an argument of a text."""

    on: date


Argument = Record | tuple[Record, ...] | Slot | Day | int | str


class Option(Frozen):
    """One button or list row. `kind` is both its meaning and the catalogue's key of its title.

    It holds for the number of its question only, unless home hears taps of this kind: then it is an intent.
    """

    kind: str
    record: Record | None = None
    # The window that it stands for.
    slot: Slot | None = None
    # A place in what the question offered, for whatever is no record.
    choice: int | None = None
    # Fill the placeholders of its title, beside `record` and `slot`.
    args: dict[str, Argument] = {}

    def tap(self, question: int) -> Tap:
        """Return what comes back when it is tapped."""
        record_id = self.record.record_id if self.record else None
        return Tap(kind=self.kind, question=question, record_id=record_id, choice=self.choice)


class Say(Frozen):
    """Send one message. `text` is a key of the catalogue, `args` fill its placeholders.

    A `question` is numbered, can be repeated, and is what the client's next words answer.
    `proposes` are the records that a "yes" would change, and `change` is how; a move goes to the window `to`,
    or to the one that is picked of the options. `receipts` prove what the text claims.
    """

    text: str
    args: dict[str, Argument] = {}
    options: tuple[Option, ...] = ()
    question: bool = False
    # What the answer may mean, in order, where the options show only a page of it.
    among: tuple[Record, ...] = ()
    proposes: tuple[Record, ...] = ()
    # None: the flow does not say, and any change but a move is meant.
    change: Change | None = None
    to: Slot | None = None
    # The catalogue's key of what the button says that opens a list.
    opens: str = "option.list"
    receipts: tuple[Receipt, ...] = ()
    # Several people share the phone: whose each record is stands beside it.
    whose: bool = False

    @model_validator(mode="after")
    def only_a_question_proposes(self) -> "Say":
        if self.proposes and not self.question:
            raise ValueError(f"{self.text} proposes a change, so it must be a question")
        return self


class Repeat(Frozen):
    """Say the pending question again, under its old number, after the sentence `after`."""

    after: str
    args: dict[str, Argument] = {}


class Ask(Frozen):
    """Read something; the answer returns as an event.

    With `after`, the answer comes when it comes and no state waits for it.
    """

    query: Query
    after: timedelta = timedelta(0)


class Do(Frozen):
    """Change something, at least once, after the turn is committed; the result returns as an event."""

    command: Command


class Then(Frozen):
    """Go on with another event in the same turn: the hand-over between flows."""

    event: Event


class Heed(Frozen):
    """Go on, in the same turn, as home does when words of this meaning are said there.

    The row that wants it leads home; what the meaning opens, or its own sentence, follows.
    `intent` is a label of the understanding.
    """

    intent: str
    named: Named = Named()
    target: Named = Named()
    # Every word is explained: only what the client said in clear words can be.
    plain: bool = False


class Note(Frozen):
    """Keep a fact in the ledger, in this commit, and tell those of the salon whom it concerns."""

    fact: Fact


class Remember(Frozen):
    """Keep something on the chat, where it outlives this dialogue. None: it stays as it is."""

    undoable: tuple[Undoable, ...] | None = None
    late_requests: tuple[LateRequest, ...] | None = None
    watched: tuple[Watched, ...] | None = None
    unknown: tuple[Unknown, ...] | None = None
    cancelled_at: datetime | None = None


Effect = Say | Repeat | Ask | Do | Then | Heed | Note | Remember
Effects = Iterable[Effect]
