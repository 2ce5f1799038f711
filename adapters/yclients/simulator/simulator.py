"""YClients, simulated: a pure core that answers requests, and the hands of the salon's administrator."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.simulated import Reply, Request
from adapters.yclients.simulator import control, door, faults
from adapters.yclients.simulator.calls import Call, Refused
from adapters.yclients.simulator.journal import JournalRow, Logged, row
from adapters.yclients.simulator.limits import Limits
from adapters.yclients.simulator.quirks import ActiveQuirks, Quirk, parse_quirk
from adapters.yclients.simulator.routes import Matched, local_path, match
from adapters.yclients.simulator.salon import Entry, Line, Salon

COMPANY_ID = 962302
USER_TOKEN = "simulated-user-token"


class YClientsSimulator:
    """One company on YClients.

    Args:
        partner_token: the one that is taken; None: any, but there must be one.
        user_token: likewise.
        limited: whether more than 5 requests in a second or 200 in a minute are refused.

    Source: yclients.md §13.1 (2026-11); what is a guess there is one here.
    """

    def __init__(
        self,
        company_id: int = COMPANY_ID,
        partner_token: str | None = None,
        user_token: str | None = None,
        timezone: str = "Europe/Moscow",
        *,
        title: str = "Салон «Пример»",
        limited: bool = True,
        patience: faults.Patience | None = None,
    ) -> None:
        self.company_id = company_id
        self.limited = limited
        self.log: list[Logged] = []
        self.salon = Salon(company_id, title, ZoneInfo(timezone), timezone)
        self._tokens = door.Tokens(partner_token, user_token)
        self._quirks = ActiveQuirks()
        self._limits = Limits()
        self._patience = patience or faults.Patience()
        # Requests that take effect only later, with the time at which they do.
        self._late: list[tuple[datetime, Request, Matched | None]] = []

    # ── the wire ──

    def handle(self, request: Request, now: datetime) -> Reply:
        path = local_path(request.path)
        if path.startswith("/_sim/"):
            return control.answer(self, request, path, now)
        self.settle(now)
        matched = match(request.method, path)
        operation = _operation(matched)
        over = self._limits.exceeded(now) and self.limited
        fault = None if over else self._quirks.take_fault(operation)
        reply = faults.over_the_limit() if over else self._with_fault(fault, request, matched, now)
        status = 0 if reply.dropped or reply.delay_s >= faults.NEVER_S else reply.status
        self.log.append(
            Logged(request.method, path, request.query, operation, status, now, request.body, fault or "")
        )
        return reply

    def settle(self, now: datetime) -> None:
        """Let what was to take effect by now take effect."""
        due = [late for late in self._late if late[0] <= now]
        self._late = [late for late in self._late if late[0] > now]
        for at, request, matched in due:
            self._answer(request, matched, at)

    # ── the administrator ──

    def add_client(
        self,
        name: str,
        phone: str,
        *,
        surname: str = "",
        patronymic: str = "",
        email: str = "",
        card: str = "",
        extra_phone: str = "",
    ) -> int:
        """Add a client's card and return its id. Two cards may have the same phone."""
        return self.salon.add_client(
            name,
            phone,
            surname=surname,
            patronymic=patronymic,
            email=email,
            card=card,
            extra_phone=extra_phone,
        ).client_id

    def add_staff(self, name: str, specialization: str = "мастер") -> int:
        return self.salon.add_master(name, specialization).staff_id

    def add_service(self, title: str, price: int = 1500, length_s: int = 3600) -> int:
        return self.salon.add_service(title, price, length_s).service_id

    def add_record(
        self,
        phone: str | None,
        services: str | Iterable[str],
        master: str,
        starts_at: datetime,
        now: datetime,
        *,
        name: str = "",
        created_at: datetime | None = None,
        attendance: int = 0,
        length_s: int | None = None,
        cost: float | None = None,
        visit_id: int | None = None,
        record_id: int | None = None,
        comment: str = "",
        paid: bool = False,
        locked: bool = False,
        discount: float = 0,
        break_s: int = 0,
    ) -> int:
        """Write a record into the journal and return its id; cards that are missing are made.

        A naive moment is the salon's wall clock. Without a phone the record has no client; another name
        at a known phone is another person, with a card of her own. `cost` is of all services together;
        `discount` is in percent of every price: whoever prices a record anew, is seen to.
        A `visit_id` of another record makes the two siblings; without one the visit is new.
        """
        salon = self.salon
        lines = tuple(
            replace(line, discount=discount, cost=line.first_cost * (1 - discount / 100))
            for line in self._lines(services)
        )
        if cost is not None:
            lines = _priced(lines, cost)
        created = salon.local(created_at or now)
        visit = salon.open_visit(visit_id)
        entry = Entry(
            record_id=record_id or salon.new_record_id(),
            visit_id=visit.visit_id,
            client_id=self._client_id(phone, name),
            staff_id=salon.master_named(master).staff_id,
            lines=lines,
            starts_at=salon.local(starts_at),
            length_s=length_s or sum(line.service.length_s for line in lines) or 3600,
            created_at=created,
            changed_at=created,
            comment=comment,
            paid=paid,
            locked=locked,
            break_s=break_s,
        )
        assert entry.record_id not in salon.entries, f"record {entry.record_id} is already in the journal"
        # In two steps, so that a no-show counts on the client's card, without a version before it.
        salon.put(entry, now)
        salon.mark(entry, attendance, created)
        salon.before.pop(entry.record_id, None)
        return entry.record_id

    def edit_record(
        self,
        record_id: int,
        now: datetime,
        *,
        attendance: int | None = None,
        starts_at: datetime | None = None,
        master: str | None = None,
        services: str | Iterable[str] | None = None,
        length_s: int | None = None,
        comment: str | None = None,
        deleted: bool | None = None,
        paid: bool | None = None,
        locked: bool | None = None,
    ) -> None:
        """Change a record as the administrator does in the journal: nothing is asked, the id stays."""
        salon = self.salon
        present = salon.entries[record_id]
        wanted: dict[str, Any] = {
            "starts_at": None if starts_at is None else salon.local(starts_at),
            "staff_id": None if master is None else salon.master_named(master).staff_id,
            "lines": None if services is None else self._lines(services),
            "length_s": length_s,
            "comment": comment,
            "deleted": deleted,
            "paid": paid,
            "locked": locked,
        }
        entry = replace(present, **{name: value for name, value in wanted.items() if value is not None})
        salon.mark(entry, present.attendance if attendance is None else attendance, now)

    def journal(self) -> tuple[JournalRow, ...]:
        """Return every record, deleted ones too, in the order of their ids."""
        return tuple(row(self.salon, entry) for _, entry in sorted(self.salon.entries.items()))

    def record(self, record_id: int) -> JournalRow:
        return row(self.salon, self.salon.entries[record_id])

    @property
    def changes(self) -> int:
        """How often cards or journal were changed so far."""
        return self.salon.changes

    # ── faults and counts ──

    def quirk(self, name: str, on: str | None = None, times: int | None = None) -> None:
        """Let something be odd from now on. `name` may also be all of it: "500 on cancel × 2".

        Raises:
            ValueError: the name or the operation is unknown.
        """
        quirk = parse_quirk(name) if on is None and times is None else Quirk(name, on, times)
        self._quirks.add(quirk)

    def clear_quirks(self) -> None:
        self._quirks.clear()

    @property
    def active_quirks(self) -> tuple[Quirk, ...]:
        return tuple(self._quirks)

    def calls(self, *operations: str) -> tuple[Logged, ...]:
        """Return the logged requests of these operations; without a name, of all."""
        return tuple(one for one in self.log if not operations or one.operation in operations)

    def worst_second(self) -> int:
        """Return the greatest number of requests that came within one sliding second."""
        return self._limits.worst_second

    def worst_minute(self) -> int:
        """Return the greatest number of requests that came within one sliding minute."""
        return self._limits.worst_minute

    # ── inside ──

    def _with_fault(
        self, fault: str | None, request: Request, matched: Matched | None, now: datetime
    ) -> Reply:
        if fault is not None and fault in faults.REFUSALS:
            return faults.REFUSALS[fault](_operation(matched))
        if fault == "timeout-done-later":
            self._late.append((now + self._patience.done_later, request, matched))
            return faults.never()
        reply = self._answer(request, matched, now)
        if fault == "slow":
            return replace(reply, delay_s=self._patience.slow_s)
        return faults.SPOILINGS[fault](reply) if fault else reply

    def _answer(self, request: Request, matched: Matched | None, now: datetime) -> Reply:
        if matched is None:
            return door.refusal(Refused(404, "Не найдено"))
        route, ids, dates = matched
        user_token = self._tokens.user or USER_TOKEN
        call = Call(route.operation, ids, request, self.salon, self._quirks, now, user_token, dates)
        return door.answer(call, route, self._tokens)

    def _lines(self, titles: str | Iterable[str]) -> tuple[Line, ...]:
        services = [
            self.salon.service_titled(title) for title in ([titles] if isinstance(titles, str) else titles)
        ]
        return tuple(Line(service, service.price, 0, service.price) for service in services)

    def _client_id(self, phone: str | None, name: str) -> int | None:
        if not phone:
            return None
        known = self.salon.client_with(phone, name=name)
        return (known or self.salon.add_client(name or "Клиент", phone)).client_id


def _priced(lines: tuple[Line, ...], cost: float) -> tuple[Line, ...]:
    """Agree on another price of all together: the first service bears it."""
    first, *others = lines
    return (replace(first, cost=cost), *(replace(line, cost=0.0) for line in others))


def _operation(matched: Matched | None) -> str:
    return matched[0].operation if matched else "unknown"
