"""The owner's page in a real Chromium: on a phone and a desk, in both schemes, without a network."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page

import main
from adapters.stats import words
from adapters.stats.simulated import simulated
from tests.adapters.cli.test_stats import hostile
from tests.engine.statistics.year import Year, stored

pytestmark = pytest.mark.browser
ShowPage = Callable[..., Page]


@pytest.fixture
def show_page(browser: Browser, tmp_path: Path) -> Iterator[ShowPage]:
    """Return what shows the page of a database, or of the simulated year.

    A request, a script or a warning fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def show(database: Path | None = None, *, width: int = 390, scheme: str = "light") -> Page:
        environment = {"OTMENA_DATABASE_URL": f"sqlite:///{database}", "OTMENA_TIMEZONE": "Europe/Berlin"}
        if database is None:
            told = simulated(date(2026, 11, 28), ZoneInfo("Europe/Moscow"))
        else:
            done = CliRunner().invoke(main.commands(), ["stats", "--format", "html"], env=environment)
            assert done.exit_code == 0
            told = done.stdout
        page_file = tmp_path / "stats.html"
        page_file.write_text(told, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]  # one of two, named by the test
        )
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text))
        page.on(
            "request", lambda request: complaints.append(request.url) if "http" in request.url[:4] else None
        )
        page.goto(page_file.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("year") / "otmena.db"
    stored(path, Year(7, per_day=3))
    return path


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen_with_all_numbers_unfolded(
    show_page: ShowPage, year: Path, width: int
) -> None:
    page = show_page(year, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg:visible").count() == 7


@pytest.mark.parametrize("width", [320, 390, 640, 700, 760, 1280])
def test_no_number_of_an_unfolded_table_is_cut_off(show_page: ShowPage, year: Path, width: int) -> None:
    page = show_page(year, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    cut = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth)"
        ".map(each => each.getAttribute('aria-label'))"
    )

    assert cut == []
    assert page.get_by_role("region", name="Мастера: таблица").evaluate("each => each.tabIndex") == 0
    assert page.get_by_role("columnheader", name="Интервал").count() == 3


@pytest.mark.parametrize("simulated_year", [False, True])
@pytest.mark.parametrize("width", [390, 760, 1280])
def test_no_word_of_a_chart_is_cut_off(
    show_page: ShowPage, year: Path, width: int, simulated_year: bool
) -> None:
    page = show_page(None if simulated_year else year, width=width)

    cut = page.evaluate(CUT_OFF)

    assert cut == []


@pytest.mark.parametrize("width", [320, 390, 760, 1280])
def test_the_simulated_year_says_so_above_all_and_is_as_wide_as_the_screen(
    show_page: ShowPage, width: int
) -> None:
    page = show_page(width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    note = page.get_by_text("Это смоделированный год выдуманного салона")
    heading = page.get_by_role("heading", level=1)
    back = page.get_by_role("link", name="Вернуться к демо")
    assert note.bounding_box()["y"] < heading.bounding_box()["y"]  # type: ignore[index]  # both are shown
    assert back.get_attribute("href") == "/demo"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_can_be_gone_through_by_keyboard(show_page: ShowPage) -> None:
    page = show_page()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Вернуться к демо"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Дни: таблица"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


# Words of visible charts that lie outside the drawing.
CUT_OFF = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1);
    }).map(text => text.textContent);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_numbers_stand_out_from_their_ground(show_page: ShowPage, year: Path, scheme: str) -> None:
    assert show_page(year, scheme=scheme).evaluate(FAINT) == []


# The colours that the page uses together, and those whose contrast is below 4.5 (WCAG AA).
FAINT = """() => {
    const style = getComputedStyle(document.documentElement);
    const channels = name => {
        const hex = style.getPropertyValue(name).trim().slice(1);
        return [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16));
    };
    const light = rgb => {
        const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
        const [r, g, b] = rgb.map(c => linear(c / 255));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const contrast = (one, two) => {
        const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
        return (high + .05) / (low + .05);
    };
    const mixed = (a, b, share) => a.map((c, i) => c * share + b[i] * (1 - share));
    const over = share => mixed(channels('--accent'), channels('--surface'), share);
    const pairs = [['--ink', '--surface'], ['--ink', '--page'], ['--muted', '--surface'],
        ['--muted', '--page'], ['--accent', '--surface'], ['--on-accent', '--accent'],
        ['--on-warn', '--warn']];
    const faint = pairs.filter(([one, two]) => contrast(channels(one), channels(two)) < 4.5).map(String);
    // Of marks three are enough.
    for (const mark of ['--band-edge', '--accent']) {
        if (contrast(channels(mark), channels('--surface')) < 3) faint.push(mark);
    }
    for (const share of [.04, .14, .3, .48]) {
        if (contrast(channels('--ink'), over(share)) < 4.5) faint.push(`ink at ${share}`);
    }
    for (const share of [.8, 1]) {
        if (contrast(channels('--on-accent'), over(share)) < 4.5) faint.push(`on-accent at ${share}`);
    }
    return faint;
}"""


def test_every_chart_has_words_for_those_who_do_not_see_it(show_page: ShowPage, year: Path) -> None:
    page = show_page(year)

    told = re.compile(r"^Причины отмен\. .+: \d+; Причина не названа: .+\.$")
    assert page.get_by_role("img", name=told).count() == 1
    assert page.locator("svg:not([role=img][aria-label])").count() == 0
    page.get_by_text("Числа").first.click()
    assert page.get_by_role("table").first.get_by_role("rowheader", name="янв 2026").is_visible()


def test_the_week_begins_on_monday_and_its_hours_are_in_order(show_page: ShowPage, year: Path) -> None:
    page = show_page(year)

    texts = page.get_by_role("img", name="Отменённые визиты. понедельник, ").locator("text")
    placed = texts.evaluate_all(
        "all => all.map(one => [one.textContent, ...Object.values(one.getBoundingClientRect().toJSON())])"
    )

    days = [told for told, *_ in sorted(placed, key=lambda one: one[2]) if told in words.WEEKDAYS]
    assert days == list(words.WEEKDAYS)
    (below,) = [y for told, _, y, *_ in placed if told == "час, в который начинался визит"]
    lowest = max(y for told, _, y, *_ in placed if told.isdecimal())
    assert lowest < below
    hours = [int(told) for told, _, y, *_ in sorted(placed, key=lambda one: one[1]) if y == lowest]
    assert hours == list(range(10, 20))


@pytest.mark.parametrize("width", [794, 1280])
def test_the_figures_of_the_top_stand_on_one_line_each(show_page: ShowPage, year: Path, width: int) -> None:
    page = show_page(year, width=width)
    page.emulate_media(media="print")

    heights = page.locator(".tiles dt + dd").evaluate_all("all => all.map(dd => dd.clientHeight)")

    assert len(set(heights)) == 1


def test_hostile_names_stay_names(show_page: ShowPage, tmp_path: Path) -> None:
    path = tmp_path / "hostile.db"
    hostile(path)

    page = show_page(path)

    assert page.get_by_text("<script>alert(1)</script>").count()
    assert page.locator("script, img, iframe").count() == 0


def test_an_empty_ledger_says_what_will_be_here(show_page: ShowPage, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    stored(path, Year(1, days=0))

    page = show_page(path)

    assert page.get_by_text("цифры появятся здесь").is_visible()
    assert page.locator("svg").count() == 0
