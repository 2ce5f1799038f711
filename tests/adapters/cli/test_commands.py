"""What every command owes: help with an example, the contract's exit codes, and no traceback."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

import main
from adapters.cli.commands import COMMANDS as LISTED
from adapters.storage.schema import migrate
from tests.adapters.cli.running import invoked, otmena, started

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    (),
    ("serve",),
    ("demo",),
    ("chat",),
    ("test",),
    ("check",),
    ("census",),
    ("dead",),
    ("dead", "list"),
    ("dead", "show"),
    ("dead", "replay"),
    ("dead", "drop"),
    ("backup",),
    ("replay",),
    ("sim",),
    ("sim", "yclients"),
    ("sim", "whatsapp"),
    ("diagram",),
    ("understand",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(command: tuple[str, ...]) -> None:
    done = invoked(*command, "--help")

    assert done.exit_code == 0
    assert re.search(r"Example:\n +(\S.*)?otmena " + " ".join(command), done.stdout)


@pytest.mark.parametrize("name", LISTED)
def test_the_list_says_what_each_command_says_of_itself(name: str) -> None:
    command = main.command(name)

    assert command.name == name
    assert command.get_short_help_str(1000) == LISTED[name]


def test_the_list_of_commands_is_told_without_reading_the_program() -> None:
    told = "import otmena, sys, atexit; atexit.register(lambda: print(*sys.modules)); otmena.run()"

    done = subprocess.run(
        [sys.executable, "-c", told, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    *listed, modules = done.stdout.splitlines()
    assert any(line.startswith("  serve ") for line in listed)
    assert not {"main", "engine", "pydantic", "aiohttp"} & set(modules.split())


@pytest.mark.parametrize(
    "arguments", [("frobnicate",), ("demo", "--port", "65536"), ("chat", "--persona", "four"), ("chat", "hi")]
)
def test_wrong_use_exits_2(arguments: tuple[str, ...]) -> None:
    done = invoked(*arguments)

    assert done.exit_code == 2
    assert done.stderr.startswith("Usage: ")


@pytest.mark.parametrize("command", [("demo",), ("sim", "yclients"), ("sim", "whatsapp")])
def test_a_taken_port_is_told_in_a_sentence(command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = otmena(*command, "--port", str(port))

    assert done.returncode == 1
    assert done.stderr == f"Cannot listen at 127.0.0.1:{port}: the port is taken\n"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_tells_its_address_first_and_leaves_nothing_behind(
    how: signal.Signals, tmp_path: Path
) -> None:
    process = started("demo", "--port", "0", TMPDIR=str(tmp_path))
    assert process.stdout is not None
    assert re.fullmatch(r"Otmena demo: http://127\.0\.0\.1:\d+/demo\n", process.stdout.readline())
    assert list(tmp_path.iterdir()) != []

    process.send_signal(how)
    _, errors = process.communicate(timeout=15)

    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_demo_needs_no_setting_and_reads_none() -> None:
    process = started(
        "demo",
        "--port",
        "0",
        OTMENA_DATABASE_URL="postgresql://nowhere",
        OTMENA_YCLIENTS_PARTNER_TOKEN_FILE="/nowhere",
        OTMENA_LOG_FORMAT="nonsense",
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Otmena demo: http://")
    finally:
        process.terminate()
        process.communicate(timeout=15)


def test_missing_settings_are_all_named_at_once() -> None:
    with tempfile.TemporaryDirectory() as nowhere:
        done = otmena("serve", HOME=nowhere)

    assert done.returncode == 78
    assert "OTMENA_YCLIENTS_PARTNER_TOKEN is required" in done.stderr
    assert "OTMENA_WHATSAPP_APP_SECRET is required" in done.stderr


NEEDED = {
    "OTMENA_YCLIENTS_PARTNER_TOKEN": "partner",
    "OTMENA_YCLIENTS_USER_TOKEN": "user",
    "OTMENA_YCLIENTS_COMPANY_ID": "962302",
    "OTMENA_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "OTMENA_WHATSAPP_ACCESS_TOKEN": "access",
    "OTMENA_WHATSAPP_APP_SECRET": "app",
    "OTMENA_WHATSAPP_VERIFY_TOKEN": "verify",
}


def served(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `serve` over a database of this folder, with settings that keep it from starting."""
    database = f"sqlite:///{folder / 'otmena.db'}"
    return otmena("serve", **{**NEEDED, "OTMENA_DATABASE_URL": database, **environment})


def test_a_database_of_a_newer_version_exits_78_whoever_opens_it(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "otmena.db"))
    migrate(connection, datetime.now(UTC))
    connection.pragma("user_version", 99)
    connection.close()
    database = f"sqlite:///{tmp_path / 'otmena.db'}"

    serving, counting = served(tmp_path), otmena("stats", OTMENA_DATABASE_URL=database)

    for done in (serving, counting):
        assert done.returncode == 78
        assert "OTMENA_DATABASE_URL: " in done.stderr
        assert "has version 99, this program knows up to" in done.stderr


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ("work=вернуть запись,other", "«вернуть запись» is a button already"),
        ("work=Болезнь,illness", "«Болезнь» for two reasons"),
    ],
)
def test_a_reason_that_reads_like_another_button_exits_78(tmp_path: Path, reasons: str, told: str) -> None:
    done = served(tmp_path, OTMENA_REASONS=reasons)

    assert done.returncode == 78
    assert "OTMENA_REASONS: " in done.stderr
    assert told in done.stderr
    assert not (tmp_path / "otmena.db").exists()


def test_ctrl_c_while_the_program_is_still_being_read_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", "import otmena; otmena.run()", "serve"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
