"""Take one inbound: understand, step, commit once. Turns of one chat never overlap."""

import asyncio
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath

import structlog

from engine.dialogue import Dialogue
from engine.effects import Ask, Do, Effect, Repeat, Say
from engine.flow import Salon
from engine.ports import Clock, Head, Messenger, OutgoingCall, PortError, Store, TurnTaken
from engine.runtime.deciding import ATTEMPTS_MAX, Decided, decide
from engine.runtime.failing import Failing
from engine.texts import Texts

RETRY_AFTER_S = 0.2
STORE_RETRY_AFTER_S = 0.5
# An error may quote a whole message.
WHY_MAX = 300

log = structlog.get_logger()


@dataclass(slots=True)
class Turns:
    """Drains the inbox, one task for each chat that has something to take."""

    dialogue: Dialogue
    texts: Texts
    store: Store
    messenger: Messenger
    clock: Clock
    salon: Callable[[], Salon]
    # Called after each commit that left something for the deliveries or the timers.
    committed: Callable[[], None]
    # Called after each turn that stands, for whoever watches: coverage, pages.
    taken: Callable[[Decided], None]
    _active: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[int] = field(default_factory=set)
    _errands: set[asyncio.Task[None]] = field(default_factory=set)
    _failing: Failing = field(default_factory=lambda: Failing("turn.store_failed", "turn.store_recovered"))
    # Channels and accounts that are known to take read marks.
    _marked: set[tuple[str, str]] = field(default_factory=set)
    _stopping: bool = False

    def wake(self, chat_id: int) -> None:
        """See to it that the chat's inbox is drained, now or right after the turn under way."""
        if self._stopping:
            return
        if chat_id in self._active:
            self._again.add(chat_id)
            return
        self._active[chat_id] = asyncio.get_running_loop().create_task(self._drain(chat_id))

    @property
    def busy(self) -> bool:
        """Whether a chat is being drained this moment."""
        return bool(self._active)

    async def stop(self) -> None:
        """Let the turns under way commit; take no more."""
        self._stopping = True
        await asyncio.gather(*self._active.values(), *self._errands, return_exceptions=True)

    async def _drain(self, chat_id: int) -> None:
        # A task inherits the log context of whoever woke it: another chat's, or a delivery's.
        structlog.contextvars.clear_contextvars()
        try:
            while not self._stopping:
                self._again.discard(chat_id)
                try:
                    took = await self._take_next(chat_id)
                    self._failing.worked()
                    if not took and chat_id not in self._again:
                        return
                except PortError as error:
                    self._failing.failed(error, chat=chat_id)
                    await asyncio.sleep(STORE_RETRY_AFTER_S)
        finally:
            del self._active[chat_id]

    async def _take_next(self, chat_id: int) -> bool:
        """Take the chat's next row, if there is one. A turn that raised stays in the inbox."""
        head = await self.store.head(chat_id)
        if head is None:
            return False
        started = self.clock.monotonic()
        with structlog.contextvars.bound_contextvars(chat=chat_id, turn=head.version + 1):
            try:
                decided = decide(self.dialogue, self.texts, self.salon(), head, self.clock.now())
                self._notice(head, decided.turn)
                stands = await self.store.take(decided.turn, self.clock.now())
            except PortError:
                # The store's trouble is no attempt.
                raise
            except (
                Exception
            ) as error:  # the one broad catch of this loop: a bug must not stop the chat for ever
                attempts = await self.store.turn_failed(head.arrival, _why(error))
                log.exception("turn.failed", attempts=attempts, error=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER_S)
                # Where even putting it aside raises, the next look of the minute is soon enough.
                return attempts <= ATTEMPTS_MAX + 1
            if stands:
                self._log(decided, started)
                self.taken(decided)
                self.committed()
        return True

    def _notice(self, head: Head, turn: TurnTaken) -> None:
        """Show the client that the message was read; a lost sign is no loss, so nothing waits for it."""
        if head.heard is None or head.chat.opted_out:
            return
        typing = any(isinstance(outgoing, OutgoingCall) for outgoing in turn.outgoing)
        errand = asyncio.get_running_loop().create_task(self._mark(head, typing=typing))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _mark(self, head: Head, *, typing: bool) -> None:
        """Mark the message as read, and remember that marks are taken: they tell when an outage ends."""
        taken = await self.messenger.noticed(head.address, head.channel_message_id, typing=typing)
        marked = (head.address.channel, head.address.account)
        if not taken or marked in self._marked:
            return
        with suppress(PortError):
            await self.store.note_marks(*marked)
            self._marked.add(marked)

    def _log(self, decided: Decided, started: float) -> None:
        head, event, decision = decided.head, decided.event, decided.decision
        if decided.poisoned:
            log.error("turn.put_aside", attempts=head.attempts, arrival=head.arrival)
        if head.call is not None and not decision.tried:
            log.warning("result.unawaited", result=type(event).__name__)
        log.info(
            "turn.taken",
            taken=type(event).__name__,
            state_before=head.session.state if head.session else None,
            state_after=decision.session.state,
            effects=[name_of(effect) for effect in decision.effects],
            took_ms=round((self.clock.monotonic() - started) * 1000, 1),
        )


def _why(error: Exception) -> str:
    """Return what was raised, and where: what an operator is shown of a dead letter."""
    frames = traceback.extract_tb(error.__traceback__)
    # Modules are told by the end of their path: where this is installed is nobody's business.
    place = "/".join(PurePath(frames[-1].filename).parts[-3:])
    return f"{type(error).__name__}: {error}"[:WHY_MAX] + f" ({place}, line {frames[-1].lineno})"


def name_of(effect: Effect) -> str:
    """Return what stands in the log for an effect: its class, and what it says or calls."""
    match effect:
        case Say():
            return f"Say {effect.text}"
        case Repeat():
            return f"Repeat {effect.after}"
        case Ask():
            return f"Ask {type(effect.query).__name__}"
        case Do():
            return f"Do {type(effect.command).__name__}"
        case _:
            return type(effect).__name__
