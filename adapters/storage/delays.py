"""Delays over a clock that was set back: they go back with it, and none lasts longer than a delay can.

What belongs to the day of the world stays where it is: when a visit begins, when somebody has said something,
and all that has ended.
"""

from datetime import datetime

import apsw

from adapters.storage.rows import after, change, to_us
from engine.runtime.endings import DO_FOR_S, SEND_AGAIN_S_MAX
from engine.runtime.notices import RETRY_MOST_S
from engine.session import IDLE

# Home waits for nothing but the beginning of a visit.
_IS_A_DELAY = f"json_extract(event, '$.value.state') IS NOT '{IDLE}'"

_BACK = (
    """
    UPDATE outbox SET due_us = due_us - ?1, created_us = created_us - ?1, first_tried_us = first_tried_us - ?1
    WHERE finished_us IS NULL
    """,
    "UPDATE notice SET due_us = due_us - ?1, created_us = created_us - ?1 WHERE finished_us IS NULL",
    f"UPDATE timer SET due_us = due_us - ?1 WHERE {_IS_A_DELAY}",
)

_LATEST = "max(cast(after_s * 1000000 AS INTEGER) + ?1, iif(kind = 'message', ?2, ?3))"
_OUTBOX = f"""
    UPDATE outbox SET due_us = min(due_us, {_LATEST}), created_us = min(created_us, ?1),
                      first_tried_us = min(first_tried_us, ?1)
    WHERE finished_us IS NULL AND (due_us > {_LATEST} OR created_us > ?1 OR first_tried_us > ?1)
"""
_NOTICES = """
    UPDATE notice SET due_us = min(due_us, ?2), created_us = min(created_us, ?1)
    WHERE finished_us IS NULL AND (due_us > ?2 OR created_us > ?1)
"""
_TIMERS = f"UPDATE timer SET due_us = ?1 WHERE due_us > ?1 AND {_IS_A_DELAY}"
# By a clock that was ahead nobody could ever have answered in time: it is asked again, and by the right one.
_QUESTIONS = """
    UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL
    WHERE chat_id IN (SELECT chat_id FROM timer) AND asked_us > ?
"""


def pull_back(connection: apsw.Connection, now: datetime, *, by_s: float, patience_s: float) -> None:
    """Let what waits go back by so much; `patience_s`: the longest time-out that is no moment of the day.

    Nothing that waits is left in a future that no delay reaches: over a restart nobody knows by how much the
    clock was set back, and whoever wants to be left alone for longer is asked once too early.
    """
    if by_s:
        for sql in _BACK:
            change(connection, sql, round(by_s * 1_000_000))
    now_us = to_us(now)
    change(connection, _OUTBOX, now_us, after(now, SEND_AGAIN_S_MAX), after(now, DO_FOR_S))
    change(connection, _NOTICES, now_us, after(now, RETRY_MOST_S))
    change(connection, _TIMERS, after(now, patience_s))
    change(connection, _QUESTIONS, now_us)
