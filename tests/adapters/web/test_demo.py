"""The demo's routes over real HTTP: the page, its stream, and who may drive it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

import main
from adapters.cli.demo import showing
from adapters.web.listening import CannotListen, listening

LIMIT = aiohttp.ClientTimeout(total=20)


class Visitor:
    """What a browser does, without one."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session = session
        self.address = address
        self.origin = address.removesuffix("/demo")

    async def post(self, what: str, body: object, **headers: str) -> int:
        async with self.session.post(f"{self.address}/{what}", json=body, headers=headers) as response:
            return response.status

    async def sees(self, persona: str = "one") -> AsyncIterator[dict[str, Any]]:
        async with self.session.get(f"{self.address}/events", params={"persona": persona}) as response:
            assert response.content_type == "text/event-stream"
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    async def first(self, persona: str = "one") -> dict[str, Any]:
        return await anext(self.sees(persona))


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    async with showing(main.composed, port=0) as address, aiohttp.ClientSession(timeout=LIMIT) as session:
        yield Visitor(session, address)


def statuses(picture: dict[str, Any]) -> list[str]:
    """Return the status of each of the persona's own records."""
    rows = [row for day in picture["journal"] for row in day["rows"]]
    return [row["status"] for row in rows if row["phone"] == picture["phone"]]


async def test_two_posts_cancel_a_record_before_the_eyes_of_who_watches(visitor: Visitor) -> None:
    seen: list[list[str]] = []

    assert await visitor.post("say", {"persona": "one", "text": "Хочу отменить запись"}) == 200
    async for picture in visitor.sees():
        seen.append(statuses(picture))
        options = picture["bubbles"][-1]["options"]
        if options:
            tapped = {
                "persona": "one",
                "number": picture["bubbles"][-1]["number"],
                "option": options[0]["id"],
            }
            assert await visitor.post("tap", tapped) == 200
        if "Запись отменена" in picture["bubbles"][-1]["text"]:
            break

    assert seen[0] == ["waiting"]
    assert seen[-1] == ["no_show"]


async def test_starting_over_brings_a_fresh_salon_to_who_watches(visitor: Visitor) -> None:
    await visitor.post("say", {"persona": "one", "text": "Здравствуйте"})
    worlds: list[tuple[int, int]] = []

    async for picture in visitor.sees():
        worlds.append((picture["world"], len(picture["bubbles"])))
        if len(worlds) == 1:
            assert await visitor.post("reset", {}) == 200
        if picture["world"] == 2:
            break

    assert worlds[-1] == (2, 0)


async def test_nothing_that_the_page_gets_holds_an_id_of_whatsapp(visitor: Visitor) -> None:
    await visitor.post("say", {"persona": "one", "text": "Здравствуйте"})

    assert "wamid" not in json.dumps(await visitor.first())


async def test_the_server_is_there_too(visitor: Visitor) -> None:
    for route, status in (("/readyz", 200), ("/webhooks/whatsapp", 403), ("/demo", 200)):
        async with visitor.session.get(visitor.origin + route) as response:
            assert response.status == status

    async with visitor.session.get(visitor.origin + "/", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/demo")


@pytest.mark.parametrize("name", ["", "/demo.css", "/demo.js"])
async def test_the_page_may_load_nothing_from_elsewhere(visitor: Visitor, name: str) -> None:
    async with visitor.session.get(visitor.address + name) as response:
        policy = response.headers["Content-Security-Policy"]
        words = await response.text()

    assert policy.startswith("default-src 'none'")
    assert "https://" not in words
    assert words.count("http://") == words.count("http://www.w3.org/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://salon.example"},
        {"Origin": "null"},
        {"Host": "salon.example:8080"},
        {"Host": "127.0.0.1.example"},
    ],
)
@pytest.mark.parametrize("what", ["say", "tap", "reset"])
async def test_another_page_cannot_drive_it(visitor: Visitor, what: str, headers: dict[str, str]) -> None:
    body = {"persona": "one", "text": "Здравствуйте", "number": 0, "option": "1"}

    assert await visitor.post(what, body, **headers) == 403

    picture = await visitor.first()
    assert (picture["world"], picture["bubbles"]) == (1, [])


async def test_another_name_for_this_machine_shows_nothing(visitor: Visitor) -> None:
    async with visitor.session.get(
        f"{visitor.address}/events?persona=one", headers={"Host": "salon.example"}
    ) as response:
        assert response.status == 403


async def test_its_own_page_may_drive_it(visitor: Visitor) -> None:
    headers = {"Origin": visitor.origin, "Sec-Fetch-Site": "same-origin"}

    assert await visitor.post("say", {"persona": "one", "text": "Здравствуйте"}, **headers) == 200


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("say", {"persona": "one"}),
        ("say", {"persona": "one", "text": "  "}),
        ("say", {"persona": "one", "text": 7}),
        ("say", {"persona": "one", "text": "а" * 4097}),
        ("say", {"persona": "one", "text": "\ud800"}),
        ("say", {"persona": "four", "text": "Здравствуйте"}),
        ("say", {"persona": ["one"], "text": "Здравствуйте"}),
        ("say", ["Здравствуйте"]),
        ("tap", {"persona": "one", "number": 0, "option": "1"}),
        ("tap", {"persona": "one", "number": -1, "option": "1"}),
        ("tap", {"persona": "one", "number": "0", "option": "1"}),
    ],
)
async def test_what_cannot_be_meant_is_refused(visitor: Visitor, what: str, body: object) -> None:
    assert await visitor.post(what, body) == 400


async def test_a_form_of_another_page_is_not_json(visitor: Visitor) -> None:
    async with visitor.session.post(f"{visitor.address}/say", data=b'{"persona": "one"}') as response:
        assert response.status == 415


async def test_an_open_stream_does_not_hold_up_the_end() -> None:
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        async with showing(main.composed, port=0) as address:
            response = await session.get(f"{address}/events", params={"persona": "one"})
            await response.content.readline()
            began = loop.time()

        assert loop.time() - began < 3
        response.close()


async def test_a_taken_port_is_passed_over_only_where_none_was_named() -> None:
    async with showing(main.composed, port=0) as first:
        taken = urlsplit(first).port
        assert taken is not None

        with pytest.raises(CannotListen, match=f"127.0.0.1:{taken}: the port is taken"):
            async with showing(main.composed, port=taken):
                pass

        app = aiohttp.web.Application()
        async with listening(app, "127.0.0.1", taken, ports_tried=20) as port:
            assert taken < port < taken + 20
