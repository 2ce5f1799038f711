"""The salon's journal in words: days, rows and what has become of each record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from babel.dates import format_date

from adapters.yclients.simulator import JournalRow

Status = Literal["waiting", "confirmed", "came", "no_show", "deleted"]

STATUSES: dict[int, Status] = {0: "waiting", 1: "came", 2: "confirmed", -1: "no_show"}
WORDS: dict[Status, str] = {
    "waiting": "ожидает",
    "confirmed": "подтвердил",
    "came": "пришёл",
    "no_show": "не пришёл (отменено)",
    "deleted": "удалена",
}


@dataclass(frozen=True, slots=True)
class Row:
    record_id: int
    # "15:00–16:30"
    time: str
    services: str
    master: str
    client: str
    phone: str
    status: Status
    status_words: str


@dataclass(frozen=True, slots=True)
class Day:
    on: str
    # "Завтра, 24 ноября"
    label: str
    rows: tuple[Row, ...]


def days(rows: Iterable[JournalRow], today: date) -> tuple[Day, ...]:
    """Return the records by day, soonest first."""
    sorted_rows = sorted(rows, key=lambda row: (row.starts_at, row.record_id))
    return tuple(
        Day(on.isoformat(), _label(on, today), tuple(_row(row) for row in of_the_day))
        for on, of_the_day in groupby(sorted_rows, key=lambda row: row.starts_at.date())
    )


def _label(on: date, today: date) -> str:
    nearest = {today: "Сегодня", today + timedelta(days=1): "Завтра"}.get(on)
    first = nearest or format_date(on, "EEEE", locale="ru").capitalize()
    return f"{first}, {format_date(on, 'd MMMM', locale='ru')}"


def _row(row: JournalRow) -> Row:
    status: Status = "deleted" if row.deleted else STATUSES.get(row.attendance, "waiting")
    return Row(
        record_id=row.record_id,
        time=f"{row.starts_at:%H:%M}–{_ends_at(row):%H:%M}",
        services=", ".join(row.services),
        master=row.master,
        client=row.client_name,
        phone=row.phone,
        status=status,
        status_words=WORDS[status],
    )


def _ends_at(row: JournalRow) -> datetime:
    return row.starts_at + timedelta(seconds=row.length_s)
