"""Somebody sets the clock on under a running salon: what falls due meanwhile happens at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.runtime.test_clock_set_back import Salon

TWENTY_MINUTES = timedelta(minutes=20)


@pytest.fixture
async def salon(tmp_path: Path) -> AsyncIterator[Salon]:
    salon = Salon(tmp_path / "otmena.db")
    await salon.starts()
    yield salon
    await salon.ends()


async def test_a_question_ends_as_soon_as_the_clock_says_that_its_time_is_up(salon: Salon) -> None:
    # Time-outs are held back for two minutes after a start.
    await salon.passes(minutes=3)
    await salon.is_asked()
    asked_s = salon.time_s()

    salon.sets_the_clock(TWENTY_MINUTES)
    salon.shell.time_passed()
    await salon.passes(1)

    salon.says("Ответа не было")
    assert salon.time_s() - asked_s < 5
