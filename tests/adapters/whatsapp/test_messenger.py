"""The messenger against answers of every kind, over real HTTP and against the simulator."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.transport import Answer, HttpTransport, Lost, NotSent, new_session
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.whatsapp.pacing import Pace, Pacing
from engine.ports import Address, Bubble, Button, InDoubt, Messenger, Paced, Rejected, Unavailable

ACCOUNT = "106540352242922"
ANNA = Address(channel="whatsapp", account=ACCOUNT, phone="+79000000001", user="RU.1")
WORDS = Bubble(text="Отменить запись?")
ACCEPTED = Answer(
    200, b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.OUR","message_status":"accepted"}]}'
)


class SteppedClock:
    seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Loopback:
    """A transport that answers what it was told to, and remembers what it was asked."""

    result: Answer | Exception = ACCEPTED
    asked: list[tuple[str, str, Any, float]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        assert query == ()
        self.asked.append((method, path, json.loads(body or b""), timeout_s))
        self.headers = headers or {}
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def messenger(transport: Loopback, **how: Any) -> WhatsAppMessenger:
    return WhatsAppMessenger(transport, SecretStr("token"), SteppedClock(), **how)


def refusal(code: int, status: int = 400) -> Answer:
    return Answer(status, json.dumps({"error": {"code": code, "message": "to +79000000001"}}).encode())


async def test_a_bubble_is_posted_once_to_its_number() -> None:
    transport = Loopback()
    port: Messenger = messenger(transport)

    assert await port.send(ANNA, WORDS, key="ob:1") == "wamid.OUR"

    [(method, path, body, timeout_s)] = transport.asked
    assert (method, path, timeout_s) == ("POST", f"/{ACCOUNT}/messages", 15)
    assert (body["to"], body["biz_opaque_callback_data"]) == ("+79000000001", "ob:1")
    assert transport.headers == {"Authorization": "Bearer token", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (NotSent("ClientConnectorError"), Unavailable),
        (Lost("time-out"), InDoubt),
        (Answer(500, b""), InDoubt),
        (Answer(503, b"<html>"), InDoubt),
        (Answer(200, b""), InDoubt),
        (Answer(200, b"{}"), InDoubt),
        (Answer(200, b'{"messages":[{}]}'), InDoubt),
        (Answer(204, b""), InDoubt),
        (refusal(131000, 500), InDoubt),
        (refusal(131056), Unavailable),
        (refusal(131016, 503), Unavailable),
        (refusal(131047), Rejected),
        (refusal(100, 200), Rejected),
    ],
)
async def test_every_ending_has_its_error(result: Answer | Exception, error: type[Exception]) -> None:
    transport = Loopback(result)

    with pytest.raises(error) as raised:
        await messenger(transport).send(ANNA, WORDS, key="ob:1")

    assert len(transport.asked) == 1
    assert "79000000001" not in str(raised.value)


@pytest.mark.parametrize(("code", "error"), [(190, Unavailable), (368, Rejected), (10, Rejected)])
async def test_a_stopped_number_calls_for_a_person(code: int, error: type[Exception]) -> None:
    with capture_logs() as logs, pytest.raises(error):
        await messenger(Loopback(refusal(code, 403))).send(ANNA, WORDS, key="ob:1")

    assert logs == [
        {
            "event": "number.stopped",
            "log_level": "error",
            "account": ACCOUNT,
            "code": code,
            "http_status": 403,
        }
    ]


async def test_an_expired_token_is_tried_again_slowly() -> None:
    with pytest.raises(Unavailable) as raised:
        await messenger(Loopback(refusal(190, 401))).send(ANNA, WORDS, key="ob:1")

    assert raised.value.retry_after_s == 60


async def test_our_own_mistake_costs_no_call() -> None:
    transport = Loopback()

    with pytest.raises(ValueError, match="words"):
        await messenger(transport).send(ANNA, Bubble(text=""), key="ob:1")

    assert transport.asked == []


class TestPace:
    async def test_a_short_wait_is_waited(self) -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        port = messenger(Loopback(), pacing=Pacing(pair=Pace(per_second=2, burst=2)), sleep=sleep)
        for _ in range(3):
            await port.turn(ANNA)

        assert [round(wait, 6) for wait in waits] == [0.5]

    async def test_a_long_wait_is_the_callers(self) -> None:
        port = messenger(Loopback(), pacing=Pacing(pair=Pace(per_second=1 / 6, burst=1)))
        await port.turn(ANNA)

        for _ in range(2):
            with pytest.raises(Paced) as raised:
                await port.turn(ANNA)
            assert raised.value.retry_after_s == 6


class TestNoticed:
    @pytest.mark.parametrize("typing", [False, True])
    async def test_the_client_sees_that_it_was_read(self, typing: bool) -> None:
        transport = Loopback(Answer(200, b'{"success":true}'))

        assert await messenger(transport).noticed(ANNA, "wamid.A", typing=typing)

        [(method, path, body, timeout_s)] = transport.asked
        assert (method, path, timeout_s) == ("POST", f"/{ACCOUNT}/messages", 5)
        assert (body["status"], body["message_id"]) == ("read", "wamid.A")
        assert ("typing_indicator" in body) is typing

    @pytest.mark.parametrize(
        ("result", "event"),
        [
            (NotSent("x"), "notice.lost"),
            (Lost("x"), "notice.lost"),
            (Answer(500, b""), "notice.refused"),
            (Answer(200, b"<html>"), "notice.refused"),
            (refusal(131009), "notice.refused"),
        ],
    )
    async def test_a_failure_is_a_line_in_the_log(self, result: Answer | Exception, event: str) -> None:
        with capture_logs() as logs:
            port = messenger(Loopback(result))
            assert not await port.noticed(ANNA, "wamid.HBgLNzkwMDAwMDAwMDE=", typing=True)

        assert [line["event"] for line in logs] == [event]
        assert "wamid" not in str(logs)
        assert "79000000001" not in str(logs)


class TestAnswers:
    @pytest.mark.parametrize(
        ("result", "answers"),
        [
            (Answer(200, b'{"success":true}'), "yes"),
            (Answer(200, b""), "yes"),
            (refusal(131009), "yes"),
            (refusal(190, 401), "yes"),
            (Answer(404, b"<html>"), "yes"),
            (Answer(200, b"<html>"), "unclear"),
            (refusal(131000, 500), "unclear"),
            (Answer(500, b""), "unclear"),
            (Answer(503, b"<html>"), "no"),
            (Answer(502, b""), "no"),
            (Answer(504, b""), "no"),
            (Answer(408, b""), "no"),
            (Lost("x"), "no"),
            (NotSent("x"), "no"),
        ],
    )
    async def test_it_answers_if_a_read_mark_gets_the_apis_own_word(
        self, result: Answer | Exception, answers: str
    ) -> None:
        transport = Loopback(result)

        assert await messenger(transport).answers(ANNA, "wamid.A") == answers

        method, path, body, _ = transport.asked[-1]
        assert (method, path) == ("POST", f"/{ACCOUNT}/messages")
        assert (body["status"], body["message_id"]) == ("read", "wamid.A")
        assert "typing_indicator" not in body


class TestOverHttp:
    @pytest.fixture
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        async with new_session() as session:
            yield session

    async def test_a_list_goes_out_and_its_id_comes_back(self, session: aiohttp.ClientSession) -> None:
        asked: list[Any] = []

        async def messages(request: web.Request) -> web.Response:
            asked.append((request.path, request.headers["Authorization"], await request.json()))
            return web.json_response({"messages": [{"id": "wamid.OUR"}]})

        app = web.Application()
        app.router.add_post("/v26.0/{number}/messages", messages)
        async with TestServer(app) as server:
            transport = HttpTransport(session, str(server.make_url("/v26.0")))
            port = WhatsAppMessenger(transport, SecretStr("token"), SteppedClock())
            options = tuple(
                Button(id=f"pick:7:{n}", title=f"{n} ноября 15:00", more="Маникюр") for n in range(4)
            )
            bubble = Bubble(text="Какую запись отменить?", options=options, list_label="Выбрать")

            assert await port.send(ANNA, bubble, key="ob:1") == "wamid.OUR"

        [(path, authorization, body)] = asked
        assert (path, authorization) == (f"/v26.0/{ACCOUNT}/messages", "Bearer token")
        assert body["interactive"]["action"]["sections"][0]["rows"][3]["title"] == "3 ноября 15:00"

    async def test_a_connection_that_breaks_is_in_doubt(self, session: aiohttp.ClientSession) -> None:
        tries = 0

        async def breaks(request: web.Request) -> web.Response:
            nonlocal tries
            tries += 1
            await request.read()
            assert request.transport is not None
            request.transport.close()
            return web.Response()

        app = web.Application()
        app.router.add_post("/{number}/messages", breaks)
        async with TestServer(app) as server:
            port = WhatsAppMessenger(
                HttpTransport(session, str(server.make_url("/"))), SecretStr("t"), SteppedClock()
            )
            with pytest.raises(InDoubt):
                await port.send(ANNA, WORDS, key="ob:1")

        assert tries == 1

    async def test_nobody_at_home_is_unavailable(self, session: aiohttp.ClientSession) -> None:
        server = TestServer(web.Application())
        await server.start_server()
        url = str(server.make_url("/"))
        await server.close()

        port = WhatsAppMessenger(HttpTransport(session, url), SecretStr("t"), SteppedClock())
        with pytest.raises(Unavailable):
            await port.send(ANNA, WORDS, key="ob:1")
