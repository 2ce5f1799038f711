"""What the client is told is what the journal shows, whatever the write answered."""

import json
from datetime import UTC, datetime

import pytest

from tests.acceptance.world import MARIA, World


async def confirmed(world: World) -> None:
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")
    world.taps("Да, отменить")


@pytest.mark.parametrize("quirk", ["500-but-done", "502-but-done", "drop-but-done", "empty-body"])
async def test_a_write_that_was_done_is_told_as_done_and_done_once(world: World, quirk: str) -> None:
    record = world.record()
    world.yclients.quirk(quirk, on="cancel", times=1)
    await world.starts()

    await confirmed(world)
    await world.hears("Запись отменена")

    assert world.attendance(record) == -1
    assert world.puts() == 1


@pytest.mark.parametrize("quirk", ["500", "502-html", "drop-before", "429"])
async def test_a_write_that_failed_once_is_tried_again_and_then_told_as_done(
    world: World, quirk: str
) -> None:
    record = world.record()
    world.yclients.quirk(quirk, on="cancel", times=1)
    await world.starts()

    await confirmed(world)
    await world.hears("Запись отменена", within_s=20)

    assert world.attendance(record) == -1
    assert world.puts() == 2


@pytest.mark.parametrize(
    ("quirk", "sentence"),
    [("403", "нет прав"), ("200-false", "не принял"), ("422", "не принял"), ("409", "не принял")],
)
async def test_a_refusal_is_told_as_one_and_nothing_is_deleted(
    world: World, quirk: str, sentence: str
) -> None:
    record = world.record()
    world.yclients.quirk(quirk, on="cancel")
    await world.starts()

    await confirmed(world)
    await world.hears(sentence, "запись пока в силе" if quirk != "403" else "пока в силе", within_s=20)

    assert world.attendance(record) == 0
    assert not world.yclients.calls("delete")


@pytest.mark.parametrize("quirk", ["404", "405"])
async def test_the_two_refusals_that_allow_it_fall_back_to_deleting(world: World, quirk: str) -> None:
    record = world.record()
    world.yclients.quirk(quirk, on="cancel")
    await world.starts()

    await confirmed(world)
    await world.hears("Запись отменена")

    assert world.yclients.record(record).deleted


async def test_by_setting_nothing_is_ever_deleted(world: World) -> None:
    record = world.record()
    world.yclients.quirk("404", on="cancel")
    await world.starts(ON_SOFT_CANCEL_REFUSED="handover")

    await confirmed(world)
    await world.hears("не принял")

    assert not world.yclients.record(record).deleted


async def test_a_write_that_hangs_is_told_by_what_the_journal_shows(world: World) -> None:
    record = world.record()
    world.yclients.quirk("timeout-but-done", on="cancel", times=1)
    await world.starts()

    await confirmed(world)
    await world.hears("Ещё жду ответа", within_s=12)
    await world.hears("Запись отменена", within_s=10)

    assert world.attendance(record) == -1
    assert world.puts() == 1


async def test_a_record_without_a_visit_is_never_deleted_instead(world: World) -> None:
    record = world.record()
    world.yclients.quirk("no-visit-id")
    await world.starts()

    await confirmed(world)
    await world.hears("нельзя отменить через чат")

    assert world.attendance(record) == 0
    assert not world.yclients.calls("cancel", "delete", "move")


async def test_a_stale_read_does_not_decide(world: World) -> None:
    world.record()
    await world.starts()
    world.says("хочу отменить запись")
    await world.hears("Отменить запись")

    world.yclients.quirk("stale-read", on="record", times=2)
    world.taps("Да, отменить")
    await world.hears("Запись отменена")


async def test_the_write_is_exactly_the_specified_one_and_keeps_the_old_comment(world: World) -> None:
    record = world.record(comment="аллергия на акрил")
    await world.starts()

    await confirmed(world)
    await world.hears("Запись отменена")

    (put,) = world.yclients.calls("cancel")
    body = json.loads(put.body)
    assert put.path.endswith(f"/visits/{world.yclients.record(record).visit_id}/{record}")
    assert body["attendance"] == -1
    assert set(body) == {"attendance", "comment"}
    assert body["comment"].startswith("аллергия на акрил")
    assert body["comment"].endswith("Отменено клиентом через WhatsApp")
    operations = [call.operation for call in world.yclients.log]
    assert operations[operations.index("cancel") + 1] == "record"


async def test_a_leaky_phone_filter_gives_nobody_elses_record_away(world: World) -> None:
    theirs = world.record("Педикюр", phone=MARIA)
    same_ten_digits = world.record("Стрижка", phone="+19000000001")
    nobodys = world.record("Укладка", phone=None)
    world.yclients.quirk("leaky-phone-filter")
    await world.starts(CONFIRM="never", SELECTION="last_created")

    world.says("Хочу отменить запись")
    await world.hears("Не нахожу предстоящих записей")

    assert [world.attendance(record) for record in (theirs, same_ten_digits, nobodys)] == [0, 0, 0]


async def test_a_visit_that_has_started_is_never_cancelled(world: World) -> None:
    world.record(days=-1)
    await world.starts(CONFIRM="never")

    world.says("Хочу отменить запись")
    await world.hears("Не нахожу")

    assert world.puts() == 0


async def test_a_record_that_the_salon_moved_meanwhile_is_asked_about_again(world: World) -> None:
    record = world.record(hour=15)
    await world.starts()
    world.says("хочу отменить запись")
    await world.hears("15:00")

    start = world.yclients.record(record).starts_at
    world.yclients.edit_record(record, datetime.now(UTC), starts_at=start.replace(hour=17))
    world.taps("Да, отменить")
    await world.hears("Салон успел изменить", "17:00")
    assert world.puts() == 0
    world.says("да")
    await world.hears("Запись отменена", "17:00")


async def test_other_records_of_the_same_visit_stay_as_they_are(world: World) -> None:
    one = world.record("Маникюр", hour=15)
    other = world.record("Педикюр", hour=16, visit_id=world.yclients.record(one).visit_id)
    world.yclients.quirk("siblings-follow")
    await world.starts()

    world.says("отмените маникюр")
    await world.hears("Отменить запись: Маникюр")
    world.taps("Да, отменить")
    await world.hears("Запись отменена")

    assert (world.attendance(one), world.attendance(other)) == (-1, 0)


async def test_while_the_journal_is_down_nothing_is_promised(world: World) -> None:
    world.record()
    world.yclients.quirk("500", on="search")
    await world.starts()

    world.says("хочу отменить запись")
    await world.hears("не получается открыть журнал", within_s=15)
