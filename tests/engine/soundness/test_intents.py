"""Intents: a recogniser that waits for a meaning which no words ever have lets nobody in."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.flow import Hearing, Waiting
from tests.engine.soundness.toys import TOY, Knocked, found


def by_equality(hearing: Hearing[object]) -> Knocked | None:
    return Knocked() if hearing.meaning.intent == "ask_price" else None  # type: ignore[comparison-overlap]


def by_being_among(hearing: Hearing[object]) -> Knocked | None:
    return Knocked() if hearing.meaning.intent in ("cancel", "banana") else None


def by_matching(hearing: Hearing[object]) -> Knocked | None:
    match hearing.meaning.intent:
        case "yes" | "banana":
            return Knocked()
    return None


def by_known_ones(hearing: Hearing[object]) -> Knocked | None:
    kind = "banana" if hearing.tap is None else hearing.tap.kind
    return Knocked() if kind == "banana" and hearing.meaning.intent in ("human", "list") else None


def found_of(*recognisers: Callable[..., Any]) -> list[str]:
    return [
        line for line in found(replace(TOY, hears=(*TOY.hears, *recognisers))) if line.startswith("intent")
    ]


@pytest.mark.parametrize(
    ("recogniser", "name"),
    [(by_equality, "ask_price"), (by_being_among, "banana"), (by_matching, "banana")],
)
def test_an_intent_that_no_words_have(recogniser: Callable[..., Any], name: str) -> None:
    assert found_of(recogniser) == [
        f"intent: {recogniser.__name__}: it waits for the intent {name!r}, and no words ever have it"
    ]


def test_known_intents_and_strings_that_are_none_are_left_alone() -> None:
    assert found_of(by_known_ones) == []


def test_what_has_no_source_is_believed() -> None:
    assert found_of(functools.partial(by_equality)) == []


def test_a_recogniser_of_a_state_counts_like_one_at_home() -> None:
    states = tuple(
        replace(state, hears=(*state.hears, by_equality)) if isinstance(state, Waiting) else state
        for state in TOY.states
    )
    lines = [line for line in found(replace(TOY, states=states)) if line.startswith("intent")]

    assert lines == ["intent: by_equality: it waits for the intent 'ask_price', and no words ever have it"]
