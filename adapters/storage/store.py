"""The store of the embedded engine: the `Store` port on one SQLite file."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import apsw

from adapters.storage import delays, deliveries, notices, orders, pruning, sends, timers, turns
from adapters.storage.connection import checkpointing
from adapters.storage.foreign import ensure_no_others
from adapters.storage.lock import FileLock
from adapters.storage.meta import ZONE, keep, kept, marks_of
from adapters.storage.named import NamedFile
from adapters.storage.receive import Webhook
from adapters.storage.restored import ensure_own_wal, settle
from adapters.storage.rows import fetch, from_us
from adapters.storage.schema import ForeignFile, Ledgered, NewerFile, migrate
from adapters.storage.writer import Operation, ThreadWriter, Writer, connect
from engine.booking import Fact
from engine.codec import load
from engine.events import Event
from engine.ports import (
    Address,
    Arrival,
    Delivery,
    Ending,
    Head,
    Ids,
    Lost,
    NoticeDue,
    NoticeEnding,
    OutgoingMessage,
    Place,
    Received,
    Relinked,
    Status,
    StoreFailed,
    StoreUnfit,
    TurnTaken,
    nobody_is_told,
)
from engine.session import Chat

T = TypeVar("T")


def path_of(url: str | Path) -> str:
    """Return the file that `sqlite:///relative.db`, `sqlite:////absolute.db` or a plain path names.

    Of a link it is what the link leads to: -wal and -shm lie there, and the lock belongs beside them.
    """
    text = str(url)
    scheme, separator, rest = text.partition("://")
    path = rest.removeprefix("/") if separator else text
    if separator and (scheme != "sqlite" or not rest.startswith("/") or not path or path == ":memory:"):
        raise ValueError(f"not the address of a SQLite file: {text}")
    return os.path.realpath(path) if os.path.islink(path) else path


def _make(path: str) -> None:
    """Make the file, if missing, for its owner alone; SQLite makes -wal and -shm as it finds this one."""
    # One that is there is left alone. Of whatever else is wrong SQLite complains, too.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


# Errors at the start that no trying again mends: the file is none of ours, or we may not write it.
_OF_THE_FILE = (apsw.NotADBError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError)


class _Watched:
    """A writer whose failures are told to whoever has to look what stands nevertheless."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._failed: list[Callable[[], None]] = []

    def watch(self, failed: Callable[[], None]) -> None:
        self._failed.append(failed)

    @property
    def healthy(self) -> bool:
        return self._writer.healthy

    async def run(self, operation: Operation[T]) -> T:
        try:
            return await self._writer.run(operation)
        except StoreFailed:
            for failed in self._failed:
                failed()
            raise

    async def close(self) -> None:
        await self._writer.close()


def _prepare(connection: apsw.Connection, now: datetime) -> None:
    migrate(connection, now)
    settle(connection, now)


class SqliteStore:
    """Implements `engine.ports.Store`: every method is one operation of a commit group, durable on return."""

    def __init__(self, writer: Writer, ids: Ids, lock: FileLock | None = None) -> None:
        self._writer = _Watched(writer)
        self._ids = ids
        self._lock = lock

    @classmethod
    async def open(cls, url: str | Path, *, ids: Ids, now: datetime) -> "SqliteStore":
        """Open the file, made if missing, and bring its tables up to date.

        Raises:
            StoreFailed: another process holds it.
            StoreUnfit: it cannot be opened, or another program or a newer Otmena wrote it.
        """
        path = path_of(url)
        ensure_no_others(path)
        lock = FileLock(f"{path}.lock")
        lock.acquire()
        try:
            ensure_own_wal(path)
            _make(path)
            lock.hold_name(path)
        except StoreFailed:
            lock.release()
            raise
        writer = ThreadWriter(
            partial(connect, path, failing=checkpointing()),
            folder=os.path.dirname(path) or ".",
            file=NamedFile(path),
        )
        return await cls.over(writer, ids=ids, now=now, lock=lock)

    @classmethod
    async def over(
        cls, writer: Writer, *, ids: Ids, now: datetime, lock: FileLock | None = None
    ) -> "SqliteStore":
        """Bring the tables behind any writer up to date; for simulations and fault tests."""
        store = cls(writer, ids, lock)
        try:
            await writer.run(lambda connection: _prepare(connection, now))
        except Exception as error:  # raised again below, once the file and its lock are given back
            await store.close()
            if isinstance(error, NewerFile | ForeignFile):
                raise StoreUnfit(str(error)) from error
            if isinstance(error.__cause__, _OF_THE_FILE):
                raise StoreUnfit(f"{error}") from error
            raise
        return store

    async def close(self) -> None:
        """Commit what is queued, close the file, give back the lock."""
        await self._writer.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def healthy(self) -> bool:
        """Whether the last group of operations could be committed."""
        return self._writer.healthy

    # ── the port ──────────────────────────────────────────────────────────────────────────────────────

    def watch_failures(self, failed: Callable[[], None]) -> None:
        self._writer.watch(failed)

    async def receive(
        self,
        arrivals: Sequence[Arrival],
        statuses: Sequence[Status],
        relinked: Sequence[Relinked],
        now: datetime,
        lost: Lost = nobody_is_told,
    ) -> Received:
        return await self._writer.run(Webhook(arrivals, statuses, relinked, now, lost))

    async def head(self, chat_id: int) -> Head | None:
        return await self._writer.run(lambda c: turns.head(c, chat_id))

    async def chats_with_work(self) -> tuple[int, ...]:
        return await self._writer.run(turns.chats_with_work)

    async def take(self, turn: TurnTaken, now: datetime) -> bool:
        keys = tuple(
            f"m{self._ids.new()}" for outgoing in turn.outgoing if isinstance(outgoing, OutgoingMessage)
        )

        def operation(connection: apsw.Connection) -> bool:
            taken = turns.take(connection, turn, keys, now)
            if taken:
                notices.put(connection, turn.head.chat_id, turn.notices, now)
            return taken

        return await self._writer.run(operation)

    async def turn_failed(self, arrival: int, why: str = "") -> int:
        return await self._writer.run(lambda c: turns.turn_failed(c, arrival, why))

    async def due(self, now: datetime, *, busy: frozenset[int], limit: int = 100) -> tuple[Delivery, ...]:
        return await self._writer.run(lambda c: deliveries.due(c, now, busy, limit))

    async def next_due(self, now: datetime, *, busy: frozenset[int]) -> datetime | None:
        return await self._writer.run(lambda c: deliveries.next_due(c, now, busy))

    async def starting(self, delivery: Delivery, now: datetime) -> bool:
        return await self._writer.run(lambda c: deliveries.starting(c, delivery, now))

    async def ended(self, delivery: Delivery, ending: Ending, now: datetime) -> tuple[int, ...]:
        def operation(connection: apsw.Connection) -> tuple[int, ...]:
            fresh = [told for told in ending.notices if not notices.is_known(connection, told.key)]
            notices.put(connection, delivery.chat_id, fresh, now)
            return deliveries.ended(connection, delivery, ending, now)

        return await self._writer.run(operation)

    async def sign_of_waiting(self, delivery: Delivery, event: Event, now: datetime) -> tuple[int, ...]:
        return await self._writer.run(lambda c: deliveries.sign_of_waiting(c, delivery, event, now))

    async def notices_due(
        self, now: datetime, *, busy: frozenset[str], limit: int = 100
    ) -> tuple[NoticeDue, ...]:
        return await self._writer.run(lambda c: notices.due(c, now, busy, limit))

    async def next_notice(self, *, busy: frozenset[str]) -> datetime | None:
        return await self._writer.run(lambda c: notices.next_due(c, busy))

    async def notice_starting(self, notice: NoticeDue) -> bool:
        return await self._writer.run(lambda c: notices.starting(c, notice))

    async def notice_ended(self, notice: NoticeDue, ending: NoticeEnding, now: datetime) -> None:
        await self._writer.run(lambda c: notices.ended(c, notice, ending, now))

    async def chat(self, chat_id: int) -> Chat | None:
        return await self._writer.run(lambda c: notices.chat(c, chat_id))

    async def happened(self, chat_id: int, name: str, event: Event, now: datetime) -> bool:
        return await self._writer.run(lambda c: notices.happened(c, chat_id, name, event, now))

    async def what_happened(self, name: str) -> Event | None:
        return await self._writer.run(lambda c: notices.what_happened(c, name))

    async def last_heard(self, chat_id: int) -> str | None:
        return await self._writer.run(lambda c: sends.last_heard(c, chat_id))

    async def note_marks(self, channel: str, account: str) -> None:
        await self._writer.run(lambda c: keep(c, marks_of(channel, account), "taken"))

    async def takes_marks(self, channel: str, account: str) -> bool:
        return await self._writer.run(lambda c: kept(c, marks_of(channel, account)) is not None)

    async def heard_since(self, channel: str, account: str, phone: str, since: datetime) -> bool:
        return await self._writer.run(lambda c: notices.heard_since(c, channel, account, phone, since))

    async def fire_timers(self, now: datetime) -> tuple[int, ...]:
        return await self._writer.run(lambda c: timers.fire(c, now))

    async def next_timer(self) -> datetime | None:
        return await self._writer.run(timers.next_timer)

    async def recover(self, now: datetime, *, grace_s: float, hold_s: float) -> None:
        def operation(connection: apsw.Connection) -> None:
            timers.recover(connection, now, grace_s=grace_s, hold_s=hold_s)
            notices.recover(connection)
            deliveries.settle_unreadable(connection, now)

        await self._writer.run(operation)

    async def pull_back(self, now: datetime, *, by_s: float, patience_s: float) -> None:
        await self._writer.run(lambda c: delays.pull_back(c, now, by_s=by_s, patience_s=patience_s))

    async def orphans(self, event: Event, now: datetime) -> tuple[int, ...]:
        return await self._writer.run(lambda c: timers.orphans(c, event, now))

    async def prune(self, before: datetime, after: Place | None = None) -> Place | None:
        return await self._writer.run(lambda c: pruning.prune(c, before, after))

    async def status_seen_since(self, account: str, since: datetime) -> bool:
        return await self._writer.run(lambda c: timers.status_seen_since(c, account, since))

    async def sent_lately(self, since: datetime, now: datetime) -> tuple[tuple[Address, datetime], ...]:
        """Return to whom messages have left since then, oldest first: once for each copy that may have."""
        return await self._writer.run(lambda c: sends.lately(c, since, now))

    async def ping(self, now: datetime) -> None:
        await self._writer.run(lambda c: timers.ping(c, now))

    # ── beyond the port ───────────────────────────────────────────────────────────────────────────────

    async def take_orders(self, now: datetime) -> Received:
        """Carry out what operators' commands left beside us; return what that sets in motion."""
        return await self._writer.run(lambda c: orders.take(c, self._ids.new, now))

    async def keep_zone(self, name: str) -> None:
        """Write down the salon's zone, for those who read the file beside us."""
        await self._writer.run(lambda c: keep(c, ZONE, name))

    async def noted(
        self, chat_id: int, kind: type[Fact], since: datetime
    ) -> tuple[tuple[datetime, Fact], ...]:
        """Return the facts of this kind that a chat noted since then, and when, oldest first."""
        return await self._writer.run(lambda c: notices.noted(c, chat_id, kind, since))

    async def ledger(self, kind: type[Fact] | None = None) -> tuple[Ledgered, ...]:
        """Return the ledger, or its facts of one kind, oldest first."""
        name = None if kind is None else kind.__name__
        rows = await self._writer.run(
            lambda c: fetch(
                c,
                "SELECT chat_id, at_us, fact FROM ledger WHERE ?1 IS NULL OR kind = ?1 ORDER BY entry_id",
                name,
            )
        )
        return tuple(Ledgered(chat_id, from_us(at_us), load(Fact, fact)) for chat_id, at_us, fact in rows)
