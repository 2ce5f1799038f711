"""The demo's page, as somebody meets it who was given its address."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def chip(page: Page, words: str) -> None:
    page.get_by_role("group", name="Подсказки").get_by_role("button", name=words).click()


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_two_taps_cancel_and_the_journal_changes_live(open_page: OpenPage) -> None:
    page = open_page()
    record = page.locator(".record.mine")
    expect(record.locator(".pill")).to_have_text("ожидает")

    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()

    expect(page.locator(".message.salon").last).to_contain_text("Запись отменена: Маникюр")
    expect(record.locator(".pill")).to_have_text("не пришёл (отменено)")
    expect(record).to_have_class(re.compile("changed"))
    expect(page.get_by_role("status").filter(has_text="Маникюр")).to_contain_text("не пришёл (отменено)")
    expect(page.locator(".message.client").last.get_by_role("img", name="прочитано")).to_be_visible()
    expect(page.get_by_role("button", name="Да, отменить (выбрано)")).to_be_visible()


def test_a_client_with_three_records_chooses_one_from_the_list(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_text("Надежда", exact=True).click()
    expect(page.locator(".record.mine")).to_have_count(3)

    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Выбрать запись").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("listitem")).to_have_count(3)
    sheet.get_by_role("button").filter(has_text="Окрашивание, Мария").click()
    page.get_by_role("button", name="Да, отменить").click()

    expect(page.locator(".record.mine.no_show")).to_have_count(1)
    expect(page.locator(".record.mine.no_show .what")).to_have_text("Окрашивание")


def test_a_client_without_records_is_told_so(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_text("Любовь", exact=True).click()
    expect(page.locator("#number")).to_have_text("+7 900 000-00-03")

    chip(page, "Хочу отменить запись")

    expect(page.locator(".message.salon").last).to_contain_text("Не нахожу предстоящих записей")


def test_it_works_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    keys = page.keyboard

    page.get_by_role("radio", name="Вера").focus()
    keys.press("ArrowRight")
    expect(page.locator(".record.mine")).to_have_count(3)

    tab_to(page, "Сообщение салону")
    keys.type("Хочу отменить запись")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Выбрать запись")).to_be_visible()

    tab_to(page, "Выбрать запись", backwards=True)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Выбрать запись")).to_be_focused()

    keys.press("Enter")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Да, отменить")).to_be_visible()
    tab_to(page, "Да, отменить")
    keys.press("Space")

    expect(page.locator(".record.mine.no_show")).to_have_count(1)


def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until what has the focus bears this name."""
    for _ in range(25):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if name == page.evaluate(
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
        ):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width, height=844)
    page.get_by_role("radio", name="Надежда").check()
    page.get_by_label("Сообщение салону").fill("а" * 300)
    page.keyboard.press("Enter")
    chip(page, "Хочу отменить запись")
    expect(page.get_by_role("button", name="Выбрать запись")).to_be_visible()

    assert not is_wider_than_the_screen(page)

    page.get_by_role("button", name="Выбрать запись").click()
    expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=0.9)
    assert not is_wider_than_the_screen(page)


def test_hostile_words_stay_words(open_page: OpenPage) -> None:
    page = open_page()
    hostile = (
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script><b>жирно</b>"
    )

    page.get_by_label("Сообщение салону").fill(hostile)
    page.keyboard.press("Enter")

    expect(page.locator(".message.client .text")).to_have_text(hostile)
    expect(page.locator(".message.salon")).to_have_count(1)
    assert page.locator(".message :is(img, script, b)").count() == 0
    assert page.title() == "Отмена: демонстрация"


def test_whatever_the_server_tells_stays_words_too(open_page: OpenPage) -> None:
    page = open_page()
    bad = "<img src=x onerror=\"document.title='owned'\">"
    option = {"id": "1", "title": bad, "description": bad}
    bubble = {"number": 0, "from": "salon", "text": bad, "time": bad, "status": "sent", "answers": None}
    row = {"record_id": 1, "time": bad, "services": bad, "master": bad, "client": bad, "phone": bad}
    picture = {
        "world": 99,
        "persona": "one",
        "phone": bad,
        "typing": False,
        "bubbles": [bubble | {"list": bad, "options": [option]}],
        "journal": [
            {"on": bad, "label": bad, "rows": [row | {"status": "no_show", "status_words": bad}]},
        ],
    }
    stream = f"data: {json.dumps(picture)}\n\n"
    page.route("**/demo/events*", lambda route: route.fulfill(body=stream, content_type="text/event-stream"))

    page.get_by_role("radio", name="Надежда").check()
    page.locator(".options button").click()

    expect(page.get_by_role("dialog").get_by_role("listitem")).to_contain_text(bad)
    assert page.locator("img, script:not([src])").count() == 0
    assert page.title() == "Отмена: демонстрация"


def test_starting_over_brings_back_salon_and_chat(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()
    expect(page.locator(".record.mine.no_show")).to_have_count(1)

    page.get_by_role("button", name="Начать заново").click()

    expect(page.locator(".record.mine .pill")).to_have_text("ожидает")
    expect(page.locator(".message")).to_have_count(0)
    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()
    expect(page.locator(".record.mine.no_show")).to_have_count(1)


def test_no_request_leaves_this_machine(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))

    page.reload()
    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()
    expect(page.locator(".record.mine.no_show")).to_have_count(1)

    assert {urlsplit(url).hostname for url in asked if not url.startswith("data:")} == {"127.0.0.1"}


def test_it_is_calm_for_those_who_asked_for_less_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()

    changed = page.locator(".record.changed")
    expect(changed).to_have_count(1)
    assert changed.evaluate("element => getComputedStyle(element).animationName") == "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(open_page: OpenPage, scheme: str) -> None:
    """WCAG AA: 4.5 to 1, for every text that stands on the page after a cancellation."""
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    chip(page, "Хочу отменить запись")
    page.get_by_role("button", name="Да, отменить").click()
    expect(page.locator(".record.mine.no_show")).to_have_count(1)
    expect(page.locator(".message")).to_have_count(4)

    assert page.evaluate(TOO_FAINT) == []


# Every element with words of its own whose contrast with the nearest opaque ground is below 4.5.
TOO_FAINT = """() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
        const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const [x, y, z] = [r, g, b].map((v) => linear(v / 255));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const found = channels(getComputedStyle(at).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const faint = [];
    for (const element of document.body.querySelectorAll("*")) {
        const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!words || !element.checkVisibility() || element.closest(".unseen, svg")) continue;
        const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) faint.push(`${element.className}: ${element.textContent} ${contrast.toFixed(2)}`);
    }
    return faint;
}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_times_and_numbers_stay_on_one_line(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    for place in (".record time", ".bar .number"):
        heights = page.locator(place).evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert max(heights) < 30, place
    assert not is_wider_than_the_screen(page)


COVERED = """all => all.filter(label => {
    const dot = label.querySelector('input'), name = document.createRange();
    name.selectNodeContents(label.querySelector('b'));
    const seen = getComputedStyle(dot).opacity !== '0';
    return seen && name.getBoundingClientRect().right > dot.getBoundingClientRect().left;
}).length"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_dot_lies_on_the_name_of_a_client(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    assert page.locator(".personas label").evaluate_all(COVERED) == 0
