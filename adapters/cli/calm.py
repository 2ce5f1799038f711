"""What an operator can mend becomes a sentence and an exit code; nobody meets a traceback."""

import asyncio
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from adapters.settings import ConfigurationInvalid
from adapters.web.listening import CannotListen
from engine.ports import StoreFailed
from engine.soundness import Unsound

WRONG_CONFIGURATION = 78
INTERRUPTED = 130
TERMINATED = 143
P = ParamSpec("P")


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
        except CannotListen as error:
            click.echo(f"Cannot listen at {error}", err=True)
            sys.exit(1)
        except StoreFailed as error:
            click.echo(f"The database cannot be used: {error}", err=True)
            sys.exit(1)
        except asyncio.CancelledError:
            sys.exit(TERMINATED)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # our mistake, told to whoever met it in a sentence; the rest is for us
            if os.environ.get("OTMENA_TRACEBACK"):
                raise
            click.echo(f"This is a mistake of ours: {type(error).__name__}: {error}", err=True)
            click.echo("With OTMENA_TRACEBACK=1 the same command shows where; please send us that.", err=True)
            sys.exit(1)

    return calm
