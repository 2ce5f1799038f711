"""What the store holds at a moment, and the store as exploring needs it: one that can be taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from engine.ports import Arrival, Delivery, Ending, Head, Received, Relinked, Status, TurnTaken
from engine.values import Event


class ChatRow(NamedTuple):
    chat_id: int
    phone: str
    opted_out: int
    version: int
    # The session, as JSON; and what outlives it.
    session: str
    chat: str
    awaiting: str | None
    pending_question: int | None
    asked_question: int | None
    asked_us: int | None
    asked_arrival: int | None
    asked_by: int | None


class InboxRow(NamedTuple):
    """One row that no turn has taken yet."""

    arrival: int
    chat_id: int
    heard: str | None
    event: str | None
    call: str | None
    said_us: int
    attempts: int


class OutboxRow(NamedTuple):
    """One delivery that has not ended."""

    outbox_id: int
    chat_id: int
    key: str
    kind: str
    status: str
    payload: str
    created_us: int
    due_us: int
    attempts: int
    doubts: int
    first_tried_us: int | None
    question: int | None
    outcome: int
    awaited: int
    maybe_done: int
    sign_given: int


class TimerRow(NamedTuple):
    chat_id: int
    due_us: int
    event: str


class Standing(NamedTuple):
    """Everything in the store that can still make a difference."""

    chats: tuple[ChatRow, ...]
    inbox: tuple[InboxRow, ...]
    outbox: tuple[OutboxRow, ...]
    timers: tuple[TimerRow, ...]


class Rewindable(Protocol):
    """The `Store` port without waiting, over a store that can be saved and taken back."""

    def save(self) -> object: ...

    def rewind(self, saved: object) -> None: ...

    def mark(self) -> None:
        """Begin something that `back` undoes."""

    def back(self) -> None: ...

    def standing(self) -> Standing: ...

    def rows_of(self, message_id: str) -> int:
        """Return how many inbox rows this message has, taken or not."""

    def receive(
        self,
        arrivals: Sequence[Arrival],
        statuses: Sequence[Status],
        relinked: Sequence[Relinked],
        now: datetime,
    ) -> Received: ...

    def head(self, chat_id: int) -> Head | None: ...

    def chats_with_work(self) -> tuple[int, ...]: ...

    def take(self, turn: TurnTaken, now: datetime) -> bool: ...

    def turn_failed(self, arrival: int) -> int: ...

    def due(self, now: datetime, busy: frozenset[int]) -> tuple[Delivery, ...]: ...

    def next_due(self, now: datetime, busy: frozenset[int]) -> datetime | None: ...

    def starting(self, delivery: Delivery, now: datetime) -> bool: ...

    def ended(self, delivery: Delivery, ending: Ending, now: datetime) -> tuple[int, ...]: ...

    def sign_of_waiting(self, delivery: Delivery, event: Event, now: datetime) -> tuple[int, ...]: ...

    def fire_timers(self, now: datetime) -> tuple[int, ...]: ...

    def happens(self, chat_id: int, event: Event, message_id: str, now: datetime) -> None:
        """Put an event from outside, such as the salon's decision, before a dialogue."""

    def next_timer(self) -> datetime | None: ...

    def recover(self, now: datetime) -> None:
        """What a process does when it starts, the search for orphans included."""

    def status_seen_since(self, account: str, since: datetime) -> bool: ...
