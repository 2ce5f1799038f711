"""The demo with people whose names are meant to do harm; else everything is real."""

from datetime import datetime, time, timedelta

import main
from adapters.box import box
from adapters.stage import PERSONAS, people
from adapters.yclients.simulator import YClientsSimulator
from adapters.yclients.simulator.demo import ONE_RECORD

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
# Whatever follows runs from right to left, if nothing stops it.
BACKWARDS = "\u202eарев"
LONG = "Ж" * 300
# Runs the demo, as `running_demo` takes it.
PROGRAM = "from tests.browser import hostile_salon; hostile_salon.run()"


def hostile_salon(now: datetime) -> YClientsSimulator:
    """Build the salon in which Vera's daughter, the neighbours and a master have such names."""
    salon = people.lively_salon(now)
    tomorrow = salon.salon.local(now).date() + timedelta(days=1)
    salon.add_staff(IMAGE, SCRIPT)

    def add(name: str, phone: str, service: str, master: str, hour: int) -> None:
        starts_at = datetime.combine(tomorrow, time(hour), salon.salon.timezone)
        salon.add_record(phone, service, master, starts_at, now, name=name)

    add(SCRIPT, ONE_RECORD, "Стрижка", "Ольга", 17)
    add(IMAGE, "+79000000041", "Маникюр", IMAGE, 12)
    add(BACKWARDS, "+79000000042", "Педикюр", "Анна", 10)
    add(LONG, "+79000000043", "Окрашивание", "Мария", 14)
    return salon


def run() -> None:
    vars(box)["lively_salon"] = hostile_salon
    for key, name in (("none", SCRIPT), ("soon", LONG)):
        object.__setattr__(PERSONAS[key], "name", name)
    main.run()
