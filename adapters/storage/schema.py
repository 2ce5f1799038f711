"""The tables, and the numbered steps that bring any older file up to them.

Times are microseconds since 1970, UTC. Ids of our own are AUTOINCREMENT: never reused, even after pruning.
Whatever grows without end has a partial index over its unfinished rows, so that no query scans the past.
"""

from dataclasses import dataclass
from datetime import datetime

import apsw

from adapters.storage.rows import change_one, fetch_one, to_us
from engine.booking import Fact

_FIRST = """
CREATE TABLE chat (
    chat_id          INTEGER PRIMARY KEY AUTOINCREMENT,
    channel          TEXT NOT NULL,
    account          TEXT NOT NULL,
    -- Written by receive() only, as the channel proves them: a turn in progress never overwrites them.
    phone            TEXT,
    user_id          TEXT,
    opted_out        INTEGER NOT NULL DEFAULT 0,
    -- Number of turns committed.
    version          INTEGER NOT NULL DEFAULT 0,
    session          TEXT NOT NULL,
    chat             TEXT NOT NULL,
    -- Copies of what the session says, so that SQL can read it.
    awaiting         TEXT,
    questions        INTEGER NOT NULL DEFAULT 0,
    pending_question INTEGER,
    -- When the pending question was there to be read, and the outbox row that brought it.
    asked_question   INTEGER,
    asked_us         INTEGER,
    asked_arrival    INTEGER,
    asked_by         INTEGER
) STRICT;
CREATE INDEX chat_awaiting ON chat (awaiting) WHERE awaiting IS NOT NULL;

CREATE TABLE identity (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('parent', 'user', 'phone')),
    value   TEXT NOT NULL,
    chat_id INTEGER NOT NULL REFERENCES chat,
    PRIMARY KEY (channel, account, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_chat ON identity (chat_id);

CREATE TABLE inbox (
    arrival     INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Rows of our own (results, timers) have an empty channel, so that no channel's id can meet theirs.
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    chat_id     INTEGER REFERENCES chat,
    heard       TEXT,
    event       TEXT,
    -- Key of the call that the event answers.
    call        TEXT,
    said_us     INTEGER NOT NULL,
    received_us INTEGER NOT NULL,
    taken_us    INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    raw         TEXT NOT NULL DEFAULT '',
    UNIQUE (channel, account, message_id),
    CHECK (taken_us IS NOT NULL OR (chat_id IS NOT NULL AND (heard IS NULL) <> (event IS NULL)))
) STRICT;
CREATE INDEX inbox_untaken ON inbox (chat_id, arrival) WHERE taken_us IS NULL;
CREATE INDEX inbox_results ON inbox (call, arrival) WHERE taken_us IS NULL AND call IS NOT NULL;

CREATE TABLE outbox (
    outbox_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id         INTEGER NOT NULL REFERENCES chat,
    key             TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind IN ('message', 'call')),
    status          TEXT NOT NULL DEFAULT 'pending'
                    CHECK (status IN ('pending', 'sending', 'doubt', 'sent', 'done', 'dropped', 'dead')),
    -- A message's bubble, or a call with its class.
    payload         TEXT NOT NULL,
    created_us      INTEGER NOT NULL,
    due_us          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    doubts          INTEGER NOT NULL DEFAULT 0,
    first_tried_us  INTEGER,
    finished_us     INTEGER,
    -- Why it was given up.
    why             TEXT NOT NULL DEFAULT '',
    code            INTEGER,
    -- Messages.
    question        INTEGER,
    patience        TEXT,
    patience_s      REAL,
    outcome         INTEGER NOT NULL DEFAULT 0,
    good_for_s      REAL NOT NULL DEFAULT 0,
    provider_id     TEXT,
    -- The furthest status seen: 1 sent, 2 delivered, 3 read, 4 played.
    delivered       INTEGER NOT NULL DEFAULT 0,
    -- Calls.
    awaited         INTEGER NOT NULL DEFAULT 0,
    after_s         REAL NOT NULL DEFAULT 0,
    maybe_done      INTEGER NOT NULL DEFAULT 0,
    sign_given      INTEGER NOT NULL DEFAULT 0,
    CHECK ((finished_us IS NULL) = (status IN ('pending', 'sending', 'doubt')))
) STRICT;
CREATE INDEX outbox_due ON outbox (due_us, outbox_id) WHERE finished_us IS NULL;
CREATE INDEX outbox_head ON outbox (chat_id, outbox_id) WHERE kind = 'message' AND finished_us IS NULL;
CREATE INDEX outbox_provider ON outbox (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE timer (
    timer_id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id  INTEGER NOT NULL UNIQUE REFERENCES chat,
    due_us   INTEGER NOT NULL,
    event    TEXT NOT NULL
) STRICT;
CREATE INDEX timer_due ON timer (due_us);

CREATE TABLE ledger (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id  INTEGER REFERENCES chat,
    at_us    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    fact     TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_kind ON ledger (kind, at_us);

CREATE TABLE number (
    account        TEXT PRIMARY KEY,
    last_status_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

# `recipient` is an id without any secret in it; today's settings know the address behind it.
_NOTICES = """
CREATE TABLE notice (
    notice_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT NOT NULL UNIQUE,
    chat_id     INTEGER REFERENCES chat,
    recipient   TEXT NOT NULL,
    notice      TEXT NOT NULL,
    text        TEXT NOT NULL,
    status      TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'sent', 'dead')),
    created_us  INTEGER NOT NULL,
    due_us      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    doubts      INTEGER NOT NULL DEFAULT 0,
    finished_us INTEGER,
    -- Why it was tried again, or given up.
    why         TEXT NOT NULL DEFAULT '',
    -- Codes of refusals that came after it was accepted, in order, with blanks between them.
    refused     TEXT NOT NULL DEFAULT '',
    CHECK ((finished_us IS NULL) = (status IN ('pending', 'sending')))
) STRICT;
CREATE INDEX notice_due ON notice (due_us, notice_id) WHERE finished_us IS NULL;
-- Whether somebody has written within the last 24 hours.
CREATE INDEX inbox_heard ON inbox (chat_id, said_us) WHERE heard IS NOT NULL;
"""

# A letter's id is its kind's sign and the number of its row (`engine.letters`), so it stays, and a row can be
# dead once only. What an older version had given up is listed as far as it is known.
_DEAD = """
CREATE TABLE dead (
    letter    TEXT PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('turn', 'item', 'message', 'call', 'notice')),
    -- Of the inbox, the outbox or the notices, by its kind.
    number    INTEGER NOT NULL,
    chat_id   INTEGER REFERENCES chat,
    at_us     INTEGER NOT NULL,
    why       TEXT NOT NULL DEFAULT '',
    -- Where the dialogue stood.
    state     TEXT,
    -- The event that was taken instead, and what the client was told.
    instead   TEXT NOT NULL DEFAULT '',
    told      TEXT NOT NULL DEFAULT '',
    handled   TEXT CHECK (handled IN ('replayed', 'dropped')),
    handled_us INTEGER,
    CHECK ((handled IS NULL) = (handled_us IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX dead_open ON dead (at_us) WHERE handled_us IS NULL;
CREATE INDEX dead_handled ON dead (handled_us) WHERE handled_us IS NOT NULL;

-- What commands beside a running server leave for it.
CREATE TABLE operator_order (
    order_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    wish      TEXT NOT NULL,
    given_us  INTEGER NOT NULL,
    taken_us  INTEGER,
    outcome   TEXT,
    CHECK ((outcome IS NULL) = (taken_us IS NULL))
) STRICT;
CREATE INDEX operator_order_open ON operator_order (order_id) WHERE taken_us IS NULL;

-- What the last turn on the row raised, and where.
ALTER TABLE inbox ADD COLUMN failure TEXT NOT NULL DEFAULT '';
-- It came back later than it was said: nothing of it acts without a question.
ALTER TABLE inbox ADD COLUMN brought_back INTEGER NOT NULL DEFAULT 0;
-- It is told again, after others were.
ALTER TABLE notice ADD COLUMN belated INTEGER NOT NULL DEFAULT 0;

INSERT INTO dead (letter, kind, number, chat_id, at_us)
SELECT 't' || arrival, 'turn', arrival, chat_id, taken_us
FROM inbox WHERE attempts >= 3 AND taken_us IS NOT NULL;
INSERT INTO dead (letter, kind, number, chat_id, at_us, why)
SELECT iif(kind = 'call', 'c', 'm') || outbox_id, kind, outbox_id, chat_id, finished_us, why
FROM outbox WHERE status = 'dead';
INSERT INTO dead (letter, kind, number, chat_id, at_us, why)
SELECT 'n' || notice_id, 'notice', notice_id, chat_id, finished_us, why
FROM notice WHERE status = 'dead';
"""

# Step n brings a file from version n to n + 1. A released step is never edited; a new one is added.
MIGRATIONS: tuple[str, ...] = (_FIRST, _NOTICES, _DEAD)


@dataclass(frozen=True, slots=True)
class Ledgered:
    """One fact of the ledger, with its chat and the moment of the turn that noted it."""

    chat_id: int | None
    at: datetime
    fact: Fact


class NewerFile(Exception):
    """The file was written by a newer Otmena than this one."""


class ForeignFile(Exception):
    """The file holds the tables of another program."""


def migrate(connection: apsw.Connection, now: datetime, steps: tuple[str, ...] = MIGRATIONS) -> int:
    """Bring the file up to date, one commit a step; return its version.

    Raises:
        NewerFile, ForeignFile: nothing was touched.
    """
    version = ensure_ours(connection, steps)
    for number, script in enumerate(steps[version:], start=version + 1):
        with connection:
            connection.execute(script)
            connection.execute(f"PRAGMA user_version = {number}")
            stamp = "INSERT INTO meta (name, value) VALUES (?, ?)"
            change_one(connection, stamp, f"migrated_to_{number}_us", str(to_us(now)))
    return version_of(connection)


def ensure_ours(connection: apsw.Connection, steps: tuple[str, ...] = MIGRATIONS) -> int:
    """Return the version of a file that is ours, or empty.

    Raises:
        NewerFile, ForeignFile: it is neither.
    """
    version = version_of(connection)
    theirs = fetch_one(connection, "SELECT name FROM sqlite_schema LIMIT 1")
    # Other programs count their versions in the same place.
    if theirs and not (version and connection.table_exists("main", "meta")):
        raise ForeignFile(f"the database is another program's: {theirs[0]} is in it")
    if version > len(steps):
        raise NewerFile(f"the database has version {version}, this program knows up to {len(steps)}")
    return version


def version_of(connection: apsw.Connection) -> int:
    """Return how many of the steps the file has taken."""
    row = fetch_one(connection, "PRAGMA user_version")
    assert row is not None
    return int(row[0])
