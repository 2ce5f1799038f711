"""A line fits what came, from its beginning to its end, and nothing else."""

from datetime import datetime

import pytest

from engine.script.grammar import parse
from engine.script.lines import InJournal, Shows
from engine.script.matching import leaves, notices, pairs, shows, stands
from engine.script.scene import Left, Message, Noticed, Standing
from tests.engine.script.scene import ASKED, MONDAY, WEDNESDAY

TEXT = "Отменить запись: Маникюр,\n\nсреда, 25\u00a0ноября, 15:00?"
OPTIONS = ("Да, отменить", "Оставить")


def line(written: str) -> Shows:
    (found,) = parse(written).lines
    assert isinstance(found, Shows)
    return found


@pytest.mark.parametrize(
    "written",
    [
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00?",
        "<  Отменить   запись: Маникюр, среда, 25 ноября,  15:00?",
        "< …",
        "< ...",
        "< Отменить запись: …",
        "< … 15:00?",
        "< …Маникюр…",
        "< Отменить … среда … 15:00?",
        "< Отменить запись: Маникюр, … среда, 25 ноября, 15:00?…",
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00 … ?",
        "< … [Да, отменить] [Оставить]",
        "< … [да] [ост]",
        "< … [Да] […]",
        "< … […]",
        "< key: cancel.confirm",
        "< key: everywhere.hello_again [Да] [Оставить]",
    ],
)
def test_it_fits(written: str) -> None:
    message = Message(TEXT, OPTIONS, ("everywhere.hello_again", "cancel.confirm"))

    assert shows(line(written), message)


@pytest.mark.parametrize(
    "written",
    [
        "< отменить запись: Маникюр, среда, 25 ноября, 15:00?",
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00",
        "< Отменить запись",
        "< запись: …",
        "< … 15:00",
        "< Отменить … пятница … 15:00?",
        # Two parts never share a letter.
        "< … 15:00? … 15:00?",
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00?…15:00?",
        "< … [Да, отменить]",
        "< … [Оставить] [Да, отменить]",
        "< … [Да] [Оставить] [Ещё]",
        "< … [Да] [Оставить] [Ещё] […]",
        "< key: cancel.done",
        "< key: cancel.confirm [Нет] […]",
    ],
)
def test_it_does_not_fit(written: str) -> None:
    assert not shows(line(written), Message(TEXT, OPTIONS, ("cancel.confirm",)))


def test_commands_and_notices_fit_whole() -> None:
    _, leaving, noticing = parse(
        "salon: +79000000001: Маникюр, 25 ноября 15:00\n! CancelRecord 1\nnotice: master cancelled"
    ).lines

    assert leaves(leaving, Left("CancelRecord", 1))  # type: ignore[arg-type]  # what it is stands above
    assert not leaves(leaving, Left("CancelRecord", 2))  # type: ignore[arg-type]
    assert notices(noticing, Noticed("master", "cancelled"))  # type: ignore[arg-type]
    assert not notices(noticing, Noticed("admin", "cancelled"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "standing", "fits"),
    [
        ("attendance -1", Standing(-1, WEDNESDAY, False), True),
        ("attendance -1", Standing(0, WEDNESDAY, False), False),
        ("attendance -1", Standing(-1, WEDNESDAY, True), False),
        ("at 25 ноября 15:00", Standing(0, WEDNESDAY, False), True),
        ("at 25 ноября 15:00", Standing(0, datetime(2026, 11, 25, 16), False), False),  # noqa: DTZ001
        ("at 25 ноября 15:00", Standing(0, WEDNESDAY, True), False),
        ("deleted", Standing(0, WEDNESDAY, True), True),
        ("deleted", Standing(0, WEDNESDAY, False), False),
    ],
)
def test_a_record_stands_as_written(written: str, standing: Standing, fits: bool) -> None:
    script = parse(f"salon: +79000000001: Маникюр, 25 ноября 15:00\njournal: 1 {written}")
    (line,) = (line for line in script.lines if isinstance(line, InJournal))

    assert stands(line, standing, MONDAY.date()) is fits


@pytest.mark.parametrize(
    ("lines", "came", "paired"),
    [
        ("", "", ()),
        ("ab", "ab", ((0, 0), (1, 1))),
        ("abc", "bc", ((1, 0), (2, 1))),
        ("bc", "abc", ((0, 1), (1, 2))),
        ("axc", "ayc", ((0, 0), (2, 2))),
        ("ab", "ba", ((1, 0),)),
        # The first that fits is not always the best.
        ("ab", "cab", ((0, 1), (1, 2))),
    ],
)
def test_as_many_as_possible_are_paired(lines: str, came: str, paired: tuple[tuple[int, int], ...]) -> None:
    assert pairs(lines, came, str.__eq__) == paired


def test_a_line_without_options_does_not_look_at_them() -> None:
    assert shows(line("< Отменить запись?"), ASKED)
