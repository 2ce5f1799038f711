"""The commands of the contract: wrong use exits 2, wrong configuration 78; nobody meets a traceback."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import click
import structlog

from adapters import logs
from adapters.cli import (
    backup,
    census,
    chat,
    check,
    dead,
    demo,
    diagram,
    painting,
    prove,
    replay,
    sim,
    stats,
    testing,
    understand,
)
from adapters.cli.calm import calmly
from adapters.proving.exploration import Compose as DialogueOf
from adapters.proving.proof import Whole
from adapters.rehearsal import Rehearse
from adapters.settings import Settings, not_built, read, unknown
from adapters.stage import Compose
from engine.soundness import Subject

log = structlog.get_logger()


def command_line(
    *,
    serve: Callable[[Settings], Awaitable[None]],
    compose: Compose,
    rehearse: Rehearse,
    today: census.Today,
    fragments: Sequence[diagram.Fragment],
    subject: Callable[[], Subject],
    dialogue_of: DialogueOf,
    whole: Whole,
) -> click.Group:
    """Return the `otmena` command over what the composition root can do."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="otmena", prog_name="otmena")
    def otmena() -> None:
        """Otmena: clients cancel their records by writing to the salon on WhatsApp.

        \b
        Example:
          otmena demo
        """

    @otmena.command(name="serve")
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
        asyncio.run(_coroutine(serve(settings)))

    otmena.add_command(demo.command(compose))
    otmena.add_command(chat.command(compose, rehearse))
    otmena.add_command(check.command(subject))
    otmena.add_command(sim.group())
    otmena.add_command(testing.command(rehearse, today, painting.painter(today)))
    otmena.add_command(census.command(today))
    otmena.add_command(replay.command(today, rehearse))
    otmena.add_command(diagram.command(today, fragments))
    otmena.add_command(understand.command())
    otmena.add_command(prove.command(dialogue_of, whole))
    otmena.add_command(stats.command())
    otmena.add_command(dead.group())
    otmena.add_command(backup.command())
    return otmena


async def _coroutine(work: Awaitable[None]) -> None:
    await work
