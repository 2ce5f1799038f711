"""`otmena demo`: a salon in a box on one page: phone, machine, journal and time, all real between them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from adapters import logs
from adapters.box.box import ZONE, Box
from adapters.box.process import Program
from adapters.box.visitors import Visitors
from adapters.cli.calm import calmly
from adapters.clock import SystemClock
from adapters.settings import WordsSettings, read
from adapters.web.demo import HEADERS, DemoPage
from adapters.web.listening import asked_to_stop, listening
from adapters.web.machine import MachinePages
from adapters.web.stats import simulated_stats
from engine.dialogue import Dialogue
from engine.texts import Texts

FIRST_PORT = 8080
PORTS_TRIED = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root gives."""

    # Our server's process.
    program: Program
    machine: Callable[[], tuple[Dialogue, Texts]]
    # Plays a transcript, and returns it as it holds.
    play: Callable[[str], str]


def command(parts: Parts) -> click.Command:
    @click.command(name="demo")
    @click.option("--port", type=click.IntRange(0, 65535), help="Exactly this port; 0: any free one.")
    @click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
    @click.option("--verbose", is_flag=True, help="Log every turn and every delivery to stderr.")
    @calmly
    def demo(port: int | None, host: str, verbose: bool) -> None:
        """Show a salon in a box in the browser: phone, machine, journal and time on one page.

        Every visitor has a salon, a clock and a server of their own. Nothing leaves this machine.
        Without --port it listens at 8080, or at the next free port.
        Of the settings it reads OTMENA_WORDS_FILE alone, so that a salon can try its own words.

        \b
        Example:
          otmena demo --port 8090
        """
        # Of this process only what ends it: a transcript that is played before it is saved warns of much.
        logs.set_up("console", level=logging.CRITICAL)
        asyncio.run(_show(parts, host, port, read(WordsSettings).words, verbose=verbose))

    return demo


async def _show(parts: Parts, host: str, port: int | None, words: str | None, *, verbose: bool) -> None:
    # From the first moment on: a stop that comes while we start is obeyed as soon as we have.
    stop = asyncio.create_task(asked_to_stop())
    async with showing(parts, host, port, words, verbose=verbose) as address:
        click.echo(f"Otmena demo: {address}")
        click.echo("Stop it with Ctrl+C.")
        await stop


@asynccontextmanager
async def showing(
    parts: Parts,
    host: str = "127.0.0.1",
    port: int | None = None,
    words: str | None = None,
    *,
    verbose: bool = False,
) -> AsyncIterator[str]:
    """Run the demo and yield the page's address.

    Raises:
        CannotListen: the port, or every port that was tried, is taken.
    """
    clock = SystemClock()
    first, tried = (FIRST_PORT, PORTS_TRIED) if port is None else (port, 1)

    def new_box(folder: Path) -> Box:
        return Box(parts.program, parts.machine()[0], folder, words=words, verbose=verbose)

    with TemporaryDirectory(prefix="otmena-demo-", ignore_cleanup_errors=True) as folder:
        visitors = Visitors(Path(folder), new_box, parts.play, clock)
        try:
            machine = MachinePages(parts.machine, HEADERS)
            stats = simulated_stats(lambda: clock.now().astimezone(ZONE).date(), ZONE)
            app = DemoPage(visitors, (*machine.routes(), *stats.routes())).application()
            async with listening(app, host, first, ports_tried=tried) as bound:
                await visitors.open()
                # Drawn now, so that whoever comes first need not wait for the drawing.
                async with running(machine.warm()):
                    yield f"http://{_reachable(host)}:{bound}/demo"
        finally:
            await visitors.close()


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
