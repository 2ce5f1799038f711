"""How updates are wrapped: values, changes and entries, as few or as many as wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from adapters.whatsapp.simulator.wire import Json

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened, as parts of a value: `messages`, `statuses`, `contacts`, `errors`, …"""

    field: str
    # phone_number_id and display number of the salon.
    number: str
    display_phone: str
    parts: Mapping[str, tuple[Json, ...]]
    # Updates of one lane concern one client.
    lane: str = ""
    wamid: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Into how many entries and changes a POST is spread."""

    entries: int = 1
    changes: int = 1
    # The statuses of a value stand before its messages.
    statuses_first: bool = False


def envelope(waba_id: str, updates: Sequence[Update], shape: Shape) -> Json:
    """Return the body of one POST. What does not belong to one field and number gets a change of its own."""
    changes: list[Json] = []
    for field, number in dict.fromkeys((update.field, update.number) for update in updates):
        same = [update for update in updates if (update.field, update.number) == (field, number)]
        changes += [
            {"field": field, "value": _value(chunk, shape)} for chunk in _split(same, shape.changes) if chunk
        ]
    entries = [{"id": waba_id, "changes": chunk} for chunk in _split(changes, shape.entries) if chunk]
    return {"object": "whatsapp_business_account", "entry": entries}


def _value(updates: Sequence[Update], shape: Shape) -> Json:
    first = updates[0]
    metadata = {"display_phone_number": first.display_phone, "phone_number_id": first.number}
    parts: dict[str, list[Json]] = {}
    for update in updates:
        for name, items in update.parts.items():
            # One contact per person, as Meta does: contacts are not tied to messages by position.
            there = parts.setdefault(name, [])
            there += [item for item in items if name != "contacts" or item not in there]
    names = sorted(parts, key=lambda name: _order(name, statuses_first=shape.statuses_first))
    return {"messaging_product": "whatsapp", "metadata": metadata} | {name: parts[name] for name in names}


def _order(name: str, *, statuses_first: bool) -> int:
    order = ["statuses", "contacts", "messages"] if statuses_first else ["contacts", "messages", "statuses"]
    return order.index(name) if name in order else len(order)


def _split(items: Sequence[Item], parts: int) -> list[Sequence[Item]]:
    """Cut into up to `parts` runs of nearly equal length, in order."""
    size, rest = divmod(len(items), parts)
    runs, start = [], 0
    for i in range(parts):
        end = start + size + (i < rest)
        runs.append(items[start:end])
        start = end
    return runs
