"""The rehearsal: a scene on the real runtime, with both simulators, that can be killed anywhere."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import apsw

from adapters.rehearsal.assistant import LOOPBACK, Assistant, Parties
from adapters.rehearsal.bare.scene import keys_of, nothing_to_decide, noticed_of
from adapters.rehearsal.killing import Points
from adapters.simulated import SimulatedTransport, Simulator, application
from adapters.storage import deliveries, notices, timers, turns
from adapters.transport import HttpTransport, Transport, new_session
from adapters.virtual import NeverRests, VirtualLoop
from adapters.web.listening import listening
from adapters.whatsapp.simulator import WhatsAppNetwork, parse_quirk
from adapters.yclients.simulator import JournalRow
from engine.booking import Call, Command
from engine.codec import load
from engine.events import Event, LateDecided
from engine.ports import OutgoingCall, OutgoingMessage
from engine.runtime import Decided
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, Thing, option
from engine.session import IDLE, Chat, Session

# A transcript need not name a master, and a journal always has one.
SOMEBODY = "Ольга"
# What the salon had noted down itself: a write that loses it is seen in the journal.
NOTE = "Просила напомнить"
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


@dataclass(slots=True)
class Rehearsal:
    """A `Scene` (see there), and where it can be killed."""

    parties: Parties
    # Closes everything but the assistant.
    stack: AsyncExitStack
    watched: Callable[[Decided], None] | None = None
    points: Points = field(default_factory=Points)
    _records: list[int] = field(default_factory=list)
    # By the key of each call.
    _left: dict[str, Left] = field(default_factory=dict)
    _noticed: list[Noticed] = field(default_factory=list)
    # Which keys a rendered message was made of, by its words.
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _network: WhatsAppNetwork | None = None
    _assistant: Assistant | None = None

    # ── opening and closing ───────────────────────────────────────────────────────────────────────────

    async def open(self) -> None:
        salon, phones, now = self.parties.salon, self.parties.phones, self.parties.clock.now
        self._assistant = assistant = Assistant(
            self.parties,
            yclients=await self._reached(salon, _YCLIENTS_BASE),
            whatsapp=await self._reached(phones, _WHATSAPP_BASE),
            watched=self._watch,
            points=self.points,
            left_behind=self._look_behind,
        )
        await assistant.boot()
        url = f"http://{LOOPBACK}:{assistant.port}/webhooks/whatsapp"
        carrier = None if self.parties.over_http else assistant.by_hand
        self._network = WhatsAppNetwork(phones, url, now=now, carrier=carrier)
        await self._network.start()
        self.stack.push_async_callback(self._network.stop)
        await self.settles()

    async def close(self) -> None:
        await self.assistant.kill()

    async def _reached(self, simulator: Simulator, base: str) -> Transport:
        now = self.parties.clock.now
        if not self.parties.over_http:
            return SimulatedTransport(simulator, now, base)
        app = application(simulator, now)
        port = await self.stack.enter_async_context(listening(app, LOOPBACK, 0, patience_s=0.1))
        session = await self.stack.enter_async_context(new_session())
        return HttpTransport(session, f"http://{LOOPBACK}:{port}{base}")

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
            length_s=booked.length_s,
            cost=booked.cost,
            comment=NOTE,
        )
        if booked.name:
            self.parties.phones.introduce(booked.phone, name=booked.name)
        self._records.append(record_id)
        return len(self._records)

    def edits(self, record: int, edited: Edited) -> None:
        self._lands()
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

    def limits(self, service: str, masters: Sequence[str]) -> None:
        self.parties.salon.salon.only_do(service, *masters)

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

    async def decides(self, record: int, *, granted: bool) -> None:
        record_id = self._record_id(record)
        rows = self.connection.execute("SELECT chat_id, chat FROM chat") if self.connection else ()
        for chat_id, stored in [row for row in rows if row[1]]:
            for late in Chat.model_validate_json(stored).late_requests:
                if late.record.record_id == record_id:
                    event = LateDecided(request=late.request, granted=granted)
                    await self._decided(chat_id, f"late:{late.request}", event)
                    return
        raise nothing_to_decide(record)

    async def _decided(self, chat_id: int, name: str, event: Event) -> None:
        try:
            async with asyncio.timeout(SETTLES_WITHIN.total_seconds()):
                await self.assistant.hears(chat_id, name, event)
        except TimeoutError:
            raise NeverRests("never comes to rest: what the salon decided is not stored") from None

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

    def dies_in(self, points: int, *, power: bool = False) -> None:
        self.points.kill_in, self.points.power = points, power

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────

    async def settles(self) -> None:
        until = self.parties.clock.now() + SETTLES_WITHIN
        looks, look_s = 0, LOOK_FIRST_S
        # Twice in a row: what is on its way from one place to the next can be missed by one look.
        while looks < 2 and self.parties.clock.now() < until:
            await asyncio.sleep(look_s)
            await self.assistant.rise()
            looks = looks + 1 if self._is_at_rest() else 0
            look_s = LOOK_FIRST_S if looks else min(LOOK_MOST_S, look_s * 1.5)
        self._lands()

    def _lands(self) -> None:
        """What YClients is to carry out by now it has, whether or not anybody asks it anything."""
        self.parties.salon.settle(self.now())

    async def passes(self, time: timedelta, *, settling: bool = True) -> None:
        until = self.parties.clock.now() + time
        while (left := until - self.parties.clock.now()) > timedelta(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, WATCHED_FOR).total_seconds()):
                    await self.points.dead.wait()
            await self.assistant.rise()
            self._leap(until)
        self._lands()
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
        self.points.kill()
        await self.assistant.rise()
        if settling:
            await self.settles()

    async def upgrades(self, *, settling: bool = True) -> None:
        await self.assistant.upgrade()
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
            (composed := self.assistant.composed) is None
            or self._network.busy
            or composed.shell.busy
            or ((telling := composed.shell.notices) is not None and telling.busy)
            or self.connection is None
            or turns.chats_with_work(self.connection)
        )

    def _sends_due(self) -> tuple[datetime, ...]:
        """When the next thing of each side is to be brought to the other."""
        assert self.connection is not None
        now = self.parties.clock.now()
        moments = (
            self.parties.phones.next_due(now),
            deliveries.next_due(self.connection, now, frozenset()),
            notices.next_due(self.connection, frozenset()) if self.parties.settings.addresses else None,
        )
        return tuple(due for due in moments if due is not None)

    def _due(self) -> tuple[datetime, ...]:
        """When something happens by itself next: a send, or a time-out."""
        assert self.connection is not None
        timer = timers.next_timer(self.connection)
        return (*self._sends_due(), *((timer,) if timer is not None else ()))

    # ── what can be seen ──────────────────────────────────────────────────────────────────────────────

    @property
    def assistant(self) -> Assistant:
        assert self._assistant is not None, "it is there once the rehearsal is open"
        return self._assistant

    @property
    def kills(self) -> int:
        """How often the assistant was killed."""
        return self.assistant.kills

    @property
    def connection(self) -> apsw.Connection | None:
        """The assistant's database, while it lives; for looking at."""
        return self.assistant.connection

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
        return tuple(self._left.values())

    def notices(self) -> Sequence[Noticed]:
        return tuple(self._noticed)

    def journal(self, record: int) -> Standing:
        self._lands()
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
        self._noticed += noticed_of(decided)
        for outgoing in decided.turn.outgoing:
            match outgoing:
                case OutgoingMessage(bubble=bubble):
                    self._keys[_words(bubble.text)] = keys
                case OutgoingCall(key=key, call=Command() as command):
                    self._leaves(key, command)
        if self.watched is not None:
            self.watched(decided)

    def _leaves(self, key: str, command: Command) -> None:
        self._left[key] = Left(type(command).__name__, self.number_of(command.record.record_id))

    def _look_behind(self, connection: apsw.Connection) -> None:
        """Find the commands of a turn that it committed and died over before anybody saw it taken."""
        calls = "SELECT key, payload FROM outbox WHERE kind = 'call' ORDER BY outbox_id"
        for key, payload in connection.execute(calls):
            call = load(Call, payload)
            if key not in self._left and isinstance(call, Command):
                self._leaves(key, call)

    def _keys_of(self, text: str) -> tuple[str, ...]:
        return self._keys.get(_words(text), ())

    def number_of(self, record_id: int) -> int:
        """Return how a transcript counts the record with this id; 0: it was not booked here."""
        return self._records.index(record_id) + 1 if record_id in self._records else 0

    def _record_id(self, number: int) -> int:
        if not 1 <= number <= len(self._records):
            raise LookupError(f"there is no record {number}; {len(self._records)} were booked")
        return self._records[number - 1]

    def _local(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else self.parties.salon.salon.local(moment)


def _words(text: str) -> str:
    return " ".join(text.split())
