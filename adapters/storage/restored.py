"""A file that was put back from a copy: known by the copy's mark, and made safe before anything of it runs.

Between the copy and the loss the world went on: questions were answered, calls were done, messages sent, and
numbers given that WhatsApp and clients' phones still hold. So what the copy waits for is asked about again
rather than done again, and no number is given a second time.
"""

from datetime import datetime
from pathlib import Path

import apsw
import structlog

from adapters.storage import dead, timers
from adapters.storage.meta import keep, kept
from adapters.storage.rows import change, change_one, fetch, from_us, to_us
from engine.booking import Call, CallFailed, Command
from engine.codec import Unreadable, dump, load
from engine.ports import StoreUnfit

# In the copy alone: when it was made.
COPIED = "copied_us"
RESTORED = "restored_us"

log = structlog.get_logger()


def ensure_own_wal(path: str) -> None:
    """Refuse a copy that was put in place of a file whose -wal is still there.

    SQLite would play that -wal over the copy, which undoes the restoring without a word (tried). Our copies
    are in rollback mode and our own files never are, so a -wal beside one is another file's.

    Raises:
        StoreUnfit: there is one.
    """
    wal = Path(f"{path}-wal")
    try:
        with open(path, "rb") as opened:
            rollback_mode = opened.read(20)[18:20] == b"\x01\x01"
        foreign = rollback_mode and wal.stat().st_size > 0
    except OSError:
        # Missing or unreadable: whoever opens it for good says so.
        return
    if foreign:
        raise StoreUnfit(
            f"{path} was put in place of another file, whose {wal.name} still lies there and would spoil it; "
            f"move {wal.name} and {Path(path).name}-shm away"
        )


def settle(connection: apsw.Connection, now: datetime) -> None:
    """Make a file safe that was put back, once; any other is left alone."""
    copied_us = kept(connection, COPIED)
    if copied_us is None:
        return
    _number_from(connection, to_us(now) // 1000)
    # Whatever was asked may have been answered since: it is asked again before words answer it.
    change(
        connection,
        "UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL",
    )
    change(connection, "UPDATE inbox SET brought_back = 1 WHERE taken_us IS NULL AND heard IS NOT NULL")
    unknown = _give_up_writes(connection, now)
    change(connection, "DELETE FROM meta WHERE name = ?", COPIED)
    keep(connection, RESTORED, str(to_us(now)))
    log.warning("store.restored", copied_at=from_us(int(copied_us)).isoformat(), writes_unknown=unknown)


def _number_from(connection: apsw.Connection, floor: int) -> None:
    """Give only numbers above all that could have been given: milliseconds grow faster than rows.

    A chat's number of turns names its questions and calls, so an old button meets no new question.
    """
    change(connection, "UPDATE chat SET version = max(version, ?)", floor)
    for (table,) in fetch(
        connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    ):
        raised = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not change(connection, raised, floor, table):
            change_one(connection, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, floor)


def _give_up_writes(connection: apsw.Connection, now: datetime) -> int:
    """Call every write that was out unknown: it may be done, and taken back, since the copy was made."""
    given_up = 0
    for outbox_id, chat_id, key, payload in fetch(
        connection,
        "SELECT outbox_id, chat_id, key, payload FROM outbox WHERE kind = 'call' AND finished_us IS NULL",
    ):
        try:
            is_write = isinstance(load(Call, payload), Command)
        except Unreadable:
            # `settle_unreadable` ends it.
            continue
        if is_write:
            ended = "UPDATE outbox SET status = 'dead', why = 'restored', finished_us = ? WHERE outbox_id = ?"
            change_one(connection, ended, to_us(now), outbox_id)
            dead.bury(connection, "call", outbox_id, chat_id, "restored", now, instead="CallFailed")
            failed = dump(CallFailed(reason="unknown"))
            timers.put(connection, chat_id, f"result:{key}", failed, now, call=key)
            given_up += 1
    return given_up
