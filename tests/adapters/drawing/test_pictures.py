"""Pictures: the same on every machine, with letters and not boxes, and nothing of a name breaks out."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from adapters.drawing import page, png, source, svg
from adapters.drawing.fonts import FAMILIES, font_file, width
from adapters.drawing.layout import Box, Point
from adapters.drawing.placing import placed, written
from adapters.drawing.png import pixels
from engine import texts
from engine.diagram import Arrow, Cluster, Graph, Line, Painted, draw, tables
from engine.texts import Texts
from tests.engine.diagram.machine import MACHINE, TEXTS

WHOLE = draw(MACHINE)
EVIL = "<script>alert(1)</script>"
SVG = "{http://www.w3.org/2000/svg}"
CATALOGUE = texts.load([f'["{key}"]\nru = "Чай & <торт> {key}"\n' for key in TEXTS])


def renamed(name: str) -> Graph:
    return replace(WHOLE, clusters=(replace(WHOLE.clusters[0], name=name, title=name), *WHOLE.clusters[1:]))


def text_of(image: str) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(image).iter(f"{SVG}text")]


def ids(image: str) -> list[str]:
    return [one.attrib["id"] for one in ElementTree.fromstring(image).iter() if "id" in one.attrib]


def test_every_row_is_on_the_picture_or_named_beneath_it() -> None:
    image = svg(WHOLE)
    beneath = " ".join(text_of(image))

    assert {f"row-{line.row}" for arrow in WHOLE.arrows for line in arrow.lines} <= set(ids(image))
    assert all(event in beneath for aside in WHOLE.asides for event in aside.events)


def test_every_state_has_its_id_once() -> None:
    found = ids(svg(WHOLE))

    assert [one for one in found if one.startswith("state-")] == [
        "state-idle",
        "state-tea-pouring",
        "state-tea-offering",
        "state-tea-over",
        "state-cake-looking",
    ]
    assert len(found) == len(set(found))


def test_a_picture_is_drawn_the_same_again() -> None:
    first = svg(WHOLE)
    svg(draw(MACHINE, flow="cake"))

    assert svg(WHOLE) == first


def test_every_text_is_told_its_width_so_that_no_font_overflows() -> None:
    for one in ElementTree.fromstring(svg(WHOLE)).iter(f"{SVG}text"):
        assert float(one.attrib["textLength"]) > 0
        assert one.attrib["lengthAdjust"] == "spacingAndGlyphs"


def test_everything_stands_within_the_sheet() -> None:
    layout = placed(WHOLE)
    whole = layout.whole
    boxes = [*layout.blocks.values(), *layout.groups.values(), *(curve.label for curve in layout.curves)]

    assert all(whole.left <= box.left for box in boxes)
    assert all(box.left + box.width <= whole.left + whole.width + 0.01 for box in boxes)
    assert all(box.top + box.height <= whole.top + whole.height + 0.01 for box in boxes)


def test_states_do_not_lie_on_each_other() -> None:
    boxes = list(placed(WHOLE).blocks.values())

    touching = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if abs(one.x - other.x) < (one.width + other.width) / 2
        and abs(one.y - other.y) < (one.height + other.height) / 2
    ]
    assert touching == []


def test_states_stand_within_the_frame_of_their_flow() -> None:
    layout = placed(WHOLE)
    frame = layout.groups["tea"]

    assert frame.left < layout.blocks["tea.over"].left
    assert layout.blocks["tea.over"].left + layout.blocks["tea.over"].width < frame.left + frame.width


def test_an_arrow_is_one_line_that_runs_beneath_its_label() -> None:
    arrows = ElementTree.fromstring(svg(WHOLE)).iterfind(f".//{SVG}g[@data-rows]")
    curves = dict(zip(WHOLE.arrows, placed(WHOLE).curves, strict=True))

    assert all(len(one.findall(f"{SVG}path")) == 1 for one in arrows)
    for arrow, curve in curves.items():
        if arrow.source != arrow.to:
            beneath = [point for point in curve.stroke if _within(curve.label, point)]
            assert len(beneath) >= 2, arrow


def _within(box: Box, point: Point) -> bool:
    # Graphviz clips to a tenth or so.
    return abs(point[0] - box.x) < box.width / 2 + 2 and abs(point[1] - box.y) < box.height / 2 + 2


def test_beside_a_shorter_line_of_a_label_its_arrow_is_seen() -> None:
    arrow = next(
        one for one in WHOLE.arrows if [line.label for line in one.lines] == ["Poured [thirsty]", "Poured"]
    )
    label = ElementTree.fromstring(svg(WHOLE)).find(f".//*[@id='row-{arrow.lines[0].row}']/..")
    assert label is not None

    longer, shorter = (float(one.attrib["width"]) for one in label.findall(f"{SVG}rect"))

    assert shorter < longer / 2 + 10


def test_a_long_guard_goes_below_its_event() -> None:
    line = Line(0, "RecordsFound", "one_fits_and_may_act_at_once")

    found = written(Arrow("idle", "idle", "ahead", (line,)))

    assert [(one.words, one.continues) for one in found] == [
        ("RecordsFound", False),
        ("[one_fits_and_may_act_at_once]", True),
    ]


def test_courses_and_kinds_have_classes() -> None:
    image = svg(WHOLE)

    assert {"arrow ahead", "arrow time", "arrow trouble"} <= set(re.findall(r'class="([^"]+)"', image))
    assert {"state home", "state waiting", "state calling", "state open"} <= set(
        re.findall(r'class="([^"]+)"', image)
    )


def test_paint_reaches_the_picture() -> None:
    image = svg(draw(MACHINE, painted=Painted({0: "covered", 1: "uncovered"}, {"tea.over": "partly"})))

    assert '<g class="row uncovered" id="row-1">' in image
    assert 'class="state open partly"' in image
    assert "not covered" in text_of(image)


def test_without_paint_the_legend_speaks_of_none() -> None:
    assert "not covered" not in text_of(svg(WHOLE))


def test_a_picture_has_no_script_and_fetches_nothing() -> None:
    image = svg(renamed(EVIL))

    assert "<script" not in image
    assert re.findall(r"(?:href|src|url)\s*[=(]", image) == []
    assert EVIL in text_of(image)


def test_a_picture_for_a_page_of_strict_policy_brings_no_style_and_is_the_same_otherwise() -> None:
    bare = svg(renamed(EVIL), styled=False)

    assert re.search(r"<style|\sstyle=", bare) is None
    assert bare == re.sub(r"<style>.*?</style>\n", "", svg(renamed(EVIL)), flags=re.DOTALL)


def test_the_dark_has_colours_of_its_own() -> None:
    assert "prefers-color-scheme: dark" in svg(WHOLE)


def drawn(letters: str) -> bytes:
    """Draw letters at one place and width, so that only their shapes differ."""
    return pixels(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" font-family="{FAMILIES}">'
        f'<text x="5" y="28" font-size="24" textLength="180" lengthAdjust="spacingAndGlyphs">{letters}</text>'
        "</svg>"
    )


def test_letters_are_letters_and_not_boxes() -> None:
    blank, boxes = drawn(""), drawn("\ue000" * 6)

    assert drawn("отмена") not in (blank, boxes, drawn("запись"))
    assert drawn("cancel") not in (blank, boxes, drawn("record"))


def test_the_font_has_every_letter_that_we_write() -> None:
    letters = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя«»–…ABCxyz0189[]_.,·")

    assert len({width(one, 1) for one in letters}) > 10
    assert font_file().exists()


@pytest.mark.parametrize(("text", "pixels_wide"), [("", 0), ("i", 2.4), ("W", 8.9)])
def test_texts_are_measured(text: str, pixels_wide: float) -> None:
    assert width(text, 10) == pytest.approx(pixels_wide, abs=0.2)


def test_bold_is_wider() -> None:
    assert width("cancelling", 14, 700) > width("cancelling", 14)


def test_a_png_is_twice_as_large_as_the_picture() -> None:
    size = re.search(r'width="(\d+)" height="(\d+)"', svg(WHOLE))
    assert size is not None

    image = png(WHOLE)

    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(image[16:20], "big") == 2 * int(size[1])
    assert int.from_bytes(image[20:24], "big") == 2 * int(size[2])


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────


def whole_page(graph: Graph = WHOLE, catalogue: Texts = CATALOGUE) -> str:
    return page(graph, tables(MACHINE, catalogue.texts, source), catalogue)


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    html = whole_page()

    assert all(link.startswith("#") for link in re.findall(r'(?:href|src)="([^"]*)"', html))
    assert [one for one in re.findall(r"https?://[^\s\"<]+", html) if "www.w3.org" not in one] == []
    assert re.search(r"<script|@import|url\(|\son\w+=", html) is None
    assert "default-src 'none'" in html.replace("&#x27;", "'")


def test_every_row_of_the_picture_leads_to_its_words() -> None:
    html = whole_page()
    links = set(re.findall(r'href="#reading-(\d+)"', html))

    assert links == {str(line.row) for arrow in WHOLE.arrows for line in arrow.lines}
    assert links <= set(re.findall(r'<tr role="row" id="reading-(\d+)"', html))


def test_no_row_leads_nowhere_where_everything_is_drawn() -> None:
    html = whole_page(draw(MACHINE, everything=True))
    links = set(re.findall(r'href="#reading-(\d+)"', html))

    assert "14" in links
    assert links <= set(re.findall(r'id="reading-(\d+)"', html))


def test_the_page_says_what_is_said_escaped() -> None:
    html = whole_page()

    assert '<code>tea.none</code> <span lang="ru">Чай &amp; &lt;торт&gt; tea.none</span>' in html
    assert "<code>tea.failed.refused</code>" in html
    assert "<code>tea.failed.unknown</code>" in html


def test_a_name_cannot_break_out_of_the_page() -> None:
    evil = replace(
        WHOLE, title=EVIL, clusters=(Cluster(EVIL, EVIL, WHOLE.clusters[0].nodes), *WHOLE.clusters[1:])
    )

    assert "<script" not in whole_page(evil)


def test_the_page_suits_a_phone_and_a_keyboard() -> None:
    html = whole_page()

    assert 'name="viewport" content="width=device-width, initial-scale=1"' in html
    assert '<div class="picture" tabindex="0" role="region"' in html
    assert html.count('role="columnheader"') > 8
