"""A record as PUT /record wants it back: whole, or what is left out is lost (yclients.md §3.5, 2026-11)."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from adapters.yclients.payloads import RecordPayload

# Exactly these: the card is found by its phone, and its names are overwritten with what is sent.
CLIENT_FIELDS = ("id", "phone", "name", "surname", "patronymic", "email")
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
        "staff_id": record.master_id,
        # Whole lines: one without its prices is priced anew, and what the salon had agreed on is gone.
        "services": [dict(line) for line in _lines(whole.get("services"))],
        "client": _only(CLIENT_FIELDS, whole.get("client") or {}),
        "datetime": wall_clock(starts_at),
        "seance_length": record.length_s,
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


def harmed(before: RecordPayload, after: RecordPayload, written: Mapping[str, object]) -> list[str]:
    """Return what of the record is neither as it was nor as it was written: prices, card, notes."""
    changed = {name: written[name] for name in ("comment", "attendance", "seance_length")}
    was, now = _essence(before) | changed, _essence(after)
    return [name for name in was if was[name] != now[name]]


def _essence(record: RecordPayload) -> dict[str, object]:
    client = record.whole.get("client")
    lines = _lines(record.whole.get("record_labels"))
    return {
        # In any order: two reads need not agree in it.
        "services": sorted((line.price for line in record.services), key=str),
        "client": _only(CLIENT_FIELDS, client) if isinstance(client, dict) else None,
        "comment": record.comment,
        "attendance": record.attendance or 0,
        "seance_length": record.length_s,
        "break": record.technical_break_duration or 0,
        "labels": sorted(str(line.get("id")) for line in lines),
        "fields": record.whole.get("custom_fields") or None,
    }


def wall_clock(moment: datetime) -> str:
    """Return a moment of the salon's zone as every client of the API sends it: naive (yclients.md §10)."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _lines(value: object) -> list[Mapping[str, Any]]:
    lines = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [line for line in lines if isinstance(line, dict)]


def _only(names: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, object]:
    return {name: values[name] for name in names if name in values}
