"""The composition root: settings → adapters → Dialogue(FLOWS) → server or command; it alone knows all."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from adapters.clock import RandomIds, SystemClock, boot_id, system_chance
from adapters.notify.notifier import SalonNotifier
from adapters.notify.own_number import OwnNumber
from adapters.operating import taking_orders
from adapters.settings import ConfigurationInvalid, Settings, lane_file
from adapters.storage import SqliteStore
from adapters.storage.writer import Writer
from adapters.transport import HttpTransport, Transport, new_session
from adapters.web import late_page
from adapters.web.late import LatePages
from adapters.web.late_case import Cases
from adapters.web.late_links import LateLinks
from adapters.web.listening import asked_to_stop, listening
from adapters.web.metrics import Metrics
from adapters.web.server import Webhooks
from adapters.whatsapp.messenger import WhatsAppMessenger
from adapters.whatsapp.pacing import REMEMBERED_FOR, Pacing, pace_of_a_number
from adapters.yclients.book import Book
from adapters.yclients.book_file import FileBook
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.client import YClientsClient
from adapters.yclients.lane import Lane, Turnstile
from engine import soundness, texts
from engine.booking import Record
from engine.dialogue import Dialogue, InvalidFlow
from engine.effects import Say
from engine.flow import Salon
from engine.notices import Recipients
from engine.ports import Chance, Clock, Ids, PortError
from engine.runtime import Decided, Shell
from engine.understanding import Lemmas, Surroundings, Understanding, opt_out
from engine.understanding.vocabulary import extended
from states import everywhere, registry

# What only some commands need is imported where they are composed, so that the others do not wait for it.
if TYPE_CHECKING:
    import click

    from adapters.cli.demo import Parts as DemoParts
    from adapters.rehearsal import Rehearse, RehearseWhole

ZONE_RETRY_S = 5.0
SWITCH_INTERVAL_S = 0.0005
# New objects that were not given back; 700 in Python itself.
COLLECTED_AFTER = 10_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Policies:
    """The salon's policies, with its zone as soon as YClients has told it."""

    settings: Settings
    booking: YClientsBooking
    # Who of the salon is told; read once, since reading may take a while.
    recipients: Recipients
    # The last one made: settings stand still, and a zone changes once. Every turn asks.
    _made: list[Salon] = field(default_factory=list)

    def salon(self) -> Salon:
        zone = self.booking.zone_so_far()[0]
        if not self._made or self._made[0].zone is not zone:
            self._made[:] = [replace(salon_of(self.settings, zone), recipients=self.recipients)]
        return self._made[0]

    async def learn_zone(self, keep: Callable[[str], Awaitable[None]] | None) -> None:
        """Ask until the salon has told its zone, so that the first client does not wait for it; keep it."""
        while not self.booking.zone_so_far()[1]:
            try:
                await self.booking.zone()
            except PortError as error:
                log.warning("zone.not_known_yet", why=str(error))
            if not self.booking.zone_so_far()[1]:
                await asyncio.sleep(ZONE_RETRY_S)
        zone = self.booking.zone_so_far()[0]
        if keep is None or not isinstance(zone, ZoneInfo):
            return
        try:
            await keep(zone.key)
        except PortError as error:
            log.warning("zone.not_kept", why=str(error))


def salon_of(settings: Settings, zone: tzinfo) -> Salon:
    return Salon(
        zone=zone,
        selection=settings.selection,
        confirm=settings.confirm,
        old_after=timedelta(minutes=settings.old_message_minutes),
        language=settings.language,
        offers=settings.offers,
        undo_for=timedelta(minutes=settings.undo_minutes),
        notice=timedelta(hours=settings.late_hours),
        late_policy=settings.late_policy,
        late_sentence=settings.late_sentence,
        hears=settings.hears,
        reasons=settings.offered_reasons,
    )


def core_of(settings: Settings, zone: tzinfo) -> tuple[Dialogue, texts.Texts, Salon]:
    """Return all that a dialogue needs to be decided, without any adapter."""
    return (*dialogue_and_texts(settings.language, settings.words), salon_of(settings, zone))


@dataclass(slots=True)
class Otmena:
    """One salon's assistant, composed and not yet listening."""

    shell: Shell
    webhooks: Webhooks
    store: SqliteStore
    dialogue: Dialogue


@cache
def dialogue_and_texts(language: str = "ru", words: str | None = None) -> tuple[Dialogue, texts.Texts]:
    """Compile the flows of the registry. Pure: what `check`, tests and the server share.

    `words` are the salon's own, as TOML.
    """
    catalogue = texts.gather((tables for _, tables in _documents()), language)
    understanding = Understanding(Lemmas(extended(words)) if words else None)
    dialogue = Dialogue(registry.FLOWS, everywhere.rows, understanding, catalogue.claims, catalogue.title)
    return dialogue, catalogue


def subject() -> soundness.Subject:
    """Return what `otmena check` looks at: our flows, the rows of every state, texts and released tables."""
    return soundness.Subject(
        flows=registry.FLOWS,
        everywhere=everywhere.rows,
        documents=tuple(soundness.Document(name, tables) for name, tables in _documents()),
        released=soundness.Released.model_validate_json(registry.released()),
    )


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield our catalogues, each with its package.

    Raises:
        InvalidTexts: one of them cannot be read.
    """
    try:
        documents = registry.texts()
    except (OSError, ModuleNotFoundError) as error:
        raise texts.InvalidTexts(f"what states/registry.py names in TEXTS is not there: {error}") from error
    for package, document in zip(registry.TEXTS, documents, strict=True):
        yield package, texts.read(document, f"{package.replace('.', '/')}/texts.toml")


@cache
def dialogue_of(module: str | None, words: str | None = None) -> tuple[Dialogue, texts.Texts]:
    """Compose the FLOWS of an importable module over our texts and its own; None: our flows.

    Raises:
        CannotUse: there is no such module, or what it holds is no flow, or no text.
    """
    from adapters.cli.flows import CannotUse, foreign

    if module is None:
        return dialogue_and_texts(words=words)
    theirs = foreign(module, subject())
    try:
        catalogue = texts.gather(document.tables for document in theirs.documents)
        understanding = Understanding(Lemmas(extended(words)) if words else None)
        dialogue = Dialogue(theirs.flows, theirs.everywhere, understanding, catalogue.claims, catalogue.title)
    except (texts.InvalidTexts, InvalidFlow) as error:
        raise CannotUse(
            f"{module} cannot be played: {error} (otmena check --flows {module} names every fault)"
        ) from error
    return dialogue, catalogue


@asynccontextmanager
async def composed(
    settings: Settings,
    *,
    yclients: Transport,
    whatsapp: Transport,
    clock: Clock | None = None,
    ids: Ids | None = None,
    chance: Chance | None = None,
    watched: Callable[[Decided], None] | None = None,
    writer: Writer | None = None,
    book: Book | None = None,
    flows: str | None = None,
    ensure_sound: bool = True,
) -> AsyncIterator[Otmena]:
    """Compose everything over two transports, start it, and drain it at the end.

    `watched` is called with every turn that stands; `writer` commits instead of the settings' database;
    `book` is what the calls to YClients are counted in, over processes (None: by this one alone);
    `flows` names a module whose FLOWS run instead of ours. Without `ensure_sound` tables in which a dialogue
    could come to a stop run as well, to see what comes of it.

    Raises:
        StoreFailed: the database cannot be opened, or another process has it.
        Unsound: a dialogue could come to a stop in our tables.
        ConfigurationInvalid: a reason is offered under words that a button bears already.
    """
    if ensure_sound:
        soundness.ensure_sound(registry.FLOWS, everywhere.rows)
    clock, ids, chance = clock or SystemClock(), ids or RandomIds(), chance or system_chance()
    dialogue, catalogue = (
        dialogue_of(flows, settings.words) if flows else dialogue_and_texts(settings.language, settings.words)
    )
    _ensure_told_apart(settings, catalogue)
    _warm_up(dialogue, catalogue, clock)
    booking = _booking(settings, yclients, clock, book)
    app_secret, company = settings.whatsapp_app_secret.get_secret_value(), settings.yclients_company_id
    policies = Policies(settings, booking, settings.addresses.recipients(app_secret, company))
    links = LateLinks(app_secret, company, settings.public_url)
    metrics = Metrics()
    pacing = Pacing(number=pace_of_a_number(settings.whatsapp_per_second))
    messenger = WhatsAppMessenger(whatsapp, settings.whatsapp_access_token, clock, pacing=pacing)
    async with AsyncExitStack() as stack:
        store = await _opened(settings, writer, ids, clock)
        stack.push_async_callback(store.close)
        metrics.watch_store(lambda: store.healthy)
        notifier = _notifier(settings, messenger, store, links, clock)
        stack.push_async_callback(notifier.close)
        since = clock.now() - REMEMBERED_FOR
        pacing.remember(await store.sent_lately(since, clock.now()), since, clock)
        # What an address of earlier settings was to be told is given up, and that is told in turn.
        is_needed = bool(settings.addresses) or await store.next_notice(busy=frozenset()) is not None
        shell = Shell(
            dialogue=dialogue,
            texts=catalogue,
            store=store,
            booking=booking,
            messenger=messenger,
            clock=clock,
            chance=chance,
            salon=policies.salon,
            watched=watched,
            notifier=notifier if is_needed else None,
            counted=metrics.told,
            delivered=metrics.delivered,
        )
        cases = Cases(store, booking.ask, clock.now)
        pages = LatePages(links, cases, shell.happened, partial(_salon_of_pages, policies, catalogue))
        webhooks = _webhooks(settings, shell, store, clock, metrics, pages)
        # A rehearsal's file, which comes with its own writer, is read by nobody else.
        learning = asyncio.create_task(policies.learn_zone(store.keep_zone if writer is None else None))
        # Also where the start fails, on a full disk say.
        stack.push_async_callback(_cancelled, learning)
        await shell.start()
        try:
            yield Otmena(shell, webhooks, store, dialogue)
        finally:
            webhooks.draining = True
            await shell.stop()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _booking(settings: Settings, yclients: Transport, clock: Clock, book: Book | None) -> YClientsBooking:
    lane = Lane(per_second=settings.yclients_per_second, per_minute=settings.yclients_per_minute)
    client = YClientsClient(
        yclients,
        Turnstile(lane, clock, book),
        settings.yclients_partner_token,
        settings.yclients_user_token,
    )
    return YClientsBooking(
        client,
        clock,
        settings.yclients_company_id,
        zone=ZoneInfo(settings.timezone) if settings.timezone else None,
        on_refused=settings.on_soft_cancel_refused,
        freed_window=settings.freed_window,
    )


async def _opened(settings: Settings, writer: Writer | None, ids: Ids, clock: Clock) -> SqliteStore:
    if writer is None:
        return await SqliteStore.open(settings.database_url, ids=ids, now=clock.now())
    return await SqliteStore.over(writer, ids=ids, now=clock.now())


def _notifier(
    settings: Settings, messenger: WhatsAppMessenger, store: SqliteStore, links: LateLinks, clock: Clock
) -> SalonNotifier:
    company, template = settings.yclients_company_id, settings.notify_whatsapp_template
    own_number = OwnNumber(
        messenger,
        clock,
        settings.whatsapp_phone_number_id,
        store.heard_since,
        (template, settings.notify_whatsapp_template_language) if template else None,
    )
    by_id = settings.addresses.by_id(settings.whatsapp_app_secret.get_secret_value(), company)
    return SalonNotifier(by_id, clock, company, own_number, links.link)


def _webhooks(
    settings: Settings, shell: Shell, store: SqliteStore, clock: Clock, metrics: Metrics, pages: LatePages
) -> Webhooks:
    hint_secret = settings.yclients_webhook_secret
    return Webhooks(
        receive=shell.receive,
        ready=lambda: store.ping(clock.now()),
        now=clock.now,
        opt_out=opt_out,
        app_secret=settings.whatsapp_app_secret.get_secret_value(),
        verify_token=settings.whatsapp_verify_token.get_secret_value(),
        phone_number_id=settings.whatsapp_phone_number_id,
        yclients_secret=hint_secret.get_secret_value() if hint_secret else None,
        metrics=metrics,
        pages=pages.routes(),
    )


def _salon_of_pages(policies: Policies, catalogue: texts.Texts) -> late_page.Salon:
    salon = policies.salon()
    return late_page.Salon(
        salon.zone, lambda code: salon.title_of(code) or catalogue.words(f"notice.because.{code}")
    )


def _ensure_told_apart(settings: Settings, catalogue: texts.Texts) -> None:
    """Refuse a title of the salon's that reads like a button of ours, or like another reason.

    Raises:
        ConfigurationInvalid: one does.
    """
    options = {
        key: text.words[catalogue.language]
        for key, text in catalogue.texts.items()
        if key.startswith("option.")
    }
    plain = {words.casefold() for key, words in options.items() if not key.startswith("option.because")}
    shown: list[str] = []
    for offered in settings.offered_reasons:
        title = offered.title or options[f"option.because_{offered.code}"]
        if offered.title and title.casefold() in plain:
            raise ConfigurationInvalid(
                (f"OTMENA_REASONS: «{title}» is a button already; choose other words",)
            )
        if title.casefold() in shown:
            raise ConfigurationInvalid((f"OTMENA_REASONS: has «{title}» for two reasons",))
        shown.append(title.casefold())


def _warm_up(dialogue: Dialogue, catalogue: texts.Texts, clock: Clock) -> None:
    """Load dictionary and calendar words now, so that the first client does not wait for them."""
    record = Record(record_id=1, phone="+79000000001", services=("",), master="", starts_at=clock.now())
    catalogue.render([Say(text="cancel.confirm", args={"record": record})], question=1, pending=None)
    dialogue.understanding.understand("отмените запись на завтра", "idle", Surroundings(clock.now()))


async def serve(settings: Settings) -> None:
    """Run the webhook server until SIGTERM or SIGINT, then drain."""
    async with (
        new_session() as session,
        composed(
            settings,
            yclients=HttpTransport(session, settings.yclients_base_url),
            whatsapp=HttpTransport(session, settings.whatsapp_base_url),
            book=FileBook(lane_file(settings, settings), SystemClock(), boot_id()),
        ) as otmena,
        taking_orders(otmena.store.take_orders, otmena.shell.set_in_motion, SystemClock()),
        listening(otmena.webhooks.application(), settings.host, settings.port) as port,
    ):
        _settle()
        log.info("server.listening", host=settings.host, port=port)
        _warn_of_late_policy(settings)
        await asked_to_stop()
        log.info("server.draining")
        otmena.webhooks.draining = True


def _settle() -> None:
    """Tell the interpreter what a server is: what is loaded by now stays, and two threads take turns."""
    # The dictionary and the tables are no garbage: no collection walks through them again. The little garbage
    # among them is not worth the walk.
    gc.freeze()
    # Nor is what a few dozen requests hold while they wait for one commit, which is thousands of objects.
    gc.set_threshold(COLLECTED_AFTER)
    # The store's thread gives the interpreter back at each statement, and asks for it again: at Python's own
    # 5 ms a commit waits longer for the loop than for the disk.
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def _warn_of_late_policy(settings: Settings) -> None:
    if settings.late_policy != "allow" and not settings.late_hours:
        log.warning(
            "late_policy.without_effect",
            policy=settings.late_policy,
            remedy="set OTMENA_LATE_HOURS; with 0 no cancel is ever late",
        )
    if settings.late_hours and settings.late_policy == "request" and not settings.hears:
        log.warning(
            "late_requests.nobody_is_told",
            remedy="set OTMENA_NOTIFY_ADMIN; until then late cancels are refused, and clients asked to call",
        )


def whole(flows: str | None) -> "RehearseWhole":
    """Return what opens whole salons, with the flows of a module or (None) ours."""
    from adapters.rehearsal import rehearse

    return partial(rehearse, partial(composed, flows=flows, ensure_sound=False))


def command(name: str) -> "click.Command":
    """Return one command of the contract, composed; nothing is imported for any other."""
    match name:
        case "serve":
            from adapters.cli import serving

            return serving.command(serve)
        case "demo":
            from adapters.cli import demo

            return demo.command(demo_parts())
        case "chat":
            from adapters.cli import chat

            return chat.command(composed, _rehearse())
        case "check":
            from adapters.cli import check

            return check.command(subject)
        case "test":
            from adapters.cli import painting, testing

            return testing.command(_rehearse(), dialogue_and_texts, painting.painter(dialogue_and_texts))
        case "census":
            from adapters.cli import census

            return census.command(dialogue_and_texts)
        case "replay":
            from adapters.cli import replay

            return replay.command(dialogue_and_texts, _rehearse())
        case "diagram":
            from adapters.cli import diagram

            return diagram.command(dialogue_and_texts, registry.FRAGMENTS)
        case "prove":
            from adapters.cli import prove

            return prove.command(dialogue_of, whole)
        case "understand":
            from adapters.cli import understand

            return understand.command()
        case "sim":
            from adapters.cli import sim

            return sim.group()
        case "stats":
            from adapters.cli import stats

            return stats.command()
        case "dead":
            from adapters.cli import dead

            return dead.group()
        case "backup":
            from adapters.cli import backup

            return backup.command()
    raise LookupError(name)


def demo_parts() -> "DemoParts":
    """Return what the demo's page stands on."""
    from adapters.box.process import Program
    from adapters.cli.demo import Parts
    from adapters.transcripts import made_to_hold

    program = Program((sys.executable, "-c", "import main; main.staged()"), Path(__file__).parent)
    return Parts(program, dialogue_and_texts, partial(made_to_hold, rehearse=_rehearse()))


def staged() -> None:
    """Run our server as the demo's box has it: told the time, and telling each turn (see `adapters.box`)."""
    from adapters.box.staged import run_staged

    run_staged(composed, dialogue_and_texts()[0])


def _rehearse() -> "Rehearse":
    from adapters.rehearsal import opened

    return partial(opened, composed, core_of)


def commands() -> "click.Group":
    """Return the `otmena` command, composed."""
    from adapters.cli.commands import command_line

    return command_line(command)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the `otmena` command."""
    from adapters.cli.calm import calmly

    # Each command is calm by itself; this is for the words of click, such as --help.
    calmly(lambda: commands()(args=arguments))()
