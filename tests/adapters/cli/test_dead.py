"""`otmena dead`: what an operator sees and does, without a server and beside one that runs."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.operating import taking_orders
from adapters.storage import SqliteStore
from adapters.storage.schema import MIGRATIONS, migrate
from adapters.storage.writer import connect
from adapters.virtual import LoopClock
from engine.ports import Ending, Received, TurnTaken
from engine.session import Session
from tests.adapters.cli.running import otmena
from tests.contracts.store_kit import ANNA, START, CountingIds, Desk, message

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    """The database of a server that runs, and that takes no orders yet."""
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    async def reopen() -> SqliteStore:
        raise AssertionError("nothing restarts here")

    yield Desk(store, reopen)
    await store.close()


def store_of(desk: Desk) -> SqliteStore:
    assert isinstance(desk.store, SqliteStore)
    return desk.store


async def dead(path: Path, *arguments: str) -> Done:
    return await asyncio.to_thread(otmena, "dead", *arguments, OTMENA_DATABASE_URL=f"sqlite:///{path}")


async def put_aside(desk: Desk, text: str = "отмените \x1b[2Jзапись, мой номер +79000000001") -> None:
    """Let a turn on these words be put aside, as the runtime would."""
    head = await desk.head(await desk.hear(text))
    await desk.store.turn_failed(head.arrival, "KeyError: 'visit' (states/cancel/flow.py, line 12)")
    told = message("Простите, разговор пришлось начать сначала.")
    turn = TurnTaken(head=head, session=Session(), chat=head.chat, outgoing=(told,), instead="StartedOver")
    assert await desk.store.take(turn, desk.now)
    await desk.send()


async def refused(desk: Desk) -> None:
    """Let a message be refused for good that is an outcome: of use however late this test runs."""
    chat = await desk.hear()
    await desk.take(chat, Session(), message("Запись отменена.", outcome=True))
    await desk.end(await desk.start(), Ending("failed", why="131026 refused"))


async def test_the_list_names_each_letter_and_no_whole_phone(desk: Desk, path: Path) -> None:
    await put_aside(desk)
    desk.pass_s(60)
    await refused(desk)

    done = await dead(path, "list")

    assert done.returncode == 0
    title, first, second = done.stdout.splitlines()
    assert title.split() == ["id", "kind", "when", "client", "why"]
    assert first.split(maxsplit=5)[:2] == ["t1", "turn"]
    assert "KeyError: 'visit' (states/cancel/flow.py, line 12)" in first
    assert second.startswith("m2")
    assert ANNA.value not in done.stdout
    assert "+7•••••••01" in first


async def test_the_list_for_programs_is_json(desk: Desk, path: Path) -> None:
    await refused(desk)

    done = await dead(path, "list", "--format", "json")

    (letter,) = json.loads(done.stdout)
    assert letter == {
        "id": "m1",
        "kind": "message",
        "at": "2026-11-23T07:00:00+00:00",
        "chat": 1,
        "client": "+7•••••••01",
        "why": "131026 refused",
        "state": "idle",
        "handled": None,
        "handled_at": None,
    }


async def test_a_letter_is_shown_with_the_client_s_words_and_what_was_said_instead(
    desk: Desk, path: Path
) -> None:
    await put_aside(desk)

    done = await dead(path, "show", "t1")

    assert done.returncode == 0
    for part in (
        "t1, a turn",
        "«отмените �[2Jзапись, мой номер +7•••••••01»",
        "KeyError: 'visit' (states/cancel/flow.py, line 12)",
        "the dialogue stood in  idle",
        "StartedOver",
        "Простите, разговор пришлось начать сначала.",
        "would be replayed: the words of 2026-11-23 07:00Z are taken as old ones",
    ):
        assert part in done.stdout
    assert "\x1b" not in done.stdout


async def test_what_is_not_known_is_said_so(desk: Desk, path: Path) -> None:
    await refused(desk)
    update = "UPDATE dead SET why = '', state = NULL"
    await store_of(desk)._writer.run(lambda c: c.execute(update))

    done = await dead(path, "show", "m1")

    assert done.stdout.count("not known") == 2


@pytest.mark.parametrize("deed", [("show", "t9"), ("replay", "t9", "--dry-run"), ("drop", "t9", "--dry-run")])
async def test_a_letter_that_is_not_there_is_an_answer(desk: Desk, path: Path, deed: tuple[str, ...]) -> None:
    done = await dead(path, *deed)

    assert done.returncode == 1
    assert "t9" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("deed", [("replay",), ("replay", "--all", "t1"), ("drop",), ("show",), ("dance",)])
async def test_wrong_use_exits_2(desk: Desk, path: Path, deed: tuple[str, ...]) -> None:
    assert (await dead(path, *deed)).returncode == 2


async def test_without_a_server_the_command_does_it_and_leaves_no_wal(desk: Desk, path: Path) -> None:
    await refused(desk)
    await desk.store.close()  # type: ignore[attr-defined]  # a real store

    first = await dead(path, "replay", "m1")
    second = await dead(path, "replay", "m1")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith("m1: replayed: the message is sent once more")
    assert "already; nothing is done" in second.stdout
    assert sorted(os.listdir(path.parent)) == ["otmena.db", "otmena.db.lock"]
    after = await SqliteStore.open(path, ids=CountingIds(), now=START)
    assert len(await after.due(desk.now.replace(year=2100), busy=frozenset())) == 1
    await after.close()


async def test_beside_a_server_it_is_done_by_the_server(desk: Desk, path: Path) -> None:
    await refused(desk)
    moved: list[Received] = []

    async with taking_orders(store_of(desk).take_orders, moved.append, LoopClock()):
        done = await dead(path, "replay", "m1")

    assert done.returncode == 0
    assert done.stdout.startswith("m1: replayed: the message is sent once more")
    assert moved == [Received(deliveries=True)]


async def test_a_server_that_does_not_take_it_finds_it_left(desk: Desk, path: Path) -> None:
    await refused(desk)

    done = await dead(path, "drop", "m1")

    assert done.returncode == 1
    assert "has not taken order 1 within 10 seconds. It is left" in done.stderr
    assert "Traceback" not in done.stderr
    await store_of(desk).take_orders(START)
    assert "dropped 2026-11-23" in (await dead(path, "list", "--all")).stdout


async def test_an_empty_list_says_so(desk: Desk, path: Path) -> None:
    assert "No dead letter waits" in (await dead(path, "list")).stdout
    assert (await dead(path, "list", "--all")).stdout == "No dead letters.\n"
    assert "no dead letter that nobody has seen to" in (await dead(path, "replay", "--all")).stdout


async def test_a_file_of_an_older_version_is_left_to_the_server(path: Path) -> None:
    connection = connect(str(path))
    migrate(connection, START, MIGRATIONS[:2])
    connection.close()

    for deed in (("list",), ("replay", "t1")):
        done = await dead(path, *deed)
        assert done.returncode == 78
        assert "of an older version, which keeps no dead letters" in done.stderr


async def test_no_file_is_made(path: Path) -> None:
    done = await dead(path, "list")

    assert done.returncode == 78
    assert f"OTMENA_DATABASE_URL: there is no file {path}; a server makes it when it first" in done.stderr
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("deed", [("list",), ("show", "t1"), ("replay", "t1"), ("drop", "t1")])
async def test_a_file_that_no_server_has_started_on_is_said_to_be_one(
    path: Path, deed: tuple[str, ...]
) -> None:
    await asyncio.to_thread(path.touch)

    done = await dead(path, *deed)

    assert done.returncode == 78
    assert f"OTMENA_DATABASE_URL: {path} is empty, no server has started on it" in done.stderr
    assert os.listdir(path.parent) == [path.name]
    assert await asyncio.to_thread(path.read_bytes) == b""


async def test_an_order_that_breaks_does_not_stop_the_server(desk: Desk) -> None:
    fails = [RuntimeError("a bug"), OSError("another")]
    taken: list[object] = []

    async def take(now: object) -> Received:
        if fails:
            raise fails.pop()
        taken.append(now)
        return Received()

    async with taking_orders(take, taken.append, LoopClock()):
        async with asyncio.timeout(10):
            while not taken:
                await asyncio.sleep(0.05)

    assert not fails
