"""One item of a webhook as a value of the engine: a message, a changed identity, a status."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from adapters.whatsapp.fields import (
    fields,
    fingerprint,
    inside,
    listed,
    moment,
    name,
    number,
    phone,
    raw,
    words,
)
from adapters.whatsapp.wording import clean
from engine.events import Heard, Tap
from engine.ports import Arrival, Identity, Relinked, Status

CHANNEL = "whatsapp"
# Clients can write 65 536; nothing that we understand is longer than what we may write ourselves.
HEARD_LENGTH_MAX = 4096
# Our ids end at 200 (list rows) and Meta's at 256.
OPTION_LENGTH_MAX = 256
# What a store's number column holds.
QUESTION_MAX = 2**63 - 1

_NO_DIGIT = re.compile(r"\D")

OptOut = Callable[[str], bool | None]
Reading = tuple[tuple[Arrival | Relinked, ...], str]

# Kinds without words for us, whatever they contain.
_OTHERS = frozenset(
    {"location", "contacts", "order", "product", "interactive", "button", "unsupported", "unknown"}
)
# Kept for the record: an edit or a revoked message must not run the dialogue again (§1.6).
_KEPT = frozenset({"edit", "revoke"})
_STATUSES = frozenset(get_args(Status.model_fields["status"].annotation))


class Unreadable(ValueError):
    """An item of another shape than the facts describe; its words are safe to log."""


class Batch(NamedTuple):
    """What the items of one `value` share: the salon's number, and contacts in no order (§1.4)."""

    account: str = ""
    own_phone: str = ""
    # Contacts by phone and by user id.
    contacts: Mapping[str, dict[str, Any]] = MappingProxyType({})

    @staticmethod
    def of(value: object) -> "Batch":
        given = fields(value)
        contacts: dict[str, dict[str, Any]] = {}
        for contact in map(fields, listed(given.get("contacts"))):
            contacts.setdefault(phone(contact.get("wa_id")), contact)
            contacts.setdefault(name(contact.get("user_id")), contact)
        contacts.pop("", None)
        metadata = fields(given.get("metadata"))
        shown = name(metadata.get("display_phone_number"))
        return Batch(name(metadata.get("phone_number_id")), digits(shown), contacts)


@lru_cache(maxsize=64)
def digits(shown: str) -> str:
    """Return a number shown with spaces and brackets as E.164. It is the salon's own, time and again."""
    return phone(_NO_DIGIT.sub("", shown))


def read_message(item: object, batch: Batch, opt_out: OptOut, now: datetime) -> Reading:
    """Return what a message is for the engine, and what was odd about it (empty: nothing).

    Raises:
        Unreadable: no object, no id, or no number of ours that it was sent to.
    """
    given = fields(item)
    message_id = name(given.get("id"))
    if not message_id or not batch.account:
        raise Unreadable("no id" if batch.account else "no phone_number_id")
    kind = name(given.get("type"))
    if kind == "system":
        return _system(item, message_id, batch)
    sender = phone(given.get("from"))
    if given.get("group_id") or sender == batch.own_phone != "":
        return (keep(item, batch, message_id),), ""
    identities = _identities(given, sender, batch)
    if kind in _KEPT or not identities:
        return (keep(item, batch, message_id, identities),), "" if identities else "no sender"
    heard = _heard(given, kind, moment(given.get("timestamp"), now))
    arrival = Arrival(
        channel=CHANNEL,
        account=batch.account,
        message_id=message_id,
        identities=identities,
        heard=heard,
        raw=raw(item),
        opt_out=opt_out(heard.text) if kind == "text" and heard.kind == "words" else None,
        tapped_question=_question(heard.option) if heard.option else None,
    )
    return (arrival,), "" if heard.kind != "other" or kind in _OTHERS else f"type {label(kind)}"


def read_status(item: object, batch: Batch, now: datetime) -> Status:
    """Return what became of a message of ours (§1.7). `failed` has no contacts, and any may come twice.

    Raises:
        Unreadable: no id, no number of ours, or a status that did not exist in 2026.
    """
    message_id = name(inside(item, "id"))
    status = inside(item, "status")
    if not message_id or not batch.account:
        raise Unreadable("no id" if batch.account else "no phone_number_id")
    if not (isinstance(status, str) and status in _STATUSES):
        raise Unreadable(f"status {label(status)}")
    error = next(iter(listed(inside(item, "errors"))), None)
    said = (inside(error, "error_data", "details"), inside(error, "message"), inside(error, "title"))
    return Status.model_validate(
        {
            "account": batch.account,
            "message_id": message_id,
            "key": words(inside(item, "biz_opaque_callback_data"), 512),
            "status": status,
            "at": moment(inside(item, "timestamp"), now),
            "error_code": number(inside(error, "code")),
            "error": next((text for text in (words(each, 300) for each in said) if text), ""),
        }
    )


def keep(
    item: object, batch: Batch, message_id: str = "", identities: tuple[Identity, ...] = (), instead: str = ""
) -> Arrival:
    """Keep an item as it came, for the record; it is never taken as a turn.

    `instead` is kept where the item itself cannot be written again.
    """
    try:
        text, sorted_text = raw(item), raw(item, in_order=True)
    except (ValueError, RecursionError):
        text = sorted_text = clean(instead)
    return Arrival(
        channel=CHANNEL,
        account=batch.account,
        message_id=message_id or fingerprint(sorted_text),
        identities=identities,
        raw=text,
    )


def label(value: object) -> str:
    """Return a name of theirs for a log: nothing that a client wrote fits in."""
    return value if isinstance(value, str) and value.isidentifier() and len(value) <= 40 else "?"


def _heard(item: dict[str, Any], kind: str, said_at: datetime) -> Heard:
    match kind:
        case "text":
            body = words(fields(item.get("text")).get("body"), HEARD_LENGTH_MAX)
            if body is not None:
                return Heard(kind="words", text=body, said_at=said_at)
        case "interactive":
            # By id, never by title; `description` and the whole object may be missing (§1.6).
            for reply in ("button_reply", "list_reply"):
                option = words(inside(item, "interactive", reply, "id"), OPTION_LENGTH_MAX)
                if option:
                    return _tap(option, inside(item, "interactive", reply, "title"), said_at)
        case "button":
            # A tap on a template's quick reply, or on a message sent outside the window.
            option = words(inside(item, "button", "payload"), OPTION_LENGTH_MAX)
            if option:
                return _tap(option, inside(item, "button", "text"), said_at)
        case "image" | "video" | "document":
            caption = words(inside(item, kind, "caption"), HEARD_LENGTH_MAX)
            if caption and caption.strip():
                return Heard(kind="words", text=caption, said_at=said_at)
            return Heard(kind="other" if kind == "document" else "picture", said_at=said_at)
        case "sticker":
            return Heard(kind="picture", said_at=said_at)
        case "audio":
            return Heard(kind="voice", said_at=said_at)
        case "reaction":
            # A missing emoji and an empty one both mean that it was taken off.
            emoji = words(inside(item, "reaction", "emoji"), HEARD_LENGTH_MAX)
            return Heard(kind="reaction", text=emoji or "", said_at=said_at)
    return Heard(kind="other", said_at=said_at)


def _tap(option: str, title: object, said_at: datetime) -> Heard:
    return Heard(kind="tap", text=words(title, HEARD_LENGTH_MAX) or "", option=option, said_at=said_at)


def _question(option: str) -> int | None:
    tap = Tap.decode(option)
    return tap.question if tap and tap.question <= QUESTION_MAX else None


def _identities(item: dict[str, Any], sender: str, batch: Batch) -> tuple[Identity, ...]:
    """Return the sender's names, best first. Any of them may be missing, the phone included (§1.5)."""
    user = name(item.get("from_user_id"))
    contact = batch.contacts.get(user) or batch.contacts.get(sender) or {}
    return _named(
        parent=name(item.get("from_parent_user_id")) or name(contact.get("parent_user_id")),
        user=user or name(contact.get("user_id")),
        number=sender or phone(contact.get("wa_id")),
    )


def _named(*, parent: str = "", user: str = "", number: str = "") -> tuple[Identity, ...]:
    found: list[Identity] = []
    if parent:
        found.append(Identity(kind="parent", value=parent))
    if user:
        found.append(Identity(kind="user", value=user))
    if number:
        found.append(Identity(kind="phone", value=number))
    return tuple(found)


def _system(item: object, message_id: str, batch: Batch) -> Reading:
    """Read a changed number or user id; usually without contacts, and the latter without `from` (§1.6)."""
    system = inside(item, "system")
    what = inside(system, "type")
    if what not in ("user_changed_number", "user_changed_user_id"):
        known = what == "customer_identity_changed"
        return (
            keep(item, batch, message_id, _identities(fields(item), phone(inside(item, "from")), batch)),
        ), "" if known else f"system {label(what)}"
    new = _named(
        parent=name(inside(system, "parent_user_id")),
        user=name(inside(system, "user_id")),
        number=phone(inside(system, "wa_id")),
    )
    was = _named(user=name(inside(system, "previous_user_id")), number=phone(inside(item, "from")))
    old = tuple(identity for identity in was if identity not in new)
    if not old or not new:
        return (keep(item, batch, message_id),), f"system {what} without identities"
    # A chat may know the person by either old name, so both are reported; the first keeps the message's id.
    return tuple(
        Relinked(
            channel=CHANNEL,
            account=batch.account,
            message_id=message_id if identity is old[0] else f"{message_id}#{identity.kind}",
            old=identity,
            new=new,
            raw=raw(item),
        )
        for identity in old
    ), ""
