"""What Meta adds without notice: unknown keys at every level, an unknown field, an unknown status."""

from copy import deepcopy
from typing import Any

from adapters.whatsapp.simulator.wire import Json

_NEWS: Json = {"since": "v99.0", "items": [1, None, {"deep": True}]}


def with_chaos(payload: Json) -> Json:
    """Return the payload with news strewn over it; what was there stays readable."""
    payload = deepcopy(payload)
    _strew(payload)
    for entry in payload["entry"]:
        for change in list(entry["changes"]):
            metadata = change["value"].get("metadata", {})
            change["value"].setdefault("statuses", []).append(_unknown_status())
            odd = {"messaging_product": "whatsapp", "metadata": metadata, "auras": [{"id": "aura.1"}]}
            entry["changes"].append({"field": "aura_updates", "value": odd})
    return payload


def _unknown_status() -> Json:
    return {
        "id": "wamid.NEVERSENT",
        "status": "contemplated",
        "timestamp": "1795392000",
        "recipient_id": "79000000000",
    }


def _strew(value: Any) -> None:
    match value:
        case dict():
            for child in list(value.values()):
                _strew(child)
            value["x_meta_news"] = dict(_NEWS)
        case list():
            for child in value:
                _strew(child)
