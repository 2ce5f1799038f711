"""A notice as an event for programs: one POST of all fields as JSON (contract.md)."""

import email.utils
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from adapters.transport import Answer, HttpTransport, Lost, NotSent
from engine.notices import Told
from engine.ports import Clock, Rejected, Unavailable

TIMEOUT_S = 10.0
RETRY_AFTER_MOST_S = 3600.0
# Turned away for now, although the number says that it is our fault.
_FOR_NOW = frozenset({408, 425, 429})


def fields(told: Told, *, salon: int, text: str, link: str | None) -> dict[str, Any]:
    """Return the event. What is not known is null; moments are ISO 8601 with their offset."""
    notice = told.notice
    record, was = notice.record, notice.was
    return {
        "event": notice.event,
        "id": told.key,
        "salon": salon,
        "record": record.record_id if record else None,
        "service": ", ".join(record.services) if record else None,
        "start": _iso(record.starts_at) if record else None,
        "master": record.master or None if record else None,
        "reason": notice.reason,
        "freed": [_iso(moment) for moment in notice.freed] if notice.freed else None,
        # Beyond the contract.
        "to": notice.to,
        "master_id": record.master_id if record else None,
        "client": record.client or None if record else None,
        "change": notice.change if record else None,
        "comment": notice.words or None,
        "why": notice.why or None,
        "sellable": notice.sellable if notice.freed else None,
        "was": {"start": _iso(was.starts_at), "master": was.master, "master_id": was.master_id}
        if was
        else None,
        "decide": link,
        "update": notice.update,
        "text": text,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


class Events:
    """Posts events. The session is shared and closed by whoever made it."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._session, self._clock = session, clock

    async def tell(self, url: str, event: dict[str, Any]) -> None:
        """Post once. Whoever gets it twice knows it by its `id`, which is the Idempotency-Key as well.

        Raises:
            Unavailable: no answer, a server error, or turned away for now; it may be sent again in any case.
            Rejected: the other side refused it, and will.
        """
        parts = urlsplit(url.partition("+")[2])
        transport = HttpTransport(self._session, f"{parts.scheme}://{parts.netloc}")
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        try:
            answer = await transport(
                "POST",
                path,
                body=json.dumps(event, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json", "Idempotency-Key": str(event["id"])},
                timeout_s=TIMEOUT_S,
            )
        except NotSent as error:
            raise Unavailable("no connection") from error
        except Lost as error:
            raise Unavailable("no answer") from error
        self._judge(answer)

    def _judge(self, answer: Answer) -> None:
        status = answer.status
        if 200 <= status < 300:
            return
        if status >= 500 or status in _FOR_NOW:
            raise Unavailable(f"HTTP {status}", retry_after_s=self._retry_after_s(answer))
        raise Rejected(f"HTTP {status}", code=status, not_told="http")

    def _retry_after_s(self, answer: Answer) -> float | None:
        """Read Retry-After: seconds, or a moment."""
        said = answer.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdecimal() and len(said) <= 9:
            return min(float(said), RETRY_AFTER_MOST_S)
        try:
            at = email.utils.parsedate_to_datetime(said)
            wait_s = (at - self._clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
        return min(max(wait_s, 0.0), RETRY_AFTER_MOST_S)
