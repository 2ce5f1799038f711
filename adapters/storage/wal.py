"""The write-ahead log: when it is moved into the database file, and what is done about one that grows."""

import apsw
import structlog

from adapters.storage import trouble

# SQLite's own measure: after so many pages (4 KiB each) the log is moved into the database file.
CHECKPOINT_PAGES = 1_000
# From here on (64 MiB), and at each doubling, somebody should look for a reader that does not end.
LOG_PAGES_LONG = 16_000

log = structlog.get_logger()


class Wal:
    """Knows how long the log of one connection is; moves it, outside of any commit."""

    def __init__(self, folder: str | None, pages: int = CHECKPOINT_PAGES) -> None:
        """`pages`: the log is moved once it has so many; a simulation meets no thousand."""
        self._folder = folder
        self._enough = pages
        self._pages = 0
        self._pages_tried = 0
        self._pages_told = LOG_PAGES_LONG

    def watch(self, connection: apsw.Connection) -> None:
        """Take the log over from SQLite, which would move it within COMMIT.

        There a database file that cannot grow would fail a commit that stands, and callers would wait for
        what they need not wait for.
        """
        self._pages = self._pages_tried = 0
        connection.set_wal_hook(self._grown)

    def settle(self, connection: apsw.Connection) -> None:
        """After a commit of unknown outcome: put what stands into the database file, and begin a new log.

        A failed fsync is told once, and the next one may take for written what is not (Linux forgets such
        pages). What is committed behind them in the same log would be lost with them by a power cut.
        Readers are waited for.
        """
        connection.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def tidy(self, connection: apsw.Connection) -> None:
        """Move the log, once there is enough of it. An open reader stops that where it has begun to read.

        Raises:
            CorruptError, NotADBError: somebody has written into the database file.
        """
        if self._pages < self._pages_tried:
            self._pages_tried = 0
        if self._pages - self._pages_tried < self._enough:
            return
        self._pages_tried = self._pages
        try:
            pages, moved = connection.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.CorruptError, apsw.NotADBError):
            raise
        except apsw.Error as error:
            log.warning("store.log_not_moved", why=trouble.in_words(error, self._folder))
            return
        if pages == moved:
            self._pages_told = LOG_PAGES_LONG
        elif pages >= self._pages_told:
            self._pages_told = 2 * pages
            log.warning("store.log_grows", pages=pages, why="something has been reading for long")

    def _grown(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK
