"""Notices over the salon's own WhatsApp number: free words within 24 hours, else a template of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adapters.notify.addresses import phone_of
from adapters.whatsapp.errors import WINDOW
from adapters.whatsapp.payloads import Template
from engine.notices import Told
from engine.ports import Address, Bubble, Clock, Rejected

# Free words reach only those who have written within it (whatsapp.md §2.2, 2026-11). Some minutes less, since
# the message may arrive a little later than it leaves.
WINDOW_OF = timedelta(hours=24) - timedelta(minutes=5)


class Sends(Protocol):
    """What this needs of the messenger."""

    async def send(self, address: Address, bubble: Bubble, *, key: str) -> str: ...

    async def send_template(self, address: Address, template: Template, *, key: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OwnNumber:
    messenger: Sends
    clock: Clock
    # The salon's own number: WhatsApp's phone_number_id.
    account: str
    # Whether the person with this number has written to us since then.
    heard_since: Callable[[str, str, datetime], Awaitable[bool]]
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
            raise Rejected(f"WhatsApp: {told.refused[-1]}, after it was accepted", code=told.refused[-1])
        if not told.refused and await self.heard_since(self.account, phone, self.clock.now() - WINDOW_OF):
            try:
                await self.messenger.send(address, Bubble(text=text), key=told.key)
                return
            except Rejected as error:
                if error.code not in WINDOW:
                    raise
        await self._by_template(address, text, told.key)

    async def _by_template(self, address: Address, text: str, key: str) -> None:
        if self.template is None:
            raise Rejected(
                "WhatsApp: this number has not written to the salon within 24 hours, "
                "and OTMENA_NOTIFY_WHATSAPP_TEMPLATE names no template"
            )
        name, language = self.template
        await self.messenger.send_template(address, Template(name, language, (on_one_line(text),)), key=key)


def _wants_a_template(refused: tuple[int, ...]) -> bool:
    """131047 may come as a status, long after the send was accepted (whatsapp.md §2.2); once, and no more."""
    return len(refused) == 1 and refused[0] in WINDOW


def on_one_line(text: str) -> str:
    """A template's parameter takes neither line breaks nor tabs nor many blanks in a row."""
    return " · ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
