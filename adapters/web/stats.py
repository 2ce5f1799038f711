"""The statistics page over HTTP; for the demo, of a simulated year."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.stats.page import POLICY
from adapters.web.made import Made

_HEADERS = {
    "Cache-Control": "no-store",
    # The page's own, and what a document cannot say of itself.
    "Content-Security-Policy": f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class StatsPage:
    """A page of statistics, rendered when it is first asked for, and kept for the day.

    `render` makes the page that is shown on a day. It should do so in another process: the library of the
    charts holds the interpreter for a second, in which a server would answer nobody.
    Who may see the page is for the server to decide that has it.
    """

    def __init__(self, render: Callable[[date], Coroutine[Any, Any, str]], today: Callable[[], date]) -> None:
        self._render = render
        self._today = today
        self._kept: tuple[date, Made[str]] | None = None

    def routes(self, path: str = "/stats") -> list[web.RouteDef]:
        return [web.get(path, self.answer)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=await self._page(), content_type="text/html", headers=_HEADERS)

    async def warm(self) -> None:
        """Render it now, so that nobody waits for it later."""
        await self._page()

    async def _page(self) -> str:
        day = self._today()
        if self._kept is None or self._kept[0] != day:
            self._kept = day, Made(partial(self._render, day))
        return await self._kept[1].get()


def stats_routes(today: Callable[[], date], zone: ZoneInfo) -> list[web.RouteDef]:
    return simulated_stats(today, zone).routes()


def simulated_stats(today: Callable[[], date], zone: ZoneInfo) -> StatsPage:
    """Return the page of a simulated year that ended yesterday."""
    return StatsPage(partial(_simulated, zone.key), today)


async def _simulated(zone: str, today: date) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "adapters.stats.simulated", today.isoformat(), zone),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        # Ctrl+C is meant for us, and we end it.
        start_new_session=True,
    )
    try:
        told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"rendering the simulated year ended with {process.returncode}")
    return told.decode()
