"""What of a list is to go, where the answer says what is to stay too."""

from datetime import UTC, datetime

import pytest

from engine.booking import Record
from engine.understanding import Meaning, Surroundings, Understanding, picked

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def said(understanding: Understanding, text: str, records: tuple[Record, ...]) -> Meaning:
    return understanding.understand(text, "choose", Surroundings(said_at=MONDAY, records=records))


@pytest.mark.parametrize(
    ("text", "record_id"),
    [
        ("первую оставляем, вторую нет", 2),
        ("не первую, а третью", 3),
        ("не завтра, а в пятницу отменить", 2),
        ("маникюр оставьте, брови отмените", 3),
        ("брови отменяем, а на маникюр я приду", 3),
        ("вторую. Первую и третью не трогайте", 2),
        ("третью, остальное в силе", 3),
        ("Ту, где стрижка. Другие не надо трогать!", 2),
        ("ту, где Мария", 2),
        ("вторую, первую не надо", 2),
        ("на стрижку не приду, на маникюр приду", 2),
        ("в пятницу без меня", 2),
        ("вторая не нужна", 2),
        ("нужно отменить вторую", 2),
        ("вторую уберите, в этот день занята", 2),
    ],
)
def test_what_stays_is_not_what_is_picked(
    text: str, record_id: int, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    assert meaning.intent == "choose"
    assert [record.record_id for record in picked(meaning, records)] == [record_id]


@pytest.mark.parametrize(
    "text",
    [
        "первую оставьте, остальные отмените",
        "все кроме первой",
        "все без первой",
        "приду завтра, прочие отменить",
    ],
)
def test_the_rest_of_two_is_the_other_one_and_of_three_several(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    two, three = said(understanding, text, records[:2]), said(understanding, text, records)

    assert (two.intent, two.ordinal, two.several) == ("choose", 2, False)
    assert (three.intent, three.several) == ("choose", True)


@pytest.mark.parametrize("text", ["оставьте обе", "все нужны", "ничего не трогайте"])
def test_where_all_stay_it_is_a_no(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    assert said(understanding, text, records).intent == "no"


@pytest.mark.parametrize("text", ["вторую, она мне нужна", "вторую не надо трогать"])
def test_what_only_stays_picks_nothing(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    assert (meaning.intent, picked(meaning, records)) == ("unclear", ())


def test_a_move_of_one_beside_another_that_stays_is_a_move(
    understanding: Understanding, records: tuple[Record, ...]
) -> None:
    assert said(understanding, "вторую не трогайте, а первую перенесите", records).intent == "reschedule"


@pytest.mark.parametrize(
    "text",
    [
        "1. оставляем",
        "первую ни в коем случае",
        "первую ни за что",
        "первую жалко",
        "жду первую",
        "на маникюр ждите",
        "первая актуальна",
        "первая норм",
        "завтра могу",
        "завтра получится",
        "завтра я свободна",
        "завтра заеду",
        "хочу к Ольге",
        "хочу только маникюр",
        "маникюр важнее",
        "могу только завтра",
    ],
)
def test_a_record_that_the_client_comes_to_is_not_picked(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    assert picked(meaning, records) == () or meaning.intent not in ("choose", "cancel")


@pytest.mark.parametrize("text", ["завтра могу", "хочу к Ольге", "первая норм", "завтра получится"])
def test_coming_and_wanting_explain_nothing_where_no_question_is_wanted(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    assert not said(understanding, text, records).plain
    assert said(understanding, "хочу отменить завтрашнюю", records).plain


@pytest.mark.parametrize(
    ("text", "record_id"),
    [
        ("1. оставьте 2. отмените", 2),
        ("1) отмените 2) оставьте", 1),
        ("первую с конца", 3),
        ("вторую с конца", 2),
        ("хочу снять первую", 1),
        ("маникюр делаем, брови нет", 3),
    ],
)
def test_lists_and_counts_from_the_end_are_read(
    text: str, record_id: int, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    assert [record.record_id for record in picked(meaning, records)] == [record_id]


@pytest.mark.parametrize(
    "text",
    [
        "вторую - нет",
        "вторую, ой нет",
        "вторую. нет",
        "на вторую иду",
        "вторую держим",
        "запишите на вторую",
        "до встречи в пятницу",
        "первую держите. вторую нет",
        "вторую, третью нет",
    ],
)
def test_what_may_be_a_no_or_a_visit_is_not_picked(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    picks = picked(meaning, records) if meaning.intent in ("choose", "cancel") else ()
    assert records[1] not in picks or text.startswith("первую")


@pytest.mark.parametrize(
    ("text", "record_id"), [("первая да, вторую нет", 2), ("завтра да, в пятницу нет", 2)]
)
def test_a_yes_beside_a_no_keeps(
    text: str, record_id: int, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = said(understanding, text, records)

    assert [record.record_id for record in picked(meaning, records)] == [record_id]


def test_a_number_against_a_name_is_not_plain(
    understanding: Understanding, records: tuple[Record, ...]
) -> None:
    assert not said(understanding, "Мария, отмените первую", records).plain
