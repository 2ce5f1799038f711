"""Drawing: SVG, PNG and HTML of a machine, by parts that come as wheels; no program is called."""

from adapters.drawing.page import page as page
from adapters.drawing.png import png as png
from adapters.drawing.source import source as source
from adapters.drawing.svg import svg as svg
