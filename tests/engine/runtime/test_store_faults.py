"""Every commit of a dialogue fails once, in each way that a commit can: nobody waits, nothing is doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import apsw
import pytest

from adapters.storage import SqliteStore
from adapters.storage.inline import LoopWriter
from engine.booking import CancelRecord
from engine.notices import Recipients
from engine.ports import InDoubt, StoreFailed, Unavailable
from tests.engine.runtime.world import FakeNotifier, World

Way = Literal["failed", "stood", "gone"]


@dataclass
class Disk:
    """Fails the commits with these numbers. `stood` and `gone`: COMMIT itself fails, and nobody can tell."""

    way: Way
    failing: set[int]
    armed: bool = False
    commits: int = 0
    failures: list[int] = field(default_factory=list)

    def fails_now(self, way: Way) -> bool:
        fails = (
            self.armed
            and self.way == way
            and self.commits in self.failing
            and self.commits not in self.failures
        )
        if fails:
            self.failures.append(self.commits)
        return fails


class FailingConnection(apsw.Connection):
    disk: Disk

    def execute(self, statements: str, *arguments: Any, **more: Any) -> apsw.Cursor:
        if statements == "BEGIN IMMEDIATE":
            self.disk.commits += self.disk.armed
            if self.disk.fails_now("failed"):
                raise apsw.FullError("injected")
        if statements != "COMMIT":
            return super().execute(statements, *arguments, **more)
        if self.disk.fails_now("gone"):
            raise apsw.IOError("injected")
        done = super().execute(statements)
        if self.disk.fails_now("stood"):
            raise apsw.IOError("injected")
        return done


def connecting(path: str, disk: Disk) -> apsw.Connection:
    connection = FailingConnection(path, statementcachesize=200)
    connection.disk = disk
    for pragma in ("journal_mode = WAL", "synchronous = OFF", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class FaultyWorld(World):
    """A salon whose owner is told, over a disk that fails; and a channel that posts again."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self.disk = disk
        self.notified = self.notifier = FakeNotifier()
        self.salon = replace(self.salon, recipients=Recipients(admin=("admin:1",)))

    async def starts(self) -> None:
        writer = LoopWriter(partial(connecting, str(self.path), self.disk))
        self.store = await SqliteStore.over(writer, ids=self.ids, now=self.clock.now())
        self.shell = self.another_shell()
        await self.shell.start()
        await self.settles()
        self.shell.receive = partial(posted, self.shell.receive)  # type: ignore[method-assign]  # between channel and shell
        self.disk.armed = True

    async def settles(self) -> None:
        """Let whatever has failed be tried again, too."""
        await asyncio.sleep(8)

    async def quietly_passes(self, *, minutes: float) -> None:
        """Let time pass without faults: nothing happens in it but looks for work."""
        armed, self.disk.armed = self.disk.armed, False
        await self.passes(minutes=minutes)
        self.disk.armed = armed

    def cancels(self) -> list[int]:
        """Return the records of every write that left."""
        return [call.record.record_id for _, call, _ in self.booking.done if isinstance(call, CancelRecord)]

    def owner_was_told(self) -> list[str]:
        return [told.notice.event for _, told, _ in self.notified.told]


async def posted(receive: Callable[..., Awaitable[int]], *what: Any) -> int:
    """Post until it is acknowledged."""
    while True:
        try:
            return await receive(*what)
        except StoreFailed:
            await asyncio.sleep(4)


async def a_cancel(world: FaultyWorld) -> None:
    """A client is asked, agrees, gives a reason, and is told; the owner hears of it."""
    await world.writes("хочу отменить запись")
    world.says("Отменить запись: Маникюр")
    await world.taps("yes")
    world.says("Запись отменена")
    await world.writes("заболела")
    world.said()
    await world.quietly_passes(minutes=20)
    assert world.cancels() == [1]
    assert world.owner_was_told() == ["cancelled", "cancelled"]


async def a_cancel_with_doubts(world: FaultyWorld) -> None:
    """A send in doubt that did not arrive; a read that is tried again; words that wait for the question."""
    world.booking.asking.errors = [Unavailable("503")]
    world.messenger.sending.errors = [InDoubt("timeout"), None]
    world.notified.telling.errors = [InDoubt("timeout"), None]
    await world.writes("хочу отменить запись")
    await world.passes(40)
    world.says("Отменить запись: Маникюр")
    await world.writes("да")
    world.says("Запись отменена")
    await world.quietly_passes(minutes=20)
    assert world.cancels() == [1]
    assert world.owner_was_told() == ["cancelled"]


async def a_slow_write(world: FaultyWorld) -> None:
    """A write takes longer than the sign of waiting; words that come meanwhile wait for its result."""
    await world.writes("хочу отменить запись")
    world.says("Отменить запись: Маникюр")
    world.booking.doing.takes_s = 25
    await world.taps("yes")
    await world.writes("ну что там")
    await world.passes(40)
    assert "Запись отменена" in " ".join(world.said())
    await world.quietly_passes(minutes=20)
    assert world.cancels() == [1]


async def a_silence(world: FaultyWorld) -> None:
    """The client never answers: the question times out."""
    await world.writes("хочу отменить запись")
    world.says("Отменить запись: Маникюр")
    await world.quietly_passes(minutes=14)
    await world.passes(minutes=2)
    assert world.cancels() == []


Script = Callable[[FaultyWorld], Awaitable[None]]


async def nothing_waits(world: FaultyWorld) -> None:
    assert await world.looks_up("SELECT count(*) FROM inbox WHERE taken_us IS NULL AND chat_id > 0") == 0
    assert await world.looks_up("SELECT count(*) FROM outbox WHERE finished_us IS NULL") == 0
    assert await world.looks_up("SELECT count(*) FROM notice WHERE finished_us IS NULL") == 0
    assert await world.looks_up("SELECT count(*) FROM timer") == 0
    said = [sent.bubble.text for sent in world.messenger.sent]
    assert len(said) == len(set(said)), said


async def played(path: Path, script: Script, disk: Disk) -> int:
    """Play it to its end, and return how many commits that took."""
    world = FaultyWorld(path, disk)
    await world.starts()
    try:
        await script(world)
        await world.settles()
        commits = disk.commits
        disk.failing = set()
        await nothing_waits(world)
    finally:
        await world.ends()
    return commits


@pytest.mark.parametrize("way", ["stood", "failed", "gone"])
@pytest.mark.parametrize("script", [a_cancel, a_cancel_with_doubts, a_slow_write, a_silence])
async def test_any_commit_may_fail_in_any_way_and_the_dialogue_comes_out_the_same(
    tmp_path: Path, script: Script, way: Way
) -> None:
    commits = await played(tmp_path / "whole.db", script, Disk(way, set()))
    assert commits > 20, commits
    # One play for each commit where it matters most; a disk that fails again and again for the others.
    plays = (
        [{n} for n in range(1, commits + 1)] if way == "stood" else [set(range(n, 99, 7)) for n in range(7)]
    )

    for number, failing in enumerate(plays):
        disk = Disk(way, failing)
        try:
            await played(tmp_path / f"{number}.db", script, disk)
        except AssertionError as error:
            raise AssertionError(f"commits {disk.failures} of {commits} {way}: {error}") from error
        assert disk.failures


async def fails(*arguments: object) -> None:
    raise StoreFailed("injected")


async def test_what_cannot_be_noted_as_started_is_left_to_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = FaultyWorld(tmp_path / "otmena.db", Disk("failed", set()))
    await world.starts()
    monkeypatch.setattr(world.store, "notice_starting", fails)
    await world.agrees()
    monkeypatch.setattr(world.store, "starting", fails)
    await world.writes("заболела")
    sent = len(world.messenger.sent)

    await world.stops()

    assert len(world.messenger.sent) == sent
    assert world.owner_was_told() == []


async def test_a_sign_of_waiting_that_cannot_be_stored_is_given_up_with_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = FaultyWorld(tmp_path / "otmena.db", Disk("failed", set()))
    await world.starts()
    monkeypatch.setattr(world.store, "sign_of_waiting", fails)
    world.booking.doing.takes_s = 25
    await world.agrees()
    await world.passes(30)

    world.says("Запись отменена")
    await world.stops()
