"""What the server called and was answered, as the page tells it, without headers: they hold tokens."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from adapters.simulated import Reply, Request
from adapters.yclients.simulator.faults import NEVER_S

# More of one body tells nothing more.
SHOWN_MAX = 20_000


def called(request: Request, reply: Reply) -> dict[str, Any]:
    """Return what every call has; where no answer comes, `status` is 0 and `took_ms` None."""
    query = urlencode(request.query)
    lost = reply.dropped or reply.delay_s >= NEVER_S
    return {
        "method": request.method,
        "path": request.path + (f"?{query}" if query else ""),
        "status": 0 if lost else reply.status,
        "took_ms": None if lost else round(reply.delay_s * 1000),
        "request": pretty(request.body),
        "answer": "" if lost else pretty(reply.body),
    }


def pretty(body: bytes) -> str:
    """Return a body as JSON to be read, or as it is where it is none."""
    try:
        shown = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        shown = body.decode(errors="replace")
    return shown if len(shown) <= SHOWN_MAX else f"{shown[:SHOWN_MAX]}\n…"


def sent(body: bytes) -> tuple[str, str, tuple[str, ...]] | None:
    """Return to whom a message goes (digits, or the user id), its words and its options; None: it is none."""
    try:
        payload = json.loads(body)
        if "type" not in payload:
            return None
        to = str(payload.get("to") or payload.get("recipient") or "").removeprefix("+")
        return to, *_said(payload)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _said(payload: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    match payload["type"]:
        case "text":
            return payload["text"]["body"], ()
        case "interactive":
            action = payload["interactive"]["action"]
            return payload["interactive"]["body"]["text"], tuple(_options(action))
        case "template":
            parameters = [
                parameter.get("text", "")
                for component in payload["template"].get("components", ())
                for parameter in component.get("parameters", ())
            ]
            return " ".join(parameters), ()
    return "", ()


def _options(action: Mapping[str, Any]) -> Sequence[str]:
    if "buttons" in action:
        return [button["reply"]["title"] for button in action["buttons"]]
    return [row["title"] for section in action["sections"] for row in section["rows"]]


def items_of(body: bytes) -> tuple[str, str]:
    """Return what a webhook of WhatsApp brings: a message, a status or something else, and which."""
    try:
        values = [
            change["value"] for entry in json.loads(body)["entry"] for change in entry.get("changes", ())
        ]
        statuses = [item["status"] for value in values for item in value.get("statuses", ())]
        messages = [item["type"] for value in values for item in value.get("messages", ())]
    except (ValueError, KeyError, TypeError):
        return "other", ""
    if messages:
        return "message", ", ".join(messages)
    return ("status", ", ".join(statuses)) if statuses else ("other", "")
