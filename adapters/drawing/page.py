"""HTML: one page that holds everything, without script or network; the rows stand beneath as tables."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from adapters.drawing.svg import svg
from engine.diagram import MEANINGS, Graph, Reading, Table
from engine.texts import Texts

# Nothing may be fetched or run; the styles stand in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(graph: Graph, tables: tuple[Table, ...], texts: Texts) -> str:
    return "\n".join(_lines(graph, tables, texts)) + "\n"


def _lines(graph: Graph, tables: tuple[Table, ...], texts: Texts) -> Iterator[str]:
    style = files("adapters.drawing").joinpath("page.css").read_text(encoding="utf-8")
    title = escape(graph.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{title} · Otmena</title>\n<style>\n{style}</style>\n</head>\n<body>"
    yield '<a class="skip" href="#rows">To the rows</a>'
    yield f"<header><h1>{title}</h1>"
    yield "<p>Read off the tables that the assistant runs. A row of the picture leads to its words.</p>"
    yield "</header>\n<main>"
    yield '<fieldset class="zoom"><legend>Size of the picture</legend>'
    for name, label, chosen in (
        # Full size, so that a phone shows words that can be read, and scrolls.
        ("full", "full size", " checked"),
        ("fit", "as wide as the page", ""),
        ("twice", "twice", ""),
    ):
        yield (f'<label><input type="radio" name="zoom" id="zoom-{name}"{chosen}> {label}</label>')
    yield "</fieldset>"
    yield '<div class="picture" tabindex="0" role="region" aria-label="The picture; scrolls">'
    yield svg(graph, linked={row.row for table in tables for row in table.rows})
    yield "</div>"
    yield from _states(graph)
    yield '<section id="rows"><h2>Rows</h2>'
    yield "<p>Rows are tried in order; the first whose guard holds wins.</p>"
    for table in tables:
        yield from _table(table, texts)
    yield "</section>\n</main>\n</body>\n</html>"


def _states(graph: Graph) -> Iterator[str]:
    yield "<section><h2>States</h2>"
    heads = ("State", "Kind", "Waits for")
    yield _beginning("States", heads)
    for node in graph.nodes():
        cells = (f"<code>{escape(node.state)}</code>", escape(MEANINGS[node.kind]), escape(node.waits_for))
        yield _row("", heads, cells)
    yield "</tbody></table></section>"


def _table(table: Table, texts: Texts) -> Iterator[str]:
    yield f"<h3>{escape(table.title)}</h3>"
    heads = ("From", "Event [guard]", "To", "Does", "May say")
    yield _beginning(table.title, heads)
    for row in table.rows:
        yield _row(f"reading-{row.row}", heads, _cells(row, texts))
    yield "</tbody></table>"


def _cells(row: Reading, texts: Texts) -> tuple[str, ...]:
    event = f"<strong>{escape(row.event)}</strong>" + (f" [{escape(row.guard)}]" if row.guard else "")
    said = "".join(_said(key, texts) for key in row.says)
    return (
        f"<code>{escape(row.source)}</code>",
        event,
        f"<code>{escape(row.to)}</code>",
        escape(row.does),
        said,
    )


def _said(key: str, texts: Texts) -> str:
    words = texts.texts[key].words[texts.language]
    return f'<p><code>{escape(key)}</code> <span lang="{escape(texts.language)}">{escape(words)}</span></p>'


# A phone shows each row as a card, which would end the table for a screen reader: so roles are told.


def _beginning(name: str, heads: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col" role="columnheader">{escape(head)}</th>' for head in heads)
    return (
        f'<table role="table" aria-label="{escape(name)}">'
        f'<thead role="rowgroup"><tr role="row">{cells}</tr></thead><tbody role="rowgroup">'
    )


def _row(name: str, heads: tuple[str, ...], cells: tuple[str, ...]) -> str:
    about = f' id="{name}"' if name else ""
    told = "".join(
        f'<td role="cell" data-head="{escape(head)}">{cell}</td>'
        for head, cell in zip(heads, cells, strict=True)
    )
    return f'<tr role="row"{about}>{told}</tr>'
