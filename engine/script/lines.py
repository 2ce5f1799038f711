"""What the lines of a transcript mean, each as a value that knows where it stands."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from engine.script.dates import When
from engine.script.scene import Thing


@dataclass(frozen=True, slots=True)
class Line:
    """Base of all lines. `number` counts from 1; `written` is the line as it stands in the file."""

    number: int
    written: str


# ── the scene ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class At(Line):
    """The clock: where the scene opens, or up to when time passes."""

    when: When


@dataclass(frozen=True, slots=True)
class Set(Line):
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Books(Line):
    """The salon writes a record into its journal."""

    phone: str
    service: str
    when: When
    master: str = ""
    name: str = ""
    created: When | None = None
    attendance: int = 0
    # None: as long, and as much, as its services are.
    length_s: int | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Edits(Line):
    """The salon changes one of its records by hand."""

    record: int
    change: Literal["at", "attendance", "master", "service", "deleted", "paid", "locked"]
    # A date, a number or a name, as the change needs; None where it needs none; False takes a mark away.
    value: When | int | str | bool | None = None


@dataclass(frozen=True, slots=True)
class Limits(Line):
    """Only these masters do this service."""

    service: str
    masters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client(Line):
    """Who writes from here on, and whose phone the next messages are looked for on."""

    phone: str
    # The channel does not show the salon this client's number.
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Fault(Line):
    """From here on one of the outside worlds has this quirk."""

    side: Literal["yclients", "whatsapp"]
    quirk: str


@dataclass(frozen=True, slots=True)
class Crash(Line):
    """From here on it survives so many commits, fsyncs and calls; then it dies, and starts anew."""

    survives: int
    # It dies because the power goes: what was not synced to the disk may be lost with it.
    power: bool = False


# ── what happens ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stimulus(Line):
    """Base of what makes something happen. Before it, all that came must have been named.

    `waits`: everything follows that follows soon, before the next line is looked at.
    """

    waits: bool = True


@dataclass(frozen=True, slots=True)
class Says(Stimulus):
    text: str = ""
    late: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Taps(Stimulus):
    label: str = ""


@dataclass(frozen=True, slots=True)
class Sends(Stimulus):
    thing: Thing = "voice"
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Decides(Stimulus):
    """Somebody of the salon decides the request to cancel this record late."""

    record: int = 0
    granted: bool = False


@dataclass(frozen=True, slots=True)
class Waits(Stimulus):
    time: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Passes(Stimulus):
    """An `at` after the beginning: time passes up to there."""

    when: When | None = None


@dataclass(frozen=True, slots=True)
class Happens(Stimulus):
    what: Literal["restart", "again", "upgrade"] = "restart"


# ── what is expected ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Expectation(Line):
    """Base of what is held against what came."""


@dataclass(frozen=True, slots=True)
class Shows(Expectation):
    """One message of the bot: its words (… stands for any), or the key of its text."""

    text: str = ""
    key: str = ""
    # The beginnings of its labels. Empty: the options are not looked at.
    options: tuple[str, ...] = ()
    # A closing […] stands for all further options.
    more_options: bool = False


@dataclass(frozen=True, slots=True)
class Silence(Expectation):
    """No message came, or none beyond those that are named above."""


@dataclass(frozen=True, slots=True)
class Leaves(Expectation):
    command: str
    record: int


@dataclass(frozen=True, slots=True)
class Notice(Expectation):
    to: str
    event: str


@dataclass(frozen=True, slots=True)
class Stands(Expectation):
    state: str


@dataclass(frozen=True, slots=True)
class InJournal(Expectation):
    """How a record stands in the salon's journal; None is not looked at."""

    record: int
    attendance: int | None = None
    when: When | None = None
    deleted: bool | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A script: its text line by line, and what those lines mean that are more than a comment."""

    name: str
    text: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def phones(self) -> tuple[str, ...]:
        """Every client's phone, in the order of the script; the first one writes until told otherwise."""
        booked = [line.phone for line in self.lines if isinstance(line, Books)]
        writing = [line.phone for line in self.lines if isinstance(line, Client)]
        return tuple(dict.fromkeys((*booked, *writing))) or (DEFAULT_PHONE,)


DEFAULT_PHONE = "+79000000001"
