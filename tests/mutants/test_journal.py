"""Each breakage of the writes at YClients turns the adapter's own tests red."""

import pytest

from tests.mutants.journal import CAUGHT, Caught
from tests.mutants.mutant import Mutant
from tests.mutants.running import tried


def red(file: str, *mutants: Mutant) -> bool:
    """Return whether this file of tests finds something in the adapter."""
    code, told = tried(f"tests/adapters/yclients/{file}", *mutants)
    assert code in (0, 1), told[-2000:]
    return code == 1


@pytest.mark.parametrize("one", CAUGHT, ids=lambda one: one.mutant.name)
def test_a_mutant_of_the_writes_is_caught(one: Caught) -> None:
    assert red(one.by, one.mutant)


def test_without_a_mutant_nothing_is_caught() -> None:
    assert not red("test_shortening.py")
