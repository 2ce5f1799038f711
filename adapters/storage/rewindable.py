"""The real store in memory, without waiting, and able to be taken back: for exploration."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import apsw

from adapters.storage import deliveries, timers, turns
from adapters.storage.receive import Webhook
from adapters.storage.rows import fetch, fetch_one
from adapters.storage.schema import migrate
from engine.booking import CallFailed
from engine.codec import dump
from engine.ports import (
    Arrival,
    Delivery,
    Ending,
    Head,
    OutgoingMessage,
    Received,
    Relinked,
    Status,
    TurnTaken,
)
from engine.proof.standing import ChatRow, InboxRow, OutboxRow, Standing, TimerRow
from engine.runtime.endings import HOLD_IN_DOUBT_S
from engine.runtime.shell import GRACE_S
from engine.values import Event

PAGE = 512

# Pages of the file that differ from the empty one: some 4 KiB a state instead of 20.
Saved = tuple[int, tuple[tuple[int, bytes], ...]]

_CHATS = """
    SELECT chat_id, coalesce(phone, ''), opted_out, version, session, chat, awaiting, pending_question,
           asked_question, asked_us, asked_arrival, asked_by FROM chat ORDER BY chat_id
"""
_INBOX = """
    SELECT arrival, chat_id, heard, event, call, said_us, attempts
    FROM inbox WHERE taken_us IS NULL ORDER BY arrival
"""
_OUTBOX = """
    SELECT outbox_id, chat_id, key, kind, status, payload, created_us, due_us, attempts, doubts,
           first_tried_us, question, outcome, awaited, maybe_done, sign_given
    FROM outbox WHERE finished_us IS NULL ORDER BY outbox_id
"""


class RewindableStore:
    """Implements `engine.proof.standing.Rewindable` with the very operations that `SqliteStore` commits."""

    def __init__(self, now: datetime) -> None:
        self._connection = connection = apsw.Connection(":memory:", statementcachesize=300)
        # Small pages make small differences.
        connection.execute(f"PRAGMA page_size = {PAGE}")
        self._configure()
        migrate(connection, now)
        self._empty = connection.serialize("main")
        self._image = apsw.Connection(":memory:")

    def _configure(self) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)

    # ── taking back ───────────────────────────────────────────────────────────────────────────────────

    def save(self) -> Saved:
        image, empty = self._connection.serialize("main"), self._empty
        pages = (
            (at, image[at : at + PAGE])
            for at in range(0, len(image), PAGE)
            if image[at : at + PAGE] != empty[at : at + PAGE]
        )
        return len(image), tuple(pages)

    def rewind(self, saved: Any) -> None:
        if not self._connection.get_autocommit():
            # Whatever was begun and never taken back.
            self._connection.execute("ROLLBACK")
        length, pages = saved
        image = bytearray(self._empty[:length].ljust(length, b"\0"))
        for at, page in pages:
            image[at : at + PAGE] = page
        # A copy, since a connection over such an image would not save what is not committed yet.
        self._image.deserialize("main", bytes(image))
        with self._connection.backup("main", self._image, "main") as copy:
            copy.step()

    def mark(self) -> None:
        self._connection.execute("SAVEPOINT mark")

    def back(self) -> None:
        self._connection.execute("ROLLBACK TO mark")
        self._connection.execute("RELEASE mark")

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────

    def standing(self) -> Standing:
        c = self._connection
        return Standing(
            tuple(ChatRow(*row) for row in c.execute(_CHATS)),
            tuple(InboxRow(*row) for row in c.execute(_INBOX)),
            tuple(OutboxRow(*row) for row in c.execute(_OUTBOX)),
            tuple(
                TimerRow(*row)
                for row in c.execute("SELECT chat_id, due_us, event FROM timer ORDER BY chat_id")
            ),
        )

    def rows_of(self, message_id: str) -> int:
        row = fetch_one(self._connection, "SELECT count(*) FROM inbox WHERE message_id = ?", message_id)
        assert row is not None
        return int(row[0])

    def ledger(self) -> list[str]:
        return [fact for (fact,) in fetch(self._connection, "SELECT fact FROM ledger ORDER BY entry_id")]

    # ── the port, without waiting ─────────────────────────────────────────────────────────────────────

    def receive(
        self,
        arrivals: Sequence[Arrival],
        statuses: Sequence[Status],
        relinked: Sequence[Relinked],
        now: datetime,
    ) -> Received:
        (received,) = Webhook.together(self._connection, [Webhook(arrivals, statuses, relinked, now)])
        return received

    def head(self, chat_id: int) -> Head | None:
        return turns.head(self._connection, chat_id)

    def chats_with_work(self) -> tuple[int, ...]:
        return turns.chats_with_work(self._connection)

    def take(self, turn: TurnTaken, now: datetime) -> bool:
        # Keys that depend on nothing but the turn, so that equal paths make equal rows.
        fresh = f"m{turn.head.chat_id}.{turn.head.version + 1}"
        messages = [each for each in turn.outgoing if isinstance(each, OutgoingMessage)]
        keys = tuple(f"{fresh}.{place}" for place, _ in enumerate(messages))
        return turns.take(self._connection, turn, keys, now)

    def turn_failed(self, arrival: int) -> int:
        return turns.turn_failed(self._connection, arrival, "")

    def due(self, now: datetime, busy: frozenset[int]) -> tuple[Delivery, ...]:
        return deliveries.due(self._connection, now, busy, 100)

    def next_due(self, now: datetime, busy: frozenset[int]) -> datetime | None:
        return deliveries.next_due(self._connection, now, busy)

    def starting(self, delivery: Delivery, now: datetime) -> bool:
        return deliveries.starting(self._connection, delivery, now)

    def ended(self, delivery: Delivery, ending: Ending, now: datetime) -> tuple[int, ...]:
        return deliveries.ended(self._connection, delivery, ending, now)

    def sign_of_waiting(self, delivery: Delivery, event: Event, now: datetime) -> tuple[int, ...]:
        return deliveries.sign_of_waiting(self._connection, delivery, event, now)

    def fire_timers(self, now: datetime) -> tuple[int, ...]:
        return timers.fire(self._connection, now)

    def happens(self, chat_id: int, event: Event, message_id: str, now: datetime) -> None:
        timers.put(self._connection, chat_id, message_id, dump(event), now)

    def next_timer(self) -> datetime | None:
        return timers.next_timer(self._connection)

    def recover(self, now: datetime) -> None:
        timers.recover(self._connection, now, grace_s=GRACE_S, hold_s=HOLD_IN_DOUBT_S)
        deliveries.settle_unreadable(self._connection, now)
        timers.orphans(self._connection, CallFailed(reason="unknown"), now)

    def status_seen_since(self, account: str, since: datetime) -> bool:
        return timers.status_seen_since(self._connection, account, since)
