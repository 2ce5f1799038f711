"""What changes the journal: create and edit a record, set a visit's status, delete."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.yclients.simulator import shapes
from adapters.yclients.simulator.calls import Call, Found, Nothing, Refused, whole_number
from adapters.yclients.simulator.cards import staff_not_found
from adapters.yclients.simulator.reads import record_of, show, visit_shape
from adapters.yclients.simulator.salon import Client, Entry, Line, digits

ATTENDANCES = (-1, 0, 1, 2)
# In the order in which they are asked for; the wording is live for `client` only (§3.5).
REQUIRED = ("staff_id", "services", "client", "datetime", "seance_length")
# Our own bounds for nonsense; the real ones are not known.
LENGTH_S_MAX, YEARS = 24 * 3600, range(2000, 2200)
# What is kept and shown again as it came.
KEPT = {
    "api_id": str,
    "custom_color": str,
    "custom_fields": dict,
    "clients_count": int,
    "activity_id": int,
    "sms_remain_hours": int,
    "email_remain_hours": int,
}


def create_record(call: Call) -> Found:
    salon = call.salon
    at = salon.local(call.now)
    draft = Entry(
        record_id=salon.new_record_id(),
        visit_id=0,
        client_id=None,
        staff_id=0,
        lines=(),
        starts_at=at,
        length_s=0,
        created_at=at,
        changed_at=at,
    )
    body = call.body()
    entry = _replaced(call, draft, body)
    entry = replace(entry, visit_id=salon.open_visit().visit_id)
    salon.put(entry, call.now)
    salon.mark(entry, entry.attendance, call.now)
    # An array in the documentation, an object in every live client (§3.5).
    return Found(show(call, salon.entries[entry.record_id]), status=201)


def edit_record(call: Call) -> Found:
    present = record_of(call)
    if present.deleted:
        raise Refused(404, "Не найдено")
    entry = _replaced(call, present, call.body())
    call.salon.mark(entry, entry.attendance, call.now)
    return Found(shapes.edited_record(call.salon, call.salon.entries[entry.record_id]), status=201)


def set_visit(call: Call) -> Found | Nothing:
    """Answer PUT /visits: status and comment of the visit, through one of its records (§4.1)."""
    body = call.body()
    entry = call.salon.entries.get(call.ids["record_id"])
    if entry is None or entry.visit_id != call.ids["visit_id"] or entry.deleted:
        raise Refused(404, "Визит не найден")
    for name in ("attendance", "comment"):
        if body.get(name) is None:
            raise _missing(name)
    attendance = _attendance(body["attendance"])
    whole = call.has("siblings-follow")
    call.salon.set_visit(entry, attendance, str(body["comment"]), whole=whole, now=call.now)
    if call.has("empty-body"):
        return Nothing(200)
    return Found(visit_shape(call, entry.visit_id))


def delete_record(call: Call) -> Nothing:
    if call.request.body:
        raise Refused(400, "Недопустимый формат запроса")
    entry = record_of(call)
    if entry.deleted and not call.has("repeat-delete-204"):
        raise Refused(404, "Не найдено")
    call.salon.put(replace(entry, deleted=True), call.now)
    return Nothing()


def _replaced(call: Call, present: Entry, body: dict[str, Any]) -> Entry:
    """Return the record with all of it replaced by the body: what is left out is lost, not kept (§3.5)."""
    for name in REQUIRED:
        if body.get(name) in (None, "", []):
            raise _missing(name)
    staff_id = whole_number(body["staff_id"]) or 0
    if staff_id not in call.salon.masters:
        raise staff_not_found(staff_id, call.salon.company_id)
    length_s = whole_number(body["seance_length"])
    if length_s is None or not 0 < length_s <= LENGTH_S_MAX:
        raise _wrong("seance_length")
    entry = replace(
        present,
        staff_id=staff_id,
        lines=tuple(_line(call, line) for line in _list(body["services"])),
        starts_at=_starts_at(call, body["datetime"]),
        length_s=length_s,
        break_s=_break_s(body.get("technical_break_duration")),
        attendance=_attendance(body.get("attendance") or 0),
        comment=str(body.get("comment") or ""),
        kept=_kept(body),
    )
    _refuse_if_busy(call, entry, body)
    # Last, for a refused request must not rename a card.
    client = _client(call, body["client"])
    return replace(entry, client_id=client.client_id if client else None)


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    kept = {name: body[name] for name, kind in KEPT.items() if isinstance(body.get(name), kind)}
    labels = body.get("record_labels")
    if isinstance(labels, list):
        # Written as ids, read as objects.
        kept["record_labels"] = [{"id": str(label), "title": f"Категория {label}"} for label in labels]
    return kept


def _refuse_if_busy(call: Call, entry: Entry, body: dict[str, Any]) -> None:
    if body.get("save_if_busy") in (True, 1, "1", "true"):
        return
    present = call.salon.entries.get(entry.record_id)
    # Whoever stays where he is was let in outside of the hours before (a guess: nobody has looked).
    stays = present is not None and present.starts_at == entry.starts_at
    outside = not (stays or entry.within_hours)
    if outside or call.salon.conflict(entry, noshow_frees=call.has("noshow-frees-slot")):
        # 409 by one weak source, 422 by none; the words are live (§2).
        raise busy(422 if call.has("busy-422") else 409)


def busy(status: int) -> Refused:
    conflict = {"conflict": True} if status == 409 else {}
    return Refused(status, "Выбранное время недоступно для записи", conflict)


def _client(call: Call, wanted: object) -> Client | None:
    """Find the card by its phone and overwrite its names, as POST /records did live (§3.5); or open one.

    Without a phone there is nothing to find it by, and the record loses its client.
    """
    if not isinstance(wanted, dict):
        raise _wrong("client")
    phone = str(wanted.get("phone") or "")
    if not digits(phone):
        return None
    names = {
        name: str(wanted[name])
        for name in ("name", "surname", "patronymic", "email")
        if wanted.get(name) is not None and (name != "name" or wanted[name])
    }
    known = call.salon.client_with(phone, client_id=whole_number(wanted.get("id")) or 0)
    if known is None:
        return call.salon.add_client(names.pop("name", ""), phone, **names)
    call.salon.put_client(
        replace(
            known,
            name=names.get("name", known.name),
            surname=names.get("surname", known.surname),
            patronymic=names.get("patronymic", known.patronymic),
            email=names.get("email", known.email),
        )
    )
    return call.salon.clients[known.client_id]


def _line(call: Call, wanted: object) -> Line:
    """Read one service line; what the price fields leave out is reckoned from the price list."""
    if not isinstance(wanted, dict):
        raise _wrong("services")
    service = call.salon.services.get(whole_number(wanted.get("id")) or 0)
    if service is None:
        raise Refused(422, "Услуга не найдена", {"errors": {"services": ["Услуга не найдена"]}})
    first_cost = _sum(wanted.get("first_cost"), service.price)
    discount = _sum(wanted.get("discount"), 0)
    amount = whole_number(wanted.get("amount")) or 1
    cost = _sum(wanted.get("cost"), first_cost * amount * (1 - discount / 100))
    return Line(service, first_cost, discount, cost, amount)


def _sum(value: object, otherwise: float) -> float:
    # Money comes as a number or as a numeric string, "15.00" (§10).
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            return float(value)
        except ValueError:
            return otherwise
    return otherwise


def _starts_at(call: Call, text: object) -> datetime:
    try:
        starts_at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _wrong("datetime") from error
    if starts_at.year not in YEARS:
        raise _wrong("datetime")
    return call.salon.local(starts_at)


def _break_s(value: object) -> int:
    seconds = whole_number(value) or 0
    if not 0 <= seconds <= 3600 or seconds % 300:
        raise _wrong("technical_break_duration")
    return seconds


def _attendance(value: object) -> int:
    attendance = whole_number(value)
    if attendance not in ATTENDANCES:
        raise _wrong("attendance")
    return attendance


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise _wrong("services")
    return value


def _missing(name: str) -> Refused:
    message = f"Не передан обязательный параметр {name}"
    return Refused(422, message, {"errors": {name: [message]}})


def _wrong(name: str) -> Refused:
    # The wording is ours: no live one was seen.
    message = f"Недопустимое значение параметра {name}"
    return Refused(422, message, {"errors": {name: [message]}})
