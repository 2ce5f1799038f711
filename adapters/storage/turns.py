"""What may be taken next, and the one commit of a turn."""

from datetime import datetime
from typing import TypeVar

import apsw
import structlog
from pydantic import ValidationError

from adapters.storage import dead, timers
from adapters.storage.rows import after, change, change_one, fetch, fetch_one, from_us, storable, to_us
from engine.booking import CallFailed, Fact
from engine.codec import Unreadable, dump, load
from engine.events import Event, Heard, StartedOver
from engine.ports import Address, Asked, Head, OutgoingCall, OutgoingMessage, TurnTaken
from engine.session import Chat, Session
from engine.values import Frozen

log = structlog.get_logger()

V = TypeVar("V", bound=Frozen)

# Results overtake: while a call is out, only what carries its key may be taken. Words wait while the pending
# question is being sent: until that has ended nobody knows whether they could have answered it (design §5).
_NEXT_ROW = """
    SELECT c.version, c.session, c.chat, c.opted_out, c.phone, c.user_id, c.channel, c.account,
           CASE WHEN c.asked_question = c.pending_question THEN c.pending_question END,
           c.asked_us, c.asked_arrival,
           EXISTS (SELECT 1 FROM outbox o WHERE o.chat_id = c.chat_id AND o.kind = 'message'
                                            AND o.finished_us IS NULL AND o.question = c.pending_question),
           EXISTS (SELECT 1 FROM outbox o WHERE o.outbox_id = c.asked_by AND o.question = c.pending_question
                                            AND o.first_tried_us < i.received_us)
           OR EXISTS (SELECT 1 FROM outbox o WHERE o.chat_id = c.chat_id AND o.kind = 'message'
                                               AND o.finished_us IS NULL AND o.question = c.pending_question
                                               AND o.doubts > 0 AND o.first_tried_us < i.received_us),
           i.arrival, i.message_id, i.heard, i.event, i.call, i.said_us, i.received_us, i.attempts,
           i.brought_back
    FROM chat c JOIN inbox i ON i.chat_id = c.chat_id AND i.taken_us IS NULL
    WHERE c.chat_id = ? AND (c.awaiting IS NULL OR c.awaiting = i.call)
      AND (i.heard IS NULL OR NOT EXISTS (
          SELECT 1 FROM outbox o WHERE o.outbox_id = c.asked_by AND o.status = 'sending'
      ))
    ORDER BY i.arrival LIMIT 1
"""


def head(connection: apsw.Connection, chat_id: int) -> Head | None:
    row = fetch_one(connection, _NEXT_ROW, chat_id)
    if row is None:
        return None
    version, session, chat, opted_out, phone, user, channel, account, *rest = row
    (
        question,
        asked_us,
        asked_arrival,
        unsent,
        may_have_read,
        arrival,
        message_id,
        heard,
        event,
        call,
        said_us,
        received_us,
        attempts,
        brought_back,
    ) = rest
    said_at = from_us(said_us)
    return Head(
        arrival=arrival,
        chat_id=chat_id,
        version=version,
        session=readable(Session, session),
        chat=(readable(Chat, chat) or Chat()).model_copy(
            update={"phone": phone, "opted_out": bool(opted_out)}
        ),
        address=Address(channel=channel, account=account, phone=phone, user=user),
        channel_message_id=message_id,
        heard=None if heard is None else readable(Heard, heard) or Heard(kind="other", said_at=said_at),
        event=None if event is None else event_of(event, call),
        call=call,
        said_at=said_at,
        received_at=from_us(received_us),
        attempts=attempts,
        brought_back=bool(brought_back),
        question_unsent=bool(unsent),
        may_have_read=bool(may_have_read),
        asked=None
        if question is None
        else Asked(question=question, at=from_us(asked_us), arrival=asked_arrival),
    )


def chats_with_work(connection: apsw.Connection) -> tuple[int, ...]:
    """Return the chats that have a takeable row, longest waiting first."""
    rows = fetch(
        connection,
        """
        SELECT i.chat_id FROM inbox i JOIN chat c ON c.chat_id = i.chat_id
        WHERE i.taken_us IS NULL AND (c.awaiting IS NULL OR c.awaiting = i.call)
        GROUP BY i.chat_id ORDER BY min(i.arrival)
        """,
    )
    return tuple(chat_id for (chat_id,) in rows)


def take(connection: apsw.Connection, turn: TurnTaken, keys: tuple[str, ...], now: datetime) -> bool:
    """Commit the turn; `keys` are fresh outbox keys for its messages. False: nothing was written."""
    head, session = turn.head, turn.session
    now_us = to_us(now)
    stored = fetch_one(connection, "SELECT version, questions FROM chat WHERE chat_id = ?", head.chat_id)
    if stored is None or stored[0] != head.version:
        return False
    marked = "UPDATE inbox SET taken_us = ? WHERE arrival = ? AND chat_id = ? AND taken_us IS NULL"
    if change(connection, marked, now_us, head.arrival, head.chat_id) != 1:
        return False
    if turn.instead:
        _bury(connection, turn, now)
    change_one(
        connection,
        """
        UPDATE chat SET version = version + 1, session = ?, chat = ?,
                        awaiting = ?, questions = ?, pending_question = ?
        WHERE chat_id = ?
        """,
        *(session.model_dump_json(), turn.chat.model_dump_json(), session.awaiting, session.questions),
        *(None if session.pending is None else session.questions, head.chat_id),
    )
    if session.questions != stored[1]:
        _supersede(connection, head.chat_id, session.questions, now_us)
    fresh = iter(keys)
    for outgoing in turn.outgoing:
        if isinstance(outgoing, OutgoingMessage):
            _queue_message(connection, head.chat_id, next(fresh), outgoing, now_us)
        else:
            _queue_call(connection, head.chat_id, outgoing, now)
    if turn.patience is not None:
        timers.arm(connection, head.chat_id, dump(turn.patience.event), turn.patience.after_s, now)
    elif not turn.keep_patience:
        timers.disarm(connection, head.chat_id)
    note(connection, head.chat_id, turn.facts, now)
    return True


def turn_failed(connection: apsw.Connection, arrival: int, why: str) -> int:
    counted = "UPDATE inbox SET attempts = attempts + 1, failure = ? WHERE arrival = ? RETURNING attempts"
    row = fetch_one(connection, counted, storable(why), arrival)
    assert row is not None, f"no inbox row {arrival}"
    return int(row[0])


def note(connection: apsw.Connection, chat_id: int, facts: tuple[Fact, ...], now: datetime) -> None:
    """Enter facts into the ledger."""
    for fact in facts:
        change_one(
            connection,
            "INSERT INTO ledger (chat_id, at_us, kind, fact) VALUES (?, ?, ?, ?)",
            *(chat_id, to_us(now), type(fact).__name__, dump(fact)),
        )


def _bury(connection: apsw.Connection, turn: TurnTaken, now: datetime) -> None:
    """Keep what the turn puts aside, with what the client is told instead."""
    failure = fetch_one(connection, "SELECT failure FROM inbox WHERE arrival = ?", turn.head.arrival)
    assert failure is not None
    told = (one.bubble.text for one in turn.outgoing if isinstance(one, OutgoingMessage))
    dead.bury(
        connection,
        *("turn", turn.head.arrival, turn.head.chat_id, failure[0], now),
        instead=turn.instead,
        told="\n".join(told),
    )


def _supersede(connection: apsw.Connection, chat_id: int, question: int, now_us: int) -> None:
    """A new question: older ones that did not leave need not any more, and it cannot have been read yet."""
    change(
        connection,
        """
        UPDATE outbox SET status = 'dropped', why = 'superseded', finished_us = ?
        WHERE chat_id = ? AND kind = 'message' AND finished_us IS NULL AND status IN ('pending', 'doubt')
          AND question <> ? AND NOT outcome
        """,
        *(now_us, chat_id, question),
    )
    change_one(
        connection,
        """
        UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL
        WHERE chat_id = ?
        """,
        chat_id,
    )


def _queue_message(
    connection: apsw.Connection, chat_id: int, key: str, message: OutgoingMessage, now_us: int
) -> None:
    patience = message.patience
    change_one(
        connection,
        """
        INSERT INTO outbox (chat_id, key, kind, payload, created_us, due_us,
                            question, patience, patience_s, outcome, good_for_s)
        VALUES (?, ?, 'message', ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        *(chat_id, key, message.bubble.model_dump_json(), now_us, now_us, message.question),
        *((None, None) if patience is None else (dump(patience.event), patience.after_s)),
        *(message.outcome, message.good_for_s),
    )


def _queue_call(connection: apsw.Connection, chat_id: int, call: OutgoingCall, now: datetime) -> None:
    change_one(
        connection,
        """
        INSERT INTO outbox (chat_id, key, kind, payload, created_us, due_us, awaited, after_s)
        VALUES (?, ?, 'call', ?, ?, ?, ?, ?)
        """,
        *(
            chat_id,
            call.key,
            dump(call.call),
            to_us(now),
            after(now, call.after_s),
            call.awaited,
            call.after_s,
        ),
    )


def readable(model: type[V], text: str) -> V | None:
    """Return what is stored, or None where today's model does not take it any more."""
    try:
        return model.model_validate_json(text)
    except ValidationError:
        log.warning("store.unreadable", what=model.__name__)
        return None


def event_of(text: str, call: str | None) -> Event:
    """Return the stored event; where today's code has no such event any more, the nearest truth instead."""
    try:
        return load(Event, text)
    except Unreadable as error:
        log.warning("store.unreadable", what="event", error=str(error))
        return StartedOver() if call is None else CallFailed(reason="unknown")
