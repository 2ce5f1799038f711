"""What an operator can mend becomes a sentence and an exit code; nobody meets a traceback."""

import asyncio
import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import NoReturn, ParamSpec

import click

from adapters.settings import ConfigurationInvalid
from adapters.web.listening import CannotListen
from engine.dialogue import InvalidFlow
from engine.ports import StoreFailed
from engine.soundness import Unsound
from engine.texts import InvalidTexts

WRONG_CONFIGURATION = 78
INTERRUPTED = 130
OUTPUT_CLOSED = 141
TERMINATED = 143
# Of a write to a file that is open already: the disk is full, or the terminal is gone.
OUTPUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
P = ParamSpec("P")


class Unusable(click.ClickException):
    """A file that a command is given is of no use to it: wrong use, without a word about how to call it."""

    exit_code = 2


def calmly(command: Callable[P, None]) -> Callable[P, None]:
    @wraps(command)
    def calm(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConfigurationInvalid as error:
            click.echo("The configuration is not usable:", err=True)
            for problem in error.problems:
                click.echo(f"  - {problem}", err=True)
            sys.exit(WRONG_CONFIGURATION)
        except Unsound as error:
            click.echo("The tables are not sound, so nothing is started on them:", err=True)
            for fault in error.problems:
                click.echo(f"  - {fault}", err=True)
            sys.exit(1)
        except InvalidTexts as error:
            click.echo(f"The texts cannot be used: {error}", err=True)
            sys.exit(1)
        except InvalidFlow as error:
            click.echo(f"The tables cannot be used: {error} (otmena check names every fault)", err=True)
            sys.exit(1)
        except CannotListen as error:
            click.echo(f"Cannot listen at {error}", err=True)
            sys.exit(1)
        except StoreFailed as error:
            click.echo(f"The database cannot be used: {error}", err=True)
            sys.exit(1)
        except BrokenPipeError:  # whoever read has enough (`| head`), and is no longer there to be told
            _say_no_more()
            sys.exit(OUTPUT_CLOSED)
        except asyncio.CancelledError:
            sys.exit(TERMINATED)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except OSError as error:
            if error.filename is not None or error.errno not in OUTPUT_FAILS:
                _tell_mistake(error)
            _say_no_more()
            click.echo(f"The output cannot be written: {error.strerror}", err=True)
            sys.exit(1)
        except Exception as error:  # our mistake, told to whoever met it in a sentence; the rest is for us
            _tell_mistake(error)

    return calm


def _tell_mistake(error: Exception) -> NoReturn:
    if os.environ.get("OTMENA_TRACEBACK"):
        raise error
    click.echo(f"This is a mistake of ours: {type(error).__name__}: {error}", err=True)
    click.echo("With OTMENA_TRACEBACK=1 the same command shows where; please send us that.", err=True)
    sys.exit(1)


def _say_no_more() -> None:
    """Let what is still to be written go nowhere, so that Python's own last flush does not complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
