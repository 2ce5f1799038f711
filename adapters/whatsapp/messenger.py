"""The messenger over the Cloud API: one bubble, one request, and an honest word on how it ended."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from pydantic import SecretStr

from adapters.transport import Answer, Lost, NotSent, Transport
from adapters.whatsapp import payloads
from adapters.whatsapp.errors import code_of, failure, stops_the_number
from adapters.whatsapp.fields import inside, listed, loads, name
from adapters.whatsapp.pacing import Pacing
from engine.ports import Address, Answers, Bubble, Clock, InDoubt, Paced, Unavailable

log = structlog.get_logger()

SEND_TIMEOUT_S = 15
NOTICE_TIMEOUT_S = 5
# A longer wait is the caller's, who stores until when.
WAIT_S_MAX = 1.0
# What stands before a server answers so where it finds nobody behind it.
_NOBODY_THERE = frozenset({408, 502, 503, 504})


class WhatsAppMessenger:
    """A `Messenger` for all numbers that one access token serves.

    The transport's base URL ends with the version of the Graph API (`…/v26.0`).
    """

    def __init__(
        self,
        transport: Transport,
        access_token: SecretStr,
        clock: Clock,
        *,
        pacing: Pacing | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._access_token = access_token
        self._clock = clock
        self._pacing = Pacing() if pacing is None else pacing
        self._sleep = sleep

    async def turn(self, address: Address) -> None:
        """Wait for its turn, a second at most, and take its place.

        Raises:
            Paced: not its turn for more than a second.
        """
        now_s = self._clock.monotonic()
        wait_s = self._pacing.wait_s(address, now_s)
        if wait_s > WAIT_S_MAX:
            raise Paced("WhatsApp: our own pace", retry_after_s=wait_s)
        wait_s = self._pacing.reserve(address, now_s)
        if wait_s:
            await self._sleep(wait_s)

    async def send(self, address: Address, bubble: Bubble, *, key: str) -> str:
        """Send one bubble once, whose `turn` it is.

        Returns its wamid, which holds the client's phone: keep it out of logs.

        Accepted is not delivered: a refusal may still come as a status (131047 does). There is no
        idempotency key; `key` comes back in every status.

        Raises:
            Unavailable: not accepted; worth another try after `retry_after_s`, longer each time.
            InDoubt: perhaps accepted; hold for a status that names the key.
            Rejected: refused for good, with WhatsApp's `code`.
            ValueError: the bubble cannot be a message; our own mistake.

        Source: whatsapp.md §2 (2026-11).
        """
        return await self._sent(address, payloads.message(address, bubble, key))

    async def send_template(self, address: Address, template: payloads.Template, *, key: str) -> str:
        """Send a template once; as `send`, and outside of the 24-hour window too."""
        return await self._sent(address, payloads.templated(address, template, key))

    async def _sent(self, address: Address, payload: payloads.Json) -> str:
        try:
            answer = await self._post(address, payload, SEND_TIMEOUT_S)
        except NotSent as error:
            raise Unavailable("WhatsApp: no connection") from error
        except Lost as error:
            raise InDoubt("WhatsApp: no answer") from error
        return self._accepted(address, answer)

    async def noticed(self, address: Address, channel_message_id: str, *, typing: bool) -> bool:
        """Mark the message as read, at best; a failure is no news for anybody but the log.

        Returns whether WhatsApp took the mark.
        """
        payload = payloads.noticed(channel_message_id, typing=typing)
        try:
            answer = await self._post(address, payload, NOTICE_TIMEOUT_S)
        except (NotSent, Lost) as error:
            log.debug("notice.lost", account=address.account, error=type(error).__name__)
            return False
        if 200 <= answer.status < 300 and _answers(answer) == "yes":
            return True
        log.info("notice.refused", account=address.account, code=code_of(answer), http_status=answer.status)
        return False

    async def answers(self, address: Address, channel_message_id: str) -> Answers:
        """Whether WhatsApp answers, asked by marking a message as read once more, which changes nothing."""
        try:
            answer = await self._post(
                address, payloads.noticed(channel_message_id, typing=False), NOTICE_TIMEOUT_S
            )
        except (NotSent, Lost):
            return "no"
        return _answers(answer)

    async def _post(self, address: Address, payload: payloads.Json, timeout_s: float) -> Answer:
        return await self._transport(
            "POST",
            f"/{quote(address.account, safe='')}/messages",
            body=json.dumps(payload).encode(),
            headers={
                "Authorization": f"Bearer {self._access_token.get_secret_value()}",
                "Content-Type": "application/json",
            },
            timeout_s=timeout_s,
        )

    def _accepted(self, address: Address, answer: Answer) -> str:
        """Return the id of what was accepted.

        Raises:
            Unavailable, InDoubt, Rejected: as `send`.
        """
        code = code_of(answer)
        if code is None and 200 <= answer.status < 300:
            return _wamid(answer)
        if stops_the_number(code) or (code is None and answer.status == 401):
            log.error("number.stopped", account=address.account, code=code, http_status=answer.status)
        raise failure(answer)


def _answers(answer: Answer) -> Answers:
    """Return `yes` for the API's own word, `no` for that of something before it which found nobody there."""
    if answer.status in _NOBODY_THERE:
        return "no"
    if answer.status >= 500:
        return "unclear"
    if 200 <= answer.status < 300 and answer.body.strip():
        try:
            loads(answer.body)
        except (ValueError, RecursionError):
            return "unclear"
    return "yes"


def _wamid(answer: Answer) -> str:
    try:
        first = next(iter(listed(inside(loads(answer.body), "messages"))), None)
    except (ValueError, RecursionError) as error:
        raise InDoubt("WhatsApp: accepted in words that we cannot read") from error
    wamid = name(inside(first, "id"))
    if not wamid:
        raise InDoubt("WhatsApp: accepted without an id")
    return wamid
