"""The rehearsal: a scene on the real runtime, with both simulators, that can be killed anywhere."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import apsw

from adapters.rehearsal.bare.scene import keys_of
from adapters.rehearsal.killing import Lives, MortalStore, MortalTransport, MortalWriter, Points
from adapters.settings import Settings
from adapters.simulated import SimulatedTransport, Simulator, application
from adapters.stage.stage import Composed
from adapters.storage import deliveries, timers, turns
from adapters.storage.writer import Writer
from adapters.transport import HttpTransport, Transport, new_session
from adapters.virtual import LoopClock, VirtualLoop
from adapters.web.listening import listening
from adapters.whatsapp.simulator import Post, WhatsAppNetwork, WhatsAppSimulator, parse_quirk
from adapters.whatsapp.simulator.network import Carry
from adapters.yclients.simulator import JournalRow, YClientsSimulator
from engine.booking import Command
from engine.ports import Chance, Clock, Ids, OutgoingCall, OutgoingMessage
from engine.runtime import Decided
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, Thing, option
from engine.session import IDLE, Session

LOOPBACK = "127.0.0.1"
# A transcript need not name a master, and a journal always has one.
SOMEBODY = "Ольга"
# What is due later than this is waited for by nobody who only wants an answer.
SOON = timedelta(seconds=31)
# Beyond this a salon that does not come to rest is looked at as it is.
SETTLES_WITHIN = timedelta(minutes=10)
LOOK_FIRST_S, LOOK_MOST_S = 0.01, 0.25
# In long waits the assistant looks in vain once a minute. It is watched doing so for a while; then, where
# nothing is due, time leaps to shortly before the next thing that is, and the watching begins anew.
WATCHED_FOR = timedelta(minutes=10)
LANDS_BEFORE = timedelta(minutes=3)
_YCLIENTS_BASE, _WHATSAPP_BASE = "/api/v1", "/v26.0"


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


class _CountingIds:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id{next(self._numbers)}"


@dataclass(slots=True)
class Rehearsal:
    """A `Scene` (see there), and where it can be killed."""

    parties: Parties
    # Closes everything but the assistant.
    stack: AsyncExitStack
    watched: Callable[[Decided], None] | None = None
    points: Points = field(default_factory=Points)
    # How often the assistant was killed.
    kills: int = 0
    _store: MortalStore = field(default_factory=MortalStore)
    _ids: _CountingIds = field(default_factory=_CountingIds)
    _records: list[int] = field(default_factory=list)
    _left: list[Left] = field(default_factory=list)
    # Which keys a rendered message was made of, by its words.
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _yclients: Transport | None = None
    _whatsapp: Transport | None = None
    _port: int = 0
    _network: WhatsAppNetwork | None = None
    _lives: Lives | None = None
    _assistant: Composed | None = None
    _alive: AsyncExitStack | None = None

    # ── opening and closing ───────────────────────────────────────────────────────────────────────────

    async def open(self) -> None:
        self._lives = Lives(asyncio.get_running_loop())
        salon, phones, now = self.parties.salon, self.parties.phones, self.parties.clock.now
        self._yclients = await self._reached(salon, _YCLIENTS_BASE)
        self._whatsapp = await self._reached(phones, _WHATSAPP_BASE)
        await self._boot()
        url = f"http://{LOOPBACK}:{self._port}/webhooks/whatsapp"
        carrier = None if self.parties.over_http else self._by_hand
        self._network = WhatsAppNetwork(phones, url, now=now, carrier=carrier)
        await self._network.start()
        self.stack.push_async_callback(self._network.stop)
        await self.settles()

    async def close(self) -> None:
        await self._kill()

    async def _reached(self, simulator: Simulator, base: str) -> Transport:
        now = self.parties.clock.now
        if not self.parties.over_http:
            return SimulatedTransport(simulator, now, base)
        app = application(simulator, now)
        port = await self.stack.enter_async_context(listening(app, LOOPBACK, 0, patience_s=0.1))
        session = await self.stack.enter_async_context(new_session())
        return HttpTransport(session, f"http://{LOOPBACK}:{port}{base}")

    # ── the assistant's lives ─────────────────────────────────────────────────────────────────────────

    async def _boot(self) -> None:
        """Start the assistant, as often as it dies while it starts."""
        assert self._lives is not None
        while True:
            self.points.dead.clear()
            self._lives.begin()
            self._alive = AsyncExitStack()
            birth = self._lives.within(self._born(self._alive))
            death = asyncio.create_task(self.points.dead.wait())
            await asyncio.wait((birth, death), return_when=asyncio.FIRST_COMPLETED)
            death.cancel()
            if birth.done() and not birth.cancelled():
                self._assistant = birth.result()
                return
            await self._kill()

    async def _born(self, alive: AsyncExitStack) -> Composed:
        assert self._yclients is not None
        assert self._whatsapp is not None
        assistant = await alive.enter_async_context(
            self.parties.compose(
                self.parties.settings,
                yclients=MortalTransport(self._yclients, "yclients", self.points),
                whatsapp=MortalTransport(self._whatsapp, "whatsapp", self.points),
                clock=self.parties.clock,
                ids=self._ids,
                chance=self.parties.chance,
                watched=self._watch,
                writer=MortalWriter(self._store, self.points),
            )
        )
        if self.parties.over_http:
            served = listening(assistant.webhooks.application(), LOOPBACK, self._port, patience_s=0.1)
            self._port = await alive.enter_async_context(served)
        return assistant

    async def _kill(self) -> None:
        assert self._lives is not None
        assert self._alive is not None
        self.points.dead.set()
        # First of all, so that nothing is brought to it any more.
        self._assistant = None
        self._store.keep()
        await self._lives.end()
        # What a dead process held open is closed without its doing anything more.
        with suppress(Exception):
            await self._alive.aclose()
        self.kills += 1

    async def _rise(self) -> None:
        """Start the assistant anew, if it has died."""
        if self.points.dead.is_set():
            await self._kill()
            await self._boot()

    @asynccontextmanager
    async def _by_hand(self) -> AsyncIterator[Carry]:
        yield self._carry

    async def _carry(self, url: str, post: Post) -> int | None:
        """Bring a POST to the assistant without a socket; a dead one gives no answer."""
        if self._assistant is None or self._lives is None:
            return None
        signature = post.headers.get("X-Hub-Signature-256")
        taking = self._lives.within(self._assistant.webhooks.accept(post.body, signature))
        await asyncio.wait([taking])
        return None if taking.cancelled() or taking.exception() else taking.result()[0]

    # ── what the client and the salon do ──────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        return self.parties.salon.salon.local(self.parties.clock.now())

    def books(self, booked: Booked) -> int:
        record_id = self.parties.salon.add_record(
            booked.phone,
            booked.service.split(" + "),
            booked.master or SOMEBODY,
            booked.starts_at,
            self.now(),
            name=booked.name,
            created_at=self._local(booked.created_at),
            attendance=booked.attendance,
        )
        if booked.name:
            self.parties.phones.introduce(booked.phone, name=booked.name)
        self._records.append(record_id)
        return len(self._records)

    def edits(self, record: int, edited: Edited) -> None:
        self.parties.salon.edit_record(
            self._record_id(record),
            self.now(),
            starts_at=self._local(edited.starts_at),
            attendance=edited.attendance,
            master=edited.master,
            services=edited.service,
            deleted=edited.deleted,
            paid=edited.paid,
            locked=edited.locked,
        )

    def hides(self, phone: str) -> None:
        self.parties.phones.introduce(phone, mode="username")

    def writes(self, phone: str, text: str, *, late: timedelta = timedelta(0)) -> None:
        self.parties.phones.client_says(phone, text, self.now(), said_at=self.now() - late)

    def taps(self, phone: str, label: str) -> None:
        self.parties.phones.client_taps(phone, label, self.now())

    def sends(self, phone: str, thing: Thing, emoji: str = "") -> None:
        if thing == "reaction":
            self.parties.phones.client_reacts(phone, emoji, self.now())
        else:
            self.parties.phones.client_sends(phone, thing, self.now())

    def again(self) -> None:
        self.parties.phones.again(self.now())

    def yclients(self, quirk: str) -> None:
        if quirk == "ok":
            self.parties.salon.clear_quirks()
        else:
            self.parties.salon.quirk(quirk)

    def whatsapp(self, quirk: str) -> None:
        if quirk == "ok":
            self.parties.phones.clear_quirks()
        else:
            self.parties.phones.quirk(*parse_quirk(quirk))

    def dies_in(self, points: int) -> None:
        self.points.kill_in = points

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────

    async def settles(self) -> None:
        until = self.parties.clock.now() + SETTLES_WITHIN
        looks, look_s = 0, LOOK_FIRST_S
        # Twice in a row: what is on its way from one place to the next can be missed by one look.
        while looks < 2 and self.parties.clock.now() < until:
            await asyncio.sleep(look_s)
            await self._rise()
            looks = looks + 1 if self._is_at_rest() else 0
            look_s = LOOK_FIRST_S if looks else min(LOOK_MOST_S, look_s * 1.5)

    async def passes(self, time: timedelta, *, settling: bool = True) -> None:
        until = self.parties.clock.now() + time
        while (left := until - self.parties.clock.now()) > timedelta(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, WATCHED_FOR).total_seconds()):
                    await self.points.dead.wait()
            await self._rise()
            self._leap(until)
        if settling:
            await self.settles()

    def _leap(self, until: datetime) -> None:
        """Leave out the time in which nothing would happen but looks in vain."""
        loop = asyncio.get_running_loop()
        # The looks of one who is about to die count.
        if self.points.kill_in is not None or not self._is_idle() or not isinstance(loop, VirtualLoop):
            return
        free = min((until, *self._due())) - LANDS_BEFORE - self.parties.clock.now()
        if free > timedelta(0):
            loop.leap(free)

    async def restarts(self, *, settling: bool = True) -> None:
        self.points.dead.set()
        await self._rise()
        if settling:
            await self.settles()

    async def upgrades(self, *, settling: bool = True) -> None:
        await self._kill()
        connection = self._store.connect()
        connection.execute(
            """
            UPDATE chat SET session = json_set(session, '$.state', 'gone.' || (session ->> '$.state'))
            WHERE session ->> '$.state' <> ?
            """,
            (IDLE,),
        )
        self._store.keep()
        await self._boot()
        if settling:
            await self.settles()

    def _is_at_rest(self) -> bool:
        now = self.parties.clock.now()
        return (
            self._is_idle()
            and all(due > now + SOON for due in self._sends_due())
            and all(due > now for due in self._due())
        )

    def _is_idle(self) -> bool:
        """Whether nothing is under way this moment."""
        assert self._network is not None
        return not (
            self._assistant is None
            or self._network.busy
            or self._assistant.shell.busy
            or self.connection is None
            or turns.chats_with_work(self.connection)
        )

    def _sends_due(self) -> tuple[datetime, ...]:
        """When the next thing of each side is to be brought to the other."""
        assert self.connection is not None
        now = self.parties.clock.now()
        moments = (self.parties.phones.next_due(now), deliveries.next_due(self.connection, now, frozenset()))
        return tuple(due for due in moments if due is not None)

    def _due(self) -> tuple[datetime, ...]:
        """When something happens by itself next: a send, or a time-out."""
        assert self.connection is not None
        timer = timers.next_timer(self.connection)
        return (*self._sends_due(), *((timer,) if timer is not None else ()))

    # ── what can be seen ──────────────────────────────────────────────────────────────────────────────

    @property
    def connection(self) -> apsw.Connection | None:
        """The assistant's database, while it lives; for looking at."""
        return self._store.connection

    def messages(self, phone: str) -> Sequence[Message]:
        return tuple(
            Message(
                bubble.text,
                tuple(option(shown.title, shown.description) for shown in bubble.options),
                self._keys_of(bubble.text),
            )
            for bubble in self.parties.phones.phone(phone)
            if bubble.direction == "out" and bubble.status != "failed"
        )

    def commands(self) -> Sequence[Left]:
        return tuple(self._left)

    def notices(self) -> Sequence[Noticed]:
        # No notice leaves yet: whoever names one in a transcript is told so by its failing.
        return ()

    def journal(self, record: int) -> Standing:
        row: JournalRow = self.parties.salon.record(self._record_id(record))
        return Standing(row.attendance, row.starts_at.replace(tzinfo=None), row.deleted)

    async def state(self, phone: str) -> str:
        stored = (
            self.connection.execute("SELECT session FROM chat WHERE phone = ?", (phone,)).fetchone()
            if self.connection is not None
            else None
        )
        return Session.model_validate_json(stored[0]).state if stored and stored[0] else IDLE

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self, decided: Decided) -> None:
        keys = keys_of(decided)
        for outgoing in decided.turn.outgoing:
            match outgoing:
                case OutgoingMessage(bubble=bubble):
                    self._keys[_words(bubble.text)] = keys
                case OutgoingCall(call=Command() as command):
                    self._left.append(Left(type(command).__name__, self._number(command.record.record_id)))
        if self.watched is not None:
            self.watched(decided)

    def _keys_of(self, text: str) -> tuple[str, ...]:
        return self._keys.get(_words(text), ())

    def _number(self, record_id: int) -> int:
        return self._records.index(record_id) + 1 if record_id in self._records else 0

    def _record_id(self, number: int) -> int:
        if not 1 <= number <= len(self._records):
            raise LookupError(f"there is no record {number}; {len(self._records)} were booked")
        return self._records[number - 1]

    def _local(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else self.parties.salon.salon.local(moment)


def _words(text: str) -> str:
    return " ".join(text.split())
