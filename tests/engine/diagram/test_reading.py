"""Rows read aloud, and the tables that they stand in."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pydantic import create_model

from engine.diagram import general, guard_of, of_fragment, package_of, read_aloud, tables, title_of
from engine.dialogue import Dialogue
from engine.effects import Effects, Say
from engine.events import Yes
from engine.flow import IDLE, On, Row, State, Turn, Waiting, minutes
from engine.understanding import Understanding
from engine.values import Event
from tests.engine.diagram.machine import CAKE, MACHINE, TEA, TEXTS, everywhere, shared, thirsty
from tests.engine.soundness.toys import text_of

Action = Callable[[Turn[Any], Any], Effects]
READ = read_aloud(MACHINE, TEXTS, text_of)


def test_a_row_is_read_with_its_guard_and_its_action() -> None:
    poured = READ[2]

    assert (poured.source, poured.event, poured.guard, poured.to) == (
        "tea.pouring",
        "Poured",
        "thirsty",
        "tea.offering",
    )
    assert (poured.does, poured.general) == ("serve", False)


def test_an_action_of_one_sentence_says_which() -> None:
    assert READ[1].does == "say tea.none"
    assert READ[3].does == "say tea.again, then the question again"


def test_texts_are_found_where_they_are_named_held_or_left_to_a_helper() -> None:
    assert READ[1].says == ("tea.none",)
    assert READ[2].says == ("tea.served",)
    assert READ[3].says == ("tea.again",)
    assert READ[6].says == ("tea.more",)


def test_a_key_that_is_computed_is_told_in_all_its_shapes() -> None:
    assert set(READ[5].says) == {"tea.failed.refused", "tea.failed.unknown"}


class Greeting(Event):
    name: str


def pour_again(turn: Turn[Any], event: Event) -> Effects:
    yield _poured("tea.more", much=turn.now.hour > 17)


def _poured(text: str, *, much: bool) -> Say:
    return Say(text=f"{text}_of_it" if much else text)


def pour_for(turn: Turn[Any], event: Greeting) -> Effects:
    yield Say(text=f"tea.for.{event.name}")


def mumble(turn: Turn[Any], event: Greeting) -> Effects:
    yield Say(text=event.name)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (pour_again, ["tea.more", "tea.more_of_it"]),
        (pour_for, ["tea.for.guests", "tea.for.us"]),
        (mumble, []),
    ],
)
def test_texts_are_found_however_their_keys_are_made(action: Action, says: list[str]) -> None:
    row = On(Greeting, "tea.offering", "tea.over", do=action)
    machine = Dialogue((replace(TEA, table=(row, *TEA.table)), CAKE), everywhere, Understanding(), {})
    keys = (*TEXTS, "tea.more_of_it", "tea.for.us", "tea.for.guests")

    assert sorted(read_aloud(machine, keys, text_of)[0].says) == says


def test_a_row_without_action_does_and_says_nothing() -> None:
    assert (READ[7].does, READ[7].says) == ("", ())


def test_the_machine_s_own_rows_are_marked() -> None:
    assert [one.row for one in READ if one.general] == list(range(14, len(MACHINE.rows())))


def test_a_guard_without_a_name_goes_by_its_kind() -> None:
    assert guard_of(Row(Yes, IDLE, IDLE, partial(thirsty))) == "partial"


def test_a_flow_is_titled_by_its_module() -> None:
    assert title_of(TEA) == "Tea: a small machine of two flows, to draw"
    assert title_of(replace(CAKE, memory=create_model("Elsewhere", __module__="no.such.module"))) == "cake"


def test_a_flow_in_a_package_of_its_name_is_titled_by_the_package() -> None:
    """A module of its memory tells of the memory alone."""
    memory = create_model("Kept", __module__="engine.diagram.graph")

    assert package_of(replace(CAKE, name="diagram", memory=memory, intents=(), hears=())) == "engine.diagram"
    assert package_of(replace(CAKE, memory=create_model("Kept", __module__="shop.graph"))) == "shop.graph"


def test_the_whole_machine_has_a_table_for_each_flow_and_kind() -> None:
    found = tables(MACHINE, TEXTS, text_of)

    assert [(table.title, len(table.rows)) for table in found] == [
        ("Flow tea", 10),
        ("Flow cake", 4),
        ("At home, besides", 2),
        ("In every state that waits for an answer", 2),
        ("In every state that waits for the result of a call", 1),
        ("In every open state", 1),
    ]


def test_a_flow_has_the_tables_of_its_own_kinds() -> None:
    assert [table.title for table in tables(MACHINE, TEXTS, text_of, "cake")] == [
        "Flow cake",
        "At home, besides",
        "In every state that waits for the result of a call",
    ]


def test_what_every_state_has_is_told_of_the_kind() -> None:
    waiting = general(MACHINE, READ)[1]

    assert [(row.source, row.event, row.to) for row in waiting.rows] == [
        ("waiting", "Greeted", "stays"),
        ("waiting", "NotDelivered", "idle"),
    ]


def test_a_fragment_shows_the_rows_that_touch_its_states() -> None:
    table = of_fragment(TEA, shared, READ)

    assert table is not None
    assert table.title == "As the flow tea uses it"
    assert [row.row for row in table.rows] == [2, 3, 6, 7, 8]


def test_a_flow_without_the_fragment_s_states_has_no_table_of_it() -> None:
    assert of_fragment(CAKE, shared, READ) is None


def test_states_of_the_same_name_that_are_others_are_not_the_fragment_s() -> None:
    def patient(flow: str) -> tuple[State, ...]:
        return (Waiting(f"{flow}.offering", (), "confirm", minutes(20)),)

    assert of_fragment(TEA, patient, READ) is None
