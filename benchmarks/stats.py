"""How long `otmena stats` takes over a large ledger, and how much memory.

    python -m benchmarks.stats [--rows 1000000]

A year of some salons is invented once and copied with other record numbers, in the order of time. Each format
runs in a process of its own, whose peak memory is told beside that of a process that counts nothing.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from adapters.storage.rows import fetch
from adapters.storage.writer import connect
from tests.engine.statistics.year import Year, stored

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


def measure(name: str, path: Path, *arguments: str) -> None:
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
    peak_mib = int(done.stderr.splitlines()[-1]) / 1024
    print(f"{name:<22} {took_s:6.1f} s   {cpu_s:6.1f} s of CPU   {peak_mib:6.0f} MiB at most")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "large.db", Path(folder) / "small.db"
        n = fill(path, rows)
        stored(small, Year(1, per_day=1, days=3))
        print(f"{n} facts of one year, {path.stat().st_size / 2**20:.0f} MiB")
        measure("(nothing to count)", small)
        for form in ("table", "json", "csv", "html"):
            measure(form, path, "--format", form)
        measure("one week of it", path, "--from", "2026-06-01", "--to", "2026-06-07")


if __name__ == "__main__":
    run()
