"""otmena serve: the webhook server, until it is asked to stop."""

import asyncio
from collections.abc import Callable, Coroutine

import click
import structlog

from adapters import logs
from adapters.cli.calm import calmly
from adapters.settings import Settings, not_built, read, unknown

log = structlog.get_logger()


def command(serve: Callable[[Settings], Coroutine[None, None, None]]) -> click.Command:
    """Return `otmena serve` over what the composition root runs."""

    @click.command(name="serve")
    @calmly
    def serve_command() -> None:
        """Run the webhook server.

        \b
        Example:
          OTMENA_PORT=8080 OTMENA_YCLIENTS_COMPANY_ID=… otmena serve
        """
        settings = read(Settings)
        logs.set_up(settings.log_format)
        for variable in not_built():
            log.warning("setting.not_built", variable=variable)
        for variable, nearest in unknown():
            log.warning("setting.unknown", variable=variable, nearest=nearest)
        asyncio.run(serve(settings))

    return serve_command
