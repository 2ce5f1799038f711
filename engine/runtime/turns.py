"""Take one inbound: understand, step, commit once. Turns of one chat never overlap."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from engine.booking import CallFailed, Fact
from engine.dialogue import Decision, Dialogue, Moment
from engine.effects import Ask, Do, Effect, Note, Repeat, Say
from engine.events import StartedOver, TimedOut
from engine.flow import Open, Salon, Waiting
from engine.ports import (
    Clock,
    Head,
    Messenger,
    OutgoingCall,
    OutgoingMessage,
    Patience,
    PortError,
    Store,
    TurnTaken,
)
from engine.session import Session
from engine.texts import Texts
from engine.values import Event

# A turn that has raised this often is put aside (design §4).
ATTEMPTS_MAX = 3
RETRY_AFTER_S = 0.2
STORE_RETRY_AFTER_S = 0.5

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
    _active: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[int] = field(default_factory=set)
    _errands: set[asyncio.Task[None]] = field(default_factory=set)
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
                    if not await self._take_next(chat_id) and chat_id not in self._again:
                        return
                except PortError as error:
                    log.warning("turn.store_failed", chat=chat_id, error=str(error))
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
                event, decision = self._decide(head)
                turn = self._committable(head, decision)
            except (
                Exception
            ) as error:  # the one broad catch of this loop: a bug must not stop the chat for ever
                attempts = await self.store.turn_failed(head.arrival)
                log.exception("turn.failed", attempts=attempts, error=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER_S)
                return True
            self._notice(head, turn)
            if await self.store.take(turn, self.clock.now()):
                self._log(head, event, decision, started)
                self.committed()
        return True

    def _decide(self, head: Head) -> tuple[Event, Decision]:
        now = self.clock.now()
        at = Moment(
            salon=self.salon(),
            now=now,
            said_at=head.said_at,
            turn=head.version + 1,
            call_key=f"c{head.chat_id}.{head.version + 1}",
            asked_at=head.asked.at if head.asked else None,
            asked_arrival=head.asked.arrival if head.asked else None,
            question_unsent=head.question_unsent,
            arrival=head.arrival,
        )
        session = head.session
        if head.attempts >= ATTEMPTS_MAX:
            return self._put_aside(head, at)
        if head.heard is not None:
            event = (
                StartedOver()
                if session is None
                else self.dialogue.understand(session, head.chat, head.heard, at)
            )
            return event, self.dialogue.step(session, head.chat, event, at)
        assert head.event is not None
        if head.call is not None and (session is None or session.awaiting != head.call):
            # No state waits for it (any more). What was done is told all the same; the rest is too late.
            session = session or Session()
            if not self.dialogue.takes(session, head.event):
                log.warning("result.unawaited", result=type(head.event).__name__)
                return head.event, Decision(session)
        return head.event, self.dialogue.step(session, head.chat, head.event, at)

    def _put_aside(self, head: Head, at: Moment) -> tuple[Event, Decision]:
        """Poison: a result counts as unknown; anything else ends the dialogue with an apology (design §4)."""
        log.error("turn.put_aside", attempts=head.attempts, arrival=head.arrival)
        session = head.session or Session()
        if head.attempts == ATTEMPTS_MAX and head.call is not None and session.awaiting == head.call:
            event: Event = CallFailed(reason="unknown")
            return event, self.dialogue.step(session, head.chat, event, at)
        event = StartedOver()
        return event, self.dialogue.step(session.home(), head.chat, event, at)

    def _committable(self, head: Head, decision: Decision) -> TurnTaken:
        """Render what was decided, so that this and nothing else is sent."""
        session, effects = decision.session, decision.effects
        state = self.dialogue.states[session.state]
        asks_now = any(isinstance(effect, Say) and effect.question for effect in effects)
        repeats = any(isinstance(effect, Repeat) for effect in effects) and session.pending is not None
        waits = Patience(
            event=TimedOut(state=session.state, question=session.questions),
            after_s=state.patience.total_seconds() if isinstance(state, Waiting | Open) else 0,
        )
        patience, keep = None, False
        if isinstance(state, Waiting | Open):
            if asks_now:
                # Until the question is sent, an upper bound: nothing waits for ever on a dead channel.
                patience = Patience(event=waits.event, after_s=2 * waits.after_s)
            elif head.session is not None and session.state == head.session.state:
                keep = True
            else:
                patience = waits
        outgoing: list[OutgoingMessage | OutgoingCall] = []
        parts = [effect for effect in effects if isinstance(effect, Say | Repeat)]
        if parts:
            asking = (asks_now or repeats) and patience_of(state) is not None
            outgoing.append(
                OutgoingMessage(
                    bubble=self.texts.render(parts, question=session.questions, pending=session.pending),
                    question=session.questions if asking else None,
                    patience=waits if asking else None,
                    outcome=decision.outcome,
                    good_for_s=waits.after_s if asking else timedelta(hours=24).total_seconds(),
                )
            )
        outgoing += [_outgoing_call(effect, head) for effect in effects if isinstance(effect, Ask | Do)]
        facts: tuple[Fact, ...] = tuple(effect.fact for effect in effects if isinstance(effect, Note))
        return TurnTaken(
            head=head,
            session=session,
            chat=head.chat,
            outgoing=tuple(outgoing),
            patience=patience,
            keep_patience=keep,
            facts=facts,
        )

    def _notice(self, head: Head, turn: TurnTaken) -> None:
        """Show the client that the message was read; a lost sign is no loss, so nothing waits for it."""
        if head.heard is None or head.chat.opted_out:
            return
        typing = any(isinstance(outgoing, OutgoingCall) for outgoing in turn.outgoing)
        errand = asyncio.get_running_loop().create_task(
            self.messenger.noticed(head.address, head.channel_message_id, typing=typing)
        )
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    def _log(self, head: Head, event: Event, decision: Decision, started: float) -> None:
        log.info(
            "turn.taken",
            taken=type(event).__name__,
            state_before=head.session.state if head.session else None,
            state_after=decision.session.state,
            effects=[_name(effect) for effect in decision.effects],
            took_ms=round((self.clock.monotonic() - started) * 1000, 1),
        )


def patience_of(state: object) -> timedelta | None:
    return state.patience if isinstance(state, Waiting | Open) else None


def _outgoing_call(effect: Ask | Do, head: Head) -> OutgoingCall:
    key = f"c{head.chat_id}.{head.version + 1}"
    if isinstance(effect, Do):
        return OutgoingCall(key=key, call=effect.command)
    if effect.after:
        return OutgoingCall(
            key=f"{key}.later", call=effect.query, awaited=False, after_s=effect.after.total_seconds()
        )
    return OutgoingCall(key=key, call=effect.query)


def _name(effect: Effect) -> str:
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
