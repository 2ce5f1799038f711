"""One visitor's salon: journal, phones and clock here, and our server in a process behind them."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.box import people
from adapters.box.clock import MovableClock
from adapters.box.courier import Courier
from adapters.box.doors import WhatsAppDoor, YClientsDoor
from adapters.box.edits import change, hint
from adapters.box.faults import switch_on, written
from adapters.box.frames import Fault, Frame, ServerState, Side, Stance
from adapters.box.moments import Moment, Moments, packed, unpacked
from adapters.box.process import Program
from adapters.box.server import LOOPBACK, Server
from adapters.box.settings import APP_SECRET, LATE_HOURS, PHONE_NUMBER_ID, settings
from adapters.box.staged import stored
from adapters.box.timeline import Timeline
from adapters.box.trace import Staging, Taken
from adapters.clock import RandomIds
from adapters.simulated import Simulator, application
from adapters.stage import PERSONAS, Persona
from adapters.stage.people import HIDDEN, lively_salon
from adapters.stage.recorder import Recorder
from adapters.web.listening import listening
from adapters.whatsapp.simulator import Bubble, WhatsAppNetwork, WhatsAppSimulator
from adapters.whatsapp.simulator.people import digits_of
from adapters.yclients.simulator import YClientsSimulator
from engine.dialogue import Dialogue
from engine.script.scene import Edited

ZONE = ZoneInfo("Europe/Moscow")
# When the salon's day begins for whoever comes: morning enough for all that is booked today.
BEGINS_AT = time(11)
# A server that cannot start is not started over and over without a breath.
BREATH_S = 0.5
# How far a record may be moved, in both directions.
BOOKED_WITHIN = timedelta(days=365)
# The clock goes on by at most so much altogether.
AHEAD_MAX = timedelta(days=60)


class UnknownMoment(LookupError):
    """There is no way back to this entry."""


class Box:
    """See the module. What a visitor does arrives at once; what comes of it is seen by `watching`."""

    def __init__(
        self,
        program: Program,
        dialogue: Dialogue,
        folder: Path,
        *,
        words: str | None = None,
        verbose: bool = False,
    ) -> None:
        """`folder`: for databases; the caller removes it. `words`: the salon's own, as TOML."""
        self._folder, self._words, self._verbose = folder, words, verbose
        self._rows = dialogue.rows()
        self._flow_of = {state.name: flow.name for flow in dialogue.flows for state in flow.states}
        self._first_flow = dialogue.flows[0].name
        self.clock = MovableClock()
        self.timeline = Timeline()
        self._key, self._worlds = RandomIds().new(), 0
        self._moments = Moments()
        self._courier = Courier(self._note, self._revise, self.clock)
        self._parts = AsyncExitStack()
        self._watchers: set[asyncio.Event] = set()
        # When the last who watched looked away.
        self.left_at = self.clock.monotonic()
        self._changing = asyncio.Lock()
        self._errands: set[asyncio.Task[None]] = set()
        self._server = Server(program, self.clock, listens=self._listens, taken=self._taken, died=self._died)
        self._closing = False

    # ── opening and closing ──

    async def open(self) -> None:
        await self._courier.open()
        self._parts.push_async_callback(self._courier.close)
        self._yclients_port = await self._reached(
            YClientsDoor(self._server.drain, lambda: self.salon, self._note)
        )
        self._whatsapp_port = await self._reached(
            WhatsAppDoor(self._server.drain, lambda: self.phones, self._note)
        )
        await self._begin()

    async def close(self) -> None:
        self._closing = True
        async with self._changing:
            await self._leave()
            await self._parts.aclose()
        self.wake()

    async def start_over(self) -> None:
        """Begin with a fresh salon, at its hour of the day."""
        async with self._changing:
            await self._leave()
            await self._begin()

    async def _reached(self, door: Simulator) -> int:
        app = application(door, self.clock.now)
        return await self._parts.enter_async_context(listening(app, LOOPBACK, 0, patience_s=0.1))

    async def _begin(self) -> None:
        now = self._beginning()
        self.clock.show(now)
        salon = lively_salon(now)
        phones = people.phones(PHONE_NUMBER_ID, APP_SECRET)
        self.timeline, self._moments = Timeline(), Moments()
        self._stances: dict[str, Stance] = {}
        self._whose: dict[int, str] = {}
        self._recorder = Recorder(
            began=now,
            title="",
            persona_phone=PERSONAS["one"].phone,
            booked=salon.journal(),
            settings={"LATE_HOURS": str(LATE_HOURS)},
            hidden=HIDDEN,
        )
        await self._stage(salon, phones)
        self._note("start")
        self._keep_moment()
        self._start_server()

    def _beginning(self) -> datetime:
        today = self.clock.machine.now().astimezone(ZONE).date()
        return datetime.combine(today, BEGINS_AT, ZONE).astimezone(UTC)

    async def _stage(self, salon: YClientsSimulator, phones: WhatsAppSimulator) -> None:
        """Put journal and phones on stage, with a database of their own."""
        self._worlds += 1
        self.salon, self.phones = salon, phones
        phones.webhook_url = None
        self._database = self._folder / f"world-{self._worlds}.db"
        self._unwatch = phones.watch(self.wake)
        self._network = WhatsAppNetwork(phones, now=self.clock.now, carrier=self._courier.carrier(phones))
        await self._network.start()

    async def _leave(self) -> None:
        """Take all that runs off the stage."""
        await self._kill_server()
        await self._network.stop()
        self._unwatch()
        for errand in tuple(self._errands):
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)

    # ── the server ──

    def _start_server(self) -> None:
        moments = self._folder / f"moments-{self._worlds}-{self.timeline.version}"
        moments.mkdir(exist_ok=True)
        self._server.start(
            Staging(
                settings=settings(self._database, self._words),
                yclients_url=f"http://{LOOPBACK}:{self._yclients_port}/api/v1",
                whatsapp_url=f"http://{LOOPBACK}:{self._whatsapp_port}/v26.0",
                ahead_s=self.clock.ahead.total_seconds(),
                zone=self.salon.salon.timezone_name,
                moments=str(moments),
                verbose=self._verbose,
            )
        )
        self.wake()

    def _listens(self) -> None:
        self._note("restart", phase="started", took_ms=self._server.took_ms())
        self._keep_moment()
        self.phones.webhook_url = f"{self._server.webhooks}/whatsapp"

    async def _kill_server(self) -> None:
        self.phones.webhook_url = None
        await self._server.kill()
        self.wake()

    async def restart(self) -> None:
        """Kill the server where it stands, and start it anew on what it had stored."""
        async with self._changing:
            await self._fall()
            self._start_server()

    async def _fall(self) -> None:
        await self._kill_server()
        self._recorder.restarted(self.clock.now())
        self._note("restart", phase="killed", took_ms=self._server.took_ms())

    def _died(self) -> None:
        self.phones.webhook_url = None
        self.wake()
        self._errand(self._revive())

    async def _revive(self) -> None:
        """Start it again after it has died by itself, unless somebody has meanwhile, or it is hopeless."""
        async with self._changing:
            if self._closing or self._server.state != "down":
                return
            await self._fall()
            await asyncio.sleep(BREATH_S)
            if not self._server.is_hopeless:
                self._start_server()

    def _taken(self, taken: Taken) -> None:
        whose = self._client_of(taken)
        now = self.clock.now()
        if taken.understood is not None:
            self._note("understood", whose, event=taken.event, **taken.understood.model_dump(mode="json"))
        flow = self._flow_of.get(taken.state_after)
        stance = self._stances.get(whose) or Stance(flow=self._first_flow)
        turn = len(self.timeline.entries) + 1
        self._stances[whose] = stance.after(
            taken.state_after,
            taken.event,
            taken.tried,
            turn,
            self._rows,
            flow or self._flow_of.get(taken.state_before),
        )
        tried = [{"row": row, "held": held} for row, held in taken.tried]
        self._note(
            "row", whose, event=taken.event, **{"from": taken.state_before}, to=taken.state_after, tried=tried
        )
        for command, record_id in taken.commands:
            self._recorder.commanded(now, command, record_id)
        for to, event in taken.notices:
            self._recorder.noticed(now, to, event)
        self._recorder.stands(f"+{whose}" if whose else None, taken.state_after, now)
        notices = [f"{to} {event}" for to, event in taken.notices]
        self._note(
            "commit",
            whose,
            state=taken.state_after,
            effects=list(taken.effects),
            facts=list(taken.facts),
            notices=notices,
        )
        left = Path(taken.moment)
        self._keep_moment(packed(left.read_bytes()))
        left.unlink()

    def _client_of(self, taken: Taken) -> str:
        """Return the digits of whoever the turn is about; WhatsApp may have hidden them from the server."""
        whose = self.phones.whose(taken.wamid) if taken.wamid else ""
        whose = whose or digits_of(taken.phone or "") or self._whose.get(taken.chat_id, "")
        if whose:
            self._whose[taken.chat_id] = whose
        return whose

    # ── what a visitor does ──

    def say(self, persona: Persona, text: str) -> None:
        self.phones.client_says(persona.phone, text, self.clock.now())
        self._spoken(persona, text, tapped=False)

    def tap(self, persona: Persona, bubble: Bubble, option_id: str) -> None:
        """Raises: LookupError: there is no such option on this message."""
        self.phones.client_taps(persona.phone, option_id, self.clock.now(), wamid=bubble.wamid)
        title = next(option.title for option in bubble.options if option.id == option_id)
        self._spoken(persona, title, tapped=True)

    def _spoken(self, persona: Persona, text: str, *, tapped: bool) -> None:
        self._note("client", digits_of(persona.phone), text=text, tapped=tapped)
        self._keep_moment()

    def minutes_left(self, at: datetime) -> int:
        """Return by how much the clock may still be set on."""
        return int((self._recorder.began + AHEAD_MAX - at).total_seconds() // 60)

    async def move_clock(self, by: timedelta) -> None:
        """Set the salon's clock on; whatever falls due meanwhile happens now.

        Raises:
            ValueError: that would be further than it goes.
        """
        async with self._changing:
            if self.clock.now() + by > self._recorder.began + AHEAD_MAX:
                raise ValueError(f"the clock goes on by {AHEAD_MAX.days} days at most")
            # Ours first: what the server does about it happens after it.
            self.clock.ahead += by
            self._server.set_clock(self.clock.ahead)
            self.salon.settle(self.clock.now())
            self.phones.time_passed(self.clock.now())
            self._note("clock", by_s=by.total_seconds())
            self._keep_moment()

    def fault(self, side: Side, fault: Fault) -> None:
        """Raises: ValueError: no such fault, or it cannot be tied to this operation."""
        switch_on(side, fault, self.salon, self.phones)
        self._recorder.troubled(self.clock.now(), side, written(side, fault))
        self._note("fault", side=side, name=fault.name, on=fault.on, times=fault.times, over=False)
        self._keep_moment()

    def clear_faults(self, side: Side, name: str = "", on: str | None = None) -> None:
        """End all faults of a side, or the one that is named. One that is not on is over already."""
        now, all_of_them = self.clock.now(), self._faults(side)
        ended = [fault for fault in all_of_them if not name or (fault.name, fault.on) == (name, on)]
        if name and not ended:
            return
        (self.salon if side == "yclients" else self.phones).clear_quirks()
        self._recorder.troubled(now, side, "ok")
        for fault in all_of_them:
            if fault not in ended:
                switch_on(side, fault, self.salon, self.phones)
                self._recorder.troubled(now, side, written(side, fault))
        self._note("fault", side=side, name=name, on=on, times=None, over=True)

    def edit(self, record_id: int, edited: Edited) -> None:
        """Change a record as the administrator does in the journal; the server is given a hint.

        Raises:
            LookupError: there is no such record, or no such master.
            ValueError: nobody books for so far a day.
        """
        before, now = self.salon.record(record_id), self.clock.now()
        zone = self.salon.salon.timezone
        starts_at = edited.starts_at.replace(tzinfo=zone) if edited.starts_at else None
        if starts_at is not None and abs(starts_at - now) > BOOKED_WITHIN:
            raise ValueError(f"a record stands within {BOOKED_WITHIN.days} days")
        if edited.master is not None and edited.master not in {
            person.master for person in people.PEOPLE if person.master
        }:
            raise LookupError(f"there is no master {edited.master!r}")
        self.salon.edit_record(
            record_id,
            now,
            starts_at=starts_at,
            attendance=edited.attendance,
            master=edited.master,
            deleted=edited.deleted,
        )
        self._recorder.edited(now, record_id, replace(edited, starts_at=starts_at))
        after = self.salon.record(record_id)
        self._note("salon", digits_of(after.phone), record_id=record_id, **change(before, after))
        self._keep_moment()
        self._errand(self._courier.hint(self._server.webhooks, hint(self.salon.company_id, after)))

    async def fork(self, n: int, side: Side = "yclients", fault: Fault | None = None) -> None:
        """Turn everything back to where entry n stood, and go on from there; what came after never was.

        Raises:
            UnknownMoment: there is no way back to there.
            ValueError: no such fault.
        """
        async with self._changing:
            moment = self._moments.before(n)
            if moment is None or n > len(self.timeline.entries):
                raise UnknownMoment(f"there is no way back to entry {n}")
            salon, phones = deepcopy(moment.salon), moment.phones.twin(moment.at)
            if fault is not None:
                # Instead of what was wrong on that side then.
                (salon if side == "yclients" else phones).clear_quirks()
                switch_on(side, fault, salon, phones)
            await self._leave()
            self.clock.show(moment.at)
            self._turn_back(moment)
            await self._stage(salon, phones)
            if moment.database:
                self._database.write_bytes(unpacked(moment.database))
            told = written(side, fault) if fault else ""
            if fault is not None:
                for quirk in ("ok", told):
                    self._recorder.troubled(self._before_the_last_words(), side, quirk)
            about: dict[str, Any] = {"from": n, "fault": told}
            self._note("fork", **about)
            self._keep_moment(moment.database)
            self._start_server()

    def _turn_back(self, moment: Moment) -> None:
        self.timeline.turn_back(moment.n)
        self._moments.turn_back(moment.n)
        self._stances, self._whose = dict(moment.stances), dict(moment.whose)
        self._recorder = deepcopy(moment.recorder)

    def _before_the_last_words(self) -> datetime:
        """Return a moment just before the client's last words, above which a fault of theirs is told."""
        screens = (self.screen(persona) for persona in PERSONAS.values())
        said = (bubble.at for screen in screens for bubble in screen if bubble.direction == "in")
        return max(said, default=self.clock.now()) - timedelta(milliseconds=1)

    # ── what can be seen ──

    @property
    def world(self) -> str:
        """Another value means another salon, another past or another box, also one of a later demo.

        Whatever was seen before is not to be mixed with it.
        """
        return f"{self._key}.{self._worlds}"

    @property
    def server(self) -> ServerState:
        return self._server.state

    @property
    def server_pid(self) -> int | None:
        return self._server.pid

    def screen(self, persona: Persona) -> tuple[Bubble, ...]:
        return self.phones.phone(persona.phone)

    def frame(self) -> Frame:
        now = self.clock.now()
        personas = [digits_of(persona.phone) for persona in PERSONAS.values()]
        staff = [digits_of(person.phone) for person in people.PEOPLE]
        return Frame(
            at=now,
            screens={phone: self.phones.phone(phone) for phone in (*personas, *staff)},
            typing=frozenset(phone for phone in personas if self.phones.typing(phone, now)),
            rows=self.salon.journal(),
            stances=dict(self._stances),
            server=self._server.state,
            faults={"yclients": self._faults("yclients"), "whatsapp": self._faults("whatsapp")},
        )

    def stance(self, frame: Frame, persona: Persona) -> Stance:
        return frame.stances.get(digits_of(persona.phone)) or Stance(flow=self._first_flow)

    def flow(self, stance: Stance) -> str:
        return self._flow_of.get(stance.state) or stance.flow

    def local(self, moment: datetime) -> datetime:
        """Return the moment by the salon's clock."""
        return self.salon.salon.local(moment)

    def can_fork(self, n: int) -> bool:
        return self._moments.before(n) is not None

    def transcript(self, title: str) -> str:
        """Return all that took place on this branch as the text of a transcript."""
        recorder = replace(self._recorder, title=title)
        screens = {persona.phone: self.phones.phone(persona.phone) for persona in PERSONAS.values()}
        return recorder.transcript(screens, self.salon)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set after every change, until left."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            yield changed
        finally:
            self._watchers.discard(changed)
            self.left_at = self.clock.monotonic()

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def wake(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    # ── inside ──

    def _note(self, kind: str, whose: str = "", **about: Any) -> int:
        entry = self.timeline.add(kind, whose, about, self.frame())
        self.wake()
        return entry.n

    def _revise(self, n: int, **about: Any) -> None:
        self.timeline.revise(n, **about)
        self.wake()

    def _keep_moment(self, database: bytes | None = None) -> None:
        """`database`: as it stands now, packed; None: to be read, unless nobody writes into it."""
        if database is None and self._server.state == "up":
            database = packed(stored(f"sqlite:///{self._database}"))
        last = self._moments.last
        database = database if database is not None else last.database if last else b""
        now = self.clock.now()
        self._moments.keep(
            Moment(
                n=len(self.timeline.entries),
                at=now,
                database=database,
                salon=deepcopy(self.salon),
                phones=self.phones.twin(now),
                stances=dict(self._stances),
                whose=dict(self._whose),
                recorder=deepcopy(self._recorder),
            )
        )

    def _faults(self, side: Side) -> tuple[Fault, ...]:
        if side == "yclients":
            return tuple(Fault(quirk.name, quirk.on, quirk.times) for quirk in self.salon.active_quirks)
        return tuple(Fault(name, None, times) for name, times in self.phones.quirks().items())

    def _errand(self, work: Coroutine[None, None, None]) -> None:
        errand = asyncio.get_running_loop().create_task(work)
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)
