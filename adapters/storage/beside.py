"""Change a file that a server may have open: leave an order, and carry it out where none runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import apsw

from adapters.storage import orders
from adapters.storage.dead import KEPT_SINCE
from adapters.storage.lock import FileLock
from adapters.storage.meta import kept
from adapters.storage.orders import Order, Outcome
from adapters.storage.restored import COPIED, ensure_own_wal
from adapters.storage.schema import version_of
from adapters.storage.store import path_of
from adapters.storage.writer import BUSY_TIMEOUT_MS
from engine.ports import Clock, Ids, StoreFailed, StoreUnfit

POLL_S = 0.1


def ordered(
    url: str, order: Order, clock: Clock, ids: Ids, *, wait_s: float, pause: Callable[[float], None]
) -> tuple[int, Outcome | None]:
    """Leave the order and wait until it is carried out, by the server or by us where none runs.

    Return its number, and None where the server has not taken it within `wait_s`: it stays left.

    Raises:
        StoreFailed: the file is missing, damaged or of another version.
    """
    path = path_of(url)
    ensure_own_wal(path)
    give_up_at = clock.monotonic() + wait_s
    with _opened(path) as connection:
        _ensure_fit(connection, path)
        with connection:
            number = orders.leave(connection, order, clock.now())
        while True:
            if (outcome := orders.outcome(connection, number)) is not None:
                return number, outcome
            with _alone(path) as alone:
                if alone:
                    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
                    with connection:
                        orders.take(connection, ids.new, clock.now())
                    continue
            if clock.monotonic() >= give_up_at:
                return number, None
            pause(POLL_S)


@contextmanager
def _opened(path: str) -> Iterator[apsw.Connection]:
    try:
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            # The server alone decides when its -wal goes into the file.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # Waits for the server's commit at the beginning: a look that became a write would fail at once.
            connection.transaction_mode = "IMMEDIATE"
            yield connection
        finally:
            connection.close()
    except apsw.Error as error:
        raise StoreFailed(f"{path} cannot be changed: {error}") from error


def _ensure_fit(connection: apsw.Connection, path: str) -> None:
    version = version_of(connection)
    if version < KEPT_SINCE:
        raise StoreFailed(
            f"{path} is of an older version, which keeps no dead letters: start this version's server on it"
        )
    if kept(connection, COPIED) is not None:
        raise StoreFailed(f"{path} was restored from a copy: start the server on it first")


@contextmanager
def _alone(path: str) -> Iterator[bool]:
    """Whether no server runs; if so, none starts meanwhile."""
    lock = FileLock(f"{path}.lock")
    alone = False
    with suppress(StoreFailed):
        try:
            lock.acquire()
            lock.hold_name(path)
            alone = True
        except StoreUnfit:
            # Nobody may tell whether a server runs: it is left to it.
            pass
    try:
        yield alone
    finally:
        lock.release()
