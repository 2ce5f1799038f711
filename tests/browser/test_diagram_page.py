"""The page of `otmena diagram --format html`, as a phone and a keyboard meet it; nothing is fetched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import main
from adapters.drawing import page as drawn_page
from adapters.drawing import source
from engine.diagram import draw, tables

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280


@pytest.fixture(params=[PHONE, DESK])
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    dialogue, texts = main.dialogue_and_texts()
    file = tmp_path / "machine.html"
    file.write_text(
        drawn_page(draw(dialogue), tables(dialogue, texts.texts, source), texts), encoding="utf-8"
    )
    context = browser.new_context(viewport={"width": request.param, "height": 844}, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


def height_of_words(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.label text').getBoundingClientRect().height"))


def test_words_on_the_picture_can_be_read_and_only_the_picture_scrolls_aside(page: Page) -> None:
    assert height_of_words(page) >= 12
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_picture_grows_and_shrinks_by_keyboard(page: Page) -> None:
    usual = height_of_words(page)
    page.get_by_role("radio", name="full size").focus()

    page.keyboard.press("ArrowLeft")

    assert page.get_by_role("radio", name="twice").is_checked()
    assert height_of_words(page) == pytest.approx(2 * usual, rel=0.1)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_a_phone_may_have_all_of_the_picture_and_scroll_it_by_keyboard(page: Page) -> None:
    picture = page.get_by_role("region", name="The picture")
    picture.focus()
    page.keyboard.press("ArrowRight")
    # It scrolls smoothly; the page's policy forbids what `wait_for_function` would evaluate again and again.
    for _ in range(200):
        if picture.evaluate("it => it.scrollLeft") > 0:
            break
        page.wait_for_timeout(10)
    assert picture.evaluate("it => it.scrollLeft") > 0

    page.get_by_role("radio", name="as wide as the page").check()

    assert picture.evaluate("it => it.scrollWidth <= it.clientWidth")
