"""What an answer of the send API means, by its code: the HTTP status alone proves nothing.

Source: whatsapp.md §2.3 (2026-11). Meta's own column of HTTP statuses was not captured.
"""

import re

from adapters.transport import Answer
from adapters.whatsapp.fields import inside, loads, number, words
from engine.ports import InDoubt, PortError, Rejected, Unavailable

# Nothing was accepted, and trying again helps: code → seconds before the first new try.
# The caller lengthens them with every attempt (for the pair limit Meta asks for 4^attempt).
RETRY_AFTER_S = {
    130429: 1.0,  # messages a second, of the whole number
    131056: 6.0,  # this pair: one message in 6 s
    4: 60.0,  # calls of the app
    80007: 60.0,  # calls of the account
    613: 60.0,  # calls of this kind
    131016: 5.0,  # service down
    131057: 60.0,  # account in maintenance, about a minute
    1: 5.0,  # unknown to the API itself; our sources put it here with a question mark
    2: 5.0,  # service down
}
UNCLEAR = frozenset({131000})
# The token is no longer valid: a person must act, and no message is worth losing meanwhile.
TOKEN = frozenset({0, 190})
PERMISSION = frozenset({3, 10, 131005, *range(200, 300)})
# Blocked, locked, unpaid, unregistered. Projects disagree on trying 368 and 131048 again: we do not.
ACCOUNT = frozenset({368, 131031, 131048, 131064, 130497, 131042, 131037, 131045, 133010, 133016})
WINDOW = frozenset({131047})
CLIENT = frozenset({131026, 131021, 131030, 131050, 131049, 130472, 131062, 137000})
OURS = frozenset({100, 131008, 131009, 131051, 131052, 131053})
TEMPLATE = frozenset({132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016})

_FINAL = PERMISSION | ACCOUNT | WINDOW | CLIENT | OURS | TEMPLATE
_TURNED_AWAY_S = 60.0


def stops_the_number(code: int | None) -> bool:
    """Whether it is the token or the account: every message will meet it, and a person must act."""
    return code is not None and (code in TOKEN or code in PERMISSION or code in ACCOUNT)


def code_of(answer: Answer) -> int | None:
    """Return the code of an error; None: the body names none."""
    try:
        return number(inside(loads(answer.body), "error", "code"))
    except (ValueError, RecursionError):
        return None


def failure(answer: Answer) -> PortError:
    """Return what to raise for an answer that is no success."""
    code = code_of(answer)
    if code is None:
        return _without_code(answer.status)
    told = f"WhatsApp: {code} (HTTP {answer.status}) {_details(answer)}".rstrip()
    if code in RETRY_AFTER_S:
        return Unavailable(told, retry_after_s=RETRY_AFTER_S[code])
    if code in UNCLEAR:
        return InDoubt(told)
    if code in TOKEN or (code not in _FINAL and answer.status == 429):
        return Unavailable(told, retry_after_s=_TURNED_AWAY_S)
    if code not in _FINAL and answer.status >= 500:
        return InDoubt(told)
    return Rejected(told, code=code)


def _without_code(status: int) -> PortError:
    told = f"WhatsApp: HTTP {status} without a code"
    # A server error may follow the acceptance; for 503 too no source promises otherwise.
    if status >= 500 or status == 408:
        return InDoubt(told)
    # Turned away unread, by the API's door or by something before it.
    if status in (401, 429) or status < 400:
        return Unavailable(told, retry_after_s=_TURNED_AWAY_S)
    return Rejected(told)


_PRIVATE = re.compile(r"wamid\.\S+|\+?\d[\d\s().-]{5,}\d")


def _details(answer: Answer) -> str:
    """Return their explanation without anything that could be a phone or the id of a message."""
    error = inside(loads(answer.body), "error")
    said = words(inside(error, "error_data", "details"), 200) or words(inside(error, "message"), 200) or ""
    return _PRIVATE.sub("…", said)
