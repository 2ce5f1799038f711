"""How a payload becomes bytes: escaping, spacing and signatures, right and wrong."""

import hashlib
import hmac
import json
from typing import Any, Literal

Json = dict[str, Any]

Signature = Literal["right", "wrong", "missing", "upper"]

SIGNATURE_HEADER = "X-Hub-Signature-256"


def encode(payload: Json, *, escaped: bool = False, spaced: bool = False) -> bytes:
    r"""Return the payload as Meta may send it: UTF-8 or `\u0445` in lower-case hex, compact or spaced."""
    separators = (", ", ": ") if spaced else (",", ":")
    return json.dumps(payload, ensure_ascii=escaped, separators=separators).encode()


def sign(app_secret: str, body: bytes) -> str:
    """Return the value of the signature header: HMAC-SHA256 of the raw bytes, keyed by the app secret."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def headers(app_secret: str, body: bytes, signature: Signature = "right") -> dict[str, str]:
    common = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    match signature:
        case "missing":
            return common
        case "wrong":
            return common | {SIGNATURE_HEADER: sign(app_secret + "?", body)}
        case "upper":
            # Only the hex is upper-case; Meta itself sends lower case (whatsapp.md §1.3).
            return common | {SIGNATURE_HEADER: "sha256=" + sign(app_secret, body)[7:].upper()}
        case "right":
            return common | {SIGNATURE_HEADER: sign(app_secret, body)}
