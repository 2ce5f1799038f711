"""`python -m tests.mutants.page FILE`: run the exploration and every mutant, and write docs/safety.md."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from adapters.proving import promises
from engine.proof.invariants import INVARIANTS
from tests.mutants.__main__ import MUTANTS, told
from tests.mutants.running import ROOT, Outcome, prove


def page(counted: dict[str, Any], outcomes: Sequence[Outcome]) -> str:
    """Return the page: what was explored, what was held, and what each breakage came to."""
    caught = sum(outcome.caught_by is not None for outcome in outcomes)
    lines = [
        "# What is proved",
        "",
        "Made by `make safety` from a run of `otmena prove` and of every mutant; nothing here is written by hand.",
        "",
        "## The exploration",
        "",
        f"From {counted['openings']} openings, everything that can happen within {counted['depth']} choices, "
        "over the real store and the real dialogue; what goes on by itself costs no choice.",
        "",
        "| what | how many |",
        "| --- | ---: |",
        f"| distinct situations | {counted['situations']} |",
        f"| steps | {counted['steps']} |",
        f"| turns | {counted['turns']} |",
        f"| rows of the tables that fired | {counted['rows']} of {counted['rows_of']} |",
        f"| pairs of state and event | {counted['state_events']} |",
        f"| faults of calls and sends | {sum(counted['outcomes'].values())} |",
        f"| crashes | {sum(counted['crashes'].values())} |",
        f"| redeliveries | {counted['redelivered']} |",
        f"| checks of promises | {sum(counted['checks'].values())} |",
        "",
        "| a crash | times |",
        "| --- | ---: |",
        *(f"| {where} | {times} |" for where, times in sorted(counted["crashes"].items())),
        "",
        "| how a call or a send ended, beside well | times |",
        "| --- | ---: |",
        *(f"| {how} | {times} |" for how, times in sorted(counted["outcomes"].items())),
        "",
        "| promise | checked |",
        "| --- | ---: |",
        *(f"| {INVARIANTS[name]} | {counted['checks'].get(name, 0)} |" for name in INVARIANTS),
        "",
        *_long_runs(counted["long_runs"]),
        "## The mutants",
        "",
        f"{caught} of {len(outcomes)} deliberate breakages turn the proof red. "
        "Seconds are of one processor, and grow with how far the exploration must go to see it.",
        "",
        "| what is broken | stands for | caught by | from the opening | seconds |",
        "| --- | --- | --- | --- | ---: |",
        *map(_row, outcomes),
        "",
    ]
    return "\n".join(lines)


def _long_runs(runs: dict[str, Any]) -> list[str]:
    return [
        "## The long runs",
        "",
        f"{runs['runs']} runs from seed {runs['first_seed']} on, beyond that depth: several clients, the whole "
        "assistant with both simulators in virtual time, faults, the salon's hand in the journal, and crashes "
        "between any two commits and inside any call. A witness reads the phones, the journal and the requests.",
        "",
        "| what | how many |",
        "| --- | ---: |",
        f"| turns | {runs['turns']} |",
        f"| minutes of virtual time | {runs['minutes']} |",
        f"| commits and calls at which it could have been killed | {runs['points']} |",
        f"| crashes | {runs['crashes']} |",
        f"| kinds of faults | {len(runs['faults'])} |",
        "",
        "| promise | checked |",
        "| --- | ---: |",
        *(f"| {name} | {runs['checks'].get(name, 0)} |" for name in promises.INVARIANTS),
        "",
        f"Faults met: {', '.join(runs['faults'])}.",
        "",
    ]


def _row(outcome: Outcome) -> str:
    one = outcome.mutant
    caught = outcome.caught_by or "**survived**"
    return f"| {one.name} | {one.against} | {caught} | {outcome.opening} | {outcome.took_s:.1f} |"


def main(path: str) -> int:
    command = [sys.executable, "-c", "import main; main.run()", "prove", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    outcomes = []
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(prove, MUTANTS):
            print(told(outcome), flush=True)
            outcomes.append(outcome)
    Path(path).write_text(page(json.loads(done.stdout), outcomes), encoding="utf-8")
    return 1 if any(outcome.caught_by is None for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
