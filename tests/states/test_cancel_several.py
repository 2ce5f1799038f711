"""Several records at once, played as chats: one yes, one call after the other, and each outcome told."""

from datetime import timedelta

import pytest

from engine.booking import (
    CallFailed,
    CancelRecord,
    CancelSettled,
    FindRecords,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
)
from engine.chat import Undoable
from engine.events import AnotherNamed, LateDecided, PageWanted, RescheduleWanted
from engine.flow import IDLE, minutes
from tests.chat import ANNA, MONDAY, ScriptedChat, proof, record

MANICURE = record(1)
HAIRCUT = record(2, "Стрижка", "2026-11-27 12:00", "Мария")
BROWS = record(3, "Брови", "2026-12-02 18:30", "Ольга")
THREE = (MANICURE, HAIRCUT, BROWS)
PAID = CallFailed(reason="refused", detail="paid")
UNKNOWN = CallFailed(reason="unknown")


def are_asked_about(chat: ScriptedChat, *records: Record, wish: str = "отмените все записи") -> None:
    chat.takes(wish)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=records))
    chat.says("cancel.confirm_all", options=2, records=records)


def is_cancelled(chat: ScriptedChat, one: Record) -> None:
    chat.gets(RecordCancelled(receipt=proof(one)))
    chat.notes(CancelSettled(record=one, outcome="cancelled", receipt=proof(one)))


def fails(chat: ScriptedChat, one: Record, failed: CallFailed) -> None:
    chat.gets(failed)
    chat.notes(CancelSettled(record=one, outcome=failed.reason, detail=failed.detail))


# ── one yes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("yes", ["да", "да, обе", "отмените обе"])
def test_one_yes_cancels_both_one_after_the_other(chat: ScriptedChat, yes: str) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)

    chat.takes(yes)
    chat.does(CancelRecord(record=MANICURE))
    is_cancelled(chat, MANICURE)
    chat.does(CancelRecord(record=HAIRCUT))
    is_cancelled(chat, HAIRCUT)

    done = chat.says("cancel.done_all", options=2, records=(MANICURE, HAIRCUT))
    assert [option.kind for option in done.options] == ["take_back", "why"]
    assert [option.record for option in done.options] == [None, None]
    chat.says("cancel.can_be_taken_back", minutes=15)
    chat.rests_in("cancel.done")
    assert chat.chat.undoable == tuple(
        Undoable(record=one, until=MONDAY + minutes(15)) for one in (MANICURE, HAIRCUT)
    )


def test_a_tap_agrees_to_both(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    assert chat.session is not None
    chat.taps_id(f"yes:{chat.session.questions}:{MANICURE.record_id}")
    chat.repeats(after="everywhere.stale_tap_here")

    chat.taps("yes")
    chat.does(CancelRecord(record=MANICURE))


@pytest.mark.parametrize("words", ["обе", "все", "ну все"])
def test_what_only_names_them_all_is_no_yes(chat: ScriptedChat, words: str) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes(words)
    chat.repeats(after="cancel.say_which")
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("только первую", (MANICURE,)),
        ("нет, вторую", (HAIRCUT,)),
        ("последнюю", (BROWS,)),
        ("только стрижку", (HAIRCUT,)),
        ("только в пятницу", (HAIRCUT,)),
        ("стрижку оставьте", (MANICURE, BROWS)),
        ("первую и третью", (MANICURE, BROWS)),
        ("первую и вторую оставьте", (BROWS,)),
        ("кроме первой", (HAIRCUT, BROWS)),
    ],
)
def test_an_answer_that_names_a_part_is_asked_about_alone(
    chat: ScriptedChat, words: str, meant: tuple[Record, ...]
) -> None:
    are_asked_about(chat, *THREE)
    chat.takes(words)
    if len(meant) == 1:
        asked = chat.says("cancel.confirm", options=3, record=meant[0])
    else:
        asked = chat.says("cancel.confirm_all", options=2, records=meant)
    assert asked.proposes == meant
    chat.rests_in("cancel.confirming")


@pytest.mark.parametrize("words", ["четвертую", "ой"])
def test_an_answer_that_names_none_of_them_is_asked_about_again(chat: ScriptedChat, words: str) -> None:
    are_asked_about(chat, *THREE)
    chat.takes(words)
    chat.repeats(after="everywhere.not_an_answer")


def test_a_no_keeps_them_all(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("нет")
    for one in (MANICURE, HAIRCUT):
        chat.notes(CancelSettled(record=one, outcome="kept"))
    chat.says("cancel.kept_all", records=(MANICURE, HAIRCUT))
    chat.rests_in(IDLE)


def test_silence_keeps_them_all(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.waits(minutes=15)
    for one in (MANICURE, HAIRCUT):
        chat.notes(CancelSettled(record=one, outcome="silent"))
    chat.says("everywhere.timed_out")
    chat.rests_in(IDLE)


def test_without_a_question_several_are_asked_about_all_the_same(chat: ScriptedChat) -> None:
    chat.salon_has(confirm="never")
    are_asked_about(chat, MANICURE, HAIRCUT)


@pytest.mark.parametrize("wish", ["отмените маникюр и стрижку", "отмените записи на среду и пятницу"])
def test_a_wish_that_names_two_is_asked_about_both(chat: ScriptedChat, wish: str) -> None:
    chat.takes(wish)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm_all", options=2, records=(MANICURE, HAIRCUT))


@pytest.mark.parametrize(("wish", "listed"), [("отмените обе записи", 5), ("отмените запись на выходных", 2)])
def test_a_wish_that_may_mean_other_two_is_asked_about(chat: ScriptedChat, wish: str, listed: int) -> None:
    weekend = (record(5, "Педикюр", "2026-11-28 12:00"), record(6, "Массаж", "2026-11-29 12:00"))
    chat.takes(wish)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(*THREE, *weekend)))
    chat.says("records.which", options=listed)


def test_more_than_there_is_room_for_are_listed(chat: ScriptedChat) -> None:
    many = tuple(record(place, starts_at=f"2026-12-{place:02} 12:00") for place in range(1, 14))
    chat.takes("отмените все записи")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=many))
    chat.says("records.which_of_many", options=10, more=4)
    chat.takes("все")
    chat.repeats(after="records.one_at_a_time")


# ── how each of them ends ─────────────────────────────────────────────────────────────────────────────


def test_one_that_is_refused_is_told_beside_the_one_that_is_done(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    is_cancelled(chat, MANICURE)
    chat.does(CancelRecord(record=HAIRCUT))
    fails(chat, HAIRCUT, PAID)
    done = chat.says("cancel.done", options=2, record=MANICURE)
    assert done.options[0].record == MANICURE
    chat.says("cancel.refused.paid", record=HAIRCUT)
    chat.says("cancel.can_be_taken_back")
    chat.rests_in("cancel.done")


def test_those_of_which_nobody_knows_each_have_a_later_look(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    fails(chat, MANICURE, UNKNOWN)
    chat.asks(ReadOutcome(record=MANICURE, unknown_at=MONDAY), after=minutes(2))
    chat.does(CancelRecord(record=HAIRCUT))
    fails(chat, HAIRCUT, UNKNOWN)
    chat.asks(ReadOutcome(record=HAIRCUT, unknown_at=MONDAY), after=minutes(2))
    chat.says("cancel.unknown", record=MANICURE)
    chat.says("cancel.unknown", record=HAIRCUT)
    chat.rests_in(IDLE)


@pytest.mark.parametrize(
    ("failed", "text"),
    [
        (CallFailed(reason="not_tried"), "cancel.not_tried"),
        (CallFailed(reason="refused"), "cancel.refused.refused"),
        (PAID, "cancel.refused.paid"),
    ],
)
def test_where_all_fail_each_is_told_why(chat: ScriptedChat, failed: CallFailed, text: str) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    for one in (MANICURE, HAIRCUT):
        chat.does(CancelRecord(record=one))
        fails(chat, one, failed)
    chat.says(text, record=MANICURE)
    chat.says(text, record=HAIRCUT)
    chat.rests_in(IDLE)


def test_what_somebody_else_had_cancelled_is_told_as_such_and_cannot_be_taken_back(
    chat: ScriptedChat,
) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    for one in (MANICURE, HAIRCUT):
        chat.does(CancelRecord(record=one))
        chat.gets(RecordCancelled(receipt=proof(one, how="already")))
        chat.notes(CancelSettled(record=one, outcome="cancelled", receipt=proof(one, how="already")))
    chat.says("cancel.already", record=MANICURE)
    chat.says("cancel.already", record=HAIRCUT)
    chat.rests_in("cancel.done")
    assert chat.chat.undoable == ()


def test_one_that_the_salon_changed_is_asked_about_again_after_the_others(chat: ScriptedChat) -> None:
    moved = MANICURE.model_copy(update={"starts_at": HAIRCUT.starts_at})
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    chat.gets(RecordChanged(was=MANICURE, now=moved))
    chat.does(CancelRecord(record=HAIRCUT))
    is_cancelled(chat, HAIRCUT)
    chat.says("cancel.done", record=HAIRCUT)
    chat.says("cancel.changed", options=3, record=moved)
    chat.rests_in("cancel.confirming")

    chat.takes("да")
    chat.does(CancelRecord(record=moved))
    is_cancelled(chat, moved)
    chat.says("cancel.done", options=2, record=moved)
    chat.says("cancel.can_be_taken_back")


def test_all_that_the_salon_changed_are_asked_about_again_together(chat: ScriptedChat) -> None:
    moved = tuple(one.model_copy(update={"starts_at": BROWS.starts_at}) for one in (MANICURE, HAIRCUT))
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    for was, now in zip((MANICURE, HAIRCUT), moved, strict=True):
        chat.does(CancelRecord(record=was))
        chat.gets(RecordChanged(was=was, now=now))
    chat.says("cancel.changed_all", options=2, records=moved)
    chat.rests_in("cancel.confirming")


def test_after_stop_the_rest_is_not_begun_and_that_is_told(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))
    chat.takes("стоп")
    is_cancelled(chat, MANICURE)
    chat.notes(CancelSettled(record=HAIRCUT, outcome="not_tried"))
    chat.says("cancel.done", record=MANICURE)
    chat.says("cancel.not_begun", record=HAIRCUT)
    chat.rests_in(IDLE)


def test_visits_that_have_all_begun_are_not_cancelled(chat: ScriptedChat) -> None:
    soon = (record(1, starts_at="2026-11-23 10:05"), record(2, "Стрижка", "2026-11-23 10:10"))
    are_asked_about(chat, *soon)
    chat.waits(minutes=12)
    chat.takes("да")
    for one in soon:
        chat.notes(CancelSettled(record=one, outcome="refused", detail="started"))
        chat.says("cancel.refused.started", record=one)
    chat.rests_in(IDLE)


# ── several people on one phone ───────────────────────────────────────────────────────────────────────


def of(name: str, one: Record) -> Record:
    return one.model_copy(update={"client": name})


MASHA, VERA, MASHA_TOO = of("Маша", MANICURE), of("Вера", HAIRCUT), of("Маша", BROWS)


def is_asked_for_whom(chat: ScriptedChat, wish: str = "отмените запись") -> None:
    chat.takes(wish)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MASHA, VERA, MASHA_TOO)))
    asked = chat.says("records.for_whom", options=3)
    assert [option.kind for option in asked.options] == ["person", "person", "everybody"]
    chat.rests_in("cancel.asking_whose")


@pytest.mark.parametrize("words", ["Вера", "Веры", "на Веру", "для Веры"])
def test_whose_record_it_is_is_asked_first(chat: ScriptedChat, words: str) -> None:
    is_asked_for_whom(chat)
    chat.takes(words)
    chat.says("cancel.confirm.named", options=3, record=VERA)
    chat.shows("Отменить запись (Вера): Стрижка, пятница, 27 ноября, 12:00, мастер Мария?")


def test_of_a_person_with_several_records_they_are_listed(chat: ScriptedChat) -> None:
    is_asked_for_whom(chat)
    chat.taps("person", MASHA)
    chat.says("records.which", options=2)


def test_everybodys_are_listed_or_asked_about_together(chat: ScriptedChat) -> None:
    is_asked_for_whom(chat)
    chat.takes("все")
    chat.says("records.which", options=3)
    chat.takes("нет")
    chat.says("records.none_chosen")

    is_asked_for_whom(chat, "отмените все записи")
    chat.taps("everybody")
    chat.says("cancel.confirm_all.named", options=2, records=(MASHA, VERA, MASHA_TOO))


def test_asked_for_whom_the_client_may_name_the_record(chat: ScriptedChat) -> None:
    is_asked_for_whom(chat)
    chat.takes("стрижку")
    assert isinstance(chat.taken, AnotherNamed)
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MASHA, VERA, MASHA_TOO)))
    chat.says("cancel.confirm.named", options=3, record=VERA)


@pytest.mark.parametrize("option", ["person:{}:99", "record:{}:1"])
def test_a_tap_on_nobody_is_stale(chat: ScriptedChat, option: str) -> None:
    is_asked_for_whom(chat)
    assert chat.session is not None
    chat.taps_id(option.format(chat.session.questions))
    chat.repeats(after="everywhere.stale_tap_here")


def test_a_wish_that_names_the_person_asks_nobody(chat: ScriptedChat) -> None:
    chat.takes("отмените запись Веры")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MASHA, VERA, MASHA_TOO)))
    chat.says("cancel.confirm.named", options=3, record=VERA)


def test_a_long_name_is_shortened_for_the_list(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(of("Александра Константинопольская", MANICURE), VERA)))
    chat.says("records.for_whom", options=3)
    assert chat.bubbles[-1].options[0].title == "Александра Конс…"


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────

TWENTY_SIX = tuple(record(place, starts_at=f"2026-12-{place:02} 12:00") for place in range(1, 27))


def is_paged(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=TWENTY_SIX))
    chat.says("records.which_of_many", options=10, more=17)


def test_a_long_list_has_pages_there_and_back(chat: ScriptedChat) -> None:
    is_paged(chat)
    chat.taps("later_records")
    page = chat.says("records.page", options=10, first=10, last=17, count=26)
    assert [option.kind for option in page.options[-2:]] == ["earlier_records", "later_records"]
    chat.taps("later_records")
    last = chat.says("records.page", options=10, first=18, last=26, count=26)
    assert last.options[-1].kind == "earlier_records"
    chat.taps("earlier_records")
    chat.says("records.page", options=10, first=10, last=17, count=26)
    chat.taps("record", TWENTY_SIX[10])
    chat.says("cancel.confirm", options=3, record=TWENTY_SIX[10])


@pytest.mark.parametrize(
    ("words", "place"), [("26", 25), ("первую", 9), ("8", 16), ("последнюю", 25), ("3 декабря", 2)]
)
def test_numbers_and_days_work_over_all_pages(chat: ScriptedChat, words: str, place: int) -> None:
    is_paged(chat)
    chat.taps("later_records")
    chat.says("records.page", options=10)
    chat.takes(words)
    chat.says("cancel.confirm", options=3, record=TWENTY_SIX[place])


def test_a_tap_on_a_page_that_is_none_is_stale(chat: ScriptedChat) -> None:
    is_paged(chat)
    assert chat.session is not None
    for choice in (":9", ""):
        chat.taps_id(f"later_records:{chat.session.questions}:{choice}")
        assert not isinstance(chat.taken, PageWanted)
        chat.repeats(after="everywhere.stale_tap_here")


# ── moves instead ─────────────────────────────────────────────────────────────────────────────────────


def test_a_tap_moves_the_record_instead(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=3)
    chat.taps("move")
    assert chat.taken == RescheduleWanted(record=MANICURE)
    assert chat.session is not None
    assert chat.session.state.startswith("reschedule.")
    chat._unnamed.clear()


def test_of_several_which_one_is_to_move_has_to_be_said(chat: ScriptedChat) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes("лучше перенесите")
    chat.repeats(after="cancel.move_which")


def test_a_salon_that_offers_nothing_asks_as_ever(chat: ScriptedChat) -> None:
    chat.salon_has(offers=frozenset())
    chat.takes("отмените запись, заболела")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE,)))
    chat.says("cancel.confirm", options=2)
    chat.takes("лучше перенесите")
    chat.repeats(after="cancel.no_moves")


@pytest.mark.parametrize(
    "words", ["отмените эту запись", "да, отмените её", "отмените мою", "отмените запись"]
)
def test_a_word_for_one_of_several_is_no_yes_to_all(chat: ScriptedChat, words: str) -> None:
    are_asked_about(chat, MANICURE, HAIRCUT)
    chat.takes(words)
    chat.repeats(after="cancel.say_which")
    chat.rests_in("cancel.confirming")


def test_a_word_for_one_is_no_yes_to_a_mixed_question(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(days=3), late_policy="request")
    chat.takes("отмените все записи")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(MANICURE, HAIRCUT)))
    chat.says("cancel.confirm_and_request", options=2)
    chat.takes("отмените эту запись")
    chat.repeats(after="cancel.say_which")
    chat.rests_in("cancel.confirming")


# ── whose it is ───────────────────────────────────────────────────────────────────────────────────────

ANNAS = record(1, client="Анна")
MASHAS = record(2, "Стрижка", "2026-11-27 12:00", "Мария", client="Маша")


def test_of_several_people_outcomes_and_lists_tell_whose_it_is(chat: ScriptedChat) -> None:
    chat.takes("отмените запись")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(ANNAS, MASHAS)))
    chat.says("records.for_whom", options=3)
    chat.taps("everybody")
    chat.says("records.which", options=2)
    assert [option.more for option in chat.bubbles[-1].options] == [
        "Анна, Маникюр, Ольга",
        "Маша, Стрижка, Мария",
    ]
    chat.takes("вторую")
    chat.says("cancel.confirm.named", options=3)
    chat.takes("да")
    chat.does(CancelRecord(record=MASHAS))
    is_cancelled(chat, MASHAS)
    chat.says("cancel.done", options=2)
    chat.says("cancel.can_be_taken_back")
    assert "Запись отменена: Маша, Стрижка, пятница" in chat.bubbles[-1].text


def test_what_the_salon_decides_of_one_of_several_people_tells_whose_it_is(chat: ScriptedChat) -> None:
    chat.salon_has(notice=timedelta(days=3), late_policy="request")
    chat.takes("отмените запись Анны")
    chat.asks(FindRecords)
    chat.gets(RecordsFound(records=(ANNAS, MASHAS)))
    chat.says("cancel.request.named", options=2)
    chat.takes("да")
    (late,) = chat.chat.late_requests
    chat.notes(CancelSettled(record=ANNAS, outcome="requested", late=True, request=late.request))
    chat.says("cancel.requested")
    assert "Пока запись в силе: Анна, Маникюр" in chat.bubbles[-1].text
    chat.happens(LateDecided(request=late.request, granted=False))
    chat.notes(CancelSettled(record=ANNAS, outcome="denied", late=True, request=late.request))
    chat.says("cancel.denied")
    assert "она остаётся: Анна, Маникюр" in chat.bubbles[-1].text


# ── beside what is asked about ────────────────────────────────────────────────────────────────────────


def test_what_is_added_to_a_question_is_asked_about_with_it_and_cancelled_with_it(chat: ScriptedChat) -> None:
    chat.takes("отмените маникюр")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=MANICURE)

    chat.takes("и стрижку отмените тоже")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm_all", options=2, records=(MANICURE, HAIRCUT))

    chat.takes("да")
    chat.does(CancelRecord(record=MANICURE))


def test_what_is_gone_meanwhile_is_not_asked_about_beside_what_is_added(chat: ScriptedChat) -> None:
    chat.takes("отмените маникюр")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=THREE))
    chat.says("cancel.confirm", options=3, record=MANICURE)

    chat.takes("и стрижку")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(HAIRCUT, BROWS)))
    chat.says("cancel.confirm", options=3, record=HAIRCUT)


@pytest.mark.parametrize(
    ("words", "asked"), [("Вера не придет, а Соня придет", True), ("Оля не придет", False)]
)
def test_somebody_who_does_not_come_is_asked_about_where_she_is_on_this_phone(
    chat: ScriptedChat, words: str, asked: bool
) -> None:
    hers = MANICURE.model_copy(update={"client": "Вера"})
    sonyas = HAIRCUT.model_copy(update={"client": "Соня"})
    chat.takes(words)
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=(hers, sonyas)))
    if asked:
        chat.says("cancel.confirm.named", options=3, record=hers)
    else:
        chat.says("everywhere.not_served.third_party")
        chat.rests_in(IDLE)


@pytest.mark.parametrize(("count", "text"), [(2, "records.which"), (3, None)])
def test_all_names_are_everybodys_and_two_of_three_are_asked_about_again(
    chat: ScriptedChat, count: int, text: str | None
) -> None:
    names = ("Вера", "Соня", "Ольга")
    theirs = tuple(one.model_copy(update={"client": name}) for one, name in zip(THREE, names, strict=True))[
        :count
    ]
    chat.takes("отмените запись")
    chat.asks(FindRecords(phone=ANNA))
    chat.gets(RecordsFound(records=theirs))
    chat.says("records.for_whom", options=count + 1)

    chat.takes("Вере и Соне")
    if text:
        chat.says(text, options=count)
    else:
        chat.repeats(after="everywhere.not_an_answer")
