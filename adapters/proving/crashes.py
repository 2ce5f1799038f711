"""Crash everywhere: each scripted dialogue dies at each point of it, by kill and by the loss of power."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from adapters.proving.dialogues import dialogues
from adapters.proving.long_runs import Run, walk
from adapters.proving.scripted import Scripted, dying
from adapters.rehearsal import Rehearsal, RehearseWhole

# At which points a dialogue dies: at all, or by default at every so many-th, from one that the seed tells.
Crashes = Literal["none", "sample", "all"]
EVERY = 12
# No dialogue has so many.
SURVIVES_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Death:
    """At which point a dialogue dies, counted from its first act."""

    survives: int
    # The power goes, and what was not synced with it.
    power: bool


@dataclass(frozen=True, slots=True)
class Crashed:
    """One dialogue and its deaths, up to the first that broke a promise."""

    dialogue: str
    # Commits, fsyncs and calls at which it could have died.
    points: int
    # Those of its deaths that differ, and the runs: one without a death, then one for each that was tried.
    deaths: int
    runs: tuple[Run, ...]

    @property
    def broken(self) -> Run | None:
        return next((run for run in self.runs if run.violation is not None), None)


def crashed(place: int, rehearse: RehearseWhole, *, seed: int, crashes: Crashes) -> Crashed:
    """Play the dialogue at this place once to its end, and then once for each death."""
    dialogue = dialogues()[place]
    whole, deaths = died_nowhere(dialogue, rehearse)
    tried = deaths if crashes == "all" else deaths[(seed + place) % EVERY :: EVERY]
    runs = [whole]
    for death in tried if whole.violation is None else ():
        runs.append(died(dialogue, death, rehearse))
        if runs[-1].violation is not None:
            break
    return Crashed(dialogue.name, whole.points_of_acts, len(deaths), tuple(runs))


def died(dialogue: Scripted, death: Death, rehearse: RehearseWhole) -> Run:
    # By the same seed as the whole: another one would retry at other times, and pass other points.
    acts = dying(dialogue, death.survives, power=death.power)
    return walk(acts, dialogue.settings, rehearse)


def died_nowhere(dialogue: Scripted, rehearse: RehearseWhole) -> tuple[Run, tuple[Death, ...]]:
    """Play it to its end; return all deaths that could have come, each that leaves something else behind."""
    passed = _Passed()
    # Told to die after all: else time would leap over the looks at which it can die.
    acts = dying(dialogue, SURVIVES_ALL, power=False)
    whole = walk(acts, dialogue.settings, rehearse, opened=passed.watch)
    return whole, tuple(passed.deaths(whole.points_of_acts))


@dataclass(slots=True)
class _Passed:
    """What a death at each point would leave behind."""

    # The disk, the requests to the journal, its changes, and what came to and from the phones.
    _left: list[tuple[int, ...]] = field(default_factory=list)
    _unsynced: list[bool] = field(default_factory=list)

    def watch(self, salon: Rehearsal) -> None:
        parties, disk = salon.parties, salon.assistant.disk

        def reached(where: str) -> None:
            outside = (len(parties.salon.log), parties.salon.changes, parties.phones.version)
            self._left.append((disk.fingerprint(), *outside))
            self._unsynced.append(disk.unsynced)

        salon.points.reached = reached

    def deaths(self, points: int) -> Iterator[Death]:
        """Yield a kill where something was written, left or came since the point before, and none where all
        is as it was; and a loss of power where there is something that it could lose.
        """
        for place in range(points):
            if place == 0 or self._left[place] != self._left[place - 1]:
                yield Death(place, power=False)
            if self._unsynced[place]:
                yield Death(place, power=True)
