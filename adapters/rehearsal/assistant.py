"""The assistant of a rehearsal: a process that is started, killed anywhere, and started anew."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

import apsw

from adapters.rehearsal.disk import Disk
from adapters.rehearsal.jitter import DistantTransport, Jitter
from adapters.rehearsal.killing import Lives, MortalTransport, MortalWriter, Points
from adapters.rehearsal.pausing import PausedTransport, Pauses
from adapters.rehearsal.stored import MortalStore
from adapters.rehearsal.vfs import at_hand
from adapters.settings import Settings
from adapters.stage.stage import Composed
from adapters.storage.writer import Writer
from adapters.transport import Transport
from adapters.virtual import LoopClock
from adapters.web.listening import listening
from adapters.whatsapp.simulator import Post, WhatsAppSimulator
from adapters.whatsapp.simulator.network import Carry
from adapters.yclients.book import Book, MemoryBook
from adapters.yclients.simulator import YClientsSimulator
from engine.events import Event
from engine.ports import Chance, Clock, Ids
from engine.runtime import Decided
from engine.session import IDLE

LOOPBACK = "127.0.0.1"


class Compose(Protocol):
    """What the composition root does, with time, chance and store handed in."""

    def __call__(
        self,
        settings: Settings,
        *,
        yclients: Transport,
        whatsapp: Transport,
        clock: Clock,
        ids: Ids,
        chance: Chance,
        watched: Callable[[Decided], None],
        writer: Writer,
        book: Book,
    ) -> AbstractAsyncContextManager[Composed]: ...


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody who takes part, and how they reach each other."""

    salon: YClientsSimulator
    phones: WhatsAppSimulator
    clock: LoopClock
    settings: Settings
    compose: Compose
    over_http: bool
    chance: Random
    # Decides what a loss of power leaves on the disk.
    fate: Random
    # None: disk and net take no time.
    jitter: Jitter | None = None


class _CountingIds:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id{next(self._numbers)}"


@dataclass(slots=True)
class Assistant:
    """Our server, on a store that outlives it."""

    parties: Parties
    # How it reaches the two sides.
    yclients: Transport
    whatsapp: Transport
    watched: Callable[[Decided], None]
    points: Points
    # Sees what it leaves behind whenever it dies.
    left_behind: Callable[[apsw.Connection], None]
    kills: int = 0
    # Where it listens; 0: on no socket.
    port: int = 0
    # None: it is dead.
    composed: Composed | None = None
    # What YClients has asked of it, over all its lives.
    pauses: Pauses = field(init=False)
    # Its file would outlive it.
    _book: MemoryBook = field(default_factory=MemoryBook)
    _store: MortalStore = field(init=False)
    _ids: _CountingIds = field(default_factory=_CountingIds)
    _lives: Lives = field(default_factory=lambda: Lives(asyncio.get_running_loop()))
    _alive: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        jitter = self.parties.jitter
        self.pauses = Pauses(self.parties.clock.monotonic)
        self._store = MortalStore(
            self.points,
            self.parties.fate,
            checkpoint_pages=jitter.checkpoint_pages if jitter is not None else None,
            looked=self.left_behind,
        )

    @property
    def connection(self) -> apsw.Connection | None:
        """Its database, while it lives; for looking at."""
        return self._store.connection

    @property
    def disk(self) -> Disk:
        """What its database lies on; for looking at."""
        return self._store.disk

    async def boot(self) -> None:
        """Start the assistant, as often as it dies while it starts."""
        while True:
            self.points.dead.clear()
            self._lives.begin()
            self._alive = AsyncExitStack()
            birth = self._lives.within(self._born(self._alive))
            if await self._outlives(birth):
                self.composed = birth.result()
                return
            await self.kill()

    async def _born(self, alive: AsyncExitStack) -> Composed:
        assistant = await alive.enter_async_context(
            self.parties.compose(
                self.parties.settings,
                yclients=PausedTransport(self._mortal(self.yclients, "yclients"), self.pauses),
                whatsapp=self._mortal(self.whatsapp, "whatsapp"),
                clock=self.parties.clock,
                ids=self._ids,
                chance=self.parties.chance,
                watched=self.watched,
                writer=self._writer(),
                book=self._book,
            )
        )
        if self.parties.over_http:
            served = listening(assistant.webhooks.application(), LOOPBACK, self.port, patience_s=0.1)
            self.port = await alive.enter_async_context(served)
        return assistant

    def _mortal(self, transport: Transport, name: str) -> Transport:
        jitter = self.parties.jitter
        far = transport if jitter is None else DistantTransport(transport, jitter)
        return MortalTransport(far, name, self.points)

    def _writer(self) -> MortalWriter:
        jitter = self.parties.jitter
        if jitter is None:
            return MortalWriter(self._store.connect, self.points)
        return MortalWriter(self._store.connect, self.points, jitter.commit_s, jitter.checkpoint_pages)

    async def hears(self, chat_id: int, name: str, event: Event) -> None:
        """Bring what somebody of the salon decided; who gets no answer, because it died, presses again."""
        while True:
            await self.rise()
            assert self.composed is not None, "it has just risen"
            # Its own task, as behind a socket: waited for by us, a dead one would be waited for for ever.
            pressed = self._lives.within(self.composed.shell.happened(chat_id, name, event))
            if await self._outlives(pressed):
                pressed.result()
                return

    async def _outlives(self, task: "asyncio.Task[Any]") -> bool:
        """Wait for one of its tasks; False: it died over it."""
        death = asyncio.create_task(self.points.dead.wait())
        await asyncio.wait((task, death), return_when=asyncio.FIRST_COMPLETED)
        death.cancel()
        return task.done() and not task.cancelled()

    async def kill(self) -> None:
        self.points.kill()
        # First of all, so that nothing is brought to it any more.
        self.composed = None
        self._store.die(power=self.points.lost_power)
        await self._lives.end()
        # What a dead process held open is closed without its doing anything more.
        with suppress(Exception):
            await self._alive.aclose()
        self.kills += 1

    async def rise(self) -> None:
        """Start the assistant anew, if it has died."""
        if self.points.dead.is_set():
            await self.kill()
            await self.boot()

    @asynccontextmanager
    async def by_hand(self) -> AsyncIterator[Carry]:
        yield self._carry

    async def _carry(self, url: str, post: Post) -> int | None:
        """Bring a POST to the assistant without a socket; a dead one gives no answer."""
        if self.composed is None:
            return None
        signature = post.headers.get("X-Hub-Signature-256")
        taking = self._lives.within(self.composed.webhooks.accept(post.body, signature))
        await asyncio.wait([taking])
        return None if taking.cancelled() or taking.exception() else taking.result()[0]

    async def upgrade(self) -> None:
        """Start it anew with tables that do not know its dialogues any more."""
        await self.kill()
        with at_hand(self._store.disk) as connection:
            connection.execute(
                """
                UPDATE chat SET session = json_set(session, '$.state', 'gone.' || (session ->> '$.state'))
                WHERE session ->> '$.state' <> ?
                """,
                (IDLE,),
            )
        await self.boot()
