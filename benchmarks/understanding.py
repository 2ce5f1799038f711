"""What understanding a phrase costs: time of the processor, loading, memory, beside ceilings of the same run.

    python -m benchmarks.understanding [--phrases 1000] [--seed 1]

Phrases are those of `corpus/seen` in a shuffled order. `cold` is the first pass of a fresh process, in which
most words are new to it; `warm` is the second. The ceilings read the same texts: their words cut out by one
regular expression, and every word of them parsed by pymorphy, nothing remembered. Times are those of the
processor, so other programs on the machine disturb them less; compare the rows, not the digits of two
machines.
"""

import argparse
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


def main(count: int, seed: int) -> None:
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
    rows = {
        "understand, cold": cold,
        "understand, warm": warm,
        "only cut into words": took_ms(lambda text, _: _WORD.findall(text.lower()), phrases),
        "only pymorphy, each word": took_ms(
            lambda text, _: [parse(word) for word in _WORD.findall(text.lower())], phrases
        ),
    }
    print(f"{len(phrases)} phrases of corpus/seen, seed {seed}, one process")
    print(f"{'ms of the processor per phrase':32}{'mean':>8}{'p50':>8}{'p95':>8}{'max':>8}")
    for name, took in rows.items():
        p95 = statistics.quantiles(took, n=20)[18]
        print(
            f"{name:32}{statistics.mean(took):8.3f}{statistics.median(took):8.3f}{p95:8.3f}{max(took):8.3f}"
        )
    print(f"load, imports included: {load_s:.3f} s")
    print(f"memory added: {loaded - before:.1f} MB by loading, {used - loaded:.1f} MB more by the first pass")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phrases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    main(arguments.phrases, arguments.seed)
