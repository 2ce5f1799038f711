"""Group commit: many operations, one transaction, one fsync, one thread that owns the only connection."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

import apsw
import structlog

from adapters.storage import trouble
from adapters.storage.connection import BUSY_TIMEOUT_MS as BUSY_TIMEOUT_MS
from adapters.storage.connection import connect as connect
from adapters.storage.named import Moved, NamedFile
from adapters.storage.wal import CHECKPOINT_PAGES, Wal
from engine.ports import StoreBusy, StoreFailed

log = structlog.get_logger()

T = TypeVar("T")
# A class of operations may have a static `together(connection, operations)`: it runs neighbours of its kind
# for less than each by itself takes, and returns what each would.
Operation = Callable[[apsw.Connection], T]

GROUP_MAX = 512
# After these nothing is committed until a person has looked and the server is started anew.
DAMAGE = (apsw.CorruptError, apsw.NotADBError)
QUEUE_MAX = 10_000

Hook = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why an operation does not stand (or, for StoreFailed.unknown, may not)."""

    error: Exception


# `Failed`, or what an operation returned; that is committed.
Outcome = Any


class Committer:
    """Runs groups of operations, one transaction each; owns and reopens the connection. One thread only."""

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        *,
        hook: Hook = lambda point: None,
        folder: str | None = None,
        file: NamedFile | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        """`file` is the database, and `folder` where it stands, asked when something fails."""
        self._connect = connect
        self._hook = hook
        self._folder = folder
        self._connection: apsw.Connection | None = None
        # Whether the last group that wrote could be committed.
        self.healthy = True
        self._reason = ""
        # The last commit failed in a way that leaves open what of it is on the disk.
        self._doubtful = False
        self._file = file
        # Why nothing is committed any more: what is in the file is no longer what we wrote.
        self._damaged: Exception | None = None
        self._wal = Wal(folder, checkpoint_pages)

    def commit(self, operations: Sequence[Operation[Any]]) -> list[Outcome]:
        """Run the operations in order and commit them together; return their outcomes, in the same order."""
        if (wrong := self._found_wrong()) is not None:
            return self._refuse(operations, wrong, unknown=False)
        try:
            connection = self._opened()
            self._hook("begin")
            connection.execute("BEGIN IMMEDIATE")
            changes_before = connection.total_changes()
            outcomes = _attempt_together(connection, operations)
            # What was rolled back is counted as a change, too.
            stands = not all(isinstance(outcome, Failed) for outcome in outcomes)
            wrote = stands and connection.total_changes() != changes_before
        except (apsw.Error, OSError) as error:
            return self._give_up(operations, error, unknown=False)
        try:
            self._hook("commit")
            connection.execute("COMMIT")
        except (apsw.Error, OSError) as error:
            return self._give_up(operations, error, unknown=True)
        if wrote and not self.healthy:
            self.healthy, self._reason = True, ""
            log.warning("store.recovered")
        self._hook("committed")
        return outcomes

    def tidy(self) -> None:
        """Move the log into the database file where that is due; what is committed waits for none of it."""
        if self._connection is None:
            return
        try:
            self._wal.tidy(self._connection)
        except DAMAGE as error:
            # What was committed since is in the log alone, and stays there for whoever mends the file.
            self._damaged = error
            self._tell(error, unknown=False, operations=0)

    def close(self) -> None:
        """Close the connection; anything uncommitted is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close(True)
            except apsw.Error as error:
                log.warning("store.close_failed", error=str(error))

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            connection = self._connect()
            try:
                if self._doubtful:
                    self._wal.settle(connection)
                    self._doubtful = False
            except BaseException:  # not handled here: only nothing is left open behind it
                connection.close()
                raise
            self._wal.watch(connection)
            self._connection = connection
        return self._connection

    def _give_up(
        self, operations: Sequence[Operation[Any]], error: Exception, *, unknown: bool
    ) -> list[Outcome]:
        # A full disk rolls back the whole transaction and takes the savepoints with it, and nobody knows what
        # an I/O error leaves: closing rolls back whatever is left, and the next group opens anew.
        self._doubtful = self._doubtful or unknown
        if isinstance(error, DAMAGE):
            self._damaged = error
        self.close()
        return self._refuse(operations, error, unknown=unknown)

    def _found_wrong(self) -> Exception | None:
        """Return why it would be wrong to commit into this file. It stays open: its content may be needed."""
        if self._damaged is not None or self._file is None:
            return self._damaged
        try:
            self._file.ensure_same()
        except Moved as error:
            return error
        return None

    def _refuse(
        self, operations: Sequence[Operation[Any]], error: Exception, *, unknown: bool
    ) -> list[Outcome]:
        reason = self._tell(error, unknown=unknown, operations=len(operations))
        return [Failed(_failure(reason, error, unknown=unknown)) for _ in operations]

    def _tell(self, error: Exception, *, unknown: bool, operations: int) -> str:
        reason = trouble.in_words(error, self._folder)
        if unknown or self.healthy or reason != self._reason:
            # Once: everybody tries again, and the log may well be on the same disk.
            log.error("store.failed", error=reason, unknown=unknown, operations=operations)
        self.healthy, self._reason = False, reason
        return reason


def _attempt_together(connection: apsw.Connection, operations: Sequence[Operation[Any]]) -> list[Outcome]:
    """Run the operations; where one of them fails, undo all and run each so that it fails alone.

    Failures are rare, and a savepoint costs each operation two statements and copies of the pages it touches.
    So an operation may run twice; all that it leaves behind is in the database.
    """
    try:
        return list(_values(connection, operations))
    except Exception as error:  # whoever made it is told by the second run
        if isinstance(error, apsw.Error) and not isinstance(error, apsw.ConstraintError):
            # Nobody knows what else it undid: the whole group fails.
            raise
    connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    return [_attempt(connection, operation) for operation in operations]


def _values(connection: apsw.Connection, operations: Sequence[Operation[Any]]) -> Iterator[Any]:
    """Run the operations in order, and those of a kind that can, with their neighbours."""
    for kind, alike in groupby(operations, type):
        together = getattr(kind, "together", None)
        if together is None:
            yield from (operation(connection) for operation in alike)
        else:
            yield from together(connection, tuple(alike))


def _attempt(connection: apsw.Connection, operation: Operation[Any]) -> Outcome:
    """Run one operation so that its own failure undoes its own rows only."""
    connection.execute("SAVEPOINT operation")
    try:
        value = operation(connection)
    except apsw.ConstraintError as error:
        outcome = Failed(error)
    except apsw.Error:
        # Nobody knows what else it undid: the whole group fails.
        raise
    except Exception as error:  # one operation's own mistake goes to its caller, and its neighbours stand
        outcome = Failed(error)
    else:
        connection.execute("RELEASE operation")
        return value
    connection.execute("ROLLBACK TO operation")
    connection.execute("RELEASE operation")
    return outcome


def _failure(reason: str, error: BaseException, *, unknown: bool) -> StoreFailed:
    """Return a new error for one future: a shared one would gather every caller's traceback."""
    failure = StoreFailed(reason, unknown=unknown)
    failure.__cause__ = error
    return failure


class Writer(Protocol):
    """Whatever runs operations in commit groups: the thread below, or the loop itself in a simulation."""

    @property
    def healthy(self) -> bool: ...

    async def run(self, operation: Operation[T]) -> T: ...

    async def close(self) -> None: ...


_Queued = tuple[Operation[Any], "asyncio.Future[Any]"]


class ThreadWriter:
    """One thread that takes whatever is queued, up to `GROUP_MAX`, and commits it as one group.

    No timer gathers a group: while one fsync runs, the next group forms by itself. What one round of a loop
    brings is handed over at once, after that round: a thread that were woken for the first of it would commit
    that one alone, and take turns with the loop at every statement.
    """

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        *,
        queue_max: int = QUEUE_MAX,
        hook: Hook = lambda point: None,
        folder: str | None = None,
        file: NamedFile | None = None,
    ) -> None:
        """`folder`: where the database stands, for the reason of a failure; `file`: the database itself."""
        self._committer = Committer(connect, hook=hook, folder=folder, file=file)
        self._queue: SimpleQueue[_Queued | None] = SimpleQueue()
        self._queue_max = queue_max
        # What this round of each loop has brought so far.
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Queued]] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="otmena-store", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        """Whether the last group could be committed."""
        return self._committer.healthy

    async def run(self, operation: Operation[T]) -> T:
        """Run `operation` on the connection, within a commit group, and return its value after the commit.

        Raises:
            StoreBusy: the queue is full.
            StoreFailed: the group was not committed: nothing of it stands, or (`unknown`) nobody can tell.
            Exception: whatever the operation itself raised; its own rows are undone.
        """
        if self._closed:
            raise StoreFailed("the store is closed")
        loop = asyncio.get_running_loop()
        gathered = self._gathered.get(loop)
        if gathered is None:
            gathered = self._gathered[loop] = []
            loop.call_soon(self._hand_over, loop)
        if self._queue.qsize() + len(gathered) >= self._queue_max:
            raise StoreBusy(f"{self._queue_max} operations are waiting")
        future: asyncio.Future[T] = loop.create_future()
        gathered.append((operation, future))
        return await future

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        for queued in self._gathered.pop(loop, ()):
            self._queue.put(queued)

    async def close(self) -> None:
        """Commit what is queued, close the connection and end the thread."""
        if not self._closed:
            self._closed = True
            for loop in tuple(self._gathered):
                self._hand_over(loop)
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        last = False
        while not last:
            group, last = self._next_group()
            if group:
                settle(group, self._commit(group))
                self._tidy()
        self._committer.close()

    def _next_group(self) -> tuple[list[_Queued], bool]:
        """Wait for work; return it, and whether it is the last."""
        group: list[_Queued] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) == GROUP_MAX:
                return group, False
            try:
                item = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Queued]) -> list[Outcome]:
        try:
            return self._committer.commit([operation for operation, _ in group])
        except BaseException as error:
            # The thread must outlive even our own mistakes, or every caller would wait for ever.
            log.exception("store.crashed")
            self._committer.healthy = False
            self._committer.close()
            reason = f"a mistake of ours ({type(error).__name__}: {error})"
            return [Failed(_failure(reason, error, unknown=True)) for _ in group]

    def _tidy(self) -> None:
        try:
            self._committer.tidy()
        except Exception:  # as above: whatever it is, the thread outlives it
            log.exception("store.crashed")


def settle(group: Sequence[_Queued], outcomes: Sequence[Outcome]) -> None:
    """Hand the outcomes to the loops that wait for them, with one wake-up for each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = {}
    for (_, future), outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(future.get_loop(), []).append((future, outcome))
    for loop, pairs in by_loop.items():
        try:
            loop.call_soon_threadsafe(resolve, pairs)
        except RuntimeError:
            # The loop was closed meanwhile; nobody waits any more.
            log.warning("store.nobody_waits", operations=len(pairs))


def resolve(pairs: Sequence[tuple["asyncio.Future[Any]", Outcome]]) -> None:
    for future, outcome in pairs:
        if future.done():
            continue
        if isinstance(outcome, Failed):
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome)
