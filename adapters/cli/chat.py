"""`otmena chat`: the demo's salon in the terminal, for lines through a pipe, or for a transcript's."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from adapters import logs
from adapters.cli.calm import calmly
from adapters.cli.conversation import Conversation, transcript_line
from adapters.cli.testing import tell_difference
from adapters.rehearsal import Rehearse
from adapters.settings import WordsSettings, read
from adapters.stage import PERSONAS, Compose, Persona, Recorder, Stage
from adapters.stage.people import HIDDEN
from adapters.transcripts import play_file
from adapters.web.listening import listening
from engine.runtime import Decided
from engine.script.outcome import Block
from engine.script.writing import rewritten

LOOPBACK = "127.0.0.1"


def command(compose: Compose, rehearse: Rehearse) -> click.Command:
    @click.command(name="chat")
    @click.option(
        "--persona",
        type=click.Choice(list(PERSONAS)),
        default="one",
        show_default=True,
        help="Who writes; in the chat, /help tells of each.",
    )
    @click.option(
        "--script",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Play a .chat transcript instead, on the salon that it describes.",
    )
    @click.option(
        "--record",
        type=click.Path(path_type=Path, dir_okay=False, writable=True),
        help="Write what takes place into this file, as a transcript that otmena test plays.",
    )
    @calmly
    def chat(persona: str, script: Path | None, record: Path | None) -> None:
        """Write to a simulated salon from the terminal; /help inside tells the rest.

        Where the input is no terminal, every line of it is said, and the answers are printed.
        Of the settings it reads OTMENA_WORDS_FILE alone, so that a salon can try its own words; a transcript
        that --script plays speaks with everybody's.

        \b
        Example:
          otmena chat --persona three
          otmena chat --record my_salon.chat
        """
        logs.set_up("console", level=logging.WARNING)
        if record is not None and record.exists() and record.stat().st_size:
            raise click.UsageError(f"{record} is there already; remove it first, or record into another file")
        if script is not None:
            sys.exit(_play(script, rehearse, record))
        words = read(WordsSettings).words
        if record is not None:
            # Before anybody has said anything, so that nothing is said in vain.
            _write(record, "")
        asyncio.run(_chat(compose, PERSONAS[persona], record, words))

    return chat


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


def _play(script: Path, rehearse: Rehearse, record: Path | None) -> int:
    """Play a transcript, show what was said as it comes, and then what does not hold."""
    logs.set_up("console", level=logging.CRITICAL)
    played = play_file(script, rehearse, told=_show)
    if record is not None and played.outcome is not None:
        _write(record, rewritten(played.outcome))
    if not played.holds:
        click.echo(f"\n{played.at} does not hold:")
        tell_difference(played)
    return 0 if played.holds else 1


def _show(block: Block) -> None:
    for line in block.happened:
        click.echo(line)
    click.echo()


async def _chat(compose: Compose, persona: Persona, record: Path | None, words: str | None) -> None:
    # Once the salon is open; before, nothing takes place.
    recorder: Recorder | None = None

    def watched(decided: Decided) -> None:
        assert recorder is not None
        recorder.watch(decided, stage.now())

    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    at_a_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    async with _salon(compose, watched, words, hurried=not at_a_terminal) as stage:
        recorder = _recorder(stage, persona)
        try:
            await (_talk if at_a_terminal else _read_lines)(stage, persona)
        finally:
            if record is not None:
                screens = {known.phone: stage.screen(known) for known in PERSONAS.values()}
                _write(record, recorder.transcript(screens, stage.world.salon))


def _recorder(stage: Stage, persona: Persona) -> Recorder:
    began = stage.now()
    return Recorder(
        began=began,
        title=f"Recorded by otmena chat on {stage.local(began):%Y-%m-%d}.",
        persona_phone=persona.phone,
        booked=stage.world.salon.journal(),
        hidden=HIDDEN,
    )


async def _talk(stage: Stage, persona: Persona) -> None:
    # Imported here: it takes a while, and a pipe has no use for it.
    from adapters.cli.terminal import talk

    await talk(stage, persona)


@asynccontextmanager
async def _salon(
    compose: Compose, watched: Callable[[Decided], None], words: str | None, *, hurried: bool
) -> AsyncIterator[Stage]:
    with TemporaryDirectory(prefix="otmena-chat-", ignore_cleanup_errors=True) as folder:
        stage = Stage(compose, Path(folder), watched=watched, words=words)
        if hurried:
            stage.yclients_takes_s, stage.status_delays_s = 0, (0.01, 0.02, 0.03)
        await stage.open()
        try:
            app = stage.webhooks().application()
            async with listening(app, LOOPBACK, 0, patience_s=1) as port:
                stage.listens_at(f"http://{LOOPBACK}:{port}/webhooks/whatsapp")
                yield stage
        finally:
            await stage.close()


async def _read_lines(stage: Stage, persona: Persona) -> None:
    """Say each line and print what comes of it as a transcript; remarks are its comments."""
    conversation = Conversation(stage, persona, remark=_comment)
    async for line in _lines_of_stdin():
        outcome = conversation.take(line)
        if outcome == "leave":
            return
        _print_fresh(conversation)
        if outcome == "sent":
            if not await stage.settled():
                conversation.remark("the salon has not answered within a minute")
            _print_fresh(conversation)


def _comment(*lines: str) -> None:
    for line in lines:
        click.echo(f"# {line}")


def _print_fresh(conversation: Conversation) -> None:
    for bubble in conversation.fresh():
        click.echo(transcript_line(bubble))


async def _lines_of_stdin() -> AsyncIterator[str]:
    """Yield the lines as they come. The thread is a daemon, so that an open pipe keeps nobody here."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in iter(sys.stdin.buffer.readline, b""):
            loop.call_soon_threadsafe(lines.put_nowait, line.decode("utf-8", "replace"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
