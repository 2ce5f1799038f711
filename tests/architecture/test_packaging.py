"""What is packed: every file that runs, and nothing of what only measures."""

import tomllib
from fnmatch import fnmatch
from typing import Any

from setuptools import find_packages

from tests.architecture.source import ROOT

SETUPTOOLS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
# For those who read the repository: transcripts that are tests, and pages with their pictures.
UNPACKED = (".chat", ".md", ".svg", ".py", ".pyc")


def packages() -> list[str]:
    found: list[str] = find_packages(str(ROOT), **SETUPTOOLS["packages"]["find"])
    return found


def test_corpus_and_tests_are_not_packed() -> None:
    assert {package.partition(".")[0] for package in packages()} == {"engine", "states", "adapters"}


def test_every_file_that_runs_is_packed() -> None:
    """The weights of the opinion are data too; without them the installed program would not start."""
    packed = SETUPTOOLS["package-data"]["*"]
    folders = [ROOT / package.replace(".", "/") for package in packages()]
    files = [file for folder in folders for file in folder.iterdir() if file.is_file()]

    assert [
        str(file.relative_to(ROOT))
        for file in files
        if file.suffix not in UNPACKED and not any(fnmatch(file.name, pattern) for pattern in packed)
    ] == []
