"""The demo as a tour: cancel in two taps, faults, a move, a restart, other branches, other visitors."""

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import OTMENA, OpenPage, running_demo
from tests.browser.salon import (
    chip,
    choose,
    event,
    events,
    opens_record,
    own,
    persona,
    picks,
    said,
    server,
    stands_in,
    switches_on,
    taps,
)

pytestmark = pytest.mark.browser


def cancels(page: Page) -> None:
    chip(page, "Хочу отменить запись")
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")


def test_two_taps_cancel_from_a_cold_start(open_page: OpenPage) -> None:
    with running_demo() as address:
        page = open_page(address=address)
        expect(own(page).locator(".pill")).to_have_text("ожидает")

        chip(page, "Хочу отменить запись")
        taps(page, "Да, отменить")

        expect(said(page)).to_contain_text("Запись отменена: Маникюр")
        expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")
        expect(own(page)).to_have_class(re.compile("changed"))
        expect(page.get_by_role("status").filter(has_text="Маникюр")).to_contain_text("не пришёл (отменено)")
        expect(page.get_by_role("region", name="Сообщения мастеру")).to_contain_text("Отмена: Маникюр")
        expect(page.get_by_label("Чей телефон")).to_have_value("Анна")
        expect(page.locator(".message.client").last.get_by_role("img", name="прочитано")).to_be_visible()
        expect(page.get_by_role("button", name="Да, отменить (выбрано)")).to_be_visible()
        stands_in(page, "cancel.done")
        page.context.close()


def test_the_tour_of_five_minutes(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    cancels(page)
    page.get_by_role("button", name="Начать заново").click()
    expect(page.locator(".message")).to_have_count(0)

    # YClients does what it was told and never says so: what the bot tells is what the journal shows.
    switches_on(page, "timeout-but-done", "cancel")
    cancels(page)
    expect(event(page, "YClients: cancel")).to_contain_text("timeout-but-done")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")
    expect(page.get_by_role("group", name="Сбои")).not_to_contain_text("timeout-but-done")

    persona(page, "Надежда")
    chip(page, "хачу перенести брови")
    # A day on which the master has nobody yet.
    picks(page, "Выбрать день", 4)
    picks(page, "Выбрать время", "12:00")
    expect(said(page)).to_contain_text("Запись перенесена. Теперь: Коррекция бровей")
    expect(own(page)).to_contain_text("Коррекция бровей")
    expect(own(page)).to_contain_text("12:00–12:30")

    with page.expect_download() as download:
        page.get_by_role("link", name="Сохранить .chat").click()
    assert download.value.suggested_filename == "otmena.chat"
    download.value.save_as(tmp_path / "otmena.chat")
    assert "перенести" in (tmp_path / "otmena.chat").read_text(encoding="utf-8")
    # In a process of its own: a browser's loop runs in this one.
    tested = subprocess.run(
        [sys.executable, "-c", OTMENA, "test", tmp_path / "otmena.chat"], capture_output=True, text=True
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr

    chip(page, "окрашивание атмените пожалуста")
    expect(said(page)).to_contain_text("Отменить запись: Окрашивание")
    page.get_by_role("button", name="Перезапустить сервер").click()
    expect(event(page, "Сервер убит")).to_be_visible()
    expect(server(page)).to_have_text("работает")
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена: Окрашивание")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")


# ── the timeline ──


def test_from_a_call_the_world_goes_on_as_if_yclients_had_failed(open_page: OpenPage) -> None:
    page = open_page()
    cancels(page)

    event(page, "YClients: cancel").click()
    choose(page.get_by_label("А если бы…"), re.compile("^500:"))
    expect(page.locator("#fork").get_by_label("Операция")).to_have_value("cancel")
    page.locator("#fork").get_by_label("Как часто").select_option("всегда")
    page.get_by_role("button", name="Продолжить отсюда").click()

    expect(event(page, "Другая ветка")).to_be_visible()
    expect(event(page, "YClients: cancel").first).to_contain_text("500")
    expect(own(page).locator(".pill")).to_have_text("ожидает")
    expect(page.get_by_label("Сообщение салону")).to_be_enabled()
    stands_in(page, "cancel.cancelling")
    # What came after the call never was.
    expect(page.locator(".message", has_text="Запись отменена")).to_have_count(0)

    page.get_by_role("button", name="Снять все").click()

    expect(said(page)).to_contain_text("Запись отменена")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")


def test_a_moment_of_the_past_is_shown_and_left_again(open_page: OpenPage) -> None:
    page = open_page()
    cancels(page)
    stands_in(page, "cancel.done")

    event(page, "→ Вера: Отменить запись").click()

    expect(page.get_by_text("Вы смотрите момент")).to_be_visible()
    expect(page.locator(".message")).to_have_count(2)
    expect(own(page).locator(".pill")).to_have_text("ожидает")
    stands_in(page, "cancel.confirming")
    expect(page.get_by_label("Сообщение салону")).to_be_disabled()
    expect(page.locator("#messages").get_by_role("button", name="Да, отменить")).to_be_disabled()
    for name in ("+15 минут", "+1 день", "Устроить сбой…", "Перезапустить сервер"):
        expect(page.get_by_role("button", name=name, disabled=False)).to_have_count(0)

    page.get_by_role("button", name="К началу").click()
    expect(page.locator(".message")).to_have_count(0)
    stands_in(page, "idle")

    page.get_by_role("button", name="вернуться в сейчас").click()
    expect(page.get_by_text("Вы смотрите момент")).to_be_hidden()
    expect(said(page)).to_contain_text("Запись отменена")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")
    expect(page.get_by_label("Сообщение салону")).to_be_enabled()
    stands_in(page, "cancel.done")


def test_the_timeline_tells_everything_in_order(open_page: OpenPage) -> None:
    page = open_page()
    expect(server(page)).to_have_text("работает")
    cancels(page)
    expect(event(page, "→ Администратор")).to_be_visible()

    order = (
        "Вера: Хочу отменить запись",
        ": сообщение",
        "Понято: CancelWanted",
        "idle → cancel.looking",
        "Сохранено: cancel.looking",
        "YClients: search",
        "YClients: records",
        "cancel.looking → cancel.confirming",
        "Сохранено: cancel.confirming",
        "→ Вера: Отменить запись",
        "Вера нажимает «Да, отменить»",
        ": сообщение",
        "Понято: Yes",
        "cancel.confirming → cancel.cancelling",
        "Сохранено: cancel.cancelling",
        "YClients: record",
        "YClients: visit",
        "YClients: cancel",
        "YClients: record",
        "cancel.cancelling → cancel.done",
        "Сохранено: cancel.done",
        "→ Вера: Запись отменена",
        "→ Анна",
        "→ Администратор",
    )
    # The company is asked for whenever it was not for a while.
    told = [line for line in events(page) if "company" not in line][-len(order) :]
    assert [words for words, line in zip(order, told, strict=True) if words not in line] == [], told

    event(page, "YClients: cancel").click()
    entry = page.get_by_role("region", name="События по порядку").get_by_role("listitem")
    behind = entry.filter(has_text="YClients: cancel")
    expect(behind).to_contain_text("PUT /api/v1/")
    expect(behind).to_contain_text('"attendance": -1')


# ── the journal and the clock ──


def test_the_bot_takes_notice_of_a_record_that_was_moved_meanwhile(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    expect(said(page)).to_contain_text("15:00")

    dialog = opens_record(page, "Маникюр")
    dialog.get_by_label("Время").fill("16:30")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_be_hidden()
    expect(own(page)).to_contain_text("16:30–18:00")
    expect(event(page, "Администратор перенёс: Маникюр, Анна")).to_contain_text("16:30")

    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Салон успел изменить эту запись")
    expect(said(page)).to_contain_text("16:30")
    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("Запись отменена")


def test_the_bot_takes_notice_of_a_record_that_was_deleted_meanwhile(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    expect(said(page)).to_contain_text("Отменить запись")

    dialog = opens_record(page, "Маникюр")
    dialog.get_by_role("button", name="Удалить запись").click()
    expect(dialog).to_be_hidden()
    expect(own(page).locator(".pill")).to_have_text("удалена")

    taps(page, "Да, отменить")
    expect(said(page)).to_contain_text("уже отменена")


def test_what_the_journal_refuses_is_told_in_the_dialog(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    page.route("**/demo/edit", lambda route: route.fulfill(status=400, body="no such master\n"))

    dialog = opens_record(page, "Маникюр")
    dialog.get_by_label("Мастер").select_option("Елена")
    dialog.get_by_role("button", name="Сохранить").click()

    expect(dialog.get_by_role("alert")).to_have_text("no such master")
    # The browser itself notes the status.
    assert [line for line in complaints if "status of 400" not in line] == []
    complaints.clear()


def test_a_question_times_out_when_the_clock_is_set_on(open_page: OpenPage) -> None:
    page = open_page()
    chip(page, "Хочу отменить запись")
    stands_in(page, "cancel.confirming")

    page.get_by_role("button", name="+15 минут").click()

    stands_in(page, "idle")
    expect(event(page, "Часы вперёд на 15 мин")).to_be_visible()


def test_a_day_later_tomorrow_is_today(open_page: OpenPage) -> None:
    page = open_page()
    day = page.get_by_role("combobox", name="День")
    tomorrow = day.locator("option").filter(has_text="Завтра").inner_text().removeprefix("Завтра")

    page.get_by_role("button", name="+1 день").click()

    expect(day.locator("option").filter(has_text="Сегодня")).to_have_text(f"Сегодня{tomorrow}")
    expect(day.locator("option").filter(has_text="Завтра")).not_to_have_text(f"Завтра{tomorrow}")


# ── who else is here ──


def test_two_visitors_have_salons_and_clocks_of_their_own(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    shown = second.locator("#clock-date").inner_text()

    cancels(first)
    first.get_by_role("button", name="+1 день").click()
    expect(first.locator("#clock-date")).not_to_have_text(shown)

    expect(event(second, "Салон открылся")).to_be_visible()
    expect(second.locator(".message")).to_have_count(0)
    expect(own(second).locator(".pill")).to_have_text("ожидает")
    expect(second.locator("#clock-date")).to_have_text(shown)


def test_a_second_tab_shows_the_same_salon(open_page: OpenPage, demo_url: str) -> None:
    first = open_page()
    second = first.context.new_page()
    second.goto(demo_url)
    expect(own(second).locator(".pill")).to_have_text("ожидает")

    cancels(first)

    expect(said(second)).to_contain_text("Запись отменена")
    expect(own(second).locator(".pill")).to_have_text("не пришёл (отменено)")


def test_whoever_comes_once_others_have_left_finds_room(
    new_context: Callable[..., BrowserContext], demo_url: str
) -> None:
    """There are six boxes, and more people than that, one after the other."""
    stays = new_context().new_page()
    stays.goto(demo_url)
    chip(stays, "Хочу отменить запись")
    expect(said(stays)).to_contain_text("Отменить запись")

    for _ in range(8):
        context = new_context()
        page = context.new_page()
        page.goto(demo_url)
        expect(event(page, "Салон открылся")).to_be_visible()
        expect(page.locator(".message")).to_have_count(0)
        context.close()

    taps(stays, "Да, отменить")
    expect(said(stays)).to_contain_text("Запись отменена")


# ── restarts ──


def test_the_page_survives_the_restart_of_its_server(open_page: OpenPage) -> None:
    page = open_page()
    expect(server(page)).to_have_text("работает")
    page.get_by_role("button", name="Перезапустить сервер").click()
    expect(event(page, "Сервер убит")).to_be_visible()

    # What is written meanwhile is not lost.
    chip(page, "Хочу отменить запись")

    expect(said(page)).to_contain_text("Отменить запись")
    expect(server(page)).to_have_text("работает")
    taps(page, "Да, отменить")
    expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")


def test_the_page_survives_the_restart_of_the_whole_demo(open_page: OpenPage, complaints: list[str]) -> None:
    lost = "Связь с программой потеряна"
    with ExitStack() as stack:
        address = stack.enter_context(running_demo())
        page = open_page(address=address)
        cancels(page)
        stack.close()
        expect(page.get_by_text(lost)).to_be_visible()

        stack.enter_context(running_demo(port=urlsplit(address).port or 0))

        expect(page.get_by_text(lost)).to_be_hidden()
        expect(page.locator(".message")).to_have_count(0)
        expect(own(page).locator(".pill")).to_have_text("ожидает")
        expect(event(page, "Вера")).to_have_count(0)
        cancels(page)
        expect(own(page).locator(".pill")).to_have_text("не пришёл (отменено)")

        page.context.close()
        # The browser itself notes that nobody answered; nothing else may have gone wrong.
        assert [line for line in complaints if "net::ERR_" not in line] == []
        complaints.clear()
