"""A Monday morning, three records, and one analyser for all tests of the understanding."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from engine.booking import Record
from engine.understanding import Context, Meaning, Surroundings, Understanding

Reads = Callable[..., Meaning]

SALON = timezone(timedelta(hours=3))
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SALON)


def _record(record_id: int, service: str, master: str, starts_at: datetime) -> Record:
    return Record(
        record_id=record_id, phone="+79000000001", services=(service,), master=master, starts_at=starts_at
    )


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    return Understanding()


@pytest.fixture(scope="session")
def records() -> tuple[Record, ...]:
    return (
        _record(1, "Маникюр с покрытием", "Ольга Иванова", datetime(2026, 11, 24, 15, 0, tzinfo=SALON)),
        _record(2, "Стрижка женская", "Мария", datetime(2026, 11, 27, 12, 0, tzinfo=SALON)),
        _record(3, "Коррекция бровей", "Анастасия Ким", datetime(2026, 12, 2, 18, 30, tzinfo=SALON)),
    )


@pytest.fixture(scope="session")
def reads(understanding: Understanding, records: tuple[Record, ...]) -> Reads:
    """Understand a text on that Monday: the first record is asked about, or all three are listed."""
    offered: dict[Context, tuple[Record, ...]] = {"confirm": records[:1], "choose": records}

    def read(text: str, context: Context = "idle") -> Meaning:
        around = Surroundings(said_at=MONDAY, records=offered.get(context, ()))
        return understanding.understand(text, context, around)

    return read
