"""A copy beside a writing store is whole and stands by itself; put back, it repeats and reuses nothing."""

import asyncio
import itertools
import os
import shutil
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from adapters.clock import RandomIds
from adapters.storage import SqliteStore, dead
from adapters.storage.copying import CannotCopy, Copied, copy
from adapters.storage.reading import reading
from adapters.storage.rows import fetch_one
from adapters.storage.writer import connect
from engine.booking import CallFailed
from engine.ports import OutgoingCall, StoreUnfit
from engine.session import Session
from tests.contracts.store_kit import (
    ANNA,
    BORIS,
    CANCEL,
    FIND,
    NOT_BUSY,
    START,
    CountingIds,
    Desk,
    asking,
    message,
    question,
    waiting,
)

AFTER = START + timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "monday.db"


@pytest.fixture(autouse=True)
def _folder(target: Path) -> None:
    target.parent.mkdir()


async def copied(path: Path, target: Path, *, replace: bool = False) -> Copied:
    return await asyncio.to_thread(copy, f"sqlite:///{path}", target, START, replace=replace)


@pytest.fixture
async def restored(desk: Desk, path: Path, target: Path) -> AsyncIterator[list[Desk]]:
    """Desks over copies that were put back; closed at the end."""
    opened: list[Desk] = []
    yield opened
    for one in opened:
        assert isinstance(one.store, SqliteStore)
        await one.store.close()


async def put_back(target: Path, name: str, opened: list[Desk], *, hours: float = 1) -> Desk:
    """Start a store on a copy of the copy, as the restore drill does."""
    path = target.parent / name
    shutil.copyfile(target, path)
    now = START + timedelta(hours=hours)
    store = await SqliteStore.open(path, ids=RandomIds(), now=now)

    async def reopen() -> SqliteStore:
        raise AssertionError("nothing restarts here")

    desk = Desk(store, reopen)
    desk.now = now
    # What WhatsApp delivers from here on has ids that no desk has seen.
    desk._numbers = itertools.count(1000 * (len(opened) + 1))
    opened.append(desk)
    return desk


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


# ── the copy ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_copy_is_one_file_for_its_owner_alone_that_holds_everything(
    desk: Desk, path: Path, target: Path
) -> None:
    await desk.hear("раз", ANNA)
    await desk.hear("два", BORIS)

    made = await copied(path, target)

    assert (made.chats, made.waiting, made.facts, made.schema) == (2, 2, 0, 3)
    assert [one.name for one in target.parent.iterdir()] == ["monday.db"]
    assert (mode(target), len(content(target))) == (0o600, made.size)
    # In rollback mode, so that no -wal is needed, and a reader makes none.
    assert content(target)[18:20] == b"\x01\x01"
    with reading(f"sqlite:///{target}") as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchall() == [(2,)]
    assert [one.name for one in target.parent.iterdir()] == ["monday.db"]


async def test_a_copy_of_a_store_that_writes_meanwhile_is_of_one_moment(
    desk: Desk, path: Path, target: Path
) -> None:
    async def writing() -> None:
        for number in range(10_000):
            await desk.hear(f"{number}")

    load = asyncio.create_task(writing())
    await asyncio.sleep(0.3)
    before = (await desk.store.receive((), (), (), desk.now)).new
    made = await copied(path, target)
    load.cancel()

    assert before == 0
    with reading(f"sqlite:///{target}") as connection:
        numbers = connection.execute("SELECT count(*), max(arrival) FROM inbox").fetchall()
    assert numbers == [(made.waiting, made.waiting)]
    assert made.waiting > 0


async def test_a_file_that_is_there_is_replaced_only_by_force(desk: Desk, path: Path, target: Path) -> None:
    write(target, b"precious")

    with pytest.raises(CannotCopy, match=r"there already \(--force"):
        await copied(path, target)
    assert content(target) == b"precious"

    await copied(path, target, replace=True)
    assert content(target).startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    "name", ["otmena.db", "otmena.db-wal", "otmena.db-shm", "otmena.db.lock", "otmena.db.lane"]
)
async def test_the_database_itself_is_never_the_copy(desk: Desk, path: Path, name: str) -> None:
    await desk.hear()
    path.with_name("otmena.db.lane").touch()
    before = path.with_name(name).stat().st_ino

    with pytest.raises(CannotCopy, match="belongs to the database itself"):
        await copied(path, path.with_name(name), replace=True)

    assert path.with_name(name).stat().st_ino == before


async def test_a_link_to_the_database_is_never_the_copy(desk: Desk, path: Path, target: Path) -> None:
    os.symlink(path, target)

    with pytest.raises(CannotCopy, match="belongs to the database itself"):
        await copied(path, target, replace=True)


async def test_a_copy_by_a_link_holds_what_the_server_has_in_its_wal(
    desk: Desk, path: Path, target: Path, tmp_path: Path
) -> None:
    await desk.hear()
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    os.symlink(path, link)

    assert (await copied(link, target)).chats == 1


async def test_a_copy_under_way_is_not_disturbed(desk: Desk, path: Path, target: Path) -> None:
    partial = target.with_name("monday.db.partial")
    partial.write_text("half")

    with pytest.raises(CannotCopy, match="another copy is being made, or was cut off"):
        await copied(path, target)

    assert partial.read_text() == "half"


async def test_a_damaged_database_makes_no_copy(path: Path, target: Path) -> None:
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    async def never() -> SqliteStore:
        raise AssertionError

    desk = Desk(store, never)
    for number in range(200):
        await desk.hear(f"{number}")
    await store.close()
    with path.open("r+b") as file:
        file.seek(4096 * 9)
        file.write(b"\xff" * 4096 * 3)

    with pytest.raises(CannotCopy, match="the copy is not whole"):
        await copied(path, target)

    assert list(target.parent.iterdir()) == []


# ── a -wal of another file ────────────────────────────────────────────────────────────────────────────


async def test_a_copy_beside_the_wal_of_the_file_that_it_replaces_is_refused(
    desk: Desk, path: Path, target: Path
) -> None:
    await desk.hear("до копии")
    await copied(path, target)
    await desk.hear("после копии")
    there = target.parent / "otmena.db"
    shutil.copyfile(target, there)
    shutil.copyfile(f"{path}-wal", f"{there}-wal")

    with pytest.raises(StoreUnfit, match=r"move otmena\.db-wal and otmena\.db-shm away"):
        await SqliteStore.open(there, ids=CountingIds(), now=AFTER)
    with pytest.raises(StoreUnfit, match="would spoil it"), reading(f"sqlite:///{there}"):
        pass

    os.unlink(f"{there}-wal")
    store = await SqliteStore.open(there, ids=CountingIds(), now=AFTER)
    await store.close()


async def test_sqlite_itself_would_undo_the_restoring(desk: Desk, path: Path, target: Path) -> None:
    """Why the refusal above is needed: without it the lost words are there again, over the copy."""
    await desk.hear("до копии")
    await copied(path, target)
    await desk.hear("после копии")
    there = target.parent / "otmena.db"
    shutil.copyfile(target, there)
    shutil.copyfile(f"{path}-wal", f"{there}-wal")

    connection = apsw.Connection(str(there))

    assert connection.execute("SELECT count(*) FROM inbox").fetchall() == [(2,)]
    connection.close()


async def test_a_file_of_ours_has_its_own_wal_from_its_first_commit(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "new.db"))
    connection.execute("CREATE TABLE t (x)")

    assert (tmp_path / "new.db").read_bytes()[18:20] == b"\x02\x02"


# ── put back ──────────────────────────────────────────────────────────────────────────────────────────


async def test_no_number_that_was_given_after_the_copy_is_given_again(
    desk: Desk, path: Path, target: Path, restored: list[Desk]
) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), message())
    await copied(path, target)
    lost = [await numbers(desk, chat) for _ in range(3)]

    first = await put_back(target, "first.db", restored)
    again = [await numbers(first, chat) for _ in range(3)]
    second = await put_back(target, "second.db", restored, hours=2)
    once_more = [await numbers(second, chat) for _ in range(3)]

    given = [*lost, *again, *once_more]
    for kind in range(3):
        assert len({one[kind] for one in given}) == len(given)


async def numbers(desk: Desk, chat: int) -> tuple[int, int, int]:
    """Let one more turn be taken; return its number, its arrival and its message's."""
    await desk.hear()
    head = await desk.head(chat)
    await desk.take(chat, Session(), message())
    deliveries = await desk.store.due(desk.now, busy=NOT_BUSY)
    assert isinstance(desk.store, SqliteStore)
    newest = "SELECT max(outbox_id) FROM outbox"
    last = await desk.store._writer.run(lambda c: fetch_one(c, newest))
    assert deliveries
    assert last is not None
    return head.version, head.arrival, int(last[0])


async def test_a_question_of_the_copy_is_asked_again_before_words_answer_it(
    desk: Desk, path: Path, target: Path, restored: list[Desk]
) -> None:
    chat = await desk.hear()
    await desk.take(chat, asking(1), question(1))
    await desk.send()
    await desk.hear("да")
    assert (await desk.head(chat)).asked is not None
    await copied(path, target)

    after = await put_back(target, "otmena.db", restored)

    head = await after.head(chat)
    assert (head.asked, head.brought_back) == (None, True)
    await after.take(chat, asking(1))
    await after.hear("да")
    head = await after.head(chat)
    assert (head.asked, head.brought_back) == (None, False)


async def test_a_write_of_the_copy_is_unknown_and_not_done_again(
    desk: Desk, path: Path, target: Path, restored: list[Desk]
) -> None:
    chat = await desk.hear()
    await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
    reader = await desk.hear("когда?", BORIS)
    await desk.take(reader, waiting("k2"), OutgoingCall(key="k2", call=FIND))
    await copied(path, target)

    after = await put_back(target, "otmena.db", restored)

    assert [one.key for one in await after.due()] == ["k2"]
    head = await after.head(chat)
    assert (head.event, head.call) == (CallFailed(reason="unknown"), "k1")
    assert isinstance(after.store, SqliteStore)
    (letter,) = await after.store._writer.run(dead.letters)
    assert (letter.letter, letter.why) == ("c1", "restored")


async def test_a_file_is_made_safe_once(desk: Desk, path: Path, target: Path, restored: list[Desk]) -> None:
    chat = await desk.hear()
    await copied(path, target)
    after = await put_back(target, "otmena.db", restored)
    await after.take(chat, asking(1), question(1))
    await after.send()
    assert isinstance(after.store, SqliteStore)
    await after.store.close()

    after.store = await SqliteStore.open(target.parent / "otmena.db", ids=RandomIds(), now=after.now)
    await after.hear("да")

    assert (await after.head(chat)).asked is not None
