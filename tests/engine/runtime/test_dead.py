"""Dead letters as the runtime makes them, and what becomes of a client's words that are brought back."""

from dataclasses import replace

import pytest

from adapters.storage import dead, orders
from adapters.storage.dead import Letter
from adapters.storage.orders import Order, Outcome
from engine.dialogue import Decision, Dialogue
from engine.events import Heard, Tap, TimedOut
from engine.moment import Moment
from engine.session import Chat, Session
from engine.values import Event
from tests.engine.runtime.world import ANNA, World

BUG = "RuntimeError: a bug in the flow"


class Broken(Dialogue):
    """The dialogue with a bug that takes every message of this client's, until it is mended."""

    mended = False

    def understand(self, session: Session, chat: Chat, heard: Heard, at: Moment) -> Event:
        if not Broken.mended:
            raise RuntimeError("a bug in the flow")
        return super().understand(session, chat, heard, at)


class BrokenTimeOut(Dialogue):
    def step(self, session: Session | None, chat: Chat, event: Event, at: Moment) -> Decision:
        if isinstance(event, TimedOut):
            raise RuntimeError("a bug in the flow")
        return super().step(session, chat, event, at)


def breaks(world: World, dialogue: type[Dialogue] = Broken) -> None:
    Broken.mended = False
    sound = world.dialogue
    world.shell.turns.dialogue = dialogue(
        sound.flows, sound.everywhere, sound.understanding, sound.claims, sound.title
    )


async def is_put_aside(world: World, text: str) -> None:
    breaks(world)
    await world.writes(text)
    await world.passes(2)
    world.says("Простите, разговор пришлось начать сначала.")
    Broken.mended = True


async def letters(world: World) -> tuple[Letter, ...]:
    return await world.store._writer.run(dead.letters)


async def replays(world: World, *names: str) -> Outcome:
    order = Order(deed="replay", letters=names)
    number = await world.store._writer.run(lambda c: orders.leave(c, order, world.clock.now()))
    world.shell.set_in_motion(await world.store.take_orders(world.clock.now()))
    await world.settles()
    outcome = await world.store._writer.run(lambda c: orders.outcome(c, number))
    assert outcome is not None
    return outcome


async def test_a_turn_that_is_put_aside_is_kept_with_what_was_known_then(world: World) -> None:
    await world.is_asked()

    await is_put_aside(world, "да")

    (letter,) = await letters(world)
    assert (letter.letter, letter.kind, letter.phone, letter.handled) == ("t3", "turn", ANNA, None)
    assert letter.why.startswith(f"{BUG} (")
    assert "test_dead.py, line " in letter.why
    assert (letter.state, letter.instead) == ("cancel.confirming", "StartedOver")
    assert letter.told.startswith("Простите, разговор пришлось начать сначала.")


async def test_a_time_out_that_was_put_aside_is_not_replayed(world: World) -> None:
    breaks(world, BrokenTimeOut)
    await world.is_asked()
    await world.passes(minutes=16)
    world.says("Простите, разговор пришлось начать сначала.")
    (letter,) = await letters(world)

    (verdict,) = (await replays(world, letter.letter)).verdicts

    assert not verdict.stands
    assert "no message of a client's but TimedOut" in verdict.says
    world.says()


@pytest.mark.parametrize("confirm", ["always", "never"])
async def test_a_wish_that_is_replayed_is_asked_about_whatever_the_settings(
    world: World, confirm: str
) -> None:
    world.salon = replace(world.salon, confirm=confirm)  # type: ignore[arg-type]  # the literals above
    await is_put_aside(world, "отмените запись")

    await replays(world, "t1")
    await world.settles()

    world.says("Отменить запись: Маникюр")
    assert world.booking.done == []
    await world.taps("yes")
    world.says("отменена")


async def test_a_wish_of_the_same_moment_acts_where_it_was_not_replayed(world: World) -> None:
    """What the test above would see, if nothing marked the words as brought back."""
    world.salon = replace(world.salon, confirm="never")

    await world.writes("отмените запись")
    await world.settles()

    world.says("отменена")


async def test_a_yes_that_is_replayed_answers_no_later_question(world: World) -> None:
    await world.is_asked()
    await is_put_aside(world, "да")
    await world.is_asked()

    await replays(world, "t3")

    assert world.booking.done == []
    assert (await world.session()).state == "cancel.confirming"


async def test_a_yes_that_comes_back_within_the_question_s_second_answers_it_not(world: World) -> None:
    """Its time alone would let it: the arrival is the latest, and the second is the question's own."""
    await world.is_asked()
    heard = world.words("да")
    await world.store.receive([heard], (), (), world.clock.now())
    await world.store._writer.run(lambda c: c.execute("UPDATE inbox SET brought_back = 1"))

    world.shell.turns.wake(1)
    await world.settles()

    assert world.booking.done == []
    assert (await world.session()).state == "cancel.confirming"


async def test_a_tap_that_comes_back_is_stale(world: World) -> None:
    await world.is_asked()
    session = await world.session()
    tap = Tap(kind="yes", question=session.questions, record_id=1)
    heard = Heard(kind="tap", option=tap.encode(), said_at=world.clock.now())
    await world.store.receive([world._arrival(heard, ANNA, None)], (), (), world.clock.now())
    await world.store._writer.run(lambda c: c.execute("UPDATE inbox SET brought_back = 1"))

    world.shell.turns.wake(1)
    await world.settles()

    assert world.booking.done == []
    world.says("Эта кнопка от прошлого вопроса, она уже не действует.\n\nОтменить запись: Маникюр")


async def test_a_typed_button_that_comes_back_does_nothing_at_once(world: World) -> None:
    world.shell.turns.dialogue = Dialogue(
        world.dialogue.flows,
        world.dialogue.everywhere,
        world.dialogue.understanding,
        world.texts.claims,
        world.texts.title,
    )
    await world.agrees()
    world.said()
    assert len(world.booking.done) == 1
    await world.store.receive([world.words("Вернуть запись (15 мин)")], (), (), world.clock.now())
    await world.store._writer.run(lambda c: c.execute("UPDATE inbox SET brought_back = 1"))

    world.shell.turns.wake(1)
    await world.settles()

    assert len(world.booking.done) == 1
    assert "?" in world.said()[0]


async def test_a_replay_happens_once(world: World) -> None:
    await is_put_aside(world, "здравствуйте")

    first, second = [(await replays(world, "t1")).verdicts[0] for _ in range(2)]

    world.says("Здравствуйте!")
    assert first.stands
    assert second.stands
    assert "already; nothing is done" in second.says


async def test_who_has_said_stop_gets_no_answer_from_the_past(world: World) -> None:
    await is_put_aside(world, "отмените запись")
    await world.writes("стоп")

    (verdict,) = (await replays(world, "t1")).verdicts

    assert not verdict.stands
    assert "has written «стоп»" in verdict.says
    world.says()
