"""The composition root: settings → adapters → Dialogue(FLOWS) → server or command. It alone knows everything."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from adapters.clock import RandomIds, SystemClock, system_chance
from adapters.settings import Settings
from adapters.storage import SqliteStore
from adapters.transport import HttpTransport, Transport, new_session
from adapters.web.server import Webhooks
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.yclients.booking import FALLBACK_ZONE, YClientsBooking
from adapters.yclients.client import YClientsClient
from adapters.yclients.lane import Lane, Turnstile
from engine import texts
from engine.dialogue import Dialogue
from engine.flow import Salon
from engine.ports import Booking, Chance, Clock, Ids, PortError, Store
from engine.runtime import Shell
from engine.understanding import Understanding, opt_out
from states import everywhere, registry

ZONE_RETRY_S = 5.0

log = structlog.get_logger()


class CannotListen(Exception):
    """The address is taken or not ours."""


@dataclass(slots=True)
class Policies:
    """The salon's policies, with its zone as soon as YClients has told it."""

    settings: Settings
    zone: ZoneInfo | None = None

    def salon(self) -> Salon:
        return Salon(
            zone=self.zone or FALLBACK_ZONE,
            selection=self.settings.selection,
            confirm=self.settings.confirm,
            old_after=timedelta(minutes=self.settings.old_message_minutes),
            language=self.settings.language,
        )

    async def learn_zone(self, booking: YClientsBooking) -> None:
        while self.zone is None:
            try:
                self.zone = await booking.zone()
            except PortError as error:
                log.warning("zone.not_known_yet", why=str(error))
                await asyncio.sleep(ZONE_RETRY_S)


@dataclass(slots=True)
class Otmena:
    """One salon's assistant, composed and not yet listening."""

    shell: Shell
    webhooks: Webhooks
    store: SqliteStore
    dialogue: Dialogue
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)


def dialogue_and_texts(language: str = "ru") -> tuple[Dialogue, texts.Texts]:
    """Compile the flows of the registry. Pure: what `check`, tests and the server share."""
    catalogue = texts.load(registry.texts(), language)
    understanding = Understanding()
    return Dialogue(registry.FLOWS, everywhere.rows, understanding, catalogue.claims), catalogue


@asynccontextmanager
async def composed(
    settings: Settings,
    *,
    yclients: Transport,
    whatsapp: Transport,
    clock: Clock | None = None,
    ids: Ids | None = None,
    chance: Chance | None = None,
) -> AsyncIterator[Otmena]:
    """Compose everything over two transports, start it, and drain it at the end.

    Raises:
        StoreFailed: the database cannot be opened, or another process has it.
    """
    clock, ids, chance = clock or SystemClock(), ids or RandomIds(), chance or system_chance()
    dialogue, catalogue = dialogue_and_texts(settings.language)
    policies = Policies(settings, ZoneInfo(settings.timezone) if settings.timezone else None)
    turnstile = Turnstile(
        Lane(per_second=settings.yclients_per_second, per_minute=settings.yclients_per_minute), clock
    )
    client = YClientsClient(
        yclients, turnstile, settings.yclients_partner_token, settings.yclients_user_token
    )
    booking = YClientsBooking(
        client,
        clock,
        settings.yclients_company_id,
        zone=policies.zone,
        on_refused=settings.on_soft_cancel_refused,
    )
    messenger = WhatsAppMessenger(whatsapp, settings.whatsapp_access_token, clock)
    store = await SqliteStore.open(settings.database_url, ids=ids, now=clock.now())
    try:
        shell = Shell(
            dialogue=dialogue,
            texts=catalogue,
            store=store,
            booking=booking,
            messenger=messenger,
            clock=clock,
            chance=chance,
            salon=policies.salon,
        )
        hint_secret = settings.yclients_webhook_secret
        webhooks = Webhooks(
            receive=shell.receive,
            ready=lambda: store.ping(clock.now()),
            now=clock.now,
            opt_out=opt_out,
            app_secret=settings.whatsapp_app_secret.get_secret_value(),
            verify_token=settings.whatsapp_verify_token.get_secret_value(),
            phone_number_id=settings.whatsapp_phone_number_id,
            yclients_secret=hint_secret.get_secret_value() if hint_secret else None,
        )
        zone = asyncio.create_task(policies.learn_zone(booking))
        await shell.start()
        try:
            yield Otmena(shell, webhooks, store, dialogue)
        finally:
            webhooks.draining = True
            zone.cancel()
            await asyncio.gather(zone, return_exceptions=True)
            await shell.stop()
    finally:
        await store.close()


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve the application and yield the port; at the end, requests under way are answered first.

    Raises:
        CannotListen: the address is taken or not ours.
    """
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=10)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise CannotListen(f"{host}:{port}: {error.strerror or error}") from error
        assert site._server is not None
        yield site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # asyncio.Server behind the ABC
    finally:
        await runner.cleanup()


async def serve(settings: Settings) -> None:
    """Run the webhook server until SIGTERM or SIGINT, then drain."""
    async with (
        new_session() as session,
        composed(
            settings,
            yclients=HttpTransport(session, settings.yclients_base_url),
            whatsapp=HttpTransport(session, settings.whatsapp_base_url),
        ) as otmena,
        listening(otmena.webhooks.application(), settings.host, settings.port) as port,
    ):
        log.info("server.listening", host=settings.host, port=port)
        await asked_to_stop()
        log.info("server.draining")
        otmena.webhooks.draining = True


async def asked_to_stop() -> None:
    """Wait for SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)


def run(arguments: Sequence[str] | None = None) -> None:
    """The `otmena` command."""
    from adapters.cli.commands import command_line

    command_line(serve=serve)(args=arguments)
