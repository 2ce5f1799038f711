"""A late cancel is decided by whoever has the link: by a press, once, and the client is told."""

import asyncio

import aiohttp
import pytest

from tests.acceptance.test_notices import Receiver, until
from tests.acceptance.world import World


async def asks(world: World, webhook: Receiver, port: int) -> str:
    """Anna asks to cancel within the salon's notice; return the link that the administrator got."""
    await world.starts(
        LATE_HOURS="48",
        LATE_POLICY="request",
        PUBLIC_URL=world.url,
        OFFER="",
        NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/",
    )
    world.says("Хочу отменить запись")
    await world.hears("отменить запись: Маникюр")
    world.says("да")
    await world.hears()
    await until(world, lambda: webhook.events)
    (event,) = webhook.events
    assert event["event"] == "late"
    link = str(event["decide"])
    assert link.startswith(f"{world.url}/late/")
    assert link in event["text"]
    return link


async def get(link: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(link) as response:
        return response.status, await response.text()


async def press(link: str, decision: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(link, data={"decision": decision}) as response,
    ):
        return response.status, await response.text()


async def test_granted_it_is_cancelled_and_everybody_is_told(world: World) -> None:
    record = world.record("Маникюр", days=1)
    webhook = Receiver()
    async with webhook.listening() as port:
        link = await asks(world, webhook, port)

        # A scanner that opens the link decides nothing.
        assert (await get(link))[0] == 200
        await world.hears_nothing(for_s=0.3)
        assert world.attendance(record) == 0
        status, page = await press(link, "grant")
        await world.hears("Маникюр")

        assert (status, "Отмена разрешена" in page) == (200, True)
        assert world.attendance(record) == -1
        await until(world, lambda: len(webhook.events) > 1)
        assert webhook.events[1]["event"] == "late"
        assert webhook.events[1]["decide"] is None
        assert "Отмена подтверждена журналом" in (await get(link))[1]
        assert (await press(link, "deny"))[0] == 409
        await world.hears_nothing(for_s=0.3)
    assert link.rpartition("/")[2] not in world.log()
    stored = b"".join(path.read_bytes() for path in world.folder.glob("otmena.db*"))
    assert link.rpartition("/")[2].encode() not in stored


async def test_denied_the_record_stands_also_over_a_crash(world: World) -> None:
    record = world.record("Маникюр", days=1)
    webhook = Receiver()
    async with webhook.listening() as port:
        link = await asks(world, webhook, port)
        world.dies()
        await world.starts()

        assert (await press(link, "deny"))[0] == 200
        # What was being said when it died may be said again, so only this is counted.
        await until(world, lambda: kept(world))
        assert (await press(link, "deny"))[0] == 200
        await asyncio.sleep(0.3)

        assert kept(world) == 1
        assert world.attendance(record) == 0


async def test_withdrawn_it_stands_and_the_link_decides_nothing_any_more(world: World) -> None:
    record = world.record("Маникюр", days=1)
    webhook = Receiver()
    async with webhook.listening() as port:
        link = await asks(world, webhook, port)
        world.says("передумала, приду")
        await world.hears("просьбу об отмене забираю")
        await until(world, lambda: len(webhook.events) > 1)

        status, page = await press(link, "grant")

        assert (status, "Клиент передумал" in page) == (410, True)
        event = webhook.events[1]
        assert (event["event"], event["why"], event["decide"]) == ("late", "withdrawn", None)
        await world.hears_nothing(for_s=0.3)
        assert world.attendance(record) == 0


async def test_where_nobody_can_be_told_nothing_is_passed_on(world: World) -> None:
    world.record("Маникюр", days=1)
    await world.starts(LATE_HOURS="48", LATE_POLICY="request")
    world.says("Хочу отменить запись")

    await world.hears("позвоните, пожалуйста, в салон")

    assert "late_requests.nobody_is_told" in world.log()


@pytest.mark.parametrize("policy", ["request", "refuse"])
async def test_a_policy_for_cancels_that_are_never_late_and_a_mistyped_name_are_warned_of(
    world: World, policy: str
) -> None:
    await world.starts(LATE_POLICY=policy, LATE_HOUR="24")

    await until(world, lambda: "late_policy.without_effect" in world.log())
    (told,) = [line for line in world.log().splitlines() if "setting.unknown" in line]
    assert "OTMENA_LATE_HOURS" in told


async def test_the_salons_own_title_of_a_reason_stands_in_the_notice_and_on_the_page(world: World) -> None:
    world.record("Маникюр", days=1)
    webhook = Receiver()
    async with webhook.listening() as port:
        await world.starts(
            LATE_HOURS="48",
            LATE_POLICY="request",
            REASONS="illness=Болею,other",
            PUBLIC_URL=world.url,
            NOTIFY_ADMIN=f"event+http://127.0.0.1:{port}/",
        )
        world.says("отмените запись, я заболела")
        await world.hears()
        world.says("да")
        await until(world, lambda: webhook.events)

        (event,) = webhook.events
        assert "Причина: Болею" in event["text"]
        assert "<dt>Причина</dt><dd>Болею</dd>" in (await get(str(event["decide"])))[1]


def kept(world: World) -> int:
    """Return how often Anna was told that the record stays."""
    return sum("остаётся" in bubble.text for bubble in world.said())
