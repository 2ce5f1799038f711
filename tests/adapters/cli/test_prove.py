"""otmena prove: counts when all holds; a counterexample and exit 1 when it does not."""

import json
from pathlib import Path

from tests.adapters.cli.running import otmena

LYING = """
from dataclasses import replace
from engine.flow import IDLE, On
from states import cancel
from states.cancel import flow
from engine.booking import CallFailed

FLOWS = (
    replace(
        cancel.FLOW,
        table=(On(CallFailed, "cancel.cancelling", IDLE, do=flow.say_why_it_was_refused), *cancel.FLOW.table),
    ),
)
"""


def test_it_counts_and_exits_0_when_every_promise_holds() -> None:
    result = otmena("prove", "--depth", "0", "--jobs", "1", "--format", "json")

    assert result.returncode == 0, result.stderr
    counted = json.loads(result.stdout)
    assert counted["counterexample"] is None
    assert counted["openings"] == 11
    assert counted["checks"]["versions"] > 20


def test_it_says_in_calm_lines_what_was_explored() -> None:
    result = otmena("prove", "--depth", "0", "--jobs", "1")

    assert result.returncode == 0
    assert "Every promise held" in result.stdout
    assert "Never exercised: copies" not in result.stdout


def test_a_lying_flow_exits_1_with_the_shortest_transcript(tmp_path: Path) -> None:
    (tmp_path / "lying_flows.py").write_text(LYING, encoding="utf-8")

    result = otmena("prove", "--depth", "1", "--flows", "lying_flows", PYTHONPATH=str(tmp_path))

    assert result.returncode == 1
    assert "Broken: what is said to stand was not cancelled by us (denials)." in result.stdout
    assert "yclients: timeout-but-done on cancel" in result.stdout
