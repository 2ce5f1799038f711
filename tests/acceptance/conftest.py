import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.acceptance.nursery import Nursery
from tests.acceptance.world import World, opened


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery(os.environ)
    yield nursery
    nursery.close()


@pytest.fixture
async def world(tmp_path: Path, nursery: Nursery) -> AsyncIterator[World]:
    """A salon whose server is a process of its own, forked: other tests start one from nothing."""
    async with opened(tmp_path) as world:
        world.nursery = nursery
        yield world
