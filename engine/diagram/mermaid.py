"""Mermaid: the picture as text that GitHub, GitLab and many editors draw by themselves."""

from collections.abc import Iterator

from engine.diagram.dot import MEANINGS, SIGNS, told_apart
from engine.diagram.graph import Arrow, Cluster, Course, Graph, Kind, Paint, exit_of

SHAPES: dict[Kind, tuple[str, str]] = {
    "home": ("([", "])"),
    "waiting": ("(", ")"),
    "calling": ("{{", "}}"),
    "open": ("[/", "/]"),
}
CLASSES: dict[Kind | Paint, str] = {
    "home": "fill:#2f3e4e,stroke:#2f3e4e,color:#ffffff",
    "waiting": "fill:#e3eefc,stroke:#4a80c4,color:#1c2733",
    "calling": "fill:#fff1d2,stroke:#c08a1e,color:#1c2733",
    "open": "fill:#e0f4ec,stroke:#2c8a69,color:#1c2733,stroke-dasharray:5 3",
    "covered": "stroke:#1a7f5a,stroke-width:2px",
    "partly": "stroke:#b07a00,stroke-width:3px",
    "uncovered": "stroke:#d1242f,stroke-width:4px",
}
FRAME = "fill:#f6f8fa,stroke:#d3dae3,color:#1c2733"
TEXT = "fill:none,stroke:none,color:#4d5c6b,text-align:left"
# Pixels; at the 200 that are usual every second label would be broken.
WRAPPING_WIDTH = 720
LINKS: dict[Course | Paint, str] = {
    "ahead": "stroke:#6b7f92,stroke-width:1.5px",
    "time": "stroke:#8250c4,stroke-width:2px,stroke-dasharray:2 4",
    "trouble": "stroke:#cc5214,stroke-width:2px,stroke-dasharray:7 4",
    "covered": "stroke:#1a7f5a",
    "partly": "stroke:#b07a00,stroke-width:3px",
    "uncovered": "stroke:#d1242f,stroke-width:4px",
}


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flowchart."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "---"
    yield f"title: {graph.title}"
    yield "config:"
    yield "  flowchart:"
    yield f"    wrappingWidth: {WRAPPING_WIDTH}"
    yield "---"
    yield "flowchart TD"
    yield f"  {_name(graph.home.state)}{_shaped('home', graph.home.name)}"
    for cluster in graph.clusters:
        yield f'  subgraph {_flow(cluster)}["{_escaped(cluster.name)}"]'
        for node in cluster.nodes:
            yield f"    {_name(node.state)}{_shaped(node.kind, node.state, node.waits_for)}"
            if node.state in graph.exits():
                yield f"    {_name(exit_of(node.state))}{_shaped('home', graph.home.name)}"
        yield "  end"
    for arrow in graph.arrows:
        label = "<br>".join(_escaped(line.label) for line in arrow.lines)
        yield f'  {_name(arrow.source)} -->|"{label}"| {_name(graph.ends(arrow))}'
    yield from _legend(graph)
    yield from _styles(graph)


def _styles(graph: Graph) -> Iterator[str]:
    for name in (*graph.kinds(), *dict.fromkeys(node.paint for node in graph.nodes() if node.paint)):
        yield f"  classDef {name} {CLASSES[name]}"
    for node in graph.nodes():
        if node.paint:
            yield f"  class {_name(node.state)} {node.paint}"
    for style in dict.fromkeys(_style(arrow) for arrow in graph.arrows):
        places = (str(place) for place, arrow in enumerate(graph.arrows) if _style(arrow) == style)
        yield f"  linkStyle {','.join(places)} {style}"
    for cluster in graph.clusters:
        yield f"  style {_flow(cluster)} {FRAME}"
    yield f"  style legend {FRAME}"
    yield f"  style legend_text {TEXT}"


def _style(arrow: Arrow) -> str:
    return LINKS[arrow.course] + (f",{LINKS[arrow.paint]}" if arrow.paint else "")


def _legend(graph: Graph) -> Iterator[str]:
    lines = [f"{SIGNS[sign]}: {MEANINGS[sign]}" for sign in (*graph.courses(), *graph.paints())]
    text = "<br>".join(_escaped(line) for line in (*lines, *told_apart(graph)))
    yield '  subgraph legend["Legend"]'
    yield f'    legend_text["{text}"]'
    for kind in graph.kinds():
        yield f"    legend_{kind}{_shaped(kind, MEANINGS[kind])}"
        yield f"    legend_{kind} ~~~ legend_text"
    yield "  end"
    # Links that are not seen put the legend below the flows.
    for cluster in graph.clusters:
        yield f"  {_flow(cluster)} ~~~ legend"


def _shaped(kind: Kind, *lines: str) -> str:
    before, after = SHAPES[kind]
    return f'{before}"{"<br>".join(_escaped(line) for line in lines if line)}"{after}:::{kind}'


def _flow(cluster: Cluster) -> str:
    return f"flow_{cluster.name}"


def _name(state: str) -> str:
    # `end` and other words of the language are no names, so every state gets a prefix.
    return "s_" + state.replace(".", "_")


def _escaped(text: str) -> str:
    for mark, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(mark, code)
    return text
