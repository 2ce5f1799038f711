"""The notices that are still to be told, and what the pages of late requests look up and leave behind."""

import json
from collections.abc import Sequence
from datetime import datetime

import apsw

from adapters.storage import dead, timers
from adapters.storage.rows import change, change_one, fetch, fetch_one, from_us, to_us
from adapters.storage.turns import event_of, readable
from engine.booking import Fact
from engine.codec import dump, load
from engine.events import Event
from engine.notices import Notice, Told
from engine.ports import NoticeDue, NoticeEnding
from engine.session import Chat

# What is said to one recipient of one chat keeps its order: a notice that waits for its retry holds those
# behind it, or «отмена» would be read after «запись снова в силе». Notices of other chats pass it by.
_HEADS = """
    SELECT min(notice_id) FROM notice
    WHERE finished_us IS NULL AND recipient NOT IN (SELECT value FROM json_each(?))
    GROUP BY recipient, ifnull(chat_id, -notice_id)
"""
_DUE = f"""
    SELECT notice_id, chat_id, key, recipient, notice, text, created_us, attempts, doubts, refused,
           belated OR (refused <> '' AND EXISTS (
               SELECT 1 FROM notice later
               WHERE later.recipient = n.recipient AND later.chat_id = n.chat_id
                 AND later.notice_id > n.notice_id AND later.status = 'sent'
           ))
    FROM notice n
    WHERE notice_id IN (
        SELECT min(notice_id) FROM notice
        WHERE notice_id IN ({_HEADS}) AND status = 'pending' AND due_us <= ?
        GROUP BY recipient
    )
    ORDER BY due_us, notice_id LIMIT ?
"""
_NEXT = f"SELECT min(due_us) FROM notice WHERE notice_id IN ({_HEADS}) AND status = 'pending'"


def put(connection: apsw.Connection, chat_id: int | None, notices: Sequence[Told], now: datetime) -> None:
    for told in notices:
        change_one(
            connection,
            """
            INSERT INTO notice (key, chat_id, recipient, notice, text, created_us, due_us)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            *(told.key, chat_id, told.recipient, told.notice.model_dump_json(), told.text),
            *(to_us(now), to_us(now)),
        )


def is_known(connection: apsw.Connection, key: str) -> bool:
    """Whether this notice was put already: its commit stood, though it had seemed to fail."""
    return fetch_one(connection, "SELECT 1 FROM notice WHERE key = ?", key) is not None


def due(
    connection: apsw.Connection, now: datetime, busy: frozenset[str], limit: int
) -> tuple[NoticeDue, ...]:
    found: list[NoticeDue] = []
    for row in fetch(connection, _DUE, _listed(busy), to_us(now), limit):
        notice_id, chat_id, key, recipient, stored, text, created_us, attempts, doubts, refused, late = row
        notice = readable(Notice, stored)
        if notice is None:
            # Of an older version; its words stand, and its fields are for programs.
            notice = Notice(to="admin", event="handover")
        codes = tuple(int(code) for code in refused.split())
        told = Told(key=key, recipient=recipient, notice=notice, text=text, refused=codes)
        found.append(
            NoticeDue(
                notice_id=notice_id,
                chat_id=chat_id,
                told=told,
                created_at=from_us(created_us),
                attempts=attempts,
                doubts=doubts,
                overtaken=bool(late),
            )
        )
    return tuple(found)


def next_due(connection: apsw.Connection, busy: frozenset[str]) -> datetime | None:
    row = fetch_one(connection, _NEXT, _listed(busy))
    return None if row is None else from_us(row[0])


def starting(connection: apsw.Connection, notice: NoticeDue) -> bool:
    started = """
        UPDATE notice SET status = 'sending', attempts = attempts + 1
        WHERE notice_id = ? AND status IN ('pending', 'sending')
    """
    # Sending already: an earlier try to note the start stood, though its commit had seemed to fail.
    return change(connection, started, notice.notice_id) == 1


def ended(connection: apsw.Connection, notice: NoticeDue, ending: NoticeEnding, now: datetime) -> None:
    """Repeated, it changes nothing: the commit of the first try may stand, though it seemed to fail."""
    stored = fetch_one(connection, "SELECT status FROM notice WHERE notice_id = ?", notice.notice_id)
    status = stored and stored[0]
    if status in ("sent", "dead") or (status == "pending" and ending.kind in ("later", "doubt")):
        return
    if ending.kind == "sent":
        # A status that it did not arrive may be here before the answer to the send.
        change_one(
            connection,
            """
            UPDATE notice SET status = iif(refused = ?1, 'sent', 'pending'), why = ?2,
                              finished_us = iif(refused = ?1, ?3, NULL)
            WHERE notice_id = ?4 AND finished_us IS NULL
            """,
            *(" ".join(map(str, notice.told.refused)), ending.why, to_us(now), notice.notice_id),
        )
    elif ending.kind == "dead":
        change_one(
            connection,
            """
            UPDATE notice SET status = 'dead', why = ?, finished_us = ?
            WHERE notice_id = ? AND finished_us IS NULL
            """,
            *(ending.why, to_us(now), notice.notice_id),
        )
        dead.bury(connection, "notice", notice.notice_id, notice.chat_id, ending.why, now)
    else:
        assert ending.due is not None, f"{ending.kind} without a time"
        change_one(
            connection,
            """
            UPDATE notice SET status = 'pending', why = ?, due_us = ?, doubts = doubts + ?
            WHERE notice_id = ? AND finished_us IS NULL
            """,
            *(ending.why, to_us(ending.due), ending.kind == "doubt", notice.notice_id),
        )
    put(connection, notice.chat_id, ending.reports, now)


def refused(connection: apsw.Connection, key: str, code: int | None, now: datetime) -> bool:
    """A channel that had accepted it says that it did not arrive: it is looked at again. False: it is none.

    A report of the same that comes again finds it unfinished or given up, and changes nothing.
    """
    again = """
        UPDATE notice SET status = iif(status = 'sent', 'pending', status), finished_us = NULL, due_us = ?,
                          refused = trim(refused || ' ' || ?)
        WHERE key = ? AND status IN ('sending', 'sent')
    """
    return change(connection, again, to_us(now), code or 0, key) == 1


def recover(connection: apsw.Connection) -> None:
    """How far the last process came with what it was sending is not known."""
    change(
        connection,
        "UPDATE notice SET status = 'pending', doubts = doubts + 1"
        " WHERE finished_us IS NULL AND status = 'sending'",
    )


# ── what happened to a chat outside of it ─────────────────────────────────────────────────────────────


def chat(connection: apsw.Connection, chat_id: int) -> Chat | None:
    row = fetch_one(connection, "SELECT chat, phone, opted_out FROM chat WHERE chat_id = ?", chat_id)
    if row is None:
        return None
    stored, phone, opted_out = row
    kept = readable(Chat, stored) or Chat()
    return kept.model_copy(update={"phone": phone, "opted_out": bool(opted_out)})


def happened(connection: apsw.Connection, chat_id: int, name: str, event: Event, now: datetime) -> bool:
    if what_happened(connection, name) is not None:
        return False
    timers.put(connection, chat_id, name, dump(event), now)
    return True


def what_happened(connection: apsw.Connection, name: str) -> Event | None:
    row = fetch_one(
        connection,
        """
        SELECT event FROM inbox
        WHERE channel = '' AND account = '' AND message_id = ? AND event IS NOT NULL
        """,
        name,
    )
    return None if row is None else event_of(row[0], None)


def noted(
    connection: apsw.Connection, chat_id: int, kind: type[Fact], since: datetime
) -> tuple[tuple[datetime, Fact], ...]:
    rows = fetch(
        connection,
        """
        SELECT at_us, fact FROM ledger WHERE kind = ? AND at_us >= ? AND chat_id = ?
        ORDER BY at_us, entry_id
        """,
        *(kind.__name__, to_us(since), chat_id),
    )
    return tuple((from_us(at_us), load(Fact, fact)) for at_us, fact in rows)


def heard_since(connection: apsw.Connection, channel: str, account: str, phone: str, since: datetime) -> bool:
    row = fetch_one(
        connection,
        """
        SELECT 1 FROM identity p JOIN inbox i ON i.chat_id = p.chat_id AND i.heard IS NOT NULL
        WHERE p.channel = ? AND p.account = ? AND p.kind = 'phone' AND p.value = ? AND i.said_us > ? LIMIT 1
        """,
        *(channel, account, phone, to_us(since)),
    )
    return row is not None


def _listed(busy: frozenset[str]) -> str:
    return json.dumps(sorted(busy))
