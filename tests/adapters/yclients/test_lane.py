"""The lane to YClients: fast while idle, and never too fast for both of YClients' limits."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from adapters.yclients.lane import Lane, Turnstile
from tests.adapters.yclients.world import LoopClock, play

arrivals = some.lists(
    some.one_of(some.just(0.0), some.floats(0, 0.5), some.sampled_from([1.0, 5.0, 60.0, 90.0])),
    max_size=700,
)


def worst(moments: list[float], window_s: float) -> int:
    """Return the most that fall into one sliding window, its end not included."""
    first, most = 0, 0
    for i, moment in enumerate(moments):
        while moments[first] <= moment - window_s + 1e-9:
            first += 1
        most = max(most, i - first + 1)
    return most


def slots_of(gaps: list[float], lane: Lane) -> list[float]:
    now, slots = 0.0, []
    for gap in gaps:
        now += gap
        slots.append(lane.reserve(now))
    return slots


@settings(max_examples=150, deadline=None)
@given(arrivals)
def test_no_second_sees_more_than_five_and_no_minute_more_than_198(gaps: list[float]) -> None:
    slots = slots_of(gaps, Lane())

    assert worst(slots, 1.0) <= 5
    assert worst(slots, 60.0) <= 198
    assert slots == sorted(slots)


@settings(max_examples=50, deadline=None)
@given(some.integers(1, 20), some.integers(1, 400), arrivals)
def test_other_budgets_are_kept_too(per_second: int, per_minute: int, gaps: list[float]) -> None:
    slots = slots_of(gaps, Lane(per_second=per_second, per_minute=per_minute))

    assert worst(slots, 1.0) <= per_second
    assert worst(slots, 60.0) <= per_minute


def test_a_saturated_lane_gives_out_what_may_be_given() -> None:
    slots = slots_of([0.0] * 1000, Lane())

    assert worst(slots, 60.0) == 198
    assert slots[-1] == pytest.approx((999 - 18) / 3, abs=0.01)


@given(some.floats(2, 1e6))
def test_five_calls_on_an_idle_lane_wait_for_nothing(idle_s: float) -> None:
    lane = Lane()
    slots_of([0.0] * 5, lane)

    slots = [lane.reserve(idle_s) for _ in range(6)]

    assert slots[:5] == [idle_s] * 5
    assert slots[5] == pytest.approx(idle_s + 1.05)


def test_a_first_refusal_pauses_for_a_second_and_a_next_for_five() -> None:
    lane = Lane()
    lane.turned_away(lane.reserve(10), 10.2)
    assert lane.reserve(10.3) == pytest.approx(11.2)

    lane.turned_away(11.2, 11.3)
    assert lane.reserve(11.4) == pytest.approx(16.3)
    assert lane.paused_until(background=True) == pytest.approx(71.3)


def test_calls_that_left_together_are_one_refusal() -> None:
    lane = Lane()
    slots = [lane.reserve(10) for _ in range(5)]

    for slot in slots:
        lane.turned_away(slot, 10.2)

    assert lane.paused_until() == pytest.approx(11.2)


def test_an_answer_ends_the_row_of_refusals() -> None:
    lane = Lane()
    lane.turned_away(lane.reserve(10), 10.2)
    lane.answered(10)
    lane.turned_away(lane.reserve(12), 12.1)
    assert lane.paused_until() == pytest.approx(17.1)

    lane.answered(18)
    lane.turned_away(19, 19.1)
    assert lane.paused_until() == pytest.approx(20.1)


def test_retry_after_is_followed_where_it_is_longer() -> None:
    lane = Lane()

    lane.turned_away(lane.reserve(10), 10, retry_after_s=7)

    assert lane.reserve(10) == 17
    lane.turned_away(17, 17.1)
    assert lane.paused_until() == pytest.approx(22.1)


def test_a_call_that_stands_in_the_lane_waits_out_a_pause() -> None:
    async def scenario() -> list[float]:
        turnstile = Turnstile(Lane(per_second=1), LoopClock())
        first = await turnstile.passed()
        waiting = [asyncio.create_task(turnstile.passed()) for _ in range(2)]
        await asyncio.sleep(0.5)
        turnstile.turned_away(first, retry_after_s=4)
        return [first, *(await asyncio.gather(*waiting))]

    slots = play(scenario())

    # Those who stood in the lane reserve again, behind what they had reserved.
    assert slots[1] >= 4.5
    assert slots[2] - slots[1] >= 1.0


def test_background_work_waits_longer_and_holds_nobody_up() -> None:
    async def scenario() -> tuple[float, float]:
        turnstile = Turnstile(Lane(), LoopClock())
        turnstile.turned_away(await turnstile.passed())
        turnstile.turned_away(await turnstile.passed())
        background = asyncio.create_task(turnstile.passed(background=True))
        await asyncio.sleep(0)
        return await turnstile.passed(), await background

    interactive, background = play(scenario())

    assert interactive == pytest.approx(6)
    assert background == pytest.approx(61)


@settings(deadline=None, max_examples=60)
@given(late=some.lists(some.sampled_from([0.0, 0.002, 0.05, 0.2, 0.45]), min_size=30, max_size=30))
def test_calls_that_arrive_late_never_crowd_into_one_second(late: list[float]) -> None:
    """YClients counts arrivals: a call that was held up on its way must not meet those behind it."""

    async def call(turnstile: Turnstile, delay_s: float) -> float:
        slot = await turnstile.passed()
        await asyncio.sleep(delay_s)
        arrived_at = asyncio.get_running_loop().time()
        turnstile.answered(slot)
        return arrived_at

    async def scenario() -> list[float]:
        turnstile = Turnstile(Lane(), LoopClock())
        return sorted(await asyncio.gather(*(call(turnstile, delay_s) for delay_s in late)))

    assert worst(play(scenario()), 1.0) <= 5
