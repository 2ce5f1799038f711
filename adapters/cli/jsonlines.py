"""JSON lines as programs send them, and as they come when something went wrong on the way."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NoReturn

from engine.understanding.meaning import Context

LINE_BYTES_MAX = 4 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


class Refused(Exception):
    """A line that cannot be answered; `identity` is what it is answered under."""

    def __init__(self, why: str, identity: object) -> None:
        super().__init__(why)
        self.identity = identity


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the input."""

    id: str | int | float | bool
    text: str
    context: Context | None
    now: datetime | None


def lines_of(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank with its number, as soon as it is there."""
    number = 0
    while line := stream.readline(LINE_BYTES_MAX + 1):
        number += 1
        rest = line
        while len(rest) > LINE_BYTES_MAX and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_BYTES_MAX + 1)  # what is too long is read to its end, and not kept
        if number == 1:
            line = line.removeprefix(BOM)
        if line.strip():
            yield number, line


def asked_in(
    line: bytes, number: int, contexts: Sequence[Context], moment: Callable[[str], datetime]
) -> Asked:
    """Read one line.

    Raises:
        Refused: in words for whoever sent it.
    """
    fields = _object(line, number)
    identity = _identity(fields.get("id"), number)
    text, context, now = fields.get("text"), fields.get("context"), fields.get("now")
    if not isinstance(text, str):
        why = f'"text" must be text, not {_kind(text)}' if "text" in fields else 'it has no "text"'
        raise Refused(why, identity)
    if context is not None and context not in contexts:
        raise Refused(f'"context" must be one of {", ".join(contexts)}, not {_short(context)}', identity)
    if now is not None and not isinstance(now, str):
        raise Refused(f'"now" must be text, not {_kind(now)}', identity)
    try:
        return Asked(identity, text, context, None if now is None else moment(now))
    except ValueError as error:
        raise Refused(f'"now": {error}', identity) from error


def encoded(answer: dict[str, Any]) -> bytes:
    """Return one line; Cyrillic stays readable, halves of characters are escaped."""
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(answer).encode() + b"\n"


def _object(line: bytes, number: int) -> dict[str, Any]:
    if len(line) > LINE_BYTES_MAX:
        raise Refused(f"it is longer than {LINE_BYTES_MAX // 1024 // 1024} MiB", number)
    try:
        found = json.loads(line.decode("utf-8"), parse_constant=_no_json)
    except UnicodeDecodeError as error:
        raise Refused(f"it is not UTF-8 (byte {error.start + 1})", number) from error
    except json.JSONDecodeError as error:
        raise Refused(f"it is not JSON: {error.msg} at character {error.pos + 1}", number) from error
    except (ValueError, RecursionError) as error:
        raise Refused(
            "it is not JSON that can be read: a number or a nesting beyond all bounds", number
        ) from error
    if not isinstance(found, dict):
        raise Refused(f'it must be an object {{"id", "text", "context"}}, not {_kind(found)}', number)
    return found


def _no_json(name: str) -> NoReturn:
    raise ValueError(name)


def _identity(identity: object, number: int) -> str | int | float | bool:
    if identity is None:
        return number
    if not isinstance(identity, str | int | float) or (
        isinstance(identity, float) and not math.isfinite(identity)
    ):
        raise Refused(f'"id" must be text or a number, not {_kind(identity)}', number)
    return identity


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _short(value: object) -> str:
    return json.dumps(value[:40], ensure_ascii=True) if isinstance(value, str) else _kind(value)
