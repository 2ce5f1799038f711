"""Turns: in order within a chat, beside each other between chats, and none is lost to a bug of ours."""

import asyncio
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from engine.booking import RecordCancelled
from engine.dialogue import Decision
from engine.events import TimedOut
from engine.moment import Moment
from engine.ports import Head, StoreFailed, TurnTaken
from engine.session import Chat, Session
from engine.values import Event
from tests.chat import record
from tests.engine.runtime.world import ANNA, MANICURE, MARIA, FragileDialogue, World


def fragile(world: World, dialogue: type[FragileDialogue]) -> None:
    """Give the shell under way a dialogue with bugs."""
    world.dialogue = dialogue(
        world.dialogue.flows, world.dialogue.everywhere, world.dialogue.understanding, world.texts.claims
    )
    world.shell.turns.dialogue = world.dialogue


# ── the whole way ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_wish_a_question_a_yes_and_it_is_done_once(world: World) -> None:
    await world.agrees()

    world.says("Запись отменена: Маникюр, среда, 25 ноября, 15:00")
    assert [command.record for _, command, _ in world.booking.done] == [MANICURE]
    assert await world.outcomes() == ["cancelled"]
    assert (await world.session()).state == "cancel.done"


async def test_a_message_delivered_twice_is_taken_once(world: World) -> None:
    arrival = world.words("Здравствуйте", number=77)
    assert await world.shell.receive([arrival, arrival]) == 1
    assert await world.shell.receive([arrival]) == 0
    await world.settles()
    world.says("Здравствуйте!")


async def test_every_write_has_a_key_of_its_own(world: World) -> None:
    await world.agrees()
    world.booking.records = {2: record(2, "Стрижка")}
    await world.writes("отмените стрижку")
    await world.taps("yes")
    keys = [key for _, _, key in world.booking.done]
    assert len(set(keys)) == len(keys) == 2


# ── order ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_messages_of_a_chat_are_answered_in_their_order(world: World) -> None:
    await world.writes("Здравствуйте", "абракадабра", "спасибо")
    world.says("Здравствуйте!", "Пока я умею только", "Пожалуйста!")


async def test_while_a_call_is_out_words_wait_and_its_result_overtakes_them(world: World) -> None:
    world.booking.asking.takes_s = 5
    await world.writes("хочу отменить запись")
    await world.writes("Здравствуйте")
    await world.writes("спасибо")
    world.says()
    assert (await world.session()).awaiting is not None

    await world.passes(5)
    # Neither was said after the question was there to be read, and neither says anything new.
    world.says("Отменить запись: Маникюр")
    assert (await world.session()).state == "cancel.confirming"


async def test_a_yes_while_the_records_are_looked_up_cancels_nothing(world: World) -> None:
    world.booking.asking.takes_s = 5
    await world.writes("отмените запись")
    await world.writes("да, жду")
    await world.passes(5)
    world.says("Отменить запись")
    assert world.booking.done == []


async def test_a_chat_does_not_wait_for_another(world: World) -> None:
    world.booking.asking.takes_s = 100
    await world.writes("хочу отменить запись", phone=ANNA)
    await world.writes("Здравствуйте", phone=MARIA)
    world.says("Здравствуйте!", phone=MARIA)
    world.says(phone=ANNA)


async def test_two_processes_on_one_store_take_each_message_once(world: World) -> None:
    """Only one may, by the lock; were there two, the version of the chat would decide."""
    other = world.another_shell()
    with capture_logs() as logs:
        await world.shell.receive([world.words("Здравствуйте"), world.words("абракадабра")])
        for _ in range(3):
            other.turns.wake(1)
            await world.settles()

    world.says("Здравствуйте!", "Пока я умею только")
    taken = [entry["taken"] for entry in logs if entry["event"] == "turn.taken"]
    assert taken == ["Greeted", "NotUnderstood"]


async def test_a_turn_that_somebody_else_was_faster_with_is_read_again_and_not_reported(world: World) -> None:
    refused: list[Head] = []
    take = world.store.take

    async def slower(turn: object, now: object) -> bool:
        if not refused:
            refused.append(turn.head)  # type: ignore[attr-defined]
            return False
        return await take(turn, now)  # type: ignore[arg-type]

    world.store.take = slower  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.writes("Здравствуйте")

    world.says("Здравствуйте!")
    assert len(refused) == 1
    assert [entry["event"] for entry in logs].count("turn.taken") == 1


async def test_the_turns_of_a_chat_never_overlap(world: World) -> None:
    under_way: list[int] = []
    head = world.store.head

    async def slow(chat_id: int) -> Head | None:
        under_way.append(chat_id)
        assert under_way.count(chat_id) == 1, "two turns at once"
        await asyncio.sleep(1)
        try:
            return await head(chat_id)
        finally:
            under_way.remove(chat_id)

    world.store.head = slow  # type: ignore[method-assign]
    for text in ("Здравствуйте", "абракадабра", "спасибо"):
        await world.writes(text)
    await world.passes(10)
    world.says("Здравствуйте!", "Пока я умею только", "Пожалуйста!")


async def test_words_that_arrive_while_the_last_look_finds_nothing_are_taken(world: World) -> None:
    late = [world.words("абракадабра", number=99)]
    head = world.store.head

    async def emptied(chat_id: int) -> Head | None:
        found = await head(chat_id)
        if found is None and late:
            await world.shell.receive([late.pop()])
        return found

    world.store.head = emptied  # type: ignore[method-assign]
    await world.writes("Здравствуйте")
    await world.settles()
    world.says("Здравствуйте!", "Пока я умею только")


async def test_a_result_that_nobody_waits_for_any_more_is_put_away_in_silence(world: World) -> None:
    world.booking.asking.takes_s = 5
    await world.writes("хочу отменить запись")
    at_home = Session().model_dump_json()
    await world.looks_up("UPDATE chat SET session = ?, awaiting = NULL", at_home)
    with capture_logs() as logs:
        await world.passes(6)

    world.says()
    assert [entry["result"] for entry in logs if entry["event"] == "result.unawaited"] == ["RecordsFound"]
    await world.writes("Здравствуйте")
    world.says("Здравствуйте!")


# ── what raises ───────────────────────────────────────────────────────────────────────────────────────


class BrokenWords(FragileDialogue):
    broken_words = frozenset(("сломайся",))


class BrokenResult(FragileDialogue):
    def step(self, session: Session | None, chat: Chat, event: Event, at: Moment) -> Decision:
        if isinstance(event, RecordCancelled):
            raise RuntimeError("a bug in the flow")
        return super().step(session, chat, event, at)


class BrokenTimeOut(FragileDialogue):
    def step(self, session: Session | None, chat: Chat, event: Event, at: Moment) -> Decision:
        if isinstance(event, TimedOut):
            raise RuntimeError("a bug in the flow")
        return super().step(session, chat, event, at)


async def test_words_that_raise_three_times_end_in_an_apology_and_the_chat_goes_on(world: World) -> None:
    fragile(world, BrokenWords)
    await world.is_asked()
    with capture_logs() as logs:
        await world.writes("сломайся", "Здравствуйте")
        await world.passes(2)

    world.says("Простите, разговор пришлось начать сначала.", "Здравствуйте!")
    assert [entry["attempts"] for entry in logs if entry["event"] == "turn.failed"] == [1, 2, 3]
    assert [entry["log_level"] for entry in logs if entry["event"] == "turn.put_aside"] == ["error"]
    assert (await world.session()).state == "idle"


async def test_words_whose_commit_raises_three_times_end_in_an_apology_too(world: World) -> None:
    take = world.store.take

    async def breaking(turn: TurnTaken, now: datetime) -> bool:
        if turn.head.heard is not None and turn.head.heard.text == "сломайся" and not turn.instead:
            raise ValueError("a bug in the store")
        return await take(turn, now)

    world.store.take = breaking  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.writes("сломайся", "Здравствуйте")
        await world.passes(2)

    world.says("Простите, разговор пришлось начать сначала.", "Здравствуйте!")
    assert [entry["attempts"] for entry in logs if entry["event"] == "turn.failed"] == [1, 2, 3]


async def test_what_cannot_even_be_put_aside_is_tried_once_a_minute(world: World) -> None:
    async def breaking(turn: TurnTaken, now: datetime) -> bool:
        raise ValueError("a bug in the store")

    take, world.store.take = world.store.take, breaking  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.writes("Здравствуйте")
        await world.passes(50)
    assert [entry["attempts"] for entry in logs if entry["event"] == "turn.failed"] == [1, 2, 3, 4, 5]

    world.store.take = take  # type: ignore[method-assign]
    await world.passes(60)
    world.says("Простите, разговор пришлось начать сначала.")


async def test_attempts_are_counted_over_restarts(world: World) -> None:
    fragile(world, BrokenWords)
    await world.shell.receive([world.words("сломайся")])
    await world.passes(0.3)
    await world.dies()
    await world.starts()
    await world.passes(2)
    world.says("Простите, разговор пришлось начать сначала.")


async def test_a_result_that_raises_three_times_counts_as_unknown_and_is_read_again(world: World) -> None:
    fragile(world, BrokenResult)
    await world.agrees()
    await world.passes(2)
    world.says("я не знаю, прошла ли отмена")
    assert await world.outcomes() == ["unknown"]

    await world.passes(minutes=2)
    world.says("Проверка показала, что запись отменена: ")
    assert len(world.booking.done) == 1


async def test_a_time_out_that_raises_ends_in_an_apology(world: World) -> None:
    fragile(world, BrokenTimeOut)
    await world.is_asked()
    await world.passes(minutes=16)
    world.says("Простите, разговор пришлось начать сначала.")
    assert (await world.session()).state == "idle"


async def test_a_store_that_fails_is_no_attempt(world: World) -> None:
    failures = [StoreFailed("disk full")] * 5
    head = world.store.head

    async def failing(chat_id: int) -> Head | None:
        if failures:
            raise failures.pop()
        return await head(chat_id)

    world.store.head = failing  # type: ignore[method-assign]
    with capture_logs() as logs:
        await world.writes("Здравствуйте")
        await world.passes(5)

    world.says("Здравствуйте!")
    events = [entry["event"] for entry in logs]
    assert events.count("turn.store_failed") == 1
    assert [entry["failures"] for entry in logs if entry["event"] == "turn.store_recovered"] == [5]
    assert "turn.failed" not in events


async def test_that_marks_are_taken_is_noted_once_and_over_a_full_disk_later(world: World) -> None:
    noted, failures = [], [StoreFailed("disk full")]
    note_marks = world.store.note_marks

    async def failing(channel: str, account: str) -> None:
        noted.append(account)
        if failures:
            raise failures.pop()
        await note_marks(channel, account)

    world.store.note_marks = failing  # type: ignore[method-assign]
    for words in ("Здравствуйте", "спасибо", "спасибо"):
        await world.writes(words)
        await world.passes(1)

    assert len(noted) == 2
    assert await world.store.takes_marks("whatsapp", noted[0])


async def test_words_that_were_stored_are_answered_by_the_next_process(world: World) -> None:
    await world.store.receive([world.words("Здравствуйте")], (), (), world.clock.now())
    await world.dies()
    await world.starts()
    await world.settles()
    world.says("Здравствуйте!")


async def test_a_session_that_nobody_can_read_starts_over(world: World) -> None:
    await world.is_asked()
    await world.looks_up("UPDATE chat SET session = '{\"state\": 1}'")
    await world.writes("да")
    world.says("Простите, разговор пришлось начать сначала.")
    await world.is_asked()


# ── signs ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_words_are_shown_as_read_and_an_answer_that_takes_time_is_announced(world: World) -> None:
    await world.writes("Здравствуйте")
    await world.writes("хочу отменить запись")
    assert world.messenger.seen == [("wamid.in.1", False), ("wamid.in.2", True)]


async def test_a_sign_that_fails_is_no_loss(world: World) -> None:
    world.messenger.noticing = RuntimeError("a bug in the adapter")
    await world.writes("Здравствуйте")
    world.says("Здравствуйте!")


async def test_after_stop_nothing_is_shown_as_read_and_nothing_is_said(world: World) -> None:
    await world.is_asked()
    seen = len(world.messenger.seen)
    await world.writes("стоп")
    await world.writes("да")
    await world.passes(minutes=20)
    world.says()
    assert len(world.messenger.seen) == seen
    assert world.booking.done == []


async def test_after_stop_the_outcome_of_the_write_that_is_out_is_told(world: World) -> None:
    world.booking.doing.takes_s = 30
    await world.agrees()
    await world.writes("стоп")
    await world.passes(31)
    world.says("Запись отменена")


async def test_a_chat_under_way_takes_no_more_once_it_is_stopped(world: World) -> None:
    looked: list[int] = []
    head = world.store.head

    async def slow(chat_id: int) -> Head | None:
        looked.append(chat_id)
        await asyncio.sleep(1)
        return await head(chat_id)

    world.store.head = slow  # type: ignore[method-assign]
    await world.writes("Здравствуйте", "абракадабра")
    await world.stops()
    assert looked == [1]

    await world.starts()
    await world.settles()
    world.says("Здравствуйте!", "Пока я умею только")


@pytest.mark.parametrize("held", [True, False])
async def test_shutting_down_loses_nothing(world: World, held: bool) -> None:
    world.booking.asking.takes_s = 5 if held else 0
    await world.writes("хочу отменить запись")
    await world.stops()
    await world.starts()
    await world.passes(6)
    world.says("Отменить запись: Маникюр")
