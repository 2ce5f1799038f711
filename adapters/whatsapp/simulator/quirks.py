"""The faults that can be switched on, by name, for ever or for the next N times."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from adapters.whatsapp.simulator.wire import Signature

# But for an outage, faults of the send API touch messages only: read marks and typing never use one up.
QUIRKS: Mapping[str, str] = MappingProxyType(
    {
        "refuse-503": "The send API answers 503 without accepting the message.",
        "outage": "The send API answers 503 to everything, read marks too.",
        "accept-but-500": "The message is accepted and delivered, and the send API answers 500.",
        "accept-then-timeout": "The message is accepted and delivered, and no answer ever comes.",
        "accept-then-drop": "The message is accepted and delivered, and the connection is closed unanswered.",
        "drop": "The connection is closed before the message is accepted.",
        "slow": "The message is accepted, and the answer takes ten seconds.",
        "window-closed": "The send API refuses at once: the 24-hour window is closed (131047).",
        "window-closed-later": "The message is accepted, and fails with 131047 in a status.",
        "pair-limit": "The send API refuses: too many messages to this person (131056).",
        "number-limit": "The send API refuses: too many messages from this number (130429).",
        "131000": "The send API answers 131000, something went wrong; nothing was accepted.",
        "131000-but-sent": "The send API answers 131000 although the message is accepted and delivered.",
        "131016": "The send API answers 131016, service unavailable; nothing was accepted.",
        "131026": "The message is accepted, and fails as undeliverable (131026) in a status.",
        "131026-at-once": "The send API refuses at once: undeliverable (131026).",
        "190": "The send API says that the access token is no longer valid.",
        "368": "The send API says that the account is blocked for breaking policies.",
        "no-status": "No status of the message ever comes.",
        "late-status": "The statuses of the message come a minute and a half late.",
        "status-first": "The `sent` status comes a second before the send API's own answer.",
        "skip-delivered": "The message is read without ever having been delivered.",
        "shuffled-status": "The statuses of the message come in the order read, delivered, sent.",
        "repeated-status": "Every status of the message comes twice.",
        "unread": "The person never reads the message, or hides it: no `read` status comes.",
        "duplicate": "The webhook comes twice: in the same bytes, in other bytes, or in another batch.",
        "reorder": "What happens within a second comes in reverse order.",
        "batch": "What happens within a second comes in one POST, spread over entries and changes.",
        "escaped": "The webhook's letters beyond ASCII are escaped, with spaces between its tokens.",
        "chaos": "The webhook holds keys, a field and a status that nobody has heard of.",
        "wrong-signature": "The webhook is signed with another secret, and is not sent again.",
        "missing-signature": "The webhook is not signed, and is not sent again.",
        "upper-signature": "The webhook's signature is in upper-case hex, and is not sent again.",
    }
)

SIGNATURES: Mapping[str, Signature] = {
    "wrong-signature": "wrong",
    "missing-signature": "missing",
    "upper-signature": "upper",
}

# Quirks that refuse a send before it is accepted, with the code they refuse it with.
REFUSALS: Mapping[str, int] = {
    "190": 190,
    "368": 368,
    "131000": 131000,
    "131016": 131016,
    "131026-at-once": 131026,
    "window-closed": 131047,
    "pair-limit": 131056,
    "number-limit": 130429,
}

_WRITTEN = re.compile(r"^\s*(\S+?)\s*(?:(?:[×*]|(?<=\s)[xXхХ])\s*(\d+))?\s*$")


def parse_quirk(written: str) -> tuple[str, int | None]:
    """Read `NAME` or `NAME × N`; without a number it holds until it is cleared.

    Raises:
        ValueError: no such quirk.
    """
    match = _WRITTEN.match(written)
    name = match[1] if match else written.strip()
    _must_be_known(name)
    return name, int(match[2]) if match and match[2] else None


def _must_be_known(name: str) -> None:
    if name not in QUIRKS:
        near = get_close_matches(name, QUIRKS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(QUIRKS)}"
        raise ValueError(f"{name!r} is no quirk of WhatsApp; {hint}")


class Quirks:
    """Which quirks are on, and how many times more."""

    def __init__(self) -> None:
        self._left: dict[str, int | None] = {}

    def switch_on(self, name: str, times: int | None = None) -> None:
        _must_be_known(name)
        if times is None or times > 0:
            self._left[name] = times

    def clear(self) -> None:
        self._left.clear()

    def on(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str) -> bool:
        """Say whether the quirk applies now, and use it up by one."""
        if name not in self._left:
            return False
        left = self._left[name]
        if left == 1:
            del self._left[name]
        elif left is not None:
            self._left[name] = left - 1
        return True

    def left(self) -> dict[str, int | None]:
        return dict(self._left)
