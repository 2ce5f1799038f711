"""The `otmena` command: reads the program, then runs it. Ctrl+C meanwhile ends it as quietly as later.

`understand` needs no salon, and is read alone: it starts in half the time.
"""

import sys
from collections.abc import Callable

INTERRUPTED = 130


def run() -> None:
    try:
        command = _command()  # it takes a second, in which somebody may lose patience
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    command()


def _command() -> Callable[[], None]:
    if sys.argv[1:2] != ["understand"]:
        from main import run

        return run
    from adapters.cli.calm import calmly
    from adapters.cli.understand import command

    # As in main.run: the command is calm by itself, and this is for the words of click.
    return calmly(lambda: command()(args=sys.argv[2:], prog_name="otmena understand"))


if __name__ == "__main__":
    run()
