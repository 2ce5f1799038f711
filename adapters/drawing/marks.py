"""The marks that a picture is made of, as SVG: lines of text, boxes, curves and tips. Lengths in pixels."""

from collections.abc import Sequence
from html import escape
from typing import Literal

from adapters.drawing.fonts import Weight, width
from adapters.drawing.layout import Box, Point

Anchor = Literal["start", "middle"]


def text(
    words: str,
    x: float,
    y: float,
    size: float,
    weight: Weight = 400,
    kind: str = "",
    anchor: Anchor = "start",
) -> str:
    """Write one line on the baseline y. Its width is told, so that no other font makes it overflow."""
    attributes = [f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"']
    if weight != 400:
        attributes.append(f'font-weight="{weight}"')
    if kind:
        attributes.append(f'class="{kind}"')
    if anchor != "start":
        attributes.append(f'text-anchor="{anchor}"')
    attributes.append(f'textLength="{width(words, size, weight):.1f}" lengthAdjust="spacingAndGlyphs"')
    return f"<text {' '.join(attributes)}>{escape(words)}</text>"


def rectangle(box: Box, radius: float, kind: str = "") -> str:
    about = f'class="{kind}" ' if kind else ""
    return (
        f'<rect {about}x="{box.left:.1f}" y="{box.top:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" rx="{radius:g}"/>'
    )


def hexagon(box: Box, slant: float = 12) -> str:
    left, right = box.left, box.left + box.width
    top, bottom = box.top, box.top + box.height
    corners = [
        (left, box.y), (left + slant, top), (right - slant, top),
        (right, box.y), (right - slant, bottom), (left + slant, bottom),
    ]  # fmt: skip
    return f'<polygon points="{_points(corners)}"/>'


def curve(points: Sequence[Point]) -> str:
    """Draw a Bézier curve: one point, then three for each stretch."""
    (x, y), *rest = points
    return f'<path d="M{x:.1f} {y:.1f}C{" ".join(f"{x:.1f} {y:.1f}" for x, y in rest)}"/>'


def arrowhead(base: Point, point: Point) -> str:
    across = (point[1] - base[1]) * 0.38, (base[0] - point[0]) * 0.38
    corners = [(base[0] + across[0], base[1] + across[1]), point, (base[0] - across[0], base[1] - across[1])]
    return f'<polygon class="tip" points="{_points(corners)}"/>'


def _points(corners: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
