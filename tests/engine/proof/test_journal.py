"""The journal of the exploration: what it tells of a change that was told before."""

from typing import Any

import pytest

from engine.booking import Change, ReadOutcome, TurnedOut
from engine.proof import journal
from engine.proof.world import Entry, World
from tests.chat import MONDAY, record, slot

MANICURE = record(1)


@pytest.mark.parametrize(
    ("stands", "found"),
    [
        ({}, ("restored", "soft")),
        ({"cancelled_by": "us"}, ("cancelled", "soft")),
        ({"cancelled_by": "salon"}, ("cancelled", "already")),
        ({"deleted": True}, ("cancelled", "already")),
    ],
)
def test_a_change_that_was_told_is_proven_still_or_what_has_ended_it(
    stands: dict[str, Any], found: tuple[str, str]
) -> None:
    world = World(now=MONDAY, journal=(Entry(MANICURE, **stands),), phones=())
    look = ReadOutcome(record=MANICURE, change="restored", told_at=MONDAY)

    after, turned_out = journal.answer(world, look, leaks=False)

    assert isinstance(turned_out, TurnedOut)
    assert turned_out.receipt is not None
    assert (turned_out.receipt.change, turned_out.receipt.how) == found
    assert after.proof(turned_out.receipt.change, 1) is not None


@pytest.mark.parametrize(
    ("change", "stands", "how"),
    [
        ("moved", {"cancelled_by": "us"}, "soft"),
        ("moved", {"cancelled_by": "salon"}, "already"),
        ("moved", {"deleted": True}, "deleted"),
        ("restored", {"deleted": True}, "deleted"),
    ],
)
def test_a_change_that_did_not_come_about_may_find_the_record_off(
    change: Change, stands: dict[str, Any], how: str
) -> None:
    world = World(now=MONDAY, journal=(Entry(MANICURE, **stands),), phones=())
    look = ReadOutcome(record=MANICURE, change=change, to=slot("2026-11-26 18:00"), unknown_at=MONDAY)

    _, turned_out = journal.answer(world, look, leaks=False)

    assert isinstance(turned_out, TurnedOut)
    assert turned_out.receipt is not None
    assert (turned_out.receipt.change, turned_out.receipt.how) == ("cancelled", how)
