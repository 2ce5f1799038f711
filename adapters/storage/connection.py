"""The one read-write connection: what every commit's durability rests on."""

import apsw

BUSY_TIMEOUT_MS = 5_000
# What an open reader made of the write-ahead log beyond this goes back to the disk once the log starts anew.
LOG_BYTES_KEPT = 16 * 1024**2


def connect(path: str, *, vfs: str | None = None, exclusive: bool = False) -> apsw.Connection:
    """Open the one read-write connection to `path`.

    `exclusive` is for file systems without shared memory (a simulated disk).
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
    except BaseException:  # not handled here: only nothing is left open behind it
        connection.close()
        raise
    return connection
