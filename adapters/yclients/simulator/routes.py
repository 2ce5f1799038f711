"""Which request is which operation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.yclients.simulator import cards, reads, windows, writes
from adapters.yclients.simulator.calls import Call, Found, Nothing

Answer = Callable[[Call], Found | Nothing]

_DATES = ("date", "from", "to")


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    operation: str
    answer: Answer
    # The partner's token is always needed; the user's for what the salon manages itself (§1).
    needs_user: bool = True


# A route, and the numbers and the days of the path by name.
Matched = tuple[Route, Mapping[str, int], Mapping[str, str]]


def _route(method: str, path: str, operation: str, answer: Answer, *, needs_user: bool = True) -> Route:
    pattern = re.sub(r"\{(" + "|".join(_DATES) + r")\}", r"(?P<\1>\\d{4}-\\d\\d-\\d\\d)", path)
    pattern = re.sub(r"\{([a-z_]+)\}", r"(?P<\1>\\d{1,18})", pattern)
    return Route(method, re.compile(pattern + "/?"), operation, answer, needs_user)


ROUTES = (
    _route("POST", "/auth", "auth", cards.sign_in, needs_user=False),
    _route("GET", "/companies", "companies", cards.list_companies, needs_user=False),
    _route("GET", "/company/{company_id}", "company", cards.read_company, needs_user=False),
    _route("GET", "/company/{company_id}/staff", "staff", cards.list_staff),
    _route("GET", "/company/{company_id}/staff/{staff_id}", "staff", cards.list_staff),
    _route("GET", "/staff/{company_id}", "staff", cards.list_legacy_staff, needs_user=False),
    _route("GET", "/staff/{company_id}/{staff_id}", "staff", cards.list_legacy_staff, needs_user=False),
    _route("GET", "/company/{company_id}/services", "services", cards.list_services),
    _route("GET", "/company/{company_id}/services/{service_id}", "services", cards.list_services),
    _route("GET", "/services/{company_id}", "services", cards.list_legacy_services, needs_user=False),
    _route(
        "GET", "/services/{company_id}/{service_id}", "services", cards.list_legacy_services, needs_user=False
    ),
    _route("POST", "/company/{company_id}/clients/search", "search", cards.search_clients),
    _route("GET", "/clients/{company_id}", "clients", cards.list_clients),
    _route("GET", "/client/{company_id}/{client_id}", "client", cards.read_client),
    _route("GET", "/records/{company_id}", "records", reads.list_records),
    _route("POST", "/records/{company_id}", "create", writes.create_record),
    _route("GET", "/record/{company_id}/{record_id}", "record", reads.read_record),
    _route("PUT", "/record/{company_id}/{record_id}", "move", writes.edit_record),
    _route("DELETE", "/record/{company_id}/{record_id}", "delete", writes.delete_record),
    _route("GET", "/visits/{visit_id}", "visit", reads.read_visit),
    _route("PUT", "/visits/{visit_id}/{record_id}", "cancel", writes.set_visit),
    _route(
        "GET",
        "/visit/details/{company_id}/{record_id}/{visit_id}",
        "visit_details",
        reads.read_visit_details,
    ),
    _route("GET", "/company/{company_id}/staff/schedule", "slots", windows.list_schedule),
    _route("GET", "/schedule/{company_id}/{staff_id}/{from}/{to}", "slots", windows.read_schedule),
    _route("GET", "/timetable/seances/{company_id}/{staff_id}/{date}", "slots", windows.list_seances),
    _route("GET", "/timetable/dates/{company_id}/{date}", "slots", windows.list_journal_dates),
    _route("GET", "/book_dates/{company_id}", "slots", windows.list_book_dates, needs_user=False),
    _route(
        "GET",
        "/book_times/{company_id}/{staff_id}/{date}",
        "slots",
        windows.list_book_times,
        needs_user=False,
    ),
)


def local_path(path: str) -> str:
    """Return what follows `/api/v1`, whatever stands before it; a path without it as it is."""
    before, found, after = path.partition("/api/v1")
    return after if found else before


def match(method: str, path: str) -> Matched | None:
    for route in ROUTES:
        if route.method == method:
            matched = route.pattern.fullmatch(path)
            if matched:
                named = matched.groupdict()
                dates = {name: value for name, value in named.items() if name in _DATES}
                return route, {name: int(value) for name, value in named.items() if name not in dates}, dates
    return None
