"""A short run of the rounds of kill -9; `make kill` plays two hundred."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from shutil import copy

import apsw

from adapters.storage.schema import MIGRATIONS, migrate, version_of
from adapters.storage.writer import connect
from tests.acceptance.nursery import Nursery
from tests.acceptance.rounds.running import Plan, play
from tests.acceptance.world import World


async def test_nothing_is_lost_or_doubled_by_kills_under_load(tmp_path: Path) -> None:
    plan = Plan(rounds=4, seed=11, clients=16, rest_s=(0.1, 1), faults=0, cold_share=0, within_s=12)

    report = await play(tmp_path, plan)

    assert report.judged.faults == [], report.as_text()
    assert report.changed["cancelled"]
    assert report.kinds.total() > 0


async def test_kills_while_an_old_file_is_brought_up_to_date_leave_it_whole(
    world: World, nursery: Nursery
) -> None:
    old, file, chance = world.folder / "old.db", world.folder / "otmena.db", Random(7)
    _write_a_file_of_the_first_version(old)

    versions = set()
    for _ in range(4):
        for path in world.folder.glob("otmena.db*"):
            path.unlink()
        copy(old, file)
        world.process = nursery.starts(world.environment, world.folder)
        await asyncio.sleep(chance.uniform(0, 0.3))
        world.dies()
        versions.add(_version_of_whole(file))
    await world.starts()

    assert versions <= set(range(1, len(MIGRATIONS) + 1))
    assert await world.stops() == 0
    assert _version_of_whole(file) == len(MIGRATIONS)


def _write_a_file_of_the_first_version(path: Path) -> None:
    """With enough in it that the next versions' indices take a moment."""
    connection = connect(str(path))
    migrate(connection, datetime.now(UTC), MIGRATIONS[:1])
    with connection:
        connection.execute("INSERT INTO chat (channel, account, session, chat) VALUES ('w', '1', '{}', '{}')")
        connection.executemany(
            """
            INSERT INTO inbox (channel, account, message_id, chat_id, heard, said_us, received_us, taken_us)
            VALUES ('w', '1', ?, 1, '{}', ?, 0, 0)
            """,
            ((f"m{n}", n) for n in range(20_000)),
        )
    connection.close()


def _version_of_whole(path: Path) -> int:
    connection = apsw.Connection(str(path))
    try:
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        return version_of(connection)
    finally:
        connection.close()
