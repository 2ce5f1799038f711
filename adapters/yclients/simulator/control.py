"""The administrator's hands over HTTP, under `/_sim/`: for tests and tools in any language."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.simulated import Reply, Request
from adapters.yclients.simulator.door import as_json
from adapters.yclients.simulator.journal import as_plain
from adapters.yclients.simulator.quirks import QUIRKS, Quirk, parse_quirk

if TYPE_CHECKING:
    from adapters.yclients.simulator.simulator import YClientsSimulator

_RECORD = re.compile(r"/_sim/records/(\d+)")
_MOMENTS = ("starts_at", "created_at")
_EDITED = frozenset(
    {"attendance", "starts_at", "master", "services", "length_s", "comment", "deleted", "paid", "locked"}
)
_ADDED = (_EDITED - {"deleted"}) | {
    *("phone", "name", "created_at", "visit_id", "record_id", "cost", "discount", "break_s")
}


def answer(simulator: "YClientsSimulator", request: Request, path: str, now: datetime) -> Reply:
    """Answer a control request. It needs no token and counts for no limit."""
    try:
        return _answer(simulator, request, path.rstrip("/"), now)
    except (ValueError, TypeError, KeyError) as error:
        return as_json(400, {"error": f"{type(error).__name__}: {error}"})


def _answer(simulator: "YClientsSimulator", request: Request, path: str, now: datetime) -> Reply:
    match (request.method, path):
        case ("GET", "/_sim/journal"):
            simulator.settle(now)
            rows = [as_plain(row) for row in simulator.journal()]
            return as_json(200, {"changes": simulator.changes, "records": rows})
        case ("POST", "/_sim/records"):
            record_id = simulator.add_record(**_arguments(request, _ADDED), now=now)
            return as_json(201, as_plain(simulator.record(record_id)))
        case ("GET", "/_sim/log"):
            lines = [as_plain(line) for line in simulator.log]
            return as_json(200, {"worst_second": simulator.worst_second(), "requests": lines})
        case ("GET", "/_sim/quirks"):
            active = [str(quirk) for quirk in simulator.active_quirks]
            return as_json(200, {"active": active, "quirks": dict(QUIRKS)})
        case ("POST", "/_sim/quirks"):
            quirk = _quirk(_body(request))
            simulator.quirk(quirk.name, quirk.on, quirk.times)
            return as_json(201, {"active": [str(one) for one in simulator.active_quirks]})
        case ("DELETE", "/_sim/quirks"):
            simulator.clear_quirks()
            return Reply(204)
        case _:
            return _edit(simulator, request, path, now)


def _edit(simulator: "YClientsSimulator", request: Request, path: str, now: datetime) -> Reply:
    matched = _RECORD.fullmatch(path)
    if matched is None or request.method != "PATCH":
        return as_json(404, {"error": f"there is no {request.method} {path}"})
    record_id = int(matched[1])
    if record_id not in simulator.salon.entries:
        return as_json(404, {"error": f"there is no record {record_id}"})
    simulator.edit_record(record_id, now, **_arguments(request, _EDITED))
    return as_json(200, as_plain(simulator.record(record_id)))


def _arguments(request: Request, known: frozenset[str]) -> dict[str, Any]:
    body = dict(_body(request))
    unknown = sorted(body.keys() - known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value is not None else value
        for name, value in body.items()
    }


def _quirk(body: Mapping[str, Any]) -> Quirk:
    name = str(body["name"])
    if body.get("on") is None and body.get("times") is None:
        return parse_quirk(name)
    times = body.get("times")
    return Quirk(name, body.get("on"), int(times) if times is not None else None)


def _body(request: Request) -> Mapping[str, Any]:
    body = json.loads(request.body or b"{}")
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body
