"""Bubbles as payloads: their shapes, and every limit of whatsapp.md §2.1 whatever things are called."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.whatsapp import payloads
from adapters.whatsapp.wording import shortened, shortened_in_middle, width
from engine.ports import Address, Bubble, Button

ANNA = Address(channel="whatsapp", account="106540352242922", phone="+79000000001", user="RU.1")


def body_of(text: str, *options: Button, label: str = "") -> dict[str, Any]:
    return payloads.content(Bubble(text=text, options=options, list_label=label))


def button(id: str, title: str, more: str = "") -> Button:
    return Button(id=id, title=title, more=more)


class TestShapes:
    def test_words_are_a_text_without_preview(self) -> None:
        assert payloads.message(ANNA, Bubble(text="Запись отменена."), "ob:5f1c") == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+79000000001",
            "biz_opaque_callback_data": "ob:5f1c",
            "type": "text",
            "text": {"body": "Запись отменена.", "preview_url": False},
        }

    def test_short_options_are_buttons(self) -> None:
        options = (button("yes:7:1", "Да, отменить"), button("no:7:", "Нет"))

        assert body_of("Отменить?", *options, label="Выбрать") == {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "Отменить?"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "yes:7:1", "title": "Да, отменить"}},
                        {"type": "reply", "reply": {"id": "no:7:", "title": "Нет"}},
                    ]
                },
            },
        }

    def test_options_with_a_second_line_are_a_list(self) -> None:
        options = (
            button("pick:7:1", "24 ноя 15:00", "Маникюр, мастер Ольга"),
            button("pick:7:2", "25 ноя 10:00"),
        )

        assert body_of("Какую запись отменить?", *options, label="Выбрать запись") == {
            "type": "interactive",
            "interactive": {
                "type": "list",
                "body": {"text": "Какую запись отменить?"},
                "action": {
                    "button": "Выбрать запись",
                    "sections": [
                        {
                            "rows": [
                                {
                                    "id": "pick:7:1",
                                    "title": "24 ноя 15:00",
                                    "description": "Маникюр, мастер Ольга",
                                },
                                {"id": "pick:7:2", "title": "25 ноя 10:00"},
                            ]
                        }
                    ],
                },
            },
        }

    def test_a_title_beyond_twenty_makes_a_list(self) -> None:
        [row] = rows(body_of("Что дальше?", button("undo", "Вернуть запись (15 мин)"), label="Выбрать"))

        assert row == {"id": "undo", "title": "Вернуть запись (15 мин)"}

    def test_a_title_beyond_its_row_is_said_whole_on_the_second_line(self) -> None:
        whole = "Наращивание ресниц, 24 ноября 15:00"
        [row] = rows(body_of("Какую?", button("a", whole), label="Выбрать"))

        assert row == {"id": "a", "title": "Наращивание ресниц, 24…", "description": whole}

    def test_without_a_label_for_a_list_buttons_are_shortened(self) -> None:
        titles = buttons(
            body_of("Что?", button("a", "Наращивание ресниц 2D"), button("b", "Наращивание ресниц 3D"))
        )

        assert titles == ["Наращивание ресниц…", "Наращивание рес… (2)"]

    def test_equal_titles_are_told_apart(self) -> None:
        assert buttons(
            body_of("Что?", button("a", "Маникюр"), button("b", "маникюр"), button("c", "Маникюр"))
        ) == [
            "Маникюр",
            "маникюр (2)",
            "Маникюр (3)",
        ]

    def test_a_title_without_words_is_not_empty(self) -> None:
        assert buttons(body_of("Что?", button("a", " \n"), button("b", ""))) == ["…", "… (2)"]

    def test_titles_stand_on_one_line(self) -> None:
        assert buttons(body_of("Что?", button("a", "Маникюр\n с  лаком"))) == ["Маникюр с лаком"]

    def test_the_question_survives_a_long_body(self) -> None:
        text = "\n".join(f"{i}. Маникюр с покрытием" for i in range(200)) + "\nКакую запись отменить?"
        said = body_of(text, button("a", "Да"))["interactive"]["body"]["text"]

        assert width(said) <= 1024
        assert said.startswith("0. Маникюр")
        assert said.endswith("…\nКакую запись отменить?")

    def test_a_client_without_a_phone_is_reached_by_user_id(self) -> None:
        anonymous = ANNA.model_copy(update={"phone": None})
        sent = payloads.message(anonymous, Bubble(text="Да"), "k")

        assert sent["recipient"] == "RU.1"
        assert "to" not in sent

    def test_the_plus_is_always_sent(self) -> None:
        bare = ANNA.model_copy(update={"phone": "79000000001"})

        assert payloads.message(bare, Bubble(text="Да"), "k")["to"] == "+79000000001"

    def test_typing_goes_with_reading(self) -> None:
        read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}

        assert payloads.noticed("wamid.A", typing=False) == read
        assert payloads.noticed("wamid.A", typing=True) == read | {"typing_indicator": {"type": "text"}}


class TestOurMistakes:
    @pytest.mark.parametrize(
        "bubble",
        [
            Bubble(text=""),
            Bubble(text=" \n"),
            Bubble(text="?", options=tuple(button(str(i), str(i)) for i in range(11)), list_label="Выбрать"),
            Bubble(text="?", options=(button("", "Да"),)),
            Bubble(text="?", options=(button("x" * 201, "Да"),)),
            Bubble(text="?", options=(button("a", "Да"), button("a", "Нет"))),
            Bubble(text="?", options=tuple(button(str(i), str(i)) for i in range(4))),
            Bubble(text="?", options=(button("a", "Да", "more"),), list_label=" "),
        ],
    )
    def test_a_bubble_that_only_we_can_get_wrong_is_refused(self, bubble: Bubble) -> None:
        with pytest.raises(ValueError, match=r"."):
            payloads.message(ANNA, bubble, "k")

    @pytest.mark.parametrize("key", ["", "k" * 513])
    def test_a_key_that_would_not_come_back_is_refused(self, key: str) -> None:
        with pytest.raises(ValueError, match="key"):
            payloads.message(ANNA, Bubble(text="Да"), key)

    def test_nobody_is_no_address(self) -> None:
        nobody = ANNA.model_copy(update={"phone": None, "user": None})

        with pytest.raises(ValueError, match="address"):
            payloads.message(nobody, Bubble(text="Да"), "k")


class TestShortening:
    def test_what_fits_stays(self) -> None:
        assert shortened("Маникюр", 7) == "Маникюр"
        assert shortened_in_middle("Отменить?", 9) == "Отменить?"

    def test_widths_count_utf16_units(self) -> None:
        assert width("Да👍") == 4
        assert shortened("👍👍👍", 5) == "👍👍…"
        assert shortened("👍👍👍", 4) == "👍…"

    def test_an_emoji_of_several_parts_is_left_out_whole(self) -> None:
        family = "👩\u200d👩\u200d👧"

        assert shortened(f"Да {family}", 7) == "Да…"
        assert shortened("Да ❤\ufe0f ура", 5) == "Да…"
        assert shortened("Да 👍🏽 ура", 7) == "Да…"

    def test_a_text_of_one_line_keeps_its_end(self) -> None:
        said = shortened_in_middle("а" * 100 + " Отменить запись?", 60)

        assert said == "а" * 39 + "…" + "ааа Отменить запись?"
        assert width(said) == 60

    def test_spaces_at_the_end_are_not_worth_a_cut(self) -> None:
        assert shortened_in_middle("Отменить?" + " " * 100, 20) == "Отменить?"


def rows(body: dict[str, Any]) -> list[dict[str, str]]:
    [section] = body["interactive"]["action"]["sections"]
    found: list[dict[str, str]] = section["rows"]
    return found


def buttons(body: dict[str, Any]) -> list[str]:
    return [each["reply"]["title"] for each in body["interactive"]["action"]["buttons"]]


PIECES = [*"абвАБВ жё…()12\n\t", "👍", "👩\u200d👧", "❤\ufe0f", "\ud800", "\x00"]
NAMES = st.lists(st.sampled_from(PIECES), max_size=90).map("".join)
LENGTHS = st.sampled_from([0, 50, 250, 255, 256, 257, 1023, 1024, 1500])
TEXTS = st.builds(lambda name, n, ending: name + "ы👍\n " * n + ending + "?", NAMES, LENGTHS, NAMES)
OPTIONS = st.lists(st.tuples(NAMES, st.just("") | NAMES), max_size=10)


class TestLimits:
    @settings(max_examples=400, deadline=None)
    @given(TEXTS, OPTIONS, NAMES)
    def test_no_bubble_breaks_a_limit(self, text: str, options: list[tuple[str, str]], label: str) -> None:
        named = tuple(button(f"pick:{i}:1", title, more) for i, (title, more) in enumerate(options))
        bubble = Bubble(text=text, options=named, list_label=label.strip() or "Выбрать")

        sent = payloads.message(ANNA, bubble, "k" * 512)

        assert json.dumps(sent, ensure_ascii=False).encode()
        assert_within_limits(sent)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(NAMES, min_size=1, max_size=3))
    def test_no_buttons_break_a_limit(self, titles: list[str]) -> None:
        named = tuple(button(str(i), title) for i, title in enumerate(titles))

        assert_within_limits(payloads.message(ANNA, Bubble(text="Что?", options=named), "k"))

    @settings(max_examples=100, deadline=None)
    @given(TEXTS, OPTIONS)
    def test_the_simulator_takes_them_all(self, text: str, options: list[tuple[str, str]]) -> None:
        sends = pytest.importorskip("adapters.whatsapp.simulator.sends", exc_type=ImportError)
        named = tuple(button(f"pick:{i}:1", title, more) for i, (title, more) in enumerate(options))

        sent = payloads.message(ANNA, Bubble(text=text, options=named, list_label="Выбрать"), "k")
        assert [option.id for option in sends.read(sent, {}).options] == [option.id for option in named]


def assert_within_limits(sent: dict[str, Any]) -> None:
    """Hold a payload against whatsapp.md §2.1, read independently of the code."""
    assert units(sent["biz_opaque_callback_data"]) <= 512
    if sent["type"] == "text":
        assert 1 <= units(sent["text"]["body"].strip()) <= units(sent["text"]["body"]) <= 4096
        return
    interactive = sent["interactive"]
    assert 1 <= units(interactive["body"]["text"]) <= 1024
    assert interactive["body"]["text"].endswith("?")
    if interactive["type"] == "button":
        replies = [each["reply"] for each in interactive["action"]["buttons"]]
        assert 1 <= len(replies) <= 3
        assert all(1 <= units(reply["title"].strip()) <= units(reply["title"]) <= 20 for reply in replies)
        assert all(1 <= units(reply["id"]) <= 256 for reply in replies)
    else:
        assert (
            1
            <= units(interactive["action"]["button"].strip())
            <= units(interactive["action"]["button"])
            <= 20
        )
        [section] = interactive["action"]["sections"]
        replies = section["rows"]
        assert 1 <= len(replies) <= 10
        assert all(1 <= units(row["title"].strip()) <= units(row["title"]) <= 24 for row in replies)
        assert all(units(row.get("description", "x").strip()) >= 1 for row in replies)
        assert all(units(row.get("description", "x")) <= 72 for row in replies)
        assert all(1 <= units(row["id"]) <= 200 for row in replies)
    titles = sorted(reply["title"].casefold() for reply in replies)
    assert all(one != other for one, other in pairwise(titles))
    assert len({reply["id"] for reply in replies}) == len(replies)


def units(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)
