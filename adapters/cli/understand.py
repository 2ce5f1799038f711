"""`otmena understand`: what words mean, as JSON lines, and why."""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

import click

from adapters.cli.calm import calmly
from adapters.cli.jsonlines import Asked, Refused, asked_in, encoded, lines_of
from adapters.cli.offered import EXAMPLE, Offered
from adapters.cli.why import as_object, shown
from adapters.clock import SystemClock
from adapters.settings import ConfigurationInvalid, WordsSettings, ZoneSettings, problems_of_words, read
from engine.understanding import Lemmas, Meaning, Understanding
from engine.understanding.explaining import explained
from engine.understanding.meaning import Context
from engine.understanding.vocabulary import extended

CONTEXTS: tuple[Context, ...] = get_args(Context)
# The clock of the labelled sets, and of transcripts: what is read from a file means the same on every day.
FIXED_NOW = "2026-11-23T10:00"
ZONE = "Europe/Moscow"
YEARS = range(1970, 2201)
SOMETHING_REFUSED = 2
F = TypeVar("F", bound=Callable[..., Any])


def words_option() -> Callable[[F], F]:
    return click.option(
        "--words",
        "file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The salon's own words (TOML), instead of those that OTMENA_WORDS_FILE names.",
    )


def command() -> click.Command:
    @click.command(name="understand", context_settings={"help_option_names": ["-h", "--help"]})
    @click.argument("texts", metavar="TEXT…", nargs=-1)
    @click.option(
        "--context",
        type=click.Choice(CONTEXTS),
        default="idle",
        show_default=True,
        help="What the bot asked last; a line of --jsonl may name its own.",
    )
    @click.option(
        "--now",
        metavar="ISO",
        help="When it was said. Without an offset it is read in OTMENA_TIMEZONE, or else in Europe/Moscow. "
        f"Default: this moment; with --jsonl {FIXED_NOW}.",
    )
    @click.option(
        "--record",
        "written",
        metavar="TEXT",
        multiple=True,
        help=f"A record of the client, «{EXAMPLE}»; may be given more than once. With the context choose "
        "they are the list, with confirm the first is asked about; other contexts know of none.",
    )
    @click.option("--jsonl", is_flag=True, help="Read JSON lines from the input, one answer for each.")
    @click.option("--explain", is_flag=True, help="Tell why: what the rules saw, and where they stand.")
    @words_option()
    @calmly
    def understand(
        texts: tuple[str, ...],
        context: Context,
        now: str | None,
        written: tuple[str, ...],
        jsonl: bool,
        explain: bool,
        file: Path | None,
    ) -> None:
        """Print what words mean: one JSON line for each TEXT, numbered from 1 in "id".

        With --jsonl each line of the input is {"id", "text", "context"}, and may have a "now" of its own;
        without an id it is answered under the number of its line. A line that is none is answered by
        {"id", "error"} and told on stderr; the others are answered all the same, and it exits 2.
        So that a file means the same on every day, its clock stands at 2026-11-23 10:00, a Monday, unless
        --now moves it. --explain prints text for people, or with --jsonl an object "explain".

        \b
        Example:
          otmena understand "Не смогу прийти завтра" "Не отменяйте, я приду"
          otmena understand --explain --context confirm "да, отменяйте"
          otmena understand --context choose --record "шугаринг, 25 ноября 15:00, Ольга" "на 15"
          otmena understand --jsonl < phrases.jsonl
        """
        if bool(texts) == jsonl:
            raise click.UsageError("give words to understand, or --jsonl and lines on the input")
        zone = ZoneInfo(read(ZoneSettings).timezone or ZONE)
        said_at = _moment(now, zone) if now else None
        try:
            offered = Offered(written)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="'--record'") from error
        reader = _Reader(_understanding(words_in(file)), context, explain, offered)
        if jsonl:
            said_at = said_at or _moment(FIXED_NOW, zone)
            sys.exit(_answer(reader, said_at, zone))
        reader.tell(texts, said_at or SystemClock().now().astimezone(zone))

    return understand


def words_in(file: Path | None) -> str | None:
    """Return a salon's words, checked: from a file, or from the one that the environment names.

    Raises:
        ConfigurationInvalid: it cannot be read, or holds mistakes.
    """
    if file is None:
        return read(WordsSettings).words
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationInvalid((f"{file}: cannot be read ({error.strerror})",)) from error
    except ValueError as error:
        raise ConfigurationInvalid((f"{file}: it is no text in UTF-8",)) from error
    if problems := problems_of_words(text):
        raise ConfigurationInvalid(tuple(f"{file}: {problem}" for problem in problems))
    return text


class _Reader:
    """Understands texts and prints what they mean."""

    def __init__(
        self, understanding: Understanding, context: Context, explain: bool, offered: Offered
    ) -> None:
        self._understanding = understanding
        self._context = context
        self._explain = explain
        self._offered = offered

    def tell(self, texts: Sequence[str], said_at: datetime) -> None:
        around = self._offered.around(said_at, self._context)
        for number, text in enumerate(texts, 1):
            if self._explain:
                found = explained(self._understanding, text, self._context, around)
                told = shown(text, self._context, said_at, found, around.records)
                click.echo(("\n" if number > 1 else "") + told)
            else:
                meaning = self._understanding.understand(text, self._context, around)
                _write(document(number, meaning))

    def answer(self, asked: Asked, said_at: datetime) -> dict[str, Any]:
        context = asked.context or self._context
        around = self._offered.around(asked.now or said_at, context)
        if not self._explain:
            return document(asked.id, self._understanding.understand(asked.text, context, around))
        found = explained(self._understanding, asked.text, context, around)
        return {**document(asked.id, found.meaning), "explain": as_object(found)}


def document(identity: object, meaning: Meaning) -> dict[str, Any]:
    """Return a meaning in the form of the contract."""
    entities = meaning.entities
    return {
        "id": identity,
        "intent": meaning.intent,
        "entities": {
            name: getattr(entities, name) for name in ("date", "time", "staff", "service", "ordinal")
        },
        "resolved": meaning.resolved,
    }


def _answer(reader: _Reader, said_at: datetime, zone: ZoneInfo) -> int:
    """Answer every line as it comes; return the exit code."""
    code = 0
    for number, line in _lines():
        try:
            asked = asked_in(line, number, CONTEXTS, lambda now: moment(now, zone))
        except Refused as refused:
            code = SOMETHING_REFUSED
            click.echo(f"line {number}: {refused}", err=True)
            _write({"id": refused.identity, "error": str(refused)})
        else:
            _write(reader.answer(asked, said_at))
    return code


def _lines() -> Iterator[tuple[int, bytes]]:
    # Python has no input at all where its parent closed it.
    return lines_of(sys.stdin.buffer) if sys.stdin is not None else iter(())


def _write(answer: dict[str, Any]) -> None:
    """Print one line at once, so that whoever waits at the other end of a pipe can go on."""
    if sys.stdout is not None:
        sys.stdout.buffer.write(encoded(answer))
        sys.stdout.buffer.flush()


def _understanding(words: str | None) -> Understanding:
    return Understanding(Lemmas(extended(words)) if words else None)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return moment(text, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--now'") from error


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read an ISO moment; without an offset it is one of the zone.

    Raises:
        ValueError: in words for people.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no moment such as 2026-11-23T10:00+03:00") from error
    if found.year not in YEARS:
        raise ValueError(f"{text!r} is not between {YEARS[0]} and {YEARS[-1]}")
    return found if found.tzinfo else found.replace(tzinfo=zone)
