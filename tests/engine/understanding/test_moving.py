"""A wish to move is parted into the record that is meant and where it is to go."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from engine.events import Named
from engine.understanding import Context, Meaning, Surroundings, Understanding, is_called, together, without
from tests.chat import MONDAY

WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, day) for day in (25, 26, 27, 28, 29))
EVENING = {"since": time(17), "until": time(23)}
Hear = Callable[[str], Meaning]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


@pytest.fixture
def at_home(understanding: Understanding) -> Hear:
    return lambda text: understanding.understand(text, "idle", Surroundings(MONDAY))


@pytest.fixture
def asked(understanding: Understanding) -> Hear:
    return lambda text: understanding.understand(text, "reschedule", Surroundings(MONDAY))


@pytest.mark.parametrize(
    ("words", "named", "target"),
    [
        ("перенесите пятницу на субботу", {"days": (FRIDAY,)}, {"days": (SATURDAY,)}),
        ("перенесите запись на пятницу", {}, {"days": (FRIDAY,)}),
        ("перенесите пятницу", {"days": (FRIDAY,)}, {}),
        ("можно перенести завтрашнюю запись?", {"days": (date(2026, 11, 24),)}, {}),
        ("можно на пятницу?", {}, {"days": (FRIDAY,)}),
        ("не могу в пятницу, можно перенести?", {"days": (FRIDAY,)}, {}),
        (
            "не смогу в среду, давайте в четверг вечером",
            {"days": (WEDNESDAY,)},
            {"days": (THURSDAY,), **EVENING},
        ),
        ("запись на пятницу перенесите на субботу", {"days": (FRIDAY,)}, {"days": (SATURDAY,)}),
        ("перенесите запись с 15:00 на 17:00", {"clock": time(15)}, {"clock": time(17)}),
        (
            "можно перенести маникюр с пятницы на субботу на 15",
            {"days": (FRIDAY,), "words": ("маникюр",)},
            {"days": (SATURDAY,), "clock": time(15)},
        ),
        (
            "можно завтра после 18 вместо среды?",
            {"days": (WEDNESDAY,)},
            {"days": (date(2026, 11, 24),), "since": time(18)},
        ),
        ("перенесите на 28 или 29", {}, {"days": (SATURDAY, SUNDAY)}),
        ("перенесите на выходные", {}, {"days": (SATURDAY, SUNDAY)}),
        ("перенесите на пятницу, только не утром", {}, {"days": (FRIDAY,)}),
        ("перенесите на другой день", {}, {}),
        ("перенесите маникюр к Марии", {"words": ("маникюр",)}, {"names": ("мария",)}),
        (
            "перенесите запись к Ольге на пятницу",
            {"names": ("ольга",)},
            {"days": (FRIDAY,)},
        ),
        ("перенесите на 31 ноября", {}, {"impossible_day": True}),
        ("перенесите на декабрь", {}, {}),
    ],
)
def test_the_record_and_the_target_are_told_apart(
    at_home: Hear, words: str, named: dict[str, Any], target: dict[str, Any]
) -> None:
    meaning = at_home(words)

    assert meaning.intent == "reschedule"
    assert meaning.named == Named(**named)
    assert meaning.target == Named(**target)


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("в 15", {"clock": time(15)}),
        ("15", {"clock": time(15)}),
        ("на три", {"clock": time(15)}),
        ("пятницу", {"days": (FRIDAY,)}),
        ("вечером", EVENING),
        ("до обеда", {"until": time(12)}),
        ("после 18", {"since": time(18)}),
        ("с 14 до 16", {"since": time(14), "until": time(16)}),
        ("давайте в пятницу в 15", {"days": (FRIDAY,), "clock": time(15)}),
        ("да", {}),
        ("да, переносите", {}),
    ],
)
def test_nothing_but_a_target_and_words_that_agree_is_clear(
    asked: Hear, words: str, target: dict[str, Any]
) -> None:
    meaning = asked(words)

    assert meaning.agrees
    assert meaning.target == Named(**target)


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("а в 15 можно?", {"clock": time(15)}),
        ("в 15 не смогу", {}),
        ("в 15, если мастер будет Ольга", {"clock": time(15)}),
        ("на 15 или на 16", {"since": time(15), "until": time(16, 0, 1)}),
        ("не в пятницу", {}),
        ("нет", {}),
        ("кря", {}),
    ],
)
def test_what_asks_doubts_or_refuses_does_not_agree(asked: Hear, words: str, target: dict[str, Any]) -> None:
    meaning = asked(words)

    assert not meaning.agrees
    assert meaning.target == Named(**target)


def test_what_was_cut_off_does_not_agree(asked: Hear) -> None:
    assert not asked("да " * Understanding.LENGTH_MAX).agrees


@pytest.mark.parametrize("context", ["idle", "confirm", "choose", "reason", "done"])
def test_no_other_wish_has_a_target(understanding: Understanding, context: Context) -> None:
    meaning = understanding.understand("отмените запись на пятницу", context, Surroundings(MONDAY))

    assert meaning.target == Named()
    assert not meaning.agrees


def test_a_target_is_taken_out_of_all_that_was_named() -> None:
    everything = Named(days=(FRIDAY, SATURDAY), clock=time(15), words=("маникюр",), names=("мария", "ольга"))
    target = Named(days=(SATURDAY,), clock=time(15), names=("мария",))

    assert without(everything, target) == Named(days=(FRIDAY,), words=("маникюр",), names=("ольга",))


def test_a_target_that_is_told_bit_by_bit_keeps_what_still_holds() -> None:
    evening = Named(since=time(17), until=time(23))
    friday = Named(days=(FRIDAY,))
    friday_evening = Named(days=(FRIDAY,), since=time(17), until=time(23))

    assert together(evening, friday) == friday_evening
    assert together(friday_evening, Named(clock=time(15))) == Named(days=(FRIDAY,), clock=time(15))
    assert together(friday_evening, Named(names=("мария",))).names == ("мария",)
    assert together(friday, Named(impossible_day=True)) == Named(impossible_day=True)


def test_a_master_is_called_by_every_form_of_her_name() -> None:
    assert is_called("Мария Петрова", "маша")
    assert not is_called("Мария Петрова", "ольга")
