"""Events: which answers end it, which bring it again, and when."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from adapters.notify.events import Events, fields
from adapters.transport import new_session
from engine.notices import Notice, Told
from engine.ports import Rejected, Unavailable
from tests.engine.test_notices import MOVED, RECORD, WINDOW

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
EVENT = {"event": "cancelled", "id": "c1.4.n1"}


class Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class Hook:
    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.seen: list[web.Request] = []
        self.bodies: list[object] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        self.bodies.append(json.loads(await request.read()))
        return web.Response(status=self.status, headers=self.headers)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    hook = Hook()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", hook.answer)])
    async with TestServer(app) as server:
        yield hook, f"event+http://user:password@127.0.0.1:{server.port}/a/b?c=d%20e"


async def tell(url: str) -> None:
    async with new_session() as session:
        await Events(session, Clock()).tell(url, EVENT)


async def test_an_event_is_one_post_with_its_key(hook: tuple[Hook, str]) -> None:
    seen, url = hook

    await tell(url)

    (request,) = seen.seen
    assert request.path_qs.replace("+", "%20") == "/a/b?c=d%20e"
    assert request.headers["Idempotency-Key"] == "c1.4.n1"
    assert request.headers["Content-Type"].startswith("application/json")
    assert request.headers["Authorization"].startswith("Basic ")
    assert seen.bodies == [EVENT]


@pytest.mark.parametrize("status", [301, 400, 404, 410, 422])
async def test_a_refusal_is_final(hook: tuple[Hook, str], status: int) -> None:
    seen, url = hook
    seen.status = status

    with pytest.raises(Rejected, match=f"HTTP {status}"):
        await tell(url)


@pytest.mark.parametrize(
    ("status", "retry_after", "wait_s"),
    [
        (500, None, None),
        (503, "120", 120.0),
        (429, "Mon, 23 Nov 2026 07:05:00 GMT", 300.0),
        (429, "999999", 3600.0),
        (429, "soon", None),
        (408, "Mon, 23 Nov 2026 06:00:00 GMT", 0.0),
    ],
)
async def test_what_is_turned_away_for_now_comes_again_when_it_may(
    hook: tuple[Hook, str], status: int, retry_after: str | None, wait_s: float | None
) -> None:
    seen, url = hook
    seen.status = status
    seen.headers = {"Retry-After": retry_after} if retry_after else {}

    with pytest.raises(Unavailable) as away:
        await tell(url)

    assert away.value.retry_after_s == wait_s


async def test_nobody_there_is_worth_another_try() -> None:
    with pytest.raises(Unavailable, match="no connection"):
        await tell(f"event+http://127.0.0.1:{unused_port()}/hidden")


def test_a_move_tells_what_was_and_what_is() -> None:
    notice = Notice(
        to="admin", event="moved", change="moved", record=MOVED, was=RECORD, freed=WINDOW, master_id=None
    )
    told = Told(key="k", recipient="admin:1", notice=notice, text="Перенос")

    event = fields(told, salon=962302, text="Перенос", link=None)

    assert (event["start"], event["master"]) == ("2026-11-26T12:00:00+00:00", "Елена")
    assert event["freed"] == ["2026-11-25T12:00:00+00:00", "2026-11-25T13:00:00+00:00"]
    assert event["was"] == {"start": "2026-11-25T12:00:00+00:00", "master": "Ольга", "master_id": 7}
    assert event["reason"] is None


def test_what_is_about_no_record_has_its_fields_empty() -> None:
    told = Told(key="k", recipient="a", notice=Notice(to="admin", event="dead", why="turn"), text="")

    event = fields(told, salon=1, text="", link=None)

    assert {event[name] for name in ("record", "service", "start", "master", "freed", "client")} == {None}
    assert json.loads(json.dumps(event)) == event
