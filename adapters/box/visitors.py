"""Who is here: each visitor has a box, and whoever has gone leaves it to the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.box.box import Box
from engine.ports import Clock

# A server takes some hundred megabytes, so a laptop has room for a handful.
VISITORS_MAX = 6
# Whoever has no page open for so long has gone, and makes room if there is need.
# A page that is loaded anew takes less.
GONE_AFTER_S = 2.0


class TooManyVisitors(Exception):
    """Every box has somebody looking into it."""


@dataclass(slots=True)
class Visitors:
    # Has a folder below for each box; the caller removes it.
    folder: Path
    new_box: Callable[[Path], Box]
    # Plays a transcript, and returns it as it holds; slow.
    play: Callable[[str], str]
    clock: Clock
    _boxes: dict[str, Box] = field(default_factory=dict)
    # When each visitor was last heard of.
    _seen: dict[str, float] = field(default_factory=dict)
    # Opened before anybody came, so that the first one need not wait.
    _spare: Box | None = None
    _numbers: int = 0
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        self._spare = await self._opened()

    async def close(self) -> None:
        boxes = [*self._boxes.values(), *([self._spare] if self._spare else [])]
        await asyncio.gather(*(box.close() for box in boxes))

    def wake(self) -> None:
        for box in self._boxes.values():
            box.wake()

    async def made_to_hold(self, transcript: str) -> str:
        """Return the transcript played once more, so that what is saved is known to hold."""
        return await asyncio.to_thread(self.play, transcript)

    async def box(self, visitor: str) -> Box:
        """Return the visitor's box, a fresh one at first.

        Raises:
            TooManyVisitors: there is no room for another.
        """
        async with self._changing:
            if visitor not in self._boxes:
                self._boxes[visitor] = await self._fresh()
            self._seen[visitor] = self.clock.monotonic()
            return self._boxes[visitor]

    async def _fresh(self) -> Box:
        if self._spare is not None:
            spare, self._spare = self._spare, None
            return spare
        if len(self._boxes) >= VISITORS_MAX:
            await self._make_room()
        return await self._opened()

    async def _opened(self) -> Box:
        self._numbers += 1
        folder = self.folder / str(self._numbers)
        folder.mkdir()
        box = self.new_box(folder)
        await box.open()
        return box

    async def _make_room(self) -> None:
        """Close the box that nobody has looked into for the longest."""
        unwatched = [visitor for visitor, box in self._boxes.items() if not box.watched]
        longest = min(unwatched, key=self._left_at, default=None)
        if longest is None or self.clock.monotonic() - self._left_at(longest) < GONE_AFTER_S:
            raise TooManyVisitors
        del self._seen[longest]
        await self._boxes.pop(longest).close()

    def _left_at(self, visitor: str) -> float:
        return max(self._seen[visitor], self._boxes[visitor].left_at)
