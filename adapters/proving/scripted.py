"""A transcript as acts, so that the witness can look at whatever somebody has written down."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.proving.acts import Act
from adapters.proving.inventing import MONDAY
from engine.script import dates
from engine.script.grammar import parse
from engine.script.lines import (
    DEFAULT_PHONE,
    At,
    Books,
    Client,
    Crash,
    Decides,
    Edits,
    Expectation,
    Fault,
    Happens,
    Line,
    Says,
    Sends,
    Set,
    Taps,
    Waits,
)
from engine.script.scene import Booked, Edited


@dataclass(frozen=True, slots=True)
class Scripted:
    """A transcript that plays from `MONDAY` on; what it expects is left to the witness."""

    name: str
    settings: dict[str, str]
    acts: tuple[Act, ...]


def scripted(text: str, name: str) -> Scripted:
    """Read a transcript.

    Raises:
        BrokenScript: it cannot be read.
        ValueError: it holds a line that no act stands for.
    """
    script = parse(text, name)
    settings = {line.name: line.value for line in script.lines if isinstance(line, Set)}
    return Scripted(name, settings, tuple(_acts(script.lines)))


def _acts(lines: tuple[Line, ...]) -> Iterator[Act]:
    now = MONDAY
    settled = True
    client = next((line.phone for line in lines if isinstance(line, Books | Client)), DEFAULT_PHONE)
    for line in lines:
        match line:
            case Set() | Expectation():
                continue
            case At() if line.when.near(MONDAY.date()) == MONDAY:
                # As `prove` prints it.
                continue
            case Client():
                client = line.phone
            case Waits():
                now += line.time
                # Behind a `>>`, time comes into the middle of what follows from it.
                yield Act("waits", time=line.time, settles=settled)
            case _:
                act = _act(line, client, now)
                if isinstance(line, Says | Taps | Sends):
                    settled = act.settles
                yield act


def _act(line: Line, client: str, now: datetime) -> Act:
    match line:
        case Books():
            when = line.when.near(now.date())
            return Act("books", booked=Booked(line.phone, line.service, when, line.master), settles=False)
        case Edits():
            return Act("edits", count=line.record, edited=_edited(line, now), settles=False)
        case Fault():
            return Act(line.side, text=line.quirk, settles=False)
        case Crash():
            return Act("power" if line.power else "crash", count=line.survives, settles=False)
        case Says():
            return Act("writes", client, line.text, line.waits, time=line.late)
        case Taps():
            return Act("taps", client, line.label, line.waits)
        case Sends(thing="reaction"):
            return Act("reacts", client, line.emoji, line.waits)
        case Sends():
            return Act("sends", client, line.thing, line.waits)
        case Decides():
            word = "granted" if line.granted else "denied"
            return Act("decides", text=word, count=line.record, settles=line.waits)
        case Happens():
            return Act(line.what, settles=line.waits)
    raise ValueError(f"line {line.number}, «{line.written.strip()}», cannot be looked at by a witness")


def _edited(line: Edits, now: datetime) -> Edited:
    if isinstance(line.value, dates.When):
        return Edited(starts_at=line.value.near(now.date()))
    value = True if line.value is None else line.value
    return replace(Edited(), **{line.change: value})  # type: ignore[arg-type]  # the grammar pairs them


def dying(dialogue: Scripted, survives: int, *, power: bool) -> tuple[Act, ...]:
    """Return the dialogue with a death at one point of it, counted from 0."""
    return (Act("power" if power else "crash", count=survives, settles=False), *dialogue.acts)
