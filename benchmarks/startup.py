"""How long the server takes from its start until it is ready, and the command until it has told its commands.

python -m benchmarks.startup [--quick] [--json FILE]
"""

import asyncio
import subprocess
import sys
import time

from benchmarks import frame
from benchmarks.frame import ROUNDS_QUICK, Bound, Result, interleaved
from benchmarks.otmena_process import serving
from benchmarks.town import Town

ROUNDS = 7
# As the installed command starts.
OTMENA = (sys.executable, "-c", "import otmena; otmena.run()")

READY = "otmena serve, until it is ready"
HELP = "otmena --help"
AIOHTTP = "python, until aiohttp and pydantic are read"


def ready_s() -> float:
    async def started() -> float:
        begun = time.perf_counter()
        async with serving(Town(), command=(*OTMENA, "serve")):
            return time.perf_counter() - begun

    return asyncio.run(started())


def whole_s(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def measure(quick: bool) -> Result:
    sides = {
        READY: ready_s,
        HELP: lambda: whole_s(*OTMENA, "--help"),
        AIOHTTP: lambda: whole_s(sys.executable, "-c", "import aiohttp.web, pydantic"),
    }
    found = interleaved(sides, "s", ROUNDS_QUICK if quick else ROUNDS)
    return Result(
        rows=(
            found[READY].row(Bound(at_most=0.8), (found[READY].beside(found[AIOHTTP]),)),
            found[HELP].row(Bound(at_most=0.3)),
            found[AIOHTTP].row(),
        )
    )


if __name__ == "__main__":
    frame.run(__doc__, measure)
