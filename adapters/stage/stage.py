"""The stage: one world at a time, of two simulators and our server, with real HTTP between them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from adapters.settings import Settings, StageSettings
from adapters.simulated import Reply, Request, application
from adapters.stage.journal import Day, days
from adapters.stage.people import PERSONAS, Persona, lively_salon
from adapters.transport import HttpTransport, Transport, new_session
from adapters.web.listening import listening
from adapters.web.server import Webhooks
from adapters.whatsapp.simulator import Bubble, WhatsAppNetwork, WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from engine.ports import Arrival, Relinked, Status, Store
from engine.runtime import Decided, Shell

LOOPBACK = "127.0.0.1"
PHONE_NUMBER_ID = "106540352242922"
APP_SECRET = "simulated-app-secret"
# A call that is put off beyond this is no part of the answer that somebody waits for.
SOON = timedelta(seconds=30)


class Composed(Protocol):
    """What the stage needs of our server."""

    @property
    def webhooks(self) -> Webhooks: ...

    @property
    def store(self) -> Store: ...

    @property
    def shell(self) -> Shell: ...


class Compose(Protocol):
    def __call__(
        self,
        settings: Settings,
        *,
        yclients: Transport,
        whatsapp: Transport,
        watched: Callable[[Decided], None] | None = ...,
    ) -> AbstractAsyncContextManager[Composed]: ...


@dataclass(frozen=True, slots=True)
class World:
    """A salon, the phones of its clients, and the assistant between them."""

    number: int
    salon: YClientsSimulator
    phones: WhatsAppSimulator
    otmena: Composed
    # Held open while the world is on stage.
    parts: AsyncExitStack


@dataclass(slots=True)
class Stage:
    """Shows a world, for as long as it is open.

    Args:
        folder: where each world has its database; the caller removes it.
        yclients_takes_s: how long the salon's journal takes for an answer; the real one is never instant.
        status_delays_s: after how long a message is sent, delivered and read.
    """

    compose: Compose
    folder: Path
    yclients_takes_s: float = 0.12
    status_delays_s: tuple[float, float, float] = (0.05, 0.2, 0.6)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    # Called with every turn that stands.
    watched: Callable[[Decided], None] | None = None
    # The salon's own words, as TOML.
    words: str | None = None
    _world: World | None = None
    _webhook_url: str | None = None
    _watchers: set[asyncio.Event] = field(default_factory=set)

    @property
    def world(self) -> World:
        assert self._world is not None, "the stage is not open"
        return self._world

    # ── opening and closing ──

    async def open(self) -> None:
        self._world = await self._new_world(1)

    async def close(self) -> None:
        await self.world.parts.aclose()

    def webhooks(self) -> Webhooks:
        """Return our server's routes; what they receive goes to the world on stage."""
        return replace(self.world.otmena.webhooks, receive=self._receive, ready=self._ready)

    def listens_at(self, webhook_url: str) -> None:
        """Tell the simulated WhatsApp where to deliver."""
        self._webhook_url = webhook_url
        self.world.phones.webhook_url = webhook_url

    # ── playing ──

    def say(self, persona: Persona, text: str) -> None:
        self.world.phones.client_says(persona.phone, text, self.now())

    def tap(self, persona: Persona, bubble: Bubble, option_id: str) -> None:
        """Raises: LookupError: there is no such option on this message."""
        self.world.phones.client_taps(persona.phone, option_id, self.now(), wamid=bubble.wamid)

    def screen(self, persona: Persona) -> tuple[Bubble, ...]:
        return self.world.phones.phone(persona.phone)

    def typing(self, persona: Persona) -> bool:
        return self.world.phones.typing(persona.phone, self.now())

    def journal(self) -> Sequence[Day]:
        return days(self.world.salon.journal(), self.today())

    def today(self) -> date:
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """Return the moment by the salon's clock."""
        return self.world.salon.salon.local(moment)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set after every change, until left."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            yield changed
        finally:
            self._watchers.discard(changed)

    def wake(self) -> None:
        """Have everybody who watches look again."""
        for watcher in self._watchers:
            watcher.set()

    async def settled(self, timeout_s: float = 60) -> bool:
        """Wait until nothing is under way that an answer could still come from; False: it took too long."""
        looks = 0
        try:
            async with asyncio.timeout(timeout_s):
                # Twice in a row: what is on its way from one place to the next can be missed by one look.
                while looks < 2:
                    looks = looks + 1 if await self._at_rest() else 0
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return False
        return True

    # ── inside ──

    async def _new_world(self, number: int) -> World:
        async with AsyncExitStack() as parts:
            salon = lively_salon(self.now())
            phones = WhatsAppSimulator(
                phone_number_id=PHONE_NUMBER_ID, app_secret=APP_SECRET, status_delays_s=self.status_delays_s
            )
            for persona in PERSONAS.values():
                persona.comes_into(phones)
            parts.callback(phones.watch(self.wake))
            yclients = _Watched(salon, self.yclients_takes_s, self.wake)
            yclients_port = await parts.enter_async_context(
                listening(application(yclients), LOOPBACK, 0, patience_s=1)
            )
            whatsapp_port = await parts.enter_async_context(
                listening(application(phones), LOOPBACK, 0, patience_s=1)
            )
            settings = _settings(salon, phones, self.folder / f"world-{number}.db", self.words)
            session = await parts.enter_async_context(new_session())
            otmena = await parts.enter_async_context(
                self.compose(
                    settings,
                    yclients=HttpTransport(session, f"http://{LOOPBACK}:{yclients_port}/api/v1"),
                    whatsapp=HttpTransport(session, f"http://{LOOPBACK}:{whatsapp_port}/v26.0"),
                    watched=self.watched,
                )
            )
            network = WhatsAppNetwork(phones, self._webhook_url)
            await network.start()
            parts.push_async_callback(network.stop)
            return World(number, salon, phones, otmena, parts.pop_all())

    async def _receive(
        self, arrivals: Sequence[Arrival], statuses: Sequence[Status], relinked: Sequence[Relinked]
    ) -> int:
        return await self.world.otmena.webhooks.receive(arrivals, statuses, relinked)

    async def _ready(self) -> None:
        await self.world.otmena.webhooks.ready()

    async def _at_rest(self) -> bool:
        phones, otmena = self.world.phones, self.world.otmena
        if phones.waiting() or otmena.shell.busy or await otmena.store.chats_with_work():
            return False
        due = await otmena.store.next_due(self.now(), busy=frozenset())
        return (due is None or due > self.now() + SOON) and not otmena.shell.busy


@dataclass(frozen=True, slots=True)
class _Watched:
    """The simulated YClients, which takes its time, and tells when a request has changed the journal."""

    salon: YClientsSimulator
    takes_s: float
    changed: Callable[[], None]

    def handle(self, request: Request, now: datetime) -> Reply:
        changes = self.salon.changes
        reply = self.salon.handle(request, now)
        if self.salon.changes != changes:
            self.changed()
        return replace(reply, delay_s=reply.delay_s + self.takes_s)


def _settings(
    salon: YClientsSimulator, phones: WhatsAppSimulator, database: Path, words: str | None
) -> Settings:
    return StageSettings(
        log_format="console",
        words=words,
        database_url=f"sqlite:///{database}",
        yclients_partner_token=SecretStr("simulated-partner-token"),
        yclients_user_token=SecretStr("simulated-user-token"),
        yclients_company_id=salon.company_id,
        whatsapp_phone_number_id=PHONE_NUMBER_ID,
        whatsapp_access_token=SecretStr("simulated-access-token"),
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(phones.verify_token),
    )
