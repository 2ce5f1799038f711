"""The rehearsal: a whole salon in virtual time plays the same over sockets, and can be killed anywhere."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest

import main
from adapters.rehearsal import Over, Rehearsal, in_virtual_time, rehearse
from engine.script.scene import Booked, Edited, Left, Message, Standing

ANNA, MARIA = "+79000000001", "+79000000002"
MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock
WEDNESDAY = datetime(2026, 11, 25, 15)  # noqa: DTZ001  # the salon's wall clock
ASKED = Message(
    "Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?",
    ("Да, отменить", "Перенести", "Оставить"),
    ("cancel.confirm",),
)
DONE = (
    "Запись отменена: Маникюр, среда, 25 ноября, 15:00, мастер Ольга. Спасибо, что предупредили!\n\n"
    "Передумаете — запись можно вернуть в течение 15 мин."
)
GONE = Standing(attendance=-1, starts_at=WEDNESDAY, deleted=False)

Story = Callable[[Rehearsal], Awaitable[None]]


def plays(
    story: Story, *, over: Over = "virtual", settings: Mapping[str, str] = MappingProxyType({})
) -> None:
    async def scene() -> None:
        async with rehearse(main.composed, at=MONDAY, settings=settings, over=over) as salon:
            salon.books(Booked(ANNA, "Маникюр", WEDNESDAY))
            await story(salon)

    in_virtual_time(scene(), over)


@pytest.mark.parametrize("over", ["virtual", "http"])
def test_a_client_cancels_in_process_and_over_sockets_alike(over: Over) -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        assert salon.messages(ANNA) == (ASKED,)
        assert await salon.state(ANNA) == "cancel.confirming"

        salon.taps(ANNA, "Да")
        await salon.settles()
        assert [message.text for message in salon.messages(ANNA)] == [ASKED.text, DONE]
        assert salon.commands() == (Left("CancelRecord", 1),)
        assert salon.journal(1) == GONE

    plays(story, over=over)


@pytest.mark.parametrize("over", ["virtual", "http"])
def test_a_restart_in_the_middle_loses_nothing(over: Over) -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.restarts()
        salon.taps(ANNA, "Да")
        await salon.restarts()
        assert salon.journal(1) == GONE
        assert salon.messages(ANNA)[-1].text == DONE
        assert salon.kills == 2

    plays(story, over=over)


async def _cancel(salon: Rehearsal) -> None:
    salon.writes(ANNA, "не смогу в среду")
    await salon.settles()
    salon.taps(ANNA, "Да")
    await salon.settles()


def _points_of_a_cancel() -> int:
    passed = 0

    async def story(salon: Rehearsal) -> None:
        nonlocal passed
        before = salon.points.passed
        await _cancel(salon)
        passed = salon.points.passed - before

    plays(story)
    return passed


def test_whereever_it_is_killed_the_record_is_cancelled_and_the_client_told() -> None:
    """Once at every commit and around every fsync and every call of one cancellation."""
    points = _points_of_a_cancel()
    assert points > 50

    where: set[str] = set()
    for kill_in in range(points):

        async def story(salon: Rehearsal, kill_in: int = kill_in) -> None:
            salon.points.kill_in = kill_in
            await _cancel(salon)
            await salon.passes(timedelta(minutes=3))
            assert salon.kills == 1, f"survived {kill_in}"
            assert salon.journal(1) == GONE, salon.points.where
            assert salon.messages(ANNA)[-1].text.startswith(("Запись отменена", "Эта запись уже отменена"))
            where.add(salon.points.where)

        plays(story)
    assert {
        "commit",
        "committed",
        "before fsync of otmena.db-wal",
        "after fsync of otmena.db-wal",
        "before yclients PUT",
        "after yclients PUT",
        "after whatsapp POST",
    } <= where


LATE = {"LATE_HOURS": "72", "LATE_POLICY": "request"}


async def _asks_the_salon(salon: Rehearsal) -> None:
    salon.writes(ANNA, "не смогу в среду")
    await salon.settles()
    salon.taps(ANNA, "Да")
    await salon.settles()


def _points_of_a_grant() -> int:
    passed = 0

    async def story(salon: Rehearsal) -> None:
        nonlocal passed
        await _asks_the_salon(salon)
        before = salon.points.passed
        await salon.decides(1, granted=True)
        await salon.settles()
        passed = salon.points.passed - before

    plays(story, settings=LATE)
    return passed


def test_whereever_it_is_killed_a_grant_is_done_once_and_told_once() -> None:
    """Who gets no answer presses again; and what was committed unseen is seen all the same."""
    points = _points_of_a_grant()
    assert points > 20

    for kill_in in range(points):

        async def story(salon: Rehearsal, kill_in: int = kill_in) -> None:
            await _asks_the_salon(salon)
            salon.points.kill_in = kill_in
            await salon.decides(1, granted=True)
            await salon.settles()
            await salon.passes(timedelta(minutes=3))
            assert salon.kills == 1, f"survived {kill_in}"
            assert salon.journal(1) == GONE, salon.points.where
            assert salon.commands() == (Left("CancelRecord", 1),), salon.points.where
            assert [message.text for message in salon.messages(ANNA)][2:] == [DONE], salon.points.where

        plays(story, settings=LATE)


def test_time_passes_and_ends_a_question() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        await salon.passes(timedelta(minutes=14))
        assert await salon.state(ANNA) == "cancel.confirming"
        await salon.passes(timedelta(minutes=1))
        assert await salon.state(ANNA) == "idle"
        assert salon.messages(ANNA)[-1].keys == ("everywhere.timed_out",)

    plays(story)


def test_the_salon_changes_a_record_by_hand() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        salon.edits(1, Edited(starts_at=WEDNESDAY + timedelta(hours=1)))
        salon.taps(ANNA, "Да")
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("cancel.changed",)
        assert salon.journal(1).starts_at == WEDNESDAY + timedelta(hours=1)

    plays(story)


def test_an_upgrade_that_forgets_a_state_ends_the_dialogue_with_an_apology() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        await salon.upgrades()
        salon.writes(ANNA, "да")
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("everywhere.started_over",)
        assert salon.commands() == ()

    plays(story)


def test_what_arrives_twice_is_taken_once_and_old_words_are_old() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        salon.again()
        await salon.settles()
        assert len(salon.messages(ANNA)) == 1
        salon.writes(ANNA, "да", late=timedelta(hours=1))
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("everywhere.too_early", "cancel.confirm")

    plays(story)


def test_faults_come_and_go() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.yclients("403 on records")
        salon.whatsapp("duplicate × 1")
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("records.unavailable",)
        salon.yclients("ok")
        salon.whatsapp("ok")
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        assert salon.messages(ANNA)[-1] == ASKED

    plays(story)


def test_things_without_words_arrive_as_such() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.sends(ANNA, "voice")
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("everywhere.no_words.voice",)
        salon.sends(ANNA, "reaction", "👍")
        await salon.settles()
        assert len(salon.messages(ANNA)) == 1

    plays(story)


def test_another_client_has_a_chat_of_her_own() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(MARIA, "отмените запись")
        await salon.settles()
        assert salon.messages(MARIA)[-1].keys == ("records.none",)
        assert salon.messages(ANNA) == ()
        assert await salon.state(ANNA) == "idle"

    plays(story)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"CONFRIM": "never"}, "did you mean CONFIRM"),
        ({"CONFIRM": "perhaps"}, "CONFIRM"),
        ({"SALONS_FILE": "salons.toml"}, "not built yet"),
        ({"TIMEZONE": "Moscow"}, "is no timezone"),
        ({"NOTIFY_ADMIN": "salon-whatsapp://9"}, "it takes numbers with their country"),
        ({"NOTIFY_WHATSAPP_TEMPLATE": "Шаблон"}, "it takes the name of a template"),
    ],
)
def test_a_setting_that_cannot_be_is_told(settings: dict[str, str], says: str) -> None:
    async def story(salon: Rehearsal) -> None: ...

    with pytest.raises(ValueError, match=says):
        plays(story, settings=settings)


def test_a_record_that_nobody_booked_is_told() -> None:
    async def story(salon: Rehearsal) -> None:
        with pytest.raises(LookupError, match="there is no record 2; 1 were booked"):
            salon.journal(2)

    plays(story)


def test_settings_of_the_contract_hold() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.settles()
        assert salon.journal(1) == GONE

    plays(story, settings={"CONFIRM": "never", "OFFER": ""})


def test_in_a_long_wait_what_falls_due_happens_when_it_does() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.settles()
        asked_at = salon.parties.phones.phone(ANNA)[-1].at

        await salon.passes(timedelta(days=365))

        told = salon.parties.phones.phone(ANNA)[-1]
        assert told.text.startswith("Ответа не было")
        assert timedelta(minutes=15) <= told.at - asked_at < timedelta(minutes=15, seconds=5)

    plays(story)


def test_time_leaps_over_looks_in_vain_but_not_where_one_of_them_is_to_be_the_last() -> None:
    async def story(salon: Rehearsal) -> None:
        before = salon.points.passed
        await salon.passes(timedelta(days=1))
        assert salon.points.passed - before < 200
        salon.dies_in(200)
        await salon.passes(timedelta(days=1))
        assert salon.kills == 1

    plays(story)


def test_a_rehearsal_tells_nobody_outside_whatever_its_script_sets() -> None:
    async def story(salon: Rehearsal) -> None:
        assert salon.parties.settings.notify_admin is None
        assert salon.parties.settings.hears
        assert salon.parties.settings.public_url is None

    plays(story, settings={"NOTIFY_ADMIN": "json://127.0.0.1", "PUBLIC_URL": "https://salon.example"})


@pytest.mark.parametrize("over", ["virtual", "http"])
def test_the_administrator_reads_notices_on_the_simulated_phone(over: Over) -> None:
    async def story(salon: Rehearsal) -> None:
        await _cancel(salon)

        read = salon.messages("+79000000009")
        assert [message.text for message in read] == [
            "Сообщение салона: Отмена: Маникюр, среда, 25 ноября, 15:00, мастер Ольга · "
            f"Клиент: Клиент, {ANNA} · Освобождается: среда, 25 ноября, 15:00–16:00"
        ]

    addresses = "json://127.0.0.1 salon-whatsapp://+79000000009"
    plays(story, over=over, settings={"NOTIFY_ADMIN": addresses, "NOTIFY_WHATSAPP_TEMPLATE": "salon_says"})


def test_it_comes_to_rest_once_its_notices_have_left() -> None:
    async def story(salon: Rehearsal) -> None:
        salon.writes("+79000000009", "здравствуйте")
        await salon.settles()
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        salon.whatsapp("number-limit × 4")
        salon.taps(ANNA, "Да")
        await salon.settles()

        assert salon.messages("+79000000009")[-1].text.startswith("Отмена: Маникюр")

    plays(story, settings={"NOTIFY_ADMIN": "salon-whatsapp://+79000000009"})


def test_a_script_may_say_that_nobody_hears() -> None:
    async def story(salon: Rehearsal) -> None:
        assert not salon.parties.settings.hears

    plays(story, settings={"NOTIFY_ADMIN": ""})
