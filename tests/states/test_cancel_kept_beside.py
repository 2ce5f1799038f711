"""One of several late requests is to stay, played as chats: it alone is withdrawn, or it is asked about."""

from datetime import timedelta

import pytest

from engine.booking import CancelSettled, FindRecords, RecordsFound
from engine.flow import IDLE
from tests.chat import ScriptedChat, record
from tests.states.test_cancel_late import FRIDAY, TODAY, TONIGHT, is_requested, wishes

TOMORROW = record(4, "Маникюр", "2026-11-24 09:00")


def requests(chat: ScriptedChat) -> list[str]:
    return [late.request for late in chat.chat.late_requests]


def is_withdrawn(chat: ScriptedChat, request: str) -> None:
    """The request about tonight ends, and the one about today goes on."""
    chat.notes(CancelSettled(record=TONIGHT, outcome="withdrawn", late=True, request=request))
    chat.says("cancel.withdrawn", record=TONIGHT)
    assert [late.record for late in chat.chat.late_requests] == [TODAY]


@pytest.mark.parametrize(
    "words",
    [
        "педикюр оставьте, а маникюр отмените",
        "маникюр отмените, педикюр не отменяйте",
        "маникюр отмените, остальное оставьте",
    ],
)
def test_one_message_keeps_one_and_calls_off_the_other(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TONIGHT)
    _, request = requests(chat)
    chat.takes(words)
    is_withdrawn(chat, request)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, TONIGHT)))
    chat.says("cancel.waits", record=TODAY)
    chat.rests_in(IDLE)


def test_what_is_called_off_beside_it_is_asked_about_as_ever(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    _, request = requests(chat)
    chat.takes("педикюр не отменяйте, стрижку отмените")
    is_withdrawn(chat, request)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, TONIGHT, FRIDAY)))
    chat.says("cancel.confirm", options=3, record=FRIDAY)


@pytest.mark.parametrize(
    "words",
    [
        # A place, of a list that does not stand any more.
        "вторую оставьте, а маникюр отмените",
        # A word that is not the record's.
        "вечерний педикюр оставьте, а маникюр отмените",
        # The same is called off and kept.
        "педикюр отмените, вечерний педикюр оставьте",
    ],
)
def test_what_may_be_kept_is_asked_about_first(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes(words)
    chat.says("cancel.still", options=2, record=TONIGHT)
    chat.rests_in("cancel.withdrawing")
    assert len(requests(chat)) == 2


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(hours=2)])
def test_words_from_before_the_request_or_from_long_ago_keep_nothing(
    chat: ScriptedChat, ago: timedelta
) -> None:
    is_requested(chat, TODAY, TONIGHT)
    if ago > timedelta(hours=1):
        chat.waits(minutes=150)
    chat.takes("педикюр оставьте, а маникюр отмените", ago=ago)
    chat.says("cancel.still", options=2, record=TONIGHT)


@pytest.mark.parametrize(("words", "stays"), [("нет", True), ("да", False)])
def test_what_is_called_off_is_not_lost_over_that_question(
    chat: ScriptedChat, words: str, stays: bool
) -> None:
    chat.salon_has(confirm="never")
    is_requested(chat, TODAY, TONIGHT)
    _, request = requests(chat)
    chat.takes("вторую оставьте, а стрижку отмените")
    chat.says("cancel.still", options=2, record=TONIGHT)
    chat.takes(words)
    if stays:
        is_withdrawn(chat, request)
    else:
        chat.says("cancel.waits", record=TONIGHT)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, TONIGHT, FRIDAY)))
    # The words are from before the question: they are asked about, whatever the settings say.
    chat.says("cancel.confirm", options=3, record=FRIDAY)


def test_silence_over_that_question_looks_nothing_up(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes("вторую оставьте, а маникюр отмените")
    chat.says("cancel.still", options=2, record=TONIGHT)
    chat.waits(minutes=16)
    chat.says("cancel.waits", record=TONIGHT)
    chat.rests_in(IDLE)


def test_what_no_request_waits_for_is_kept_without_a_word(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY)
    chat.takes("стрижку оставьте, а маникюр отмените")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(TODAY, FRIDAY)))
    chat.says("cancel.waits", record=TODAY)


# ── a place of the list that was passed on ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["вторую не отменяйте, приду", "вторую не отменяйте, на неё приду", "не отменяйте вторую"]
)
def test_a_place_is_asked_about_alone(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TONIGHT)
    _, request = requests(chat)
    chat.takes(words)
    chat.says("cancel.still", options=2, record=TONIGHT)
    chat.rests_in("cancel.withdrawing")
    assert len(requests(chat)) == 2
    chat.taps("withdraw", TONIGHT)
    is_withdrawn(chat, request)


@pytest.mark.parametrize("words", ["третью не отменяйте", "в субботу приду", "не отменяйте маникюр"])
def test_one_that_is_not_clear_is_asked_for_by_its_own_button(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TOMORROW)
    first, second = requests(chat)
    chat.takes(words)
    chat.says("cancel.still_which", options=4, records=(TODAY, TOMORROW))
    # Neither says which.
    for answer in ("нет", "да", "не отменяйте"):
        chat.takes(answer)
        after = "everywhere.a_person" if answer != "нет" else "everywhere.not_an_answer"
        chat.repeats(after=after)
    chat.taps("leave", TOMORROW)
    chat.notes(CancelSettled(record=TOMORROW, outcome="withdrawn", late=True, request=second))
    chat.says("cancel.withdrawn", record=TOMORROW)
    assert requests(chat) == [first]


@pytest.mark.parametrize(("kind", "count"), [("leave_all", 0), ("leave_none", 2)])
def test_all_or_none_of_them_may_stay(chat: ScriptedChat, kind: str, count: int) -> None:
    is_requested(chat, TODAY, TONIGHT)
    ids = requests(chat)
    chat.takes("в субботу приду")
    chat.says("cancel.still_which", options=4)
    chat.taps(kind)
    if count:
        chat.says("cancel.waits_all", records=(TODAY, TONIGHT))
    else:
        for one, request in zip((TODAY, TONIGHT), ids, strict=True):
            chat.notes(CancelSettled(record=one, outcome="withdrawn", late=True, request=request))
        chat.says("cancel.withdrawn_all")
    assert len(requests(chat)) == count


def test_a_button_of_what_does_not_wait_leaves_nothing(chat: ScriptedChat) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes("в субботу приду")
    chat.says("cancel.still_which", options=4)
    assert chat.session is not None
    chat.taps_id(f"leave:{chat.session.questions}:99")
    chat.repeats(after="everywhere.stale_tap_here")
    assert len(requests(chat)) == 2


@pytest.mark.parametrize("words", ["вторую", "вторую не отменяйте", "педикюр оставьте", "педикюр"])
def test_in_the_question_about_both_one_of_them_is_asked_about_alone(chat: ScriptedChat, words: str) -> None:
    is_requested(chat, TODAY, TONIGHT)
    chat.takes("не отменяйте")
    chat.says("cancel.still_all", options=2)
    chat.takes(words)
    chat.says("cancel.still", options=2, record=TONIGHT)
    assert len(requests(chat)) == 2


def test_what_is_called_off_in_the_same_words_is_no_answer_for_both(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    is_requested(chat, TODAY, TONIGHT)
    wishes(chat, TODAY, TONIGHT)
    chat.says("cancel.waits_all")
    chat.takes("не отменяйте")
    chat.says("cancel.still_all", options=2)
    chat.takes("педикюр оставьте, а маникюр отмените")
    chat.says("cancel.still", options=2, record=TONIGHT)
    assert len(requests(chat)) == 2
