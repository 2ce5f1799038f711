"""The page of a late request: looking changes nothing, one press decides, and no link can be made up."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.late import LatePages
from adapters.web.late_links import Asked, LateLinks
from engine.booking import Record
from engine.chat import Chat, LateRequest
from engine.events import Event, LateDecided
from engine.notices import Notice
from engine.ports import StoreFailed

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
RECORD = Record(
    record_id=1,
    phone="+79000000001",
    services=("Маникюр <script>",),
    master="Ольга",
    client='Анна "&" Ко',
    starts_at=NOW.astimezone(MOSCOW) + timedelta(hours=3),
)
REQUEST = LateRequest(request="c5.7", record=RECORD, asked_at=NOW)
ASKED = Asked(5, "c5.7", RECORD.starts_at)
LINKS = LateLinks("app-secret", 962302, "https://salon.example")


class Chats:
    """What is stored of chats; `failing` as long as the disk is full."""

    def __init__(self) -> None:
        self.chats = {5: Chat(phone="+79000000001", late_requests=(REQUEST,))}
        self.events: dict[str, Event] = {}
        self.failing = False
        self.now = NOW

    async def chat(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    async def what_happened(self, name: str) -> Event | None:
        if self.failing:
            raise StoreFailed("the disk is full")
        return self.events.get(name)

    async def happened(self, chat_id: int, name: str, event: Event) -> bool:
        assert chat_id == 5
        fresh = name not in self.events
        self.events.setdefault(name, event)
        return fresh


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
async def browser(chats: Chats) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    pages = LatePages(
        LINKS, chats, chats.happened, lambda: chats.now, lambda: MOSCOW, {"illness": "болезнь"}.__getitem__
    )
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


Browser = TestClient[web.Request, web.Application]


def path(asked: Asked = ASKED) -> str:
    return f"/late/{LINKS.token(asked)}"


async def looks(browser: Browser, at: str = "") -> tuple[int, str]:
    async with browser.get(at or path()) as response:
        return response.status, await response.text()


async def presses(browser: Browser, decision: str, at: str = "") -> tuple[int, str]:
    async with browser.post(at or path(), data={"decision": decision}) as response:
        return response.status, await response.text()


async def test_looking_shows_who_what_when_and_how_late_and_decides_nothing(
    browser: Browser, chats: Chats
) -> None:
    status, page = await looks(browser)
    await browser.head(path())

    assert status == 200
    for part in ("Маникюр &lt;script&gt;, мастер Ольга", "среда, 25 ноября, 15:00", "3 ч 0 мин"):
        assert part in page
    assert "Анна &quot;&amp;&quot; Ко" in page
    assert "<script" not in page
    assert "+7900" not in page
    assert chats.events == {}


async def test_the_page_tells_why_where_the_wish_did(browser: Browser, chats: Chats) -> None:
    assert "Причина" not in (await looks(browser))[1]
    because = REQUEST.model_copy(update={"cause": "illness"})
    chats.chats[5] = Chat(phone="+79000000001", late_requests=(because,))

    assert "<dt>Причина</dt><dd>болезнь</dd>" in (await looks(browser))[1]


async def test_a_request_that_the_client_withdrew_is_told_so(browser: Browser, chats: Chats) -> None:
    chats.chats[5] = Chat(phone="+79000000001")

    status, page = await presses(browser, "grant")

    assert (status, "Клиент передумал" in page) == (410, True)
    assert chats.events == {}


async def test_the_page_needs_nothing_from_anywhere_and_stays_secret(browser: Browser) -> None:
    async with browser.get(path()) as response:
        page = await response.text()
        headers = response.headers

    assert "http" not in page.replace("https://salon.example", "")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("press", "granted", "title"), [("grant", True, "Отмена разрешена"), ("deny", False, "Отказано")]
)
async def test_a_press_decides_once(
    browser: Browser, chats: Chats, press: str, granted: bool, title: str
) -> None:
    status, page = await presses(browser, press)
    again = await presses(browser, press)

    assert (status, title in page) == (200, True)
    assert again == (status, page)
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=granted)}
    assert title in (await looks(browser))[1]


async def test_a_second_thought_is_told_that_it_is_decided(browser: Browser, chats: Chats) -> None:
    await presses(browser, "grant")

    status, page = await presses(browser, "deny")

    assert status == 409
    assert "Уже решено" in page
    assert "Отмена разрешена" in page
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=True)}


async def test_two_who_press_at_once_decide_once(
    browser: Browser, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = chats.what_happened
    looked = []

    async def what_happened(name: str) -> Event | None:
        looked.append(name)
        if len(looked) == 1:
            # Between the look and the press, somebody else pressed.
            chats.events[name] = LateDecided(request="c5.7", granted=False)
            return None
        return await honest(name)

    monkeypatch.setattr(chats, "what_happened", what_happened)

    status, page = await presses(browser, "grant")

    assert (status, "Уже решено" in page) == (409, True)


@pytest.mark.parametrize("decision", ["", "maybe", "grant "])
async def test_what_is_no_decision_decides_nothing(browser: Browser, chats: Chats, decision: str) -> None:
    assert (await presses(browser, decision))[0] == 400
    assert chats.events == {}


async def test_a_link_ends_when_the_visit_begins(browser: Browser, chats: Chats) -> None:
    chats.now = RECORD.starts_at

    assert (await looks(browser))[0] == 410
    status, page = await presses(browser, "grant")

    assert (status, "Визит уже начался" in page) == (410, True)
    assert chats.events == {}


@pytest.mark.parametrize("asked", [Asked(5, "c5.8", RECORD.starts_at), Asked(6, "c5.7", RECORD.starts_at)])
async def test_what_waits_for_no_decision_any_more_is_told_politely(
    browser: Browser, chats: Chats, asked: Asked
) -> None:
    assert (await looks(browser, path(asked)))[0] == 410
    assert (await presses(browser, "grant", path(asked)))[0] == 410
    assert chats.events == {}


def tampered() -> list[str]:
    token = LINKS.token(ASKED)
    another_salon = LateLinks("app-secret", 962303, None).token(ASKED)
    another_secret = LateLinks("guessed", 962302, None).token(ASKED)
    payload, _, signature = token.rpartition(".")
    return [another_salon, another_secret, f"{payload}x.{signature}", payload, "x", "%00", token[:-1]]


@pytest.mark.parametrize("token", tampered())
async def test_a_link_that_is_none_of_ours_leads_nowhere(browser: Browser, chats: Chats, token: str) -> None:
    assert (await looks(browser, f"/late/{token}"))[0] == 404
    assert (await presses(browser, "grant", f"/late/{token}"))[0] == 404
    assert chats.events == {}


async def test_a_store_that_fails_decides_nothing_and_says_so(browser: Browser, chats: Chats) -> None:
    chats.failing = True

    assert (await looks(browser))[0] == 503
    assert (await presses(browser, "grant"))[0] == 503
    chats.failing = False
    assert (await presses(browser, "grant"))[0] == 200


def test_a_link_names_no_phone_and_needs_an_address_of_ours() -> None:
    notice = Notice(to="admin", event="late", record=RECORD, request="c5.7")
    link = LINKS.link(5, notice)

    assert link is not None
    assert link.startswith("https://salon.example/late/")
    assert LINKS.read(link.rpartition("/")[2]) == ASKED
    assert "9000000001" not in link
    assert LateLinks("app-secret", 962302, None).link(5, notice) is None
    assert LINKS.link(5, notice.model_copy(update={"record": None})) is None
