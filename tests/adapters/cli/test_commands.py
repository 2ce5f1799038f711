"""What every command owes: help with an example, the contract's exit codes, and no traceback."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

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
    _, errors = process.communicate(timeout=5)

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


def test_ctrl_c_while_the_program_is_still_being_read_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", "import otmena; otmena.run()"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
