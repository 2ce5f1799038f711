"""The chat: lines through a pipe, and a terminal."""

import os
import re
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.adapters.cli.running import OTMENA, invoked, otmena


def lines(output: str) -> list[str]:
    return output.splitlines()


def test_lines_become_a_transcript() -> None:
    done = otmena("chat", said="Здравствуйте\nХочу отменить запись\n1\n")

    assert done.returncode == 0
    assert done.stderr == ""
    hello, answered, wish, asked, tapped, told = lines(done.stdout)
    assert (hello, wish, tapped) == ("> Здравствуйте", "> Хочу отменить запись", "> [Да, отменить]")
    assert answered.startswith("< Здравствуйте!")
    assert re.fullmatch(
        r"< Отменить запись: Маникюр, .*, 15:00, мастер Анна\? \[Да, отменить\] \[Перенести\] \[Оставить\]",
        asked,
    )
    assert told.startswith("< Запись отменена: Маникюр")


def test_the_journal_shows_what_became_of_the_record() -> None:
    done = otmena("chat", said="/journal\nХочу отменить запись\n[да]\n/journal\n")

    of_vera = [line for line in lines(done.stdout) if "клиент Вера" in line]
    assert [line.rpartition(": ")[2] for line in of_vera] == ["ожидает", "не пришёл (отменено)"]


def test_another_persona_has_another_chat() -> None:
    done = otmena("chat", "--persona", "three", said="Хочу отменить запись\n/persona none\nотмените запись\n")

    asked, remark, told = lines(done.stdout)[1], lines(done.stdout)[2], lines(done.stdout)[4]
    assert asked.startswith("< У вас несколько записей.")
    assert asked.count("[") == 3
    assert remark == "# Теперь пишет Любовь, +79000000003, без записей."
    assert told.startswith("< Не нахожу предстоящих записей")


def test_a_number_that_names_no_option_is_said() -> None:
    done = otmena("chat", said="Хочу отменить запись\n7\n")

    assert lines(done.stdout)[2] == "> 7"


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("/nothing", "# Не знаю команды /nothing. Все команды: /help"),
        ("/help", "# Пишите, как клиент пишет салону. Номер варианта нажимает кнопку."),
        ("/persona four", "# Не знаю клиента four."),
        ("/persona", "# /persona one    Вера, +79000000001, одна запись"),
    ],
)
def test_commands_answer_with_remarks(line: str, remark: str) -> None:
    done = otmena("chat", said=f"{line}\n")

    assert (done.returncode, lines(done.stdout)[0]) == (0, remark)


def test_a_recorded_chat_plays_again(tmp_path: Path) -> None:
    record = tmp_path / "recorded.chat"

    done = otmena(
        "chat",
        "--record",
        str(record),
        said="/journal\nХочу отменить запись\n1\n/persona three\nотмените запись\n2\n[где тут # кнопка]\n",
    )

    assert done.returncode == 0
    text = record.read_text(encoding="utf-8")
    # Neighbours too: whoever is booked takes windows.
    assert text.count("\nsalon: +") == 16
    told = "notice: master cancelled\nnotice: admin cancelled\n"
    assert f"\n> [Да, отменить]\n! CancelRecord 1\n{told}< Запись отменена: Маникюр" in text
    assert "\nclient: +79000000002\n> отмените запись\n" in text
    assert text.endswith("state: cancel.confirming\njournal: 1 attendance -1\n")
    played = otmena("test", str(record))
    assert (played.stdout, played.returncode) == (f"ok     {record}\n1 transcript: 1 holds, 0 failed\n", 0)


def test_a_record_that_cannot_be_written_is_told_before_anything_is_said(tmp_path: Path) -> None:
    done = otmena("chat", "--record", str(tmp_path / "nowhere" / "a.chat"), said="Здравствуйте\n")

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert done.stdout == ""


SCRIPT = """salon: +79000000001: Маникюр, 25 ноября 15:00
> не смогу в среду
< key: cancel.confirm
"""


def test_a_script_is_played_visibly(tmp_path: Path) -> None:
    script = tmp_path / "story.chat"
    script.write_text(SCRIPT, encoding="utf-8")

    done = invoked("chat", "--script", str(script))

    assert done.exit_code == 0
    assert "> не смогу в среду\n< Отменить запись: Маникюр, среда, 25 ноября, 15:00" in done.stdout


def test_a_script_that_does_not_hold_exits_1_and_its_record_tells_what_came(tmp_path: Path) -> None:
    script, record = tmp_path / "story.chat", tmp_path / "record.chat"
    script.write_text(SCRIPT + "> [Да]\n< key: cancel.kept\n", encoding="utf-8")

    done = invoked("chat", "--script", str(script), "--record", str(record))

    assert done.exit_code == 1
    assert f"{script}:4 does not hold:" in done.stdout
    assert "      5 - < key: cancel.kept\n        + < key: cancel.done\n" in done.stdout
    assert record.read_text(encoding="utf-8") == SCRIPT + "> [Да]\n! CancelRecord 1\n< key: cancel.done\n"


def test_quit_leaves_and_what_follows_is_not_said() -> None:
    done = otmena("chat", said="/quit\nЗдравствуйте\n")

    assert (done.returncode, done.stdout) == (0, "")


def test_bytes_that_are_no_text_and_empty_lines_do_no_harm() -> None:
    done = subprocess.run(
        [*OTMENA, "chat"], input=b"\n\xff\xfe\n\n", capture_output=True, timeout=60, check=False
    )

    assert done.returncode == 0
    assert done.stdout.decode().startswith("> \ufffd\ufffd\n< ")


def test_the_environment_of_an_operator_does_not_reach_the_salon() -> None:
    done = otmena(
        "chat",
        said="Хочу отменить запись\n",
        OTMENA_CONFIRM="never",
        OTMENA_YCLIENTS_BASE_URL="nonsense",
        OTMENA_DATABASE_URL="postgresql://nowhere",
    )

    assert done.returncode == 0
    assert "[Да, отменить] [Перенести] [Оставить]" in done.stdout


def test_a_salons_own_words_are_spoken_in_the_chat(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text('[services]\n"красочка" = "окрашивание"\n', encoding="utf-8")

    with_them = otmena("chat", "--persona", "three", said="отмените красочку\n", OTMENA_WORDS_FILE=str(file))
    without = otmena("chat", "--persona", "three", said="отмените красочку\n")

    assert lines(with_them.stdout)[1].startswith("< Отменить запись: Окрашивание")
    assert lines(without.stdout)[1].startswith("< У вас несколько записей.")


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal needs POSIX")
def test_at_a_terminal_messages_come_above_the_prompt_and_numbers_tap() -> None:
    with Terminal("chat", "--persona", "three") as terminal:
        terminal.reads("/help /quit")
        terminal.types("Хочу отменить запись\r")
        terminal.reads("1) ", "Коррекция бровей, Ольга", "3) ")
        terminal.types("1\r")
        terminal.reads("нажато: ", "1) Да, отменить  2) Перенести  3) Оставить")
        terminal.types("1\r")
        terminal.reads("Запись отменена: Коррекция бровей")
        terminal.types("/journal\r")
        terminal.reads("клиент Надежда: не пришёл (отменено)")
        terminal.types("/quit\r")

        assert terminal.exit_code() == 0


class Terminal:
    """A pseudo-terminal with the command in it."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = os.openpty()
        self._process = subprocess.Popen(
            [*OTMENA, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(theirs)
        self._unread = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def types(self, words: str) -> None:
        os.write(self._ours, words.encode())

    def reads(self, *parts: str) -> None:
        """Wait until these parts have come, in this order."""
        until = time.monotonic() + 15
        for part in parts:
            while part not in self._unread:
                assert time.monotonic() < until, f"{part!r} did not come, but {self._unread!r}"
                self._take()
            self._unread = self._unread.partition(part)[2]

    def exit_code(self) -> int:
        until = time.monotonic() + 15
        while self._process.poll() is None and time.monotonic() < until:
            self._take()
        return self._process.wait(1)

    def _take(self) -> None:
        ready, _, _ = select.select([self._ours], [], [], 0.1)
        if not ready:
            return
        try:
            came = os.read(self._ours, 65536).decode(errors="replace")
        except OSError:
            return
        # The question where the cursor is, which a real terminal answers.
        if "\x1b[6n" in came:
            self.types("\x1b[1;1R")
        self._unread += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", came)


def test_what_was_recorded_before_is_not_written_over(tmp_path: Path) -> None:
    record = tmp_path / "a.chat"
    record.write_text("> да\n", encoding="utf-8")

    done = invoked("chat", "--record", str(record))

    assert done.exit_code == 2
    assert f"{record} is there already; remove it first, or record into another file" in done.stderr
    assert record.read_text(encoding="utf-8") == "> да\n"
