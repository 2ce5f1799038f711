"""Clarify: two buttons for what words may mean, and what a tap or clear words come to."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import get_args

import pytest

from engine.booking import CancelRecord, FindRecords, RecordsFound
from engine.dialogue import Dialogue
from engine.events import Named, NotDelivered, NotUnderstood, StaleTap, TooEarly
from engine.flow import IDLE
from engine.texts import Texts
from engine.understanding import Context, Intent, Meaning, Surroundings, Understanding
from states.clarify.flow import NAMEABLE, Meant
from tests.chat import ScriptedChat, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")
WEDNESDAY = Named(days=(date(2026, 11, 25),))
DOUBT = "мм, среда"
BESIDE_A_CANCEL = sorted(set(NAMEABLE) - {"cancel"})


class Told(Understanding):
    """Reads what it was told to; anything else as ever."""

    def __init__(self, told: Mapping[str, Meaning]) -> None:
        super().__init__()
        self.told = dict(told)

    def understand(self, text: str, context: Context, surroundings: Surroundings) -> Meaning:
        return self.told.get(text) or super().understand(text, context, surroundings)


def torn(*readings: Intent, named: Named = WEDNESDAY) -> Meaning:
    return Meaning(intent="unclear", readings=readings, named=named)


@pytest.fixture
def told() -> Told:
    return Told({DOUBT: torn("cancel", "ask_cancel")})


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts, told: Told) -> Iterator[ScriptedChat]:
    chat = ScriptedChat(replace(dialogue, understanding=told), catalogue)
    yield chat
    chat.is_over()


def asked(chat: ScriptedChat) -> None:
    chat.takes(DOUBT)
    chat.says("clarify.cancel_or.ask_cancel", options=2)
    chat.rests_in("clarify.asking")


# ── the question ──────────────────────────────────────────────────────────────────────────────────────


def test_two_readings_become_one_question_with_two_buttons(chat: ScriptedChat) -> None:
    asked(chat)

    chat.shows("Уточните, пожалуйста: вы хотите отменить запись или узнать, как это делается?")
    assert [option.title for option in chat.bubbles[-1].options] == ["Отменить запись", "Спросить об отмене"]


@pytest.mark.parametrize("other", BESIDE_A_CANCEL)
def test_beside_a_cancel_the_question_names_the_other_reading_too(
    chat: ScriptedChat, told: Told, other: Intent
) -> None:
    told.told |= {"так": torn("cancel", other), "эдак": torn(other, "cancel")}

    chat.takes("так")
    chat.says(f"clarify.cancel_or.{other}", options=2)
    chat.happens(NotDelivered(question=chat.session.questions if chat.session else 0))
    chat.takes("эдак")
    chat.says(f"clarify.cancel_or.{other}", options=2)


def test_any_other_two_stand_on_the_buttons_alone(chat: ScriptedChat, told: Told) -> None:
    told.told["так"] = torn("reschedule", "late")

    chat.takes("так")

    chat.says("clarify.which", options=2)
    assert [option.title for option in chat.bubbles[-1].options] == ["Поменять время", "Приду, но позже"]


def test_every_reading_that_home_can_have_has_its_button(catalogue: Texts) -> None:
    assert set(get_args(Intent)) - set(NAMEABLE) == {"unclear", "yes", "no", "choose"}
    titles = [catalogue.words(f"option.meant_{reading}") for reading in NAMEABLE]
    assert [title for title in titles if len(title) > 20] == []
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("readings", [(), ("cancel",), ("cancel", "cancel"), ("cancel", "yes")])
def test_without_two_readings_that_buttons_can_name_there_is_the_old_sentence(
    chat: ScriptedChat, told: Told, readings: tuple[Intent, ...]
) -> None:
    told.told["так"] = torn(*readings)

    chat.takes("так")

    chat.says("everywhere.not_understood")
    assert chat.taken == NotUnderstood()
    chat.rests_in(IDLE)


def test_a_question_of_a_flow_is_not_asked_about(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)

    chat.takes(DOUBT)

    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in("cancel.confirming")


# ── the answer ────────────────────────────────────────────────────────────────────────────────────────


def test_a_tapped_cancel_keeps_what_was_named_and_still_asks(chat: ScriptedChat) -> None:
    asked(chat)
    chat.taps("meant_cancel")
    assert chat.taken == Meant(intent="cancel", named=WEDNESDAY)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("cancel.confirm", options=3, record=MANICURE)
    chat.rests_in("cancel.confirming")

    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))


def test_a_tapped_cancel_asks_even_where_the_salon_wants_no_question(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    asked(chat)
    chat.taps("meant_cancel")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (intent, f"everywhere.not_served.{intent}")
        for intent in BESIDE_A_CANCEL
        if intent not in ("hello", "thanks", "reschedule", "undo")
    ]
    + [("hello", "everywhere.hello"), ("thanks", "everywhere.thanks")],
)
def test_a_tapped_reading_that_no_flow_serves_gets_its_own_sentence(
    chat: ScriptedChat, told: Told, reading: Intent, text: str
) -> None:
    told.told["так"] = torn("cancel", reading)
    chat.takes("так")
    chat.says(f"clarify.cancel_or.{reading}", options=2)

    chat.taps(f"meant_{reading}")

    chat.says(text)
    if reading in ("reason", "ask_cancel"):
        chat.says("everywhere.how_to_cancel")
    chat.rests_in(IDLE)


@pytest.mark.parametrize("option", ["meant_late:1:", "yes:1:1", "meant_cancel:2:", "record:1:1"])
def test_a_tap_on_what_was_not_offered_is_stale(chat: ScriptedChat, option: str) -> None:
    asked(chat)

    chat.taps_id(option)

    assert chat.taken == StaleTap()
    chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in("clarify.asking")


def test_a_tap_after_the_question_is_over_is_stale(chat: ScriptedChat) -> None:
    asked(chat)
    chat.waits(minutes=15)
    chat.says("everywhere.timed_out")
    chat.rests_in(IDLE)

    chat.taps("meant_cancel")

    chat.says("everywhere.stale_tap")
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    ("words", "named", "plain"),
    [
        # What was named before is kept, and a wish that leans on it is not plain.
        ("отмените", WEDNESDAY, False),
        ("отмените маникюр", Named(days=WEDNESDAY.days, words=("маникюр",)), False),
        # What is named anew takes its place.
        ("отмените запись на пятницу", Named(days=(date(2026, 11, 27),)), True),
    ],
)
def test_clear_words_are_as_good_as_a_tap(chat: ScriptedChat, words: str, named: Named, plain: bool) -> None:
    asked(chat)

    chat.takes(words)

    assert chat.taken == Meant(intent="cancel", named=named, plain=plain)
    chat.asks(FindRecords)


def test_all_that_was_named_before_is_kept_piece_by_piece(chat: ScriptedChat, told: Told) -> None:
    told.told["так"] = torn(
        "cancel", "keep", named=Named(clock=time(15), names=("анна",), impossible_day=True)
    )
    chat.takes("так")
    chat.says("clarify.cancel_or.keep", options=2)

    chat.takes("отмените маникюр")

    kept = Named(clock=time(15), names=("анна",), impossible_day=True, words=("маникюр",))
    assert chat.taken == Meant(intent="cancel", named=kept)
    chat.asks(FindRecords)


def test_a_plain_wish_in_clear_words_is_as_good_as_one_at_home(chat: ScriptedChat, told: Told) -> None:
    told.told["так"] = torn("cancel", "keep", named=Named())
    chat.salon_has(confirm="never")
    chat.takes("так")
    chat.says("clarify.cancel_or.keep", options=2)

    chat.takes("отмените запись на среду")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))

    chat.does(CancelRecord(record=MANICURE))


def test_clear_words_may_mean_something_else_altogether(chat: ScriptedChat) -> None:
    asked(chat)

    chat.takes("позовите администратора")

    chat.says("everywhere.not_served.human")
    chat.rests_in(IDLE)


def test_a_courtesy_answers_only_where_it_is_one_of_the_two(chat: ScriptedChat, told: Told) -> None:
    asked(chat)
    chat.takes("Здравствуйте")
    chat.repeats(after="everywhere.hello_again")
    chat.takes("позовите администратора")
    chat.says("everywhere.not_served.human")

    told.told["так"] = torn("thanks", "cancel")
    chat.takes("так")
    chat.says("clarify.cancel_or.thanks", options=2)
    chat.takes("спасибо")
    assert chat.taken == Meant(intent="thanks", named=WEDNESDAY)
    chat.says("everywhere.thanks")
    chat.rests_in(IDLE)


def test_words_from_before_the_question_are_no_answer(chat: ScriptedChat) -> None:
    asked(chat)

    chat.takes("отмените", ago=timedelta(minutes=5))

    assert chat.taken == TooEarly(question_follows=False, intent="cancel")
    chat.repeats(after="everywhere.too_early")
    chat.rests_in("clarify.asking")


def test_a_yes_to_either_or_is_no_answer(chat: ScriptedChat) -> None:
    asked(chat)

    chat.takes("да")

    chat.repeats(after="everywhere.a_person")
    chat.rests_in("clarify.asking")


# ── two misses ────────────────────────────────────────────────────────────────────────────────────────


def test_after_two_misses_at_home_a_person_is_offered(chat: ScriptedChat) -> None:
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")
    chat.takes("абракадабра")
    chat.says("everywhere.a_person")
    chat.takes("абракадабра")
    chat.says("everywhere.a_person")
    chat.rests_in(IDLE)


def test_a_second_miss_that_has_readings_offers_a_person_and_still_asks(chat: ScriptedChat) -> None:
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")

    chat.takes(DOUBT)

    chat.says("everywhere.a_person")
    chat.says("clarify.cancel_or.ask_cancel", options=2)
    chat.rests_in("clarify.asking")


def test_after_two_misses_in_a_question_a_person_is_offered_and_the_question_stays(
    chat: ScriptedChat,
) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.takes("абракадабра")
    chat.repeats(after="everywhere.not_an_answer")
    chat.takes(DOUBT)
    chat.repeats(after="everywhere.a_person")
    assert chat.taken == NotUnderstood()

    chat.takes("да")

    chat.does(CancelRecord(record=MANICURE))


@pytest.mark.parametrize("understood", ["Здравствуйте", "позовите администратора"])
def test_any_understood_message_sets_the_count_back(chat: ScriptedChat, understood: str) -> None:
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")
    chat.takes(understood)
    chat.says("everywhere.hello" if understood == "Здравствуйте" else "everywhere.not_served.human")
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")


def test_what_has_no_words_neither_counts_nor_sets_the_count_back(chat: ScriptedChat) -> None:
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")
    chat.sends("voice")
    chat.says("everywhere.no_words.voice")
    chat.sends("reaction", "❤")
    chat.taps_id("yes:9:1")
    chat.says("everywhere.stale_tap")
    chat.takes("абракадабра")
    chat.says("everywhere.a_person")


def test_a_time_out_begins_the_count_anew(chat: ScriptedChat) -> None:
    asked(chat)
    chat.waits(minutes=15)
    chat.says("everywhere.timed_out")
    chat.takes("абракадабра")
    chat.says("everywhere.not_understood")
