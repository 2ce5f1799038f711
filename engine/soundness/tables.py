"""The tables of all flows laid out side by side, however broken they are: what every rule reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args

from engine.flow import IDLE, Calling, Flow, Home, Open, Row, State, Waiting
from engine.soundness.problems import Problem
from engine.understanding.meaning import Context
from engine.values import Event

Everywhere = Callable[[State], tuple[Row[Any], ...]]


@dataclass(frozen=True, slots=True)
class Placed:
    """One row, and the flow that it belongs to."""

    row: Row[Any]
    flow: str
    # False: one of the rows that every state of a kind has.
    own: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """Every state and every usable row of the whole machine, in the order in which rows are tried."""

    flows: tuple[Flow, ...]
    states: dict[str, State]
    owner: dict[str, Flow]
    opens: dict[type[Event], Flow]
    rows: tuple[Placed, ...]
    # What was wrong with the tables before any rule could read them.
    problems: tuple[Problem, ...]
    # Where rows stand that are not usable, and what they were to take: reported, and no holes beside.
    spoilt: frozenset[tuple[str, type[Event]]] = frozenset()
    # What the source of recognisers that do not say it lets them make, by their identity.
    inferred: Mapping[int, tuple[type[Event], ...]] = field(default_factory=dict)
    _own: dict[str, tuple[Placed, ...]] = field(init=False, default_factory=dict)
    _at: dict[tuple[str, type[Event]], tuple[Placed, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for placed in self.rows:
            source, event = placed.row.source, placed.row.event
            self._at[source, event] = (*self.at(source, event), placed)
            if placed.own:
                self._own[source] = (*self.own_of(source), placed)

    def at(self, state: str, event: type[Event]) -> tuple[Placed, ...]:
        """Return the rows that stand at this state and event, in order."""
        return self._at.get((state, event), ())

    def flow_of(self, state: str) -> str:
        """Return the name of the flow that a state belongs to."""
        owner = self.owner.get(state)
        return owner.name if owner else "everywhere"

    def taking(self, state: str, event: type[Event]) -> tuple[Placed, ...]:
        """Return the rows that may take this event here, in order; an open state opens intents at home."""
        if isinstance(self.states.get(state), Open) and event in self.opens:
            state = IDLE
        return self.at(state, event)

    def missed(self, state: str, event: type[Event]) -> bool:
        """Whether nobody has written a row that takes this event here."""
        return not self.taking(state, event) and (state, event) not in self.spoilt

    def own_of(self, state: str) -> tuple[Placed, ...]:
        """Return the rows of this state's own flow that stand there."""
        return self._own.get(state, ())

    def events_at(self, state: str) -> tuple[type[Event], ...]:
        return tuple(dict.fromkeys(placed.row.event for placed in self.rows if placed.row.source == state))


def laid_out(flows: Sequence[Flow], everywhere: Everywhere) -> Tables:
    """Lay the flows out; whatever cannot be used is reported and left out, so that it hides nothing."""
    problems: list[Problem] = []
    flows = _each_once(flows, problems)
    states: dict[str, State] = {
        IDLE: Home(hears=tuple(recognise for flow in flows for recognise in flow.hears))
    }
    owner: dict[str, Flow] = {}
    opens: dict[type[Event], Flow] = {}
    names: set[str] = set()
    for flow in flows:
        if flow.name in names:
            problems.append(
                Problem("doubled", flow.name, "its name", "two flows are called so", "rename one of them")
            )
        names.add(flow.name)
        for state in flow.states:
            if not isinstance(state, Waiting | Open | Calling):
                remedy = "declare Waiting(…), Open(…) or Calling(…); home is there already"
                problems.append(Problem("state", flow.name, repr(state), "is no state of a flow", remedy))
            elif state.name in states:
                what = f"is declared twice, by {owner[state.name].name if state.name in owner else 'home'}"
                remedy = "rename one of them, and its rows with it"
                problems.append(Problem("doubled", flow.name, state.name, f"{what} first", remedy))
            else:
                states[state.name], owner[state.name] = state, flow
                problems += _wrong_waits(state, flow)
        for intent in flow.intents:
            holder = opens.setdefault(intent, flow)
            if holder is not flow:
                what = f"opens both {holder.name} and {flow.name}"
                problems.append(
                    Problem("intent", flow.name, intent.__name__, what, "take it from the intents of one")
                )
    own = [Placed(row, flow.name, own=True) for flow in flows for row in flow.table]
    general = [
        Placed(row, owner[state.name].name if state.name in owner else "everywhere", own=False)
        for state in states.values()
        for row in everywhere(state)
    ]
    replaced = {(placed.row.event, placed.row.source) for placed in own if placed.row.when is None}
    kept = [placed for placed in general if (placed.row.event, placed.row.source) not in replaced]
    usable = tuple(_usable((*own, *kept), states, problems))
    standing = set(map(id, usable))
    spoilt = [placed.row for placed in own if id(placed) not in standing]
    return Tables(
        tuple(flows),
        states,
        owner,
        opens,
        usable,
        tuple(problems),
        frozenset((row.source, row.event) for row in spoilt if isinstance(row.event, type)),
    )


def _each_once(flows: Sequence[Flow], problems: list[Problem]) -> tuple[Flow, ...]:
    """Return the flows without those that stand there already, each of which would double all its rows."""
    once: list[Flow] = []
    for flow in flows:
        if flow in once:
            what, remedy = "it is listed twice in FLOWS", "list it once"
            problems.append(Problem("doubled", flow.name, "its name", what, remedy))
        else:
            once.append(flow)
    return tuple(once)


def _wrong_waits(state: Waiting | Open | Calling, flow: Flow) -> Iterator[Problem]:
    """A state that hears is read in a context that there is, and waits for some time."""
    if isinstance(state, Calling):
        return
    known = get_args(Context)
    if state.context not in known:
        what = f"its context {state.context!r} is none in which words are understood"
        remedy = f"take one of {', '.join(known)}: a yes or no to a change of a record is confirm"
        yield Problem("context", flow.name, state.name, what, remedy)
    if not (isinstance(state.patience, timedelta) and state.patience > timedelta(0)):
        what = f"its patience {state.patience!r} is no time that could pass"
        yield Problem("patience", flow.name, state.name, what, "write it as minutes(15)")


def _usable(rows: Sequence[Placed], states: dict[str, State], problems: list[Problem]) -> list[Placed]:
    usable: list[Placed] = []
    events: dict[str, type[Event]] = {}
    for placed in rows:
        row = placed.row
        if not (isinstance(row.event, type) and issubclass(row.event, Event)):
            what, remedy = f"a row reacts to {row.event!r}, which is no event", "name a class below Event"
            problems.append(Problem("event", placed.flow, f"{row.source} → {row.to}", what, remedy))
            continue
        if events.setdefault(row.event.__name__, row.event) is not row.event:
            what = f"two events are called {row.event.__name__}, and the machine knows events by name"
            problems.append(Problem("doubled", placed.flow, row.event.__name__, what, "rename one of them"))
        lost = [name for name in dict.fromkeys((row.source, row.to)) if name not in states]
        for name in lost:
            what = f"the row {row.event.__name__}: {row.source} → {row.to} names it, and no flow declares it"
            remedy = "add it to the flow's states, or mend the name"
            problems.append(Problem("undeclared", placed.flow, name, what, remedy))
        if not lost:
            usable.append(placed)
    return usable
