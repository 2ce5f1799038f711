"""What every store promises of notices, and of what happens to a chat outside of it."""

from datetime import timedelta

from engine.events import LateDecided, StartedOver
from engine.notices import Notice, Told
from engine.ports import Identity, NoticeDue, NoticeEnding, TurnTaken
from engine.session import Session
from tests.contracts.store_kit import ANNA, BORIS, CHANNEL, RECORD, SALON, Desk

NOBODY: frozenset[str] = frozenset()
CANCELLED = Notice(to="admin", event="cancelled", record=RECORD)


def told(number: int = 1, recipient: str = "admin:1") -> Told:
    return Told(key=f"n{number}", recipient=recipient, notice=CANCELLED, text=f"Отмена {number}")


class NoticeContract:
    async def test_a_notice_is_committed_with_its_turn(self, desk: Desk) -> None:
        chat = await noticing(desk, told())

        (due,) = await desk.store.notices_due(desk.now, busy=NOBODY)

        assert (due.chat_id, due.told, due.created_at) == (chat, told(), desk.now)
        assert (due.attempts, due.doubts) == (0, 0)

    async def test_a_turn_that_is_refused_tells_nobody(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        turn = TurnTaken(head=head, session=Session(), chat=head.chat, notices=(told(),))
        assert await desk.store.take(turn, desk.now)

        assert not await desk.store.take(turn, desk.now)

        assert len(await desk.store.notices_due(desk.now, busy=NOBODY)) == 1

    async def test_each_recipient_gets_one_at_a_time_in_order(self, desk: Desk) -> None:
        await noticing(desk, told(1), told(2), told(3, "master:7:1"))

        first = await desk.store.notices_due(desk.now, busy=NOBODY)
        meanwhile = await desk.store.notices_due(desk.now, busy=frozenset({"admin:1"}))

        assert [due.told.key for due in first] == ["n1", "n3"]
        assert [due.told.key for due in meanwhile] == ["n3"]
        assert await desk.store.next_notice(busy=frozenset({"admin:1", "master:7:1"})) is None

    async def test_a_later_notice_waits_for_an_earlier_one_that_is_tried_again(self, desk: Desk) -> None:
        await noticing(desk, told(1), told(2))
        first = await started(desk)
        at = desk.now + timedelta(minutes=5)

        await desk.store.notice_ended(first, NoticeEnding("later", due=at, why="away"), desk.now)
        await desk.restart()

        assert await desk.store.notices_due(desk.now, busy=NOBODY) == ()
        assert await desk.store.next_notice(busy=NOBODY) == at
        desk.pass_s(300)
        again = await started(desk)
        assert again.told.key == "n1"
        await desk.store.notice_ended(again, NoticeEnding("sent"), desk.now)
        assert (await started(desk)).told.key == "n2"

    async def test_a_notice_in_doubt_holds_those_behind_it_after_a_crash(self, desk: Desk) -> None:
        await noticing(desk, told(1), told(2))
        await started(desk)
        assert await desk.store.notices_due(desk.now, busy=NOBODY) == ()

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=0, hold_s=0)

        (due,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert (due.told.key, due.doubts) == ("n1", 1)

    async def test_what_is_given_up_lets_the_next_one_through(self, desk: Desk) -> None:
        await noticing(desk, told(1), told(2))
        first = await started(desk)

        await desk.store.notice_ended(first, NoticeEnding("dead", why="gone"), desk.now)

        (due,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert due.told.key == "n2"

    async def test_what_waits_holds_up_no_other_chat_and_no_other_recipient(self, desk: Desk) -> None:
        await noticing(desk, told(1), told(2), told(3, "admin:2"))
        first, others = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert (first.told.key, others.told.key) == ("n1", "n3")
        assert await desk.store.notice_starting(first)
        at = desk.now + timedelta(minutes=5)
        await desk.store.notice_ended(first, NoticeEnding("later", due=at, why="away"), desk.now)

        await noticing(desk, told(4), name=BORIS)

        due = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert [one.told.key for one in due] == ["n3", "n4"]
        assert await desk.store.next_notice(busy=NOBODY) == desk.now
        assert await desk.store.next_notice(busy=frozenset({"admin:1", "admin:2"})) is None

    async def test_what_comes_back_after_it_was_accepted_knows_that_others_were_told(
        self, desk: Desk
    ) -> None:
        await noticing(desk, told(1), told(2))
        for _ in range(2):
            await desk.store.notice_ended(await started(desk), NoticeEnding("sent"), desk.now)

        await desk.report("failed", message_id="wamid.notice", key="n2", code=131047)
        (latest,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        await desk.report("failed", message_id="wamid.notice2", key="n1", code=131047)
        (earlier,) = await desk.store.notices_due(desk.now, busy=NOBODY)

        assert (latest.told.key, latest.overtaken) == ("n2", False)
        # The later one has come back as well, and waits for this one.
        assert (earlier.told.key, earlier.overtaken) == ("n1", False)
        await desk.store.notice_ended(latest, NoticeEnding("sent"), desk.now)
        (earlier,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert (earlier.told.key, earlier.overtaken) == ("n1", True)

    async def test_what_was_told_is_not_told_again(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)

        await desk.store.notice_ended(due, NoticeEnding("sent"), desk.now)

        assert await desk.store.notices_due(desk.now, busy=NOBODY) == ()
        assert not await desk.store.notice_starting(due)

    async def test_later_means_later_also_after_a_restart(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)
        at = desk.now + timedelta(minutes=5)

        await desk.store.notice_ended(due, NoticeEnding("later", due=at, why="away"), desk.now)
        await desk.restart()

        assert await desk.store.notices_due(desk.now, busy=NOBODY) == ()
        assert await desk.store.next_notice(busy=NOBODY) == at
        desk.pass_s(300)
        (again,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert (again.attempts, again.doubts) == (1, 0)

    async def test_what_was_being_sent_at_a_crash_is_in_doubt(self, desk: Desk) -> None:
        await noticing(desk, told())
        await started(desk)
        assert await desk.store.notices_due(desk.now, busy=NOBODY) == ()

        await desk.restart()
        await desk.store.recover(desk.now, grace_s=0, hold_s=0)

        (again,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert (again.attempts, again.doubts) == (1, 1)

    async def test_what_is_given_up_is_reported_in_the_same_commit(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)
        report = told(2, "admin:2")

        await desk.store.notice_ended(due, NoticeEnding("dead", why="gone", reports=(report,)), desk.now)

        (following,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert following.told == report

    async def test_a_status_that_it_did_not_arrive_brings_it_back(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)
        await desk.store.notice_ended(due, NoticeEnding("sent"), desk.now)

        received = await desk.report("failed", message_id="wamid.notice", key="n1", code=131047)

        assert received.deliveries
        (again,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert again.told.refused == (131047,)

    async def test_a_status_may_come_before_the_answer_to_the_send(self, desk: Desk) -> None:
        await noticing(desk, told())
        due = await started(desk)

        await desk.report("failed", message_id="wamid.notice", key="n1", code=131026)
        await desk.store.notice_ended(due, NoticeEnding("sent"), desk.now)

        (again,) = await desk.store.notices_due(desk.now, busy=NOBODY)
        assert again.told.refused == (131026,)

    async def test_what_was_decided_outside_reaches_its_chat_once(self, desk: Desk) -> None:
        chat = await desk.hear()
        assert await desk.heard_in(chat) == ["отмените запись"]

        granted = LateDecided(request="c1.5", granted=True)
        assert await desk.store.happened(chat, "late:c1.5", granted, desk.now)
        denied = LateDecided(request="c1.5", granted=False)
        assert not await desk.store.happened(chat, "late:c1.5", denied, desk.now)

        assert await desk.store.what_happened("late:c1.5") == granted
        assert await desk.heard_in(chat) == ["LateDecided"]
        assert not await desk.store.happened(chat, "late:c1.5", StartedOver(), desk.now)
        assert await desk.store.what_happened("late:c1.6") is None

    async def test_a_chat_is_shown_as_it_stands(self, desk: Desk) -> None:
        chat = await desk.hear("привет", ANNA)

        kept = await desk.store.chat(chat)

        assert kept is not None
        assert kept.phone == ANNA.value
        assert await desk.store.chat(chat + 1) is None

    async def test_who_has_written_lately_is_known_by_their_number(self, desk: Desk) -> None:
        await desk.hear("привет", ANNA)
        since = desk.now - timedelta(hours=24)

        assert await desk.store.heard_since(CHANNEL, SALON, ANNA.value, since)
        assert not await desk.store.heard_since(CHANNEL, SALON, BORIS.value, since)
        assert not await desk.store.heard_since(CHANNEL, "another", ANNA.value, since)
        assert not await desk.store.heard_since(CHANNEL, SALON, ANNA.value, desk.now)
        assert not await desk.store.heard_since("another", SALON, ANNA.value, since)

    async def test_the_last_message_of_a_client_is_known(self, desk: Desk) -> None:
        chat = await desk.hear("раз")
        await desk.hear("два", BORIS)
        first = await desk.store.last_heard(chat)
        desk.pass_s(1)
        await desk.hear("три")

        assert first is not None
        assert await desk.store.last_heard(chat) not in (None, first)
        assert await desk.store.last_heard(chat + 99) is None

    async def test_it_is_known_whose_read_marks_are_taken(self, desk: Desk) -> None:
        for _ in range(2):
            await desk.store.note_marks(CHANNEL, SALON)

        assert await desk.store.takes_marks(CHANNEL, SALON)
        assert not await desk.store.takes_marks(CHANNEL, "another")
        assert not await desk.store.takes_marks("another", SALON)


async def noticing(desk: Desk, *notices: Told, name: Identity = ANNA) -> int:
    chat = await desk.hear("отмените запись", name)
    head = await desk.head(chat)
    turn = TurnTaken(head=head, session=Session(), chat=head.chat, notices=notices)
    assert await desk.store.take(turn, desk.now)
    return chat


async def started(desk: Desk) -> NoticeDue:
    (due,) = await desk.store.notices_due(desk.now, busy=NOBODY)
    assert await desk.store.notice_starting(due)
    return due
