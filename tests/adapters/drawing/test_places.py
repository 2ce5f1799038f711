"""Places: whoever follows one finds the part there, and none tells where this machine keeps its files."""

from dataclasses import replace
from functools import partial

import pytest

import main
from adapters.drawing.places import file_of, file_of_flow, place_of, places_of_states
from engine.dialogue import Dialogue
from engine.flow import Calling, Waiting, minutes
from engine.understanding import Understanding
from tests.architecture.source import ROOT
from tests.engine.diagram.machine import CAKE, MACHINE, Pour, Told, everywhere, telling, thirsty

OURS, _ = main.dialogue_and_texts()
PLACES = places_of_states(OURS)
RECOGNISERS = {place_of(one): one for state in OURS.states.values() for one in getattr(state, "hears", ())}
HERE = "tests/engine/diagram/machine.py"


def lines_at(place: str, count: int = 1) -> str:
    file, _, line = place.partition(":")
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[int(line) - 1 :][:count])


@pytest.mark.parametrize(
    ("state", "folder", "declared"),
    [
        ("idle", "engine", "class Home"),
        ("cancel.confirming", "states/cancel", "Waiting(CONFIRMING"),
        ("cancel.cancelling", "states/cancel", "Calling(CANCELLING"),
        ("clarify.asking", "states/clarify", '"clarify.asking"'),
        ("take_back.choosing", "states/take_back", "CHOOSING"),
        # Made by a fragment, for each flow that uses it.
        ("cancel.looking", "states/choose_record", 'Calling(f"{flow}.looking"'),
        ("reschedule.looking", "states/choose_record", 'Calling(f"{flow}.looking"'),
        ("cancel.telling_why", "states/reason", 'f"{flow}.telling_why"'),
    ],
)
def test_a_state_is_found_where_it_is_declared(state: str, folder: str, declared: str) -> None:
    assert PLACES[state].startswith(f"{folder}/")
    assert declared in lines_at(PLACES[state], 2)


def test_every_state_has_a_line_of_its_own_within_its_flow() -> None:
    assert set(PLACES) == set(OURS.states)
    for flow in OURS.flows:
        assert len({PLACES[state.name] for state in flow.states}) == len(flow.states)
    for name, state in OURS.states.items():
        assert type(state).__name__ in lines_at(PLACES[name], 2)


@pytest.mark.parametrize("place", RECOGNISERS)
def test_a_recogniser_is_found_where_it_is_defined(place: str) -> None:
    assert f"def {RECOGNISERS[place].__name__}(" in lines_at(place)


def test_no_place_tells_where_this_machine_keeps_its_files() -> None:
    places = [*PLACES.values(), *RECOGNISERS, *map(file_of_flow, OURS.flows)]

    assert all(place.startswith(("states/", "engine/")) and ".." not in place for place in places)


def test_a_name_that_is_made_up_elsewhere_is_found_by_the_file_of_its_flow() -> None:
    odd = replace(CAKE, states=(*CAKE.states, Calling("cake." + "".join(("bak", "ing")), Pour)))
    places = places_of_states(Dialogue((odd,), everywhere, Understanding(), {}))

    assert 'Calling("cake.looking"' in lines_at(places["cake.looking"])
    assert places["cake.baking"] == HERE


def test_a_state_of_another_kind_is_another_state() -> None:
    asking = replace(CAKE, states=(Waiting("cake.looking", (), "confirm", minutes(1)),), table=())
    places = places_of_states(Dialogue((asking,), everywhere, Understanding(), {}))

    assert places["cake.looking"] == HERE
    assert 'Waiting("tea.offering"' in lines_at(places_of_states(MACHINE)["tea.offering"])


def test_a_part_that_is_bound_made_or_called_is_found_where_its_words_are() -> None:
    assert "def thirsty" in lines_at(place_of(partial(thirsty)))
    assert "def tell(" in lines_at(place_of(telling(Told("tea.more"))))
    assert "class Told" in lines_at(place_of(Told("tea.more")), 2)  # type: ignore[arg-type]  # no matter


def test_what_was_never_written_to_a_file_is_told_by_its_module() -> None:
    made: dict[str, object] = {"__name__": "tests.engine.diagram.machine"}
    exec("def hear(hearing): return None", made)

    assert place_of(made["hear"]) == HERE  # type: ignore[arg-type]  # a function


def test_a_package_is_a_folder() -> None:
    assert file_of("states.cancel") == "states/cancel/__init__.py"
    assert file_of("states.cancel.flow") == "states/cancel/flow.py"
