"""What understanding a phrase costs: time of the processor, loading, memory, beside ceilings of the same run.

    python -m benchmarks.understanding [--quick] [--json FILE]

Each round is a fresh process and another shuffle of `corpus/seen`: `cold` is its first pass, in which most
words are new to it, `warm` the second. The ceilings read the same texts: their words cut out by one regular
expression, and every word of them parsed by pymorphy, nothing remembered.
"""

import json
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks import frame
from benchmarks.frame import Result

SEEN = Path(__file__).parent.parent / "corpus" / "seen"
NOW = datetime.fromisoformat("2026-11-23T10:00+03:00")
_WORD = re.compile(r"\w+")


def resident_mb() -> float:
    """Return the memory that this process holds; beside Linux the most that it ever held."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1e3


def material(count: int, seed: int) -> list[tuple[str, str]]:
    """Return so many phrases with their contexts, the same for the same seed."""
    lines = [line for file in sorted(SEEN.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    found = [(str(label["text"]), str(label["context"])) for line in lines if (label := json.loads(line))]
    random.Random(seed).shuffle(found)
    return found[:count]


def took_ms(read: Callable[[str, str], object], phrases: list[tuple[str, str]]) -> list[float]:
    """Return how long the processor worked on each phrase."""
    took: list[float] = []
    for text, context in phrases:
        started = time.process_time_ns()
        read(text, context)
        took.append((time.process_time_ns() - started) / 1e6)
    return took


def one_round(count: int, seed: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Return milliseconds of the processor per phrase, megabytes, and seconds of loading."""
    phrases = material(count, seed)
    before, started = resident_mb(), time.perf_counter()
    # Imported here, for its loading is what is measured.
    from engine.understanding import Surroundings, Understanding

    understanding = Understanding()
    load_s, loaded = time.perf_counter() - started, resident_mb()
    around = Surroundings(NOW)

    def understand(text: str, context: str) -> object:
        return understanding.understand(text, context, around)  # type: ignore[arg-type]  # A context of a label.

    cold = took_ms(understand, phrases)
    used = resident_mb()
    warm = took_ms(understand, phrases)
    from engine.understanding.dictionary import dictionary

    parse = dictionary().parse
    cut = took_ms(lambda text, _: _WORD.findall(text.lower()), phrases)
    parsed = took_ms(lambda text, _: [parse(word) for word in _WORD.findall(text.lower())], phrases)
    times = {
        "a phrase, cold": statistics.mean(cold),
        "a phrase, cold, 95th percentile": statistics.quantiles(cold, n=20)[18],
        "a phrase, warm": statistics.mean(warm),
        "pymorphy alone, every word of a phrase": statistics.mean(parsed),
        "only cut into words": statistics.mean(cut),
    }
    memory = {"memory for loading": loaded - before, "memory for the first pass": used - loaded}
    return times, memory, load_s


def measure(quick: bool) -> Result:
    count, rounds = (200, frame.ROUNDS_QUICK) if quick else (1000, frame.ROUNDS)
    found = [frame.in_a_fresh_process(one_round, count, seed) for seed in range(1, rounds + 1)]
    times = frame.gathered([times for times, _, _ in found], "ms of CPU")
    memory = frame.gathered([memory for _, memory, _ in found], "MB")
    loading = frame.gathered([{"loading, imports included": load_s} for _, _, load_s in found], "s")
    parsed = times["pymorphy alone, every word of a phrase"]
    rows = [
        samples.row(ratios=[samples.beside(parsed)] if name == "a phrase, cold" else [])
        for name, samples in times.items()
    ]
    return Result(rows=(*rows, *(samples.row() for samples in (*loading.values(), *memory.values()))))


if __name__ == "__main__":
    frame.run(__doc__, measure)
