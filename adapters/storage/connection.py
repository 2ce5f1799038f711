"""The one read-write connection: what every commit's durability rests on."""

import apsw

from engine.runtime.failing import Failing

BUSY_TIMEOUT_MS = 5_000
# What an open reader made of the write-ahead log beyond this goes back to the disk once the log starts anew.
LOG_BYTES_KEPT = 16 * 1024**2


def checkpointing() -> Failing:
    """Return what tells of checkpoints that fail, however often the file is opened anew."""
    return Failing("store.not_checkpointed", "store.checkpointed")


def connect(
    path: str, *, vfs: str | None = None, exclusive: bool = False, failing: Failing | None = None
) -> apsw.Connection:
    """Open the one read-write connection to `path`.

    `exclusive` is for file systems without shared memory (a simulated disk); `failing`: of `checkpointing`,
    for whoever opens it again and again.
    """
    connection = apsw.Connection(path, vfs=vfs, statementcachesize=200)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        if exclusive:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchall()
        assert mode == [("wal",)], f"{path} does not take WAL: {mode}"
        # FULL: an acknowledged commit survives a power cut. Once grouped it costs little (runtime.md §1.2).
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # apsw builds SQLite with STAT4, where each new binding prepares a join anew: 24 µs instead of 3.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES_KEPT}")
        _sync_what_is_found(connection, failing or checkpointing())
    except BaseException:  # not handled here: only nothing is left open behind it
        connection.close()
        raise
    return connection


def _sync_what_is_found(connection: apsw.Connection, failing: Failing) -> None:
    """Sync what a killed process wrote and did not live to sync.

    It is read as committed, and a duplicate of a message that is found there is acknowledged without a write
    of our own: nothing else would sync it, and a power cut could still take it. A checkpoint syncs the log
    before anything else.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except (apsw.FullError, apsw.ReadOnlyError) as error:
        # Full: the log is synced by then. Read-only: whatever acts on it has to write first, and cannot.
        failing.failed(error)
    else:
        failing.worked()
