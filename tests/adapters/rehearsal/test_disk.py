"""The simulated disk: what was synced outlives everything, and nothing else can be counted on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from random import Random

import apsw
import pytest

from adapters.rehearsal.disk import SECTOR, Disk
from adapters.rehearsal.killing import Killed, Points, survive
from adapters.rehearsal.stored import Corrupted, MortalStore
from adapters.rehearsal.vfs import DATABASE, at_hand
from adapters.storage.writer import Committer, Failed, Operation

A, B = b"a" * 3 * SECTOR, b"b" * 3 * SECTOR


def after_power_loss(seed: int, arrange: Callable[[Disk], None], name: str = "file") -> bytes | None:
    """Return what is found of a file; None: no such file."""
    disk = Disk()
    arrange(disk)
    disk.power_loss(Random(seed))
    return disk.open(name).read(10_000, 0) if disk.exists(name) else None


def of_many(arrange: Callable[[Disk], None]) -> set[bytes | None]:
    return {after_power_loss(seed, arrange) for seed in range(200)}


def _synced(disk: Disk) -> None:
    disk.open("file").write(0, A)
    disk.sync(disk.open("file"))


def _overwritten(disk: Disk) -> None:
    _synced(disk)
    disk.open("file").write(0, B)


def test_what_was_synced_survives_a_power_loss() -> None:
    assert of_many(_synced) == {A}


def test_what_was_not_synced_stands_vanishes_or_is_torn_at_a_sector() -> None:
    found = of_many(_overwritten)

    assert found == {
        bytes(part) for part in (
            A, B,
            B[:SECTOR] + A[SECTOR:], B[: 2 * SECTOR] + A[2 * SECTOR :],
            A[:SECTOR] + B[SECTOR:], A[: 2 * SECTOR] + B[2 * SECTOR :],
        )
    }  # fmt: skip


def test_a_write_within_a_sector_is_never_torn() -> None:
    def arrange(disk: Disk) -> None:
        _synced(disk)
        disk.open("file").write(100, b"b" * 300)

    assert of_many(arrange) == {A, A[:100] + b"b" * 300 + A[400:]}


def test_an_early_write_may_be_lost_and_a_later_one_stand_behind_a_hole() -> None:
    def arrange(disk: Disk) -> None:
        disk.open("file")
        disk.sync(disk.open("file"))
        disk.open("file").write(0, b"first")
        disk.open("file").write(5, b"second")

    assert of_many(arrange) == {b"", b"first", b"\0" * 5 + b"second", b"firstsecond"}


def test_a_truncation_that_was_not_synced_may_be_undone() -> None:
    def arrange(disk: Disk) -> None:
        _synced(disk)
        disk.open("file").truncate(SECTOR)

    assert of_many(arrange) == {A, A[:SECTOR]}


def test_a_deleted_file_may_come_back_until_anything_is_synced() -> None:
    def deleted(disk: Disk) -> None:
        _synced(disk)
        disk.delete("file", durably=False)

    def another_synced(disk: Disk) -> None:
        deleted(disk)
        disk.sync(disk.open("another"))

    def durably(disk: Disk) -> None:
        _synced(disk)
        disk.delete("file", durably=True)

    assert of_many(deleted) == {A, None}
    assert of_many(another_synced) == {None}
    assert of_many(durably) == {None}


def test_a_kill_keeps_the_page_cache_but_a_later_power_loss_does_not() -> None:
    disk = Disk()
    _overwritten(disk)
    disk.process_kill()
    assert disk.open("file").read(10_000, 0) == B

    def arrange(disk: Disk) -> None:
        _overwritten(disk)
        disk.process_kill()

    assert {A, B} < of_many(arrange)


def test_a_power_loss_depends_on_its_chance_alone() -> None:
    found = [after_power_loss(seed, _overwritten) for seed in range(50)]
    assert found == [after_power_loss(seed, _overwritten) for seed in range(50)]


def test_a_copy_of_a_disk_goes_its_own_way() -> None:
    disk = Disk()
    _overwritten(disk)
    copy = disk.copy()
    copy.open("file").write(0, b"copy")
    assert disk.open("file").read(4, 0) == b"bbbb"
    copy.power_loss(Random(1))
    assert disk.open("file").read(10_000, 0) == B


# ── a database on it ──────────────────────────────────────────────────────────────────────────────────


def _add(number: int) -> Operation[None]:
    def add(connection: apsw.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, body)")
        connection.execute("INSERT INTO told VALUES (?, zeroblob(700))", (number,))

    return add


def _numbers(connection: apsw.Connection) -> set[int]:
    exists = "SELECT count(*) FROM sqlite_schema WHERE name = 'told'"
    if not connection.execute(exists).get:
        return set()
    return {number for (number,) in connection.execute("SELECT number FROM told")}


def _full(connection: apsw.Connection) -> None:
    """As production has it."""


def _normal(connection: apsw.Connection) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def lost(seed: int, relaxed: Callable[[apsw.Connection], None]) -> set[int]:
    """Live four lives, each up to a death somewhere; return what had been acknowledged and is gone.

    Whatever a life finds when it begins counts as acknowledged: it goes by what it reads.
    """
    chance, points = Random(seed), Points()
    store = MortalStore(points, Random(seed), checkpoint_pages=chance.choice((1, 3, 10)))

    def connect() -> apsw.Connection:
        connection = store.connect()
        relaxed(connection)
        return connection

    acknowledged: set[int] = set()
    number = 0
    for _ in range(4):
        points.dead.clear()
        points.kill_in, points.power = chance.randrange(14), chance.random() < 0.6
        committer = Committer(connect, hook=partial(survive, points))
        with _until_killed():
            (found,) = committer.commit([_numbers])
            assert not isinstance(found, Failed)
            acknowledged |= found
            while True:
                number += 1
                assert committer.commit([_add(number)]) == [None]
                acknowledged.add(number)
        store.die(power=points.lost_power)
        with at_hand(store.disk.copy()) as left:
            if gone := acknowledged - _numbers(left):
                return gone
    return set()


@contextmanager
def _until_killed() -> Iterator[None]:
    with suppress(Killed):
        yield


def test_no_acknowledged_commit_is_lost_wherever_the_process_dies_or_the_power_goes() -> None:
    assert {seed: gone for seed in range(300) if (gone := lost(seed, _full))} == {}


def test_the_simulation_sees_that_synchronous_normal_loses_acknowledged_commits() -> None:
    assert sum(bool(lost(seed, _normal)) for seed in range(60)) >= 5


def test_it_dies_around_each_fsync_of_the_log_and_of_the_database() -> None:
    points = Points()
    passed: list[str] = []
    points.reached = passed.append
    store = MortalStore(points, Random(1), checkpoint_pages=1)
    committer = Committer(store.connect, hook=partial(survive, points))
    for number in range(2):
        committer.commit([_add(number)])

    for name in (DATABASE, f"{DATABASE}-wal"):
        assert {f"before fsync of {name}", f"after fsync of {name}"} <= set(passed)
    assert passed.count("commit") == passed.count("committed") == 2


def test_a_dead_process_writes_nothing_even_when_its_connection_is_closed() -> None:
    points = Points()
    store = MortalStore(points, Random(1))
    connection = store.connect()
    _add(1)(connection)
    points.kill()
    before = store.disk.copy()
    with suppress(apsw.IOError):  # it reads what it could not write
        _add(2)(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.die(power=False)

    for name in (DATABASE, f"{DATABASE}-wal"):
        assert store.disk.open(name).read(10**6, 0) == before.open(name).read(10**6, 0)
    with at_hand(store.disk) as left:
        assert _numbers(left) == {1}


def test_a_damaged_database_is_a_loud_failure() -> None:
    points = Points()
    store = MortalStore(points, Random(1), checkpoint_pages=1)
    connection = store.connect()
    for number in range(40):
        _add(number)(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.disk.open(DATABASE).write(3 * 4096, b"\xff" * 4096)
    points.kill()

    with pytest.raises(Corrupted, match="after death at «somewhere» the database says"):
        store.die(power=False)


def test_what_a_death_leaves_is_looked_at_before_the_next_life() -> None:
    seen: list[set[int]] = []
    points = Points()
    store = MortalStore(points, Random(1), looked=lambda left: seen.append(_numbers(left)))
    _add(1)(store.connect())
    points.kill()
    store.die(power=False)
    assert seen == [{1}]
