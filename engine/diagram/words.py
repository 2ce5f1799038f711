"""What words become: the event that each state makes of each intent, asked of the recognisers themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, get_args

from engine.booking import Record
from engine.dialogue import Dialogue
from engine.events import Named
from engine.flow import Calling, Flow, Hearing, Home, Nothing, Open, Recogniser, State, Waiting
from engine.understanding import Context, Intent, Meaning

INTENTS: tuple[Intent, ...] = get_args(Intent)
# Two records that a state may have shown, and what names the first of them, or none.
_SHOWN = tuple(
    Record(
        record_id=hour, phone="", services=(), master="", starts_at=datetime(2026, 11, 25, hour, tzinfo=UTC)
    )
    for hour in (15, 16)
)
_SHOWN_ONE, _ANOTHER = Named(clock=time(15)), Named(days=(date(2026, 11, 27),))


@dataclass(frozen=True, slots=True)
class Becoming:
    """An event, and what has to be named for it; nothing named comes first, with an empty tuple."""

    event: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One state that hears words."""

    state: str
    context: Context
    # Its own recognisers with what they say of themselves, in the order in which they are asked.
    hears: tuple[tuple[str, str], ...]
    cells: Mapping[Intent, tuple[Becoming, ...]]
    # What none of them takes goes on to those of home.
    open: bool


def words(dialogue: Dialogue) -> tuple[Column, ...]:
    """Return a column for each state that hears words, home first."""
    owner = {state.name: flow for flow in dialogue.flows for state in flow.states}
    return tuple(
        Column(
            state=state.name,
            context=state.context,
            hears=tuple((_name(one), _about(one)) for one in state.hears),
            cells={intent: _cell(dialogue, state, owner.get(state.name), intent) for intent in INTENTS},
            open=isinstance(state, Open),
        )
        for state in dialogue.states.values()
        if not isinstance(state, Calling)
    )


def _cell(dialogue: Dialogue, state: State, flow: Flow | None, intent: Intent) -> tuple[Becoming, ...]:
    assert isinstance(state, Home | Waiting | Open)
    memory = _memory(flow)
    found: dict[str, list[str]] = {}
    for case, meaning in _cases(intent):
        event = type(dialogue.listening.means(state, Hearing(meaning, None, memory))).__name__
        found.setdefault(event, []).append(case)
    return tuple(Becoming(event, () if "" in cases else tuple(cases)) for event, cases in found.items())


def _cases(intent: Intent) -> Iterator[tuple[str, Meaning]]:
    yield "", Meaning(intent)
    yield "a record shown", Meaning(intent, _SHOWN_ONE)
    yield "another one", Meaning(intent, _ANOTHER)
    yield "several", Meaning(intent, several=True)
    if intent == "unclear":
        yield "two readings", Meaning(intent, readings=("cancel", "other"))


def _memory(flow: Flow | None) -> Any:
    """Return a memory that has shown records, as any that waits for an answer about them has."""
    if flow is None:
        return Nothing()
    samples: dict[Any, Any] = {tuple[Record, ...]: _SHOWN, Record | None: _SHOWN[0]}
    fields = flow.memory.model_fields
    return flow.memory(
        **{name: samples[field.annotation] for name, field in fields.items() if field.annotation in samples}
    )


def _name(recogniser: Recogniser) -> str:
    return str(getattr(recogniser, "__name__", type(recogniser).__name__))


def _about(recogniser: Recogniser) -> str:
    """Return the first line of what it says of itself."""
    return next(iter((recogniser.__doc__ or "").strip().splitlines()), "")
