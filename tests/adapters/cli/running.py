"""The `otmena` command: in its own process, or in this one where only words are looked at."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

import main
from adapters.cli.commands import COMMANDS

OTMENA = (sys.executable, "-c", "import main; main.run()")


def otmena(*arguments: str, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*OTMENA, *arguments],
        input=said,
        capture_output=True,
        text=True,
        # All of our own transcripts take more than a minute of one core.
        timeout=300,
        env={**os.environ, **environment},
        check=False,
    )


def invoked(*arguments: str) -> Result:
    """Run a command that only reads its arguments."""
    return CliRunner().invoke(main.commands(), arguments, prog_name="otmena")


@contextmanager
def open_folder() -> Iterator[Path]:
    """Lend a folder that everybody may enter; pytest's own are for one user alone."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        try:
            yield Path(folder)
        finally:
            os.chmod(folder, 0o700)


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody whom modes of files bind: they do not bind root."""
    # Python itself may lie where only root finds it, so all of it is loaded before.
    for name in COMMANDS:
        main.command(name)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def started(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a command that goes on until it is stopped."""
    return subprocess.Popen(
        [*OTMENA, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
