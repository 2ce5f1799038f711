"""A chat's one time-out, what a restart does to it, and the rows that the store itself puts in the inbox."""

from datetime import datetime, timedelta

import apsw

from adapters.storage.rows import after, change, change_one, fetch, fetch_one, from_us, to_us
from engine.codec import dump
from engine.values import Event

# A number that has shown no status for so long reports none at all: no use in holding a send for one.
STATUSES_EXPECTED_FOR = timedelta(hours=24)


def arm(connection: apsw.Connection, chat_id: int, event: str, after_s: float, now: datetime) -> None:
    """Replace the chat's time-out. Its id is new each time, and so is its inbox row's."""
    disarm(connection, chat_id)
    change_one(
        connection,
        "INSERT INTO timer (chat_id, due_us, event) VALUES (?, ?, ?)",
        *(chat_id, after(now, after_s), event),
    )


def disarm(connection: apsw.Connection, chat_id: int) -> None:
    change(connection, "DELETE FROM timer WHERE chat_id = ?", chat_id)


def fire(connection: apsw.Connection, now: datetime) -> tuple[int, ...]:
    """Turn every due time-out into an inbox row, in order of their times."""
    due = fetch(
        connection,
        "SELECT timer_id, chat_id, event FROM timer WHERE due_us <= ? ORDER BY due_us, timer_id",
        to_us(now),
    )
    for timer_id, chat_id, event in due:
        disarm(connection, chat_id)
        put(connection, chat_id, f"timer:{timer_id}", event, now)
    return tuple(chat_id for _, chat_id, _ in due)


def next_timer(connection: apsw.Connection) -> datetime | None:
    row = fetch_one(connection, "SELECT min(due_us) FROM timer")
    return None if row is None else from_us(row[0])


def put(
    connection: apsw.Connection,
    chat_id: int,
    message_id: str,
    event: str,
    now: datetime,
    *,
    call: str | None = None,
) -> None:
    """Insert one row of our own into the inbox. A conflict is our mistake, and loud."""
    change_one(
        connection,
        """
        INSERT INTO inbox (channel, account, message_id, chat_id, event, call, said_us, received_us)
        VALUES ('', '', ?, ?, ?, ?, ?, ?)
        """,
        *(message_id, chat_id, event, call, to_us(now), to_us(now)),
    )


def recover(connection: apsw.Connection, now: datetime, *, grace_s: float, hold_s: float) -> None:
    earliest = after(now, grace_s)
    change(connection, "UPDATE timer SET due_us = ? WHERE due_us < ?", earliest, earliest)
    # How far the last process came with a write that it had tried is not known.
    change(
        connection,
        "UPDATE outbox SET maybe_done = 1 WHERE finished_us IS NULL AND kind = 'call' AND attempts > 0",
    )
    change(
        connection,
        """
        UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL
        WHERE chat_id IN (SELECT chat_id FROM outbox WHERE finished_us IS NULL AND status = 'sending')
          AND asked_by IN (SELECT outbox_id FROM outbox WHERE finished_us IS NULL AND status = 'sending')
        """,
    )
    change(
        connection,
        """
        UPDATE outbox SET status = 'doubt', doubts = doubts + 1,
            due_us = CASE WHEN EXISTS (
                SELECT 1 FROM chat c JOIN number n ON n.account = c.account
                WHERE c.chat_id = outbox.chat_id AND n.last_status_us >= ?
            ) THEN ? ELSE ? END
        WHERE finished_us IS NULL AND status = 'sending'
        """,
        *(to_us(now - STATUSES_EXPECTED_FOR), after(now, hold_s), to_us(now)),
    )


def orphans(connection: apsw.Connection, event: Event, now: datetime) -> tuple[int, ...]:
    waiting_for_nothing = fetch(
        connection,
        """
        SELECT chat_id, awaiting, version FROM chat c INDEXED BY chat_awaiting
        WHERE awaiting IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = c.awaiting AND o.finished_us IS NULL)
          AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.call = c.awaiting AND i.taken_us IS NULL
                                                  AND i.chat_id = c.chat_id)
        ORDER BY chat_id
        """,
    )
    for chat_id, key, version in waiting_for_nothing:
        # The version: a turn that took such an event and still waits for the key gets another one.
        put(connection, chat_id, f"orphan:{key}:{version}", dump(event), now, call=key)
    return tuple(chat_id for chat_id, _, _ in waiting_for_nothing)


def status_seen_since(connection: apsw.Connection, account: str, since: datetime) -> bool:
    row = fetch_one(connection, "SELECT last_status_us FROM number WHERE account = ?", account)
    return row is not None and row[0] >= to_us(since)


def ping(connection: apsw.Connection, now: datetime) -> None:
    change_one(
        connection,
        """
        INSERT INTO meta (name, value) VALUES ('ping_us', ?)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        str(to_us(now)),
    )
