"""The two simulators as the server reaches them: whichever are on stage, and every call told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.box import people
from adapters.box.calls import called, sent
from adapters.box.courier import Note
from adapters.box.faults import used
from adapters.simulated import Reply, Request
from adapters.stage import PERSONAS
from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.whatsapp.simulator.people import digits_of
from adapters.yclients.simulator import YClientsSimulator

# How long the journal takes for an answer; the real one is never instant.
YCLIENTS_TAKES_S = 0.12


@dataclass(frozen=True, slots=True)
class YClientsDoor:
    """`heard` hears what the server told before it called."""

    heard: Callable[[], None]
    salon: Callable[[], YClientsSimulator]
    note: Note

    def handle(self, request: Request, now: datetime) -> Reply:
        self.heard()
        salon = self.salon()
        reply = salon.handle(request, now)
        reply = replace(reply, delay_s=reply.delay_s + YCLIENTS_TAKES_S)
        if salon.log:
            about = {"operation": salon.log[-1].operation, "fault": salon.log[-1].fault}
            self.note("call", side="yclients", **about, **called(request, reply))
        return reply


@dataclass(frozen=True, slots=True)
class WhatsAppDoor:
    """`heard` hears what the server told before it called."""

    heard: Callable[[], None]
    phones: Callable[[], WhatsAppSimulator]
    note: Note

    def handle(self, request: Request, now: datetime) -> Reply:
        self.heard()
        phones = self.phones()
        before = phones.quirks()
        reply = phones.handle(request, now)
        about = {"fault": used(before, phones.quirks(), reply), **called(request, reply)}
        message = sent(request.body)
        if message is None:
            self.note("call", side="whatsapp", operation="mark", **about)
            return reply
        to, text, options = message
        whose = to if to.isdecimal() else _of_user(phones, to)
        staff = next((one for one in people.PEOPLE if digits_of(one.phone) == whose), None)
        name = next((one.name for one in PERSONAS.values() if digits_of(one.phone) == whose), "")
        who = {"to": staff.master if staff else name, "salon": staff is not None}
        self.note("message", whose, **who, text=text, options=list(options), **about)
        return reply


def _of_user(phones: WhatsAppSimulator, user_id: str) -> str:
    """Return the digits of the client whose user id it is; "": none of those who play."""
    ids = {phones.introduce(one.phone).user_id: digits_of(one.phone) for one in PERSONAS.values()}
    return ids.get(user_id, "")
