"""A world: a seed makes up what clients, salon, faults and crashes do, and the witness looks.

A world is at least five clients who write, ten minutes of the salon's time and one crash or loss of power;
then all faults end, and it runs until everything has come to rest.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

import apsw

from adapters.notify.addresses import phone_of
from adapters.proving.acts import RESTS_FOR, Act, perform, transcript
from adapters.proving.inventing import (
    BACK,
    MISLEADING,
    MONDAY,
    PHONES,
    PLACES,
    SETTINGS,
    VAGUE,
    WISHES,
    YES,
    invented,
)
from adapters.proving.promises import OUTLIVES, broken_by_now, look_midway
from adapters.proving.seen import Violation, Words
from adapters.proving.witness import Witness
from adapters.rehearsal import Rehearsal, RehearseWhole, in_virtual_time
from adapters.rehearsal.stored import Corrupted
from adapters.virtual import NeverRests
from engine.runtime import Decided
from engine.script.grammar import parse
from engine.script.outcome import Outcome
from engine.script.playing import opening
from engine.script.playing import play as play_script
from engine.script.writing import rewritten

# What makes a run a world.
CLIENTS_MIN = 5
LASTS_MIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it was played."""

    seed: int
    settings: dict[str, str]
    acts: tuple[Act, ...]
    violation: Violation | None
    # Disk and net were as slow, and tasks in such an order, as the seed had it.
    jittered: bool = False
    # What was met on the way.
    kills: int = 0
    # Where it could have died, in all, and from the first act to the last.
    points: int = 0
    points_of_acts: int = 0
    power_losses: int = 0
    turns: int = 0
    minutes: float = 0.0
    # From the first act to the end of all faults.
    lived: timedelta = timedelta(0)
    checked: dict[str, int] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    # Whether everything had come to rest when the last look was taken.
    at_rest: bool = False
    # Every state in which a turn left a dialogue.
    entered: frozenset[str] = frozenset()
    # Of the processor.
    took_s: float = field(default=0.0, compare=False)

    @property
    def is_world(self) -> bool:
        """Whether it was as much as a world has to be, and came to rest."""
        clients = {act.client for act in self.acts if act.client}
        lived = len(clients) >= CLIENTS_MIN and self.lived >= LASTS_MIN
        return lived and self.kills > 0 and self.at_rest

    def chat(self) -> str:
        """Write the run as a transcript, with what it broke."""
        broken = "# Broken: " + " ".join(self.violation.what.split()) + "\n" if self.violation else ""
        played = transcript(self.acts, MONDAY, self.settings, at_rest=self.at_rest)
        return f"# seed {self.seed}\n{broken}{played}"


def play(seed: int, rehearse: RehearseWhole) -> Run:
    """Play the run of this seed, and look all the time."""
    chance = Random(seed)
    settings = SETTINGS[seed % len(SETTINGS)]
    faulty = chance.random() < 0.8
    return _play(seed, rehearse, settings, lambda salon: invented(seed, chance, salon, faulty), jittered=True)


def retold(run: Run, rehearse: RehearseWhole) -> str:
    """Write a run as a transcript with all that came of it, as a scene plays it."""
    return rewritten(replayed(run.chat(), rehearse, run.seed, jittered=run.jittered))


def replayed(transcript: str, rehearse: RehearseWhole, seed: int = 0, *, jittered: bool = False) -> Outcome:
    """Play a transcript on the whole assistant."""
    script = parse(transcript, f"seed {seed}")
    begin = opening(script)

    async def scene() -> Outcome:
        async with rehearse(at=begin.at, settings=begin.settings, seed=seed, jittered=jittered) as salon:
            return await play_script(script, salon)

    return in_virtual_time(scene())


def walk(
    acts: Sequence[Act],
    settings: dict[str, str],
    rehearse: RehearseWhole,
    *,
    seed: int = 0,
    jittered: bool = False,
    opened: Callable[[Rehearsal], None] | None = None,
) -> Run:
    """Play these acts, those that can be done, and look all the time; `opened` sees the salon before them."""

    def told(salon: Rehearsal) -> Sequence[Act]:
        if opened is not None:
            opened(salon)
        return acts

    return _play(seed, rehearse, settings, told, jittered=jittered)


def shortest(run: Run, rehearse: RehearseWhole, *, until: Callable[[], bool]) -> Run:
    """Drop acts for as long as the same promise stays broken, or until told to stop; return the shortest."""
    # A transcript that anybody plays knows nothing of the seed's delays: without them, if that breaks it too.
    calm = _once_more(run, run.acts, rehearse, jittered=False) if run.jittered else None
    best = _of_one_client(calm or run, rehearse, until)
    size = max(1, len(best.acts) // 2)
    while size and not until():
        tried = [best.acts[:start] + best.acts[start + size :] for start in range(0, len(best.acts), size)]
        found = next(
            (fewer for acts in tried if not until() and (fewer := _again(best, acts, rehearse))), None
        )
        if found is None:
            size //= 2
        else:
            best, size = found, min(size, max(1, len(found.acts) // 2))
    return best


def _of_one_client(run: Run, rehearse: RehearseWhole, until: Callable[[], bool]) -> Run:
    """Try the acts of each client alone first: most of what breaks concerns nobody else."""
    clients = dict.fromkeys(act.client for act in reversed(run.acts) if act.client)
    tried = ([act for act in run.acts if act.client in ("", client)] for client in clients)
    return next((alone for acts in tried if not until() and (alone := _again(run, acts, rehearse))), run)


def _again(run: Run, acts: Sequence[Act], rehearse: RehearseWhole) -> Run | None:
    again = _once_more(run, acts, rehearse, jittered=run.jittered)
    return again if again is not None and len(again.acts) < len(run.acts) else None


def _once_more(run: Run, acts: Sequence[Act], rehearse: RehearseWhole, *, jittered: bool) -> Run | None:
    """Play these acts in its place; None: the same promise is not broken by them."""
    assert run.violation is not None
    again = _play(run.seed, rehearse, run.settings, lambda salon: iter(acts), jittered=jittered)
    same = again.violation is not None and again.violation.invariant == run.violation.invariant
    return again if same else None


def _play(
    seed: int,
    rehearse: RehearseWhole,
    settings: dict[str, str],
    acts: Callable[[Rehearsal], Iterable[Act]],
    *,
    jittered: bool,
) -> Run:
    turns, began_s = 0, time.process_time()
    entered: set[str] = set()
    played: list[Act] = []

    taken: list[tuple[int, int]] = []

    def count(decided: Decided) -> None:
        nonlocal turns
        turns += 1
        taken.append((decided.head.chat_id, decided.head.version))
        entered.add(decided.turn.session.state)

    async def scene() -> Run:
        async with rehearse(
            at=MONDAY, settings=settings, watched=count, seed=seed, jittered=jittered
        ) as salon:
            witness = Witness(
                salon,
                Words(YES, frozenset((*WISHES, *YES)), frozenset(VAGUE), frozenset(BACK), PLACES),
                PHONES,
                asks_before_it_acts=settings.get("CONFIRM") != "never",
                picks_by_itself=settings.get("SELECTION") == "last_created",
                may_delete=settings.get("ON_SOFT_CANCEL_REFUSED") != "handover",
                turns=taken,
                administrators=_administrators(salon),
            )
            salon.points.calling = partial(look_midway, witness)
            before = salon.points.passed
            violation, at_rest, passed, ended_at = await _all(acts(salon), salon, witness, played)
            minutes = (salon.now().replace(tzinfo=None) - MONDAY).total_seconds() / 60
            faults = frozenset(
                act.text.split(" ")[0] for act in played if act.kind in ("yclients", "whatsapp")
            )
            return Run(
                seed=seed,
                settings=settings,
                acts=tuple(played),
                violation=violation,
                jittered=jittered,
                kills=salon.kills,
                points=salon.points.passed,
                points_of_acts=passed - before,
                power_losses=sum(act.kind == "power" for act in played),
                turns=turns,
                minutes=minutes,
                lived=ended_at.replace(tzinfo=None) - MONDAY,
                checked=dict(witness.checked),
                faults=faults - {"ok"},
                at_rest=at_rest,
                entered=frozenset(entered),
                took_s=time.process_time() - began_s,
            )

    try:
        return in_virtual_time(scene())
    except (Corrupted, NeverRests, apsw.Error) as error:
        # Nobody could look any more, so the rest of what would be counted is not known.
        found = Violation(OUTLIVES, str(error))
        took_s = time.process_time() - began_s
        return Run(seed, settings, tuple(played), found, jittered, turns=turns, took_s=took_s)


def _administrators(salon: Rehearsal) -> tuple[str, ...]:
    """Return the phones of those whom the notices of this salon are for."""
    phones = (phone_of(address.url) for address in salon.parties.settings.addresses.admin)
    return tuple(phone for phone in phones if phone is not None)


async def _all(
    acts: Iterable[Act], salon: Rehearsal, witness: Witness, played: list[Act]
) -> tuple[Violation | None, bool, int, datetime]:
    """Play them; return what broke, if anything did, and whether all had come to rest by then;
    also how many points had been passed, and when it was, as the last act was over.
    """
    for act in acts:
        if not await perform(act, salon):
            continue
        played.append(act)
        if act.kind in ("yclients", "whatsapp"):
            _note(witness, act.text)
        if act.kind == "edits":
            at, entry = salon.parties.salon.salon.history[-1]
            witness.edits.append((at, entry.record_id))
        # Where nothing has happened yet, nothing has come of it either.
        if act.settles and (broken := broken_by_now(witness, at_rest=False)):
            return broken, False, salon.points.passed, salon.now()
    passed, ended_at = salon.points.passed, salon.now()
    salon.yclients("ok")
    salon.whatsapp("ok")
    salon.points.kill_in = None
    await salon.passes(RESTS_FOR)
    return broken_by_now(witness, at_rest=True), True, passed, ended_at


def _note(witness: Witness, fault: str) -> None:
    """Let the witness know what nobody could know better because of this fault."""
    witness.was_disturbed |= fault != "ok"
    witness.was_shown_the_past |= fault.startswith("stale-read")
    witness.was_shown_old_days |= fault.startswith("stale-read on records")
    witness.was_misled |= fault.startswith(MISLEADING)
    witness.was_left_without_a_word |= fault.startswith("no-status")
