"""Every kind of message and status, in the shapes of whatsapp.md §1.6 and §1.7, with made-up people."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.whatsapp.webhook import Delivered, parse
from engine.events import Heard, Tap
from engine.ports import Arrival, Identity, Relinked, Status

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ACCOUNT = "106540352242922"
PHONE = Identity(kind="phone", value="+79000000001")


def stop(text: str) -> bool | None:
    return {"стоп": True, "старт": False}.get(text.casefold())


def read(message: dict[str, Any], **value: Any) -> Delivered:
    common = {"from": "79000000001", "id": "wamid.A", "timestamp": str(SECONDS)}
    metadata = {"display_phone_number": "+7 900 000-00-99", "phone_number_id": ACCOUNT}
    whole = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [common | message], **value}
    return parse(_body(whole), stop, NOW)


def read_status(**status: Any) -> Delivered:
    whole = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "79000000099", "phone_number_id": ACCOUNT},
        "statuses": [{"id": "wamid.OUR", "timestamp": str(SECONDS), "recipient_id": "79000000001"} | status],
    }
    return parse(_body(whole), stop, NOW)


def _body(value: dict[str, Any]) -> bytes:
    entry = {"id": "waba", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def only(found: Delivered) -> Arrival:
    [arrival] = found.arrivals
    return arrival


def heard(message: dict[str, Any]) -> Heard:
    arrival = only(read(message))
    assert arrival.heard is not None
    return arrival.heard


MEDIA = {
    "id": "1908647269898587",
    "mime_type": "image/jpeg",
    "sha256": "4654+8g=",
    "url": "https://lookaside.test/",
}
YES = Tap(kind="yes", question=7, record_id=1211181532).encode()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "text", "text": {"body": "Хочу отменить запись"}}, ("words", "Хочу отменить запись", "")),
        (
            {
                "type": "interactive",
                "context": {"from": "79000000099", "id": "wamid.OUR"},
                "interactive": {"type": "button_reply", "button_reply": {"id": YES, "title": "Да, отменить"}},
            },
            ("tap", "Да, отменить", YES),
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "list_reply",
                    "list_reply": {"id": YES, "title": "Маникюр, 24 ноя 15:00"},
                },
            },
            ("tap", "Маникюр, 24 ноя 15:00", YES),
        ),
        (
            {"type": "button", "button": {"payload": "rem:1211181532:cancel", "text": "Отменить"}},
            ("tap", "Отменить", "rem:1211181532:cancel"),
        ),
        ({"type": "button", "button": {"text": "Отменить"}}, ("other", "", "")),
        ({"type": "interactive"}, ("other", "", "")),
        (
            {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "f"}}},
            ("other", "", ""),
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "call_permission_reply",
                    "call_permission_reply": {"response": "accept"},
                },
            },
            ("other", "", ""),
        ),
        ({"type": "image", "image": MEDIA}, ("picture", "", "")),
        ({"type": "image", "image": MEDIA | {"caption": "отмените это"}}, ("words", "отмените это", "")),
        ({"type": "image", "image": MEDIA | {"caption": " "}}, ("picture", "", "")),
        ({"type": "video", "video": MEDIA | {"caption": "вот"}}, ("words", "вот", "")),
        ({"type": "document", "document": MEDIA | {"filename": "чек.pdf"}}, ("other", "", "")),
        ({"type": "sticker", "sticker": MEDIA | {"animated": False}}, ("picture", "", "")),
        ({"type": "audio", "audio": MEDIA | {"voice": True}}, ("voice", "", "")),
        ({"type": "audio", "audio": MEDIA | {"voice": False}}, ("voice", "", "")),
        (
            {"type": "reaction", "reaction": {"message_id": "wamid.OUR", "emoji": "👍"}},
            ("reaction", "👍", ""),
        ),
        ({"type": "reaction", "reaction": {"message_id": "wamid.OUR", "emoji": ""}}, ("reaction", "", "")),
        ({"type": "reaction", "reaction": {"message_id": "wamid.OUR"}}, ("reaction", "", "")),
        ({"type": "location", "location": {"latitude": 55.7, "longitude": 37.6}}, ("other", "", "")),
        (
            {
                "type": "contacts",
                "contacts": [{"origin": "contact_request", "phones": [{"phone": "+79000000001"}]}],
            },
            ("other", "", ""),
        ),
        ({"type": "order", "order": {"catalog_id": "1", "product_items": []}}, ("other", "", "")),
        ({"type": "product", "product": {}}, ("other", "", "")),
        (
            {"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": [{"code": 131051}]},
            ("other", "", ""),
        ),
        ({"type": "unknown", "errors": [{"code": 131060}]}, ("other", "", "")),
        ({"type": "hologram", "hologram": {"depth": 3}}, ("other", "", "")),
        ({"type": "text", "text": "no object"}, ("other", "", "")),
        ({"type": "text"}, ("other", "", "")),
        ({"text": {"body": "no type"}}, ("other", "", "")),
    ],
)
def test_every_kind_is_heard(message: dict[str, Any], expected: tuple[str, str, str]) -> None:
    what = heard(message)

    assert (what.kind, what.text, what.option) == expected
    assert what.said_at == NOW


def test_a_message_is_an_arrival_in_full() -> None:
    message = {
        "from_user_id": "RU.13491208655302741918",
        "from_parent_user_id": "RU.ENT.1",
        "type": "text",
        "text": {"body": "Стоп"},
    }
    arrival = only(read(message))

    assert arrival == Arrival(
        channel="whatsapp",
        account=ACCOUNT,
        message_id="wamid.A",
        identities=(
            Identity(kind="parent", value="RU.ENT.1"),
            Identity(kind="user", value="RU.13491208655302741918"),
            PHONE,
        ),
        heard=Heard(kind="words", text="Стоп", said_at=NOW),
        raw=arrival.raw,
        opt_out=True,
        tapped_question=None,
    )
    assert (
        json.loads(arrival.raw)
        == {"from": "79000000001", "id": "wamid.A", "timestamp": str(SECONDS)} | message
    )


class TestOptOut:
    @pytest.mark.parametrize(("words", "expected"), [("стоп", True), ("Старт", False), ("отмена", None)])
    def test_plain_text_may_opt_out(self, words: str, expected: bool | None) -> None:
        assert only(read({"type": "text", "text": {"body": words}})).opt_out is expected

    @pytest.mark.parametrize(
        "message",
        [
            {"type": "image", "image": MEDIA | {"caption": "стоп"}},
            {"type": "button", "button": {"payload": "x", "text": "стоп"}},
            {"type": "reaction", "reaction": {"emoji": "стоп"}},
            {"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "стоп"}}}},
        ],
    )
    def test_nothing_else_does(self, message: dict[str, Any]) -> None:
        assert only(read(message)).opt_out is None


class TestTaps:
    def tapped(self, option: str) -> Arrival:
        reply = {"type": "button_reply", "button_reply": {"id": option, "title": "Да"}}
        return only(read({"type": "interactive", "interactive": reply}))

    def test_an_option_of_ours_proves_its_question(self) -> None:
        assert self.tapped("yes:7:1211181532").tapped_question == 7
        assert self.tapped("menu:12:").tapped_question == 12

    @pytest.mark.parametrize(
        "option", ["cx:v7:rec1:yes", "yes", "yes:-1:", f"yes:{2**63}:", "yes:" + "9" * 5000]
    )
    def test_an_option_of_somebody_else_proves_nothing(self, option: str) -> None:
        arrival = self.tapped(option)

        assert arrival.tapped_question is None
        assert arrival.heard is not None
        assert arrival.heard.option == option[:256]


class TestSender:
    def identities(self, message: dict[str, Any], *contacts: Any) -> list[str]:
        whole = {"from": None, "type": "text", "text": {"body": "Да"}} | message
        return [identity.value for identity in only(read(whole, contacts=list(contacts))).identities]

    def test_a_user_without_a_phone_is_known_by_user_id(self) -> None:
        assert self.identities({"from_user_id": "RU.1"}, {"user_id": "RU.1"}) == ["RU.1"]

    def test_a_contact_lends_the_phone(self) -> None:
        assert self.identities({"from_user_id": "RU.1"}, {"user_id": "RU.1", "wa_id": "79000000001"}) == [
            "RU.1",
            "+79000000001",
        ]

    def test_somebody_elses_contact_lends_nothing(self) -> None:
        stranger = {"user_id": "RU.2", "wa_id": "79000000002"}

        assert self.identities({"from_user_id": "RU.1"}, stranger) == ["RU.1"]
        assert self.identities({}, stranger) == []

    def test_payloads_before_user_ids_have_a_phone(self) -> None:
        assert self.identities({"from": "79000000001"}, {"wa_id": "79000000001"}) == ["+79000000001"]

    @pytest.mark.parametrize("sender", ["", "not a phone", "123", {"a": 1}, True, 1.5])
    def test_a_strange_sender_is_no_phone(self, sender: Any) -> None:
        assert self.identities({"from": sender}) == []


class TestNeverAnswered:
    @pytest.mark.parametrize(
        ("message", "identities"),
        [
            (
                {
                    "type": "edit",
                    "edit": {
                        "original_message_id": "wamid.0",
                        "message": {"type": "text", "text": {"body": "Да"}},
                    },
                },
                (PHONE,),
            ),
            ({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}, (PHONE,)),
            (
                {
                    "type": "system",
                    "system": {"type": "customer_identity_changed"},
                    "identity": {"hash": "x"},
                },
                (PHONE,),
            ),
            ({"type": "text", "text": {"body": "Всем привет"}, "group_id": "g1"}, ()),
            ({"type": "text", "text": {"body": "Да"}, "from": "79000000099"}, ()),
        ],
    )
    def test_it_is_kept_as_it_came(self, message: dict[str, Any], identities: tuple[Identity, ...]) -> None:
        found = read(message)

        arrival = only(found)
        assert (arrival.heard, arrival.message_id, arrival.identities) == (None, "wamid.A", identities)
        assert json.loads(arrival.raw)["type"] == message["type"]
        assert found.problems == ()


class TestSaidAt:
    def said_at(self, timestamp: Any) -> datetime:
        return heard({"type": "text", "text": {"body": "Да"}, "timestamp": timestamp}).said_at

    @pytest.mark.parametrize("timestamp", [SECONDS - 72_000, str(SECONDS - 72_000)])
    def test_a_message_of_yesterday_stays_one(self, timestamp: Any) -> None:
        assert self.said_at(timestamp) == NOW - timedelta(hours=20)

    def test_a_clock_may_run_a_little_ahead(self) -> None:
        assert self.said_at(str(SECONDS + 60)) == NOW + timedelta(minutes=1)

    @pytest.mark.parametrize(
        "timestamp",
        [
            None,
            "",
            "soon",
            "1_000",
            -5,
            "١٢٣",
            True,
            1.5,
            {},
            SECONDS + 3600,
            SECONDS * 1000,
            "9" * 12,
            "9" * 400,
        ],
    )
    def test_no_moment_is_now(self, timestamp: Any) -> None:
        assert self.said_at(timestamp) == NOW


def test_a_very_long_text_is_cut_and_kept_whole() -> None:
    found = only(read({"type": "text", "text": {"body": "да " * 20_000}}))

    assert found.heard is not None
    assert len(found.heard.text) == 4096
    assert json.loads(found.raw)["text"]["body"] == "да " * 20_000


def test_only_unheard_of_types_are_told() -> None:
    assert read({"type": "hologram"}).problems == ("messages: type hologram",)
    assert read({"type": "+79000000001 пишет"}).problems == ("messages: type ?",)
    assert read({"type": "location"}).problems == ()


def test_an_interactive_without_its_object_is_answered_and_its_error_kept() -> None:
    found = read({"type": "interactive"}, errors=[{"code": 131000, "title": "Unsupported webhook payload"}])

    assert [arrival.heard.kind if arrival.heard else None for arrival in found.arrivals] == ["other", None]
    assert found.problems == ("errors: 131000",)


class TestRelinked:
    def relinked(self, message: dict[str, Any]) -> list[Relinked]:
        found = read({"type": "system"} | message)
        assert found.arrivals == ()
        assert found.problems == ()
        return list(found.relinked)

    def test_a_changed_number(self) -> None:
        system = {
            "body": "User A changed from 79000000001 to 79000000002",
            "wa_id": "79000000002",
            "type": "user_changed_number",
        }
        [changed] = self.relinked({"system": system})

        assert (changed.account, changed.message_id, changed.old) == (ACCOUNT, "wamid.A", PHONE)
        assert changed.new == (Identity(kind="phone", value="+79000000002"),)
        assert json.loads(changed.raw)["system"] == system

    def test_a_changed_number_with_user_ids_is_told_of_both_old_names(self) -> None:
        both = self.relinked(
            {
                "system": {
                    "type": "user_changed_number",
                    "wa_id": "79000000002",
                    "user_id": "RU.2",
                    "previous_user_id": "RU.1",
                }
            }
        )

        assert [(changed.message_id, changed.old.value) for changed in both] == [
            ("wamid.A", "RU.1"),
            ("wamid.A#phone", "+79000000001"),
        ]
        assert all(
            [identity.value for identity in changed.new] == ["RU.2", "+79000000002"] for changed in both
        )

    def test_a_changed_user_id_comes_without_sender(self) -> None:
        [changed] = self.relinked(
            {
                "from": None,
                "system": {"type": "user_changed_user_id", "user_id": "RU.2", "previous_user_id": "RU.1"},
            }
        )

        assert changed.old == Identity(kind="user", value="RU.1")
        assert changed.new == (Identity(kind="user", value="RU.2"),)

    @pytest.mark.parametrize(
        "system",
        [
            {"type": "user_changed_number"},
            {"type": "user_changed_number", "wa_id": "79000000001"},
            {"type": "user_changed_user_id", "previous_user_id": "RU.1"},
            {"type": "user_became_a_swan"},
            "no object",
        ],
    )
    def test_a_change_of_nothing_is_kept(self, system: Any) -> None:
        found = read({"type": "system", "system": system})

        assert only(found).heard is None
        assert found.relinked == ()
        assert len(found.problems) == 1


class TestStatuses:
    @pytest.mark.parametrize("status", ["sent", "delivered", "read", "played", "failed"])
    def test_every_status_is_read(self, status: str) -> None:
        found = read_status(status=status, biz_opaque_callback_data="ob:5f1c", pricing={"billable": True})

        assert found.statuses == (
            Status.model_validate(
                {"account": ACCOUNT, "message_id": "wamid.OUR", "key": "ob:5f1c", "status": status, "at": NOW}
            ),
        )
        assert found.arrivals == ()
        assert found.problems == ()

    def test_a_failure_says_why(self) -> None:
        details = "Message failed to send because more than 24 hours have passed…"
        error = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": details}}
        [status] = read_status(status="failed", errors=[error]).statuses

        assert (status.error_code, status.error, status.key) == (131047, details, None)

    def test_a_failure_without_details_has_its_title(self) -> None:
        [status] = read_status(
            status="failed", errors=[{"code": "131026", "title": "Undeliverable"}]
        ).statuses

        assert (status.error_code, status.error) == (131026, "Undeliverable")

    @pytest.mark.parametrize("errors", [None, [], ["x"], {}, [{"code": "x"}]])
    def test_a_failure_may_keep_silent(self, errors: Any) -> None:
        [status] = read_status(status="failed", errors=errors).statuses

        assert (status.error_code, status.error) == (None, "")

    def test_a_status_that_nobody_has_heard_of_is_kept(self) -> None:
        found = read_status(status="pondered")

        assert only(found).heard is None
        assert only(found).message_id.startswith("sha256:")
        assert found.statuses == ()
        assert found.problems == ("statuses: status pondered",)

    @pytest.mark.parametrize("bad", [{"id": None}, {"status": None}, {"status": ["read"]}])
    def test_a_bad_status_is_kept(self, bad: dict[str, Any]) -> None:
        found = read_status(**({"status": "read"} | bad))

        assert only(found).heard is None
        assert found.statuses == ()
