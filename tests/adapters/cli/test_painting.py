"""Coverage on the picture: what fired, what fired on one side of its guard, and what nobody saw."""

from pathlib import Path

import click
import pytest

from adapters.cli.painting import painted, painter
from engine import texts
from engine.coverage import coverage
from engine.flow import Tried
from tests.engine.diagram.machine import MACHINE, TEXTS

CATALOGUE = texts.load([f'["{key}"]\nru = "Чай"\n' for key in TEXTS])
# Row 0 has a guard that held and failed, row 2 one that only held; row 6 has none.
SEEN = coverage(MACHINE, [Tried(0, True), Tried(0, False), Tried(1, True), Tried(2, True), Tried(6, True)])


def test_rows_are_painted_by_what_was_seen_of_them() -> None:
    rows = painted(MACHINE, SEEN).rows

    assert (rows[0], rows[1], rows[2], rows[6], rows[7]) == (
        "covered",
        "covered",
        "partly",
        "covered",
        "uncovered",
    )


def test_states_are_painted_by_whether_anyone_stood_there() -> None:
    states = painted(MACHINE, SEEN).states

    assert (states["idle"], states["tea.offering"], states["cake.looking"]) == (
        "covered",
        "covered",
        "uncovered",
    )


def test_the_name_of_the_file_says_the_format(tmp_path: Path) -> None:
    paint = painter(lambda: (MACHINE, CATALOGUE))

    paint(tmp_path / "seen.svg", SEEN)
    paint(tmp_path / "seen.mmd", SEEN)

    assert '<g class="row uncovered" id="row-7">' in (tmp_path / "seen.svg").read_text(encoding="utf-8")
    assert "not covered" in (tmp_path / "seen.mmd").read_text(encoding="utf-8")


def test_another_ending_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(click.BadParameter, match=r"seen\.gif ends with none of \.mmd, \.dot"):
        painter(lambda: (MACHINE, CATALOGUE))(tmp_path / "seen.gif", SEEN)
