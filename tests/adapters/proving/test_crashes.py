"""Crash everywhere: each scripted dialogue outlives a death at each of its points, by kill or power loss."""

import pytest

import main
from adapters.proving.crashes import EVERY, Death, crashed, died, died_nowhere
from adapters.proving.dialogues import dialogues
from adapters.proving.long_runs import shortest
from adapters.proving.scripted import Scripted, scripted
from adapters.storage import writer
from engine.script.grammar import BrokenScript

WHOLE = main.whole(None)
A_CANCEL = 0
A_SHORT_ONE = 1


def test_there_are_enough_dialogues_and_each_has_its_name() -> None:
    assert len(dialogues()) >= 10
    assert len({one.name for one in dialogues()}) == len(dialogues())


@pytest.mark.parametrize("dialogue", dialogues(), ids=lambda one: one.name)
def test_every_dialogue_plays_as_it_is_written(dialogue: Scripted) -> None:
    whole, deaths = died_nowhere(dialogue, WHOLE)

    assert whole.violation is None, whole.chat()
    # What cannot be tapped is left out, so a dialogue that has lost its way would be shorter.
    assert whole.acts[1:] == dialogue.acts
    assert whole.at_rest
    assert len(deaths) > 30
    assert {death.power for death in deaths} == {True, False}


@pytest.mark.parametrize("place", range(len(dialogues())), ids=lambda place: dialogues()[place].name)
def test_it_outlives_a_death_at_every_twelfth_point(place: int) -> None:
    """`otmena prove --crashes all` takes every point, in some minutes; here as many as `prove` does."""
    done = crashed(place, WHOLE, seed=place, crashes="sample")

    assert done.broken is None, done.broken.chat()
    assert len(done.runs) > 2
    assert all(run.kills == 1 for run in done.runs[1:])


def test_all_of_them_are_every_point() -> None:
    done = crashed(A_SHORT_ONE, WHOLE, seed=1, crashes="all")

    assert done.broken is None, done.broken.chat()
    assert len(done.runs) == 1 + done.deaths


def test_a_sample_is_every_so_many_th_death_and_other_seeds_take_others() -> None:
    _, deaths = died_nowhere(dialogues()[A_CANCEL], WHOLE)

    first, second = (crashed(A_CANCEL, WHOLE, seed=seed, crashes="sample") for seed in (1, 2))

    assert first.deaths == second.deaths == len(deaths)
    assert len(first.runs) == 1 + len(deaths[1::EVERY])
    assert first.runs[1].acts[0] != second.runs[1].acts[0]


def test_a_disk_that_is_not_synced_is_found_and_told_as_a_death(monkeypatch: pytest.MonkeyPatch) -> None:
    synced = writer.connect

    def hasty(*arguments: object, **more: object) -> object:
        connection = synced(*arguments, **more)  # type: ignore[arg-type]  # as it is called
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    monkeypatch.setattr("adapters.rehearsal.vfs.connect", hasty)

    broken = crashed(A_CANCEL, WHOLE, seed=0, crashes="sample").broken

    assert broken is not None
    told = shortest(broken, WHOLE, until=lambda: False).chat()
    assert "power loss in " in told


def test_the_same_death_leaves_the_same() -> None:
    death = Death(survives=20, power=True)

    assert died(dialogues()[A_CANCEL], death, WHOLE) == died(dialogues()[A_CANCEL], death, WHOLE)


def test_what_no_act_stands_for_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2, «at 2026-11-24 10:00», cannot be looked at"):
        scripted("> да\nat 2026-11-24 10:00", "a.chat")
    with pytest.raises(BrokenScript):
        scripted("what", "a.chat")
