"""The webhook, read: who may speak to us, and what a signed body says. Pure; the routes are elsewhere."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from adapters.whatsapp.fields import fields, fingerprint, inside, listed, loads, name, number
from adapters.whatsapp.inbound import (
    CHANNEL,
    Batch,
    OptOut,
    Unreadable,
    keep,
    label,
    read_message,
    read_status,
)
from adapters.whatsapp.plain import plain_words
from engine.ports import Arrival, Relinked, Status

# Lists of a value that are kept for the record: echoes of what the salon typed in the WhatsApp Business
# app, clicks, preferences and errors (§1.4, §1.8). `errors` beside a message tells why it is empty.
_KEPT_LISTS = ("message_echoes", "user_preferences", "user_actions", "errors")
_LISTS = ("messages", "statuses", *_KEPT_LISTS)
# Years of a salon's private chats, sent once when its app is linked; nobody asked us to hold them (§1.8).
_DROPPED_FIELDS = frozenset({"history", "smb_app_state_sync"})

_LAST = datetime.max.replace(tzinfo=UTC)


def verify(query: Mapping[str, str], verify_token: str) -> str | None:
    """Return the challenge to answer with, verbatim; None: answer 403.

    Source: whatsapp.md §1.2 (2026-11).
    """
    given = query.get("hub.verify_token", "")
    known = bool(verify_token) and hmac.compare_digest(_bytes(given), _bytes(verify_token))
    return query.get("hub.challenge") if known and query.get("hub.mode") == "subscribe" else None


def signed(body: bytes, header: str | None, app_secrets: Sequence[str]) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC of these very bytes under one of the secrets.

    Several secrets allow a change of the app's secret without losing a webhook. An empty one proves nothing.

    Source: whatsapp.md §1.3 (2026-11).
    """
    given = _bytes(header or "")
    # Every secret is tried, so that the time taken does not tell which one matched.
    matches = [
        hmac.compare_digest(given, f"sha256={_hmac(secret, body)}".encode())
        for secret in app_secrets
        if secret
    ]
    return any(matches)


def _hmac(secret: str, body: bytes) -> str:
    begun = _prepared(secret).copy()
    begun.update(body)
    return begun.hexdigest()


@lru_cache(maxsize=4)
def _prepared(secret: str) -> hmac.HMAC:
    """Mix the key in once: it is most of the work of a signature."""
    return hmac.new(_bytes(secret), digestmod="sha256")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


class Delivered(NamedTuple):
    """What one POST brought. Heard arrivals stand in the order they were said in, the others after them."""

    arrivals: tuple[Arrival, ...] = ()
    statuses: tuple[Status, ...] = ()
    relinked: tuple[Relinked, ...] = ()
    # What was odd, in words that hold nothing of a client; each once.
    problems: tuple[str, ...] = ()


def parse(body: bytes, opt_out: OptOut, now: datetime) -> Delivered:
    """Read every update of a signed body, up to 1000 of them (§1.3); whatever it holds, it never raises.

    An item that cannot be read is kept as it came, and hurts no neighbour. Fields that nobody had heard
    of are ignored: Meta adds some without notice (§1.6).

    Source: whatsapp.md §1.3 to §1.8 (2026-11).
    """
    try:
        document = loads(body)
    except (ValueError, RecursionError):
        return _whole(body, "body: not JSON")
    if not isinstance(document, dict) or not isinstance(document.get("entry"), list):
        return _whole(body, "body: no entries")
    if document.get("object") not in (None, "whatsapp_business_account"):
        return _whole(body, f"object {label(document['object'])}")
    if (words := plain_words(document, opt_out, now)) is not None:
        return Delivered((words,))
    return _read_all(document, body, opt_out, now)


def _read_all(document: dict[str, Any], body: bytes, opt_out: OptOut, now: datetime) -> Delivered:
    arrivals: list[Arrival] = []
    statuses: list[Status] = []
    relinked: list[Relinked] = []
    problems: dict[str, None] = {}
    whole = body.decode("utf-8")
    for part in _parts(document):
        items, problem = _read(part, opt_out, now, whole)
        for item in items:
            match item:
                case Arrival():
                    arrivals.append(item)
                case Status():
                    statuses.append(item)
                case Relinked():
                    relinked.append(item)
        if problem:
            problems[problem] = None
    # A batch may come in any order. A stable sort: `timestamp` counts whole seconds.
    arrivals.sort(key=lambda item: item.heard.said_at if item.heard else _LAST)
    return Delivered(tuple(arrivals), tuple(statuses), tuple(relinked), tuple(problems))


class _Part(NamedTuple):
    """One item, and the list or field that it stood in."""

    place: str
    item: object
    batch: Batch = Batch()


def _parts(document: dict[str, object]) -> Iterator[_Part]:
    """Yield every update; what holds none is one by itself."""
    for entry in listed(document["entry"]):
        changes = inside(entry, "changes")
        if not isinstance(changes, list):
            yield _Part("entry", entry)
            continue
        for change in changes:
            yield from _updates(entry, change)


def _updates(entry: dict[str, object], change: object) -> Iterator[_Part]:
    given = fields(change)
    where, value = given.get("field"), given.get("value")
    if isinstance(where, str) and where in _DROPPED_FIELDS:
        return
    batch = Batch.of(value)
    lists = fields(value)
    found = False
    for place in _LISTS if where == "messages" else _KEPT_LISTS:
        if place in lists:
            for item in listed(lists[place]):
                found = True
                yield _Part(place, item, batch)
    if not found:
        # An account's news has no list. It is kept with its entry's id and time, which tell repeats apart.
        yield _Part(f"field {label(where)}", {**entry, "changes": [change]}, batch)


def _read(
    part: _Part, opt_out: OptOut, now: datetime, whole: str
) -> tuple[Sequence[Arrival | Relinked | Status], str]:
    """Return what an update is, and what was odd about it; what cannot be read is kept as it came."""
    try:
        if part.place == "messages":
            items, problem = read_message(part.item, part.batch, opt_out, now)
            return items, problem and f"messages: {problem}"
        if part.place == "statuses":
            return (read_status(part.item, part.batch, now),), ""
    except Unreadable as error:
        problem = f"{part.place}: {error}"
    except Exception as error:
        # Broad on purpose: what one item breaks must not cost the others of its batch.
        problem = f"{part.place}: {type(error).__name__}"
    else:
        problem = _oddness(part)
    # The id of a status is that of our message, and several of them share it.
    message_id = name(inside(part.item, "id")) if part.place in ("messages", "message_echoes") else ""
    return (keep(part.item, part.batch, message_id, instead=whole),), problem


def _oddness(part: _Part) -> str:
    match part.place:
        case "message_echoes" | "user_preferences" | "user_actions":
            return ""
        case "errors":
            return f"errors: {number(inside(part.item, 'code'))}"
        case place:
            return f"{place}: kept"


def _whole(body: bytes, problem: str) -> Delivered:
    """Keep a body of which nothing could be read."""
    text = body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    arrival = Arrival(channel=CHANNEL, account="", message_id=fingerprint(body), raw=text)
    return Delivered(arrivals=(arrival,), problems=(problem,))
