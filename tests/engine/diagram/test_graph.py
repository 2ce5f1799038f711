"""The picture as data: every row is on it or told beneath it, and kinds and courses are told apart."""

import pytest

from engine.diagram import Graph, Paint, Painted, draw, exit_of, module_of
from engine.dialogue import Dialogue
from engine.flow import IDLE, Flow, Nothing, On, say
from engine.values import Event
from tests.engine.diagram.machine import MACHINE

WHOLE = draw(MACHINE)
OWN = 14


def rows_of(graph: Graph) -> list[int]:
    on_arrows = [line.row for arrow in graph.arrows for line in arrow.lines]
    return sorted([*on_arrows, *(row for aside in graph.asides for row in aside.rows)])


def arrow(graph: Graph, source: str, to: str) -> list[tuple[str, list[str]]]:
    return [
        (one.course, [line.label for line in one.lines])
        for one in graph.arrows
        if (one.source, one.to) == (source, to)
    ]


def test_every_row_of_the_machine_is_drawn_or_told_beneath() -> None:
    assert rows_of(WHOLE) == list(range(len(MACHINE.rows())))


def test_the_machine_s_own_rows_are_told_and_not_drawn() -> None:
    told = {row for aside in WHOLE.asides for row in aside.rows}

    assert told == set(range(OWN, len(MACHINE.rows())))


def test_with_everything_all_rows_are_arrows() -> None:
    graph = draw(MACHINE, everything=True)

    assert graph.asides == ()
    assert rows_of(graph) == list(range(len(MACHINE.rows())))
    assert arrow(graph, "cake.looking", "cake.looking") == [("time", ["StillWaiting"])]
    assert arrow(graph, "tea.offering", IDLE) == [("time", ["TimedOut"]), ("trouble", ["NotDelivered"])]


def test_flows_are_clusters_with_their_states_in_order() -> None:
    assert [(one.name, [node.name for node in one.nodes]) for one in WHOLE.clusters] == [
        ("tea", ["pouring", "offering", "over"]),
        ("cake", ["looking"]),
    ]


def test_states_show_their_kind_and_what_they_wait_for() -> None:
    assert [(node.state, node.kind, node.waits_for) for node in WHOLE.nodes()] == [
        ("idle", "home", ""),
        ("tea.pouring", "calling", "calls Pour"),
        ("tea.offering", "waiting", "waits 15 min"),
        ("tea.over", "open", "waits 2 min"),
        ("cake.looking", "calling", "calls FindRecords"),
    ]
    assert WHOLE.kinds() == ("home", "waiting", "calling", "open")
    assert WHOLE.courses() == ("ahead", "time", "trouble")


def test_rows_of_one_course_between_two_states_share_an_arrow() -> None:
    assert arrow(WHOLE, "tea.pouring", "tea.offering") == [("ahead", ["Poured [thirsty]", "Poured"])]


def test_every_end_of_a_call_but_the_first_that_it_names_is_trouble() -> None:
    assert arrow(WHOLE, "tea.pouring", "tea.pouring") == [("trouble", ["Spilled"])]
    assert arrow(WHOLE, "cake.looking", IDLE) == [("ahead", ["RecordsFound"]), ("trouble", ["CallFailed"])]


def test_what_leads_home_ends_at_a_small_home_of_its_state() -> None:
    home = {WHOLE.ends(one) for one in WHOLE.arrows if one.to == IDLE and one.source != IDLE}

    assert home == {exit_of(state) for state in WHOLE.exits()}
    assert WHOLE.exits() == ("tea.pouring", "tea.offering", "tea.over", "cake.looking")


def test_other_arrows_end_at_their_state() -> None:
    assert [WHOLE.ends(one) for one in WHOLE.arrows if one.source == IDLE] == [
        "tea.pouring",
        "idle",
        "cake.looking",
    ]


def test_what_every_state_of_a_kind_has_is_told_once() -> None:
    assert [(aside.kind, aside.to, aside.events) for aside in WHOLE.asides] == [
        ("home", "", ("Greeted", "StartedOver")),
        ("waiting", "", ("Greeted",)),
        ("waiting", "idle", ("NotDelivered",)),
        ("calling", "", ("StillWaiting",)),
        ("open", "idle", ("Greeted",)),
    ]


def test_a_flow_is_drawn_with_home_and_nothing_of_the_others() -> None:
    cake = draw(MACHINE, flow="cake")

    assert (cake.title, cake.about) == ("Flow cake", "Tea: a small machine of two flows, to draw")
    assert [node.state for node in cake.nodes()] == ["idle", "cake.looking"]
    assert [line.row for one in cake.arrows for line in one.lines] == [10, 11, 12, 13]
    assert [(aside.kind, aside.to) for aside in cake.asides] == [("home", ""), ("calling", "")]


class SugarWanted(Event):
    pass


def test_a_flow_that_asks_nothing_has_no_frame_and_its_rows_are_drawn_at_home() -> None:
    sugar = Flow(
        name="sugar",
        intents=(SugarWanted,),
        memory=Nothing,
        states=(),
        table=(On(SugarWanted, IDLE, IDLE, do=say("sugar.none")),),
    )
    machine = Dialogue((*MACHINE.flows, sugar), MACHINE.everywhere, MACHINE.understanding, {})

    whole = draw(machine)

    assert "sugar" not in [cluster.name for cluster in whole.clusters]
    assert "SugarWanted" in str(whole.arrows)
    assert draw(machine, flow="sugar").clusters == ()
    # It remembers nothing, so its place is told by its intent.
    assert module_of(sugar) == __name__


def test_the_whole_machine_says_so() -> None:
    assert (WHOLE.title, WHOLE.about) == ("The whole machine", "")


def test_an_unknown_flow_is_refused_with_the_names() -> None:
    with pytest.raises(LookupError, match="no flow is called coffee; there is tea, cake"):
        draw(MACHINE, flow="coffee")


def test_paint_is_put_on_rows_states_and_asides() -> None:
    rows: dict[int, Paint] = dict.fromkeys(range(len(MACHINE.rows())), "covered")
    rows |= {2: "partly", 3: "uncovered", OWN: "uncovered"}

    graph = draw(MACHINE, painted=Painted(rows, {IDLE: "covered"}))

    paints = {one.paint for one in graph.arrows if one.source == "tea.pouring" and one.to == "tea.offering"}
    assert paints == {"uncovered"}
    assert [line.paint for one in graph.arrows for line in one.lines if line.row in (2, 3)] == [
        "partly",
        "uncovered",
    ]
    assert [aside.paint for aside in graph.asides] == ["partly", "covered", "covered", "covered", "covered"]
    assert (graph.home.paint, graph.clusters[0].nodes[0].paint) == ("covered", None)
    assert graph.paints() == ("covered", "partly", "uncovered")


def test_without_paint_there_is_none() -> None:
    assert WHOLE.paints() == ()
    assert {one.paint for one in WHOLE.arrows} == {None}
