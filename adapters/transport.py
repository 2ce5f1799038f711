"""The one door to the net: a request goes out once, and every failure says whether it had left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse


class NotSent(Exception):
    """The request never left us: no connection could be made."""


class Lost(Exception):
    """The request may have arrived, but no whole answer came back (time-out, dropped connection)."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    # Names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        """Send one request, once. `path` begins with a slash and follows the base URL.

        Raises:
            NotSent: it never left us.
            Lost: it may have arrived.
        """


class _Dropped(Exception):
    """Our own name for a connection that broke, which aiohttp's client does not know how to repeat."""


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from repeating a PUT or DELETE by itself.

    It does so after ServerDisconnectedError and ClientOSError, even with `force_close`
    (tried on 3.14.5, design §6, 2026-11); a middleware runs inside that loop and can rename the error.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise _Dropped(str(error)) from error


@dataclass(frozen=True, slots=True)
class HttpTransport:
    """The transport over aiohttp. The session is shared and closed by whoever made it."""

    session: aiohttp.ClientSession
    base_url: str

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        try:
            async with self.session.request(
                method,
                self.base_url.rstrip("/") + path,
                params=list(query) or None,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(5, timeout_s)),
                allow_redirects=False,
            ) as response:
                return Answer(
                    status=response.status,
                    body=await response.read(),
                    headers={name.lower(): value for name, value in response.headers.items()},
                )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent("no connection") from error
        except (_Dropped, TimeoutError, aiohttp.ClientError) as error:
            raise Lost(_in_words(error)) from error


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or "the connection broke"


def new_session() -> aiohttp.ClientSession:
    """Make a client session that sends every request exactly once."""
    return aiohttp.ClientSession(
        middlewares=(_send_once,),
        auto_decompress=True,
        headers={"User-Agent": "otmena/0.1 (+self-hosted)"},
    )
