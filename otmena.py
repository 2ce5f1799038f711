"""The `otmena` command: reads the program, then runs it. Ctrl+C meanwhile ends it as quietly as later."""

import sys

INTERRUPTED = 130


def run() -> None:
    try:
        from main import run as command  # it takes a second, in which somebody may lose patience
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    command()
