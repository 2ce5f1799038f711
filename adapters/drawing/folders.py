"""READMEs of the flows' folders: each flow's picture and tables, between marks; the rest is by hand."""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from adapters.drawing.source import source
from adapters.drawing.svg import svg
from adapters.drawing.words import page
from engine.diagram import (
    MEANINGS,
    Graph,
    Reading,
    Table,
    draw,
    general,
    module_of,
    of_fragment,
    read_aloud,
    tables,
)
from engine.dialogue import Dialogue
from engine.flow import Flow, State
from engine.texts import Texts

BEGIN = (
    "<!-- Drawn from the tables by `make diagrams`; what stands between these marks is not kept by hand. -->"
)
END = "<!-- End of what is drawn. -->"
MACHINE = PurePosixPath("docs/machine.svg")
WORDS = PurePosixPath("docs/meanings.md")
# What a fragment gives a flow: its states, by the flow's name.
Fragment = Callable[[str], tuple[State, ...]]


def folders(
    dialogue: Dialogue,
    texts: Texts,
    fragments: tuple[Fragment, ...],
    kept: Callable[[PurePosixPath], str | None],
) -> Mapping[PurePosixPath, str]:
    """Return every file that is drawn, by its path below the repository.

    `kept` reads such a file as it stands, or None: what was written by hand in it is kept.
    """
    drawn = {MACHINE: svg(draw(dialogue)), WORDS: page(dialogue)}
    for flow in dialogue.flows:
        folder, graph = _folder(module_of(flow)), draw(dialogue, flow=flow.name)
        drawn[folder / "diagram.svg"] = svg(graph)
        drawn[folder / "README.md"] = _readme(folder, kept, _of_flow(dialogue, texts, flow, graph))
    for fragment in fragments:
        folder = _folder(fragment.__module__)
        drawn[folder / "README.md"] = _readme(folder, kept, _of_fragment(dialogue, texts, fragment))
    folder = _folder(dialogue.everywhere.__module__)
    drawn[folder / "README.md"] = _readme(folder, kept, _of_every_state(dialogue, texts))
    return drawn


def _folder(module: str) -> PurePosixPath:
    """Return the folder of the package that a module stands in."""
    return PurePosixPath(*module.split(".")[:-1])


def _readme(folder: PurePosixPath, kept: Callable[[PurePosixPath], str | None], lines: Iterator[str]) -> str:
    drawn = "\n".join([BEGIN, "", *lines, END])
    text = kept(folder / "README.md") or _beginning(folder)
    before, begins, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before if begins else text.rstrip() + chr(10) * 2}{drawn}{after or chr(10)}"


def _beginning(folder: PurePosixPath) -> str:
    """Begin a README with what its package says of itself."""
    about = inspect.getdoc(sys.modules[".".join(folder.parts)]) or folder.name
    name, _, rest = about.partition(": ")
    return f"# {name}\n\n{rest[:1].upper()}{rest[1:]}\n" if rest else f"# {name}\n"


def _of_flow(dialogue: Dialogue, texts: Texts, flow: Flow, graph: Graph) -> Iterator[str]:
    yield f"![{graph.title}](diagram.svg)"
    yield ""
    yield "## States"
    yield ""
    yield "| state | kind | waits for |"
    yield "| --- | --- | --- |"
    for node in graph.nodes():
        yield f"| `{node.state}` | {MEANINGS[node.kind]} | {node.waits_for or '–'} |"
    yield ""
    own, *_ = tables(dialogue, texts.texts, source, flow.name)
    yield from _rows("Rows", own)
    yield "What every state of its kind has besides stands in [everywhere](../everywhere/README.md)."
    yield ""


def _of_fragment(dialogue: Dialogue, texts: Texts, fragment: Fragment) -> Iterator[str]:
    readings = read_aloud(dialogue, texts.texts, source)
    for flow in dialogue.flows:
        table = of_fragment(flow, fragment, readings)
        if table is not None:
            yield from _rows(table.title, table, "Rows that begin or end in its states.")


def _of_every_state(dialogue: Dialogue, texts: Texts) -> Iterator[str]:
    for table in general(dialogue, read_aloud(dialogue, texts.texts, source)):
        yield from _rows(table.title, table)


def _rows(
    title: str, table: Table, about: str = "Rows are tried in order; the first whose guard holds wins."
) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield about
    yield ""
    yield "| from | event [guard] | to | does | may say |"
    yield "| --- | --- | --- | --- | --- |"
    yield from (_row(row) for row in table.rows)
    yield ""


def _row(row: Reading) -> str:
    event = f"**{row.event}**" + (f" [{row.guard}]" if row.guard else "")
    said = ", ".join(f"`{key}`" for key in _shortened(row.says))
    cells = (f"`{row.source}`", event, f"`{row.to}`" if row.to != "stays" else "stays", row.does, said)
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


def _shortened(keys: tuple[str, ...]) -> Iterator[str]:
    """Tell three and more keys of one family as one: `cancel.refused.{came, paid, locked}`."""
    families: dict[str, list[str]] = {}
    for key in keys:
        family, _, name = key.rpartition(".")
        families.setdefault(family, []).append(name)
    for family, names in families.items():
        if len(names) > 2:
            yield f"{family}.{{{', '.join(names)}}}"
        else:
            yield from (f"{family}.{name}" for name in names)
