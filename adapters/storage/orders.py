"""Orders of an operator: rows that commands leave beside a running server, and what it answers.

A command writes one row in one short transaction of its own connection and never checkpoints; whoever holds
the lock carries it out, in the same commit that notes its outcome.
"""

from collections.abc import Callable
from datetime import datetime

import apsw
import structlog
from pydantic import ValidationError

from adapters.storage import dead
from adapters.storage.replaying import Deed, Verdict, carry_out
from adapters.storage.rows import change_one, fetch, fetch_one, to_us
from engine.ports import Received
from engine.values import Frozen

log = structlog.get_logger()

LEFT = "SELECT order_id, wish FROM operator_order WHERE taken_us IS NULL ORDER BY order_id"


class Order(Frozen):
    """What an operator wants done with letters; `every`: all that nobody has seen to."""

    deed: Deed
    letters: tuple[str, ...] = ()
    every: bool = False


class Outcome(Frozen):
    verdicts: tuple[Verdict, ...]


def leave(connection: apsw.Connection, order: Order, now: datetime) -> int:
    """Leave an order; return its number."""
    left = "INSERT INTO operator_order (wish, given_us) VALUES (?, ?)"
    change_one(connection, left, order.model_dump_json(), to_us(now))
    return connection.last_insert_rowid()


def outcome(connection: apsw.Connection, number: int) -> Outcome | None:
    """Return what became of an order; None: nobody has taken it yet."""
    row = fetch_one(connection, "SELECT outcome FROM operator_order WHERE order_id = ?", number)
    return None if row is None or row[0] is None else Outcome.model_validate_json(row[0])


def take(connection: apsw.Connection, fresh_key: Callable[[], str], now: datetime) -> Received:
    """Carry out every order that is left, in order; return what that sets in motion."""
    chats: dict[int, None] = {}
    new, deliveries = 0, False
    for number, wish in fetch(connection, LEFT):
        verdicts, sets_in_motion = [], []
        try:
            order = Order.model_validate_json(wish)
        except ValidationError:
            verdicts.append(Verdict(letter="?", stands=False, says="an order of another version"))
        else:
            names = _names(connection, order)
            answers = [_carried_out(connection, order.deed, name, fresh_key(), now) for name in names]
            verdicts = [verdict for verdict, _ in answers]
            sets_in_motion = [received for _, received in answers]
        done = "UPDATE operator_order SET taken_us = ?, outcome = ? WHERE order_id = ?"
        told = Outcome(verdicts=tuple(verdicts)).model_dump_json()
        change_one(connection, done, to_us(now), told, number)
        for received in sets_in_motion:
            chats |= dict.fromkeys(received.chats)
            new += received.new
            deliveries |= received.deliveries
    return Received(tuple(chats), new, deliveries)


def _carried_out(
    connection: apsw.Connection, deed: Deed, name: str, fresh_key: str, now: datetime
) -> tuple[Verdict, Received]:
    """Carry out an order on one letter; our own mistake in it undoes this letter alone, and is told."""
    try:
        with connection:
            answer = carry_out(connection, deed, name, fresh_key, now)
    except apsw.Error:
        # Nobody knows what else it undid: the writer's business.
        raise
    except Exception as error:  # or every look would meet it again, and nothing behind it were taken
        log.exception("orders.letter_failed", letter=name)
        says = f"not done, by a mistake of ours ({type(error).__name__}); the server's log tells where"
        return Verdict(letter=name, stands=False, says=says), Received()
    return answer


def would(connection: apsw.Connection, order: Order, now: datetime) -> Outcome:
    """Tell what would become of an order, and change nothing."""
    names = _names(connection, order)
    verdicts = (carry_out(connection, order.deed, name, "", now, dry_run=True)[0] for name in names)
    return Outcome(verdicts=tuple(verdicts))


def _names(connection: apsw.Connection, order: Order) -> tuple[str, ...]:
    everything = (one.letter for one in dead.letters(connection)) if order.every else ()
    return tuple(dict.fromkeys((*order.letters, *everything)))
