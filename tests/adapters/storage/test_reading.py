"""Reading a database file without a trace, beside a server, after one, and of other versions."""

import os
from pathlib import Path

import apsw
import pytest

from adapters.storage.reading import reading
from adapters.storage.rows import from_us
from adapters.storage.schema import MIGRATIONS, migrate
from adapters.storage.writer import connect
from engine.ports import StoreFailed
from tests.adapters.cli.running import nobody, open_folder
from tests.contracts.store_kit import START


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "салон 1.db"


def made(path: Path) -> apsw.Connection:
    """Return the connection of a server that has the file open."""
    connection = connect(str(path))
    migrate(connection, START)
    connection.execute("INSERT INTO number (account, last_status_us) VALUES ('1001', 1)")
    return connection


def rows(path: Path) -> list[tuple[object, ...]]:
    with reading(path) as connection:
        return connection.execute("SELECT account FROM number").fetchall()


def test_what_a_running_server_has_committed_is_read(path: Path) -> None:
    server = made(path)

    assert rows(path) == [("1001",)]

    server.execute("INSERT INTO number (account, last_status_us) VALUES ('1002', 1)")
    assert rows(path) == [("1001",), ("1002",)]


def test_a_link_is_read_with_the_wal_of_what_it_leads_to(path: Path, tmp_path: Path) -> None:
    server = made(path)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(path)

    assert rows(link) == [("1001",)]
    server.close()


def test_one_look_sees_one_moment(path: Path) -> None:
    server = made(path)
    with reading(path) as connection:
        before = connection.execute("SELECT count(*) FROM number").fetchall()
        server.execute("INSERT INTO number (account, last_status_us) VALUES ('1002', 1)")
        assert connection.execute("SELECT count(*) FROM number").fetchall() == before


def test_a_file_at_rest_is_read_and_nothing_is_left_beside_it(path: Path) -> None:
    made(path).close()
    untouched = path.read_bytes()

    assert rows(path) == [("1001",)]

    assert os.listdir(path.parent) == [path.name]
    assert path.read_bytes() == untouched


def copied(path: Path, folder: Path, *suffixes: str) -> Path:
    """Copy the file and what stands beside it, as an operator would while the server runs."""
    server, copy = made(path), folder / "copy.db"
    for suffix in ("", *suffixes):
        copy.with_name(f"copy.db{suffix}").write_bytes(path.with_name(f"{path.name}{suffix}").read_bytes())
    server.close()
    return copy


def test_a_copy_with_its_wal_is_read_whole_and_nothing_is_left_beside_it(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copy = copied(path, tmp_path / "copies", "-wal")
    before = {file.name: file.read_bytes() for file in copy.parent.iterdir()}

    assert rows(copy) == [("1001",)]

    assert {file.name: file.read_bytes() for file in copy.parent.iterdir()} == before


@pytest.mark.parametrize("suffixes", [("-wal",), ("-wal", "-shm")])
def test_a_copy_is_read_where_nothing_may_be_written(path: Path, suffixes: tuple[str, ...]) -> None:
    with open_folder() as folder:
        copy = copied(path, folder, *suffixes)
        folder.chmod(0o555)
        with nobody():
            assert rows(copy) == [("1001",)]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_file_that_one_may_not_read_is_named_with_the_reason(path: Path, suffix: str) -> None:
    with open_folder() as folder:
        copy = copied(path, folder, "-wal", "-shm")
        denied = folder / f"copy.db{suffix}"
        denied.chmod(0)
        with nobody(), pytest.raises(StoreFailed) as raised:
            rows(copy)
    assert str(raised.value) == (
        f"{denied} cannot be read: permission denied; run this as a user who may, such as the server's"
    )


def test_a_file_in_a_folder_that_one_may_not_enter_is_not_called_missing(path: Path) -> None:
    made(path).close()
    path.parent.chmod(0)
    with nobody(), pytest.raises(StoreFailed, match="cannot be read: permission denied; run this as a user"):
        rows(path)
    path.parent.chmod(0o700)


def test_a_time_that_no_calendar_has_is_damage(path: Path) -> None:
    made(path).close()
    with pytest.raises(StoreFailed, match="is damaged: it holds a time that cannot be"), reading(path):
        from_us(9_000_000_000_000_000_000)


def test_a_path_with_two_slashes_before_it_is_the_same_file(path: Path) -> None:
    made(path).close()
    with reading(f"sqlite:////{path}") as connection:
        assert connection.execute("SELECT count(*) FROM number").fetchall() == [(1,)]


def test_nothing_can_be_written(path: Path) -> None:
    server = made(path)
    with (
        pytest.raises(StoreFailed, match="attempt to write a readonly database"),
        reading(path) as connection,
    ):
        connection.execute("DELETE FROM number")
    assert server.execute("SELECT account FROM number").fetchall() == [("1001",)]


def test_a_newer_file_is_left_alone(path: Path) -> None:
    made(path).pragma("user_version", len(MIGRATIONS) + 1)
    with pytest.raises(
        StoreFailed, match="has version 4, this program knows up to 3: a newer Otmena wrote it"
    ):
        rows(path)


def test_a_copy_without_its_wal_is_told_what_it_lacks(path: Path, tmp_path: Path) -> None:
    server, copy = made(path), tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())

    with pytest.raises(StoreFailed, match="or an empty one; if it is a copy made beside a running server"):
        rows(copy)

    (tmp_path / "copy.db-wal").write_bytes(path.with_name(f"{path.name}-wal").read_bytes())
    assert rows(copy) == [("1001",)]
    server.close()


def test_a_database_of_somebody_else_lacks_no_wal(path: Path) -> None:
    apsw.Connection(str(path)).execute("CREATE TABLE theirs (a)")
    with pytest.raises(StoreFailed, match=r"or an empty one$"):
        rows(path)


def test_an_empty_database_is_named_as_one(path: Path) -> None:
    connect(str(path)).close()
    with pytest.raises(StoreFailed, match="is no database of Otmena, or an empty one"):
        rows(path)


def test_a_file_that_is_no_database_is_named_as_one(path: Path) -> None:
    path.write_text("это не база данных" * 100)
    with pytest.raises(StoreFailed, match="cannot be read: file is not a database"):
        rows(path)


@pytest.mark.parametrize("url", ["sqlite:///nowhere/otmena.db", "nowhere.db", "sqlite:///:memory:"])
def test_a_missing_file_is_not_made(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreFailed, match=r"no file|not the address"), reading(url):
        pass
    assert os.listdir(tmp_path) == []
