"""DOT and Mermaid: ids, clusters, styles; nothing of a name can break out of its quotes."""

import json
import re
from dataclasses import replace

from adapters.drawing.layout import graphviz
from engine.diagram import Graph, Line, Painted, dot, draw, mermaid
from tests.engine.diagram.machine import MACHINE

WHOLE = draw(MACHINE)
PAINTED = draw(MACHINE, painted=Painted(rows={0: "covered", 2: "uncovered"}, states={"tea.over": "partly"}))


def read(graph: Graph) -> list[dict[str, str]]:
    """Return nodes and edges as Graphviz understands them."""
    understood = json.loads(graphviz(dot(graph)))
    return [*understood["objects"], *understood["edges"]]


def named(graph: Graph) -> dict[str, dict[str, str]]:
    return {one["id"]: one for one in read(graph) if "id" in one}


def test_graphviz_reads_states_and_rows_by_their_ids() -> None:
    found = named(WHOLE)

    assert found["state-tea-pouring"]["shape"] == "hexagon"
    assert found["state-tea-offering"]["label"] == "offering\\nwaits 15 min"
    assert found["row-2-3"]["label"] == "Poured [thirsty]\\lPoured\\l"
    assert (found["row-5"]["style"], found["row-8"]["style"], found["row-7"]["style"]) == (
        "dashed",
        "dotted",
        "solid",
    )


def test_kinds_of_states_look_different() -> None:
    found = named(WHOLE)
    looks = {
        (found[name]["shape"], found[name]["fillcolor"], found[name]["style"])
        for name in ("state-idle", "state-tea-pouring", "state-tea-offering", "state-tea-over")
    }

    assert len(looks) == 4


def test_flows_are_clusters_in_dot() -> None:
    names = [one["name"] for one in read(WHOLE) if one.get("name", "").startswith("cluster")]

    assert names == ["cluster_tea", "cluster_cake", "cluster: legend"]


def test_dot_says_what_it_leaves_out_and_how_to_see_it() -> None:
    legend = next(one["label"] for one in read(WHOLE) if one.get("name") == "legend")

    assert "otmena diagram --all" in legend
    assert "waiting, leads to idle: NotDelivered" in legend
    assert "calling, stays there: StillWaiting" in legend


def test_dot_leaves_nothing_out_where_everything_is_drawn() -> None:
    assert "--all" not in dot(draw(MACHINE, everything=True))


def test_paint_reaches_dot() -> None:
    found = named(PAINTED)

    assert found["row-0"]["color"] == "#1a7f5a"
    assert found["row-2-3"]["color"] == "#d1242f"
    assert found["state-tea-over"]["color"] == "#b07a00"


def test_a_name_cannot_break_out_of_dot() -> None:
    evil = Line(0, 'X"] -> "y', "\\")
    graph = replace(WHOLE, arrows=(replace(WHOLE.arrows[0], lines=(evil,)),))

    assert named(graph)["row-0"]["label"] == 'X\\"] -> \\"y [\\\\]\\l'.replace('\\"', '"')


def test_mermaid_names_every_state_and_row() -> None:
    lines = mermaid(WHOLE).splitlines()

    assert lines[6] == "flowchart TD"
    assert '  subgraph flow_tea["tea"]' in lines
    assert '    s_tea_pouring{{"tea.pouring<br>calls Pour"}}:::calling' in lines
    assert '  s_tea_pouring -->|"Poured [thirsty]<br>Poured"| s_tea_offering' in lines
    assert '  s_tea_over -->|"TimedOut"| s_tea_over_exit' in lines


def test_mermaid_styles_the_links_of_each_course_by_their_places() -> None:
    text = mermaid(WHOLE)
    links = re.findall(r"^  \w+ -->\|\"(.+)\"\|", text, re.MULTILINE)
    dotted = re.search(r"linkStyle ([\d,]+) .*dasharray:2 4", text)

    assert dotted is not None
    assert {links[int(place)] for place in dotted[1].split(",")} == {"TimedOut"}


def test_paint_reaches_mermaid() -> None:
    text = mermaid(PAINTED)

    assert "  class s_tea_over partly" in text
    assert "stroke:#d1242f,stroke-width:4px" in text
    assert "red, thick line: not covered" in text


def test_a_name_cannot_break_out_of_mermaid() -> None:
    evil = Line(0, 'X"|<b>#', "")
    graph = replace(WHOLE, arrows=(replace(WHOLE.arrows[0], lines=(evil,)),))

    assert '-->|"X#quot;|#lt;b#gt;#35;"| s_' in mermaid(graph)
