"""The notifier: finds the address behind an id, and the way that leads there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from adapters.notify.addresses import Address
from adapters.notify.events import Events, fields
from adapters.notify.own_number import OwnNumber
from adapters.transport import new_session
from engine.notices import Notice, Told
from engine.ports import Clock, Rejected

if TYPE_CHECKING:
    from adapters.notify.channels import Channels


@dataclass(slots=True)
class SalonNotifier:
    """A `Notifier` of one salon; to be closed by whoever made it."""

    # By their ids; those of no other salon.
    addresses: Mapping[str, Address] = field(repr=False)
    clock: Clock
    # The company id of the salon at YClients.
    salon: int
    own_number: OwnNumber
    # Where a late request is decided; None: not by us.
    links: Callable[[int, Notice], str | None]
    _session: aiohttp.ClientSession | None = None
    _channels: "Channels | None" = None

    def link(self, chat_id: int, notice: Notice) -> str | None:
        return self.links(chat_id, notice)

    async def tell(self, told: Told, text: str, link: str | None) -> None:
        """Send one notice once; errors as of the port."""
        address = self.addresses.get(told.recipient)
        if address is None:
            # Never to anybody else: whoever was meant has no such address in today's settings.
            raise Rejected("no address of today's settings is this recipient's", not_told="no_address")
        if address.is_event:
            event = fields(told, salon=self.salon, text=text, link=link)
            await Events(self._http(), self.clock).tell(address.url, event)
        elif address.is_own_number:
            await self.own_number.tell(address.url, told, text)
        else:
            await self._apprise().tell(address.url, text)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._channels is not None:
            self._channels.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = new_session()
        return self._session

    def _apprise(self) -> "Channels":
        if self._channels is None:
            from adapters.notify.channels import Channels

            self._channels = Channels()
        return self._channels
