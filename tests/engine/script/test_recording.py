"""What took place is written so that it plays again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.script.grammar import parse
from engine.script.lines import Books, Edits, Says, Shows
from engine.script.recording import (
    Amended,
    Commanded,
    Event,
    Recording,
    Restarted,
    Sent,
    Stood,
    Told,
    Troubled,
    Wrote,
    recorded,
)
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing
from engine.script.writing import edited, message, words
from tests.engine.script.scene import ANNA, ASKED, MARIA, MONDAY, WEDNESDAY

DONE = Message("Запись отменена.")
CANCELLED = Left("CancelRecord", 1)


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def recording(*events: Event, client: str = ANNA, journal: Mapping[int, Standing] | None = None) -> Recording:
    booked = (
        Booked(ANNA, "Маникюр", WEDNESDAY, "Ольга", "Анна", MONDAY - timedelta(days=3), 2),
        Booked(ANNA, "Педикюр", WEDNESDAY, name="Анна", length_s=5400, cost=2000),
    )
    return Recording("A story", MONDAY, booked, client, events, {}, journal or {})


def told(*events: Event, began: datetime = MONDAY) -> list[str]:
    """Return the lines of what took place, without the salon and without blank ones."""
    text = recorded(replace(recording(*events), began=began))
    parse(text)
    return [line for line in text.splitlines()[4:-1] if line]


def test_a_conversation_is_written_line_by_line() -> None:
    text = recorded(
        recording(
            Wrote(after(1), ANNA, "отмените # 5"),
            Sent(after(2), ANNA, ASKED),
            Sent(after(902.5), ANNA, Message("Ответа не было.\n\nНичего.")),
            Wrote(after(903), MARIA, "привет"),
            Wrote(after(904), MARIA, "Да, отменить", tapped=True),
            Commanded(after(905), Left("CancelRecord", 1)),
            Told(after(905), Noticed("master", "cancelled")),
            Wrote(after(1000), MARIA, "[эй]"),
            journal={1: Standing(-1, WEDNESDAY, False), 2: Standing(0, WEDNESDAY, True)},
        )
    )

    assert text.splitlines() == [
        "# A story",
        "at 2026-11-23 10:00",
        f"salon: {ANNA} as Анна: Маникюр, 25 ноября 2026 15:00, Ольга, "
        "created 20 ноября 2026 10:00, attendance 2",
        f"salon: {ANNA}: Педикюр, 25 ноября 2026 15:00, 1 h 30 min, 2000 ₽",
        "",
        r"> отмените \# 5",
        "< Отменить запись? [Да, отменить] [Оставить]",
        "",
        "wait 15 min 2 s",
        "< Ответа не было. Ничего.",
        "",
        f"client: {MARIA}",
        ">> привет",
        "wait 1 s",
        "",
        "> [Да, отменить]",
        "! CancelRecord 1",
        "notice: master cancelled",
        "",
        "wait 1 min 36 s",
        "",
        r"> \[эй]",
        "state: idle",
        "journal: 1 attendance -1",
        "journal: 2 deleted",
    ]
    parse(text)


def test_who_writes_first_is_named_where_the_first_record_is_another_ones() -> None:
    text = recorded(recording(client=MARIA, journal={1: Standing(2, WEDNESDAY, False)}))

    assert text.splitlines()[-2:] == [f"client: {MARIA}", "state: idle"]


def test_without_records_the_client_is_named() -> None:
    text = recorded(Recording("A story", MONDAY, (), ANNA, (), {}, {}))

    assert text == f"# A story\nat 2026-11-23 10:00\nclient: {ANNA}\nstate: idle\n"


def test_words_read_as_words_whatever_they_begin_with() -> None:
    for said in ("[Да]", "<voice>", "<3", r"\o/", "# 5", "5 # 6", "#хэштег"):
        (line,) = parse(f"> {words(said)}").lines
        assert isinstance(line, Says)
        assert line.text == said


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────


def test_people_who_share_a_phone_are_named_where_a_line_without_a_name_would_mean_another() -> None:
    names = ("", "Дочь", "", "Дочь", "Клиент")
    booked = tuple(Booked(ANNA, "Маникюр", WEDNESDAY, name=name) for name in names)

    lines = parse(recorded(Recording("A story", MONDAY, booked, ANNA, (), {}, {}))).lines

    assert [line.name for line in lines if isinstance(line, Books)] == ["", "Дочь", "", "Дочь", ""]


def test_the_first_persons_name_is_said_once_and_another_ones_each_time() -> None:
    names = ("Анна", "Дочь", "Анна", "Дочь")
    booked = tuple(Booked(ANNA, "Маникюр", WEDNESDAY, name=name) for name in names)

    lines = parse(recorded(Recording("A story", MONDAY, booked, ANNA, (), {}, {}))).lines

    assert [line.name for line in lines if isinstance(line, Books)] == ["Анна", "Дочь", "", "Дочь"]


@pytest.mark.parametrize("name", ["<script>", "Анна: 5 # 1", "#1", "Анна as Дочь", "\\", r"\#\:", "А, Б"])
def test_a_name_reads_as_it_is_whatever_stands_in_it(name: str) -> None:
    of = replace(recording(), booked=(Booked(ANNA, "Маникюр", WEDNESDAY, name=name),))

    (booked,) = [line for line in parse(recorded(of)).lines if isinstance(line, Books)]

    assert (booked.name, booked.service) == (name, "Маникюр")


def test_who_hides_the_number_does_so_from_the_first_time_on() -> None:
    of = recording(
        Wrote(after(1), ANNA, "привет"),
        Sent(after(2), ANNA, DONE),
        Wrote(after(3), MARIA, "привет"),
        Sent(after(4), MARIA, DONE),
        Wrote(after(5), ANNA, "привет"),
        Sent(after(6), ANNA, DONE),
    )

    lines = recorded(replace(of, hidden=frozenset((ANNA, MARIA)))).splitlines()

    assert [line for line in lines if line.startswith("client")] == [
        f"client: {ANNA} hidden",
        f"client: {MARIA} hidden",
        f"client: {ANNA}",
    ]


def test_settings_and_who_does_what_stand_at_the_head() -> None:
    of = replace(recording(), settings={"LATE_HOURS": "3"}, done_by={"Маникюр": ("Ольга", "Анна")})

    lines = recorded(of).splitlines()

    assert lines[2] == "set LATE_HOURS=3"
    assert lines[5:] == ["salon: Маникюр only by Ольга, Анна", "state: idle"]


# ── what happens to the salon ─────────────────────────────────────────────────────────────────────────


def test_faults_restarts_and_changes_by_hand_stand_where_they_were() -> None:
    text = recorded(
        recording(
            Troubled(after(1), "yclients", "timeout-but-done on cancel × 1"),
            Wrote(after(5), ANNA, "🎤", thing="voice"),
            Sent(after(6), ANNA, ASKED),
            Restarted(after(8)),
            Amended(after(9), 1, Edited(starts_at=WEDNESDAY, attendance=1)),
            Troubled(after(9), "whatsapp", "ok"),
            Stood(after(30), ANNA, "idle"),
            Wrote(after(31), ANNA, "да"),
        )
    )

    assert text.splitlines()[4:-1] == [
        "",
        "yclients: timeout-but-done on cancel × 1",
        "",
        "> <voice>",
        "< Отменить запись? [Да, отменить] [Оставить]",
        "",
        "restart",
        "",
        "salon: 1 at 25 ноября 2026 15:00",
        "salon: 1 attendance 1",
        "",
        "whatsapp: ok",
        "",
        "> да",
    ]


def test_what_is_changed_by_hand_reads_as_it_was() -> None:
    for change in (
        Edited(starts_at=WEDNESDAY),
        Edited(attendance=-1),
        Edited(master="Мария"),
        Edited(service="Педикюр"),
        Edited(deleted=True),
        Edited(deleted=False),
        Edited(paid=False),
        Edited(locked=True),
    ):
        of = replace(recording(), events=(Amended(after(1), 2, change),))
        (line,) = [line for line in parse(recorded(of)).lines if isinstance(line, Edits)]
        assert [line.written] == list(edited(2, change))


def test_the_end_tells_every_record_that_stands_differently() -> None:
    later = WEDNESDAY + timedelta(days=1)
    unchanged, moved = Standing(2, WEDNESDAY, False), Standing(-1, later, False)

    text = recorded(recording(journal={1: unchanged, 2: moved}))
    gone = recorded(recording(journal={1: Standing(-1, later, True)}))

    assert text.splitlines()[4:] == [
        "state: idle",
        "journal: 2 at 26 ноября 2026 15:00",
        "journal: 2 attendance -1",
    ]
    assert gone.splitlines()[4:] == ["state: idle", "journal: 1 deleted"]


def test_the_end_tells_where_the_dialogue_of_the_last_one_stands() -> None:
    of = recording(Wrote(after(1), ANNA, "да"), Sent(after(2), ANNA, DONE), Wrote(after(3), MARIA, "да"))

    text = recorded(replace(of, states={ANNA: "cancel.confirming", MARIA: "cancel.choosing"}))

    assert text.splitlines()[-1] == "state: cancel.choosing"


# ── what is done before the answer ────────────────────────────────────────────────────────────────────


def test_a_restart_before_the_answer_comes_into_the_middle() -> None:
    lines = told(
        Wrote(after(1), ANNA, "Да, отменить", tapped=True),
        Commanded(after(1.1), CANCELLED),
        Told(after(1.1), Noticed("admin", "cancelled")),
        Restarted(after(11)),
        Sent(after(13), ANNA, DONE),
    )

    assert lines == [
        ">> [Да, отменить]",
        "wait 10 s",
        "restart",
        "! CancelRecord 1",
        "notice: admin cancelled",
        "< Запись отменена.",
    ]


def test_what_the_salon_does_before_the_answer_comes_into_the_middle() -> None:
    lines = told(
        Wrote(after(1), ANNA, "Да, отменить", tapped=True),
        Commanded(after(1.1), CANCELLED),
        Amended(after(1.5), 1, Edited(deleted=True)),
        Troubled(after(4.5), "yclients", "ok"),
        Sent(after(13), ANNA, DONE),
        Wrote(after(14), ANNA, "да"),
    )

    assert lines == [
        ">> [Да, отменить]",
        "salon: 1 deleted",
        "wait 3 s",
        "yclients: ok",
        "! CancelRecord 1",
        "< Запись отменена.",
        "> да",
    ]


def test_what_is_done_long_after_words_that_had_no_answer_comes_into_no_middle() -> None:
    lines = told(
        Wrote(after(1), ANNA, "спасибо"),
        Commanded(after(2), CANCELLED),
        Restarted(after(61)),
    )

    assert lines == ["> спасибо", "! CancelRecord 1", "wait 1 min", "restart"]


def test_who_is_asked_to_wait_still_waits_for_the_answer() -> None:
    lines = told(
        Wrote(after(1), ANNA, "Да, отменить", tapped=True),
        Commanded(after(1.1), CANCELLED),
        Stood(after(1.1), ANNA, "cancel.cancelling"),
        Stood(after(11), ANNA, "cancel.cancelling"),
        Sent(after(11), ANNA, Message("Ещё жду…")),
        Restarted(after(71)),
        Stood(after(101), ANNA, "idle"),
        Sent(after(101), ANNA, DONE),
        Wrote(after(103), ANNA, "да"),
    )

    assert lines == [
        ">> [Да, отменить]",
        "wait 1 min 10 s",
        "restart",
        "! CancelRecord 1",
        "< Ещё жду…",
        "< Запись отменена.",
        "> да",
    ]


def test_an_answer_that_takes_minutes_is_waited_for_in_the_middle() -> None:
    lines = told(
        Wrote(after(1), ANNA, "Да, отменить", tapped=True),
        Commanded(after(1.1), CANCELLED),
        Stood(after(1.1), ANNA, "cancel.cancelling"),
        Sent(after(11), ANNA, Message("Ещё жду…")),
        Stood(after(141), ANNA, "idle"),
        Sent(after(141.5), ANNA, DONE),
        Wrote(after(142), ANNA, "да"),
    )

    assert lines == [
        ">> [Да, отменить]",
        "wait 2 min 20 s",
        "! CancelRecord 1",
        "< Ещё жду…",
        "< Запись отменена.",
        "> да",
    ]


def test_an_answer_that_asks_again_is_one() -> None:
    lines = told(
        Wrote(after(1), ANNA, "Да, отменить", tapped=True),
        Commanded(after(1.1), CANCELLED),
        Stood(after(1.1), ANNA, "cancel.cancelling"),
        Stood(after(1.2), ANNA, "cancel.confirming"),
        Sent(after(1.3), ANNA, ASKED),
        Restarted(after(5)),
    )

    assert lines == [
        "> [Да, отменить]",
        "! CancelRecord 1",
        "< Отменить запись? [Да, отменить] [Оставить]",
        "restart",
    ]


def test_another_clients_answer_is_told_below_what_both_wrote() -> None:
    lines = told(
        Wrote(after(1), ANNA, "привет"),
        Wrote(after(1.5), MARIA, "привет"),
        Sent(after(2), MARIA, DONE),
        Restarted(after(2.5)),
        Sent(after(3), ANNA, DONE),
    )

    assert lines == [
        ">> привет",
        f"client: {MARIA}",
        ">> привет",
        "wait 1 s",
        "restart",
        "< Запись отменена.",
        f"client: {ANNA}",
        "< Запись отменена.",
    ]


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_question_that_ends_without_a_word_takes_its_time() -> None:
    lines = told(
        Wrote(after(1), ANNA, "привет"),
        Sent(after(2), ANNA, ASKED),
        Stood(after(902), ANNA, "idle"),
        Wrote(after(905), ANNA, "да"),
    )

    assert lines[2:] == ["wait 15 min 1 s", "> да"]


def test_short_pauses_add_up_until_they_are_a_minute() -> None:
    events: list[Event] = []
    for turn in range(4):
        events += (Wrote(after(25 * turn), ANNA, "да"), Sent(after(25 * turn + 1), ANNA, DONE))

    lines = told(*events)

    # 24 seconds pass before each but the first, and the answers take theirs when they are played, too.
    assert lines == [*["> да", "< Запись отменена."] * 3, "wait 1 min 12 s", "> да", "< Запись отменена."]


def test_a_clock_that_began_within_a_minute_is_late_by_so_much() -> None:
    assert told(Wrote(after(70), ANNA, "да"), began=after(50)) == ["wait 1 min 10 s", "> да"]


def test_a_message_that_ends_like_an_option_reads_as_words() -> None:
    said = Message("Для кого? Анна [Дочь]")

    (line,) = parse(message(said)).lines

    assert isinstance(line, Shows)
    assert (line.text, line.options) == ("Для кого? Анна [Дочь…", ())


def test_a_label_reads_as_it_is_whatever_stands_in_it() -> None:
    asked = Message("Для кого?", ("Анна # 1", "Дочь [2] # 3"))

    (line,) = parse(message(asked)).lines

    assert isinstance(line, Shows)
    assert line.options == ("Анна # 1", "Дочь")
