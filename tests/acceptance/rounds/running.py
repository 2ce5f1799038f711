"""The rounds: let the server run for a moment under load, kill it somehow, start it again."""

import asyncio
import json
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import apsw

from tests.acceptance.nursery import Nursery
from tests.acceptance.rounds.clients import Book, Client
from tests.acceptance.rounds.errands import ERRANDS
from tests.acceptance.rounds.verdict import Judged, judge, unfinished
from tests.acceptance.rounds.watching import WatchedWhatsApp, WatchedYClients
from tests.acceptance.world import COMPANY, World, opened

# A start on a machine that does six other things.
READY_WITHIN_S = 180.0
# A write is tried for two minutes, and a send in doubt is held for half a minute.
REST_WITHIN_S = 240.0
OPEN_LANE = {"YCLIENTS_PER_SECOND": "500", "YCLIENTS_PER_MINUTE": "20000"}

FAULTS_OF_YCLIENTS = (
    "slow on search", "slow on cancel", "slow on slots", "stale-read on record",
    "shuffled-services on record", "500 on search", "500 on records", "429 on search",
    "timeout-before on records", "502-html on cancel", "500-but-done on cancel", "drop-but-done on cancel",
    "timeout-before on cancel",
    "timeout-but-done on cancel", "drop-before on move", "drop-but-done on move", "timeout-but-done on move",
)  # fmt: skip
FAULTS_OF_WHATSAPP = (
    "refuse-503", "accept-but-500", "accept-then-drop", "131000-but-sent", "drop", "131016", "no-status",
    "duplicate", "reorder", "batch", "escaped", "chaos", "status-first", "shuffled-status", "repeated-status",
    "skip-delivered",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    rounds: int
    seed: int
    clients: int = 99
    # Seconds between two errands of one client.
    rest_s: tuple[float, float] = (4, 20)
    # False: five calls a second, as YClients allows.
    lane_is_open: bool = True
    # How likely one of either side is in a round.
    faults: float = 0.35
    # Imports take most of a start; they need not be tried two hundred times.
    cold_share: float = 0.04
    # No round begins later than this.
    within_s: float = 3600


@dataclass(slots=True)
class Report:
    plan: Plan
    judged: Judged
    book: Book
    kinds: Counter[str]
    places: Counter[str]
    starts_s: list[float]
    cold_starts_s: list[float]
    took_s: float
    changed: Counter[str]
    calls: int
    sends: int
    worst_second: int
    refused_posts: int

    def as_text(self) -> str:
        n = self.kinds.total()
        rows = {
            "rounds": f"{n} in {self.took_s:.0f} s, {self.took_s / n:.1f} s each",
            "kills by kind": _counted(self.kinds),
            "under way at a kill": _counted(self.places),
            "start to ready, forked": _spread(self.starts_s),
            "start to ready, from nothing": _spread(self.cold_starts_s),
            "errands": f"{sum(self.book.errands.values())}: {_counted(self.book.errands)}",
            "messages of clients": str(len(self.book.said)),
            "messages to clients": str(self.sends),
            "calls to YClients": f"{self.calls}, at most {self.worst_second} in a second",
            "changes of the journal": _counted(self.changed),
            "deliveries that Meta had to repeat": str(self.refused_posts),
            "shown twice, the send cut by a kill": str(self.judged.cut),
            "shown twice, the send left in doubt by a fault": str(self.judged.in_doubt),
            "ends": _counted(Counter(dict(self.book.ends.most_common(24)))),
            "faults found": "\n  ".join(["", *self.judged.faults]) if self.judged.faults else "none",
            **({"their chats": "\n".join(["", *self.judged.chats])} if self.judged.chats else {}),
        }
        return "\n".join(f"{name}: {value}" for name, value in rows.items())


@dataclass(slots=True)
class Stage:
    """One run of rounds under way."""

    plan: Plan
    world: World
    yclients: WatchedYClients
    whatsapp: WatchedWhatsApp
    chance: Random
    nursery: Nursery
    cuts: list[datetime] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    starts_s: list[float] = field(default_factory=list)
    cold_starts_s: list[float] = field(default_factory=list)

    async def starts(self, *, cold: bool = False) -> None:
        began = time.monotonic()
        is_cold = self.launches(cold=cold)
        await self.world.is_ready(READY_WITHIN_S)
        (self.cold_starts_s if is_cold else self.starts_s).append(time.monotonic() - began)

    def launches(self, *, cold: bool = False) -> bool:
        """Start the server and wait for nothing; return whether it had to import itself."""
        if cold or self.chance.random() < self.plan.cold_share:
            self.world.launches()
            return True
        self.world.process = self.nursery.starts(self.world.environment, self.world.folder)
        return False

    def dies(self) -> None:
        now = datetime.now(UTC)
        self.cuts.append(now)
        places = {
            "a call": self.yclients.underway.at(now),
            "a send": self.whatsapp.underway.at(now),
            "a webhook": self.world.network.busy,
        }
        self.places.update([place for place, n in places.items() if n] or ["nothing"])
        self.world.dies()

    def errs(self) -> None:
        """One thing goes wrong in this round, or nothing."""
        if self.chance.random() < self.plan.faults:
            self.yclients.quirk(f"{self.chance.choice(FAULTS_OF_YCLIENTS)} × 1")
        if self.chance.random() < self.plan.faults:
            self.whatsapp.quirk(self.chance.choice(FAULTS_OF_WHATSAPP), times=1)

    async def runs_for(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self.chance.uniform(least_s, most_s))

    def signals(self, number: signal.Signals) -> None:
        assert self.world.process is not None
        self.world.process.send_signal(number)


# ── the ways to die ───────────────────────────────────────────────────────────────────────────────────


async def at_work(stage: Stage) -> None:
    await stage.starts()
    # A write that a kill has cut is read twice, three seconds apart, before it is told: some live longer.
    await stage.runs_for(*stage.chance.choice(((0.05, 1.5),) * 5 + ((4, 6),)))


async def at_its_start(stage: Stage) -> None:
    stage.launches()
    await stage.runs_for(0, 0.8)


async def while_it_drains(stage: Stage) -> None:
    await stage.starts()
    await stage.runs_for(0.05, 1)
    stage.signals(signal.SIGTERM)
    await stage.runs_for(0, 0.4)


async def twice_within_a_moment(stage: Stage) -> None:
    await stage.starts()
    await stage.runs_for(0.05, 1)
    stage.dies()
    stage.launches()
    await stage.runs_for(0, 0.1)


async def after_a_freeze(stage: Stage) -> None:
    """Its calls go on outside, and now and then end in time-outs."""
    await stage.starts()
    await stage.runs_for(0.2, 1)
    stage.cuts.append(datetime.now(UTC))
    stage.signals(signal.SIGSTOP)
    await stage.runs_for(*stage.chance.choice(((0.5, 3), (0.5, 3), (9, 13))))
    stage.signals(signal.SIGCONT)
    await stage.runs_for(0, 1)


async def while_statistics_are_read(stage: Stage) -> None:
    await stage.starts()
    command = [sys.executable, "-c", "import main; main.run()", "stats", "--format", "json"]
    reader = await asyncio.create_subprocess_exec(
        *command,
        env=stage.world.environment,
        cwd=stage.world.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    await stage.runs_for(0.3, 1.5)
    stage.dies()
    told, complaint = await reader.communicate()
    assert reader.returncode == 0, complaint.decode()
    assert "cancelled" in json.loads(told)
    stage.launches()
    await stage.runs_for(0, 0.5)


WAYS: Mapping[Callable[[Stage], Awaitable[None]], int] = {
    at_work: 70,
    at_its_start: 10,
    while_it_drains: 8,
    twice_within_a_moment: 5,
    after_a_freeze: 4,
    while_statistics_are_read: 3,
}


# ── a run ─────────────────────────────────────────────────────────────────────────────────────────────


async def play(folder: Path, plan: Plan, told: Callable[[str], None] = lambda line: None) -> Report:
    chance = Random(plan.seed)
    yclients = WatchedYClients(COMPANY, chance, limited=not plan.lane_is_open)
    whatsapp = WatchedWhatsApp(chance, yclients)
    phones = [f"+790000000{number:02d}" for number in range(1, plan.clients + 1)]
    async with opened(folder, yclients, whatsapp, phones) as world:
        if plan.lane_is_open:
            world.environment |= {f"OTMENA_{name}": value for name, value in OPEN_LANE.items()}
        nursery = await asyncio.to_thread(Nursery, world.environment)
        began = time.monotonic()
        stage = Stage(plan, world, yclients, whatsapp, chance, nursery)
        book, closing = Book(), asyncio.Event()
        clients = [
            Client(phone, f"Мастер {i}", yclients, whatsapp, Random(plan.seed * 1000 + i), book, plan.rest_s)
            for i, phone in enumerate(phones)
        ]
        async with asyncio.TaskGroup() as tasks:
            lives = [tasks.create_task(client.lives(closing, ERRANDS)) for client in clients]
            for number in range(plan.rounds):
                if time.monotonic() - began > plan.within_s:
                    break
                stage.errs()
                (way,) = chance.choices(list(WAYS), list(WAYS.values()))
                await way(stage)
                stage.dies()
                stage.kinds[way.__name__.replace("_", " ")] += 1
                told(f"round {number + 1}: {way.__name__}, {len(book.said)} messages")
            closing.set()
            await _rests(stage, lives)
        nursery.close()
        judged = judge(yclients, whatsapp, book, stage.cuts, folder / "otmena.db")
    if not plan.lane_is_open and yclients.worst_second() > 5:
        judged.faults.append(f"{yclients.worst_second()} calls came within a second")
    return Report(
        plan,
        judged,
        book,
        stage.kinds,
        stage.places,
        stage.starts_s,
        stage.cold_starts_s,
        time.monotonic() - began,
        Counter(changed.what for changed in yclients.changed),
        len(yclients.log),
        len(whatsapp.sent),
        yclients.worst_second(),
        whatsapp.ledger().refused_posts,
    )


async def _rests(stage: Stage, lives: list[asyncio.Task[None]]) -> None:
    """Let everything end without faults, then stop the server as an operator does."""
    stage.yclients.clear_quirks()
    stage.whatsapp.clear_quirks()
    await stage.starts(cold=True)
    await asyncio.wait(lives, timeout=REST_WITHIN_S)
    for life in lives:
        life.cancel()
    await stage.world.network.settled(REST_WITHIN_S)
    until = time.monotonic() + REST_WITHIN_S / 4
    while _has_work(stage.world.folder / "otmena.db") and time.monotonic() < until:
        await asyncio.sleep(0.2)
    # The statuses of what was sent last.
    await stage.world.network.settled(REST_WITHIN_S)
    assert await stage.world.stops() == 0


def _has_work(file: Path) -> bool:
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return unfinished(connection) > 0
    finally:
        connection.close()


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "never"
    median_s = statistics.median(seconds)
    return f"median {median_s:.2f} s of {len(seconds)}, {min(seconds):.2f}–{max(seconds):.2f} s"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counter.most_common())
