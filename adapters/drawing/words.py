"""docs/meanings.md: a table of intent × state → event, as the recognisers themselves answer."""

from collections.abc import Iterator
from importlib.resources import files
from typing import get_args

from engine.diagram import Becoming, Column, words
from engine.dialogue import Dialogue
from engine.understanding import Context, Intent

MEANT: dict[Intent, str] = {
    "cancel": "call off an own visit",
    "keep": "leave it as it is, I am coming",
    "undo": "bring a cancelled visit back",
    "yes": "yes to the question",
    "no": "no to the question",
    "reschedule": "another day, time or master",
    "choose": "this one of the list",
    "reason": "the cause, and nothing else",
    "ask_cancel": "a question about cancelling",
    "dispute": "a cancel that has happened: why, who, not me",
    "third_party": "somebody else's visit",
    "list": "which visits do I have",
    "human": "a person, a call",
    "thanks": "thanks, goodbye",
    "hello": "a greeting",
    "late": "late, and coming",
    "other": "anything else",
    "unclear": "too little, or contradictory",
}


def page(dialogue: Dialogue) -> str:
    """Return the page. What it says before the table stands in words.txt."""
    about, columns = files(__package__).joinpath("words.txt").read_text(encoding="utf-8"), words(dialogue)
    return "\n".join([about, *_table(columns), *_nowhere(columns), *_recognisers(columns)])


def _table(columns: tuple[Column, ...]) -> Iterator[str]:
    yield f"| intent | {' | '.join(f'`{one.state}`<br>({one.context})' for one in columns)} |"
    yield "| --- |" + " --- |" * len(columns)
    for intent, meant in MEANT.items():
        cells = ("<br>".join(map(_told, column.cells[intent])) for column in columns)
        yield f"| `{intent}`: {meant} | {' | '.join(cells)} |"
    yield ""


def _told(one: Becoming) -> str:
    return f"{', '.join(one.cases)}: `{one.event}`" if one.cases else f"`{one.event}`"


def _nowhere(columns: tuple[Column, ...]) -> Iterator[str]:
    waited_in = {column.context for column in columns}
    if unused := [f"`{context}`" for context in get_args(Context) if context not in waited_in]:
        yield f"No state waits yet in the context {' or '.join(unused)}, which the understanding knows."
        yield ""


def _recognisers(columns: tuple[Column, ...]) -> Iterator[str]:
    yield "Who is asked, in this order:"
    yield ""
    for column in columns:
        asked = [f"`{name}`" + (f" ({about.rstrip('.')})" if about else "") for name, about in column.hears]
        beyond = [*asked, "then those of `idle`"] if column.open else asked
        yield f"- `{column.state}`: {', '.join(beyond)}"
    yield ""
