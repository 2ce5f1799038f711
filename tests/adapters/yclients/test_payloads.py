"""Whatever shape a record comes in, it is read; what cannot be read hurts nobody else."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from adapters.yclients.merging import merged
from adapters.yclients.payloads import read_cards, read_company, read_record, read_records
from engine.booking import Attendance, Record

MOSCOW = ZoneInfo("Europe/Moscow")

# After the documentation's own sample (yclients.md §3.2), with synthetic people.
SAMPLE: dict[str, Any] = {
    "id": 2,
    "company_id": 4564,
    "staff_id": 9,
    "services": [{"id": 1, "title": "Маникюр", "cost": 100, "first_cost": 100, "discount": 0, "amount": 1}],
    "staff": {"id": 9, "name": "Оксана", "position": {"id": 1, "title": "Мастер"}},
    "client": {"id": 18, "name": "Вера", "phone": "+79000000001", "custom_fields": []},
    "date": "2026-11-25 15:00:00",
    "datetime": "2026-11-25T15:00:00+03:00",
    "create_date": "2026-11-16T20:35:11+0300",
    "comment": "",
    "attendance": 0,
    "seance_length": 3600,
    "visit_id": 8262996,
    "deleted": False,
    "paid_full": 0,
    "custom_fields": [],
}
AS_RECORD = Record(
    record_id=2,
    phone="+79000000001",
    services=("Маникюр",),
    master="Оксана",
    master_id=9,
    starts_at=datetime(2026, 11, 25, 15, tzinfo=MOSCOW),
    created_at=datetime(2026, 11, 16, 20, 35, 11, tzinfo=MOSCOW),
    client="Вера",
    length_s=3600,
    cost=Decimal(100),
)


def record_of(**changes: Any) -> Record | None:
    payload = read_record(SAMPLE | changes)
    assert payload is not None
    return payload.as_record(MOSCOW, "RU")


@pytest.mark.parametrize(
    "drift",
    [
        {},
        {"id": "2", "staff_id": "9", "company_id": "4564", "visit_id": "8262996"},
        {"staff_id": None},
        {"client": {"id": "18", "name": " Вера\n", "phone": 79000000001, "custom_fields": {"vip": 1}}},
        {"client": {"display_name": "Вера", "phone": "8 900 000-00-01"}},
        {"custom_fields": {"my_field": 1}, "record_labels": [], "api_id": None, "is_update_blocked": None},
        {"deleted": 0, "online": 1, "prepaid": 0, "paid_full": "0.00", "attendance": "0"},
        {"create_date": "2026-11-16 20:35:11"},
        {"datetime": "2026-11-25T15:00:00+01:00"},
        {"datetime": 1},
        {"date": None},
        {"date": "", "datetime": "2026-11-25 15:00:00"},
        {"date": "0000-00-00 00:00:00", "datetime": 1795608000},
        {"staff": {"id": 9, "name": "Оксана", "position": []}},
        {"services": {"0": SAMPLE["services"][0], "2": None}},
        {"comment": None, "visit_id": None, "attendance": None, "comer": "", "resource_instance_ids": [1]},
        {"unheard_of": {"deep": [1]}},
        {"seance_length": "3600", "length": 1},
        {"seance_length": None, "length": 3600.0},
        {"services": [SAMPLE["services"][0] | {"cost": "100.00"}]},
        {"services": [SAMPLE["services"][0] | {"cost": 120, "cost_to_pay": 100}]},
    ],
)
def test_every_drift_is_the_same_record(drift: dict[str, Any]) -> None:
    assert record_of(**drift) == AS_RECORD


@pytest.mark.parametrize("client", [None, [], {}, "", "Вера", {"id": 18}, {"phone": ""}, {"phone": None}, 0])
def test_without_a_client_or_a_phone_it_is_nobodys(client: object) -> None:
    assert record_of(client=client) is None


@pytest.mark.parametrize("staff", [None, [], "", {}])
def test_a_record_may_have_no_master(staff: object) -> None:
    record = record_of(staff=staff, staff_id=0)

    assert record is not None
    assert (record.master, record.master_id) == ("", None)


@pytest.mark.parametrize("drift", [{"date": "", "datetime": None}, {"attendance": 7}])
def test_without_a_start_or_with_an_unknown_status_it_is_no_record(drift: dict[str, Any]) -> None:
    assert record_of(**drift) is None


def test_a_creation_in_another_offset_is_told_in_the_salons_zone() -> None:
    record = record_of(create_date="2026-11-16T17:35:11+0000", attendance=2)

    assert record is not None
    assert record.created_at == datetime(2026, 11, 16, 17, 35, 11, tzinfo=UTC)
    assert record.attendance is Attendance.CONFIRMED


def test_one_broken_record_never_hurts_its_neighbours() -> None:
    broken = [SAMPLE | {"id": None, "client": {"phone": "+79000000009"}}, [], "", 7, None, {}]

    with capture_logs() as logs:
        read = list(read_records([SAMPLE, *broken, SAMPLE | {"id": 3}]))

    assert [record.id for record in read] == [2, 3]
    assert [line["event"] for line in logs] == ["yclients.payload_skipped"] * 2
    assert "9000000009" not in str(logs)


@pytest.mark.parametrize("data", [None, [], {}, "", 0, {"id": 1}])
def test_a_list_that_is_none_is_empty(data: object) -> None:
    assert list(read_records(data)) == []
    assert list(read_cards(data)) == []


@pytest.mark.parametrize("data", [None, [], "", 5])
def test_what_is_no_object_is_no_record_and_no_company(data: object) -> None:
    assert read_record(data) is None
    assert read_company(data) is None


def test_a_merge_gives_everything_back() -> None:
    client = {
        "id": 18,
        "name": "Вера",
        "surname": "Н",
        "patronymic": "",
        "email": "",
        "phone": "+79000000001",
    }
    payload = read_record(
        SAMPLE
        | {
            "client": client | {"display_name": "Вера Н", "success_visits_count": 3, "custom_fields": []},
            "services": [{"id": 1, "title": "Маникюр", "cost": 50, "first_cost": 100, "discount": 50}],
            "comment": "у окна",
            "api_id": "777",
            "technical_break_duration": 300,
            "sms_remain_hours": 0,
            "custom_color": "",
            "record_labels": [{"id": "67345", "title": "Сотрудник не важен"}],
            "custom_fields": {"my_field": 1},
        }
    )
    assert payload is not None

    assert merged(payload, MOSCOW, attendance=-1) == {
        "staff_id": 9,
        "services": [{"id": 1, "title": "Маникюр", "cost": 50, "first_cost": 100, "discount": 50}],
        "client": client,
        "datetime": "2026-11-25 15:00:00",
        "seance_length": 3600,
        "comment": "у окна",
        "attendance": -1,
        "save_if_busy": True,
        "send_sms": False,
        "api_id": "777",
        "technical_break_duration": 300,
        "sms_remain_hours": 0,
        "record_labels": ["67345"],
        "custom_fields": {"my_field": 1},
    }
