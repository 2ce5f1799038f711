"""The picture series of the demo in docs/pictures/: the real page in a real Chromium, over a demo of its own.

python -m tests.browser.pictures docs/pictures
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, NAMES

DESK, POCKET = (1440, 900), (390, 844)
Scheme = Literal["light", "dark"]


def asks_to_cancel(page: Page) -> None:
    page.get_by_role("group", name="Подсказки").get_by_role("button", name="Хочу отменить запись").click()


def says_yes(page: Page) -> None:
    page.locator("#messages").get_by_role("button", name="Да, отменить").last.click()


def is_cancelled(page: Page) -> None:
    expect(page.locator("#messages")).to_contain_text("Запись отменена", timeout=30_000)


def a_cancel(page: Page) -> None:
    asks_to_cancel(page)
    says_yes(page)
    is_cancelled(page)


def a_list(page: Page) -> None:
    page.get_by_role("radio", name="Надежда").check()
    asks_to_cancel(page)
    page.locator("#messages").get_by_role("button", name="Выбрать запись").click()


def a_journal_that_is_silent(page: Page) -> None:
    """The journal has done it and does not answer: the state waits, and nothing is claimed."""
    asks_to_cancel(page)
    fault = {"side": "yclients", "name": "timeout-but-done", "on": "cancel", "times": 1}
    assert page.request.post("/demo/fault", data=fault).ok
    says_yes(page)
    expect(page.locator("#messages")).to_contain_text("Ещё жду ответа журнала", timeout=30_000)


def a_moment_of_the_past(page: Page) -> None:
    a_cancel(page)
    page.get_by_text("YClients: cancel").first.click()


def a_state(page: Page) -> None:
    a_cancel(page)
    page.locator(".machine [data-state='cancel.confirming']").first.click()


# Name, size, light or dark, and what happens before it is taken.
SERIES: tuple[tuple[str, tuple[int, int], Scheme, Callable[[Page], None]], ...] = (
    ("demo", DESK, "light", a_cancel),
    ("list", DESK, "dark", a_list),
    ("silence", DESK, "light", a_journal_that_is_silent),
    ("past", DESK, "dark", a_moment_of_the_past),
    ("state", DESK, "light", a_state),
    ("pocket", POCKET, "light", a_cancel),
    ("pocket-dark", POCKET, "dark", a_list),
)


def take(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, NAMES)))
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for name, size, scheme, happens in SERIES:
            _take(browser, address, folder / f"{name}.png", size, scheme, happens)
            print(folder / f"{name}.png")
        browser.close()


def _take(
    browser: Browser,
    address: str,
    picture: Path,
    size: tuple[int, int],
    scheme: Scheme,
    happens: Callable[[Page], None],
) -> None:
    width, height = size
    page = browser.new_page(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="ru-RU",
        # What moves would be caught in the middle.
        reduced_motion="reduce",
    )
    page.goto(address)
    page.locator(".record").first.wait_for(state="attached")
    page.locator(".machine [data-state]").first.wait_for(state="attached")
    happens(page)
    # What was sent is read, and whatever flashes has.
    page.wait_for_timeout(4_500)
    page.screenshot(path=picture)
    page.context.close()


@contextmanager
def demo() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import main; main.run()", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the demo did not print its address"
        yield found[0]
    finally:
        process.terminate()
        process.wait(15)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
