"""`otmena backup`: a copy that an operator can rely on, or a clear word and nothing left."""

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.storage import SqliteStore
from tests.adapters.cli.running import OTMENA, otmena
from tests.contracts.store_kit import START, CountingIds, Desk

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    async def reopen() -> SqliteStore:
        raise AssertionError("nothing restarts here")

    yield Desk(store, reopen)
    await store.close()


async def backup(path: Path, *arguments: str) -> Done:
    return await asyncio.to_thread(otmena, "backup", *arguments, OTMENA_DATABASE_URL=f"sqlite:///{path}")


async def test_a_copy_beside_a_server_is_told_with_what_it_holds(
    desk: Desk, path: Path, copies: Path
) -> None:
    await desk.hear()

    done = await backup(path, str(copies / "monday.db"))

    assert done.returncode == 0, done.stderr
    assert "monday.db: whole, " in done.stdout
    assert "schema 3, chats 1, waiting 1, facts of the ledger 0" in done.stdout
    assert os.listdir(copies) == ["monday.db"]


async def test_a_file_that_is_there_is_kept_unless_forced(desk: Desk, path: Path, copies: Path) -> None:
    target = str(copies / "monday.db")
    assert (await backup(path, target)).returncode == 0

    again = await backup(path, target)
    forced = await backup(path, target, "--force")

    assert (again.returncode, forced.returncode) == (1, 0)
    assert "is there already (--force replaces it)" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize("more", [(), ("--force",)])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_folder_is_no_file_and_the_use_is_wrong(
    desk: Desk, path: Path, copies: Path, slash: str, more: tuple[str, ...]
) -> None:
    done = await backup(path, f"{copies}{slash}", *more)

    assert done.returncode == 2
    assert f"is a folder: name a file in it, such as {copies}/otmena-monday.db" in done.stderr
    assert os.listdir(copies) == []


@pytest.mark.parametrize("name", ["", "  "])
async def test_a_name_that_is_empty_is_no_file_and_the_use_is_wrong(
    desk: Desk, path: Path, name: str
) -> None:
    before = os.listdir(path.parent)

    done = await backup(path, name)

    assert done.returncode == 2
    assert "name the file that is to hold the copy" in done.stderr
    assert os.listdir(path.parent) == before


async def test_a_folder_that_is_missing_is_said(desk: Desk, path: Path, copies: Path) -> None:
    done = await backup(path, str(copies / "nowhere" / "monday.db"))

    assert done.returncode == 1
    assert "monday.db cannot be written: No such file or directory" in done.stderr


async def test_without_room_nothing_is_left_and_it_is_said(desk: Desk, path: Path, copies: Path) -> None:
    """A limit on the size of files stands in for a full disk: SQLite meets both at the same place."""
    for number in range(50):
        await desk.hear(f"{number} " * 200)

    done = await asyncio.to_thread(
        subprocess.run,
        [*OTMENA, "backup", str(copies / "monday.db")],
        capture_output=True,
        text=True,
        env={**os.environ, "OTMENA_DATABASE_URL": f"sqlite:///{path}"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )

    assert done.returncode == 1
    assert "cannot be written: " in done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(copies) == []


async def test_a_database_that_is_not_there_is_a_wrong_configuration(path: Path, copies: Path) -> None:
    done = await backup(path, str(copies / "monday.db"))

    assert done.returncode == 78
    assert "there is no file" in done.stderr
    assert os.listdir(copies) == []


async def test_ctrl_c_leaves_nothing(desk: Desk, path: Path, copies: Path) -> None:
    """The copy is interrupted by itself, at a moment when it surely is half made."""
    code = (
        "import main, adapters.storage.copying as c\n"
        "def stop(partial, now): raise KeyboardInterrupt\n"
        "c._finish = stop\n"
        "main.run()\n"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, "backup", str(copies / "monday.db")],
        capture_output=True,
        text=True,
        env={**os.environ, "OTMENA_DATABASE_URL": f"sqlite:///{path}"},
    )

    assert done.returncode == 130
    assert os.listdir(copies) == []
