"""The `otmena` command: lists its commands at once, and reads the program only for the one that is called.

Ctrl+C meanwhile ends it as quietly as later.
"""

import gc
import sys
from typing import TYPE_CHECKING

from adapters.cli.calm import INTERRUPTED, calmly
from adapters.cli.commands import command_line

if TYPE_CHECKING:
    import click


def run() -> None:
    """Run it with the arguments of the process."""
    # Each command is calm by itself; this is for the words of click, such as --help.
    calmly(lambda: command_line(_command)())()


def _command(name: str) -> "click.Command":
    if name == "understand":
        # It needs no salon, and starts in half the time without one.
        from adapters.cli import understand

        return understand.command()
    # Whatever is made while the program is read stays for good, so there is no garbage to look for.
    gc.disable()
    try:
        import main  # it takes a moment, in which somebody may lose patience

        command = main.command(name)
    except KeyboardInterrupt:
        # click would say "Aborted!".
        sys.exit(INTERRUPTED)
    gc.freeze()
    gc.enable()
    return command


if __name__ == "__main__":
    run()
