"""Each deliberate breakage that `prove` does not explore turns the tests red that watch over it."""

import pytest

from tests.mutants import (
    adapters,
    cancels,
    disk,
    engine,
    moves,
    notices,
    others,
    past,
    power,
    take_back,
    webhooks,
)
from tests.mutants.journal import CAUGHT, Caught
from tests.mutants.notices import Told
from tests.mutants.nursery import ROOT
from tests.mutants.running import tried

MUTANTS = (
    *notices.MUTANTS,
    *cancels.MUTANTS,
    *others.MUTANTS,
    *adapters.BY_TESTS,
    *engine.BY_TESTS,
    *moves.BY_TESTS,
    *take_back.BY_TESTS,
    *power.MUTANTS,
    *disk.MUTANTS,
    *past.MUTANTS,
    *webhooks.MUTANTS,
)


@pytest.mark.parametrize("one", [*MUTANTS, *CAUGHT], ids=lambda one: one.mutant.name)
def test_each_fits_the_source_as_it_is(one: Told | Caught) -> None:
    assert any(text != (ROOT / file).read_text() for file, text in one.mutant.written(ROOT).items())


@pytest.mark.parametrize("told", MUTANTS, ids=lambda told: told.mutant.name)
def test_a_breakage_is_caught(told: Told) -> None:
    code, told_by_pytest = tried(told.caught_by, told.mutant)

    # 1: tests ran, and some failed; anything else is no catch.
    assert code == 1, told_by_pytest[-2000:]
    assert "FAILED" in told_by_pytest
