"""Our server as a process of its own: started, told the time, killed; what it tells is read line by line."""

import asyncio
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import BaseModel

from adapters.box.trace import TOLD, Told

_PORTION_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Program:
    """What is run, and from which folder its modules are found."""

    arguments: Sequence[str]
    folder: Path


class ServerProcess:
    """One life of the server. `told` is called with each line, in order; `gone`, where it ends by itself."""

    def __init__(
        self,
        program: Program,
        staging: BaseModel,
        *,
        told: Callable[[Told], None],
        gone: Callable[["ServerProcess"], None],
    ) -> None:
        self._told, self._gone = told, gone
        self._begun = b""
        self._ended = self._killing = False
        self._process = subprocess.Popen(
            program.arguments,
            cwd=program.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl+C in the terminal is for us; it ends with its stdin, or when it is killed.
            start_new_session=True,
        )
        os.set_blocking(self._out.fileno(), False)
        asyncio.get_running_loop().add_reader(self._out.fileno(), self.drain)
        self.order(staging)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def order(self, line: BaseModel) -> None:
        assert self._process.stdin is not None
        # Whoever has died is noticed by the end of what it tells.
        with suppress(OSError):
            self._process.stdin.write(line.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()

    def drain(self) -> None:
        """Read all that was told by now.

        Called too whenever the server calls somebody: what it told before it called comes first.
        """
        while not self._ended:
            try:
                portion = os.read(self._out.fileno(), _PORTION_BYTES)
            except BlockingIOError:
                return
            if not portion:
                self._end()
                return
            *lines, self._begun = (self._begun + portion).split(b"\n")
            for line in lines:
                self._told(TOLD.validate_json(line))

    async def kill(self) -> None:
        """Kill it where it stands, as a crash would; what it told before counts."""
        self._killing = True
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        self.drain()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _end(self) -> None:
        self._ended = True
        asyncio.get_running_loop().remove_reader(self._out.fileno())
        if not self._killing:
            self._gone(self)
