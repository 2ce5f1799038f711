"""What every store promises of the past: what has ended is forgotten in time, and what is needed stays."""

from datetime import timedelta

from engine.booking import RecordsFound
from engine.events import LateDecided
from engine.notices import Notice, Told
from engine.ports import Ending, NoticeEnding, OutgoingCall, TurnTaken
from engine.session import Session
from tests.contracts.store_kit import ANNA, BORIS, FIND, Desk, asking, message, question, waiting

MONTH_S = 30 * 86_400.0


class PastContract:
    async def test_a_message_of_a_month_ago_is_not_known_any_more(self, desk: Desk) -> None:
        arrival = desk.arrival("здравствуйте")
        (chat,) = (await desk.receive(arrival)).chats
        await desk.take(chat, Session(), message())
        await desk.send()

        desk.pass_s(MONTH_S)
        await forget(desk)

        assert (await desk.receive(arrival)).new == 1

    async def test_a_message_of_a_week_ago_is_known_as_a_repeat(self, desk: Desk) -> None:
        arrival = desk.arrival("здравствуйте")
        (chat,) = (await desk.receive(arrival)).chats
        await desk.take(chat, Session())

        desk.pass_s(MONTH_S - 1)
        await forget(desk)

        assert (await desk.receive(arrival)).new == 0

    async def test_what_is_unfinished_stays_however_old(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, waiting("k1"), message(), OutgoingCall(key="k1", call=FIND))
        other = await desk.hear("здравствуйте", BORIS)

        desk.pass_s(2 * MONTH_S)
        await forget(desk)

        assert len(await desk.due()) == 2
        head = await desk.head(other)
        assert head.heard is not None
        assert head.heard.text == "здравствуйте"
        call = await desk.next_call("k1")
        assert await desk.store.starting(call, desk.now)
        await desk.end(call, Ending("result", result=RecordsFound(records=())))
        assert (await desk.head(chat)).call == "k1"

    async def test_the_pending_question_of_a_month_ago_is_still_one_that_could_be_read(
        self, desk: Desk
    ) -> None:
        chat = await desk.hear()
        await desk.take(chat, asking(1), question(1))
        await desk.send("wamid.q")

        desk.pass_s(MONTH_S + 1)
        await forget(desk)
        await desk.report("failed", message_id="wamid.q", code=131026)

        assert await desk.heard_in(chat) == ["NotDelivered"]

    async def test_arrivals_are_never_given_a_second_time(self, desk: Desk) -> None:
        chat = await desk.hear()
        first = (await desk.head(chat)).arrival
        await desk.take(chat, Session())

        desk.pass_s(MONTH_S + 1)
        await forget(desk)
        await desk.restart()
        await desk.hear()

        assert (await desk.head(chat)).arrival > first

    async def test_deliveries_are_never_numbered_a_second_time(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session(), message())
        first = (await desk.send()).outbox_id

        desk.pass_s(MONTH_S + 1)
        await forget(desk)
        await desk.restart()
        await desk.hear()
        await desk.take(chat, Session(), message())

        assert (await desk.next()).outbox_id > first

    async def test_a_decision_is_shown_for_months(self, desk: Desk) -> None:
        chat = await desk.hear()
        await desk.take(chat, Session())
        decided = LateDecided(request="r1", granted=True)
        await desk.store.happened(chat, "late:r1", decided, desk.now)
        await desk.take(chat, Session())

        desk.pass_s(3 * MONTH_S)
        await forget(desk)
        assert await desk.store.what_happened("late:r1") == decided

        desk.pass_s(MONTH_S + 1)
        await forget(desk)
        assert await desk.store.what_happened("late:r1") is None

    async def test_a_notice_of_a_month_ago_is_forgotten_and_one_that_waits_is_not(self, desk: Desk) -> None:
        chat = await desk.hear()
        head = await desk.head(chat)
        notice = Notice(to="admin", event="handover")
        both = tuple(
            Told(key=f"n{n}", recipient=f"admin:{n}", notice=notice, text="Позвоните") for n in (1, 2)
        )
        turn = TurnTaken(head=head, session=Session(), chat=head.chat, notices=both)
        assert await desk.store.take(turn, desk.now)
        first, _ = await desk.store.notices_due(desk.now, busy=frozenset())
        assert await desk.store.notice_starting(first)
        await desk.store.notice_ended(first, NoticeEnding("sent"), desk.now)

        desk.pass_s(MONTH_S + 1)
        await forget(desk)

        (still,) = await desk.store.notices_due(desk.now, busy=frozenset())
        assert still.told.key == "n2"

    async def test_it_goes_on_in_portions_until_everything_is_seen(self, desk: Desk) -> None:
        for number in range(3):
            arrivals = [desk.arrival(f"{number}.{n}", ANNA) for n in range(200)]
            (chat,) = (await desk.receive(*arrivals)).chats
            await desk.heard_in(chat)
        desk.pass_s(MONTH_S + 1)

        portions = await forget(desk)

        assert portions > 4
        assert (await desk.receive(*arrivals)).new == 200


async def forget(desk: Desk) -> int:
    """Forget what is older than a month; return in how many portions."""
    before = desk.now - timedelta(seconds=MONTH_S) + timedelta(microseconds=1)
    place = await desk.store.prune(before)
    portions = 1
    while place is not None:
        place = await desk.store.prune(before, place)
        portions += 1
        assert portions < 100
    return portions
