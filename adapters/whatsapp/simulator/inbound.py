"""What a client can send, as Meta writes it: one builder for each kind of message (whatsapp.md §1.6)."""

import hashlib
from typing import Literal

from adapters.whatsapp.simulator.graph import webhook_error
from adapters.whatsapp.simulator.wire import Json

Kind = Literal[
    "image", "voice", "audio", "video", "document", "sticker", "location", "contacts", "contact_request",
    "order", "product", "nfm_reply", "call_permission_reply", "unsupported", "unknown", "interactive_missing",
]  # fmt: skip

KINDS: tuple[Kind, ...] = (
    "image", "voice", "audio", "video", "document", "sticker", "location", "contacts", "contact_request",
    "order", "product", "nfm_reply", "call_permission_reply", "unsupported", "unknown", "interactive_missing",
)  # fmt: skip

_MIME = {
    "image": "image/jpeg",
    "voice": "audio/ogg; codecs=opus",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
}

# What the person's phone shows for a message that is not words.
_SHOWN = {
    "image": "📷", "voice": "🎤", "audio": "🎵", "video": "🎬", "document": "📄", "sticker": "🙂",
    "location": "📍", "contacts": "👤", "contact_request": "👤", "order": "🛒",
}  # fmt: skip


def shown(kind: Kind, caption: str) -> str:
    return " ".join(filter(None, (_SHOWN.get(kind, f"<{kind}>"), caption)))


def kind_shown(text: str) -> str | None:
    """Return the kind of a message that is shown so; None: it is shown by no picture of its own."""
    mark = text.split(" ", 1)[0]
    return next((kind for kind, shown in _SHOWN.items() if shown == mark), None)


def media_bytes(media_id: str) -> bytes:
    return b"simulated media " + media_id.encode()


def media_mime(kind: str) -> str | None:
    return _MIME.get(kind)


def text(body: str) -> Json:
    return {"type": "text", "text": {"body": body}}


def button_reply(option: str, title: str) -> Json:
    return {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": option, "title": title}},
    }


def list_reply(option: str, title: str, description: str = "") -> Json:
    """Return a list's answer. `description` is omitted when the row has none, as real payloads do."""
    row = {"id": option, "title": title} | ({"description": description} if description else {})
    return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": row}}


def template_button(payload: str, title: str) -> Json:
    return {"type": "button", "button": {"payload": payload, "text": title}}


def reaction(to: str, emoji: str | None) -> Json:
    """Return a reaction; `None` leaves the emoji out and "" sends it empty: both take it back."""
    emoji_part = {} if emoji is None else {"emoji": emoji}
    return {"type": "reaction", "reaction": {"message_id": to} | emoji_part}


def edit(of: str, body: str) -> Json:
    return {"type": "edit", "edit": {"original_message_id": of, "message": text(body)}}


def revoke(of: str) -> Json:
    return {"type": "revoke", "revoke": {"original_message_id": of}}


def number_changed(old: str, new: str, user: Json) -> Json:
    body = f"User changed from {old} to {new}"
    return {"type": "system", "system": {"body": body, "wa_id": new, "type": "user_changed_number"} | user}


def user_id_changed(old: str, new: str) -> Json:
    system = {
        "body": "User id changed",
        "type": "user_changed_user_id",
        "user_id": new,
        "previous_user_id": old,
    }
    return {"type": "system", "system": system}


def identity_changed() -> Json:
    return {
        "type": "system",
        "system": {"body": "Identity changed", "type": "customer_identity_changed"},
        "identity": {"acknowledged": True, "created_timestamp": "1795392000", "hash": "DF2lS5v2W6x="},
    }


def of_kind(kind: Kind, *, media_id: str, caption: str = "", phone: str = "", name: str = "") -> Json:
    """Return the body of a message that is neither words nor a tap."""
    match kind:
        case "image" | "voice" | "audio" | "video" | "document" | "sticker":
            return _media(kind, media_id, caption)
        case "location":
            return {
                "type": "location",
                "location": {"latitude": 55.7558, "longitude": 37.6173} | _named(caption),
            }
        case "contacts" | "contact_request":
            card: Json = {
                "name": {"formatted_name": name, "first_name": name},
                "phones": [{"phone": f"+{phone}", "wa_id": phone, "type": "CELL"}],
            }
            origin = {"origin": "contact_request"} if kind == "contact_request" else {}
            return {"type": "contacts", "contacts": [card | origin]}
        case "order":
            item = {"product_retailer_id": "sku-1", "quantity": 1, "item_price": 1500, "currency": "RUB"}
            return {"type": "order", "order": {"catalog_id": "1", "text": caption, "product_items": [item]}}
        case "product":
            return {"type": "product", "product": {"catalog_id": "1", "product_retailer_id": "sku-1"}}
        case "nfm_reply":
            reply = {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t"}'}
            return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}
        case "call_permission_reply":
            permission = {"response": "accept", "is_permanent": False, "response_source": "user_action"}
            interactive = {"type": "call_permission_reply", "call_permission_reply": permission}
            return {"type": "interactive", "interactive": interactive}
        case "unsupported":
            problem = webhook_error(131051)
            return {"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": [problem]}
        case "interactive_missing":
            # Seen in the wild: the type without its object; the value then carries an error of its own.
            return {"type": "interactive"}
        case "unknown":
            return {"type": "hologram", "hologram": {"depth": 3, "caption": caption}}


def _media(kind: str, media_id: str, caption: str) -> Json:
    digest = hashlib.sha256(media_bytes(media_id)).hexdigest()
    url = f"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid={media_id}"
    media: Json = {"id": media_id, "mime_type": _MIME[kind], "sha256": digest, "url": url}
    if kind in ("voice", "audio"):
        return {"type": "audio", "audio": media | {"voice": kind == "voice"}}
    if kind == "sticker":
        return {"type": "sticker", "sticker": media | {"animated": False}}
    if kind == "document":
        media["filename"] = "file.pdf"
    if caption:
        media["caption"] = caption
    return {"type": kind, kind: media}


def _named(name: str) -> Json:
    return {"name": name} if name else {}
