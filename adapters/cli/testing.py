"""`otmena test`: play transcripts, show what does not hold, measure coverage, rewrite what is expected."""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any, TypeVar

import click

from adapters import logs
from adapters.cli import painting
from adapters.cli.calm import Unusable, calmly
from adapters.proving.generating import Generated, generated, said_by_clients
from adapters.rehearsal import Over, Rehearse
from adapters.transcripts import NoTranscripts, Played, found, play_file, text_of
from engine.coverage import Coverage, Share, coverage
from engine.dialogue import Dialogue
from engine.script.difference import difference
from engine.script.names import names_of
from engine.script.writing import rewritten
from engine.texts import Texts

COLOURS = {"-": "red", "+": "green", "!": "yellow"}
NO_WAY = (
    "no way there was found; write it by hand. Clients' words are taken from the transcripts "
    "that are played: a flow that none of them enters needs one to begin with"
)
# Writes the machine with what was seen of it painted into a file.
Paint = Callable[[Path, Coverage], None]
C = TypeVar("C", bound=Callable[..., None])


def command(
    rehearse: Rehearse, today: Callable[[], tuple[Dialogue, Texts]], paint: Paint | None = None
) -> click.Command:
    @click.command(name="test")
    @click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
    @click.option("--coverage", "measured", is_flag=True, help="Show coverage; fail unless every row fired.")
    @click.option(
        "--over",
        type=click.Choice(["virtual", "http", "engine"]),
        default="virtual",
        show_default=True,
        help="The whole salon in this process, the same through real HTTP, or the bare engine.",
    )
    @click.option(
        "--rewrite", is_flag=True, help="Write what really came into the files, and show it as a diff."
    )
    @click.option(
        "--generate", is_flag=True, help="Print the shortest transcript to every row that none has fired."
    )
    @click.option("--dry-run", "--diff", "dry_run", is_flag=True, help="With --rewrite: only show the diff.")
    @click.option(
        "--format",
        "shape",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people, or for programs.",
    )
    @_painting(paint)
    @calmly
    def test(
        paths: tuple[Path, ...],
        measured: bool,
        over: Over,
        rewrite: bool,
        generate: bool,
        dry_run: bool,
        shape: str,
        painted: Path | None = None,
    ) -> None:
        """Play .chat transcripts; a folder stands for every one beneath it, nothing for this folder.

        \b
        Example:
          otmena test states --coverage
          otmena test --rewrite states/cancel/client_changes_their_mind.chat
          otmena test states --generate
        """
        logs.set_up("console", level=logging.CRITICAL)
        if dry_run and not rewrite:
            raise click.UsageError("--dry-run belongs to --rewrite")
        try:
            files = found(paths or (Path(),))
        except NoTranscripts as error:
            raise Unusable(str(error)) from error
        if rewrite:
            sys.exit(_rewrite(files, rehearse, over, dry_run=dry_run))
        dialogue, texts = today()
        names = names_of(dialogue, texts)
        played = []
        for path in files:
            played.append(play_file(path, rehearse, over=over, names=names))
            if shape == "text":
                _tell(played[-1])
        tried = {tried for one in played for tried in one.tried}
        seen = coverage(dialogue, tried)
        if shape == "json":
            click.echo(json.dumps(_as_json(played, seen, measured=measured), ensure_ascii=False, indent=2))
        else:
            _sum_up(played)
            if measured:
                _tell_coverage(seen)
        if painted is not None and paint is not None:
            paint(painted, seen)
        complete = seen.rows.whole or not measured
        if generate:
            scripts = [one.outcome.transcript for one in played if one.outcome is not None]
            complete = _tell_generated(generated(dialogue, rehearse, seen.unfired, said_by_clients(scripts)))
        sys.exit(0 if complete and all(one.holds for one in played) else 1)

    return test


def _painting(paint: Paint | None) -> Callable[[C], C]:
    """The option to paint coverage on a diagram, where there is somebody who can."""
    if paint is None:
        return lambda command: command
    path = click.Path(path_type=Path, dir_okay=False)
    return click.option(
        "--paint",
        "painted",
        type=path,
        callback=painting.known,
        help="Paint coverage on the diagram, into this file: .svg, .png, .html, .dot or .mmd.",
    )


def _tell_generated(found: Iterable[Generated]) -> bool:
    """Print what can be kept, as a file each; return whether a way was found to every row."""
    none, unreached = True, 0
    for one in found:
        none, unreached = False, unreached + (not one.text)
        click.echo(one.text or f"# {one.row}: {NO_WAY}\n")
    if none:
        click.echo("every row has fired, so there is nothing to generate")
    if unreached:
        click.echo(f"{unreached} of the rows above {'has' if unreached == 1 else 'have'} no transcript yet")
    return not unreached


def _tell(played: Played) -> None:
    if played.left_out:
        click.echo(f"{click.style('left  ', fg='yellow')} {played.path}: {played.left_out}")
        return
    good, bad = click.style("ok    ", fg="green"), click.style("FAILED", fg="red", bold=True)
    click.echo(f"{good if played.holds else bad} {played.path if played.holds else played.at}")
    tell_difference(played)


def tell_difference(played: Played) -> None:
    """Print what does not hold of one file, in colours where there are any."""
    for line in played.broken:
        click.echo(f"       {line}")
    if played.outcome is not None and not played.holds:
        for shown in difference(played.outcome):
            click.echo("  " + click.style(str(shown), fg=COLOURS.get(shown.sign)))
        click.echo("       (- the script expects, + what came)")
    for line in played.hints:
        click.echo(f"       {line}")


def _sum_up(played: Sequence[Played]) -> None:
    failed = [one for one in played if not one.holds]
    left = [one for one in played if one.left_out]
    scripts = "transcript" if len(played) == 1 else "transcripts"
    held = len(played) - len(failed) - len(left)
    out = f", {len(left)} {'needs' if len(left) == 1 else 'need'} the simulators" if left else ""
    hold = "holds" if held == 1 else "hold"
    click.echo(f"{len(played)} {scripts}: {held} {hold}, {len(failed)} failed{out}")


def _tell_coverage(seen: Coverage) -> None:
    _tell_share("rows", seen.rows)
    _tell_share("states", seen.states)
    _tell_share("guards, seen true and false", seen.guards)


def _tell_share(kind: str, share: Share) -> None:
    percent = 100 * share.covered // share.total if share.total else 100
    colour = "green" if share.whole else "yellow"
    click.echo(click.style(f"{percent:>3} % of {kind}: {share.covered} of {share.total}", fg=colour))
    for name in share.missing:
        click.echo(f"        {name}")


def _as_json(played: Sequence[Played], seen: Coverage, *, measured: bool) -> dict[str, Any]:
    files = [
        {
            "file": str(one.path),
            "holds": one.holds,
            "left_out": one.left_out or None,
            "failures": one.failures(),
            "report": list(one.report()),
        }
        for one in played
    ]
    return {"files": files} | ({"coverage": seen.as_json()} if measured else {})


def _rewrite(files: Sequence[Path], rehearse: Rehearse, over: Over, *, dry_run: bool) -> int:
    """Rewrite what is expected; return 1 where a script cannot be played to its end."""
    changed, unplayable = 0, 0
    for path in files:
        played = play_file(path, rehearse, over=over)
        if played.outcome is None or played.outcome.stopped is not None:
            unplayable += 1
            _tell(played)
        if played.outcome is None or played.holds:
            continue
        before = text_of(path)
        after = rewritten(played.outcome)
        if "\r\n" in before:
            after = after.replace("\n", "\r\n")
        changed += 1
        _tell_diff(path, before.removeprefix("\ufeff"), after)
        if not dry_run:
            path.write_bytes(after.encode())
    would = "would be rewritten" if dry_run else "rewritten"
    click.echo(f"{len(files)} read, {changed} {would}, {unplayable} cannot be played to their end")
    return 1 if unplayable else 0


def _tell_diff(path: Path, before: str, after: str) -> None:
    old, new = ([line.rstrip("\r") for line in text.split("\n")] for text in (before, after))
    for line in unified_diff(old, new, str(path), str(path), lineterm=""):
        click.echo(click.style(line, fg=COLOURS.get(line[:1])))
