"""`otmena demo`: a phone and the salon's journal on one page, with everything between them real."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from adapters import logs
from adapters.cli.calm import calmly
from adapters.settings import WordsSettings, read
from adapters.stage import Compose, Stage
from adapters.web.demo import DemoPage
from adapters.web.listening import asked_to_stop, listening

FIRST_PORT = 8080
PORTS_TRIED = 20


def command(compose: Compose) -> click.Command:
    @click.command(name="demo")
    @click.option("--port", type=click.IntRange(0, 65535), help="Exactly this port; 0: any free one.")
    @click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
    @click.option("--verbose", is_flag=True, help="Log every turn and every delivery to stderr.")
    @calmly
    def demo(port: int | None, host: str, verbose: bool) -> None:
        """Show a simulated salon in the browser: a client's phone and the journal beside it.

        Nothing leaves this machine. Without --port it listens at 8080, or at the next free port.
        Of the settings it reads OTMENA_WORDS_FILE alone, so that a salon can try its own words.

        \b
        Example:
          otmena demo --port 8090
        """
        logs.set_up("console", level=logging.INFO if verbose else logging.WARNING)
        asyncio.run(_show(compose, host, port, read(WordsSettings).words))

    return demo


async def _show(compose: Compose, host: str, port: int | None, words: str | None) -> None:
    # From the first moment on: a stop that comes while we start is obeyed as soon as we have.
    stop = asyncio.create_task(asked_to_stop())
    async with showing(compose, host, port, words) as address:
        click.echo(f"Otmena demo: {address}")
        click.echo("Stop it with Ctrl+C.")
        await stop


@asynccontextmanager
async def showing(
    compose: Compose, host: str = "127.0.0.1", port: int | None = None, words: str | None = None
) -> AsyncIterator[str]:
    """Run the demo and yield the page's address.

    Raises:
        CannotListen: the port, or every port that was tried, is taken.
    """
    first, tried = (FIRST_PORT, PORTS_TRIED) if port is None else (port, 1)
    with TemporaryDirectory(prefix="otmena-demo-", ignore_cleanup_errors=True) as folder:
        stage = Stage(compose, Path(folder), words=words)
        await stage.open()
        try:
            app = DemoPage(stage).application()
            async with listening(app, host, first, ports_tried=tried) as bound:
                stage.listens_at(f"http://{_reachable(host)}:{bound}/webhooks/whatsapp")
                yield f"http://{_reachable(host)}:{bound}/demo"
        finally:
            await stage.close()


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
