"""How the demo's page can be seen, read and operated: widths, contrast, axe's findings, keys, languages."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.salon import (
    chip,
    event,
    focused,
    is_wider_than_the_screen,
    own,
    pane,
    persona,
    said,
    stands_in,
    sticking_out,
    tab_to,
    taps,
    writes,
)

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1280, 1920)
PANES = ("Телефон", "Автомат", "Салон", "Лента")


# ── widths ──


def at_each_width(page: Page) -> Iterator[int]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        yield width


def test_nothing_is_wider_than_the_screen(open_page: OpenPage) -> None:
    page = open_page()
    persona(page, "Надежда")
    writes(page, "а" * 300)
    expect(page.locator(".message.salon")).to_have_count(1)
    chip(page, "Хочу отменить запись")
    expect(page.locator("#messages").get_by_role("button", name="Выбрать запись")).to_be_visible()

    for width in at_each_width(page):
        for name in PANES:
            pane(page, name)
            assert not is_wider_than_the_screen(page), (width, name)
            assert sticking_out(page) == [], (width, name)

        pane(page, "Телефон")
        taps(page, "Выбрать запись")
        expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=0.9)
        assert not is_wider_than_the_screen(page), width
        page.keyboard.press("Escape")

        controls = page.get_by_role("button", name="Управление")
        if controls.is_visible():
            controls.click()
        page.get_by_role("button", name="Устроить сбой").click()
        expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=0.9)
        assert not is_wider_than_the_screen(page), width
        page.keyboard.press("Escape")
        if controls.is_visible():
            controls.click()


def test_the_page_does_not_scroll_on_a_small_laptop(open_page: OpenPage) -> None:
    page = open_page(width=1280, height=800)
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")

    height = page.evaluate("[document.documentElement.scrollHeight, document.body.scrollHeight, innerHeight]")

    assert height == [800, 800, 800]
    for name in ("Автомат", "Журнал салона", "Лента"):
        expect(page.get_by_role("heading", name=name)).to_be_in_viewport()
    expect(page.get_by_label("Сообщение салону")).to_be_in_viewport(ratio=1)


def test_times_and_numbers_stay_on_one_line(open_page: OpenPage) -> None:
    page = open_page()
    for width in at_each_width(page):
        for name in PANES:
            pane(page, name)
            for place in (".record time", ".bar .number", "#clock-time", ".entry-head time"):
                heights = page.locator(place).evaluate_all(
                    "all => all.map(one => one.getBoundingClientRect().height)"
                )
                assert max(heights) < 30, (width, place)


COVERED = """all => all.filter(label => {
    const dot = label.querySelector('input'), name = document.createRange();
    name.selectNodeContents(label.querySelector('b'));
    const seen = getComputedStyle(dot).opacity !== '0';
    return seen && name.getBoundingClientRect().right > dot.getBoundingClientRect().left;
}).length"""


def test_no_dot_lies_on_the_name_of_a_client(open_page: OpenPage) -> None:
    page = open_page()
    for width in at_each_width(page):
        assert page.get_by_role("radio").count() == 6
        assert page.locator("label:has([type=radio])").evaluate_all(COVERED) == 0, width


# ── contrast and the engine ──


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(open_page: OpenPage, scheme: str) -> None:
    """WCAG AA: 4.5 to 1, for every text that stands on the page after a cancellation."""
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")
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


def findings(page: Page, where: str) -> list[str]:
    """Return what axe finds serious or critical, in both schemes."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
                found.append(f"{where}, {scheme}: {violation['id']}: {places}")
    return found


# The page's words in either language, by what they are here.
WORDS = {
    "ru": {"phone": "Телефон", "machine": "Автомат", "salon": "Салон", "timeline": "Лента"}
    | {"hints": "Подсказки", "controls": "Управление", "fault": "Устроить сбой", "start": "К началу"},
    "en": {"phone": "Phone", "machine": "Machine", "salon": "Salon", "timeline": "Timeline"}
    | {"hints": "Suggestions", "controls": "Controls", "fault": "Cause a fault", "start": "To the start"},
}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_axe_finds_nothing_serious(open_page: OpenPage, lang: str, width: int) -> None:
    words = WORDS[lang]
    page = open_page(f"?lang={lang}", width=width, height=800, reduced_motion="reduce")
    found = findings(page, "at the start")
    if width < 1100:
        page.get_by_role("button", name=words["controls"]).click()
        found += findings(page, "with the controls")

    page.get_by_role("button", name=words["fault"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page, "the fault dialog")
    page.keyboard.press("Escape")
    if width < 1100:
        page.get_by_role("button", name=words["controls"]).click()

    persona(page, "Надежда")
    page.get_by_role("group", name=words["hints"]).get_by_role("button").first.click()
    taps(page, "Выбрать запись")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page, "the sheet of a list")
    page.get_by_role("dialog").get_by_role("listitem").get_by_role("button").first.click()
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")
    found += findings(page, "after a cancellation")

    pane(page, words["machine"])
    stands_in(page, "cancel.done")
    if width < 1100:
        found += findings(page, "the machine")
    page.get_by_role("button", name=re.compile("^cancel.done,")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page, "a state")
    page.keyboard.press("Escape")

    pane(page, words["salon"])
    if width < 1100:
        found += findings(page, "the journal")
    own(page).get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page, "a record")
    page.keyboard.press("Escape")

    pane(page, words["timeline"])
    event(page, "YClients: cancel").click()
    expect(page.locator("body")).to_have_class(re.compile("in-past"))
    found += findings(page, "a past moment")

    assert found == []


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_in_the_statistics(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width, height=800)
    page.goto(page.url.partition("/demo")[0] + "/stats")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert findings(page, "statistics") == []


# ── keys ──


def test_it_works_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    keys = page.keyboard

    tab_to(page, "Вера")
    keys.press("ArrowRight")
    expect(page.locator(".record.mine")).to_have_count(3)

    tab_to(page, "Сообщение салону")
    keys.type("Хочу отменить запись")
    keys.press("Enter")
    expect(page.locator("#messages").get_by_role("button", name="Выбрать запись")).to_be_visible()

    tab_to(page, "Выбрать запись", backwards=True)
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#messages").get_by_role("button", name="Выбрать запись")).to_be_focused()

    keys.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("listitem").first.get_by_role("button")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#messages").get_by_role("button", name="Да, отменить")).to_be_visible()
    tab_to(page, "Да, отменить")
    keys.press("Space")
    expect(page.locator(".record.mine.no_show")).to_have_count(1)


def test_a_state_is_looked_at_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    stands_in(page, "idle")

    tab_to(page, "idle, текущее состояние")
    page.keyboard.press("ArrowRight")
    name = focused(page)
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name=name)).to_be_hidden()
    assert focused(page) == name


def test_time_is_scrubbed_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    stands_in(page, "cancel.confirming")

    tab_to(page, "Момент")
    page.keyboard.press("Home")
    expect(page.get_by_text("Вы смотрите момент")).to_be_visible()
    expect(page.locator(".message")).to_have_count(0)
    page.keyboard.press("End")
    expect(page.get_by_text("Вы смотрите момент")).to_be_hidden()
    expect(page.locator(".message")).to_have_count(2)

    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Вы смотрите момент")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Вы смотрите момент")).to_be_hidden()


def test_a_record_is_edited_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    expect(own(page)).to_be_visible()

    for _ in range(5):
        tab_to(page, "Маникюр")
        if "Вера" in focused(page):
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Маникюр, Вера")
    expect(dialog).to_be_visible()
    tab_to(page, "Мастер")
    page.keyboard.press("End")
    tab_to(page, "Сохранить")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("group", name="Елена").locator(".record.mine")).to_be_visible()
    # The focus goes with the record.
    assert "Вера" in focused(page)


# ── languages ──

# Words in Cyrillic that a screen reader would be told to read as English.
RUSSIAN_IN_ENGLISH = """() => {
    const cyrillic = /[а-яё]/i;
    const found = [];
    const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const {data, parentElement: at} = walk.currentNode;
        if (at.closest('script, style, [lang=ru]')) continue;
        if (cyrillic.test(data)) found.push(`${at.tagName} ${at.id || at.className}: ${data.trim()}`);
    }
    for (const at of document.querySelectorAll('*')) {
        if (at.closest('[lang=ru]')) continue;
        for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label']) {
            if (cyrillic.test(at.getAttribute(name) ?? '')) {
                found.push(`${at.tagName} ${name}: ${at.getAttribute(name)}`);
            }
        }
    }
    return found;
}"""


def test_the_english_page_is_in_english(open_page: OpenPage) -> None:
    page = open_page("?lang=en")
    assert page.title() == "Otmena: the demo"
    page.get_by_role("group", name="Suggestions").get_by_role("button").first.click()
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")
    expect(own(page).locator(".pill")).to_have_text("did not come (cancelled)")
    event(page, "YClients: cancel").click()
    expect(page.get_by_text("You are looking at")).to_be_visible()
    assert (found := page.evaluate(RUSSIAN_IN_ENGLISH)) == [], found

    page.keyboard.press("Escape")
    own(page).get_by_role("button").click()
    expect(page.get_by_role("button", name="Delete the record")).to_be_visible()
    assert page.evaluate(RUSSIAN_IN_ENGLISH) == []


def test_the_languages_lead_to_each_other(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("link", name="EN, in English").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"

    page.get_by_role("link", name="RU, по-русски").click()
    expect(page.get_by_role("heading", name="Лента")).to_be_visible()
    # The salon is the same one.
    expect(own(page)).to_be_visible()
