"""Who has a box: everybody who looks, and whoever comes next where somebody has gone."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import main
from adapters.box import visitors as module
from adapters.box.box import Box
from adapters.box.process import Program
from adapters.box.visitors import VISITORS_MAX, TooManyVisitors, Visitors
from adapters.clock import SystemClock

# A server that never listens: nobody writes to these salons.
IDLE = Program((sys.executable, "-S", "-c", "import sys; sys.stdin.read()"), Path())


@pytest_asyncio.fixture
async def visitors(tmp_path: Path) -> AsyncIterator[Visitors]:
    dialogue, _ = main.dialogue_and_texts()
    visitors = Visitors(
        tmp_path, lambda folder: Box(IDLE, dialogue, folder), lambda transcript: transcript, SystemClock()
    )
    await visitors.open()
    yield visitors
    await visitors.close()


async def full(visitors: Visitors) -> list[Box]:
    return [await visitors.box(str(n)) for n in range(VISITORS_MAX)]


async def test_whoever_has_been_gone_for_the_longest_makes_room(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GONE_AFTER_S", 0)
    boxes = await full(visitors)
    with boxes[0].watching():
        await visitors.box("1")

        await visitors.box("newcomer")

        assert await visitors.box("0") is boxes[0]
    assert await visitors.box("1") is boxes[1]
    assert await visitors.box("2") is not boxes[2]


async def test_a_look_that_has_just_ended_keeps_a_box_as_a_new_wish_does(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GONE_AFTER_S", 0)
    boxes = await full(visitors)
    with boxes[0].watching():
        pass

    await visitors.box("newcomer")

    assert await visitors.box("0") is boxes[0]
    assert await visitors.box("1") is not boxes[1]


async def test_a_page_that_is_loaded_anew_keeps_its_box(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GONE_AFTER_S", 1000)
    boxes = await full(visitors)

    for _ in range(2):
        with pytest.raises(TooManyVisitors):
            await visitors.box("newcomer")

    assert await full(visitors) == boxes


async def test_no_two_boxes_are_one_world(visitors: Visitors) -> None:
    boxes = await full(visitors)
    worlds = {box.world for box in boxes}
    await boxes[0].start_over()

    assert len(worlds | {boxes[0].world}) == VISITORS_MAX + 1
