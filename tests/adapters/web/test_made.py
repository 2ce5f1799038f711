"""What is made once: whoever leaves takes it from nobody, and a failure is not kept."""

import asyncio
from contextlib import suppress

import pytest

from adapters.web.made import Made


async def test_whoever_leaves_does_not_take_it_from_the_others() -> None:
    release = asyncio.Event()
    begun: list[int] = []

    async def make() -> str:
        begun.append(1)
        await release.wait()
        return "made"

    made = Made(make)
    leaving = asyncio.create_task(made.get())
    await asyncio.sleep(0.01)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    release.set()

    assert await made.get() == await made.get() == "made"
    assert len(begun) == 1


async def test_after_a_failure_it_is_tried_again_by_the_next_who_asks() -> None:
    tried: list[int] = []

    async def make() -> str:
        tried.append(1)
        await asyncio.sleep(0)
        if len(tried) == 1:
            raise OSError("no")
        return "made"

    made = Made(make)
    first = await asyncio.gather(made.get(), made.get(), return_exceptions=True)

    assert [type(one) for one in first] == [OSError, OSError]
    assert await made.get() == "made"
    assert len(tried) == 2


async def test_a_failure_is_told_to_whoever_asked() -> None:
    async def make() -> str:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        await Made(make).get()
