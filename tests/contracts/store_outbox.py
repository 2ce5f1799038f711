"""What every store promises of deliveries, questions, statuses and restarts."""

from datetime import timedelta

import pytest

from engine.booking import CallFailed, CancelSettled, RecordsFound
from engine.effects import Say
from engine.events import NotDelivered, TimedOut
from engine.ports import Asked, Ending, OutgoingCall, OutgoingMessage, Patience, TurnTaken
from engine.session import Session
from tests.contracts.store_kit import (
    ANNA,
    BORIS,
    CANCEL,
    FIND,
    NOT_BUSY,
    RECORD,
    SALON,
    Desk,
    asking,
    message,
    question,
    waiting,
)

SOON = Patience(event=TimedOut(state="x", question=1), after_s=9)


class OutboxContract:
    async def test_a_delivery_tells_everything_that_the_shell_needs(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1), OutgoingCall(key="k1", call=CANCEL, after_s=0))

        sent, called = await desk.due()

        assert (sent.chat_id, sent.message, sent.call) == (chat, question(1), None)
        assert (called.key, called.message) == ("k1", None)
        assert called.call == OutgoingCall(key="k1", call=CANCEL)
        assert sent.key != called.key
        assert (sent.address.account, sent.address.phone) == (SALON, ANNA.value)
        assert (sent.created_at, sent.attempts, sent.doubts, sent.first_tried_at) == (desk.now, 0, 0, None)

    async def test_a_chats_messages_leave_one_after_the_other(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"), message("два"))
        first = await desk.start()
        assert await desk.due() == ()

        await desk.end(first, desk.later(30))
        assert await desk.due() == ()
        desk.pass_s(30)
        again = await desk.send()

        assert again.outbox_id == first.outbox_id
        assert (again.attempts, again.first_tried_at) == (1, desk.now - timedelta(seconds=30))
        second = await desk.next()
        assert second.message == message("два")

    async def test_what_has_not_begun_is_put_off_and_nothing_is_counted(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        for doubts in (0, 1):
            await desk.end(await desk.next(), desk.later(30))
            await desk.restart()
            await desk.store.recover(desk.now, grace_s=120, hold_s=30)
            assert await desk.due() == ()
            desk.pass_s(30)

            put_off = await desk.next()
            assert (put_off.attempts, put_off.doubts) == (doubts, doubts)
            await desk.end(await desk.start(), Ending("doubt", due=desk.now))

    async def test_calls_pass_messages_and_other_chats_pass_both(self, desk: Desk) -> None:
        anna, boris = await desk.hear("раз", ANNA), await desk.hear("раз", BORIS)
        await desk.take(
            anna, waiting("k1"), message("раз"), message("два"), OutgoingCall(key="k1", call=FIND)
        )
        await desk.take(boris, Session(), message("Борису"))

        keys = [
            each.key if each.call else each.message and each.message.bubble.text for each in await desk.due()
        ]

        assert keys == ["раз", "k1", "Борису"]

    async def test_what_is_busy_is_not_due_and_still_holds_its_successors(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"), message("два"))
        first = await desk.next()
        busy = frozenset({first.outbox_id})

        assert await desk.store.due(desk.now, busy=busy) == ()
        assert await desk.store.next_due(desk.now, busy=busy) is None
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) == desk.now

    async def test_a_later_call_is_due_at_its_time(self, desk: Desk) -> None:
        chat = await desk.hear()
        call = OutgoingCall(key="k1", call=FIND, awaited=False, after_s=120)
        await desk.take(chat, Session(), call)

        assert await desk.due() == ()
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) == desk.now + timedelta(seconds=120)
        desk.pass_s(120)
        assert (await desk.next()).call == call

    async def test_no_more_than_the_limit_and_the_oldest_first(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(
            chat, Session(), *(OutgoingCall(key=f"k{n}", call=FIND, awaited=False) for n in range(5))
        )

        assert [each.key for each in await desk.store.due(desk.now, busy=NOT_BUSY, limit=2)] == ["k0", "k1"]

    async def test_a_result_and_its_calls_end_are_one(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        call = await desk.start()
        fact = CancelSettled(record=RECORD, outcome="unknown")

        chats = await desk.end(call, Ending("result", result=CallFailed(reason="unknown"), facts=(fact,)))

        assert chats == (chat,)
        assert await desk.due() == ()
        assert (await desk.head(chat)).event == CallFailed(reason="unknown")
        assert await self.facts(desk) == [(chat, desk.now, fact)]

    async def test_a_second_result_of_one_call_is_an_error_and_leaves_nothing(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        call = await desk.next()
        await desk.answer(CallFailed(reason="refused"))

        with pytest.raises(AssertionError):
            await desk.end(call, Ending("result", result=CallFailed(reason="unknown")))

        assert await desk.heard_in(chat) == ["CallFailed"]

    async def test_a_call_remembers_its_attempts_and_whether_one_may_have_worked(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        started = desk.now
        await desk.end(await desk.start(), desk.later(1))
        desk.pass_s(1)
        assert not (await desk.next()).maybe_done
        await desk.end(await desk.start(), desk.later(1, definite=False))
        desk.pass_s(1)
        await desk.end(await desk.start(), desk.later(1))
        await desk.restart()
        desk.pass_s(1)

        call = await desk.next()

        assert (call.attempts, call.first_tried_at, call.maybe_done) == (3, started, True)

    async def test_a_call_under_way_is_due_again_after_a_restart(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        await desk.start()

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        call = await desk.next()
        # How far the last process came with it is not known.
        assert (call.attempts, call.maybe_done) == (1, True)

    async def test_a_call_that_was_never_tried_cannot_have_worked(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        assert not (await desk.next()).maybe_done

    async def test_after_stop_only_the_outcome_is_said(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(
            chat, Session(), message("Ещё жду…"), message("Отменили", outcome=True), message("Ещё?")
        )
        await desk.receive(desk.arrival("стоп", opt_out=True))

        assert not await desk.store.starting(await desk.next(), desk.now)
        assert (await desk.send()).message == message("Отменили", outcome=True)
        assert not await desk.store.starting(await desk.next(), desk.now)
        assert await desk.due() == ()

    async def test_a_message_that_is_too_old_is_not_sent(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз", good_for_s=60), message("два", good_for_s=120))
        desk.pass_s(61)

        assert not await desk.store.starting(await desk.next(), desk.now)
        assert (await desk.send()).message == message("два", good_for_s=120)

    async def test_a_question_drops_the_older_ones_that_did_not_leave(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), message("раз"), question(1))
        await desk.hear("два")
        await desk.take(chat, asking(2), message("два"), question(2))

        sent = [(await desk.send()).message for _ in range(3)]

        assert sent == [message("раз"), message("два"), question(2)]
        assert await desk.due() == ()

    async def test_a_question_that_is_over_is_not_sent(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        await desk.hear("ничего не надо")
        await desk.take(chat, asking(1).home())

        assert not await desk.store.starting(await desk.next(), desk.now)
        assert await desk.due() == ()

    async def test_an_outcome_is_said_even_if_a_newer_question_follows(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        outcome = OutgoingMessage(bubble=question(1).bubble, question=1, outcome=True)
        await desk.take(chat, asking(1), outcome)
        await desk.hear("два")
        await desk.take(chat, asking(2), question(2))

        assert [(await desk.send()).message for _ in range(2)] == [outcome, question(2)]

    async def test_a_failed_message_lets_the_next_one_go(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"), message("два"))

        assert await desk.end(await desk.start(), Ending("failed", why="131026")) == ()

        assert (await desk.send()).message == message("два")

    async def facts(self, desk: Desk) -> list[object]:
        """Return the ledger as (chat, moment, fact); every store reads its own."""
        raise NotImplementedError


class QuestionContract:
    async def asked(self, desk: Desk, chat: int) -> Asked | None:
        """Return when the pending question was asked, as the next words would see it."""
        if await desk.store.head(chat) is None:
            await desk.hear("слова")
        return (await desk.head(chat)).asked

    async def test_a_question_is_asked_when_its_first_send_starts(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        first = (await desk.head(chat)).arrival
        await desk.take(chat, asking(1), question(1))
        await desk.receive(desk.arrival("да"))
        early = await desk.head(chat)
        desk.pass_s(5)
        started = desk.now
        delivery = await desk.start()
        await desk.receive(desk.arrival("да!"))
        desk.pass_s(0.5)
        await desk.end(delivery, Ending("sent", provider_id="wamid.out"))

        assert early.asked is None
        assert early.question_unsent
        asked = await self.asked(desk, chat)
        assert asked == Asked(question=1, at=started, arrival=early.arrival)
        assert first < early.arrival

    async def test_its_patience_starts_when_the_send_was_accepted(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1, patience_s=900))
        assert await desk.store.next_timer() is None
        delivery = await desk.start()
        desk.pass_s(7)

        await desk.end(delivery, Ending("sent", provider_id="wamid.out"))

        assert await desk.store.next_timer() == desk.now + timedelta(seconds=900)

    async def test_words_wait_while_the_question_is_being_sent(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        delivery = await desk.start()
        await desk.hear("да")

        assert await desk.store.head(chat) is None
        assert await desk.end(delivery, Ending("sent", provider_id="wamid.out")) == (chat,)
        assert await desk.store.head(chat) is not None

    async def test_a_question_that_the_channel_sat_on_was_not_there_before(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        delivery = await desk.start()
        await desk.hear("да")
        desk.pass_s(4)

        await desk.end(delivery, Ending("sent", provider_id="wamid.out"))

        early = await desk.head(chat)
        assert early.asked is not None
        assert early.asked.at == desk.now
        assert early.arrival <= early.asked.arrival

    async def test_a_question_that_the_channel_sat_on_may_stand_above_the_words(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        await desk.hear("раньше")
        desk.pass_s(1)
        delivery = await desk.start()
        desk.pass_s(1)
        await desk.hear("да")
        desk.pass_s(4)
        await desk.end(delivery, Ending("sent", provider_id="wamid.out"))

        before = await desk.head(chat)
        await desk.take(chat, asking(1))
        after = await desk.head(chat)

        assert (before.may_have_read, after.may_have_read) == (False, True)

    @pytest.mark.parametrize("proven", [False, True])
    async def test_a_question_whose_send_was_cut_may_stand_above_the_words(
        self, desk: Desk, proven: bool
    ) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        delivery = await desk.start()
        desk.pass_s(1)
        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)
        await desk.hear("да")
        desk.pass_s(1)
        if proven:
            await desk.report("delivered", key=delivery.key)

        early = await desk.head(chat)

        assert early.may_have_read
        assert (early.asked is not None) == proven

    async def test_a_question_that_was_turned_away_stands_below_the_words(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        delivery = await desk.start()
        desk.pass_s(1)
        await desk.end(delivery, desk.later(30))
        await desk.hear("да")

        assert not (await desk.head(chat)).may_have_read

    async def test_a_question_sent_in_doubt_was_not_there_to_be_read(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, asking(1), question(1))
        await desk.end(await desk.start(), Ending("sent", why="in doubt"))
        await desk.hear("да")

        unproven = await desk.head(chat)
        assert unproven.asked is None
        assert not unproven.question_unsent

    async def test_no_patience_starts_for_a_question_that_is_over(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(
            chat, asking(1), question(1), patience=Patience(event=TimedOut(state="x", question=1), after_s=9)
        )
        delivery = await desk.start()
        desk.pass_s(10)
        await desk.store.fire_timers(desk.now)
        await desk.take(chat, asking(1).home())

        await desk.end(delivery, Ending("sent", provider_id="wamid.out"))

        assert await desk.store.next_timer() is None

    async def test_no_patience_starts_while_a_call_is_awaited(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        session = asking(1).model_copy(update={"awaiting": "k1"})
        await desk.take(chat, session, question(1), OutgoingCall(key="k1", call=FIND))
        sent, _ = await desk.due()
        await desk.store.starting(sent, desk.now)

        await desk.end(sent, Ending("sent", provider_id="wamid.out"))

        assert await desk.store.next_timer() is None

    async def test_a_send_that_surely_did_nothing_did_not_ask(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))

        await desk.end(await desk.start(), desk.later(30))

        assert await self.asked(desk, chat) is None

    async def test_a_send_in_doubt_asks_nothing_until_the_next_one_is_accepted(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.end(await desk.start(), desk.doubt(30))
        assert await self.asked(desk, chat) is None
        desk.pass_s(30)

        again = await desk.start()
        await desk.end(again, Ending("sent", provider_id="wamid.out"))

        assert again.doubts == 1
        asked = await self.asked(desk, chat)
        assert asked is not None
        assert asked.at == desk.now

    async def test_a_repeated_question_keeps_the_time_of_its_first_copy(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        first = desk.now
        await desk.send()
        desk.pass_s(60)
        await desk.hear("что?")
        await desk.take(chat, asking(1), question(1))

        await desk.end(await desk.start(), desk.later(30))

        asked = await self.asked(desk, chat)
        assert asked is not None
        assert asked.at == first

    async def test_a_new_question_was_not_asked_yet(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send()
        await desk.hear("другую")
        await desk.take(chat, asking(2), question(2))

        assert await self.asked(desk, chat) is None

    async def test_a_question_that_is_over_was_asked_of_nobody(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send()
        await desk.hear("нет")
        await desk.take(chat, asking(1).home())

        assert await self.asked(desk, chat) is None

    async def test_a_pending_question_that_failed_is_told_to_the_dialogue(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))

        assert await desk.end(await desk.start(), Ending("failed", why="131026")) == (chat,)

        head = await desk.head(chat)
        assert (head.event, head.asked) == (NotDelivered(question=1), None)

    async def test_an_older_question_that_failed_is_not(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(
            chat, asking(1), question(1), patience=Patience(event=TimedOut(state="x", question=1), after_s=9)
        )
        delivery = await desk.start()
        desk.pass_s(10)
        await desk.store.fire_timers(desk.now)
        await desk.take(chat, asking(2), question(2))

        await desk.end(delivery, Ending("failed", why="131026"))

        assert await desk.store.head(chat) is None

    async def test_a_pending_question_that_grew_too_old_is_told_to_the_dialogue(self, desk: Desk) -> None:
        """Otherwise the session would wait for an answer to it for ever: no patience was ever armed."""
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1, good_for_s=900))
        desk.pass_s(901)

        assert not await desk.store.starting(await desk.next(), desk.now)

        assert (await desk.head(chat)).event == NotDelivered(question=1, too_old=True)

    async def test_a_question_dropped_by_stop_is_not(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.receive(desk.arrival("стоп", opt_out=True))

        assert not await desk.store.starting(await desk.next(), desk.now)

        assert await desk.heard_in(chat) == ["стоп"]

    async def test_a_tap_proves_that_a_doubtful_question_arrived(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1, patience_s=900))
        await desk.end(await desk.start(), desk.doubt(30))
        desk.pass_s(5)

        received = await desk.receive(desk.arrival("Да", tapped=1))

        assert (received.chats, received.deliveries) == ((chat,), True)
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) is None
        assert await desk.store.next_timer() == desk.now + timedelta(seconds=900)

    async def test_a_tap_before_the_sends_answer_settles_it_too(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1), message("два"))
        delivery = await desk.start()
        await desk.receive(desk.arrival("Да", tapped=1))

        assert await desk.end(delivery, desk.doubt()) == ()

        assert (await desk.next()).message == message("два")

    @pytest.mark.parametrize("tapped", [0, 2, 10**30])
    async def test_a_tap_on_another_question_proves_nothing(self, desk: Desk, tapped: int) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.end(await desk.start(), desk.doubt(30))

        received = await desk.receive(desk.arrival("Да", tapped=tapped))

        assert (received.chats, received.deliveries) == ((chat,), False)
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) is not None


class StatusContract:
    @pytest.mark.parametrize("status", ["sent", "delivered", "read", "played"])
    async def test_a_status_that_names_our_key_ends_the_doubt(self, desk: Desk, status: str) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1, patience_s=900), message("два"))
        delivery = await desk.start()
        await desk.end(delivery, desk.doubt(30))

        received = await desk.report(status, key=delivery.key)

        assert received.deliveries
        assert (await desk.next()).message == message("два")
        assert await desk.store.next_timer() == desk.now + timedelta(seconds=900)

    async def test_in_doubt_it_is_sent_once_more_when_no_status_comes(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        await desk.end(await desk.start(), desk.doubt(30))
        assert await desk.due() == ()

        desk.pass_s(30)

        assert (await desk.next()).doubts == 1
        assert (await desk.send()).attempts == 1

    async def test_a_delivery_that_a_status_has_settled_does_not_start_again(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        await desk.end(await desk.start(), desk.doubt(30))
        desk.pass_s(30)
        stale = await desk.next()
        await desk.report("sent", key=stale.key)

        assert not await desk.store.starting(stale, desk.now)

    async def test_a_status_during_the_send_is_not_undone_by_its_answer(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"))
        delivery = await desk.start()
        await desk.report("delivered", key=delivery.key)

        await desk.end(delivery, desk.doubt(30))

        desk.pass_s(60)
        assert await desk.due() == ()

    async def test_a_failed_status_of_the_pending_question_is_told(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send("wamid.out")

        received = await desk.report("failed", message_id="wamid.out", code=131026)
        again = await desk.report("failed", message_id="wamid.out", code=131026)

        assert (received.chats, again.chats) == ((chat,), ())
        assert await desk.heard_in(chat) == ["NotDelivered"]

    async def test_a_failed_status_ends_a_doubtful_send(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message("раз"), message("два"))
        delivery = await desk.start()
        await desk.end(delivery, desk.doubt(30))

        assert (await desk.report("failed", message_id="wamid.x", key=delivery.key, code=131026)).deliveries

        assert (await desk.next()).message == message("два")

    async def test_a_failed_status_after_delivered_is_late_news(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send("wamid.out")
        await desk.report("read", message_id="wamid.out")

        assert (await desk.report("failed", message_id="wamid.out")).chats == ()

    async def test_a_status_of_no_message_of_ours_changes_nothing(self, desk: Desk) -> None:
        received = await desk.report("delivered", message_id="wamid.foreign", key="foreign")

        assert (received.chats, received.new, received.deliveries) == ((), 0, False)

    async def test_the_store_knows_when_a_number_last_showed_a_status(self, desk: Desk) -> None:
        yesterday = desk.now - timedelta(hours=24)
        assert not await desk.store.status_seen_since(SALON, yesterday)

        await desk.report("delivered", message_id="wamid.foreign")

        assert await desk.store.status_seen_since(SALON, desk.now)
        assert not await desk.store.status_seen_since("1002", yesterday)
        assert not await desk.store.status_seen_since(SALON, desk.now + timedelta(seconds=1))


class RestartContract:
    async def test_no_time_out_fires_in_the_grace_after_a_start(self, desk: Desk) -> None:
        anna, boris = await desk.hear("раз", ANNA), await desk.hear("раз", BORIS)
        await desk.take(anna, asking(1), question(1, patience_s=60))
        await desk.send()
        await desk.take(boris, asking(1), question(1, patience_s=900))
        await desk.send()
        boris_due = desk.now + timedelta(seconds=900)
        desk.pass_s(600)

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        assert await desk.store.fire_timers(desk.now) == ()
        assert await desk.store.next_timer() == desk.now + timedelta(seconds=120)
        desk.pass_s(120)
        assert await desk.store.fire_timers(desk.now) == (anna,)
        assert await desk.store.next_timer() == boris_due

    async def test_a_send_under_way_is_held_for_a_status_where_statuses_come(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.report("delivered", message_id="wamid.other")
        await desk.take(chat, asking(1), question(1))
        started = await desk.start()
        desk.pass_s(10)

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        assert await desk.due() == ()
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) == desk.now + timedelta(seconds=30)
        assert (await desk.report("sent", key=started.key)).deliveries
        assert await desk.store.next_due(desk.now, busy=NOT_BUSY) is None

    async def test_without_statuses_it_is_sent_again_at_once(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.report("delivered", message_id="wamid.other", account="1002")
        await desk.take(chat, Session(), message("раз"))
        await desk.start()

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        again = await desk.next()
        assert (again.attempts, again.doubts) == (1, 1)

    async def test_a_status_of_yesterday_promises_none_for_today(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.report("delivered", message_id="wamid.other")
        desk.pass_s(24 * 3600 + 1)
        await desk.take(chat, Session(), message("раз"))
        await desk.start()

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        assert (await desk.next()).doubts == 1

    async def test_everything_is_there_after_a_restart(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.take(chat, waiting("k1"), message("Ищу"), OutgoingCall(key="k1", call=FIND))
        await desk.hear("два")

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=120, hold_s=30)

        sent, called = await desk.due()
        assert (sent.message, called.key) == (message("Ищу"), "k1")
        assert await desk.store.starting(called, desk.now)
        await desk.end(called, Ending("result", result=RecordsFound(records=())))
        assert await desk.heard_in(chat) == ["RecordsFound", "два"]

    async def test_ids_are_not_reused(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        before = (await desk.head(chat)).arrival
        await desk.take(chat, Session(), message())
        delivery = await desk.send()
        await desk.restart()
        await desk.hear("два")

        assert (await desk.head(chat)).arrival > before
        await desk.take(chat, Session(), message())
        assert (await desk.next()).outbox_id > delivery.outbox_id
        assert (await desk.next()).key != delivery.key

    async def test_a_stored_question_can_be_repeated(self, desk: Desk) -> None:
        chat = await desk.hear()
        pending = Say(text="cancel.confirm", args={"record": RECORD}, question=True, proposes=(RECORD,))
        session = Session(state="cancel.confirming", questions=4, pending=pending)
        await desk.take(chat, session)
        await desk.restart()
        await desk.hear("что?")

        assert (await desk.head(chat)).session == session

    async def test_a_ping_is_a_commit(self, desk: Desk) -> None:
        await desk.store.ping(desk.now)
        await desk.store.ping(desk.now)

    async def test_a_turn_refused_leaves_no_trace(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        await desk.take(chat, Session(), message())
        stale = TurnTaken(head=head, session=asking(9), chat=head.chat, outgoing=(question(9),))

        assert not await desk.store.take(stale, desk.now)
        await desk.restart()

        assert (await desk.next()).message == message()
