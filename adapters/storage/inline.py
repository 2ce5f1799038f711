"""The same commit groups without a thread: for simulations, where every step happens on one loop."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import apsw

from adapters.storage.wal import CHECKPOINT_PAGES
from adapters.storage.writer import Committer, Hook, Operation, Outcome, resolve
from engine.ports import StoreFailed

T = TypeVar("T")


class LoopWriter:
    """Commits what has gathered `delay_s()` after the first operation; deterministic under a seeded loop.

    What the hook raises (a simulated crash) goes through to the loop, and nothing is resolved.
    """

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        *,
        delay_s: Callable[[], float] = lambda: 0.0,
        hook: Hook = lambda point: None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        self._committer = Committer(connect, hook=hook, checkpoint_pages=checkpoint_pages)
        self._delay_s = delay_s
        self._waiting: list[tuple[Operation[Any], asyncio.Future[Any]]] = []
        self._closed = False

    @property
    def healthy(self) -> bool:
        """Whether the last group could be committed."""
        return self._committer.healthy

    async def run(self, operation: Operation[T]) -> T:
        """Run `operation` in the next group and return its value after the commit."""
        if self._closed:
            raise StoreFailed("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((operation, future))
        if len(self._waiting) == 1:
            loop.call_later(self._delay_s(), self._pump)
        return await future

    async def close(self) -> None:
        """Commit what is waiting and close the connection."""
        self._closed = True
        self._pump()
        self._committer.close()

    def _pump(self) -> None:
        group, self._waiting = self._waiting, []
        if group:
            outcomes: list[Outcome] = self._committer.commit([operation for operation, _ in group])
            resolve([(future, outcome) for (_, future), outcome in zip(group, outcomes, strict=True)])
            self._committer.tidy()
