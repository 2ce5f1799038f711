"""A client cancels a record, through real HTTP, a real process and a real database file."""

import pytest

from tests.acceptance.world import ANNA, World

PHRASES = ("Хочу отменить запись", "Отмени мою запись", "Не смогу прийти", "Отмените запись на завтра")


@pytest.mark.parametrize("phrase", PHRASES)
async def test_each_phrase_of_the_first_specification_cancels_after_a_confirmation(
    world: World, phrase: str
) -> None:
    record = world.record("Маникюр", days=1)
    await world.starts()

    world.says(phrase)
    question = await world.hears("Отменить запись: Маникюр,", "15:00, мастер Ольга?")
    assert [option.title for option in question.options] == ["Да, отменить", "Перенести", "Оставить"]
    assert world.puts() == 0
    world.taps("Да, отменить")
    await world.hears("Запись отменена: Маникюр")

    assert world.attendance(record) == -1
    assert world.puts() == 1
    await world.hears_nothing(for_s=0.3)


async def test_no_keeps_the_record_and_says_so(world: World) -> None:
    record = world.record()
    await world.starts()

    world.says("не смогу прийти")
    await world.hears("Отменить запись")
    world.says("нет, оставьте")
    await world.hears("запись остаётся")

    assert world.attendance(record) == 0
    assert world.puts() == 0


async def test_a_yes_that_came_before_the_question_cancels_nothing(world: World) -> None:
    record = world.record()
    world.yclients.quirk("slow", on="search", times=1)
    await world.starts()

    world.says("отмените запись")
    await world.until("turn.taken")
    world.says("да, жду")
    world.says("да")
    await world.hears("Отменить запись")
    await world.hears_nothing(for_s=0.5)

    assert world.puts() == 0
    world.says("да")
    await world.hears("Запись отменена")
    assert world.attendance(record) == -1


async def test_the_answer_to_a_greeting_and_a_voice_note_is_one_honest_sentence(world: World) -> None:
    await world.starts()

    world.says("Здравствуйте")
    await world.hears("Помогу отменить или перенести запись")
    world.whatsapp.client_sends(
        ANNA, "voice", __import__("datetime").datetime.now(__import__("datetime").UTC)
    )
    await world.hears("текстом")
