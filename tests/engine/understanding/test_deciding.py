"""The last word: what a statistical opinion may do to what the rules heard, and what it never may."""

from dataclasses import replace
from typing import get_args

import pytest

from engine.understanding.deciding import Decision, Signs, decide
from engine.understanding.meaning import Context, Intent
from engine.understanding.opinion import INTENTS, Opinion
from engine.understanding.parts import Part
from engine.understanding.rules import PARTED, Verdict

CONTEXTS: tuple[Context, ...] = get_args(Context)
UNREMARKABLE = Signs()
PART = Part(words=(), keys=(), every=frozenset(), question=False, sentence=0, start=0, end=0)


def opinion(*, cancels: float = 0.0, **shares: float) -> Opinion:
    rest = (1 - sum(shares.values())) / (len(INTENTS) - len(shares))
    return Opinion({intent: shares.get(intent, rest) for intent in INTENTS}, cancels)


def decided(
    intent: Intent,
    said: Opinion,
    context: Context = "idle",
    *,
    why: tuple[str, ...] = (),
    heard: Verdict | None = None,
    signs: Signs = UNREMARKABLE,
) -> Decision:
    return decide((intent, why), heard or Verdict(intent), said, context, signs)


@pytest.mark.parametrize("intent", [intent for intent in INTENTS if intent != "yes"])
@pytest.mark.parametrize("heard", [(), (PART,)])
@pytest.mark.parametrize("leans", [True, False])
def test_no_opinion_makes_a_yes_to_the_confirmation(
    intent: Intent, heard: tuple[Part, ...], leans: bool
) -> None:
    sure = opinion(yes=0.99, cancels=1.0)
    verdict = Verdict(intent, calls_off=heard)

    signs = Signs(clear=True, affirms=True, leans=leans)
    assert decided(intent, sure, "confirm", heard=verdict, signs=signs).intent != "yes"


@pytest.mark.parametrize("context", [context for context in CONTEXTS if context != "confirm"])
@pytest.mark.parametrize("intent", [intent for intent in INTENTS if intent != "cancel"])
def test_no_opinion_makes_a_cancel_of_words_in_which_the_rules_found_none(
    intent: Intent, context: Context
) -> None:
    assert decided(intent, opinion(cancel=0.99, cancels=1.0), context).intent != "cancel"


def test_what_sounds_like_a_cancel_to_the_opinion_alone_is_asked_about() -> None:
    decision = decided("other", opinion(cancel=0.8, keep=0.1))

    assert (decision.intent, decision.readings) == ("unclear", ("cancel", "keep"))
    assert "no rule says so" in decision.blockers[0]


def test_a_rule_that_spoke_of_a_cancel_is_not_said_to_be_silent() -> None:
    barred = Verdict("other", blockers=("no cancel, but other: past: была",))

    decision = decided("other", opinion(cancel=0.8, keep=0.1), heard=barred)

    assert "and the rules are not sure of it" in decision.blockers[0]


def test_weak_evidence_of_the_rules_is_a_cancel_if_the_opinion_agrees() -> None:
    hinted = Verdict("keep", hints=(PART,))

    assert decided("keep", opinion(cancel=0.8), heard=hinted).intent == "cancel"
    assert decided("keep", opinion(keep=0.8), heard=hinted).intent == "keep"


def test_an_order_that_a_not_was_parted_from_is_never_completed() -> None:
    parted = Verdict("unclear", blockers=(PARTED,), calls_off=(PART,))
    assert decided("unclear", opinion(cancel=0.9), heard=parted).intent == "unclear"


def test_a_cancel_is_vetoed_where_the_words_alone_do_not_call_off() -> None:
    decision = decided("cancel", opinion(dispute=0.9, cancel=0.05, cancels=0.01))

    assert (decision.intent, decision.readings) == ("unclear", ("cancel", "dispute"))


@pytest.mark.parametrize(
    "said", [opinion(dispute=0.9, cancel=0.05, cancels=0.3), opinion(cancel=0.7, cancels=0.01)]
)
def test_one_of_the_two_opinions_is_enough_for_what_the_rules_found(said: Opinion) -> None:
    assert decided("cancel", said).intent == "cancel"


def test_a_cancel_from_the_list_is_looked_at_and_not_vetoed() -> None:
    assert decided("cancel", opinion(dispute=0.9, cancels=0.0), "choose").intent == "cancel"


def test_a_yes_that_was_cut_is_asked_again() -> None:
    assert decided("yes", opinion(yes=0.9), "confirm").intent == "yes"
    assert decided("yes", opinion(yes=0.9), "confirm", signs=Signs(whole=False)).intent == "unclear"


def test_words_that_consent_beside_stray_ones_ask_again_as_a_wish_does() -> None:
    said, consents = opinion(yes=0.6), Signs(clear=True, affirms=True, leans=True)

    assert decided("unclear", said, "confirm", signs=consents).intent == "cancel"
    assert decided("unclear", said, "confirm", signs=replace(consents, clear=False)).intent != "cancel"
    assert decided("unclear", said, "confirm", signs=replace(consents, doubts=True)).intent != "cancel"
    third = Verdict("third_party")
    assert decided("third_party", said, "confirm", heard=third, signs=consents).intent != "cancel"


def test_what_only_sounds_like_a_yes_asks_for_a_plain_one() -> None:
    clear, given_up = Signs(clear=True), replace(PART, sightings={"not_come": [(0, 1)]})

    assert decided("unclear", opinion(yes=0.75), "confirm", signs=clear).intent == "cancel"
    assert decided("unclear", opinion(yes=0.65), "confirm", signs=clear).intent != "cancel"
    assert decided("unclear", opinion(yes=0.75), "confirm").intent != "cancel"
    assert (
        decided("unclear", opinion(yes=0.8), "confirm", signs=replace(clear, doubts=True)).intent != "cancel"
    )
    assert (
        decided("unclear", opinion(yes=0.95), "confirm", signs=replace(clear, doubts=True)).intent == "cancel"
    )
    limited = Verdict("unclear", said=(given_up,))
    assert decided("unclear", opinion(yes=0.95), "confirm", heard=limited, signs=clear).intent != "cancel"


def test_a_no_beside_a_yes_has_to_be_sure() -> None:
    assert (
        decided("unclear", opinion(no=0.4, yes=0.3), "confirm", signs=Signs(affirms=True)).intent == "unclear"
    )
    assert decided("unclear", opinion(no=0.9), "confirm", signs=Signs(affirms=True)).intent == "no"
    assert decided("unclear", opinion(no=0.4, yes=0.3), "confirm").intent == "unclear"
    found = Verdict("other", evidence=("other: сколько",))
    assert decided("other", opinion(no=0.4, yes=0.3), "confirm", heard=found).intent == "no"


def test_among_harmless_intents_the_opinion_chooses_and_says_so() -> None:
    decision = decided("other", opinion(late=0.9))

    assert (decision.intent, decision.why) == ("late", ("the opinion: late (90%)",))
    assert decided("late", opinion(late=0.9)).why == ()


@pytest.mark.parametrize("why", ["courtesies only", "no", "only what stays"])
def test_closed_lists_need_no_opinion(why: str) -> None:
    assert decided("thanks", opinion(human=0.9), why=(why,)).intent == "thanks"


def test_a_pick_stands_where_every_word_is_explained_or_nothing_else_is_plainly_heard() -> None:
    why = ("one of the list",)
    asks, leans = opinion(human=0.7), opinion(human=0.5)

    assert decided("choose", asks, "choose", why=why).intent == "human"
    assert decided("choose", leans, "choose", why=why).intent == "choose"
    assert decided("choose", asks, "choose", why=why, signs=Signs(plain=True)).intent == "choose"
    assert decided("choose", opinion(cancel=0.9), "choose", why=why).intent == "choose"


def test_what_says_nothing_stays_what_the_rules_made_of_it() -> None:
    assert decided("unclear", opinion(human=0.9), signs=Signs(silent=True)).intent == "unclear"


def test_the_opinion_picks_nothing_of_a_known_list() -> None:
    said = opinion(choose=0.9, no=0.05)

    assert decided("unclear", said, "choose", signs=Signs(listed=True)).intent == "no"
    assert decided("choose", said, "choose", signs=Signs(listed=True)).intent == "choose"
    missed = Verdict("other", evidence=("past: не смогла",))
    assert decided("other", said, "choose", heard=missed).intent == "no"


def test_who_is_unsure_is_asked_whether_to_cancel_or_to_keep() -> None:
    unsure = Verdict("unclear", evidence=("unsure",))
    assert decided("unclear", opinion(unclear=0.9), heard=unsure).readings == ("cancel", "keep")


def test_one_reading_alone_is_no_choice() -> None:
    assert decided("unclear", opinion(unclear=0.93, late=0.06)).readings == ()
