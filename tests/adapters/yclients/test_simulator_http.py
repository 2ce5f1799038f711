"""The simulated YClients over real HTTP, with its control endpoints."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from adapters.simulated import application
from adapters.transport import HttpTransport, Lost, new_session
from adapters.yclients.simulator import Patience, YClientsSimulator, demo_salon
from tests.adapters.yclients.test_simulator import HEADERS, NOW, VERA


@dataclass
class Wire:
    simulator: YClientsSimulator
    transport: HttpTransport
    session: ClientSession
    base_url: str

    async def control(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.session.request(method, f"{self.base_url}/_sim{path}", json=body) as response:
            return response.status, await response.json() if response.status != 204 else None


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    simulator = demo_salon(NOW)
    async with TestServer(application(simulator, lambda: NOW)) as server, new_session() as session:
        base_url = str(server.make_url("")).rstrip("/")
        yield Wire(simulator, HttpTransport(session, base_url + "/api/v1"), session, base_url)


async def test_a_record_is_cancelled_over_http(wire: Wire) -> None:
    answer = await wire.transport(
        "PUT", "/visits/700001/500001", body=b'{"attendance": -1, "comment": "x"}', headers=HEADERS
    )

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert wire.simulator.record(500001).attendance == -1


async def test_a_deleted_record_answers_without_a_body(wire: Wire) -> None:
    answer = await wire.transport("DELETE", "/record/962302/500001", headers=HEADERS)

    assert (answer.status, answer.body) == (204, b"")


async def test_a_dropped_write_is_sent_once(wire: Wire) -> None:
    wire.simulator.quirk("drop-but-done on cancel")

    with pytest.raises(Lost):
        await wire.transport(
            "PUT", "/visits/700001/500001", body=b'{"attendance": -1, "comment": ""}', headers=HEADERS
        )

    assert len(wire.simulator.calls("cancel")) == 1
    assert wire.simulator.record(500001).attendance == -1


async def test_a_slow_answer_comes_late(wire: Wire) -> None:
    simulator = YClientsSimulator(patience=Patience(slow_s=0.2))
    simulator.quirk("slow")

    async with TestServer(application(simulator, lambda: NOW)) as server:
        transport = HttpTransport(wire.session, str(server.make_url("/api/v1")))
        began = asyncio.get_running_loop().time()
        answer = await transport("GET", "/companies", headers=HEADERS)

    assert answer.status == 200
    assert asyncio.get_running_loop().time() - began >= 0.2


# ── control ──


async def test_the_journal_shows_lengths_and_agreed_prices(wire: Wire) -> None:
    body = {
        "phone": VERA, "services": ["Маникюр"], "master": "Анна", "starts_at": "2026-11-30T12:00:00",
        "discount": 50, "break_s": 300,
    }  # fmt: skip
    status, added = await wire.control("POST", "/records", body)
    _, journal = await wire.control("GET", "/journal")

    assert status == 201
    assert journal["records"][-1] == added
    assert (added["length_s"], added["break_s"], added["staff_id"]) == (5400, 300, 2001)
    assert added["prices"] == [
        {"service_id": 1001, "first_cost": 1800, "discount": 50, "cost": 900, "amount": 1}
    ]


async def test_the_journal_can_be_read_and_written_without_a_token(wire: Wire) -> None:
    added = {
        "phone": "+79000000003",
        "services": ["Стрижка"],
        "master": "Мария",
        "starts_at": "2026-11-25T12:00:00",
        "attendance": 2,
    }

    status, row = await wire.control("POST", "/records", added)
    patched = await wire.control("PATCH", f"/records/{row['record_id']}", {"attendance": -1})
    journal = await wire.control("GET", "/journal")

    assert (status, row["record_id"], row["starts_at"]) == (201, 500005, "2026-11-25T12:00:00+03:00")
    assert (patched[0], patched[1]["attendance"]) == (200, -1)
    assert [one["client_name"] for one in journal[1]["records"]][-1] == "Любовь"
    assert journal[1]["records"][0]["phone"] == VERA
    assert journal[1]["changes"] == wire.simulator.changes


async def test_quirks_can_be_set_listed_and_cleared(wire: Wire) -> None:
    assert (await wire.control("POST", "/quirks", {"name": "500", "on": "cancel", "times": 2}))[0] == 201
    assert (await wire.control("POST", "/quirks", {"name": "slow on search × 1"}))[0] == 201

    _, listed = await wire.control("GET", "/quirks")
    assert listed["active"] == ["500 on cancel × 2", "slow on search × 1"]
    assert "stale-read" in listed["quirks"]

    assert await wire.control("DELETE", "/quirks") == (204, None)
    assert wire.simulator.active_quirks == ()


async def test_the_log_holds_calls_and_not_control(wire: Wire) -> None:
    await wire.transport("GET", "/record/962302/500001", headers=HEADERS)

    for _ in range(10):
        status, log = await wire.control("GET", "/log")

    assert (status, log["worst_second"]) == (200, 1)
    assert [(one["operation"], one["status"]) for one in log["requests"]] == [("record", 200)]
    assert datetime.fromisoformat(log["requests"][0]["at"]) == NOW


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/quirks", {"name": "5000"}, 400, "no quirk is called '5000'"),
        ("POST", "/quirks", {}, 400, "name"),
        ("POST", "/records", {"phone": VERA, "colour": "red"}, 400, "unknown: colour"),
        ("POST", "/records", {"phone": VERA}, 400, "missing"),
        ("PATCH", "/records/1", {"attendance": 1}, 404, "there is no record 1"),
        ("GET", "/nothing", None, 404, "there is no GET /_sim/nothing"),
    ],
)
async def test_a_wrong_control_request_is_told_so(
    wire: Wire, method: str, path: str, body: object, status: int, words: str
) -> None:
    answered, said = await wire.control(method, path, body)

    assert (answered, words in said["error"]) == (status, True)
