"""What took place is written so that it plays again."""

from datetime import timedelta

from engine.script.grammar import parse
from engine.script.lines import Says
from engine.script.recording import Commanded, Event, Recording, Sent, Told, Wrote, recorded
from engine.script.scene import Booked, Left, Message, Noticed, Standing
from engine.script.writing import words
from tests.engine.script.scene import ANNA, ASKED, MARIA, MONDAY, WEDNESDAY


def after(seconds: float) -> "timedelta":
    return timedelta(seconds=seconds)


def recording(*events: Event, client: str = ANNA, journal: dict[int, Standing] | None = None) -> Recording:
    booked = (
        Booked(ANNA, "Маникюр", WEDNESDAY, "Ольга", "Анна", MONDAY - timedelta(days=3), 2),
        Booked(ANNA, "Педикюр", WEDNESDAY, name="Анна", length_s=5400, cost=2000),
    )
    return Recording("A story", MONDAY, booked, client, events, "idle", journal or {})


def test_a_conversation_is_written_line_by_line() -> None:
    text = recorded(
        recording(
            Wrote(MONDAY + after(1), ANNA, "отмените # 5"),
            Sent(MONDAY + after(2), ANNA, ASKED),
            Sent(MONDAY + after(902.5), ANNA, Message("Ответа не было.\n\nНичего.")),
            Wrote(MONDAY + after(903), MARIA, "привет"),
            Wrote(MONDAY + after(904), MARIA, "Да, отменить", tapped=True),
            Commanded(MONDAY + after(905), Left("CancelRecord", 1)),
            Told(MONDAY + after(905), Noticed("master", "cancelled")),
            Wrote(MONDAY + after(1000), MARIA, "[эй]"),
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
        "wait 15 min 1 s",
        "< Ответа не было. Ничего.",
        "",
        f"client: {MARIA}",
        ">> привет",
        "",
        "> [Да, отменить]",
        "! CancelRecord 1",
        "notice: master cancelled",
        "",
        "wait 1 min 35 s",
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
    text = recorded(Recording("A story", MONDAY, (), ANNA, (), "idle", {}))

    assert text == f"# A story\nat 2026-11-23 10:00\nclient: {ANNA}\nstate: idle\n"


def test_words_read_as_words_whatever_they_begin_with() -> None:
    for said in ("[Да]", "<voice>", "<3", r"\o/", "# 5", "5 # 6", "#хэштег"):
        (line,) = parse(f"> {words(said)}").lines
        assert isinstance(line, Says)
        assert line.text == said
