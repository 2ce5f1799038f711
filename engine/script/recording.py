"""A conversation that took place, as a transcript that plays it again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from engine.script import dates, writing
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, Thing
from engine.session import IDLE

# A pause that is shorter decides nothing, unless somebody is still waiting for an answer.
PAUSE_MIN = timedelta(minutes=1)
# What is done while an answer is under way comes into its middle, to the second.
PAUSE_MIN_UNANSWERED = timedelta(seconds=1)
# A command that is out is given up by then.
CALL_MAX = timedelta(minutes=5)
# Whose record one without a name is, where nobody has this phone yet: what the simulated salon calls them.
SOMEONE = "Клиент"


# ── what is done ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Wrote:
    """The client wrote, tapped the option that reads so, or sent a thing."""

    at: datetime
    phone: str
    text: str
    tapped: bool = False
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class Troubled:
    """From here on this side had this fault; "ok" ended all that it had."""

    at: datetime
    side: Literal["yclients", "whatsapp"]
    quirk: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """The program was killed where it stood, and started anew."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Amended:
    """The salon changed one of its records by hand. Moments in `edited` are without an offset."""

    at: datetime
    record: int
    edited: Edited


# ── what came of it ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot came to the client's phone."""

    at: datetime
    phone: str
    message: Message


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command left."""

    at: datetime
    left: Left


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody of the salon was to be told something."""

    at: datetime
    noticed: Noticed


@dataclass(frozen=True, slots=True)
class Stood:
    """A dialogue had come to stand somewhere: a question may end without a word."""

    at: datetime
    # "": nobody knows whose.
    phone: str
    state: str


Done = Wrote | Troubled | Restarted | Amended
Came = Sent | Commanded | Told | Stood
Event = Done | Came


@dataclass(frozen=True, slots=True)
class Recording:
    """All of it: the salon as it was, what took place in order, and how everything stands at the end."""

    # What it was, as a comment.
    title: str
    # By the salon's wall clock, without an offset, as all moments here.
    began: datetime
    booked: tuple[Booked, ...]
    # Who wrote first.
    client: str
    events: tuple[Event, ...]
    # Where the dialogues stand, by phone, and the journal by the numbers of the records.
    states: Mapping[str, str]
    journal: Mapping[int, Standing]
    # Those of the contract, without their prefix.
    settings: Mapping[str, str] = field(default_factory=dict)
    # The phones whose numbers the channel does not show.
    hidden: frozenset[str] = frozenset()
    # Who does a service, where not everybody does.
    done_by: Mapping[str, Sequence[str]] = field(default_factory=dict)


def recorded(of: Recording) -> str:
    """Return the transcript's text."""
    writer = _Writer(of.client, of.hidden, of.began)
    head = [
        f"# {writing.spoken(of.title)}",
        f"at {of.began:%Y-%m-%d %H:%M}",
        *(f"set {name}={value}" for name, value in of.settings.items()),
        *_salon(of.booked),
        *(f"salon: {service} only by {', '.join(masters)}" for service, masters in of.done_by.items()),
    ]
    if not of.booked or of.booked[0].phone != of.client or of.client in of.hidden:
        head.append(writer.turned_to(of.client))
    told = [line for placed in _arranged(of.events) for line in writer.lines(placed)]
    tail = [writing.state(of.states.get(writer.client, IDLE)), *_changed(of)]
    return "".join(f"{line}\n" for line in (*head, *told, *tail))


def _salon(booked: Sequence[Booked]) -> Iterator[str]:
    # Who is meant by a record without a name: the first person with this phone.
    first: dict[str, str] = {}
    for record in booked:
        name = record.name if record.name != first.get(record.phone) else ""
        first.setdefault(record.phone, record.name or SOMEONE)
        who = f"{record.phone} as {writing.name(name)}" if name else record.phone
        yield f"salon: {who}: {_visit(record)}"


def _visit(record: Booked) -> str:
    more = [record.master] if record.master else []
    more += [f"created {writing.moment(record.created_at)}"] if record.created_at else []
    more += [f"attendance {record.attendance}"] if record.attendance else []
    more += [dates.in_words(timedelta(seconds=record.length_s))] if record.length_s else []
    more += [f"{record.cost} ₽"] if record.cost is not None else []
    return ", ".join((record.service, writing.moment(record.starts_at), *more))


def _changed(of: Recording) -> Iterator[str]:
    for number, now in of.journal.items():
        booked = of.booked[number - 1]
        if now.deleted:
            yield f"journal: {number} deleted"
            continue
        if now.starts_at != booked.starts_at:
            yield f"journal: {number} at {writing.moment(now.starts_at)}"
        if now.attendance != booked.attendance:
            yield f"journal: {number} attendance {now.attendance}"


# ── the order of the lines ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Waited:
    """Time passed up to here, while somebody waited for an answer."""

    at: datetime


@dataclass(slots=True)
class _Placed:
    event: Event | _Waited
    # It was done, or waited, before somebody had an answer.
    amid: bool = False
    # The client's words, and something else was done before the answer.
    hurried: bool = False


def _arranged(events: Sequence[Event]) -> tuple[_Placed, ...]:
    """Return the events in the order of their lines.

    A line that expects something waits for all that follows. So what came before the answer is told below
    what was done before the answer.
    """
    order = _Order()
    for event in events:
        order.take(event)
    return (*order.placed, *order.held)


@dataclass(slots=True)
class _Order:
    placed: list[_Placed] = field(default_factory=list)
    # What came while somebody waited.
    held: list[_Placed] = field(default_factory=list)
    # Who waits for an answer since when, and all that was written since anybody does.
    _waiting: dict[str, datetime] = field(default_factory=dict)
    _written: list[_Placed] = field(default_factory=list)
    # Where the dialogues stand whose command is out: as long as they stand there, "one moment" is no answer.
    _calling: dict[str, str] = field(default_factory=dict)
    _commanded: bool = False
    _last: datetime | None = None

    def take(self, event: Event) -> None:
        match event:
            case Commanded():
                self._commanded = True
            case Stood():
                self._stands(event)
            case Sent() if event.phone not in self._calling:
                self._waiting.pop(event.phone, None)
        if isinstance(event, Done):
            self._done(event)
        else:
            self._came(event)
        self._last = event.at

    def _stands(self, event: Stood) -> None:
        if self._commanded:
            self._calling[event.phone] = event.state
        elif self._calling.get(event.phone) != event.state:
            self._calling.pop(event.phone, None)
        self._commanded = False

    def _done(self, event: Done) -> None:
        self._waiting = {
            phone: since
            for phone, since in self._waiting.items()
            if event.at - since < (CALL_MAX if phone in self._calling else PAUSE_MIN)
        }
        if not self._waiting:
            self._written = []
            self._let_go()
        this = self._amid(event)
        if isinstance(event, Wrote):
            self._waiting[event.phone] = event.at
            self._written.append(this)

    def _came(self, event: Came) -> None:
        if self._waiting and self._last is not None and event.at - self._last >= PAUSE_MIN:
            self._amid(_Waited(event.at))
        self.held.append(_Placed(event))
        if not self._waiting:
            self._let_go()

    def _amid(self, event: Done | _Waited) -> _Placed:
        this = _Placed(event, amid=bool(self._waiting))
        for wrote in self._written if self._waiting else ():
            wrote.hurried = True
        self.placed.append(this)
        return this

    def _let_go(self) -> None:
        self.placed += self.held
        self.held.clear()


class _Writer:
    """Writes one event after the other, and keeps whose turn it is and how late."""

    def __init__(self, client: str, hidden: Collection[str], began: datetime) -> None:
        self.client = client
        self._hidden = set(hidden)
        self._last = began
        # How far the transcript's clock is behind: it shows whole minutes, and short pauses are left out.
        self._behind = began - began.replace(second=0, microsecond=0)

    def turned_to(self, phone: str) -> str:
        """Turn to a client; who hides the number does so from the first time on."""
        self.client = phone
        hides = phone in self._hidden
        self._hidden.discard(phone)
        return f"client: {phone}{' hidden' if hides else ''}"

    def lines(self, placed: _Placed) -> Iterator[str]:
        event = placed.event
        yield from self._pause(placed)
        if isinstance(event, Wrote) or (isinstance(event, Done) and not placed.amid):
            yield ""
        if isinstance(event, Wrote | Sent) and event.phone != self.client:
            yield self.turned_to(event.phone)
        match event:
            case Wrote():
                yield f"{'>>' if placed.hurried else '>'} {_done_by_the_client(event)}"
            case Troubled():
                yield f"{event.side}: {event.quirk}"
            case Restarted():
                yield "restart"
            case Amended():
                yield from writing.edited(event.record, event.edited)
            case Sent():
                yield writing.message(event.message)
            case Told():
                yield writing.noticed(event.noticed)
            case Commanded():
                yield writing.left(event.left)

    def _pause(self, placed: _Placed) -> Iterator[str]:
        event = placed.event
        # What was held back until here came before what was done last.
        pause = max(timedelta(0), event.at - self._last)
        self._last = max(self._last, event.at)
        if placed.amid:
            if pause >= PAUSE_MIN_UNANSWERED:
                yield _wait(pause)
            return
        late = self._behind + pause
        if pause >= PAUSE_MIN or (isinstance(event, Done) and late >= PAUSE_MIN):
            self._behind = timedelta(0)
            yield from ("", _wait(late))
        elif isinstance(event, Done):
            self._behind = late


def _wait(pause: timedelta) -> str:
    # Rounded up, so that what fell due after the pause falls into it.
    return f"wait {dates.in_words(timedelta(seconds=-(-pause // timedelta(seconds=1))))}"


def _done_by_the_client(event: Wrote) -> str:
    if event.thing is not None:
        return f"<{event.thing}>"
    return f"[{writing.spoken(event.text)}]" if event.tapped else writing.words(event.text)
