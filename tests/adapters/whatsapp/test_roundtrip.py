"""Messenger and webhook against the simulated Cloud API: what it takes, and what it tells, is understood."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from adapters.simulated import SimulatedTransport, application
from adapters.transport import HttpTransport, new_session
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.whatsapp.pacing import Pacing
from adapters.whatsapp.simulator import KINDS, WhatsAppSimulator
from adapters.whatsapp.webhook import Delivered, parse, signed
from engine.events import Tap
from engine.ports import Address, Bubble, Button, InDoubt, Paced, Rejected, Unavailable

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECRET = "app-secret-1"
ACCOUNT = "106540352242922"
PHONE = "+79000000001"
ANNA = Address(channel="whatsapp", account=ACCOUNT, phone=PHONE, user=None)
YES = Tap(kind="yes", question=7, record_id=1211181532).encode()
QUESTION = Bubble(text="Отменить «Маникюр»?", options=(Button(id=YES, title="Да, отменить"),))


class World:
    """One simulator, one messenger, one clock."""

    def __init__(self, **how: Any) -> None:
        self.at = NOW
        self.simulator = WhatsAppSimulator(app_secret=SECRET, access_token="token", **how)
        transport = SimulatedTransport(self.simulator, self.now, "/v26.0")
        self.messenger = WhatsAppMessenger(transport, SecretStr("token"), self, pacing=Pacing())

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()

    def hears(self) -> Delivered:
        """Take all that is due, as the route would."""
        found: list[Delivered] = []
        for post in self.simulator.due(self.at):
            right = signed(post.body, post.headers.get("X-Hub-Signature-256"), [SECRET])
            self.simulator.posted(post.id, 200 if right else 401, 0.01, self.at)
            if right:
                found.append(parse(post.body, lambda text: text == "стоп" or None, self.at))
        return Delivered(
            tuple(arrival for each in found for arrival in each.arrivals),
            tuple(status for each in found for status in each.statuses),
            tuple(relinked for each in found for relinked in each.relinked),
            tuple(problem for each in found for problem in each.problems),
        )


@pytest.fixture
def world() -> World:
    return World()


async def test_a_question_is_shown_tapped_and_heard(world: World) -> None:
    wamid = await world.messenger.send(ANNA, QUESTION, key="ob:1")
    [shown] = world.simulator.phone(PHONE)
    assert (shown.wamid, shown.text, shown.kind) == (wamid, "Отменить «Маникюр»?", "buttons")

    world.simulator.client_taps(PHONE, "Да", world.at)
    [arrival] = world.hears().arrivals

    assert arrival.heard is not None
    assert (arrival.heard.kind, arrival.heard.option, arrival.heard.said_at) == ("tap", YES, NOW)
    assert arrival.tapped_question == 7
    assert [identity.kind for identity in arrival.identities] == ["user", "phone"]


async def test_a_list_is_shown_tapped_and_heard(world: World) -> None:
    options = tuple(
        Button(id=f"pick:8:{n}", title=f"{n} декабря 15:00", more="Маникюр") for n in range(1, 11)
    )
    await world.messenger.send(ANNA, Bubble(text="Какую?", options=options, list_label="Выбрать"), key="ob:2")
    world.simulator.client_taps(PHONE, "10 декабря", world.at)
    [arrival] = world.hears().arrivals

    assert arrival.heard is not None
    assert arrival.heard.option == "pick:8:10"


async def test_statuses_name_our_key(world: World) -> None:
    wamid = await world.messenger.send(ANNA, QUESTION, key="ob:1")
    world.at += timedelta(seconds=5)
    statuses = world.hears().statuses

    assert [status.status for status in statuses] == ["sent", "delivered", "read"]
    assert {(status.message_id, status.key, status.account) for status in statuses} == {
        (wamid, "ob:1", ACCOUNT)
    }


async def test_reading_and_typing_are_seen(world: World) -> None:
    wamid = world.simulator.client_says(PHONE, "Здравствуйте", world.at)

    await world.messenger.noticed(ANNA, wamid, typing=True)

    assert world.simulator.typing(PHONE, world.at)
    assert world.simulator.phone(PHONE)[0].status == "read"


async def test_a_client_without_a_phone_is_answered_by_user_id(world: World) -> None:
    world.simulator.introduce(PHONE, mode="username")
    world.simulator.client_says(PHONE, "Здравствуйте", world.at)
    [arrival] = world.hears().arrivals
    [identity] = arrival.identities
    assert identity.kind == "user"

    nameless = Address(channel="whatsapp", account=ACCOUNT, phone=None, user=identity.value)
    await world.messenger.send(nameless, Bubble(text="Здравствуйте!"), key="ob:1")

    assert world.simulator.phone(PHONE)[-1].text == "Здравствуйте!"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quirk", [None, "chaos", "escaped"])
def test_every_kind_is_heard_whatever_surrounds_it(world: World, kind: Any, quirk: str | None) -> None:
    if quirk:
        world.simulator.quirk(quirk)
    wamid = world.simulator.client_sends(PHONE, kind, world.at, caption="отмените")
    arrivals = world.hears().arrivals

    [heard] = [arrival.heard for arrival in arrivals if arrival.message_id == wamid]
    assert heard is not None
    assert sum(arrival.heard is not None for arrival in arrivals) == 1


def test_a_batch_loses_nothing(world: World) -> None:
    world.simulator.hold()
    wamids = [world.simulator.client_says(f"+7900000{n:04}", f"слова {n}", world.at) for n in range(60)]
    world.simulator.release(world.at, entries=3, changes=4, statuses_first=True, backwards=True)

    assert sorted(arrival.message_id for arrival in world.hears().arrivals) == sorted(wamids)


@pytest.mark.parametrize("quirk", ["wrong-signature", "missing-signature", "upper-signature"])
def test_a_forged_delivery_is_turned_away(world: World, quirk: str) -> None:
    world.simulator.quirk(quirk)
    world.simulator.client_says(PHONE, "отмените", world.at)

    assert world.hears() == Delivered()
    assert world.simulator.ledger().forgeries_taken == 0


def test_changed_numbers_ids_edits_and_echoes_are_no_words(world: World) -> None:
    said = world.simulator.client_says(PHONE, "стоп", world.at)
    world.simulator.client_edits(PHONE, said, "отмените", world.at)
    world.simulator.client_revokes(PHONE, said, world.at)
    world.simulator.client_changes_identity(PHONE, world.at)
    world.simulator.client_changes_user_id(PHONE, world.at)
    world.simulator.client_changes_number(PHONE, "+79000000002", world.at)
    world.simulator.salon_types("+79000000002", "Ждём вас!", world.at)
    world.simulator.client_prefers("+79000000002", "stop", world.at)
    world.simulator.client_acts("+79000000002", world.at)
    found = world.hears()

    heard = [arrival for arrival in found.arrivals if arrival.heard]
    assert [(arrival.message_id, arrival.opt_out) for arrival in heard] == [(said, True)]
    assert len(found.arrivals) == 7
    old = [(changed.old.kind, changed.new[-1].kind) for changed in found.relinked]
    assert old == [("user", "user"), ("user", "phone"), ("phone", "phone")]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("quirk", "error", "shown"),
    [
        ("refuse-503", InDoubt, 0),
        ("accept-but-500", InDoubt, 1),
        ("accept-then-drop", InDoubt, 1),
        ("drop", InDoubt, 0),
        ("131000", InDoubt, 0),
        ("131000-but-sent", InDoubt, 1),
        ("131016", Unavailable, 0),
        ("pair-limit", Unavailable, 0),
        ("number-limit", Unavailable, 0),
        ("190", Unavailable, 0),
        ("368", Rejected, 0),
        ("window-closed", Rejected, 0),
        ("131026-at-once", Rejected, 0),
    ],
)
async def test_every_fault_has_its_error(
    world: World, quirk: str, error: type[Exception], shown: int
) -> None:
    world.simulator.quirk(quirk, 1)

    with pytest.raises(error):
        await world.messenger.send(ANNA, QUESTION, key="ob:1")
    assert len(world.simulator.phone(PHONE)) == shown

    await world.messenger.send(ANNA, QUESTION, key="ob:1")
    assert len(world.simulator.phone(PHONE)) == shown + 1


async def test_our_pace_never_meets_the_pair_limit() -> None:
    world = World()

    async def sleep(seconds: float) -> None:
        world.at += timedelta(seconds=seconds)

    transport = SimulatedTransport(world.simulator, world.now, "/v26.0")
    messenger = WhatsAppMessenger(transport, SecretStr("token"), world, sleep=sleep)
    for n in range(100):
        try:
            await messenger.turn(ANNA)
        except Paced as paced:
            await sleep(paced.retry_after_s or 0)
            await messenger.turn(ANNA)
        await messenger.send(ANNA, Bubble(text=str(n)), key=f"ob:{n}")

    assert len(world.simulator.phone(PHONE)) == 100
    assert world.simulator.ledger().refusals == ()


async def test_over_real_http_it_is_the_same() -> None:
    world = World()
    async with TestServer(application(world.simulator, world.now)) as server, new_session() as session:
        transport = HttpTransport(session, str(server.make_url("/v26.0")))
        messenger = WhatsAppMessenger(transport, SecretStr("token"), world)

        await messenger.send(ANNA, QUESTION, key="ob:1")
        world.simulator.quirk("accept-then-drop", 1)
        with pytest.raises(InDoubt):
            await messenger.send(ANNA, QUESTION, key="ob:2")

    assert [bubble.text for bubble in world.simulator.phone(PHONE)] == [QUESTION.text] * 2
    assert world.simulator.ledger().sends == {"79000000001": 2}
