"""The font of the pictures: it comes by wheel, so that a machine without any font draws the same."""

from functools import cache
from pathlib import Path
from typing import Literal

import fontpkg_roboto
from fontTools.ttLib import TTFont

Weight = Literal[400, 700]

# Where Roboto is absent, these are nearly as wide; every text is told its width besides.
FAMILIES = "Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"


def font_file() -> Path:
    """Return the upright Roboto, a variable font with Latin and Cyrillic letters."""
    return Path(fontpkg_roboto.ROOT) / "files" / "Roboto[wdth,wght].ttf"


def width(text: str, size: float, weight: Weight = 400) -> float:
    """Return how wide the text is, in pixels at this size in pixels. Kerning is left out."""
    return sum(_advance(letter, weight) for letter in text) * size


@cache
def _advance(letter: str, weight: Weight) -> float:
    """Return the advance of a letter in em; one that the font lacks is as wide as its empty box."""
    font = _font()
    name = font.getBestCmap().get(ord(letter), ".notdef")
    return float(font.getGlyphSet(location={"wght": weight})[name].width) / float(font["head"].unitsPerEm)


@cache
def _font() -> TTFont:
    return TTFont(font_file(), lazy=True)
