"""A salon whose power goes, whose disk is slow and whose tasks come in any order: still nothing is lost."""

import asyncio
import hashlib
import os
import subprocess
import sys
from contextvars import ContextVar
from datetime import timedelta
from random import Random

import pytest

import main
from adapters.rehearsal import Rehearsal, in_virtual_time, rehearse
from adapters.rehearsal.jitter import CHECKPOINTS, FSYNCS_S, Jitter
from adapters.virtual import VirtualLoop
from engine.script.scene import Booked, Left
from tests.adapters.rehearsal.test_rehearsal import ANNA, GONE, MONDAY, WEDNESDAY

# More points than one cancellation passes.
POINTS = 120


def trace(seed: int, *, dies_in: int, power: bool = True) -> tuple[str, ...]:
    """Cancel one record over a death; return every point that was passed, and when, and how it ended."""
    passed: list[str] = []

    async def scene() -> None:
        async with rehearse(main.composed, at=MONDAY, settings={}, seed=seed, jittered=True) as salon:
            salon.books(Booked(ANNA, "Маникюр", WEDNESDAY))
            loop = asyncio.get_running_loop()
            salon.points.reached = lambda where: passed.append(f"{loop.time():.6f} {where}")
            salon.dies_in(dies_in, power=power)
            await _cancel(salon)
            passed.extend(message.text for message in salon.messages(ANNA))
            passed.append(f"{salon.kills} {salon.points.where} {salon.points.lost_power}")

    in_virtual_time(scene(), shuffled_by=Random(seed))
    return tuple(passed)


async def _cancel(salon: Rehearsal) -> None:
    salon.writes(ANNA, "не смогу в среду")
    await salon.settles()
    salon.taps(ANNA, "Да")
    await salon.settles()
    await salon.passes(timedelta(minutes=3))
    assert salon.kills == 1
    assert salon.journal(1) == GONE, salon.points.where
    assert salon.commands() == (Left("CancelRecord", 1),), salon.points.where
    assert salon.messages(ANNA)[-1].text.startswith(("Запись отменена", "Эта запись уже отменена"))


def digest(seed: int) -> str:
    return hashlib.sha256("\n".join(trace(seed, dies_in=40)).encode()).hexdigest()


@pytest.mark.parametrize("seed", range(0, POINTS, 5))
def test_wherever_the_power_goes_the_record_is_cancelled_once_and_the_client_told(seed: int) -> None:
    ended = trace(seed, dies_in=seed)[-1]
    assert ended.endswith("True")


def test_the_same_seed_is_the_same_run_to_the_last_commit_and_another_is_not() -> None:
    assert trace(3, dies_in=40) == trace(3, dies_in=40)
    assert trace(3, dies_in=40) != trace(4, dies_in=40)


def test_a_run_does_not_depend_on_the_hashes_of_its_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", f"from {__name__} import digest; print('digest', digest(7))"],
            env={**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()[-1]
        for hashes in ("1", "2")
    }
    assert len(told) == 1
    assert told.pop().startswith("digest ")


def test_seeds_meet_every_disk_and_every_length_of_the_log() -> None:
    met = [Jitter.of(seed) for seed in range(100)]
    assert {jitter.fsync_s for jitter in met} == set(FSYNCS_S)
    assert {jitter.checkpoint_pages for jitter in met} == set(CHECKPOINTS)


def test_a_kill_that_comes_instead_keeps_what_a_later_power_loss_is_set_for() -> None:
    async def scene() -> None:
        async with rehearse(main.composed, at=MONDAY, settings={}) as salon:
            salon.dies_in(60, power=True)
            await salon.restarts()
            assert (salon.kills, salon.points.lost_power) == (1, False)
            await salon.passes(timedelta(days=1))
            assert (salon.kills, salon.points.lost_power) == (2, True)

    in_virtual_time(scene())


# ── the order of tasks ────────────────────────────────────────────────────────────────────────────────


def order(shuffled_by: Random | None) -> list[int]:
    ran: list[int] = []

    async def step(number: int) -> None:
        ran.append(number)

    async def all_of_them() -> None:
        await asyncio.gather(*(step(number) for number in range(30)))

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(shuffled_by=shuffled_by)) as runner:
        runner.run(all_of_them())
    return ran


def test_ready_tasks_go_on_in_an_order_that_a_seed_chooses_and_in_turn_without_one() -> None:
    assert order(None) == list(range(30))
    assert order(Random(1)) == order(Random(1)) != order(Random(2))
    assert sorted(order(Random(1))) == list(range(30)) != order(Random(1))


def test_callbacks_and_timers_keep_their_order_whatever_the_seed() -> None:
    ran: list[int] = []

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        for number in range(30):
            loop.call_soon(ran.append, number)
        for number in range(30, 60):
            loop.call_later(number, ran.append, number)
        await asyncio.sleep(100)

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(shuffled_by=Random(1))) as runner:
        runner.run(wait())
    assert ran == list(range(60))


def test_a_task_that_was_held_back_goes_on_in_its_own_context() -> None:
    mine: ContextVar[int] = ContextVar("mine")

    async def keep(number: int) -> bool:
        mine.set(number)
        for _ in range(20):
            await asyncio.sleep(0)
        return mine.get() == number

    async def all_of_them() -> list[bool]:
        return await asyncio.gather(*(keep(number) for number in range(20)))

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(shuffled_by=Random(1))) as runner:
        assert all(runner.run(all_of_them()))
