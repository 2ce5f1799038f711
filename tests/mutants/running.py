"""Breaks a copy of the source and runs `otmena prove` on it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("engine", "states", "adapters")
# Of the wall; what is reported is the time of the processor.
WITHIN_S = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `prove` said of a mutant: caught by which invariant, or None where it survived."""

    mutant: Mutant
    caught_by: str | None
    opening: str
    what: str
    took_s: float
    # What `prove` printed to show it.
    transcript: str = ""


# How pytest looks at one breakage: up to the first failure, and without plugins that take longer to be read
# than most of the tests take to run.
QUICKLY = ("-q", "-x", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin")
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

# Bugs of the dialogue show in what is said; deaths everywhere would only come before that.
WITHOUT_DEATHS = ("--crashes", "none")


def prove(*mutants: Mutant, how: tuple[str, ...] = ()) -> Outcome:
    """Apply the mutants together to a copy, and prove it in a process of its own; `how`: its options."""
    with tempfile.TemporaryDirectory(prefix="otmena-mutant-") as folder:
        tree = Path(folder)
        for package in SOURCE:
            # With its bytecode: what is not broken need not be compiled anew.
            shutil.copytree(ROOT / package, tree / package)
        shutil.copy(ROOT / "main.py", tree)
        for one in mutants:
            one.apply(tree)
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import main; main.run()",
                "prove",
                "--jobs",
                "1",
                "--format",
                "json",
                *how,
            ],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    if done.returncode not in (0, 1) or not done.stdout:
        raise AssertionError(f"{mutants[0].name}: exit {done.returncode}\n{done.stderr[-2000:]}")
    counted = json.loads(done.stdout)
    found, took_s = counted["counterexample"], counted["cpu_s"]
    if found is None:
        return Outcome(mutants[0], None, "", "", took_s)
    return Outcome(
        mutants[0], found["invariant"], found["opening"], found["what"], took_s, found["transcript"]
    )
