"""A database as it looks after so many clients: their chats at home, what they wrote, what they were told."""

from datetime import datetime, timedelta

import apsw

from adapters.storage.rows import to_us
from benchmarks.town import NUMBER
from engine.session import Chat, Session

# One in a thousand waits for an answer, with its time-out armed.
_SCRIPT = """
CREATE TEMP TABLE series AS
WITH RECURSIVE counted(value) AS (
    SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < 2 * :sessions
)
SELECT value FROM counted;

INSERT INTO chat (chat_id, channel, account, phone, version, session, chat, questions)
SELECT value, 'whatsapp', :number, printf('+7901%07d', value), 4, :session, :chat, 2
FROM series WHERE value <= :sessions;

INSERT INTO identity (channel, account, kind, value, chat_id)
SELECT 'whatsapp', :number, 'phone', printf('+7901%07d', value), value FROM series WHERE value <= :sessions;

INSERT INTO inbox (channel, account, message_id, chat_id,
                   heard, event, call, said_us, received_us, taken_us, raw)
SELECT iif(value % 2, 'whatsapp', ''), iif(value % 2, :number, ''), printf('wamid.old%d', value),
       (value + 1) / 2, iif(value % 2, :heard, NULL), iif(value % 2, NULL, :event),
       iif(value % 2, NULL, printf('c%d.1', value / 2)),
       :now - value, :now - value, :now - value, iif(value % 2, :raw, '')
FROM series;

INSERT INTO outbox (chat_id, key, kind, status, payload, created_us, due_us, attempts, first_tried_us,
                    finished_us, question, provider_id, delivered)
SELECT (value + 1) / 2, printf('old%d', value), iif(value % 2, 'message', 'call'),
       iif(value % 2, 'sent', 'done'),
       :payload, :now - value, :now - value, 1, :now - value, :now - value,
       iif(value % 2, 2, NULL), iif(value % 2, printf('wamid.sent%d', value), NULL), 3
FROM series;

INSERT INTO ledger (chat_id, at_us, kind, fact)
SELECT value, :now - value, 'RecordCancelled', :event FROM series WHERE value <= :sessions;

INSERT INTO timer (chat_id, due_us, event)
SELECT value, :later + value, :event FROM series WHERE value <= :sessions AND value % 1000 = 0;
"""


def fill(path: str, sessions: int, now: datetime) -> None:
    """Add so many sessions to a database whose tables are there already."""
    connection = apsw.Connection(path)
    values = {
        "number": NUMBER,
        "sessions": sessions,
        "session": Session().model_dump_json(),
        "chat": Chat().model_dump_json(),
        "heard": '{"kind":"words","said_at":"2026-11-27T06:00:00Z","text":"отмените запись"}',
        "event": '{"kind":"RecordsFound","value":{"records":[]}}',
        "raw": "x" * 300,
        "payload": "x" * 400,
        "now": to_us(now),
        "later": to_us(now + timedelta(hours=1)),
    }
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        connection.execute(_SCRIPT, values)
    connection.close()
