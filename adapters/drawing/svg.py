"""SVG: the picture as it stands in a README, readable in the light and in the dark."""

from collections.abc import Collection, Iterator
from html import escape
from importlib.resources import files

from adapters.drawing.fonts import FAMILIES, width
from adapters.drawing.layout import Box, Curve, Layout
from adapters.drawing.marks import arrowhead, curve, hexagon, rectangle, text
from adapters.drawing.placing import LABEL, LEADING, NAME, NOTE, PADDING, SMALL, indent, placed, written
from engine.diagram import (
    MEANINGS,
    NOT_DRAWN,
    Arrow,
    Cluster,
    Course,
    Graph,
    Kind,
    Node,
    Paint,
    aside_text,
    exit_of,
    state_id,
)

# Pixels.
TITLE = 18.0
MARGIN = 24.0
WIDTH_MIN = 720.0
# Left and right of words that an arrow runs beneath.
HALO = 4.0


def svg(graph: Graph, *, linked: Collection[int] = (), styled: bool = True) -> str:
    """Return the picture as SVG of its own: no script and no outside font.

    `linked`: rows that are links to `#reading-` and their place, for a page that has such tables.
    Not `styled`, it has no style in it, for a page that brings `machine.css` and may allow none within.
    """
    layout = placed(graph)
    whole = layout.whole
    inner = max(whole.width, WIDTH_MIN)
    title = list(_title(graph))
    top = MARGIN + TITLE + 20 * len(title)
    bottom = top + whole.height + 18
    legend, legend_height = _legend(graph, inner)
    sheet = Box.of(0.5, 0.5, inner + 2 * MARGIN - 1, bottom + legend_height + MARGIN - 1)
    left = MARGIN + (inner - whole.width) / 2
    return "\n".join(
        [
            *_opening(graph, sheet, "group" if linked else "img"),
            *(_style() if styled else ()),
            rectangle(sheet, 12, "sheet"),
            *_moved(MARGIN, MARGIN, title),
            *_moved(left - whole.left, top - whole.top, _picture(graph, layout, linked)),
            *_moved(MARGIN, bottom, legend),
            "</svg>",
            "",
        ]
    )


def _opening(graph: Graph, sheet: Box, role: str) -> Iterator[str]:
    width, height = round(sheet.width + 1), round(sheet.height + 1)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="machine" role="{role}" '
        f'aria-labelledby="machine-title machine-about" font-family="{escape(FAMILIES)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    )
    yield f'<title id="machine-title">{escape(graph.title)}</title>'
    yield f'<desc id="machine-about">{escape(_about(graph))}</desc>'


def _style() -> Iterator[str]:
    style = files("adapters.drawing").joinpath("machine.css").read_text(encoding="utf-8")
    yield f"<style>\n{style}</style>"


def _about(graph: Graph) -> str:
    arrows = "; ".join(
        f"{arrow.source} to {arrow.to} on {', '.join(line.label for line in arrow.lines)}"
        for arrow in graph.arrows
    )
    return f"A state machine. {arrows}."


def _moved(x: float, y: float, lines: Iterator[str] | list[str]) -> Iterator[str]:
    yield f'<g transform="translate({x:.1f} {y:.1f})">'
    yield from lines
    yield "</g>"


# ── states and arrows ─────────────────────────────────────────────────────────────────────────────────


def _picture(graph: Graph, layout: Layout, linked: Collection[int]) -> Iterator[str]:
    for cluster in graph.clusters:
        yield rectangle(layout.groups[cluster.name], 10, "frame")
    arrows = list(zip(graph.arrows, layout.curves, strict=True))
    for arrow, drawn in arrows:
        yield from _arrow(arrow, drawn)
    for node in graph.nodes():
        yield from _state(node, layout.blocks[node.state])
    for state in graph.exits():
        yield from _exit(graph.home, layout.blocks[exit_of(state)])
    for cluster in graph.clusters:
        yield from _flow_name(cluster, layout.groups[cluster.name])
    for arrow, drawn in arrows:
        yield from _label(arrow, drawn.label, linked, outside=arrow.source == graph.home.state)


def _flow_name(cluster: Cluster, frame: Box) -> Iterator[str]:
    left, top = frame.left + 14, frame.top + 8
    yield f'<g id="flow-{escape(cluster.name)}"><title>{escape(cluster.title)}</title>'
    yield rectangle(Box.of(left - 4, top, width(cluster.name, NAME, 700) + 8, 20), 4, "halo")
    yield text(cluster.name, left, top + 14, NAME, 700, "flowname")
    yield "</g>"


def _state(node: Node, box: Box) -> Iterator[str]:
    about = f'id="{state_id(node.state)}" data-state="{escape(node.state)}"'
    yield f'<g class="state {node.kind}{_painted(node.paint)}" {about}><title>{escape(node.state)}</title>'
    yield _shape(node.kind, box)
    if node.note:
        yield text(node.name, box.x, box.y - 3, NAME, 700, "name", "middle")
        yield text(node.waits_for, box.x, box.y + 13.5, NOTE, 400, "note", "middle")
    else:
        yield text(node.name, box.x, box.y + NAME * 0.35, NAME, 700, "name", "middle")
    yield "</g>"


def _exit(home: Node, box: Box) -> Iterator[str]:
    yield f'<g class="exit" data-state="{escape(home.state)}"><title>{escape(home.state)}</title>'
    yield _shape("home", box)
    yield text(home.name, box.x, box.y + SMALL * 0.35, SMALL, 400, "name", "middle")
    yield "</g>"


def _shape(kind: Kind, box: Box) -> str:
    if kind == "calling":
        return hexagon(box)
    return rectangle(box, box.height / 2 if kind == "home" else 9)


def _arrow(arrow: Arrow, drawn: Curve) -> Iterator[str]:
    rows = " ".join(str(line.row) for line in arrow.lines)
    yield f'<g class="arrow {arrow.course}{_painted(arrow.paint)}" data-rows="{rows}">'
    yield curve(drawn.stroke)
    yield arrowhead(drawn.stroke[-1], drawn.tip)
    yield "</g>"


def _label(arrow: Arrow, box: Box, linked: Collection[int], *, outside: bool) -> Iterator[str]:
    """Write the rows of an arrow. Outside of a flow's frame the ground has another colour."""
    yield f'<g class="label {arrow.course}{" outside" if outside else ""}">'
    lines = written(arrow)
    for place, one in enumerate(lines):
        left, top = box.left + PADDING + indent(one), box.top + 2 + place * LABEL * LEADING
        # Each as wide as its words: the arrow runs beneath, and is seen beside the shorter ones.
        room = Box.of(left - HALO, top - 1, width(one.words, LABEL) + 2 * HALO, LABEL * LEADING + 2)
        yield rectangle(room, 3, "halo")
    for place, one in enumerate(lines):
        left, baseline = box.left + PADDING + indent(one), box.top + LABEL + 1 + place * LABEL * LEADING
        words = text(one.words, left, baseline, LABEL)
        if one.line.row in linked:
            words = f'<a href="#reading-{one.line.row}">{words}</a>'
        name = "" if one.continues else f' id="row-{one.line.row}"'
        yield f'<g class="row{_painted(one.line.paint)}"{name}>{words}</g>'
    yield "</g>"


def _painted(paint: Paint | None) -> str:
    return f" {paint}" if paint else ""


# ── title and legend ──────────────────────────────────────────────────────────────────────────────────


def _title(graph: Graph) -> Iterator[str]:
    yield text(graph.title, 0, TITLE, TITLE, 700, "head")
    if graph.about:
        yield text(graph.about, 0, TITLE + 20, SMALL, 400, "word")


def _legend(graph: Graph, room: float) -> tuple[list[str], float]:
    """Return the legend, and how high it is where it may be as wide as `room`."""
    lines = [f'<path class="rule" d="M0 0H{room:.0f}"/>']
    x, y = 0.0, 30.0
    for sign, meaning in _signs(graph):
        wide = 46 + width(meaning, SMALL)
        if x and x + wide > room:
            x, y = 0.0, y + 26
        lines += _moved(x, y, [sign, text(meaning, 42, 4, SMALL, 400, "word")])
        x += wide + 24
    if graph.asides:
        y += 34
        lines.append(text(NOT_DRAWN, 0, y, SMALL, 700, "word"))
    for aside in graph.asides:
        for part in _wrapped(aside_text(aside), room):
            y += SMALL * 1.45
            lines.append(text(part, 0, y, SMALL, 400, f"row {aside.paint}" if aside.paint else "word"))
    return lines, y + 8


def _signs(graph: Graph) -> Iterator[tuple[str, str]]:
    for kind in graph.kinds():
        yield f'<g class="state {kind}">{_shape(kind, Box(17, 0, 34, 18))}</g>', MEANINGS[kind]
    for course in (*graph.courses(), *graph.paints()):
        yield _arrow_sign(course), MEANINGS[course]


def _arrow_sign(course: Course | Paint) -> str:
    return f'<g class="arrow {course}"><path d="M0 0H27"/>{arrowhead((26, 0), (34, 0))}</g>'


def _wrapped(words: str, room: float) -> Iterator[str]:
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if line and width(longer, SMALL) > room:
            yield line
            line = word
        else:
            line = longer
    yield line
