"""The late request's page in a real Chromium: on a phone, by the keyboard, and pressed twice."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page

from adapters.web.late import LatePages
from adapters.web.late_case import Cases
from engine.booking import TurnedOut
from engine.events import LateDecided
from tests.adapters.web.test_late import LINKS, RECORD, WORDS, Chats, path

pytestmark = pytest.mark.browser
LONG = "Наращивание-ресниц-с-очень-длинным-названием-" * 3


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def address(chats: Chats) -> Iterator[str]:
    """The page served by a loop of its own, since the browser's blocks this thread."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    port: list[int] = []

    async def serve() -> web.AppRunner:
        cases = Cases(chats, lambda query: chats.ask(query), lambda: chats.now)
        app = web.Application()
        app.add_routes(LatePages(LINKS, cases, chats.happened, lambda: WORDS).routes())
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port.append(runner.addresses[0][1])
        started.set()
        return runner

    def run() -> None:
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(10)
    yield f"http://127.0.0.1:{port[0]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    yield page
    context.close()
    assert not [line for line in complaints if "Content Security" in line]


def test_a_long_record_fits_on_a_phone(page: Page, address: str, chats: Chats) -> None:
    changed = RECORD.model_copy(update={"services": (LONG,), "client": "А" * 90})
    chats.journal = TurnedOut(record=RECORD, shown=changed)

    page.goto(address + path())

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert LONG in page.inner_text("dl")


def test_the_keyboard_reaches_both_buttons_and_decides(page: Page, address: str, chats: Chats) -> None:
    page.goto(address + path())

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Отменить запись"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Оставить в силе"
    page.keyboard.press("Enter")

    page.wait_for_selector("text=Решение принято")
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=False)}


def test_two_clicks_and_a_reload_decide_once(page: Page, address: str, chats: Chats) -> None:
    page.goto(address + path())

    page.dblclick("button.grant")
    page.wait_for_selector("text=Решение принято")
    page.reload()

    assert page.inner_text("h1") == "Отмена разрешена"
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=True)}
    assert page.locator("button").count() == 0


def test_a_forged_and_an_expired_link_offer_no_button(page: Page, address: str, chats: Chats) -> None:
    page.goto(f"{address}{path()[:-1]}")
    assert page.inner_text("h1") == "Такой ссылки нет"
    assert page.locator("button").count() == 0

    chats.now = RECORD.starts_at
    page.goto(address + path())
    assert page.inner_text("h1") == "Время вышло"
    assert page.locator("button").count() == 0
