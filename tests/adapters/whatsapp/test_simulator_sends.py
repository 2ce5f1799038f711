"""What the simulated send API takes and refuses, and what the client's phone shows of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.simulated import Reply, Request
from adapters.whatsapp.simulator import Option, Template, WhatsAppSimulator

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANNA = "+79000000001"
Json = dict[str, Any]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def ask(
    simulator: WhatsAppSimulator,
    payload: Json,
    now: datetime = NOW,
    *,
    token: str = "token",
    path: str = "/v26.0/106540352242922/messages",
) -> Reply:
    headers = {"authorization": f"Bearer {token}"}
    return simulator.handle(Request("POST", path, (), headers, json.dumps(payload).encode()), now)


def text(body: str = "Здравствуйте", **more: Any) -> Json:
    return {"messaging_product": "whatsapp", "to": ANNA, "type": "text", "text": {"body": body}} | more


def interactive(content: Json) -> Json:
    return {"messaging_product": "whatsapp", "to": ANNA, "type": "interactive", "interactive": content}


def buttons(*replies: Json, body: str = "Отменить?", **more: Any) -> Json:
    rows = [{"type": "reply", "reply": reply} for reply in replies]
    return interactive({"type": "button", "body": {"text": body}, "action": {"buttons": rows}} | more)


def a_list(*sections: Json, button: str = "Выбрать", **more: Any) -> Json:
    action = {"button": button, "sections": list(sections)}
    return interactive({"type": "list", "body": {"text": "Какую?"}, "action": action} | more)


def reply(n: int, title: str = "", **more: Any) -> Json:
    return {"id": f"b{n}", "title": title or f"Кнопка {n}"} | more


def rows(n: int, first: int = 0) -> Json:
    return {"rows": [{"id": f"r{i}", "title": f"Запись {i}"} for i in range(first, first + n)]}


def error(answer: Reply) -> tuple[int, int]:
    return answer.status, json.loads(answer.body)["error"]["code"]


def sent_id(answer: Reply) -> str:
    return str(json.loads(answer.body)["messages"][0]["id"])


def statuses(simulator: WhatsAppSimulator, now: datetime) -> list[Json]:
    found: list[Json] = []
    for post in simulator.due(now):
        simulator.posted(post.id, 200, 0.01, now)
        for entry in json.loads(post.body)["entry"]:
            found += [item for change in entry["changes"] for item in change["value"].get("statuses", [])]
    return found


# ── acceptance ────────────────────────────────────────────────────────────────────────────────────────


def test_an_accepted_message_is_answered_as_documented_and_shown() -> None:
    simulator = WhatsAppSimulator()

    answer = ask(simulator, text("Запись отменена"))

    wamid = sent_id(answer)
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+79000000001", "wa_id": "79000000001"}],
        "messages": [{"id": wamid, "message_status": "accepted"}],
    }
    assert wamid.startswith("wamid.")
    (bubble,) = simulator.phone(ANNA)
    assert (bubble.direction, bubble.kind, bubble.text, bubble.status) == (
        "out",
        "text",
        "Запись отменена",
        "accepted",
    )


def test_a_list_is_shown_with_its_rows_and_its_button() -> None:
    simulator = WhatsAppSimulator()
    row = {"id": "pick:1", "title": "24 ноя 15:00", "description": "Маникюр"}

    ask(simulator, a_list({"rows": [row]}))

    (bubble,) = simulator.phone(ANNA)
    assert bubble.kind == "list"
    assert bubble.list_label == "Выбрать"
    assert bubble.options == (Option("pick:1", "24 ноя 15:00", "Маникюр"),)


def test_to_wins_over_recipient_and_a_missing_plus_is_noted() -> None:
    simulator = WhatsAppSimulator()

    ask(simulator, text(to="79000000001", recipient="RU.1"))

    assert len(simulator.phone(ANNA)) == 1
    assert simulator.ledger().without_plus == 1


@pytest.mark.parametrize("path", ["/v21.0/106540352242922/messages", "/106540352242922/messages"])
def test_any_version_is_taken(path: str) -> None:
    assert ask(WhatsAppSimulator(), text(), path=path).status == 200


def test_a_wrong_token_is_error_190() -> None:
    assert error(ask(WhatsAppSimulator(access_token="right"), text(), token="wrong")) == (401, 190)
    assert error(ask(WhatsAppSimulator(), text(), token="")) == (401, 190)


def test_an_unknown_number_is_error_100_with_subcode_33() -> None:
    answer = ask(WhatsAppSimulator(), text(), path="/v26.0/1/messages")

    assert error(answer) == (400, 100)
    assert json.loads(answer.body)["error"]["error_subcode"] == 33


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "payload",
    [
        text("т" * 4096),
        buttons(reply(1), reply(2), reply(3), body="т" * 1024),
        buttons({"id": "x" * 256, "title": "Вернуть (15 минут!!)"}),
        buttons(reply(1), header={"type": "text", "text": "х" * 60}, footer={"text": "п" * 60}),
        a_list(rows(10)),
        a_list({"title": "с" * 24} | rows(5), {"title": "Ещё"} | rows(5, 5)),
        a_list({"rows": [{"id": "x" * 200, "title": "т" * 24, "description": "о" * 72}]}, button="к" * 20),
        {"messaging_product": "whatsapp", "to": ANNA, "text": {"body": "без типа"}},
        interactive({"type": "request_contact_info", "body": {"text": "Ваш номер?"}, "action": {}}),
        text(biz_opaque_callback_data="x" * 512),
    ],
)
def test_what_is_just_within_the_limits_is_accepted(payload: Json) -> None:
    simulator = WhatsAppSimulator()

    assert ask(simulator, payload).status == 200
    assert simulator.ledger().limit_violations == ()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (text("т" * 4097), 131009),
        (text(" "), 131009),
        (text("👍" * 2049), 131009),
        (text(text={}), 131008),
        (text(text="нет"), 100),
        (text(messaging_product="telegram"), 100),
        (text(type="hologram"), 100),
        (text(category="utility"), 100),
        (text(to=None), 131008),
        (text(to="Анна"), 131009),
        (text(to="+79009999999"), 131021),
        (text(biz_opaque_callback_data="x" * 513), 131009),
        (buttons(), 131009),
        (buttons(*(reply(n) for n in range(4))), 131009),
        (buttons(reply(1, "т" * 21)), 131009),
        (buttons(reply(1, " ")), 131009),
        (buttons({"id": "x" * 257, "title": "Да"}), 131009),
        (buttons(reply(1, "Да"), reply(2, "Да")), 131009),
        (buttons(reply(1, "Да"), reply(1, "Нет")), 131009),
        (buttons({"title": "Да"}), 131008),
        (buttons(reply(1), body="т" * 1025), 131009),
        (buttons(reply(1), header={"type": "text", "text": "х" * 61}), 131009),
        (buttons(reply(1), footer={"text": "п" * 61}), 131009),
        (a_list(rows(11)), 131009),
        (a_list({"title": "а"} | rows(6), {"title": "б"} | rows(5, 6)), 131009),
        (a_list(rows(1), rows(1, 1)), 131008),
        (a_list({"title": "с" * 25} | rows(1)), 131009),
        (a_list({"rows": []}), 131009),
        (a_list(), 131009),
        (a_list(rows(1), button="к" * 21), 131009),
        (a_list({"rows": [{"id": "1", "title": "т" * 25}]}), 131009),
        (a_list({"rows": [{"id": "x" * 201, "title": "т"}]}), 131009),
        (a_list({"rows": [{"id": "1", "title": "т", "description": "о" * 73}]}), 131009),
        (a_list({"rows": [{"id": "1", "title": "а"}, {"id": "1", "title": "б"}]}), 131009),
        (a_list(rows(1), header={"type": "image", "image": {}}), 131009),
    ],
)
def test_what_is_beyond_a_limit_is_refused_with_details(payload: Json, code: int) -> None:
    simulator = WhatsAppSimulator()

    answer = ask(simulator, payload)

    problem = json.loads(answer.body)["error"]
    assert (answer.status, problem["code"]) == (400, code)
    assert problem["error_data"]["messaging_product"] == "whatsapp"
    assert problem["error_data"]["details"] or code == 131021
    assert problem["fbtrace_id"]
    assert simulator.phone(ANNA) == ()
    assert [refusal.code for refusal in simulator.ledger().refusals] == [code]


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────


def reminder(*parameters: str, name: str = "visit_reminder") -> Json:
    body = {"type": "body", "parameters": [{"type": "text", "text": words} for words in parameters]}
    payload = {"type": "payload", "payload": "rem:1:cancel"}
    button = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [payload]}
    template = {"name": name, "language": {"code": "ru"}, "components": [body, button]}
    return {"messaging_product": "whatsapp", "to": ANNA, "type": "template", "template": template}


def test_a_registered_template_is_sent_and_its_button_answers_with_the_payload() -> None:
    simulator = WhatsAppSimulator(
        templates=[Template("visit_reminder", body="Ждём вас {{1}}", buttons=("Отменить",))], window="sync"
    )

    answer = ask(simulator, reminder("24 ноября 15:00"))
    simulator.client_taps(ANNA, "Отменить", NOW)

    assert answer.status == 200
    assert simulator.phone(ANNA)[0].text == "Ждём вас 24 ноября 15:00"
    (post,) = simulator.due(NOW)
    message = json.loads(post.body)["entry"][0]["changes"][0]["value"]["messages"][0]
    assert (message["type"], message["button"]) == ("button", {"payload": "rem:1:cancel", "text": "Отменить"})


@pytest.mark.parametrize(("payload", "code"), [(reminder("а", "б"), 132000), (reminder(name="none"), 132001)])
def test_an_unknown_or_misfilled_template_is_refused(payload: Json, code: int) -> None:
    simulator = WhatsAppSimulator(templates=[Template("visit_reminder", body="Ждём вас {{1}}")])

    assert error(ask(simulator, payload))[1] == code


def test_marketing_is_refused_after_the_person_stopped_it() -> None:
    simulator = WhatsAppSimulator(templates=[Template("visit_reminder", body="{{1}}", category="marketing")])
    simulator.client_prefers(ANNA, "stop", NOW)

    assert error(ask(simulator, reminder("скидка"))) == (400, 131050)


# ── policy ────────────────────────────────────────────────────────────────────────────────────────────


def test_one_person_gets_45_at_once_and_then_one_in_six_seconds() -> None:
    simulator = WhatsAppSimulator()
    burst = [ask(simulator, text()).status for _ in range(45)]

    assert burst == [200] * 45
    assert error(ask(simulator, text())) == (400, 131056)
    assert error(ask(simulator, text(), after(5.9))) == (400, 131056)
    assert ask(simulator, text(), after(6)).status == 200
    assert ask(simulator, text(to="+79000000002"), after(6)).status == 200


def test_one_number_sends_80_in_a_second() -> None:
    simulator = WhatsAppSimulator()
    people = [f"+7900000{i:04d}" for i in range(1, 82)]

    codes = [ask(simulator, text(to=phone)).status for phone in people]

    assert codes == [200] * 80 + [429]
    assert ask(simulator, text(to=people[-1]), after(1)).status == 200


def test_outside_the_window_a_send_is_refused_or_fails_later_by_policy() -> None:
    refusing, failing = WhatsAppSimulator(window="sync"), WhatsAppSimulator(window="async")
    for simulator in (refusing, failing):
        # The message was written 20 hours before it was delivered: four hours are left.
        simulator.client_says(ANNA, "Хочу", NOW, said_at=NOW - timedelta(hours=20))
        assert ask(simulator, text(), NOW + timedelta(hours=4)).status == 200
        statuses(simulator, NOW + timedelta(hours=4, minutes=1))

    late = NOW + timedelta(hours=4, seconds=1)
    refused = ask(refusing, text(), late)
    accepted = ask(failing, text(), late)

    assert error(refused) == (400, 131047)
    assert accepted.status == 200
    (failed,) = statuses(failing, late + timedelta(minutes=1))
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131047)
    assert [len(simulator.phone(ANNA)) for simulator in (refusing, failing)] == [2, 2]
    assert refusing.ledger().outside_window == 1


def test_beyond_the_allow_list_nobody_is_written_to() -> None:
    simulator = WhatsAppSimulator(allowed=[ANNA])

    assert ask(simulator, text()).status == 200
    assert error(ask(simulator, text(to="+79000000002"))) == (400, 131030)


# ── statuses ──────────────────────────────────────────────────────────────────────────────────────────


def test_statuses_come_one_after_the_other_and_echo_our_key() -> None:
    simulator = WhatsAppSimulator()
    wamid = sent_id(ask(simulator, text(biz_opaque_callback_data="ob:1")))

    told = [status for s in (0, 0.05, 0.2, 1) for status in statuses(simulator, after(s))]

    assert [status["status"] for status in told] == ["sent", "delivered", "read"]
    assert {status["id"] for status in told} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in told} == {"ob:1"}
    assert told[0]["pricing"] == {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": "service",
    }
    assert simulator.phone(ANNA)[0].status == "read"
    assert simulator.waiting() == 0


@pytest.mark.parametrize(
    ("quirk", "told"),
    [
        ("no-status", []),
        ("skip-delivered", ["sent", "read"]),
        ("unread", ["sent", "delivered"]),
        ("shuffled-status", ["read", "delivered", "sent"]),
        ("repeated-status", ["sent", "sent", "delivered", "delivered", "read", "read"]),
        ("131026", ["failed"]),
        ("window-closed-later", ["failed"]),
        ("late-status", []),
    ],
)
def test_a_quirk_bends_the_statuses_of_one_message(quirk: str, told: list[str]) -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk(quirk, 1)
    ask(simulator, text())

    assert [status["status"] for status in statuses(simulator, after(60))] == told
    ask(simulator, text(), after(200))
    statuses(simulator, after(199))
    assert [s["status"] for s in statuses(simulator, after(260))][-3:] == ["sent", "delivered", "read"]


def test_a_failed_status_has_no_contacts_and_its_message_is_not_on_the_phone() -> None:
    simulator = WhatsAppSimulator()
    simulator.introduce(ANNA, blocked=True)
    ask(simulator, text())

    (post,) = simulator.due(after(1))

    value = json.loads(post.body)["entry"][0]["changes"][0]["value"]
    assert "contacts" not in value
    assert "recipient_user_id" not in value["statuses"][0]
    assert value["statuses"][0]["errors"][0]["code"] == 131026
    assert simulator.phone(ANNA) == ()


def test_the_first_status_may_come_before_the_answer() -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk("status-first", 1)

    answer = ask(simulator, text())

    assert answer.delay_s == 1
    assert [status["status"] for status in statuses(simulator, after(0.05))] == ["sent"]


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("quirk", "status", "shown"),
    [
        ("refuse-503", 503, 0),
        ("accept-but-500", 500, 1),
        ("131000", 500, 0),
        ("131000-but-sent", 500, 1),
        ("131016", 503, 0),
        ("190", 401, 0),
        ("368", 403, 0),
        ("window-closed", 400, 0),
        ("pair-limit", 400, 0),
        ("number-limit", 429, 0),
        ("131026-at-once", 400, 0),
        ("slow", 200, 1),
    ],
)
def test_a_fault_strikes_once_and_the_next_send_is_well(quirk: str, status: int, shown: int) -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk(quirk, 1)

    struck, well = ask(simulator, text()), ask(simulator, text())

    assert (struck.status, well.status) == (status, 200)
    assert len(simulator.phone(ANNA)) == shown + 1
    assert simulator.ledger().limit_violations == ()


@pytest.mark.parametrize(
    ("quirk", "shown"), [("drop", 0), ("accept-then-drop", 1), ("accept-then-timeout", 1)]
)
def test_an_answer_may_never_come(quirk: str, shown: int) -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk(quirk, 1)

    answer = ask(simulator, text())

    assert answer.dropped
    assert len(simulator.phone(ANNA)) == shown


def test_a_malformed_request_and_a_read_mark_use_no_quirk_up() -> None:
    simulator = WhatsAppSimulator()
    wamid = simulator.client_says(ANNA, "Хочу", NOW)
    simulator.quirk("refuse-503", 1)

    malformed = ask(simulator, text(" "))
    marked = ask(simulator, {"messaging_product": "whatsapp", "status": "read", "message_id": wamid})

    assert (malformed.status, marked.status) == (400, 200)
    assert simulator.quirks() == {"refuse-503": 1}


def test_a_message_sent_twice_stands_there_twice_and_is_counted() -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk("accept-but-500", 1)

    ask(simulator, text(biz_opaque_callback_data="ob:1"))
    ask(simulator, text(biz_opaque_callback_data="ob:1"))

    assert [bubble.text for bubble in simulator.phone(ANNA)] == ["Здравствуйте", "Здравствуйте"]
    assert simulator.ledger().shown_twice == 1
    assert simulator.ledger().bubbles_per_turn_max == 2


# ── read marks, typing, reactions, media ──────────────────────────────────────────────────────────────


def test_reading_marks_all_that_came_before_and_typing_ends_with_the_answer() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_says(ANNA, "раз", NOW)
    wamid = simulator.client_says(ANNA, "два", NOW)
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}

    answer = ask(simulator, mark | {"typing_indicator": {"type": "text"}})

    assert json.loads(answer.body) == {"success": True}
    assert [bubble.status for bubble in simulator.phone(ANNA)] == ["read", "read"]
    assert simulator.typing(ANNA, after(24))
    assert not simulator.typing(ANNA, after(25))
    ask(simulator, text(), after(1))
    assert not simulator.typing(ANNA, after(2))


@pytest.mark.parametrize("days", [0, 31])
def test_an_unknown_or_too_old_message_cannot_be_marked(days: int) -> None:
    simulator = WhatsAppSimulator()
    wamid = simulator.client_says(ANNA, "раз", NOW) if days else "wamid.UNKNOWN"
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}

    assert error(ask(simulator, mark, NOW + timedelta(days=days))) == (400, 131009)


def test_our_reaction_sits_on_the_clients_message_and_is_only_sent() -> None:
    simulator = WhatsAppSimulator()
    wamid = simulator.client_says(ANNA, "спасибо", NOW)

    ask(simulator, text(type="reaction", reaction={"message_id": wamid, "emoji": "❤️"}))

    assert [(bubble.text, bubble.reaction) for bubble in simulator.phone(ANNA)] == [("спасибо", "❤️")]
    assert [status["status"] for status in statuses(simulator, after(60))] == ["sent"]


def test_media_is_fetched_in_two_steps_and_its_address_expires() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_sends(ANNA, "voice", NOW)
    (post,) = simulator.due(NOW)
    media_id = json.loads(post.body)["entry"][0]["changes"][0]["value"]["messages"][0]["audio"]["id"]
    headers = {"authorization": "Bearer t", "host": "127.0.0.1:1"}

    page = json.loads(simulator.handle(Request("GET", f"/v26.0/{media_id}", (), headers), NOW).body)
    path = page["url"].removeprefix("http://127.0.0.1:1")

    assert simulator.handle(Request("GET", path, (), headers), after(299)).body.startswith(b"simulated media")
    assert simulator.handle(Request("GET", path, (), headers), after(301)).status == 404
    assert simulator.handle(Request("GET", path), NOW).status == 401
