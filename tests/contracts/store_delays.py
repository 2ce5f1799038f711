"""What every store promises of delays when the machine's clock is set back."""

from datetime import timedelta

import pytest

from engine.events import TimedOut
from engine.ports import Ending, NoticeEnding, OutgoingCall, Patience
from engine.session import IDLE, Session
from tests.contracts.store_kit import (
    ANNA,
    BORIS,
    CANCEL,
    FIND,
    NOT_BUSY,
    Desk,
    asking,
    message,
    question,
    waiting,
)
from tests.contracts.store_notices import NOBODY, noticing, started, told

HOUR_S, PATIENCE_S = 3600.0, 1800.0
BEGINS = Patience(event=TimedOut(state=IDLE, question=0), after_s=86_400)


async def set_back(desk: Desk, by_s: float = HOUR_S) -> None:
    """Set the clock back under a running server, which sees by how much."""
    desk.pass_s(-by_s)
    await desk.store.pull_back(desk.now, by_s=by_s, patience_s=PATIENCE_S)


async def set_back_while_down(desk: Desk, by_s: float) -> None:
    desk.pass_s(-by_s)
    await desk.restart()
    await desk.store.pull_back(desk.now, by_s=0, patience_s=PATIENCE_S)


async def next_due_in_s(desk: Desk) -> float:
    due = await desk.store.next_due(desk.now, busy=NOT_BUSY)
    assert due is not None
    return (due - desk.now).total_seconds()


async def next_timer_in_s(desk: Desk) -> float:
    due = await desk.store.next_timer()
    assert due is not None
    return (due - desk.now).total_seconds()


class DelayContract:
    async def test_a_message_goes_back_with_the_clock_and_all_that_it_counts_from(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз", good_for_s=600))
        delivery = await desk.start()
        await desk.end(delivery, desk.later(30))

        await set_back(desk)

        assert await next_due_in_s(desk) == 30
        desk.pass_s(30)
        again = await desk.next()
        assert again.created_at == again.first_tried_at == desk.now - timedelta(seconds=30)
        desk.pass_s(600)
        assert not await desk.store.starting(again, desk.now), "too old"

    async def test_a_call_goes_back_with_the_clock(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=FIND, after_s=600))

        await set_back(desk)

        assert await next_due_in_s(desk) == 600

    async def test_a_notice_goes_back_with_the_clock(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)
        later = NoticeEnding("later", due=desk.now + timedelta(minutes=5))
        await desk.store.notice_ended(due, later, desk.now)

        await set_back(desk)

        assert await desk.store.next_notice(busy=NOBODY) == desk.now + timedelta(minutes=5)
        desk.pass_s(300)
        (again,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert again.created_at == desk.now - timedelta(minutes=5)

    async def test_a_time_out_goes_back_with_the_clock_and_the_beginning_of_a_visit_stays(
        self, desk: Desk
    ) -> None:
        anna, boris = await desk.hear("раз", ANNA), await desk.hear("раз", BORIS)
        await desk.take(anna, asking(1), question(1, patience_s=900))
        await desk.send()
        await desk.take(boris, Session(), patience=BEGINS)
        begins = desk.now + timedelta(days=1)

        await set_back(desk)

        assert await next_timer_in_s(desk) == 900
        desk.pass_s(900)
        assert await desk.store.fire_timers(desk.now) == (anna,)
        assert await desk.store.next_timer() == begins

    async def test_what_has_ended_stays_as_it_was(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        await desk.send()
        sent_at = desk.now

        await set_back(desk)

        ((_, at),) = await desk.store.sent_lately(desk.now, desk.now)  # type: ignore[attr-defined]  # beyond the port
        assert at == sent_at

    async def test_a_question_that_is_dated_ahead_is_asked_again_before_words_answer_it(
        self, desk: Desk
    ) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send()
        await desk.hear("да")
        assert (await desk.head(chat)).asked is not None

        await set_back(desk)

        assert (await desk.head(chat)).asked is None

    async def test_a_question_of_before_the_step_that_is_dated_right_can_be_answered(
        self, desk: Desk
    ) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send()
        await desk.hear("да")
        desk.pass_s(60)

        await set_back(desk, 20)

        assert (await desk.head(chat)).asked is not None

    # ── nobody saw by how much ────────────────────────────────────────────────────────────────────────

    async def test_after_a_restart_a_message_waits_no_longer_than_the_longest_retry(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        await desk.end(await desk.start(), desk.later(30))

        await set_back_while_down(desk, 86_400)

        assert await next_due_in_s(desk) == 300
        desk.pass_s(300)
        again = await desk.next()
        assert again.created_at == again.first_tried_at == desk.now - timedelta(seconds=300)

    @pytest.mark.parametrize(("after_s", "left_s"), [(0, 120), (600, 600)])
    async def test_after_a_restart_a_call_waits_no_longer_than_it_is_tried_or_was_put_off(
        self, desk: Desk, after_s: float, left_s: float
    ) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL, after_s=after_s))
        desk.pass_s(after_s)
        await desk.end(await desk.start(), Ending("later", due=desk.now + timedelta(seconds=20)))

        await set_back_while_down(desk, 86_400)

        assert await next_due_in_s(desk) == left_s

    async def test_after_a_restart_a_notice_waits_no_longer_than_the_longest_retry(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)
        later = NoticeEnding("later", due=desk.now + timedelta(minutes=5))
        await desk.store.notice_ended(due, later, desk.now)

        await set_back_while_down(desk, 86_400)

        assert await desk.store.next_notice(busy=NOBODY) == desk.now + timedelta(minutes=15)

    async def test_after_a_restart_a_time_out_waits_no_longer_than_the_longest_patience(
        self, desk: Desk
    ) -> None:
        anna, boris = await desk.hear("раз", ANNA), await desk.hear("раз", BORIS)
        await desk.take(anna, asking(1), question(1, patience_s=900))
        await desk.send()
        await desk.take(boris, Session(), patience=BEGINS)
        begins = desk.now + timedelta(days=1)

        await set_back_while_down(desk, 86_400)

        assert await next_timer_in_s(desk) == PATIENCE_S
        desk.pass_s(PATIENCE_S)
        assert await desk.store.fire_timers(desk.now) == (anna,)
        assert await desk.store.next_timer() == begins

    async def test_a_start_by_a_clock_that_goes_right_changes_no_delay(self, desk: Desk) -> None:
        anna, boris = await desk.hear("раз", ANNA), await desk.hear("раз", BORIS)
        await desk.take(anna, asking(1), question(1, patience_s=900))
        await desk.send()
        await desk.take(boris, Session(), message("раз"))
        await desk.end(await desk.start(), desk.later(300))

        await set_back_while_down(desk, 0)

        assert await next_due_in_s(desk) == 300
        assert await next_timer_in_s(desk) == 900
