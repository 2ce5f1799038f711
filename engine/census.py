"""Census: where the live dialogues stand, and what today's tables make of each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.dialogue import Dialogue
from engine.session import Session

Becomes = Literal["goes on", "renamed", "ends"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One live dialogue as it is stored."""

    # None: what is stored is no session.
    session: Session | None
    question_pending: bool = False
    call_out: bool = False
    # The call that is out changes something.
    write_out: bool = False
    # The client's messages that no turn has taken yet.
    words_waiting: int = 0
    last_activity: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A state and a version of its table, and what becomes of the dialogues that stand there."""

    # None: nobody knows.
    state: str | None
    version: int | None
    becomes: Becomes
    # What the state is called today, where the dialogue goes on.
    today: str | None = None
    # Why it cannot go on.
    why: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many dialogues stand in one place, and what is under way with them."""

    place: Place
    dialogues: int
    questions_pending: int
    calls_out: int
    writes_out: int
    words_waiting: int
    last_activity: datetime | None

    @property
    def goes_on(self) -> bool:
        return self.place.becomes in ("goes on", "renamed")


def census(dialogue: Dialogue, standings: Iterable[Standing]) -> tuple[Count, ...]:
    """Count the dialogues by place: those that go on first, then by state and version."""
    gathered: dict[Place, list[Standing]] = {}
    for standing in standings:
        gathered.setdefault(_place(dialogue, standing.session), []).append(standing)
    counts = (_count(place, here) for place, here in gathered.items())
    return tuple(sorted(counts, key=_order))


def _place(dialogue: Dialogue, session: Session | None) -> Place:
    if session is None:
        return Place(None, None, "ends", why="what is stored is no session of today's")
    fate = dialogue.upgrades.fate(session)
    if fate.session is None:
        return Place(session.state, session.flow_version, "ends", why=fate.why)
    today = fate.session.state
    becomes: Becomes = "goes on" if today == session.state else "renamed"
    return Place(session.state, session.flow_version, becomes, today)


def _count(place: Place, here: list[Standing]) -> Count:
    return Count(
        place=place,
        dialogues=len(here),
        questions_pending=sum(one.question_pending for one in here),
        calls_out=sum(one.call_out for one in here),
        writes_out=sum(one.write_out for one in here),
        words_waiting=sum(one.words_waiting for one in here),
        last_activity=max((one.last_activity for one in here if one.last_activity), default=None),
    )


def _order(count: Count) -> tuple[bool, str, int, str]:
    place = count.place
    return not count.goes_on, place.state or "", place.version or 0, place.why
