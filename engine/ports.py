"""What the engine needs from the world. Adapters implement these protocols and raise these errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from pydantic import SerializeAsAny

from engine.booking import Command, Fact, Query, Refusal
from engine.events import Event, Heard
from engine.notices import Notice, Told
from engine.session import Chat, Session
from engine.values import Frozen

# ── errors ────────────────────────────────────────────────────────────────────────────────────────────


class PortError(Exception):
    """Base of everything a port may raise."""


class Unavailable(PortError):
    """Nothing was done: no connection, or turned away unread. Trying again may help."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Paced(Unavailable):
    """It is not its turn yet by our own pace: nothing was tried, and `retry_after_s` is when it is."""


class InDoubt(PortError):
    """It may have been done: time-out, broken connection or server error after the request had left."""


# Why a notice reached nobody, where that is more than "refused": in words of the catalogue's `notice.lost`.
NotTold = Literal["no_address", "no_template", "bad_template", "no_channel", "http", "whatsapp"]


class Rejected(PortError):
    """The other side understood and refused; trying again will not help. Nothing was done."""

    def __init__(
        self,
        message: str,
        *,
        detail: Refusal = "refused",
        code: int | None = None,
        not_told: NotTold | None = None,
    ) -> None:
        super().__init__(message)
        self.detail = detail
        self.code = code
        self.not_told = not_told


class StoreFailed(PortError):
    """The store could not commit. Nothing of the operation stands, or (`unknown`) nobody can tell."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown


class StoreUnfit(StoreFailed):
    """What the settings name is no store for this program, however often it is tried."""


class StoreBusy(PortError):
    """The store's queue is full; nothing was queued."""


# ── values that cross the ports ───────────────────────────────────────────────────────────────────────


class Button(Frozen):
    """One rendered option. `id` is at most 200 characters; `more` is a list row's second line."""

    id: str
    title: str
    more: str = ""


class Bubble(Frozen):
    """One rendered message, free of the channel. Up to 3 options fit on buttons, up to 10 in a list."""

    text: str
    options: tuple[Button, ...] = ()
    # What the button that opens the list says.
    list_label: str = ""


class Identity(NamedTuple):
    """One name by which a channel knows a person. `phone` values are E.164 with the plus sign."""

    kind: Literal["parent", "user", "phone"]
    value: str


class Address(Frozen):
    """Where a chat's messages go: the salon's number at the channel, and the person there."""

    channel: str
    # The salon's own number there (WhatsApp: phone_number_id).
    account: str
    phone: str | None
    user: str | None


class Arrival(NamedTuple):
    """One item that a channel delivered, ready to be stored before it is acknowledged.

    A tuple, as `Identity` is: thousands a second are made, and a frozen dataclass takes three times as long.
    """

    channel: str
    account: str
    # Unique per channel and account; the same item may be delivered many times.
    message_id: str
    # How the channel names the sender, best first. Empty: nobody to answer.
    identities: tuple[Identity, ...] = ()
    # None: kept raw for the record, and never taken as a turn.
    heard: Heard | None = None
    # The item as it was delivered (JSON).
    raw: str = ""
    # «стоп» sets it, «старт» clears it, in the very commit that stores the words.
    opt_out: bool | None = None
    # The number of the question whose option was tapped: proof that this question was delivered.
    tapped_question: int | None = None


class Status(Frozen):
    """What a channel reports of a message of ours. Statuses touch the outbox only."""

    account: str
    message_id: str
    # Our own key, where the channel echoes it.
    key: str | None
    status: Literal["sent", "delivered", "read", "played", "failed"]
    at: datetime
    error_code: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Relinked:
    """A person's identity changed (new number, new user id): what was `old` is `new` from now on."""

    channel: str
    account: str
    # Unique, as an arrival's.
    message_id: str
    old: Identity
    new: tuple[Identity, ...]
    raw: str = ""


class Asked(Frozen):
    """When the question with this number was there to be read.

    `at` is the start of its first send that may have arrived; `arrival` is the highest arrival number
    that existed then: words with a higher number came after it.
    """

    question: int
    at: datetime
    arrival: int


class Head(Frozen):
    """The one inbox row of a chat that may be taken next, and all that a turn on it reads."""

    # Arrival number: grows with every stored row, over all chats, and is never reused.
    arrival: int
    chat_id: int
    # Number of turns committed so far on this chat.
    version: int
    # None: what is stored no longer validates as a session of today's tables.
    session: Session | None
    chat: Chat
    address: Address
    channel_message_id: str
    # Exactly one of both is set.
    heard: Heard | None = None
    event: SerializeAsAny[Event] | None = None
    # Key of the call whose result (or sign of waiting) this is.
    call: str | None = None
    said_at: datetime
    received_at: datetime
    # How many turns on this row have raised.
    attempts: int = 0
    # Brought back later: the dead letters, or a copy of the file. Nothing of it acts without a question.
    brought_back: bool = False
    # None: nothing proves (yet) that the pending question was there to be read.
    asked: Asked | None = None
    # A copy of the pending question is still to be sent.
    question_unsent: bool = False
    # A send of it that may have arrived began before this was received: the client may have seen it by then.
    may_have_read: bool = False


class Patience(Frozen):
    """A chat's one time-out: `event` becomes an inbox row `after_s` after it was armed."""

    event: SerializeAsAny[Event]
    after_s: float


class OutgoingMessage(Frozen):
    bubble: Bubble
    # Number of the question that this is. Its patience is armed (anew) when a send of it was accepted.
    question: int | None = None
    patience: Patience | None = None
    # The outcome of a call that was out: said even to a client who has said «стоп».
    outcome: bool = False
    # No use in sending it later. None: 24 h after it was committed.
    good_for_s: float = 86_400


class OutgoingCall(Frozen):
    # Unique for ever; its result's inbox row carries it.
    key: str
    call: SerializeAsAny[Query | Command]
    # False: no state waits for the result.
    awaited: bool = True
    after_s: float = 0


class TurnTaken(Frozen):
    """Everything that one turn commits, at once."""

    head: Head
    session: Session
    chat: Chat
    outgoing: tuple[OutgoingMessage | OutgoingCall, ...] = ()
    # The chat's one time-out: None disarms it, unless `keep_patience`.
    patience: Patience | None = None
    keep_patience: bool = False
    facts: tuple[SerializeAsAny[Fact], ...] = ()
    # Who of the salon is told what; committed with the turn, sent by itself.
    notices: tuple[Told, ...] = ()
    # The event that was taken instead of the head, which becomes a dead letter; empty: it was not put aside.
    instead: str = ""


class NoticeDue(Frozen):
    """One notice that is due."""

    notice_id: int
    # None: it is about no chat.
    chat_id: int | None
    told: Told
    created_at: datetime
    # How often it has been tried, over all processes, and how often that ended in doubt.
    attempts: int = 0
    doubts: int = 0
    # It came back after it was accepted, and what followed on it has been told meanwhile.
    overtaken: bool = False


class Delivery(Frozen):
    """One outbox row that is due, and what the shell must know to carry it out."""

    outbox_id: int
    chat_id: int
    address: Address
    key: str
    message: OutgoingMessage | None = None
    call: OutgoingCall | None = None
    created_at: datetime
    # How often it has been tried, over all processes.
    attempts: int = 0
    # How often a send of it ended in doubt.
    doubts: int = 0
    # First attempt of all; None: not tried yet.
    first_tried_at: datetime | None = None
    # Whether any attempt of this write may have changed something.
    maybe_done: bool = False


class Received(NamedTuple):
    """What a stored webhook sets in motion: chats with something to take; deliveries that may be due."""

    chats: tuple[int, ...] = ()
    new: int = 0
    deliveries: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt at a delivery ended. The store turns it into rows in one commit.

    sent       `provider_id`; a question's patience starts now
    later      try again at `due`; `definite`: this attempt surely did nothing, if there was one
    doubt      a send that may have arrived: at `due` it is sent once more, unless a status names its key
    dropped    gives up quietly (too old, superseded, opted out)
    failed     gives up; a pending question becomes `NotDelivered`
    result     a call's result, stored as the inbox row that its state waits for
    """

    kind: Literal["sent", "later", "doubt", "dropped", "failed", "result"]
    due: datetime | None = None
    definite: bool = True
    provider_id: str = ""
    why: str = ""
    result: Event | None = None
    facts: tuple[Fact, ...] = field(default_factory=tuple)
    # Who of the salon is told of it.
    notices: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeEnding:
    """How an attempt at a notice ended.

    sent    somebody has it, as far as the channel tells
    later   try again at `due`; it surely did not arrive
    doubt   it may have arrived; tried once more at `due`
    dead    given up; `reports` tell others of it, in the same commit
    """

    kind: Literal["sent", "later", "doubt", "dead"]
    due: datetime | None = None
    why: str = ""
    reports: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """How far the pruning came: everything of `table` up to `number` was looked at."""

    table: str
    number: int


# ── the ports ─────────────────────────────────────────────────────────────────────────────────────────


class Booking(Protocol):
    """The salon's journal. Both methods return one of the call's `results`.

    Raises:
        Unavailable: nothing was done; trying again may help.
        InDoubt: a write may have been done (only `do`).
        Rejected: refused; nothing was done.
    """

    async def ask(self, query: Query) -> Event: ...

    async def do(self, command: Command, *, key: str, wanted_at: datetime) -> Event:
        """Carry out a write, committed at `wanted_at`: what was seen to be so since then is no stale read."""


# no         nobody is there
# unclear    something is there, and it may be that it knows no read marks
Answers = Literal["yes", "no", "unclear"]


class Messenger(Protocol):
    """A channel to clients.

    Raises:
        Unavailable: not accepted; try again after `retry_after_s`.
        InDoubt: may have been accepted.
        Rejected: finally refused, with the channel's `code`.
    """

    async def turn(self, address: Address) -> None:
        """Wait until one message may go there, and take its place.

        For whoever is about to store that a send begins: a crash while it waits leaves nothing in doubt.

        Raises:
            Paced: not its turn for longer than one should wait without storing until when.
        """

    async def send(self, address: Address, bubble: Bubble, *, key: str) -> str:
        """Send one bubble and return the channel's id of it. `key` comes back in its statuses."""

    async def noticed(self, address: Address, channel_message_id: str, *, typing: bool) -> bool:
        """Show the client that the message was read and, with `typing`, that an answer is coming.

        Returns whether the channel took it.
        """

    async def answers(self, address: Address, channel_message_id: str) -> Answers:
        """Whether the channel answers at all, asked by showing once more that a message was read.

        `channel_message_id`: the client's last message.
        """


class Notifier(Protocol):
    """The ways to the people of the salon.

    Raises:
        Unavailable: it did not arrive; try again after `retry_after_s`.
        InDoubt: it may have arrived.
        Rejected: it will never arrive there: no such recipient today, or finally refused. No secret is told.
    """

    async def tell(self, told: Told, text: str, link: str | None) -> None:
        """Tell one recipient `text`; `told.key` names it, where the channel has a place for that.

        `link`: where it is decided; it stands in the text as well.
        """

    def link(self, chat_id: int, notice: Notice) -> str | None:
        """Return where the late request of this notice is decided; None: not by us."""


class Lost(Protocol):
    """Whom of the salon to tell that a client does not get a message. Pure: it is called within a commit."""

    def __call__(self, outbox_id: int, key: str, phone: str | None) -> tuple[Told, ...]: ...


def nobody_is_told(outbox_id: int, key: str, phone: str | None) -> tuple[Told, ...]:
    """Of a salon that wants to hear of none."""
    return ()


class Store(Protocol):
    """Everything that survives. Every method is one durable commit, and returns after it.

    Raises:
        StoreFailed, StoreBusy: nothing stands (or `unknown`). `starting`, `ended`, `notice_starting` and
            `notice_ended` can then be repeated until they return, and change no more than one would.
    """

    def watch_failures(self, failed: Callable[[], None]) -> None:
        """Call `failed` after each StoreFailed: what it was about may stand, and nobody was told of it."""

    async def receive(
        self,
        arrivals: Sequence[Arrival],
        statuses: Sequence[Status],
        relinked: Sequence[Relinked],
        now: datetime,
        lost: Lost = nobody_is_told,
    ) -> Received:
        """Store a webhook. `lost`: called for each message of ours that a status finally refuses."""

    async def head(self, chat_id: int) -> Head | None: ...

    async def chats_with_work(self) -> tuple[int, ...]: ...

    async def take(self, turn: TurnTaken, now: datetime) -> bool:
        """Commit the turn if its row is untaken and the session is still the one that was read."""

    async def turn_failed(self, arrival: int, why: str = "") -> int:
        """Count a turn that raised, and keep why; return how many have, this one included."""

    async def due(self, now: datetime, *, busy: frozenset[int], limit: int = 100) -> tuple[Delivery, ...]:
        """Return deliveries that may start now, oldest first, without those in `busy`.

        Of a chat's messages only the first unfinished one is ever returned; calls overtake.
        """

    async def next_due(self, now: datetime, *, busy: frozenset[int]) -> datetime | None: ...

    async def starting(self, delivery: Delivery, now: datetime) -> bool:
        """Record that an attempt starts, before anything leaves. False: it must not (opted out, stale)."""

    async def ended(self, delivery: Delivery, ending: Ending, now: datetime) -> tuple[int, ...]:
        """Record how an attempt ended; return the chats that have something to take now."""

    async def sign_of_waiting(self, delivery: Delivery, event: Event, now: datetime) -> tuple[int, ...]:
        """Put `event` before the state that waits for this call, at most once a call."""

    async def notices_due(
        self, now: datetime, *, busy: frozenset[str], limit: int = 100
    ) -> tuple[NoticeDue, ...]:
        """Return the oldest notice that is due of each recipient that is not in `busy`.

        Those of one recipient about one chat keep their order: a notice is due only once all before it
        were told or given up.
        """

    async def next_notice(self, *, busy: frozenset[str]) -> datetime | None: ...

    async def notice_starting(self, notice: NoticeDue) -> bool:
        """Record that an attempt starts, before anything leaves. False: it has ended already."""

    async def notice_ended(self, notice: NoticeDue, ending: NoticeEnding, now: datetime) -> None: ...

    async def chat(self, chat_id: int) -> Chat | None:
        """Return what a chat keeps beyond its dialogues; None: there is no such chat."""

    async def happened(self, chat_id: int, name: str, event: Event, now: datetime) -> bool:
        """Put `event` into the chat's inbox, once for each name. False: it had happened before."""

    async def what_happened(self, name: str) -> Event | None:
        """Return the event that `happened` stored under this name."""

    async def last_heard(self, chat_id: int) -> str | None:
        """Return the channel's id of the client's last message; None: there is none."""

    async def note_marks(self, channel: str, account: str) -> None:
        """Remember that the channel takes read marks of this account: its silence to one tells something."""

    async def takes_marks(self, channel: str, account: str) -> bool:
        """Whether the channel has ever taken a read mark of this account."""

    async def heard_since(self, channel: str, account: str, phone: str, since: datetime) -> bool:
        """Whether the person with this number has written to the salon's `account` since then."""

    async def fire_timers(self, now: datetime) -> tuple[int, ...]:
        """Turn every due time-out into an inbox row; return their chats."""

    async def next_timer(self) -> datetime | None: ...

    async def recover(self, now: datetime, *, grace_s: float, hold_s: float) -> None:
        """After a start: no time-out fires for `grace_s`; sends under way are in doubt for `hold_s`."""

    async def pull_back(self, now: datetime, *, by_s: float, patience_s: float) -> None:
        """The clock was set back `by_s`: every delay goes back with it, and none is longer than one can be.

        `patience_s`: the longest time-out. That a visit begins is no delay, and stays where it is.
        """

    async def orphans(self, event: Event, now: datetime) -> tuple[int, ...]:
        """Give `event` to every session that waits for a call that has neither outbox nor inbox row."""

    async def prune(self, before: datetime, after: Place | None = None) -> Place | None:
        """Forget a little of what ended before then; return where to go on, or None at the end.

        What is unfinished stays, and what a question, a call, a dead letter or a page still needs.
        """

    async def status_seen_since(self, account: str, since: datetime) -> bool:
        """Whether the channel has reported any status of this number since then."""

    async def ping(self, now: datetime) -> None:
        """Commit something, to show that the store can."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    def monotonic(self) -> float: ...


class Ids(Protocol):
    def new(self) -> str:
        """Return an id that was never returned before: URL-safe, at most 32 characters."""


class Chance(Protocol):
    def random(self) -> float: ...
