"""A conversation that took place, as a transcript that plays it again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.script import dates, writing
from engine.script.scene import Booked, Left, Message, Noticed, Standing

# A pause that is shorter decides nothing.
PAUSE_MIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wrote:
    """The client wrote, or tapped the option that reads so."""

    at: datetime
    phone: str
    text: str
    tapped: bool = False


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


Event = Wrote | Sent | Commanded | Told


@dataclass(frozen=True, slots=True)
class Recording:
    """All of it: the salon as it was, what took place in order, and how everything stands at the end."""

    # What it was, as a comment.
    title: str
    # By the salon's wall clock, without an offset.
    began: datetime
    booked: tuple[Booked, ...]
    # Who wrote first.
    client: str
    events: tuple[Event, ...]
    # The last client's state, and the journal by the numbers of the records.
    state: str
    journal: Mapping[int, Standing]


def recorded(of: Recording) -> str:
    """Return the transcript's text."""
    head = [f"# {writing.spoken(of.title)}", f"at {of.began:%Y-%m-%d %H:%M}", *_salon(of.booked)]
    if not of.booked or of.booked[0].phone != of.client:
        head.append(f"client: {of.client}")
    tail = [f"state: {of.state}", *_changed(of)]
    return "".join(f"{line}\n" for line in (*head, *_told(of), *tail))


def _salon(booked: Sequence[Booked]) -> Iterator[str]:
    introduced: set[str] = set()
    for record in booked:
        name = f" as {record.name}" if record.name and record.phone not in introduced else ""
        introduced.add(record.phone)
        more = [record.master] if record.master else []
        more += [f"created {writing.moment(record.created_at)}"] if record.created_at else []
        more += [f"attendance {record.attendance}"] if record.attendance else []
        more += [dates.in_words(timedelta(seconds=record.length_s))] if record.length_s else []
        more += [f"{record.cost} ₽"] if record.cost is not None else []
        parts = (record.service, writing.moment(record.starts_at), *more)
        yield f"salon: {record.phone}{name}: {', '.join(parts)}"


def _told(of: Recording) -> Iterator[str]:
    client, last = of.client, of.began
    for event, following in zip(of.events, (*of.events[1:], None), strict=False):
        if event.at - last >= PAUSE_MIN:
            # Rounded up, so that what fell due after the pause falls into it.
            pause = timedelta(seconds=-((last - event.at) // timedelta(seconds=1)))
            yield from ("", f"wait {dates.in_words(pause)}")
        last = event.at
        if isinstance(event, Wrote):
            yield ""
        if isinstance(event, Wrote | Sent) and event.phone != client:
            client = event.phone
            yield f"client: {client}"
        match event:
            case Wrote():
                # Nothing came before the next line was written: nobody had waited.
                hurried = isinstance(following, Wrote) and following.at - event.at < PAUSE_MIN
                spoken = f"[{writing.spoken(event.text)}]" if event.tapped else writing.words(event.text)
                yield f"{'>>' if hurried else '>'} {spoken}"
            case Sent():
                yield writing.message(event.message)
            case Told():
                yield writing.noticed(event.noticed)
            case _:
                yield writing.left(event.left)


def _changed(of: Recording) -> Iterator[str]:
    for number, now in of.journal.items():
        if now.deleted:
            yield f"journal: {number} deleted"
        elif now.attendance != of.booked[number - 1].attendance:
            yield f"journal: {number} attendance {now.attendance}"
