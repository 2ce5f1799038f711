"""An upgrade under live dialogues: they go on, or end with an apology, and nothing untrue is said."""

import pytest

from engine.dialogue import Decision, Dialogue
from engine.events import CallFailed, RecordCancelled
from engine.flow import Flow, Salon
from engine.moment import Moment
from engine.ports import InDoubt, Rejected
from engine.session import Chat, Session
from engine.values import Event
from states import cancel
from tests.chat import MOSCOW
from tests.engine.runtime.world import FragileDialogue, World
from tests.versions import giving_up, renaming

APOLOGY = "Простите, разговор пришлось начать сначала."
UNSURE = "Простите, разговор прервался, и я не знаю, удалось ли изменить запись."
NEXT = cancel.FLOW.version + 1
RENAMED = renaming(
    "cancel.confirming", "cancel.deciding", was={"cancel.confirming": "cancel.deciding"}, version=NEXT
)
# Its memory as another version kept it: the chosen record by its number.
SPOILED = "UPDATE chat SET session = json_set(session, '$.memory.chosen', 1)"


async def upgraded(world: World, flow: Flow) -> None:
    """Kill the process under way, and start the next version on what it left."""
    await world.dies()
    before = world.dialogue
    world.dialogue = Dialogue((flow,), before.everywhere, before.understanding, before.claims)
    await world.starts()


async def with_another_memory(world: World) -> None:
    """Let the process that starts next find sessions whose memory it does not take."""
    await world.looks_up(SPOILED)
    await world.dies()
    await world.starts()


# ── a state that is called otherwise ──────────────────────────────────────────────────────────────────


async def test_a_question_goes_on_under_its_new_name_and_its_old_button_answers_it(world: World) -> None:
    await world.is_asked()
    await upgraded(world, RENAMED)

    await world.taps("yes")

    world.says("Запись отменена: Маникюр")
    assert len(world.booking.done) == 1


async def test_words_answer_a_question_of_the_version_before(world: World) -> None:
    await world.is_asked()
    await upgraded(world, RENAMED)

    await world.writes("абракадабра")
    world.says("Не удалось понять ответ")
    assert ((await world.session()).state, (await world.session()).flow_version) == ("cancel.deciding", NEXT)
    await world.writes("нет")
    world.says("Хорошо, запись остаётся")


async def test_the_time_out_of_the_version_before_ends_the_renamed_state(world: World) -> None:
    await world.is_asked()
    await upgraded(world, RENAMED)

    await world.passes(minutes=14)
    world.says()
    await world.passes(minutes=2)

    world.says("Ответа не было, поэтому ничего не меняю.")
    assert await world.outcomes() == ["silent"]


async def test_a_write_goes_on_in_a_renamed_state(world: World) -> None:
    world.booking.doing.takes_s = 5
    await world.agrees()
    await upgraded(
        world, renaming("cancel.cancelling", "cancel.writing", was={"cancel.cancelling": "cancel.writing"})
    )
    await world.passes(6)
    world.says("Запись отменена: Маникюр")


# ── a state that is gone, a memory that no longer validates ───────────────────────────────────────────


async def test_an_answer_to_a_question_that_is_gone_changes_nothing_and_gets_an_apology(world: World) -> None:
    await world.is_asked()
    await upgraded(world, giving_up("cancel.confirming"))

    await world.writes("да")
    world.says(APOLOGY)
    await world.taps("yes")
    world.says("Эта кнопка уже не действует.")

    assert world.booking.done == []
    assert (await world.session()).state == "idle"


async def test_after_the_apology_the_client_begins_anew(world: World) -> None:
    await world.is_asked()
    await with_another_memory(world)

    await world.writes("да")
    world.says(APOLOGY)
    assert world.booking.done == []

    await world.agrees()
    world.says("Запись отменена: Маникюр")


async def test_a_client_who_says_nothing_more_gets_the_apology_when_the_question_s_time_is_over(
    world: World,
) -> None:
    await world.is_asked()
    await with_another_memory(world)
    await world.passes(minutes=20)
    world.says(APOLOGY)


async def test_records_that_were_looked_up_for_a_dialogue_that_is_gone_end_in_an_apology(
    world: World,
) -> None:
    world.booking.asking.takes_s = 5
    await world.writes("хочу отменить запись")
    await upgraded(world, giving_up("cancel.looking"))
    await world.passes(6)
    world.says(APOLOGY)


# ── with a write out ──────────────────────────────────────────────────────────────────────────────────


async def test_what_was_done_for_a_dialogue_that_is_gone_is_told_all_the_same(world: World) -> None:
    world.booking.doing.takes_s = 5
    await world.agrees()
    await upgraded(world, giving_up("cancel.cancelling"))

    await world.passes(6)

    world.says("Проверка показала, что запись отменена: Маникюр, среда, 25 ноября, 15:00")
    assert await world.outcomes() == ["cancelled"]


async def test_words_that_waited_for_the_write_are_answered_after_its_outcome(world: World) -> None:
    world.booking.doing.takes_s = 5
    await world.agrees()
    await world.writes("Здравствуйте")
    await with_another_memory(world)

    await world.passes(6)

    world.says("Проверка показала, что запись отменена: Маникюр", "Здравствуйте!")


@pytest.mark.parametrize("confirm", ["always", "never"])
async def test_a_write_whose_outcome_nobody_knows_is_told_as_such(world: World, confirm: str) -> None:
    world.salon = Salon(zone=MOSCOW, confirm="never" if confirm == "never" else "always")
    world.booking.doing.lasting = InDoubt("no answer")
    if confirm == "never":
        await world.writes("отмените запись")
    else:
        await world.agrees()
    await with_another_memory(world)
    await world.passes(1)
    world.says()

    await world.passes(minutes=3)

    assert world.said() == [f"{UNSURE} Уточните, пожалуйста, в салоне по телефону."]


async def test_a_write_that_is_refused_after_a_crash_in_its_middle_stays_in_doubt(world: World) -> None:
    """What the dead process had sent may land yet, whatever the next attempt is told."""
    world.booking.doing.takes_s = 5
    world.booking.doing.lasting = Rejected("locked", detail="locked")
    await world.agrees()
    await with_another_memory(world)
    await world.passes(6)
    world.says(UNSURE)


async def test_a_write_that_takes_long_is_unknown_first_and_its_outcome_follows(world: World) -> None:
    world.booking.doing.takes_s = 30
    await world.agrees()
    await with_another_memory(world)
    await world.passes(12)
    world.says(UNSURE)
    await world.passes(20)
    world.says("Проверка показала, что запись отменена: Маникюр")


async def test_a_client_who_said_stop_is_told_that_the_outcome_of_the_write_is_unknown(world: World) -> None:
    world.booking.doing.lasting = InDoubt("no answer")
    await world.agrees()
    await world.writes("стоп")
    await with_another_memory(world)
    await world.passes(minutes=3)
    world.says(UNSURE)
    await world.writes("ау")
    world.says()


class BrokenOutcomes(FragileDialogue):
    def step(self, session: Session | None, chat: Chat, event: Event, at: Moment) -> Decision:
        if isinstance(event, RecordCancelled | CallFailed):
            raise RuntimeError("a bug in the flow")
        return super().step(session, chat, event, at)


async def test_a_write_whose_every_outcome_raises_is_told_as_unknown(world: World) -> None:
    before = world.dialogue
    world.shell.turns.dialogue = BrokenOutcomes(
        before.flows, before.everywhere, before.understanding, before.claims
    )
    await world.agrees()
    await world.passes(3)
    world.says(UNSURE)
