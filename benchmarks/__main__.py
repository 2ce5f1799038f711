"""Run every benchmark, each in a process of its own, and write results.json and docs/performance.md.

    python -m benchmarks [--quick] [--only NAME] [--page]

`--quick` shows that everything runs, and writes nothing. `--only` measures one anew and keeps the others.
`--page` measures nothing, and renders the page from what stands in results.json.
Exit code 1: a benchmark failed. A bound that does not hold is said, here and on the page, and fails nothing:
a busy machine breaks bounds too.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.frame import Result
from benchmarks.machine import fsync_us, this_machine
from benchmarks.page import PAGE, render
from benchmarks.results import NAMES, Measured, load, save


def measured(name: str, *, quick: bool) -> Measured | None:
    """Run one benchmark and return what it found; None where it failed, which it has told itself."""
    print(f"── {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        before = fsync_us()
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(file)]
        subprocess.run([*command, *(["--quick"] if quick else [])], check=False)
        if not file.exists():
            return None
        return Measured(
            name=name,
            measured_on=datetime.now(UTC).date().isoformat(),
            machine=this_machine(),
            fsync_us=(before, fsync_us()),
            result=Result.model_validate_json(file.read_text("utf-8")),
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--page", action="store_true")
    arguments = parser.parse_args()
    results = load()
    failed: list[str] = []
    broken: list[str] = []
    if arguments.page:
        PAGE.write_text(render(results), "utf-8")
        return 0
    for name in (arguments.only,) if arguments.only else NAMES:
        found = measured(name, quick=arguments.quick)
        if found is None:
            failed.append(f"{name} failed")
            continue
        broken += [f"{name}: {row} does not hold its bound" for row in found.result.broken]
        results = results.having(found)
    # Rounds as short as those of `--quick` say nothing about speed.
    if not arguments.quick:
        save(results)
        PAGE.write_text(render(results), "utf-8")
        print("\n".join(broken) or "every bound holds")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
