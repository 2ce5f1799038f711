"""What the simulated WhatsApp delivers to a webhook, and when."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.simulated import Request
from adapters.whatsapp.simulator import KINDS, QUIRKS, Post, WhatsAppSimulator, parse_quirk
from adapters.whatsapp.simulator.wire import SIGNATURE_HEADER, encode, sign

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANNA = "+79000000001"
Json = dict[str, Any]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def delivered(simulator: WhatsAppSimulator, now: datetime = NOW, status: int | None = 200) -> list[Json]:
    """Take everything that is due, answer it, and return the bodies."""
    posts = simulator.due(now)
    for post in posts:
        simulator.posted(post.id, status, 0.01, now)
    return [json.loads(post.body) for post in posts]


def values(payload: Json) -> list[Json]:
    return [change["value"] for entry in payload["entry"] for change in entry["changes"]]


def messages(payload: Json) -> list[Json]:
    return [message for value in values(payload) for message in value.get("messages", [])]


def words(payloads: list[Json]) -> list[str]:
    return [message["text"]["body"] for payload in payloads for message in messages(payload)]


def send(simulator: WhatsAppSimulator, now: datetime = NOW, **payload: Any) -> Json:
    common = {"messaging_product": "whatsapp", "to": ANNA, "type": "text", "text": {"body": "Здравствуйте"}}
    body = json.dumps(common | payload).encode()
    path = "/v26.0/106540352242922/messages"
    reply = simulator.handle(Request("POST", path, (), {"authorization": "Bearer t"}, body), now)
    answer: Json = json.loads(reply.body) if reply.body else {}
    return answer


def buttons(*titles: str) -> Json:
    rows = [{"type": "reply", "reply": {"id": f"id:{title}", "title": title}} for title in titles]
    return {"type": "button", "body": {"text": "Отменить?"}, "action": {"buttons": rows}}


def a_list(*titles: str) -> Json:
    rows = [{"id": f"id:{title}", "title": title} for title in titles]
    return {
        "type": "list",
        "body": {"text": "Какую?"},
        "action": {"button": "Выбрать", "sections": [{"rows": rows}]},
    }


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("secret", "body", "digest"),
    [
        (
            "test_app_secret",
            b'{"object":"whatsapp_business_account","entry":[]}',
            "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
        ),
        (
            "test_app_secret",
            b'{"object": "whatsapp_business_account", "entry": []}',
            "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
        ),
        (
            "app-secret-1",
            '{"text":{"body":"Хочу отменить запись"}}'.encode(),
            "1929a0c002d5fcf86a72b64377eae97f330f2fb8f194ea09ec35daa273377bc7",
        ),
        (
            "app-secret-1",
            encode({"text": {"body": "Хочу отменить запись"}}, escaped=True),
            "16589bcceffbe1ba0887bd8819cee9c0a4a85df5bfc1a20756791f0be9160737",
        ),
    ],
)
def test_the_published_signature_vectors_hold(secret: str, body: bytes, digest: str) -> None:
    assert sign(secret, body) == f"sha256={digest}"


def test_words_come_in_the_documented_envelope_signed_over_their_bytes() -> None:
    simulator = WhatsAppSimulator(app_secret="s")

    wamid = simulator.client_says("+7 900 000-00-01", "Хочу отменить", NOW)
    (post,) = simulator.due(NOW)

    assert post.headers[SIGNATURE_HEADER] == sign("s", post.body)
    payload = json.loads(post.body)
    user_id = simulator.introduce(ANNA).user_id
    assert payload["object"] == "whatsapp_business_account"
    assert values(payload) == [
        {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "79009999999", "phone_number_id": "106540352242922"},
            "contacts": [{"profile": {"name": "Client 0001"}, "wa_id": "79000000001", "user_id": user_id}],
            "messages": [
                {
                    "from": "79000000001",
                    "from_user_id": user_id,
                    "id": wamid,
                    "timestamp": str(int(NOW.timestamp())),
                    "type": "text",
                    "text": {"body": "Хочу отменить"},
                }
            ],
        }
    ]


def test_escaped_bytes_hold_the_same_words_and_are_signed_as_they_are() -> None:
    simulator = WhatsAppSimulator(app_secret="s")
    simulator.quirk("escaped", 1)

    simulator.client_says(ANNA, "Хочу", NOW)
    (post,) = simulator.due(NOW)

    assert rb"\u0425\u043e\u0447\u0443" in post.body
    assert post.headers[SIGNATURE_HEADER] == sign("s", post.body)


@pytest.mark.parametrize("quirk", ["wrong-signature", "missing-signature", "upper-signature"])
def test_a_forgery_comes_once_and_is_told_if_it_was_taken(quirk: str) -> None:
    simulator = WhatsAppSimulator(app_secret="s")
    simulator.quirk(quirk, 1)
    simulator.client_says(ANNA, "Хочу", NOW)

    (post,) = simulator.due(NOW)
    simulator.posted(post.id, 401, 0.01, NOW)

    assert post.headers.get(SIGNATURE_HEADER) != sign("s", post.body)
    assert simulator.waiting() == 0
    assert simulator.ledger().forgeries_taken == 0


# ── delivery ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_comes_again_with_growing_delay_until_it_is_acknowledged() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_says(ANNA, "Хочу", NOW)

    first = delivered(simulator, NOW, 503)
    too_early = delivered(simulator, after(0.9))
    second = delivered(simulator, after(1), None)
    third_due = simulator.next_due(after(1))
    third = delivered(simulator, after(3))

    assert (first, too_early, second, third) == (third, [], third, first)
    assert third_due == after(3)
    assert simulator.waiting() == 0
    assert simulator.ledger().refused_posts == 2


def test_meta_gives_up_after_seven_days() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_says(ANNA, "Хочу", NOW)

    moment: datetime | None = NOW
    tries = 0
    while moment is not None:
        last = moment
        tries += len(delivered(simulator, moment, 500))
        moment = simulator.next_due(moment)

    assert timedelta(days=6) < last - NOW <= timedelta(days=7)
    assert tries > 20
    assert simulator.ledger().given_up == 1


@pytest.mark.parametrize("luck", [0.1, 0.5, 0.9])
def test_a_duplicate_holds_the_same_message_in_the_same_or_other_bytes(luck: float) -> None:
    class Luck:
        def random(self) -> float:
            return luck

    simulator = WhatsAppSimulator(chance=Luck())
    simulator.quirk("duplicate", 1)
    wamid = simulator.client_says(ANNA, "Хочу", NOW)

    (first,) = simulator.due(NOW)
    (second,) = simulator.due(after(1))

    assert [messages(json.loads(post.body))[0]["id"] for post in (first, second)] == [wamid, wamid]
    assert (first.body == second.body) is (luck != 0.5)


def test_reorder_turns_one_second_around() -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk("reorder", 1)

    simulator.client_says(ANNA, "раз", NOW)
    simulator.client_says(ANNA, "два", after(0.5))

    assert delivered(simulator, after(0.5)) == []
    assert simulator.next_due(NOW) == after(1)
    assert words(delivered(simulator, after(1))) == ["два", "раз"]


def test_batch_packs_one_second_into_one_post() -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk("batch", 1)

    for text in ("раз", "два", "три"):
        simulator.client_says(ANNA, text, NOW)
    payloads = delivered(simulator, after(1))
    simulator.client_says(ANNA, "четыре", after(2))

    assert len(payloads) == 1
    assert words(payloads) == ["раз", "два", "три"]
    assert words(delivered(simulator, after(2))) == ["четыре"]


def test_a_release_has_the_shape_that_was_asked_for() -> None:
    simulator = WhatsAppSimulator(more_numbers={"2": "79000000009"})
    send(simulator)
    simulator.hold()
    for text in ("раз", "два", "три", "четыре"):
        simulator.client_says(ANNA, text, NOW)
    simulator.client_says(ANNA, "другим", NOW, number="2")

    simulator.release(after(0.1), entries=2, changes=2, statuses_first=True)
    (payload,) = delivered(simulator, after(0.1))

    assert [len(entry["changes"]) for entry in payload["entry"]] == [2, 1]
    assert {value["metadata"]["phone_number_id"] for value in values(payload)} == {"106540352242922", "2"}
    mixed = next(value for value in values(payload) if "statuses" in value)
    assert list(mixed).index("statuses") < list(mixed).index("messages")
    assert len(mixed["contacts"]) == 1
    assert words([payload]) == ["раз", "два", "три", "четыре", "другим"]


def test_a_post_holds_a_thousand_updates_at_most() -> None:
    simulator = WhatsAppSimulator()
    simulator.hold()
    for i in range(1001):
        simulator.client_says(ANNA, str(i), NOW)

    simulator.release(NOW)

    assert [len(messages(payload)) for payload in delivered(simulator)] == [1000, 1]


def test_chaos_adds_and_takes_nothing_away() -> None:
    simulator = WhatsAppSimulator()
    simulator.quirk("chaos", 1)
    wamid = simulator.client_says(ANNA, "Хочу", NOW)

    (chaotic,) = delivered(simulator)
    simulator.again(NOW)
    (clean,) = delivered(simulator)

    assert messages(chaotic)[0]["id"] == wamid
    assert "x_meta_news" in messages(chaotic)[0]
    assert chaotic["entry"][0]["changes"][-1]["field"] == "aura_updates"
    assert values(chaotic)[0]["statuses"][0]["status"] == "contemplated"
    assert "x_meta_news" not in json.dumps(clean)


def test_an_old_message_says_when_it_was_written() -> None:
    simulator = WhatsAppSimulator()

    simulator.client_says(ANNA, "на завтра", NOW, said_at=NOW - timedelta(hours=20))

    assert messages(delivered(simulator)[0])[0]["timestamp"] == str(int(NOW.timestamp()) - 20 * 3600)


def test_two_simulators_with_the_same_history_say_the_same_and_share_nothing() -> None:
    one, other = WhatsAppSimulator(), WhatsAppSimulator()
    for simulator in (one, other):
        simulator.quirk("duplicate")
        simulator.client_says(ANNA, "Хочу", NOW)

    for s in (0, 1):
        assert delivered(one, after(s)) == delivered(other, after(s))
    one.client_says(ANNA, "ещё", after(2))
    assert delivered(other, after(2)) == []


# ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_delivered_and_shown(kind: Any) -> None:
    simulator = WhatsAppSimulator()

    wamid = simulator.client_sends(ANNA, kind, NOW, caption="подпись")

    (message,) = messages(delivered(simulator)[0])
    assert message["id"] == wamid
    assert simulator.phone(ANNA)[-1].wamid == wamid


def test_a_voice_note_differs_from_music_by_its_flag() -> None:
    simulator = WhatsAppSimulator()

    simulator.client_sends(ANNA, "voice", NOW)
    simulator.client_sends(ANNA, "audio", NOW)

    assert [messages(payload)[0]["audio"]["voice"] for payload in delivered(simulator)] == [True, False]


def test_an_interactive_message_without_its_object_brings_an_error_in_the_value() -> None:
    simulator = WhatsAppSimulator()

    simulator.client_sends(ANNA, "interactive_missing", NOW)

    (value,) = values(delivered(simulator)[0])
    assert value["errors"][0]["code"] == 131000
    assert "interactive" not in value["messages"][0]


@pytest.mark.parametrize(("emoji", "reaction"), [("👍", {"emoji": "👍"}), ("", {"emoji": ""}), (None, {})])
def test_a_reaction_is_set_and_taken_back_in_both_ways(emoji: str | None, reaction: Json) -> None:
    simulator = WhatsAppSimulator()
    wamid = send(simulator)["messages"][0]["id"]

    simulator.client_reacts(ANNA, emoji, NOW)

    assert messages(delivered(simulator)[0])[0]["reaction"] == {"message_id": wamid} | reaction
    assert simulator.phone(ANNA)[0].reaction == (emoji or "")


Deed = Callable[[WhatsAppSimulator], object]


@pytest.mark.parametrize(
    ("deed", "part"),
    [
        (lambda simulator: simulator.meta_reports(131000, NOW), "errors"),
        (lambda simulator: simulator.client_acts(ANNA, NOW), "user_actions"),
    ],
)
def test_a_value_may_hold_nothing_else(deed: Deed, part: str) -> None:
    simulator = WhatsAppSimulator()

    deed(simulator)

    (value,) = values(delivered(simulator)[0])
    assert set(value) == {"messaging_product", "metadata", part}


def test_the_salons_own_hand_is_an_echo_and_stands_on_the_phone() -> None:
    simulator = WhatsAppSimulator()

    simulator.salon_types(ANNA, "Это Ольга", NOW)

    (payload,) = delivered(simulator)
    assert payload["entry"][0]["changes"][0]["field"] == "smb_message_echoes"
    (echo,) = values(payload)[0]["message_echoes"]
    assert (echo["from"], echo["to"], echo["text"]["body"]) == ("79009999999", "79000000001", "Это Ольга")
    assert simulator.phone(ANNA)[-1].by_hand


def test_edits_revocations_and_preferences_are_delivered() -> None:
    simulator = WhatsAppSimulator()
    wamid = simulator.client_says(ANNA, "Хочю", NOW)

    simulator.client_edits(ANNA, wamid, "Хочу", NOW)
    simulator.client_revokes(ANNA, wamid, NOW)
    simulator.client_prefers(ANNA, "stop", NOW)

    _, edited, revoked, preferred = delivered(simulator)
    assert messages(edited)[0]["edit"]["message"]["text"]["body"] == "Хочу"
    assert messages(revoked)[0]["revoke"] == {"original_message_id": wamid}
    assert values(preferred)[0]["user_preferences"][0]["timestamp"] == int(NOW.timestamp())
    assert simulator.phone(ANNA)[0].deleted


# ── identity ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_took_a_username_shows_no_number_anywhere() -> None:
    simulator = WhatsAppSimulator(status_delays_s=(0, 0, 0))
    anna = simulator.introduce(ANNA, name="Анна", mode="username")
    simulator.client_says(ANNA, "Хочу", NOW)
    accepted = send(simulator, to=None, recipient=anna.user_id)

    payloads = delivered(simulator)

    assert "wa_id" not in accepted["contacts"][0]
    assert "79000000001" not in json.dumps([p for p in payloads if "messages" not in values(p)[0]]).replace(
        "wamid", ""
    )
    (message,) = messages(payloads[0])
    assert "from" not in message
    assert message["from_user_id"] == anna.user_id
    statuses = [
        value["statuses"][0] for payload in payloads for value in values(payload) if "statuses" in value
    ]
    assert {status["recipient_user_id"] for status in statuses} == {anna.user_id}
    assert not any("recipient_id" in status for status in statuses)


def test_a_payload_from_before_user_ids_has_none() -> None:
    simulator = WhatsAppSimulator()
    simulator.introduce(ANNA, mode="phone")

    simulator.client_says(ANNA, "Хочу", NOW)

    assert "user_id" not in json.dumps(delivered(simulator))


def test_a_new_number_takes_the_chat_along_and_gets_a_new_user_id() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_says(ANNA, "Хочу", NOW)
    old = simulator.introduce(ANNA).user_id
    delivered(simulator)

    simulator.client_changes_number(ANNA, "+79000000002", NOW)

    (value,) = values(delivered(simulator)[0])
    (message,) = value["messages"]
    assert "contacts" not in value
    assert message["from"] == "79000000001"
    assert message["system"]["wa_id"] == "79000000002"
    assert message["system"]["previous_user_id"] == old
    assert message["system"]["user_id"] == simulator.introduce("+79000000002").user_id != old
    assert [bubble.text for bubble in simulator.phone("+79000000002")] == ["Хочу"]


def test_a_new_user_id_is_told_without_a_sender() -> None:
    simulator = WhatsAppSimulator()
    old = simulator.introduce(ANNA).user_id

    simulator.client_changes_user_id(ANNA, NOW)

    (message,) = messages(delivered(simulator)[0])
    assert "from" not in message
    assert message["system"]["previous_user_id"] == old
    assert message["system"]["user_id"] == simulator.introduce(ANNA).user_id


# ── taps ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tap_carries_the_option_and_the_message_it_stands_on() -> None:
    simulator = WhatsAppSimulator()
    wamid = send(simulator, type="interactive", interactive=buttons("Да, отменить", "Нет"))["messages"][0][
        "id"
    ]

    simulator.client_taps(ANNA, "Да", NOW)
    simulator.client_taps(ANNA, "id:Нет", NOW, with_context=False)

    first, second = (messages(payload)[0] for payload in delivered(simulator))
    assert first["context"] == {"from": "79009999999", "id": wamid}
    assert first["interactive"]["button_reply"] == {"id": "id:Да, отменить", "title": "Да, отменить"}
    assert "context" not in second


def test_a_row_without_a_second_line_is_answered_without_one() -> None:
    simulator = WhatsAppSimulator()
    send(simulator, type="interactive", interactive=a_list("24 ноя 15:00"))

    simulator.client_taps(ANNA, "24", NOW)

    assert messages(delivered(simulator)[0])[0]["interactive"] == {
        "type": "list_reply",
        "list_reply": {"id": "id:24 ноя 15:00", "title": "24 ноя 15:00"},
    }


def test_the_newest_message_is_tapped_unless_an_old_one_is_named() -> None:
    simulator = WhatsAppSimulator()
    old, new = (
        send(simulator, type="interactive", interactive=buttons("Да"))["messages"][0]["id"] for _ in range(2)
    )

    simulator.client_taps(ANNA, "Да", NOW)
    simulator.client_taps(ANNA, "Да", NOW, wamid=old)

    assert [messages(p)[0]["context"]["id"] for p in delivered(simulator)] == [new, old]


def test_what_is_not_on_the_screen_cannot_be_tapped() -> None:
    simulator = WhatsAppSimulator()
    send(simulator, type="interactive", interactive=buttons("Да"))

    with pytest.raises(LookupError, match=r"no option «Вернуть» on the screen; there are \[Да\]"):
        simulator.client_taps(ANNA, "Вернуть", NOW)


# ── quirks by name ────────────────────────────────────────────────────────────────────────────────────


def test_the_quirks_of_the_contract_are_there() -> None:
    sending = {"refuse-503", "accept-but-500", "no-status", "window-closed", "pair-limit"}

    assert sending | {"duplicate", "reorder", "batch"} <= set(QUIRKS)


@pytest.mark.parametrize(
    ("written", "read"),
    [("batch", ("batch", None)), ("duplicate × 2", ("duplicate", 2)), (" 131000 x 1 ", ("131000", 1))],
)
def test_a_quirk_is_read_with_its_number_of_times(written: str, read: tuple[str, int | None]) -> None:
    assert parse_quirk(written) == read


def test_an_unknown_quirk_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'rain' is no quirk of WhatsApp; known: refuse-503, "):
        parse_quirk("rain × 2")


def test_a_post_that_never_left_is_due_again_as_it_was() -> None:
    simulator = WhatsAppSimulator()
    simulator.client_says(ANNA, "Хочу", NOW)
    first: Post = simulator.due(NOW)[0]

    simulator.put_back(first.id, after(1))

    assert simulator.due(after(1)) == [first]
