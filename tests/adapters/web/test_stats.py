"""The statistics page over real HTTP: rendered once a day, by a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web

from adapters.stats.simulated import simulated
from adapters.web.listening import listening
from adapters.web.stats import StatsPage, simulated_stats, stats_routes

LIMIT = aiohttp.ClientTimeout(total=60)
ZONE = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 11, 28)


@asynccontextmanager
async def served(routes: list[web.RouteDef]) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    app = web.Application()
    app.add_routes(routes)
    async with listening(app, "127.0.0.1", 0) as port, aiohttp.ClientSession(timeout=LIMIT) as session:
        yield session, f"http://127.0.0.1:{port}"


class Rendering:
    """Renders nothing much, and counts."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.fails = False

    async def __call__(self, day: date) -> str:
        self.days.append(day)
        await asyncio.sleep(0.01)
        if self.fails:
            raise OSError("no")
        return f"<p>{day:%d.%m.%Y}"


async def test_the_simulated_year_is_shown_under_a_strict_policy() -> None:
    async with (
        served(stats_routes(lambda: TODAY, ZONE)) as (session, address),
        session.get(f"{address}/stats") as response,
    ):
        body = await response.text()

    assert response.content_type == "text/html"
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert policy == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert body == await asyncio.to_thread(simulated, TODAY, ZONE)


async def test_it_is_rendered_once_for_all_who_ask_on_a_day() -> None:
    render, today = Rendering(), [TODAY]
    page = StatsPage(render, lambda: today[0])
    async with served(page.routes()) as (session, address):

        async def get() -> str:
            async with session.get(f"{address}/stats") as response:
                return await response.text()

        await page.warm()
        first = await asyncio.gather(*(get() for _ in range(3)))
        today[0] = date(2026, 11, 29)
        next_day = await get()

    assert first == ["<p>28.11.2026"] * 3
    assert next_day == "<p>29.11.2026"
    assert render.days == [TODAY, date(2026, 11, 29)]


async def test_what_cannot_be_rendered_is_tried_again() -> None:
    render = Rendering()
    render.fails = True
    async with served(StatsPage(render, lambda: TODAY).routes("/admin/stats")) as (session, address):
        async with session.get(f"{address}/admin/stats") as response:
            assert response.status == 500
        render.fails = False
        async with session.get(f"{address}/admin/stats") as response:
            assert (response.status, await response.text()) == (200, "<p>28.11.2026")


async def test_whoever_stops_the_server_stops_the_rendering(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow, told = tmp_path / "python", tmp_path / "pid"
    slow.write_text(f"#!/bin/sh\necho $$ > {told}.new\nmv {told}.new {told}\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))

    rendering = asyncio.create_task(simulated_stats(lambda: TODAY, ZONE)._render(TODAY))
    async with asyncio.timeout(20):
        while not told.exists():
            await asyncio.sleep(0.01)
        rendering.cancel()
        with suppress(asyncio.CancelledError):
            await rendering

    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


async def test_a_rendering_that_fails_is_an_error_and_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(RuntimeError, match="ended with 1"):
        await simulated_stats(lambda: TODAY, ZONE).warm()
