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


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("отмените мою субботу", "субботу", None),
        ("перенесите, но не раньше следующей среды", "не раньше следующей среды", None),
        ("перенесите на пятницу, не раньше 15:00", "на пятницу", "не раньше 15:00"),
        ("не приду в субботу утром", "в субботу", None),
        ("уберите меня из четверга", "из четверга", None),
    ],
)
def test_a_day_is_quoted_as_the_client_named_it(reads: Reads, text: str, day: str, clock: str | None) -> None:
    named = reads(text).entities

    assert (named.date, named.time) == (day, clock)
