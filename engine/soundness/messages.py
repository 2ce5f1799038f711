"""Messages: what the ways through a flow cost the salon, least and most, in billable messages.

A turn sends one message at most, whatever its actions say. A way goes from an intent at home along the
rows of the flows, hand-overs included, to the next rest: home or an open state. It comes through no state
twice, so that nothing is asked twice: what is said when words are not understood, when a call takes long,
or after «стоп» comes on top. A look that was promised for later costs its own message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from engine.flow import IDLE, Flow, Open
from engine.soundness.deeds import Deeds
from engine.soundness.problems import Problem, described
from engine.soundness.tables import Placed, Tables

# Beyond so many ways no more are followed; the figures are then what was found so far.
WAYS_MAX = 20_000
HANDED_OVER_MAX = 8


@dataclass(frozen=True, slots=True)
class Way:
    """One way from an intent to the next rest."""

    rows: tuple[Placed, ...]
    least: int
    most: int

    def __str__(self) -> str:
        return " · ".join(described(placed.row) for placed in self.rows)


@dataclass(frozen=True, slots=True)
class Cost:
    """The cheapest and the dearest way through one flow."""

    flow: str
    least: Way
    most: Way
    budget: int | None
    # False: there are too many ways to follow, so that `most` may be more.
    exact: bool = True


def costs(tables: Tables, deeds: Deeds) -> tuple[Cost, ...]:
    """Return what each flow costs; a flow that no row opens has no cost."""
    found = []
    for flow in tables.flows:
        followed = list(islice(_ways(flow, tables, deeds), WAYS_MAX))
        ways = [way for way in followed if way is not None]
        if ways:
            least = min(ways, key=lambda way: way.least)
            most = max(ways, key=lambda way: way.most)
            found.append(Cost(flow.name, least, most, flow.messages_max, exact=len(followed) < WAYS_MAX))
    return tuple(found)


def over_budget(found: tuple[Cost, ...]) -> Iterator[Problem]:
    """No way costs more than the flow's budget."""
    for cost in found:
        if cost.budget is not None and cost.most.most > cost.budget:
            what = f"a way costs {cost.most.most} messages, and messages_max is {cost.budget}: {cost.most}"
            remedy = "say less on it, two sentences in one turn are one message; or raise messages_max"
            yield Problem("budget", cost.flow, cost.most.rows[0].row.source, what, remedy)


def _ways(flow: Flow, tables: Tables, deeds: Deeds) -> Iterator[Way | None]:
    """Yield every way; None for each that comes back to where it has been, or comes to no end."""
    for intent in flow.intents:
        for placed in tables.taking(IDLE, intent):
            yield from _on(Way((), 0, 0), placed, frozenset((IDLE,)), tables, deeds)


def _on(way: Way, placed: Placed, been: frozenset[str], tables: Tables, deeds: Deeds) -> Iterator[Way | None]:
    """Go on along one row, and from where it leads."""
    for turn, state in _turns((placed,), tables, deeds):
        least, most = _price(turn, deeds)
        longer = Way((*way.rows, *turn), way.least + least, way.most + most)
        if state == IDLE or isinstance(tables.states[state], Open):
            yield longer
        elif state not in been:
            for following in tables.own_of(state):
                yield from _on(longer, following, been | {state}, tables, deeds)
        else:
            yield None


def _turns(
    rows: tuple[Placed, ...], tables: Tables, deeds: Deeds
) -> Iterator[tuple[tuple[Placed, ...], str]]:
    """Follow what is handed over within one turn; yield its rows and where it ends."""
    last = rows[-1]
    handed = [event for event in deeds.of(last).thens if event is not None]
    following = [placed for event in handed for placed in tables.taking(last.row.to, event)]
    if not following or len(rows) >= HANDED_OVER_MAX:
        yield rows, last.row.to
    for placed in following if len(rows) < HANDED_OVER_MAX else ():
        yield from _turns((*rows, placed), tables, deeds)


def _price(turn: tuple[Placed, ...], deeds: Deeds) -> tuple[int, int]:
    done = [deeds.of(placed) for placed in turn]
    later = sum(not made.awaited for one in done for made in one.made)
    surely = any(one.speaks == {True} for one in done)
    maybe = any(True in one.speaks for one in done)
    return surely + later, maybe + later
