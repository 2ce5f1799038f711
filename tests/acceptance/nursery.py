"""Starts servers by forking: what was imported once is not imported two hundred times.

Run as a program. Each line on stdin is an order, `{"environment": …, "folder": …}`; the answer on stdout is
the number of the new process, which does what `otmena serve` does in a process of its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Forked:
    """A process of the nursery's, which buries its children itself; whoever was not killed left its code."""

    pid: int
    exits: Path

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            left = self.exits / str(self.pid)
            return int(left.read_text()) if left.exists() else -signal.SIGKILL
        return None

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("otmena serve", timeout or 0)
            time.sleep(0.001)
        return code


class Nursery:
    """The other end of the pipes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._exits = tempfile.TemporaryDirectory(prefix="otmena-exits-")
        self._program = subprocess.Popen(
            [sys.executable, __file__, self._exits.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self._answers()

    def starts(self, environment: dict[str, str], folder: Path) -> Forked:
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({"environment": environment, "folder": str(folder)}) + "\n")
        self._program.stdin.flush()
        return Forked(int(self._answers()), Path(self._exits.name))

    def close(self) -> None:
        self._program.communicate()
        self._exits.cleanup()

    def _answers(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the nursery has died"
        return line


def _grow_up(environment: dict[str, str], folder: str) -> int:
    """Become `otmena serve`; return its exit code."""
    import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    try:
        main.run(["serve"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _serve_orders() -> None:
    import main
    from engine import soundness
    from engine.understanding import Surroundings
    from states import everywhere, registry

    main.commands()
    dialogue, _ = main.dialogue_and_texts()
    # Proved here once for every child; a start of its own proves it again.
    soundness.ensure_sound(registry.FLOWS, everywhere.rows)
    soundness.ensure_sound = lambda flows, everywhere: None
    dialogue.understanding.understand("отмените запись на завтра", "idle", Surroundings(datetime.now(UTC)))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            code = 1
            try:
                code = _grow_up(**json.loads(line))
            except BaseException:  # the child must never go back into the loop of its parent
                traceback.print_exc()
            finally:
                Path(sys.argv[1], str(os.getpid())).write_text(str(code))
                os._exit(code)


if __name__ == "__main__":
    _serve_orders()
