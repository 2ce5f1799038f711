"""What a figure was measured on, and how fast its disk was at that moment."""

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from engine.values import Frozen

_BLOCK = b"x" * 4096


class Machine(Frozen):
    cores: int
    processor: str
    python: str
    kernel: str


def this_machine() -> Machine:
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        processor=_processor(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        kernel=f"{platform.system()} {platform.release()}",
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def fsync_us(times: int = 200) -> float:
    """Return how long one fsync of 4 KiB takes, in microseconds, at the median.

    The same disk can need 170 µs in one minute and 4 ms in the next, so it is asked before and after.
    """
    took = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(times):
            file.seek(0)
            file.write(_BLOCK)
            started = time.perf_counter_ns()
            os.fsync(file.fileno())
            took.append((time.perf_counter_ns() - started) / 1000)
    return statistics.median(took)
