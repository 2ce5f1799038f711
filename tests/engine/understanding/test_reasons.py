"""Reasons: which code the words of a client amount to, beside a wish to cancel and as an answer.

On the phrases of ours marked as unseen the patterns were right in 75 of 79, on those of `corpus/unseen`
whose reason is labelled in 116 of 154 (65 of 82 reasons, 51 of 72 cancels);
both measured once, on 2026-11-26.
"""

from pathlib import Path

import pytest

from engine.understanding import Understanding
from engine.understanding.meaning import Context, Surroundings
from tests.chat import MONDAY

FILE = Path(__file__).with_name("reasons.txt")
NOW = Surroundings(MONDAY)
UNSEEN_RIGHT_MIN = 0.9


def phrases(unseen: bool) -> list[tuple[frozenset[str], str]]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if "|" in line]
    chosen = [line.lstrip("? ") for line in lines if line.startswith("?") == unseen]
    parted = [line.partition("|") for line in chosen]
    return [(frozenset(codes.strip().split("/")), words.strip()) for codes, _, words in parted]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


@pytest.mark.parametrize(("codes", "words"), phrases(unseen=False))
def test_a_reason_is_classified(understanding: Understanding, codes: frozenset[str], words: str) -> None:
    assert understanding.understand(words, "reason", NOW).cause in codes


def test_reasons_that_no_pattern_was_written_for_are_mostly_classified(understanding: Understanding) -> None:
    told = phrases(unseen=True)
    right = [words for codes, words in told if understanding.understand(words, "reason", NOW).cause in codes]
    assert len(right) >= UNSEEN_RIGHT_MIN * len(told)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("не смогу завтра, заболела", "illness"),
        ("Отмените запись на среду, на работе завал", "work"),
        ("отмените, пожалуйста: сын с температурой", "family"),
        ("не приду завтра, планы поменялись", "plans"),
        ("Отмените запись на среду", None),
        ("не смогу прийти завтра к трём", None),
        ("отмените запись к мастеру Анне, не хочу подводить", None),
        ("я не заболела, но запись отмените", None),
    ],
)
def test_a_wish_that_tells_its_cause_tells_the_code(
    understanding: Understanding, words: str, cause: str | None
) -> None:
    meaning = understanding.understand(words, "idle", NOW)
    assert (meaning.intent, meaning.cause) == ("cancel", cause)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("заболела", "illness"),
        ("лень", "mood"),
        ("муж ногу сломал", "family"),
        ("планы поменялись", "plans"),
        ("🤒", "illness"),
        ("спасибо", None),
        ("ок", None),
        ("верните запись", None),
        ("ок. Остальные тоже, я переезжаю", None),
        ("а если я заболела, штраф будет?", None),
    ],
)
def test_right_after_a_cancel_only_what_is_no_wish_is_its_reason(
    understanding: Understanding, words: str, cause: str | None
) -> None:
    assert understanding.understand(words, "done", NOW).cause == cause


@pytest.mark.parametrize(
    ("words", "cause"), [("ок", None), ("ну так вышло", "other"), ("заболела 🤒", "illness")]
)
def test_an_answer_is_a_reason_if_it_says_anything(
    understanding: Understanding, words: str, cause: str | None
) -> None:
    assert understanding.understand(words, "reason", NOW).cause == cause


@pytest.mark.parametrize("context", ["idle", "confirm", "choose", "reschedule"])
def test_elsewhere_a_cause_is_not_looked_for(understanding: Understanding, context: Context) -> None:
    assert understanding.understand("спасибо, у меня всё хорошо с машиной", context, NOW).cause is None
