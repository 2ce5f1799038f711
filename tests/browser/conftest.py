"""The demo in its own process, and a real Chromium that looks at it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# How long anything may take to come; other tests take the machine's cores meanwhile.
PATIENCE_MS = 20_000
OpenPage = Callable[..., Page]
# What Python runs for `otmena`.
OTMENA = "import main; main.run()"


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
    expect.set_options(timeout=PATIENCE_MS)
    # Started for each module and stopped with it: while it runs, no other loop can run in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def running_demo(program: str = OTMENA, port: int = 0) -> Iterator[str]:
    """Run the demo, and yield the address that it prints. `program`: what Python runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, "demo", "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the demo did not print its address"
        yield found[0]
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    with running_demo() as address:
        yield address


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Return what went wrong in any page; whatever stands there at the end fails the test."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def new_context(browser: Browser, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Return what makes a browser without a past, and so a visitor with a salon of her own.

    A script that fails, a warning, a dialog of a script, or a request to elsewhere fails the test.
    """
    contexts: list[BrowserContext] = []

    def said(line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            complaints.append(line.text)

    def asked(dialog: Dialog) -> None:
        complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def requested(url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            complaints.append(f"a request: {url}")

    def new(*, width: int = 1280, height: int = 800, **options: object) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="ru-RU",
            **options,  # type: ignore[arg-type]  # named by the test
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", said)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("dialog", asked)
        context.on("request", lambda request: requested(request.url))
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], demo_url: str) -> OpenPage:
    """Return what opens the demo's page as a new visitor, and waits until her salon is there.

    `path` follows the demo's address: `?lang=en`.
    """

    def open_it(path: str = "", *, address: str = demo_url, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto(address + path)
        page.locator(".record").first.wait_for(state="attached")
        return page

    return open_it
