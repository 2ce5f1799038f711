"""`otmena serve` as a process of its own, on a core of its own where there are two, and what it uses."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.town import COMPANY, NUMBER, SECRET, Town
from benchmarks.wire import Lines, served

_TICKS = os.sysconf("SC_CLK_TCK")
READY_WITHIN_S = 60.0
# `otmena serve`, whatever is installed: the code beside this file.
SERVE = (sys.executable, "-c", "import main; main.run()", "serve")


@dataclass(frozen=True, slots=True)
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path

    @property
    def cpu_s(self) -> float:
        """Return the seconds of CPU that it has used so far, kernel included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def rss_mb(self) -> float:
        """Return the memory that it holds now, in MB of 10⁶ bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


@asynccontextmanager
async def serving(
    town: Town, *, command: Sequence[str] = SERVE, database: Path | None = None, **settings: str
) -> AsyncIterator[Server]:
    """Start the server between the town's stand-ins, wait until it is ready, and stop it at the end."""
    yclients, yclients_port = await served(town.yclients)
    whatsapp, whatsapp_port = await served(town.whatsapp)
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTMENA_")}
        environment |= {
            "OTMENA_PORT": str(port),
            "OTMENA_DATABASE_URL": f"sqlite:///{database or Path(folder, 'otmena.db')}",
            "OTMENA_YCLIENTS_BASE_URL": f"http://127.0.0.1:{yclients_port}/api/v1",
            "OTMENA_YCLIENTS_PARTNER_TOKEN": "partner",
            "OTMENA_YCLIENTS_USER_TOKEN": "user",
            "OTMENA_YCLIENTS_COMPANY_ID": str(COMPANY),
            "OTMENA_YCLIENTS_PER_SECOND": "2000",
            "OTMENA_YCLIENTS_PER_MINUTE": "120000",
            "OTMENA_WHATSAPP_BASE_URL": f"http://127.0.0.1:{whatsapp_port}/v26.0",
            "OTMENA_WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "OTMENA_WHATSAPP_PER_SECOND": "1000",
            "OTMENA_WHATSAPP_ACCESS_TOKEN": "access",
            "OTMENA_WHATSAPP_APP_SECRET": SECRET,
            "OTMENA_WHATSAPP_VERIFY_TOKEN": "verify-1",
            **settings,
        }
        process = _started(command, environment, Path(folder, "log"))
        server = Server(process, port, Path(folder))
        town.lines = Lines(port, "/webhooks/whatsapp")
        try:
            await _ready(server)
            with _on_core(1):
                yield server
        finally:
            town.lines.close()
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(process.wait, 30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            yclients.close()
            whatsapp.close()


def _started(command: Sequence[str], environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as file, _on_core(0):
        root = Path(__file__).parent.parent
        return subprocess.Popen(command, env=environment, stdout=file, stderr=file, cwd=root)


class _on_core:
    """Keep this process, and what it starts meanwhile, on one core; without a second core, do nothing."""

    def __init__(self, core: int) -> None:
        self._core = core

    def __enter__(self) -> None:
        self._before = os.sched_getaffinity(0)
        cores = sorted(self._before)
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[self._core]})

    def __exit__(self, *error: object) -> None:
        os.sched_setaffinity(0, self._before)


async def _ready(server: Server) -> None:
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            assert server.process.poll() is None, server.log()
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                answer = await reader.read()
                writer.close()
                if b" 200 " in answer:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
