"""`otmena diagram`: the machine, drawn from the tables."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

import click

from adapters.cli.calm import calmly
from engine.diagram import Graph, dot, draw, mermaid, tables
from engine.dialogue import Dialogue
from engine.flow import State
from engine.texts import Texts

Machine = Callable[[], tuple[Dialogue, Texts]]
Fragment = Callable[[str], tuple[State, ...]]
FORMATS = ("mermaid", "dot", "svg", "png", "html")
SUFFIXES = {".mmd": "mermaid", ".dot": "dot", ".svg": "svg", ".png": "png", ".html": "html"}


def command(machine: Machine, fragments: Sequence[Fragment]) -> click.Command:
    folder = click.Path(exists=True, file_okay=False, path_type=Path)

    @click.command(name="diagram")
    @click.option("--flow", metavar="NAME", help="One flow instead of the whole machine.")
    @click.option(
        "--format", "kind", type=click.Choice(FORMATS), help="By default what FILE ends in, else mermaid."
    )
    @click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"It may end in {', '.join(SUFFIXES)}; without it the picture is printed.",
    )
    @click.option(
        "--all", "everything", is_flag=True, help="Draw also the rows that every state of a kind has."
    )
    @click.option(
        "--write",
        "keep",
        type=folder,
        help="Write docs/machine.svg, docs/meanings.md, and each flow's README and picture below it.",
    )
    @click.option("--check", type=folder, help="Exit 1 where --write would change something.")
    @calmly
    def diagram(
        flow: str | None,
        kind: str | None,
        output: Path | None,
        everything: bool,
        keep: Path | None,
        check: Path | None,
    ) -> None:
        """Draw the machine, or one flow of it, from its tables.

        \b
        Example:
          otmena diagram --flow cancel -o cancel.svg
        """
        dialogue, texts = machine()
        if root := keep or check:
            _keep(dialogue, texts, tuple(fragments), root, anew=keep is not None)
            return
        try:
            graph = draw(dialogue, flow=flow, everything=everything)
        except LookupError as error:
            raise click.BadParameter(str(error.args[0]), param_hint="--flow") from error
        kind = kind or _kind_of(output)
        _put(drawn(graph, kind, dialogue, texts, flow), output)

    return diagram


def _kind_of(output: Path | None) -> str:
    suffix = output.suffix.lower() if output else ""
    if suffix and suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise click.BadParameter(
            f"{output} ends with none of {known}; rename it, or say what it is with --format", param_hint="-o"
        )
    return SUFFIXES.get(suffix, "mermaid")


def drawn(graph: Graph, kind: str, dialogue: Dialogue, texts: Texts, flow: str | None = None) -> bytes:
    """Return the picture in one of the formats."""
    if kind == "mermaid":
        return mermaid(graph).encode()
    if kind == "dot":
        return dot(graph).encode()
    # Imported here: they load a font and a layout engine that no other command needs.
    from adapters import drawing

    match kind:
        case "svg":
            return drawing.svg(graph).encode()
        case "png":
            return drawing.png(graph)
        case _:
            return drawing.page(graph, tables(dialogue, texts.texts, drawing.source, flow), texts).encode()


def _put(picture: bytes, output: Path | None) -> None:
    if output is not None:
        write(output, picture)
        return
    if picture.startswith(b"\x89PNG") and _at_a_terminal():
        raise click.UsageError("A PNG is nothing for a terminal: name a file with -o, or pipe it on.")
    click.echo(picture, nl=False)


def write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        click.echo(f"{file} cannot be written: {error.strerror}", err=True)
        sys.exit(1)


def _at_a_terminal() -> bool:
    return sys.stdout.isatty()


def _keep(
    dialogue: Dialogue, texts: Texts, fragments: tuple[Fragment, ...], root: Path, *, anew: bool
) -> None:
    from adapters.drawing.folders import folders

    def kept(path: PurePosixPath) -> str | None:
        file = root / path
        return file.read_text(encoding="utf-8") if file.exists() else None

    today = folders(dialogue, texts, fragments, kept)
    stale = [path for path, text in today.items() if kept(path) != text]
    if anew:
        for path in stale:
            with suppress(OSError):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
            write(root / path, today[path].encode())
            click.echo(f"{path} drawn")
    elif stale:
        for path in stale:
            click.echo(f"{path} does not show today's tables", err=True)
        click.echo("Draw anew with: make diagrams", err=True)
        sys.exit(1)
