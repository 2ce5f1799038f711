"""Apprise on loopback: Telegram's own request, plain words, and a loop that never waits for a channel."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.notify.channels import Channels, takes
from engine.ports import InDoubt, Rejected, Unavailable

TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz-abcdefghi"
TEXT = "Отмена: Маникюр ‹b›\nКлиент: Анна & Ко\nПричина: болезнь"


class Telegram:
    """What the Bot API's sendMessage takes."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self.takes_s = 0.0
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        await asyncio.sleep(self.takes_s)
        self.messages.append(json.loads(await request.read()))
        return web.json_response({"ok": self.status == 200, "result": {}}, status=self.status)


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telegram]:
    from apprise.plugins.telegram import NotifyTelegram

    telegram = Telegram()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", telegram.answer)])
    async with TestServer(app) as server:
        # Its host is a constant of Apprise's; everything else is what it sends to the real one.
        monkeypatch.setattr(NotifyTelegram, "notify_url", str(server.make_url("/bot")))
        yield telegram


@pytest.mark.parametrize("how", ["", "?format=markdown", "?format=html", "?format=text"])
async def test_telegram_gets_whole_words_in_every_format(telegram: Telegram, how: str) -> None:
    channels = Channels()

    await channels.tell(f"tgram://{TOKEN}/12315544/{how}", TEXT)
    channels.close()

    assert telegram.paths == [f"/bot{TOKEN}/sendMessage"]
    (message,) = telegram.messages
    for part in ("Отмена: Маникюр ‹b›", "Клиент: Анна", "Причина: болезнь"):
        assert part in message["text"]
    assert "<b>Маникюр" not in message["text"]


async def test_the_loop_goes_on_while_a_channel_takes_its_time(telegram: Telegram) -> None:
    telegram.takes_s = 0.3
    channels = Channels()
    ticks = 0

    telling = asyncio.create_task(channels.tell(f"tgram://{TOKEN}/12315544/", TEXT))
    while not telling.done():
        await asyncio.sleep(0.01)
        ticks += 1
    await telling
    channels.close()

    assert ticks > 10


async def test_a_channel_without_an_answer_is_in_doubt(telegram: Telegram) -> None:
    telegram.takes_s = 0.5
    channels = Channels(timeout_s=0.05)

    with pytest.raises(InDoubt):
        await channels.tell(f"tgram://{TOKEN}/12315544/", TEXT)
    channels.close()


async def test_a_refusal_is_tried_again_and_no_log_has_the_token(
    telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.status = 401
    caplog.set_level(logging.DEBUG)
    channels = Channels()

    with pytest.raises(Unavailable) as refused:
        await channels.tell(f"tgram://{TOKEN}/12315544/", TEXT)
    channels.close()

    # The test's own server logs its requests too.
    ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    assert TOKEN not in "".join(ours)
    assert TOKEN not in str(refused.value)


async def test_an_address_that_apprise_makes_nothing_of_is_final() -> None:
    channels = Channels()

    with pytest.raises(Rejected) as refused:
        await channels.tell("nonsense://x", TEXT)
    channels.close()
    assert refused.value.not_told == "no_channel"
    assert not takes("nonsense://x")
    assert takes(f"tgram://{TOKEN}/12315544/")


async def test_one_line_is_the_whole_message(telegram: Telegram) -> None:
    channels = Channels()

    await channels.tell(f"tgram://{TOKEN}/12315544/", "Одно")
    channels.close()

    assert telegram.messages[0]["text"].strip() == "Одно"
