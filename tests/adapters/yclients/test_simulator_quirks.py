"""Every quirk of the simulated YClients does what its description says, and only where it was asked to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.simulated import SimulatedTransport, application
from adapters.transport import HttpTransport, new_session
from adapters.web.listening import listening
from adapters.yclients.simulator import QUIRKS, Patience, Quirk, YClientsSimulator, demo_salon, parse_quirk
from adapters.yclients.simulator.faults import REFUSALS, SPOILINGS
from adapters.yclients.simulator.quirks import FAULTS
from tests.adapters.yclients.test_simulator import NOW, RECORD, VERA, VISIT, Caller, search, whole

CANCEL = {"attendance": -1, "comment": ""}
SEARCH = "/company/962302/clients/search"
CONTRACT = (
    *("500", "502-html", "403", "404", "409", "422", "429", "200-false", "timeout-before"),
    *("timeout-but-done", "500-but-done", "drop-but-done", "slow", "stale-read", "leaky-phone-filter"),
    *("shuffled-services", "no-visit-id", "visit-has-sibling", "noshow-frees-slot"),
)


@pytest.fixture
def salon() -> YClientsSimulator:
    return demo_salon(NOW)


@pytest.fixture
def call(salon: YClientsSimulator) -> Caller:
    return Caller(salon)


# ── names ──


def test_the_contracts_quirks_are_there_and_described() -> None:
    assert set(CONTRACT) <= set(QUIRKS)
    assert all(QUIRKS.values())
    assert set(FAULTS) == set(REFUSALS) | set(SPOILINGS) | {"slow", "timeout-done-later"}


@pytest.mark.parametrize(
    ("text", "quirk"),
    [
        ("500", Quirk("500")),
        ("502-html:cancel", Quirk("502-html", "cancel")),
        ("500 on cancel", Quirk("500", "cancel")),
        ("timeout-but-done on cancel × 2", Quirk("timeout-but-done", "cancel", 2)),
        ("stale-read on record x 3", Quirk("stale-read", "record", 3)),
        ("429 х 3", Quirk("429", None, 3)),
        ("429:search*2", Quirk("429", "search", 2)),
        ("  slow  ", Quirk("slow")),
    ],
)
def test_a_quirk_is_read_as_people_write_it(text: str, quirk: Quirk) -> None:
    assert parse_quirk(text) == quirk
    assert parse_quirk(str(quirk)) == quirk


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("timeout-but-dun", "did you mean 'timeout-but-done'"),
        ("500 on cancle", "no operation is called 'cancle'; did you mean 'cancel'"),
        ("500 on tea", "no operation is called 'tea'; there are search, records"),
        ("500 on cancel × 0", "× 0 is never"),
        ("500 at cancel", "cannot read the quirk"),
        ("", "cannot read the quirk"),
    ],
)
def test_an_unreadable_quirk_is_told_so(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_quirk(text)


# ── faults ──


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("500", 500, '"success":false'),
        ("502-html", 502, "<html>"),
        ("401", 401, "Необходима авторизация"),
        ("403", 403, "Недостаточно прав"),
        ("404", 404, "Визит не найден"),
        ("405", 405, "Метод не поддерживается"),
        ("409", 409, '"conflict":true'),
        ("421", 421, "Misdirected"),
        ("422", 422, "Не передан обязательный параметр"),
        ("429", 429, "Превышен лимит запросов, попробуйте повторить запрос через 0 секунд"),
        ("429-retry-after", 429, "Превышен лимит запросов"),
        ("200-false", 200, '"success":false'),
        ("html-200", 200, "<html>"),
    ],
)
def test_a_refusal_is_answered_and_nothing_is_done(
    salon: YClientsSimulator, call: Caller, name: str, status: int, words: str
) -> None:
    salon.quirk(name, on="cancel", times=1)

    reply = call("PUT", VISIT, CANCEL)

    assert (reply.status, words in reply.body.decode()) == (status, True)
    assert salon.record(500001).attendance == 0
    assert call("PUT", VISIT, CANCEL).status == 200
    assert salon.record(500001).attendance == -1


@pytest.mark.parametrize(
    ("name", "done", "status", "delayed", "dropped"),
    [
        ("timeout-before", False, 0, True, False),
        ("timeout-but-done", True, 0, True, False),
        ("drop-before", False, 0, False, True),
        ("drop-but-done", True, 0, False, True),
        ("500-but-done", True, 500, False, False),
        ("502-but-done", True, 502, False, False),
    ],
)
def test_a_lost_answer_says_nothing_of_what_was_done(
    salon: YClientsSimulator, call: Caller, name: str, done: bool, status: int, delayed: bool, dropped: bool
) -> None:
    salon.quirk(name, on="cancel", times=1)

    reply = call("PUT", VISIT, CANCEL)

    assert (reply.delay_s == 3600, reply.dropped) == (delayed, dropped)
    assert (salon.record(500001).attendance == -1) is done
    assert (salon.log[-1].status, salon.log[-1].fault) == (status, name)


def test_a_write_may_take_effect_only_a_minute_later(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("timeout-done-later on cancel × 1")

    call("PUT", VISIT, CANCEL)
    assert call.data("GET", RECORD)["attendance"] == 0

    call.now += timedelta(seconds=60)
    assert call.data("GET", RECORD)["attendance"] == -1
    assert salon.record(500001).changed_at == NOW + timedelta(seconds=61)


def test_a_slow_answer_is_a_right_one() -> None:
    salon = YClientsSimulator(patience=Patience(slow_s=7))
    salon.quirk("slow")

    reply = Caller(salon)("GET", "/companies")

    assert (reply.status, reply.delay_s) == (200, 7)


def test_faults_of_one_operation_are_met_in_the_order_of_their_setting(
    salon: YClientsSimulator, call: Caller
) -> None:
    salon.quirk("429 on cancel × 2")
    salon.quirk("500 on cancel × 1")

    statuses = [call("PUT", VISIT, CANCEL).status for _ in range(4)]

    assert statuses == [429, 429, 500, 200]
    assert salon.active_quirks == ()


def test_a_fault_of_one_operation_leaves_the_others_alone(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("500", on="cancel")

    assert call("GET", RECORD).status == 200
    assert call("DELETE", RECORD).status == 204


def test_a_fault_without_an_operation_meets_all_until_it_is_cleared(
    salon: YClientsSimulator, call: Caller
) -> None:
    salon.quirk("403")
    assert {call("GET", RECORD).status, call("GET", "/companies").status} == {403}

    salon.clear_quirks()
    assert call("GET", RECORD).status == 200


# ── traits of what is read ──


def test_a_stale_read_shows_the_record_before_its_last_change(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("stale-read on record × 2")
    # Nothing has changed yet, so this read uses nothing up.
    assert call.data("GET", RECORD)["attendance"] == 0

    call.data("PUT", VISIT, CANCEL)

    assert [call.data("GET", RECORD)["attendance"] for _ in range(3)] == [0, 0, -1]
    assert call.records(client_id=300001) == [500001]


def test_a_leaky_search_returns_strangers(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("leaky-phone-filter")

    assert len(call.data("POST", SEARCH, search("79000000001"))) == 3
    assert len(call.records(client_id=300001)) == 4


def test_a_leak_can_be_tied_to_the_records_alone(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("leaky-phone-filter on records")

    assert len(call.data("POST", SEARCH, search("79000000001"))) == 1
    assert len(call.records(client_id=300001)) == 4


def test_shuffled_services_come_in_another_order_on_every_read(
    salon: YClientsSimulator, call: Caller
) -> None:
    salon.edit_record(500001, NOW, services=["Маникюр", "Педикюр"])
    salon.quirk("shuffled-services")

    orders = [tuple(line["id"] for line in call.data("GET", RECORD)["services"]) for _ in range(3)]

    assert orders == [(1002, 1001), (1001, 1002), (1002, 1001)]


@pytest.mark.parametrize(
    ("name", "field", "shown"),
    [
        ("string-ids", "visit_id", "700001"),
        ("wrong-offset", "datetime", "2026-11-24T15:00:00+02:00"),
        ("no-client", "client", None),
    ],
)
def test_a_field_comes_as_it_should_not(
    salon: YClientsSimulator, call: Caller, name: str, field: str, shown: object
) -> None:
    salon.quirk(name)

    record = call.data("GET", RECORD)

    assert record[field] == shown
    assert record["date"] == "2026-11-24 15:00:00"


def test_a_record_may_come_without_its_visit(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("no-visit-id on record")

    assert "visit_id" not in call.data("GET", RECORD)
    assert "visit_id" in call.data("GET", "/records/962302")[0]


def test_phones_may_be_hidden(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("hidden-phones")

    assert "phone" not in call.data("GET", RECORD)["client"]
    assert call.data("POST", SEARCH, search("79000000001"))[0]["phone"] == ""


def test_phones_may_be_numbers(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("int-phones")

    assert call.data("POST", SEARCH, search("79000000001"))[0]["phone"] == 79000000001


def test_an_empty_list_may_be_not_found(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("404-when-empty")

    reply = call("GET", "/records/962302", query=[("client_id", "300003")])

    assert reply.status == 404
    assert len(call.records(client_id=300001)) == 1


def test_a_trait_tied_to_a_number_of_reads_ends(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("string-ids × 1")

    # A list of four records is one read.
    assert {type(record["visit_id"]) for record in call.data("GET", "/records/962302")} == {str}
    assert call.data("GET", RECORD)["visit_id"] == 700001


# ── traits of the rules ──


def test_a_visit_turns_out_to_have_a_second_record(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("visit-has-sibling")
    assert call.records(client_id=300001) == [500001]

    call.data("GET", RECORD)
    call.data("GET", RECORD)

    siblings = [row for row in salon.journal() if row.visit_id == 700001]
    assert [row.phone for row in siblings] == [VERA, VERA]
    assert siblings[1].starts_at == siblings[0].starts_at + timedelta(seconds=5400)
    assert len(call.data("GET", "/visits/700001")["records"]) == 2
    assert call.data("GET", RECORD)["visit_id"] == 700001


def test_siblings_may_follow_their_visit(salon: YClientsSimulator, call: Caller) -> None:
    sibling = salon.add_record(VERA, "Педикюр", "Анна", NOW + timedelta(days=1), NOW, visit_id=700001)
    salon.quirk("siblings-follow")

    call.data("PUT", VISIT, CANCEL)

    assert salon.record(sibling).attendance == -1


def test_a_visit_may_be_set_with_an_empty_answer(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("empty-body")

    reply = call("PUT", VISIT, CANCEL)

    assert (reply.status, reply.body) == (200, b"")
    assert salon.record(500001).attendance == -1


def test_a_no_show_may_free_its_slot(salon: YClientsSimulator, call: Caller) -> None:
    salon.edit_record(500001, NOW, attendance=-1)
    # Tied to an operation where it cannot show, it shows where it can.
    salon.quirk("noshow-frees-slot on cancel")

    assert call("POST", "/records/962302", whole()).status == 201


def test_a_busy_time_may_be_a_422(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("busy-422")

    reply = call("POST", "/records/962302", whole())

    assert reply.status == 422
    assert "conflict" not in json.loads(reply.body)["meta"]


def test_a_repeated_delete_may_be_fine(salon: YClientsSimulator, call: Caller) -> None:
    salon.quirk("repeat-delete-204")

    assert [call("DELETE", RECORD).status for _ in range(2)] == [204, 204]


@pytest.mark.parametrize("over", ["virtual", "http"])
def test_a_refusal_may_say_for_how_long_however_it_is_reached(over: str) -> None:
    async def retry_after() -> str:
        salon = YClientsSimulator()
        salon.quirk("429-retry-after")
        if over == "virtual":
            answer = await SimulatedTransport(salon, lambda: datetime.now(UTC))("GET", "/api/v1/company/1")
            return answer.headers["retry-after"]
        async with (
            listening(application(salon), "127.0.0.1", 0, patience_s=0.1) as port,
            new_session() as session,
        ):
            answer = await HttpTransport(session, f"http://127.0.0.1:{port}/api/v1")("GET", "/company/1")
            return answer.headers["retry-after"]

    assert asyncio.run(retry_after()) == "7"
