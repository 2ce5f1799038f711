"""otmena prove: counts when all holds; a counterexample and exit 1 when it does not."""

import json
import re
from pathlib import Path

import pytest

from adapters.proving import crashes, proof
from adapters.proving.dialogues import dialogues
from tests.adapters.cli.planted import MODULE, TEXTS
from tests.adapters.cli.running import invoked, otmena

LYING = """
from dataclasses import replace
from engine.flow import IDLE, On
from states import cancel, reschedule, take_back
from states.cancel import flow
from engine.booking import CallFailed

FLOWS = (
    replace(
        cancel.FLOW,
        table=(On(CallFailed, "cancel.cancelling", IDLE, do=flow.say_why_it_was_refused), *cancel.FLOW.table),
    ),
    reschedule.FLOW,
    take_back.FLOW,
)
"""


UNREACHED = """
from dataclasses import replace
from datetime import timedelta
from engine.events import CancelWanted, TimedOut
from engine.flow import IDLE, On, Open
from states import cancel, reschedule, take_back

def never(turn, event):
    return False

LOST = Open("cancel.lost", hears=(), context="done", patience=timedelta(minutes=1))
FLOWS = (
    replace(
        cancel.FLOW,
        states=(*cancel.FLOW.states, LOST),
        table=(
            *cancel.FLOW.table,
            On(CancelWanted, "cancel.done", "cancel.lost", when=never),
            On(TimedOut, "cancel.lost", IDLE),
        ),
    ),
    reschedule.FLOW,
    take_back.FLOW,
)
"""


def test_it_counts_and_exits_0_when_every_promise_holds() -> None:
    result = otmena(
        "prove", "--depth", "0", "--seeds", "3", "--crashes", "none", "--jobs", "1", "--format", "json"
    )

    assert result.returncode == 0, result.stderr
    counted = json.loads(result.stdout)
    assert counted["counterexample"] is None
    assert counted["openings"] == 28
    assert counted["checks"]["versions"] > 20
    assert counted["long_runs"]["worlds"] == counted["long_runs"]["runs"] == 3
    assert counted["long_runs"]["worlds_per_cpu_minute"] > 0


def test_crashed_dialogues_can_be_all_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    few = dialogues()[:3]
    for module in (crashes, proof):
        monkeypatch.setattr(module, "dialogues", lambda: few)

    result = invoked("prove", "--seeds", "0", "--no-explore", "--jobs", "1")

    assert result.exit_code == 0, result.stdout
    assert re.search(r"Crashed 3 dialogues with \d+ such points, at which \d+ deaths differ", result.stdout)
    assert "Explored to depth" not in result.stdout
    assert "Never exercised" not in result.stdout


def test_it_says_in_calm_lines_what_was_explored() -> None:
    result = otmena("prove", "--depth", "0", "--seeds", "3", "--crashes", "none", "--jobs", "1")

    assert result.returncode == 0
    assert "Nothing that was tried broke a promise" in result.stdout
    assert "Never exercised: copies" not in result.stdout


def test_a_lying_flow_exits_1_with_the_shortest_transcript(tmp_path: Path) -> None:
    (tmp_path / "lying_flows.py").write_text(LYING, encoding="utf-8")

    how = ("--depth", "1", "--seeds", "1", "--crashes", "none", "--jobs", "1")
    result = otmena("prove", *how, "--flows", "lying_flows", PYTHONPATH=str(tmp_path))

    assert result.returncode == 1
    assert "A promise is broken. It was promised: " in result.stdout
    assert "See it again: otmena prove --flows lying_flows --seed" in result.stdout
    assert "journal: 1 attendance -1\n" in result.stdout
    assert "situations explored" in result.stdout


def test_a_state_that_no_dialogue_entered_is_not_said_to_be_proved(tmp_path: Path) -> None:
    (tmp_path / "unreached_flows.py").write_text(UNREACHED, encoding="utf-8")

    flows = ("--flows", "unreached_flows", "--depth", "1", "--seeds", "1", "--crashes", "none", "--jobs", "1")
    result = otmena("prove", *flows, PYTHONPATH=str(tmp_path))

    assert result.returncode == 0, result.stdout
    (told,) = re.findall("NOT PROVED: no dialogue of this proof ever stood in (.*?)[.] The", result.stdout)
    assert "cancel.lost" in told.split(", ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "0"), "'--jobs': 0 is not in the range x>=1."),
        (("--depth", "-1"), "'--depth': -1 is not in the range x>=0."),
        (("--seeds", "-1"), "'--seeds': -1 is not in the range x>=0."),
        (("--depth", "0", "--seeds", "0", "--crashes", "none"), "nothing is tried: give one of them more"),
        (("--no-explore", "--seeds", "0", "--crashes", "none"), "nothing is tried: give one of them more"),
    ],
)
def test_what_would_try_nothing_is_wrong_use(arguments: tuple[str, ...], said: str) -> None:
    done = invoked("prove", *arguments)

    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("more", "error"),
    [
        (
            "TEXTS = ['texts.toml', {'shop.kept': {'ru': 'Да.'}}]",
            "shop.kept stands in two catalogues; keep one",
        ),
        ("TEXTS = {'shop.kept': {'en': 'Yes.'}}", "shop.kept has no words in 'ru'; add a line ru = …"),
        ("FLOWS = FLOWS * 2", "shop.looking is declared twice, the second time by shop"),
    ],
)
def test_flows_that_cannot_be_played_are_told_in_a_sentence(tmp_path: Path, more: str, error: str) -> None:
    (tmp_path / "shop.py").write_text(f"{MODULE}\n{more}\n", encoding="utf-8")
    (tmp_path / "texts.toml").write_text(TEXTS, encoding="utf-8")

    done = otmena("prove", "--flows", str(tmp_path / "shop.py"))

    assert done.stderr == (
        f"Error: {tmp_path}/shop.py cannot be played: {error} "
        f"(otmena check --flows {tmp_path}/shop.py names every fault)\n"
    )
    assert done.returncode == 2
