"""Coverage on the picture: what fired, what fired on one side of its guard, and what nobody saw."""

from pathlib import Path

from adapters.cli.painting import painted, painter
from engine import texts
from engine.coverage import coverage
from engine.flow import Tried
from tests.adapters.cli.running import invoked
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


def test_a_file_that_cannot_be_painted_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    for file, said in (
        ("seen.gif", "seen.gif ends with none of .mmd, .dot"),
        ("nowhere/seen.svg", f"there is no folder {tmp_path / 'nowhere'}"),
    ):
        done = invoked("test", "states", "--paint", str(tmp_path / file))

        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
