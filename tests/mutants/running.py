"""Runs `otmena prove`, or a file of tests, on a broken source."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant
from tests.mutants.nursery import GRAFTS, ROOT, Nursery

# Of the wall; what is reported is the time of the processor.
WITHIN_S = 900.0
TRIED_WITHIN_S = 180.0

_nursery: Nursery | None = None


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


@contextmanager
def broken(*mutants: Mutant) -> Iterator[dict[str, str]]:
    """Yield the environment in which a process of Python reads our source broken by all of these."""
    with tempfile.TemporaryDirectory(prefix="otmena-mutant-") as folder:
        for one in mutants:
            for file, text in one.written(ROOT).items():
                path = Path(folder) / file
                assert not path.exists(), f"{file} is broken by two of them"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        yield {**os.environ, "PYTHONPATH": f"{GRAFTS}{os.pathsep}{ROOT}", "OTMENA_GRAFTS": folder}


class Tried(NamedTuple):
    code: int
    told: str


def tried(file: str, *mutants: Mutant) -> Tried:
    """Run this file of tests on a broken source, up to the first that fails; return what pytest said."""
    global _nursery  # one for each process of tests
    if _nursery is None or not _nursery.lives:
        _nursery = Nursery()
        atexit.register(_nursery.close)
    with broken(*mutants) as environment, tempfile.NamedTemporaryFile() as output:
        code = _nursery.run(
            environment | ALONE, [*QUICKLY, f"--rootdir={ROOT}", file], Path(output.name), TRIED_WITHIN_S
        )
        return Tried(code, Path(output.name).read_text(encoding="utf-8", errors="replace"))


def prove(*mutants: Mutant, how: tuple[str, ...] = ()) -> Outcome:
    """Prove a source that all of these break, in a process of its own; `how`: its options."""
    command = ("prove", "--jobs", "1", "--format", "json", *how)
    with broken(*mutants) as environment:
        done = subprocess.run(
            [sys.executable, "-c", "import main; main.run()", *command],
            cwd=ROOT,
            env=environment,
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
