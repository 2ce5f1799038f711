"""Commit groups: who fails with whom, what is durable, and how the connection comes back."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import pytest
from structlog.testing import capture_logs

from adapters.storage.inline import LoopWriter
from adapters.storage.rows import fetch_one
from adapters.storage.writer import GROUP_MAX, Operation, ThreadWriter, connect
from engine.ports import StoreBusy, StoreFailed
from tests.adapters.storage.faulty import FaultyDisk


class Gate:
    """A hook that holds the writer at its first commit, so that the next group can gather."""

    def __init__(self) -> None:
        self.groups = 0
        self.armed = False
        self.open = threading.Event()

    def __call__(self, point: str) -> None:
        if point == "commit":
            self.groups += 1
            if self.armed:
                self.open.wait(10)


def insert(value: int) -> Operation[int]:
    def operation(connection: apsw.Connection) -> int:
        connection.execute("INSERT INTO numbers (value) VALUES (?)", (value,))
        return value

    return operation


def create(connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS numbers (value INTEGER PRIMARY KEY) STRICT")


def count(connection: apsw.Connection) -> int:
    row = fetch_one(connection, "SELECT count(*) FROM numbers")
    assert row is not None
    return int(row[0])


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> FaultyDisk:
    return FaultyDisk(f"faulty-{request.node.name}")


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def writer(tmp_path: Path, disk: FaultyDisk, gate: Gate) -> AsyncIterator[ThreadWriter]:
    writer = ThreadWriter(disk.connector(tmp_path / "numbers.db"), queue_max=1000, hook=gate)
    await writer.run(create)
    yield writer
    gate.open.set()
    await writer.close()


async def as_one_group(writer: ThreadWriter, gate: Gate, *operations: Operation[object]) -> list[object]:
    """Run the operations so that they gather while another commit is held."""
    gate.armed = True
    held = asyncio.ensure_future(writer.run(lambda c: c.execute("UPDATE numbers SET value = value")))
    await asyncio.sleep(0.05)
    tasks = [asyncio.ensure_future(writer.run(operation)) for operation in operations]
    await asyncio.sleep(0)
    gate.armed = False
    gate.open.set()
    await held
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_gathers_during_a_commit_is_committed_together(
    writer: ThreadWriter, gate: Gate, disk: FaultyDisk
) -> None:
    syncs, groups = disk.syncs, gate.groups

    await as_one_group(writer, gate, *(insert(n) for n in range(100)))

    assert gate.groups == groups + 2
    assert disk.syncs <= syncs + 2
    assert await writer.run(count) == 100


async def test_what_one_round_of_the_loop_brings_is_committed_together(
    writer: ThreadWriter, gate: Gate
) -> None:
    groups = gate.groups

    await asyncio.gather(*(writer.run(insert(n)) for n in range(20)))

    assert gate.groups == groups + 1


async def test_a_group_is_bounded(writer: ThreadWriter, gate: Gate) -> None:
    groups = gate.groups

    await as_one_group(writer, gate, *(insert(n) for n in range(GROUP_MAX + 1)))

    assert gate.groups == groups + 3


async def test_a_constraint_error_hurts_only_its_operation(writer: ThreadWriter, gate: Gate) -> None:
    def two_then_conflict(connection: apsw.Connection) -> None:
        insert(50)(connection)
        insert(1)(connection)

    first, conflict, last = await as_one_group(writer, gate, insert(1), two_then_conflict, insert(2))

    assert (first, last) == (1, 2)
    assert isinstance(conflict, apsw.ConstraintError)
    assert await writer.run(count) == 2
    assert writer.healthy


async def test_an_operations_own_mistake_hurts_only_it(writer: ThreadWriter, gate: Gate) -> None:
    def mistaken(connection: apsw.Connection) -> None:
        insert(50)(connection)
        raise AssertionError("one row expected")

    first, mistake, last = await as_one_group(writer, gate, insert(1), mistaken, insert(2))

    assert (first, last) == (1, 2)
    assert isinstance(mistake, AssertionError)
    assert await writer.run(count) == 2


class Joined:
    """An operation that inserts its number, by itself or with its neighbours."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __call__(self, connection: apsw.Connection) -> str:
        return f"alone {insert(self.value)(connection)}"

    @staticmethod
    def together(connection: apsw.Connection, joined: Sequence["Joined"]) -> list[str]:
        return [f"of {len(joined)}: {insert(each.value)(connection)}" for each in joined]


async def test_neighbours_of_a_kind_that_can_run_together_do_so(writer: ThreadWriter, gate: Gate) -> None:
    outcomes = await as_one_group(writer, gate, Joined(1), Joined(2), insert(3), Joined(4))

    assert outcomes == ["of 2: 1", "of 2: 2", 3, "of 1: 4"]


async def test_where_running_together_fails_each_runs_alone(writer: ThreadWriter, gate: Gate) -> None:
    first, conflict, last = await as_one_group(writer, gate, Joined(1), Joined(1), Joined(2))

    assert (first, last) == ("alone 1", "alone 2")
    assert isinstance(conflict, apsw.ConstraintError)
    assert await writer.run(count) == 2


async def test_a_full_disk_fails_the_whole_group_and_heals(
    writer: ThreadWriter, gate: Gate, disk: FaultyDisk
) -> None:
    def fill(connection: apsw.Connection) -> None:
        raise apsw.FullError("database or disk is full")

    with capture_logs() as logs:
        outcomes = await as_one_group(writer, gate, insert(1), fill, insert(2))

    assert [type(each) for each in outcomes] == [StoreFailed] * 3
    assert not any(each.unknown for each in outcomes if isinstance(each, StoreFailed))
    assert [each["event"] for each in logs] == ["store.failed"]
    assert not writer.healthy
    assert await writer.run(count) == 0
    # A read proves nothing.
    assert not writer.healthy
    assert await writer.run(insert(3)) == 3
    assert writer.healthy


@pytest.mark.parametrize("error", [apsw.FullError, apsw.IOError])
async def test_an_error_in_commit_itself_leaves_the_outcome_unknown(
    writer: ThreadWriter, disk: FaultyDisk, error: type[apsw.Error]
) -> None:
    opened = disk.opened
    disk.on_write = error
    with pytest.raises(StoreFailed) as caught:
        await writer.run(insert(1))
    disk.on_write = None

    assert caught.value.unknown
    assert not writer.healthy
    assert await writer.run(insert(2)) == 2
    assert disk.opened == opened + 1
    assert writer.healthy


async def test_a_failing_fsync_is_never_acknowledged(writer: ThreadWriter, disk: FaultyDisk) -> None:
    disk.on_sync = apsw.IOError
    with pytest.raises(StoreFailed):
        await writer.run(insert(1))
    disk.on_sync = None

    assert await writer.run(insert(2)) == 2


async def test_a_disk_that_stays_full_fails_each_group_and_never_hangs(
    writer: ThreadWriter, disk: FaultyDisk
) -> None:
    disk.on_write = apsw.FullError
    for n in range(5):
        with pytest.raises(StoreFailed):
            await writer.run(insert(n))
    disk.on_write = None

    assert await writer.run(insert(9)) == 9


async def test_reads_cost_no_fsync(writer: ThreadWriter, gate: Gate, disk: FaultyDisk) -> None:
    await writer.run(insert(1))
    syncs = disk.syncs

    for _ in range(10):
        assert await writer.run(count) == 1

    assert disk.syncs == syncs


async def test_a_full_queue_is_busy_and_queues_nothing(tmp_path: Path, gate: Gate) -> None:
    writer = ThreadWriter(lambda: connect(str(tmp_path / "numbers.db")), queue_max=3, hook=gate)
    await writer.run(create)
    gate.armed = True
    held = asyncio.ensure_future(writer.run(insert(0)))
    await asyncio.sleep(0.05)
    queued = [asyncio.ensure_future(writer.run(insert(n))) for n in (1, 2, 3)]
    await asyncio.sleep(0)

    with pytest.raises(StoreBusy):
        await writer.run(insert(4))

    gate.open.set()
    assert await asyncio.gather(held, *queued) == [0, 1, 2, 3]
    assert await writer.run(count) == 4
    await writer.close()


async def test_close_commits_what_is_queued(tmp_path: Path) -> None:
    path = str(tmp_path / "numbers.db")
    writer = ThreadWriter(lambda: connect(path))
    await writer.run(create)
    tasks = [asyncio.ensure_future(writer.run(insert(n))) for n in range(700)]
    await asyncio.sleep(0)

    await writer.close()

    async with asyncio.timeout(10):
        assert len(await asyncio.gather(*tasks)) == 700
    connection = connect(path)
    assert count(connection) == 700
    connection.close()
    with pytest.raises(StoreFailed):
        await writer.run(count)
    await writer.close()


async def test_a_caller_that_gives_up_does_not_disturb_the_others(writer: ThreadWriter, gate: Gate) -> None:
    gate.armed = True
    held = asyncio.ensure_future(writer.run(insert(0)))
    await asyncio.sleep(0.05)
    impatient = asyncio.ensure_future(writer.run(insert(1)))
    patient = asyncio.ensure_future(writer.run(insert(2)))
    await asyncio.sleep(0)
    impatient.cancel()
    gate.open.set()

    assert list(await asyncio.gather(held, patient)) == [0, 2]
    assert await writer.run(count) == 3


async def test_each_loop_gets_what_it_has_asked_for(tmp_path: Path) -> None:
    writer = ThreadWriter(lambda: connect(str(tmp_path / "numbers.db")))
    await writer.run(create)

    async def elsewhere(first: int) -> list[int]:
        async with asyncio.timeout(10):
            return await asyncio.gather(*(writer.run(insert(n)) for n in range(first, first + 50)))

    of_a_thread = asyncio.to_thread(asyncio.run, elsewhere(100))
    here, there = await asyncio.gather(elsewhere(0), of_a_thread)

    assert (here, there) == (list(range(50)), list(range(100, 150)))
    assert await writer.run(count) == 100
    await writer.close()


async def test_a_loop_that_ends_before_its_commit_leaves_the_others_served(
    tmp_path: Path, gate: Gate
) -> None:
    writer = ThreadWriter(lambda: connect(str(tmp_path / "numbers.db")), hook=gate)
    await writer.run(create)
    gate.armed = True
    held = asyncio.ensure_future(writer.run(insert(0)))
    await asyncio.sleep(0.05)

    async def leaves() -> None:
        waiting = asyncio.ensure_future(writer.run(insert(1)))
        await asyncio.sleep(0)
        waiting.cancel()

    await asyncio.to_thread(asyncio.run, leaves())
    mine = asyncio.ensure_future(writer.run(insert(2)))
    await asyncio.sleep(0)
    gate.armed = False
    with capture_logs() as logs:
        gate.open.set()
        async with asyncio.timeout(10):
            assert list(await asyncio.gather(held, mine)) == [0, 2]

    assert [each["event"] for each in logs] == ["store.nobody_waits"]
    assert await writer.run(count) == 3
    await writer.close()


async def test_even_our_own_mistake_in_the_hook_leaves_nobody_waiting(tmp_path: Path) -> None:
    def mistaken(point: str) -> None:
        if point == "commit" and broken:
            raise KeyboardInterrupt

    broken = False
    writer = ThreadWriter(lambda: connect(str(tmp_path / "numbers.db")), hook=mistaken)
    await writer.run(create)
    broken = True
    with pytest.raises(StoreFailed) as caught:
        await writer.run(insert(1))
    broken = False

    assert caught.value.unknown
    assert await writer.run(insert(2)) == 2
    await writer.close()


async def test_the_connection_is_durable_and_never_maps_memory(writer: ThreadWriter) -> None:
    def settings(connection: apsw.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        return [connection.pragma(name) for name in names]

    assert await writer.run(settings) == ["wal", 2, 1, 0]


async def test_without_a_thread_the_groups_are_the_same(tmp_path: Path) -> None:
    points: list[str] = []
    writer = LoopWriter(lambda: connect(str(tmp_path / "numbers.db")), hook=points.append)
    await writer.run(create)
    points.clear()

    operations: list[Operation[object]] = [insert(1), insert(1), insert(2)]
    outcomes = await asyncio.gather(*(writer.run(each) for each in operations), return_exceptions=True)

    assert points == ["begin", "commit", "committed"]
    assert (outcomes[0], outcomes[2]) == (1, 2)
    assert isinstance(outcomes[1], apsw.ConstraintError)
    await writer.close()


async def test_a_simulated_crash_goes_through_and_resolves_nothing(tmp_path: Path) -> None:
    class Crash(Exception):
        """Stands for the KeyboardInterrupt that simulations raise, which pytest would take for its own."""

    crashed: list[BaseException] = []
    armed = False

    def hook(point: str) -> None:
        if armed and point == "commit":
            raise Crash

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        crashed.append(context["exception"])

    asyncio.get_running_loop().set_exception_handler(note)
    writer = LoopWriter(lambda: connect(str(tmp_path / "numbers.db")), hook=hook)
    await writer.run(create)
    armed = True

    future = asyncio.ensure_future(writer.run(insert(1)))
    await asyncio.sleep(0.05)

    assert [type(each) for each in crashed] == [Crash]
    assert not future.done()
    future.cancel()
