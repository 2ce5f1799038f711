"""Forgetting the past and looking for orders walk along keys and indexes, however much the file holds."""

import re
from pathlib import Path

import apsw
import pytest

from adapters.storage import orders, pruning
from adapters.storage.schema import migrate
from adapters.storage.writer import connect
from tests.contracts.store_kit import START


@pytest.fixture
def connection(tmp_path: Path) -> apsw.Connection:
    connection = connect(str(tmp_path / "otmena.db"))
    migrate(connection, START)
    return connection


def plan(connection: apsw.Connection, sql: str) -> list[str]:
    placeholders = re.findall(r"\?\d*", sql)
    bindings = [0] * (len(set(placeholders)) if "?1" in placeholders else len(placeholders))
    return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]


@pytest.mark.parametrize("table", pruning._TABLES)
def test_a_portion_is_read_and_deleted_along_the_primary_key(connection: apsw.Connection, table: str) -> None:
    key, born, delete = pruning._TABLES[table]

    read, deleted = plan(connection, pruning._portion(table, key, born)), plan(connection, delete)

    assert f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid>?)" in read
    assert not [step for step in read if "TEMP B-TREE" in step]
    assert f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in deleted
    assert not [step for step in deleted if step.startswith("SCAN")]


@pytest.mark.parametrize(
    ("sql", "index"), [(pruning._LETTERS, "dead_handled"), (orders.LEFT, "operator_order_open")]
)
def test_what_is_looked_for_has_its_index(connection: apsw.Connection, sql: str, index: str) -> None:
    steps = plan(connection, sql)

    assert [step for step in steps if index in step]
    assert not [step for step in steps if step.startswith("SCAN") and index not in step]
    assert not [step for step in steps if "TEMP B-TREE" in step]


def test_pages_are_used_again(connection: apsw.Connection) -> None:
    def fills() -> None:
        connection.executemany(
            "INSERT INTO inbox (channel, account, message_id, said_us, received_us, taken_us, raw)"
            " VALUES ('w', '1', ?, 0, 0, 0, ?)",
            [(f"{connection.last_insert_rowid()}.{n}", "x" * 400) for n in range(2_000)],
        )

    fills()
    full = connection.pragma("page_count")
    place = pruning.prune(connection, START, None)
    while place is not None:
        place = pruning.prune(connection, START, place)
    assert connection.execute("SELECT count(*) FROM inbox").fetchall() == [(0,)]
    fills()

    assert connection.pragma("page_count") <= full * 1.05
    assert connection.execute("SELECT min(arrival) FROM inbox").fetchall() == [(2_001,)]
