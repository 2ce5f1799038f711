"""The lane to YClients: fast while idle, never too fast for both limits, and the waiting client first."""

import asyncio
import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from adapters.yclients.book import MemoryBook, Page, Passage
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


def moments_of(gaps: list[float], lane: Lane, page: Page | None = None) -> list[float]:
    """Let calls come with these gaps between them, each answered at once; return when each left."""
    page, now, moments = page or Page(), 0.0, []
    for gap in gaps:
        now = left(lane, page, now + gap).left_at
        moments.append(now)
    return moments


def left(lane: Lane, page: Page, now: float, *, background: bool = False) -> Passage:
    """Let a call leave as soon as it may, and be answered at once."""
    while (free_at := lane.free_at(page, now, background=background)) > now:
        now = free_at
    passage = lane.leave(page, now, background=background)
    lane.answered(page, passage, now)
    return passage


# ── the arithmetic ────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=150, deadline=None)
@given(arrivals)
def test_no_second_sees_more_than_five_and_no_minute_more_than_198(gaps: list[float]) -> None:
    moments = moments_of(gaps, Lane())

    assert worst(moments, 1.0) <= 5
    assert worst(moments, 60.0) <= 198


@settings(max_examples=50, deadline=None)
@given(some.integers(1, 20), some.integers(1, 400), arrivals)
def test_other_budgets_are_kept_too(per_second: int, per_minute: int, gaps: list[float]) -> None:
    moments = moments_of(gaps, Lane(per_second=per_second, per_minute=per_minute))

    assert worst(moments, 1.0) <= per_second
    assert worst(moments, 60.0) <= per_minute


@settings(max_examples=50, deadline=None)
@given(some.integers(51, 300), arrivals)
def test_a_wide_lane_keeps_its_budget_without_knowing_each_call(per_second: int, gaps: list[float]) -> None:
    page = Page()
    moments = moments_of(gaps * 3, Lane(per_second=per_second, per_minute=60_000), page)

    assert worst(moments, 1.0) <= per_second
    assert not page.passages


def test_a_saturated_wide_lane_gives_out_nine_tenths_and_background_leaves_room() -> None:
    lane, page = Lane(per_second=200, per_minute=600_000), Page()
    moments = moments_of([0.0] * 2000, lane, page)
    now = moments[-1]

    assert worst(moments, 1.0) >= 180
    assert lane.free_at(page, now, background=True) - lane.free_at(page, now) == pytest.approx(0.63)


def test_a_saturated_lane_gives_out_what_may_be_given() -> None:
    moments = moments_of([0.0] * 1000, Lane())

    assert worst(moments, 60.0) == 198
    assert moments[-1] == pytest.approx((999 - 18) / 3, abs=0.01)


@given(some.floats(2, 1e6))
def test_five_calls_on_an_idle_lane_wait_for_nothing(idle_s: float) -> None:
    lane, page = Lane(), Page()
    moments_of([0.0] * 5, lane, page)

    moments = [left(lane, page, idle_s).left_at for _ in range(6)]

    assert moments[:5] == [idle_s] * 5
    assert moments[5] == pytest.approx(idle_s + 1.05)


def test_where_nothing_is_known_second_and_burst_have_just_been_spent() -> None:
    lane, page = Lane(), Page(known=False)
    lane.trust(page, 100)

    moments = [left(lane, page, 100).left_at for _ in range(50)]

    assert moments[0] == pytest.approx(101.505)
    # Nothing runs ahead any more; the four that had time to gather do.
    assert worst(moments, 10.0) <= 34


def test_what_cannot_be_true_holds_nobody_up_for_long() -> None:
    lane = Lane()
    page = Page(
        passages=[Passage(number, 9e9) for number in range(5)],
        tat=9e9,
        turned_away_at=9e9,
        paused_until=9e9,
        background_paused_until=9e9,
    )
    lane.trust(page, 10)

    assert lane.free_at(page, 10) == 310
    lane.turned_away(page, lane.leave(page, 310.5), 310.6)
    assert page.paused_until == pytest.approx(311.6)


# ── 429 ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_refusal_pauses_for_a_second_and_a_next_for_five() -> None:
    lane, page = Lane(), Page()
    lane.turned_away(page, lane.leave(page, 10), 10.2)
    assert lane.free_at(page, 10.3) == pytest.approx(11.2)

    lane.turned_away(page, lane.leave(page, 11.25), 11.3)
    assert lane.free_at(page, 11.4) == pytest.approx(16.3)
    assert lane.free_at(page, 11.4, background=True) == pytest.approx(71.3)


def test_calls_that_left_together_are_one_refusal() -> None:
    lane, page = Lane(), Page()
    calls = [lane.leave(page, 10) for _ in range(5)]

    for call in calls:
        lane.turned_away(page, call, 10.2)

    assert page.paused_until == pytest.approx(11.2)


def test_one_of_them_may_say_for_how_long() -> None:
    lane, page = Lane(), Page()
    first, second = lane.leave(page, 10), lane.leave(page, 10)

    lane.turned_away(page, first, 10.2)
    lane.turned_away(page, second, 10.3, retry_after_s=7)

    assert page.paused_until == pytest.approx(17.3)
    assert lane.free_at(page, 10.4, background=True) == pytest.approx(17.3)
    assert page.turned_away_in_a_row == 1


def test_an_answer_ends_the_row_of_refusals() -> None:
    lane, page = Lane(), Page()
    first = lane.leave(page, 10)
    lane.turned_away(page, first, 10.2)
    lane.answered(page, first, 10.3)
    lane.turned_away(page, lane.leave(page, 12), 12.1)
    assert page.paused_until == pytest.approx(17.1)

    lane.answered(page, lane.leave(page, 18), 18.5)
    lane.turned_away(page, lane.leave(page, 19), 19.1)
    assert page.paused_until == pytest.approx(20.1)


def test_retry_after_is_followed_where_it_is_longer() -> None:
    lane, page = Lane(), Page()

    lane.turned_away(page, lane.leave(page, 10), 10, retry_after_s=7)

    assert lane.free_at(page, 10) == 17
    lane.turned_away(page, lane.leave(page, 17), 17.1)
    assert page.paused_until == pytest.approx(22.1)


def test_a_call_that_stands_in_the_lane_waits_out_a_pause() -> None:
    async def scenario() -> list[float]:
        turnstile = Turnstile(Lane(per_second=1), LoopClock())
        first = await turnstile.passed()
        waiting = [asyncio.create_task(turnstile.passed()) for _ in range(2)]
        await asyncio.sleep(0.5)
        await turnstile.turned_away(first, retry_after_s=4)
        return [call.left_at for call in (first, *(await asyncio.gather(*waiting)))]

    moments = play(scenario())

    assert moments[1] >= 4.5
    assert moments[2] - moments[1] >= 1.0


def test_a_refused_call_is_told_for_how_long_its_like_should_stay_away() -> None:
    async def scenario() -> tuple[float, float]:
        turnstile = Turnstile(Lane(), LoopClock())
        await turnstile.turned_away(await turnstile.passed())
        await asyncio.sleep(2)
        client, background = await turnstile.passed(), await turnstile.passed(background=True)
        return await turnstile.turned_away(client), await turnstile.turned_away(background)

    assert play(scenario()) == (5, 60)


# ── who comes first ───────────────────────────────────────────────────────────────────────────────────


def test_an_errand_that_has_begun_ends_before_a_later_one_begins() -> None:
    """Ten errands of three calls each, all at once: the first is done after a second, not with the last."""

    async def scenario() -> list[int]:
        turnstile, passed = Turnstile(Lane(per_second=1), LoopClock()), []

        async def errand(number: int) -> None:
            with turnstile.errand():
                for _ in range(3):
                    passage = await turnstile.passed()
                    passed.append(number)
                    await asyncio.sleep(0.05)
                    await turnstile.answered(passage)

        await asyncio.gather(*(errand(number) for number in range(10)))
        return passed

    passed = play(scenario())

    ended = [29 - passed[::-1].index(number) for number in range(10)]
    assert ended == sorted(ended)
    # The call that stands first when another comes back is not sent away again.
    assert all(ends <= 3 * number + 4 for number, ends in enumerate(ended))


def test_one_who_is_stopped_in_the_row_holds_nobody_up() -> None:
    async def scenario() -> int:
        turnstile = Turnstile(Lane(per_second=1), LoopClock())
        waiting = [asyncio.create_task(turnstile.passed()) for _ in range(6)]
        await asyncio.sleep(0.1)
        for one in waiting[1:4]:
            one.cancel()
        await asyncio.sleep(3.5)
        return sum(one.done() and not one.cancelled() for one in waiting)

    assert play(scenario()) == 3


def test_background_work_waits_longer_and_holds_nobody_up() -> None:
    async def scenario() -> tuple[float, float]:
        turnstile = Turnstile(Lane(), LoopClock())
        await turnstile.turned_away(await turnstile.passed())
        await turnstile.turned_away(await turnstile.passed())
        background = asyncio.create_task(turnstile.passed(background=True))
        await asyncio.sleep(0)
        return (await turnstile.passed()).left_at, (await background).left_at

    interactive, background = play(scenario())

    assert interactive == pytest.approx(6)
    assert background == pytest.approx(61)


def test_background_work_takes_no_place_while_a_client_waits() -> None:
    """Twenty calls of a reconciliation stand there when seven clients come, one after the other."""

    async def scenario() -> list[str]:
        turnstile, passed = Turnstile(Lane(), LoopClock()), []

        async def call(name: str, *, background: bool) -> None:
            passage = await turnstile.passed(background=background)
            passed.append(name)
            await turnstile.answered(passage)

        calls = [asyncio.create_task(call("background", background=True)) for _ in range(20)]
        await asyncio.sleep(0.5)
        calls += [asyncio.create_task(call("client", background=False)) for _ in range(7)]
        await asyncio.gather(*calls)
        return passed

    assert play(scenario())[:10] == ["background"] * 2 + ["client"] * 7 + ["background"]


@pytest.mark.parametrize("offset_s", [0.0, 0.3, 0.6, 0.9])
def test_a_client_meets_an_open_lane_while_another_process_reconciles(offset_s: float) -> None:
    async def scenario() -> float:
        book, clock = MemoryBook(), LoopClock()
        server, command = Turnstile(Lane(), clock, book), Turnstile(Lane(), clock, book)

        async def reconciles() -> None:
            while True:
                await command.answered(await command.passed(background=True))

        beside, longest_s = asyncio.create_task(reconciles()), 0.0
        await asyncio.sleep(100 + offset_s)
        for _ in range(20):
            # A client's wish is two reads and more, one after the other.
            for _ in range(2):
                since = clock.monotonic()
                await server.answered(await server.passed())
                longest_s = max(longest_s, clock.monotonic() - since)
            await asyncio.sleep(3.7)
        beside.cancel()
        return longest_s

    assert play(scenario()) == 0.0


def test_background_work_on_an_idle_lane_goes_on_for_ever() -> None:
    async def scenario() -> float:
        turnstile, clock = Turnstile(Lane(), LoopClock()), LoopClock()
        for _ in range(600):
            await turnstile.answered(await turnstile.passed(background=True))
        return clock.monotonic()

    assert play(scenario()) == pytest.approx(600 / 2 * 1.05, rel=0.02)


def test_two_servers_on_one_address_share_its_budget_about_evenly() -> None:
    async def scenario() -> list[int]:
        book, clock, counts = MemoryBook(), LoopClock(), [0, 0]

        async def serves(number: int) -> None:
            turnstile, chance = Turnstile(Lane(), clock, book), random.Random(number)

            async def client() -> None:
                while True:
                    passage = await turnstile.passed()
                    counts[number] += 1
                    await asyncio.sleep(chance.uniform(0.01, 0.2))
                    await turnstile.answered(passage)

            await asyncio.gather(*(client() for _ in range(20)))

        servers = [asyncio.create_task(serves(number)) for number in range(2)]
        await asyncio.sleep(300)
        for server in servers:
            server.cancel()
        return counts

    counts = play(scenario())

    assert sum(counts) > 850
    assert min(counts) > 0.3 * sum(counts)


# ── what arrives ──────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=60)
@given(late=some.lists(some.sampled_from([0.0, 0.002, 0.05, 0.2, 0.45]), min_size=30, max_size=30))
def test_calls_that_arrive_late_never_crowd_into_one_second(late: list[float]) -> None:
    """YClients counts arrivals: a call that was held up on its way must not meet those behind it."""

    async def call(turnstile: Turnstile, delay_s: float) -> float:
        passage = await turnstile.passed()
        await asyncio.sleep(delay_s)
        arrived_at = asyncio.get_running_loop().time()
        await turnstile.answered(passage)
        return arrived_at

    async def scenario() -> list[float]:
        turnstile = Turnstile(Lane(), LoopClock())
        return sorted(await asyncio.gather(*(call(turnstile, delay_s) for delay_s in late)))

    assert worst(play(scenario()), 1.0) <= 5


@dataclass
class Busy:
    """Processes over one book, each with more to call than it may, and dying now and then."""

    seed: int
    book: MemoryBook = field(default_factory=MemoryBook)
    arrived: list[float] = field(default_factory=list)

    async def goes_on(self, for_s: float) -> list[float]:
        chance = random.Random(self.seed)
        processes = [
            asyncio.create_task(self.lives(random.Random(f"{self.seed}.{number}"), background=number == 0))
            for number in range(chance.randint(2, 4))
        ]
        await asyncio.sleep(for_s)
        for process in processes:
            process.cancel()
        await asyncio.gather(*processes, return_exceptions=True)
        return sorted(self.arrived)

    async def lives(self, chance: random.Random, *, background: bool) -> None:
        while True:
            turnstile = Turnstile(Lane(), LoopClock(), self.book)
            callers = [
                asyncio.create_task(self.calls(turnstile, chance, background=background)) for _ in range(8)
            ]
            try:
                await asyncio.sleep(chance.choice([0.1, 0.7, 2.0, 30.0]))
            finally:
                for caller in callers:
                    caller.cancel()
            await asyncio.sleep(chance.choice([0.0, 0.2, 1.0]))

    async def calls(self, turnstile: Turnstile, chance: random.Random, *, background: bool) -> None:
        while True:
            passage = await turnstile.passed(background=background)
            late_s = chance.choice([0.0, 0.002, 0.05, 0.2, 0.45, 0.5])
            # It arrives, whether or not its process lives to see it.
            self.arrived.append(passage.left_at + late_s)
            await asyncio.sleep(late_s + chance.choice([0.0, 0.01, 3.0]))
            if chance.random() < 0.9:
                await turnstile.answered(passage)


@pytest.mark.parametrize("seed", range(40))
def test_neither_limit_is_broken_by_several_processes_that_die_and_calls_that_arrive_late(seed: int) -> None:
    arrived = play(Busy(seed).goes_on(for_s=150))

    assert len(arrived) > 200
    assert worst(arrived, 1.0) <= 5
    assert worst(arrived, 60.0) <= 200


def test_numbers_of_a_page_that_was_lost_name_no_other_call() -> None:
    lane, page = Lane(), Page()
    earlier = lane.leave(page, 10)
    lost = Page(known=False)
    lane.trust(lost, 10.2)
    other = lane.leave(lost, 12)
    assert other.number == earlier.number

    lane.answered(lost, earlier, 12.1)

    assert [passage.seen_at for passage in lost.passages] == [None]


def test_a_page_holds_only_what_still_counts() -> None:
    lane, page = Lane(), Page()
    for now in itertools.accumulate([0.4] * 500):
        left(lane, page, now)

    assert len(page.passages) <= 5
