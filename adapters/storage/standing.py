"""Where every live dialogue of a file stands, read for the census."""

from typing import Any

import apsw
from pydantic import ValidationError

from adapters.storage.rows import from_us
from engine.booking import Call, Command
from engine.census import Standing
from engine.codec import Unreadable, load
from engine.session import IDLE, Session

_CHATS = """
    WITH waiting AS (
        SELECT chat_id, count(heard) AS words FROM inbox WHERE taken_us IS NULL GROUP BY chat_id
    ), heard AS (
        SELECT chat_id, max(max(received_us, coalesce(taken_us, 0))) AS us FROM inbox GROUP BY chat_id
    )
    SELECT c.session, c.pending_question IS NOT NULL, o.outbox_id IS NOT NULL, o.payload,
           coalesce(w.words, 0), h.us
    FROM chat c
    LEFT JOIN outbox o ON o.key = c.awaiting AND o.finished_us IS NULL
    LEFT JOIN waiting w ON w.chat_id = c.chat_id
    LEFT JOIN heard h ON h.chat_id = c.chat_id
"""


def standings(connection: apsw.Connection) -> tuple[tuple[Standing, ...], int]:
    """Return every dialogue that is under way, and how many chats are at home."""
    everybody = [_standing(row) for row in connection.execute(_CHATS)]
    live = tuple(one for one in everybody if one.session is None or one.session.state != IDLE)
    return live, len(everybody) - len(live)


def _standing(row: Any) -> Standing:
    stored, question_pending, call_out, payload, words, last_us = row
    session = _session(stored)
    return Standing(
        session=session,
        question_pending=bool(question_pending),
        call_out=bool(call_out),
        write_out=bool(call_out) and _is_write(payload, session),
        words_waiting=words,
        last_activity=from_us(last_us),
    )


def _session(text: str) -> Session | None:
    try:
        return Session.model_validate_json(text)
    except ValidationError:
        return None


def _is_write(payload: str, session: Session | None) -> bool:
    try:
        return isinstance(load(Call, payload), Command)
    except Unreadable:
        # Today's code has no such call. What the client agreed to tells; where nothing does, it may be one.
        return session is None or session.write_is_out
