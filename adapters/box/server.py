"""The server behind a box over all its lives: one process after the other, on what the last one stored."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from adapters.box.frames import ServerState
from adapters.box.process import Program, ServerProcess
from adapters.box.trace import Ahead, Listening, Staging, Taken, Told
from engine.ports import Clock

LOOPBACK = "127.0.0.1"
# A server that dies so often without ever listening cannot start, and is not tried again.
DEATHS_MAX = 3

log = structlog.get_logger()


class Server:
    """`listens` is called once it can be reached, `taken` with each turn, `died` where it died by itself."""

    def __init__(
        self,
        program: Program,
        clock: Clock,
        *,
        listens: Callable[[], None],
        taken: Callable[[Taken], None],
        died: Callable[[], None],
    ) -> None:
        self._program, self._clock, self._listens, self._taken, self._died = (
            program,
            clock,
            listens,
            taken,
            died,
        )
        self._process: ServerProcess | None = None
        self._began_s = 0.0
        self._deaths = 0
        self.state: ServerState = "down"
        # Where its webhooks are; None while it cannot be reached.
        self.webhooks: str | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def took_ms(self) -> int:
        """Return for how long its last start or end has lasted so far, or lasted."""
        return round((self._clock.monotonic() - self._began_s) * 1000)

    def start(self, staging: Staging) -> None:
        self._began_s = self._clock.monotonic()
        self.state = "starting"
        self._process = ServerProcess(self._program, staging, told=self._told, gone=self._gone)

    async def kill(self) -> None:
        self._began_s = self._clock.monotonic()
        process, self._process = self._process, None
        self.state, self.webhooks = "down", None
        if process is not None:
            await process.kill()

    def set_clock(self, ahead: timedelta) -> None:
        if self._process is not None:
            self._process.order(Ahead(ahead_s=ahead.total_seconds()))

    def drain(self) -> None:
        """Hear all that it told before it called somebody."""
        if self._process is not None:
            self._process.drain()

    def _told(self, told: Told) -> None:
        match told:
            case Listening():
                self._deaths = 0
                self.state, self.webhooks = "up", f"http://{LOOPBACK}:{told.port}/webhooks"
                self._listens()
            case Taken():
                self._taken(told)

    def _gone(self, process: ServerProcess) -> None:
        if process is not self._process:
            return
        self._deaths += 1
        self.state, self.webhooks = "down", None
        if self._deaths >= DEATHS_MAX:
            log.critical("demo.server_cannot_start", deaths=self._deaths)
        self._died()

    @property
    def is_hopeless(self) -> bool:
        return self._deaths >= DEATHS_MAX
