"""What the simulator shows of itself: rows of the journal and lines of its log."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from adapters.yclients.simulator import shapes
from adapters.yclients.simulator.salon import Entry, Salon


@dataclass(frozen=True, slots=True)
class Price:
    """What was agreed on for one service of a record."""

    service_id: int
    first_cost: float
    # In percent.
    discount: float
    cost: float
    amount: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One record, as the salon's administrator sees it."""

    record_id: int
    visit_id: int
    # "" and "" for a record without a client.
    client_name: str
    phone: str
    services: tuple[str, ...]
    master: str
    # Aware, in the salon's zone.
    starts_at: datetime
    length_s: int
    attendance: int
    deleted: bool
    comment: str
    created_at: datetime
    changed_at: datetime
    # In the order of the services.
    prices: tuple[Price, ...] = ()
    client_id: int | None = None
    staff_id: int = 0
    # The technical break behind it.
    break_s: int = 0


@dataclass(frozen=True, slots=True)
class Logged:
    """One request that was handled."""

    method: str
    # Without base path and `/api/v1`.
    path: str
    query: tuple[tuple[str, str], ...]
    operation: str
    # What the caller saw; 0 where no answer came.
    status: int
    at: datetime
    body: bytes
    # The fault that was applied, or "".
    fault: str


def row(salon: Salon, entry: Entry) -> JournalRow:
    client = salon.clients.get(entry.client_id or 0)
    return JournalRow(
        record_id=entry.record_id,
        visit_id=entry.visit_id,
        client_name=shapes.full_name(client) if client else "",
        phone=client.phone if client else "",
        services=tuple(line.service.title for line in entry.lines),
        master=salon.masters[entry.staff_id].name,
        starts_at=entry.starts_at,
        length_s=entry.length_s,
        attendance=entry.attendance,
        deleted=entry.deleted,
        comment=entry.comment,
        created_at=entry.created_at,
        changed_at=entry.changed_at,
        prices=tuple(
            Price(line.service.service_id, line.first_cost, line.discount, line.cost, line.amount)
            for line in entry.lines
        ),
        client_id=entry.client_id,
        staff_id=entry.staff_id,
        break_s=entry.break_s,
    )


def as_plain(shown: JournalRow | Logged) -> Mapping[str, Any]:
    """Return it as JSON takes it."""
    plain = asdict(shown)
    for name, value in plain.items():
        if isinstance(value, datetime):
            plain[name] = value.isoformat()
        elif isinstance(value, bytes):
            plain[name] = value.decode(errors="replace")
    return plain
