"""The salon's people and their phones: the masters, and the administrator last."""

import json
from dataclasses import dataclass

from adapters.stage import PERSONAS
from adapters.whatsapp.simulator import Template, WhatsAppSimulator
from adapters.yclients.simulator.demo import MASTERS

TEMPLATE = "salon_says"
ADMINISTRATOR = "+79000000020"
_FIRST_STAFF, _FIRST_PHONE = 2001, 21


@dataclass(frozen=True, slots=True)
class Person:
    # "": the administrator.
    master: str
    phone: str


PEOPLE = (
    *(Person(name, f"+790000000{_FIRST_PHONE + place:02}") for place, (name, _) in enumerate(MASTERS)),
    Person("", ADMINISTRATOR),
)


def addresses() -> dict[str, str]:
    """Return the settings by which the salon's people are told over the salon's own number."""
    masters = {
        str(_FIRST_STAFF + place): f"salon-whatsapp://{person.phone}"
        for place, person in enumerate(PEOPLE)
        if person.master
    }
    return {
        "notify_admin": f"salon-whatsapp://{ADMINISTRATOR}",
        "notify_masters": json.dumps(masters),
        "notify_whatsapp_template": TEMPLATE,
    }


def phones(phone_number_id: str, app_secret: str) -> WhatsAppSimulator:
    """Return WhatsApp with the phones of all who play."""
    simulator = WhatsAppSimulator(
        phone_number_id=phone_number_id,
        app_secret=app_secret,
        templates=(Template(TEMPLATE, "ru", "{{1}}"),),
        status_delays_s=(0.05, 0.2, 0.6),
    )
    for persona in PERSONAS.values():
        persona.comes_into(simulator)
    for person in PEOPLE:
        simulator.introduce(person.phone, name=person.master or "Администратор")
    return simulator
