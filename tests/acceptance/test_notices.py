"""The master and the administrator are told: by HTTP, by mail and over the salon's own number, all real."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.acceptance.world import ANNA, World, _free_port, _served

MASTER_PHONE = "+79000000009"


class Receiver:
    """A webhook that takes events, and turns away what a test wants it to."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.refusals: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        if self.refusals:
            return web.Response(status=self.refusals.pop(0), headers={"Retry-After": "1"})
        self.events.append(json.loads(await request.read()))
        return web.Response(status=204)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        async with AsyncExitStack() as stack:
            app = web.Application()
            app.add_routes([web.post("/{path:.*}", self.take)])
            yield await _served(stack, app)


class Post:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, int]]:
    receiver = Receiver()
    async with receiver.listening() as port:
        yield receiver, port


async def until(world: World, holds: Callable[[], object], within_s: float = 15) -> None:
    try:
        async with asyncio.timeout(within_s):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(world.log()[-3000:]) from None


async def cancels(world: World) -> None:
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.hears("Запись отменена")


async def test_an_event_holds_every_field_of_the_contract(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    record = world.record("Маникюр <b>*гель*</b>")
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/otmena?token=very-secret-1")

    await cancels(world)

    await until(world, lambda: webhook.events)
    (event,) = webhook.events
    assert {"event", "salon", "record", "service", "start", "master", "reason", "freed"} <= event.keys()
    assert (event["event"], event["salon"], event["record"]) == ("cancelled", 962302, record)
    assert event["master"] == "Ольга"
    assert event["start"].endswith("T15:00:00+03:00")
    # Programs get what stands in the journal; what people read has no markup in it.
    assert event["service"] == "Маникюр <b>*гель*</b>"
    assert "<b>" not in event["text"]
    assert webhook.keys == [event["id"]]
    assert "very-secret-1" not in world.log()


@pytest.mark.parametrize(("late_hours", "told"), [("0", "cancelled"), ("168", "late")])
async def test_the_reason_that_came_with_the_wish_is_in_the_first_notice_of_both(
    world: World, receiver: tuple[Receiver, int], late_hours: str, told: str
) -> None:
    webhook, port = receiver
    world.record("Маникюр", master="Ольга")
    staff = next(iter(world.yclients.salon.masters))
    await world.starts(
        LATE_HOURS=late_hours,
        LATE_POLICY="allow",
        NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/admin",
        NOTIFY_MASTERS=json.dumps({str(staff): f"event+http://127.0.0.1:{port}/master"}),
    )

    world.says("Отмените, пожалуйста, запись, заболела")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.hears("Запись отменена")

    await until(world, lambda: len(webhook.events) == 2)
    await asyncio.sleep(0.2)
    assert {(event["to"], event["event"], event["reason"]) for event in webhook.events} == {
        ("admin", told, "illness"),
        ("master", told, "illness"),
    }
    assert [event["text"].count("Причина: болезнь") for event in webhook.events] == [1, 1]


async def test_the_reason_of_several_reaches_both_for_each(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    records = {world.record("Маникюр", master="Ольга"), world.record("Педикюр", master="Ольга", days=3)}
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/admin")

    world.says("Отмените обе записи, заболела")
    await world.hears("Отменить записи")
    world.taps("Да, отменить")
    await world.hears("Записи отменены")

    def with_their_reason() -> set[int]:
        return {event["record"] for event in webhook.events if event["reason"] == "illness"}

    await until(world, lambda: with_their_reason() == records)


async def test_what_is_turned_away_comes_again_with_the_same_key(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    webhook.refusals = [503, 429]
    world.record()
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/")

    await cancels(world)

    await until(world, lambda: webhook.events)
    assert len(webhook.keys) == 3
    assert len(set(webhook.keys)) == 1


async def test_what_follows_waits_for_what_was_turned_away_also_over_a_crash(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    webhook.refusals = [503, 503]
    world.record()
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/")

    await cancels(world)
    world.taps("Вернуть запись")
    await world.hears("запись снова в силе")
    await until(world, lambda: webhook.keys)
    world.dies()
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/")

    await until(world, lambda: len(webhook.events) == 2)
    assert [event["event"] for event in webhook.events] == ["cancelled", "restored"]


async def test_a_notice_outlives_a_crash_and_keeps_its_key(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    webhook.refusals = [500]
    world.record()
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/")

    await cancels(world)
    await until(world, lambda: webhook.keys)
    world.dies()
    await world.starts()

    await until(world, lambda: webhook.events)
    world.dies()
    await world.starts()
    await world.hears_nothing(for_s=0.5)
    # Once more only where the kill came between the answer and its note; a receiver knows it by its key.
    assert len(webhook.events) <= 2
    assert len({event["id"] for event in webhook.events}) == len(set(webhook.keys)) == 1


async def test_a_notice_that_is_refused_for_good_is_reported_to_the_others(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    world.record("Маникюр", master="Ольга")
    staff = next(iter(world.yclients.salon.masters))
    gone = Receiver()
    async with AsyncExitStack() as stack:
        gone_port = await stack.enter_async_context(gone.listening())
        gone.refusals = [410] * 9
        await world.starts(
            NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/",
            NOTIFY_MASTERS=json.dumps({str(staff): f"event+http://127.0.0.1:{gone_port}/secret-path"}),
        )

        await cancels(world)

        await until(world, lambda: len(webhook.events) >= 2)
    told = {event["event"]: event for event in webhook.events}
    assert set(told) == {"cancelled", "dead"}
    assert "HTTP 410" in told["dead"]["text"]
    assert "Маникюр" in told["dead"]["text"]
    assert len(gone.keys) == 1
    await world.until("notice.undelivered")
    assert "secret-path" not in world.log()


async def test_whoever_is_no_longer_in_the_settings_is_told_nothing_and_nobody_else_instead(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    # Nobody listens there.
    world.record()
    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{_free_port()}/")
    await cancels(world)
    await world.until("notice.later")
    await world.stops()

    await world.starts(NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/")

    await until(world, lambda: webhook.events)
    # That it did not arrive is reported; the notice itself goes to nobody whom it was not meant for.
    assert [event["event"] for event in webhook.events] == ["dead"]
    await world.until("notice.undelivered")


async def test_mail_and_a_webhook_of_apprise_bring_plain_words(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    post = Post()
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=_free_port(),
        authenticator=lambda *_: AuthResult(success=True),
        auth_require_tls=False,
    )
    controller.start()
    try:
        world.record("Стрижка <script>alert(1)</script>", name="[Анна](http://evil.example) @everyone")
        mail = (
            f"mailto://user:mail-password@127.0.0.1:{controller.port}"
            "?from=otmena@salon.example&to=owner@salon.example&mode=insecure&smtp=127.0.0.1"
        )
        await world.starts(NOTIFY_ADMIN=f"{mail} json://127.0.0.1:{port}/apprise")

        world.says("Хочу отменить запись")
        await world.hears("Отменить запись")
        world.taps("Да, отменить")
        await world.hears("Запись отменена")

        await until(world, lambda: webhook.events and post.mails)
    finally:
        controller.stop()
    (mail_received,) = post.mails
    body = mail_received.get_body(preferencelist=("html", "plain"))
    assert body is not None
    content = body.get_content()
    assert str(mail_received["subject"]).startswith("Отмена: Стрижка")
    assert "<script" not in content
    assert "http://evil" not in content
    assert (webhook.events[0]["type"], webhook.events[0]["title"][:7]) == ("info", "Отмена:")
    assert "@everyone" not in webhook.events[0]["message"]
    assert "mail-password" not in world.log()


async def test_no_secret_of_an_address_is_stored(world: World, receiver: tuple[Receiver, int]) -> None:
    webhook, port = receiver
    world.record()
    await world.starts(NOTIFY_ADMIN=f"event+http://user:pass-word-1@127.0.0.1:{port}/hidden-path-1")

    await cancels(world)
    await until(world, lambda: webhook.events)
    await world.stops()

    stored = b"".join(path.read_bytes() for path in world.folder.glob("otmena.db*"))
    assert b"hidden-path-1" not in stored
    assert b"pass-word-1" not in stored
    assert str(port).encode() not in stored


async def test_the_salons_own_number_tells_a_master_who_wrote_today(world: World) -> None:
    world.record("Маникюр", master="Ольга")
    staff = next(iter(world.yclients.salon.masters))
    await world.starts(NOTIFY_MASTERS=json.dumps({str(staff): [f"salon-whatsapp://{MASTER_PHONE}"]}))
    world.says("здравствуйте", phone=MASTER_PHONE)
    await world.hears(phone=MASTER_PHONE)

    await cancels(world)

    told = await world.hears("Отмена: Маникюр", phone=MASTER_PHONE)
    assert ANNA not in told.text
    assert MASTER_PHONE.lstrip("+") not in world.log()


async def test_stop_ends_what_is_said_to_a_client_and_no_notice_of_the_salons_own(world: World) -> None:
    world.record("Маникюр", master="Ольга")
    staff = next(iter(world.yclients.salon.masters))
    await world.starts(NOTIFY_MASTERS=json.dumps({str(staff): f"salon-whatsapp://{MASTER_PHONE}"}))
    world.says("стоп", phone=MASTER_PHONE)
    await until(world, lambda: "StopWanted" in world.log())

    await cancels(world)

    await world.hears("Отмена: Маникюр", phone=MASTER_PHONE)


async def test_without_a_template_a_closed_window_is_reported(
    world: World, receiver: tuple[Receiver, int]
) -> None:
    webhook, port = receiver
    world.record("Маникюр", master="Ольга")
    staff = next(iter(world.yclients.salon.masters))
    await world.starts(
        NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/",
        NOTIFY_MASTERS=json.dumps({str(staff): f"salon-whatsapp://{MASTER_PHONE}"}),
    )

    await cancels(world)

    await until(world, lambda: len(webhook.events) == 2)
    dead = next(event for event in webhook.events if event["event"] == "dead")
    assert "салону не писали 24 часа" in dead["text"]
    await world.hears_nothing(phone=MASTER_PHONE, for_s=0.2)
