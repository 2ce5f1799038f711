"""The machine's routes over real HTTP: tables as the page reads them, and drawings that its policy allows."""

import asyncio
import json
import re
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

import main
from adapters.web import machine as pages_of_machine
from adapters.web.listening import listening
from adapters.web.machine import MachinePages, described
from engine import texts
from engine.dialogue import Dialogue
from engine.flow import Calling
from engine.texts import Texts
from tests.architecture.source import ROOT
from tests.engine.diagram.machine import MACHINE, TEXTS

LIMIT = aiohttp.ClientTimeout(total=30)
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
CATALOGUE = texts.load([f'["{key}"]\nru = "Чай: {key}"\n' for key in TEXTS])
SVG = "{http://www.w3.org/2000/svg}"
OURS, WORDS = main.dialogue_and_texts()


@asynccontextmanager
async def shown(
    machine: Callable[[], tuple[Dialogue, Texts]] = lambda: (MACHINE, CATALOGUE),
) -> AsyncIterator[tuple[Callable[..., Any], MachinePages]]:
    """Yield what gets a path of the pages: its response and body."""
    pages = MachinePages(machine, HEADERS)
    app = web.Application()
    app.add_routes(pages.routes())
    async with listening(app, "127.0.0.1", 0) as port, aiohttp.ClientSession(timeout=LIMIT) as session:

        async def get(path: str) -> tuple[aiohttp.ClientResponse, bytes]:
            async with session.get(f"http://127.0.0.1:{port}/demo{path}") as response:
                return response, await response.read()

        yield get, pages


# ── the tables ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return described(OURS, WORDS)


def test_rows_stand_in_the_order_in_which_they_are_tried(ours: dict[str, Any]) -> None:
    told = [(row["row"], row["source"], row["event"], row["to"]) for row in ours["rows"]]

    assert told == [(i, row.source, row.event.__name__, row.to) for i, row in enumerate(OURS.rows())]


def test_a_row_of_every_state_belongs_to_no_flow(ours: dict[str, Any]) -> None:
    owned = sum(len(flow.table) for flow in OURS.flows)

    assert [row["flow"] for row in ours["rows"][owned:]] == [None] * (len(ours["rows"]) - owned)
    assert [row["flow"] for row in ours["rows"][:owned]] == [
        flow.name for flow in OURS.flows for _ in flow.table
    ]


def test_a_state_tells_what_a_reader_wants_to_know_of_it(ours: dict[str, Any]) -> None:
    confirming = ours["states"]["cancel.confirming"]

    assert (confirming["flow"], confirming["kind"]) == ("cancel", "waiting")
    assert (confirming["waits_for"], confirming["patience_s"]) == ("waits 15 min", 900)
    part = confirming["hears"][0]
    assert part["name"] == "part_of_them"
    assert part["about"].startswith("«Только первую»")
    assert re.fullmatch(r"states/cancel/hearing\.py:\d+", part["file"])
    assert {"key": "cancel.confirm", "words": "Отменить запись: {record}?"} in confirming["texts"]


def test_home_has_no_flow_and_waits_for_nothing(ours: dict[str, Any]) -> None:
    home = ours["states"][ours["home"]]

    assert (home["flow"], home["kind"], home["waits_for"], home["patience_s"]) == (None, "home", "", None)


def test_a_state_that_calls_hears_nobody(ours: dict[str, Any]) -> None:
    calling = [ours["states"][name] for name, state in OURS.states.items() if isinstance(state, Calling)]

    assert {one["kind"] for one in calling} == {"calling"}
    assert all(one["hears"] == [] and one["patience_s"] is None for one in calling)


def test_what_only_this_state_says_comes_before_what_every_state_says(ours: dict[str, Any]) -> None:
    keys = [text["key"] for text in ours["states"]["take_back.choosing"]["texts"]]

    assert keys[:2] == ["take_back.refused.started", "take_back.requests_withdrawn"]
    assert keys.index("everywhere.hello_again") > keys.index("take_back.timed_out")
    assert len(keys) == len(set(keys))


def test_a_flow_is_told_by_its_package(ours: dict[str, Any]) -> None:
    assert ours["flows"][0] == {
        "name": "cancel",
        "title": "Cancel: the client calls off one upcoming record",
        "file": "states/cancel/__init__.py",
    }


def test_no_path_of_this_machine_is_told(ours: dict[str, Any]) -> None:
    assert str(ROOT) not in str(ours)
    assert re.search(r"'/[a-z]+/", str(ours)) is None


def test_texts_are_told_in_the_language_of_the_catalogue() -> None:
    both = texts.load([f'["{key}"]\nru = "Чай"\nen = "Tea of {key}"\n' for key in TEXTS], "en")

    found = described(MACHINE, both)

    assert found["states"]["tea.offering"]["texts"] == [{"key": "tea.more", "words": "Tea of tea.more"}]


async def test_the_tables_come_as_json_with_the_headers_of_the_page() -> None:
    async with shown() as (get, _):
        response, body = await get("/machine.json")

    assert response.content_type == "application/json"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert json.loads(body)["states"]["cake.looking"]["waits_for"] == "calls FindRecords"


# ── the drawings ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("flow", [*(flow.name for flow in OURS.flows), "all"])
async def test_a_drawing_may_be_put_into_a_page_that_allows_no_style(flow: str) -> None:
    async with shown(lambda: (OURS, WORDS)) as (get, _):
        response, body = await get(f"/machine/{flow}.svg")

    image = ElementTree.fromstring(body)
    assert response.content_type == "image/svg+xml"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert [one for one in image.iter() if one.tag == f"{SVG}style" or "style" in one.attrib] == []
    assert [one for one in image.iter() if one.tag == f"{SVG}script" or _runs(one)] == []


def _runs(element: ElementTree.Element) -> bool:
    return any(name.startswith("on") or name.endswith("href") for name in element.attrib)


async def test_a_script_finds_states_and_rows_in_a_drawing() -> None:
    async with shown(lambda: (OURS, WORDS)) as (get, _):
        _, body = await get("/machine/cancel.svg")
        _, tables = await get("/machine.json")

    image, found = ElementTree.fromstring(body), json.loads(tables)
    states = {one.attrib["data-state"] for one in image.iter() if "data-state" in one.attrib}
    assert states == {"idle", *(name for name, state in found["states"].items() if state["flow"] == "cancel")}
    rows = {f"row-{row['row']}" for row in found["rows"] if row["flow"] == "cancel"}
    assert rows == {one.attrib["id"] for one in image.iter() if one.attrib.get("id", "").startswith("row-")}


async def test_a_download_stands_alone_with_its_style_and_has_a_name() -> None:
    async with shown() as (get, _):
        response, body = await get("/machine/tea.svg?download=1")

    assert response.headers["Content-Disposition"] == 'attachment; filename="otmena-tea.svg"'
    assert b"prefers-color-scheme: dark" in body
    ElementTree.fromstring(body)


async def test_what_is_looked_at_first_is_no_download_and_has_no_style_after_one() -> None:
    async with shown() as (get, _):
        await get("/machine/tea.svg?download=1")
        response, body = await get("/machine/tea.svg")

    assert "Content-Disposition" not in response.headers
    assert b"<style" not in body


@pytest.mark.parametrize("name", ["sugar", "ALL", "%3Cscript%3E", "idle"])
async def test_no_other_flow_is_drawn(name: str) -> None:
    async with shown() as (get, _):
        response, body = await get(f"/machine/{name}.svg")

    assert (response.status, response.content_type) == (404, "text/plain")
    assert body.decode() == "no flow is called so; there is tea, cake, all\n"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_style_of_the_drawings_is_served_for_the_page_to_link() -> None:
    async with shown() as (get, _):
        response, body = await get("/drawing.css")

    assert response.content_type == "text/css"
    assert body == (ROOT / "adapters/drawing/machine.css").read_bytes()


# ── once, and beside the loop ─────────────────────────────────────────────────────────────────────────


async def test_everything_is_made_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    in_threads: set[bool] = set()

    def noting(name: str, make: Callable[..., bytes]) -> Callable[..., bytes]:
        def noted(*args: Any, **named: Any) -> bytes:
            made.append(name)
            in_threads.add(threading.current_thread() is not threading.main_thread())
            return make(*args, **named)

        return noted

    for name in ("as_json", "drawn"):
        monkeypatch.setattr(pages_of_machine, name, noting(name, getattr(pages_of_machine, name)))
    async with shown() as (get, pages):
        await asyncio.gather(pages.warm(), *(get(path) for path in ("/machine.json", "/machine/tea.svg") * 4))
        await get("/machine/tea.svg")

    # The tables; tea, cake and all.
    assert sorted(made) == ["as_json", "drawn", "drawn", "drawn"]
    assert in_threads == {True}


async def test_the_loop_goes_on_while_everything_is_made() -> None:
    begun, release = threading.Event(), threading.Event()

    def machine() -> tuple[Dialogue, Texts]:
        begun.set()
        release.wait(10)
        return MACHINE, CATALOGUE

    async with shown(machine) as (get, pages):
        warming = asyncio.create_task(pages.warm())
        await asyncio.to_thread(begun.wait, 10)
        response, _ = await get("/drawing.css")
        waiting = not warming.done()
        release.set()
        await warming

    assert (response.status, waiting) == (200, True)
