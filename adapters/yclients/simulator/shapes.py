"""The JSON of YClients: envelope, moments, records (facts §2, §3.2, §10), odd types and all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.yclients.simulator.calls import TOKEN_OWNER
from adapters.yclients.simulator.salon import Client, Entry, Line, Salon

Json = dict[str, Any]

AVATAR = "https://simulator.invalid/images/no-master-sm.png"
AVATAR_BIG = "https://simulator.invalid/images/no-master.png"
POSITION: Mapping[str, object] = {"id": 1, "title": "Мастер", "services_binding_type": 0}


def wall_clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def with_offset(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def with_bare_offset(moment: datetime) -> str:
    """Format as `create_date` is: the offset has no colon."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def envelope(data: object, meta: Mapping[str, object]) -> Json:
    # PHP knows one empty array, so an empty `meta` is a list.
    return {"success": True, "data": data, "meta": dict(meta) or []}


def error(meta: Mapping[str, object]) -> Json:
    return {"success": False, "data": None, "meta": dict(meta)}


def bare_error(status: int, message: str) -> Json:
    """Shape an error as v1 does, and as GET /company does even in v2 (§2)."""
    return {"errors": {"code": status, "message": message}, "meta": {"message": message}}


def money(value: float) -> float:
    """Show whole sums as whole numbers."""
    return int(value) if float(value).is_integer() else round(value, 2)


def record(salon: Salon, entry: Entry) -> Json:
    client = salon.clients.get(entry.client_id or 0)
    master = salon.masters[entry.staff_id]
    visit = salon.visits[entry.visit_id]
    shape: Json = {
        "id": entry.record_id,
        "company_id": salon.company_id,
        "staff_id": entry.staff_id,
        "services": [service_line(line) for line in entry.lines],
        "goods_transactions": [],
        "staff": {
            "id": master.staff_id,
            "api_id": None,
            "name": master.name,
            "specialization": master.specialization,
            "position": dict(POSITION),
            "avatar": AVATAR,
            "avatar_big": AVATAR_BIG,
            "rating": 0,
            "votes_count": 0,
        },
        "client": client_of_record(client) if client else None,
        "comer": None,
        "clients_count": 1,
        "date": wall_clock(entry.starts_at),
        "datetime": with_offset(entry.starts_at),
        "create_date": with_bare_offset(entry.created_at),
        "comment": entry.comment,
        "online": False,
        "visit_attendance": visit.attendance,
        "attendance": entry.attendance,
        "confirmed": 1,
        "seance_length": entry.length_s,
        "length": entry.length_s,
        "technical_break_duration": entry.break_s,
        "sms_before": 0,
        "sms_now": 0,
        "sms_now_text": "",
        "email_now": 0,
        "notified": 0,
        "master_request": 0,
        "api_id": "",
        "from_url": "",
        "review_requested": 0,
        "visit_id": entry.visit_id,
        "created_user_id": TOKEN_OWNER,
        "deleted": entry.deleted,
        "paid_full": int(entry.paid),
        "payment_status": 0,
        "prepaid": False,
        "prepaid_confirmed": False,
        "last_change_date": with_bare_offset(entry.changed_at),
        "custom_color": "",
        "custom_font_color": "",
        "record_labels": [],
        "activity_id": 0,
        "custom_fields": [],
        "documents": [document(salon, entry)],
        "sms_remain_hours": 5,
        "email_remain_hours": 1,
        "bookform_id": 0,
        "record_from": "",
        "is_mobile": 0,
        "is_sale_bill_printed": False,
        "consumables": [],
        "finance_transactions": [],
        "is_update_blocked": entry.locked,
        "resource_instance_ids": [],
        "short_link": f"https://simulator.invalid/c/{entry.record_id}/",
        "acceptance_free": None,
        "client_agreements": {
            "company_id": salon.company_id,
            "client_id": entry.client_id or 0,
            "is_newsletter_allowed": False,
            "is_personal_data_processing_allowed": False,
        },
    }
    shape.update(entry.kept)
    if entry.deleted:
        # Seen live once: a deleted record may come without it (§3.4).
        del shape["api_id"]
    return shape


def edited_record(salon: Salon, entry: Entry) -> Json:
    """Shape the smaller record with which PUT /record answers (§3.5)."""
    whole = record(salon, entry)
    names = (
        *("id", "services", "client", "clients_count", "datetime", "seance_length", "create_date", "comment"),
        *(
            "visit_attendance",
            "attendance",
            "confirmed",
            "sms_before",
            "sms_now",
            "sms_now_text",
            "email_now",
        ),
        *("notified", "master_request", "api_id", "from_url", "review_requested", "activity_id", "documents"),
    )
    shape = {name: whole[name] for name in names if name in whole}
    master = salon.masters[entry.staff_id]
    shape["staff"] = {"id": master.staff_id, "name": master.name, "spec": master.specialization}
    return shape


def service_line(line: Line) -> Json:
    return {
        "id": line.service.service_id,
        "title": line.service.title,
        "cost": money(line.cost),
        "cost_to_pay": money(line.cost),
        "manual_cost": money(line.cost),
        "cost_per_unit": money(line.first_cost),
        "discount": money(line.discount),
        "first_cost": money(line.first_cost),
        "amount": line.amount,
    }


def document(salon: Salon, entry: Entry) -> Json:
    return {
        "id": 8000000 + entry.record_id,
        "type_id": 7,
        "storage_id": 0,
        "user_id": TOKEN_OWNER,
        "company_id": salon.company_id,
        "number": entry.record_id,
        "comment": "",
        "date_created": wall_clock(entry.created_at),
        "category_id": 0,
        "visit_id": entry.visit_id,
        "record_id": entry.record_id,
        "type_title": "Визит",
        "is_sale_bill_printed": False,
    }


def full_name(client: Client) -> str:
    return " ".join(part for part in (client.name, client.patronymic, client.surname) if part)


def client_of_record(client: Client) -> Json:
    return {
        "id": client.client_id,
        "name": client.name,
        "surname": client.surname,
        "patronymic": client.patronymic,
        "display_name": full_name(client),
        "phone": client.phone,
        "card": client.card,
        "email": client.email,
        "success_visits_count": client.success_visits,
        "fail_visits_count": client.fail_visits,
        "discount": 0,
        "is_new": client.success_visits == 0,
        "custom_fields": [],
        "client_tags": [],
    }
