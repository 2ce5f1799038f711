"""HTTP/1.1 with as little work as possible, so that the load does not weigh more than what is measured.

Both ways know only what the benchmarks need: bodies of a stated length, connections that stay open.
"""

import asyncio
from collections import deque
from collections.abc import Callable

# Method, path with its query, body → status and body of the answer.
Answers = Callable[[bytes, bytes, bytes], tuple[int, bytes]]

_REASONS = {200: b"OK", 404: b"Not Found"}
_ANSWER = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class _Message:
    """Cuts a stream into messages: a head, and a body as long as the head says."""

    def __init__(self) -> None:
        self._buffer = b""

    def fed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        self._buffer += data
        whole = []
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                break
            whole.append((head, self._buffer[end + 4 : end + 4 + length]))
            self._buffer = self._buffer[end + 4 + length :]
        return whole


def _length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return 0 if at < 0 else int(head[at + 17 :].split(b"\r\n", 1)[0])


class _Serving(asyncio.Protocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._message = _Message()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for head, body in self._message.fed(data):
            method, path, _ = head.split(b" ", 2)
            status, answer = self._answers(method, path, body)
            self._transport.write(_ANSWER % (status, _REASONS[status], len(answer), answer))


async def served(answers: Answers) -> tuple[asyncio.Server, int]:
    """Answer on a free port of loopback; return the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: _Serving(answers), "127.0.0.1", 0)
    return server, int(server.sockets[0].getsockname()[1])


class _Line(asyncio.Protocol):
    """One connection; one request at a time."""

    answered: "asyncio.Future[int] | None" = None

    def __init__(self) -> None:
        self._message = _Message()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        for head, _ in self._message.fed(data):
            if self.answered is not None and not self.answered.done():
                self.answered.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(0)


class Lines:
    """Connections to one address: as many as are needed at once, each used again when it is free."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._free: deque[_Line] = deque()

    async def post(self, body: bytes, headers: str) -> int:
        """Return the status of the answer, or 0 where the connection broke."""
        loop = asyncio.get_running_loop()
        line = self._free.pop() if self._free else None
        if line is None or line.transport.is_closing():
            _, line = await loop.create_connection(_Line, "127.0.0.1", self._port)
        line.answered = loop.create_future()
        line.transport.write(
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{headers}\r\n\r\n".encode()
            + body
        )
        status = await line.answered
        self._free.append(line)
        return status

    def close(self) -> None:
        while self._free:
            self._free.pop().transport.close()
