"""The tables beneath a picture: each flow's rows, then what every state of a kind has besides."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.diagram.graph import Kind, kind_of
from engine.diagram.reading import Reading, TextOf, read_aloud
from engine.dialogue import Dialogue
from engine.flow import Flow, State


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: tuple[Reading, ...]


KINDS: dict[Kind, str] = {
    "home": "At home, besides",
    "waiting": "In every state that waits for an answer",
    "calling": "In every state that waits for the result of a call",
    "open": "In every open state",
}


def tables(
    dialogue: Dialogue, keys: Iterable[str], text_of: TextOf, flow: str | None = None
) -> tuple[Table, ...]:
    """Return the tables of the whole machine, or of one flow and its kinds of states."""
    readings = read_aloud(dialogue, keys, text_of)
    flows = [one for one in dialogue.flows if flow in (None, one.name)]
    own, begin = [], 0
    for one in dialogue.flows:
        if one in flows:
            own.append(Table(f"Flow {one.name}", readings[begin : begin + len(one.table)]))
        begin += len(one.table)
    kinds: list[Kind] = ["home", *(kind_of(state) for one in flows for state in one.states)]
    titles = {KINDS[kind] for kind in kinds}
    return (*own, *(table for table in general(dialogue, readings) if table.title in titles))


def general(dialogue: Dialogue, readings: Sequence[Reading]) -> tuple[Table, ...]:
    """Return what every state of a kind has besides, each row once; its source is the kind."""
    found: dict[Kind, dict[tuple[str, ...], Reading]] = {kind: {} for kind in KINDS}
    for reading in readings:
        if reading.general:
            kind = kind_of(dialogue.states[reading.source])
            to = "stays" if reading.to == reading.source else reading.to
            told = replace(reading, source=kind, to=to)
            found[kind].setdefault((told.event, told.guard, told.to, told.does), told)
    return tuple(Table(KINDS[kind], tuple(rows.values())) for kind, rows in found.items() if rows)


def of_fragment(
    flow: Flow, states: Callable[[str], tuple[State, ...]], readings: Collection[Reading]
) -> Table | None:
    """Return the flow's rows that begin or end in the fragment's states; None: it does not use it.

    A state of the same name is another one where it hears, waits for or calls something else.
    """
    given = states(flow.name)
    if not set(given) <= set(flow.states):
        return None
    names = {state.name for state in given}
    rows = tuple(one for one in readings if not one.general and names & {one.source, one.to})
    return Table(f"As the flow {flow.name} uses it", rows)
