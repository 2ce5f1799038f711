"""Reason, in a flow that does nothing else: taken once, in any form, and never in the way."""

from typing import get_args

import pytest
from pydantic import BaseModel

from engine import texts
from engine.booking import Reason, ReasonGiven, Record
from engine.dialogue import Dialogue
from engine.effects import Effects, Say
from engine.events import Event, TimedOut
from engine.flow import IDLE, REASONS, Flow, OfferedReason, On, Open, Turn, minutes
from engine.texts import Texts
from engine.understanding import Understanding
from states import everywhere, reason
from tests.chat import ScriptedChat, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")


class Called(Event):
    """Stands for a cancel that was told."""

    records: tuple[Record, ...]


class Memory(BaseModel):
    cancelled: tuple[Record, ...] = ()
    reason_given: bool = False


def tell(turn: Turn[Memory], called: Called) -> Effects:
    turn.memory.cancelled = called.records
    yield Say(text="toy.done", options=(reason.WHY,))


TOY = Flow(
    name="toy",
    intents=(Called,),
    memory=Memory,
    states=(
        Open("toy.done", hears=reason.ANSWERS, context="done", patience=minutes(15)),
        *reason.states("toy"),
    ),
    table=(
        On(Called, IDLE, "toy.done", do=tell),
        *reason.rows("toy.done"),
        On(TimedOut, "toy.done", IDLE),
    ),
)


@pytest.fixture(scope="module")
def toy(catalogue: Texts) -> tuple[Dialogue, Texts]:
    own = texts.load(('["toy.done"]\nru = "Готово."',))
    both = Texts({**catalogue.texts, **own.texts})
    return Dialogue((TOY,), everywhere.rows, Understanding(), both.claims), both


@pytest.fixture
def chat(toy: tuple[Dialogue, Texts]) -> ScriptedChat:
    chat = ScriptedChat(*toy)
    chat.happens(Called(records=(MANICURE,)))
    chat.says("toy.done", options=1)
    return chat


def is_noted(chat: ScriptedChat, code: Reason, words: str = "", of: Record = MANICURE) -> None:
    chat.notes(ReasonGiven(record=of, code=code, words=words))


def is_thanked(chat: ScriptedChat, code: Reason, words: str = "") -> None:
    is_noted(chat, code, words)
    chat.says("reason.thanks")
    chat.rests_in("toy.done")


# ── from the list ─────────────────────────────────────────────────────────────────────────────────────


def test_a_tap_brings_one_list_and_a_tap_on_it_is_the_reason(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.rests_in("toy.telling_why")
    assert [button.title for button in chat.bubbles[-1].options] == [
        "Болезнь", "Другие планы", "Работа или учёба", "Не добраться", "Дорого сейчас", "Другой салон",
        "Записались по ошибке", "Другое",
    ]  # fmt: skip
    assert chat.bubbles[-1].list_label == "Выбрать причину"

    chat.taps("because_transport")
    is_thanked(chat, "transport")


def test_the_salon_says_which_reasons_are_offered_and_in_which_words(chat: ScriptedChat) -> None:
    chat.salon_has(reasons=(OfferedReason("weather", "Непогода"), OfferedReason("other")))
    chat.taps("why")
    chat.says("reason.which", options=2)
    assert [button.title for button in chat.bubbles[-1].options] == ["Непогода", "Другое"]

    chat.taps("because")
    is_thanked(chat, "weather")


def test_a_reason_is_kept_for_every_record_that_was_cancelled(toy: tuple[Dialogue, Texts]) -> None:
    chat = ScriptedChat(*toy)
    chat.happens(Called(records=(MANICURE, HAIRCUT)))
    chat.says("toy.done", options=1)
    chat.takes("заболела")
    is_noted(chat, "illness", "заболела")
    is_noted(chat, "illness", "заболела", HAIRCUT)
    chat.says("reason.thanks")
    chat.rests_in("toy.done")


def test_an_id_that_names_no_reason_of_ours_is_another_one(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.taps_id("because:0::99")
    is_thanked(chat, "other")


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────


def test_words_after_a_cancel_are_its_reason(chat: ScriptedChat) -> None:
    chat.takes("заболела")
    is_thanked(chat, "illness", "заболела")


def test_words_beside_the_list_are_the_reason_whatever_they_are(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.takes("звёзды так сошлись")
    is_thanked(chat, "other", "звёзды так сошлись")


def test_no_more_than_300_characters_of_the_words_are_kept(chat: ScriptedChat) -> None:
    said = "заболела " + "и " * 300
    chat.takes(said)
    is_thanked(chat, "illness", said[:300])


# ── once ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_reason_is_thanked_for_and_changes_nothing(chat: ScriptedChat) -> None:
    chat.takes("заболела")
    is_thanked(chat, "illness", "заболела")

    chat.takes("на работе завал")
    chat.says("reason.known")
    chat.taps("why")
    chat.says("reason.known")
    chat.rests_in("toy.done")


def test_a_second_tap_on_the_button_points_at_the_list(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.taps("why")
    chat.says("reason.list_is_above")
    chat.taps_id("yes:0:1")
    chat.says("reason.list_is_above")
    chat.takes("ок")
    chat.says("reason.list_is_above")
    chat.rests_in("toy.telling_why")


# ── never in the way ──────────────────────────────────────────────────────────────────────────────────


def test_thanks_are_no_reason(chat: ScriptedChat) -> None:
    chat.takes("спасибо")
    chat.says("everywhere.thanks")
    chat.rests_in(IDLE)


def test_nobody_has_to_say_why(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.takes("нет")
    chat.says("reason.as_you_like")
    chat.rests_in("toy.done")


def test_silence_ends_the_list_without_a_word(chat: ScriptedChat) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.waits(minutes=15)
    chat.stays_silent()
    chat.rests_in(IDLE)


@pytest.mark.parametrize("words", ["верните запись", "позовите администратора", "сколько стоит педикюр?"])
def test_a_wish_beside_the_list_stays_a_wish(chat: ScriptedChat, words: str) -> None:
    chat.taps("why")
    chat.says("reason.which", options=len(REASONS))
    chat.takes(words)
    assert chat._unnamed
    assert not any(isinstance(effect, Say) and effect.text.startswith("reason.") for effect in chat._unnamed)


def test_every_code_has_a_title_that_a_list_has_room_for(catalogue: Texts) -> None:
    for code in get_args(Reason):
        title = catalogue.words(f"option.because_{code}")
        assert 0 < len(title) <= 20, code


@pytest.mark.parametrize("words", ["верните первую", "возвращать не надо"])
def test_what_is_said_of_a_take_back_is_no_reason(chat: ScriptedChat, words: str) -> None:
    chat.taps_id("why:0:")
    chat.says("reason.which", options=len(REASONS))
    # No reason is noted; the flow that takes back would answer it, and this one has none beside it.
    chat.takes(words)
    chat.says("everywhere.not_served.reason")
    chat.says("everywhere.how_to_cancel")
    chat.rests_in("toy.telling_why")
