"""A database that cannot be had at the start: what the settings are to blame for, and what the machine is."""

import os
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from adapters.storage import SqliteStore
from adapters.storage.schema import migrate
from engine.ports import StoreFailed, StoreUnfit
from tests.acceptance.disk import small_disk
from tests.contracts.store_kit import START, CountingIds


async def opened(path: Path) -> SqliteStore:
    return await SqliteStore.open(path, ids=CountingIds(), now=START)


async def test_a_directory_instead_of_a_file_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "otmena.db").mkdir()

    with pytest.raises(StoreUnfit, match="the database cannot be opened"):
        await opened(tmp_path / "otmena.db")


async def test_a_file_of_something_else_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "otmena.db").write_text("это не база данных" * 100)

    with pytest.raises(StoreUnfit, match="another program's"):
        await opened(tmp_path / "otmena.db")


async def test_a_read_only_disk_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        disk.freeze()

        with pytest.raises(StoreUnfit, match="Read-only file system"):
            await opened(disk.folder / "otmena.db")


async def test_a_full_disk_is_a_matter_of_the_machine_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="200k") as disk:
        disk.fill()

        with pytest.raises(StoreFailed, match=r"[Tt]he disk is full|No space left") as caught:
            await opened(disk.folder / "otmena.db")

        assert not isinstance(caught.value, StoreUnfit)
        disk.free()
        with pytest.raises(StoreFailed, match="the disk is full"):
            await full_while_migrating(disk.folder / "otmena.db", disk.folder)


async def full_while_migrating(path: Path, folder: Path) -> None:
    """Leave room for the files and the lock, and for no table."""
    room = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    (folder / "more").write_bytes(b"\0" * max(0, room - 48 * 1024))
    await opened(path)


def _theirs(path: Path, *statements: str) -> None:
    connection = apsw.Connection(str(path))
    for statement in ("CREATE TABLE theirs (a)", "INSERT INTO theirs VALUES (1)", *statements):
        connection.execute(statement)
    connection.close()


def _newer(path: Path) -> None:
    connection = apsw.Connection(str(path))
    migrate(connection, START)
    connection.pragma("user_version", 99)
    connection.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_theirs, "another program's: theirs is in it"),
        (lambda path: _theirs(path, "PRAGMA user_version = 2"), "another program's: theirs is in it"),
        (lambda path: _theirs(path, "PRAGMA user_version = 99"), "another program's: theirs is in it"),
        (lambda path: _theirs(path, "PRAGMA journal_mode = WAL"), "another program's: theirs is in it"),
        (_newer, "version 99"),
    ],
    ids=["theirs", "theirs with a version", "theirs with a high version", "theirs in WAL mode", "newer"],
)
async def test_what_is_not_ours_is_refused_untouched_with_nothing_left_beside_it(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "their things?.db"
    make(path)
    before, changed_ns = path.read_bytes(), path.stat().st_mtime_ns

    with pytest.raises(StoreUnfit, match=words):
        await opened(path)

    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == changed_ns
    assert os.listdir(tmp_path) == [path.name]


async def test_what_is_not_ours_is_refused_while_it_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    _theirs(path)
    writer = apsw.Connection(str(path))
    writer.execute("BEGIN EXCLUSIVE; INSERT INTO theirs VALUES (2)")

    with pytest.raises(StoreUnfit, match="theirs is in it"):
        await opened(path)

    writer.execute("COMMIT")
    assert writer.execute("SELECT count(*) FROM theirs").fetchall() == [(2,)]
