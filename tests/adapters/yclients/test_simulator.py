"""The simulated YClients answers as the facts of yclients.md have it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.simulated import Reply, Request
from adapters.yclients.simulator import YClientsSimulator, demo_salon

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
V2 = "application/vnd.yclients.v2+json"
HEADERS = {"authorization": "Bearer partner, User user", "accept": V2}
VERA, NADEZHDA = "+79000000001", "+79000000002"
RECORD = "/record/962302/500001"
VISIT = "/visits/700001/500001"


@dataclass
class Caller:
    """Calls a simulator a second after the last call, so that no limit is met by chance."""

    simulator: YClientsSimulator
    now: datetime = NOW
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))

    def __call__(
        self, method: str, path: str, body: object = None, query: Sequence[tuple[str, str]] = ()
    ) -> Reply:
        self.now += timedelta(seconds=1)
        raw = b"" if body is None else json.dumps(body).encode()
        return self.simulator.handle(
            Request(method, "/api/v1" + path, tuple(query), self.headers, raw), self.now
        )

    def data(self, method: str, path: str, body: object = None, **query: object) -> Any:
        reply = self(method, path, body, tuple((name, str(value)) for name, value in query.items()))
        assert 200 <= reply.status < 300, reply.body.decode()
        return json.loads(reply.body)["data"]

    def message(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        reply = self(method, path, body)
        return reply.status, json.loads(reply.body)["meta"]["message"]

    def records(self, **query: object) -> list[int]:
        return [record["id"] for record in self.data("GET", "/records/962302", **query)]


@pytest.fixture
def salon() -> YClientsSimulator:
    return demo_salon(NOW)


@pytest.fixture
def call(salon: YClientsSimulator) -> Caller:
    return Caller(salon)


def whole(**changed: object) -> dict[str, object]:
    """Return a body for PUT /record of the demo's first record, with some fields changed."""
    return {
        "staff_id": 2001,
        "services": [{"id": 1001, "first_cost": 1800, "discount": 0, "cost": 1800}],
        "client": {"phone": VERA, "name": "Вера"},
        "datetime": "2026-11-24 15:00:00",
        "seance_length": 5400,
        "save_if_busy": False,
        **changed,
    }


# ── the door ──


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("", "Не указан идентификатор партнера"),
        ("User user", "Не указан идентификатор партнера"),
        ("Bearer wrong, User user", "Не указан идентификатор партнера"),
        ("Bearer partner", "Не указаны авторизационные данные"),
        ("Bearer partner, User wrong", "Необходима авторизация"),
    ],
)
def test_management_needs_both_tokens(authorization: str, message: str) -> None:
    call = Caller(YClientsSimulator(partner_token="partner", user_token="user"))
    call.headers = {"authorization": authorization, "accept": V2}

    assert call.message("GET", "/records/962302") == (401, message)


def test_any_token_will_do_where_none_is_set(call: Caller) -> None:
    call.headers = {"authorization": "Bearer x, User y", "accept": V2}

    assert call("GET", "/records/962302").status == 200


def test_the_envelope_comes_only_with_the_right_accept(call: Caller) -> None:
    call.headers = {**HEADERS, "accept": "application/vnd.api.v2+json"}
    assert json.loads(call("GET", RECORD).body)["data"]["id"] == 500001

    call.headers = {**HEADERS, "accept": "*/*"}
    assert json.loads(call("GET", RECORD).body)["id"] == 500001
    assert isinstance(json.loads(call("GET", "/records/962302").body), list)


def test_another_company_is_not_ours(call: Caller) -> None:
    assert call.message("GET", "/records/1") == (403, "Нет прав на управление филиалом")
    assert call.message("GET", "/services/1") == (404, "Филиал не найден.")
    assert json.loads(call("GET", "/company/1").body) == {
        "errors": {"code": 404, "message": "Филиал не найден."},
        "meta": {"message": "Филиал не найден."},
    }


def test_an_error_has_the_default_shape(call: Caller) -> None:
    reply = call("GET", "/nowhere")

    assert reply.status == 404
    assert json.loads(reply.body) == {"success": False, "data": None, "meta": {"message": "Не найдено"}}


@pytest.mark.parametrize("base", ["", "/api/v1", "/simulated/yclients/api/v1"])
def test_it_stands_under_any_base_path(salon: YClientsSimulator, base: str) -> None:
    assert salon.handle(Request("GET", base + RECORD, (), HEADERS), NOW).status == 200


def test_signing_in_gives_the_user_token(call: Caller) -> None:
    reply = call("POST", "/auth", {"login": "admin", "password": "secret"})

    assert reply.status == 201
    assert json.loads(reply.body)["data"]["user_token"] == "simulated-user-token"


# ── limits ──


def test_the_sixth_request_of_a_second_is_refused(salon: YClientsSimulator) -> None:
    request = Request("GET", RECORD, (), HEADERS)

    replies = [salon.handle(request, NOW + timedelta(milliseconds=100 * i)) for i in range(6)]
    after = salon.handle(request, NOW + timedelta(seconds=1.6))

    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert "через 0 секунд" in replies[5].body.decode()
    assert "Retry-After" not in replies[5].headers
    assert after.status == 200
    assert salon.worst_second() == 6


def test_the_201st_request_of_a_minute_is_refused(salon: YClientsSimulator) -> None:
    request = Request("GET", RECORD, (), HEADERS)

    statuses = [salon.handle(request, NOW + timedelta(milliseconds=250 * i)).status for i in range(201)]

    assert statuses == [200] * 200 + [429]
    assert salon.worst_second() == 4


def test_the_limits_can_be_switched_off() -> None:
    salon = YClientsSimulator(limited=False)

    replies = [salon.handle(Request("GET", "/companies", (), HEADERS), NOW) for _ in range(10)]

    assert {reply.status for reply in replies} == {200}


# ── clients ──


def search(value: str, **more: object) -> dict[str, object]:
    filters = [{"type": "quick_search", "state": {"value": value}}]
    return {"filters": filters, "fields": ["id", "name", "phone"], **more}


def test_the_quick_search_finds_a_part_of_the_phone(call: Caller) -> None:
    found = call.data("POST", "/company/962302/clients/search", search("9000000001"))

    assert found == [{"id": 300001, "name": "Вера", "phone": VERA}]
    assert len(call.data("POST", "/company/962302/clients/search", search("900000000"))) == 3
    assert call.data("POST", "/company/962302/clients/search", search("89000000001")) == []


@pytest.mark.parametrize("value", ["79000000099", "Верочка", "4455"])
def test_the_quick_search_finds_extra_phone_name_and_card(salon: YClientsSimulator, value: str) -> None:
    salon.add_client("Верочка", "+79000000077", extra_phone="+79000000099", card="4455")

    found = Caller(salon).data("POST", "/company/962302/clients/search", search(value))

    assert [client["phone"] for client in found] == ["+79000000077"]


def test_a_search_gives_only_ids_unless_asked_for_more(call: Caller) -> None:
    body = {"filters": [{"type": "id", "state": {"value": [300002]}}]}

    assert call.data("POST", "/company/962302/clients/search", body) == [{"id": 300002}]


def test_what_stands_outside_of_the_filters_filters_nothing(call: Caller) -> None:
    body = {"phone": VERA, "search_term": VERA}

    assert len(call.data("POST", "/company/962302/clients/search", body)) == 3


def test_a_search_is_paged_and_counts_all(salon: YClientsSimulator) -> None:
    for i in range(40):
        salon.add_client(f"Клиент {i}", f"+790000001{i:02}")
    call = Caller(salon)

    assert len(call.data("POST", "/company/962302/clients/search", {})) == 25
    second = call("POST", "/company/962302/clients/search", {"page": 2, "page_size": 25})
    assert json.loads(second.body)["meta"] == {"total_count": 43}
    assert len(json.loads(second.body)["data"]) == 18


def test_filters_are_joined_by_and_or_or(call: Caller) -> None:
    two = [{"type": "quick_search", "state": {"value": name}} for name in ("Вера", "Любовь")]

    found = [
        call.data("POST", "/company/962302/clients/search", {"filters": two, "operation": operation})
        for operation in ("AND", "OR")
    ]

    assert found == [[], [{"id": 300001}, {"id": 300003}]]


def test_an_unknown_filter_is_refused(call: Caller) -> None:
    body = {"filters": [{"type": "phone", "state": {"value": VERA}}]}

    assert call.message("POST", "/company/962302/clients/search", body) == (
        400,
        "Недопустимое значение фильтра",
    )


def test_the_older_list_of_clients_takes_a_part_of_the_phone(call: Caller) -> None:
    reply = call("GET", "/clients/962302", query=[("phone", "79000000002")])

    body = json.loads(reply.body)
    assert [client["id"] for client in body["data"]] == [300002]
    assert body["meta"] == {"page": 1, "total_count": 1}
    assert call.data("GET", "/client/962302/300002")["name"] == "Надежда"


# ── reading records ──


def test_records_are_filtered_by_client_and_the_salons_days(call: Caller) -> None:
    assert call.records(client_id=300002) == [500004, 500002, 500003]
    assert call.records(client_id=300002, start_date="2026-11-25", end_date="2026-11-28") == [500002, 500003]
    assert call.records(client_id=300003) == []
    assert call.records(staff_id=2001) == [500001]


def test_a_phone_does_not_filter_records(call: Caller) -> None:
    assert len(call.records(client_phone=VERA)) == 4


def test_records_are_filtered_by_creation_and_change(salon: YClientsSimulator, call: Caller) -> None:
    assert call.records(c_start_date="2026-11-19", c_end_date="2026-11-19") == [500003]

    salon.edit_record(500002, NOW, attendance=2)
    assert call.records(changed_after="2026-11-23") == [500002]
    assert call.records(changed_after="2026-11-23T10:00:00") == [500002]
    assert 500002 not in call.records(changed_before="2026-11-22")


def test_no_shows_are_listed_and_deleted_records_only_on_demand(
    salon: YClientsSimulator, call: Caller
) -> None:
    salon.edit_record(500002, NOW, attendance=-1)
    salon.edit_record(500003, NOW, deleted=True)

    assert call.records(client_id=300002) == [500004, 500002]
    assert call.records(client_id=300002, with_deleted=1) == [500004, 500002, 500003]


def test_a_page_of_records_has_200_at_most(salon: YClientsSimulator, call: Caller) -> None:
    for i in range(201):
        salon.add_record(VERA, "Маникюр", "Анна", NOW + timedelta(days=i), NOW)

    assert len(call.records(client_id=300001, count=300)) == 200
    assert len(call.records(client_id=300001, count=300, page=2)) == 2
    reply = call("GET", "/records/962302", query=[("client_id", "300001")])
    assert json.loads(reply.body)["meta"] == {"page": 1, "total_count": 202}


def test_a_record_has_the_odd_types_of_the_real_one(call: Caller) -> None:
    record = call.data("GET", RECORD)

    assert record["date"] == "2026-11-24 15:00:00"
    assert record["datetime"] == "2026-11-24T15:00:00+03:00"
    assert record["create_date"] == "2026-11-17T10:00:00+0300"
    assert record["client"]["phone"] == VERA
    assert record["custom_fields"] == record["client"]["custom_fields"] == []
    assert record["visit_id"] == 700001
    assert record["attendance"] == record["visit_attendance"] == 0
    assert record["deleted"] is False
    assert json.loads(call("GET", RECORD).body)["meta"] == []


def test_a_record_may_have_no_client(salon: YClientsSimulator, call: Caller) -> None:
    record_id = salon.add_record(None, "Маникюр", "Анна", NOW, NOW)

    assert call.data("GET", f"/record/962302/{record_id}")["client"] is None


def test_a_deleted_record_is_still_read(salon: YClientsSimulator, call: Caller) -> None:
    salon.edit_record(500001, NOW, deleted=True)

    record = call.data("GET", RECORD)
    assert record["deleted"] is True
    assert "api_id" not in record


def test_an_unknown_record_is_not_found(call: Caller) -> None:
    assert call.message("GET", "/record/962302/1") == (404, "Не найдено")


def test_a_record_keeps_the_salons_wall_clock_over_summer_time() -> None:
    salon = YClientsSimulator(timezone="Europe/Belgrade")
    winter = salon.add_record(VERA, "Маникюр", "Анна", datetime(2026, 12, 1, 15), NOW)  # noqa: DTZ001
    summer = salon.add_record(VERA, "Маникюр", "Анна", datetime(2027, 7, 1, 15), NOW)  # noqa: DTZ001
    call = Caller(salon)

    shown = [call.data("GET", f"/record/962302/{one}")["datetime"] for one in (winter, summer)]

    assert shown == ["2026-12-01T15:00:00+01:00", "2027-07-01T15:00:00+02:00"]
    assert call.data("GET", "/company/962302/")["timezone_name"] == "Europe/Belgrade"


# ── cancelling through the visit ──


def test_a_visit_is_set_to_did_not_come(salon: YClientsSimulator, call: Caller) -> None:
    data = call.data("PUT", VISIT, {"attendance": -1, "comment": "Отменено клиентом"})

    record = call.data("GET", RECORD)
    assert data["records"][0]["attendance"] == -1
    assert (record["attendance"], record["visit_attendance"]) == (-1, -1)
    assert record["comment"] == "Отменено клиентом"
    assert record["deleted"] is False
    assert record["client"]["fail_visits_count"] == 1
    assert record["services"][0]["cost"] == 1800
    assert salon.record(500001).changed_at == call.now - timedelta(seconds=1)


def test_a_no_show_that_is_taken_back_no_longer_counts(call: Caller) -> None:
    call.data("PUT", VISIT, {"attendance": -1, "comment": ""})
    call.data("PUT", VISIT, {"attendance": -1, "comment": ""})
    call.data("PUT", VISIT, {"attendance": 0, "comment": ""})

    assert call.data("GET", RECORD)["client"]["fail_visits_count"] == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"comment": ""}, "Не передан обязательный параметр attendance"),
        ({"attendance": -1}, "Не передан обязательный параметр comment"),
        ({"attendance": 7, "comment": ""}, "Недопустимое значение параметра attendance"),
    ],
)
def test_a_visit_needs_attendance_and_comment(
    salon: YClientsSimulator, call: Caller, body: object, message: str
) -> None:
    changes = salon.changes

    assert call.message("PUT", VISIT, body) == (422, message)
    assert salon.changes == changes


@pytest.mark.parametrize("path", ["/visits/700002/500001", "/visits/700001/500002", "/visits/1/1"])
def test_a_wrong_pair_of_visit_and_record_is_not_found(call: Caller, path: str) -> None:
    assert call.message("PUT", path, {"attendance": -1, "comment": ""}) == (404, "Визит не найден")


def test_siblings_of_a_visit_are_left_alone(salon: YClientsSimulator, call: Caller) -> None:
    sibling = salon.add_record(VERA, "Педикюр", "Анна", NOW + timedelta(days=1), NOW, visit_id=700001)

    call.data("PUT", VISIT, {"attendance": -1, "comment": ""})

    assert salon.record(500001).attendance == -1
    assert salon.record(sibling).attendance == 0
    visit = call.data("GET", "/visits/700001")
    assert [record["id"] for record in visit["records"]] == [500001, sibling]
    assert visit["attendance"] == -1
    assert visit["comment"] == 0


def test_the_details_of_a_visit_name_its_services(call: Caller) -> None:
    details = call.data("GET", "/visit/details/962302/500001/700001")

    assert [item["item_title"] for item in details["items"]] == ["Маникюр"]
    assert call.message("GET", "/visit/details/962302/500001/700002") == (404, "Визит не найден")


# ── editing and creating ──


def test_a_record_is_moved_and_keeps_its_id(salon: YClientsSimulator, call: Caller) -> None:
    reply = call("PUT", RECORD, whole(datetime="2026-11-26 12:30:00"))

    assert reply.status == 201
    data = json.loads(reply.body)["data"]
    assert (data["id"], data["datetime"]) == (500001, "2026-11-26T12:30:00+03:00")
    assert set(data["staff"]) == {"id", "name", "spec"}
    assert salon.record(500001).starts_at.isoformat() == "2026-11-26T12:30:00+03:00"
    assert salon.record(500001).visit_id == 700001


@pytest.mark.parametrize(
    "text",
    ["2026-11-26 12:30:00", "2026-11-26T12:30:00", "2026-11-26T12:30:00+03:00", "2026-11-26T09:30:00+00:00"],
)
def test_moments_are_taken_in_every_known_form(salon: YClientsSimulator, call: Caller, text: str) -> None:
    call.data("PUT", RECORD, whole(datetime=text))

    assert salon.record(500001).starts_at.isoformat() == "2026-11-26T12:30:00+03:00"


@pytest.mark.parametrize("name", ["staff_id", "services", "client", "datetime", "seance_length"])
@pytest.mark.parametrize(("method", "path"), [("PUT", RECORD), ("POST", "/records/962302")])
def test_a_partial_record_is_refused(
    salon: YClientsSimulator, call: Caller, method: str, path: str, name: str
) -> None:
    body = whole()
    del body[name]
    changes = salon.changes

    assert call.message(method, path, body) == (422, f"Не передан обязательный параметр {name}")
    assert salon.changes == changes


def test_put_replaces_services_and_reckons_missing_prices(call: Caller) -> None:
    call.data("PUT", RECORD, whole(services=[{"id": 1002}, {"id": 1001, "first_cost": 1000, "discount": 50}]))

    lines = [
        (line["id"], line["first_cost"], line["discount"], line["cost"])
        for line in call.data("GET", RECORD)["services"]
    ]
    assert lines == [(1002, 2400, 0, 2400), (1001, 1000, 50, 500)]


def test_put_loses_what_it_leaves_out(salon: YClientsSimulator, call: Caller) -> None:
    salon.edit_record(500001, NOW, comment="Аллергия на ацетон", attendance=2)

    call.data("PUT", RECORD, whole())

    record = call.data("GET", RECORD)
    assert (record["comment"], record["attendance"]) == ("", 0)


def test_put_renames_the_card_with_that_phone(salon: YClientsSimulator, call: Caller) -> None:
    call.data("PUT", RECORD, whole(client={"phone": "7 900 000-00-02", "name": "Надя"}))

    assert salon.record(500001).client_name == "Надя"
    assert call.data("GET", "/client/962302/300002")["name"] == "Надя"


def test_a_record_put_without_a_phone_loses_its_client(call: Caller) -> None:
    call.data("PUT", RECORD, whole(client={"name": "Вера", "phone": ""}))

    assert call.data("GET", RECORD)["client"] is None


def test_a_busy_time_is_refused_unless_it_may_be_overbooked(salon: YClientsSimulator, call: Caller) -> None:
    salon.add_record(
        NADEZHDA, "Маникюр", "Анна", datetime(2026, 11, 26, 12, tzinfo=salon.salon.timezone), NOW
    )
    changes = salon.changes

    reply = call("PUT", RECORD, whole(datetime="2026-11-26 13:00:00", client={"phone": VERA, "name": "Иная"}))

    meta = json.loads(reply.body)["meta"]
    assert (reply.status, meta["conflict"]) == (409, True)
    assert meta["message"].startswith("Выбранное время недоступно")
    assert salon.changes == changes
    assert call("PUT", RECORD, whole(datetime="2026-11-26 13:30:00")).status == 201
    assert call("PUT", RECORD, whole(datetime="2026-11-26 13:00:00", save_if_busy=True)).status == 201


def test_a_record_does_not_stand_in_its_own_way(call: Caller) -> None:
    assert call("PUT", RECORD, whole(datetime="2026-11-24 15:30:00")).status == 201


def test_a_no_show_keeps_its_slot_and_a_deleted_record_does_not(
    salon: YClientsSimulator, call: Caller
) -> None:
    salon.edit_record(500001, NOW, attendance=-1)
    assert call("POST", "/records/962302", whole()).status == 409

    salon.edit_record(500001, NOW, deleted=True)
    assert call("POST", "/records/962302", whole()).status == 201


def test_a_record_is_created_with_its_client(salon: YClientsSimulator, call: Caller) -> None:
    body = whole(
        client={"phone": "79000000050", "name": "Софья"}, datetime="2026-12-01 10:00:00", api_id="777"
    )

    reply = call("POST", "/records/962302", body)

    data = json.loads(reply.body)["data"]
    assert (reply.status, data["id"], data["api_id"]) == (201, 500005, "777")
    assert salon.record(500005).phone == "+79000000050"
    assert salon.record(500005).visit_id == 700005


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"staff_id": 1}, 404, "Сотрудник с ID 1 не найден в филиале 962302."),
        ({"services": [{"id": 1}]}, 422, "Услуга не найдена"),
        ({"datetime": "завтра"}, 422, "Недопустимое значение параметра datetime"),
        ({"seance_length": -1}, 422, "Недопустимое значение параметра seance_length"),
        ({"technical_break_duration": 7}, 422, "Недопустимое значение параметра technical_break_duration"),
    ],
)
def test_nonsense_is_refused(call: Caller, changed: dict[str, object], status: int, message: str) -> None:
    assert call.message("PUT", RECORD, whole(**changed)) == (status, message)


def test_a_broken_body_is_a_bad_format(salon: YClientsSimulator) -> None:
    reply = salon.handle(Request("PUT", VISIT, (), HEADERS, b"{attendance"), NOW)

    assert reply.status == 400
    assert "Недопустимый формат запроса" in reply.body.decode()


# ── deleting ──


def test_a_record_is_deleted_once(salon: YClientsSimulator, call: Caller) -> None:
    reply = call("DELETE", RECORD)

    assert (reply.status, reply.body) == (204, b"")
    assert salon.record(500001).deleted
    assert 500001 not in call.records()
    assert call("DELETE", RECORD).status == 404


def test_a_delete_with_a_body_is_refused(salon: YClientsSimulator, call: Caller) -> None:
    reply = salon.handle(Request("DELETE", RECORD, (), HEADERS, b"null"), NOW)

    assert reply.status == 400
    assert not salon.record(500001).deleted


# ── whatever comes ──

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        *whole(),
        "attendance",
        "comment",
        "filters",
        "fields",
        "order_by",
        "page",
        "page_size",
        "login",
        "api_id",
    ]
)


@settings(deadline=None)
@given(
    route=st.sampled_from(
        [
            ("PUT", RECORD),
            ("PUT", VISIT),
            ("POST", "/records/962302"),
            ("POST", "/company/962302/clients/search"),
            ("POST", "/auth"),
            ("GET", "/records/962302"),
            ("GET", "/clients/962302"),
        ]
    ),
    changed=st.dictionaries(FIELDS, ANYTHING),
    query=st.dictionaries(
        st.sampled_from(["page", "count", "client_id", "start_date", "changed_after", "phone", "id"]),
        st.text(),
    ),
)
def test_whatever_comes_is_answered(
    route: tuple[str, str], changed: dict[str, object], query: dict[str, str]
) -> None:
    call = Caller(demo_salon(NOW))

    reply = call(*route, {**whole(), **changed}, tuple(query.items()))

    assert reply.status in (200, 201, 400, 404, 409, 422)
    json.loads(reply.body)
    assert call("GET", "/records/962302").status == 200


# ── the administrator ──


def test_two_salons_live_side_by_side() -> None:
    one, other = demo_salon(NOW), demo_salon(NOW)

    one.edit_record(500001, NOW, attendance=-1)

    assert other.record(500001).attendance == 0


def test_every_change_of_the_journal_is_counted(salon: YClientsSimulator) -> None:
    before = salon.changes

    salon.edit_record(500001, NOW, master="Мария", starts_at=NOW + timedelta(days=3))
    salon.edit_record(500001, NOW, master="Мария")

    assert salon.changes == before + 1
    assert salon.record(500001).master == "Мария"


def test_missing_cards_are_made_with_the_record() -> None:
    salon = YClientsSimulator()

    record_id = salon.add_record("+7 900 000-00-09", ["Маникюр", "Педикюр"], "Анна", NOW, NOW, attendance=2)

    (row,) = salon.journal()
    assert row.record_id == record_id == 500001
    assert row.services == ("Маникюр", "Педикюр")
    assert (row.master, row.length_s, row.attendance) == ("Анна", 7200, 2)


def test_the_log_names_each_operation(salon: YClientsSimulator, call: Caller) -> None:
    call("GET", RECORD)
    call("PUT", VISIT, {"attendance": -1, "comment": ""})
    call("GET", "/nowhere")

    assert [(one.method, one.operation, one.status) for one in salon.log] == [
        ("GET", "record", 200),
        ("PUT", "cancel", 200),
        ("GET", "unknown", 404),
    ]
    assert json.loads(salon.calls("cancel")[0].body)["attendance"] == -1
