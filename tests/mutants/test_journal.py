"""Each breakage of the writes at YClients turns the adapter's own tests red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.journal import CAUGHT, Caught
from tests.mutants.running import ALONE, QUICKLY, ROOT

# Of the wall; one takes two or three seconds.
WITHIN_S = 180


def red(tree: Path, file: str) -> bool:
    """Return whether this file of tests finds something in the adapter that lies in `tree`."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUICKLY, f"tests/adapters/yclients/{file}"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", **ALONE},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode == 1


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the adapters beside everything else as it is."""
    for name in ("engine", "states", "tests", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "adapters", tmp_path / "adapters")
    return tmp_path


@pytest.mark.parametrize("one", CAUGHT, ids=lambda one: one.mutant.name)
def test_a_mutant_of_the_writes_is_caught(one: Caught, tree: Path) -> None:
    one.mutant.apply(tree)

    assert red(tree, one.by)


def test_without_a_mutant_nothing_is_caught(tree: Path) -> None:
    assert not red(tree, "test_shortening.py")
