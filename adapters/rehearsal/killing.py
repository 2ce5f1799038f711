"""A process that can be killed anywhere: its tasks, its commits and its calls, inside this one."""

import asyncio
import contextvars
import weakref
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import apsw

from adapters.storage.inline import LoopWriter
from adapters.storage.writer import Operation
from adapters.transport import Answer, Transport

T = TypeVar("T")


class Killed(BaseException):
    """Ends whatever was about to go on; nobody but the loop ever sees it."""


@dataclass(slots=True)
class Points:
    """The places where the assistant can be killed: around every commit, every fsync and every call.

    `kill_in`: how many more of them it survives; None: all.
    """

    kill_in: int | None = None
    # What kills it there is the loss of power, and whatever was not synced may be lost with it.
    power: bool = False
    passed: int = 0
    # Told of each call that is about to leave: everything before it is committed.
    calling: Callable[[], None] = lambda: None
    # Told of each point as it is passed, in order: the trace of a run.
    reached: Callable[[str], None] = lambda where: None
    # Where it died last, and whether of a loss of power.
    where: str = ""
    lost_power: bool = False
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    def reach(self, where: str) -> bool:
        """Count this point; whether the assistant dies here, or is dead already."""
        if self.dead.is_set():
            return True
        self.passed += 1
        self.reached(where)
        if self.kill_in is not None:
            self.kill_in -= 1
            if self.kill_in < 0:
                self.kill_in, self.where, self.lost_power = None, where, self.power
                self.dead.set()
        return self.dead.is_set()

    def kill(self) -> None:
        """Kill it where it stands, with power on; it may be dead already."""
        if not self.dead.is_set():
            self.where, self.lost_power = "somewhere", False
            self.dead.set()


@dataclass(frozen=True, slots=True)
class MortalTransport:
    """A transport whose caller may die before the request leaves, or before the answer is read."""

    transport: Transport
    name: str
    points: Points

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        self.points.calling()
        await self._live(f"before {self.name} {method}")
        answer = await self.transport(
            method, path, query=query, body=body, headers=headers, timeout_s=timeout_s
        )
        await self._live(f"after {self.name} {method}")
        return answer

    async def _live(self, where: str) -> None:
        if self.points.reach(where):
            await for_ever()


class MortalWriter(LoopWriter):
    """Commits until it is dead; from then on nothing of it ends any more."""

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        points: Points,
        delay_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        super().__init__(connect, delay_s=delay_s, hook=partial(survive, points))
        self._points = points

    async def run(self, operation: Operation[T]) -> T:
        if self._points.dead.is_set():
            await for_ever()
        return await super().run(operation)

    async def close(self) -> None:
        if not self._points.dead.is_set():
            await super().close()


def survive(points: Points, where: str) -> None:
    if where != "begin" and points.reach(where):
        raise Killed(where)


async def for_ever() -> None:
    await asyncio.get_running_loop().create_future()


# Which life of the assistant a task belongs to; 0: to none.
_life: contextvars.ContextVar[int] = contextvars.ContextVar("life", default=0)


class Lives:
    """Tells the assistant's tasks from all others of the loop, so that they alone can be killed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._tasks: weakref.WeakKeyDictionary[asyncio.Task[Any], int] = weakref.WeakKeyDictionary()
        self._number = 0
        self._context = contextvars.copy_context()
        loop.set_task_factory(self._made)
        loop.set_exception_handler(_but_killed)

    def begin(self) -> None:
        self._number += 1
        self._context = contextvars.copy_context()
        self._context.run(_life.set, self._number)

    def within(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a task that lives and dies with the assistant."""
        return asyncio.get_running_loop().create_task(work, context=self._context)

    async def end(self) -> None:
        """kill -9: every task of this life ends where it stands."""
        mine = [task for task, life in self._tasks.items() if life == self._number and not task.done()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    def _made(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Any,
        context: contextvars.Context | None = None,
        **more: Any,
    ) -> "asyncio.Task[Any]":
        task = asyncio.Task(work, loop=loop, context=context, **more)
        self._tasks[task] = (context or contextvars.copy_context()).get(_life, 0)
        return task


def _but_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)
