"""The real clock, ids and chance: the only place that asks the machine for them."""

import random
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def pause(seconds: float) -> None:
    """Wait, in a command that has no loop to wait in."""
    time.sleep(seconds)


class RandomIds:
    def new(self) -> str:
        # 96 bits: never met twice, and short enough for every place that carries it.
        return secrets.token_urlsafe(12)


def system_chance() -> random.Random:
    return random.Random()
