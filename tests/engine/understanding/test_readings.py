"""Readings: where the rules waver between two meanings, they name both."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.understanding import Intent, Surroundings, Understanding

MONDAY = Surroundings(datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Moscow")))


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("не знаю, приду ли в среду", ("cancel", "keep")),
        ("Не. Отменяйте", ("cancel", "keep")),
        ("отмена?", ("ask_cancel", "cancel")),
        # Clear, or too little to choose from.
        ("отмените запись", ()),
        ("абракадабра", ()),
    ],
)
def test_a_wavering_message_names_its_two_readings(text: str, readings: tuple[Intent, ...]) -> None:
    assert Understanding().understand(text, "idle", MONDAY).readings == readings
