"""What every benchmark is made of: rounds of samples, rows with their spread, bounds, one way to run them.

A benchmark is a module with a function that measures, and at its end `frame.run(__doc__, measure)`:

    def measure(quick: bool) -> Result: ...

`python -m benchmarks.NAME [--quick] [--json FILE]` prints its rows, and writes them to the file as well.
"""

import argparse
import multiprocessing
import statistics
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from engine.values import Frozen

P = ParamSpec("P")
T = TypeVar("T")

ROUNDS = 5
ROUNDS_QUICK = 2


class Bound(Frozen):
    """What a figure has to keep to. One of the two is set."""

    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: float) -> bool:
        enough = self.at_least is None or value >= self.at_least
        return enough and (self.at_most is None or value <= self.at_most)

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


class Ratio(Frozen):
    """A row's value as a share of a peer's, taken within each round: the median of them, and their spread."""

    peer: str
    value: float
    low: float
    high: float
    bound: Bound | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        return None if self.bound is None else self.bound.holds(self.value)


class Row(Frozen):
    """One figure: the median of its rounds, and the lowest and the highest of them."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    rounds: int
    bound: Bound | None = None
    ratios: tuple[Ratio, ...] = ()

    @property
    def holds(self) -> bool | None:
        """Whether every bound holds, the ratios' included; None where there is none."""
        own = None if self.bound is None else self.bound.holds(self.value)
        verdicts = [held for held in (own, *(ratio.holds for ratio in self.ratios)) if held is not None]
        return all(verdicts) if verdicts else None


class Result(Frozen):
    """What one benchmark has found. `left_out` names what could not be measured, and why."""

    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the rows whose bound does not hold."""
        return tuple(row.name for row in self.rows if row.holds is False)


class Samples(Frozen):
    """One figure, measured once in each round."""

    name: str
    unit: str
    values: tuple[float, ...]

    def row(self, bound: Bound | None = None, ratios: Sequence[Ratio] = ()) -> Row:
        return Row(
            name=self.name,
            value=statistics.median(self.values),
            unit=self.unit,
            low=min(self.values),
            high=max(self.values),
            rounds=len(self.values),
            bound=bound,
            ratios=tuple(ratios),
        )

    def beside(self, peer: "Samples", bound: Bound | None = None) -> Ratio:
        """Compare round by round, so that a slow phase of the machine hits both sides of a division."""
        shares = [own / other for own, other in zip(self.values, peer.values, strict=True)]
        return Ratio(
            peer=peer.name, value=statistics.median(shares), low=min(shares), high=max(shares), bound=bound
        )


def interleaved(
    sides: Mapping[str, Callable[[], float]], unit: str, rounds: int, *, scale: float = 1.0
) -> dict[str, Samples]:
    """Measure every side once in each round, by turns from the first to the last and back."""
    values: dict[str, list[float]] = {name: [] for name in sides}
    for place in range(rounds):
        order = list(sides)
        for name in order if place % 2 == 0 else reversed(order):
            values[name].append(sides[name]() * scale)
    return {name: Samples(name=name, unit=unit, values=tuple(found)) for name, found in values.items()}


def gathered(rounds: Sequence[Mapping[str, float]], unit: str) -> dict[str, Samples]:
    """Turn rounds that measured several figures each into samples of each figure."""
    return {
        name: Samples(name=name, unit=unit, values=tuple(found[name] for found in rounds))
        for name in rounds[0]
    }


def in_a_fresh_process(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in a new interpreter, where nothing is warm; return what it returns."""
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning) as process:
        return process.submit(function, *args, **kwargs).result()


def figure(value: float) -> str:
    """Write a figure with three digits that count: 0.0123, 1.23, 12.3, 123, 12345."""
    size = abs(value)
    if size >= 100 or value == 0:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def told(result: Result) -> str:
    """Write the rows for a terminal."""
    width = max((len(row.name) for row in result.rows), default=0)
    lines = []
    for row in result.rows:
        spread = f"({figure(row.low)} … {figure(row.high)}, {row.rounds} rounds)" if row.rounds > 1 else ""
        lines.append(f"{row.name:{width}}  {figure(row.value):>8} {row.unit:<14} {spread}".rstrip())
        if row.bound:
            lines.append(f"{'':{width}}  {_verdict(row.bound, row.bound.holds(row.value))}")
        for ratio in row.ratios:
            verdict = f"; {_verdict(ratio.bound, bool(ratio.holds))}" if ratio.bound else ""
            spread = f"({figure(ratio.low)} … {figure(ratio.high)})"
            lines.append(f"{'':{width}}  {figure(ratio.value):>8} of: {ratio.peer} {spread}{verdict}")
    return "\n".join([*lines, *(f"left out: {what}" for what in result.left_out)])


def _verdict(bound: Bound, holds: bool) -> str:
    return f"bound {bound}: {'holds' if holds else 'DOES NOT HOLD'}"


def run(about: str | None, measure: Callable[[bool], Result]) -> None:
    """Be the command of a benchmark."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to this file")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: does it run at all?")
    arguments = parser.parse_args()
    result = measure(arguments.quick)
    print(told(result))
    if arguments.json:
        arguments.json.write_text(result.model_dump_json(indent=1, exclude_defaults=True) + "\n", "utf-8")
