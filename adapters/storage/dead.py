"""Dead letters: what could not be handled or delivered, kept in the very commit that gives it up."""

from dataclasses import dataclass
from datetime import datetime

import apsw

from adapters.storage.rows import change, fetch, fetch_one, from_us, to_us
from engine.letters import Kind, letter_of

# The first schema that keeps them.
KEPT_SINCE = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter. `number`: its row of the inbox, the outbox or the notices."""

    letter: str
    kind: Kind
    number: int
    chat_id: int | None
    # The chat's, E.164; None: not known.
    phone: str | None
    at: datetime
    # Empty: not known.
    why: str
    # Where the dialogue stood; None: not known, or it is about none.
    state: str | None
    instead: str
    told: str
    # None: nobody has seen to it.
    handled: str | None
    handled_at: datetime | None


def bury(
    connection: apsw.Connection,
    kind: Kind,
    number: int,
    chat_id: int | None,
    why: str,
    now: datetime,
    *,
    instead: str = "",
    told: str = "",
) -> None:
    """Keep a letter, with the state that its chat is in until this commit. Once dead, it stays so."""
    change(
        connection,
        """
        INSERT INTO dead (letter, kind, number, chat_id, at_us, why, state, instead, told)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6,
                (SELECT iif(json_valid(session), session ->> '$.state', NULL) FROM chat WHERE chat_id = ?4),
                ?7, ?8)
        ON CONFLICT (letter) DO NOTHING
        """,
        *(letter_of(kind, number), kind, number, chat_id, to_us(now), why, instead, told),
    )


_LETTERS = """
    SELECT d.letter, d.kind, d.number, d.chat_id, c.phone, d.at_us, d.why, d.state, d.instead, d.told,
           d.handled, d.handled_us
    FROM dead d LEFT JOIN chat c ON c.chat_id = d.chat_id
"""


def letters(connection: apsw.Connection, *, handled: bool = False) -> tuple[Letter, ...]:
    """Return the letters that nobody has seen to, oldest first; `handled`: all."""
    which = "" if handled else "WHERE d.handled_us IS NULL"
    return tuple(_letter(*row) for row in fetch(connection, f"{_LETTERS} {which} ORDER BY d.at_us, d.letter"))


def letter(connection: apsw.Connection, name: str) -> Letter | None:
    row = fetch_one(connection, f"{_LETTERS} WHERE d.letter = ?", name)
    return None if row is None else _letter(*row)


def handle(connection: apsw.Connection, name: str, how: str, now: datetime) -> bool:
    """Note that somebody has seen to a letter. False: somebody had before."""
    seen_to = "UPDATE dead SET handled = ?, handled_us = ? WHERE letter = ? AND handled IS NULL"
    return change(connection, seen_to, how, to_us(now), name) == 1


def _letter(
    name: str,
    kind: Kind,
    number: int,
    chat_id: int | None,
    phone: str | None,
    at_us: int,
    why: str,
    state: str | None,
    instead: str,
    told: str,
    handled: str | None,
    handled_us: int | None,
) -> Letter:
    return Letter(
        letter=name,
        kind=kind,
        number=number,
        chat_id=chat_id,
        phone=phone,
        at=from_us(at_us),
        why=why,
        state=state,
        instead=instead,
        told=told,
        handled=handled,
        handled_at=from_us(handled_us),
    )
