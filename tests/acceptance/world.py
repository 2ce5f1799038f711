"""A salon as its client meets it: the real server in its own process, both outside parties over real HTTP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from adapters.simulated import application
from adapters.whatsapp.simulator import Bubble, WhatsAppNetwork, WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from tests.acceptance.nursery import Nursery

ANNA = "+79000000001"
MARIA = "+79000000002"
NUMBER = "106540352242922"
COMPANY = 962302
APP_SECRET, VERIFY_TOKEN = "app-secret-1", "verify-1"
MOSCOW = ZoneInfo("Europe/Moscow")


class Process(Protocol):
    """What is needed of a running server; `subprocess.Popen` is one."""

    @property
    def pid(self) -> int: ...

    def kill(self) -> None: ...

    def send_signal(self, number: int, /) -> None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass
class World:
    folder: Path
    yclients: YClientsSimulator
    whatsapp: WhatsAppSimulator
    network: WhatsAppNetwork
    environment: dict[str, str]
    url: str
    # Forks servers that need not be imported anew.
    nursery: Nursery | None = None
    process: Process | None = None
    zone: ZoneInfo = MOSCOW
    _heard: dict[str, int] = field(default_factory=dict)

    # ── the process ───────────────────────────────────────────────────────────────────────────────────

    async def starts(self, **settings: str) -> None:
        """Start the server, with settings of the contract (without their prefix), and wait for it."""
        self.launches(**settings)
        await self.is_ready()

    def launches(self, **settings: str) -> None:
        """Start the server, and wait for nothing."""
        self.environment.update({f"OTMENA_{name}": value for name, value in settings.items()})
        if self.nursery is not None:
            self.process = self.nursery.starts(self.environment, self.folder)
            return
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "import main; main.run()", "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    async def is_ready(self, within_s: float = 60) -> None:
        assert self.process is not None
        async with aiohttp.ClientSession() as session, asyncio.timeout(within_s):
            while True:
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    assert self.process.poll() is None, self.log()
                await asyncio.sleep(0.05)

    def dies(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def stops(self) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, 30)

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    # ── the journal ───────────────────────────────────────────────────────────────────────────────────

    def record(
        self,
        service: str = "Маникюр",
        *,
        phone: str | None = ANNA,
        days: int = 1,
        hour: int = 15,
        minute: int = 0,
        master: str = "Ольга",
        **more: object,
    ) -> int:
        """Write a record into the journal, so many days from today by the salon's clock."""
        now = datetime.now(UTC)
        day = now.astimezone(MOSCOW).date() + timedelta(days=days)
        starts_at = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  # the salon's wall clock
        return self.yclients.add_record(phone, service, master, starts_at, now, **more)  # type: ignore[arg-type]  # named by the test

    def attendance(self, record_id: int) -> int:
        return self.yclients.record(record_id).attendance

    def puts(self) -> int:
        return len(self.yclients.calls("cancel"))

    # ── the chat ──────────────────────────────────────────────────────────────────────────────────────

    def says(self, text: str, phone: str = ANNA, **more: object) -> str:
        return self.whatsapp.client_says(phone, text, datetime.now(UTC), **more)  # type: ignore[arg-type]  # named by the test

    def taps(self, label: str, phone: str = ANNA) -> str:
        return self.whatsapp.client_taps(phone, label, datetime.now(UTC))

    def said(self, phone: str = ANNA) -> list[Bubble]:
        """Return everything that the bot has said so far."""
        return [bubble for bubble in self.whatsapp.phone(phone) if bubble.direction == "out"]

    async def hears(self, *parts: str, phone: str = ANNA, within_s: float = 10) -> Bubble:
        """Wait for the bot's next message, which must hold these parts, and return it."""
        at = self._heard.get(phone, 0)
        try:
            async with asyncio.timeout(within_s):
                while len(self.said(phone)) <= at:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"nothing was said; the log:\n{self.log()[-3000:]}") from None
        self._heard[phone] = at + 1
        bubble = self.said(phone)[at]
        for part in parts:
            assert part in bubble.text, bubble.text
        return bubble

    async def hears_nothing(self, phone: str = ANNA, for_s: float = 1.0) -> None:
        await asyncio.sleep(for_s)
        unheard = self.said(phone)[self._heard.get(phone, 0) :]
        assert not unheard, [bubble.text for bubble in unheard]

    async def until(self, what: str, within_s: float = 10) -> None:
        """Wait until the log holds this."""
        async with asyncio.timeout(within_s):
            while what not in self.log():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(
    folder: Path,
    yclients: YClientsSimulator | None = None,
    whatsapp: WhatsAppSimulator | None = None,
    phones: Sequence[str] = (ANNA, MARIA),
) -> AsyncIterator[World]:
    """Open both outside parties; the server itself is started by the test. `phones` may not be logged."""
    async with AsyncExitStack() as stack:
        yclients = yclients or YClientsSimulator(company_id=COMPANY)
        whatsapp = whatsapp or WhatsAppSimulator(
            phone_number_id=NUMBER, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN
        )
        yclients_port = await _served(stack, application(yclients))
        whatsapp_port = await _served(stack, application(whatsapp))
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        network = WhatsAppNetwork(whatsapp, f"{url}/webhooks/whatsapp")
        await network.start()
        stack.push_async_callback(network.stop)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTMENA_")}
        environment |= {
            "OTMENA_PORT": str(port),
            "OTMENA_DATABASE_URL": f"sqlite:///{folder}/otmena.db",
            "OTMENA_YCLIENTS_BASE_URL": f"http://127.0.0.1:{yclients_port}/api/v1",
            "OTMENA_YCLIENTS_PARTNER_TOKEN": "partner",
            "OTMENA_YCLIENTS_USER_TOKEN": "user",
            "OTMENA_YCLIENTS_COMPANY_ID": str(COMPANY),
            "OTMENA_WHATSAPP_BASE_URL": f"http://127.0.0.1:{whatsapp_port}/v26.0",
            "OTMENA_WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "OTMENA_WHATSAPP_ACCESS_TOKEN": "access",
            "OTMENA_WHATSAPP_APP_SECRET": APP_SECRET,
            "OTMENA_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        }
        world = World(folder, yclients, whatsapp, network, environment, url)
        try:
            yield world
        finally:
            if world.process is not None and world.process.poll() is None:
                world.process.kill()
                world.process.wait()
        _nothing_leaked(world, phones)


def _nothing_leaked(world: World, phones: Sequence[str]) -> None:
    log = world.log()
    for phone in phones:
        assert phone.lstrip("+") not in log, "a phone number stands in the log"
    assert "wamid." not in log.replace("wamid.…", ""), "a message id, which holds a phone, stands in the log"
    assert "Traceback" not in log, log[-3000:]


async def _served(stack: AsyncExitStack, app: web.Application) -> int:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
