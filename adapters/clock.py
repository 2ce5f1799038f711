"""The real clock, ids and chance: the only place that asks the machine for them."""

import random
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def boot_id() -> str:
    """Return the name of the boot since which the steady clock counts; empty where the machine tells none."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def pause(seconds: float) -> None:
    """Wait, in a command that has no loop to wait in."""
    time.sleep(seconds)


class RandomIds:
    def new(self) -> str:
        # 96 bits: never met twice, and short enough for every place that carries it.
        return secrets.token_urlsafe(12)


def system_chance() -> random.Random:
    return random.Random()
