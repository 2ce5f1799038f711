"""A small salon to play with; its people are synthetic."""

from datetime import datetime, time, timedelta

from adapters.yclients.simulator.simulator import YClientsSimulator

ONE_RECORD = "+79000000001"
THREE_RECORDS = "+79000000002"
NO_RECORD = "+79000000003"

MASTERS = (
    ("Анна", "мастер маникюра"),
    ("Мария", "парикмахер"),
    ("Ольга", "бровист"),
    ("Елена", "косметолог"),
)
SERVICES = (
    ("Маникюр", 1800, 5400),
    ("Педикюр", 2400, 5400),
    ("Стрижка", 2000, 3600),
    ("Окрашивание", 5500, 9000),
    ("Коррекция бровей", 900, 1800),
    ("Чистка лица", 3200, 5400),
)
# Who else than the master of a record could do it.
DONE_BY = {
    "Маникюр": ("Анна", "Елена"),
    "Педикюр": ("Анна", "Елена"),
    "Стрижка": ("Мария", "Ольга"),
    "Окрашивание": ("Мария", "Ольга"),
    "Коррекция бровей": ("Ольга", "Елена"),
    "Чистка лица": ("Елена",),
}


def demo_salon(now: datetime) -> YClientsSimulator:
    """Build a salon with three clients: one with a record tomorrow, one with three, one with none."""
    simulator = YClientsSimulator(title="Салон «Отмена»")
    for name, specialization in MASTERS:
        simulator.add_staff(name, specialization)
    for title, price, length_s in SERVICES:
        simulator.add_service(title, price, length_s)
    for title, masters in DONE_BY.items():
        simulator.salon.only_do(title, *masters)
    simulator.add_client("Вера", ONE_RECORD)
    simulator.add_client("Надежда", THREE_RECORDS)
    simulator.add_client("Любовь", NO_RECORD)

    today = simulator.salon.local(now).date()

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days), time(hour), simulator.salon.timezone)

    def add(phone: str, service: str, master: str, starts_at: datetime, booked_days_ago: int) -> None:
        created_at = now - timedelta(days=booked_days_ago)
        simulator.add_record(phone, service, master, starts_at, now, created_at=created_at)

    add(ONE_RECORD, "Маникюр", "Анна", at(1, 15), 6)
    # Booked in another order than they take place: the last created is not the next.
    add(THREE_RECORDS, "Окрашивание", "Мария", at(5, 12), 9)
    add(THREE_RECORDS, "Коррекция бровей", "Ольга", at(2, 11), 4)
    add(THREE_RECORDS, "Чистка лица", "Елена", at(8, 17), 2)
    return simulator
