"""Who plays: three clients to choose from, and neighbours who make the journal lively. All synthetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType

from adapters.yclients.simulator import YClientsSimulator, demo_salon
from adapters.yclients.simulator.demo import NO_RECORD, ONE_RECORD, THREE_RECORDS


@dataclass(frozen=True, slots=True)
class Persona:
    key: str
    phone: str
    name: str
    # What the client has at the start.
    has: str


PERSONAS: Mapping[str, Persona] = MappingProxyType(
    {
        persona.key: persona
        for persona in (
            Persona("one", ONE_RECORD, "Вера", "одна запись"),
            Persona("three", THREE_RECORDS, "Надежда", "три записи"),
            Persona("none", NO_RECORD, "Любовь", "без записей"),
        )
    }
)

# Name, phone, service, master, days from today, hour, attendance.
_NEIGHBOURS = (
    ("Светлана", "+79000000011", "Стрижка", "Мария", 0, 9, 1),
    ("Ирина", "+79000000012", "Коррекция бровей", "Ольга", 1, 11, 2),
    ("Татьяна", "+79000000013", "Маникюр", "Анна", 1, 18, 0),
    ("Галина", "+79000000014", "Окрашивание", "Мария", 2, 14, 0),
)


def lively_salon(now: datetime) -> YClientsSimulator:
    """Build the demo's salon with a few records of other people beside those of the personas."""
    simulator = demo_salon(now)
    today = simulator.salon.local(now).date()
    for name, phone, service, master, days, hour, attendance in _NEIGHBOURS:
        starts_at = datetime.combine(today + timedelta(days=days), time(hour), simulator.salon.timezone)
        booked = now - timedelta(days=3)
        simulator.add_record(
            phone, service, master, starts_at, now, name=name, created_at=booked, attendance=attendance
        )
    return simulator
