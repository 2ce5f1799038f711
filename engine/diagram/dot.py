"""DOT: the picture for Graphviz and everything that reads its language."""

from collections.abc import Iterator
from textwrap import wrap

from engine.diagram.graph import Arrow, Aside, Course, Graph, Kind, Node, Paint, exit_of

# Graphviz knows the measures of the first even where no font is installed.
FONTS = "Arial, Helvetica, Roboto, sans-serif"

# Fill, border and shape tell the kinds of states apart, colour and dashes the courses;
# the colours stay apart for eyes that do not see red and green.
SHAPES: dict[Kind, str] = {
    "home": 'shape=box style="rounded,filled" fillcolor="#2f3e4e" color="#2f3e4e" fontcolor="#ffffff"',
    "waiting": 'shape=box style="rounded,filled" fillcolor="#e3eefc" color="#4a80c4" fontcolor="#1c2733"',
    "calling": 'shape=hexagon style=filled fillcolor="#fff1d2" color="#c08a1e" fontcolor="#1c2733"',
    "open": 'shape=box style="rounded,filled,dashed" fillcolor="#e0f4ec" color="#2c8a69" fontcolor="#1c2733"',
}
COURSES: dict[Course, str] = {
    "ahead": 'color="#526475" fontcolor="#2b3947" style=solid',
    "time": 'color="#8250c4" fontcolor="#6b3fa8" style=dotted penwidth=1.8',
    "trouble": 'color="#cc5214" fontcolor="#b04008" style=dashed',
}
PAINTS: dict[Paint, str] = {
    "covered": 'color="#1a7f5a" fontcolor="#1a7f5a"',
    "partly": 'color="#b07a00" fontcolor="#8a5f00" penwidth=2',
    "uncovered": 'color="#d1242f" fontcolor="#d1242f" penwidth=3',
}
MEANINGS: dict[Kind | Course | Paint, str] = {
    "home": "home: no flow is under way",
    "waiting": "waits for the client's answer",
    "calling": "waits for the result of a call",
    "open": "waits, and takes every wish that home takes",
    "ahead": "goes on",
    "time": "time is up",
    "trouble": "trouble",
    "covered": "covered",
    "partly": "covered in part",
    "uncovered": "not covered",
}
SIGNS: dict[Kind | Course | Paint, str] = {
    "home": "dark",
    "waiting": "blue",
    "calling": "yellow, six corners",
    "open": "green, dashed",
    "ahead": "solid",
    "time": "violet, dotted",
    "trouble": "orange, dashed",
    "covered": "green line",
    "partly": "amber line",
    "uncovered": "red, thick line",
}
# Characters of a line beneath a picture.
LINE_MAX = 84
# It stands above the asides of a picture.
NOT_DRAWN = "Not drawn, because every state of its kind has it (otmena diagram --all draws it):"


def dot(graph: Graph) -> str:
    """Return the graph in DOT. Its nodes and edges have ids: `state-cancel-confirming`, `row-12`."""
    return "\n".join(_lines(graph)) + "\n"


def state_id(state: str) -> str:
    return "state-" + state.replace(".", "-").replace("_", "-")


def arrow_id(arrow: Arrow) -> str:
    """Return `row-12`, or `row-12-13` for an arrow of two rows."""
    return "-".join(["row", *(str(line.row) for line in arrow.lines)])


def aside_text(aside: Aside) -> str:
    """Say what all states of a kind have besides: «waiting → idle: StopWanted, NotDelivered»."""
    where = f"leads to {aside.to}" if aside.to else "stays there"
    paint = f" ({MEANINGS[aside.paint]})" if aside.paint else ""
    return f"{aside.kind}, {where}: {', '.join(aside.events)}{paint}"


def told_apart(graph: Graph) -> Iterator[str]:
    """Say in short lines what the picture leaves out, and how to see it."""
    if graph.asides:
        yield NOT_DRAWN
    for aside in graph.asides:
        yield from wrap(aside_text(aside), LINE_MAX, subsequent_indent="   ")


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph otmena {"
    yield f"  graph [rankdir=TB nodesep=0.5 ranksep=0.55 label={_quoted(graph.title)} labelloc=t fontsize=16]"
    yield f'  graph [fontname="{FONTS}"]'
    yield f'  node [fontname="{FONTS}" fontsize=13 margin="0.2,0.08"]'
    yield f'  edge [fontname="{FONTS}" fontsize=11 arrowsize=0.7]'
    yield f"  {_node(graph.home)}"
    for cluster in graph.clusters:
        yield f"  subgraph {_quoted('cluster_' + cluster.name)} {{"
        yield f"    label={_quoted(cluster.name)} tooltip={_quoted(cluster.title)} fontsize=13 labeljust=l"
        yield '    style="rounded,filled" fillcolor="#f6f8fa" color="#d3dae3" margin=16'
        for node in cluster.nodes:
            yield f"    {_node(node)}"
            if node.state in graph.exits():
                yield f"    {_exit(graph, node.state)}"
        yield "  }"
    for arrow in graph.arrows:
        yield f"  {_arrow(graph, arrow)}"
    yield from _legend(graph)
    yield "}"


def _node(node: Node) -> str:
    label = f"{node.name}\\n{_escaped(node.waits_for)}" if node.note else node.name
    paint = f" {PAINTS[node.paint]}" if node.paint else ""
    return (
        f'{_quoted(node.state)} [id="{state_id(node.state)}" class="{node.kind}" label="{label}" '
        f"{SHAPES[node.kind]}{paint}]"
    )


def _exit(graph: Graph, state: str) -> str:
    return (
        f'{_quoted(exit_of(state))} [class="exit" label={_quoted(graph.home.name)} {SHAPES["home"]} '
        "fontsize=11 height=0.3]"
    )


def _arrow(graph: Graph, arrow: Arrow) -> str:
    label = "".join(f"{_escaped(line.label)}\\l" for line in arrow.lines)
    paint = f" {PAINTS[arrow.paint]}" if arrow.paint else ""
    about = f'id="{arrow_id(arrow)}" class="{arrow.course}" label="{label}" {COURSES[arrow.course]}{paint}'
    return f"{_quoted(arrow.source)} -> {_quoted(graph.ends(arrow))} [{about}]"


def _legend(graph: Graph) -> Iterator[str]:
    yield '  subgraph "cluster: legend" {'
    yield '    label="Legend" fontsize=12 labeljust=l style=rounded color="#d3dae3"'
    signs = (*graph.kinds(), *graph.courses(), *graph.paints())
    lines = [f"{SIGNS[sign]}: {MEANINGS[sign]}" for sign in signs]
    label = "".join(f"{_escaped(line)}\\l" for line in (*lines, "", *told_apart(graph)))
    yield f'    "legend" [shape=plaintext fontsize=11 label="{label}"]'
    yield "  }"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
