"""The whole proof: dialogues crashed, worlds, openings, in turn, on all cores; the first failure ends it."""

import multiprocessing
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from adapters.clock import SystemClock
from adapters.proving.crashes import Crashed, Crashes, crashed
from adapters.proving.dialogues import dialogues
from adapters.proving.exploration import Compose, Told, explored_from, silence
from adapters.proving.long_runs import Run, play, replayed, retold, shortest
from adapters.rehearsal import RehearseWhole
from engine.proof.exploring import Counterexample
from engine.proof.openings import OPENINGS
from engine.script.grammar import BrokenScript
from engine.script.writing import rewritten

# A message that is quoted, rather than a service or a word.
_SAID = re.compile("«(.{20,}?)»", re.DOTALL)
# How many seeds one process plays before it says so.
SEEDS_AT_ONCE = 4
# How many such parts come before the first exploration: all, by default, since they cost little.
SEEDS_FIRST = 15
# A failure is worth this long a search for a shorter one.
SHRINKS_FOR_S = 8.0

# Opens whole salons with the flows of a module, or ours, in any process; so it must be importable by name.
Whole = Callable[[str | None], RehearseWhole]


@dataclass(frozen=True, slots=True)
class Played:
    """Long runs of a few seeds, up to the first that broke a promise."""

    seeds: range
    runs: tuple[Run, ...]

    @property
    def broken(self) -> Run | None:
        return next((run for run in self.runs if run.violation is not None), None)


Part = Told | Played | Crashed


@dataclass(frozen=True, slots=True)
class _Crashing:
    """The scripted dialogue at this place, to be crashed."""

    place: int


# The place of an opening, seeds, or a dialogue.
_Task = int | range | _Crashing


@dataclass(frozen=True, slots=True)
class Proof:
    """What is to be proved: flows of a module (None: ours), how deep, with which seeds."""

    compose: Compose
    whole: Whole
    flows: str | None
    depth: int
    seeds: range
    crashes: Crashes = "sample"
    # Without: worlds and crashes alone.
    explores: bool = True

    def parts(self, jobs: int) -> Iterator[Part]:
        """Yield every part as it ends, and nothing after one that failed."""
        work = partial(_proved, self)
        tasks = self._tasks()
        if jobs == 1:
            yield from _until_one_fails(map(work, tasks))
            return
        with _uninterrupted():
            pool = multiprocessing.get_context("spawn").Pool(jobs)
        with pool:
            yield from _until_one_fails(pool.imap_unordered(work, tasks))

    def states(self) -> tuple[str, ...]:
        """Return the names of all states that a dialogue can stand in."""
        dialogue, _ = self.compose(self.flows)
        return tuple(state.name for flow in dialogue.flows for state in flow.states)

    def told(self, run: Run) -> tuple[Run, str]:
        """Return a shorter run that breaks the same promise, if one is soon found, and its transcript."""
        clock = SystemClock()
        until = clock.monotonic() + SHRINKS_FOR_S
        silence()
        salon = self.whole(self.flows)
        # What goes round and round is slow to play, and would be so each time.
        quick = run.took_s < SHRINKS_FOR_S / 2
        short = shortest(run, salon, until=lambda: clock.monotonic() > until) if quick else run
        return short, retold(short, salon)

    def retold(self, told: Told) -> str:
        """Return the way of an exploration as the whole assistant plays it, if the lie shows there too."""
        found, transcript = told.explored.counterexample, told.transcript
        assert found is not None
        silence()
        given = transcript.splitlines()
        booked = sum(line.startswith("salon: +") for line in given)
        ends = ["", "state: idle", *(f"journal: {number} attendance -1" for number in range(1, booked + 1))]
        try:
            outcome = replayed("\n".join((*given, *ends)), self.whole(self.flows))
        except BrokenScript:
            return transcript
        whole = rewritten(outcome)
        # The exploration parts what the whole assistant does in one go, so it may not come this way.
        return whole if outcome.stopped is None and _shows(found, whole) else transcript

    def _tasks(self) -> Sequence[_Task]:
        """Worlds and crashes first, since they find most within seconds; then openings, and further seeds."""
        places = range(len(dialogues()) if self.crashes != "none" else 0)
        starts = range(self.seeds.start, self.seeds.stop, SEEDS_AT_ONCE)
        seeds = [range(start, min(start + SEEDS_AT_ONCE, self.seeds.stop)) for start in starts]
        return [
            *_in_turn(map(_Crashing, places), seeds[:SEEDS_FIRST]),
            *_in_turn(range(len(OPENINGS) if self.explores else 0), seeds[SEEDS_FIRST:]),
        ]


def _in_turn(some: Iterable[_Task], others: Iterable[_Task]) -> Iterator[_Task]:
    return (task for pair in zip_longest(some, others) for task in pair if task is not None)


def _shows(found: Counterexample, transcript: str) -> bool:
    """Whether the message that lies is read there, or the write leaves that nobody agreed to."""
    said = _SAID.search(found.what)
    if said is not None:
        return f"< {' '.join(said[1].split())}" in transcript
    least = {"consent": 1, "named": 1, "once": 2}.get(found.invariant)
    return least is not None and transcript.count("\n! ") >= least


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that begin in here take no Ctrl+C: whoever began them ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _proved(proof: Proof, task: _Task) -> Part:
    silence()
    if isinstance(task, _Crashing):
        salon = proof.whole(proof.flows)
        return crashed(task.place, salon, seed=proof.seeds.start, crashes=proof.crashes)
    if isinstance(task, int):
        return explored_from(proof.compose, proof.flows, proof.depth, task)
    runs: list[Run] = []
    for seed in task:
        runs.append(play(seed, proof.whole(proof.flows)))
        if runs[-1].violation is not None:
            break
    return Played(task, tuple(runs))


def _until_one_fails(parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if failed(part):
            return


def failed(part: Part) -> bool:
    if isinstance(part, Played | Crashed):
        return part.broken is not None
    return part.explored.counterexample is not None
