"""Sessions that older tables have left: how they go on under today's, and what is told where they cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from engine.booking import CallFailed, Proven, RecordChanged, SlotTaken, TurnedOut
from engine.events import StartedOver, TimedOut
from engine.flow import IDLE, Calling, Flow, Nothing, State
from engine.session import Session
from engine.values import Event


@dataclass(frozen=True, slots=True)
class Fate:
    """What today's tables make of a stored session: as it goes on, or None where it ends, for `why`.

    `memory` is a private copy of what it remembers, where it stands in a flow.
    """

    session: Session | None
    why: str = ""
    memory: BaseModel | None = None


@dataclass(frozen=True, slots=True)
class Upgrades:
    """Today's tables, as stored sessions meet them."""

    flows: Sequence[Flow]
    # By name.
    states: Mapping[str, State]
    # The flow that each state is of; home is of none.
    owner: Mapping[str, Flow]

    def fate(self, session: Session) -> Fate:
        """Tell how a stored session goes on under today's tables, or why it has to end."""
        name = self.today(session.state)
        state = self.states.get(name)
        if state is None:
            return Fate(None, f"no flow has a state {session.state} any more")
        if name == IDLE:
            ended = session.state != IDLE
            return Fate(None, f"{session.state} was given up") if ended else Fate(session)
        flow = self.owner[name]
        if not flow.oldest <= session.flow_version <= flow.version:
            return Fate(None, f"{flow.name} takes versions {flow.oldest} to {flow.version} on")
        if isinstance(state, Calling) != (session.awaiting is not None):
            return Fate(None, f"{name} waits for something else than {session.state} did")
        try:
            memory = flow.memory.model_validate(session.memory)
        except ValidationError as error:
            fields = sorted({".".join(map(str, found["loc"])) or "all of it" for found in error.errors()})
            return Fate(None, f"its memory no longer fits: {', '.join(fields)}")
        if (name, flow.version) != (session.state, session.flow_version):
            session = session.model_copy(update={"state": name, "flow_version": flow.version})
        return Fate(session, memory=memory)

    def today(self, state: str) -> str:
        """Return what a state of released tables is called now."""
        if state in self.states:
            return state
        return next((flow.was[state] for flow in self.flows if state in flow.was), state)

    def by_todays_names(self, event: Event) -> Event:
        """Return the event with the name that its state has today."""
        if isinstance(event, TimedOut):
            return event.model_copy(update={"state": self.today(event.state)})
        return event

    def memory(self, session: Session, flow: Flow | None = None) -> BaseModel:
        """Return a private copy of the memory (validating dumped values makes new objects)."""
        if owner := self.owner.get(session.state):
            return owner.memory.model_validate(session.memory)
        return flow.memory() if flow else Nothing()


def after_an_end(session: Session | None, event: Event) -> Event:
    """Return what a dialogue that cannot go on is told instead: what was done is told all the same."""
    if isinstance(event, Proven | TurnedOut):
        return event
    nothing_was_done = isinstance(event, RecordChanged | SlotTaken) or (
        isinstance(event, CallFailed) and event.reason != "unknown"
    )
    unclear = isinstance(event, CallFailed) if session is None else session.write_is_out
    return StartedOver(write_was_out=unclear and not nothing_was_done)
