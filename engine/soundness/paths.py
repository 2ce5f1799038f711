"""Paths: every state can be reached from home and leads back; rows stay within their flow."""

from collections.abc import Iterable, Iterator

from engine.flow import IDLE, Calling
from engine.soundness.inputs import expected
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
    """Every state can be reached from home. What lies behind one that cannot is told with it."""
    steps = [(placed.row.source, placed.row.to) for placed in tables.rows]
    lost = tables.states.keys() - reached(IDLE, steps)
    behind: dict[str, set[str]] = {name: reached(name, steps) & lost - {name} for name in lost}
    for name in lost:
        follows = any(name in others and first not in behind[name] for first, others in behind.items())
        if follows and tables.own_of(name):
            continue
        followers = sorted(
            state for state in behind[name] if name not in behind[state] and tables.own_of(state)
        )
        what = "it cannot be reached from idle" + (f", nor can {_listed(followers)}" if followers else "")
        remedy = f'add a row that leads to it, On(…, …, "{name}"), or remove it'
        if not tables.own_of(name):
            what += f", and {_abandoned(tables, name)}"
            remedy = f'add a row that leads to it and one, On(…, "{name}", IDLE), that ends, or remove it'
        yield Problem("unreachable", tables.flow_of(name), name, what, remedy)


def dead_ends(tables: Tables) -> Iterator[Problem]:
    """Every state leads home by rows of its own flow: «стоп» and its like are no way on for a client."""
    own = [placed.row for placed in tables.rows if placed.own]
    home = reached(IDLE, ((row.to, row.source) for row in own))
    found = reached(IDLE, ((placed.row.source, placed.row.to) for placed in tables.rows))
    for name in tables.states.keys() - home:
        if name not in found and not tables.own_of(name):
            continue  # told as a whole by `unreachable`
        ways = sorted({row.to for row in own if row.source == name} - {name})
        what = f"it leads to {_listed(ways)} and never home" if ways else _abandoned(tables, name)
        # No time runs out on a call: what ends it is its answer, or that it failed.
        least = "CallFailed" if isinstance(tables.states[name], Calling) else "TimedOut"
        remedy = f'add a row from it that ends in IDLE, at least On({least}, "{name}", IDLE, …)'
        yield Problem("dead-end", tables.flow_of(name), name, what, remedy)


def _abandoned(tables: Tables, name: str) -> str:
    """Say that nothing of its flow leads out of a state, and, where it has no row at all, what it misses."""
    what = "no row of its flow leads out of it"
    if tables.own_of(name):
        return what
    state = tables.states[name]
    missed = [event.__name__ for event in expected(tables, state) if tables.missed(name, event)]
    return f"{what}, and no row takes {_listed(missed)}" if missed else what


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


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
