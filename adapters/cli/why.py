"""Why words were understood as they were: for people at a terminal, and as an object for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from engine.booking import Record
from engine.understanding import picked
from engine.understanding.explaining import Explanation, Seen, Spoken
from engine.understanding.meaning import Context

COLUMN = 14
SHORT = 200


def shown(
    text: str, context: Context, said_at: datetime, found: Explanation, records: Sequence[Record] = ()
) -> str:
    """Return an explanation as lines to read; click takes their colours off where there is no terminal.

    `records` are those that it was held against.
    """
    return "\n".join(_lines(text, context, said_at, found, records))


def as_object(found: Explanation) -> dict[str, Any]:
    meaning = found.meaning
    return {
        "decided": found.decided,
        "readings": list(meaning.readings),
        "parts": list(meaning.trace.clauses),
        "clauses": [[asdict(word) for word in clause] for clause in found.clauses],
        "days": list(found.days),
        "times": list(found.times),
        "named": meaning.named.model_dump(mode="json"),
        "evidence": [asdict(spoken) for spoken in found.evidence],
        "blockers": [asdict(spoken) for spoken in found.blockers],
        "opinion": [{"intent": intent, "probability": share} for intent, share in meaning.trace.opinion],
    }


def _lines(
    text: str, context: Context, said_at: datetime, found: Explanation, records: Sequence[Record]
) -> Iterator[str]:
    meaning = found.meaning
    when = said_at.isoformat(" ", "minutes")
    yield f"«{_printable(text)}»  " + _quiet(f"context {context}, said {when}, {said_at:%A}")
    yield _row("intent", click.style(meaning.intent, bold=True))
    yield _row("decided by", found.decided)
    if meaning.readings:
        yield _row("would ask", " or ".join(meaning.readings))
    yield from _clauses(found)
    yield from _named(found, listed=bool(records))
    yield from _records(found, context, records)
    yield from _spoken("heard", found.evidence, "green")
    yield from _spoken("against it", found.blockers, "yellow")
    opinion = ", ".join(f"{intent} {share:.0%}" for intent, share in meaning.trace.opinion)
    yield _row("statistics", opinion or _quiet("no opinion"))


def _clauses(found: Explanation) -> Iterator[str]:
    """Yield the clauses, each read by itself, and the words of the sentences that they are parts of."""
    for number, part in enumerate(found.meaning.trace.clauses, 1):
        yield _row(f"clause {number}", part)
    for sentence in found.clauses:
        yield from (_word(word) for word in sentence)
    if not found.clauses:
        yield _row("clauses", _quiet("no words"))


def _word(word: Seen) -> str:
    lemmas = " ".join(lemma for lemma in word.lemmas if lemma != word.text)
    marks = " ".join(f"@{group}" for group in word.groups) + (" <when>" if word.when else "")
    return _row("", f"  {word.text:<16} {lemmas:<28} {_quiet(marks.strip())}".rstrip())


def _named(found: Explanation, *, listed: bool) -> Iterator[str]:
    meaning, entities = found.meaning, asdict(found.meaning.entities)
    yield _row("days, times", " ".join((*found.days, *found.times)) or _quiet("none"))
    if meaning.resolved:
        yield _row("resolved", meaning.resolved)
    written = [f"{name} «{_printable(piece)}»" for name, piece in entities.items() if piece is not None]
    if written:
        yield _row("named", ", ".join(written))
    held = (*meaning.named.words, *meaning.named.names)
    if held:
        against = "held against the records" if listed else "would be held against services and masters"
        yield _row("may name", " ".join(held) + _quiet(f"  ({against})"))


def _records(found: Explanation, context: Context, records: Sequence[Record]) -> Iterator[str]:
    meant = picked(found.meaning, records) if context == "choose" else ()
    for number, record in enumerate(records, 1):
        when = record.starts_at.isoformat(" ", "minutes")
        shows = ", ".join(filter(None, (*record.services, when, record.master)))
        yield _row(f"record {number}", _printable(shows) + _quiet("  (is meant)" if record in meant else ""))


def _spoken(title: str, found: tuple[Spoken, ...], colour: str) -> Iterator[str]:
    if not found:
        yield _row(title, _quiet("nothing"))
    for number, spoken in enumerate(found):
        place = f"  {_quiet(spoken.place)}" if spoken.place else ""
        yield _row("" if number else title, click.style(spoken.what, fg=colour) + place)


def _row(title: str, value: str) -> str:
    return f"  {title:<{COLUMN}}{value}".rstrip()


def _quiet(text: str) -> str:
    return click.style(text, dim=True) if text else ""


def _printable(text: str) -> str:
    """Return the beginning of a text on one line, without what would steer a terminal."""
    short = text if len(text) <= SHORT else text[:SHORT] + "…"
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"
        for letter in short
    )
