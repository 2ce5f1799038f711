"""Brings webhooks to the server's process, and tells how each was answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from adapters.box.calls import items_of, pretty
from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.whatsapp.simulator.network import Carry
from adapters.whatsapp.simulator.outgoing import Post
from engine.ports import Clock

TIMEOUT_S = 10
HINT_SECRET = "simulated-hint-secret"


class Note(Protocol):
    def __call__(self, kind: str, whose: str = "", **about: Any) -> int:
        """Add an entry to the timeline, and return its number."""


@dataclass(slots=True)
class Courier:
    """`note` is called as a delivery leaves, `revise` with the entry's number once it is answered."""

    note: Note
    revise: Callable[..., None]
    clock: Clock
    _session: aiohttp.ClientSession | None = field(default=None)

    async def open(self) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def carrier(self, phones: WhatsAppSimulator) -> Callable[[], Any]:
        """Return what a `WhatsAppNetwork` carries its posts by."""

        @asynccontextmanager
        async def carrying() -> AsyncIterator[Carry]:
            async def carry(url: str, post: Post) -> int | None:
                what, about = items_of(post.body)
                whose = next((who for wamid in post.wamids if (who := phones.whose(wamid))), "")
                return await self._delivered("whatsapp", whose, what, about, url, post.body, post.headers)

            yield carry

        return carrying

    async def hint(self, webhooks: str | None, body: bytes) -> None:
        """Tell the server, as YClients does, that a record was changed; nobody tries again."""
        await self._delivered(
            "yclients", "", "hint", "", webhooks and f"{webhooks}/yclients/{HINT_SECRET}", body, {}
        )

    async def _delivered(
        self,
        side: str,
        whose: str,
        what: str,
        about: str,
        url: str | None,
        body: bytes,
        headers: dict[str, str],
    ) -> int | None:
        # Told as it leaves, so that it stands above all that comes of it; None: the answer is not there yet.
        waiting = {"status": None, "took_ms": 0}
        n = self.note("webhook", whose, side=side, what=what, about=about, body=pretty(body), **waiting)
        started_s = self.clock.monotonic()
        status = await self._posted(url, body, headers) if url else None
        self.revise(n, status=status or 0, took_ms=round((self.clock.monotonic() - started_s) * 1000))
        return status

    async def _posted(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        assert self._session is not None
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._session.post(url, data=body, headers=headers) as response:
                return response.status
        return None
