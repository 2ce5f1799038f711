"""The bare core as a scene: what it shows is the tables' doing alone, and its journal is always definite."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.rehearsal.bare import NeedsSimulators, PureScene
from adapters.rehearsal.bare.chat import PureChat
from adapters.rehearsal.bare.journal import Journal
from adapters.virtual import NeverRests
from engine import texts
from engine.booking import CallFailed, CancelRecord, Command, FindRecords, Query, RecordsFound
from engine.dialogue import Dialogue
from engine.flow import Salon
from engine.ports import OutgoingCall
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing
from engine.understanding import Understanding
from engine.values import Event
from states import everywhere, registry
from tests.chat import ANNA, MARIA, MONDAY, MOSCOW

CATALOGUE = texts.load(registry.texts())
DIALOGUE = Dialogue(registry.FLOWS, everywhere.rows, Understanding(), CATALOGUE.claims)


def wall_clock(day: int, hour: int) -> datetime:
    """A moment of November 2026 as the salon's clock shows it."""
    return datetime(2026, 11, day, hour)  # noqa: DTZ001  # the salon's wall clock


WEDNESDAY = wall_clock(25, 15)
MANICURE = Booked(ANNA, "Маникюр", WEDNESDAY)
ASKED = Message(
    "Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?",
    ("Да, отменить", "Перенести", "Оставить"),
    ("cancel.confirm",),
)


def scene(*booked: Booked) -> PureScene:
    one = PureScene(DIALOGUE, CATALOGUE, Salon(zone=MOSCOW), MONDAY)
    for each in booked:
        one.books(each)
    return one


def plays(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_a_client_cancels() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "не смогу в среду")
        await salon.settles()
        assert salon.messages(ANNA) == (ASKED,)
        assert await salon.state(ANNA) == "cancel.confirming"
        salon.taps(ANNA, "Да")
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA)[-1].keys == ("cancel.done", "cancel.can_be_taken_back")
    assert salon.commands() == (Left("CancelRecord", 1),)
    assert salon.notices() == (Noticed("master", "cancelled"), Noticed("admin", "cancelled"))
    assert salon.journal(1) == Standing(attendance=-1, starts_at=WEDNESDAY, deleted=False)


def test_words_that_come_while_a_call_is_out_wait_and_are_no_answer() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        salon.writes(ANNA, "да, жду")
        await salon.settles()

    plays(story)
    # The question stands below the words on the phone, and asks by itself.
    assert salon.messages(ANNA) == (ASKED,)
    assert salon.commands() == ()


def test_a_question_that_is_said_again_is_told_by_both_its_keys() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.settles()
        salon.writes(ANNA, "ну как сказать")
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA)[-1].keys == ("everywhere.not_an_answer", "cancel.confirm")


def test_silence_ends_a_question_when_its_time_is_over() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.passes(timedelta(minutes=14))
        assert await salon.state(ANNA) == "cancel.confirming"
        await salon.passes(timedelta(minutes=1))

    plays(story)
    assert salon.messages(ANNA)[-1].keys == ("everywhere.timed_out",)
    assert salon.now() == MONDAY + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("edited", "key"),
    [
        (Edited(starts_at=wall_clock(26, 15)), "cancel.changed"),
        (Edited(master="Мария"), "cancel.changed"),
        (Edited(service="Педикюр"), "cancel.changed"),
        (Edited(attendance=-1), "cancel.already"),
        (Edited(deleted=True), "cancel.already"),
        (Edited(attendance=1), "cancel.refused.came"),
        (Edited(paid=True), "cancel.refused.paid"),
        (Edited(locked=True), "cancel.refused.locked"),
        (Edited(starts_at=wall_clock(23, 9)), "cancel.refused.started"),
    ],
)
def test_what_the_salon_does_meanwhile_is_told(edited: Edited, key: str) -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.settles()
        salon.edits(1, edited)
        salon.taps(ANNA, "Да")
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA)[-1].keys == (key,)


def test_a_restart_and_a_second_delivery_change_nothing() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        with pytest.raises(LookupError, match="nothing to deliver again"):
            salon.again()
        salon.writes(ANNA, "отмените запись")
        salon.dies_in(1)
        await salon.restarts()
        salon.again()
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA) == (ASKED,)


def test_an_upgrade_ends_a_dialogue_whose_state_is_gone_and_leaves_the_others() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        salon.writes(MARIA, "здравствуйте")
        await salon.upgrades()
        salon.writes(ANNA, "да")
        salon.writes(MARIA, "спасибо")
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA)[-1].keys == ("everywhere.started_over",)
    assert salon.messages(MARIA)[-1].keys == ("everywhere.thanks",)


def test_things_without_words_and_hidden_numbers_are_heard_as_such() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.sends(ANNA, "image")
        salon.sends(ANNA, "location")
        salon.sends(ANNA, "reaction", "👍")
        salon.hides(MARIA)
        salon.writes(MARIA, "отмените запись")
        await salon.settles()

    plays(story)
    assert [message.keys for message in salon.messages(ANNA)] == [
        ("everywhere.no_words.picture",),
        ("everywhere.no_words.other",),
    ]
    assert salon.messages(MARIA)[-1].keys == ("records.number_hidden",)


def test_after_stop_nothing_is_said_until_start() -> None:
    salon = scene(MANICURE)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        salon.writes(ANNA, "стоп")
        await salon.settles()
        assert salon.messages(ANNA) == ()
        salon.writes(ANNA, "старт")
        await salon.settles()

    plays(story)
    assert salon.messages(ANNA)[-1].keys == ("everywhere.started",)


def test_a_label_that_nobody_sees_cannot_be_tapped() -> None:
    with pytest.raises(LookupError, match="no option «Да» on the screen; there are none"):
        scene().taps(ANNA, "Да")


def test_a_record_that_nobody_booked_is_told() -> None:
    with pytest.raises(LookupError, match="there is no record 2; 1 were booked"):
        scene(MANICURE).journal(2)


def test_faults_of_a_vendor_need_the_simulators() -> None:
    with pytest.raises(NeedsSimulators, match="500 on cancel"):
        scene().yclients("500 on cancel")
    with pytest.raises(NeedsSimulators, match="duplicate"):
        scene().whatsapp("duplicate")


def test_the_journal_shows_only_what_can_still_be_cancelled() -> None:
    journal = Journal(MOSCOW)
    for booked in (
        MANICURE,
        Booked(ANNA, "Брови + Ресницы", wall_clock(24, 12), created_at=wall_clock(20, 9)),
        Booked(ANNA, "Стрижка", wall_clock(23, 9)),
        Booked(ANNA, "Педикюр", wall_clock(27, 9), attendance=-1),
        Booked(MARIA, "Маникюр", wall_clock(27, 9)),
        Booked(ANNA, "Чистка", WEDNESDAY),
    ):
        journal.books(booked, MONDAY)
    journal.edits(6, Edited(deleted=True))

    found = journal.answer(FindRecords(phone=ANNA), MONDAY)

    assert isinstance(found, RecordsFound)
    assert [record.services for record in found.records] == [("Брови", "Ресницы"), ("Маникюр",)]


class Unheard(Query):
    """Of another flow, which this journal does not know."""


def test_a_call_that_the_journal_does_not_know_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="answers no Unheard"):
        Journal(MOSCOW).answer(Unheard(), MONDAY)


@pytest.mark.parametrize(
    ("edited", "key"),
    [
        (Edited(attendance=-1), "everywhere.turned_out.cancelled"),
        (Edited(), "everywhere.turned_out.stands"),
    ],
)
def test_an_unknown_outcome_is_looked_up_later(edited: Edited, key: str) -> None:
    salon = scene(MANICURE)
    answer = salon._core.answer

    def unclear(call: Query | Command, now: datetime) -> Event:
        return CallFailed(reason="unknown") if isinstance(call, CancelRecord) else answer(call, now)

    salon._core = replace(salon._core, answer=unclear)

    async def story() -> None:
        salon.writes(ANNA, "отмените запись")
        await salon.settles()
        salon.taps(ANNA, "Да")
        await salon.settles()
        assert salon.messages(ANNA)[-1].keys == ("cancel.unknown",)
        salon.edits(1, edited)
        await salon.passes(timedelta(minutes=11))

    plays(story)
    assert salon.messages(ANNA)[-1].keys == (key,)


def test_whoever_watches_sees_every_turn() -> None:
    seen: list[str] = []
    watched = lambda decided: seen.append(type(decided.event).__name__)  # noqa: E731  # one line tells it
    salon = PureScene(DIALOGUE, CATALOGUE, Salon(zone=MOSCOW), MONDAY, watched)

    async def story() -> None:
        salon.writes(ANNA, "здравствуйте")
        await salon.settles()

    plays(story)
    assert seen == ["Greeted"]


def test_a_table_that_asks_for_ever_is_told_instead_of_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    salon = scene(MANICURE)
    # Whatever comes back, the call is out again.
    monkeypatch.setattr(PureChat, "drains", lambda chat, now, arrival: None)
    chat = salon._chat(ANNA)
    chat._call = OutgoingCall(key="1", call=FindRecords(phone=ANNA))

    with pytest.raises(NeverRests, match="one call follows from another"):
        asyncio.run(salon.settles())
