"""`otmena census`: before an upgrade, how many live dialogues stand where and what becomes of each."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

import click

from adapters.cli.calm import calmly
from adapters.settings import ConfigurationInvalid, StoreSettings, read
from adapters.storage.reading import reading
from adapters.storage.schema import version_of
from adapters.storage.standing import standings
from adapters.storage.store import path_of
from engine.census import Count, census
from engine.dialogue import Dialogue
from engine.ports import StoreFailed
from engine.texts import Texts

# The tables and texts of this version.
Today = Callable[[], tuple[Dialogue, Texts]]


def command(today: Today) -> click.Command:
    @click.command(name="census")
    @click.option(
        "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
    )
    @calmly
    def census_command(form: Literal["table", "json"]) -> None:
        """Count the live dialogues, and tell what this version's tables make of each.

        Run the new version's census on the old server's database before an upgrade: it only reads,
        beside a running server too. Of the settings it reads OTMENA_DATABASE_URL alone; unset, it stands
        for otmena.db in this folder. It prints nothing of any client, and exits 0 whatever it counted; 78
        where the file cannot be read.

        \b
        Example:
          OTMENA_DATABASE_URL=sqlite:////var/lib/otmena/otmena.db otmena census
        """
        url = read(StoreSettings).database_url
        dialogue, _ = today()
        try:
            with reading(url) as connection:
                live, at_home = standings(connection)
                schema = version_of(connection)
        except StoreFailed as error:
            raise ConfigurationInvalid((f"OTMENA_DATABASE_URL: {error}",)) from error
        counts = census(dialogue, live)
        versions = {flow.name: flow.version for flow in dialogue.flows}
        if form == "json":
            click.echo(json.dumps(_document(schema, versions, counts, at_home), ensure_ascii=False, indent=2))
            return
        known = ", ".join(f"{name} {version}" for name, version in versions.items())
        click.echo(f"{path_of(url)} against the tables of this version ({known})\n")
        for line in _lines(counts, at_home):
            click.echo(line)

    return census_command


# ── for people ────────────────────────────────────────────────────────────────────────────────────────

_TITLES = ("state", "version", "dialogues", "questions", "calls out", "writes", "words", "last", "becomes")


def _lines(counts: Sequence[Count], at_home: int) -> Iterator[str]:
    if counts:
        yield from _table([_TITLES, *(_row(count) for count in counts)])
        yield ""
    going, ending = _sums(counts)
    yield f"{_plural(going, 'dialogue')} {'goes' if going == 1 else 'go'} on, {_endings(counts, ending)}."
    yield f"{_plural(at_home, 'chat')} at home, where every version goes on."
    if writes := sum(count.writes_out for count in counts if not count.goes_on):
        has, whose = ("has a write", "Its client is") if writes == 1 else ("have writes", "Their clients are")
        yield (
            f"Of the dialogues that end, {writes} {has} out. {whose} told the outcome where it is known, and "
            "else that it is not. Better wait a minute and count again."
        )


def _endings(counts: Sequence[Count], ending: int) -> str:
    verb = "ends" if ending == 1 else "end"
    if not ending:
        return "none ends"
    whys: Counter[str] = Counter()
    for count in counts:
        if not count.goes_on:
            whys[count.place.why] += count.dialogues
    told = "; ".join(f"{dialogues} × {why}" for why, dialogues in whys.items())
    return f"{ending} {verb} with an apology: {told}"


def _row(count: Count) -> tuple[str, ...]:
    place = count.place
    numbers = (
        count.dialogues,
        count.questions_pending,
        count.calls_out,
        count.writes_out,
        count.words_waiting,
    )
    becomes = {
        "goes on": "goes on",
        "renamed": f"goes on as {place.today}",
        "ends": f"ends: {place.why}",
    }[place.becomes]
    version = "?" if place.version is None else str(place.version)
    return (place.state or "?", version, *map(str, numbers), _moment(count.last_activity), becomes)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else "never"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    # Words to the left, numbers to the right; what becomes of them is as long as it is.
    for row in rows:
        cells = [
            cell.ljust(width) if i in (0, 7) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row[:-1], widths, strict=False))
        ]
        yield "  ".join((*cells, row[-1]))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _sums(counts: Sequence[Count]) -> tuple[int, int]:
    going = sum(count.dialogues for count in counts if count.goes_on)
    return going, sum(count.dialogues for count in counts) - going


# ── for programs ──────────────────────────────────────────────────────────────────────────────────────


def _document(schema: int, versions: dict[str, int], counts: Sequence[Count], at_home: int) -> dict[str, Any]:
    going, ending = _sums(counts)
    return {
        "schema": schema,
        "flows": versions,
        "at_home": at_home,
        "go_on": going,
        "end": ending,
        "writes_out_where_it_ends": sum(count.writes_out for count in counts if not count.goes_on),
        "places": [
            {
                "state": count.place.state,
                "version": count.place.version,
                "becomes": count.place.becomes,
                "today": count.place.today,
                "why": count.place.why,
                "dialogues": count.dialogues,
                "questions_pending": count.questions_pending,
                "calls_out": count.calls_out,
                "writes_out": count.writes_out,
                "words_waiting": count.words_waiting,
                "last_activity": count.last_activity.isoformat() if count.last_activity else None,
            }
            for count in counts
        ],
    }
