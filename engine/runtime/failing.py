"""What is tried until it works: it is told when it begins to fail, and when it works again, with how often.

A full disk fails everything again and again, and the log may well lie on it.
"""

from typing import Literal

import structlog

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
