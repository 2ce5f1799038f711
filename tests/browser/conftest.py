"""The demo in its own process, and a real Chromium that looks at it."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OpenPage = Callable[..., Page]


def missing(part: str) -> None:
    """Skip for lack of a part of the machine; where CI says that all is there, fail (contract.md)."""
    message = f"{part} is missing on this machine"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), "/usr/bin/chromium")
    if not Path(path).exists():
        missing("Chromium")
    # Started for each module and stopped with it: while it runs, no other loop can run in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
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


@pytest.fixture
def open_page(browser: Browser, demo_url: str) -> Iterator[OpenPage]:
    """Return what opens the page over a fresh salon. A script that fails, or a warning, fails the test."""
    reset = urllib.request.Request(
        f"{demo_url}/reset", data=b"{}", headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(reset, timeout=10).close()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_it(*, width: int = 1280, height: int = 800, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="ru-RU",
            **options,  # type: ignore[arg-type]  # named by the test
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
        )
        page.goto(demo_url)
        page.locator(".record").first.wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
