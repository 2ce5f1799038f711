"""One server of the webhook benchmark, in a process of its own: `python -m benchmarks.serving NAME FOLDER`.

Prints its port, and serves until its standard input ends. `GET /worked` tells the seconds that it has worked.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from aiohttp import web

from adapters.clock import RandomIds
from adapters.storage import SqliteStore
from adapters.web.listening import listening
from adapters.web.server import Webhooks
from adapters.whatsapp import webhook
from benchmarks import bare_stack
from engine.ports import Arrival, Relinked, Status
from engine.understanding import opt_out

SECRET = "app-secret-1"
NUMBER = "106540352242922"
OURS = "Otmena"
BARE = "bare stack"
PARSING = "no store: signature and parsing alone"
READING = "no store: the body is read"
NAMES = (OURS, BARE, PARSING, READING)


def now() -> datetime:
    return datetime.now(UTC)


async def our_own(stack: AsyncExitStack, path: str) -> web.Application:
    """Our routes over our store. Turns are not taken: they begin after the acknowledgement."""
    store = await SqliteStore.open(path, ids=RandomIds(), now=now())
    stack.push_async_callback(store.close)

    async def receive(
        arrivals: Sequence[Arrival], statuses: Sequence[Status], relinked: Sequence[Relinked]
    ) -> int:
        return (await store.receive(arrivals, statuses, relinked, now())).new

    return Webhooks(
        receive=receive,
        ready=lambda: store.ping(now()),
        now=now,
        opt_out=opt_out,
        app_secret=SECRET,
        verify_token="",
        phone_number_id=NUMBER,
    ).application()


def reading(*, parsing: bool) -> web.Application:
    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if parsing:
            assert webhook.signed(body, request.headers.get("X-Hub-Signature-256"), (SECRET,))
            assert webhook.parse(body, opt_out, now()).arrivals
        return web.Response(text="stored\n")

    app = web.Application()
    app.router.add_post("/webhooks/whatsapp", receive)
    return app


async def worked(request: web.Request) -> web.Response:
    return web.Response(text=str(time.process_time()))


async def serve(name: str, folder: str) -> None:
    async with AsyncExitStack() as stack:
        path = f"{folder}/{name.replace(' ', '-')}.db"
        if name == OURS:
            app = await our_own(stack, path)
            # As our server does (`main._settle`); the others are what anybody would write.
            gc.freeze()
            gc.set_threshold(10_000)
        elif name == BARE:
            app = bare_stack.application(path, SECRET)
        else:
            app = reading(parsing=name == PARSING)
        app.router.add_get("/worked", worked)
        print(await stack.enter_async_context(listening(app, "127.0.0.1", 0)), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
