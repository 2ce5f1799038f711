"""What once broke a promise stays in the suite: each transcript in `kept/` is played under the witness."""

from pathlib import Path

import pytest

import main
from adapters.proving.long_runs import walk
from adapters.proving.scripted import scripted

KEPT = sorted((Path(__file__).parent / "kept").glob("*.chat"))
WHOLE = main.whole(None)
# What the chance of disk and network may be; a failure of only some losses of power needs a few.
SEEDS = range(3)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_broke_a_promise_keeps_it(path: Path) -> None:
    one = scripted(path.read_text(encoding="utf-8"), path.name)

    for seed in SEEDS:
        run = walk(one.acts, one.settings, WHOLE, seed=seed, jittered=seed > 0)
        assert run.violation is None, run.chat()
        assert run.at_rest


def test_some_are_kept() -> None:
    assert len(KEPT) >= 3
