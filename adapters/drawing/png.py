"""PNG: the picture in pixels, by resvg and the font of the wheel; the machine's own fonts are not asked."""

import resvg_py

from adapters.drawing.fonts import font_file
from adapters.drawing.svg import svg
from engine.diagram import Graph

# Two pixels for each of the picture's, for screens that show that many.
ZOOM = 2


def png(graph: Graph) -> bytes:
    return pixels(svg(graph))


def pixels(image: str) -> bytes:
    """Turn an SVG into a PNG."""
    return resvg_py.svg_to_bytes(
        svg_string=image,
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(font_file())],
        sans_serif_family="Roboto",
    )
