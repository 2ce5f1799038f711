"""The corpus is what it says: labelled phrases, each once, none of them in both parts."""

import re
from collections import Counter
from datetime import date

import pytest

from corpus.phrases import HERE, PARTS, Part, Phrase, phrases
from corpus.report import sets
from corpus.scoring import CONTEXTS, INTENTS
from tests.architecture.source import ROOT, sources

SEEN_MIN = 1_500
DIGITS = re.compile(r"\+?\d[\d\s()-]{8,}\d")
OURS = re.compile(r"(?:7|8)?90000000\d\d")


@pytest.mark.parametrize("part", PARTS)
def test_every_line_is_a_labelled_phrase_in_a_set_that_is_explained(part: Part) -> None:
    files = {file.stem for file in (HERE / part).iterdir()}

    assert {writer for writer, _ in phrases(part)} == files == set(sets()[part])


def test_there_are_enough_phrases_to_write_rules_from() -> None:
    assert len(phrases("seen")) >= SEEN_MIN


@pytest.mark.parametrize("part", PARTS)
def test_every_intent_and_every_context_occurs(part: Part) -> None:
    found = [phrase for _, phrase in phrases(part)]

    assert {phrase.intent for phrase in found} == set(INTENTS)
    assert {phrase.context for phrase in found} == set(CONTEXTS)


def test_what_may_be_seen_stands_there_once() -> None:
    times = Counter(phrase.key for _, phrase in phrases("seen"))

    assert [key for key, count in times.items() if count > 1] == []


def test_no_phrase_stands_in_both_parts() -> None:
    """Told by a number alone: what is sealed is printed nowhere."""
    unseen = {phrase.key for _, phrase in phrases("unseen")}
    leaked = sum(phrase.key in unseen for _, phrase in phrases("seen"))

    assert leaked == 0, f"{leaked} phrases of corpus/seen stand in corpus/unseen too: take them out of seen"


def test_neither_tests_nor_rules_quote_what_is_sealed(sealed: tuple[str, ...]) -> None:
    written = [
        (ROOT / source.path).read_text(encoding="utf-8") for source in sources("tests", "engine", "states")
    ]
    written += [file.read_text(encoding="utf-8") for file in (ROOT / "engine").rglob("*.toml")]
    together = "\n".join(written)

    assert sum(text in together for text in sealed) == 0


@pytest.mark.parametrize("part", PARTS)
def test_a_phone_number_is_nobodys(part: Part) -> None:
    numbers = [
        re.sub(r"\D", "", found) for _, phrase in phrases(part) for found in DIGITS.findall(phrase.text)
    ]
    foreign = sum(len(number) >= 10 and not OURS.fullmatch(number) for number in numbers)

    assert foreign == 0, f"{foreign} numbers in {part} are not +7 900 000-00-xx"


@pytest.mark.parametrize("part", PARTS)
def test_what_is_resolved_is_a_day_or_a_time(part: Part) -> None:
    for _, phrase in phrases(part):
        day, _, clock = (phrase.resolved or "").partition("T")
        if day:
            date.fromisoformat(day)
        if phrase.resolved_end:
            assert date.fromisoformat(phrase.resolved_end) >= date.fromisoformat(day)
        assert not clock or "00:00" <= clock <= "23:59"


@pytest.mark.parametrize("part", PARTS)
def test_a_look_alike_wants_no_cancel(part: Part) -> None:
    """labels.md: `danger` looks like a cancel, or like a yes to the question, and is none."""
    wrong = [
        phrase
        for _, phrase in phrases(part)
        if phrase.danger
        and (phrase.intent == "cancel" or (phrase.context, phrase.intent) == ("confirm", "yes"))
    ]

    assert len(wrong) == 0


@pytest.mark.parametrize(
    ("context", "intent", "alt", "harms"),
    [
        ("idle", "keep", (), True),
        ("idle", "cancel", (), False),
        ("idle", "unclear", ("cancel",), False),
        ("idle", "yes", (), True),
        ("confirm", "yes", (), False),
        ("confirm", "unclear", ("yes",), False),
        ("confirm", "no", (), True),
        ("choose", "yes", (), False),
        ("choose", "choose", (), False),
        ("choose", "no", (), True),
        ("reason", "undo", (), False),
        ("reason", "reschedule", (), True),
        ("reschedule", "no", (), False),
        ("reschedule", "yes", (), True),
        ("done", "yes", (), False),
        ("done", "thanks", (), False),
        ("done", "unclear", (), False),
        ("done", "undo", (), True),
    ],
)
def test_a_cancel_harms_as_the_labels_say(
    context: str, intent: str, alt: tuple[str, ...], harms: bool
) -> None:
    phrase = Phrase.model_validate({"text": "…", "context": context, "intent": intent, "alt": alt})

    assert phrase.must_not_cancel is harms


@pytest.mark.parametrize(
    ("context", "intent", "answer", "right"),
    [
        ("confirm", "yes", "cancel", True),
        ("confirm", "no", "keep", True),
        ("choose", "keep", "no", True),
        ("reschedule", "no", "keep", True),
        ("idle", "yes", "cancel", False),
        ("choose", "yes", "cancel", False),
        ("idle", "keep", "no", False),
    ],
)
def test_answers_are_equivalent_where_the_labels_say_so(
    context: str, intent: str, answer: str, right: bool
) -> None:
    phrase = Phrase.model_validate({"text": "…", "context": context, "intent": intent})

    assert phrase.accepts(answer) is right  # type: ignore[arg-type]


def test_a_quoted_piece_has_to_stand_in_the_text() -> None:
    with pytest.raises(ValueError, match="is no piece of"):
        Phrase(text="не приду", context="idle", intent="cancel", date="завтра")
