"""Who writes: a person's number, name and user id, and how much of them a webhook shows."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from adapters.whatsapp.simulator.wire import Json

# both       number and user id (the default since April 2026)
# username   neither `wa_id` nor `from` nor `recipient_id` (whatsapp.md §1.5)
# phone      payloads as before user ids
Mode = Literal["both", "username", "phone"]


def digits_of(phone: str) -> str:
    return re.sub(r"\D", "", phone)


@dataclass(frozen=True, slots=True)
class Person:
    # Digits only; the person has one even where the salon is not shown it.
    phone: str
    name: str
    mode: Mode = "both"
    # Counts regenerations of the user id.
    generation: int = 1
    username: str = ""
    # Messages to this person never arrive (131026).
    blocked: bool = False

    @property
    def user_id(self) -> str:
        digest = hashlib.sha256(f"{self.phone}:{self.generation}".encode()).digest()
        return "RU." + str(int.from_bytes(digest[:7], "big") + 10**16)

    def contact(self) -> Json:
        """Return the person as an item of `contacts`."""
        profile: Json = {"name": self.name}
        if self.mode == "username":
            profile["username"] = self.username or f"user{self.phone[-4:]}"
        return {"profile": profile} | self._ids("wa_id", "user_id")

    def sender(self) -> Json:
        """Return the keys of a message that say who sent it."""
        return self._ids("from", "from_user_id")

    def recipient(self, *, addressed_by_phone: bool) -> Json:
        """Return the keys of a status that say whom it went to."""
        if addressed_by_phone and self.mode != "phone":
            return {"recipient_id": self.phone, "recipient_user_id": self.user_id}
        return self._ids("recipient_id", "recipient_user_id")

    def _ids(self, phone_key: str, user_key: str) -> Json:
        phone = {phone_key: self.phone} if self.mode != "username" else {}
        user = {user_key: self.user_id} if self.mode != "phone" else {}
        return phone | user


def wamid(number: str, phone: str, serial: int, now: datetime) -> str:
    """Return a message id, unique per simulator, shaped like Meta's: the person's number is inside it.

    `now` keeps a simulator that was started anew from repeating ids that a bot has already stored.
    """
    digest = hashlib.sha256(f"{number}:{phone}:{serial}:{now.isoformat()}".encode()).hexdigest().upper()
    raw = b"\x1c\x19" + phone.encode() + b"\x15\x02\x00\x11\x18\x14" + digest[:20].encode() + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()
