"""The statistical opinion: how weights are kept, and what is scored."""

from dataclasses import replace

import pytest

from engine.understanding.features import ROWS, Features, pieces
from engine.understanding.opinion import CANCEL, INTENTS, ZERO, Weights, weights

COLUMNS = CANCEL + 1
SILENT = Features(texts=(), words=(), shapes=(), frame=(), acts=())


def weighing(row: int, column: int, steps: int) -> Weights:
    """Return weights of which only one is not zero."""
    table = bytearray([ZERO]) * (ROWS * COLUMNS)
    table[row * COLUMNS + column] = ZERO + steps
    return Weights(bytes(table), [0.5] * COLUMNS, [0.0] * COLUMNS)


def test_weights_come_out_of_their_file_as_they_were() -> None:
    kept = Weights(bytes([ZERO]) * (ROWS * COLUMNS), [0.25] * COLUMNS, [-1.5] * COLUMNS)

    found = Weights.unpacked(kept.packed())

    assert (found.steps, found.bias) == (kept.steps, kept.bias)
    assert found.packed() == kept.packed()


def test_words_that_are_summed_beforehand_come_out_of_their_file_too() -> None:
    kept = weighing(row=pieces("отмена")[0], column=3, steps=40).summing(("отмена", "ща"))

    found = Weights.unpacked(kept.packed())

    assert found.packed() == kept.packed()
    assert found.opinion(replace(SILENT, texts=("отмена",))).likeliest() == INTENTS[3]


def test_a_word_that_is_summed_beforehand_counts_as_any_other() -> None:
    seen = replace(SILENT, texts=("отмена", "отмене"))
    made = weighing(row=pieces("отмена")[0], column=3, steps=40)

    assert made.summing(("отмена",)).opinion(seen) == made.opinion(seen)


def test_every_piece_of_a_word_has_a_row() -> None:
    texts = ("я", "отмена", "😀", "\ud83d")

    assert replace(SILENT, texts=texts).pieces == sum(len(pieces(text)) for text in texts) == 31


def test_a_message_may_have_more_rows_than_are_added_at_once() -> None:
    long, twice = replace(SILENT, acts=(7,) * 1_000), replace(SILENT, acts=(7,) * 2)

    assert weighing(7, 3, 100).opinion(long).intents[INTENTS[3]] == pytest.approx(1)
    assert weighing(7, CANCEL, 1).opinion(long).cancels == pytest.approx(0.5)
    assert weighing(7, 3, 1).opinion(twice) == weighing(7, 3, 2).opinion(replace(SILENT, acts=(7,)))


def test_the_packaged_weights_are_read_once() -> None:
    assert weights() is weights()


def test_a_message_without_features_is_as_likely_as_the_bias_says() -> None:
    opinion = weighing(row=0, column=0, steps=100).opinion(SILENT)

    assert list(opinion.intents.values()) == pytest.approx([1 / len(INTENTS)] * len(INTENTS))
    assert opinion.cancels == 0.5


@pytest.mark.parametrize(
    "seen",
    [
        replace(SILENT, words=(7,)),
        replace(SILENT, shapes=(7,)),
        replace(SILENT, frame=(7,)),
        replace(SILENT, acts=(7,)),
    ],
    ids=["words", "shapes", "frame", "acts"],
)
def test_a_row_counts_for_its_intent(seen: Features) -> None:
    opinion = weighing(row=7, column=3, steps=40).opinion(seen)

    assert opinion.likeliest() == INTENTS[3]
    assert opinion.intents[INTENTS[3]] > 0.99


def test_what_the_rules_saw_has_no_say_in_what_the_words_alone_call_off() -> None:
    made = weighing(row=7, column=CANCEL, steps=40)

    assert made.opinion(replace(SILENT, words=(7,))).cancels > 0.99
    assert made.opinion(replace(SILENT, acts=(7,))).cancels == pytest.approx(0.5)
