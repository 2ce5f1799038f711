"""How much memory the server holds: idle, with dialogues that wait for an answer, and after a minute of load.

python -m benchmarks.memory [--quick] [--json FILE]
"""

import asyncio

from benchmarks import frame
from benchmarks.frame import Result, gathered
from benchmarks.otmena_process import serving
from benchmarks.town import Town

ROUNDS = 3
LIVE, LIVE_QUICK = 1_000, 50
# Below what one core stands: a backlog would be measured otherwise.
RATE = 15.0
MINUTE_S, MINUTE_QUICK_S = 60.0, 4.0
ANSWERED_WITHIN_S = 120.0

IDLE = "idle, after readiness"
SESSION = "each dialogue that waits for its answer"
GROWN = "grown in the second half of a minute of load"


async def held(live: int, seconds: float) -> dict[str, float]:
    """Return MB that one server holds, from its start to the end of a load."""
    town = Town()
    async with serving(town) as server:
        idle = server.rss_mb
        # The first dialogues load what is needed from then on.
        await town.write(RATE, seconds / 2)
        await town.rest(ANSWERED_WITHIN_S)
        half = server.rss_mb
        await town.write(RATE, seconds / 2)
        await town.rest(ANSWERED_WITHIN_S)
        whole = server.rss_mb
        assert not town.wrong, f"{town.wrong} messages went wrong"
        town.silent = True
        await town.write(RATE, live / RATE)
        await town.rest(ANSWERED_WITHIN_S)
        return {IDLE: idle, GROWN: whole - half, SESSION: (server.rss_mb - whole) / live}


def measure(quick: bool) -> Result:
    live, seconds = (LIVE_QUICK, MINUTE_QUICK_S) if quick else (LIVE, MINUTE_S)
    rounds = [asyncio.run(held(live, seconds)) for _ in range(1 if quick else ROUNDS)]
    megabytes = gathered(rounds, "MB")
    kilobytes = gathered([{SESSION: found[SESSION] * 1000} for found in rounds], "kB")
    return Result(rows=(megabytes[IDLE].row(), megabytes[GROWN].row(), kilobytes[SESSION].row()))


if __name__ == "__main__":
    frame.run(__doc__, measure)
