"""A thin HTTP client of YClients' REST API: headers, the lane, the envelope, and what every failure means."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import SecretStr

from adapters.transport import Answer, Lost, Transport
from adapters.yclients.lane import PAUSE_S_MAX, Turnstile

# A body of this version always has `success`, `data` and `meta` (yclients.md §1, 2026-11).
ACCEPT = "application/vnd.yclients.v2+json"

TOO_MANY = 429
# Not read to the end, and "misdirected", which one salon met on writes and nobody explained (yclients.md §1):
# nothing to build a promise on.
UNEXPLAINED = frozenset({408, 421})

# Eleven characters and more, so that a record's number stays readable.
LIKE_A_PHONE = re.compile(r"\+?\d[\d ()-]{9,}\d")


class TurnedAway(Exception):
    """429: unread. Nothing was done."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("YClients: 429")
        self.retry_after_s = retry_after_s


class Unclear(Exception):
    """No answer that says anything: a time-out, 5xx, HTML or broken JSON. A write may have been done."""


class Refused(Exception):
    """YClients understood and said no. `status` is 200 where only `success` says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"YClients: {status} {message}".rstrip())
        self.status = status
        self.message = message

    def says(self, sentence: str) -> bool:
        return self.message.strip(" .!").casefold() == sentence.casefold()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came inside: `data` and `meta` as JSON values, None and empty where there was none."""

    data: object = None
    meta: Mapping[str, object] = field(default_factory=dict)


NOTHING: Final = Envelope()


@dataclass(frozen=True, slots=True)
class YClientsClient:
    """Speaks for one salon's tokens. Every call waits its turn in the lane.

    All methods raise NotSent (never left us), TurnedAway (unread), Refused or Unclear.
    """

    transport: Transport
    turnstile: Turnstile
    partner_token: SecretStr
    user_token: SecretStr
    read_timeout_s: float = 8
    write_timeout_s: float = 12
    # No client waits for these calls: they go behind those of the clients.
    background: bool = False

    def in_background(self) -> "YClientsClient":
        return replace(self, background=True)

    async def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Envelope:
        return await self._read("GET", path, query=query)

    async def search(self, path: str, body: Mapping[str, object]) -> Envelope:
        """Read by POST, as the client search wants it."""
        return await self._read("POST", path, body=body)

    async def put(self, path: str, body: Mapping[str, object]) -> Envelope:
        return await self._called("PUT", path, body=body, timeout_s=self.write_timeout_s)

    async def delete(self, path: str) -> Envelope:
        # A JSON `null` as the body of a DELETE is answered with 400 (yclients.md §1): there is none at all.
        return await self._called("DELETE", path, timeout_s=self.write_timeout_s)

    async def _read(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, object] | None = None,
    ) -> Envelope:
        envelope = await self._called(method, path, query=query, body=body, timeout_s=self.read_timeout_s)
        if envelope is NOTHING:
            raise Unclear(f"YClients: an empty answer to {method}")
        return envelope

    async def _called(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, object] | None = None,
        timeout_s: float,
    ) -> Envelope:
        passage = await self.turnstile.passed(background=self.background)
        try:
            answer = await self.transport(
                method,
                path,
                query=query,
                body=None if body is None else _encoded(body),
                headers=self._headers(),
                timeout_s=timeout_s,
            )
        except Lost as error:
            raise Unclear(f"YClients: no whole answer to {method} ({error})") from error
        if answer.status == TOO_MANY:
            pause_s = await self.turnstile.turned_away(passage, retry_after_s=_retry_after_s(answer))
            raise TurnedAway(pause_s)
        await self.turnstile.answered(passage)
        return opened(answer)

    def _headers(self) -> dict[str, str]:
        partner, user = self.partner_token.get_secret_value(), self.user_token.get_secret_value()
        return {
            "Accept": ACCEPT,
            "Content-Type": "application/json",
            "Authorization": f"Bearer {partner}, User {user}",
        }


def opened(answer: Answer) -> Envelope:
    """Return what is inside an answer, whichever of its shapes it has (yclients.md §2, 2026-11).

    Raises:
        Refused: a 4xx, or `success: false` (or `errors` without `success`) with a 2xx.
        Unclear: anything that is not an answer of YClients' own.
    """
    done, refused = 200 <= answer.status < 300, 400 <= answer.status < 500
    if not (done or refused) or answer.status in UNEXPLAINED:
        raise Unclear(f"YClients: {answer.status}")
    if not answer.body.strip():
        if refused:
            raise Refused(answer.status, "")
        return NOTHING
    try:
        body = json.loads(answer.body)
    except ValueError as error:
        raise Unclear(f"YClients: {answer.status} without JSON") from error
    if refused:
        raise Refused(answer.status, _message(body))
    if not isinstance(body, dict):
        # Without the envelope, as the first version answers.
        return Envelope(data=body)
    if body.get("success", "errors" not in body) in (False, 0):
        raise Refused(answer.status, _message(body))
    if not body.keys() & {"success", "data", "meta"}:
        return Envelope(data=body)
    return Envelope(data=body.get("data"), meta=_object(body.get("meta")))


def _encoded(body: Mapping[str, object]) -> bytes:
    # A comment that was cut in the middle of an emoji comes as half a character, which no UTF-8 can hold.
    return json.dumps(body, ensure_ascii=False).encode(errors="replace")


def _message(body: object) -> str:
    """Return the sentence of an error, fit for a log. `meta` and `errors` may be lists instead of objects."""
    if not isinstance(body, dict):
        return ""
    for holder in (_object(body.get("meta")), _object(body.get("errors")), body):
        message = holder.get("message")
        if isinstance(message, str) and message:
            return LIKE_A_PHONE.sub("…", message)[:200]
    return ""


def _object(value: object) -> Mapping[str, object]:
    """Return a JSON object; PHP writes an empty one as a list."""
    return value if isinstance(value, dict) else {}


def _retry_after_s(answer: Answer) -> float:
    # Neither documented nor observed (yclients.md §1), and worth following if it ever comes.
    try:
        return min(max(float(answer.headers.get("retry-after", "0")), 0), PAUSE_S_MAX)
    except ValueError:
        return 0
