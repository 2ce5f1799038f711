"""The dictionary, read without pymorphy's own `parse`, says the same."""

import pytest

from engine.understanding.dictionary import dictionary, readings


@pytest.mark.parametrize(
    "word", ["отмените", "записи", "день", "все", "еще", "приду", "анне", "и", "пожалуйста", "ногти", "окна"]
)
def test_a_word_of_the_dictionary_reads_as_pymorphy_parses_it(word: str) -> None:
    parsed = [(parse.normal_form, parse.tag, parse.score) for parse in dictionary().parse(word)]

    assert readings(word) == parsed


def test_a_word_that_the_dictionary_has_not_has_no_readings() -> None:
    assert readings("бубубу") == []
