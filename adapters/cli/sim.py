"""`otmena sim`: one simulator by itself, for tests and tools in any language."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from typing import TypeVar

import click

from adapters import logs
from adapters.cli.calm import calmly
from adapters.simulated import Simulator, application
from adapters.web.listening import asked_to_stop, listening
from adapters.whatsapp import simulator as whatsapp
from adapters.yclients import simulator as yclients

HOST = "127.0.0.1"
C = TypeVar("C", bound=Callable[..., None])
Q = TypeVar("Q")

# Spelled out, so that what is printed can be pasted into the environment of `otmena serve`.
NUMBER_ID = "106540352242922"
ACCESS_TOKEN = "simulated-access-token"
APP_SECRET = "simulated-app-secret"
VERIFY_TOKEN = "simulated-verify-token"
PARTNER_TOKEN = "simulated-partner-token"
USER_TOKEN = "simulated-user-token"


def group() -> click.Group:
    @click.group(name="sim")
    def sim() -> None:
        """Run one simulator by itself; it is driven under /_sim/.

        \b
        Example:
          otmena sim yclients --port 9001 --quirk "timeout-but-done on cancel × 1"
        """

    sim.add_command(_yclients())
    sim.add_command(_whatsapp())
    return sim


def _yclients() -> click.Command:
    @click.command(name="yclients")
    @_shared_options(yclients.QUIRKS)
    @calmly
    def yclients_command(port: int, quirk: tuple[str, ...], more: tuple[str, ...]) -> None:
        """Run a simulated YClients with a small salon in it.

        \b
        Example:
          otmena sim yclients --port 9001 --quirk "500 on cancel × 2"
        """
        simulator = yclients.demo_salon(datetime.now(UTC))
        for written in (*quirk, *more):
            known = _checked(written, yclients.QUIRKS, yclients.parse_quirk)
            simulator.quirk(known.name, known.on, known.times)
        logs.set_up("console")
        asyncio.run(_run(simulator, port, partial(_yclients_words, simulator)))

    return yclients_command


def _whatsapp() -> click.Command:
    @click.command(name="whatsapp")
    @click.option("--webhook", metavar="URL", help="Where to deliver; without it everything waits.")
    @_shared_options(whatsapp.QUIRKS)
    @calmly
    def whatsapp_command(
        webhook: str | None, port: int, quirk: tuple[str, ...], more: tuple[str, ...]
    ) -> None:
        """Run a simulated WhatsApp Cloud API that delivers webhooks.

        \b
        Example:
          otmena sim whatsapp --port 9002 --webhook http://127.0.0.1:8080/webhooks/whatsapp
        """
        if webhook is not None and not webhook.startswith(("http://", "https://")):
            raise click.BadParameter("must begin with http:// or https://", param_hint="--webhook")
        simulator = whatsapp.WhatsAppSimulator(
            phone_number_id=NUMBER_ID, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN
        )
        for written in (*quirk, *more):
            simulator.quirk(*_checked(written, whatsapp.QUIRKS, whatsapp.parse_quirk))
        logs.set_up("console")
        asyncio.run(_run_whatsapp(simulator, port, webhook))

    return whatsapp_command


def _shared_options(known: Mapping[str, str]) -> Callable[[C], C]:
    def list_quirks(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
        if wanted:
            width = max(map(len, known))
            for name, description in known.items():
                click.echo(f"{name:<{width}}  {description}")
            context.exit()

    options = (
        click.option(
            "--port", type=click.IntRange(0, 65535), default=0, help="The port; by default any free one."
        ),
        click.option(
            "--quirk",
            multiple=True,
            metavar="NAME",
            help="Be odd from the start; may be repeated, and more names may follow.",
        ),
        click.option(
            "--quirks",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=list_quirks,
            help="List the quirks and exit.",
        ),
        click.argument("more", nargs=-1, metavar="[QUIRK]..."),
    )

    def add(command: C) -> C:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _checked(written: str, known: Mapping[str, str], parse: Callable[[str], Q]) -> Q:
    """Read a quirk, or end with what was probably meant."""
    try:
        return parse(written)
    except ValueError as error:
        name = re.split(r"[\s:×*]", written.strip(), maxsplit=1)[0]
        if name in known:
            raise click.UsageError(str(error)) from error
        near = get_close_matches(name, known, n=4, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else "; --quirks lists them all"
        raise click.UsageError(f"no quirk is called {name!r}{hint}") from error


def _yclients_words(simulator: yclients.YClientsSimulator, port: int) -> Sequence[str]:
    return (
        f"Simulated YClients: http://{HOST}:{port}/api/v1 (any tokens; driven under /_sim/)",
        f"OTMENA_YCLIENTS_BASE_URL=http://{HOST}:{port}/api/v1",
        f"OTMENA_YCLIENTS_COMPANY_ID={simulator.company_id}",
        f"OTMENA_YCLIENTS_PARTNER_TOKEN={PARTNER_TOKEN}",
        f"OTMENA_YCLIENTS_USER_TOKEN={USER_TOKEN}",
    )


def _whatsapp_words(port: int) -> Sequence[str]:
    return (
        f"Simulated WhatsApp: http://{HOST}:{port}/v26.0 (any token; driven under /_sim/)",
        f"OTMENA_WHATSAPP_BASE_URL=http://{HOST}:{port}/v26.0",
        f"OTMENA_WHATSAPP_PHONE_NUMBER_ID={NUMBER_ID}",
        f"OTMENA_WHATSAPP_ACCESS_TOKEN={ACCESS_TOKEN}",
        f"OTMENA_WHATSAPP_APP_SECRET={APP_SECRET}",
        f"OTMENA_WHATSAPP_VERIFY_TOKEN={VERIFY_TOKEN}",
    )


async def _run_whatsapp(simulator: whatsapp.WhatsAppSimulator, port: int, webhook: str | None) -> None:
    network = whatsapp.WhatsAppNetwork(simulator, webhook)
    await network.start()
    try:
        await _run(simulator, port, _whatsapp_words)
    finally:
        await network.stop()


async def _run(simulator: Simulator, port: int, words: Callable[[int], Sequence[str]]) -> None:
    """Serve until asked to stop, after telling the address and what to put into the environment."""
    stop = asyncio.create_task(asked_to_stop())
    async with listening(application(simulator), HOST, port, patience_s=1) as bound:
        for line in words(bound):
            click.echo(line)
        await stop
