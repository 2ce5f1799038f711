"""The Graph API's manners: replies and errors in the shape that Meta gives them."""

import json
from dataclasses import dataclass
from typing import Any

from adapters.simulated import Reply

# What the status line says for a code. Meta's own table was not captured, so this is a guess
# (whatsapp.md §8): clients must look at `code`, never at the status alone.
_STATUS = {
    0: 401, 10: 403, 190: 401, 368: 403, 80007: 429, 130429: 429, 131000: 500, 131005: 403, 131016: 503,
    131031: 403, 131057: 503, 132001: 404,
}  # fmt: skip

TITLES = {
    33: "Unsupported get or post request",
    100: "Invalid parameter",
    190: "Error validating access token: the session is invalid",
    368: "Temporarily blocked for policies violations",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131031: "Business Account locked",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131050: "User has stopped receiving marketing messages",
    131051: "Unsupported message type",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    132000: "Template param count mismatch",
    132001: "Template name does not exist in the translation",
}

DETAILS = {
    131000: "Something went wrong.",
    131016: "Service is temporarily unavailable.",
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied "
    "to this number.",
    131056: "Too many messages sent from the sender phone number to the same WhatsApp Business Account "
    "recipient phone number in a short period of time.",
    130429: "Message failed to send because there were too many messages sent from this phone number "
    "in a short period of time.",
    368: "The WhatsApp Business Account has been temporarily blocked for policy violations.",
}


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """The send API turns a request down; nothing was accepted."""

    code: int
    details: str = ""
    subcode: int | None = None


def answer(payload: dict[str, Any], status: int = 200, *, delay_s: float = 0) -> Reply:
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=UTF-8"}, delay_s)


def refusal(refused: Refused, trace: str) -> Reply:
    """Return the error as a reply, in the shape of whatsapp.md §2.3."""
    error: dict[str, Any] = {
        "message": f"(#{refused.code}) {TITLES.get(refused.code, 'Error')}",
        "type": "GraphMethodException" if refused.subcode == 33 else "OAuthException",
        "code": refused.code,
        "fbtrace_id": trace,
    }
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    if refused.code != 190:
        details = refused.details or DETAILS.get(refused.code, "")
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return answer({"error": error}, _STATUS.get(refused.code, 400))


def webhook_error(code: int) -> dict[str, Any]:
    """Return an error as it stands in a webhook: in a failed status, or in a value's own `errors`."""
    title = TITLES.get(code, "Error")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": DETAILS.get(code, title)},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
