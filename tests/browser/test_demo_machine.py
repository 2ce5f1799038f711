"""The machine on the demo's page: where it stands, which rows were tried, and what a state is."""

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.salon import chip, persona, stands_in, taps

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


def last_turn(page: Page) -> Locator:
    return page.get_by_role("region", name="Последний ход")


def state(page: Page, name: str) -> Locator:
    drawing = page.get_by_role("region", name="Схема автомата")
    return drawing.get_by_role("button", name=re.compile(f"^{re.escape(name)}(,|$)"))


def test_the_machine_shows_where_it_stands_and_how_it_came_there(open_page: OpenPage) -> None:
    page = open_page()
    stands_in(page, "idle")

    chip(page, "Хочу отменить запись")

    stands_in(page, "cancel.confirming")
    fired = last_turn(page).get_by_role("listitem").filter(has_text="сработало")
    expect(fired).to_contain_text("cancel.looking → cancel.confirming")
    expect(fired).to_contain_text("RecordsFound")
    expect(fired).to_contain_text("[all_that_fit]")
    refused = last_turn(page).get_by_role("listitem").filter(has_text="нет: ")
    expect(refused.filter(has_text="none_found")).to_have_count(1)
    # Refused first, and the one that fired last: in the order in which they were tried.
    expect(last_turn(page).get_by_role("listitem").last).to_contain_text("сработало")
    expect(page.locator("#drawing .arrow.fired")).to_have_count(1)
    expect(page.locator("#drawing .row.refused").first).to_be_attached()

    taps(page, "Оставить")
    stands_in(page, "idle")
    chip(page, "Хочу отменить запись")
    # The machine stands there before the question is on the phone, where the old one has the same buttons.
    expect(page.locator(".message.salon", has_text="Отменить запись:")).to_have_count(2)
    taps(page, "Да, отменить")
    stands_in(page, "cancel.done")
    expect(state(page, "cancel.confirming")).to_have_accessible_name("cancel.confirming, посещений: 2")
    expect(state(page, "cancel.cancelling")).to_have_accessible_name("cancel.cancelling, посещений: 1")


def test_each_persona_stands_where_she_stands(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    stands_in(page, "cancel.confirming")

    persona(page, "Надежда")

    stands_in(page, "idle")
    expect(last_turn(page).get_by_role("listitem")).to_have_count(0)


def test_a_state_tells_its_texts_its_patience_what_it_hears_and_its_file(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    stands_in(page, "cancel.confirming")

    state(page, "cancel.confirming").click()

    dialog = page.get_by_role("dialog", name="cancel.confirming")
    expect(dialog).to_contain_text("ждёт ответа клиента на вопрос")
    expect(dialog).to_contain_text("15 мин")
    expect(dialog).to_contain_text(re.compile(r"states/cancel/\w+\.py:\d+"))
    expect(dialog).to_contain_text("Отменить запись: {record}?")
    expect(dialog).to_contain_text("yes_or_no")
    expect(dialog).to_contain_text(re.compile(r"Yes\s*→\s*cancel\.cancelling"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_whole_machine_and_its_drawing_can_be_had(open_page: OpenPage) -> None:
    page = open_page()
    expect(state(page, "reschedule.choosing_day")).to_have_count(0)

    page.get_by_role("button", name="Весь автомат").click()

    expect(state(page, "reschedule.choosing_day")).to_be_attached()
    expect(state(page, "cancel.confirming")).to_be_attached()
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать SVG").click()
    assert download.value.suggested_filename == "otmena-all.svg"
    svg = ElementTree.parse(download.value.path()).getroot()
    assert svg.tag == f"{SVG}svg"
    assert svg.find(f".//{SVG}style") is not None
    assert "cancel.confirming" in {one.get("data-state") for one in svg.iter(f"{SVG}g")}

    page.get_by_role("button", name="Весь автомат").click()
    expect(state(page, "reschedule.choosing_day")).to_have_count(0)


def test_another_flow_brings_its_own_drawing(open_page: OpenPage) -> None:
    page = open_page()

    chip(page, "можно перенисти на другой день?")

    stands_in(page, "reschedule.choosing_day")
    expect(page.get_by_role("link", name="Скачать SVG")).to_have_attribute(
        "href", "/demo/machine/reschedule.svg?download=1"
    )
