"""What reads the journal: lists of records, one record, one visit."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from adapters.yclients.simulator import shapes
from adapters.yclients.simulator.calls import TOKEN_OWNER, Call, Found, Refused
from adapters.yclients.simulator.card_shapes import int_phone
from adapters.yclients.simulator.salon import Entry, Salon
from adapters.yclients.simulator.shapes import Json

# Above 200 nothing is documented (§3.1).
COUNT_MAX, COUNT_DEFAULT = 200, 50

Test = Callable[[Entry], bool]


def list_records(call: Call) -> Found:
    tests = tuple(_filters(call))
    entries = [entry for entry in call.salon.entries.values() if all(test(entry) for test in tests)]
    if not entries and call.has("404-when-empty"):
        raise Refused(404, "Не найдено")
    # No order is promised; newest visit first is what a live answer showed (§3.1).
    entries.sort(key=lambda entry: (entry.starts_at, entry.record_id), reverse=True)
    page = max(1, call.query_number("page") or 1)
    count = min(COUNT_MAX, max(1, call.query_number("count") or COUNT_DEFAULT))
    shown = entries[(page - 1) * count : page * count]
    return Found([show(call, entry) for entry in shown], meta={"page": page, "total_count": len(entries)})


def read_record(call: Call) -> Found:
    return Found(show(call, record_of(call)))


def read_visit(call: Call) -> Found:
    return Found(visit_shape(call, call.ids["visit_id"]))


def read_visit_details(call: Call) -> Found:
    entry = record_of(call)
    if entry.visit_id != call.ids["visit_id"]:
        raise Refused(404, "Визит не найден")
    return Found(
        {
            "payment_transactions": [],
            "loyalty_transactions": [],
            "kkm_transaction_details_container": {"last_operation_type": 0, "transactions": []},
            "items": [
                {
                    "id": 0,
                    "item_id": line.service.service_id,
                    "item_type_id": 1,
                    "record_id": entry.record_id,
                    "item_title": line.service.title,
                    "amount": line.amount,
                    "first_cost": shapes.money(line.first_cost),
                    "manual_cost": shapes.money(line.cost),
                    "discount": shapes.money(line.discount),
                    "cost": shapes.money(line.cost),
                    "master_id": entry.staff_id,
                    "good_id": 0,
                    "service_id": line.service.service_id,
                    "event_id": 0,
                    "is_service": True,
                    "is_event": False,
                    "is_good": False,
                }
                for line in entry.lines
            ],
        }
    )


def visit_shape(call: Call, visit_id: int) -> Json:
    entries = call.salon.alive_of(visit_id)
    if not entries:
        raise Refused(404, "Визит не найден")
    if call.has("visit-has-sibling"):
        call.salon.add_sibling(entries[0], call.now)
        entries = call.salon.alive_of(visit_id)
    visit = call.salon.visits[visit_id]
    return {
        "attendance": visit.attendance,
        "datetime": shapes.with_bare_offset(entries[0].starts_at),
        # 0 where there is none: so the documentation's sample (§4.2).
        "comment": visit.comment or 0,
        "records": [{**show(call, entry), "events": []} for entry in entries],
    }


def record_of(call: Call) -> Entry:
    entry = call.salon.entries.get(call.ids["record_id"])
    if entry is None:
        raise Refused(404, "Не найдено")
    return entry


def show(call: Call, entry: Entry) -> Json:
    """Shape the record as this call sees it, with the traits that show in it."""
    if call.has("visit-has-sibling"):
        call.salon.add_sibling(entry, call.now)
    # Asked only where it tells: a stale read of a record that never changed uses nothing up.
    if entry.record_id in call.salon.before and call.has("stale-read"):
        entry = call.salon.before[entry.record_id]
    shape = shapes.record(call.salon, entry)
    if len(entry.lines) > 1 and call.has("shuffled-services"):
        turned = call.salon.next_turn(entry.record_id) % len(entry.lines)
        shape["services"] = shape["services"][turned:] + shape["services"][:turned]
    if call.has("no-visit-id"):
        del shape["visit_id"]
    elif call.has("string-ids"):
        shape["visit_id"] = str(shape["visit_id"])
    if call.has("wrong-offset"):
        shape["datetime"] = shapes.with_offset(_an_hour_off(entry.starts_at))
    if call.has("no-client"):
        shape["client"] = None
    if shape["client"] is not None:
        if call.has("hidden-phones"):
            del shape["client"]["phone"]
        elif call.has("int-phones"):
            shape["client"]["phone"] = int_phone(shape["client"]["phone"])
    return shape


def _an_hour_off(moment: datetime) -> datetime:
    """Keep the wall clock and take an hour off the offset, as an Altegio salon saw in summer (§10)."""
    offset = moment.utcoffset()
    assert offset is not None
    return datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{_offset(offset - timedelta(hours=1))}")


def _offset(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    minutes = int(abs(offset).total_seconds() // 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def _filters(call: Call) -> Iterator[Test]:
    """Yield the filters that YClients knows. What it does not know (`client_phone`!) filters nothing."""
    if call.query.get("with_deleted", "") not in ("1", "true"):
        yield lambda entry: not entry.deleted
    client_id = call.query_number("client_id")
    if client_id is not None and not call.has("leaky-phone-filter"):
        yield lambda entry: entry.client_id == client_id
    staff_id = call.query_number("staff_id")
    if staff_id is not None:
        yield lambda entry: entry.staff_id == staff_id
    created_user_id = call.query_number("created_user_id")
    if created_user_id is not None:
        yield lambda entry: created_user_id == TOKEN_OWNER
    yield from _days(call, "start_date", "end_date", lambda entry: entry.starts_at)
    yield from _days(call, "c_start_date", "c_end_date", lambda entry: entry.created_at)
    after = _moment(call.query.get("changed_after"), call.salon)
    if after is not None:
        yield lambda entry: entry.changed_at >= after
    before = _moment(call.query.get("changed_before"), call.salon)
    if before is not None:
        yield lambda entry: entry.changed_at <= before


def _days(call: Call, first: str, last: str, moment: Callable[[Entry], datetime]) -> Iterator[Test]:
    """Yield the tests of a span of the salon's days, both ends included."""
    from_day, to_day = _day(call.query.get(first)), _day(call.query.get(last))
    if from_day is not None:
        yield lambda entry: moment(entry).date() >= from_day
    if to_day is not None:
        yield lambda entry: moment(entry).date() <= to_day


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None


def _moment(text: str | None, salon: Salon) -> datetime | None:
    try:
        return salon.local(datetime.fromisoformat(text)) if text else None
    except (ValueError, OverflowError):
        return None
