"""Paths: every state can be reached from home and leads back; rows stay within their flow."""

from collections.abc import Iterable, Iterator

from engine.flow import IDLE
from engine.soundness.problems import Problem, described
from engine.soundness.tables import Tables


def reached(start: str, steps: Iterable[tuple[str, str]]) -> set[str]:
    """Return everything that these steps lead to from here."""
    edges, found, frontier = list(steps), {start}, [start]
    while frontier:
        here = frontier.pop()
        fresh = {there for source, there in edges if source == here} - found
        found |= fresh
        frontier += fresh
    return found


def unreachable(tables: Tables) -> Iterator[Problem]:
    """Every state can be reached from home."""
    found = reached(IDLE, ((placed.row.source, placed.row.to) for placed in tables.rows))
    for name in tables.states.keys() - found:
        what = "it cannot be reached from idle"
        remedy = "add a row that leads to it, or remove it"
        yield Problem("unreachable", tables.flow_of(name), name, what, remedy)


def dead_ends(tables: Tables) -> Iterator[Problem]:
    """Every state leads home by rows of its own flow: «стоп» and its like are no way on for a client."""
    own = [placed.row for placed in tables.rows if placed.own]
    home = reached(IDLE, ((row.to, row.source) for row in own))
    for name in tables.states.keys() - home:
        ways = sorted({row.to for row in own if row.source == name} - {name})
        what = (
            f"it leads to {', '.join(ways)} and never home" if ways else "no row of its flow leads out of it"
        )
        remedy = (
            f'add a row from it that ends in IDLE, at least On(TimedOut, "{name}", IDLE, …) where it waits'
        )
        yield Problem("dead-end", tables.flow_of(name), name, what, remedy)


def strays(tables: Tables) -> Iterator[Problem]:
    """A flow is entered by its intents, and left for home: its memory fits no other's states."""
    for placed in tables.rows:
        row = placed.row
        source, to = tables.owner.get(row.source), tables.owner.get(row.to)
        if source is None and to is not None and tables.opens.get(row.event) is not to:
            what = f"{described(row)} enters {to.name} by no intent of it"
            remedy = f"add {row.event.__name__} to the intents of {to.name}"
            yield Problem("entrance", placed.flow, row.source, what, remedy)
        elif source is not None and to is not None and source is not to:
            what = f"{described(row)} goes from {source.name} into {to.name}, whose memory is another"
            remedy = f"go to IDLE and hand over by intent: Then(event=…) with an intent of {to.name}"
            yield Problem("entrance", placed.flow, row.source, what, remedy)
