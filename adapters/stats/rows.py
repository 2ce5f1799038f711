"""One CSV row a wish, safe to open in a spreadsheet: no client is named, and no cell is a formula."""

import csv
from collections.abc import Iterable
from datetime import tzinfo
from decimal import Decimal
from typing import IO

from engine.statistics import Wish

TITLES = (
    "day",
    "at",
    "wish",
    "outcome",
    "detail",
    "late",
    "taken_back",
    "lost",
    "reason",
    "record",
    "master_id",
    "master",
    "services",
    "starts_at",
    "lead_hours",
    "moved_to",
    "cost",
)
# What makes a spreadsheet take a text for a formula, also behind spaces.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(out: IO[str], wishes: Iterable[Wish], zone: tzinfo) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(TITLES)
    writer.writerows(_row(wish, zone) for wish in wishes)


def _row(wish: Wish, zone: tzinfo) -> tuple[object, ...]:
    record, begun_at = wish.record, wish.begun_at.astimezone(zone)
    return (
        begun_at.date().isoformat(),
        begun_at.isoformat(timespec="seconds"),
        wish.want,
        wish.outcome,
        wish.detail,
        int(wish.late),
        int(wish.taken_back),
        int(wish.is_lost),
        wish.reason if wish.want == "cancel" and wish.outcome == "cancelled" else "",
        record.record_id,
        record.master_id or "",
        as_text(record.master),
        as_text("; ".join(record.services)),
        record.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        round(wish.lead.total_seconds() / 3600, 2),
        wish.to.starts_at.astimezone(zone).isoformat(timespec="seconds") if wish.to else "",
        _plain(record.cost),
    )


def as_text(words: str) -> str:
    """Return the words so that a spreadsheet shows them and computes nothing.

    Source: OWASP, "CSV injection" (2026-11).
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    return f"'{shown}" if words.lstrip().startswith(_FORMULA) or words.startswith(_FORMULA) else shown


def _plain(cost: Decimal | None) -> str:
    return "" if cost is None else f"{cost:f}"
