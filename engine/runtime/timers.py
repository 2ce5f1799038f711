"""Due time-outs become inbound events, a chat that waits for nothing is found, and the past is forgotten."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from engine.booking import CallFailed
from engine.ports import Clock, PortError, Store

ORPHANS_EVERY = timedelta(hours=1)
# WhatsApp delivers a message again for up to seven days (whatsapp.md §1.3), and only what is stored is known
# to be a repeat; the rest of the month is for people who look into what happened.
KEPT_FOR = timedelta(days=30)
# Between two portions, so that turns and deliveries never wait for more than one of them.
PRUNE_PAUSE_S = 0.2

log = structlog.get_logger()


@dataclass(slots=True)
class Timers:
    store: Store
    clock: Clock
    wake: Callable[[int], None]
    _orphans_at: datetime | None = field(default=None)
    _pruning: asyncio.Task[None] | None = field(default=None)

    async def fire(self) -> datetime | None:
        """Put every due time-out into the inbox; return the moment of the next."""
        now = self.clock.now()
        # Further ahead than an hour: the clock was set back meanwhile.
        if self._orphans_at is None or not now < self._orphans_at <= now + ORPHANS_EVERY:
            await self._find_orphans(now)
            # A start has better things to do.
            if self._orphans_at is not None:
                self._start_pruning(now - KEPT_FOR)
            self._orphans_at = now + ORPHANS_EVERY
        for chat_id in await self.store.fire_timers(now):
            self.wake(chat_id)
        following = await self.store.next_timer()
        return min(following, self._orphans_at) if following else self._orphans_at

    async def stop(self) -> None:
        if self._pruning is not None:
            self._pruning.cancel()
            with suppress(asyncio.CancelledError):
                await self._pruning

    async def _find_orphans(self, now: datetime) -> None:
        for chat_id in await self.store.orphans(CallFailed(reason="unknown"), now):
            log.error("chat.orphan_found", chat=chat_id)
            self.wake(chat_id)

    def _start_pruning(self, before: datetime) -> None:
        if self._pruning is None or self._pruning.done():
            self._pruning = asyncio.get_running_loop().create_task(self._prune(before))

    async def _prune(self, before: datetime) -> None:
        """Forget portion by portion what ended before then; what a failure leaves is the next hour's."""
        try:
            place = await self.store.prune(before)
            while place is not None:
                await asyncio.sleep(PRUNE_PAUSE_S)
                place = await self.store.prune(before, place)
        except PortError as error:
            log.warning("store.not_pruned", error=str(error))
        except Exception:  # our mistake: what is past can wait, and a shutdown must not end on it
            log.exception("store.prune_failed")
