"""Due time-outs become inbound events, and a chat that waits for nothing is found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from engine.booking import CallFailed
from engine.ports import Clock, Store

ORPHANS_EVERY = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(slots=True)
class Timers:
    store: Store
    clock: Clock
    wake: Callable[[int], None]
    _orphans_at: datetime | None = field(default=None)

    async def fire(self) -> datetime | None:
        """Put every due time-out into the inbox; return the moment of the next."""
        now = self.clock.now()
        if self._orphans_at is None or now >= self._orphans_at:
            await self._find_orphans(now)
            self._orphans_at = now + ORPHANS_EVERY
        for chat_id in await self.store.fire_timers(now):
            self.wake(chat_id)
        following = await self.store.next_timer()
        return min(following, self._orphans_at) if following else self._orphans_at

    async def _find_orphans(self, now: datetime) -> None:
        for chat_id in await self.store.orphans(CallFailed(reason="unknown"), now):
            log.error("chat.orphan_found", chat=chat_id)
            self.wake(chat_id)
