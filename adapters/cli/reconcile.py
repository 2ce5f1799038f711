"""`otmena stats --reconcile`: the ledger against the salon's journal, which is only read."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, timedelta, tzinfo

import click

from adapters.clock import SystemClock, boot_id
from adapters.settings import YClientsSettings
from adapters.stats import differences, words
from adapters.stats.journal import TooManyOnOneDay, shown, zone_by
from adapters.stats.ledger import Ledger, name_of
from adapters.transport import HttpTransport, NotSent, new_session
from adapters.yclients.book_file import FileBook
from adapters.yclients.client import Refused, TurnedAway, Unclear, YClientsClient
from adapters.yclients.journal import Journal
from adapters.yclients.lane import Lane, Turnstile
from engine.statistics import Reconciliation, Shown, Wish, reconciled, wishes

# Without --from and --to: visits of so many days before today and after it.
DAYS_AROUND = 30


def tell(
    ledger: Ledger,
    known: bool,
    settings: YClientsSettings,
    lane_file: str,
    days: tuple[date | None, date | None],
    form: str,
) -> None:
    """Print the reconciliation of visits on these days; the calls count in `lane_file`, with the server's.

    Raises:
        ClickException: YClients could not be read; exits 1.
    """
    since, until, zone, records = asyncio.run(_asked(ledger, known, settings, lane_file, days))
    found = _compared(ledger, zone, since, until, records)
    doubts = () if zone is not ledger.zone or known else (words.zone_warning(name_of(zone)),)
    if form == "json":
        told = differences.document(found, since, until, doubts)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in differences.lines(found, since, until, doubts):
        click.echo(line)


async def _asked(
    ledger: Ledger,
    known: bool,
    settings: YClientsSettings,
    lane_file: str,
    days: tuple[date | None, date | None],
) -> tuple[date, date, tzinfo, list[Shown]]:
    clock = SystemClock()
    lane = Lane(per_second=settings.yclients_per_second, per_minute=settings.yclients_per_minute)
    async with new_session() as session:
        client = YClientsClient(
            HttpTransport(session, settings.yclients_base_url),
            # Counted with the server beside it, and behind its clients.
            Turnstile(lane, clock, FileBook(lane_file, clock, boot_id())),
            settings.yclients_partner_token,
            settings.yclients_user_token,
            background=True,
        )
        journal = Journal(client, settings.yclients_company_id)
        try:
            zone = ledger.zone if known else await zone_by(journal) or ledger.zone
            today, around = clock.now().astimezone(zone).date(), timedelta(days=DAYS_AROUND)
            since = days[0] or min(today, days[1] or today) - around
            until = days[1] or max(today, since) + around
            return since, until, zone, await shown(journal, since, until)
        except (NotSent, TurnedAway, Refused, Unclear) as error:
            raise click.ClickException(f"YClients could not be read: {error}") from error
        except TooManyOnOneDay as day:
            raise click.ClickException(f"YClients has more records on {day} than it lists") from day


def _compared(ledger: Ledger, zone: tzinfo, since: date, until: date, records: list[Shown]) -> Reconciliation:
    def concerned() -> Iterator[Wish]:
        numbers = {record.record_id for record in records}
        for wish in wishes(ledger.entries()):
            on_these_days = since <= wish.record.starts_at.astimezone(zone).date() <= until
            if on_these_days or wish.record.record_id in numbers:
                yield wish

    return reconciled(records, concerned())
