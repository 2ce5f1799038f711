"""Reschedule, played as chats: a window that was agreed on is taken once, and only what is proven is told."""

from datetime import date, datetime, timedelta
from typing import get_args

import pytest

from engine.booking import (
    CallFailed,
    CancelSettled,
    FindRecords,
    FindSlots,
    MoveRecord,
    MoveSettled,
    ReadOutcome,
    Receipt,
    Record,
    RecordChanged,
    RecordMoved,
    RecordsFound,
    Refusal,
    Slot,
    SlotsFound,
    SlotTaken,
)
from engine.chat import LateRequest, Undoable
from engine.consent import BrokenPromise
from engine.events import Named, RescheduleWanted, SlotPicked, StaleTap
from engine.flow import IDLE
from tests.chat import ANNA, MONDAY, MOSCOW, ScriptedChat, record

MANICURE = record(1).model_copy(update={"master_id": 7})
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария").model_copy(update={"master_id": 8})
TODAY = MONDAY.date()
DAY, TIME, PROPOSAL = "reschedule.choosing_day", "reschedule.choosing_slot", "reschedule.confirming"


def slot(at: str, master: str = "Ольга", master_id: int = 7) -> Slot:
    """A window by the salon's wall clock, «27 12:00» of November 2026."""
    day, clock = at.split()
    starts_at = datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=MOSCOW)
    return Slot(starts_at=starts_at, master=master, master_id=master_id)


NOON, THREE, FOUR = slot("27 12:00"), slot("27 15:00"), slot("27 16:00")
FRIDAY = (NOON, THREE, FOUR)
WEEK = (slot("26 12:00"), *FRIDAY, slot("28 18:00"))


def slots(*free: Slot) -> SlotsFound:
    return SlotsFound(slots=free)


def finds(
    about: Record = MANICURE,
    since: date = TODAY,
    days: int = 14,
    *,
    any_master: bool = False,
    not_before: datetime = MONDAY,
) -> FindSlots:
    return FindSlots(
        record=about,
        since=since,
        until=since + timedelta(days=days),
        any_master=any_master,
        not_before=not_before,
    )


def receipt(to: Slot, of: Record = MANICURE) -> Receipt:
    at = {"starts_at": to.starts_at, "master": to.master, "master_id": to.master_id}
    return Receipt(change="moved", record=of.model_copy(update=at), read_at=MONDAY, was=of)


def wishes(chat: ScriptedChat, words: str = "перенесите запись", *records: Record) -> None:
    """Play up to the windows that are looked for."""
    chat.takes(words)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=records or (MANICURE,)))


def is_asked_which_day(chat: ScriptedChat) -> None:
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=4, record=MANICURE)


def is_asked_what_time(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на пятницу")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_time", options=4, record=MANICURE)


def is_proposed(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на пятницу в 15")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.confirm", options=3, record=MANICURE, slot=THREE)


def is_moving(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE))


def taps(chat: ScriptedChat, title: str) -> None:
    """The client taps the option of the latest message whose title begins so."""
    chat.taps_id(next(one.id for one in chat.bubbles[-1].options if one.title.startswith(title)))


def is_moved(chat: ScriptedChat, to: Slot = THREE, of: Record = MANICURE) -> None:
    chat.gets(RecordMoved(receipt=receipt(to, of)))
    chat.notes(MoveSettled(record=of, to=to, outcome="moved", receipt=receipt(to, of)))


QUESTIONS = pytest.mark.parametrize("play", [is_asked_which_day, is_asked_what_time, is_proposed])


# ── the happy paths ───────────────────────────────────────────────────────────────────────────────────


def test_the_day_then_the_time_and_the_tap_is_the_consent(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.shows("На какой день перенести запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?")
    chat.rests_in(DAY)

    taps(chat, "пт, 27")
    chat.asks(finds(since=date(2026, 11, 27), days=0))
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4)
    chat.rests_in(TIME)

    taps(chat, "15:00")
    assert chat.taken == SlotPicked(slot=THREE)
    chat.does(MoveRecord(record=MANICURE, to=THREE))
    is_moved(chat)
    chat.says("reschedule.done")
    chat.shows(
        "Запись перенесена. Теперь: Маникюр, пятница, 27 ноября, 15:00, мастер Ольга. "
        "Было: среда, 25 ноября, 15:00. Ждём вас!"
    )
    chat.rests_in("reschedule.done")


def test_day_and_time_at_once_cost_one_question(chat: ScriptedChat) -> None:
    is_proposed(chat)
    chat.rests_in(PROPOSAL)

    chat.taps("yes_move")
    chat.does(MoveRecord(record=MANICURE, to=THREE))
    is_moved(chat)
    chat.says("reschedule.done")
    chat.rests_in("reschedule.done")


@pytest.mark.parametrize(
    "yes", ["да", "да, переносите", "хорошо, в 15", "давайте в пятницу в 15", "перенесите"]
)
def test_words_that_agree_to_the_proposed_window_are_a_yes(chat: ScriptedChat, yes: str) -> None:
    is_proposed(chat)
    chat.takes(yes)
    chat.does(MoveRecord(record=MANICURE, to=THREE))


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("да, если мастер Ольга", "not_served.reschedule"),
        ("да?", "not_an_answer"),
        ("ну не знаю", "not_an_answer"),
    ],
)
def test_what_leaves_a_doubt_is_no_yes(chat: ScriptedChat, words: str, after: str) -> None:
    is_proposed(chat)
    chat.takes(words)
    chat.repeats(after=f"everywhere.{after}")
    chat.rests_in(PROPOSAL)


def test_an_order_to_cancel_is_no_yes_to_a_move(chat: ScriptedChat) -> None:
    is_proposed(chat)
    chat.takes("отменяйте")
    chat.notes(MoveSettled(record=MANICURE, to=THREE, outcome="kept"))
    chat.asks(FindRecords(phone=ANNA))


@pytest.mark.parametrize(
    ("words", "to"),
    [
        ("в 15", THREE),
        ("на три", THREE),
        ("16:00", FOUR),
        ("первое", NOON),
        ("последнее", FOUR),
        ("12", NOON),
    ],
)
def test_one_time_in_so_many_words_is_the_consent(chat: ScriptedChat, words: str, to: Slot) -> None:
    is_asked_what_time(chat)
    chat.takes(words)
    chat.does(MoveRecord(record=MANICURE, to=to))


@pytest.mark.parametrize(
    ("words", "named"),
    [("а в 15 можно?", THREE), ("в 15, если можно без пробок", THREE), ("3", THREE), ("2", THREE)],
)
def test_a_time_that_leaves_a_doubt_is_asked_about(chat: ScriptedChat, words: str, named: Slot) -> None:
    is_asked_what_time(chat)
    chat.takes(words)
    chat.says("reschedule.confirm", options=3, slot=named)
    chat.rests_in(PROPOSAL)


def test_a_number_that_may_be_an_hour_or_a_place_is_asked_about(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на пятницу")
    chat.asks(finds())
    two = slot("27 14:00")
    chat.gets(slots(NOON, slot("27 13:00"), two))
    chat.says("reschedule.which_time", options=4)

    chat.takes("2")
    chat.says("reschedule.confirm", options=3, slot=two)


def test_a_time_that_is_ruled_out_moves_nothing(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    chat.takes("в 15 не смогу")
    chat.repeats(after="everywhere.not_an_answer")
    chat.rests_in(TIME)


@pytest.mark.parametrize(("words", "day"), [("5-го", 5), ("десятое", 10), ("5 декабря", 5)])
def test_a_day_of_the_month_is_no_place_of_the_list(chat: ScriptedChat, words: str, day: int) -> None:
    is_asked_what_time(chat)
    chat.takes(words)
    chat.asks(finds(since=date(2026, 12, day), days=0))


def test_a_time_that_was_not_on_the_screen_is_asked_about(chat: ScriptedChat) -> None:
    day = tuple(slot(f"27 {hour}:{minute}") for hour in range(10, 20) for minute in ("00", "30"))
    wishes(chat, "перенесите на пятницу")
    chat.asks(finds())
    chat.gets(slots(*day))
    chat.says("reschedule.which_time", options=10)

    chat.takes("в 19:30")
    chat.says("reschedule.confirm", options=3, slot=day[-1])


def test_taps_on_rows_that_were_never_shown_are_stale(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    assert chat.session is not None
    number = chat.session.questions
    for option in (f"slot:{number}::9", f"slot:{number}:", f"day:{number}::0", f"yes_move:{number}:"):
        chat.taps_id(option)
        assert chat.taken == StaleTap()
        chat.repeats(after="everywhere.stale_tap_here")
    chat.rests_in(TIME)


def test_taps_on_days_that_were_never_shown_are_stale(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    assert chat.session is not None
    number = chat.session.questions
    for option in (f"day:{number}::9", f"day:{number}:", f"slot:{number}::0"):
        chat.taps_id(option)
        assert chat.taken == StaleTap()
        chat.repeats(after="everywhere.stale_tap_here")


# ── whose consent to what ─────────────────────────────────────────────────────────────────────────────


def test_only_the_window_that_was_picked_may_be_written(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    with pytest.raises(BrokenPromise):
        chat.happens(SlotPicked(slot=slot("30 12:00")))


def test_no_setting_skips_the_consent_to_a_move(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    is_proposed(chat)
    chat.rests_in(PROPOSAL)


# ── which windows ─────────────────────────────────────────────────────────────────────────────────────


def test_where_it_stands_is_no_window_and_its_own_hour_is_no_obstacle(chat: ScriptedChat) -> None:
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots(slot("25 14:30"), slot("25 15:00"), slot("25 15:30")))
    said = chat.says("reschedule.which_time", options=3)
    assert [one.slot for one in said.options if one.slot] == [slot("25 14:30"), slot("25 15:30")]


def test_windows_within_the_notice_are_not_offered(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=100))
    wishes(chat)
    chat.asks(finds(not_before=MONDAY + timedelta(hours=100)))
    chat.gets(slots(*WEEK))
    said = chat.says("reschedule.which_day", options=3)
    assert len([one for one in said.options if one.kind == "day"]) == 2


def test_a_record_within_the_notice_may_be_moved(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(hours=72))
    wishes(chat, "перенесите на пятницу")
    chat.asks(FindSlots)
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_time", options=4)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE))


def test_a_day_without_a_window_leads_to_the_nearest_and_says_so(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на воскресенье")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.not_that_day")
    said = chat.says("reschedule.which_day", options=4)
    days = [one.args["day"].on.day for one in said.options if one.kind == "day"]  # type: ignore[union-attr]
    assert days == [26, 27, 28]

    chat.takes("вечером")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    said = chat.says("reschedule.which_time", options=2)
    assert said.options[0].slot == slot("28 18:00")


def test_a_time_that_is_not_free_leads_to_the_nearest_of_that_day(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на пятницу в 14")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.not_that_time")
    said = chat.says("reschedule.which_time", options=4)
    assert tuple(one.slot for one in said.options if one.slot) == FRIDAY


def test_the_page_begins_with_the_times_nearest_to_the_records_own(chat: ScriptedChat) -> None:
    day = tuple(slot(f"27 {hour}:{minute}") for hour in range(10, 20) for minute in ("00", "30"))
    wishes(chat, "перенесите на пятницу")
    chat.asks(finds())
    chat.gets(slots(*day))
    said = chat.says("reschedule.which_time", options=10)
    shown = [one.slot.starts_at.strftime("%H:%M") for one in said.options if one.slot]
    assert shown == ["13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30"]

    for first in ("10:00", "18:00", "13:00"):
        taps(chat, "Другое время")
        assert chat.bubbles[-1].options[0].title == first
        chat.says("reschedule.which_time", options=len(chat.bubbles[-1].options))


def test_more_days_than_a_list_holds_come_page_by_page(chat: ScriptedChat) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(1, 12)]
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots(*(NOON.model_copy(update={"starts_at": day}) for day in days)))
    chat.says("reschedule.which_day", options=10)
    for first, options in (("ср, 2 дек.", 5), ("вт, 24 нояб.", 10)):
        taps(chat, "Другие дни")
        chat.says("reschedule.which_day", options=options)
        assert chat.bubbles[-1].options[0].title == first


def test_a_part_of_the_day_comes_first_and_alone(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на пятницу после обеда")
    chat.asks(finds())
    chat.gets(slots(*WEEK, slot("27 18:30")))
    said = chat.says("reschedule.which_time", options=5)
    assert tuple(one.slot for one in said.options if one.slot) == FRIDAY
    taps(chat, "Другое время")
    said = chat.says("reschedule.which_time", options=3)
    assert said.options[0].slot == slot("27 18:30")


def test_the_own_master_has_nothing_then_others_are_shown(chat: ScriptedChat) -> None:
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots())
    chat.asks(finds(any_master=True))
    maria = slot("27 12:00", "Мария", 8)
    chat.gets(slots(maria))
    chat.says("reschedule.because.others_only")
    chat.says("reschedule.which_time", options=2)
    taps(chat, "12:00")
    chat.does(MoveRecord(record=MANICURE, to=maria))


def test_of_one_start_the_own_master_is_offered(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.taps("any_master")
    chat.asks(finds(any_master=True))
    chat.gets(slots(slot("27 12:00", "Анна", 6), NOON, slot("27 13:00", "Анна", 6)))
    said = chat.says("reschedule.which_time", options=3)
    assert [one.slot for one in said.options if one.slot] == [NOON, slot("27 13:00", "Анна", 6)]


def test_any_master_is_offered_once(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    chat.taps("any_master")
    chat.asks(finds(any_master=True))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=3)


def test_nothing_is_free_and_that_is_told(chat: ScriptedChat) -> None:
    wishes(chat)
    chat.asks(finds())
    chat.gets(slots())
    chat.asks(finds(any_master=True))
    chat.gets(slots())
    chat.notes(MoveSettled(record=MANICURE, outcome="no_slots"))
    chat.says("reschedule.no_slots", record=MANICURE)
    chat.rests_in(IDLE)


def test_a_master_who_is_named_is_looked_for(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите к Марии на пятницу в 12")
    chat.asks(finds(any_master=True))
    maria = slot("27 12:00", "Мария", 8)
    chat.gets(slots(NOON, maria))
    chat.says("reschedule.confirm", options=3, slot=maria)


def test_a_master_without_a_window_is_told_as_that(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите к Марии на пятницу в 12")
    chat.asks(finds(any_master=True))
    chat.gets(slots(NOON))
    chat.says("reschedule.because.not_that_master")
    chat.says("reschedule.which_time", options=2)


def test_a_far_day_is_looked_at_with_its_neighbours(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на 20 декабря")
    chat.asks(finds(since=date(2026, 12, 17)))


def test_fridays_record_may_be_meant_by_friday(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите запись на пятницу", HAIRCUT)
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(slot("26 12:00", "Мария", 8), slot("28 12:00", "Мария", 8)))
    chat.says("reschedule.which_day", options=3)


def test_a_day_that_no_calendar_has_is_told_as_that(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на 31 ноября")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.no_such_day")
    chat.says("reschedule.which_day", options=4)


def test_another_day_after_all(chat: ScriptedChat) -> None:
    is_asked_what_time(chat)
    chat.taps("other_day")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_day", options=4)


def test_another_time_than_the_proposed(chat: ScriptedChat) -> None:
    is_proposed(chat)
    chat.taps("other_time")
    chat.asks(finds(since=date(2026, 11, 27), days=0))
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4)


@pytest.mark.parametrize(
    ("play", "words", "state"),
    [
        (is_asked_which_day, "другой день", DAY),
        (is_asked_what_time, "другой день", DAY),
        (is_proposed, "другое время", TIME),
    ],
)
def test_another_one_in_words(chat: ScriptedChat, play: object, words: str, state: str) -> None:
    assert callable(play)
    play(chat)
    chat.takes(words)
    if play is not is_asked_which_day:
        chat.asks(FindSlots)
        chat.gets(slots(*(FRIDAY if state == TIME else WEEK)))
    chat.says("reschedule.which_day" if state == DAY else "reschedule.which_time", options=4)
    chat.rests_in(state)


@QUESTIONS
def test_another_day_or_hour_is_looked_for_at_every_question(chat: ScriptedChat, play: object) -> None:
    assert callable(play)
    play(chat)
    chat.takes("а в субботу в 18 можно?")
    chat.asks(finds(since=date(2026, 11, 28), days=0))
    chat.gets(slots(slot("28 18:00")))
    chat.says("reschedule.confirm", options=3, slot=slot("28 18:00"))


def test_a_day_that_filled_up_meanwhile_leads_to_its_neighbours(chat: ScriptedChat) -> None:
    is_asked_which_day(chat)
    taps(chat, "пт, 27")
    chat.asks(finds(since=date(2026, 11, 27), days=0))
    chat.gets(slots())
    chat.asks(finds())
    chat.gets(slots(slot("26 12:00"), slot("28 18:00")))
    chat.says("reschedule.because.not_that_day")
    chat.says("reschedule.which_day", options=3)


# ── rather not ────────────────────────────────────────────────────────────────────────────────────────


@QUESTIONS
@pytest.mark.parametrize("no", ["нет", "не надо", "оставьте как есть"])
def test_a_no_leaves_the_record_alone(chat: ScriptedChat, play: object, no: str) -> None:
    assert callable(play)
    play(chat)
    chat.takes(no)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="kept"))
    chat.says("reschedule.kept", record=MANICURE)
    chat.rests_in(IDLE)


def asks_to_cancel(chat: ScriptedChat) -> None:
    """The salon has been asked to cancel it, and has not decided yet."""
    late = LateRequest(request="late", record=MANICURE, asked_at=MONDAY)
    chat.chat = chat.chat.model_copy(update={"late_requests": (late,)})


@QUESTIONS
@pytest.mark.parametrize("no", ["нет", "не надо", "не переносите"])
def test_a_no_beside_a_request_to_cancel_is_no_word_about_that_request(
    chat: ScriptedChat, play: object, no: str
) -> None:
    assert callable(play)
    asks_to_cancel(chat)
    play(chat)
    chat.takes(no)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="kept"))
    chat.says("cancel.still", options=2, record=MANICURE)
    assert len(chat.chat.late_requests) == 1


@QUESTIONS
@pytest.mark.parametrize("no", ["нет, оставьте как есть", "не надо переносить, приду", "приду"])
def test_coming_after_all_withdraws_the_request_to_cancel(chat: ScriptedChat, play: object, no: str) -> None:
    assert callable(play)
    asks_to_cancel(chat)
    play(chat)
    chat.takes(no)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="kept"))
    chat.notes(CancelSettled(record=MANICURE, outcome="withdrawn", late=True, request="late"))
    chat.says("cancel.withdrawn", record=MANICURE)
    chat.rests_in(IDLE)
    assert chat.chat.late_requests == ()


def test_a_request_to_cancel_another_record_changes_nothing_of_a_no(chat: ScriptedChat) -> None:
    late = LateRequest(request="late", record=HAIRCUT, asked_at=MONDAY)
    chat.chat = chat.chat.model_copy(update={"late_requests": (late,)})
    is_asked_which_day(chat)
    chat.takes("нет")
    chat.notes(MoveSettled(record=MANICURE, outcome="kept"))
    chat.says("reschedule.kept", record=MANICURE)
    chat.rests_in(IDLE)


def test_a_list_that_is_turned_down_keeps_nothing_that_may_be_cancelled(chat: ScriptedChat) -> None:
    asks_to_cancel(chat)
    wishes(chat, "перенесите запись", MANICURE, HAIRCUT)
    chat.says("reschedule.which", options=2)
    chat.takes("ни одну")
    chat.says("cancel.still", options=2, record=MANICURE)
    assert len(chat.chat.late_requests) == 1


def test_a_list_that_nobody_answers_reminds_of_the_request_to_cancel(chat: ScriptedChat) -> None:
    asks_to_cancel(chat)
    wishes(chat, "перенесите запись", MANICURE, HAIRCUT)
    chat.says("reschedule.which", options=2)
    chat.waits(minutes=15)
    chat.says("reschedule.timed_out")
    chat.says("reschedule.request_waits", record=MANICURE)
    chat.rests_in(IDLE)


@QUESTIONS
def test_silence_reminds_of_the_request_to_cancel(chat: ScriptedChat, play: object) -> None:
    assert callable(play)
    asks_to_cancel(chat)
    play(chat)
    chat.waits(minutes=15)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="silent"))
    chat.says("reschedule.timed_out")
    chat.says("reschedule.request_waits", record=MANICURE)
    chat.rests_in(IDLE)


def test_a_refused_move_reminds_of_the_request_to_cancel(chat: ScriptedChat) -> None:
    asks_to_cancel(chat)
    is_moving(chat)
    chat.gets(CallFailed(reason="refused", detail="paid"))
    chat.notes(MoveSettled(record=MANICURE, to=THREE, outcome="refused", detail="paid"))
    chat.says("reschedule.refused.paid", record=MANICURE)
    chat.says("reschedule.request_waits", record=MANICURE)
    chat.rests_in(IDLE)


@QUESTIONS
def test_silence_leaves_the_record_alone(chat: ScriptedChat, play: object) -> None:
    assert callable(play)
    play(chat)
    chat.waits(minutes=15)
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="silent"))
    chat.says("reschedule.timed_out")
    chat.rests_in(IDLE)


@QUESTIONS
def test_rather_a_cancel_is_handed_over_with_the_record(chat: ScriptedChat, play: object) -> None:
    assert callable(play)
    play(chat)
    chat.takes("лучше отмените")
    chat.notes(MoveSettled(record=MANICURE, to=THREE if play is is_proposed else None, outcome="kept"))
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    assert chat.says("cancel.confirm", options=3).proposes == (MANICURE,)


# ── what became of it ─────────────────────────────────────────────────────────────────────────────────


def test_a_window_that_was_taken_meanwhile_is_told_and_others_are_offered(chat: ScriptedChat) -> None:
    is_moving(chat)
    chat.gets(SlotTaken(record=MANICURE))
    chat.asks(finds())
    chat.gets(slots(NOON, FOUR))
    chat.says("reschedule.because.taken")
    chat.says("reschedule.which_time", options=3)
    taps(chat, "16:00")
    chat.does(MoveRecord(record=MANICURE, to=FOUR))


def test_a_record_that_the_salon_changed_is_asked_about_anew(chat: ScriptedChat) -> None:
    is_moving(chat)
    now = MANICURE.model_copy(update={"starts_at": slot("26 12:00").starts_at})
    chat.gets(RecordChanged(was=MANICURE, now=now))
    chat.asks(finds(now))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.changed")
    chat.says("reschedule.which_time", options=4, record=now)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=now, to=THREE))


@pytest.mark.parametrize("taken", [True, False])
def test_after_a_stop_the_outcome_is_told_and_nothing_is_asked(chat: ScriptedChat, taken: bool) -> None:
    is_moving(chat)
    chat.takes("стоп")
    now = MANICURE.model_copy(update={"starts_at": slot("26 12:00").starts_at})
    chat.gets(SlotTaken(record=MANICURE) if taken else RecordChanged(was=MANICURE, now=now))
    left = MANICURE if taken else now
    chat.notes(MoveSettled(record=left, to=THREE, outcome="not_tried"))
    chat.says("reschedule.taken_and_left" if taken else "reschedule.changed_and_left", record=left)
    chat.rests_in(IDLE)


@pytest.mark.parametrize("detail", get_args(Refusal))
def test_a_refusal_says_why(chat: ScriptedChat, detail: Refusal) -> None:
    is_moving(chat)
    chat.gets(CallFailed(reason="refused", detail=detail))
    chat.notes(MoveSettled(record=MANICURE, to=THREE, outcome="refused", detail=detail))
    chat.says(f"reschedule.refused.{detail or 'refused'}")
    chat.rests_in(IDLE)


def test_an_unknown_outcome_promises_nothing_and_is_read_again(chat: ScriptedChat) -> None:
    is_moving(chat)
    chat.gets(CallFailed(reason="unknown"))
    chat.notes(MoveSettled(record=MANICURE, to=THREE, outcome="unknown"))
    chat.says("reschedule.unknown", record=MANICURE, slot=THREE)
    look = ReadOutcome(record=MANICURE, change="moved", to=THREE, unknown_at=MONDAY)
    chat.asks(look, after=timedelta(minutes=2))
    chat.rests_in(IDLE)


def test_what_never_left_us_is_told_as_that(chat: ScriptedChat) -> None:
    is_moving(chat)
    chat.gets(CallFailed(reason="not_tried"))
    chat.notes(MoveSettled(record=MANICURE, to=THREE, outcome="not_tried"))
    chat.says("reschedule.not_tried", record=MANICURE)
    chat.rests_in(IDLE)


def test_windows_that_cannot_be_seen_change_nothing(chat: ScriptedChat) -> None:
    wishes(chat)
    chat.asks(FindSlots)
    chat.gets(CallFailed(reason="not_tried"))
    chat.notes(MoveSettled(record=MANICURE, outcome="not_tried"))
    chat.says("reschedule.unavailable", record=MANICURE)
    chat.rests_in(IDLE)


@pytest.mark.parametrize("named", [True, False])
def test_a_visit_that_began_meanwhile_is_not_moved(chat: ScriptedChat, named: bool) -> None:
    chat.now = MANICURE.starts_at - timedelta(minutes=5)
    wishes(chat, "перенесите на пятницу в 15" if named else "перенесите на пятницу")
    chat.asks(FindSlots)
    chat.gets(slots(*WEEK))
    chat.says("reschedule.confirm" if named else "reschedule.which_time", options=3 if named else 4)
    chat.waits(minutes=6)
    chat.taps("yes_move") if named else taps(chat, "15:00")
    chat.notes(MoveSettled(record=MANICURE, outcome="refused", detail="started"))
    chat.says("reschedule.refused.started")
    chat.rests_in(IDLE)


@pytest.mark.parametrize("named", [True, False])
def test_a_window_whose_notice_ended_meanwhile_is_not_taken(chat: ScriptedChat, named: bool) -> None:
    chat.salon_has(notice=THREE.starts_at - MONDAY - timedelta(minutes=5))
    wishes(chat, "перенесите на пятницу в 15" if named else "перенесите на пятницу")
    chat.asks(FindSlots)
    chat.gets(slots(*WEEK))
    chat.says("reschedule.confirm" if named else "reschedule.which_time", options=3)
    chat.waits(minutes=6)
    chat.taps("yes_move") if named else taps(chat, "15:00")
    chat.asks(FindSlots)
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.too_soon")
    chat.says("reschedule.which_time", options=2)


def test_after_a_move_a_second_tap_and_idle_words_frighten_nobody(chat: ScriptedChat) -> None:
    is_moving(chat)
    is_moved(chat)
    chat.says("reschedule.done")
    chat.taps("slot")
    chat.says("reschedule.tapped_again")
    chat.takes("абракадабра")
    chat.says("reschedule.after")
    chat.waits(minutes=15)
    chat.rests_in(IDLE)


# ── handed over by another flow ───────────────────────────────────────────────────────────────────────


def test_a_record_that_is_handed_over_need_not_be_asked_for(chat: ScriptedChat) -> None:
    chat.happens(RescheduleWanted(record=MANICURE, target=Named(days=(date(2026, 11, 27),))))
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_time", options=4)


def test_a_cancelled_record_comes_back_to_another_window(chat: ScriptedChat) -> None:
    both = tuple(Undoable(record=one, until=MONDAY + timedelta(minutes=15)) for one in (MANICURE, HAIRCUT))
    chat.chat = chat.chat.model_copy(update={"undoable": both})
    chat.happens(RescheduleWanted(record=MANICURE, revives=True))
    chat.asks(finds())
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4)
    taps(chat, "15:00")
    chat.does(MoveRecord(record=MANICURE, to=THREE, revives=True))
    is_moved(chat)
    chat.says("reschedule.revived")
    assert chat.chat.undoable == both[1:]


@pytest.mark.parametrize("words", ["нет", "лучше отмените"])
def test_what_stays_cancelled_is_not_told_to_stand(chat: ScriptedChat, words: str) -> None:
    chat.happens(RescheduleWanted(record=MANICURE, revives=True))
    chat.asks(finds())
    chat.gets(slots(*FRIDAY))
    chat.says("reschedule.which_time", options=4)
    chat.takes(words)
    chat.notes(MoveSettled(record=MANICURE, outcome="kept"))
    chat.says("reschedule.left_alone")


def test_the_button_of_a_record_finds_it(chat: ScriptedChat) -> None:
    chat.taps_id("move:1:2")
    assert chat.taken == RescheduleWanted(record_id=2)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.asks(finds(HAIRCUT))


def test_the_button_of_a_record_that_is_gone_says_so(chat: ScriptedChat) -> None:
    chat.taps_id("move:1:3")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(HAIRCUT,)))
    chat.asks(finds(HAIRCUT))
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.the_only")
    chat.says("reschedule.which_day", options=4)


def test_the_only_record_is_another_one_and_the_question_says_so(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите субботу на пятницу")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.because.the_only")
    chat.says("reschedule.which_time", options=4)


def test_which_of_several_is_asked_and_one_is_picked(chat: ScriptedChat) -> None:
    wishes(chat, "перенесите на субботу", MANICURE, HAIRCUT)
    chat.says("reschedule.which", options=2)
    chat.takes("маникюр")
    chat.asks(finds())
    chat.gets(slots(*WEEK))
    chat.says("reschedule.which_time", options=2)
