"""The door to the net: every request is sent once, and every failure says whether it left."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest

from adapters.transport import HttpTransport, Lost, NotSent, new_session

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Shape: Odd\r\n\r\nok"


class RawServer:
    """Answers the n-th request with the n-th answer, whole or broken; None: hangs up; "": says nothing."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.seen: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                self.seen.append(head + body)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    return
                if not answer:
                    await asyncio.sleep(3600)
                writer.write(answer)
                await writer.drain()
                if answer != OK:
                    return
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes | None) -> AsyncIterator[RawServer]:
    raw = RawServer(*answers)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(raw.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    raw.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1"
    try:
        yield raw
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def transport_to(
    url: str, session: Callable[[], aiohttp.ClientSession] = new_session
) -> AsyncIterator[HttpTransport]:
    async with session() as open_session:
        yield HttpTransport(open_session, url)


async def test_a_request_arrives_as_it_was_given() -> None:
    async with serving(OK) as server, transport_to(server.url + "/") as transport:
        answer = await transport(
            "PUT", "/visits/1/2", query=[("a", "1"), ("a", "ё")], body="ё".encode(), headers={"Accept": "x/y"}
        )

    assert (answer.status, answer.body, answer.headers["x-shape"]) == (200, b"ok", "Odd")
    head, _, body = server.seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /api/v1/visits/1/2?a=1&a=%D1%91 HTTP/1.1\r\n")
    assert b"Accept: x/y" in head
    assert b"User-Agent: otmena/" in head
    assert body == "ё".encode()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_without_a_body_none_is_sent(method: str) -> None:
    async with serving(OK) as server, transport_to(server.url) as transport:
        await transport(method, "/record/1/2", headers={"Content-Type": "application/json"})

    assert server.seen[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_dropped_write_is_lost_and_was_sent_once(method: str) -> None:
    async with serving(None) as server, transport_to(server.url) as transport:
        with pytest.raises(Lost):
            await transport(method, "/visits/1/2", body=b"{}" if method == "PUT" else None)

    assert len(server.seen) == 1


async def test_left_alone_aiohttp_sends_a_dropped_put_twice() -> None:
    """The reason for our middleware; when this fails, aiohttp has changed and the middleware may go."""
    async with serving(None) as server, transport_to(server.url, aiohttp.ClientSession) as transport:
        with pytest.raises(Lost):
            await transport("PUT", "/visits/1/2", body=b"{}")

    assert len(server.seen) == 2


async def test_a_write_on_a_kept_connection_that_is_dropped_is_sent_once() -> None:
    async with serving(OK, None) as server, transport_to(server.url) as transport:
        await transport("GET", "/record/1/2")
        with pytest.raises(Lost):
            await transport("PUT", "/visits/1/2", body=b"{}")

    assert server.connections == 1
    assert [request.split(b" ")[0] for request in server.seen] == [b"GET", b"PUT"]


async def test_a_connection_that_went_stale_while_idle_is_not_used_again() -> None:
    closing = OK.replace(b"X-Shape: Odd", b"X-Shape: Bye")
    async with serving(closing, OK) as server, transport_to(server.url) as transport:
        await transport("GET", "/record/1/2")
        await asyncio.sleep(0.05)
        answer = await transport("PUT", "/visits/1/2", body=b"{}")

    assert answer.status == 200
    assert server.connections == 2
    assert len(server.seen) == 2


async def test_no_answer_in_time_is_lost() -> None:
    async with serving(b"") as server, transport_to(server.url) as transport:
        with pytest.raises(Lost):
            await transport("PUT", "/visits/1/2", body=b"{}", timeout_s=0.1)

    assert len(server.seen) == 1


async def test_half_an_answer_is_lost() -> None:
    async with serving(OK[:-1]) as server, transport_to(server.url) as transport:
        with pytest.raises(Lost):
            await transport("PUT", "/visits/1/2", body=b"{}")

    assert len(server.seen) == 1


async def test_what_is_no_http_is_lost() -> None:
    async with serving(b"?!\r\n\r\n") as server, transport_to(server.url) as transport:
        with pytest.raises(Lost):
            await transport("PUT", "/visits/1/2", body=b"{}")


async def test_a_closed_port_means_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with transport_to(f"http://127.0.0.1:{unused.getsockname()[1]}") as transport:
            with pytest.raises(NotSent):
                await transport("PUT", "/visits/1/2", body=b"{}")


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved) as server, transport_to(server.url) as transport:
        assert (await transport("PUT", "/visits/1/2", body=b"{}")).status == 302

    assert len(server.seen) == 1
