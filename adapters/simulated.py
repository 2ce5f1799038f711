"""What every simulator is made of: a pure core behind `handle`, and two ways to reach it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web

from adapters.transport import Answer, Lost


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    # Without the query; percent-decoded; as the client sent it, base path included.
    path: str
    query: tuple[tuple[str, str], ...] = ()
    # Names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    # How long the caller waits for it.
    delay_s: float = 0
    # After the delay the connection closes without an answer.
    dropped: bool = False


class Simulator(Protocol):
    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer one request at `now` (aware). Pure but for the simulator's own state: no I/O, no clock."""


@dataclass(frozen=True, slots=True)
class SimulatedTransport:
    """A transport that ends in a simulator of this process; waits with the running loop's time."""

    simulator: Simulator
    now: Callable[[], datetime]
    base_path: str = ""

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        request = Request(method, self.base_path + path, tuple(query), lower, body or b"")
        reply = self.simulator.handle(request, self.now())
        await asyncio.sleep(min(reply.delay_s, timeout_s))
        if reply.dropped or reply.delay_s >= timeout_s:
            raise Lost("time-out" if reply.delay_s >= timeout_s else "dropped")
        return Answer(
            reply.status, reply.body, {name.lower(): value for name, value in reply.headers.items()}
        )


def application(
    simulator: Simulator, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> web.Application:
    """Return the simulator as an aiohttp application that takes every method and path."""

    async def handle(request: web.Request) -> web.StreamResponse:
        reply = simulator.handle(
            Request(
                request.method,
                request.path,
                tuple(request.query.items()),
                {name.lower(): value for name, value in request.headers.items()},
                await request.read(),
            ),
            now(),
        )
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        if reply.dropped and request.transport is not None:
            request.transport.close()
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    app = web.Application(client_max_size=8 * 1024**2)
    app.router.add_route("*", "/{path:.*}", handle)
    return app
