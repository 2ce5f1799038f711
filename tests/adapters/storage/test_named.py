"""What happens when somebody moves, removes or overwrites the database under a running server."""

import os
import shutil
from pathlib import Path

import apsw
import pytest

from adapters.storage import SqliteStore
from engine.ports import StoreFailed
from tests.contracts.store_kit import START, CountingIds, Desk

MOVED = "moved, removed or replaced under the server"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


async def test_nothing_is_taken_for_a_file_that_was_removed(desk: Desk, path: Path) -> None:
    await desk.hear()
    os.unlink(path)

    with pytest.raises(StoreFailed, match=MOVED):
        await desk.hear()
    with pytest.raises(StoreFailed, match=MOVED):
        await desk.store.ping(START)


async def test_nothing_is_taken_for_a_file_that_another_was_moved_over(desk: Desk, path: Path) -> None:
    await desk.hear()
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    os.replace(copy, path)

    with pytest.raises(StoreFailed, match=MOVED):
        await desk.hear()


async def test_a_file_that_is_put_back_is_gone_on_with(desk: Desk, path: Path) -> None:
    await desk.hear()
    elsewhere = path.with_name("elsewhere.db")
    os.rename(path, elsewhere)
    with pytest.raises(StoreFailed, match=MOVED):
        await desk.store.ping(START)

    os.rename(elsewhere, path)

    await desk.store.ping(START)
    assert await desk.hear() is not None


async def test_a_file_that_was_written_over_takes_nothing_more_once_that_shows(path: Path) -> None:
    await (await SqliteStore.open(path, ids=CountingIds(), now=START)).close()
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE filler (filler); INSERT INTO filler VALUES (zeroblob(6000000))")
    connection.close()
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    # As by `cp`: the file is the same, and what stood in it is not.
    os.truncate(path, 0)

    with pytest.raises(StoreFailed, match="damaged or another program's"):
        await _goes_on(store)
    with pytest.raises(StoreFailed, match="damaged or another program's"):
        await store.ping(START)
    await store.close()


async def _goes_on(store: SqliteStore) -> None:
    """Commit until the log is moved into the file."""
    for _ in range(2000):
        await store.ping(START)
