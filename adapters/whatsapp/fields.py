"""Reading WhatsApp's loose JSON: every look-up is total, and a wrong shape reads as missing.

No models here: Meta adds fields and changes shapes without notice, and a strict schema answered
that with an outage of days (whatsapp.md §1.6, §5, 2026-11).
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NoReturn

from pydantic_core import from_json, to_json

from adapters.whatsapp.wording import clean

ID_LENGTH_MAX = 512
# A clock may run a little ahead; a moment beyond this is no moment.
AHEAD_MAX_S = 300


def loads(body: bytes) -> object:
    """Parse JSON strictly as UTF-8.

    Raises:
        ValueError, RecursionError: it is none, or nested beyond reason.
    """
    try:
        # Twice as fast. Of the strings only names are remembered: nothing that a client wrote.
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        # It refuses half surrogate pairs, numbers of thousands of digits and 200 levels; what both read,
        # they read alike.
        return _DECODER.decode(body.decode("utf-8"))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _whole_number(digits: str) -> int | str:
    # int() refuses more than 4300 digits; one such number must not cost a whole batch.
    return int(digits) if len(digits) < 1000 else digits


# Made once: json's own functions make a new one for each call that has options.
_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole_number)
# What was read from JSON holds no circle, so nobody looks for one.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
_SORTING_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, sort_keys=True
)


def fields(value: object) -> dict[str, Any]:
    """Return the object's fields; none of whatever is no object."""
    return value if isinstance(value, dict) else {}


def inside(value: object, *path: str) -> object:
    """Return what stands at the end of the path, or None."""
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def words(value: object, length_max: int) -> str | None:
    if not isinstance(value, str):
        return None
    text = value[:length_max]
    # `clean` asks the same, but nearly everything is printable, and a call costs more than the question.
    return text if text.isprintable() else clean(text)


def name(value: object) -> str:
    """Return an id of the other side, given as text or as a number; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value if value.isprintable() else clean(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        return ""
    return text if len(text) <= ID_LENGTH_MAX else ""


def phone(value: object) -> str:
    """Return a `wa_id` or `from` as E.164 with its plus sign (WhatsApp leaves it out), or an empty string."""
    digits = (value if isinstance(value, str) else name(value)).removeprefix("+")
    return f"+{digits}" if 5 <= len(digits) <= 20 and digits.isdecimal() and digits.isascii() else ""


def number(value: object) -> int | None:
    text = value if isinstance(value, str) else name(value)
    # isdecimal() alone takes the digits of every script.
    return int(text) if len(text) <= 12 and text.isdecimal() and text.isascii() else None


def moment(value: object, now: datetime) -> datetime:
    """Return unix seconds, a string or a number (§1.4), as a moment; `now` for what is none or lies ahead."""
    seconds = number(value)
    if seconds is None or seconds > now.timestamp() + AHEAD_MAX_S:
        return now
    return datetime.fromtimestamp(seconds, UTC)


def raw(item: object, *, in_order: bool = False) -> str:
    """Return the item as JSON that any UTF-8 column takes, without loss.

    `in_order` sorts the keys: the same item is then the same text in every delivery.

    Raises:
        ValueError, RecursionError: nested too deep, or a number beyond every range (1e999).
    """
    if not in_order:
        # Four times as fast. A number beyond every range becomes this very word, unless somebody wrote it.
        try:
            text = to_json(item).decode()
            if "Infinity" not in text:
                return text
        except ValueError:
            # Half a surrogate pair, or very deep; the way below knows what to do.
            pass
    text = (_SORTING_ENCODER if in_order else _ENCODER).encode(item)
    # A lone surrogate stays an escape; NUL always is one.
    return text if clean(text) == text else json.dumps(item, separators=(",", ":"), sort_keys=in_order)


def fingerprint(text: str | bytes) -> str:
    """Return an id for what has none."""
    return "sha256:" + hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
