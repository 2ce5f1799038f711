"""Who plays: clients to choose from, and neighbours who make the journal lively. All synthetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType

from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator, demo_salon
from adapters.yclients.simulator.demo import NO_RECORD, ONE_RECORD, THREE_RECORDS

ON_ONE_PHONE, WITHOUT_NUMBER, SOON = "+79000000004", "+79000000005", "+79000000006"
CANCEL, THANKS = "Хочу отменить запись", "Спасибо!"


@dataclass(frozen=True, slots=True)
class Persona:
    key: str
    phone: str
    name: str
    # What the client has at the start, in Russian and in English.
    has: str
    has_in_english: str
    # What she may write, mistyped as people do.
    phrases: tuple[str, ...]
    # WhatsApp does not show the salon her number.
    hidden: bool = False

    def comes_into(self, phones: WhatsAppSimulator) -> None:
        phones.introduce(self.phone, name=self.name, mode="username" if self.hidden else None)


PERSONAS: Mapping[str, Persona] = MappingProxyType(
    {
        persona.key: persona
        for persona in (
            Persona(
                "one",
                ONE_RECORD,
                "Вера",
                "одна запись",
                "one record",
                (CANCEL, "не смогу прити завтра, заболела", "можно перенисти на другой день?", THANKS),
            ),
            Persona(
                "three",
                THREE_RECORDS,
                "Надежда",
                "три записи",
                "three records",
                (CANCEL, "окрашивание атмените пожалуста", "хачу перенести брови", THANKS),
            ),
            Persona(
                "none",
                NO_RECORD,
                "Любовь",
                "без записей",
                "no records",
                (CANCEL, "на когда я запсана?", "Здравствуйте"),
            ),
            Persona(
                "daughter",
                ON_ONE_PHONE,
                "Ирина",
                "дочь на том же телефоне",
                "a daughter on the same phone",
                (CANCEL, "у дочки тимпература, отмените стрижку", "Здравствуйте", THANKS),
            ),
            Persona(
                "hidden",
                WITHOUT_NUMBER,
                "Ксения",
                "имя без номера",
                "a name without a number",
                (CANCEL, "здраствуйте, не приду сегодня", THANKS),
                hidden=True,
            ),
            Persona(
                "soon",
                SOON,
                "Полина",
                "40 минут до визита",
                "40 minutes before the visit",
                (CANCEL, "я не успиваю, пробки", "опоздаю на 10 минут", THANKS),
            ),
        )
    }
)
HIDDEN = frozenset(persona.phone for persona in PERSONAS.values() if persona.hidden)

# Name, phone, service, master, days from today, hour, attendance.
_NEIGHBOURS = (
    ("Светлана", "+79000000011", "Стрижка", "Мария", 0, 10, 1),
    ("Алла", "+79000000015", "Чистка лица", "Елена", 0, 13, 2),
    ("Нина", "+79000000016", "Педикюр", "Анна", 0, 14, 0),
    ("Зоя", "+79000000017", "Окрашивание", "Мария", 0, 16, 0),
    ("Ирма", "+79000000012", "Коррекция бровей", "Ольга", 1, 11, 2),
    ("Тамара", "+79000000018", "Стрижка", "Мария", 1, 12, 0),
    ("Татьяна", "+79000000013", "Маникюр", "Анна", 1, 18, 0),
    ("Галина", "+79000000014", "Окрашивание", "Мария", 2, 14, 0),
)


def lively_salon(now: datetime) -> YClientsSimulator:
    """Build the demo's salon with a few records of other people beside those of the personas."""
    simulator = demo_salon(now)
    today = simulator.salon.local(now).date()
    booked = now - timedelta(days=3)

    def add(name: str, phone: str, service: str, master: str, starts_at: datetime, attendance: int) -> None:
        simulator.add_record(
            phone, service, master, starts_at, now, name=name, created_at=booked, attendance=attendance
        )

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), simulator.salon.timezone)

    for name, phone, service, master, days, hour, attendance in _NEIGHBOURS:
        add(name, phone, service, master, at(days, hour), attendance)
    add("Ирина", ON_ONE_PHONE, "Маникюр", "Елена", at(1, 17), 0)
    add("Софья", ON_ONE_PHONE, "Стрижка", "Ольга", at(1, 13), 0)
    add("Ксения", WITHOUT_NUMBER, "Педикюр", "Анна", at(3, 12), 0)
    soon = now.replace(second=0, microsecond=0) + timedelta(minutes=40)
    add("Полина", SOON, "Коррекция бровей", "Ольга", soon, 0)
    return simulator
