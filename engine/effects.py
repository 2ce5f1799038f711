"""What a transition may want from the outside world, as data."""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import model_validator

from engine.booking import Command, Fact, Query, Receipt, Record
from engine.events import Named
from engine.values import Event, Frozen


class Day(Frozen):
    """A calendar day, as an argument of a text."""

    on: date


Argument = Record | Day | int | str


class Option(Frozen):
    """One button or list row. `kind` is both its meaning and the catalogue's key of its title.

    It holds for the number of its question only.
    """

    kind: str
    record: Record | None = None


class Say(Frozen):
    """Send one message. `text` is a key of the catalogue, `args` fill its placeholders.

    A `question` is numbered, can be repeated, and is what the client's next words answer.
    `proposes` are the records that a "yes" would change. `receipts` prove what the text claims.
    """

    text: str
    args: dict[str, Argument] = {}
    options: tuple[Option, ...] = ()
    question: bool = False
    proposes: tuple[Record, ...] = ()
    receipts: tuple[Receipt, ...] = ()

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
    # Every word is explained: only what the client said in clear words can be.
    plain: bool = False


class Note(Frozen):
    """Keep a fact in the ledger, in this commit."""

    fact: Fact


Effect = Say | Repeat | Ask | Do | Then | Heed | Note
Effects = Iterable[Effect]
