"""Our own tables and texts are sound, and the proof of it reads every word of them."""

import ast

import pytest

from engine.soundness import check, described
from engine.soundness.deeds import Deeds
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from engine.soundness.tables import Placed, laid_out
from main import subject
from states import everywhere, registry
from states.choose_record.listing import OFFERED_MAX
from tests.architecture.source import ROOT, dotted, sources
from tests.engine.soundness.toys import text_of

SUBJECT = subject()
TABLES = laid_out(registry.FLOWS, everywhere.rows)
DEEDS = Deeds(TABLES, Reader(Sources(text_of)))


def test_our_tables_and_texts_are_sound() -> None:
    assert [str(problem) for problem in check(SUBJECT, text_of).problems] == []


@pytest.mark.parametrize("placed", TABLES.rows, ids=lambda placed: described(placed.row))
def test_what_a_row_does_can_be_read_from_its_source(placed: Placed) -> None:
    """Where it could not, the rules on calls, texts and messages would stay silent about this row."""
    done = DEEDS.of(placed)

    assert done.complete
    assert [said for said in done.said if said.text == "*"] == []


def test_a_cancellation_costs_no_more_than_its_budget() -> None:
    costs = {cost.flow: cost for cost in check(SUBJECT, text_of).costs}

    cancel = costs["cancel"]
    assert (cancel.least.least, cancel.most.most, cancel.budget, cancel.exact) == (1, 12, 12, False)


def test_every_flow_that_was_released_is_released_as_it_stands_today() -> None:
    released = {name: tables[-1].version for name, tables in SUBJECT.released.flows.items()}
    today = {flow.name: flow.version for flow in registry.FLOWS}

    assert "cancel" in released
    assert released == {name: version for name, version in today.items() if name in released}


def test_every_flow_s_texts_are_in_the_registry() -> None:
    assert {f"states.{flow.name}" for flow in registry.FLOWS} <= set(registry.TEXTS)


def test_ten_rows_are_the_most_that_a_question_offers() -> None:
    """How many a comprehension offers is read from no source."""
    assert OFFERED_MAX <= 10


def test_every_rule_is_explained() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    named = {
        f"text-{node.args[1].value!s}"
        for source in sources("engine/soundness/catalogue.py")
        for node in source.nodes()
        if isinstance(node, ast.Call)
        and dotted(node.func) == "_of"
        and isinstance(node.args[1], ast.Constant)
    }
    named |= {
        str(node.args[0].value)
        for source in sources("engine/soundness")
        for node in source.nodes()
        if isinstance(node, ast.Call)
        and dotted(node.func) == "Problem"
        and isinstance(node.args[0], ast.Constant)
    }

    assert len(named) > 20
    assert sorted(rule for rule in named if f"`{rule}`" not in page) == []
