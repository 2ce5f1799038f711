"""Tea: a small machine of two flows, to draw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from engine.booking import Call, CallFailed, FindRecords, RecordsFound
from engine.dialogue import Dialogue
from engine.effects import Effects, Option, Say
from engine.events import Greeted, No, NotDelivered, Picked, StartedOver, StillWaiting, TimedOut, Yes
from engine.flow import IDLE, Calling, Flow, Home, On, Open, Row, State, Turn, Waiting, minutes, repeat, say
from engine.understanding import Understanding
from engine.values import Event


class TeaWanted(Event):
    pass


class CakeWanted(Event):
    pass


class Poured(Event):
    pass


class Spilled(Event):
    pass


class Pour(Call):
    results = (Poured, Spilled)


class Memory(BaseModel):
    pass


def thirsty(turn: Turn[Any], event: Event) -> bool:
    return True


def serve(turn: Turn[Any], event: Event) -> Effects:
    yield from _served("tea.served")


def _served(text: str) -> Effects:
    yield Say(text=text, options=(Option(kind="yes"),))
    yield Say(text="tea." + "warm")


@dataclass(frozen=True)
class Told:
    """What a fragment is told to do: a part of its actions."""

    text: str


def telling(told: Told) -> Callable[[Turn[Any], Event], Effects]:
    def tell(turn: Turn[Any], event: Event) -> Effects:
        yield Say(text=told.text)

    return tell


def explain(turn: Turn[Any], event: CallFailed) -> Effects:
    yield Say(text=f"tea.failed.{event.reason}")


TEA = Flow(
    name="tea",
    intents=(TeaWanted,),
    memory=Memory,
    states=(
        Calling("tea.pouring", Pour),
        Waiting("tea.offering", (), "confirm", minutes(15)),
        Open("tea.over", (), "done", minutes(2)),
    ),
    table=(
        On(TeaWanted, IDLE, "tea.pouring", when=thirsty),
        On(TeaWanted, IDLE, IDLE, do=say("tea.none")),
        On(Poured, "tea.pouring", "tea.offering", when=thirsty, do=serve),
        On(Poured, "tea.pouring", "tea.offering", do=repeat("tea.again")),
        On(Spilled, "tea.pouring", "tea.pouring"),
        On(CallFailed, "tea.pouring", IDLE, do=explain),
        On(Yes, "tea.offering", "tea.pouring", do=telling(Told("tea.more"))),
        On(No, "tea.offering", "tea.over"),
        On(TimedOut, "tea.offering", IDLE),
        On(TimedOut, "tea.over", IDLE),
    ),
)
CAKE = Flow(
    name="cake",
    intents=(CakeWanted,),
    memory=Memory,
    states=(Calling("cake.looking", FindRecords),),
    table=(
        On(CakeWanted, IDLE, "cake.looking"),
        On(RecordsFound, "cake.looking", IDLE),
        On(CallFailed, "cake.looking", IDLE),
        On(Picked, IDLE, IDLE),
    ),
)


def everywhere(state: State) -> tuple[Row[Any], ...]:
    match state:
        case Home():
            return (On(Greeted, IDLE, IDLE, do=say("tea.hello")), On(StartedOver, IDLE, IDLE))
        case Calling():
            return (On(StillWaiting, state.name, state.name),)
        case Waiting():
            return (On(Greeted, state.name, state.name), On(NotDelivered, state.name, IDLE))
        case Open():
            return (On(Greeted, state.name, IDLE),)


TEXTS = (
    "tea.none",
    "tea.served",
    "tea.again",
    "tea.hello",
    "tea.more",
    "tea.failed.refused",
    "tea.failed.unknown",
)
MACHINE = Dialogue((TEA, CAKE), everywhere, Understanding(), {})


def shared(flow: str) -> tuple[State, ...]:
    """A fragment that has one state."""
    return (Waiting(f"{flow}.offering", (), "confirm", minutes(15)),)
