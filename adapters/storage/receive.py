"""One webhook, one commit: arrivals, changed identities and statuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, groupby, islice
from typing import TypeVar

import apsw
import structlog
from pydantic_core import to_json

from adapters.storage import dead, notices, people, sends
from adapters.storage.people import Door
from adapters.storage.rows import change, change_one, fetch, fetch_one, storable, to_us
from engine.ports import Arrival, Lost, Received, Relinked, Status, nobody_is_told
from engine.understanding import opt_out

log = structlog.get_logger()

_RANK = {"sent": 1, "delivered": 2, "read": 3, "played": 4}

Item = TypeVar("Item", Arrival, Relinked, Status)

# What is wrong with an item itself: half a surrogate pair is a ValueError, a naive time a TypeError, a number
# above 64 bits the fourth.
_UNSTORABLE = (apsw.ConstraintError, ValueError, TypeError, OverflowError, AssertionError)

_Row = tuple[str, str, str, int | None, str | None, int, int, int | None, str]
_INSERT = """
    INSERT INTO inbox (channel, account, message_id, chat_id, heard, said_us, received_us, taken_us, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, account, message_id) DO NOTHING
"""
_LATEST = "SELECT channel, account, message_id FROM inbox ORDER BY arrival DESC LIMIT ?"


@dataclass(slots=True)
class _Tally:
    """What a webhook has set in motion so far."""

    lost: Lost
    chats: dict[int, None] = field(default_factory=dict)
    new: int = 0
    deliveries: bool = False

    def received(self) -> Received:
        return Received(tuple(self.chats), self.new, self.deliveries)


@dataclass(slots=True)
class Webhook:
    """What one webhook brought, as an operation of the writer: its commit is the acknowledgement."""

    arrivals: Sequence[Arrival]
    statuses: Sequence[Status]
    relinked: Sequence[Relinked]
    now: datetime
    lost: Lost = nobody_is_told

    def __call__(self, connection: apsw.Connection) -> Received:
        """Store everything that is new; an item that cannot be stored as it is hurts no other."""
        tally = _Tally(self.lost)
        # A changed identity may come in the same batch as the first words under the new one.
        for relinking in self.relinked:
            if _new(connection, relinking):
                _guarded(connection, relinking, _relink, tally, self.now)
        for arrival in self.arrivals:
            if _new(connection, arrival):
                _guarded(connection, arrival, _arrive, tally, self.now)
        for status in self.statuses:
            _guarded(connection, status, _report, tally, self.now)
        return tally.received()

    @staticmethod
    def together(connection: apsw.Connection, webhooks: Sequence["Webhook"]) -> list[Received]:
        """Store several, in their order, each as it would be alone; what one of them raises is nobody's yet.

        Most of them hold words of somebody who is known and nothing else, and share their statements.
        """
        received: list[Received] = []
        for plain, alike in groupby(webhooks, _is_plain):
            run = list(alike)
            stored = _store_words(connection, run) if plain else []
            received += [*stored, *(webhook(connection) for webhook in run[len(stored) :])]
        return received


def _is_plain(webhook: Webhook) -> bool:
    """Whether it changes nothing but the inbox, if only the chats are known."""
    if webhook.statuses or webhook.relinked:
        return False
    for arrival in webhook.arrivals:
        if arrival.heard is None or arrival.opt_out is not None or arrival.tapped_question is not None:
            return False
    return True


def _store_words(connection: apsw.Connection, webhooks: Sequence[Webhook]) -> list[Received]:
    """Store plain webhooks, up to the first with somebody of whom a name has to be made or moved.

    That changes where names lead to, and nobody's words may overtake others of theirs.
    """
    arrivals = [arrival for webhook in webhooks for arrival in webhook.arrivals]
    chats = people.settled(connection, arrivals)
    upto = accumulate(len(webhook.arrivals) for webhook in webhooks)
    known = [webhook for webhook, count in zip(webhooks, upto, strict=True) if count <= len(chats)]
    came = [webhook.now for webhook in known for _ in webhook.arrivals]
    rows = [_row(*each) for each in zip(arrivals, chats, came, strict=False)]
    ends = iter(zip(chats, _inserted(connection, rows), strict=False))
    return [_heard([chat_id for chat_id, new in islice(ends, len(each.arrivals)) if new]) for each in known]


def _heard(chats: list[int]) -> Received:
    """Return what new words in these chats set in motion."""
    return Received(tuple(dict.fromkeys(chats)), len(chats))


def _inserted(connection: apsw.Connection, rows: Sequence[_Row]) -> Sequence[bool]:
    """Insert the rows; return of each whether it was not there already."""
    before = connection.total_changes()
    connection.executemany(_INSERT, rows)
    count = connection.total_changes() - before
    if count == len(rows):
        return [True] * count
    new = set(fetch(connection, _LATEST, count))
    # Of a message that stands in the rows twice, the first is the one that was inserted.
    firsts = {row[:3]: place for place, row in reversed([*enumerate(rows)])}
    return [row[:3] in new and firsts[row[:3]] == place for place, row in enumerate(rows)]


def _row(arrival: Arrival, chat_id: int | None, now: datetime) -> _Row:
    """Return the arrival's row; what nobody can be answered for counts as taken."""
    channel, account, message_id = arrival[:3]
    received_us, raw = to_us(now), arrival.raw
    if chat_id is None or arrival.heard is None:
        return (channel, account, message_id, chat_id, None, received_us, received_us, received_us, raw)
    heard = to_json(arrival.heard).decode()
    said_us = to_us(arrival.heard.said_at)
    return (channel, account, message_id, chat_id, heard, said_us, received_us, None, raw)


def _guarded(
    connection: apsw.Connection,
    item: Item,
    store: Callable[[apsw.Connection, Item, _Tally, datetime], None],
    tally: _Tally,
    now: datetime,
) -> None:
    """Store the item; where that fails by the item's own fault, undo it and keep the item for the record."""
    connection.execute("SAVEPOINT item")
    try:
        store(connection, item, tally, now)
    except _UNSTORABLE as error:
        connection.execute("ROLLBACK TO item")
        log.error("inbox.unstorable", what=type(item).__name__, error=f"{type(error).__name__}: {error}")
        if not isinstance(item, Status):
            _record(connection, item, None, now)
            why = storable(f"{type(error).__name__}: {error}")
            dead.bury(connection, "item", connection.last_insert_rowid(), None, why, now)
            tally.new += 1
    connection.execute("RELEASE item")


def _new(connection: apsw.Connection, item: Arrival | Relinked) -> bool:
    """Whether this item was never stored; a repeated one must change nothing at all."""
    found = fetch_one(
        connection,
        "SELECT 1 FROM inbox WHERE channel = ? AND account = ? AND message_id = ?",
        *(storable(item.channel), storable(item.account), storable(item.message_id)),
    )
    return found is None


def _arrive(connection: apsw.Connection, arrival: Arrival, tally: _Tally, now: datetime) -> None:
    chat_id = None
    if arrival.identities:
        chat_id = people.chat_of(connection, Door(arrival.channel, arrival.account), arrival.identities)
    change_one(connection, _INSERT, *_row(arrival._replace(raw=storable(arrival.raw)), chat_id, now))
    number = connection.last_insert_rowid()
    tally.new += 1
    if chat_id is None:
        return
    if arrival.opt_out is not None and not _decided_later(connection, chat_id, arrival):
        change_one(connection, "UPDATE chat SET opted_out = ? WHERE chat_id = ?", arrival.opt_out, chat_id)
    if arrival.heard is not None:
        tally.chats[chat_id] = None
        if arrival.tapped_question is not None:
            _tapped(connection, chat_id, arrival.tapped_question, arrival.heard.said_at, number, tally, now)


def _decided_later(connection: apsw.Connection, chat_id: int, arrival: Arrival) -> bool:
    """Whether a «стоп» or «старт» that was said after this one is here: webhooks come in any order."""
    assert arrival.heard is not None
    later = fetch(
        connection,
        "SELECT heard ->> '$.text' FROM inbox WHERE chat_id = ? AND heard IS NOT NULL AND said_us > ?",
        *(chat_id, to_us(arrival.heard.said_at)),
    )
    return any(opt_out(text) is not None for (text,) in later)


def _tapped(
    connection: apsw.Connection,
    chat_id: int,
    question: int,
    said_at: datetime,
    number: int,
    tally: _Tally,
    now: datetime,
) -> None:
    """A tap on the pending question proves that it was delivered, whatever its sender believes."""
    sending = sends.on_its_way(connection, chat_id)
    if sending is None or sending.question != question or not sending.is_pending_question:
        return
    sends.ask(connection, sending, min(said_at, now), number - 1)
    sends.accepted(connection, sending, "", now)
    tally.deliveries = True


def _report(connection: apsw.Connection, status: Status, tally: _Tally, now: datetime) -> None:
    change_one(
        connection,
        """
        INSERT INTO number (account, last_status_us) VALUES (?, ?)
        ON CONFLICT (account) DO UPDATE SET last_status_us = max(last_status_us, excluded.last_status_us)
        """,
        *(status.account, to_us(now)),
    )
    sending = sends.by_provider_id(connection, status.account, status.message_id)
    if sending is None and status.key is not None:
        sending = sends.by_key(connection, status.key)
    if sending is None:
        if status.status == "failed" and status.key is not None:
            tally.deliveries |= notices.refused(connection, status.key, status.error_code, now)
        return
    if status.status == "failed":
        _failed(connection, sending, status, tally, now)
        return
    if sending.unfinished and sending.attempts > 0:
        sends.ask(connection, sending, now)
        sends.accepted(connection, sending, status.message_id, now)
        tally.deliveries = True
        # Words may have waited for the end of this send.
        tally.chats[sending.chat_id] = None
    elif sending.provider_id is None:
        # A tap had told us already; later statuses may come without our key.
        change(
            connection,
            "UPDATE outbox SET provider_id = ? WHERE outbox_id = ?",
            status.message_id,
            sending.outbox_id,
        )
    sends.seen(connection, sending, _RANK[status.status], now)


def _failed(
    connection: apsw.Connection, sending: sends.Sending, status: Status, tally: _Tally, now: datetime
) -> None:
    of_another_copy = sending.provider_id is not None and sending.provider_id != status.message_id
    if sending.status in ("dropped", "dead") or sending.delivered >= _RANK["delivered"] or of_another_copy:
        return
    sends.unask(connection, sending)
    why = storable(status.error) or "failed"
    if sends.given_up(connection, sending, "dead", why, now, code=status.error_code):
        tally.chats[sending.chat_id] = None
    key, phone = sends.whose(connection, sending)
    notices.put(connection, sending.chat_id, tally.lost(sending.outbox_id, key, phone), now)
    tally.deliveries = True


def _relink(connection: apsw.Connection, relinking: Relinked, tally: _Tally, now: datetime) -> None:
    chat_id = people.relink(
        connection, Door(relinking.channel, relinking.account), relinking.old, relinking.new
    )
    _record(connection, relinking, chat_id, now)
    tally.new += 1


def _record(
    connection: apsw.Connection, item: Arrival | Relinked, chat_id: int | None, now: datetime
) -> None:
    """Keep an item that is no turn, as one that was taken."""
    change_one(
        connection,
        """
        INSERT INTO inbox (channel, account, message_id, chat_id, said_us, received_us, taken_us, raw)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        *(storable(item.channel), storable(item.account), storable(item.message_id), chat_id),
        *(to_us(now), to_us(now), to_us(now), storable(item.raw)),
    )
