"""The handles under `/_sim/`, with which a program in any language drives a simulator that runs alone."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.simulated import Reply, Request
from adapters.whatsapp.simulator.graph import answer
from adapters.whatsapp.simulator.inbound import KINDS
from adapters.whatsapp.simulator.quirks import QUIRKS, parse_quirk
from adapters.whatsapp.simulator.wire import Json

if TYPE_CHECKING:
    from adapters.whatsapp.simulator.core import WhatsAppSimulator

PREFIX = "/_sim/"


def handle(simulator: "WhatsAppSimulator", request: Request, now: datetime) -> Reply:
    """Answer one control request; what is wrong with it comes back as 400 with a sentence."""
    try:
        return _handle(simulator, request, now)
    except KeyError as error:
        return answer({"error": f"{error.args[0]} is missing"}, 400)
    except (LookupError, ValueError) as error:
        return answer({"error": str(error)}, 400)


def _handle(simulator: "WhatsAppSimulator", request: Request, now: datetime) -> Reply:
    body = _body(request)
    match request.method, request.path.removeprefix(PREFIX).strip("/").split("/"):
        case "POST", ["say"]:
            said_at = _moment(body)
            wamid = simulator.client_says(body["phone"], body["text"], now, said_at=said_at)
            return answer({"wamid": wamid})
        case "POST", ["tap"]:
            option = body.get("option") or body["label"]
            wamid = simulator.client_taps(
                body["phone"], option, now, wamid=body.get("wamid"), said_at=_moment(body)
            )
            return answer({"wamid": wamid})
        case "POST", ["send"]:
            return answer({"wamid": _send(simulator, body, now)})
        case "POST", ["again"]:
            return answer({"wamid": simulator.again(now, wamid=body.get("wamid"))})
        case "POST", ["introduce"]:
            known = {key: body[key] for key in ("name", "mode", "blocked") if key in body}
            if known.get("mode", "both") not in ("both", "username", "phone"):
                raise ValueError("mode is both, username or phone")
            person = simulator.introduce(body["phone"], **known)
            return answer({"phone": person.phone, "user_id": person.user_id})
        case "GET", ["phone", phone]:
            return answer(screen_as_json(simulator, phone, now))
        case "GET", ["ledger"]:
            return answer(simulator.ledger().as_json())
        case "POST", ["hold"]:
            simulator.hold()
            return answer({})
        case "POST", ["release"]:
            flags = ("entries", "changes", "statuses_first", "backwards")
            simulator.release(now, **{key: body[key] for key in flags if key in body})
            return answer({})
        case "POST", ["webhook"]:
            simulator.webhook_url = body["url"]
            return answer({"url": simulator.webhook_url})
        case method, ["quirks"]:
            return _quirks(simulator, method, body)
        case _:
            return answer({"error": f"there is no {request.method} {request.path}"}, 404)


def screen_as_json(simulator: "WhatsAppSimulator", phone: str, now: datetime) -> Json:
    """Return what stands on a client's screen, for pages and other languages."""
    bubbles = [asdict(bubble) | {"at": bubble.at.isoformat()} for bubble in simulator.phone(phone)]
    return {"version": simulator.version, "typing": simulator.typing(phone, now), "bubbles": bubbles}


def _quirks(simulator: "WhatsAppSimulator", method: str, body: Json) -> Reply:
    match method:
        case "POST":
            name, times = parse_quirk(body["name"])
            simulator.quirk(name, body.get("times", times))
        case "DELETE":
            simulator.clear_quirks()
    return answer({"on": simulator.quirks(), "known": dict(QUIRKS)})


def _send(simulator: "WhatsAppSimulator", body: Json, now: datetime) -> str | None:
    """Do anything that is neither words nor a tap; `kind` names it."""
    phone, kind, wamid = body["phone"], body["kind"], body.get("wamid")
    others: dict[str, Callable[[], str | None]] = {
        "reaction": lambda: simulator.client_reacts(phone, body.get("emoji"), now, wamid=wamid),
        "edit": lambda: simulator.client_edits(phone, body["wamid"], body["text"], now),
        "revoke": lambda: simulator.client_revokes(phone, body["wamid"], now),
        "number_change": lambda: simulator.client_changes_number(phone, body["new_phone"], now),
        "user_id_change": lambda: simulator.client_changes_user_id(phone, now),
        "identity_change": lambda: simulator.client_changes_identity(phone, now),
        "preference": lambda: simulator.client_prefers(phone, body["value"], now),
        "user_actions": lambda: simulator.client_acts(phone, now),
        "echo": lambda: simulator.salon_types(phone, body["text"], now),
        "errors": lambda: simulator.meta_reports(int(body.get("code", 131000)), now),
    }
    if kind in others:
        return others[kind]()
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind; known: {', '.join((*KINDS, *others))}")
    return simulator.client_sends(phone, kind, now, caption=body.get("caption", ""), said_at=_moment(body))


def _body(request: Request) -> Json:
    if not request.body:
        return {}
    body = json.loads(request.body)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _moment(body: Json) -> datetime | None:
    if not body.get("said_at"):
        return None
    moment = datetime.fromisoformat(body["said_at"])
    if moment.tzinfo is None:
        raise ValueError("said_at needs an offset, like 2026-11-23T10:00:00+03:00")
    return moment
