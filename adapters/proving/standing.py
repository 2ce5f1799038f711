"""Promises about the store itself: what was acknowledged is there, turns, timers and messages come once."""

from collections.abc import Iterator
from datetime import timedelta

from adapters.proving.witness import Witness, is_off
from engine.runtime.endings import DO_FOR_S

# A write is tried for two minutes; beside that it waits in the lane and for its last attempt, whose reads and
# read-backs may each take their fifteen seconds.
CALL_OUT_MAX = timedelta(seconds=DO_FOR_S) + timedelta(minutes=3)
_US = 1_000_000


def look_at_timers(witness: Witness) -> None:
    """Note which time-outs stand this moment, and which are gone."""
    if witness.salon.connection is not None:
        standing = dict(witness.sql("SELECT timer_id, due_us FROM timer"))
        witness.timers.see(standing, {timer_id for timer_id, _ in _fired(witness)})


def timers_fire_in_time(witness: Witness) -> Iterator[str]:
    """Once, never before it is due, and never once something else has taken its place."""
    look_at_timers(witness)
    seen: set[int] = set()
    for timer_id, fired_us in _fired(witness):
        due_us = witness.timers.due_us.get(timer_id, fired_us)
        yield f"time-out {timer_id} fired twice" if timer_id in seen else ""
        yield f"time-out {timer_id} fired before it was due" if fired_us < due_us else ""
        gone = timer_id in witness.timers.superseded
        yield f"time-out {timer_id} fired after it was taken back" if gone else ""
        seen.add(timer_id)


def _fired(witness: Witness) -> list[tuple[int, int]]:
    rows = witness.sql(
        "SELECT message_id, received_us FROM inbox WHERE channel = '' AND message_id LIKE 'timer:%'"
    )
    return [(int(name.split(":")[1]), received_us) for name, received_us in rows]


def nobody_at_home_is_timed_out(witness: Witness) -> Iterator[str]:
    """A dialogue that waits for nothing has no time-out, unless the salon has still to decide a request."""
    rows = witness.sql(
        "SELECT c.chat_id, t.timer_id IS NOT NULL FROM chat c LEFT JOIN timer t ON t.chat_id = c.chat_id"
        " WHERE c.session ->> '$.state' = 'idle'"
        " AND coalesce(json_array_length(c.chat, '$.late_requests'), 0) = 0"
    )
    for chat, timed in rows:
        yield f"chat {chat} is at home, and a time-out stands" if timed else ""


def what_was_acknowledged_is_stored(witness: Witness) -> Iterator[str]:
    """WhatsApp never brings again what was answered with 200 (design §4)."""
    if witness.salon.connection is None:
        return
    stored = {row[0] for row in witness.sql("SELECT message_id FROM inbox WHERE channel <> ''")}
    acknowledged = witness.salon.parties.phones.acknowledged()
    for phone in witness.phones:
        for bubble in witness.screen(phone):
            if bubble.direction == "in" and bubble.wamid in acknowledged:
                held = bubble.wamid in stored
                yield "" if held else f"«{bubble.text}» of {phone} was acknowledged and is not stored"


def each_turn_is_one_version(witness: Witness) -> Iterator[str]:
    """Versions have no gap: each is one row of the inbox, taken once; and no two turns overlap (§4)."""
    rows = witness.sql(
        "SELECT chat_id, version, (SELECT count(*) FROM inbox i WHERE i.chat_id = c.chat_id"
        " AND i.taken_us IS NOT NULL AND (i.heard IS NOT NULL OR i.event IS NOT NULL)) FROM chat c"
    )
    for chat, version, taken in rows:
        yield (
            ""
            if version == taken
            else f"chat {chat} has had {version} turns, and {taken} messages were taken"
        )
    seen: set[tuple[int, int]] = set()
    for turn in witness.turns:
        yield f"turn {turn[1]} of chat {turn[0]} was taken twice" if turn in seen else ""
        seen.add(turn)


def messages_leave_in_order(witness: Witness) -> Iterator[str]:
    """One message of a chat after the other: the next is tried once the one before has ended (design §6)."""
    rows = witness.sql(
        "SELECT chat_id, outbox_id, status, first_tried_us, finished_us FROM outbox"
        " WHERE kind = 'message' AND first_tried_us IS NOT NULL ORDER BY chat_id, outbox_id"
    )
    last: tuple[int, int, int | None] = (0, 0, 0)
    for chat, outbox_id, status, first_us, finished_us in rows:
        if chat == last[0]:
            held = last[2] is not None and last[2] <= first_us
            yield "" if held else f"message {outbox_id} of chat {chat} left before {last[1]} had arrived"
        # A status that comes later may end once more what had been sent.
        last = (chat, outbox_id, first_us if status == "dead" else finished_us)


def no_call_is_out_for_long(witness: Witness) -> Iterator[str]:
    """A call ends in time, as unknown at worst, and whoever waits is told (design §5)."""
    now_us = int(witness.salon.now().timestamp() * _US)
    rows = witness.sql(
        "SELECT key, first_tried_us FROM outbox"
        " WHERE kind = 'call' AND finished_us IS NULL AND first_tried_us IS NOT NULL"
    )
    for key, since_us in rows:
        out = timedelta(microseconds=now_us - since_us)
        yield "" if out <= CALL_OUT_MAX else f"{key} has been out for {out}"


def a_move_leaves_one_booking(witness: Witness) -> Iterator[str]:
    """Never none, where the moved one went off, and never two, where another was booked."""
    for call in witness.salon.parties.salon.log:
        booked = call.method == "POST" and call.path.startswith("/record")
        yield f"{call.path} was posted: a record of our own" if booked else ""
    for record_id in dict.fromkeys(entry.record_id for _, entry in witness.salon.parties.salon.salon.history):
        for _, before, after in witness.our_versions(record_id):
            if (before.starts_at, before.staff_id) != (after.starts_at, after.staff_id):
                number = witness.number(record_id)
                yield f"record {number} was moved, and no longer stands" if is_off(after) else ""


def copies_are_few(witness: Witness) -> Iterator[str]:
    """A message is shown twice at most (design §6)."""
    most = witness.salon.parties.phones.copies_max()
    yield "" if most <= 2 else f"a message was shown {most} times"
