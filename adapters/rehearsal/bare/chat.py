"""One client's chat on the bare core: what arrived, where the session stands, what is still to come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.virtual import NeverRests
from engine.booking import Command, Query
from engine.dialogue import Dialogue
from engine.events import Heard
from engine.flow import Salon
from engine.ports import Address, Asked, Bubble, Head, OutgoingCall, OutgoingMessage, TurnTaken
from engine.runtime.deciding import Decided, decide
from engine.session import Chat, Session
from engine.texts import Texts
from engine.understanding import opt_out
from engine.values import Event


@dataclass(frozen=True, slots=True)
class Core:
    """What all chats of a scene share."""

    dialogue: Dialogue
    texts: Texts
    salon: Salon
    # Answers a call at once.
    answer: Callable[[Query | Command, datetime], Event]
    watched: Callable[[Decided], None]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the inbox: what the client sent, or an event of ours."""

    arrival: int
    item: Heard | Event
    said_at: datetime
    call: str | None = None


# Far beyond what any table makes of one thing that happens.
CALLS_AT_ONCE_MAX = 1_000


@dataclass(slots=True)
class PureChat:
    """Takes every row as soon as it may be taken; a send ends where it begins, a call when it is let to."""

    core: Core
    chat_id: int
    chat: Chat
    session: Session = field(default_factory=Session)
    bubbles: list[Bubble] = field(default_factory=list)
    _version: int = 0
    _inbox: list[_Row] = field(default_factory=list)
    _asked: Asked | None = None
    # The call that is out, and that the state waits for.
    _call: OutgoingCall | None = None
    # The one time-out.
    _patience: tuple[datetime, Event] | None = None
    # Reads that no state waits for, and when they are due.
    _reads: list[tuple[datetime, OutgoingCall]] = field(default_factory=list)

    def hears(self, heard: Heard, arrival: int) -> None:
        """Store what the client sent; «стоп» holds from this moment on."""
        wish = opt_out(heard.text) if heard.kind == "words" else None
        if wish is not None:
            self.chat = self.chat.model_copy(update={"opted_out": wish})
        self._inbox.append(_Row(arrival, heard, heard.said_at))

    def comes(self, event: Event, now: datetime, arrival: int) -> None:
        """Store what happened outside."""
        self._inbox.append(_Row(arrival, event, now))

    def due(self) -> datetime | None:
        """Return when something happens here by itself next."""
        moments = [moment for moment, _ in self._reads]
        if self._patience is not None:
            moments.append(self._patience[0])
        return min(moments, default=None)

    def happens(self, now: datetime, arrival: Callable[[], int]) -> None:
        """Let happen what is due by now."""
        for moment, call in [read for read in self._reads if read[0] <= now]:
            self._reads.remove((moment, call))
            self._inbox.append(_Row(arrival(), self.core.answer(call.call, now), now, call.key))
        if self._patience is not None and self._patience[0] <= now:
            (_, event), self._patience = self._patience, None
            self._inbox.append(_Row(arrival(), event, now))

    def drains(self, now: datetime, arrival: Callable[[], int]) -> None:
        """Take what may be taken; while a call is out, everything else waits."""
        while self._inbox and (self._call is None or self._inbox[0].call == self._call.key):
            self._take(self._inbox.pop(0), now, arrival)

    def settles(self, now: datetime, arrival: Callable[[], int]) -> None:
        """Take everything, and let every call end on the way."""
        self.drains(now, arrival)
        calls = 0
        while self._call is not None:
            if (calls := calls + 1) > CALLS_AT_ONCE_MAX:
                raise NeverRests("never comes to rest: one call follows from another, and no time passes")
            result = self.core.answer(self._call.call, now)
            self._inbox.insert(0, _Row(arrival(), result, now, self._call.key))
            self.drains(now, arrival)

    def forgets_its_state(self) -> None:
        """Today's tables know nothing any more of where this dialogue stands."""
        if self.session.pending is not None or self.session.awaiting is not None:
            self.session = self.session.model_copy(update={"state": f"gone.{self.session.state}"})

    def _take(self, row: _Row, now: datetime, arrival: Callable[[], int]) -> None:
        decided = decide(self.core.dialogue, self.core.texts, self.core.salon, self._head(row), now)
        turn = decided.turn
        self._version += 1
        self._call = None
        self._commit(turn, now)
        self.core.watched(decided)
        for outgoing in turn.outgoing:
            match outgoing:
                case OutgoingMessage():
                    self._send(outgoing, now, arrival)
                case OutgoingCall(awaited=True):
                    self._call = outgoing
                case _:
                    self._reads.append((now + timedelta(seconds=outgoing.after_s), outgoing))

    def _head(self, row: _Row) -> Head:
        heard, event = (row.item, None) if isinstance(row.item, Heard) else (None, row.item)
        return Head(
            arrival=row.arrival,
            chat_id=self.chat_id,
            version=self._version,
            session=self.session,
            chat=self.chat,
            address=Address(channel="script", account="", phone=self.chat.phone, user=None),
            channel_message_id="",
            heard=heard,
            event=event,
            call=row.call,
            said_at=row.said_at,
            received_at=row.said_at,
            asked=self._asked,
        )

    def _commit(self, turn: TurnTaken, now: datetime) -> None:
        if turn.session.questions != self.session.questions:
            self._asked = None
        self.session, self.chat = turn.session, turn.chat
        if not turn.keep_patience:
            waits = turn.patience
            self._patience = (now + timedelta(seconds=waits.after_s), waits.event) if waits else None

    def _send(self, message: OutgoingMessage, now: datetime, arrival: Callable[[], int]) -> None:
        self.bubbles.append(message.bubble)
        if message.question is None:
            return
        self._asked = self._asked or Asked(question=message.question, at=now, arrival=arrival())
        assert message.patience is not None, "every question has its time"
        self._patience = (now + timedelta(seconds=message.patience.after_s), message.patience.event)
