"""What a client would recognise as the record that was shown."""

from datetime import timedelta
from typing import Any

import pytest

from engine.booking import Attendance
from tests.chat import record

SHOWN = record(1).model_copy(update={"services": ("Маникюр", "Педикюр")})


@pytest.mark.parametrize(
    "change",
    [{"services": ("Педикюр", "Маникюр")}, {"attendance": Attendance.CONFIRMED}, {"created_at": None}],
)
def test_the_order_of_services_and_what_no_client_sees_make_no_other_record(change: dict[str, Any]) -> None:
    assert SHOWN.model_copy(update=change).shows_the_same(SHOWN)


@pytest.mark.parametrize(
    "change",
    [
        {"services": ("Маникюр",)},
        {"starts_at": SHOWN.starts_at + timedelta(minutes=15)},
        {"master": "Светлана"},
        {"master_id": 77},
    ],
)
def test_another_service_start_or_master_is_another_record(change: dict[str, Any]) -> None:
    assert not SHOWN.model_copy(update=change).shows_the_same(SHOWN)
