"""Which record, by what words, said when: the guards against cancelling on a guess."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.world import ANNA, World


@pytest.fixture
def three(world: World) -> tuple[int, int, int]:
    return (
        world.record("Маникюр", days=1, hour=15, master="Ольга"),
        world.record("Стрижка", days=3, hour=12, master="Мария"),
        world.record("Педикюр", days=5, hour=18, master="Ольга"),
    )


@pytest.mark.parametrize(
    ("answer", "chosen"), [("2", 1), ("вторую", 1), ("завтра", 0), ("к Марии", 1), ("педикюр", 2)]
)
async def test_of_several_records_one_is_told_by_number_day_master_or_service(
    world: World, three: tuple[int, int, int], answer: str, chosen: int
) -> None:
    await world.starts()

    world.says("хочу отменить запись")
    question = await world.hears("Какую отменить?")
    assert len(question.options) == 3
    world.says(answer)
    await world.hears("Отменить запись")
    world.says("да")
    await world.hears("Запись отменена")

    assert [world.attendance(record) for record in three] == [-1 if i == chosen else 0 for i in range(3)]


async def test_a_tapped_row_chooses(world: World, three: tuple[int, int, int]) -> None:
    await world.starts()

    world.says("хочу отменить запись")
    question = await world.hears("Какую отменить?")
    world.taps(question.options[2].id)
    await world.hears("Отменить запись: Педикюр")


async def test_a_named_day_picks_the_one_record_that_fits(world: World, three: tuple[int, int, int]) -> None:
    await world.starts()

    world.says("Отмените запись на завтра")
    await world.hears("Отменить запись: Маникюр")


@pytest.mark.parametrize(
    "settings", [{}, {"CONFIRM": "never"}, {"CONFIRM": "never", "SELECTION": "last_created"}]
)
async def test_a_named_day_that_no_record_fits_asks_whatever_the_settings(
    world: World, settings: dict[str, str]
) -> None:
    record = world.record(days=4)
    await world.starts(**settings)

    world.says("Отмените запись на завтра")
    await world.hears("Такой записи не вижу", "Отменить её?")

    assert world.attendance(record) == 0


async def test_the_first_specification_takes_the_last_created_and_asks_nothing(world: World) -> None:
    now = datetime.now(UTC)
    first = world.record("Маникюр", days=1, created_at=now - timedelta(days=1))
    last = world.record("Стрижка", days=9, created_at=now - timedelta(hours=1))
    middle = world.record("Педикюр", days=5, created_at=now - timedelta(hours=5))
    await world.starts(CONFIRM="never", SELECTION="last_created")

    world.says("Хочу отменить запись")
    await world.hears("Запись отменена: Стрижка")

    assert [world.attendance(record) for record in (first, last, middle)] == [0, -1, 0]


async def test_a_message_twenty_hours_old_is_read_against_its_own_day_and_only_asks(world: World) -> None:
    record = world.record(days=0, hour=23, minute=59)
    await world.starts(CONFIRM="never")

    said_at = datetime.now(UTC) - timedelta(hours=20)
    yesterday = said_at.astimezone(world.zone).date() < datetime.now(UTC).astimezone(world.zone).date()
    world.says("Отмените запись на завтра" if yesterday else "Отмените запись", said_at=said_at)
    await world.hears("Отменить запись: Маникюр")
    await world.hears_nothing(for_s=0.5)

    assert world.attendance(record) == 0


async def test_a_yes_said_before_the_question_and_delivered_after_it_cancels_nothing(world: World) -> None:
    world.record()
    await world.starts()
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")

    world.says("да", said_at=datetime.now(UTC) - timedelta(minutes=5))
    await world.hears("до моего вопроса", "Отменить запись")
    assert world.puts() == 0
    world.says("да")
    await world.hears("Запись отменена")


async def test_a_button_of_an_old_question_cancels_nothing(world: World) -> None:
    world.record()
    await world.starts()
    world.says("хочу отменить запись")
    old = await world.hears("Отменить запись")
    world.taps("Оставить")
    await world.hears("остаётся")

    world.taps(old.options[0].id)
    await world.hears("кнопка уже не действует")
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps(old.options[0].id)
    await world.hears("от прошлого вопроса", "Отменить запись")

    assert world.puts() == 0


async def test_after_stop_nothing_is_said_until_start(world: World) -> None:
    world.record()
    await world.starts()
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")

    world.says("Стоп")
    await world.hears_nothing(for_s=0.5)
    world.says("да")
    world.says("хочу отменить запись")
    await world.hears_nothing(for_s=0.7)
    assert world.puts() == 0
    world.says("старт")
    await world.hears("Снова на связи")
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")


async def test_stop_during_the_write_still_tells_its_outcome_once(world: World) -> None:
    world.record()
    world.yclients.quirk("slow", on="cancel", times=1)
    await world.starts()
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")
    await world.until("soft_cancel.started")

    world.says("стоп")
    await world.hears("Запись отменена")
    world.says("спасибо")
    await world.hears_nothing(for_s=0.5)


@pytest.mark.parametrize(
    "words",
    [
        "Не отменяйте, я приду",
        "Почему отменили мою запись?",
        "Подруга хочет отменить свою запись",
        "До скольки можно отменить?",
    ],
)
async def test_look_alikes_cancel_nothing_and_get_one_sentence(world: World, words: str) -> None:
    world.record()
    await world.starts(CONFIRM="never")

    world.says(words)
    await world.hears()
    await world.hears_nothing(for_s=0.3)

    assert world.puts() == 0


async def test_without_a_number_no_record_is_looked_for(world: World) -> None:
    world.record()
    world.whatsapp.introduce(ANNA, mode="username")
    await world.starts()

    world.says("Хочу отменить запись")
    await world.until("turn.taken")

    assert not world.yclients.calls("search")


async def test_a_yes_while_the_channel_sits_on_the_question_cancels_nothing(world: World) -> None:
    world.record()
    world.whatsapp.quirk("no-status")
    world.whatsapp.quirk("slow", times=1)
    await world.starts()

    world.says("хочу отменить запись")
    await world.hears("Отменить запись")
    world.says("да")
    # Until WhatsApp lets go of it, no word can be its answer.
    await world.hears("спрошу ещё раз", "Отменить запись", within_s=30)
    assert world.puts() == 0

    world.says("да")
    await world.hears("Запись отменена")
