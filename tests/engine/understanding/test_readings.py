"""Readings: what the transcripts of `states/clarify` lean on."""

import pytest

from tests.engine.understanding.conftest import Reads


@pytest.mark.parametrize("day", ["завтра", "в среду", "в пятницу"])
def test_who_will_probably_not_come_is_asked_whether_to_cancel_or_to_keep(reads: Reads, day: str) -> None:
    meaning = reads(f"скорее всего не приду {day}")

    assert meaning.intent == "unclear"
    assert set(meaning.readings) == {"cancel", "keep"}


def test_clear_words_have_no_readings(reads: Reads) -> None:
    assert reads("отмените запись").readings == ()
