"""`otmena census`: what an operator reads before an upgrade, from the database of the server that runs."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import main
from adapters.cli import census
from adapters.storage import SqliteStore
from adapters.storage.schema import MIGRATIONS
from adapters.storage.writer import connect
from engine.booking import RecordsFound
from engine.dialogue import Dialogue
from engine.flow import IDLE, Calling, On, Waiting, minutes
from engine.ports import OutgoingCall
from engine.session import Session
from tests.adapters.cli.running import invoked, nobody, otmena
from tests.contracts.store_kit import ANNA, BORIS, CANCEL, FIND, START, CountingIds, Desk, asking, question
from tests.engine.test_dialogue import Knocked, made, toy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    """The running server's database."""
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    async def reopen() -> SqliteStore:
        raise AssertionError("nothing restarts here")

    yield Desk(store, reopen)
    await store.close()


def counted(path: Path, *arguments: str, dialogue: Dialogue | None = None) -> Result:
    """Run the census of a version with this dialogue; None: today's own."""
    dialogues = main.dialogue_and_texts() if dialogue is None else (dialogue, main.dialogue_and_texts()[1])
    return CliRunner().invoke(
        census.command(lambda: dialogues), arguments, env={"OTMENA_DATABASE_URL": f"sqlite:///{path}"}
    )


def document(path: Path, dialogue: Dialogue | None = None) -> Any:
    done = counted(path, "--format", "json", dialogue=dialogue)
    assert done.exit_code == 0
    return json.loads(done.stdout)


def renamed() -> Dialogue:
    """A next version: «confirming» is called «deciding», and nobody cancels any more."""
    deciding = Waiting("cancel.deciding", hears=(), context="confirm", patience=minutes(15))
    flow = toy(
        On(Knocked, IDLE, "cancel.deciding"),
        name="cancel",
        states=(deciding, Calling("cancel.looking", type(FIND))),
        was={"cancel.confirming": "cancel.deciding"},
        version=2,
    )
    return made(flow)


async def cancelling(desk: Desk) -> int:
    """Let Boris wait for the outcome of a write; return his chat."""
    chat = await desk.hear("отмените запись", BORIS)
    session = Session(state="cancel.cancelling", awaiting="k1", consented=(7,), questions=1)
    await desk.take(chat, session, OutgoingCall(key="k1", call=CANCEL))
    return chat


async def test_the_table_tells_where_dialogues_stand_and_what_becomes_of_each(desk: Desk, path: Path) -> None:
    chat = await desk.hear("отмените запись", ANNA)
    await desk.take(chat, asking(1), question(1))
    await cancelling(desk)
    await desk.hear("а сколько стоит?", BORIS)

    done = counted(path, dialogue=renamed())

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{path} against the tables of this version (cancel 2)",
        "",
        "state              version  dialogues  questions  calls out  writes  words  last               "
        "becomes",
        "cancel.confirming        1          1          1          0       0      0  2026-11-23 07:00Z  "
        "goes on as cancel.deciding",
        "cancel.cancelling        1          1          0          1       1      1  2026-11-23 07:00Z  "
        "ends: no flow has a state cancel.cancelling any more",
        "",
        "1 dialogue goes on, 1 ends with an apology: 1 × no flow has a state cancel.cancelling any more.",
        "0 chats at home, where every version goes on.",
        "Of the dialogues that end, 1 has a write out. Its client is told the outcome where it is known, and "
        "else that it is not. Better wait a minute and count again.",
    ]


async def test_dialogues_that_end_for_the_same_reason_are_added_up(desk: Desk, path: Path) -> None:
    chat = await desk.hear("отмените запись", ANNA)
    await desk.take(chat, asking(1), question(1))
    await cancelling(desk)
    await spoil(path, "UPDATE chat SET session = json_set(session, '$.flow_version', 9)")

    done = counted(path)

    places = [line.split()[0] for line in done.stdout.splitlines()[3:5]]
    assert places == ["cancel.cancelling", "cancel.confirming"]
    assert "2 end with an apology: 2 × cancel takes versions" in done.stdout


async def test_programs_read_the_same_as_json(desk: Desk, path: Path) -> None:
    await cancelling(desk)
    assert document(path, renamed()) == {
        "schema": len(MIGRATIONS),
        "flows": {"cancel": 2},
        "at_home": 0,
        "go_on": 0,
        "end": 1,
        "writes_out_where_it_ends": 1,
        "places": [
            {
                "state": "cancel.cancelling",
                "version": 1,
                "becomes": "ends",
                "today": None,
                "why": "no flow has a state cancel.cancelling any more",
                "dialogues": 1,
                "questions_pending": 0,
                "calls_out": 1,
                "writes_out": 1,
                "words_waiting": 0,
                "last_activity": "2026-11-23T07:00:00+00:00",
            }
        ],
    }


async def test_a_read_that_is_out_is_no_write_and_a_call_that_was_answered_is_not_out(
    desk: Desk, path: Path
) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(state="cancel.looking", awaiting="k1"), OutgoingCall(key="k1", call=FIND))
    (asked,) = document(path)["places"]
    await desk.answer(RecordsFound(records=()))
    (answered,) = document(path)["places"]

    assert (asked["calls_out"], asked["writes_out"]) == (1, 0)
    assert (answered["calls_out"], answered["writes_out"]) == (0, 0)


@pytest.mark.parametrize(("consented", "writes"), [("[7]", 1), ("[]", 0)])
async def test_a_call_that_this_version_does_not_know_is_a_write_if_the_client_had_agreed_to_it(
    desk: Desk, path: Path, consented: str, writes: int
) -> None:
    await cancelling(desk)
    await spoil(path, """UPDATE outbox SET payload = '{"kind": "Gone", "value": {}}'""")
    await spoil(path, f"UPDATE chat SET session = json_set(session, '$.consented', json('{consented}'))")
    assert document(path)["places"][0]["writes_out"] == writes


async def test_a_session_that_nobody_can_read_ends_like_every_other_that_cannot_go_on(
    desk: Desk, path: Path
) -> None:
    await cancelling(desk)
    await spoil(path, "UPDATE chat SET session = 'gibberish'")

    found = document(path)

    (place,) = found["places"]
    assert (place["state"], place["becomes"], place["writes_out"], found["end"]) == (
        None,
        "ends",
        1,
        1,
    )
    told = counted(path).stdout
    assert " ends: what is stored is no session of today's\n" in told
    assert "1 ends with an apology: 1 × what is stored is no session of today's." in told


async def test_a_time_that_cannot_be_is_damage_and_no_mistake_of_ours(desk: Desk, path: Path) -> None:
    await cancelling(desk)
    await spoil(path, "UPDATE inbox SET received_us = 9000000000000000000, said_us = 9000000000000000000")
    done = counted(path)
    assert done.exit_code == 78
    assert f"OTMENA_DATABASE_URL: {path} is damaged: it holds a time that cannot be" in done.stderr


async def test_chats_at_home_are_only_numbered(desk: Desk, path: Path) -> None:
    chat = await desk.hear("спасибо")
    await desk.take(chat, Session())

    done = counted(path)

    assert done.stdout.splitlines()[2:] == [
        "0 dialogues go on, none ends.",
        "1 chat at home, where every version goes on.",
    ]


async def test_nothing_of_any_client_is_printed(desk: Desk, path: Path) -> None:
    await cancelling(desk)
    await desk.hear("секретные слова", BORIS)
    for form in ("table", "json"):
        shown = counted(path, "--format", form).stdout
        assert BORIS.value[1:] not in shown
        assert "секретные" not in shown


async def test_it_runs_as_a_command_beside_the_server_and_needs_the_database_only(
    desk: Desk, path: Path
) -> None:
    await cancelling(desk)
    done = await asyncio.to_thread(otmena, "census", OTMENA_DATABASE_URL=f"sqlite:///{path}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 dialogue goes on, none ends." in done.stdout
    assert await desk.store.head(1) is None, "the server's store still works"


def test_a_database_that_is_not_one_of_ours_is_a_sentence(tmp_path: Path) -> None:
    done = invoked_on(f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert done.exit_code == 78
    assert f"OTMENA_DATABASE_URL: there is no file {tmp_path / 'nowhere.db'}; " in done.stderr
    assert os.listdir(tmp_path) == []


def test_a_folder_that_one_may_not_enter_is_a_wrong_configuration(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    with nobody():
        done = invoked_on(f"sqlite:///{tmp_path / 'otmena.db'}")
    tmp_path.chmod(0o700)
    assert done.exit_code == 78
    assert f"{tmp_path / 'otmena.db'} cannot be reached: permission denied" in done.stderr


def test_without_an_address_it_reads_this_folder_s_database_as_its_help_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OTMENA_DATABASE_URL", raising=False)
    missing = f"OTMENA_DATABASE_URL: there is no file {tmp_path / 'otmena.db'}; a server makes it"
    assert missing in invoked("census").stderr
    assert "unset, it stands for otmena.db in this folder" in " ".join(
        invoked("census", "--help").stdout.split()
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x07\x17" * 3000, "cannot be read: file is not a database"),
        (b"", "is empty, no server has started"),
    ],
)
def test_whatever_else_stands_there_is_a_wrong_configuration(
    content: bytes, what: str, tmp_path: Path
) -> None:
    file = tmp_path / "other.db"
    file.write_bytes(content)

    done = invoked_on(f"sqlite:///{file}")

    assert done.exit_code == 78
    assert f"OTMENA_DATABASE_URL: {file} {what}" in done.stderr


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgresql://salon/db", "must begin with sqlite:///"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///", "must name a file"),
        ("sqlite:////", "must name a file"),
        ("sqlite:////no/such/otmena.db", "there is no folder /no/such"),
    ],
)
def test_an_address_of_no_file_is_a_wrong_configuration(url: str, what: str) -> None:
    done = invoked_on(url)
    assert done.exit_code == 78
    assert f"OTMENA_DATABASE_URL: {what}" in done.stderr


def invoked_on(url: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTMENA_DATABASE_URL", url)
        return invoked("census")


async def spoil(path: Path, statement: str) -> None:
    """Change the file behind the store's back, as another version would have written it."""

    def run() -> None:
        connection = connect(str(path))
        connection.execute(statement)
        connection.close()

    await asyncio.to_thread(run)
