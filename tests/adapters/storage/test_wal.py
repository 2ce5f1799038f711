"""The write-ahead log: grown by a reader, given back after it, and begun anew after a doubtful commit."""

from functools import partial
from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs

from adapters.storage import wal
from adapters.storage.connection import LOG_BYTES_KEPT, connect
from adapters.storage.writer import Committer, ThreadWriter
from engine.ports import StoreFailed
from tests.adapters.storage.faulty import FaultyDisk

PAGE = 4096


def create(connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS words (text TEXT)")


def write(connection: apsw.Connection) -> None:
    """Some 400 KB, in pages of their own."""
    for _ in range(100):
        connection.execute("INSERT INTO words VALUES (?)", ("ш" * 2000,))


def size(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


async def test_the_real_file_is_durable_by_its_settings_and_written_by_a_sound_sqlite(tmp_path: Path) -> None:
    writer = ThreadWriter(partial(connect, str(tmp_path / "otmena.db")))

    def settings(connection: apsw.Connection) -> list[object]:
        return [connection.pragma(name) for name in ("journal_mode", "synchronous")]

    assert await writer.run(settings) == ["wal", 2]
    await writer.close()
    # Older ones can damage a file when the log starts anew (runtime.md, decided 1).
    assert tuple(int(part) for part in apsw.sqlitelibversion().split(".")) >= (3, 51, 3)


async def test_all_is_done_by_one_thread_on_one_connection(tmp_path: Path) -> None:
    import threading

    opened: list[str] = []

    def opening() -> apsw.Connection:
        opened.append(threading.current_thread().name)
        return connect(str(tmp_path / "otmena.db"))

    writer = ThreadWriter(opening)
    await writer.run(create)
    for _ in range(3):
        assert await writer.run(lambda c: threading.current_thread().name) == "otmena-store"
    await writer.close()

    assert opened == ["otmena-store"]


async def test_without_readers_the_log_is_used_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "otmena.db"
    writer = ThreadWriter(partial(connect, str(path)))
    await writer.run(create)
    for _ in range(60):
        await writer.run(write)

    assert size(path) < 2 * wal.CHECKPOINT_PAGES * PAGE
    await writer.close()


async def test_what_a_reader_made_of_the_log_is_given_back_after_it(tmp_path: Path) -> None:
    path = tmp_path / "otmena.db"
    writer = ThreadWriter(partial(connect, str(path)))
    await writer.run(create)
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN; SELECT count(*) FROM words").fetchall()
    for _ in range(60):
        await writer.run(write)
    grown = size(path)
    reader.close()

    for _ in range(20):
        await writer.run(write)

    assert grown > LOG_BYTES_KEPT
    assert size(path) <= LOG_BYTES_KEPT
    await writer.close()


async def test_a_log_that_a_reader_lets_grow_is_told_of_at_each_doubling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "LOG_PAGES_LONG", 2_000)
    path = tmp_path / "otmena.db"
    writer = ThreadWriter(partial(connect, str(path)))
    await writer.run(create)
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN; SELECT count(*) FROM words").fetchall()

    with capture_logs() as logs:
        for _ in range(60):
            await writer.run(write)

    told = [entry["pages"] for entry in logs if entry["event"] == "store.log_grows"]
    assert len(told) == 2
    assert told[1] >= 2 * told[0]
    reader.close()
    await writer.close()


def test_a_database_file_that_cannot_grow_fails_no_commit_that_stands(tmp_path: Path) -> None:
    path = tmp_path / "otmena.db"
    committer = Committer(partial(connect, str(path)))
    committer.commit([create])
    connection = committer._connection
    assert connection is not None
    connection.execute(f"PRAGMA max_page_count = {connection.pragma('page_count')}")
    # The log has room, the file has none: SQLite's own checkpoint would fail COMMIT itself.
    assert connection.pragma("wal_autocheckpoint") == 0
    committer.close()


async def test_after_a_failed_fsync_nothing_is_committed_behind_it_in_the_same_log(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    disk = FaultyDisk(f"faulty-{request.node.name}")
    path = tmp_path / "otmena.db"
    writer = ThreadWriter(disk.connector(path))
    await writer.run(create)
    # Not the last one: closing the writer's connection leaves the log as it is.
    reader = apsw.Connection(str(path))
    reader.execute("SELECT count(*) FROM words").fetchall()
    await writer.run(write)
    disk.on_sync = apsw.IOError
    with pytest.raises(StoreFailed):
        await writer.run(write)
    disk.on_sync = None

    await writer.run(lambda c: c.execute("INSERT INTO words VALUES ('kurz')"))

    assert size(path) < 40 * PAGE
    reader.close()
    await writer.close()
