"""The simulated salon: its cards, its journal, and the rules by which the journal changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, TypeVar

T = TypeVar("T")

# Numbers far apart, so that an id in the wrong place is found at once.
FIRST_CLIENT, FIRST_MASTER, FIRST_SERVICE = 300001, 2001, 1001
FIRST_RECORD, FIRST_VISIT = 500001, 700001
# Every day, by the salon's wall clock.
OPENS_AT, SHUTS_AT = time(10), time(20)


@dataclass(frozen=True, slots=True)
class Client:
    client_id: int
    name: str
    # E.164 with the plus sign; empty if the card has none.
    phone: str = ""
    surname: str = ""
    patronymic: str = ""
    email: str = ""
    card: str = ""
    extra_phone: str = ""
    success_visits: int = 0
    fail_visits: int = 0


@dataclass(frozen=True, slots=True)
class Master:
    staff_id: int
    name: str
    specialization: str = "мастер"


@dataclass(frozen=True, slots=True)
class Service:
    service_id: int
    title: str
    price: int
    length_s: int
    # Who does it; None: everybody.
    staff_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One service of one record, with the price agreed for it."""

    service: Service
    first_cost: float
    discount: float
    cost: float
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the journal in one of its versions."""

    record_id: int
    visit_id: int
    client_id: int | None
    staff_id: int
    lines: tuple[Line, ...]
    # Aware, in the salon's zone, like every moment here.
    starts_at: datetime
    length_s: int
    created_at: datetime
    changed_at: datetime
    attendance: int = 0
    comment: str = ""
    deleted: bool = False
    paid: bool = False
    locked: bool = False
    break_s: int = 0
    # What the journal only keeps and returns: api_id, custom_color, custom_fields and the like.
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def busy_until(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.length_s + self.break_s)

    def keeps_busy(self, *, noshow_frees: bool) -> bool:
        """Whether it keeps its master busy.

        A no-show does, unless `noshow_frees`: no one has measured it, all hints say so (§4.4).
        """
        return not (self.deleted or (noshow_frees and self.attendance == -1))

    @property
    def within_hours(self) -> bool:
        """Whether it lies within the shift of its day."""
        day, zone = self.starts_at.date(), self.starts_at.tzinfo
        opens, shuts = datetime.combine(day, OPENS_AT, zone), datetime.combine(day, SHUTS_AT, zone)
        return opens <= self.starts_at and self.starts_at + timedelta(seconds=self.length_s) <= shuts


@dataclass(frozen=True, slots=True)
class Visit:
    visit_id: int
    attendance: int = 0
    comment: str = ""


def digits(phone: str) -> str:
    return "".join(character for character in phone if character in "0123456789")


def e164(phone: str) -> str:
    return f"+{digits(phone)}" if digits(phone) else ""


class Salon:
    """All cards and records of one company. Every change is counted and keeps the version before it."""

    def __init__(self, company_id: int, title: str, timezone: tzinfo, timezone_name: str) -> None:
        self.company_id = company_id
        self.title = title
        self.timezone = timezone
        self.timezone_name = timezone_name
        self.clients: dict[int, Client] = {}
        self.masters: dict[int, Master] = {}
        self.services: dict[int, Service] = {}
        self.entries: dict[int, Entry] = {}
        self.visits: dict[int, Visit] = {}
        # Each record as it was before its last change: what a stale read shows.
        self.before: dict[int, Entry] = {}
        self.changes = 0
        # Every version of every record, with the moment at which it came to stand: who claims, is held to it.
        self.history: list[tuple[datetime, Entry]] = []
        self._clients_by_digits: dict[str, list[int]] = {}
        self._records_by_visit: dict[int, list[int]] = {}
        self._turns: dict[int, int] = {}
        self._highest_record, self._highest_visit = FIRST_RECORD - 1, FIRST_VISIT - 1

    def local(self, moment: datetime) -> datetime:
        """Return the moment in the salon's zone; a naive one is the salon's wall clock."""
        if moment.tzinfo is None:
            return moment.replace(tzinfo=self.timezone)
        return moment.astimezone(self.timezone)

    # ── cards ──

    def add_client(
        self,
        name: str,
        phone: str = "",
        *,
        surname: str = "",
        patronymic: str = "",
        email: str = "",
        card: str = "",
        extra_phone: str = "",
    ) -> Client:
        client_id = FIRST_CLIENT + len(self.clients)
        client = Client(client_id, name, e164(phone), surname, patronymic, email, card, extra_phone)
        self.put_client(client)
        return client

    def put_client(self, client: Client) -> None:
        if self.clients.get(client.client_id) != client:
            self.clients[client.client_id] = client
            if client.phone:
                numbers = self._clients_by_digits.setdefault(digits(client.phone), [])
                if client.client_id not in numbers:
                    numbers.append(client.client_id)
            self.changes += 1

    def add_master(self, name: str, specialization: str = "мастер") -> Master:
        master = Master(FIRST_MASTER + len(self.masters), name, specialization)
        self.masters[master.staff_id] = master
        self.changes += 1
        return master

    def add_service(self, title: str, price: int, length_s: int) -> Service:
        service = Service(FIRST_SERVICE + len(self.services), title, price, length_s)
        self.services[service.service_id] = service
        self.changes += 1
        return service

    def only_do(self, title: str, *masters: str) -> None:
        """Let only these masters do the service."""
        staff_ids = frozenset(self.master_named(name).staff_id for name in masters)
        service = self.service_titled(title)
        self.services[service.service_id] = replace(service, staff_ids=staff_ids)
        self.changes += 1

    def client_with(self, phone: str, *, client_id: int = 0, name: str = "") -> Client | None:
        """Return the first card with this phone: it is by phone that YClients finds the card (§3.5).

        Of several with one phone, that with this id (a guess: nobody has looked), or with this name only.
        """
        numbers = self._clients_by_digits.get(digits(phone), ())
        if name:
            return _first((self.clients[one] for one in numbers), lambda card: card.name == name)
        return self.clients[client_id if client_id in numbers else numbers[0]] if numbers else None

    def master_named(self, name: str) -> Master:
        return _first(self.masters.values(), lambda master: master.name == name) or self.add_master(name)

    def service_titled(self, title: str) -> Service:
        found = _first(self.services.values(), lambda service: service.title == title)
        return found or self.add_service(title, 1500, 3600)

    # ── journal ──

    def new_record_id(self) -> int:
        return self._highest_record + 1

    def open_visit(self, visit_id: int | None = None) -> Visit:
        """Return the visit of this id, opened if need be; without an id, a fresh one."""
        if visit_id is None:
            visit_id = self._highest_visit + 1
        self._highest_visit = max(self._highest_visit, visit_id)
        return self.visits.setdefault(visit_id, Visit(visit_id))

    def put(self, entry: Entry, now: datetime) -> Entry:
        """Store the record's new version, if it differs from the present one."""
        present = self.entries.get(entry.record_id)
        if present == entry:
            return entry
        if present is not None:
            self.before[entry.record_id] = present
            entry = replace(entry, changed_at=self.local(now))
            self._count_visit(present, entry)
        else:
            self._records_by_visit.setdefault(entry.visit_id, []).append(entry.record_id)
            self._highest_record = max(self._highest_record, entry.record_id)
        self.entries[entry.record_id] = entry
        self.history.append((self.local(now), entry))
        self.changes += 1
        return entry

    def mark(self, entry: Entry, attendance: int, now: datetime) -> Entry:
        """Set a record's attendance, and its visit's where the visit has no other record."""
        if len(self.alive_of(entry.visit_id)) <= 1:
            self.visits[entry.visit_id] = replace(self.visits[entry.visit_id], attendance=attendance)
        return self.put(replace(entry, attendance=attendance), now)

    def set_visit(self, entry: Entry, attendance: int, comment: str, *, whole: bool, now: datetime) -> Entry:
        """Set the status and the comment of a visit through one of its records (§4.1).

        What becomes of the visit's other records is not confirmed: `whole` changes them too.
        """
        self.visits[entry.visit_id] = Visit(entry.visit_id, attendance, comment)
        if whole:
            for sibling in self.alive_of(entry.visit_id):
                if sibling.record_id != entry.record_id:
                    self.put(replace(sibling, attendance=attendance), now)
        return self.put(replace(entry, attendance=attendance, comment=comment), now)

    def alive_of(self, visit_id: int) -> tuple[Entry, ...]:
        records = (self.entries[record_id] for record_id in self._records_by_visit.get(visit_id, ()))
        return tuple(entry for entry in records if not entry.deleted)

    def conflict(self, entry: Entry, *, noshow_frees: bool) -> Entry | None:
        """Return a record that keeps the master busy at the time of this one, which itself does not count."""

        def overlaps(other: Entry) -> bool:
            if other.record_id == entry.record_id or other.staff_id != entry.staff_id:
                return False
            if not other.keeps_busy(noshow_frees=noshow_frees):
                return False
            return other.starts_at < entry.busy_until and entry.starts_at < other.busy_until

        return _first(self.entries.values(), overlaps)

    def add_sibling(self, entry: Entry, now: datetime) -> None:
        """Give a visit of one record a second one, right after it, with another master if there is one."""
        if entry.deleted or len(self.alive_of(entry.visit_id)) != 1:
            return
        master = _first(self.masters.values(), lambda one: one.staff_id != entry.staff_id)
        service = self.service_titled("Дополнительный уход")
        at = self.local(now)
        self.put(
            Entry(
                record_id=self.new_record_id(),
                visit_id=entry.visit_id,
                client_id=entry.client_id,
                staff_id=master.staff_id if master else entry.staff_id,
                lines=(Line(service, service.price, 0, service.price),),
                starts_at=entry.starts_at + timedelta(seconds=entry.length_s),
                length_s=service.length_s,
                created_at=at,
                changed_at=at,
            ),
            now,
        )

    def next_turn(self, record_id: int) -> int:
        """Count the shuffled reads of a record, so that no two in a row show the same order."""
        self._turns[record_id] = self._turns.get(record_id, 0) + 1
        return self._turns[record_id]

    def _count_visit(self, was: Entry, entry: Entry) -> None:
        client = self.clients.get(entry.client_id or 0)
        if client is None or was.attendance == entry.attendance:
            return
        failed = (entry.attendance == -1) - (was.attendance == -1)
        came = (entry.attendance == 1) - (was.attendance == 1)
        self.put_client(
            replace(
                client,
                fail_visits=max(0, client.fail_visits + failed),
                success_visits=max(0, client.success_visits + came),
            )
        )


def _first(items: Iterable[T], holds: Callable[[T], bool]) -> T | None:
    return next((item for item in items if holds(item)), None)
