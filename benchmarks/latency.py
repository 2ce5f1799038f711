"""How long a client waits for an answer, and how many dialogues a second one server stands.

python -m benchmarks.latency [--quick] [--json FILE]
"""

import asyncio
import statistics
from dataclasses import dataclass

from benchmarks import frame
from benchmarks.frame import Bound, Result, Row, Samples
from benchmarks.otmena_process import Server, serving
from benchmarks.town import Town

P50_MS_MAX, P99_MS_MAX = 20.0, 100.0
ASKED_FOR = 200
# Dialogues a second, climbed until a bound breaks.
STEPS = (5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 125, 150, 175, 200)
ROUNDS = 3
STEP_S = 6.0
# What waits when the load ends is still answered.
DRAIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """What one rate came to. Times in ms, from a POST's start to the arrival of our send."""

    p50: float
    p99: float
    # Of the server, for each dialogue.
    cpu: float
    wrong: int

    @property
    def holds(self) -> bool:
        return self.p50 < P50_MS_MAX and self.p99 < P99_MS_MAX


async def loaded(server: Server, town: Town, rate: float, seconds: float) -> Load:
    before, worked, wrong = len(town.clients), server.cpu_s, town.wrong
    town.seen.took_ms.clear()
    await town.write(rate, seconds)
    await town.rest(DRAIN_S)
    took = town.seen.took_ms
    return Load(
        p50=statistics.median(took),
        p99=statistics.quantiles(took, n=100)[98],
        cpu=(server.cpu_s - worked) * 1000 / (len(town.clients) - before),
        wrong=town.wrong - wrong,
    )


async def climbed(steps: tuple[int, ...], seconds: float) -> dict[int, Load]:
    """Climb until a bound breaks, with one server."""
    loads: dict[int, Load] = {}
    town = Town()
    async with serving(town) as server:
        # The first ones pay for what is loaded when it is first needed.
        await loaded(server, town, 5, 2)
        for rate in steps:
            loads[rate] = await loaded(server, town, rate, seconds)
            if not loads[rate].holds:
                break
    return loads


async def at_once(rate: int, seconds: float) -> Load:
    town = Town()
    async with serving(town) as server:
        await loaded(server, town, 5, 2)
        return await loaded(server, town, rate, seconds)


def measure(quick: bool) -> Result:
    rounds, seconds = (1, 2.0) if quick else (ROUNDS, STEP_S)
    climbs = [asyncio.run(climbed(STEPS[:2] if quick else STEPS, seconds)) for _ in range(rounds)]
    rate = STEPS[0] if quick else ASKED_FOR
    full = [asyncio.run(at_once(rate, seconds)) for _ in range(rounds)]
    highest = tuple(
        float(max((rate for rate, load in climb.items() if load.holds), default=0)) for climb in climbs
    )
    everything = [*(load for climb in climbs for load in climb.values()), *full]
    return Result(
        rows=(
            _row("message → answer, 5 dialogues a second, median", "ms", [c[STEPS[0]].p50 for c in climbs]),
            _row("message → answer, 5 dialogues a second, p99", "ms", [c[STEPS[0]].p99 for c in climbs]),
            _row(
                f"message → answer, {rate} dialogues a second at once, median",
                "ms",
                [load.p50 for load in full],
                Bound(at_most=P50_MS_MAX),
            ),
            _row(
                f"message → answer, {rate} dialogues a second at once, p99",
                "ms",
                [load.p99 for load in full],
                Bound(at_most=P99_MS_MAX),
            ),
            Samples(name="most dialogues a second with both bounds kept", unit="/s", values=highest).row(),
            _row(
                f"work of the server for one dialogue, {rate} a second",
                "ms of CPU",
                [load.cpu for load in full],
            ),
            _row(
                "lost, doubled, out of order, or told and not done",
                "messages",
                [float(sum(load.wrong for load in everything))],
                Bound(at_most=0),
            ),
        )
    )


def _row(name: str, unit: str, values: list[float], bound: Bound | None = None) -> Row:
    return Samples(name=name, unit=unit, values=tuple(values)).row(bound)


if __name__ == "__main__":
    frame.run(__doc__, measure)
