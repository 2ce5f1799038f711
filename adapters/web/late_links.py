"""Signed links that decide a late request: whoever has one may decide, and nobody can make one up."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from engine.notices import Notice


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link is about."""

    chat_id: int
    request: str
    # When the visit begins, and with it the link ends. Aware.
    until: datetime


class LateLinks:
    """Makes and reads links of one salon. A link names chat and request, and nobody's phone."""

    def __init__(self, secret: str, salon: int, public_url: str | None) -> None:
        """`secret`: whatever changes it ends all links. `public_url`: None: no links are made."""
        self._public_url = public_url
        self._signer = URLSafeSerializer(
            secret,
            salt=f"otmena.late.{salon}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def link(self, chat_id: int, notice: Notice) -> str | None:
        if self._public_url is None or notice.record is None:
            return None
        asked = Asked(chat_id, notice.request, notice.record.starts_at)
        return f"{self._public_url}/late/{self.token(asked)}"

    def token(self, asked: Asked) -> str:
        return str(self._signer.dumps([asked.chat_id, asked.request, int(asked.until.timestamp())]))

    def read(self, token: str) -> Asked | None:
        """Return what a token of ours is about; None: it is none of ours."""
        try:
            chat_id, request, until = self._signer.loads(token)
            return Asked(int(chat_id), str(request), datetime.fromtimestamp(int(until), UTC))
        except (BadData, ValueError, TypeError, OverflowError, RecursionError):
            return None
