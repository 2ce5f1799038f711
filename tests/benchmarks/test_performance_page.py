"""docs/performance.md says what benchmarks/results.json holds."""

import pytest

from benchmarks.frame import Bound, Ratio, Result, Row, Samples, gathered, interleaved
from benchmarks.machine import Machine
from benchmarks.page import ABOUT, PAGE, render
from benchmarks.results import FOLDER, NAMES, Measured, Results, load

MACHINE = Machine(cores=2, processor="a processor", python="CPython 3.11", kernel="Linux 6")


def measured(*rows: Row, name: str = "stats", left_out: tuple[str, ...] = ()) -> Measured:
    result = Result(rows=rows, left_out=left_out)
    return Measured(
        name=name, measured_on="2026-11-27", machine=MACHINE, fsync_us=(170.4, 180.6), result=result
    )


def test_the_page_is_what_the_results_render() -> None:
    assert PAGE.read_text("utf-8") == render(load())


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_its_module_and_its_words(name: str) -> None:
    assert (FOLDER / f"{name}.py").exists()
    assert (ABOUT / f"{name}.md").read_text("utf-8").startswith("## ")


def test_a_bound_that_does_not_hold_is_said_in_bold() -> None:
    slow = Samples(name="ours", unit="/s", values=(70.0, 72.0, 60.0))
    peer = Samples(name="bare", unit="/s", values=(100.0, 90.0, 100.0))

    page = render(Results(measured=(measured(slow.row(ratios=[slow.beside(peer, Bound(at_least=0.8))])),)))

    assert "| ours | 70.0 /s | 60.0 … 72.0 |  |" in page
    assert "| … of *bare* | × 0.7 | 0.6 … 0.8 | ≥ 0.8: **does not hold** |" in page


def test_what_was_left_out_and_the_phases_of_the_disk_are_said() -> None:
    row = Samples(name="ours", unit="/s", values=(1.0, 2.0)).row(Bound(at_most=3))

    page = render(Results(measured=(measured(row, left_out=("aiogram: not installed",)),)))

    assert "≤ 3 /s: holds" in page
    assert "Left out: aiogram: not installed" in page
    assert "one fsync took 170 µs before and 181 µs after" in page


def test_ratios_are_taken_within_a_round() -> None:
    """A slow phase leaves them as they are; here the quotient of the medians would be 1."""
    ours = Samples(name="ours", unit="/s", values=(90.0, 45.0, 50.0))
    peer = Samples(name="bare", unit="/s", values=(100.0, 50.0, 50.0))

    assert ours.beside(peer) == Ratio(peer="bare", value=0.9, low=0.9, high=1.0)


def test_sides_take_turns_in_going_first() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = interleaved({"a": lambda: side("a"), "b": lambda: side("b")}, "/s", rounds=2)

    assert order == ["a", "b", "b", "a"]
    assert found["a"].values == (1.0, 4.0)


def test_a_row_keeps_its_bounds_only_if_all_of_them_hold() -> None:
    ours = gathered([{"ours": 10.0}, {"ours": 12.0}], "ms")["ours"]
    ratio = Ratio(peer="bare", value=0.5, low=0.4, high=0.6, bound=Bound(at_least=0.8))

    assert ours.row().holds is None
    assert ours.row(Bound(at_most=20)).holds is True
    assert ours.row(Bound(at_most=20), [ratio]).holds is False
    assert Result(rows=(ours.row(ratios=[ratio]),)).broken == ("ours",)


def test_measuring_one_anew_keeps_the_others_in_their_order() -> None:
    row = Samples(name="ours", unit="/s", values=(1.0,)).row()
    before = Results(measured=tuple(measured(row, name=name) for name in NAMES[1:]))

    after = before.having(measured(row, name=NAMES[0]))

    assert tuple(found.name for found in after.measured) == NAMES
