"""Every row of the machine is fired by at least one script of this folder."""

from engine.dialogue import Dialogue
from tests.states.conftest import WatchedDialogue


def test_every_row_is_fired_by_a_script(dialogue: WatchedDialogue) -> None:
    missing = [
        f"{row.event.__name__}: {row.source} → {row.to}"
        + (f" when {getattr(row.when, '__name__', row.when)}" if row.when else "")
        for place, row in enumerate(Dialogue.rows(dialogue))
        if place not in dialogue.fired.rows
    ]
    assert not missing, "\n".join(missing)
