"""Whose chat an identity leads to: finding, making and relinking chats within a channel and account."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import apsw

from adapters.storage.rows import change, change_one, fetch, fetch_one
from engine.ports import Arrival, Identity
from engine.session import Chat, Session

_FIND = "SELECT chat_id FROM identity WHERE channel = ? AND account = ? AND kind = ? AND value = ?"
_NEW_SESSION = Session().model_dump_json()
_NEW_CHAT = Chat().model_dump_json()


class Door(NamedTuple):
    """The salon's own number at a channel; identities mean something only behind one."""

    channel: str
    account: str


def chat_of(connection: apsw.Connection, door: Door, identities: Sequence[Identity]) -> int:
    """Return the chat of the person with these names (best first), or a new one; all names lead to it now."""
    chat_id, known_by = _known(connection, door, identities)
    if chat_id is None:
        chat_id = _make(connection, door)
    for identity in identities:
        if identity is not known_by:
            _link(connection, door, identity, chat_id)
    return chat_id


def find(connection: apsw.Connection, door: Door, identity: Identity) -> int | None:
    row = fetch_one(connection, _FIND, *door, *identity)
    return None if row is None else int(row[0])


def settled(connection: apsw.Connection, arrivals: Sequence[Arrival]) -> list[int]:
    """Return the chat to which all names of each lead, up to the first that has one to be made or moved."""
    names = [
        (arrival.channel, arrival.account, *identity)
        for arrival in arrivals
        for identity in arrival.identities
    ]
    leads = iter(connection.executemany(f"SELECT ({_FIND})", names).fetchall())
    chats: list[int] = []
    for arrival in arrivals:
        found: set[Any] = {row[0] for row in islice(leads, len(arrival.identities))}
        if len(found) != 1 or None in found:
            break
        chats += found
    return chats


def relink(connection: apsw.Connection, door: Door, old: Identity, new: Sequence[Identity]) -> int | None:
    """Give the chat of `old` its new names; return it, or None where nobody is known as `old`."""
    chat_id = find(connection, door, old)
    if chat_id is None:
        return None
    _unlink(connection, door, old, chat_id)
    for identity in new:
        _link(connection, door, identity, chat_id)
    return chat_id


def _known(
    connection: apsw.Connection, door: Door, identities: Sequence[Identity]
) -> tuple[int, Identity] | tuple[None, None]:
    """Return the chat of the person with these names, and by which of them it was found."""
    for identity in identities:
        chat_id = find(connection, door, identity)
        # A number passes from person to person: found by it alone, somebody else's chat must stay theirs.
        if chat_id is None or (identity.kind == "phone" and _is_another(connection, chat_id, identities)):
            continue
        return chat_id, identity
    return None, None


def _is_another(connection: apsw.Connection, chat_id: int, identities: Sequence[Identity]) -> bool:
    """Whether the chat's person has another user id than the one who writes now."""
    if all(identity.kind == "phone" for identity in identities):
        return False
    known = {
        Identity(kind=kind, value=value)
        for kind, value in fetch(
            connection, "SELECT kind, value FROM identity WHERE chat_id = ? AND kind <> 'phone'", chat_id
        )
    }
    kinds = {identity.kind for identity in known} & {identity.kind for identity in identities}
    return bool(kinds) and not known.intersection(identities)


def _make(connection: apsw.Connection, door: Door) -> int:
    change_one(
        connection,
        "INSERT INTO chat (channel, account, session, chat) VALUES (?, ?, ?, ?)",
        *(door.channel, door.account, _NEW_SESSION, _NEW_CHAT),
    )
    return connection.last_insert_rowid()


def _link(connection: apsw.Connection, door: Door, identity: Identity, chat_id: int) -> None:
    """Make `identity` the chat's only one of its kind, whoever had it before."""
    holder = find(connection, door, identity)
    if holder == chat_id:
        return
    if holder is not None:
        _unlink(connection, door, identity, holder)
    for (value,) in fetch(
        connection, "SELECT value FROM identity WHERE chat_id = ? AND kind = ?", chat_id, identity.kind
    ):
        _unlink(connection, door, Identity(kind=identity.kind, value=value), chat_id)
    change_one(
        connection,
        "INSERT INTO identity (channel, account, kind, value, chat_id) VALUES (?, ?, ?, ?, ?)",
        *(door.channel, door.account, identity.kind, identity.value, chat_id),
    )
    _show(connection, chat_id)


def _unlink(connection: apsw.Connection, door: Door, identity: Identity, chat_id: int) -> None:
    change_one(
        connection,
        "DELETE FROM identity WHERE channel = ? AND account = ? AND kind = ? AND value = ?",
        *(door.channel, door.account, identity.kind, identity.value),
    )
    _show(connection, chat_id)


def _show(connection: apsw.Connection, chat_id: int) -> None:
    """Copy the chat's names to where its messages are addressed; without a user id its parent id serves."""
    names = dict(fetch(connection, "SELECT kind, value FROM identity WHERE chat_id = ?", chat_id))
    change(
        connection,
        "UPDATE chat SET phone = ?, user_id = ? WHERE chat_id = ?",
        *(names.get("phone"), names.get("user", names.get("parent")), chat_id),
    )
