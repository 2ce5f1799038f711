"""The commonest webhook by far, in few steps: one text of one person, and nothing else in it.

It is the tolerant reader's own answer or none at all: whatever differs from this shape by a hair is left to
that one, and a property test holds the two side by side.
"""

from datetime import datetime
from typing import Any

from adapters.whatsapp.fields import moment, name, phone, raw, words
from adapters.whatsapp.inbound import CHANNEL, HEARD_LENGTH_MAX, OptOut, digits
from engine.events import Heard
from engine.ports import Arrival, Identity


def plain_words(document: dict[str, Any], opt_out: OptOut, now: datetime) -> Arrival | None:
    """Return the one text of a webhook, or None for a webhook that is anything else."""
    try:
        [entry] = document["entry"]
        [change] = entry["changes"]
        value, metadata = change["value"], change["value"]["metadata"]
        [message], [contact] = value["messages"], value["contacts"]
        if change["field"] != "messages" or message["type"] != "text":
            return None
        # By their number: a field that is not named here may change what the others mean.
        if "messaging_product" not in value or len(value) != 4:
            return None
        if len(message) != (6 if "from_user_id" in message else 5):
            return None
        names = _names(message, contact, digits(name(metadata["display_phone_number"])))
        account, message_id = name(metadata["phone_number_id"]), name(message["id"])
        said = words(message["text"]["body"], HEARD_LENGTH_MAX)
        if not (names and account and message_id) or said is None:
            return None
        heard = Heard(kind="words", text=said, said_at=moment(message["timestamp"], now))
        return Arrival(CHANNEL, account, message_id, names, heard, raw(message), opt_out(said))
    except Exception:  # whatever it is, the tolerant reader meets it again, and says what it was
        return None


def _names(message: dict[str, Any], contact: dict[str, Any], own_phone: str) -> tuple[Identity, ...]:
    """Return the sender's names, best first; none where the contact knows more of them."""
    sender, user = phone(message["from"]), message.get("from_user_id")
    if "parent_user_id" in contact or not sender or sender == own_phone:
        return ()
    if user is None:
        return () if "user_id" in contact else (Identity("phone", sender),)
    return (Identity("user", name(user)), Identity("phone", sender)) if name(user) else ()
