"""The webhook's envelope: batches, oddities, other fields and rubbish (whatsapp.md §1.3, §1.4, §1.8)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.whatsapp.webhook import Delivered, parse
from engine.ports import Arrival

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ACCOUNT = "106540352242922"
EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'


def says_nothing(text: str) -> bool | None:
    return None


def text(
    wamid: str, body: str = "Хочу отменить запись", sender: str = "79000000001", **more: Any
) -> dict[str, Any]:
    message = {"from": sender, "id": wamid, "timestamp": str(SECONDS), "type": "text", "text": {"body": body}}
    return message | more


def value(*messages: Any, account: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "79000000099", "phone_number_id": account}
    return {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages), **more}


def change(inner: Any, field: str = "messages") -> dict[str, Any]:
    return {"field": field, "value": inner}


def document(*entries: list[Any]) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "waba", "changes": changes} for changes in entries],
    }


def delivered(body: Any, **how: Any) -> Delivered:
    return parse(json.dumps(body, ensure_ascii=False, **how).encode(), says_nothing, NOW)


def ids(found: Delivered) -> list[str]:
    return [arrival.message_id for arrival in found.arrivals]


class TestBatches:
    def test_every_update_of_every_change_of_every_entry_is_read(self) -> None:
        found = delivered(
            document(
                [change(value(text("1"), text("2"))), change(value(text("3")))],
                [change(value(text("4"), text("5", sender="79000000002"), account="another"))],
            )
        )

        assert ids(found) == ["1", "2", "3", "4", "5"]
        assert [arrival.account for arrival in found.arrivals] == [ACCOUNT] * 3 + ["another"] * 2
        assert found.problems == ()

    def test_a_thousand_updates_are_read(self) -> None:
        found = delivered(document([change(value(*(text(str(i)) for i in range(1000))))]))

        assert len(found.arrivals) == 1000

    def test_messages_and_statuses_of_one_value_are_both_read(self) -> None:
        status = {"id": "ours", "status": "read", "timestamp": str(SECONDS)}
        found = delivered(document([change(value(text("1"), statuses=[status]))]))

        assert ids(found) == ["1"]
        assert [status.message_id for status in found.statuses] == ["ours"]

    def test_words_stand_in_the_order_they_were_said_in(self) -> None:
        later = text("later", timestamp=str(SECONDS + 1))
        found = delivered(
            document(
                [
                    change(
                        value(
                            later, {"id": "raw", "type": "edit", "from": "79000000001"}, text("a"), text("b")
                        )
                    )
                ]
            )
        )

        assert ids(found) == ["a", "b", "later", "raw"]

    @pytest.mark.parametrize("escaped", [False, True])
    def test_escaped_letters_are_the_same_letters(self, escaped: bool) -> None:
        body = json.dumps(document([change(value(text("1", "Да 👍")))]), ensure_ascii=escaped).encode()
        [arrival] = parse(body, says_nothing, NOW).arrivals

        assert arrival.heard is not None
        assert arrival.heard.text == "Да 👍"
        assert json.loads(arrival.raw)["text"]["body"] == "Да 👍"

    def test_contacts_are_matched_by_their_ids_and_not_by_position(self) -> None:
        contacts = [
            {"wa_id": "79000000002", "user_id": "RU.2"},
            {"wa_id": "79000000001", "user_id": "RU.1"},
        ]
        both = [text("1"), text("2", sender="79000000002")]
        found = delivered(document([change(value(*both, contacts=contacts))]))

        named = [[identity.value for identity in arrival.identities] for arrival in found.arrivals]
        assert named == [["RU.1", "+79000000001"], ["RU.2", "+79000000002"]]


class TestOddities:
    BAD: tuple[Any, ...] = (
        None,
        5,
        "words",
        [],
        {},
        {"type": "text", "from": "79000000001", "text": {"body": "no id"}},
        {"id": {"a": 1}, "type": "text"},
        {"id": "", "type": "text"},
    )

    @pytest.mark.parametrize("bad", BAD)
    def test_a_bad_message_is_kept_and_hurts_no_neighbour(self, bad: Any) -> None:
        found = delivered(document([change(value(text("1"), bad, text("2")))]))

        assert ids(found)[:2] == ["1", "2"]
        kept = found.arrivals[2]
        assert kept.heard is None
        assert kept.message_id.startswith("sha256:")
        assert json.loads(kept.raw) == bad
        assert found.problems == ("messages: no id",)

    def test_a_message_without_sender_is_kept_by_its_id(self) -> None:
        found = delivered(document([change(value({"id": "1", "type": "text", "text": {"body": "?"}}))]))

        assert ids(found) == ["1"]
        assert found.arrivals[0].heard is None
        assert found.problems == ("messages: no sender",)

    def test_a_message_to_no_number_of_ours_is_kept(self) -> None:
        found = delivered(document([change({"messages": [text("1")]})]))

        assert found.arrivals[0].heard is None
        assert found.arrivals[0].account == ""
        assert found.problems == ("messages: no phone_number_id",)

    def test_an_item_that_cannot_be_written_again_is_kept_with_its_body(self) -> None:
        body = json.dumps(document([change(value(text("1"), text("2", huge=0), text("3")))])).encode()
        found = parse(body.replace(b'"huge": 0', b'"huge": 1e999'), says_nothing, NOW)

        assert ids(found) == ["1", "3", "2"]
        assert found.arrivals[2].heard is None
        assert "1e999" in found.arrivals[2].raw

    def test_a_number_of_five_thousand_digits_costs_nothing(self) -> None:
        body = json.dumps(document([change(value(text("1", extra=0)))])).encode()
        found = parse(body.replace(b'"extra": 0', b'"extra": ' + b"9" * 5000), says_nothing, NOW)

        assert found.arrivals[0].heard is not None

    def test_a_failing_opt_out_costs_one_message(self) -> None:
        def breaks(words: str) -> bool | None:
            if words == "boom":
                raise RuntimeError(words)
            return None

        body = json.dumps(document([change(value(text("1", "boom"), text("2")))])).encode()
        found = parse(body, breaks, NOW)

        assert ids(found) == ["2", "1"]
        assert found.problems == ("messages: RuntimeError",)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"[]",
            b'"x"',
            b"{",
            b"{}",
            b'{"entry":{}}',
            b"\xff\xfe{}",
            b"\x00",
            b'{"entry":[NaN]}',
            b"[" * 100_000,
            b'{"object":"page","entry":[{"changes":[]}]}',
        ],
    )
    def test_a_body_that_says_nothing_is_kept_whole(self, body: bytes) -> None:
        found = parse(body, says_nothing, NOW)

        [arrival] = found.arrivals
        assert arrival.heard is None
        assert arrival.message_id.startswith("sha256:")
        assert arrival.account == ""
        assert len(found.problems) == 1
        assert parse(body, says_nothing, NOW) == found

    def test_an_empty_delivery_brings_nothing(self) -> None:
        assert parse(EMPTY, says_nothing, NOW) == Delivered()

    def test_nul_and_half_an_emoji_can_be_stored(self) -> None:
        body = json.dumps(document([change(value(text("1\ud800", "да\x00\ud83d")))])).encode()
        [arrival] = parse(body, says_nothing, NOW).arrivals

        assert arrival.heard is not None
        assert arrival.heard.text == "да\ufffd\ufffd"
        assert arrival.message_id == "1\ufffd"
        assert storable(arrival)
        assert json.loads(arrival.raw)["text"]["body"] == "да\x00\ud83d"

    def test_unknown_keys_at_every_level_are_ignored(self) -> None:
        message = text("1", chaos={"a": [1]}) | {"text": {"body": "Да", "chaos": 1}}
        inner = value(message, chaos=[1, 2], contacts=[{"wa_id": "79000000001", "chaos": {}}])
        whole = document([change(inner) | {"chaos": 1}]) | {"chaos": None}
        whole["entry"][0]["chaos"] = 7
        found = delivered(whole)

        assert ids(found) == ["1"]
        assert found.arrivals[0].heard is not None
        assert found.problems == ()


class TestOtherFields:
    def test_an_unknown_field_is_kept_with_its_entry(self) -> None:
        whole = document([change({"event": "FLAGGED"}, "phone_number_quality_update")])
        whole["entry"][0]["time"] = 1795392000
        found = delivered(whole)

        [arrival] = found.arrivals
        assert json.loads(arrival.raw) == whole["entry"][0]
        assert found.problems == ("field phone_number_quality_update: kept",)

    def test_two_pieces_of_news_of_one_kind_have_two_ids(self) -> None:
        news = [document([change({"event": "FLAGGED"}, "account_update")]) for _ in range(2)]
        news[1]["entry"][0]["time"] = 1795392001

        assert ids(delivered(news[0])) != ids(delivered(news[1]))

    @pytest.mark.parametrize("how", [{}, {"separators": (",", ":")}, {"sort_keys": True}])
    def test_what_has_no_id_has_the_same_one_in_other_bytes(self, how: dict[str, Any]) -> None:
        whole = document([change({"user_actions": [{"b": 1, "a": 2}]})])

        assert ids(delivered(whole, **how)) == ids(delivered(whole))

    def test_echoes_of_the_salons_own_typing_are_kept_under_their_ids(self) -> None:
        echo = {
            "from": "79000000099",
            "to": "79000000001",
            "id": "echo",
            "type": "text",
            "text": {"body": "Да"},
        }
        inner = value(message_echoes=[echo])
        del inner["messages"]
        found = delivered(document([change(inner, "smb_message_echoes")]))

        assert ids(found) == ["echo"]
        assert found.arrivals[0].heard is None
        assert found.arrivals[0].identities == ()
        assert found.arrivals[0].account == ACCOUNT
        assert found.problems == ()

    @pytest.mark.parametrize(
        ("name", "item"),
        [
            ("user_actions", {"action_type": "marketing_messages_link_click"}),
            (
                "user_preferences",
                {
                    "wa_id": "79000000001",
                    "category": "marketing_messages",
                    "value": "stop",
                    "timestamp": SECONDS,
                },
            ),
        ],
    )
    def test_clicks_and_preferences_are_kept(self, name: str, item: dict[str, Any]) -> None:
        found = delivered(document([change({"metadata": value()["metadata"], name: [item]}, name)]))

        [arrival] = found.arrivals
        assert (arrival.heard, arrival.opt_out, arrival.account) == (None, None, ACCOUNT)
        assert json.loads(arrival.raw) == item
        assert found.problems == ()

    def test_a_value_of_errors_only_is_kept_and_told(self) -> None:
        found = delivered(document([change(value(errors=[{"code": 131000, "title": "…"}]))]))

        assert found.arrivals[0].heard is None
        assert found.problems == ("errors: 131000",)

    @pytest.mark.parametrize("field", ["history", "smb_app_state_sync"])
    def test_the_history_of_a_linked_app_is_dropped(self, field: str) -> None:
        assert delivered(document([change({"history": [{"threads": []}]}, field)])) == Delivered()

    def test_messages_of_a_field_that_is_not_messages_are_nobodys_words(self) -> None:
        [arrival] = delivered(document([change(value(text("1")), "messages_of_2027")])).arrivals

        assert arrival.heard is None


def storable(arrival: Arrival) -> bool:
    pieces = [arrival.raw, arrival.message_id, arrival.account]
    if arrival.heard:
        pieces += [arrival.heard.text, arrival.heard.option]
    pieces += [identity.value for identity in arrival.identities]
    return all("\x00" not in piece and piece.encode() is not None for piece in pieces)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        "text",
        "interactive",
        "button",
        "image",
        "audio",
        "sticker",
        "reaction",
        "system",
        "edit",
        "contacts",
        "new",
    ]
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "from": st.just("79000000001") | JSON,
        "from_user_id": st.just("RU.1") | JSON,
        "id": st.text(alphabet="abc\ud800\x00", max_size=3) | JSON,
        "timestamp": st.integers().map(str) | st.integers() | JSON,
        "type": TYPES | JSON,
        **{
            name: st.dictionaries(st.sampled_from(["body", "id", "payload", "emoji", "type", "wa_id"]), JSON)
            | JSON
            for name in ("text", "interactive", "button", "image", "reaction", "system", "group_id")
        },
    },
)


class TestRubbish:
    @given(st.binary(max_size=200))
    def test_no_bytes_at_all_break_it(self, body: bytes) -> None:
        for arrival in parse(body, says_nothing, NOW).arrivals:
            assert storable(arrival)

    @given(JSON)
    def test_no_json_breaks_it(self, body: Any) -> None:
        parse(json.dumps(body).encode(), says_nothing, NOW)
        parse(json.dumps({"entry": body}).encode(), says_nothing, NOW)
        parse(json.dumps({"entry": [{"changes": body}]}).encode(), says_nothing, NOW)
        parse(
            json.dumps({"entry": [{"changes": [{"field": "messages", "value": body}]}]}).encode(),
            says_nothing,
            NOW,
        )

    @settings(max_examples=300)
    @given(st.lists(MESSAGES | JSON, max_size=4), JSON, JSON)
    def test_a_neighbour_always_gets_through(self, rubbish: list[Any], contacts: Any, statuses: Any) -> None:
        inner = value(*rubbish, text("neighbour"), contacts=contacts, statuses=statuses)
        found = parse(json.dumps(document([change(inner)])).encode(), says_nothing, NOW)

        assert any(arrival.message_id == "neighbour" and arrival.heard for arrival in found.arrivals)
        assert all(storable(arrival) for arrival in found.arrivals)
        assert len(found.arrivals) + len({relinked.raw for relinked in found.relinked}) >= len(rubbish) + 1
        assert all(
            arrival.heard.said_at <= NOW + timedelta(minutes=5) for arrival in found.arrivals if arrival.heard
        )
