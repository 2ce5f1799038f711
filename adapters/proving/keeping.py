"""Promises about what the assistant keeps: nothing is lost, out of order, or waits for ever."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from adapters.proving.witness import Witness, from_us

CALLS_A_SECOND_MAX = 5
CALLS_A_MINUTE_MAX = 200
# A call and its place in the lane; nothing else is to be waited for.
AT_ONCE = timedelta(seconds=20)


def stored_at(witness: Witness) -> dict[str, datetime]:
    rows = witness.sql("SELECT message_id, received_us FROM inbox WHERE heard IS NOT NULL")
    return {wamid: datetime.fromtimestamp(received_us / 1e6, UTC) for wamid, received_us in rows}


def turns_never_raise(witness: Witness) -> Iterator[str]:
    rows = witness.sql("SELECT coalesce(event, heard) FROM inbox WHERE attempts > 0")
    yield "; ".join(f"a turn raised on {_named(what)}" for (what,) in rows)


def own_messages_are_taken_in_order(witness: Witness) -> Iterator[str]:
    rows = witness.sql(
        "SELECT chat_id, taken_us FROM inbox WHERE heard IS NOT NULL AND taken_us IS NOT NULL"
        " AND chat_id IS NOT NULL ORDER BY chat_id, arrival",
    )
    for (chat, earlier), (other, later) in pairwise(rows):
        yield "" if chat != other or earlier <= later else f"chat {chat} took a later message first"


def a_call_is_out_for_each_that_waits(witness: Witness) -> Iterator[str]:
    waiting = witness.sql("SELECT chat_id, awaiting FROM chat WHERE awaiting IS NOT NULL")
    for chat, key in waiting:
        (ways,) = witness.sql(
            "SELECT (SELECT count(*) FROM outbox WHERE key = ?1 AND finished_us IS NULL)"
            " + (SELECT count(*) FROM inbox WHERE call = ?1 AND taken_us IS NULL"
            " AND event NOT LIKE '%StillWaiting%')",
            key,
        )
        yield "" if ways[0] == 1 else f"chat {chat} waits for {key}, and {ways[0]} are on their way"


def every_message_is_taken(witness: Witness) -> Iterator[str]:
    rows = witness.sql("SELECT chat_id, count(*) FROM inbox WHERE taken_us IS NULL GROUP BY chat_id")
    yield "; ".join(f"{count} messages of chat {chat} are not taken" for chat, count in rows)
    stored = {row[0] for row in witness.sql("SELECT message_id FROM inbox WHERE heard IS NOT NULL")}
    for phone in witness.phones:
        for bubble in witness.screen(phone):
            if not from_us(bubble):
                yield "" if bubble.wamid in stored else f"«{bubble.text}» of {phone} is lost"


def nothing_is_kept_waiting(witness: Witness) -> Iterator[str]:
    """Where nothing went wrong, what is stored is taken and what is queued leaves at once, not by chance.

    Everybody looks again after a minute, which hides a wake that is missing, but not the wait.
    """
    if witness.was_disturbed or witness.salon.kills:
        return
    most_us = int(AT_ONCE.total_seconds() * 1e6)
    rows = witness.sql(
        "SELECT 'row ' || arrival || ' of the inbox', taken_us - received_us FROM inbox"
        " WHERE taken_us IS NOT NULL"
        " UNION ALL"
        " SELECT 'delivery ' || outbox_id, first_tried_us - created_us - after_s * 1000000 FROM outbox"
        " WHERE first_tried_us IS NOT NULL"
    )
    for what, waited_us in rows:
        yield "" if waited_us <= most_us else f"{what} waited {waited_us / 1e6:.0f} s, and nothing was wrong"


def messages_were_lost(witness: Witness) -> bool:
    """A message was refused for good, or sent twice in doubt: then a silence proves nothing (design §6)."""
    (lost,) = witness.sql(
        "SELECT count(*) FROM outbox WHERE kind = 'message' AND (status = 'dead' OR doubts)"
    )
    return bool(lost[0])


def nothing_waits(witness: Witness) -> Iterator[str]:
    for state, awaiting in witness.sql("SELECT session ->> '$.state', awaiting FROM chat"):
        yield (
            ""
            if (state, awaiting) == ("idle", None)
            else f"a dialogue rests in {state}, waiting for {awaiting}"
        )
    (left,) = witness.sql("SELECT count(*) FROM outbox WHERE finished_us IS NULL")
    yield "" if left[0] == 0 else f"{left[0]} deliveries never ended"


def calls_keep_to_their_pace(witness: Witness) -> Iterator[str]:
    """YClients takes five a second (yclients.md §1), and asks nobody whether we were killed meanwhile."""
    salon = witness.salon.parties.salon
    worst = salon.worst_second()
    yield "" if worst <= CALLS_A_SECOND_MAX else f"{worst} calls within one second"
    worst = salon.worst_minute()
    yield "" if worst <= CALLS_A_MINUTE_MAX else f"{worst} calls within one minute"


def nobody_calls_in_a_pause(witness: Witness) -> Iterator[str]:
    """After a 429 nobody calls for a second, or for as long as its Retry-After says (design §6)."""
    early = witness.salon.assistant.pauses.early
    yield f"{early[0]}, after a 429" if early else ""


def little_is_said_twice(witness: Witness) -> Iterator[str]:
    """Only a send whose fate nobody knew may be repeated, once (design §6)."""
    (doubts,) = witness.sql(
        "SELECT (SELECT count(*) FROM outbox WHERE kind = 'message' AND doubts)"
        " + (SELECT count(*) FROM notice WHERE doubts)"
    )
    twice = witness.salon.parties.phones.ledger().shown_twice
    yield "" if twice <= doubts[0] else f"{twice} messages were shown twice, {doubts[0]} were in doubt"


def _named(stored: str) -> str:
    """Return a stored message or event in a word: what was said, or its name."""
    what = json.loads(stored)
    return (
        f"«{what['text']}»" if what.get("text") else str(what.get("type") or what.get("kind") or "an event")
    )
