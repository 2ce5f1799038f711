"""From a graph to a layout: how much room each state and each label takes."""

from dataclasses import dataclass

from adapters.drawing.fonts import width
from adapters.drawing.layout import Block, Layout, Link, place
from engine.diagram import Arrow, Graph, Line, Node, exit_of

# Sizes of type, in pixels: names of states, what they wait for, rows, small homes.
NAME, NOTE, LABEL, SMALL = 14.0, 11.5, 12.0, 12.0
LEADING = 1.3
LABEL_WIDTH_MAX = 205.0
# Left of and above a label's text, in pixels.
PADDING = 7.0


@dataclass(frozen=True, slots=True)
class Written:
    """One line of an arrow's label. A long guard goes below its event: it `continues` that row."""

    words: str
    line: Line
    continues: bool = False


def placed(graph: Graph) -> Layout:
    blocks = [_block(graph.home)]
    for cluster in graph.clusters:
        for node in cluster.nodes:
            blocks.append(_block(node, cluster.name))
            if node.state in graph.exits():
                wide = width(graph.home.name, SMALL) + 30
                blocks.append(Block(exit_of(node.state), wide, 22, cluster.name))
    groups = [cluster.name for cluster in graph.clusters]
    return place(blocks, groups, [_link(graph, arrow) for arrow in graph.arrows])


def written(arrow: Arrow) -> tuple[Written, ...]:
    lines: list[Written] = []
    for line in arrow.lines:
        if line.guard and width(line.label, LABEL) > LABEL_WIDTH_MAX:
            lines += [Written(line.event, line), Written(f"[{line.guard}]", line, continues=True)]
        else:
            lines.append(Written(line.label, line))
    return tuple(lines)


def indent(one: Written) -> float:
    return 8.0 if one.continues else 0.0


def _block(node: Node, group: str = "") -> Block:
    wide = max(width(node.name, NAME, 700), width(node.waits_for, NOTE))
    room = 52 if node.kind == "calling" else 36
    return Block(node.state, max(wide + room, 84), 46 if node.note else 34, group)


def _link(graph: Graph, arrow: Arrow) -> Link:
    lines = written(arrow)
    wide = max(width(one.words, LABEL) + indent(one) for one in lines) + 2 * PADDING
    order = [node.state for node in graph.nodes()]
    to = graph.ends(arrow)
    back = to in order and order.index(to) < order.index(arrow.source)
    return Link(arrow.source, to, wide, len(lines) * LABEL * LEADING + 4, _group(graph, arrow.source), back)


def _group(graph: Graph, state: str) -> str:
    """Return the flow that a state stands in; home stands in none."""
    flows = (cluster.name for cluster in graph.clusters for node in cluster.nodes if node.state == state)
    return next(flows, "")
