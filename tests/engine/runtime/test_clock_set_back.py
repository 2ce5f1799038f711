"""The machine's clock is set back under a running salon, or while it is down: no delay lasts any longer."""

from collections.abc import AsyncIterator, Callable, MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.virtual import LoopClock
from engine.notices import Recipients
from engine.ports import InDoubt, StoreFailed, Unavailable
from engine.runtime.alarm import SLEEP_MAX_S
from engine.runtime.daytime import Daytime
from engine.runtime.endings import HOLD_IN_DOUBT_S, SEND_AGAIN_S_MAX
from engine.values import Event
from tests.engine.runtime.world import FakeNotifier, World

AWAY = Unavailable("no connection", retry_after_s=30)
LOST = InDoubt("time-out")
HOUR = timedelta(hours=1)
Logs = list[MutableMapping[str, Any]]


class SettableClock(LoopClock):
    """A clock that somebody sets: its steady reading goes on as before."""

    off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


class Salon(World):
    clock: SettableClock

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.clock = SettableClock()

    def sets_the_clock(self, by: timedelta) -> None:
        self.clock.off += by


@pytest.fixture
async def salon(tmp_path: Path) -> AsyncIterator[Salon]:
    salon = Salon(tmp_path / "otmena.db")
    await salon.starts()
    yield salon
    await salon.ends()


def set_back(logs: Logs) -> list[float]:
    return [entry["by_s"] for entry in logs if entry["event"] == "clock.set_back"]


async def test_a_message_that_waits_for_its_retry_does_not_wait_for_the_hour(
    salon: Salon, logs: Logs
) -> None:
    salon.messenger.sending.errors = [AWAY]
    await salon.writes("хочу отменить запись")
    salon.sets_the_clock(-HOUR)

    await salon.passes(30 + SLEEP_MAX_S)

    salon.says("Отменить запись: Маникюр")
    assert set_back(logs) == [3600.0]


async def test_a_call_that_waits_for_its_retry_does_not_wait_for_the_hour(salon: Salon) -> None:
    await salon.is_asked()
    salon.booking.doing.errors = [AWAY]
    await salon.taps("yes")
    salon.sets_the_clock(-HOUR)

    await salon.passes(30 + SLEEP_MAX_S)

    assert len(salon.booking.done) == 2
    assert await salon.outcomes() == ["cancelled"]


async def test_a_write_is_not_tried_for_an_hour_longer(salon: Salon) -> None:
    await salon.is_asked()
    salon.booking.doing.lasting = LOST
    await salon.taps("yes")
    salon.sets_the_clock(-HOUR)

    await salon.passes(minutes=4)
    tries = len(salon.booking.done)
    await salon.passes(minutes=30)

    assert len(salon.booking.done) == tries


@pytest.mark.parametrize("back_s", [20, 3600, 86_400])
async def test_silence_ends_a_question_in_its_own_time(salon: Salon, back_s: float) -> None:
    await salon.is_asked()
    await salon.passes(minutes=5)
    salon.sets_the_clock(timedelta(seconds=-back_s))

    await salon.passes(minutes=9.9)
    salon.says()
    await salon.passes(minutes=0.2)
    salon.says("Ответа не было")


async def test_what_begins_after_the_step_is_not_cut_short(salon: Salon) -> None:
    """Its hold counts from its own moment, though nobody had looked at the clock yet."""
    await salon.writes("Здравствуйте")
    await salon.reports(salon.messenger.sent[0].key)
    await salon.passes(SLEEP_MAX_S / 2)
    salon.sets_the_clock(-HOUR)
    await salon.passes(SLEEP_MAX_S / 2 - 10)
    salon.messenger.sending.errors = [LOST]
    began = salon.time_s()
    await salon.writes("Здравствуйте")
    await salon.passes(minutes=2)

    _, lost, repeated = salon.messenger.attempts
    assert began <= lost.at_s <= began + 0.1
    assert repeated.at_s - lost.at_s == pytest.approx(HOLD_IN_DOUBT_S, abs=0.2)


async def test_a_notice_does_not_wait_for_the_hour(tmp_path: Path) -> None:
    salon = Salon(tmp_path / "otmena.db")
    salon.notifier = FakeNotifier()
    salon.salon = replace(salon.salon, recipients=Recipients(admin=("a",)))
    await salon.starts()
    salon.notifier.telling.errors = [AWAY]
    await salon.agrees()
    assert salon.notifier.told == []
    salon.sets_the_clock(-HOUR)

    await salon.passes(30 + SLEEP_MAX_S)

    assert len(salon.notifier.told) == 1
    await salon.ends()


async def test_a_client_can_answer_a_question_that_a_fast_clock_dated_ahead(salon: Salon) -> None:
    """WhatsApp dates their words by its own clock, so by ours they came before the question."""
    salon.sets_the_clock(HOUR)
    await salon.is_asked()
    salon.sets_the_clock(-HOUR)
    await salon.passes(SLEEP_MAX_S + 2)

    await salon.writes("да")
    salon.says("Отменить запись: Маникюр")
    assert salon.booking.done == []
    await salon.passes(2)
    await salon.writes("да")
    await salon.passes(1)

    assert len(salon.booking.done) == 1


async def test_where_the_store_fails_it_goes_back_as_soon_as_it_can(salon: Salon, logs: Logs) -> None:
    salon.messenger.sending.errors = [AWAY]
    await salon.writes("хочу отменить запись")
    pull_back, failures = salon.store.pull_back, [StoreFailed("full"), StoreFailed("full")]

    async def fails(now: datetime, *, by_s: float, patience_s: float) -> None:
        if failures:
            raise failures.pop()
        await pull_back(now, by_s=by_s, patience_s=patience_s)

    salon.store.pull_back = fails  # type: ignore[method-assign]
    salon.sets_the_clock(-HOUR)
    await salon.passes(35 + SLEEP_MAX_S)

    salon.says("Отменить запись: Маникюр")
    assert set_back(logs) == [3600.0]


@pytest.mark.parametrize("by", [timedelta(seconds=-4), HOUR, timedelta(seconds=30)])
async def test_a_small_step_and_one_forward_are_followed_at_once(
    salon: Salon, logs: Logs, by: timedelta
) -> None:
    await salon.passes(10)
    salon.sets_the_clock(by)
    await salon.writes("Здравствуйте")
    created = await salon.looks_up("SELECT max(created_us) FROM outbox")
    await salon.passes(minutes=2)

    assert isinstance(created, int)
    now_us = salon.clock.now().timestamp() * 1_000_000
    assert abs(created + 120_000_000 - now_us) < 1_000_000
    assert set_back(logs) == []


async def test_lost_chats_are_looked_for_each_hour_whatever_the_clock_shows(salon: Salon) -> None:
    looked: list[float] = []
    orphans = salon.store.orphans

    async def watched(event: Event, now: datetime) -> tuple[int, ...]:
        looked.append(salon.time_s())
        return await orphans(event, now)

    salon.store.orphans = watched  # type: ignore[method-assign]
    salon.sets_the_clock(timedelta(hours=-5))
    await salon.passes(minutes=61)

    assert looked


# ── while nobody runs ─────────────────────────────────────────────────────────────────────────────────


async def test_a_message_does_not_wait_for_a_day_that_the_clock_went_back_over_a_restart(
    salon: Salon,
) -> None:
    salon.messenger.sending.errors = [AWAY]
    await salon.writes("хочу отменить запись")
    await salon.dies()
    salon.sets_the_clock(timedelta(days=-1))
    await salon.starts()

    await salon.passes(SEND_AGAIN_S_MAX + 1)

    salon.says("Отменить запись: Маникюр")


async def test_a_question_ends_in_silence_after_the_clock_went_back_over_a_restart(salon: Salon) -> None:
    await salon.is_asked()
    await salon.dies()
    salon.sets_the_clock(timedelta(days=-1))
    await salon.starts()

    await salon.passes(minutes=30)

    salon.says("Ответа не было")


# ── the clock by itself ───────────────────────────────────────────────────────────────────────────────


class _Shown:
    def __init__(self) -> None:
        self.day, self.steady_s = datetime(2026, 11, 23, 10).astimezone(), 0.0

    def now(self) -> datetime:
        return self.day

    def monotonic(self) -> float:
        return self.steady_s

    def passes(self, seconds: float, *, shown_s: float | None = None) -> None:
        self.steady_s += seconds
        self.day += timedelta(seconds=seconds if shown_s is None else shown_s)


@pytest.fixture
def shown() -> _Shown:
    return _Shown()


def test_a_clock_that_goes_back_goes_on_for_us_until_it_is_followed(shown: _Shown) -> None:
    day = Daytime(shown)
    begun = day.now()
    shown.passes(10, shown_s=-600)

    assert day.now() == begun + timedelta(seconds=10)
    with day.followed() as back:
        assert back == timedelta(seconds=610)
        assert day.now() == shown.day
    assert day.now() == shown.day
    assert day.monotonic() == shown.steady_s


def test_a_step_that_could_not_be_followed_is_there_as_before(shown: _Shown) -> None:
    day = Daytime(shown)
    begun = day.now()
    shown.passes(10, shown_s=-600)

    with pytest.raises(StoreFailed), day.followed():
        raise StoreFailed("full")

    shown.passes(5)
    assert day.now() == begun + timedelta(seconds=15)
    with day.followed() as back:
        assert back == timedelta(seconds=610)


@pytest.mark.parametrize("first", [Daytime.now, lambda day: None])
def test_a_clock_that_goes_as_it_should_is_followed_by_nothing(
    shown: _Shown, first: Callable[[Daytime], object]
) -> None:
    day = Daytime(shown)
    first(day)
    shown.passes(60)
    with day.followed() as back:
        assert not back
    assert day.now() == shown.day
