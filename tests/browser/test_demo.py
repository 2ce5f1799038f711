"""The demo's page, as somebody meets it who was given its address: the phone, and words that harm."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import hostile_salon
from tests.browser.conftest import OpenPage, running_demo
from tests.browser.hostile_salon import BACKWARDS, IMAGE, LONG, SCRIPT
from tests.browser.salon import (
    chip,
    event,
    is_wider_than_the_screen,
    own,
    pane,
    persona,
    said,
    stands_in,
    sticking_out,
    taps,
    writes,
)

pytestmark = pytest.mark.browser


def test_a_client_with_three_records_chooses_one_from_the_list(open_page: OpenPage) -> None:
    page = open_page()
    persona(page, "Надежда")
    expect(page.locator(".record.mine")).to_have_count(3)

    chip(page, "Хочу отменить запись")
    taps(page, "Выбрать запись")
    sheet = page.get_by_role("dialog", name="Выбрать запись")
    expect(sheet.get_by_role("listitem")).to_have_count(3)
    sheet.get_by_role("button").filter(has_text="Окрашивание, Мария").click()
    taps(page, "Да, отменить")

    # The journal turns to the day of what has changed.
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")
    expect(own(page).locator(".what")).to_have_text("Окрашивание")
    expect(page.locator(".record.mine.no_show")).to_have_count(1)


def test_a_client_without_records_is_told_so(open_page: OpenPage) -> None:
    page = open_page()
    persona(page, "Любовь")
    expect(page.locator("#number")).to_have_text("+7 900 000-00-03")

    chip(page, "Хочу отменить запись")

    expect(said(page)).to_contain_text("Не нахожу предстоящих записей")


def test_a_client_whose_number_is_hidden_is_told_so(open_page: OpenPage) -> None:
    page = open_page()
    persona(page, "Ксения")

    chip(page, "Хочу отменить запись")

    expect(said(page)).to_contain_text("WhatsApp не показывает мне ваш номер")


def test_starting_over_brings_back_salon_and_chat(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")

    page.get_by_role("button", name="Начать заново").click()

    expect(own(page).locator(".pill")).to_have_text("ожидает")
    expect(page.locator(".message")).to_have_count(0)
    expect(event(page, "Вера")).to_have_count(0)
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")


def test_it_is_calm_for_those_who_asked_for_less_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")

    changed = page.locator(".record.changed")
    expect(changed).to_have_count(1)
    stands_in(page, "cancel.done")
    assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0


# ── what is loaded ──


def test_the_skeleton_stands_before_the_stream_has_answered(open_page: OpenPage, demo_url: str) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/demo/events*", lambda route: held.append(route))

    page.goto(demo_url)
    for heading in ("Автомат", "Журнал салона", "Лента"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(6)
    expect(page.get_by_label("Сообщение салону")).to_be_editable()
    expect(page.locator(".record")).to_have_count(0)
    # The first paint does not wait for it either.
    painted = "performance.getEntriesByName('first-contentful-paint').length === 1"
    page.wait_for_function(painted)

    assert len(held) == 1
    held[0].continue_()
    expect(own(page)).to_be_visible()


def test_all_that_is_loaded_comes_from_the_demo_itself(open_page: OpenPage) -> None:
    """A request to elsewhere fails any test of the page; here it is seen that something is asked for."""
    page = open_page()

    loaded: list[str] = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")

    origin = page.evaluate("location.origin")
    assert {url for url in loaded if not url.startswith((f"{origin}/demo", "data:"))} == set()
    assert f"{origin}/demo/main.js" in loaded


# ── words that are meant to do harm ──


@pytest.mark.parametrize(
    "words",
    [
        SCRIPT,
        IMAGE,
        "<b>жирно</b><style>body{display:none}</style>",
        f"отмена {BACKWARDS} запись",
        "Ж" * 4096,
        "https://example.com/" + "a" * 300,
    ],
    ids=["script", "image", "markup", "backwards", "long", "link"],
)
def test_hostile_words_stay_words(open_page: OpenPage, words: str) -> None:
    page = open_page(width=390)
    writes(page, words)

    expect(page.locator(".message.client .text")).to_have_text(words)
    expect(page.locator(".message.salon")).to_have_count(1)
    assert page.locator(".message :is(img, script, b, style, a)").count() == 0
    assert fits(page)
    pane(page, "Лента")
    expect(event(page, "Понято").or_(event(page, "Не понято"))).to_be_visible()
    event(page, "Вера: ").first.click()
    assert page.locator("#entries :is(img, script, b, style, a)").count() == 0
    assert fits(page)

    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".message.client .text")).to_be_visible()
    assert fits(page)


@pytest.fixture(scope="module")
def hostile_url() -> Iterator[str]:
    with running_demo(hostile_salon.PROGRAM) as address:
        yield address


@pytest.mark.parametrize("width", [390, 1280])
def test_hostile_names_stay_names(open_page: OpenPage, hostile_url: str, width: int) -> None:
    page = open_page(address=hostile_url, width=width, height=800)
    expect(page.get_by_role("radio", name=SCRIPT)).to_have_count(1)
    chip(page, "Хочу отменить запись")
    page.locator("#messages").get_by_role("button", name="<script>").click()
    # The bot tells no more of a name than fits on a button.
    expect(said(page)).to_contain_text("<script>alert(1")
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")
    assert is_harmless(page)

    pane(page, "Салон")
    for name in (SCRIPT, IMAGE, BACKWARDS, LONG):
        expect(page.locator(".record:visible .who").filter(has_text=name)).to_have_count(1)
    assert is_harmless(page)
    page.get_by_role("region", name="Журнал дня").get_by_role("button").filter(has_text=LONG).click()
    expect(page.get_by_role("dialog", name=LONG)).to_be_visible()
    assert is_harmless(page)
    page.keyboard.press("Escape")

    pane(page, "Лента")
    event(page, "→ Ольга").click()
    expect(event(page, "→ Ольга")).to_contain_text("alert(1)")
    assert is_harmless(page)


def is_harmless(page: Page) -> bool:
    """Whether nobody's name has become a part of the page, or pushed a part off the screen."""
    planted = page.locator("img, main script, [onerror]").count()
    return planted == 0 and fits(page)


def fits(page: Page) -> bool:
    return sticking_out(page) == [] and not is_wider_than_the_screen(page)


def test_whatever_the_server_tells_stays_words_too(open_page: OpenPage) -> None:
    page = open_page()
    bad = "<img src=x onerror=\"document.title='owned'\">"
    picture = json.dumps(told(bad))
    stream = f"data: {picture}\n\n"
    page.route("**/demo/events*", lambda route: route.fulfill(body=stream, content_type="text/event-stream"))
    page.route("**/demo/moment*", lambda route: route.fulfill(body=picture))

    persona(page, "Надежда")
    page.locator(".options button").click()

    expect(page.get_by_role("dialog", name=bad).get_by_role("listitem")).to_contain_text(bad)
    page.keyboard.press("Escape")
    for place in (".record .what", ".lane-head b", "#pocket .text", "#number"):
        expect(page.locator(place).filter(has_text=bad).first).to_be_visible()
    expect(event(page, "")).to_have_count(6)
    for entry in event(page, "").all():
        entry.click()
    assert page.locator("img, script:not([src]):not([type='application/json'])").count() == 0
    assert page.title() == "Отмена: демонстрация"


def told(bad: str) -> dict[str, Any]:
    """Return a picture in which every word is this one."""
    option = {"id": "1", "title": bad, "description": bad}
    bubble = {"number": 0, "from": "salon", "text": bad, "time": bad, "status": "sent", "answers": None}
    row: dict[str, Any] = {"record_id": 1, "on": "2026-11-28", "time": bad, "from_min": 600, "length_min": 60}
    row |= {"services": bad, "master": bad, "client": bad, "phone": bad, "status_words": bad}
    tried = [{"row": bad, "held": False}]
    call = {"side": "yclients", "method": bad, "path": bad, "operation": bad, "status": 200, "fault": bad}
    understood = {"text": bad, "intent": bad, "event": bad, "decided": bad, "heard": [bad], "against": [bad]}
    entries: list[dict[str, Any]] = [
        {"kind": "client", "text": bad, "tapped": False},
        {"kind": "understood", **understood},
        {"kind": "row", "event": bad, "from": bad, "to": bad, "tried": tried},
        {"kind": "commit", "state": bad, "effects": [bad], "facts": [bad], "notices": [bad]},
        {"kind": "call", **call, "took_ms": 1, "request": bad, "answer": bad},
        {"kind": bad},
    ]
    return {
        "world": "another",
        "persona": "three",
        "clock": {"iso": "2026-11-28T11:00:00+03:00", "label": bad},
        "server": "up",
        "faults": {"yclients": [{"name": bad, "on": bad, "times": 1}], "whatsapp": []},
        "phone": {
            "number": bad,
            "typing": False,
            "bubbles": [bubble | {"list": bad, "options": [option]}],
        },
        "machine": {
            "flow": "cancel",
            "state": bad,
            "event": bad,
            "from": bad,
            "tried": tried,
            "turn": 3,
            "visits": {bad: 1},
            "fired": {bad: 1},
        },
        "salon": {
            "today": "2026-11-28",
            "days": [{"on": "2026-11-28", "label": bad}],
            "masters": [{"name": bad, "does": bad}],
            "services": [bad],
            "rows": [row | {"status": "no_show"}],
        },
        "masters": [{"name": bad, "shown": bad, "bubbles": [{"text": bad, "time": bad}]}],
        "entries": [
            {"n": n, "at": bad, "who": None, "fork": False, **entry} for n, entry in enumerate(entries, 1)
        ],
    }
