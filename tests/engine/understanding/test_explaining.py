"""Why a text was understood so: the step that decided is named, and each rule with its very pattern."""

from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest

from engine.understanding import Context, Meaning, Surroundings, Trace, Understanding
from engine.understanding.deciding import LOOKED_AT, PICKS, SURE
from engine.understanding.explaining import Explanation, explained
from engine.understanding.places import IN_CODE
from engine.understanding.rules import Verdict
from engine.understanding.steps import decided
from tests.engine.understanding.conftest import MONDAY

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


def why(understanding: Understanding, text: str, context: Context = "idle") -> Explanation:
    return explained(understanding, text, context, Surroundings(MONDAY))


@pytest.mark.parametrize(
    ("text", "context", "step"),
    [
        ("да", "confirm", "the closed grammar of a yes: every word says yes"),
        ("нет", "confirm", "a closed list of answers (context confirm): no"),
        ("отмена", "confirm", "a closed list of answers (context confirm): no clear answer"),
        ("первую", "choose", "a closed list of answers (context choose): one of the list"),
        (
            "приду",
            "confirm",
            "the answer to an open question (context confirm): keeps in confirm; by itself it was keep",
        ),
        ("отмените", "idle", "the rules: cancel: отмените (the opinion lets it pass)"),
        ("спасибо", "idle", "the rules, and the opinion agrees: courtesies only"),
        ("Не. Отменяйте", "idle", "the rules: a parted «не»"),
        ("ъ", "idle", "too little: no word in it is known, so it is asked"),
        (
            "не знаю",
            "confirm",
            "too little: no rule spoke, and the opinion knows nothing better, so it is asked",
        ),
        ("да " * 400, "confirm", "the length: of a text that was cut nothing is taken for an answer"),
    ],
)
def test_the_step_that_decided_is_named(
    text: str, context: Context, step: str, understanding: Understanding
) -> None:
    assert why(understanding, text, context).decided == step


@pytest.mark.parametrize(
    ("evidence", "blockers", "read", "meant", "step"),
    [
        ((), ("a veto",), "cancel", "unclear", "the opinion's veto: the rules heard a cancel"),
        (
            (),
            ("sounds like cancel",),
            "late",
            "unclear",
            "the opinion, which suspects a cancel that the rules",
        ),
        ((), ("hardly a no, and nothing in it says so",), "no", "unclear", "the opinion, which is not sure"),
        (("the opinion: keep (40%)",), (), "late", "keep", "the opinion's choice among intents that cancel"),
        (
            ("evidence that the opinion agrees with: уберите",),
            (),
            "keep",
            "cancel",
            "weak evidence of the rules, with which the opinion agrees: уберите",
        ),
        (
            ("something in it consents, and the opinion agrees",),
            (),
            "unclear",
            "cancel",
            "the opinion, so that the question is asked once more: something in it consents",
        ),
    ],
)
def test_the_opinion_is_named_where_it_decided(
    evidence: tuple[str, ...], blockers: tuple[str, ...], read: str, meant: str, step: str
) -> None:
    """Whatever the rules have heard beside it."""
    heard = Verdict(read, evidence=("late: опоздаю",), blockers=("no cancel, but late: late: опоздаю",))  # type: ignore[arg-type]
    trace = Trace(evidence=(*evidence, *heard.evidence), blockers=(*blockers, *heard.blockers))
    meaning = Meaning(meant, trace=trace)  # type: ignore[arg-type]

    found = decided(meaning, (heard.intent, ()), heard, "confirm", whole=True, silent=False)

    assert found.startswith(step)


def test_a_cancel_with_a_list_open_needed_no_opinion() -> None:
    heard = Verdict("cancel", evidence=("cancel: отмените",))
    meaning = Meaning("cancel", trace=Trace(evidence=heard.evidence))

    found = decided(meaning, ("cancel", ()), heard, "choose", whole=True, silent=False)

    assert found == "the rules: cancel: отмените (only which of the records is asked)"


def test_evidence_has_the_very_pattern_that_matched_and_its_line(understanding: Understanding) -> None:
    (spoken,) = why(understanding, "хочу отменить").evidence

    place, _, rule = spoken.place.partition(" ")
    file, number = place.split(":")
    assert rule == '[acts] cancel "@want .. @cancel:infn"'
    line = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert '"@want .. @cancel:infn"' in line


def test_a_blocker_is_shown_once_with_the_places_of_its_acts(understanding: Understanding) -> None:
    found = why(understanding, "если заболею, отмените")

    (blocker,) = found.blockers
    assert blocker.what == "no cancel, but ask_cancel: condition"
    assert "[acts] condition" in blocker.place


def test_a_verdict_from_code_has_its_function(understanding: Understanding) -> None:
    (spoken,) = why(understanding, "спасибо").evidence

    assert spoken.place == "_courtesy in engine/understanding/rules.py"


@pytest.mark.parametrize("why", sorted(SURE | PICKS | LOOKED_AT))
def test_every_verdict_that_decides_by_itself_has_a_place(why: str) -> None:
    assert why in IN_CODE


@pytest.mark.parametrize(("module", "function"), sorted(set(IN_CODE.values())))
def test_a_function_that_is_named_is_there(module: str, function: str) -> None:
    assert attrgetter(function)(import_module(f"engine.understanding.{module}"))


def test_what_no_table_knows_has_no_place(understanding: Understanding) -> None:
    from engine.understanding.places import place_of

    assert place_of("whatever", (), (), understanding.lemmas.vocabulary) == ""
