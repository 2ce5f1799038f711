"""The shell that carries a simulator's webhooks to the bot, over HTTP and in real time."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime

import aiohttp

from adapters.whatsapp.simulator.core import WhatsAppSimulator
from adapters.whatsapp.simulator.outgoing import Post

# Brings one POST to the bot and returns the status of its answer; None: none came.
Carry = Callable[[str, Post], Awaitable[int | None]]
Carrier = Callable[[], AbstractAsyncContextManager[Carry]]


class WhatsAppNetwork:
    """Delivers what is due when it is due, and tells the simulator how the bot answered.

    Polite by default: what concerns one client is posted one after the other, so that a test's order is
    the order of arrival. With `ordered=False` everything due leaves at once, as Meta may do.
    """

    def __init__(
        self,
        simulator: WhatsAppSimulator,
        webhook_url: str | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout_s: float = 10,
        ordered: bool = True,
        carrier: Carrier | None = None,
    ) -> None:
        self._simulator = simulator
        if webhook_url is not None:
            simulator.webhook_url = webhook_url
        self._now = now
        # Meta's own patience is not published; claims range from 3 to 20 s (whatsapp.md §1.3).
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._ordered = ordered
        self._carrier = carrier or self._over_http
        self._wake = asyncio.Event()
        self._lanes: dict[str, deque[Post]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None

    @property
    def webhook_url(self) -> str | None:
        return self._simulator.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._simulator.webhook_url = url

    @property
    def busy(self) -> bool:
        """Whether a POST is under way this moment."""
        return bool(self._lanes)

    async def start(self) -> None:
        assert self._runner is None, "this network runs already"
        self._runner = asyncio.create_task(self.run())
        # One breath, so that it watches the simulator when we return.
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """End the deliveries; what was under way is due again at once."""
        if self._runner is not None:
            self._runner.cancel()
            with suppress(asyncio.CancelledError):
                await self._runner
            self._runner = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        unwatch = self._simulator.watch(self._wake.set)
        async with self._carrier() as carry:
            try:
                while True:
                    self._wake.clear()
                    await self._wait(self._start_due(carry))
            finally:
                unwatch()
                await self._give_back()

    async def verify(self) -> bool:
        """Ask the bot the question that Meta asks when the webhook's address is entered."""
        challenge = str(secrets.randbelow(10**10))
        token = self._simulator.verify_token
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
        assert self.webhook_url is not None, "there is no webhook to verify"
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as session,
            session.get(self.webhook_url, params=query) as response,
        ):
            return response.status == 200 and await response.text() == challenge

    async def settled(self, timeout_s: float = 10) -> None:
        """Wait until everything is delivered and acknowledged, statuses yet to come included.

        Raises:
            TimeoutError: the bot keeps refusing, or there is no webhook.
        """
        changed = asyncio.Event()
        unwatch = self._simulator.watch(changed.set)
        try:
            async with asyncio.timeout(timeout_s):
                while self._simulator.waiting():
                    changed.clear()
                    await changed.wait()
        finally:
            unwatch()

    @asynccontextmanager
    async def _over_http(self) -> AsyncIterator[Carry]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session:

            async def carry(url: str, post: Post) -> int | None:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(url, data=post.body, headers=post.headers) as response:
                        return response.status
                return None

            yield carry

    def _start_due(self, carry: Carry) -> float | None:
        """Start what is due; return for how long nothing else is (None: until something changes)."""
        if self.webhook_url is None:
            return None
        now = self._now()
        for post in self._simulator.due(now):
            lane = post.lane if self._ordered and post.lane else f"post:{post.id}"
            if lane in self._lanes:
                self._lanes[lane].append(post)
                continue
            self._lanes[lane] = deque([post])
            task = asyncio.create_task(self._walk(lane, carry))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        next_due = self._simulator.next_due(now)
        return None if next_due is None else (next_due - now).total_seconds()

    async def _wait(self, at_most_s: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._wake.wait()

    async def _walk(self, lane: str, carry: Carry) -> None:
        """Post what is in the lane, in order, until it is empty."""
        posts = self._lanes[lane]
        while posts:
            await self._post(posts[0], carry)
            posts.popleft()
        del self._lanes[lane]

    async def _post(self, post: Post, carry: Carry) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        status = await carry(self.webhook_url or "", post)
        self._simulator.posted(post.id, status, loop.time() - started, self._now())

    async def _give_back(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for posts in self._lanes.values():
            for post in posts:
                self._simulator.put_back(post.id, self._now())
        self._lanes.clear()
