"""When masters work, are busy and can be booked (facts §7)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from adapters.yclients.simulator import shapes
from adapters.yclients.simulator.calls import Call, Found, Refused
from adapters.yclients.simulator.cards import staff_not_found
from adapters.yclients.simulator.salon import OPENS_AT, SHUTS_AT, Entry, Master
from adapters.yclients.simulator.shapes import Json

# What can be booked begins at every half hour; the journal's own grid is finer, 5 minutes live (§7).
STEP, JOURNAL_STEP = timedelta(minutes=30), timedelta(minutes=5)
DEFAULT_LENGTH_S = 3600
# By master and day.
Busy = dict[tuple[int, date], list[Entry]]
# Our own bound for nonsense; the real one is not known.
DAYS_MAX, DATES_SHOWN = 366, 30


def list_schedule(call: Call) -> Found:
    """Answer the one call that names what keeps a master busy, so that a record can be left out."""
    days = _span(call.query.get("start_date"), call.query.get("end_date"), call)
    wanted = call.query_numbers("staff_ids")
    masters = [one for one in _working(call) if not wanted or one.staff_id in wanted]
    included = call.query_list("include")
    busy = _busy(call)
    rows = [_schedule_row(one, on, busy, included) for one in masters for on in days]
    return Found(rows, meta={"count": len(rows)})


def read_schedule(call: Call) -> Found:
    master = _master(call)
    days = _span(call.dates["from"], call.dates["to"], call)
    return Found(
        [{"date": on.isoformat(), "is_working": 1, "slots": _shift() if master else []} for on in days]
    )


def list_seances(call: Call) -> Found:
    """Answer the journal's grid of one day. A day off and no data look the same: an empty list."""
    master, on = _master(call), _day(call.dates["date"])
    if master is None:
        return Found([])
    opens, shuts = _hours(call, on)
    busy = _busy(call).get((master.staff_id, on), ())
    return Found(
        [
            {"time": _short(at), "is_free": not _overlaps(busy, at, at + JOURNAL_STEP)}
            for at in _steps(opens, shuts, JOURNAL_STEP)
        ]
    )


def list_journal_dates(call: Call) -> Found:
    first = _day(call.dates["date"])
    return Found([(first + timedelta(n)).isoformat() for n in range(DATES_SHOWN)])


def list_book_dates(call: Call) -> Found:
    query = call.query
    if "date_from" in query:
        days = _span(query.get("date_from"), query.get("date_to"), call)
    else:
        first = _day(query.get("date") or call.salon.local(call.now).date().isoformat())
        days = _days(first, DATES_SHOWN)
    staff_id = call.query_number("staff_id")
    masters = [one for one in _working(call) if staff_id in (None, 0, one.staff_id)]
    busy = _busy(call)
    booking = [on for on in days if any(_times(call, one, on, busy) for one in masters)]
    return Found(
        {
            "booking_days": _by_month(booking),
            # Unix numbers in the documentation, days live (§7).
            "booking_dates": [on.isoformat() for on in booking],
            "working_days": _by_month(days),
            "working_dates": [on.isoformat() for on in days],
        }
    )


def list_book_times(call: Call) -> Found:
    on, staff_id = _day(call.dates["date"]), call.ids["staff_id"]
    if staff_id and staff_id not in call.salon.masters:
        raise staff_not_found(staff_id, call.salon.company_id)
    masters = [one for one in _working(call) if staff_id in (0, one.staff_id)]
    busy = _busy(call)
    times = sorted({at for one in masters for at in _times(call, one, on, busy)})
    length_s = _length_s(call)
    return Found(
        [
            {
                "time": _short(at).removeprefix("0"),
                "seance_length": length_s,
                "sum_length": length_s,
                "datetime": shapes.with_offset(at),
            }
            for at in times
        ]
    )


def _schedule_row(master: Master, on: date, busy: Busy, included: Sequence[str]) -> Json:
    row: Json = {"staff_id": master.staff_id, "date": on.isoformat(), "slots": _shift()}
    if "busy_intervals" in included:
        row["busy_intervals"] = [
            {
                "entity_type": "record",
                "entity_id": entry.record_id,
                "from": f"{entry.starts_at:%H:%M:%S}",
                "to": f"{entry.busy_until:%H:%M:%S}",
            }
            for entry in busy.get((master.staff_id, on), ())
        ]
    if "off_day_type" in included:
        row["off_day_type"] = None
    return row


def _working(call: Call) -> list[Master]:
    """Return the masters who have ever had a record: a salon has no shift for the others here."""
    busy = {entry.staff_id for entry in call.salon.entries.values()}
    return [one for one in call.salon.masters.values() if one.staff_id in busy]


def _master(call: Call) -> Master | None:
    staff_id = call.ids["staff_id"]
    if staff_id not in call.salon.masters:
        raise staff_not_found(staff_id, call.salon.company_id)
    return next((one for one in _working(call) if one.staff_id == staff_id), None)


def _busy(call: Call) -> Busy:
    """Return what keeps each master busy on each day, soonest first."""
    noshow_frees, stale = call.has("noshow-frees-slot"), call.has("stale-read")
    busy: Busy = {}
    for entry in sorted(call.salon.entries.values(), key=lambda one: (one.starts_at, one.record_id)):
        seen = call.salon.before.get(entry.record_id, entry) if stale else entry
        if seen.keeps_busy(noshow_frees=noshow_frees):
            busy.setdefault((seen.staff_id, seen.starts_at.date()), []).append(seen)
    return busy


def _times(call: Call, master: Master, on: date, busy: Busy) -> list[datetime]:
    opens, shuts = _hours(call, on)
    taken, length = busy.get((master.staff_id, on), ()), timedelta(seconds=_length_s(call))
    return [
        at
        for at in _steps(opens, shuts, STEP)
        if at > call.now and at + length <= shuts and not _overlaps(taken, at, at + length)
    ]


def _length_s(call: Call) -> int:
    services = (call.salon.services.get(number) for number in call.query_numbers("service_ids"))
    return sum(service.length_s for service in services if service) or DEFAULT_LENGTH_S


def _overlaps(busy: Sequence[Entry], begins: datetime, ends: datetime) -> bool:
    return any(one.starts_at < ends and begins < one.busy_until for one in busy)


def _hours(call: Call, on: date) -> tuple[datetime, datetime]:
    zone = call.salon.timezone
    return datetime.combine(on, OPENS_AT, zone), datetime.combine(on, SHUTS_AT, zone)


def _shift() -> list[Json]:
    return [{"from": _short(OPENS_AT), "to": _short(SHUTS_AT)}]


def _steps(begins: datetime, ends: datetime, step: timedelta) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += step


def _by_month(days: Sequence[date]) -> dict[str, list[str]]:
    months: dict[str, list[str]] = {}
    for on in days:
        months.setdefault(str(on.month), []).append(str(on.day))
    return months


def _span(first: str | None, last: str | None, call: Call) -> list[date]:
    today = call.salon.local(call.now).date().isoformat()
    begins = _day(first or today)
    n = (_day(last or begins.isoformat()) - begins).days + 1
    return _days(begins, min(DAYS_MAX, n))


def _days(first: date, n: int) -> list[date]:
    try:
        return [first + timedelta(i) for i in range(n)]
    except OverflowError as error:
        raise Refused(400, "Недопустимый формат запроса") from error


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise Refused(422, "Недопустимое значение параметра date") from error


def _short(at: datetime | time) -> str:
    return f"{at:%H:%M}"
