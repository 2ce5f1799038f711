"""What is known of one dead letter, as lines for the person who looks into it."""

from collections.abc import Iterator
from typing import Any

import apsw
from pydantic import ValidationError

from adapters.storage.dead import Letter
from adapters.storage.rows import fetch_one, from_us
from adapters.storage.turns import readable
from engine.booking import Call, Command
from engine.codec import Unreadable, load
from engine.events import Event, Heard
from engine.ports import Bubble

# What a webhook brought may be long, and its beginning tells whose it is.
RAW_MAX = 2000

Line = tuple[str, str]


def found(connection: apsw.Connection, letter: Letter) -> Iterator[Line]:
    """Yield what the letter's own row tells, each with its name."""
    table, key, columns, tell = _KINDS[letter.kind]
    row = fetch_one(connection, f"SELECT {columns} FROM {table} WHERE {key} = ?", letter.number)
    if row is None:
        yield "row", "not kept any more"
        return
    yield from tell(*row)


def _turn(
    heard: str | None, event: str | None, call: str | None, said_us: int, attempts: int
) -> Iterator[Line]:
    yield "said at" if heard else "arrived at", f"{from_us(said_us):%Y-%m-%d %H:%M:%S}Z"
    yield "attempts", str(attempts)
    if heard is None:
        yield "a call's result" if call else "event", _kind(event or "")
        return
    words = readable(Heard, heard)
    yield "the client sent", "this version cannot read it" if words is None else _sent(words)


def _sent(heard: Heard) -> str:
    match heard.kind:
        case "words":
            return f"«{heard.text}»"
        case "tap":
            return f"a tap on «{heard.text}» ({heard.option})"
    return f"{heard.kind} {heard.text}".strip()


def _item(raw: str, received_us: int) -> Iterator[Line]:
    yield "received at", f"{from_us(received_us):%Y-%m-%d %H:%M:%S}Z"
    yield "as it came", f"{raw[:RAW_MAX]}{'…' if len(raw) > RAW_MAX else ''}" or "not known"


def _message(
    payload: str, created_us: int, attempts: int, doubts: int, question: int | None, outcome: int
) -> Iterator[Line]:
    yield from _tries(created_us, attempts)
    if doubts:
        yield "in doubt", f"{doubts} of them may have arrived"
    yield "it is", _what(question, bool(outcome))
    try:
        bubble = Bubble.model_validate_json(payload)
    except ValidationError:
        yield "it says", "this version cannot read it"
        return
    yield "it says", "".join((bubble.text, *(f" [{option.title}]" for option in bubble.options)))


def _what(question: int | None, outcome: bool) -> str:
    if outcome:
        return "the outcome of a change"
    return "a message" if question is None else f"question {question}"


def _call(payload: str, created_us: int, attempts: int) -> Iterator[Line]:
    yield from _tries(created_us, attempts)
    try:
        call = load(Call, payload)
    except Unreadable:
        yield "it was to", f"this version cannot read it: {payload[:RAW_MAX]}"
        return
    what = type(call).__name__
    yield "it was to", f"{what}, record {call.record.record_id}" if isinstance(call, Command) else what


def _notice(recipient: str, text: str, created_us: int, attempts: int, doubts: int) -> Iterator[Line]:
    yield from _tries(created_us, attempts)
    if doubts:
        yield "in doubt", f"{doubts} of them may have arrived"
    yield "for", recipient
    yield "it says", text


def _tries(created_us: int, attempts: int) -> Iterator[Line]:
    yield "from", f"{from_us(created_us):%Y-%m-%d %H:%M:%S}Z"
    yield "attempts", str(attempts)


def _kind(event: str) -> str:
    try:
        return type(load(Event, event)).__name__
    except Unreadable:
        return "this version cannot read it"


_KINDS: dict[str, tuple[str, str, str, Any]] = {
    "turn": ("inbox", "arrival", "heard, event, call, said_us, attempts", _turn),
    "item": ("inbox", "arrival", "raw, received_us", _item),
    "message": (
        "outbox",
        "outbox_id",
        "payload, created_us, attempts, doubts, question, outcome",
        _message,
    ),
    "call": ("outbox", "outbox_id", "payload, created_us, attempts", _call),
    "notice": ("notice", "notice_id", "recipient, text, created_us, attempts, doubts", _notice),
}
