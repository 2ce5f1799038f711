"""What every store promises of arrivals, people and turns."""

import asyncio
from datetime import timedelta

from engine.booking import CallFailed, CancelSettled, RecordsFound
from engine.events import StillWaiting
from engine.ports import Arrival, Ending, OutgoingCall, Patience, Relinked, TurnTaken
from engine.session import Chat, Session
from tests.contracts.store_kit import (
    ANNA,
    ANNA_PARENT,
    ANNA_USER,
    BORIS,
    BORIS_USER,
    CANCEL,
    CHANNEL,
    FIND,
    RECORD,
    SALON,
    TIMED_OUT,
    Desk,
    message,
    waiting,
)


class InboxContract:
    async def test_a_message_delivered_twice_is_stored_once(self, desk: Desk) -> None:
        words = desk.arrival("отмените")

        first = await desk.receive(words)
        again = await desk.receive(words)

        assert (first.new, again.new, again.chats) == (1, 0, ())
        assert await desk.heard_in(first.chats[0]) == ["отмените"]

    async def test_a_repeated_stop_after_start_changes_nothing(self, desk: Desk) -> None:
        stop = desk.arrival("стоп", opt_out=True)
        await desk.receive(stop)
        received = await desk.receive(desk.arrival("старт", opt_out=False))

        await desk.receive(stop)

        assert not (await desk.head(received.chats[0])).chat.opted_out

    async def test_a_stop_that_was_said_before_a_start_and_comes_after_it_changes_nothing(
        self, desk: Desk
    ) -> None:
        said_first = desk.arrival("стоп", opt_out=True)
        desk.now += timedelta(seconds=2)
        chat_id = (await desk.receive(desk.arrival("старт", opt_out=False))).chats[0]

        await desk.receive(said_first)
        assert not (await desk.head(chat_id)).chat.opted_out

        desk.now += timedelta(seconds=2)
        await desk.receive(desk.arrival("стоп", opt_out=True))
        assert (await desk.head(chat_id)).chat.opted_out

    async def test_a_repeated_message_relinks_nobody(self, desk: Desk) -> None:
        old_words = desk.arrival("я тут", ANNA_USER, ANNA)
        await desk.receive(old_words)
        await desk.receive(desk.arrival("а теперь я", BORIS_USER, ANNA))

        await desk.receive(old_words)

        (boris,) = (await desk.receive(desk.arrival("это мой номер", ANNA))).chats
        assert (await desk.head(boris)).address.user == BORIS_USER.value

    async def test_two_salon_numbers_do_not_share_ids_or_people(self, desk: Desk) -> None:
        here = await desk.receive(desk.arrival("раз", message_id="same"))
        there = await desk.receive(desk.arrival("два", message_id="same", account="1002"))

        assert there.new == 1
        assert here.chats != there.chats

    async def test_own_messages_are_taken_in_the_order_of_their_arrival(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.receive(desk.arrival("два"), desk.arrival("три"))

        assert await desk.heard_in(chat) == ["раз", "два", "три"]

    async def test_a_head_tells_everything_that_a_turn_reads(self, desk: Desk) -> None:
        arrival = desk.arrival("отмените", ANNA_USER, ANNA, message_id="wamid.A")
        said_at = desk.now
        desk.pass_s(3)
        (chat,) = (await desk.receive(arrival)).chats

        head = await desk.head(chat)

        assert (head.chat_id, head.version, head.session) == (chat, 0, Session())
        assert head.chat == Chat(phone=ANNA.value)
        assert (head.address.channel, head.address.account) == (CHANNEL, SALON)
        assert (head.address.phone, head.address.user) == (ANNA.value, ANNA_USER.value)
        assert (head.channel_message_id, head.heard, head.event) == ("wamid.A", arrival.heard, None)
        assert (head.said_at, head.received_at) == (said_at, said_at + timedelta(seconds=3))
        assert head.said_at.tzinfo is not None
        assert (head.call, head.attempts, head.asked) == (None, 0, None)

    async def test_arrival_numbers_grow_over_all_chats(self, desk: Desk) -> None:
        received = await desk.receive(desk.arrival("раз", ANNA), desk.arrival("два", BORIS))
        anna, boris = [await desk.head(chat) for chat in received.chats]

        assert anna.arrival < boris.arrival

    async def test_an_item_kept_raw_is_never_a_turn(self, desk: Desk) -> None:
        kept = Arrival(channel=CHANNEL, account=SALON, message_id="edit", identities=(ANNA,), raw="{}")
        unknown = Arrival(channel=CHANNEL, account=SALON, message_id="nobody", raw="{}")

        received = await desk.receive(kept, unknown)

        assert (received.chats, received.new) == ((), 2)
        assert await desk.store.chats_with_work() == ()

    async def test_one_bad_item_does_not_hurt_its_neighbours(self, desk: Desk) -> None:
        bad = desk.arrival("половина пары \ud83d", message_id="bad\ud83d")

        received = await desk.receive(desk.arrival("раз"), bad, desk.arrival("два"))
        again = await desk.receive(bad)

        assert (received.new, again.new) == (3, 0)
        assert await desk.heard_in(received.chats[0]) == ["раз", "два"]

    async def test_a_bad_item_of_somebody_known_is_kept_and_hurts_none(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        half = desk.arrival("половина пары", message_id="bad\ud83d")

        received = await desk.receive(half, desk.arrival("два"))
        again = await desk.receive(half)

        assert (received.new, again.new) == (2, 0)
        assert await desk.heard_in(chat) == ["раз", "два"]

    async def test_a_bad_item_is_undone_as_a_whole(self, desk: Desk) -> None:
        chat = await desk.hear("раз", ANNA_USER, ANNA)

        await desk.receive(desk.arrival("половина пары \ud83d", BORIS_USER, ANNA, opt_out=True))

        head = await desk.head(chat)
        assert (head.address.phone, head.chat.opted_out) == (ANNA.value, False)

    async def test_webhooks_at_once_are_stored_as_one_after_the_other(self, desk: Desk) -> None:
        anna, boris = await desk.hear("раз"), await desk.hear("один", BORIS)
        twice = desk.arrival("два")

        received = await desk.receive_at_once(
            (twice,),
            (desk.arrival("стоп", opt_out=True),),
            (desk.arrival("три"), desk.arrival("два", BORIS)),
            (twice,),
            (desk.arrival("четыре"), twice),
        )

        assert [each.new for each in received] == [1, 1, 2, 0, 1]
        assert [each.chats for each in received] == [(anna,), (anna,), (anna, boris), (), (anna,)]
        assert await desk.heard_in(anna) == ["раз", "два", "стоп", "три", "четыре"]
        assert await desk.heard_in(boris) == ["один", "два"]

    async def test_a_message_that_comes_twice_at_once_is_new_once(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        twice, known = desk.arrival("два"), desk.arrival("три")
        await desk.receive(known)

        received = await desk.receive_at_once((known,), (twice, twice), (twice,), (desk.arrival("четыре"),))

        assert [(each.new, each.chats) for each in received] == [(0, ()), (1, (chat,)), (0, ()), (1, (chat,))]
        assert await desk.heard_in(chat) == ["раз", "три", "два", "четыре"]

    async def test_who_is_new_among_webhooks_at_once_holds_their_place(self, desk: Desk) -> None:
        anna = await desk.hear("раз", ANNA)

        first, newcomer, again, by_phone = await desk.receive_at_once(
            (desk.arrival("два", ANNA),),
            (desk.arrival("я с именем", ANNA_USER, ANNA),),
            (desk.arrival("три", ANNA_USER, ANNA),),
            (desk.arrival("четыре", ANNA),),
        )

        assert {*first.chats, *newcomer.chats, *again.chats, *by_phone.chats} == {anna}
        assert await desk.heard_in(anna) == ["раз", "два", "я с именем", "три", "четыре"]

    async def test_a_name_that_moves_among_webhooks_at_once_leads_those_behind_it(self, desk: Desk) -> None:
        anna = await desk.hear("раз", ANNA_USER, ANNA)

        boris, by_phone = await desk.receive_at_once(
            (desk.arrival("номер теперь мой", BORIS_USER, ANNA),), (desk.arrival("это снова я", ANNA),)
        )

        assert boris.chats == by_phone.chats != (anna,)
        assert await desk.heard_in(anna) == ["раз"]

    async def test_a_bad_webhook_hurts_none_that_came_at_once(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        bad = desk.arrival("половина пары \ud83d")

        received = await desk.receive_at_once((desk.arrival("два"),), (bad,), (desk.arrival("три"),))

        assert [each.new for each in received] == [1, 1, 1]
        assert [each.chats for each in received] == [(chat,), (), (chat,)]
        assert await desk.heard_in(chat) == ["раз", "два", "три"]

    async def test_a_result_overtakes_words_and_words_wait_for_it(self, desk: Desk) -> None:
        chat = await desk.hear("отмените")
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=FIND))
        await desk.receive(desk.arrival("да, жду"))
        assert await desk.store.head(chat) is None
        assert await desk.store.chats_with_work() == ()

        assert await desk.answer(RecordsFound(records=(RECORD,))) == (chat,)

        head = await desk.head(chat)
        assert (head.event, head.call) == (RecordsFound(records=(RECORD,)), "k1")
        assert await desk.store.chats_with_work() == (chat,)
        assert await desk.heard_in(chat) == ["RecordsFound", "да, жду"]

    async def test_a_result_that_no_state_waits_for_is_taken_in_turn(self, desk: Desk) -> None:
        chat = await desk.hear("отмените")
        await desk.take(chat, Session(), OutgoingCall(key="k1", call=FIND, awaited=False))
        await desk.receive(desk.arrival("а ещё"))

        await desk.answer(RecordsFound(records=()))

        assert await desk.heard_in(chat) == ["а ещё", "RecordsFound"]

    async def test_another_calls_result_waits_while_one_is_awaited(self, desk: Desk) -> None:
        chat = await desk.hear()
        read_again = OutgoingCall(key="k1", call=FIND, awaited=False)
        await desk.take(chat, waiting("k2"), read_again, OutgoingCall(key="k2", call=CANCEL))
        first, second = await desk.due()
        await desk.store.starting(first, desk.now)
        await desk.store.starting(second, desk.now)
        await desk.end(first, Ending("result", result=RecordsFound(records=())))
        assert await desk.store.head(chat) is None
        await desk.end(second, Ending("result", result=CallFailed(reason="unknown")))

        assert await desk.heard_in(chat) == ["CallFailed", "RecordsFound"]

    async def test_a_sign_of_waiting_is_given_once_a_call_and_before_its_result(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        call = await desk.start()

        assert await desk.store.sign_of_waiting(call, StillWaiting(), desk.now) == (chat,)
        assert await desk.store.sign_of_waiting(call, StillWaiting(), desk.now) == ()

        head = await desk.head(chat)
        assert (head.event, head.call) == (StillWaiting(), "k1")
        assert head.session is not None
        await desk.take(chat, head.session)
        assert await desk.store.head(chat) is None

    async def test_no_sign_of_waiting_after_the_result(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        call = await desk.next()
        await desk.answer(CallFailed(reason="refused"))

        assert await desk.store.sign_of_waiting(call, StillWaiting(), desk.now) == ()
        assert await desk.heard_in(chat) == ["CallFailed"]

    async def test_no_sign_of_waiting_where_nobody_waits_any_more(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
        call = await desk.start()
        await desk.store.sign_of_waiting(call, StillWaiting(), desk.now)
        await desk.take(chat, Session(), OutgoingCall(key="k2", call=FIND, awaited=False))
        unawaited = await desk.next_call("k2")

        assert await desk.store.sign_of_waiting(unawaited, StillWaiting(), desk.now) == ()

    async def test_a_turn_is_committed_once(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        turn = TurnTaken(head=head, session=Session(), chat=head.chat, outgoing=(message(),))

        assert await desk.store.take(turn, desk.now)
        assert not await desk.store.take(turn, desk.now)

        assert len(await desk.due()) == 1

    async def test_a_turn_on_a_session_that_has_moved_writes_nothing(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        stale = await desk.head(chat)
        await desk.take(chat, Session())
        await desk.hear("два")
        second = await desk.head(chat)
        forged = second.model_copy(update={"version": stale.version})

        assert not await desk.store.take(
            TurnTaken(head=forged, session=waiting("k1"), chat=Chat(), outgoing=(message(),)), desk.now
        )

        assert (await desk.head(chat)).session == Session()
        assert await desk.due() == ()

    async def test_two_turns_at_once_commit_one(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        turn = TurnTaken(head=head, session=Session(), chat=head.chat, outgoing=(message(),))

        taken = await asyncio.gather(*(desk.store.take(turn, desk.now) for _ in range(5)))

        assert sorted(taken) == [False, False, False, False, True]

    async def test_the_session_comes_back_as_it_was_stored(self, desk: Desk) -> None:
        chat = await desk.hear()
        session = Session(state="cancel.choosing", memory={"records": [1, 2]}, questions=3, consented=(7,))
        await desk.take(chat, session)
        await desk.restart()
        await desk.hear("вторую")

        head = await desk.head(chat)

        assert (head.session, head.version) == (session, 1)

    async def test_a_stop_stored_after_the_head_was_read_wins_over_the_turn(self, desk: Desk) -> None:
        chat = await desk.hear("отмените")
        head = await desk.head(chat)
        await desk.receive(desk.arrival("стоп", opt_out=True))

        assert await desk.store.take(TurnTaken(head=head, session=Session(), chat=head.chat), desk.now)

        assert (await desk.head(chat)).chat.opted_out

    async def test_turns_that_raise_are_counted_over_restarts(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)

        assert await desk.store.turn_failed(head.arrival) == 1
        await desk.restart()
        assert await desk.store.turn_failed(head.arrival) == 2

        assert (await desk.head(chat)).attempts == 2

    async def test_chats_stand_side_by_side(self, desk: Desk) -> None:
        anna = await desk.hear("раз", ANNA)
        boris = await desk.hear("раз", BORIS)
        await desk.take(anna, waiting("k1"), OutgoingCall(key="k1", call=FIND))

        assert anna != boris
        assert await desk.store.chats_with_work() == (boris,)
        assert await desk.heard_in(boris) == ["раз"]
        assert [call.chat_id for call in await desk.due()] == [anna]

    async def test_a_session_that_waits_for_nothing_hears_so(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("lost"))
        boris = await desk.hear("раз", BORIS)
        await desk.take(boris, waiting("k1"), OutgoingCall(key="k1", call=FIND))

        assert await desk.store.orphans(CallFailed(reason="unknown"), desk.now) == (chat,)
        assert await desk.store.orphans(CallFailed(reason="unknown"), desk.now) == ()

        assert (await desk.head(chat)).call == "lost"
        assert await desk.heard_in(chat) == ["CallFailed"]

    async def test_a_session_that_goes_on_waiting_for_nothing_hears_so_again(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("lost"))
        await desk.store.orphans(CallFailed(reason="unknown"), desk.now)
        await desk.take(chat, waiting("lost"))

        assert await desk.store.orphans(CallFailed(reason="unknown"), desk.now) == (chat,)

    async def test_a_turns_patience_becomes_an_inbox_row_once(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), patience=Patience(event=TIMED_OUT, after_s=60))
        assert await desk.store.next_timer() == desk.now + timedelta(seconds=60)

        desk.pass_s(59)
        assert await desk.store.fire_timers(desk.now) == ()
        desk.pass_s(1)
        assert await desk.store.fire_timers(desk.now) == (chat,)
        assert await desk.store.fire_timers(desk.now) == ()

        assert (await desk.head(chat)).event == TIMED_OUT
        assert await desk.store.next_timer() is None

    async def test_the_next_turn_replaces_keeps_or_disarms_the_patience(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), patience=Patience(event=TIMED_OUT, after_s=60))
        await desk.hear()
        await desk.take(chat, Session(), keep_patience=True)
        kept = await desk.store.next_timer()
        await desk.hear()
        await desk.take(chat, Session(), patience=Patience(event=TIMED_OUT, after_s=90))
        replaced = await desk.store.next_timer()
        await desk.hear()
        await desk.take(chat, Session())

        assert (kept, replaced) == (desk.now + timedelta(seconds=60), desk.now + timedelta(seconds=90))
        assert await desk.store.next_timer() is None

    async def test_a_pending_time_out_fires_again_and_again_for_later_turns(self, desk: Desk) -> None:
        chat = await desk.hear()
        for _ in range(3):
            await desk.take(chat, Session(), patience=Patience(event=TIMED_OUT, after_s=60))
            desk.pass_s(60)
            assert await desk.store.fire_timers(desk.now) == (chat,)

        assert await desk.heard_in(chat) == ["TimedOut"]

    async def test_facts_are_in_the_turns_commit(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        fact = CancelSettled(record=RECORD, outcome="kept")
        turn = TurnTaken(head=head, session=Session(), chat=head.chat, facts=(fact,))

        await desk.store.take(turn, desk.now)
        await desk.store.take(turn, desk.now)

        assert await self.facts(desk) == [(chat, desk.now, fact)]

    async def facts(self, desk: Desk) -> list[object]:
        """Return the ledger as (chat, moment, fact); every store reads its own."""
        raise NotImplementedError


class PeopleContract:
    async def test_a_person_is_known_by_any_of_their_names(self, desk: Desk) -> None:
        by_phone = await desk.hear("раз", ANNA)
        with_user = await desk.hear("два", ANNA_PARENT, ANNA_USER, ANNA)

        assert by_phone == with_user
        assert await desk.hear("три", ANNA_USER) == by_phone
        assert await desk.hear("четыре", ANNA_PARENT) == by_phone
        assert (await desk.head(by_phone)).address.user == ANNA_USER.value

    async def test_a_number_that_another_person_holds_now_leads_to_a_new_chat(self, desk: Desk) -> None:
        anna = await desk.hear("раз", ANNA_USER, ANNA)
        other = await desk.hear("это мой номер", BORIS_USER, ANNA)

        assert other != anna
        assert await desk.hear("снова я", ANNA) == other
        assert (await desk.head(anna)).address.phone is None
        assert (await desk.head(anna)).chat.phone is None
        assert (await desk.head(other)).chat.phone == ANNA.value

    async def test_a_known_user_with_another_phone_keeps_the_chat(self, desk: Desk) -> None:
        chat = await desk.hear("раз", ANNA_USER, ANNA)

        assert await desk.hear("сменила номер", ANNA_USER, BORIS) == chat

        assert (await desk.head(chat)).address.phone == BORIS.value
        assert await desk.hear("а я новый хозяин старого", ANNA) != chat

    async def test_names_that_lead_to_two_chats_lead_to_the_users(self, desk: Desk) -> None:
        anna = await desk.hear("раз", ANNA_USER, ANNA)
        boris = await desk.hear("два", BORIS_USER, BORIS)

        assert await desk.hear("пишу с его номера", ANNA_USER, BORIS) == anna
        assert await desk.hear("а это я", BORIS_USER) == boris

        assert (await desk.head(anna)).address.phone == BORIS.value

    async def test_a_changed_identity_keeps_the_chat(self, desk: Desk) -> None:
        chat = await desk.hear("раз", ANNA_USER, ANNA)
        new_user = ANNA_USER._replace(value="RU.9")
        change = Relinked(
            channel=CHANNEL, account=SALON, message_id="sys.1", old=ANNA_USER, new=(new_user, BORIS)
        )

        first = await desk.store.receive((), (), (change,), desk.now)
        again = await desk.store.receive((), (), (change,), desk.now)

        assert (first.new, again.new) == (1, 0)
        assert await desk.hear("это снова я", new_user) == chat
        head = await desk.head(chat)
        assert (head.address.user, head.address.phone) == ("RU.9", BORIS.value)
        assert await desk.hear("кто-то другой", ANNA_USER) != chat

    async def test_an_identity_given_up_leads_to_the_chat_no_more(self, desk: Desk) -> None:
        chat = await desk.hear("раз", ANNA)
        change = Relinked(channel=CHANNEL, account=SALON, message_id="sys.1", old=ANNA, new=(ANNA_USER,))

        await desk.store.receive((), (), (change,), desk.now)

        assert await desk.hear("это снова я", ANNA_USER) == chat
        assert await desk.hear("кто-то другой", ANNA) != chat

    async def test_a_changed_identity_of_a_stranger_is_only_kept(self, desk: Desk) -> None:
        change = Relinked(channel=CHANNEL, account=SALON, message_id="sys.1", old=ANNA_USER, new=(BORIS,))

        received = await desk.store.receive((), (), (change,), desk.now)

        assert (received.chats, received.new) == ((), 1)
