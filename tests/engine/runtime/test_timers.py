"""Timers: silence ends a question once, answers given in time come first, and nobody waits for nothing."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from structlog.testing import capture_logs

from adapters.virtual import LoopClock, VirtualLoop
from engine.ports import Place, StoreFailed, Unavailable
from engine.runtime.alarm import SLEEP_MAX_S, Alarm
from engine.runtime.failing import RETRY_AFTER_S
from engine.runtime.timers import PRUNE_PAUSE_S
from tests.engine.runtime.world import World


async def test_fifteen_minutes_of_silence_end_in_one_sentence_and_no_write(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=14.9)
    world.says()
    await world.passes(minutes=0.2)
    world.says("Ответа не было, поэтому ничего не меняю.")
    await world.passes(minutes=120)
    world.says()
    assert world.booking.done == []
    assert await world.outcomes() == ["silent"]


async def test_patience_counts_from_when_the_question_was_accepted(world: World) -> None:
    world.messenger.sending.errors = [Unavailable("away", retry_after_s=240)]
    await world.writes("хочу отменить запись")
    await world.passes(minutes=4.1)
    world.says("Отменить запись")
    await world.passes(minutes=14.8)
    world.says()
    await world.passes(minutes=0.3)
    world.says("Ответа не было")


async def test_a_repeated_question_has_its_whole_patience_again(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=14)
    await world.writes("абракадабра")
    world.says("Не удалось понять ответ, поэтому пока ничего не меняю.")
    await world.passes(minutes=14.9)
    world.says()
    await world.passes(minutes=0.2)
    world.says("Ответа не было")


async def test_what_needs_no_answer_leaves_the_time_out_armed(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=10)
    await world.reacts("")
    await world.passes(minutes=4.9)
    world.says()
    await world.passes(minutes=0.2)
    world.says("Ответа не было")


async def asks_the_salon(world: World) -> None:
    """Anna's late wish goes to the salon, 53 hours before her visit."""
    world.salon = replace(world.salon, notice=timedelta(days=3), late_policy="request")
    await world.writes("хочу отменить запись")
    world.says("До визита осталось мало времени")
    await world.taps("pass_on")
    world.says("Просьбу об отмене передаю администратору")


async def test_home_waits_for_the_deadline_that_the_chat_keeps(world: World) -> None:
    await asks_the_salon(world)
    await world.passes(minutes=53 * 60 - 1)
    world.says()
    await world.passes(minutes=2)
    world.says("Салон так и не ответил на просьбу об отмене")
    await world.passes(minutes=24 * 60)
    world.says()
    assert await world.outcomes() == ["requested", "undecided"]
    assert world.booking.done == []


async def test_a_deadline_outlives_a_death_and_other_questions(world: World) -> None:
    await asks_the_salon(world)
    await world.dies()
    await world.starts()
    await world.passes(minutes=53 * 60 - 5)
    await world.writes("передумала")
    world.says("Всё ещё хотите отменить?")
    await world.passes(minutes=16)
    world.says("Просьба об отмене у администратора", "Салон так и не ответил на просьбу об отмене")
    assert await world.outcomes() == ["requested", "undecided"]


async def test_a_withdrawn_request_leaves_no_deadline(world: World) -> None:
    await asks_the_salon(world)
    await world.writes("не отменяйте")
    world.says("Хорошо, просьбу об отмене забираю")
    await world.passes(minutes=54 * 60)
    world.says()
    assert await world.outcomes() == ["requested", "withdrawn"]


async def test_a_send_that_never_ends_does_not_keep_the_chat_waiting_for_ever(world: World) -> None:
    world.messenger.sending.takes_s = 10**6
    await world.writes("хочу отменить запись")
    await world.passes(minutes=29)
    assert (await world.session()).state == "cancel.confirming"
    await world.passes(minutes=2)
    assert (await world.session()).state == "idle"


async def test_an_answer_disarms_the_time_out(world: World) -> None:
    await world.is_asked()
    await world.taps("no")
    world.says("Хорошо, запись остаётся")
    await world.passes(minutes=60)
    world.says()


async def test_a_yes_after_the_time_out_does_nothing(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=15.1)
    await world.writes("да")
    await world.taps("yes")
    world.says("Ответа не было", "Пока я умею только", "Эта кнопка уже не действует")
    assert world.booking.done == []


async def test_after_a_start_no_time_out_fires_for_two_minutes(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=10)
    await world.dies()
    await asyncio.sleep(20 * 60)
    await world.starts()
    await world.passes(minutes=1.9)
    world.says()
    await world.passes(minutes=0.2)
    world.says("Ответа не было")


async def test_an_answer_given_in_time_that_arrives_after_a_start_counts(world: World) -> None:
    await world.is_asked()
    await world.passes(minutes=10)
    await world.dies()
    await asyncio.sleep(20 * 60)
    await world.starts()
    await world.passes(minutes=1)
    await world.writes("да", ago_s=18 * 60)
    world.says("Запись отменена")


async def test_a_chat_that_waits_for_a_call_that_is_gone_is_found_at_the_start(world: World) -> None:
    world.booking.doing.takes_s = 5
    await world.agrees()
    await world.dies()
    await world.starts()
    await world.looks_up("UPDATE outbox SET finished_us = 1, status = 'dead' WHERE kind = 'call'")
    await world.dies()
    with capture_logs() as logs:
        await world.starts()
        await world.passes(1)

    assert "chat.orphan_found" in [entry["event"] for entry in logs]
    assert "я не знаю, прошла ли отмена" in world.said()[-1]
    assert (await world.session()).state == "idle"


async def test_a_chat_that_waits_for_a_call_that_is_gone_is_found_within_the_hour(world: World) -> None:
    world.booking.asking.takes_s = 10**6
    await world.writes("хочу отменить запись")
    await world.looks_up("UPDATE outbox SET finished_us = 1, status = 'dead' WHERE kind = 'call'")
    await world.passes(minutes=61)
    assert (await world.session()).state == "idle"
    assert world.said()[-1].startswith("Сейчас не получается открыть журнал")


async def test_a_chat_whose_call_is_under_way_is_no_orphan(world: World) -> None:
    world.booking.doing.takes_s = 3 * 3600
    await world.agrees()
    await world.passes(minutes=150)
    world.says("Ещё жду ответа")
    assert (await world.session()).state == "cancel.cancelling"


# ── the loop that works when it is woken ──────────────────────────────────────────────────────────────


async def test_a_loop_survives_what_its_work_raises() -> None:
    worked: list[float] = []
    errors = [StoreFailed("disk full"), RuntimeError("a bug")]

    async def work() -> datetime | None:
        worked.append(asyncio.get_running_loop().time())
        if errors:
            raise errors.pop(0)
        return None

    alarm = Alarm("toys", work, LoopClock())
    task = asyncio.create_task(alarm.run())
    await asyncio.sleep(10)
    task.cancel()
    assert worked == [0, RETRY_AFTER_S, 2 * RETRY_AFTER_S]


async def test_a_loop_looks_again_when_woken_when_due_and_after_a_minute_at_most() -> None:
    worked: list[float] = []
    due: list[datetime | None] = [None, LoopClock().now().replace(second=30)]

    async def work() -> datetime | None:
        worked.append(asyncio.get_running_loop().time())
        return due.pop(0) if due else None

    alarm = Alarm("toys", work, LoopClock())
    task = asyncio.create_task(alarm.run())
    await asyncio.sleep(7)
    alarm.wake()
    await asyncio.sleep(30 + SLEEP_MAX_S)
    task.cancel()
    assert worked == [0, 7, 30, 30 + SLEEP_MAX_S]


async def test_the_past_is_forgotten_hourly_and_not_at_the_start(world: World) -> None:
    await world.writes("здравствуйте")
    await world.passes(minutes=61)
    assert await world.looks_up("SELECT count(*) FROM inbox") == 1

    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.leap(timedelta(days=30))
    await world.passes(minutes=61)

    assert await world.looks_up("SELECT count(*) FROM inbox") == 0
    assert await world.looks_up("SELECT count(*) FROM outbox") == 0
    await world.writes("здравствуйте")
    assert await world.looks_up("SELECT min(arrival) FROM inbox") == 2


async def test_a_store_that_cannot_forget_is_asked_again_an_hour_later(world: World) -> None:
    tried: list[float] = []

    async def failing(before: datetime, after: Place | None = None) -> Place | None:
        tried.append(world.time_s())
        raise StoreFailed("disk full")

    world.store.prune = failing  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.passes(minutes=121)

    assert len(tried) == 2
    assert [entry["event"] for entry in logs].count("store.not_pruned") == 2


async def test_a_mistake_in_forgetting_does_not_keep_the_shell_from_ending(world: World) -> None:
    async def mistaken(before: datetime, after: Place | None = None) -> Place | None:
        raise ValueError("a bug in the store")

    world.store.prune = mistaken  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.passes(minutes=61)
        await world.shell.stop()

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["store.prune_failed"]
    assert logs[-1]["event"] == "shell.stopped"


async def test_portions_leave_pauses_and_end_with_the_shell(world: World) -> None:
    tried: list[float] = []

    async def endless(before: datetime, after: Place | None = None) -> Place | None:
        tried.append(world.time_s())
        return Place("inbox", len(tried))

    world.store.prune = endless  # type: ignore[method-assign]
    await world.passes(minutes=60)
    await world.passes(1)
    assert {round(later - before, 3) for before, later in pairwise(tried)} == {PRUNE_PAUSE_S}
    await world.passes(minutes=60)
    portions = len(tried)

    await world.shell.stop()
    await world.passes(5)

    assert portions <= len(tried) <= portions + 1
    assert tried[-1] - tried[0] < 3605
