"""The simulated salon works from ten to eight, and every call for windows tells the same of it."""

import json
from typing import Any

import pytest

from adapters.yclients.simulator import YClientsSimulator, demo_salon
from tests.adapters.yclients.test_simulator import NOW, RECORD, V2, Caller, whole

# Vera is with Anna on the 24th from 15:00 to 16:30.
ON = "2026-11-24"


@pytest.fixture
def salon() -> YClientsSimulator:
    return demo_salon(NOW)


@pytest.fixture
def call(salon: YClientsSimulator) -> Caller:
    return Caller(salon)


def schedule(call: Caller, *query: tuple[str, str]) -> Any:
    reply = call("GET", "/company/962302/staff/schedule", None, query)
    assert reply.status == 200
    return json.loads(reply.body)


def test_the_schedule_names_what_keeps_a_master_busy(call: Caller) -> None:
    body = schedule(
        call,
        ("start_date", ON),
        ("end_date", ON),
        ("staff_ids[]", "2001"),
        ("include[]", "busy_intervals"),
        ("include[]", "off_day_type"),
    )

    busy = {"entity_type": "record", "entity_id": 500001, "from": "15:00:00", "to": "16:30:00"}
    assert body["data"] == [
        {
            "staff_id": 2001,
            "date": ON,
            "slots": [{"from": "10:00", "to": "20:00"}],
            "busy_intervals": [busy],
            "off_day_type": None,
        }
    ]
    assert body["meta"] == {"count": 1}


def test_without_being_asked_for_more_it_tells_shifts_of_all_masters_with_records(call: Caller) -> None:
    call.simulator.add_staff("Новенькая")

    body = schedule(call, ("start_date", ON), ("end_date", "2026-11-25"))

    assert [(row["staff_id"], row["date"]) for row in body["data"]] == [
        (staff_id, on) for staff_id in (2001, 2002, 2003, 2004) for on in (ON, "2026-11-25")
    ]
    assert all(row.keys() == {"staff_id", "date", "slots"} for row in body["data"])
    assert [row["date"] for row in schedule(call, ("staff_ids[0]", "2001"))["data"]] == ["2026-11-23"]


def test_the_older_schedule_tells_days_of_one_master(call: Caller) -> None:
    assert call.data("GET", f"/schedule/962302/2001/{ON}/2026-11-25") == [
        {"date": on, "is_working": 1, "slots": [{"from": "10:00", "to": "20:00"}]}
        for on in (ON, "2026-11-25")
    ]
    assert call.message("GET", f"/schedule/962302/9/{ON}/{ON}")[0] == 404


def test_the_journals_grid_has_steps_of_five_minutes(call: Caller) -> None:
    cells = call.data("GET", f"/timetable/seances/962302/2001/{ON}")

    assert (cells[0], cells[-1]["time"], len(cells)) == ({"time": "10:00", "is_free": True}, "19:55", 120)
    taken = [cell["time"] for cell in cells if not cell["is_free"]]
    assert (taken[0], taken[-1], len(taken)) == ("15:00", "16:25", 18)
    assert call.data("GET", "/timetable/dates/962302/2026-11-24")[:2] == ["2026-11-24", "2026-11-25"]


def test_who_never_had_a_record_has_no_grid(call: Caller) -> None:
    staff_id = call.simulator.add_staff("Новенькая")

    assert call.data("GET", f"/timetable/seances/962302/{staff_id}/{ON}") == []


def test_online_times_are_as_long_as_the_services(call: Caller) -> None:
    times = call.data("GET", f"/book_times/962302/2001/{ON}", **{"service_ids[]": 1004})

    assert times[0] == {
        "time": "10:00",
        "seance_length": 9000,
        "sum_length": 9000,
        "datetime": "2026-11-24T10:00:00+03:00",
    }
    # Two hours and a half, none of them Vera's, over by eight.
    assert [one["time"] for one in times][-4:] == ["12:30", "16:30", "17:00", "17:30"]
    assert len(call.data("GET", f"/book_times/962302/0/{ON}")) == 19
    assert call.message("GET", f"/book_times/962302/9/{ON}")[0] == 404


def test_online_dates_are_those_with_times(salon: YClientsSimulator, call: Caller) -> None:
    salon.add_record("+79000000009", "Маникюр", "Анна", NOW.replace(day=25), NOW, length_s=10 * 3600)
    salon.edit_record(500005, NOW, starts_at=NOW.replace(day=25, hour=7))

    data = call.data("GET", "/book_dates/962302", staff_id=2001, date_from=ON, date_to="2026-11-26")

    assert data["booking_dates"] == [ON, "2026-11-26"]
    assert data["booking_days"] == {"11": ["24", "26"]}
    assert data["working_dates"] == [ON, "2026-11-25", "2026-11-26"]
    assert call.data("GET", "/book_dates/962302", date="2026-12-31")["working_days"]["12"] == ["31"]


def test_what_is_booked_online_needs_no_user_and_the_journal_does(call: Caller) -> None:
    call.headers = {"authorization": "Bearer partner", "accept": V2}

    assert call("GET", f"/book_times/962302/2001/{ON}").status == 200
    assert call("GET", f"/timetable/seances/962302/2001/{ON}").status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/schedule/962302/2001/2026-13-01/2026-13-02", 422),
        ("/book_times/962302/2001/tomorrow", 404),
        ("/book_dates/962302", 422),
        ("/schedule/962302/2001/9999-12-31/9999-12-31", 200),
    ],
)
def test_nonsense_is_refused(call: Caller, path: str, status: int) -> None:
    query = (("date_from", "x"),) if "dates" in path else ()

    assert call("GET", path, None, query).status == status


def test_a_stale_schedule_shows_what_was_busy_before(salon: YClientsSimulator, call: Caller) -> None:
    salon.edit_record(500001, NOW, deleted=True)
    salon.quirk("stale-read on slots × 1")
    query = (("start_date", ON), ("staff_ids[]", "2001"), ("include[]", "busy_intervals"))

    busy = [bool(schedule(call, *query)["data"][0]["busy_intervals"]) for _ in range(2)]

    assert busy == [True, False]


@pytest.mark.parametrize(("trait", "n"), [("", 1), ("noshow-frees-slot", 0)])
def test_a_no_show_keeps_its_window_unless_it_frees_it(
    salon: YClientsSimulator, call: Caller, trait: str, n: int
) -> None:
    salon.edit_record(500001, NOW, attendance=-1)
    if trait:
        salon.quirk(trait)

    body = schedule(call, ("start_date", ON), ("staff_ids[]", "2001"), ("include[]", "busy_intervals"))

    assert len(body["data"][0]["busy_intervals"]) == n


# ── and the journal's own rules ──


@pytest.mark.parametrize(("at", "status"), [("10:00", 201), ("09:30", 409), ("18:30", 201), ("19:00", 409)])
def test_a_window_outside_of_the_hours_is_not_free(call: Caller, at: str, status: int) -> None:
    assert call("PUT", RECORD, whole(datetime=f"2026-11-26 {at}:00")).status == status


def test_who_stays_outside_of_the_hours_is_not_asked(salon: YClientsSimulator, call: Caller) -> None:
    salon.edit_record(500001, NOW, starts_at=NOW.replace(day=24, hour=17))

    assert call("PUT", RECORD, whole(datetime="2026-11-24 20:00:00")).status == 201
    assert call("PUT", RECORD, whole(datetime="2026-11-24 20:30:00")).status == 409
    assert call("PUT", RECORD, whole(datetime="2026-11-24 20:30:00", save_if_busy=True)).status == 201


def test_labels_are_written_as_ids_and_read_as_objects(call: Caller) -> None:
    call.data("PUT", RECORD, whole(record_labels=["67345"]))

    assert [label["id"] for label in call.data("GET", RECORD)["record_labels"]] == ["67345"]


def test_of_two_cards_with_one_phone_the_named_one_is_written(salon: YClientsSimulator, call: Caller) -> None:
    record_id = salon.add_record("+79000000001", "Маникюр", "Анна", NOW, NOW, name="Маша")
    daughter = salon.record(record_id).client_id

    call.data("PUT", RECORD, whole(client={"id": daughter, "phone": "+79000000001", "name": "Мария"}))

    assert (salon.record(500001).client_name, salon.record(record_id).client_name) == ("Мария", "Мария")
    call.data("PUT", RECORD, whole())
    assert (salon.record(500001).client_name, salon.record(record_id).client_name) == ("Вера", "Мария")


def test_the_journal_shows_length_and_prices(salon: YClientsSimulator) -> None:
    record_id = salon.add_record(
        "+79000000001", ["Маникюр", "Педикюр"], "Анна", NOW, NOW, discount=50, break_s=300
    )

    row = salon.record(record_id)
    assert (row.length_s, row.break_s, row.staff_id) == (10800, 300, 2001)
    assert [(price.service_id, price.first_cost, price.discount, price.cost) for price in row.prices] == [
        (1001, 1800, 50, 900),
        (1002, 2400, 50, 1200),
    ]
