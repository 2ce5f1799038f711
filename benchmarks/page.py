"""docs/performance.md, rendered from benchmarks/results.json and the words in benchmarks/about."""

from pathlib import Path

from benchmarks.frame import Row, figure
from benchmarks.results import FOLDER, Measured, Results

PAGE = FOLDER.parent / "docs" / "performance.md"
ABOUT = FOLDER / "about"


def render(results: Results) -> str:
    """Return the page. Pure but for the words, which it reads."""
    return "\n\n".join([_words("page"), *(_part(measured) for measured in results.measured)]) + "\n"


def _words(name: str) -> str:
    return Path(ABOUT / f"{name}.md").read_text("utf-8").strip()


def _part(measured: Measured) -> str:
    result = measured.result
    head = ["| what | median | lowest … highest | |", "| --- | ---: | ---: | --- |"]
    table = "\n".join([*head, *(line for row in result.rows for line in _lines(row))])
    left_out = "\n".join(f"Left out: {what}" for what in result.left_out)
    return "\n\n".join(part for part in (_words(measured.name), table, left_out, _where(measured)) if part)


def _lines(row: Row) -> list[str]:
    """Write a row of figures, and one below it for each comparison."""
    spread = f"{figure(row.low)} … {figure(row.high)}" if row.rounds > 1 else "measured once"
    bound = "" if row.bound is None else f"{row.bound} {row.unit}: {_kept(row.bound.holds(row.value))}"
    lines = [f"| {row.name} | {figure(row.value)} {row.unit} | {spread} | {bound} |"]
    for ratio in row.ratios:
        asked = "" if ratio.bound is None else f"{ratio.bound}: {_kept(bool(ratio.holds))}"
        lines.append(
            f"| … of *{ratio.peer}* | × {figure(ratio.value)} | {figure(ratio.low)} … {figure(ratio.high)} "
            f"| {asked} |"
        )
    return lines


def _kept(holds: bool) -> str:
    return "holds" if holds else "**does not hold**"


def _where(measured: Measured) -> str:
    machine = measured.machine
    rounds = max(row.rounds for row in measured.result.rows)
    before, after = measured.fsync_us
    return (
        f"{measured.measured_on}; {rounds} rounds; {machine.cores} cores of {machine.processor}, "
        f"{machine.python}, {machine.kernel}; one fsync took {figure(before)} µs before and "
        f"{figure(after)} µs after."
    )
