"""The ends that a message of ours can come to, whoever reports it: the shell, a status, or a tap."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import apsw

from adapters.storage import dead, timers
from adapters.storage.rows import change, change_one, fetch, fetch_one, from_us, to_us
from engine.codec import dump
from engine.events import NotDelivered
from engine.letters import letter_of
from engine.ports import Address

# Why a message that counts as sent is a dead letter all the same, until a status proves it.
MAY_HAVE_ARRIVED = "in doubt: it was sent twice, and WhatsApp has confirmed neither"
# A send that was accepted within this time was there to be read since it began.
QUICK_SEND_US = 1_500_000


@dataclass(frozen=True, slots=True)
class Sending:
    """One message of the outbox, with what its chat says about its question."""

    outbox_id: int
    chat_id: int
    status: str
    attempts: int
    doubts: int
    created_us: int
    question: int | None
    patience: str | None
    patience_s: float | None
    outcome: bool
    good_for_s: float
    provider_id: str | None
    delivered: int
    opted_out: bool
    awaiting: str | None
    pending_question: int | None
    asked_question: int | None
    asked_by: int | None
    asked_us: int | None

    @property
    def unfinished(self) -> bool:
        return self.status in ("pending", "sending", "doubt")

    @property
    def is_pending_question(self) -> bool:
        return self.question is not None and self.question == self.pending_question


_SENDING = """
    SELECT o.outbox_id, o.chat_id, o.status, o.attempts, o.doubts, o.created_us,
           o.question, o.patience, o.patience_s, o.outcome, o.good_for_s, o.provider_id, o.delivered,
           c.opted_out, c.awaiting, c.pending_question, c.asked_question, c.asked_by, c.asked_us
    FROM outbox o JOIN chat c ON c.chat_id = o.chat_id
    WHERE o.kind = 'message' AND
"""


# A message that waits for longer than a day is not sent any more.
_TRIED_WITHIN = timedelta(hours=25)
_LATELY = """
    SELECT c.channel, c.account, c.phone, c.user_id, coalesce(o.finished_us, ?1) AS at_us,
           o.doubts + (o.status <> 'pending') AS copies
    FROM outbox o JOIN chat c ON c.chat_id = o.chat_id
    WHERE o.kind = 'message' AND o.attempts > 0 AND (o.finished_us IS NULL OR o.finished_us >= ?2)
      AND o.outbox_id > coalesce(
          (SELECT outbox_id FROM outbox WHERE created_us < ?3 ORDER BY outbox_id DESC LIMIT 1), 0
      )
    ORDER BY at_us
"""


def lately(
    connection: apsw.Connection, since: datetime, now: datetime
) -> tuple[tuple[Address, datetime], ...]:
    """Return to whom messages have left since then, oldest first: once for each copy that may have."""
    rows = fetch(connection, _LATELY, to_us(now), to_us(since), to_us(now - _TRIED_WITHIN))
    return tuple(
        (Address(channel=channel, account=account, phone=phone, user=user), from_us(at_us))
        for channel, account, phone, user, at_us, copies in rows
        for _ in range(copies)
    )


def by_id(connection: apsw.Connection, outbox_id: int) -> Sending | None:
    row = fetch_one(connection, f"{_SENDING} o.outbox_id = ?", outbox_id)
    return None if row is None else Sending(*row)


def by_key(connection: apsw.Connection, key: str) -> Sending | None:
    row = fetch_one(connection, f"{_SENDING} o.key = ?", key)
    return None if row is None else Sending(*row)


def by_provider_id(connection: apsw.Connection, account: str, provider_id: str) -> Sending | None:
    row = fetch_one(connection, f"{_SENDING} o.provider_id = ? AND c.account = ?", provider_id, account)
    return None if row is None else Sending(*row)


def whose(connection: apsw.Connection, sending: Sending) -> tuple[str, str | None]:
    """Return the message's key, and the phone of the client whom it is for."""
    row = fetch_one(
        connection,
        "SELECT o.key, c.phone FROM outbox o JOIN chat c ON c.chat_id = o.chat_id WHERE o.outbox_id = ?",
        sending.outbox_id,
    )
    assert row is not None, f"no message {sending.outbox_id}"
    key, phone = row
    return key, phone


def last_heard(connection: apsw.Connection, chat_id: int) -> str | None:
    row = fetch_one(
        connection,
        """
        SELECT message_id FROM inbox WHERE chat_id = ? AND heard IS NOT NULL
        ORDER BY said_us DESC, arrival DESC LIMIT 1
        """,
        chat_id,
    )
    return None if row is None else row[0]


def on_its_way(connection: apsw.Connection, chat_id: int) -> Sending | None:
    """Return the chat's message whose sending is under way or in doubt; there is at most one."""
    row = fetch_one(
        connection,
        f"{_SENDING} o.chat_id = ? AND o.finished_us IS NULL AND o.status IN ('sending', 'doubt') LIMIT 1",
        chat_id,
    )
    return None if row is None else Sending(*row)


def ask(connection: apsw.Connection, sending: Sending, at: datetime, arrival: int | None = None) -> None:
    """Note that the pending question can be read from `at` on, if nothing is noted yet.

    `arrival` is the highest number that existed then; None: the highest of now.
    """
    if sending.is_pending_question and sending.asked_question != sending.question:
        change_one(
            connection,
            """
            UPDATE chat SET asked_question = ?, asked_us = ?, asked_by = ?,
                asked_arrival = coalesce(?, (SELECT max(arrival) FROM inbox), 0)
            WHERE chat_id = ?
            """,
            *(sending.question, to_us(at), sending.outbox_id, arrival, sending.chat_id),
        )


def unask(connection: apsw.Connection, sending: Sending) -> None:
    """Take the note back: nothing proves that the question can be read."""
    if sending.asked_by == sending.outbox_id:
        change_one(
            connection,
            """
            UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL
            WHERE chat_id = ?
            """,
            sending.chat_id,
        )


def accepted(
    connection: apsw.Connection, sending: Sending, provider_id: str, now: datetime, *, proven: bool = True
) -> None:
    """The channel has it, or (not `proven`) may have it. The patience of a pending question starts now."""
    change_one(
        connection,
        """
        UPDATE outbox SET status = 'sent', finished_us = ?, provider_id = coalesce(nullif(?, ''), provider_id)
        WHERE outbox_id = ? AND finished_us IS NULL
        """,
        *(to_us(now), provider_id, sending.outbox_id),
    )
    if proven:
        _readable_since(connection, sending, now)
    else:
        unask(connection, sending)
        # Somebody may look, and send it once more; we may not.
        dead.bury(connection, "message", sending.outbox_id, sending.chat_id, MAY_HAVE_ARRIVED, now)
    if sending.is_pending_question and sending.awaiting is None and sending.patience is not None:
        assert sending.patience_s is not None
        timers.arm(connection, sending.chat_id, sending.patience, sending.patience_s, now)


def _readable_since(connection: apsw.Connection, sending: Sending, now: datetime) -> None:
    """Note that the question could be read when its send began, or, where that took long, from now on.

    A client may answer before the channel has answered us, but not a message that the channel sits on.
    """
    if not sending.is_pending_question:
        return
    if sending.asked_by == sending.outbox_id and sending.asked_us is not None:
        if to_us(now) - sending.asked_us <= QUICK_SEND_US:
            return
        unask(connection, sending)
    elif sending.asked_question == sending.question:
        return
    number = fetch_one(connection, "SELECT coalesce(max(arrival), 0) FROM inbox")
    assert number is not None
    change_one(
        connection,
        "UPDATE chat SET asked_question = ?, asked_us = ?, asked_by = ?, asked_arrival = ? WHERE chat_id = ?",
        *(sending.question, to_us(now), sending.outbox_id, number[0], sending.chat_id),
    )


def given_up(
    connection: apsw.Connection,
    sending: Sending,
    status: Literal["dropped", "dead"],
    why: str,
    now: datetime,
    *,
    code: int | None = None,
) -> bool:
    """Finish a message that will not arrive; return whether the dialogue must hear of it.

    It must if the client was to answer it: otherwise the session would wait for ever for words about a
    question that nobody can read, with no time-out armed. «Стоп» needs none of this: its own turn ends it.
    """
    change_one(
        connection,
        "UPDATE outbox SET status = ?, why = ?, code = ?, finished_us = ? WHERE outbox_id = ?",
        *(status, why, code, to_us(now), sending.outbox_id),
    )
    if status == "dead":
        known = why if code is None else f"{code} {why}"
        dead.bury(connection, "message", sending.outbox_id, sending.chat_id, known, now)
    if not sending.is_pending_question or (status == "dropped" and sending.opted_out):
        return False
    assert sending.question is not None
    # A pending question that nobody silenced is dropped for nothing but its age.
    event = dump(NotDelivered(question=sending.question, too_old=status == "dropped"))
    timers.put(connection, sending.chat_id, f"undelivered:{sending.outbox_id}", event, now)
    return True


def seen(connection: apsw.Connection, sending: Sending, rank: int, now: datetime) -> None:
    """Keep the furthest status; they come in any order. It proves what was in doubt."""
    if sending.doubts:
        # The schema knows no third end of a letter: nobody has to see to it.
        dead.handle(connection, letter_of("message", sending.outbox_id), "dropped", now)
    change(
        connection,
        "UPDATE outbox SET delivered = ? WHERE outbox_id = ? AND delivered < ?",
        *(rank, sending.outbox_id, rank),
    )
