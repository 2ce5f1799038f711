"""How long `otmena stats` takes over a large ledger, and how much memory.

    python -m benchmarks.stats [--quick] [--json FILE]

A year of some salons is invented once and copied with other record numbers, in the order of time. Each format
runs once, in a process of its own, whose peak memory is told beside that of a process that counts nothing.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from adapters.storage.rows import fetch
from adapters.storage.writer import connect
from benchmarks import frame
from benchmarks.frame import Result, Row, Samples
from tests.engine.statistics.year import Year, stored

ROWS = 1_000_000
ROWS_QUICK = 20_000
_COPY = """
    WITH RECURSIVE copy(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copy WHERE k < ?)
    INSERT INTO ledger (at_us, kind, fact)
    SELECT at_us, kind, replace(fact, '"record_id":1', '"record_id":' || k || '1')
    FROM ledger CROSS JOIN copy ORDER BY at_us, k, entry_id
"""


def fill(path: Path, rows: int) -> int:
    """Write about so many facts; return how many."""
    stored(path, Year(1, per_day=20))
    connection = connect(str(path))
    with connection:
        ((once, last),) = fetch(connection, "SELECT count(*), max(entry_id) FROM ledger")
        connection.execute(_COPY, (max(1, round(rows / once)),))
        connection.execute("DELETE FROM ledger WHERE entry_id <= ?", (last,))
        ((n,),) = fetch(connection, "SELECT count(*) FROM ledger")
    connection.close()
    return int(n)


def took(path: Path, *arguments: str) -> tuple[float, float, float]:
    """Return seconds, seconds of the processor, and the most memory held in MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    begun = time.perf_counter()
    code = f"""
import resource, sys, main
try:
    main.run({["stats", *arguments]!r})
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OTMENA_DATABASE_URL": f"sqlite:///{path}", "OTMENA_TIMEZONE": "Europe/Berlin"},
    )
    took_s = time.perf_counter() - begun
    cpu_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return took_s, cpu_s, int(done.stderr.splitlines()[-1]) / 1024


def rows_of(name: str, path: Path, *arguments: str) -> list[Row]:
    took_s, cpu_s, peak_mib = took(path, *arguments)
    figures = (
        (name, took_s, "s"),
        (f"{name}, work", cpu_s, "s of CPU"),
        (f"{name}, memory", peak_mib, "MiB"),
    )
    return [Samples(name=what, unit=unit, values=(value,)).row() for what, value, unit in figures]


def measure(quick: bool) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "large.db", Path(folder) / "small.db"
        n = fill(path, ROWS_QUICK if quick else ROWS)
        stored(small, Year(1, per_day=1, days=3))
        rows = rows_of("nothing to count", small)
        for form in ("table", "json", "csv", "html"):
            rows += rows_of(f"{n} facts as {form}", path, "--format", form)
        rows += rows_of("one week of them", path, "--from", "2026-06-01", "--to", "2026-06-07")
    return Result(rows=tuple(rows))


if __name__ == "__main__":
    frame.run(__doc__, measure)
