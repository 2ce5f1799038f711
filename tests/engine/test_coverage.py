"""Coverage counts what steps came to: states, rows that fired, guards seen both ways."""

from collections.abc import Iterable

from pydantic import BaseModel

from engine.coverage import coverage, named
from engine.dialogue import Dialogue
from engine.events import No, Thanked, TimedOut, Yes
from engine.flow import IDLE, Flow, On, Row, State, Tried, Turn, Waiting, minutes
from engine.understanding import Understanding


class Memory(BaseModel):
    pass


def it_is_early(turn: Turn[Memory], yes: Yes) -> bool:
    return True


FLOW = Flow(
    name="tea",
    intents=(No,),
    memory=Memory,
    states=(Waiting("tea.asking", (), "confirm", minutes(1)),),
    table=(
        On(No, IDLE, "tea.asking"),
        On(Yes, "tea.asking", "tea.asking", when=it_is_early),
        On(Yes, "tea.asking", IDLE),
        On(TimedOut, "tea.asking", IDLE),
    ),
)


def nothing_else(state: State) -> tuple[Row[Memory], ...]:
    return ()


TEA = Dialogue((FLOW,), nothing_else, Understanding(), {})


def shares(*tried: Tried) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    seen = coverage(TEA, tried)
    return [(share.covered, share.total, share.missing) for share in (seen.states, seen.rows, seen.guards)]


def test_nothing_played_is_nothing_covered() -> None:
    assert shares() == [
        (0, 2, ("idle", "tea.asking")),
        (
            0,
            4,
            (
                "idle: No → tea.asking",
                "tea.asking: Yes [it_is_early] → tea.asking",
                "tea.asking: Yes → idle",
                "tea.asking: TimedOut → idle",
            ),
        ),
        (0, 1, ("tea.asking: Yes [it_is_early] → tea.asking: never true nor false",)),
    ]


def test_a_row_that_was_only_tried_is_not_covered_and_its_guard_is_half_seen() -> None:
    states, rows, guards = shares(Tried(1, False), Tried(2, True))

    assert states == (2, 2, ())
    assert rows[0] == 1
    assert guards == (0, 1, ("tea.asking: Yes [it_is_early] → tea.asking: never true",))


def test_everything_played_is_everything_covered() -> None:
    tried = [Tried(0, True), Tried(1, True), Tried(1, False), Tried(2, True), Tried(3, True)]

    seen = coverage(TEA, tried)

    assert (seen.states.whole, seen.rows.whole, seen.guards.whole) == (True, True, True)
    assert seen.fired == frozenset({0, 1, 2, 3})
    assert seen.as_json() == {
        "states": {"covered": 2, "total": 2, "missing": []},
        "rows": {"covered": 4, "total": 4, "missing": []},
        "guards": {"covered": 1, "total": 1, "missing": []},
    }


def test_a_row_is_named_as_it_is_read_aloud() -> None:
    assert named(FLOW.table[1]) == "tea.asking: Yes [it_is_early] → tea.asking"


def it_is_polite(turn: Turn[Memory], thanked: Thanked) -> bool:
    return True


def thanks_in_every_state(state: State) -> tuple[Row[Memory], ...]:
    return (
        On(Thanked, state.name, state.name, when=it_is_polite),
        On(Thanked, state.name, IDLE),
        On(Thanked, state.name, IDLE),
    )


BISCUIT = Flow(
    name="tea",
    intents=(No,),
    memory=Memory,
    states=(
        Waiting("tea.asking", (), "confirm", minutes(1)),
        Waiting("tea.asking_twice", (), "confirm", minutes(1)),
    ),
    table=(On(No, IDLE, "tea.asking"), On(No, IDLE, "tea.asking")),
)


def test_a_row_that_every_state_of_a_kind_has_is_one_row_seen_in_any_of_them() -> None:
    polite = Dialogue((BISCUIT,), thanks_in_every_state, Understanding(), {})
    places = [i for i, row in enumerate(polite.rows()) if row.source == "tea.asking_twice"]

    seen = coverage(polite, (Tried(places[0], True), Tried(places[0], False)))

    assert seen.rows.missing == (
        "idle: No → tea.asking",
        "idle: No → tea.asking'",
        "home: Thanked [it_is_polite] → stays",
        "home: Thanked → stays",
        "home: Thanked → stays'",
        "waiting: Thanked → idle",
        "waiting: Thanked → idle'",
    )
    assert seen.rows.covered == 1
    assert seen.guards.missing == ("home: Thanked [it_is_polite] → stays: never true nor false",)
    # The same row of the other state is painted with it, and one of each missing row is looked for.
    assert seen.fired == {places[0], places[0] - 3}
    assert len(seen.unfired) == len(seen.rows.missing)
