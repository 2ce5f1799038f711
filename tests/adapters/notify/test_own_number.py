"""The salon's own number: free words within 24 hours, else a template, and an honest failure without one."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.notify.own_number import OwnNumber
from adapters.simulated import SimulatedTransport
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.whatsapp.pacing import Pacing
from adapters.whatsapp.simulator import Template, WhatsAppSimulator
from engine.notices import Notice, Told
from engine.ports import Address, Rejected

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ACCOUNT = "106540352242922"
OLGA = "+79000000009"
URL = f"salon-whatsapp://{OLGA}"
TEMPLATE = Template("salon_notice", "ru", "Сообщение салона: {{1}}")
TEXT = "Отмена: Маникюр\nКлиент: Анна\n\nПричина:    болезнь"


class Salon:
    """One simulator, one number, one clock."""

    def __init__(self, template: tuple[str, str] | None = ("salon_notice", "ru"), **how: Any) -> None:
        self.simulator = WhatsAppSimulator(access_token="token", templates=(TEMPLATE,), **how)
        transport = SimulatedTransport(self.simulator, self.now, "/v26.0")
        messenger = WhatsAppMessenger(transport, SecretStr("token"), self, pacing=Pacing())
        self.written_at: datetime | None = None
        self.number = OwnNumber(messenger, self, ACCOUNT, self._heard_since, template)

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def _heard_since(self, channel: str, account: str, phone: str, since: datetime) -> bool:
        assert (account, phone) == (ACCOUNT, OLGA)
        return self.written_at is not None and self.written_at > since

    async def tells(self, *refused: int) -> None:
        notice = Notice(to="master", event="cancelled")
        told = Told(key="c1.4.n1", recipient="master:7:1", notice=notice, text=TEXT, refused=refused)
        await self.number.tell(URL, told, TEXT)

    def said(self) -> list[str]:
        return [bubble.text for bubble in self.simulator.phone(OLGA) if bubble.direction == "out"]


BY_TEMPLATE = ["Сообщение салона: Отмена: Маникюр · Клиент: Анна · Причина: болезнь"]


async def test_whoever_wrote_today_gets_free_words() -> None:
    salon = Salon()
    salon.written_at = NOW - timedelta(hours=23)

    await salon.tells()

    assert salon.said() == [TEXT]


@pytest.mark.parametrize("written_at", [None, NOW - timedelta(hours=24)])
async def test_whoever_did_not_gets_the_template_on_one_line(written_at: datetime | None) -> None:
    salon = Salon()
    salon.written_at = written_at

    await salon.tells()

    assert salon.said() == BY_TEMPLATE


async def test_a_window_that_whatsapp_sees_closed_takes_the_template() -> None:
    salon = Salon()
    salon.written_at = NOW
    salon.simulator.quirk("window-closed", 1)

    await salon.tells()

    assert salon.said() == BY_TEMPLATE


async def test_a_window_that_turns_out_closed_later_takes_the_template() -> None:
    salon = Salon()
    salon.written_at = NOW

    await salon.tells(131047)

    assert salon.said() == BY_TEMPLATE


@pytest.mark.parametrize("refused", [(131026,), (131047, 131047), (131047, 131026)])
async def test_what_does_not_arrive_for_good_is_final(refused: tuple[int, ...]) -> None:
    salon = Salon()
    salon.written_at = NOW

    with pytest.raises(Rejected) as final:
        await salon.tells(*refused)

    assert (final.value.code, final.value.not_told) == (refused[-1], "whatsapp")
    assert salon.said() == []


async def test_another_refusal_is_not_answered_with_a_template() -> None:
    salon = Salon(allowed=())
    salon.written_at = NOW

    with pytest.raises(Rejected) as refused:
        await salon.tells()

    assert refused.value.code is not None
    assert refused.value.not_told == "whatsapp"


async def test_a_template_that_whatsapp_does_not_know_is_told_as_that() -> None:
    salon = Salon(template=("salon_note", "ru"))

    with pytest.raises(Rejected) as refused:
        await salon.tells()

    assert refused.value.not_told == "bad_template"


async def test_a_refusal_of_a_template_that_is_none_of_its_own_is_told_as_whatsapps() -> None:
    salon = Salon(allowed=())

    with pytest.raises(Rejected) as refused:
        await salon.tells()

    assert refused.value.not_told == "whatsapp"


async def test_a_refusal_without_a_code_names_none() -> None:
    salon = Salon()

    async def refuse(*_: object, key: str) -> str:
        raise Rejected("WhatsApp: HTTP 400 without a code")

    async def turn(address: Address) -> None:
        """It is."""

    refusing = SimpleNamespace(turn=turn, send=refuse, send_template=refuse)
    number = OwnNumber(refusing, salon, ACCOUNT, salon._heard_since, ("salon_notice", "ru"))
    told = Told(key="k", recipient="admin:1", notice=Notice(to="admin", event="cancelled"), text=TEXT)

    with pytest.raises(Rejected) as refused:
        await number.tell(URL, told, TEXT)

    assert refused.value.not_told is None


async def test_without_a_template_a_closed_window_is_told_with_its_remedy() -> None:
    salon = Salon(template=None)

    with pytest.raises(Rejected, match="OTMENA_NOTIFY_WHATSAPP_TEMPLATE") as closed:
        await salon.tells()

    assert closed.value.not_told == "no_template"
