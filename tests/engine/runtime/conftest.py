"""The shell in virtual time: nothing sleeps, and nothing is faster than it would be."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

pytest.register_assert_rewrite("tests.engine.runtime.world")

from adapters.virtual import VirtualLoop  # noqa: E402
from tests.engine.runtime.world import World  # noqa: E402  (rewritten asserts come first)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Keep the log to itself: drawing tracebacks takes longer than all that they are about."""
    with capture_logs() as logs:
        yield logs


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path / "otmena.db")
    await world.starts()
    yield world
    await world.ends()
