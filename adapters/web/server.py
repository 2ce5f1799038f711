"""The webhook server: store first, acknowledge second, work third."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from aiohttp import web

from adapters.web.metrics import Metrics
from adapters.whatsapp import webhook
from engine.ports import Arrival, PortError, Relinked, Status
from engine.runtime.failing import Failing

# Meta posts up to 3 MB (whatsapp.md §1.3, 2026-11); aiohttp's own cap of 1 MiB would refuse those for days.
BODY_BYTES_MAX = 4 * 1024**2
# A disk in its slow phase takes some 4 ms for a commit (runtime.md §1.1); one that takes so long is ill.
READY_WITHIN_S = 2.0

log = structlog.get_logger()


class Receive(Protocol):
    async def __call__(
        self, arrivals: Sequence[Arrival], statuses: Sequence[Status], relinked: Sequence[Relinked]
    ) -> int:
        """Store; return how many items were new."""


@dataclass(slots=True)
class Webhooks:
    """The routes. `ready` raises while the store cannot commit."""

    receive: Receive
    ready: Callable[[], Awaitable[None]]
    now: Callable[[], datetime]
    # What a whole message that is «стоп» (True) or «старт» (False) does to the chat, as it is stored.
    opt_out: Callable[[str], bool | None]
    app_secret: str
    verify_token: str
    # The one number that is ours; what comes for others is kept and never answered.
    phone_number_id: str
    yclients_secret: str | None = None
    metrics: Metrics = field(default_factory=Metrics)
    # Routes beside those of the webhooks.
    pages: tuple[web.RouteDef, ...] = ()
    draining: bool = False
    _failing: Failing = field(
        default_factory=lambda: Failing("webhook.not_stored", "webhook.stored_again", level="error")
    )

    def application(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.add_routes(
            [
                web.get("/webhooks/whatsapp", self.verify),
                web.post("/webhooks/whatsapp", self.whatsapp),
                web.post("/webhooks/yclients/{secret}", self.yclients),
                web.get("/healthz", self.healthz),
                web.get("/readyz", self.readyz),
                web.get("/metrics", self.prometheus),
                *self.pages,
            ]
        )
        return app

    async def verify(self, request: web.Request) -> web.Response:
        challenge = webhook.verify(request.query, self.verify_token)
        if challenge is None:
            return web.Response(status=403, text="forbidden\n")
        return web.Response(text=challenge, content_type="text/plain")

    async def whatsapp(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._answer(413, "too_large")
        return self._answer(*await self.accept(body, request.headers.get("X-Hub-Signature-256")))

    async def accept(self, body: bytes, signature: str | None) -> tuple[int, str]:
        """Store what a POST of WhatsApp's brought; return the status to answer with, and its name."""
        started = time.perf_counter()
        if not webhook.signed(body, signature, (self.app_secret,)):
            return 401, "unsigned"
        delivered = webhook.parse(body, self.opt_out, self.now())
        for problem in delivered.problems:
            log.warning("webhook.item_unread", problem=problem)
        try:
            new = await self.receive(
                [self._ours(arrival) for arrival in delivered.arrivals],
                delivered.statuses,
                delivered.relinked,
            )
        except PortError as error:
            # WhatsApp keeps it and delivers it again, for up to seven days (whatsapp.md §1.3).
            self._failing.failed(error)
            return 503, "not_stored"
        self._failing.worked()
        self.metrics.acknowledged(new, time.perf_counter() - started)
        return 200, "stored"

    def _ours(self, arrival: Arrival) -> Arrival:
        if arrival.account == self.phone_number_id or arrival.heard is None:
            return arrival
        log.warning("webhook.foreign_number", account=arrival.account)
        return arrival._replace(heard=None, identities=(), opt_out=None)

    async def yclients(self, request: web.Request) -> web.Response:
        """Acknowledge a hint. Nothing of the journal is kept here that a change could make stale."""
        given = request.match_info["secret"].encode()
        if not self.yclients_secret or not hmac.compare_digest(given, self.yclients_secret.encode()):
            return web.Response(status=404, text="not found\n")
        await request.read()
        log.info("hint.received")
        return web.Response(text="ok\n")

    async def healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(self, request: web.Request) -> web.Response:
        if self.draining:
            return web.Response(status=503, text="draining\n")
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await self.ready()
        except PortError as error:
            return web.Response(status=503, text=f"the store cannot commit: {error}\n")
        except TimeoutError:
            # Nothing is lost: what was posted waits for the disk, and is acknowledged after it.
            text = f"the store has not committed for {READY_WITHIN_S:g} s: the disk is slow or hangs\n"
            return web.Response(status=503, text=text)
        return web.Response(text="ready\n")

    async def prometheus(self, request: web.Request) -> web.Response:
        return web.Response(body=self.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})

    def _answer(self, status: int, outcome: str) -> web.Response:
        self.metrics.answered(outcome)
        return web.Response(status=status, text=f"{outcome}\n")
