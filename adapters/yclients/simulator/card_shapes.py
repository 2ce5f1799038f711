"""The JSON of the cards: company, masters, services and clients (facts §5, §6), odd types and all."""

from datetime import datetime

from adapters.yclients.simulator.salon import Client, Master, Salon, Service, digits
from adapters.yclients.simulator.shapes import AVATAR, AVATAR_BIG, POSITION, Json


def client_card(client: Client) -> Json:
    return {
        "id": client.client_id,
        "name": client.name,
        "surname": client.surname,
        "patronymic": client.patronymic,
        "phone": client.phone,
        "email": client.email,
        "categories": [],
        "sex_id": 0,
        "sex": "",
        "discount": 0,
        "importance_id": 0,
        "importance": "",
        "card": client.card,
        "birth_date": "",
        "comment": "",
        "sms_check": 0,
        "sms_not": 0,
        "spent": 0,
        "balance": 0,
        "visits": client.success_visits + client.fail_visits,
        "custom_fields": [],
    }


def found_client(client: Client) -> Json:
    """Every field that clients/search can be asked for."""
    return {
        "id": client.client_id,
        "name": client.name,
        "phone": client.phone,
        "email": client.email,
        "discount": 0,
        "first_visit_date": "",
        "last_visit_date": "",
        "sold_amount": 0,
        "visits_count": client.success_visits + client.fail_visits,
    }


def int_phone(phone: str) -> int | str:
    return int(digits(phone)) if digits(phone) else phone


def staff_member(salon: Salon, master: Master) -> Json:
    return {
        "id": master.staff_id,
        "name": master.name,
        "company_id": salon.company_id,
        "specialization": master.specialization,
        "position": dict(POSITION),
        "avatar": AVATAR,
        "avatar_big": AVATAR_BIG,
        "fired": 0,
        "status": 0,
        "hidden": 0,
        "user_id": None,
    }


def legacy_staff_member(master: Master) -> Json:
    """Shape a master of the older method: numbers are strings, and no position is an empty list (§6)."""
    return {
        "id": str(master.staff_id),
        "name": master.name,
        "specialization": master.specialization,
        "position": [],
        "show_rating": "0",
        "rating": "0",
        "votes_count": "0",
        "user_id": None,
        "avatar": AVATAR,
        "avatar_big": AVATAR_BIG,
        "comments_count": "0",
        "weight": "10",
        "information": "",
        "hidden": "0",
        "fired": "0",
        "status": "0",
        "bookable": True,
    }


def service(salon: Salon, one: Service) -> Json:
    return {
        "id": one.service_id,
        "salon_service_id": one.service_id,
        "title": one.title,
        "category_id": 1,
        "price_min": one.price,
        "price_max": one.price,
        # The one number of a service that the documentation has as a string.
        "discount": "0",
        "comment": "",
        "weight": 1,
        "active": 1,
        "api_id": "",
        "duration": one.length_s,
        "is_multi": False,
        "resources": [],
        "staff": [
            {"id": master.staff_id, "seance_length": one.length_s, "price": None}
            for master in salon.masters.values()
            if one.staff_ids is None or master.staff_id in one.staff_ids
        ],
    }


def legacy_service(salon: Salon, one: Service) -> Json:
    """Shape a service of the older method, which knows neither duration nor resources."""
    shape = service(salon, one)
    return {name: value for name, value in shape.items() if name not in ("duration", "resources", "is_multi")}


def company(salon: Salon, now: datetime) -> Json:
    offset = salon.local(now).utcoffset()
    return {
        "id": salon.company_id,
        "title": salon.title,
        "public_title": salon.title,
        "country_id": 1,
        "country": "Россия",
        "city_id": 2,
        "city": "Москва",
        "active": "1",
        "phone": "+79000000000",
        "phones": ["+79000000000"],
        # Live it is a number of hours beside the name of the zone (§6).
        "timezone": int(offset.total_seconds() // 3600) if offset else 0,
        "timezone_name": salon.timezone_name,
        "address": "Учебный переулок, 1",
        "coordinate_lat": 55.75,
        "coordinate_lon": 37.61,
        "phone_confirmation": False,
        "active_staff_count": len(salon.masters),
        "currency_short_title": "₽",
        "site": "",
        "social": {},
    }
