"""`otmena replay`: a database that a whole salon left behind, decided again."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result
from pydantic import create_model

import main
from adapters.cli import replay
from adapters.rehearsal import rehearse
from adapters.storage.reading import reading
from adapters.storage.recorded import recorded
from adapters.storage.writer import connect
from adapters.virtual import play
from engine.dialogue import Dialogue
from engine.events import Heard, StartedOver
from engine.flow import Flow
from engine.ports import Unavailable
from engine.replay import Left
from engine.texts import Text, Texts
from engine.understanding import Understanding
from states import cancel, everywhere
from tests.adapters.cli.running import invoked, nobody, otmena
from tests.chat import ANNA, MARIA, record
from tests.engine.runtime.world import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of a day in which everything happened that a record has to tell."""
    play(a_day(tmp_path / "otmena.db"))
    return tmp_path / "otmena.db"


async def a_day(path: Path) -> None:
    world = World(path)
    await world.starts()
    await world.agrees()
    await world.writes("Здравствуйте", phone=MARIA)
    await world.passes(minutes=20)
    world.booking.records = {2: record(2, "Стрижка"), 3: record(3, "Маникюр")}
    # Slow reads, words that wait for them, and a question that the channel takes only at the second try.
    world.booking.asking.takes_s = 12
    world.messenger.sending.errors = [None, Unavailable("busy", retry_after_s=5)]
    await world.writes("отмените запись")
    await world.writes("да, жду")
    await world.passes(40)
    await world.writes("вторую")
    await world.passes(5)
    await world.writes("стоп")
    await world.writes("ау")
    await world.writes("старт")
    await world.passes(5)
    await world.ends()


def replayed(path: Path, *arguments: str, texts: Texts | None = None, flow: Flow = cancel.FLOW) -> Result:
    """Replay with today's tables, but for what is given."""
    _, catalogue = main.dialogue_and_texts()
    dialogue = Dialogue((flow,), everywhere.rows, Understanding(), catalogue.claims)
    command = replay.command(lambda: (dialogue, texts or catalogue), partial(rehearse, main.composed))
    return CliRunner().invoke(command, [str(path), *arguments])


def otherwise(key: str, words: str) -> Texts:
    """Return the catalogue of a version that says one thing in other words."""
    _, catalogue = main.dialogue_and_texts()
    text = Text(key, {"ru": words}, catalogue.texts[key].claims)
    return Texts({**catalogue.texts, key: text})


FAREWELL = ("cancel.done", "Отменено: {record}")


def spoil(path: Path, statement: str) -> None:
    """Change the file as another version would have written it."""
    connection = connect(str(path))
    connection.execute(statement)
    connection.close()


def test_what_today_s_tables_decided_they_decide_again(path: Path) -> None:
    done = replayed(path)
    assert done.output == f"{path}: 2 chats, 14 turns decided again, none differs\n"
    assert done.exit_code == 0


# What follows a cancel, as replay writes options.
OFFERED = (
    "Передумаете — запись можно вернуть в течение 15 мин. "
    "[Вернуть запись](take_back:2:1) [Назвать причину](why:2:)"
)


def test_a_difference_is_shown_and_exits_1(path: Path) -> None:
    done = replayed(path, texts=otherwise(*FAREWELL))
    assert done.output.splitlines() == [
        "chat 1, turn 3, 2026-11-23 10:00:00+03:00: cancel.confirming takes Yes, RecordCancelled",
        "  ! CancelRecord 1",
        "- < Запись отменена: Маникюр, среда, 25 ноября, 15:00, мастер Ольга. Спасибо, что предупредили! "
        + OFFERED,
        "+ < Отменено: Маникюр, среда, 25 ноября, 15:00, мастер Ольга " + OFFERED,
        "",
        f"{path}: 2 chats, 14 turns decided again, 1 differs",
    ]
    assert done.exit_code == 1


def test_what_clients_wrote_is_shown_only_when_asked_for(path: Path) -> None:
    spoil(path, f"UPDATE inbox SET heard = replace(heard, 'Здравствуйте', 'Здравствуйте, я {MARIA}')")
    texts = otherwise("everywhere.hello", "Приветствуем")

    kept, shown = replayed(path, texts=texts).output, replayed(path, "--show-words", texts=texts).output

    assert "Здравствуйте, я" not in kept
    assert "  > Здравствуйте, я +7•••••••02" in shown.splitlines()
    assert MARIA[1:] not in kept + shown


def test_the_policies_are_those_of_today_s_settings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTMENA_CONFIRM", "never")
    monkeypatch.setenv("OTMENA_TIMEZONE", "Asia/Yekaterinburg")

    done = replayed(path)

    assert "2026-11-23 12:00:00+05:00: idle takes CancelWanted, RecordsFound" in done.output
    assert "+ ! CancelRecord 1" in done.output
    assert (
        "turns left out: today it would wait for the result of a call that was not made then" in done.output
    )


def test_failures_of_then_are_told(path: Path) -> None:
    spoil(path, "UPDATE inbox SET attempts = 3 WHERE event LIKE '%RecordCancelled%'")
    assert "  (then it had failed 3 times)" in replayed(path, texts=otherwise(*FAREWELL)).output


def test_what_another_version_wrote_and_this_one_cannot_read_is_a_difference(path: Path) -> None:
    gone = """'{"kind": "Gone", "value": {}}'"""
    spoil(path, "UPDATE inbox SET heard = '{}' WHERE chat_id = 2")
    spoil(path, f"UPDATE inbox SET event = {gone} WHERE event LIKE '%TimedOut%'")
    spoil(path, f"UPDATE outbox SET payload = {gone}, patience = {gone}")
    spoil(path, "UPDATE chat SET session = 'gibberish'")

    with reading(path) as connection:
        anna, maria = recorded(connection)

    assert (anna.session, maria.turns[0].heard) == (
        None,
        Heard(kind="other", said_at=maria.turns[0].said_at),
    )
    assert StartedOver() in [taken.event for taken in anna.turns]
    assert [one for one in anna.left if one.message or one.call or one.state] == []


def test_when_a_question_could_be_read_is_told_by_its_sends(path: Path) -> None:
    def questions() -> list[Left]:
        with reading(path) as connection:
            return [left for left in next(recorded(connection)).left if left.question is not None]

    quick, retried, *_ = questions()
    spoil(path, "UPDATE outbox SET first_tried_us = finished_us - 2000000 WHERE question = 2")
    slow, *_ = questions()
    spoil(path, "UPDATE outbox SET provider_id = NULL WHERE question = 2")
    unproven, *_ = questions()
    spoil(path, "UPDATE outbox SET status = 'dead', provider_id = 'wamid.1' WHERE question = 2")
    lost, *_ = questions()

    assert (quick.readable_at, quick.perhaps_at) == (quick.at, None)
    assert (retried.readable_at, retried.perhaps_at) == (retried.finished_at, retried.at)
    assert (slow.readable_at, slow.perhaps_at) == (slow.finished_at, None)
    assert (unproven.readable_at, lost.readable_at) == (None, None)
    assert lost.finished_at == quick.finished_at


def test_a_chat_without_its_beginning_is_left_out(path: Path) -> None:
    spoil(path, "DELETE FROM inbox WHERE arrival = 1")
    done = replayed(path)
    assert done.output.splitlines() == [
        "chat 1: 12 turns left out: its beginning is not in the record",
        "",
        f"{path}: 2 chats, 1 turn decided again, none differs",
    ]
    assert done.exit_code == 0


def test_what_ends_many_chats_alike_is_shown_once_and_added_up(tmp_path: Path) -> None:
    """A next version whose memory cannot be made empty raises in every chat that wants something of it."""
    picky = create_model("Memory", record_id=(int, ...), __base__=cancel.FLOW.memory)
    path = tmp_path / "otmena.db"
    play(wishes(path, ANNA, MARIA, "+79000000003"))

    done = replayed(path, flow=replace(cancel.FLOW, memory=picky))

    raises = "today it raises ValidationError: Memory takes no such values (record_id: Field required)"
    first, _, sums = done.output.partition("\n\n")
    assert first.startswith("chat 1, turn 1, 2026-11-23 10:00:00+03:00: idle takes nothing\n")
    assert first.endswith(f"\n+ ({raises})")
    assert sums.splitlines() == [
        f"chats 2, 3: 2 turns more like it: idle takes nothing; {raises}",
        "",
        f"chats 1, 2, 3: 6 turns left out: {raises}",
        "",
        f"{path}: 3 chats, 0 turns decided again, 3 differ",
    ]


async def wishes(path: Path, *phones: str) -> None:
    world = World(path)
    await world.starts()
    for phone in phones:
        await world.writes("отмените запись", phone=phone)
    await world.ends()


def test_a_few_chats_are_named_and_the_others_counted(path: Path) -> None:
    for chat in range(3, 10):
        columns = "channel, account, version, session, chat"
        spoil(path, f"INSERT INTO chat ({columns}) SELECT {columns} FROM chat WHERE chat_id = 1")
        spoil(path, f"UPDATE inbox SET chat_id = {chat} WHERE arrival = {chat}")

    assert replayed(path).output.splitlines() == [
        "chats 1, 3, 4, 5, 6 and 3 others: 14 turns left out: its beginning is not in the record",
        "",
        f"{path}: 9 chats, 0 turns decided again, none differs",
    ]


def test_several_files_are_replayed_one_after_the_other(path: Path) -> None:
    done = replayed(path, str(path))
    assert done.output.count("none differs") == 2


KEPT = """
salon: +79000000001: Маникюр, 25 ноября 15:00
> не смогу в среду
< Отменить запись: … [Да, отменить] [Перенести] [Оставить]
> [Оставить]
< key: cancel.kept
state: idle
"""


def test_a_transcript_is_played_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept.chat").write_text(KEPT)
    (tmp_path / "other.chat").write_text(KEPT.replace("state: idle", "state: cancel.done"))

    same, other = replayed(tmp_path / "kept.chat"), replayed(tmp_path / "other.chat")

    assert (same.exit_code, same.output) == (0, f"{tmp_path / 'kept.chat'}: goes as it is written\n")
    assert other.exit_code == 1
    assert other.output.startswith(f"{tmp_path / 'other.chat'}:7: differs\n")
    assert "- state: cancel.done" in other.output
    assert "+ state: idle" in other.output


def test_a_transcript_that_nobody_can_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.chat").write_text("! CancelRecord eins\n")
    done = replayed(tmp_path / "broken.chat")
    assert done.exit_code == 1
    assert "broken.chat" in done.output


def test_what_is_neither_database_nor_transcript_is_wrong_use(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("записки")
    for arguments in ([str(notes)], [str(tmp_path / "nowhere.db")], []):
        assert invoked("replay", *arguments).exit_code == 2
    assert invoked("replay", str(tmp_path / "nowhere.db")).stderr == (
        f"Error: {tmp_path / 'nowhere.db'} cannot be read: no such file or directory\n"
    )
    assert "is neither a database of Otmena nor a transcript (.chat)" in invoked("replay", str(notes)).stderr


def test_a_damaged_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "otmena.db").write_bytes(replay.SQLITE_MAGIC + b"nonsense" * 1000)
    done = otmena("replay", str(tmp_path / "otmena.db"))
    assert (done.returncode, done.stdout) == (2, "")
    (told,) = done.stderr.splitlines()
    assert told.startswith("Error: The database cannot be used: ")


@pytest.mark.parametrize("name", ["otmena.db", "kept.chat"])
def test_a_file_in_a_folder_that_one_may_not_enter_is_not_called_missing(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.touch()
    tmp_path.chmod(0)
    with nobody():
        done = invoked("replay", str(file))
    tmp_path.chmod(0o700)
    assert (done.exit_code, done.stderr) == (2, f"Error: {file} cannot be read: permission denied\n")


def test_a_time_that_cannot_be_is_damage_and_no_mistake_of_ours(path: Path) -> None:
    connection = connect(str(path))
    connection.execute("UPDATE inbox SET received_us = 9000000000000000000, said_us = 9000000000000000000")
    connection.close()
    done = replayed(path)
    assert done.exit_code == 2
    assert f"{path} is damaged: it holds a time that cannot be" in done.stderr


def test_a_database_of_somebody_else_is_wrong_use_too(tmp_path: Path) -> None:
    apsw.Connection(str(tmp_path / "theirs.db")).execute("CREATE TABLE theirs (a)")
    done = invoked("replay", str(tmp_path / "theirs.db"))
    assert done.exit_code == 2
    assert "theirs.db is no database of Otmena" in done.stderr
