"""One process for one file, whatever becomes of the lock beside it."""

import errno
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest

from adapters.storage import SqliteStore
from adapters.storage.beside import _alone
from adapters.storage.lock import FileLock
from engine.ports import StoreFailed
from tests.contracts.store_kit import START, CountingIds

# In a process of its own, as a second server is.
OPENS = """
import asyncio, sys
from adapters.storage import SqliteStore
from engine.ports import StoreFailed
from tests.contracts.store_kit import START, CountingIds

async def main():
    try:
        store = await SqliteStore.open(sys.argv[1], ids=CountingIds(), now=START)
    except StoreFailed as error:
        print(f"{type(error).__name__}: {error}")
    else:
        await store.ping(START)
        await store.close()
        print("opened")

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)
    yield store
    await store.close()


def in_another_process(code: str, path: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    return done.stdout.strip()


HELD = "is held by another process, under another name or with its"


async def test_whoever_removes_the_lock_lets_nobody_in(store: SqliteStore, path: Path) -> None:
    os.unlink(f"{path}.lock")

    assert in_another_process(OPENS, path) == f"StoreFailed: {path} {HELD} otmena.db.lock removed"

    await store.ping(START)


async def test_the_file_under_another_name_is_held_as_well(store: SqliteStore, path: Path) -> None:
    other = path.with_name("other.db")
    os.link(path, other)

    assert in_another_process(OPENS, other) == f"StoreFailed: {other} {HELD} other.db.lock removed"


async def test_a_command_beside_a_server_whose_lock_was_removed_leaves_it_the_order(
    store: SqliteStore, path: Path
) -> None:
    os.unlink(f"{path}.lock")

    with _alone(str(path)) as alone:
        assert not alone

    await store.close()
    with _alone(str(path)) as alone:
        assert alone


async def test_where_there_are_no_such_names_the_file_alone_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*arguments: object) -> NoReturn:
        raise FileNotFoundError(errno.ENOENT, "no abstract names here")

    monkeypatch.setattr("adapters.storage.lock.os.stat", none)
    lock = FileLock(f"{path}.lock")
    lock.acquire()

    lock.hold_name(str(path))

    with pytest.raises(StoreFailed, match="is held by process"):
        FileLock(f"{path}.lock").acquire()
    lock.release()


async def test_a_file_that_was_let_go_of_is_taken_by_the_next(store: SqliteStore, path: Path) -> None:
    assert "is held by process" in in_another_process(OPENS, path)

    await store.close()

    assert in_another_process(OPENS, path) == "opened"
    assert in_another_process(OPENS, path) == "opened"
