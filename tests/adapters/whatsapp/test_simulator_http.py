"""The simulated WhatsApp over real HTTP: a bot that stumbles, and programs in any language."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.simulated import application
from adapters.whatsapp.simulator import WhatsAppNetwork, WhatsAppSimulator
from adapters.whatsapp.simulator.wire import SIGNATURE_HEADER, sign

ANNA = "+79000000001"
Json = dict[str, Any]


class TinyBot:
    """Answers the given statuses in turn, then 200; keeps what it took, each message once."""

    def __init__(self, *statuses: int, pause_s: float = 0) -> None:
        self._statuses = list(statuses)
        self._pause_s = pause_s
        self.posts = 0
        self.reached = asyncio.Event()
        self.took: dict[str, str] = {}
        self.at_once = 0
        self.at_once_max = 0

    async def get(self, request: web.Request) -> web.Response:
        assert request.query["hub.verify_token"] == "simulated-verify-token"
        return web.Response(text=request.query["hub.challenge"])

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert request.headers[SIGNATURE_HEADER] == sign("simulated-app-secret", body)
        self.posts += 1
        self.reached.set()
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        await asyncio.sleep(self._pause_s)
        self.at_once -= 1
        if self._statuses:
            return web.Response(status=self._statuses.pop(0))
        for entry in json.loads(body)["entry"]:
            for change in entry["changes"]:
                for message in change["value"].get("messages", []):
                    self.took.setdefault(message["id"], message["text"]["body"])
        return web.Response()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/webhooks/whatsapp", self.get)
        app.router.add_post("/webhooks/whatsapp", self.post)
        async with TestServer(app) as server:
            yield str(server.make_url("/webhooks/whatsapp"))


@asynccontextmanager
async def connected(
    simulator: WhatsAppSimulator, bot: TinyBot, *, ordered: bool = True
) -> AsyncIterator[WhatsAppNetwork]:
    async with bot.serving() as url:
        network = WhatsAppNetwork(simulator, url, ordered=ordered)
        await network.start()
        try:
            yield network
        finally:
            await network.stop()


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_message_refused_with_503_comes_again_and_is_taken() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot(503)

    async with connected(simulator, bot) as network:
        simulator.client_says(ANNA, "Хочу отменить", now())
        await network.settled()

    assert list(bot.took.values()) == ["Хочу отменить"]
    assert bot.posts == 2
    assert simulator.ledger().refused_posts == 1


async def test_duplicates_in_a_batch_arrive_and_are_acknowledged_in_time() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot()
    simulator.quirk("batch", 1)
    simulator.quirk("duplicate", 1)

    async with connected(simulator, bot) as network:
        for text in ("раз", "два", "три"):
            simulator.client_says(ANNA, text, now())
        await network.settled()

    assert list(bot.took.values()) == ["раз", "два", "три"]
    assert bot.posts >= 2
    assert 0 < simulator.ledger().ack_median_s <= simulator.ledger().ack_max_s < 1


async def test_one_clients_messages_go_one_by_one_unless_order_is_given_up() -> None:
    polite, rude = TinyBot(pause_s=0.02), TinyBot(pause_s=0.02)

    for bot, ordered in ((polite, True), (rude, False)):
        simulator = WhatsAppSimulator()
        async with connected(simulator, bot, ordered=ordered) as network:
            for i in range(5):
                simulator.client_says(ANNA, str(i), now())
            await network.settled()

    assert list(polite.took.values()) == ["0", "1", "2", "3", "4"]
    assert polite.at_once_max == 1
    assert rude.at_once_max == 5


async def test_what_was_said_while_the_bot_was_away_waits_for_its_address() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot()
    network = WhatsAppNetwork(simulator)
    await network.start()
    simulator.client_says(ANNA, "Хочу", now())

    async with bot.serving() as url:
        network.webhook_url = url
        await network.settled()
        await network.stop()

    assert list(bot.took.values()) == ["Хочу"]


async def test_a_stopped_network_gives_back_what_it_held() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot(pause_s=30)

    async with bot.serving() as url:
        network = WhatsAppNetwork(simulator, url)
        await network.start()
        for text in ("раз", "два"):
            simulator.client_says(ANNA, text, now())
        await bot.reached.wait()
        await network.stop()

        assert [post.attempt for post in simulator.due(now())] == [1, 1]


async def test_the_webhook_is_verified_as_meta_does() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot()

    async with connected(simulator, bot) as network:
        assert await network.verify()


async def test_a_program_in_any_language_drives_a_whole_chat() -> None:
    simulator, bot = WhatsAppSimulator(), TinyBot()

    async with (
        connected(simulator, bot),
        TestClient(TestServer(application(simulator))) as http,
    ):
        said = await (await http.post("/_sim/say", json={"phone": ANNA, "text": "Хочу"})).json()
        action = {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Да, отменить"}}]}
        message = {
            "messaging_product": "whatsapp",
            "to": ANNA,
            "type": "interactive",
            "interactive": {"type": "button", "body": {"text": "Отменить?"}, "action": action},
        }
        sent = await http.post(
            "/v26.0/106540352242922/messages", json=message, headers={"Authorization": "Bearer t"}
        )
        tapped = await http.post("/_sim/tap", json={"phone": ANNA, "label": "Да"})
        screen = await (await http.get("/_sim/phone/79000000001")).json()
        ledger = await (await http.get("/_sim/ledger")).json()

    assert sent.status == tapped.status == 200
    assert [(b["direction"], b["text"]) for b in screen["bubbles"]] == [
        ("in", "Хочу"),
        ("out", "Отменить?"),
        ("in", "Да, отменить"),
    ]
    assert screen["bubbles"][0]["wamid"] == said["wamid"]
    assert screen["bubbles"][1]["options"] == [{"id": "yes", "title": "Да, отменить", "description": ""}]
    assert ledger["sends"] == {"79000000001": 1}


async def test_control_requests_are_told_what_is_wrong_with_them() -> None:
    simulator = WhatsAppSimulator()

    async with TestClient(TestServer(application(simulator))) as http:
        answers = [
            await http.post("/_sim/say", json={"phone": ANNA}),
            await http.post("/_sim/say", json={"phone": ANNA, "text": "а", "said_at": "2026-11-23T10:00"}),
            await http.post("/_sim/say", data=b"{"),
            await http.post("/_sim/tap", json={"phone": ANNA, "option": "yes"}),
            await http.post("/_sim/send", json={"phone": ANNA, "kind": "smell"}),
            await http.post("/_sim/quirks", json={"name": "rain"}),
            await http.get("/_sim/nothing"),
        ]
        problems = [(await answer.json())["error"] for answer in answers]

    assert [answer.status for answer in answers] == [400, 400, 400, 400, 400, 400, 404]
    assert problems[0] == "text is missing"
    assert "said_at needs an offset" in problems[1]


async def test_quirks_are_switched_over_http() -> None:
    simulator = WhatsAppSimulator()

    async with TestClient(TestServer(application(simulator))) as http:
        on = await (await http.post("/_sim/quirks", json={"name": "duplicate × 2"})).json()
        forever = await (await http.post("/_sim/quirks", json={"name": "batch"})).json()
        off = await (await http.delete("/_sim/quirks")).json()

    assert on["on"] == {"duplicate": 2}
    assert forever["on"] == {"duplicate": 2, "batch": None}
    assert off["on"] == {}


async def test_every_control_kind_can_be_sent_over_http() -> None:
    simulator = WhatsAppSimulator()
    wamid = simulator.client_says(ANNA, "Хочу", now())
    simulator.salon_types(ANNA, "Это Ольга", now())
    deeds: list[Json] = [
        {"kind": "voice"},
        {"kind": "image", "caption": "отмените"},
        {"kind": "reaction", "emoji": "👍"},
        {"kind": "edit", "wamid": wamid, "text": "Хочу!"},
        {"kind": "revoke", "wamid": wamid},
        {"kind": "user_id_change"},
        {"kind": "identity_change"},
        {"kind": "preference", "value": "stop"},
        {"kind": "user_actions"},
        {"kind": "echo", "text": "и ещё"},
        {"kind": "errors"},
        {"kind": "number_change", "new_phone": "+79000000002"},
    ]

    async with TestClient(TestServer(application(simulator))) as http:
        statuses = [(await http.post("/_sim/send", json={"phone": ANNA} | deed)).status for deed in deeds]

    assert statuses == [200] * len(deeds)
