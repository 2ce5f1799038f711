"""How many webhooks a second are acknowledged, beside the ceilings of the same run on the same machine.

    python -m benchmarks.webhook [--seconds 3] [--clients 64]

Rows, from the least work to the whole of it: a handler that only reads the body; the same with signature and
parsing; our own route, where the acknowledgement comes after a durable commit. The load generator shares the
machine's cores with the server, so compare the rows, not the digits of two machines.
"""

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from adapters.clock import RandomIds
from adapters.storage import SqliteStore
from adapters.web.listening import listening
from adapters.web.server import Webhooks
from adapters.whatsapp import webhook
from engine.ports import Arrival, Relinked, Status
from engine.understanding import opt_out

SECRET = "app-secret-1"
NUMBER = "106540352242922"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def bodies() -> Iterator[bytes]:
    """Yield messages of 50 clients, each with an id of its own."""
    for i in itertools.count():
        message = {
            "from": f"790000000{i % 50:02}",
            "id": f"wamid.bench{i}",
            "timestamp": "1795392000",
            "type": "text",
            "text": {"body": "Хочу отменить запись"},
        }
        value = {"metadata": {"phone_number_id": NUMBER}, "messages": [message]}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        yield json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


async def read_only(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


async def read_and_parse(request: web.Request) -> web.Response:
    body = await request.read()
    assert webhook.signed(body, request.headers.get("X-Hub-Signature-256"), (SECRET,))
    assert webhook.parse(body, opt_out, datetime.now(UTC)).arrivals
    return web.Response()


async def durable(stack: AsyncExitStack) -> Handler:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    store = await SqliteStore.open(f"{folder}/bench.db", ids=RandomIds(), now=datetime.now(UTC))
    stack.push_async_callback(store.close)

    async def receive(arrivals: list[Arrival], statuses: list[Status], relinked: list[Relinked]) -> int:
        return (await store.receive(arrivals, statuses, relinked, datetime.now(UTC))).new

    routes = Webhooks(
        receive=receive,  # type: ignore[arg-type]  # lists are sequences; the benchmark hands over lists
        ready=lambda: store.ping(datetime.now(UTC)),
        now=lambda: datetime.now(UTC),
        opt_out=opt_out,
        app_secret=SECRET,
        verify_token="",
        phone_number_id=NUMBER,
    )
    return routes.whatsapp


async def measured(handler: Handler, seconds: float, clients: int) -> tuple[float, float, float]:
    """Return acknowledgements a second, and their median and 99th percentile in milliseconds."""
    app = web.Application()
    app.router.add_post("/", handler)
    took: list[float] = []
    source = bodies()
    async with listening(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:

        async def client(until: float) -> None:
            while time.perf_counter() < until:
                body = next(source)
                signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
                started = time.perf_counter()
                async with session.post(
                    f"http://127.0.0.1:{port}/",
                    data=body,
                    headers={"X-Hub-Signature-256": f"sha256={signature}"},
                ) as response:
                    assert response.status == 200, response.status
                took.append((time.perf_counter() - started) * 1000)

        begun = time.perf_counter()
        await asyncio.gather(*(client(begun + seconds) for _ in range(clients)))
        spent = time.perf_counter() - begun
    return len(took) / spent, statistics.median(took), statistics.quantiles(took, n=100)[98]


async def main(seconds: float, clients: int) -> None:
    async with AsyncExitStack() as stack:
        rows: list[tuple[str, Handler]] = [
            ("read the body, 200", read_only),
            ("+ signature and parsing", read_and_parse),
            ("our route: + durable commit", await durable(stack)),
        ]
        print(f"{clients} clients, {seconds:g} s, one process")
        print(f"{'':32}{'acks/s':>8}{'p50 ms':>9}{'p99 ms':>9}")
        for name, handler in rows:
            rate, median, worst = await measured(handler, seconds, clients)
            print(f"{name:32}{rate:8.0f}{median:9.1f}{worst:9.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=64)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.seconds, arguments.clients))
