"""What can be seen at one moment, and what happened then: frames and entries of the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import JournalRow
from engine.flow import Row
from engine.session import IDLE

ServerState = Literal["starting", "up", "down"]
Side = Literal["yclients", "whatsapp"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A quirk that is on. `on`: one operation alone; `times`: how often more, None for ever."""

    name: str
    on: str | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """Where one client's dialogue stands in the machine, and how it came there."""

    state: str = IDLE
    # Of the last turn: the event that it took, the state that it began in, and the rows that were tried.
    event: str | None = None
    before: str = IDLE
    tried: tuple[tuple[int, bool], ...] = ()
    # Number of the entry that tells of it.
    turn: int | None = None
    # How often each state was entered, and each row fired.
    visits: Mapping[str, int] = field(default_factory=dict)
    fired: Mapping[int, int] = field(default_factory=dict)
    # The flow that was under way last, shown while the dialogue is at home.
    flow: str = ""

    def after(
        self,
        state: str,
        event: str,
        tried: tuple[tuple[int, bool], ...],
        turn: int,
        rows: Sequence[Row[Any]],
        flow: str | None,
    ) -> "Stance":
        visits, fired = dict(self.visits), dict(self.fired)
        for place in (place for place, held in tried if held):
            fired[place] = fired.get(place, 0) + 1
            if rows[place].to != rows[place].source:
                visits[rows[place].to] = visits.get(rows[place].to, 0) + 1
        return replace(
            self,
            before=self.state,
            state=state,
            event=event,
            tried=tried,
            turn=turn,
            visits=visits,
            fired=fired,
            flow=flow or self.flow,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """All that the panes show at one moment; what did not change is shared with the frame before."""

    at: datetime
    # By the phone's digits: of the clients who can be played, and of the salon's people.
    screens: Mapping[str, tuple[Bubble, ...]]
    # Whose phones show that the salon types.
    typing: frozenset[str]
    rows: tuple[JournalRow, ...]
    # By the client's digits.
    stances: Mapping[str, Stance]
    server: ServerState
    faults: Mapping[Side, tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `about` is what the page tells of it, as JSON takes it."""

    # 1, 2, … without gaps.
    n: int
    kind: str
    # The client's digits; "": it concerns nobody in particular.
    whose: str
    about: Mapping[str, Any]
    # As everything stood right after it.
    frame: Frame
