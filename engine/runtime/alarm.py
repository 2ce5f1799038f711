"""A loop that works when it is woken or when its next moment comes, and survives what its work raises."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from engine.ports import Clock, PortError
from engine.runtime.failing import RETRY_AFTER_S, Failing

# However quiet it is, look again after this long: a wake that got lost costs a minute, not a message.
SLEEP_MAX_S = 60.0

log = structlog.get_logger()


class Alarm:
    """Calls `work` again and again; `work` returns the moment when it has to be called next, or None."""

    def __init__(self, name: str, work: Callable[[], Awaitable[datetime | None]], clock: Clock) -> None:
        self._name, self._work, self._clock = name, work, clock
        self._woken = asyncio.Event()
        self._failing = Failing(f"{name}.store_failed", f"{name}.store_recovered")

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            try:
                due = await self._work()
                self._failing.worked()
            except PortError as error:
                self._failing.failed(error)
                await asyncio.sleep(RETRY_AFTER_S)
                continue
            except Exception:  # the one broad catch of this loop: it logs, and lets the queue retry
                log.exception(f"{self._name}.failed")
                await asyncio.sleep(RETRY_AFTER_S)
                continue
            wait_s = SLEEP_MAX_S
            if due is not None:
                wait_s = min(wait_s, max(0.0, (due - self._clock.now()).total_seconds()))
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                pass
