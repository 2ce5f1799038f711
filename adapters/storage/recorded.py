"""Every chat of a file as a record of its turns, read for the replay."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import apsw
from pydantic import ValidationError

from adapters.storage.rows import from_us
from adapters.storage.sends import QUICK_SEND_US
from adapters.storage.turns import event_of, readable
from engine.booking import Call
from engine.codec import Unreadable, load
from engine.events import Event, Heard, TimedOut
from engine.ports import Bubble
from engine.replay import Left, Recorded, Taken
from engine.session import Session

# Statuses and items that nobody is to answer are no turns, and have neither words nor event.
_TURNS = """
    SELECT chat_id, arrival, heard, event, call, said_us, received_us, taken_us, attempts FROM inbox
    WHERE taken_us IS NOT NULL AND chat_id IS NOT NULL AND (heard IS NOT NULL OR event IS NOT NULL)
    ORDER BY chat_id, taken_us, arrival
"""
_LEFT = """
    SELECT chat_id, kind, payload, created_us, after_s, question, patience,
           status, attempts, first_tried_us, finished_us, provider_id
    FROM outbox ORDER BY chat_id, outbox_id
"""
_CHATS = "SELECT chat_id, phone, version, session FROM chat WHERE version > 0 ORDER BY chat_id"


def recorded(connection: apsw.Connection) -> Iterator[Recorded]:
    """Yield every chat that has had a turn, one after the other: a file may hold years of them."""
    turns, left = _ByChat(connection.execute(_TURNS)), _ByChat(connection.execute(_LEFT))
    for chat_id, phone, version, session in connection.execute(_CHATS):
        yield Recorded(
            chat_id=chat_id,
            phone=phone,
            turns_taken=version,
            session=readable(Session, session),
            turns=tuple(_taken(row) for row in turns.of(chat_id)),
            left=tuple(_left(row) for row in left.of(chat_id)),
        )


class _ByChat:
    """Rows in the order of their chats, handed out chat by chat."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, chat_id: int) -> list[Any]:
        found = []
        while self._next is not None and self._next[0] <= chat_id:
            if self._next[0] == chat_id:
                found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found


def _taken(row: Any) -> Taken:
    arrival, heard, event, call, said_us, received_us, taken_us, attempts = row
    said_at = from_us(said_us)
    return Taken(
        arrival=arrival,
        said_at=said_at,
        received_at=from_us(received_us),
        taken_at=from_us(taken_us),
        heard=None if heard is None else readable(Heard, heard) or Heard(kind="other", said_at=said_at),
        event=None if event is None else event_of(event, call),
        call=call,
        failures=attempts,
    )


def _left(row: Any) -> Left:
    kind, payload, created_us, after_s, question, patience, *sent = row
    status, attempts, tried_us, finished_us, provider_id = sent
    at, finished_at = from_us(created_us), from_us(finished_us)
    if kind == "call":
        return Left(at, call=_call(payload), after_s=after_s)
    tried_at = from_us(tried_us)
    # Sent without the channel's id, it may never have arrived (`sends.accepted`).
    proven = status == "sent" and provider_id is not None
    return Left(
        at,
        message=_bubble(payload),
        question=question,
        state=_state(patience),
        readable_at=_readable_at(tried_at, finished_at, attempts) if proven else None,
        perhaps_at=tried_at if proven and attempts > 1 else None,
        tried_at=tried_at,
        finished_at=finished_at,
    )


def _readable_at(tried_at: datetime | None, finished_at: datetime | None, attempts: int) -> datetime | None:
    """Return since when a message that arrived could be read: the rule of `sends`, as far as it is kept.

    When its last attempt began is kept only if it was the first; else it is the moment of its acceptance.
    """
    quick = timedelta(microseconds=QUICK_SEND_US)
    if attempts == 1 and tried_at is not None and finished_at is not None and finished_at - tried_at <= quick:
        return tried_at
    return finished_at


def _bubble(payload: str) -> Bubble | None:
    try:
        return Bubble.model_validate_json(payload)
    except ValidationError:
        return None


def _call(payload: str) -> Call | None:
    try:
        return load(Call, payload)
    except Unreadable:
        return None


def _state(patience: str | None) -> str | None:
    """Return where the session stood when the question was asked: its time-out names the state."""
    if patience is None:
        return None
    try:
        event = load(Event, patience)
    except Unreadable:
        return None
    return event.state if isinstance(event, TimedOut) else None
