"""What YClients sends, read leniently: many types differ from the documents (yclients.md §3.2, §10)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.booking import Attendance, Record
from engine.phones import e164

log = structlog.get_logger()


def _number(value: object) -> int | None:
    """Read an id: 5, "5" and 5.0 are one; "" and what is no number are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value) if isinstance(value, int) else int(float(value))
    except (ValueError, OverflowError):
        return None


def _words(value: object) -> str:
    """Read a text; GET /visits answers 0 for an empty comment."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) and value else ""


def _flag(value: object) -> bool:
    """Read a yes or no: true, 1, "1", "1.00"."""
    return bool(_number(value)) if isinstance(value, str) else bool(value)


def _object(value: object) -> Mapping[str, object] | None:
    """Read an object; PHP writes an empty one as `[]`, and others as null or an empty string."""
    return value if isinstance(value, dict) and value else None


def _objects(value: object) -> list[object]:
    """Read a list of objects; PHP writes one whose keys have gaps as an object with numbers for names."""
    if isinstance(value, dict):
        value = list(value.values()) if all(name.isdigit() for name in value) else []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _moment(value: object) -> datetime | None:
    """Read a date and time with or without offset, also `+0300` without the colon and unix seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        if isinstance(value, str) and not value.isdigit():
            return datetime.fromisoformat(value.strip())
        seconds = float(value)
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _money(value: object) -> Decimal | None:
    """Read a sum: 1500, 1500.5 and "1500.00"; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        money = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return money if money.is_finite() else None


def _clock(value: object) -> timedelta | None:
    """Read a time of day as what has passed since midnight: "9:00", "09:00:00", "24:00"."""
    if not isinstance(value, str):
        return None
    try:
        hours, minutes, *seconds = (int(part) for part in value.strip().split(":"))
    except ValueError:
        return None
    return timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


Id = Annotated[int, BeforeValidator(_number)]
MaybeId = Annotated[int | None, BeforeValidator(_number)]
# 0 is how a record without a visit says so.
VisitId = Annotated[int | None, BeforeValidator(lambda value: _number(value) or None)]
Words = Annotated[str, BeforeValidator(_words)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Clock = Annotated[timedelta | None, BeforeValidator(_clock)]
Money = Annotated[Decimal | None, BeforeValidator(_money)]


class Payload(BaseModel):
    """Base of what is read: unknown fields are ignored, nothing but the id is required."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Card(Payload):
    """A client's card, in a search result or in a record."""

    id: MaybeId = None
    # As it is written there: "+7…", "7…", an integer, with spaces, or absent for lack of rights.
    phone: Any = None
    name: Words = ""
    surname: Words = ""
    display_name: Words = ""

    @property
    def called(self) -> str:
        """What the salon calls this client; most cards hold the full name in `name` (yclients.md §3.5)."""
        return _one_line(f"{self.name} {self.surname}") or _one_line(self.display_name)

    def number(self, home_region: str) -> str | None:
        return e164(self.phone, home_region)


class Master(Payload):
    id: MaybeId = None
    name: Words = ""


class Service(Payload):
    """A line of a record. `cost` is what was agreed on, `cost_to_pay` what of it is to be paid."""

    id: MaybeId = None
    title: Words = ""
    first_cost: Money = None
    discount: Money = None
    cost: Money = None
    cost_to_pay: Money = None
    amount: Money = None

    @property
    def price(self) -> tuple[object, ...]:
        """What must be the same after a write that was not about prices."""
        return (self.id or 0, self.first_cost, self.discount, self.cost, self.amount)


class RecordPayload(Payload):
    """A record of the journal (yclients.md §3.2)."""

    id: Id
    company_id: MaybeId = None
    staff_id: MaybeId = None
    staff: Annotated[Master | None, BeforeValidator(_object)] = None
    client: Annotated[Card | None, BeforeValidator(_object)] = None
    services: Annotated[tuple[Service, ...], BeforeValidator(_objects)] = ()
    # Wall clock of the salon: the truth. `datetime` may carry a wrong offset (yclients.md §10).
    date: Moment = None
    moment: Moment = Field(default=None, alias="datetime")
    create_date: Moment = None
    comment: Words = ""
    attendance: MaybeId = None
    visit_id: VisitId = None
    deleted: Flag = False
    paid_full: Flag = False
    is_update_blocked: Flag = False
    seance_length: MaybeId = None
    length: MaybeId = None
    technical_break_duration: MaybeId = None
    # As it came, for a PUT that must give everything back.
    whole: Mapping[str, Any] = Field(default_factory=dict, repr=False)

    @property
    def shows_no_show(self) -> bool:
        return self.attendance == Attendance.DID_NOT_COME

    @property
    def shows_the_end(self) -> bool:
        """Whether the journal shows that this record is off, one way or the other."""
        return self.deleted or self.shows_no_show

    @property
    def length_s(self) -> int | None:
        return self.seance_length or self.length or None

    @property
    def busy_for(self) -> timedelta:
        """How long it keeps its master, the break behind it included."""
        return timedelta(seconds=(self.length_s or 0) + (self.technical_break_duration or 0))

    @property
    def master_id(self) -> int | None:
        return self.staff_id or (self.staff.id if self.staff else None)

    @property
    def cost(self) -> Decimal | None:
        costs = (line.cost if line.cost_to_pay is None else line.cost_to_pay for line in self.services)
        told = [cost for cost in costs if cost is not None]
        return sum(told, Decimal(0)) if told else None

    def phone(self, home_region: str) -> str | None:
        """Return the number of the record's own client in E.164. A record without one is nobody's."""
        return self.client.number(home_region) if self.client else None

    def starts_at(self, zone: tzinfo) -> datetime | None:
        return _in_zone(self.date or self.moment, zone)

    def as_record(self, zone: tzinfo, home_region: str) -> Record | None:
        """Return it in the engine's words, or None where it has no owner, start or known status."""
        phone, starts_at = self.phone(home_region), self.starts_at(zone)
        if phone is None or starts_at is None or self.attendance not in (None, *Attendance):
            return None
        return Record(
            record_id=self.id,
            phone=phone,
            services=tuple(_one_line(service.title) for service in self.services),
            master=_one_line(self.staff.name) if self.staff else "",
            master_id=self.master_id,
            starts_at=starts_at,
            created_at=_in_zone(self.create_date, zone),
            attendance=Attendance(self.attendance or 0),
            client=self.client.called if self.client else "",
            length_s=self.length_s,
            cost=self.cost,
        )


def _one_line(name: str) -> str:
    """Return a name of the salon's without the line breaks and tabs that people paste into forms."""
    return " ".join(name.split())


def _in_zone(moment: datetime | None, zone: tzinfo) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


class CompanyPayload(Payload):
    timezone_name: Words = ""


class StaffPayload(Master):
    """A master as the salon's list shows him. `status` says that he was deleted (yclients.md §6)."""

    fired: Flag = False
    status: Flag = False
    hidden: Flag = False


class DoesPayload(Payload):
    """A service with those who do it."""

    id: MaybeId = None
    staff: Annotated[tuple[Master, ...], BeforeValidator(_objects)] = ()


class IntervalPayload(Payload):
    """From and to, by the wall clock of its day."""

    begins: Clock = Field(default=None, alias="from")
    ends: Clock = Field(default=None, alias="to")
    entity_type: Words = ""
    entity_id: MaybeId = None


class ShiftPayload(Payload):
    """One master's day: when he works, and what keeps him busy (yclients.md §7)."""

    staff_id: MaybeId = None
    on: Moment = Field(default=None, alias="date")
    slots: Annotated[tuple[IntervalPayload, ...], BeforeValidator(_objects)] = ()
    busy_intervals: Annotated[tuple[IntervalPayload, ...], BeforeValidator(_objects)] = ()


class SeancePayload(Payload):
    """A time of one day: of the journal's grid, or one that can be booked online for so many seconds."""

    time: Clock = None
    is_free: Flag = True
    seance_length: MaybeId = None
    sum_length: MaybeId = None


def read_record(data: object) -> RecordPayload | None:
    """Return the record, or None where there is none in it; what was wrong is in the log."""
    if not isinstance(data, dict):
        return None
    return _read(RecordPayload, data | {"whole": data})


def read_records(data: object) -> Iterator[RecordPayload]:
    """Return the records of a list. A broken one is left out and never hurts its neighbours."""
    return (record for item in _objects(data) if (record := read_record(item)) is not None)


def read_cards(data: object) -> Iterator[Card]:
    return (card for item in _objects(data) if (card := _read(Card, item)) is not None)


def read_company(data: object) -> CompanyPayload | None:
    return _read(CompanyPayload, data) if isinstance(data, dict) else None


AnyPayload = TypeVar("AnyPayload", bound=Payload)


def read_list(model: type[AnyPayload], data: object) -> list[AnyPayload]:
    """Return what can be read of a list; a broken item is left out and never hurts its neighbours."""
    return [read for item in _objects(data) if (read := _read(model, item)) is not None]


def _read(model: type[AnyPayload], data: object) -> AnyPayload | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # Names of fields and kinds of errors only: the values are the clients' own.
        wrong = [
            f"{'.'.join(map(str, part['loc']))}: {part['type']}" for part in error.errors(include_input=False)
        ]
        log.warning("yclients.payload_skipped", what=model.__name__, wrong=wrong[:5])
        return None
