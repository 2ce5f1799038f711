"""The salon's journal, call by call: the handful of YClients' methods that Otmena uses."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TypeVar

import structlog

from adapters.yclients.client import Envelope, Refused, Unclear, YClientsClient
from adapters.yclients.payloads import (
    Card,
    CompanyPayload,
    DoesPayload,
    RecordPayload,
    SeancePayload,
    ShiftPayload,
    StaffPayload,
    read_cards,
    read_company,
    read_list,
    read_record,
    read_records,
)

log = structlog.get_logger()

# Seen to work with /records and within the 200 that the client search documents (yclients.md §3.1, §5.1).
PAGE_SIZE = 100
# A search that does not filter would lead through the whole base of a salon.
PAGES_MAX = 20

Item = TypeVar("Item", Card, RecordPayload)


@dataclass(frozen=True, slots=True)
class Journal:
    """One salon's journal. All methods raise what `YClientsClient` raises."""

    client: YClientsClient
    company_id: int

    async def company(self) -> CompanyPayload | None:
        try:
            envelope = await self.client.get(f"/company/{self.company_id}")
        except Refused as refused:
            if refused.status != 404:
                raise
            # The description writes it with and without the last slash (yclients.md §6).
            envelope = await self.client.get(f"/company/{self.company_id}/")
        return read_company(envelope.data)

    async def some_offset(self) -> tzinfo | None:
        """Return the offset that the salon's newest records carry, or None where there are none."""
        envelope = await self.client.get(f"/records/{self.company_id}", [("count", "1"), ("page", "1")])
        moments = (record.moment for record in read_records(envelope.data))
        return next((moment.tzinfo for moment in moments if moment is not None), None)

    async def cards(self, digits: str) -> list[Card]:
        """Return the cards with these digits in a phone, the name or the card number, and maybe others.

        Unknown top-level keys are ignored, and the whole base comes back: only `filters` filters
        (yclients.md §5.1, 2026-11).
        """

        async def page(number: int) -> Envelope:
            return await self.client.search(
                f"/company/{self.company_id}/clients/search",
                {
                    "page": number,
                    "page_size": PAGE_SIZE,
                    "fields": ["id", "phone"],
                    "order_by": "id",
                    "order_by_direction": "ASC",
                    "operation": "AND",
                    "filters": [{"type": "quick_search", "state": {"value": digits}}],
                },
            )

        return await _paged(page, read_cards)

    async def records(
        self,
        client_id: int | None,
        *,
        starts_from: date,
        until: date | None = None,
        staff_id: int | None = None,
    ) -> list[RecordPayload]:
        """Return not deleted records of the client, in no order; of everyone, if there is no client's number.

        Days are the salon's own and inclusive. There is no filter by phone: an unknown one is ignored,
        and other people's records come back (yclients.md §3.1, 2026-11).
        """
        query = [("start_date", starts_from.isoformat()), ("count", str(PAGE_SIZE))]
        if client_id is not None:
            query.insert(0, ("client_id", str(client_id)))
        if staff_id is not None:
            query.insert(0, ("staff_id", str(staff_id)))
        if until is not None:
            query.append(("end_date", until.isoformat()))

        async def page(number: int) -> Envelope:
            return await self.client.get(f"/records/{self.company_id}", [*query, ("page", str(number))])

        return await _paged(page, read_records)

    async def record(self, record_id: int) -> RecordPayload:
        """Return the record as it is now. A deleted one is still shown, as `deleted` (yclients.md §3.4)."""
        envelope = await self.client.get(f"/record/{self.company_id}/{record_id}")
        record = read_record(envelope.data)
        if record is None or record.id != record_id:
            raise Unclear("YClients: no such record in the answer to GET /record")
        return record

    async def visit(self, visit_id: int) -> list[RecordPayload]:
        """Return every record of the visit, whoever's it is (yclients.md §4.2)."""
        envelope = await self.client.get(f"/visits/{visit_id}")
        rows = envelope.data.get("records") if isinstance(envelope.data, dict) else None
        if not isinstance(rows, list):
            raise Unclear("YClients: no records in the answer to GET /visits")
        return list(read_records(rows))

    async def staff(self) -> list[StaffPayload]:
        """Return the salon's masters, those who have left among them."""
        envelope = await self.client.get(f"/company/{self.company_id}/staff")
        return read_list(StaffPayload, envelope.data)

    async def staff_of(self, service_id: int) -> set[int]:
        """Return who does a service. Lists of all services leave masters out (yclients.md §6, 2026-11)."""
        envelope = await self.client.get(f"/company/{self.company_id}/services/{service_id}")
        rows = envelope.data if isinstance(envelope.data, list) else [envelope.data]
        return {
            master.id
            for service in read_list(DoesPayload, rows)
            if service.id in (None, service_id)
            for master in service.staff
            if master.id is not None
        }

    async def shifts(self, staff_ids: Iterable[int], since: date, until: date) -> list[ShiftPayload]:
        """Return the days of these masters, with what keeps them busy by its number (yclients.md §7)."""
        query = [
            ("start_date", since.isoformat()),
            ("end_date", until.isoformat()),
            *(("staff_ids[]", str(staff_id)) for staff_id in staff_ids),
            ("include[]", "busy_intervals"),
        ]
        envelope = await self.client.get(f"/company/{self.company_id}/staff/schedule", query)
        return read_list(ShiftPayload, envelope.data)

    async def seances(self, staff_id: int, on: date) -> list[SeancePayload]:
        """Return the journal's grid of one day; empty on a day off, or where there is no data."""
        envelope = await self.client.get(f"/timetable/seances/{self.company_id}/{staff_id}/{on.isoformat()}")
        return read_list(SeancePayload, envelope.data)

    async def book_times(self, staff_id: int, on: date, service_ids: Iterable[int]) -> list[SeancePayload]:
        """Return the times that can be booked online; nothing for what is not open there."""
        query = [("service_ids[]", str(service_id)) for service_id in service_ids]
        path = f"/book_times/{self.company_id}/{staff_id}/{on.isoformat()}"
        envelope = await self.client.get(path, query)
        return read_list(SeancePayload, envelope.data)

    async def change_visit(self, visit_id: int, record_id: int, *, attendance: int, comment: str) -> None:
        """Change status and comment, and nothing else: payments are changed by the same call."""
        body = {"attendance": attendance, "comment": comment}
        await self.client.put(f"/visits/{visit_id}/{record_id}", body)

    async def replace(self, record_id: int, whole: Mapping[str, object]) -> None:
        """Write the whole record: what is left out is lost (yclients.md §3.5, 2026-11)."""
        await self.client.put(f"/record/{self.company_id}/{record_id}", whole)

    async def delete(self, record_id: int) -> None:
        await self.client.delete(f"/record/{self.company_id}/{record_id}")


async def _paged(
    page: Callable[[int], Awaitable[Envelope]], read: Callable[[object], Iterable[Item]]
) -> list[Item]:
    """Read pages until a short one. What comes twice, because rows moved between two reads, is kept once."""
    found: dict[int, Item] = {}
    n_rows = 0
    for number in range(1, PAGES_MAX + 1):
        try:
            envelope = await page(number)
        except Refused as refused:
            if refused.status in (200, 404) and refused.says("Не найдено"):
                # Some lists say so when they are empty (yclients.md §2).
                return list(found.values())
            raise
        rows = list(envelope.data.values()) if isinstance(envelope.data, dict) else envelope.data
        if rows is None:
            return list(found.values())
        if not isinstance(rows, list):
            raise Unclear("YClients: no list in the answer")
        fresh = {
            item.id: item for item in read(envelope.data) if item.id is not None and item.id not in found
        }
        found.update(fresh)
        n_rows += len(rows)
        if not rows or (len(rows) < PAGE_SIZE and n_rows >= _total(envelope)):
            return list(found.values())
        if not fresh:
            # The same page again: the number of the page was ignored.
            return list(found.values())
    log.error("yclients.list_cut", pages=PAGES_MAX)
    return list(found.values())


def _total(envelope: Envelope) -> int:
    """Return how many rows there are, if it is told: pages may be smaller than was asked for."""
    total = envelope.meta.get("total_count")
    return total if isinstance(total, int) else 0
