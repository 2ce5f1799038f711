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
            _tell_if_known(error)
            if error.filename is not None or error.errno not in OUTPUT_FAILS:
                _tell_mistake(error)
            _say_no_more()
            click.echo(f"The output cannot be written: {error.strerror}", err=True)
            sys.exit(1)
        except Exception as error:  # the last catch of a command: the rest is our mistake
            _tell_if_known(error)
            _tell_mistake(error)

    return calm


def _tell_if_known(error: Exception) -> None:
    """Tell what an operator can mend, and exit; return if it is nothing of the kind."""
    # Here, so that a command that meets none of them does not wait for the web server to be imported.
    from adapters.settings import ConfigurationInvalid
    from adapters.web.listening import CannotListen
    from engine.dialogue import InvalidFlow
    from engine.ports import StoreFailed, StoreUnfit
    from engine.soundness import Unsound
    from engine.texts import InvalidTexts

    match error:
        case ConfigurationInvalid():
            _tell("The configuration is not usable:", *error.problems)
            sys.exit(WRONG_CONFIGURATION)
        case Unsound():
            _tell("The tables are not sound, so nothing is started on them:", *map(str, error.problems))
        case InvalidTexts():
            _tell(f"The texts cannot be used: {error}")
        case InvalidFlow():
            _tell(f"The tables cannot be used: {error} (otmena check names every fault)")
        case CannotListen():
            _tell(f"Cannot listen at {error}")
        case StoreUnfit():
            _tell("The configuration is not usable:", f"OTMENA_DATABASE_URL: {error}")
            sys.exit(WRONG_CONFIGURATION)
        case StoreFailed():
            _tell(f"The database cannot be used: {error}")
        case _:
            return
    sys.exit(1)


def _tell(sentence: str, *items: str) -> None:
    click.echo(sentence, err=True)
    for item in items:
        click.echo(f"  - {item}", err=True)


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
