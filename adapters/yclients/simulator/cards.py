"""What stands beside the journal: the sign-in, the company, its masters, services and clients."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.yclients.simulator import card_shapes, shapes
from adapters.yclients.simulator.calls import Call, Found, Refused, whole_number
from adapters.yclients.simulator.salon import Client, digits
from adapters.yclients.simulator.shapes import Json

PAGE_SIZE_MAX, PAGE_SIZE_DEFAULT = 200, 25
ORDERED_BY = ("id", "name", "phone", "email", "discount", "sold_amount", "visits_count")

Test = Callable[[Client], bool]


def sign_in(call: Call) -> Found:
    body = call.body()
    if not body.get("login") or not body.get("password"):
        raise Refused(422, "Не передан обязательный параметр login или password")
    return Found(
        {
            "id": 900001,
            "user_token": call.user_token,
            "name": "Администратор",
            "phone": "79000000000",
            "login": str(body["login"]),
            "email": "admin@simulator.invalid",
            "avatar": "",
            "is_approved": True,
            "is_email_confirmed": True,
        },
        status=201,
    )


def read_company(call: Call) -> Found:
    if call.ids["company_id"] != call.salon.company_id:
        # GET /company alone has this shape of error (§2).
        raise Refused(404, "Филиал не найден.", whole=shapes.bare_error(404, "Филиал не найден."))
    return Found(card_shapes.company(call.salon, call.now))


def list_companies(call: Call) -> Found:
    return Found([card_shapes.company(call.salon, call.now)])


def list_staff(call: Call) -> Found:
    """Answer a list for one id as well: so does the documentation (§6)."""
    masters = _chosen(call, "staff_id", call.salon.masters)
    if masters is None:
        raise staff_not_found(call.ids["staff_id"], call.salon.company_id)
    return Found(
        [card_shapes.staff_member(call.salon, one) for one in masters], meta={"total_count": len(masters)}
    )


def list_legacy_staff(call: Call) -> Found:
    masters = _chosen(call, "staff_id", call.salon.masters)
    if masters is None:
        raise staff_not_found(call.ids["staff_id"], call.salon.company_id)
    return Found([card_shapes.legacy_staff_member(one) for one in masters])


def list_services(call: Call) -> Found:
    services = _chosen(call, "service_id", call.salon.services)
    if services is None:
        raise Refused(404, "Услуга не найдена.")
    return Found(
        [card_shapes.service(call.salon, one) for one in services], meta={"total_count": len(services)}
    )


def list_legacy_services(call: Call) -> Found:
    services = _chosen(call, "service_id", call.salon.services)
    if services is None:
        raise Refused(404, "Услуга не найдена.")
    return Found([card_shapes.legacy_service(call.salon, one) for one in services])


def staff_not_found(staff_id: int, company_id: int) -> Refused:
    return Refused(404, f"Сотрудник с ID {staff_id} не найден в филиале {company_id}.")


def search_clients(call: Call) -> Found:
    """Answer clients/search. Outside of `filters` nothing filters, so a `phone` there finds everyone."""
    body = call.body()
    filters = body.get("filters")
    tests = [_filter(one) for one in filters] if isinstance(filters, list) else []
    join = any if body.get("operation") == "OR" else all
    found = [
        client
        for client in call.salon.clients.values()
        if not tests or call.has("leaky-phone-filter") or join(test(client) for test in tests)
    ]
    rows = [card_shapes.found_client(client) for client in found]
    order_by = body.get("order_by")
    if order_by in ORDERED_BY:
        rows.sort(key=lambda row: row[order_by], reverse=body.get("order_by_direction") == "DESC")
    page = max(1, whole_number(body.get("page")) or 1)
    size = min(PAGE_SIZE_MAX, max(1, whole_number(body.get("page_size")) or PAGE_SIZE_DEFAULT))
    wanted = body.get("fields")
    fields = wanted if isinstance(wanted, list) and wanted else ["id"]
    shown = [_as_seen(call, row) for row in rows[(page - 1) * size : page * size]]
    return Found(
        [{name: value for name, value in row.items() if name in fields} for row in shown],
        meta={"total_count": len(rows)},
    )


def list_clients(call: Call) -> Found:
    """Answer the older GET /clients, whose `phone` is a part of the number (§5.2)."""
    query = call.query
    tests: list[Test] = []
    if query.get("phone") and not call.has("leaky-phone-filter"):
        part = digits(query["phone"])
        tests.append(lambda client: part in digits(client.phone))
    if query.get("fullname"):
        tests.append(lambda client: query["fullname"].lower() in shapes.full_name(client).lower())
    if query.get("email"):
        tests.append(lambda client: client.email == query["email"])
    client_id = call.query_number("id")
    if client_id is not None:
        tests.append(lambda client: client.client_id == client_id)
    found = [client for client in call.salon.clients.values() if all(test(client) for test in tests)]
    if not found and call.has("404-when-empty"):
        raise Refused(404, "Не найдено")
    page = max(1, call.query_number("page") or 1)
    count = min(PAGE_SIZE_MAX, max(1, call.query_number("count") or PAGE_SIZE_DEFAULT))
    shown = found[(page - 1) * count : page * count]
    return Found(
        [_as_seen(call, card_shapes.client_card(client)) for client in shown],
        meta={"page": page, "total_count": len(found)},
    )


def read_client(call: Call) -> Found:
    client = call.salon.clients.get(call.ids["client_id"])
    if client is None:
        raise Refused(404, "Не найдено")
    return Found(_as_seen(call, card_shapes.client_card(client)))


def _chosen(call: Call, name: str, cards: Mapping[int, Any]) -> list[Any] | None:
    """Return all cards, or the one that the path names; None if there is no such card."""
    if name not in call.ids:
        return list(cards.values())
    return [cards[call.ids[name]]] if call.ids[name] in cards else None


def _as_seen(call: Call, card: Json) -> Json:
    if call.has("hidden-phones"):
        return {**card, "phone": ""}
    if call.has("int-phones"):
        return {**card, "phone": card_shapes.int_phone(card["phone"])}
    return card


def _filter(one: object) -> Test:
    kind = one.get("type") if isinstance(one, dict) else None
    state = one.get("state") if isinstance(one, dict) else None
    value = state.get("value") if isinstance(state, dict) else None
    if kind == "quick_search" and isinstance(value, str | int):
        return lambda client: quick_search_finds(str(value), client)
    if kind == "id" and isinstance(value, list):
        wanted = {whole_number(item) for item in value}
        return lambda client: client.client_id in wanted
    message = "Недопустимое значение фильтра"
    raise Refused(400, message, {"errors": {"filters": [message]}})


def quick_search_finds(value: str, client: Client) -> bool:
    """Match a part of the phone, the extra phone, the name or the card (§5.1).

    Whether 8… finds +7… is not known; here it does not.
    """
    part = digits(value)
    return bool(
        (part and (part in digits(client.phone) or part in digits(client.extra_phone) or part in client.card))
        or (value.strip() and value.strip().lower() in shapes.full_name(client).lower())
    )
