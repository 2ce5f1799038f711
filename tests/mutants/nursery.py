"""Runs files of tests by forking: pytest and the libraries are read once, and not for each breakage.

Run as a program. Each line on stdin is an order, `{"environment": …, "arguments": …, "output": …}`; the
answer on stdout is the exit code of pytest, which has written into the file `output`. Nothing of ours is
imported before the fork, since any of it may come broken.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GRAFTS = Path(__file__).resolve().parent / "grafts"
LIBRARIES = (
    "pytest", "pytest_asyncio.plugin", "aiohttp.web", "aiohttp.test_utils", "apsw", "apprise", "babel.dates",
    "hypothesis", "prometheus_client", "pydantic", "pymorphy3", "structlog", "transitions",
)  # fmt: skip


class Nursery:
    """The other end of the pipes."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def run(self, environment: dict[str, str], arguments: list[str], output: Path, within_s: float) -> int:
        """Return the exit code of pytest.

        Raises:
            TimeoutExpired: it did not end in time, and is no more.
        """
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        order = {"environment": environment, "arguments": arguments, "output": str(output)}
        late = threading.Timer(within_s, self._program.kill)
        late.start()
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        late.cancel()
        if not answer:
            raise subprocess.TimeoutExpired(arguments, within_s)
        return int(answer)

    @property
    def lives(self) -> bool:
        return self._program.poll() is None

    def close(self) -> None:
        self._program.communicate()


def _look_at(environment: dict[str, str], arguments: list[str], output: str) -> int:
    """Be the process that looks at one breakage."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDONLY)
    told = os.open(output, os.O_WRONLY | os.O_CREAT)
    for ours, theirs in ((nothing, 0), (told, 1), (told, 2)):
        os.dup2(ours, theirs)
    sys.dont_write_bytecode = False
    sys.path.insert(0, str(ROOT))
    import pytest

    from tests.mutants.grafts.grafting import graft

    graft()
    code = int(pytest.main(arguments))
    sys.stdout.flush()
    return code


def _serve_orders() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    # Whoever is told to end takes along whoever it started.
    os.setpgrp()
    for line in sys.stdin:
        if child := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        else:
            code = 70
            try:
                code = _look_at(**json.loads(line))
            finally:
                os._exit(code)


if __name__ == "__main__":
    _serve_orders()
