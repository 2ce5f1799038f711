"""Mutants in the tests: every one fits the source, and the quick ones turn the exploration red."""

import re
from datetime import date
from pathlib import Path

import pytest

from engine.proof.openings import OPENINGS
from tests.mutants.__main__ import MUTANTS
from tests.mutants.ledger import Ledger
from tests.mutants.mutant import DoesNotFit, Mutant, mutant
from tests.mutants.nursery import ROOT
from tests.mutants.page import OPENED, page
from tests.mutants.running import WITHOUT_DEATHS, Outcome, prove

QUICK = [one for one in MUTANTS if one.quick]


def test_there_are_enough_and_each_has_its_name() -> None:
    assert len(MUTANTS) >= 35
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("one", MUTANTS, ids=lambda one: one.name)
def test_every_mutant_fits_the_source_as_it_is(one: Mutant) -> None:
    assert any(text != (ROOT / file).read_text() for file, text in one.written(ROOT).items())


def test_a_mutant_that_does_not_fit_fails_loudly(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("one\n")

    with pytest.raises(DoesNotFit, match="has 0 times"):
        mutant("moved on", "nothing", ("file.py", "two", "three")).written(tmp_path)


@pytest.mark.parametrize("one", QUICK, ids=lambda one: one.name)
def test_a_quick_mutant_is_caught(one: Mutant) -> None:
    assert prove(one, how=WITHOUT_DEATHS).caught_by is not None


COUNTED = {
    "openings": 1, "depth": 2, "situations": 3, "steps": 4, "turns": 5, "rows": 6, "rows_of": 7, "state_events": 8,
    "outcomes": {}, "crashes": {"during a send": 2}, "redelivered": 0, "checks": {"claims": 9},
    "long_runs": {
        "first_seed": 1, "runs": 3, "turns": 4, "minutes": 5, "points": 6, "crashes": 7, "faults": ["500"],
        "checks": {"a claim is true": 8}, "worlds": 3, "worlds_per_cpu_minute": 90, "power_losses": 2,
    },
    "crashed_everywhere": {
        "which": "sample", "dialogues": 17, "points": 3119, "deaths": 1462, "deaths_tried": 123, "power_losses": 48,
        "runs_per_cpu_minute": 468, "checks": {"a claim is true": 8},
    },
}  # fmt: skip


def ledger(*outcomes: Outcome) -> Ledger:
    kept = Ledger(COUNTED, "2026-11-27")
    for outcome in outcomes:
        kept.note(outcome, date(2026, 11, 27))
    return kept


def test_the_page_names_a_mutant_that_survived() -> None:
    text = page(ledger(Outcome(MUTANTS[0], None, "", "", 1.0)))

    assert "0 of 1 deliberate breakages" in text
    assert "**survived**" in text
    assert f"Not tried yet: {MUTANTS[1].name}; " in text
    assert "| during a send | 2 |" in text
    assert "| a claim is true | 8 |" in text


def test_the_page_explains_whatever_it_cites() -> None:
    text = page(ledger(*(Outcome(one, "claims", "agreed", "", 1.0) for one in MUTANTS)))
    cited = {int(number) for one in MUTANTS for number in re.findall(r"^incident (\d+)", one.against)}

    assert not re.search(r"§|\(understanding\)", text)
    assert [number for number in cited if f"\n| {number} | " not in text] == []
    assert {opening.name for opening in OPENINGS} == set(OPENED)
    assert "| what is said to be done, the journal showed at most 10 s before | `claims` | 9 |" in text
    assert "| `claims` | agreed | 1.0 | 2026-11-27 |" in text
    assert "Not tried yet" not in text


def test_the_page_says_how_many_worlds_a_minute_plays() -> None:
    text = page(ledger())

    assert "plays 90 worlds in a minute**" in text
    assert "| deaths that differ | 1462 |" in text
    assert "tries every 12th of them" in text


def test_a_promise_that_was_never_put_to_the_test_is_owned_up_to() -> None:
    assert "met no moment of which it speaks" in page(ledger())


def test_who_was_not_tried_for_longest_is_tried_first_and_what_was_found_is_kept(tmp_path: Path) -> None:
    first, second, third = MUTANTS[:3]
    kept = Ledger(COUNTED, "2026-11-27")
    kept.note(Outcome(first, "claims", "agreed", "", 1.04), date(2026, 11, 27))
    kept.note(Outcome(third, None, "", "", 2.0), date(2026, 11, 26))

    kept.write(tmp_path / "ledger.json")

    assert Ledger.read(tmp_path / "ledger.json") == kept
    assert kept.longest_untried_first([first, second, third]) == [second, third, first]


def test_the_page_is_what_the_ledger_renders() -> None:
    assert (ROOT / "docs" / "safety.md").read_text(encoding="utf-8") == page(Ledger.read())
