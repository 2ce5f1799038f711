"""Texts: what a catalogue must hold, how values are put into words, and no claim without its proof."""

from datetime import date, timedelta

import pytest

from engine.booking import Record, Slot
from engine.effects import Day, Option, Repeat, Say
from engine.events import Tap
from engine.texts import InvalidTexts, Texts, UnprovenClaim, load
from tests.chat import MONDAY, proof, record

MANICURE = record(1)

CATALOGUE = """
["toy.hello"]
ru = "Здравствуйте, {name}! Мест: {count}."
["toy.question"]
ru = "Отменить запись: {record}?"
["toy.parts"]
ru = "{record.services}|{record.day}|{record.time}|{record.short}|{record.master}"
["toy.day"]
ru = "На {day} мест нет."
["toy.done"]
claims = "cancelled"
ru = "Запись отменена: {record}."
["phrase.record"]
ru = "{record.services}, {record.day}, {record.time}, мастер {record.master}"
["phrase.record_without_master"]
ru = "{record.services}, {record.day}, {record.time}"
["option.yes"]
ru = "Да"
["option.record"]
ru = "{record.short}"
["option.record.more"]
ru = "{record.services}"
["option.list"]
ru = "Выбрать"
"""


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load([CATALOGUE])


def shown(texts: Texts, *parts: Say | Repeat, pending: Say | None = None) -> str:
    return texts.render(parts, question=3, pending=pending).text


# ── values in words ───────────────────────────────────────────────────────────────────────────────────


def test_a_record_is_its_service_day_time_and_master_in_russian(texts: Texts) -> None:
    assert shown(texts, Say(text="toy.question", args={"record": MANICURE})) == (
        "Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?"
    )


def test_a_record_without_a_master_names_none(texts: Texts) -> None:
    alone = MANICURE.model_copy(update={"master": ""})
    assert shown(texts, Say(text="toy.question", args={"record": alone})) == (
        "Отменить запись: Маникюр, среда, 25 ноября, 15:00?"
    )


@pytest.mark.parametrize(
    ("starts_at", "parts"),
    [
        ("2026-11-25 15:00", "Маникюр|среда, 25 ноября|15:00|ср, 25 нояб., 15:00|Ольга"),
        ("2027-05-01 09:05", "Маникюр|суббота, 1 мая|09:05|сб, 1 мая, 09:05|Ольга"),
        ("2026-12-31 00:00", "Маникюр|четверг, 31 декабря|00:00|чт, 31 дек., 00:00|Ольга"),
    ],
)
def test_the_parts_of_a_record_can_be_named(texts: Texts, starts_at: str, parts: str) -> None:
    assert shown(texts, Say(text="toy.parts", args={"record": record(1, starts_at=starts_at)})) == parts


def test_the_short_form_of_any_moment_fits_a_row_of_a_list(texts: Texts) -> None:
    year = [
        record(1, starts_at=f"{date(2026, 1, 1) + timedelta(days):%Y-%m-%d} 15:00") for days in range(365)
    ]
    titles = [texts.words("option.record", {"record": one}) for one in year]
    assert max(map(len, titles)) <= 24


def test_several_services_are_named_in_the_journal_s_order(texts: Texts) -> None:
    both = MANICURE.model_copy(update={"services": ("Маникюр", "Педикюр")})
    assert shown(texts, Say(text="toy.question", args={"record": both})).startswith(
        "Отменить запись: Маникюр, Педикюр, среда"
    )


def test_a_day_is_put_into_words(texts: Texts) -> None:
    assert shown(texts, Say(text="toy.day", args={"day": Day(on=date(2026, 11, 28))})) == (
        "На суббота, 28 ноября мест нет."
    )


@pytest.mark.parametrize("name", ["{count}", "{0}", "{record.phone}", "{{}}", "%s", "{name.__class__}"])
def test_what_a_value_looks_like_is_never_a_placeholder(texts: Texts, name: str) -> None:
    assert shown(texts, Say(text="toy.hello", args={"name": name, "count": 2})) == (
        f"Здравствуйте, {name}! Мест: 2."
    )


def test_a_missing_argument_is_our_mistake_and_loud(texts: Texts) -> None:
    with pytest.raises(KeyError):
        shown(texts, Say(text="toy.hello", args={"name": "Анна"}))
    with pytest.raises(KeyError):
        shown(texts, Say(text="toy.gone"))


# ── one message ───────────────────────────────────────────────────────────────────────────────────────


def test_what_one_turn_says_is_one_message(texts: Texts) -> None:
    parts = (
        Say(text="toy.day", args={"day": Day(on=date(2026, 11, 28))}),
        Say(text="toy.question", args={"record": MANICURE}, options=(Option(kind="yes"),), question=True),
    )
    bubble = texts.render(parts, question=3, pending=parts[1])
    assert bubble.text == (
        "На суббота, 28 ноября мест нет.\n\nОтменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?"
    )
    assert [(option.id, option.title) for option in bubble.options] == [("yes:3:", "Да")]


def test_an_option_carries_kind_question_and_record(texts: Texts) -> None:
    say = Say(
        text="toy.day", args={"day": Day(on=MONDAY.date())}, options=(Option(kind="record", record=MANICURE),)
    )
    (button,) = texts.render([say], question=3, pending=None).options
    assert Tap.decode(button.id) == Tap(kind="record", question=3, record_id=1)
    assert (button.title, button.more) == ("ср, 25 нояб., 15:00", "Маникюр")


def test_a_repeat_says_its_sentence_and_the_pending_question_with_its_options(texts: Texts) -> None:
    asked = Say(text="toy.question", args={"record": MANICURE}, options=(Option(kind="yes"),), question=True)
    after = Repeat(after="toy.hello", args={"name": "Анна", "count": 1})
    bubble = texts.render([after], question=3, pending=asked)
    assert bubble.text.startswith("Здравствуйте, Анна! Мест: 1.\n\nОтменить запись: Маникюр")
    assert [option.id for option in bubble.options] == ["yes:3:"]


def test_a_repeat_of_nothing_says_its_sentence_only(texts: Texts) -> None:
    after = Repeat(after="toy.hello", args={"name": "Анна", "count": 1})
    assert shown(texts, after) == "Здравствуйте, Анна! Мест: 1."


def test_a_list_says_what_its_button_is_called(texts: Texts) -> None:
    def label(count: int, record: Record | None) -> str:
        options = tuple(Option(kind="record" if record else "yes", record=record) for _ in range(count))
        say = Say(text="toy.day", args={"day": Day(on=MONDAY.date())}, options=options)
        return texts.render([say], question=1, pending=None).list_label

    assert (label(0, None), label(3, None), label(4, None)) == ("", "", "Выбрать")
    assert label(1, MANICURE) == "Выбрать"


# ── claims ────────────────────────────────────────────────────────────────────────────────────────────


def test_options_with_a_second_line_are_a_list_however_few() -> None:
    texts = load(['"a.b" = "Когда?"', '"option.slot" = "{slot.time}"', '"option.slot.more" = "{slot.master}"',
                  '"option.times" = "Выбрать время"'])  # fmt: skip
    slot = Slot(starts_at=MONDAY, master="Ольга", master_id=7)
    asked = Say(
        text="a.b", options=(Option(kind="slot", slot=slot, choice=0),), question=True, opens="option.times"
    )

    bubble = texts.render([asked], question=1, pending=None)

    assert bubble.list_label == "Выбрать время"
    assert [(one.title, one.more) for one in bubble.options] == [("10:00", "Ольга")]


def test_a_claim_is_not_rendered_without_its_receipt(texts: Texts) -> None:
    told = Say(text="toy.done", args={"record": MANICURE})
    moved = proof(MANICURE).model_copy(update={"change": "moved"})
    for receipts in ((), (moved,)):
        with pytest.raises(UnprovenClaim, match=r"toy\.done claims cancelled, and no receipt proves it"):
            shown(texts, told.model_copy(update={"receipts": receipts}))
    assert shown(texts, told.model_copy(update={"receipts": (proof(MANICURE),)})).startswith(
        "Запись отменена"
    )


def test_a_claim_cannot_hide_in_a_repeat(texts: Texts) -> None:
    pending = Say(text="toy.done", args={"record": MANICURE}, question=True)
    after = Repeat(after="toy.hello", args={"name": "Анна", "count": 1})
    with pytest.raises(UnprovenClaim):
        shown(texts, after, pending=pending)
    with pytest.raises(UnprovenClaim):
        shown(texts, Repeat(after="toy.done", args={"record": MANICURE}))


def test_claims_are_known_by_key(texts: Texts) -> None:
    assert texts.claims == {"toy.done": "cancelled"}


# ── catalogues ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        (['["a"]\nru = "1"', '["a"]\nru = "2"'], "a stands in two catalogues; keep one"),
        (['["a"]\nen = "1"'], "a has no words in 'ru'; add a line ru = …"),
        (["a = 7"], "a has no words, but 7; add a line ru = …"),
        (['["a"]\nru = "Да'], "a catalogue:2 is no TOML: illegal character|a catalogue:2 is no TOML: unterm"),
        (['["a"]\n\nru = Да\n'], "a catalogue:3 is no TOML: invalid value"),
        (['["a"]\nru = """Да\n\n'], "a catalogue:2 is no TOML: "),
        (['["a"]\nclaims = "eaten"\nru = "1"'], "a claims 'eaten'; a change is one of cancelled, moved"),
    ],
)
def test_a_catalogue_that_cannot_be_used_says_why(documents: list[str], message: str) -> None:
    with pytest.raises(InvalidTexts, match=message):
        load(documents)


def test_words_alone_are_in_the_language() -> None:
    assert load(['a = "Да"']).words("a") == "Да"


def test_the_language_is_chosen_when_a_catalogue_is_loaded() -> None:
    texts = load(['["a"]\nru = "Да"\nen = "Yes"'], "en")
    assert texts.words("a") == "Yes"
    assert texts.texts["a"].placeholders("ru") == frozenset()


def test_placeholders_are_the_names_that_words_need(texts: Texts) -> None:
    assert texts.texts["toy.parts"].placeholders("ru") == {"record"}
    assert texts.texts["toy.hello"].placeholders("ru") == {"name", "count"}


# ── several records ───────────────────────────────────────────────────────────────────────────────────

LISTED = """
["phrase.record"]
ru = "{record.services}, {record.day}, {record.time}, мастер {record.master}"
["phrase.records"]
ru = "• {record}"
["phrase.records.short"]
ru = "• {record.short}"
["phrase.records.named"]
ru = "• {record.client}: {record}"
["phrase.records.named.short"]
ru = "• {record.client}: {record.short}"
["which"]
ru = "{records}"
["whose"]
ru = "{records.named}"
"""


def test_several_records_are_a_line_each_and_can_say_whose_they_are() -> None:
    listed = load([LISTED])
    both = (
        record(1).model_copy(update={"client": "Вера"}),
        record(2, "Стрижка").model_copy(update={"client": "Маша"}),
    )

    assert listed.words("which", {"records": both}) == (
        "• Маникюр, среда, 25 ноября, 15:00, мастер Ольга\n• Стрижка, среда, 25 ноября, 15:00, мастер Ольга"
    )
    assert listed.words("whose", {"records": both}).startswith("• Вера: Маникюр, среда")


def test_where_there_is_no_room_day_and_time_are_enough() -> None:
    many = tuple(record(place, starts_at=f"2026-12-{place:02} 12:00") for place in range(1, 11))

    lines = load([LISTED]).words("which", {"records": many}).splitlines()

    assert lines[0] == "• вт, 1 дек., 12:00"
    assert len(lines) == len(many)


@pytest.mark.parametrize(
    ("name", "shown"), [("Мария", "Мария"), ("Александра Константиновна", "Александра Конс…")]
)
def test_a_name_is_cut_where_a_row_of_a_list_has_no_room(name: str, shown: str) -> None:
    told = load(["""["who"]\nru = "{record.client}" """])

    assert told.words("who", {"record": record(1).model_copy(update={"client": name})}) == shown
