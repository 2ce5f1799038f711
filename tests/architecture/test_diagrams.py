"""Diagrams: every folder of `states` has its README, and what is drawn shows today's tables."""

from pathlib import Path

import pytest

from tests.adapters.cli.running import invoked
from tests.architecture.source import ROOT

# Whatever has a table; notices are words alone.
FOLDERS = [
    folder
    for folder in sorted((ROOT / "states").iterdir())
    if (folder / "flow.py").exists() or (folder / "rows.py").exists()
]


def test_what_is_drawn_shows_today_s_tables() -> None:
    done = invoked("diagram", "--check", str(ROOT))

    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_flow_and_fragment_has_a_readme(folder: Path) -> None:
    assert "Drawn from the tables" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_flow_has_its_picture() -> None:
    for folder in FOLDERS:
        assert (folder / "diagram.svg").exists() == (folder / "flow.py").exists()
