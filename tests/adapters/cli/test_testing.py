"""`otmena test`: one line for each file, differences at a glance, coverage as a gate, and rewriting."""

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

import main
from adapters.cli import testing
from adapters.proving import generating
from adapters.rehearsal import rehearse
from tests.adapters.cli.running import invoked, otmena

GOOD = (
    "salon: +79000000001: Маникюр, 25 ноября 15:00\n"
    "> не смогу в среду\n"
    "< Отменить запись: … [Да, отменить] [Перенести] [Оставить]\n"
)
BAD = GOOD.replace("Отменить", "Удалить") + "\n# and then\n> [Да]\n< key: cancel.done\n"
BAD_DIFFERENCE = """\
      2   > не смогу в среду
      3 - < Удалить запись: … [Да, отменить] [Перенести] [Оставить]
        + < Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга? [Да, отменить] [Перенести] [Оставить]
          ⋮
      6   > [Да]
        + ! CancelRecord 1
      7   < key: cancel.done
"""  # noqa: E501  # as the command writes it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.chat").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_transcripts_that_hold_are_told_in_a_line_each(folder: Path) -> None:
    done = invoked("test", str(folder))

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"ok     {folder / 'good.chat'}\n1 transcript: 1 holds, 0 failed\n"


def test_what_does_not_hold_is_shown_at_a_glance_and_exits_1(folder: Path) -> None:
    (folder / "bad.chat").write_text(BAD, encoding="utf-8")

    done = invoked("test", str(folder))

    assert done.exit_code == 1
    assert done.stdout.startswith(f"FAILED {folder / 'bad.chat'}:3\n{BAD_DIFFERENCE}")
    assert done.stdout.endswith(f"ok     {folder / 'good.chat'}\n2 transcripts: 1 holds, 1 failed\n")


def test_a_mistake_in_one_file_keeps_none_of_the_others_from_being_played(folder: Path) -> None:
    (folder / "a.chat").write_text("hello\n", encoding="utf-8")

    done = invoked("test", str(folder))

    assert done.exit_code == 1
    assert f"{folder / 'a.chat'}:1: cannot read «hello»" in done.stdout
    assert f"ok     {folder / 'good.chat'}" in done.stdout


def test_over_http_it_holds_just_as_well(folder: Path) -> None:
    assert invoked("test", str(folder), "--over", "http").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("nowhere",), "nowhere does not exist"), (("states", "--dry-run"), "--dry-run belongs to --rewrite")],
)
def test_wrong_use_exits_2(arguments: tuple[str, ...], said: str) -> None:
    done = invoked("test", *arguments)

    assert done.exit_code == 2
    assert said in done.stderr


def test_a_folder_without_transcripts_exits_2(tmp_path: Path) -> None:
    done = invoked("test", str(tmp_path))

    assert done.exit_code == 2
    assert done.stderr == f"Error: there is no .chat file beneath {tmp_path}\n"


def test_coverage_is_shown_and_is_a_gate(folder: Path) -> None:
    done = invoked("test", str(folder), "--coverage")

    assert done.exit_code == 1
    assert " % of rows: " in done.stdout
    assert "        cancel.confirming: Yes → cancel.cancelling\n" in done.stdout
    assert "cancel.looking: RecordsFound [none_found] → idle: never true\n" in done.stdout


def test_programs_get_json(folder: Path) -> None:
    (folder / "bad.chat").write_text(BAD, encoding="utf-8")

    done = invoked("test", str(folder), "--format", "json", "--coverage")

    told = json.loads(done.stdout)
    assert [(file["file"], file["holds"]) for file in told["files"]] == [
        (str(folder / "bad.chat"), False),
        (str(folder / "good.chat"), True),
    ]
    assert told["files"][0]["report"][1].startswith("    3 - < Удалить")
    asked = (
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга? "
        "[Да, отменить] [Перенести] [Оставить]"
    )
    assert told["files"][0]["failures"] == [
        {
            "line": 3,
            "kind": "message",
            "expected": "< Удалить запись: … [Да, отменить] [Перенести] [Оставить]",
            "got": [asked],
        },
        {"line": 6, "kind": "unnamed", "expected": None, "got": ["! CancelRecord 1"]},
    ]
    assert told["files"][1]["failures"] == []
    assert (
        told["coverage"]["rows"]["covered"] + len(told["coverage"]["rows"]["missing"])
        == (told["coverage"]["rows"]["total"])
    )


def test_expectations_are_rewritten_and_shown_as_a_diff(folder: Path) -> None:
    bad = folder / "bad.chat"
    bad.write_text(BAD, encoding="utf-8")

    shown = invoked("test", str(bad), "--rewrite", "--dry-run")
    assert bad.read_text(encoding="utf-8") == BAD
    written = invoked("test", str(bad), "--rewrite")

    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert (
        "-< Удалить запись: … [Да, отменить] [Перенести] [Оставить]\n+< Отменить запись: Маникюр, "
        in written.stdout
    )
    assert "+! CancelRecord 1\n" in written.stdout
    assert written.stdout.endswith("1 read, 1 rewritten, 0 cannot be played to their end\n")
    # What the client does, comments and lines that fit stay as they were.
    assert bad.read_text(encoding="utf-8").endswith(
        "\n\n# and then\n> [Да]\n! CancelRecord 1\n< key: cancel.done\n"
    )
    assert invoked("test", str(bad)).exit_code == 0


def test_what_cannot_be_played_is_not_rewritten_and_exits_1(folder: Path) -> None:
    bad = folder / "bad.chat"
    bad.write_text("hello\n", encoding="utf-8")

    done = invoked("test", str(folder), "--rewrite")

    assert done.exit_code == 1
    assert bad.read_text(encoding="utf-8") == "hello\n"
    assert done.stdout.endswith("2 read, 0 rewritten, 1 cannot be played to their end\n")


def test_our_own_transcripts_fire_every_row_and_nothing_is_left_to_generate() -> None:
    done = otmena("test", "states", "--coverage", "--generate")

    assert done.stderr == ""
    assert "100 % of rows: " in done.stdout
    assert done.stdout.endswith("every row has fired, so there is nothing to generate\n")
    assert done.returncode == 0


def test_coverage_is_painted_by_whoever_can(folder: Path) -> None:
    painted: list[tuple[Path, int]] = []
    command = testing.command(
        partial(rehearse, main.composed),
        main.dialogue_and_texts,
        paint=lambda path, seen: painted.append((path, len(seen.fired))),
    )

    done = CliRunner().invoke(command, [str(folder), "--paint", "machine.svg"])

    assert done.exit_code == 0
    assert painted == [(Path("machine.svg"), 2)]


def test_line_ends_of_another_system_stay_when_a_script_is_rewritten(folder: Path) -> None:
    bad = folder / "bad.chat"
    bad.write_bytes(BAD.replace("\n", "\r\n").encode())

    done = invoked("test", str(bad), "--rewrite")

    assert "\r" not in done.stdout
    assert bad.read_bytes().decode().splitlines(keepends=True)[-2:] == [
        "! CancelRecord 1\r\n",
        "< key: cancel.done\r\n",
    ]


def test_a_row_without_a_way_is_named_and_exits_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "WITHIN_S", {"engine": 0.0, "virtual": 0.0})

    done = invoked("test", str(folder), "--generate")

    assert "# Yes: cancel.confirming → cancel.cancelling: no way there was found; write it" in done.stdout
    assert "a flow that none of them enters needs one to begin with" in done.stdout
    assert done.stdout.endswith(" of the rows above have no transcript yet\n")
    assert done.exit_code == 1
