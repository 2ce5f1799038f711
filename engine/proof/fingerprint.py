"""When two situations are one: everything that can still make a difference, free of history."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from engine.proof.invariants import GRACE_S, PROOF_MAX_S
from engine.proof.standing import ChatRow, OutboxRow, Standing
from engine.proof.world import Phone, Shown, World
from engine.session import Chat

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"(\d+)")
# What stands before the number of a turn, as questions carry it; options are `yes:7:1`, keys `m1.7.0`.
_BEFORE = ('question":', 'questions":', "question ", "questions ")
# Beyond an hour nothing asks how long ago it was.
_LONG_S = 3_600

Ago = Callable[[int | None], int | None]


def fingerprint(world: World, standing: Standing) -> bytes:
    now, now_us = world.now, _us(world.now)

    def ago(us: int | None) -> int | None:
        return None if us is None else min(_LONG_S, (now_us - us) // 1_000_000)

    places = {row.outbox_id: place for place, row in enumerate(standing.outbox)}
    asked = {chat.chat_id: chat.asked_arrival for chat in standing.chats}
    parts = (
        [_chat(chat, places, ago, now_us) for chat in standing.chats],
        [
            (
                *(row.chat_id, row.heard, row.event, row.call, ago(row.said_us), row.attempts),
                (row.arrival > (asked[row.chat_id] or 0)) if row.heard else None,
            )
            for row in standing.inbox
        ],
        [_sending(row, now_us, ago) for row in standing.outbox],
        [(timer.chat_id, (timer.due_us - now_us) // 1_000_000, timer.event) for timer in standing.timers],
        [
            (
                *(entry.record.record_id, entry.cancelled_by, entry.deleted, entry.edited, entry.moved),
                *(entry.record.starts_at > world.now, entry.record.phone, entry.record.starts_at),
            )
            for entry in world.journal
        ],
        [(slot.master_id, slot.starts_at) for slot in world.taken],
        [(late.request, late.answers, late.over) for late in world.late],
        [(record_id, (now - since).total_seconds()) for record_id, since in world.undoable],
        sorted(world.unsaid),
        [_phone(phone, standing) for phone in world.phones],
        [(places.get(flight.delivery.outbox_id), flight.arrived) for flight in world.flights],
        [
            (proof.change, proof.record_id, (world.now - proof.at).total_seconds() <= PROOF_MAX_S)
            for proof in world.proofs
        ],
        _still(world, standing),
    )
    return blake2b(_ranked(repr(parts)).encode("utf-8", "replace"), digest_size=12).digest()


def _ranked(text: str) -> str:
    """Write ranks for the numbers of turns: only their order matters."""
    parts = _DIGITS.split(text)
    # Split at the digits, since a search for what stands before them takes four times as long.
    places = [place for place in range(1, len(parts), 2) if _is_of_a_turn(parts, place)]
    numbers = sorted({int(parts[place]) for place in places})
    ranks = {number: str(rank) for rank, number in enumerate(numbers)}
    for place in places:
        parts[place] = ranks[int(parts[place])]
    return "".join(parts)


def _is_of_a_turn(parts: list[str], place: int) -> bool:
    before = parts[place - 1]
    if before == "." and place > 2:
        return parts[place - 3].endswith(("'m", "'c", '"m', '"c', " m", " c"))
    return before.endswith(_BEFORE) or _is_an_option(before)


def _is_an_option(before: str) -> bool:
    """Whether a quoted word and a colon come last, as an option's id begins."""
    if not before.endswith(":"):
        return False
    return before[max(before.rfind('"'), before.rfind("'")) + 1 : -1].isidentifier()


def _chat(chat: ChatRow, places: dict[int, int], ago: Ago, now_us: int) -> tuple[object, ...]:
    return (
        chat.phone,
        chat.opted_out,
        chat.session,
        _kept(chat.chat, now_us),
        chat.awaiting,
        f"question {chat.pending_question}" if chat.pending_question is not None else None,
        f"question {chat.asked_question}" if chat.asked_question is not None else None,
        ago(chat.asked_us),
        None if chat.asked_by is None else places.get(chat.asked_by, "done"),
    )


def _kept(chat: str, now_us: int) -> tuple[object, ...]:
    """What outlives the dialogue: what can be taken back and for how long, and what the salon was asked."""
    if "record_id" not in chat:
        return ()
    kept = Chat.model_validate_json(chat)
    undoable = [
        (one.record.model_dump_json(), one.shortened, max(0, _us(one.until) - now_us) // 1_000_000)
        for one in kept.undoable
    ]
    requests = [
        (late.request, late.record.model_dump_json(), late.granted, late.spoken_since)
        for late in kept.late_requests
    ]
    return undoable, requests, kept.cancelled_at is not None


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _sending(row: OutboxRow, now_us: int, ago: Ago) -> tuple[object, ...]:
    return (
        *(row.chat_id, row.key, row.status, row.payload, ago(row.created_us)),
        *(max(0, row.due_us - now_us) // 1_000_000, min(row.attempts, 3), row.doubts),
        *(ago(row.first_tried_us), row.outcome, row.awaited, row.maybe_done, row.sign_given),
    )


def _phone(phone: Phone, standing: Standing) -> tuple[object, ...]:
    waiting = [row.arrival for row in standing.inbox if row.heard]
    return (
        _shown(phone.open),
        _shown(phone.stale),
        sorted(
            (one.by if one.by.startswith("question") else "wish", one.record_id, one.change)
            for one in phone.agreements
            if not one.used
        ),
        phone.subject,
        phone.stopped,
        phone.outcomes_left,
        [row.key for row in standing.outbox if row.key in phone.queued],
        [arrival > phone.asked_arrival for arrival in waiting],
    )


def _shown(shown: Shown | None) -> tuple[str, ...] | None:
    return None if shown is None else tuple(option.id for option in shown.bubble.options)


def _still(world: World, standing: Standing) -> tuple[object, ...]:
    """What is remembered of deliveries that have not ended."""
    open_keys = {row.key for row in standing.outbox}
    up_s = GRACE_S if world.booted_at is None else (world.now - world.booted_at).total_seconds()
    return (
        [write for write in world.writes if write[0] in open_keys],
        # One that is lost makes all the difference.
        [key if key in open_keys else "lost" for key in world.untold],
        [copy for copy in world.copies if copy[0] in open_keys],
        min(up_s, GRACE_S),
    )
