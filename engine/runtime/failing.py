"""What is tried until it works: it is told when it begins to fail, and when it works again, with how often.

A full disk fails everything again and again, and the log may well lie on it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

import structlog

from engine.ports import PortError

# A full disk still lets us read what is due: without a pause, that would be tried as fast as it fails.
RETRY_AFTER_S = 1.0

T = TypeVar("T")

log = structlog.get_logger()


class Failing:
    """Told under two names: the one of its failures, and the one of its end."""

    def __init__(self, failed: str, again: str, level: Literal["warning", "error"] = "warning") -> None:
        self._failed, self._again, self._level = failed, again, level
        self._why: str | None = None
        self._times = 0

    def failed(self, error: Exception, **known: object) -> None:
        self._times += 1
        if str(error) != self._why:
            # Another reason is news, too.
            self._why = str(error)
            getattr(log, self._level)(self._failed, error=self._why, **known)

    def worked(self) -> None:
        if self._times:
            log.warning(self._again, failures=self._times)
            self._why, self._times = None, 0

    async def outlasted(
        self, work: Callable[[], Awaitable[T]], *, unless: Callable[[], bool] | None = None, **known: object
    ) -> T:
        """Return what `work` returns once it works, however long that takes.

        Raises:
            PortError: it fails, and `unless` says that nobody has to wait for it any more.
        """
        while True:
            try:
                result = await work()
                self.worked()
                return result
            except PortError as error:
                if unless is not None and unless():
                    raise
                self.failed(error, **known)
                await asyncio.sleep(RETRY_AFTER_S)
