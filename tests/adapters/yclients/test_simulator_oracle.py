"""The simulated YClients keeps to the structure of YClients' own OpenAPI file, except where the facts differ.

Each difference stands below with its source; one that nothing shows any more fails, as does a new one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openapi_schema_validator import OAS30Validator

from adapters.yclients.simulator import demo_salon
from tests.adapters.yclients.test_simulator import NOW, RECORD, VERA, VISIT, Caller, search, whole

ORACLES = Path(__file__).parents[2] / "oracles"
STRUCTURE: Mapping[str, Any] = json.loads((ORACLES / "yclients-structure.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Difference:
    operation: str
    # Where in the answer; [] stands for every item of a list.
    path: str
    file_says: str
    facts_say: str
    source: str


LIST, ONE, EDIT = "GET /records/{company_id}", "GET /record/{company_id}/{record_id}", "PUT /record/…"
CREATE = "POST /records/{company_id}"
LEGACY_STAFF = "GET /staff/{company_id}/{staff_id}"
LEGACY_SERVICES = "GET /services/{company_id}/{service_id}"
CLIENTS = "GET /clients/{company_id}"
SCHEDULE, SEANCES = (
    "GET /schedule/{company_id}/{staff_id}/{start_date}/{end_date}",
    "GET /timetable/seances/{company_id}/{staff_id}/{date}",
)
BOOK_DATES = "GET /book_dates/{company_id}"
PHP = "an empty PHP array is a list: `[]`"

DIFFERENCES = (
    # Every live client reads data.user_token; the adapter takes both.
    Difference("POST /auth", "", "the user, bare", "the user in `data`", "§1.1 (3 live clients)"),
    Difference(LIST, "data.[].custom_fields", "object", PHP, "§3.2 (live 2026)"),
    Difference(LIST, "data.[].client.custom_fields", "object", PHP, "§3.2 (live 2026)"),
    # Nobody's records: they must never be taken for the caller's.
    Difference(LIST, "data.[].client", "object", "object or null", "§3.2, §5.4"),
    Difference(LIST, "data.[].comer", "object", "null", "§3.2"),
    Difference(LIST, "data.[].staff.api_id", "string", "null", "§3.2"),
    Difference(ONE, "data.client", "string", "object or null", "§3.2 (live 2026)"),
    Difference(ONE, "data.custom_fields", "object", PHP, "§3.2 (live 2026)"),
    Difference(ONE, "data.staff.api_id", "string", "null", "§3.2"),
    Difference(CREATE, "data", "array of records", "one record", "§3.5 (live)"),
    Difference(CREATE, "meta", "object", PHP, "§2"),
    Difference(CLIENTS, "data.[].custom_fields", "object", PHP, "§5.2"),
    Difference(CLIENTS, "data.[].card", "number", 'string, `""` when empty', "§3.2 (live 2026)"),
    Difference(LEGACY_STAFF, "data.[].id", "number", "numeric string", "§6"),
    Difference(LEGACY_STAFF, "data.[].position", "object", "object or `[]`", "§3.2, §6"),
    Difference(LEGACY_STAFF, "data.[].rating", "number", "numeric string", "§6, §10"),
    Difference(LEGACY_STAFF, "data.[].show_rating", "number", "numeric string", "§6, §10"),
    Difference(LEGACY_STAFF, "data.[].votes_count", "number", "numeric string", "§6, §10"),
    Difference(LEGACY_STAFF, "data.[].comments_count", "number", "numeric string", "§6, §10"),
    Difference(LEGACY_SERVICES, "meta", "object", PHP, "§2"),
    # Its own samples have the list as well.
    Difference(SCHEDULE, "", "one day, bare", "a list of days in `data`", "§7"),
    Difference(SEANCES, "", "one time, bare", "a list of times in `data`", "§7"),
)

# No validator shows these: the file is silent, or speaks of requests.
UNSEEN_DIFFERENCES = (
    Difference("PUT /visits/{visit_id}/{record_id}", "", "200 without a body", "200; body not known", "§4.1"),
    Difference(
        EDIT,
        "(request)",
        "no field is required",
        "422 without staff_id, services, datetime, seance_length or client",
        "§3.5 (live)",
    ),
    Difference(CREATE, "(request)", "no field is required", "the same five are required", "§3.5 (live)"),
    Difference(LIST, "(query) with_deleted", "boolean", "`1`", "§3.1"),
    Difference("every operation", "(path)", "host api.yclients.ru", "api.yclients.com is used still", "§1"),
)

# What the file knows and the simulator leaves out: nothing of ours reads it.
NOT_SIMULATED = {
    "GET /companies": {
        *("data.[].app_android", "data.[].app_ios", "data.[].group_priority", "data.[].logo"),
        *("data.[].next_slot", "data.[].schedule", "data.[].short_descr"),
    },
    "GET /company/{id}/": {
        *("data.access", "data.bookforms", "data.group_priority", "data.groups", "data.main_group"),
        *("data.main_group_id", "data.next_slot", "data.online_sales_form_url", "data.zip"),
        "data.push_notification_phone_confirm",
        *(f"data.social.{name}" for name in ("facebook", "instagram", "telegram", "viber", "vk", "whatsapp")),
    },
    LEGACY_STAFF: {"data.[].api_id", "data.[].image_group"},
    CLIENTS: {"data.[].last_change_date"},
    "POST /auth": {
        *("avatar", "email", "id", "is_approved", "is_email_confirmed", "login", "name", "phone"),
        "user_token",
    },
    # The months of its sample.
    BOOK_DATES: {f"data.{kind}_days.{month}" for kind in ("booking", "working") for month in (9, 10)},
    SCHEDULE: {"date", "is_working", "slots"},
    SEANCES: {"is_free", "time"},
}
NOT_FILTERED = {
    # Nothing is simulated that these could add or leave out.
    LIST: {"include_consumables", "include_finance_transactions"},
    CLIENTS: {"paid_min", "paid_max"},
}

VISIT_BODY = {"attendance": -1, "comment": ""}
REQUESTS: Mapping[str, tuple[str, str, object]] = {
    "POST /auth": ("POST", "/auth", {"login": "admin", "password": "secret"}),
    "GET /companies": ("GET", "/companies", None),
    "GET /company/{id}/": ("GET", "/company/962302/", None),
    "GET /company/{company_id}/staff/{staff_id}": ("GET", "/company/962302/staff/2001", None),
    LEGACY_STAFF: ("GET", "/staff/962302/2001", None),
    "GET /company/{company_id}/services/{service_id}": ("GET", "/company/962302/services/1001", None),
    LEGACY_SERVICES: ("GET", "/services/962302/1001", None),
    "POST /company/{company_id}/clients/search": (
        "POST",
        "/company/962302/clients/search",
        search("7900", fields=["id", "name"]),
    ),
    CLIENTS: ("GET", "/clients/962302", None),
    "GET /client/{company_id}/{id}": ("GET", "/client/962302/300001", None),
    LIST: ("GET", "/records/962302", None),
    CREATE: ("POST", "/records/962302", whole(datetime="2026-12-05 12:00:00")),
    ONE: ("GET", RECORD, None),
    "PUT /record/{company_id}/{record_id}": ("PUT", RECORD, whole(datetime="2026-12-06 12:00:00")),
    "GET /visits/{visit_id}": ("GET", "/visits/700001", None),
    "PUT /visits/{visit_id}/{record_id}": ("PUT", VISIT, VISIT_BODY),
    "GET /visit/details/{salon_id}/{record_id}/{visit_id}": (
        "GET",
        "/visit/details/962302/500001/700001",
        None,
    ),
    "DELETE /record/{company_id}/{record_id}": ("DELETE", RECORD, None),
    "GET /company/{company_id}/staff/schedule": (
        "GET",
        "/company/962302/staff/schedule?start_date=2026-11-24&include[]=busy_intervals&include[]=off_day_type",
        None,
    ),
    SCHEDULE: ("GET", "/schedule/962302/2001/2026-11-24/2026-11-25", None),
    SEANCES: ("GET", "/timetable/seances/962302/2001/2026-11-24", None),
    "GET /timetable/dates/{company_id}/{date}": ("GET", "/timetable/dates/962302/2026-11-24", None),
    BOOK_DATES: ("GET", "/book_dates/962302", None),
    "GET /book_times/{company_id}/{staff_id}/{date}": ("GET", "/book_times/962302/2001/2026-11-24", None),
}


def call() -> Caller:
    """Return a caller of the demo's salon with a record that is nobody's besides."""
    simulator = demo_salon(NOW)
    starts_at = datetime(2026, 12, 1, 12, tzinfo=simulator.salon.timezone)
    simulator.add_record(None, "Маникюр", "Анна", starts_at, NOW)
    return Caller(simulator)


def answer(operation: str) -> tuple[int, Any]:
    method, path, body = REQUESTS[operation]
    path, _, query = path.partition("?")
    reply = call()(method, path, body, parse_qsl(query))
    return reply.status, json.loads(reply.body) if reply.body else None


def violations(schema: Mapping[str, Any], body: object) -> set[str]:
    errors = OAS30Validator(schema).iter_errors(body)
    return {".".join("[]" if isinstance(part, int) else part for part in error.path) for error in errors}


def missing(schema: Mapping[str, Any], value: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the properties that the schema knows and the value lacks."""
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name not in value:
                yield ".".join((*path, name))
            else:
                yield from missing(inner, value[name], (*path, name))
    if isinstance(value, list):
        for item in value:
            yield from missing(schema.get("items", {}), item, (*path, "[]"))


def test_every_operation_of_the_file_is_asked() -> None:
    assert set(REQUESTS) == set(STRUCTURE)


@pytest.mark.parametrize("operation", STRUCTURE)
def test_an_answer_has_a_status_that_the_file_names(operation: str) -> None:
    status, _ = answer(operation)

    assert str(status) in STRUCTURE[operation]["responses"]


@pytest.mark.parametrize("operation", STRUCTURE)
def test_an_answer_has_the_files_types_or_a_listed_difference(operation: str) -> None:
    status, body = answer(operation)
    schema = STRUCTURE[operation]["responses"][str(status)]

    found = violations(schema, body) if schema else set()

    # The bare and the wrapped user are both objects: its difference shows as missing names.
    listed = {one.path for one in DIFFERENCES if one.operation == operation}
    assert found | {""} == listed | {""}
    assert "" in listed or "" not in found


@pytest.mark.parametrize("operation", STRUCTURE)
def test_an_answer_lacks_only_what_is_listed(operation: str) -> None:
    status, body = answer(operation)

    assert set(missing(STRUCTURE[operation]["responses"][str(status)], body)) == NOT_SIMULATED.get(
        operation, set()
    )


@pytest.mark.parametrize(("operation", "request_"), REQUESTS.items())
def test_our_requests_are_what_the_file_takes(operation: str, request_: tuple[str, str, object]) -> None:
    schema = STRUCTURE[operation].get("request")

    # The file thinks of `state.value` as numbers only; its own prose has a phone there.
    assert violations(schema, request_[2]) - {"filters.[].state.value"} == set() if schema else True


def test_what_the_file_requires_of_a_visit_is_required() -> None:
    required = STRUCTURE["PUT /visits/{visit_id}/{record_id}"]["request"]["required"]

    refused = [
        call()("PUT", VISIT, {key: value for key, value in VISIT_BODY.items() if key != name}).status
        for name in required
    ]

    assert (sorted(required), refused) == (["attendance", "comment"], [422, 422])


@pytest.mark.parametrize(
    ("operation", "path", "wrong"),
    [
        (
            LIST,
            "/records/962302",
            {
                "page": "99",
                "count": "1",
                "staff_id": "1",
                "client_id": "1",
                "created_user_id": "1",
                "start_date": "2030-01-01",
                "end_date": "2000-01-01",
                "c_start_date": "2030-01-01",
                "c_end_date": "2000-01-01",
                "changed_after": "2030-01-01",
                "changed_before": "2000-01-01",
                "with_deleted": "1",
            },
        ),
        (
            CLIENTS,
            "/clients/962302",
            {"page": "9", "count": "1", "id": "1", "phone": "1234", "fullname": "Никто", "email": "x"},
        ),
    ],
)
def test_every_documented_filter_filters(operation: str, path: str, wrong: Mapping[str, str]) -> None:
    caller = call()
    caller.simulator.add_record(VERA, "Стрижка", "Мария", NOW, NOW)
    caller.simulator.edit_record(500001, NOW, deleted=True)
    unfiltered = len(caller.data("GET", path))

    without_effect = {
        name for name, value in wrong.items() if len(caller.data("GET", path, **{name: value})) == unfiltered
    }

    assert without_effect == set()
    assert set(STRUCTURE[operation]["query"]) - set(wrong) == NOT_FILTERED[operation]


def test_the_table_of_differences_is_fresh() -> None:
    """Where it fails, write what `table()` returns to tests/oracles/DIFFERENCES.md."""
    assert (ORACLES / "DIFFERENCES.md").read_text(encoding="utf-8") == table()


def table() -> str:
    rows = (
        f"| `{one.operation}` | {f'`{one.path}`' if one.path else 'body'}"
        f" | {one.file_says} | {one.facts_say} | {one.source} |"
        for one in (*DIFFERENCES, *UNSEEN_DIFFERENCES)
    )
    return "\n".join(
        (
            "# Where YClients' OpenAPI file and the facts differ",
            "",
            "The simulator follows the facts; the sources are sections of `yclients.md` (2026-11).",
            "Written from the list in `tests/adapters/yclients/test_simulator_oracle.py`.",
            "",
            "| operation | where | the file says | the facts say, and the simulator does | source |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
        )
    )
