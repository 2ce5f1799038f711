"""The commands of the contract: wrong use exits 2, wrong configuration 78, and nobody meets a traceback."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec

import click

from adapters import logs
from adapters.settings import ConfigurationInvalid, Settings, read
from engine.ports import StoreFailed

WRONG_CONFIGURATION = 78
P = ParamSpec("P")


def command_line(*, serve: Callable[[Settings], Awaitable[None]]) -> click.Group:
    """Return the `otmena` command over what the composition root can do."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="otmena", prog_name="otmena")
    def otmena() -> None:
        """Otmena: clients cancel their records by writing to the salon on WhatsApp."""

    @otmena.command(name="serve")
    @_calmly
    def serve_command() -> None:
        """Run the webhook server.

        \b
        Example:
          OTMENA_PORT=8080 OTMENA_YCLIENTS_COMPANY_ID=… otmena serve
        """
        settings = read(Settings)
        logs.set_up(settings.log_format)
        asyncio.run(_coroutine(serve(settings)))

    return otmena


async def _coroutine(work: Awaitable[None]) -> None:
    await work


def _calmly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what an operator can mend into a sentence and an exit code."""

    @wraps(command)
    def calm(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConfigurationInvalid as error:
            click.echo("The configuration is not usable:", err=True)
            for problem in error.problems:
                click.echo(f"  - {problem}", err=True)
            sys.exit(WRONG_CONFIGURATION)
        except StoreFailed as error:
            click.echo(f"The database cannot be used: {error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)

    return calm
