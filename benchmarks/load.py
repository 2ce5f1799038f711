"""A load generator: so many requests over so many connections that are kept, each waiting for its answer."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Load:
    """What became of it: requests a second, and milliseconds from each request to its answer."""

    per_second: float
    took_ms: Sequence[float]


def post(port: int, path: str, body: bytes, headers: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def get(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


async def asked(port: int, request: bytes) -> str:
    """Send one request on a connection of its own; return the body of its answer."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes] = loop.create_future()
    transport, _ = await loop.create_connection(lambda: _Client(iter([request]), answered), "127.0.0.1", port)
    body = await answered
    transport.close()
    return body.decode()


async def load(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Send every request; all answers have to be 200.

    Raises:
        ConnectionError: one was not.
    """
    loop = asyncio.get_running_loop()
    source = iter(requests)
    took_ms: list[float] = []
    ends: list[asyncio.Future[bytes]] = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    opened = [
        await loop.create_connection(lambda end=end: _Client(source, end, took_ms), "127.0.0.1", port)  # type: ignore[misc]  # mypy infers no type of a lambda's default.
        for end in ends
    ]
    await asyncio.gather(*ends)
    spent_s = time.perf_counter() - begun
    for transport, _ in opened:
        transport.close()
    return Load(len(requests) / spent_s, took_ms)


@dataclass(slots=True)
class _Client(asyncio.Protocol):
    """One connection: the next request leaves when the last is answered. A library would cost more."""

    source: Iterator[bytes]
    end: "asyncio.Future[bytes]"
    took_ms: list[float] = field(default_factory=list)
    _transport: asyncio.WriteTransport = field(init=False)
    _got: bytes = b""
    _sent_at: float = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._send(b"")

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.end.set_exception(ConnectionError(f"refused: {head.decode().splitlines()[0]}"))
            return
        self.took_ms.append((time.perf_counter() - self._sent_at) * 1000)
        self._got = b""
        self._send(body)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.end.done():
            self.end.set_exception(error or ConnectionError("closed before the answer"))

    def _send(self, last: bytes) -> None:
        request = next(self.source, None)
        if request is None:
            self.end.set_result(last)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
