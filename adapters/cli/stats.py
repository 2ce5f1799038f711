"""`otmena stats`: what became of clients' wishes to cancel and to move, from the ledger."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

import click

from adapters import logs
from adapters.cli.calm import calmly
from adapters.settings import (
    ConfigurationInvalid,
    ReasonSettings,
    StoreSettings,
    YClientsSettings,
    ZoneSettings,
    lane_file,
    read,
)
from adapters.stats import rows, table, words
from adapters.stats.document import document
from adapters.stats.ledger import Ledger, name_of, zone_of
from adapters.stats.page import page
from adapters.storage.reading import reading
from engine.booking import Reason
from engine.ports import StoreFailed
from engine.statistics import Counting, Statistics, Wish, wishes

Form = Literal["table", "json", "csv", "html"]
Names = Mapping[Reason, str]
DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])


class StatsSettings(StoreSettings, ZoneSettings, ReasonSettings):
    """The database, the zone where it is not to be the salon's own, and the salon's words for reasons."""


class ReconcileSettings(StatsSettings, YClientsSettings):
    """And how YClients is reached."""


def command() -> click.Command:
    @click.command(name="stats")
    @click.option("--from", "since", type=DAY, metavar="DAY", help="First day, such as 2026-11-01.")
    @click.option("--to", "until", type=DAY, metavar="DAY", help="Last day, inclusive.")
    @click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "csv", "html"]),
        default="table",
        show_default=True,
    )
    @click.option(
        "--reconcile", is_flag=True, help="Compare the ledger with YClients' journal instead, by visit's day."
    )
    @calmly
    def stats_command(since: datetime | None, until: datetime | None, form: Form, reconcile: bool) -> None:
        """Tell what became of clients' wishes to cancel and to move, by day in the salon's zone.

        It only reads, beside a running server too. Of the settings it reads OTMENA_DATABASE_URL,
        OTMENA_TIMEZONE where the days are not to be the salon's own, and OTMENA_REASONS for the salon's
        own words. csv is one row a wish, without
        clients; html is one page for the salon's owner, which needs no network.

        With --reconcile it reads the records of these days from YClients, too, and tells by number what
        the ledger and the journal disagree about; without days, those of a month before and after today.
        This needs the settings of YClients.

        \b
        Example:
          otmena stats --from 2026-11-01 --to 2026-11-30
          otmena stats --format html > stats.html
          otmena stats --reconcile
        """
        first, last = _day(since), _day(until)
        if first and last and first > last:
            raise click.UsageError("--from must not be later than --to")
        if reconcile:
            _reconcile(first, last, form)
            return
        settings = read(StatsSettings)
        names = words.named({offered.code: offered.title for offered in settings.offered_reasons})
        with _ledger(settings, first, last) as (ledger, known):
            _TELL[form](ledger, () if known else (words.zone_warning(name_of(ledger.zone)),), names)

    return stats_command


def _reconcile(since: date | None, until: date | None, form: Form) -> None:
    if form not in ("table", "json"):
        raise click.UsageError("--reconcile is told as table or json")
    from adapters.cli.reconcile import tell  # here, since only this needs the web's libraries

    settings = read(ReconcileSettings)
    logs.set_up("console", level=logging.WARNING)
    # Of the ledger all is read: visits of these days may have been cancelled long before.
    with _ledger(settings) as (ledger, known):
        tell(ledger, known, settings, lane_file(settings, settings), (since, until), form)


@contextmanager
def _ledger(
    settings: StatsSettings, since: date | None = None, until: date | None = None
) -> Iterator[tuple[Ledger, bool]]:
    """Open the ledger of the settings' database, and tell whether the zone is known by name."""
    own: tuple[tzinfo, bool] | None = (ZoneInfo(settings.timezone), True) if settings.timezone else None
    try:
        with reading(settings.database_url) as connection:
            zone, known = own or zone_of(connection)
            yield Ledger(connection, zone, since, until), known
    except StoreFailed as error:
        raise ConfigurationInvalid((f"OTMENA_DATABASE_URL: {error}",)) from error


def _counting(ledger: Ledger) -> Counting:
    return Counting(ledger.zone, ledger.since, ledger.until)


def _counted(ledger: Ledger) -> Statistics:
    return _counting(ledger).of(wishes(ledger.entries()), lambda: ledger.unreadable)


def _tell_table(ledger: Ledger, doubts: tuple[str, ...], names: Names) -> None:
    statistics = _counted(ledger)
    for line in table.lines(statistics, (*doubts, *words.warnings(statistics)), names):
        click.echo(line)


def _tell_json(ledger: Ledger, doubts: tuple[str, ...], names: Names) -> None:
    statistics = _counted(ledger)
    found = document(statistics, (*doubts, *words.warnings(statistics)))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _tell_csv(ledger: Ledger, doubts: tuple[str, ...], names: Names) -> None:
    """Write the rows as they are read; what is to be warned of goes beside them, to stderr."""
    counting = _counting(ledger)

    def counted() -> Iterator[Wish]:
        for wish in wishes(ledger.entries()):
            if counting.takes(wish):
                counting.add(wish)
                yield wish

    rows.write(sys.stdout, counted(), ledger.zone)
    sys.stdout.flush()
    for warning in (*doubts, *words.warnings(counting.statistics(ledger.unreadable))):
        click.echo(warning, err=True)


def _tell_html(ledger: Ledger, doubts: tuple[str, ...], names: Names) -> None:
    statistics = _counted(ledger)
    click.echo(page(statistics, (*doubts, *words.warnings(statistics)), names))


_TELL: dict[Form, Callable[[Ledger, tuple[str, ...], Names], None]] = {
    "table": _tell_table,
    "json": _tell_json,
    "csv": _tell_csv,
    "html": _tell_html,
}


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
