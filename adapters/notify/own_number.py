"""Notices over the salon's own WhatsApp number: free words within 24 hours, else a template of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adapters.notify.addresses import phone_of
from adapters.whatsapp.errors import TEMPLATE, WINDOW
from adapters.whatsapp.payloads import Template
from engine.notices import Told
from engine.ports import Address, Bubble, Clock, NotTold, Rejected

# Free words reach only those who have written within it (whatsapp.md §2.2, 2026-11). Some minutes less, since
# the message may arrive a little later than it leaves.
WINDOW_OF = timedelta(hours=24) - timedelta(minutes=5)


class Sends(Protocol):
    """What this needs of the messenger."""

    async def turn(self, address: Address) -> None: ...

    async def send(self, address: Address, bubble: Bubble, *, key: str) -> str: ...

    async def send_template(self, address: Address, template: Template, *, key: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OwnNumber:
    messenger: Sends
    clock: Clock
    # The salon's own number: WhatsApp's phone_number_id.
    account: str
    # Whether the person with this number has written to us since then.
    heard_since: Callable[[str, str, str, datetime], Awaitable[bool]]
    # Name and language of a template whose body is one parameter; None: the salon has none.
    template: tuple[str, str] | None = None

    async def tell(self, url: str, told: Told, text: str) -> None:
        """Send the words once.

        Raises:
            Unavailable, InDoubt: as the messenger.
            Rejected: WhatsApp refused, or the window is closed and there is no template.
        """
        phone = phone_of(url)
        assert phone is not None, "addresses are read before they are used"
        address = Address(channel="whatsapp", account=self.account, phone=phone, user=None)
        if told.refused and not _wants_a_template(told.refused):
            code = told.refused[-1]
            raise Rejected(f"WhatsApp: {code}, after it was accepted", code=code, not_told="whatsapp")
        since = self.clock.now() - WINDOW_OF
        if not told.refused and await self.heard_since(address.channel, self.account, phone, since):
            try:
                await self.messenger.turn(address)
                await self.messenger.send(address, Bubble(text=text), key=told.key)
                return
            except Rejected as error:
                if error.code not in WINDOW:
                    raise _said(error, "whatsapp") from error
        await self._by_template(address, text, told.key)

    async def _by_template(self, address: Address, text: str, key: str) -> None:
        if self.template is None:
            raise Rejected(
                "WhatsApp: this number has not written to the salon within 24 hours, "
                "and OTMENA_NOTIFY_WHATSAPP_TEMPLATE names no template",
                not_told="no_template",
            )
        name, language = self.template
        template = Template(name, language, (on_one_line(text),))
        try:
            await self.messenger.turn(address)
            await self.messenger.send_template(address, template, key=key)
        except Rejected as error:
            raise _said(error, "bad_template" if error.code in TEMPLATE else "whatsapp") from error


def _said(error: Rejected, not_told: NotTold) -> Rejected:
    """Whoever reads of it reads our words: WhatsApp's own are English, and for programmers."""
    why = not_told if error.code is not None else None
    return Rejected(str(error), detail=error.detail, code=error.code, not_told=why)


def _wants_a_template(refused: tuple[int, ...]) -> bool:
    """131047 may come as a status, long after the send was accepted (whatsapp.md §2.2); once, and no more."""
    return len(refused) == 1 and refused[0] in WINDOW


def on_one_line(text: str) -> str:
    """A template's parameter takes neither line breaks nor tabs nor many blanks in a row."""
    return " · ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
