"""What YClients sends, read leniently: many types differ from the documents (yclients.md §3.2, §10)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
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


Id = Annotated[int, BeforeValidator(_number)]
MaybeId = Annotated[int | None, BeforeValidator(_number)]
# 0 is how a record without a visit says so.
VisitId = Annotated[int | None, BeforeValidator(lambda value: _number(value) or None)]
Words = Annotated[str, BeforeValidator(_words)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class Payload(BaseModel):
    """Base of what is read: unknown fields are ignored, nothing but the id is required."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Card(Payload):
    """A client's card, in a search result or in a record."""

    id: MaybeId = None
    # As it is written there: "+7…", "7…", an integer, with spaces, or absent for lack of rights.
    phone: Any = None

    def number(self, home_region: str) -> str | None:
        return e164(self.phone, home_region)


class Master(Payload):
    id: MaybeId = None
    name: Words = ""


class Service(Payload):
    id: MaybeId = None
    title: Words = ""


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
    # As it came, for a PUT that must give everything back.
    whole: Mapping[str, Any] = Field(default_factory=dict, repr=False)

    @property
    def shows_no_show(self) -> bool:
        return self.attendance == Attendance.DID_NOT_COME

    @property
    def shows_the_end(self) -> bool:
        """Whether the journal shows that this record is off, one way or the other."""
        return self.deleted or self.shows_no_show

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
            master_id=self.staff_id or (self.staff.id if self.staff else None),
            starts_at=starts_at,
            created_at=_in_zone(self.create_date, zone),
            attendance=Attendance(self.attendance or 0),
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
