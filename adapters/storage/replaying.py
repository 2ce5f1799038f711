"""Replay a dead letter through the front door, or say why that would do no good; drop one.

Words come back as a new row of the inbox with the time at which they were said, marked as brought back: they
answer no question, and nothing of them acts without one. Messages and notices come back as new rows with
fresh keys. A call is never done again: what it changed is in the journal, and what was said of it is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import apsw
from pydantic import ValidationError

from adapters.storage import dead
from adapters.storage.dead import Letter
from adapters.storage.rows import change_one, fetch_one, from_us, to_us
from adapters.storage.turns import readable
from engine.codec import Unreadable, load
from engine.events import Event, Heard
from engine.notices import Notice
from engine.ports import Bubble, Received
from engine.session import Chat
from engine.values import Frozen

Deed = Literal["replay", "drop"]


class Verdict(Frozen):
    """What became of one letter, or would. `stands`: it is, or was before, as was wished."""

    letter: str
    stands: bool
    says: str


@dataclass(frozen=True, slots=True)
class _Way:
    """How a letter comes back: `put` inserts it under a fresh key; `wakes` whom."""

    says: str
    put: Callable[[apsw.Connection, str], None]
    wakes: Received


def carry_out(
    connection: apsw.Connection,
    deed: Deed,
    name: str,
    fresh_key: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> tuple[Verdict, Received]:
    """Replay or drop one letter, once; with `dry_run` only tell what would become of it."""
    letter = dead.letter(connection, name)
    if letter is None:
        return Verdict(letter=name, stands=False, says="there is no such letter"), Received()
    if letter.handled is not None:
        same = (letter.handled == "replayed") == (deed == "replay")
        says = f"was {letter.handled} on {letter.handled_at:%Y-%m-%d at %H:%M}Z already; nothing is done"
        return Verdict(letter=name, stands=same, says=says), Received()
    if deed == "drop":
        if not dry_run:
            dead.handle(connection, name, "dropped", now)
        return Verdict(letter=name, stands=True, says=_would(dry_run, "dropped")), Received()
    way = _WAYS[letter.kind](connection, letter, now)
    if isinstance(way, str):
        return Verdict(letter=name, stands=False, says=f"not replayed: {way}"), Received()
    if not dry_run:
        way.put(connection, fresh_key)
        dead.handle(connection, name, "replayed", now)
    says = f"{_would(dry_run, 'replayed')}: {way.says}"
    return Verdict(letter=name, stands=True, says=says), Received() if dry_run else way.wakes


def _would(dry_run: bool, deed: str) -> str:
    return f"would be {deed}" if dry_run else deed


# ── by kind: how it comes back, or why it does not ────────────────────────────────────────────────────


def _turn(connection: apsw.Connection, letter: Letter, now: datetime) -> _Way | str:
    row = fetch_one(
        connection,
        """
        SELECT i.heard, i.event, i.call, i.said_us, c.opted_out,
               (SELECT count(*) FROM inbox l
                WHERE l.chat_id = i.chat_id AND l.arrival > i.arrival AND l.heard IS NOT NULL)
        FROM inbox i JOIN chat c ON c.chat_id = i.chat_id WHERE i.arrival = ?
        """,
        letter.number,
    )
    if row is None:
        return "what arrived is not kept any more"
    heard, event, call, said_us, opted_out, since = row
    if heard is None:
        return _no_words(event, call)
    if readable(Heard, heard) is None:
        return "this version cannot read what the client sent"
    if opted_out:
        return "the client has written «стоп» and would get no answer"

    def put(connection: apsw.Connection, fresh_key: str) -> None:
        change_one(
            connection,
            """
            INSERT INTO inbox (channel, account, message_id, chat_id, heard, said_us, received_us,
                               brought_back)
            VALUES ('', '', ?, ?, ?, ?, ?, 1)
            """,
            *(f"replay:{letter.letter}", letter.chat_id, heard, said_us, to_us(now)),
        )

    assert letter.chat_id is not None
    says = f"the words of {from_us(said_us):%Y-%m-%d %H:%M}Z are taken as old ones: asked about, never obeyed"
    if since:
        says += f"; the client has written {since} more since"
    return _Way(says, put, Received(chats=(letter.chat_id,), new=1))


def _no_words(event: str, call: str | None) -> str:
    if call is not None:
        return (
            "it is the result of a call, which is never done again; the client was told that the outcome is "
            "not known (otmena dead show): look into the journal"
        )
    try:
        name = type(load(Event, event)).__name__
    except Unreadable:
        name = "an event of an older version"
    return f"it is no message of a client's but {name}, and its dialogue has ended since"


def _message(connection: apsw.Connection, letter: Letter, now: datetime) -> _Way | str:
    row = fetch_one(
        connection,
        """
        SELECT o.payload, o.created_us, o.question, o.outcome, o.good_for_s, c.pending_question, c.opted_out
        FROM outbox o JOIN chat c ON c.chat_id = o.chat_id WHERE o.outbox_id = ?
        """,
        letter.number,
    )
    if row is None:
        return "the message is not kept any more"
    payload, created_us, question, outcome, good_for_s, pending, opted_out = row
    if not _is_bubble(payload):
        return "this version cannot read the message"
    if not outcome:
        if opted_out:
            return "the client has written «стоп»"
        if question is not None and question != pending:
            return "it asks a question that nobody waits to have answered any more"
        if to_us(now) - created_us > good_for_s * 1_000_000:
            return "it is too old to be of use"

    def put(connection: apsw.Connection, fresh_key: str) -> None:
        change_one(
            connection,
            """
            INSERT INTO outbox (chat_id, key, kind, payload, created_us, due_us,
                                question, patience, patience_s, outcome, good_for_s)
            SELECT chat_id, ?, 'message', payload, ?, ?, question, patience, patience_s, outcome, good_for_s
            FROM outbox WHERE outbox_id = ?
            """,
            *(f"m{fresh_key}", to_us(now), to_us(now), letter.number),
        )

    says = "the message is sent once more, as it was"
    if outcome:
        says += f"; it tells what the journal showed on {from_us(created_us):%Y-%m-%d at %H:%M}Z"
    return _Way(says, put, Received(deliveries=True))


def _notice(connection: apsw.Connection, letter: Letter, now: datetime) -> _Way | str:
    row = fetch_one(
        connection,
        """
        SELECT n.notice, c.chat FROM notice n LEFT JOIN chat c ON c.chat_id = n.chat_id
        WHERE n.notice_id = ?
        """,
        letter.number,
    )
    if row is None:
        return "the notice is not kept any more"
    notice, chat = readable(Notice, row[0]), readable(Chat, row[1]) if row[1] else None
    if notice is not None and notice.request and not _waits(chat, notice.request):
        return "nobody has to decide this request any more"

    def put(connection: apsw.Connection, fresh_key: str) -> None:
        change_one(
            connection,
            """
            INSERT INTO notice (key, chat_id, recipient, notice, text, created_us, due_us, belated)
            SELECT ?, chat_id, recipient, notice, text, ?, ?, 1 FROM notice WHERE notice_id = ?
            """,
            *(f"n{fresh_key}", to_us(now), to_us(now), letter.number),
        )

    return _Way("the notice is told once more, as a belated one", put, Received(deliveries=True))


def _call(connection: apsw.Connection, letter: Letter, now: datetime) -> str:
    return (
        "a call is never done again: whether it changed anything is in the journal, and the client was told "
        "what was known"
    )


def _item(connection: apsw.Connection, letter: Letter, now: datetime) -> str:
    return "it could not be stored as it came, so nobody knows whose it is; otmena dead show tells what it is"


_WAYS: dict[str, Callable[[apsw.Connection, Letter, datetime], Any]] = {
    "turn": _turn,
    "message": _message,
    "notice": _notice,
    "call": _call,
    "item": _item,
}


def _is_bubble(payload: str) -> bool:
    try:
        Bubble.model_validate_json(payload)
    except ValidationError:
        return False
    return True


def _waits(chat: Chat | None, request: str) -> bool:
    return chat is not None and any(late.request == request for late in chat.late_requests)
