"""Duplicates, batches, rubbish, crashes: what was acknowledged is answered once."""

import asyncio
import gzip
import hashlib
import hmac
import json
from datetime import UTC, datetime

import aiohttp

from tests.acceptance.world import World


async def post(
    world: World, body: bytes, signature: str | None = "right", *, encoding: str | None = None
) -> int:
    headers = {"Content-Type": "application/json"}
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    if signature == "right":
        signature = "sha256=" + hmac.new(b"app-secret-1", body, hashlib.sha256).hexdigest()
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.url}/webhooks/whatsapp", data=body, headers=headers) as response,
    ):
        return response.status


async def test_the_address_is_verified_by_its_token_alone(world: World) -> None:
    await world.starts()

    assert await world.network.verify()
    query = {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1158201444"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{world.url}/webhooks/whatsapp", params=query) as response,
    ):
        assert response.status == 403


async def test_what_is_not_signed_is_refused_and_whatever_is_signed_is_taken(world: World) -> None:
    await world.starts()
    empty = b'{"object":"whatsapp_business_account","entry":[]}'

    assert await post(world, empty, signature=None) == 401
    assert await post(world, empty, signature="sha256=" + "0" * 64) == 401
    assert await post(world, empty) == 200
    for rubbish in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"entry":[{"changes":[{"value":{"messages":[7,{}]}}]}]}',
        b"\xff\xfe",
    ):
        assert await post(world, rubbish) == 200
    assert await post(world, b'"' + b"a" * (5 * 1024**2) + b'"') == 413


async def test_what_is_posted_is_taken_as_it_came_and_nobody_makes_us_inflate_it(world: World) -> None:
    await world.starts()
    bomb = gzip.compress(bytes(64 * 1024**2))

    for encoding in ("gzip", "deflate", "br", "zstd"):
        assert await post(world, bomb, signature=None, encoding=encoding) == 401
        assert await post(world, b"{}", signature=None, encoding=encoding) == 401
        assert await post(world, b"{}", encoding=encoding) == 200
    # Inflated, it would be too large.
    assert await post(world, bomb, encoding="gzip") == 200
    assert "Traceback" not in world.log()


async def test_while_whatsapp_answers_nobody_the_last_copy_waits_over_a_death_too(world: World) -> None:
    world.record()
    await world.starts()
    world.says("здравствуйте")
    await world.hears("Здравствуйте")
    world.whatsapp.quirk("outage")
    world.says("Хочу отменить запись")
    await world.until("delivery.doubt")
    world.dies()
    await world.starts()
    await world.until("the channel does not answer", within_s=50)

    world.whatsapp.clear_quirks()
    await world.hears("Отменить запись", within_s=45)
    assert len(world.said()) == 2


async def test_a_bad_item_hurts_no_neighbour_and_a_repeat_is_taken_once(world: World) -> None:
    world.record()
    await world.starts()
    message = {
        "from": "79000000001",
        "id": "wamid.A",
        "timestamp": "{now}",
        "type": "text",
        "text": {"body": "Хочу отменить запись"},
    }
    message["timestamp"] = str(int(datetime.now(UTC).timestamp()))
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "79000000000", "phone_number_id": "106540352242922"},
        "messages": [{"type": "text", "text": 7, "id": 5}, None, message],
        "statuses": [{"id": 7}],
    }
    body = json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
        }
    )

    for _ in range(3):
        assert await post(world, body.encode()) == 200
    assert await post(world, json.dumps(json.loads(body), ensure_ascii=False).encode()) == 200
    await world.hears("Отменить запись")
    await world.hears_nothing(for_s=0.5)


async def test_duplicates_batches_and_escaped_bytes_change_nothing(world: World) -> None:
    world.record()
    for quirk in ("duplicate", "batch", "escaped", "chaos"):
        world.whatsapp.quirk(quirk)
    await world.starts()

    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.hears("Запись отменена")
    await world.hears_nothing(for_s=1)

    assert world.puts() == 1


async def test_a_crash_between_acknowledgement_and_answer_loses_nothing(world: World) -> None:
    world.record()
    world.yclients.quirk("slow", on="search", times=1)
    await world.starts()
    world.says("Хочу отменить запись")
    await world.until("turn.taken")

    world.dies()
    await world.starts()

    await world.hears("Отменить запись")
    await world.hears_nothing(for_s=0.5)


async def test_a_crash_in_the_middle_of_the_write_is_told_by_the_journal(world: World) -> None:
    record = world.record()
    world.yclients.quirk("timeout-but-done", on="cancel", times=1)
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    while not world.puts():
        await asyncio.sleep(0.01)

    world.dies()
    await world.starts()

    await world.hears("отменена")
    await world.hears_nothing(for_s=0.5)
    assert world.attendance(record) == -1
    assert world.puts() == 1


async def test_a_yes_to_a_question_whose_send_was_cut_is_not_met_with_silence(world: World) -> None:
    """The rounds of kill -9 found it: the status came after the «да», so the question was taken to follow."""
    record = world.record()
    await world.starts()
    # A number that shows statuses, so that the cut send is held for one.
    world.says("Здравствуйте")
    await world.hears("Здравствуйте")
    await world.network.settled()
    world.whatsapp.quirk("accept-then-timeout", times=1)
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")
    world.whatsapp.hold()

    world.dies()
    await world.starts()
    world.says("да")
    await asyncio.sleep(1.2)
    world.whatsapp.release(datetime.now(UTC))

    await world.hears("до моего вопроса", "Отменить запись")
    assert world.attendance(record) == 0
    world.says("да")
    await world.hears("Запись отменена")


async def test_a_crash_while_the_number_refuses_sends_leaves_the_answer_to_the_next_process(
    world: World,
) -> None:
    world.record()
    world.whatsapp.quirk("131016")
    await world.starts()
    world.says("Хочу отменить запись")
    await world.until("delivery.later")

    world.dies()
    world.whatsapp.clear_quirks()
    await world.starts()

    await world.hears("Отменить запись")
    world.says("да")
    await world.hears("Запись отменена")


async def test_sigterm_drains_and_exits_cleanly(world: World) -> None:
    world.record()
    await world.starts()
    world.says("Хочу отменить запись")
    await world.hears("Отменить запись")

    assert await world.stops() == 0
    await world.starts()
    world.says("да")
    await world.hears("Запись отменена")


async def test_a_second_server_on_the_same_database_refuses_to_start(world: World) -> None:
    await world.starts()
    environment = world.environment | {"OTMENA_PORT": "0"}

    import subprocess
    import sys

    second = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", "import main; main.run()", "serve"],
        env=environment,
        capture_output=True,
        timeout=20,
    )

    assert second.returncode == 1
    assert b"held by process" in second.stderr
    assert b"Traceback" not in second.stderr


async def test_no_limit_of_whatsapp_is_broken_by_long_names(world: World) -> None:
    for day in range(1, 14):
        world.record(
            "Наращивание ресниц «Голливуд» с архитектурой бровей " * 2,
            days=day,
            master="Александра-Виктория Константинопольская",
        )
    await world.starts()

    world.says("Хочу отменить запись")
    await world.hears("позже есть ещё 4")

    assert not world.whatsapp.ledger().refusals
