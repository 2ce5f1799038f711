"""The `otmena` command: in its own process, or in this one where only words are looked at."""

import os
import subprocess
import sys

from click.testing import CliRunner, Result

import main
from adapters.cli.commands import command_line

OTMENA = (sys.executable, "-c", "import main; main.run()")


def otmena(*arguments: str, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*OTMENA, *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


def invoked(*arguments: str) -> Result:
    """Run a command that only reads its arguments."""
    otmena = command_line(serve=main.serve, compose=main.composed, dialogue_of=main.dialogue_of)
    return CliRunner().invoke(otmena, arguments, prog_name="otmena")


def started(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a command that goes on until it is stopped."""
    return subprocess.Popen(
        [*OTMENA, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
