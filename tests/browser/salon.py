"""What somebody does on the demo's page, and where she looks."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def chip(page: Page, words: str) -> None:
    """Send one of the suggested messages."""
    page.get_by_role("group", name="Подсказки").get_by_role("button", name=words).click()


def writes(page: Page, words: str) -> None:
    page.get_by_label("Сообщение салону").fill(words)
    page.get_by_label("Сообщение салону").press("Enter")


def taps(page: Page, label: str) -> None:
    page.locator("#messages").get_by_role("button", name=label, exact=True).last.click()


def picks(page: Page, list_label: str, row: str | int) -> None:
    """Choose a row of the list that came last: by what it reads, or by its place, from 0 on."""
    taps(page, list_label)
    rows = page.get_by_role("dialog", name=list_label).get_by_role("listitem")
    (rows.nth(row) if isinstance(row, int) else rows.filter(has_text=row)).get_by_role("button").click()


def persona(page: Page, name: str) -> None:
    radio = page.get_by_role("radio", name=name)
    # Her card lies over the radio button, and takes the finger.
    page.locator("label").filter(has=radio).click()
    expect(radio).to_be_checked()


def pane(page: Page, name: str) -> None:
    """Open a pane of the narrow page; the wide one shows all four at once."""
    tab = page.get_by_role("navigation", name=re.compile("Части страницы|Parts of the page"))
    if tab.is_visible():
        tab.get_by_role("button", name=re.compile(f"^{name}")).click()


def said(page: Page) -> Locator:
    """What the salon has said last."""
    return page.locator(".message.salon .text").last


def own(page: Page) -> Locator:
    """The records of whoever holds the phone, on the day that the journal shows."""
    return page.locator(".record.mine:visible")


def event(page: Page, words: str) -> Locator:
    """The entries of the timeline that read so."""
    shown = page.get_by_role("region", name=re.compile("События по порядку|Events in order"))
    # Beside each entry stands a button that opens its details.
    return shown.get_by_role("button", name=re.compile(f"^(?!Подробности|Details).*{re.escape(words)}"))


def events(page: Page) -> list[str]:
    """Return the lines of the entries that are shown, in order."""
    return [text.split("\n")[0] for text in event(page, "").all_inner_texts() if text]


def standing(page: Page) -> Locator:
    """The state of the drawing in which the machine stands."""
    return page.get_by_role("button", name=re.compile(", (текущее состояние|the current state)$"))


def stands_in(page: Page, state: str) -> None:
    expect(standing(page)).to_have_accessible_name(re.compile(f"^{re.escape(state)},"))


def server(page: Page) -> Locator:
    return page.get_by_role("group", name="Сервер").get_by_role("status")


def switches_on(page: Page, fault: str, operation: str, times: str = "один раз") -> None:
    """Cause a fault of YClients in the dialog, and see that it is on."""
    page.get_by_role("button", name="Устроить сбой").click()
    dialog = page.get_by_role("dialog", name="Устроить сбой")
    choose(dialog.get_by_label("Сбой"), re.compile(f"^{re.escape(fault)}:"))
    dialog.get_by_label("Операция").select_option(operation)
    dialog.get_by_label("Как часто").select_option(times)
    dialog.get_by_role("button", name="Включить").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("group", name="Сбои")).to_contain_text(fault)


def choose(select: Locator, words: "re.Pattern[str]") -> None:
    """Choose the first option that reads so."""
    select.select_option(label=select.locator("option").filter(has_text=words).first.inner_text())


def opens_record(page: Page, title: str) -> Locator:
    """Open the record of whoever holds the phone, as the administrator; return the dialog."""
    own(page).get_by_role("button").filter(has_text=title).click()
    return page.get_by_role("dialog", name=title)


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


# Elements with words that stick out of the screen, and are in no box that scrolls.
_STICKING_OUT = """() => [...document.body.querySelectorAll('*')].filter(element => {
    if (!element.checkVisibility() || element.closest('.unseen, .symbols, svg')) return false;
    const box = element.getBoundingClientRect();
    if (!box.width || (box.left >= -1 && box.right <= innerWidth + 1)) return false;
    for (let at = element.parentElement; at; at = at.parentElement) {
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return false;
    }
    return true;
}).map(element => `${element.tagName} ${element.className}`)"""


def sticking_out(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_STICKING_OUT)
    return found


def focused(page: Page) -> str:
    """Return the name of what has the focus."""
    name: str = page.evaluate("""() => {
        const at = document.activeElement;
        return at.getAttribute('aria-label') ?? (at.labels?.[0] ?? at).textContent.trim();
    }""")
    return name


def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until what has the focus bears this name, and see that the focus can be seen."""
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        seen.append(focused(page))
        if seen[-1].startswith(name):
            shown: Any = page.evaluate(FOCUS_IS_SEEN)
            assert shown, f"the focus on {name} cannot be seen"
            return
    raise AssertionError(f"{name} cannot be reached by Tab, only {seen}")


# The element itself, what a radio button stands for, or the mark of a state is outlined.
FOCUS_IS_SEEN = """() => {
    const at = document.activeElement;
    const marks = [at, at.nextElementSibling, at.querySelector('rect, polygon')].filter(Boolean);
    return marks.some(mark => {
        const {outlineStyle, outlineWidth, strokeWidth} = getComputedStyle(mark);
        const isMark = mark.ownerSVGElement && parseFloat(strokeWidth) >= 4;
        return isMark || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
    });
}"""
