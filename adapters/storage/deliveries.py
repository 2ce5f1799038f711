"""The outbox from the shell's side: what may start, that it starts, and how it ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import apsw
import structlog
from pydantic import ValidationError

from adapters.storage import dead, sends, timers, turns
from adapters.storage.rows import change, change_one, fetch, fetch_one, from_us, to_us
from engine.booking import Call, CallFailed, Command, Query
from engine.codec import Unreadable, dump, load
from engine.events import Event
from engine.ports import Address, Bubble, Delivery, Ending, OutgoingCall, OutgoingMessage, Patience
from engine.runtime.endings import SENDS_IN_DOUBT_MAX

log = structlog.get_logger()

_ROW = """
    o.outbox_id, o.chat_id, o.key, o.kind, o.payload, o.created_us, o.attempts, o.doubts, o.first_tried_us,
    o.question, o.patience, o.patience_s, o.outcome, o.good_for_s, o.awaited, o.after_s, o.maybe_done,
    c.channel, c.account, c.phone, c.user_id
"""

# A chat's messages leave in order, one after the other; calls pass them.
_MAY_START = """
    FROM outbox o JOIN chat c ON c.chat_id = o.chat_id
    WHERE o.finished_us IS NULL AND o.status IN ('pending', 'doubt')
      AND o.outbox_id NOT IN (SELECT value FROM json_each(?))
      AND (o.kind = 'call' OR NOT EXISTS (
          SELECT 1 FROM outbox p
          WHERE p.chat_id = o.chat_id AND p.outbox_id < o.outbox_id
            AND p.kind = 'message' AND p.finished_us IS NULL
      ))
"""


def due(connection: apsw.Connection, now: datetime, busy: frozenset[int], limit: int) -> tuple[Delivery, ...]:
    rows = fetch(
        connection,
        f"SELECT {_ROW} {_MAY_START} AND o.due_us <= ? ORDER BY o.due_us, o.outbox_id LIMIT ?",
        *(_json_list(busy), to_us(now), limit),
    )
    deliveries = []
    for row in rows:
        try:
            deliveries.append(_delivery(row))
        except (Unreadable, ValidationError) as error:
            # `settle_unreadable` ends these at the next start.
            log.error("outbox.unreadable", outbox=row[0], error=str(error))
    return tuple(deliveries)


def next_due(connection: apsw.Connection, now: datetime, busy: frozenset[int]) -> datetime | None:
    """Return when the next delivery may start: `now`, where one may already."""
    row = fetch_one(
        connection,
        f"SELECT o.due_us {_MAY_START} ORDER BY o.due_us, o.outbox_id LIMIT 1",
        _json_list(busy),
    )
    return None if row is None else max(now, from_us(row[0]))


def starting(connection: apsw.Connection, delivery: Delivery, now: datetime) -> bool:
    if delivery.call is not None:
        return bool(
            change(
                connection,
                """
                UPDATE outbox SET attempts = attempts + 1, first_tried_us = coalesce(first_tried_us, ?)
                WHERE outbox_id = ? AND finished_us IS NULL
                """,
                *(to_us(now), delivery.outbox_id),
            )
        )
    sending = sends.by_id(connection, delivery.outbox_id)
    if sending is None or not sending.unfinished:
        return False
    useless = _useless(sending, now)
    if useless:
        sends.given_up(connection, sending, "dropped", useless, now)
        return False
    if sending.doubts >= SENDS_IN_DOUBT_MAX:
        # Two copies may be out, the last cut off by a crash: a third would be sent for certain.
        sends.accepted(connection, sending, "", now, proven=False)
        return False
    change_one(
        connection,
        """
        UPDATE outbox SET status = 'sending', attempts = attempts + 1,
                          first_tried_us = coalesce(first_tried_us, ?)
        WHERE outbox_id = ?
        """,
        *(to_us(now), sending.outbox_id),
    )
    sends.ask(connection, sending, now)
    return True


def ended(connection: apsw.Connection, delivery: Delivery, ending: Ending, now: datetime) -> tuple[int, ...]:
    """Repeated, it changes nothing: the commit of the first try may stand, though it seemed to fail."""
    if ending.kind == "result":
        if not _has_result(connection, delivery, ending):
            _result(connection, delivery, ending, now)
        chats: tuple[int, ...] = (delivery.chat_id,)
    elif delivery.call is not None:
        _call_ended(connection, delivery, ending, now)
        chats = ()
    else:
        chats = _message_ended(connection, delivery, ending, now)
    turns.note(connection, delivery.chat_id, ending.facts, now)
    return chats


def sign_of_waiting(
    connection: apsw.Connection, delivery: Delivery, event: Event, now: datetime
) -> tuple[int, ...]:
    marked = change(
        connection,
        """
        UPDATE outbox SET sign_given = 1
        WHERE outbox_id = ? AND finished_us IS NULL AND NOT sign_given
          AND EXISTS (SELECT 1 FROM chat c WHERE c.chat_id = outbox.chat_id AND c.awaiting = outbox.key)
        """,
        delivery.outbox_id,
    )
    if not marked:
        return ()
    timers.put(connection, delivery.chat_id, f"waiting:{delivery.key}", dump(event), now, call=delivery.key)
    return (delivery.chat_id,)


def settle_unreadable(connection: apsw.Connection, now: datetime) -> None:
    """End what an older version left in the outbox and today's code cannot read, since nobody could do it."""
    rows = fetch(
        connection,
        f"SELECT {_ROW} FROM outbox o JOIN chat c ON c.chat_id = o.chat_id WHERE o.finished_us IS NULL",
    )
    for row in rows:
        try:
            _delivery(row)
        except (Unreadable, ValidationError) as error:
            outbox_id, chat_id, key, kind, *_ = row
            log.error("outbox.unreadable", outbox=outbox_id, error=str(error), settled=True)
            sending = sends.by_id(connection, outbox_id)
            if sending is not None:
                sends.given_up(connection, sending, "dead", "unreadable", now)
                continue
            assert kind == "call"
            attempts = row[6]
            _finish_call(connection, outbox_id, "dead", "unreadable", now)
            failed = CallFailed(reason="unknown" if attempts else "not_tried")
            dead.bury(connection, "call", outbox_id, chat_id, "unreadable", now, instead="CallFailed")
            timers.put(connection, chat_id, f"result:{key}", dump(failed), now, call=key)


def _useless(sending: sends.Sending, now: datetime) -> str:
    """Say why the message need not be sent any more; empty: it must be."""
    if sending.opted_out and not sending.outcome:
        return "opted out"
    if to_us(now) - sending.created_us > sending.good_for_s * 1_000_000:
        return "too old"
    # An outcome is news even where nobody can answer it any more.
    if sending.question is not None and not sending.is_pending_question and not sending.outcome:
        return "superseded"
    return ""


def _message_ended(
    connection: apsw.Connection, delivery: Delivery, ending: Ending, now: datetime
) -> tuple[int, ...]:
    sending = sends.by_id(connection, delivery.outbox_id)
    assert sending is not None, f"no message {delivery.outbox_id}"
    if not sending.unfinished:
        # A status or a tap was faster and knows better.
        if ending.kind == "sent" and sending.provider_id is None:
            change_one(
                connection,
                "UPDATE outbox SET provider_id = nullif(?, '') WHERE outbox_id = ?",
                *(ending.provider_id, sending.outbox_id),
            )
        return ()
    match ending.kind:
        case "sent":
            # Without the channel's id nothing proves that it has arrived, although it is not sent again.
            proven = bool(ending.provider_id)
            sends.accepted(connection, sending, ending.provider_id, now, proven=proven)
        case "later" | "doubt":
            assert ending.due is not None, f"{ending.kind} without a time"
            in_doubt = ending.kind == "doubt" or not ending.definite
            if sending.status != "sending":
                # It has not begun; or this is recorded, and a doubt that is counted again would pass for two.
                if not in_doubt:
                    _put_off(connection, sending, ending)
                return ()
            sends.unask(connection, sending)
            change_one(
                connection,
                "UPDATE outbox SET status = ?, doubts = doubts + ?, due_us = ?, why = ? WHERE outbox_id = ?",
                *(
                    "doubt" if in_doubt else "pending",
                    in_doubt,
                    to_us(ending.due),
                    ending.why,
                    sending.outbox_id,
                ),
            )
        case "dropped" | "failed":
            if ending.definite:
                sends.unask(connection, sending)
            end: Literal["dropped", "dead"] = "dropped" if ending.kind == "dropped" else "dead"
            sends.given_up(connection, sending, end, ending.why, now)
        case "result":
            raise AssertionError("a message has no result")
    # Words may have waited for the end of this send, and a question that is given up leaves an event.
    return () if sending.question is None else (sending.chat_id,)


def _put_off(connection: apsw.Connection, sending: sends.Sending, ending: Ending) -> None:
    assert ending.due is not None
    change_one(
        connection,
        "UPDATE outbox SET due_us = ?, why = ? WHERE outbox_id = ?",
        *(to_us(ending.due), ending.why, sending.outbox_id),
    )


def _call_ended(connection: apsw.Connection, delivery: Delivery, ending: Ending, now: datetime) -> None:
    match ending.kind:
        case "later" | "doubt":
            assert ending.due is not None, f"{ending.kind} without a time"
            in_doubt = ending.kind == "doubt" or not ending.definite
            change_one(
                connection,
                """
                UPDATE outbox SET due_us = ?, why = ?, maybe_done = max(maybe_done, ?)
                WHERE outbox_id = ? AND finished_us IS NULL
                """,
                *(to_us(ending.due), ending.why, in_doubt, delivery.outbox_id),
            )
        case "dropped":
            _finish_call(connection, delivery.outbox_id, "dropped", ending.why, now)
        case "failed":
            _finish_call(connection, delivery.outbox_id, "dead", ending.why, now)
            dead.bury(connection, "call", delivery.outbox_id, delivery.chat_id, ending.why, now)
        case _:
            raise AssertionError(f"a call does not end as {ending.kind}")


def _has_result(connection: apsw.Connection, delivery: Delivery, ending: Ending) -> bool:
    """Whether this very result stands; another one of the same call is our mistake, and loud below."""
    found = "SELECT event FROM inbox WHERE channel = '' AND account = '' AND message_id = ?"
    row = fetch_one(connection, found, f"result:{delivery.key}")
    return row is not None and ending.result is not None and row[0] == dump(ending.result)


def _result(connection: apsw.Connection, delivery: Delivery, ending: Ending, now: datetime) -> None:
    """Mark the call done and put its result before the dialogue: both or neither."""
    assert delivery.call is not None, "a message has no result"
    assert ending.result is not None, "no result given"
    _finish_call(connection, delivery.outbox_id, "done", ending.why, now)
    event = dump(ending.result)
    timers.put(connection, delivery.chat_id, f"result:{delivery.key}", event, now, call=delivery.key)


def _finish_call(connection: apsw.Connection, outbox_id: int, status: str, why: str, now: datetime) -> None:
    change_one(
        connection,
        """
        UPDATE outbox SET status = ?, why = ?, finished_us = ?
        WHERE outbox_id = ? AND kind = 'call' AND finished_us IS NULL
        """,
        *(status, why, to_us(now), outbox_id),
    )


def _delivery(row: Any) -> Delivery:
    outbox_id, chat_id, key, kind, payload, created_us, attempts, doubts, first_tried_us, *rest = row
    question, patience, patience_s, outcome, good_for_s, awaited, after_s, maybe_done, *address = rest
    channel, account, phone, user = address
    is_message = kind == "message"
    return Delivery(
        outbox_id=outbox_id,
        chat_id=chat_id,
        address=Address(channel=channel, account=account, phone=phone, user=user),
        key=key,
        message=OutgoingMessage(
            bubble=Bubble.model_validate_json(payload),
            question=question,
            patience=None if patience is None else Patience(event=load(Event, patience), after_s=patience_s),
            outcome=bool(outcome),
            good_for_s=good_for_s,
        )
        if is_message
        else None,
        call=None
        if is_message
        else OutgoingCall(key=key, call=_call(payload), awaited=bool(awaited), after_s=after_s),
        created_at=from_us(created_us),
        attempts=attempts,
        doubts=doubts,
        first_tried_at=from_us(first_tried_us),
        maybe_done=bool(maybe_done),
    )


def _call(text: str) -> Query | Command:
    call = load(Call, text)
    if not isinstance(call, Query | Command):
        raise Unreadable(f"neither query nor command: {text[:80]}")
    return call


def _json_list(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"
