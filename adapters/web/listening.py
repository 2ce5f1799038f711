"""To listen, and to be asked to stop: what every command that serves has in common."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class CannotListen(Exception):
    """The address is taken or not ours."""


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, *, ports_tried: int = 1, patience_s: float = 10
) -> AsyncIterator[int]:
    """Serve the application and yield the port; at the end, requests under way are answered first.

    Port 0 is any free one. With `ports_tried`, a taken port is passed over for the next, so many in all.
    `patience_s` is how long requests under way are waited for.

    Raises:
        CannotListen: the address is taken or not ours.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=patience_s,
        # Nobody whom we serve compresses what they post, and two megabytes can be inflated to two gigabytes.
        auto_decompress=False,
    )
    await runner.setup()
    try:
        yield await _first_free(runner, host, range(port, port + ports_tried))
    finally:
        await runner.cleanup()


async def _first_free(runner: web.AppRunner, host: str, ports: range) -> int:
    for port in ports:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != ports[-1]:
                continue
            raise CannotListen(f"{host}:{port}: {_why(error)}") from error
        assert site._server is not None
        return int(site._server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]  # asyncio.Server behind the ABC
    raise AssertionError("there is always one port to try")


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken"
    return error.strerror or str(error)


async def asked_to_stop() -> None:
    """Wait for SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
