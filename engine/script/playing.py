"""Play a transcript on a scene, and tell what it leaves unnamed and what it names that did not come.

Between two things that happen lies a block: the lines that say what comes of the first. Messages, commands
and notices of a block are held against it as wholes, each kind in its own order, so that nothing is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from engine.script import dates, matching, writing
from engine.script.grammar import Problem
from engine.script.holding import Came, Lines, held
from engine.script.lines import (
    At,
    Books,
    Client,
    Crash,
    Decides,
    Edits,
    Expectation,
    Fault,
    Happens,
    InJournal,
    Limits,
    Line,
    Notice,
    Passes,
    Says,
    Sends,
    Set,
    Stands,
    Stimulus,
    Taps,
    Transcript,
    Waits,
)
from engine.script.outcome import Block, Change, Outcome
from engine.script.scene import Booked, Edited, Scene

T = TypeVar("T")

# A Monday.
DEFAULT_CLOCK = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001 (by the salon's wall clock)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a scene has to be opened with."""

    # By the salon's wall clock, without an offset.
    at: datetime
    settings: Mapping[str, str]


def opening(transcript: Transcript) -> Opening:
    """Return clock and settings of the script's beginning."""
    at = next((line.when for line in transcript.lines if isinstance(line, At)), None)
    settings = {line.name: line.value for line in transcript.lines if isinstance(line, Set)}
    return Opening(at.near(DEFAULT_CLOCK.date()) if at else DEFAULT_CLOCK, settings)


async def play(
    transcript: Transcript, scene: Scene, told: Callable[[Block], None] = lambda block: None
) -> Outcome:
    """Play the whole script, also beyond what does not hold, and return how it went.

    `told` is called with each block as soon as it is over.
    """
    player = _Player(transcript, scene, told, transcript.phones[0])
    for line in transcript.lines:
        try:
            await player.take(line)
        except (LookupError, ValueError) as error:
            await player.close()
            said = str(error.args[0]) if error.args else type(error).__name__
            return Outcome(transcript, tuple(player.blocks), Problem(line.number, said))
    await player.close()
    return Outcome(transcript, tuple(player.blocks))


@dataclass(slots=True)
class _Player:
    transcript: Transcript
    scene: Scene
    told: Callable[[Block], None]
    client: str
    blocks: list[Block] = field(default_factory=list)
    # Something was done without waiting for what follows.
    _unsettled: bool = False
    _lines: list[Line] = field(default_factory=list)
    # Whom the lines of this block are about, by their number.
    _whose: dict[int, str] = field(default_factory=dict)
    # Lines about state and journal that did not hold when they were come to.
    _failed: list[Change] = field(default_factory=list)
    # How much of each list was held against a block already, by what it lists.
    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def _told(self) -> frozenset[str]:
        return frozenset(line.to for line in self.transcript.lines if isinstance(line, Notice))

    async def take(self, line: Line) -> None:
        if isinstance(line, Stimulus):
            await self._end_block()
        if isinstance(line, Client):
            self.client = line.phone
        self._lines.append(line)
        self._whose[line.number] = self.client
        match line:
            case Stimulus():
                await self._happens(line)
            case Expectation():
                await self._settle()
                await self._hold(line)
            case _:
                self._arrange(line)

    async def close(self) -> None:
        """Let everything settle, and hold the last block against what came."""
        await self._settle()
        await self._end_block()

    async def _end_block(self) -> None:
        # Where nobody has waited for an answer yet, none has to be named before the next thing happens.
        came = Came({}, (), ()) if self._unsettled else self._came()
        changes = () if self._unsettled else self._held(came)
        if self._lines or changes:
            first, last = (self._lines[0].number, self._lines[-1].number) if self._lines else (0, 0)
            block = Block(first, last, changes, self._happened(came))
            self.blocks.append(block)
            self.told(block)
        self._lines.clear()
        self._whose.clear()
        self._failed.clear()

    def _held(self, came: Came) -> tuple[Change, ...]:
        lines = Lines(tuple(self._lines), self._whose, self.client, self._told)
        return tuple(sorted([*self._failed, *held(lines, came)], key=lambda change: change.below))

    def _came(self) -> Came:
        return Came(
            {phone: self._fresh(phone, self.scene.messages(phone)) for phone in self.transcript.phones},
            self._fresh("commands", self.scene.commands()),
            self._fresh("notices", self.scene.notices()),
        )

    def _fresh(self, of: str, everything: Sequence[T]) -> Sequence[T]:
        fresh = everything[self._seen.get(of, 0) :]
        self._seen[of] = len(everything)
        return fresh

    def _happened(self, came: Came) -> tuple[str, ...]:
        done = [line.written.strip() for line in self._lines if not isinstance(line, Expectation | Set)]
        turns = len([phone for phone in came.messages.values() if phone]) > 1
        sent = [
            said
            for phone, messages in came.messages.items()
            if messages
            for said in (*((f"client: {phone}",) if turns else ()), *map(writing.message, messages))
        ]
        return (*done, *map(writing.left, came.commands), *sent, *map(writing.noticed, came.notices))

    async def _settle(self) -> None:
        if self._unsettled:
            self._unsettled = False
            await self.scene.settles()

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────────

    async def _happens(self, line: Stimulus) -> None:
        match line:
            case Says():
                self.scene.writes(self.client, line.text, late=line.late)
            case Taps():
                self.scene.taps(self.client, line.label)
            case Sends():
                self.scene.sends(self.client, line.thing, line.emoji)
            case Decides():
                await self.scene.decides(line.record, granted=line.granted)
            case Happens(what="again"):
                self.scene.again()
            case _:
                # Behind a `>>`, time and crashes come into the middle of what follows from it.
                await self._time(line, settling=not self._unsettled)
                return
        self._unsettled = True
        if line.waits:
            await self._settle()

    async def _time(self, line: Stimulus, *, settling: bool) -> None:
        match line:
            case Waits():
                if (self._now() + line.time).year not in dates.YEARS:
                    raise ValueError(f"it is {self._now():%Y-%m-%d} already, and the clock ends with 2199")
                await self.scene.passes(line.time, settling=settling)
            case Passes():
                await self.scene.passes(self._up_to(line), settling=settling)
            case Happens(what="restart"):
                await self.scene.restarts(settling=settling)
            case _:
                await self.scene.upgrades(settling=settling)

    def _up_to(self, line: Passes) -> timedelta:
        assert line.when is not None
        now = self._now()
        ahead = line.when.near(now.date()) - now
        if ahead < timedelta(0):
            raise ValueError(f"it is {now:%Y-%m-%d %H:%M} already, and the clock does not go back")
        return ahead

    def _arrange(self, line: Line) -> None:
        match line:
            case Client(hidden=True):
                self.scene.hides(line.phone)
            case Books():
                self.scene.books(self._booked(line))
            case Limits():
                self.scene.limits(line.service, line.masters)
            case Edits():
                self.scene.edits(line.record, self._edited(line))
            case Crash():
                self.scene.dies_in(line.survives, power=line.power)
            case Fault(side="yclients"):
                self.scene.yclients(line.quirk)
            case Fault():
                self.scene.whatsapp(line.quirk)

    def _booked(self, line: Books) -> Booked:
        now = self._now()
        return Booked(
            phone=line.phone,
            service=line.service,
            starts_at=line.when.near(now.date()),
            master=line.master,
            name=line.name,
            created_at=line.created.before(now) if line.created else None,
            attendance=line.attendance,
            length_s=line.length_s,
            cost=line.cost,
        )

    def _edited(self, line: Edits) -> Edited:
        if isinstance(line.value, dates.When):
            return Edited(starts_at=line.value.near(self._now().date()))
        # Every other change is called as its field is; «deleted», «paid» and «locked» need no value.
        value = True if line.value is None else line.value
        return replace(Edited(), **{line.change: value})  # type: ignore[arg-type]  # the grammar pairs them

    def _now(self) -> datetime:
        return self.scene.now().replace(tzinfo=None)

    # ── holding against the script ────────────────────────────────────────────────────────────────────

    async def _hold(self, line: Expectation) -> None:
        match line:
            case Stands():
                state = await self.scene.state(self.client)
                if state != line.state:
                    self._failed.append(Change(line, (writing.state(state),), line.number))
            case InJournal():
                standing = self.scene.journal(line.record)
                if not matching.stands(line, standing, self._now().date()):
                    came = writing.standing(line, standing)
                    self._failed.append(Change(line, (came,), line.number))
