"""Let a running server carry out what operators' commands leave for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from engine.ports import Clock, PortError, Received
from engine.runtime.failing import Failing

# A command waits ten seconds for its answer; a look costs some microseconds and writes nothing.
LOOK_EVERY_S = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def taking_orders(
    take: Callable[[datetime], Awaitable[Received]],
    set_in_motion: Callable[[Received], None],
    clock: Clock,
) -> AsyncIterator[None]:
    """Look for orders again and again, until the block ends."""

    failing = Failing("orders.store_failed", "orders.store_recovered")

    async def look() -> None:
        while True:
            try:
                received = await take(clock.now())
                failing.worked()
                if received != Received():
                    log.info("orders.taken", chats=len(received.chats), deliveries=received.deliveries)
                    set_in_motion(received)
            except PortError as error:
                failing.failed(error)
            except Exception:  # our mistake in one order must not stop the server, nor the next order
                log.exception("orders.failed")
            await asyncio.sleep(LOOK_EVERY_S)

    looking = asyncio.get_running_loop().create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
