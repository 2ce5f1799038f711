"""Each deliberate breakage that `prove` does not explore turns the tests red that watch over it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import cancels, disk, moves, notices, others, past, power, take_back, webhooks
from tests.mutants.notices import Told
from tests.mutants.running import ALONE, QUICKLY, ROOT, SOURCE

MUTANTS = (
    *notices.MUTANTS,
    *cancels.MUTANTS,
    *others.MUTANTS,
    *moves.BY_TESTS,
    *take_back.BY_TESTS,
    *power.MUTANTS,
    *disk.MUTANTS,
    *past.MUTANTS,
    *webhooks.MUTANTS,
)


@pytest.mark.parametrize("told", MUTANTS, ids=lambda told: told.mutant.name)
def test_a_breakage_is_caught(told: Told, tmp_path: Path) -> None:
    for package in (*SOURCE, "tests"):
        # With its bytecode: what is not broken need not be compiled anew for each mutant.
        shutil.copytree(ROOT / package, tmp_path / package)
    for file in ("main.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    told.mutant.apply(tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUICKLY, told.caught_by],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **ALONE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    # 1: tests ran, and some failed; anything else is no catch.
    assert done.returncode == 1, done.stdout[-2000:]
    assert "FAILED" in done.stdout
