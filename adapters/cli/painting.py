"""`otmena test --paint FILE`: what the scripts have seen of the machine, painted on its picture."""

from collections.abc import Callable
from pathlib import Path

import click

from adapters.cli.diagram import Machine, drawn, write
from engine.coverage import Coverage
from engine.diagram import Paint, Painted, draw
from engine.dialogue import Dialogue

KINDS = {".mmd": "mermaid", ".dot": "dot", ".svg": "svg", ".png": "png", ".html": "html"}


def known(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file that could not be painted before anything is played."""
    if file is None:
        return None
    if file.suffix not in KINDS:
        raise click.BadParameter(f"{file} ends with none of {', '.join(KINDS)}")
    if not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}")
    return file


def painter(machine: Machine) -> Callable[[Path, Coverage], None]:
    """Return what paints coverage into a file, whose name says the format."""

    def paint(file: Path, seen: Coverage) -> None:
        dialogue, texts = machine()
        graph = draw(dialogue, painted=painted(dialogue, seen))
        write(file, drawn(graph, KINDS[file.suffix], dialogue, texts))

    return paint


def painted(dialogue: Dialogue, seen: Coverage) -> Painted:
    """Paint what was seen: a row that fired only in part, where its guard was seen one way alone."""
    rows: dict[int, Paint] = {}
    for place in range(len(dialogue.rows())):
        covered: Paint = "partly" if place in seen.one_sided else "covered"
        rows[place] = covered if place in seen.fired else "uncovered"
    missing = set(seen.states.missing)
    states: dict[str, Paint] = {
        name: "uncovered" if name in missing else "covered" for name in dialogue.states
    }
    return Painted(rows, states)
