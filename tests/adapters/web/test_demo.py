"""The demo's routes over real HTTP: the page, its stream, and who may drive it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio

import main
from adapters.cli.demo import showing
from adapters.stage import PERSONAS
from adapters.web.listening import CannotListen, listening

pytestmark = pytest.mark.asyncio(loop_scope="module")
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

    async def get(self, what: str, **query: str) -> tuple[int, Any]:
        async with self.session.get(f"{self.address}{what}", params=query) as response:
            return response.status, await response.text()

    async def sees(self, persona: str = "one", lang: str = "ru") -> AsyncIterator[dict[str, Any]]:
        query = {"persona": persona, "lang": lang}
        async with self.session.get(f"{self.address}/events", params=query) as response:
            assert response.content_type == "text/event-stream"
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    async def first(self, persona: str = "one", lang: str = "ru") -> dict[str, Any]:
        return await anext(self.sees(persona, lang))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address() -> AsyncIterator[str]:
    async with showing(main.demo_parts(), port=0) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(address: str) -> AsyncIterator[Visitor]:
    """Somebody without a cookie: all of them share one salon."""
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        yield Visitor(session, address)


@pytest_asyncio.fixture(loop_scope="module")
async def guest(address: str) -> AsyncIterator[Visitor]:
    """Somebody who opened the page, and has a salon of her own."""
    # A jar of its own takes no cookie of an address that is a number.
    async with aiohttp.ClientSession(timeout=LIMIT, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        guest = Visitor(session, address)
        await guest.get("")
        yield guest


def statuses(picture: dict[str, Any]) -> list[str]:
    """Return the status of each of the persona's own records."""
    rows = picture["salon"]["rows"]
    return [row["status"] for row in rows if row["phone"] == picture["phone"]["number"]]


def tap(picture: dict[str, Any], place: int = 0) -> dict[str, Any]:
    bubble = picture["phone"]["bubbles"][-1]
    return {
        "persona": picture["persona"],
        "number": bubble["number"],
        "option": bubble["options"][place]["id"],
    }


async def test_two_posts_cancel_a_record_before_the_eyes_of_who_watches(guest: Visitor) -> None:
    seen: list[list[str]] = []
    entries: dict[int, str] = {}
    messages: dict[int, dict[str, Any]] = {}

    assert await guest.post("say", {"persona": "one", "text": "Хочу отменить запись"}) == 200
    async for picture in guest.sees():
        seen.append(statuses(picture))
        entries |= {entry["n"]: entry["kind"] for entry in picture["entries"]}
        messages |= {entry["n"]: entry for entry in picture["entries"] if entry["kind"] == "message"}
        if picture["phone"]["bubbles"] and picture["phone"]["bubbles"][-1]["options"]:
            assert await guest.post("tap", tap(picture)) == 200
        if sum(message["salon"] for message in messages.values()) == 2:
            break

    assert seen[0] == ["waiting"]
    assert seen[-1] == ["no_show"]
    told = [entry["to"] for entry in messages.values() if entry["salon"]]
    assert told == ["Анна", "Администратор"]
    # Each entry has come, from the first on, though some came again once more was known.
    assert sorted(entries) == list(range(1, len(entries) + 1))


async def test_each_visitor_has_a_salon_and_a_clock_of_her_own(guest: Visitor, visitor: Visitor) -> None:
    before = await visitor.first()

    assert await guest.post("say", {"persona": "one", "text": "Здравствуйте"}) == 200
    assert await guest.post("clock", {"minutes": 1440}) == 200

    assert len((await guest.first())["phone"]["bubbles"]) == 1
    after = await visitor.first()
    assert after["phone"] == before["phone"]
    assert after["clock"]["iso"][:10] < (await guest.first())["clock"]["iso"][:10]


async def test_a_moment_shows_the_panes_as_they_were(guest: Visitor) -> None:
    await guest.post("say", {"persona": "one", "text": "Здравствуйте"})
    await guest.post("edit", {"record_id": 500001, "deleted": True})
    now = await guest.first()
    (edited,) = [entry["n"] for entry in now["entries"] if entry["kind"] == "salon"]

    status, told = await guest.get("/moment", n=str(edited - 1), persona="one")

    assert status == 200
    assert statuses(json.loads(told)) == ["waiting"]
    assert statuses(now) == ["deleted"]
    for wrong in ("0", "-1", "x", "99999", ""):
        assert (await guest.get("/moment", n=wrong, persona="one"))[0] == 400


async def test_starting_over_brings_a_fresh_salon_to_who_watches(guest: Visitor) -> None:
    await guest.post("say", {"persona": "one", "text": "Здравствуйте"})
    worlds: list[tuple[str, int]] = []

    async for picture in guest.sees():
        worlds.append((picture["world"], len(picture["phone"]["bubbles"])))
        if len(worlds) == 1:
            assert await guest.post("reset", {}) == 200
        if picture["world"] != worlds[0][0]:
            break

    assert worlds[0][1] >= 1
    assert worlds[-1][1] == 0


async def test_the_page_speaks_english_where_it_is_asked_to(guest: Visitor) -> None:
    picture = await guest.first(lang="en")

    assert "Today" in [day["label"].split(",")[0] for day in picture["salon"]["days"]]
    assert {row["status_words"] for row in picture["salon"]["rows"]} >= {"expected", "came"}
    _, page = await guest.get("", lang="en")
    assert '<html lang="en">' in page
    assert '"has": "one record"' in page


async def test_nothing_on_the_phone_holds_an_id_of_whatsapp(visitor: Visitor) -> None:
    await visitor.post("say", {"persona": "one", "text": "Здравствуйте"})

    assert "wamid" not in json.dumps((await visitor.first())["phone"])


async def test_there_is_a_way_to_the_page(visitor: Visitor) -> None:
    for route, status in (("/healthz", 200), ("/demo", 200), ("/demo/nothing.js", 404)):
        async with visitor.session.get(visitor.origin + route) as response:
            assert response.status == status

    async with visitor.session.get(visitor.origin + "/", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/demo")


@pytest.mark.parametrize("name", ["", "/main.js", "/base.css"])
async def test_the_page_may_load_nothing_from_elsewhere(visitor: Visitor, name: str) -> None:
    async with visitor.session.get(visitor.address + name) as response:
        policy = response.headers["Content-Security-Policy"]
        words = await response.text()

    assert response.status == 200
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "https://" not in words
    assert words.count("http://") == words.count("http://www.w3.org/")


async def test_nothing_in_the_page_ends_the_block_of_what_it_knows(visitor: Visitor) -> None:
    _, page = await visitor.get("")

    block = page.partition('id="known">')[2].partition("</script>")[0]
    assert {persona["key"] for persona in json.loads(block)["personas"]} == set(PERSONAS)
    assert "<" not in block


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://salon.example"},
        {"Origin": "null"},
        {"Host": "salon.example:8080"},
        {"Host": "127.0.0.1.example"},
        {"Host": "[bad"},
        {"Origin": "http://[bad"},
    ],
)
@pytest.mark.parametrize("what", ["say", "tap", "reset", "fork", "edit", "restart"])
async def test_another_page_cannot_drive_it(visitor: Visitor, what: str, headers: dict[str, str]) -> None:
    body = {"persona": "none", "text": "Чужие слова"}

    assert await visitor.post(what, body, **headers) == 403

    assert "Чужие слова" not in json.dumps(await visitor.first("none"), ensure_ascii=False)


async def test_another_name_for_this_machine_shows_nothing(visitor: Visitor) -> None:
    async with visitor.session.get(
        f"{visitor.address}/events?persona=one", headers={"Host": "salon.example"}
    ) as response:
        assert response.status == 403


async def test_its_own_page_may_drive_it(visitor: Visitor) -> None:
    headers = {"Origin": visitor.origin, "Sec-Fetch-Site": "same-origin"}

    assert await visitor.post("say", {"persona": "one", "text": "Здравствуйте"}, **headers) == 200


async def test_the_page_knows_how_far_the_clock_still_goes(visitor: Visitor) -> None:
    before = (await visitor.first())["clock"]["left_min"]

    assert await visitor.post("clock", {"minutes": 15}) == 200

    assert before - 17 <= (await visitor.first())["clock"]["left_min"] <= before - 15


async def test_one_fault_ends_and_the_others_stay(visitor: Visitor) -> None:
    async def faults() -> list[tuple[str, str | None, int | None]]:
        shown = (await visitor.first())["faults"]
        return [(one["name"], one["on"], one["times"]) for side in shown.values() for one in side]

    await visitor.post("fault", {"side": "yclients", "name": "500", "on": "cancel", "times": 2})
    await visitor.post("fault", {"side": "yclients", "name": "500"})
    await visitor.post("fault", {"side": "whatsapp", "name": "duplicate"})

    assert await visitor.post("faults/clear", {"side": "yclients", "name": "500"}) == 200
    assert await faults() == [("500", "cancel", 2), ("duplicate", None, None)]

    assert await visitor.post("faults/clear", {"side": "yclients", "name": "slow"}) == 200
    assert await faults() == [("500", "cancel", 2), ("duplicate", None, None)]

    assert await visitor.post("faults/clear", {"side": "yclients"}) == 200
    assert await visitor.post("faults/clear", {"side": "whatsapp"}) == 200
    assert await faults() == []
    entries = [entry for entry in (await visitor.first())["entries"] if entry["kind"] == "fault"]
    assert [(one["name"], one["over"]) for one in entries[-3:]] == [("500", True), ("", True), ("", True)]


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
        ("clock", {"minutes": 0}),
        ("clock", {"minutes": 10**9}),
        ("clock", {}),
        ("fault", {"side": "yclients", "name": "no such"}),
        ("fault", {"side": "whatsapp", "name": "no such"}),
        ("fault", {"side": "nobody", "name": "500"}),
        ("fault", {"side": "yclients", "name": "500", "on": "nothing"}),
        ("faults/clear", {"side": "nobody"}),
        ("edit", {"record_id": 500001}),
        ("edit", {"record_id": 500001, "at": "tomorrow"}),
        ("edit", {"record_id": 500001, "at": "2026-11-29T16:00+03:00"}),
        ("edit", {"record_id": 500001, "master": "<script>"}),
        ("edit", {"record_id": 1, "deleted": True}),
        ("edit", {"record_id": 500001, "at": "0001-01-01T15:00"}),
        ("edit", {"record_id": 500001, "at": "2126-01-01T15:00"}),
        ("fork", {"n": 0}),
        ("fork", {"n": 100_000}),
        ("fork", {"n": 1, "fault": {"side": "yclients", "name": "no such"}}),
        ("restart", {"hard": True}),
    ],
)
async def test_what_cannot_be_meant_is_refused(visitor: Visitor, what: str, body: object) -> None:
    assert await visitor.post(what, body) == 400


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, "", "\x00", '"\ud800"'])
async def test_what_is_no_json_is_refused_however_deep_it_is(visitor: Visitor, body: str) -> None:
    headers = {"Content-Type": "application/json; charset=nope"}
    data = body.encode("utf-8", "surrogatepass")
    async with visitor.session.post(f"{visitor.address}/say", data=data, headers=headers) as response:
        assert response.status == 400


async def test_a_number_longer_than_any_is_no_entry(visitor: Visitor) -> None:
    assert (await visitor.get("/moment", n="9" * 6000, persona="one"))[0] == 400


async def test_a_form_of_another_page_is_not_json(visitor: Visitor) -> None:
    async with visitor.session.post(f"{visitor.address}/say", data=b'{"persona": "one"}') as response:
        assert response.status == 415


async def test_an_open_stream_does_not_hold_up_the_end() -> None:
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        async with showing(main.demo_parts(), port=0) as address:
            response = await session.get(f"{address}/events", params={"persona": "one"})
            await response.content.readline()
            began = loop.time()

        assert loop.time() - began < 3
        response.close()


async def test_a_taken_port_is_passed_over_only_where_none_was_named() -> None:
    async with showing(main.demo_parts(), port=0) as first:
        taken = urlsplit(first).port
        assert taken is not None

        with pytest.raises(CannotListen, match=f"127.0.0.1:{taken}: the port is taken"):
            async with showing(main.demo_parts(), port=taken):
                pass

        app = aiohttp.web.Application()
        async with listening(app, "127.0.0.1", taken, ports_tried=20) as port:
            assert taken < port < taken + 20
