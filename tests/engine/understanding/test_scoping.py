"""How far a wish for several records goes, where no list stands on the client's phone."""

from datetime import UTC, datetime

import pytest

from engine.booking import Record
from engine.events import Named, Spared
from engine.understanding import Meaning, Surroundings, Understanding, fitting, lacks_a_service

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def wished(understanding: Understanding, text: str) -> Meaning:
    meaning = understanding.understand(text, "idle", Surroundings(said_at=MONDAY))
    assert meaning.intent == "cancel"
    return meaning


def ids(records: tuple[Record, ...]) -> list[int]:
    return [record.record_id for record in records]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("отмените первую и третью", [1, 3]),
        ("отмените первые две", [1, 2]),
        ("отмените последние две", [2, 3]),
        ("отмените две последние", [2, 3]),
        ("отмените две ближайшие записи", [1, 2]),
        ("отмените все до пятницы", [1]),
        ("отмените все после пятницы", [3]),
        ("отмените все начиная с пятницы", [2, 3]),
        # It may be taken off that day.
        ("отмените все с пятницы", [2]),
        ("отмените все с декабря", [3]),
        ("отмените все до декабря", [1, 2]),
        ("отмените все в декабре", [3]),
        ("отмените все до единой", [1, 2, 3]),
        ("отмените все кроме стрижки", [1, 3]),
        ("кроме стрижки отмените все", [1, 3]),
        ("отмените все записи, за исключением стрижки", [1, 3]),
        ("отмените все кроме пятницы", [1, 3]),
        ("отмените все, кроме последней", [1, 2]),
        ("отмените все, стрижку оставьте", [1, 3]),
        ("отмените все, стрижку пока не надо", [1, 3]),
    ],
)
def test_all_that_is_meant_lies_within_the_bounds_of_the_wish(
    text: str, meant: list[int], understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = wished(understanding, text)

    assert meaning.several
    assert ids(fitting(meaning.named, records)) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("отмените маникюр и стрижку, брови не надо", [1, 2]),
        ("отмените маникюр, брови не надо", [1]),
        ("брови отмените, а стрижку оставьте", [3]),
        ("отмените запись, на пятницу уже не надо", [2]),
    ],
)
def test_what_is_to_stay_is_not_named(
    text: str, meant: list[int], understanding: Understanding, records: tuple[Record, ...]
) -> None:
    assert ids(fitting(wished(understanding, text).named, records)) == meant


@pytest.mark.parametrize(
    "text",
    ["отмените 1 и 3", "отмените все записи до той поездки", "отмените все кроме 2"],
)
def test_where_the_bounds_are_not_clear_not_all_are_meant(text: str, understanding: Understanding) -> None:
    assert not wished(understanding, text).several


def test_two_of_more_are_not_all(understanding: Understanding) -> None:
    assert wished(understanding, "отмените две записи").both
    assert not wished(understanding, "отмените первые две").both


def test_nothing_fits_where_what_is_to_stay_is_not_there(records: tuple[Record, ...]) -> None:
    assert fitting(Named(but=Spared(words=("педикюр",), names=("анна", "ольга"))), records) == ()


def test_nothing_fits_places_that_are_not_there(records: tuple[Record, ...]) -> None:
    assert fitting(Named(places=(1, 4)), records) == ()
    assert fitting(Named(places=(1, -3)), records) == ()


@pytest.mark.parametrize(
    ("words", "lacks"),
    [
        (("педикюр",), True),
        (("маник",), False),
        (("ноготь",), False),
        (("чудесный",), False),
        (("педикюр", "стрижка"), False),
    ],
)
def test_a_service_is_missing_where_no_record_has_any_of_the_words(
    words: tuple[str, ...], lacks: bool, records: tuple[Record, ...]
) -> None:
    assert lacks_a_service(Named(words=words), records) is lacks


@pytest.mark.parametrize("text", ["и стрижку", "и стрижку тоже", "стрижку тоже", "и стрижку отмените тоже"])
@pytest.mark.parametrize("context", ["confirm", "done"])
def test_what_is_added_is_a_wish_beside_what_was_spoken_of(
    text: str, context: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    around = Surroundings(said_at=MONDAY, records=records[:1] if context == "confirm" else ())
    meaning = understanding.understand(text, "confirm" if context == "confirm" else "done", around)

    assert (meaning.intent, meaning.also, meaning.named.words) == ("cancel", True, ("стрижка",))


@pytest.mark.parametrize("text", ["не маникюр, стрижку", "нет, стрижку", "не маникюр, а стрижку"])
def test_another_one_instead_is_a_wish_too(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = understanding.understand(text, "confirm", Surroundings(said_at=MONDAY, records=records[:1]))

    assert (meaning.intent, meaning.also, meaning.named.words) == ("cancel", False, ("стрижка",))


@pytest.mark.parametrize(
    "text", ["и все", "да милая", "да господи", "и стрижку?", "и стрижку не надо", "и маникюр"]
)
def test_what_begins_like_a_yes_is_no_answer_by_itself(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = understanding.understand(text, "confirm", Surroundings(said_at=MONDAY, records=records[:1]))

    assert meaning.intent in ("unclear", "other")


@pytest.mark.parametrize("text", ["нет, я приду на маникюр", "нет, не стрижку"])
def test_a_no_that_names_nothing_else_stays_one(
    text: str, understanding: Understanding, records: tuple[Record, ...]
) -> None:
    meaning = understanding.understand(text, "confirm", Surroundings(said_at=MONDAY, records=records[:1]))

    assert meaning.intent == "no"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("да нет не надо", "no"), ("остальное оставьте", "keep"), ("кроме стрижки", "unclear")],
)
def test_after_a_cancel_nothing_is_wanted_back_by_what_is_said_of_the_rest(
    text: str, intent: str, understanding: Understanding
) -> None:
    meaning = understanding.understand(text, "done", Surroundings(said_at=MONDAY))

    assert meaning.intent == intent
    assert meaning.rest == (text != "да нет не надо")


def test_who_does_not_come_is_named_and_who_does_is_not(understanding: Understanding) -> None:
    meaning = understanding.understand("Вера не придет, а Соня придет", "idle", Surroundings(said_at=MONDAY))

    assert (meaning.intent, meaning.named.people) == ("third_party", ("вера",))


def test_a_wish_that_names_nothing_is_kept_by_what_is_said_last(understanding: Understanding) -> None:
    text = "отмените, пожалуйста. нет, маникюр оставьте"

    assert understanding.understand(text, "idle", Surroundings(said_at=MONDAY)).intent == "keep"


def test_a_number_beside_a_day_may_be_another_day(understanding: Understanding) -> None:
    assert not wished(understanding, "отмените записи на пятницу и 7").plain
