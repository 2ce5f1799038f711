"""Migrations, the lock, and queries that never scan what is done."""

import os
import stat
from pathlib import Path

import apsw
import pytest

from adapters.storage import SqliteStore, deliveries, turns
from adapters.storage.schema import MIGRATIONS, NewerFile, migrate
from adapters.storage.store import path_of
from adapters.storage.writer import connect
from engine.ports import StoreFailed
from tests.contracts.store_kit import START, CountingIds, Desk


@pytest.fixture
def connection(tmp_path: Path) -> apsw.Connection:
    return connect(str(tmp_path / "otmena.db"))


def test_an_empty_file_is_brought_up_to_date_once(connection: apsw.Connection) -> None:
    assert migrate(connection, START) == len(MIGRATIONS)
    assert migrate(connection, START) == len(MIGRATIONS)

    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    assert {name for (name,) in tables} == {
        "chat",
        "identity",
        "inbox",
        "outbox",
        "timer",
        "ledger",
        "notice",
        "number",
        "meta",
        "dead",
        "operator_order",
    }


def test_every_table_is_strict(connection: apsw.Connection) -> None:
    migrate(connection, START)

    loose = (
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite%'"
    )
    assert connection.execute(loose).fetchall() == []


def test_a_step_that_fails_leaves_the_file_at_the_step_before(connection: apsw.Connection) -> None:
    steps = (
        "CREATE TABLE meta (name TEXT, value TEXT) STRICT",
        "CREATE TABLE half (x TEXT) STRICT; SELECT nonsense",
    )

    with pytest.raises(apsw.SQLError):
        migrate(connection, START, steps)

    assert connection.pragma("user_version") == 1
    assert not connection.table_exists("main", "half")


def test_only_the_missing_steps_run(connection: apsw.Connection) -> None:
    first = ("CREATE TABLE meta (name TEXT, value TEXT) STRICT",)
    migrate(connection, START, first)

    assert migrate(connection, START, (*first, "CREATE TABLE more (x TEXT) STRICT")) == 2

    assert connection.table_exists("main", "more")


def test_a_newer_file_is_left_alone(connection: apsw.Connection) -> None:
    connection.pragma("user_version", 99)

    with pytest.raises(NewerFile, match="99"):
        migrate(connection, START)

    assert not connection.table_exists("main", "chat")


async def test_a_newer_file_is_not_opened(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "otmena.db"))
    connection.pragma("user_version", 99)
    connection.close()

    with pytest.raises(StoreFailed, match="99"):
        await SqliteStore.open(tmp_path / "otmena.db", ids=CountingIds(), now=START)


async def test_the_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    theirs = apsw.Connection(str(tmp_path / "otmena.db"))
    theirs.execute("CREATE TABLE theirs (a)")

    with pytest.raises(StoreFailed, match="another program's: theirs is in it"):
        await SqliteStore.open(tmp_path / "otmena.db", ids=CountingIds(), now=START)

    assert theirs.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]


async def test_a_second_store_on_the_file_refuses_to_start(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="held by process"):
        await SqliteStore.open(tmp_path / "otmena.db", ids=CountingIds(), now=START)


async def test_the_files_are_their_owner_s_alone(desk: Desk, tmp_path: Path) -> None:
    await desk.hear()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in os.scandir(tmp_path)}
    assert modes == dict.fromkeys(("otmena.db", "otmena.db-wal", "otmena.db-shm", "otmena.db.lock"), 0o600)


async def test_a_file_that_the_operator_gave_to_a_group_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "otmena.db"
    path.touch()
    path.chmod(0o660)

    await (await SqliteStore.open(path, ids=CountingIds(), now=START)).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o660


async def test_a_directory_that_is_missing_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="No such file"):
        await SqliteStore.open(tmp_path / "nowhere" / "otmena.db", ids=CountingIds(), now=START)


async def test_a_file_that_is_no_database_is_a_clear_error_and_gives_back_the_lock(tmp_path: Path) -> None:
    (tmp_path / "otmena.db").write_text("это не база данных" * 100)
    for _ in range(2):
        with pytest.raises(StoreFailed, match="another program's"):
            await SqliteStore.open(tmp_path / "otmena.db", ids=CountingIds(), now=START)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///otmena.db", "otmena.db"),
        ("sqlite:////var/lib/otmena.db", "/var/lib/otmena.db"),
        ("data/otmena.db", "data/otmena.db"),
        (Path("/tmp/x.db"), "/tmp/x.db"),
    ],
)
def test_addresses_of_a_file(url: str | Path, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    "url", ["postgresql://salon/db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://x"]
)
def test_addresses_of_no_file(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        path_of(url)


def plan(connection: apsw.Connection, sql: str, *bindings: object) -> list[str]:
    return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]


@pytest.mark.parametrize(
    "sql",
    [
        turns._NEXT_ROW,
        f"SELECT 1 {deliveries._MAY_START} AND o.due_us <= 0 ORDER BY o.due_us, o.outbox_id LIMIT 100",
        f"SELECT 1 {deliveries._MAY_START} ORDER BY o.due_us, o.outbox_id LIMIT 1",
    ],
)
def test_hot_queries_read_unfinished_rows_only(connection: apsw.Connection, sql: str) -> None:
    migrate(connection, START)

    steps = plan(connection, sql, "[]")

    # Walking an index of unfinished rows in order is what we want; walking a table is not.
    scans = [step for step in steps if step.startswith("SCAN") and "json_each" not in step]
    assert scans in ([], ["SCAN o USING INDEX outbox_due"])
    assert any("inbox_untaken" in step or "outbox_due" in step for step in steps)
    assert not [step for step in steps if "TEMP B-TREE" in step]
