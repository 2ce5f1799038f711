"""A record as PUT /record wants it back: whole, or what is left out is lost (yclients.md §3.5, 2026-11)."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from adapters.yclients.payloads import RecordPayload

# Exactly these: the card is found by its phone, and its names are overwritten with what is sent.
CLIENT_FIELDS = ("id", "phone", "name", "surname", "patronymic", "email")
# Without its prices a line is priced anew, and what the administrator had agreed on is gone.
SERVICE_FIELDS = ("id", "first_cost", "discount", "cost", "amount")
KEPT_FIELDS = (
    "api_id",
    "custom_color",
    "technical_break_duration",
    "sms_remain_hours",
    "email_remain_hours",
    "clients_count",
    "client_agreements",
)


def merged(record: RecordPayload, zone: tzinfo, **changes: object) -> dict[str, object]:
    """Return the body of a PUT /record that keeps all of the record but `changes`.

    No message goes out to the client, and the time need not be free: it is the record's own.
    """
    whole = record.whole
    starts_at = record.starts_at(zone)
    assert starts_at is not None
    body: dict[str, object] = {
        "staff_id": record.staff_id or (record.staff.id if record.staff else None),
        "services": [_only(SERVICE_FIELDS, line) for line in _lines(whole.get("services"))],
        "client": _only(CLIENT_FIELDS, whole.get("client") or {}),
        # Naive and local is what every client of the API sends (yclients.md §10).
        "datetime": f"{starts_at:%Y-%m-%d %H:%M:%S}",
        "seance_length": whole.get("seance_length") or whole.get("length"),
        "comment": record.comment,
        "attendance": record.attendance or 0,
        "save_if_busy": True,
        "send_sms": False,
    }
    body |= {name: whole[name] for name in KEPT_FIELDS if whole.get(name) not in (None, "")}
    if whole.get("activity_id"):
        body["activity_id"] = whole["activity_id"]
    if labels := [str(label["id"]) for label in _lines(whole.get("record_labels")) if label.get("id")]:
        # Read as objects, written as ids.
        body["record_labels"] = labels
    if isinstance(whole.get("custom_fields"), dict) and whole["custom_fields"]:
        body["custom_fields"] = whole["custom_fields"]
    return body | changes


def _lines(value: object) -> list[Mapping[str, Any]]:
    lines = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [line for line in lines if isinstance(line, dict)]


def _only(names: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, object]:
    return {name: values[name] for name in names if name in values}
