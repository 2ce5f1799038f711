"""The picture as data: states in clusters, arrows of rows, and asides for what every state has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.diagram.reading import guard_of, title_of
from engine.dialogue import Dialogue
from engine.events import NotDelivered, StartedOver, StillWaiting, TimedOut
from engine.flow import IDLE, Calling, Flow, Home, Open, Row, State, Waiting

Kind = Literal["home", "waiting", "open", "calling"]
# `time`: nobody answered in time; `trouble`: something failed; `ahead`: everything else.
Course = Literal["ahead", "time", "trouble"]
# `partly`: some of it is covered, or its guard was seen only one way.
Paint = Literal["covered", "partly", "uncovered"]

# In the order of a legend.
_KINDS: dict[type[State], Kind] = {Home: "home", Waiting: "waiting", Calling: "calling", Open: "open"}
_COURSES: tuple[Course, ...] = ("ahead", "time", "trouble")
_PAINTS: tuple[Paint, ...] = ("covered", "partly", "uncovered")


@dataclass(frozen=True, slots=True)
class Painted:
    """What a picture is painted with: rows by their place in `Dialogue.rows()`, states by name."""

    rows: Mapping[int, Paint] = field(default_factory=dict)
    states: Mapping[str, Paint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    state: str
    kind: Kind
    # The state's name within its flow.
    name: str
    # How long it waits, or what it calls; empty at home.
    note: str = ""
    paint: Paint | None = None

    @property
    def waits_for(self) -> str:
        """Return «calls FindRecords», «waits 15 min», or nothing at home."""
        if not self.note:
            return ""
        return f"{'calls' if self.kind == 'calling' else 'waits'} {self.note}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row, as an arrow carries it. `row` is its place among `Dialogue.rows()`."""

    row: int
    event: str
    guard: str
    paint: Paint | None = None

    @property
    def label(self) -> str:
        return f"{self.event} [{self.guard}]" if self.guard else self.event


@dataclass(frozen=True, slots=True)
class Arrow:
    """All rows of one course from one state to another, in the order in which they are tried."""

    source: str
    to: str
    course: Course
    lines: tuple[Line, ...]

    @property
    def paint(self) -> Paint | None:
        """Return the paint of the whole arrow: the worst of its rows'."""
        paints = {line.paint for line in self.lines}
        return next((paint for paint in reversed(_PAINTS) if paint in paints), None)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A flow with its states."""

    name: str
    # The first line of the module that the flow stands in.
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """What every state of one kind has, so that it is told once and not drawn at each of them."""

    kind: Kind
    # Where it leads; empty: it stays where it is.
    to: str
    # Names of events, each once.
    events: tuple[str, ...]
    rows: tuple[int, ...]
    paint: Paint | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    title: str
    # One line on what it does; empty for the whole machine.
    about: str
    home: Node
    clusters: tuple[Cluster, ...]
    arrows: tuple[Arrow, ...]
    asides: tuple[Aside, ...]

    def nodes(self) -> tuple[Node, ...]:
        return (self.home, *(node for cluster in self.clusters for node in cluster.nodes))

    def ends(self, arrow: Arrow) -> str:
        """Return the name of the node that an arrow points to.

        What leads home from within a flow ends at a small home of its own beside its state:
        arrows from everywhere to one home would hide everything else.
        """
        return exit_of(arrow.source) if self._goes_home(arrow) else arrow.to

    def exits(self) -> tuple[str, ...]:
        """Return the states that have a small home beside them."""
        return tuple(dict.fromkeys(arrow.source for arrow in self.arrows if self._goes_home(arrow)))

    def _goes_home(self, arrow: Arrow) -> bool:
        return arrow.to == self.home.state != arrow.source

    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of states that are on the picture, in the order of a legend."""
        shown = {node.kind for node in self.nodes()}
        return tuple(kind for kind in _KINDS.values() if kind in shown)

    def courses(self) -> tuple[Course, ...]:
        shown = {arrow.course for arrow in self.arrows}
        return tuple(course for course in _COURSES if course in shown)

    def paints(self) -> tuple[Paint, ...]:
        shown = {
            *(line.paint for arrow in self.arrows for line in arrow.lines),
            *(node.paint for node in self.nodes()),
            *(aside.paint for aside in self.asides),
        }
        return tuple(paint for paint in _PAINTS if paint in shown)


def exit_of(state: str) -> str:
    return f"{state}.exit"


def draw(
    dialogue: Dialogue, *, flow: str | None = None, everything: bool = False, painted: Painted | None = None
) -> Graph:
    """Read the whole machine, or one flow, off its tables.

    Rows that every state of a kind has are told in asides; with `everything` they are arrows too.

    Raises:
        LookupError: no flow has this name; the text says which there are.
    """
    painted = painted or Painted()
    flows = dialogue.flows if flow is None else (_named(dialogue, flow),)
    own, general = _rows(dialogue, flows)
    return Graph(
        title="The whole machine" if flow is None else f"Flow {flow}",
        about="" if flow is None else title_of(flows[0]),
        home=_node(dialogue.states[IDLE], painted),
        clusters=tuple(
            Cluster(one.name, title_of(one), tuple(_node(state, painted) for state in one.states))
            for one in flows
            # A flow that asks nothing is rows at home alone, and has nothing to frame.
            if one.states
        ),
        arrows=_arrows(dialogue, own + general if everything else own, painted),
        asides=() if everything else _asides(dialogue, general, painted),
    )


def _named(dialogue: Dialogue, name: str) -> Flow:
    for flow in dialogue.flows:
        if flow.name == name:
            return flow
    known = ", ".join(flow.name for flow in dialogue.flows)
    raise LookupError(f"no flow is called {name}; there is {known}")


Placed = list[tuple[int, Row[Any]]]


def _rows(dialogue: Dialogue, flows: Sequence[Flow]) -> tuple[Placed, Placed]:
    """Return the rows of these flows' own tables, and those that their states have besides."""
    places: dict[str, range] = {}
    begin = 0
    for flow in dialogue.flows:
        places[flow.name] = range(begin, begin := begin + len(flow.table))
    states = {IDLE, *(state.name for flow in flows for state in flow.states)}
    placed = list(enumerate(dialogue.rows()))
    own = [placed[place] for flow in flows for place in places[flow.name]]
    # The machine's own rows come after those of all flows.
    return own, [(place, row) for place, row in placed[begin:] if row.source in states]


def kind_of(state: State) -> Kind:
    return _KINDS[type(state)]


def course_of(source: State, row: Row[Any]) -> Course:
    """Tell the happy path from time and trouble.

    A call names the result that is hoped for first; every other end of it is trouble.
    """
    if row.event in (TimedOut, StillWaiting):
        return "time"
    if row.event in (NotDelivered, StartedOver):
        return "trouble"
    if isinstance(source, Calling) and row.event not in source.call.results[:1]:
        return "trouble"
    return "ahead"


def _node(state: State, painted: Painted) -> Node:
    note = ""
    if isinstance(state, Waiting | Open):
        note = f"{state.patience.total_seconds() / 60:g} min"
    if isinstance(state, Calling):
        note = state.call.__name__
    name = state.name.partition(".")[2] or state.name
    return Node(state.name, kind_of(state), name, note, painted.states.get(state.name))


def _arrows(dialogue: Dialogue, rows: Placed, painted: Painted) -> tuple[Arrow, ...]:
    lines: dict[tuple[str, str, Course], list[Line]] = {}
    for place, row in rows:
        course = course_of(dialogue.states[row.source], row)
        line = Line(place, row.event.__name__, guard_of(row), painted.rows.get(place))
        lines.setdefault((row.source, row.to, course), []).append(line)
    return tuple(Arrow(*ends, tuple(carried)) for ends, carried in lines.items())


def _asides(dialogue: Dialogue, rows: Placed, painted: Painted) -> tuple[Aside, ...]:
    order = list(_KINDS.values())
    groups: dict[tuple[Kind, str], Placed] = {}
    for place, row in rows:
        kind = kind_of(dialogue.states[row.source])
        groups.setdefault((kind, "" if row.to == row.source else row.to), []).append((place, row))
    return tuple(
        Aside(
            kind,
            to,
            tuple(dict.fromkeys(row.event.__name__ for _, row in group)),
            tuple(place for place, _ in group),
            paint_of(painted.rows.get(place) for place, _ in group),
        )
        for (kind, to), group in sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    )


def paint_of(paints: Iterable[Paint | None]) -> Paint | None:
    """Return the one paint of several, `partly` where they differ, None where none is painted."""
    found = set(paints)
    return found.pop() if len(found) == 1 else "partly"
