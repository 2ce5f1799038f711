"""Faults of both sides: switched on, written as a transcript names them, and seen at work."""

from collections.abc import Mapping

from adapters.box.frames import Fault, Side
from adapters.simulated import Reply
from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator


def switch_on(side: Side, fault: Fault, salon: YClientsSimulator, phones: WhatsAppSimulator) -> None:
    """Raises: ValueError: there is no such fault, or it cannot be tied to this operation."""
    if side == "yclients":
        salon.quirk(fault.name, fault.on, fault.times)
    else:
        phones.quirk(fault.name, fault.times)


def written(side: Side, fault: Fault) -> str:
    """Return the fault as a transcript names it."""
    on = f" on {fault.on}" if side == "yclients" and fault.on else ""
    return f"{fault.name}{on}" + (f" × {fault.times}" if fault.times else "")


def used(before: Mapping[str, int | None], after: Mapping[str, int | None], reply: Reply) -> str:
    """Return the quirks that were used up by a send, or that are on while it failed."""
    used = [name for name, times in before.items() if after.get(name, 0) != times]
    if used or (reply.status < 400 and not reply.dropped):
        return ", ".join(used)
    return ", ".join(name for name, times in before.items() if times is None)
