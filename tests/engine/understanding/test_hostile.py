"""Words that nobody expects are unclear, and never an error."""

from datetime import datetime, timedelta, timezone

import pytest

from engine.understanding import Surroundings, Understanding

MONDAY = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize("text", ["𗀀", "отмените 𗀀", "\x00", "ә" * 300, "а" * 5000, "ﷺ", "²³ ½ ٣"])
def test_any_letter_of_the_world_can_be_read(text: str) -> None:
    meaning = Understanding().understand(text, "confirm", Surroundings(MONDAY))

    assert meaning.intent not in ("yes", "no")
