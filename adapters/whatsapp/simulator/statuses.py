"""What becomes of a message after it was accepted: sent, delivered, read, or failed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from adapters.whatsapp.simulator.graph import webhook_error
from adapters.whatsapp.simulator.people import Person
from adapters.whatsapp.simulator.quirks import Quirks
from adapters.whatsapp.simulator.wire import Json

StatusName = Literal["sent", "delivered", "read", "played", "failed"]

LATE_S = 90.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step on a message's way: when it happens, and whether the bot is told."""

    status: StatusName
    after_s: float
    told: bool = True
    error_code: int | None = None


def way(
    quirks: Quirks, delays_s: tuple[float, float, float], *, only_sent: bool, fails: int | None
) -> list[Step]:
    """Return the steps of one accepted message, using up the quirks that bend them."""
    told = not quirks.take("no-status")
    late_s = LATE_S if quirks.take("late-status") else 0.0
    if fails is not None:
        return [Step("failed", late_s + delays_s[1], told, fails)]
    names: list[StatusName] = ["sent"] if only_sent else ["sent", "delivered", "read"]
    if quirks.take("skip-delivered") and "delivered" in names:
        names.remove("delivered")
    if quirks.take("unread") and "read" in names:
        names.remove("read")
    delays = sorted(dict(zip(("sent", "delivered", "read"), delays_s, strict=True))[name] for name in names)
    if quirks.take("shuffled-status"):
        names.reverse()
    steps = [Step(name, late_s + after_s, told) for name, after_s in zip(names, delays, strict=True)]
    if quirks.take("repeated-status"):
        steps = [step for step in steps for _ in range(2)]
    return steps


def status(
    wamid: str,
    step: Step,
    person: Person,
    at: datetime,
    *,
    callback_data: str | None,
    addressed_by_phone: bool,
) -> dict[str, tuple[Json, ...]]:
    """Return the parts of a value for one status: a failed one has no contacts (whatsapp.md §1.7)."""
    item: Json = {"id": wamid, "status": step.status, "timestamp": str(int(at.timestamp()))}
    if step.status == "failed":
        item |= (
            {"recipient_id": person.phone} if addressed_by_phone else {"recipient_user_id": person.user_id}
        )
    else:
        item |= person.recipient(addressed_by_phone=addressed_by_phone)
    if callback_data is not None:
        item["biz_opaque_callback_data"] = callback_data
    if step.error_code is not None:
        return {"statuses": (item | {"errors": [webhook_error(step.error_code)]},)}
    item["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    contacts = (person.contact(),) if person.mode != "phone" else ()
    return {"contacts": contacts, "statuses": (item,)} if contacts else {"statuses": (item,)}
