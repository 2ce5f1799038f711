"""Notices are told at once, again where that fails, once where it works, and reported where it never does."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from engine.booking import CancelSettled
from engine.events import LateDecided
from engine.notices import Notice, Recipients, Told
from engine.ports import InDoubt, NoticeEnding, Rejected, Status, StoreFailed, TurnTaken, Unavailable
from engine.session import Session
from tests.engine.runtime.world import ANNA, MANICURE, NUMBER, FakeNotifier, FragileDialogue, World

OWNER, ASSISTANT = "admin:1", "admin:2"
DAY_S = 24 * 3600


@pytest.fixture
async def salon(world: World) -> World:
    """A salon whose owner is told."""
    return await telling(world, OWNER)


async def telling(world: World, *admin: str) -> World:
    await world.stops()
    world.notifier = FakeNotifier()
    world.salon = replace(world.salon, recipients=Recipients(admin=admin))
    await world.starts()
    return world


def events(world: World) -> list[tuple[str, str]]:
    assert world.notifier is not None
    return [(told.recipient, told.notice.event) for _, told, _ in world.notifier.told]


def attempts(world: World) -> int:
    assert world.notifier is not None
    return len(world.notifier.attempts)


def notifier(world: World) -> FakeNotifier:
    assert world.notifier is not None
    return world.notifier


async def test_the_owner_is_told_at_once(salon: World) -> None:
    await salon.agrees()

    assert events(salon) == [(OWNER, "cancelled")]
    assert notifier(salon).told[0][2].startswith("Отмена: Маникюр")
    assert salon.counted == [("cancelled", "sent")]


async def test_nobody_is_told_where_nobody_is_named(world: World) -> None:
    await world.agrees()

    assert world.shell.notices is None
    assert await world.looks_up("SELECT count(*) FROM notice") == 0


async def test_what_fails_is_tried_again_later_and_later(salon: World) -> None:
    notifier(salon).telling.errors = [Unavailable("away")] * 4
    await salon.agrees()
    assert events(salon) == []

    await salon.passes(minutes=2)

    assert events(salon) == [(OWNER, "cancelled")]
    assert attempts(salon) == 5


async def test_a_channel_that_wants_to_be_left_alone_is(salon: World) -> None:
    notifier(salon).telling.errors = [Unavailable("slow down", retry_after_s=600)]
    await salon.agrees()

    await salon.passes(minutes=9.9)
    assert events(salon) == []
    await salon.passes(minutes=0.3)
    assert events(salon) == [(OWNER, "cancelled")]


async def gives_a_reason_too(salon: World) -> None:
    await salon.agrees()
    await salon.writes("заболела")


def titles(salon: World) -> list[str]:
    return [words.split(":")[0] for _, _, words in notifier(salon).told]


async def test_while_an_address_is_down_nothing_that_follows_overtakes(salon: World) -> None:
    notifier(salon).telling.lasting = Unavailable("away")
    await gives_a_reason_too(salon)

    await salon.passes(minutes=5)
    await salon.dies()
    await salon.starts()
    await salon.passes(minutes=5)
    assert {told.notice.update for told in notifier(salon).attempts} == {False}
    notifier(salon).telling.lasting = None
    await salon.passes(minutes=20)

    assert titles(salon) == ["Отмена", "Причина отмены"]


async def test_what_is_given_up_is_reported_and_lets_what_follows_through(world: World) -> None:
    salon = await telling(world, OWNER, ASSISTANT)
    notifier(salon).telling.errors = [Rejected("gone")]

    await gives_a_reason_too(salon)

    assert titles(salon).count("Причина отмены") == 2
    assert titles(salon)[-1] == "Причина отмены"
    assert [whom for whom, event in events(salon) if event == "dead"] == [ASSISTANT]


async def test_what_comes_after_its_follow_up_says_so(salon: World) -> None:
    await gives_a_reason_too(salon)
    assert titles(salon) == ["Отмена", "Причина отмены"]

    key = await salon.looks_up("SELECT key FROM notice ORDER BY notice_id LIMIT 1")
    await salon.reports(str(key), "failed")

    title, second, *_ = notifier(salon).told[-1][2].splitlines()
    assert title.startswith("Отмена: Маникюр")
    assert second == "Это сообщение дошло с опозданием: более новые вы уже получили."


async def test_a_slow_channel_holds_up_no_chat_and_no_other_recipient(world: World) -> None:
    salon = await telling(world, OWNER, ASSISTANT)
    notifier(salon).telling.takes_s = 300
    await salon.agrees()

    salon.says("Запись отменена")
    assert attempts(salon) == 2
    await salon.writes("спасибо")
    salon.says("Пожалуйста")


async def test_what_nobody_gets_in_a_day_is_reported_once_to_the_others(
    world: World, logs: list[MutableMapping[str, Any]]
) -> None:
    salon = await telling(world, OWNER, ASSISTANT)
    refuse(salon, OWNER, Unavailable("away"))
    await salon.agrees()
    assert events(salon) == [(ASSISTANT, "cancelled")]

    await salon.passes(DAY_S + 3600)

    assert events(salon) == [(ASSISTANT, "cancelled"), (ASSISTANT, "dead")]
    title, why, *rest = notifier(salon).told[-1][2].splitlines()
    assert (title, why) == (
        "Уведомление не доставлено",
        "Кому: администратор. Почему: за сутки не удалось отправить.",
    )
    assert rest[0].startswith("Отмена: Маникюр")
    (lost,) = [line for line in logs if line["event"] == "notice.undelivered"]
    assert (lost["log_level"], lost["reported"]) == ("error", True)


async def test_a_final_refusal_is_reported_at_once(world: World) -> None:
    salon = await telling(world, OWNER, ASSISTANT)
    refuse(salon, OWNER, Rejected("HTTP 410"))

    await salon.agrees()
    await salon.settles()

    assert events(salon) == [(ASSISTANT, "cancelled"), (ASSISTANT, "dead")]


async def test_a_report_that_is_lost_too_is_told_to_whoever_watches_the_logs(
    world: World, logs: list[MutableMapping[str, Any]]
) -> None:
    salon = await telling(world, OWNER, ASSISTANT)
    notifier(salon).telling.lasting = Rejected("gone")

    await salon.agrees()
    await salon.settles()

    lost = [line for line in logs if line["event"] == "notice.undelivered"]
    # Each of two notices was reported to the other address, where the report was lost as well.
    assert sorted(line["reported"] for line in lost) == [False, False, True, True]
    assert await salon.looks_up("SELECT count(*) FROM notice WHERE status = 'dead'") == 4


async def test_a_notice_outlives_a_crash_and_comes_once(salon: World) -> None:
    notifier(salon).telling.errors = [Unavailable("away")]
    await salon.agrees()
    await salon.dies()
    await salon.starts()

    await salon.passes(minutes=1)
    await salon.dies()
    await salon.starts()
    await salon.passes(minutes=5)

    assert events(salon) == [(OWNER, "cancelled")]


async def test_a_crash_in_the_middle_of_a_send_repeats_it_once(salon: World) -> None:
    notifier(salon).telling.takes_s = 60
    await salon.agrees()
    for _ in range(3):
        await salon.dies()
        await salon.starts()
        await salon.settles()

    assert attempts(salon) == 2
    assert await salon.looks_up("SELECT status || ': ' || why FROM notice") == "sent: in doubt"


async def test_what_is_in_doubt_is_sent_once_more_and_not_again(salon: World) -> None:
    notifier(salon).telling.lasting = InDoubt("no answer in time")
    await salon.agrees()

    await salon.passes(minutes=10)

    assert attempts(salon) == 2
    assert await salon.looks_up("SELECT status FROM notice") == "sent"


async def test_a_bug_in_an_adapter_tells_no_secret_and_stops_nothing(
    salon: World, logs: list[MutableMapping[str, Any]]
) -> None:
    notifier(salon).telling.errors = [RuntimeError("tgram://secret-token/")]
    await salon.agrees()

    await salon.passes(minutes=1)

    assert events(salon) == [(OWNER, "cancelled")]
    assert "secret-token" not in str(logs)


async def test_a_request_is_told_with_a_link_that_is_stored_nowhere(salon: World) -> None:
    notifier(salon).links = {"r1": "https://salon.example/late/signed"}
    await requested(salon, "r1")

    assert "Решите до начала визита: https://salon.example/late/signed" in notifier(salon).told[0][2]
    assert await salon.looks_up("SELECT text LIKE '%signed%' FROM notice") == 0


async def test_without_a_link_a_request_is_decided_in_the_journal(salon: World) -> None:
    await requested(salon, "r1")

    assert notifier(salon).told[0][2].endswith("Решите в журнале и ответьте клиенту.")


async def test_a_store_that_fails_is_asked_again(salon: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = salon.store.notice_ended
    failures = [StoreFailed("disk full")]

    async def ended(*arguments: Any) -> None:
        if failures:
            raise failures.pop()
        await honest(*arguments)

    monkeypatch.setattr(salon.store, "notice_ended", ended)
    await salon.agrees()
    await salon.passes(5)

    assert events(salon) == [(OWNER, "cancelled")]
    assert await salon.looks_up("SELECT status FROM notice") == "sent"


@pytest.mark.parametrize("error", [StoreFailed("disk full"), RuntimeError("a bug in the store")])
async def test_what_could_not_be_begun_stays_due(
    salon: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    honest = salon.store.notice_starting
    failures = [error]

    async def starting(*arguments: Any) -> bool:
        if failures:
            raise failures.pop()
        return await honest(*arguments)

    monkeypatch.setattr(salon.store, "notice_starting", starting)
    await salon.agrees()
    await salon.passes(5)

    assert events(salon) == [(OWNER, "cancelled")]


async def test_a_notice_that_has_ended_meanwhile_is_left_alone(
    salon: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def starting(*arguments: Any) -> bool:
        due = arguments[0]
        await salon.store.notice_ended(due, NoticeEnding("sent"), salon.clock.now())
        return False

    monkeypatch.setattr(salon.store, "notice_starting", starting)
    await salon.agrees()

    assert attempts(salon) == 0


async def test_what_is_under_way_at_the_end_is_let_end(salon: World) -> None:
    notifier(salon).telling.takes_s = 5
    await salon.agrees()
    assert salon.shell.notices is not None
    assert salon.shell.notices.busy

    await salon.stops()

    assert events(salon) == [(OWNER, "cancelled")]
    assert await salon.shell.notices.start_due() is None
    await salon.starts()


async def test_a_salon_at_rest_stops_at_once(salon: World) -> None:
    before = salon.time_s()
    await salon.stops()

    assert salon.time_s() - before < 1
    await salon.starts()


async def test_what_does_not_end_is_found_by_the_next_process(salon: World) -> None:
    notifier(salon).telling.takes_s = 10_000
    await salon.agrees()

    await salon.stops()
    notifier(salon).telling.takes_s = 0
    await salon.starts()
    await salon.settles()

    assert events(salon) == [(OWNER, "cancelled")]


class BrokenWords(FragileDialogue):
    broken_words = frozenset({"бум"})


async def test_a_turn_that_is_put_aside_is_told(salon: World) -> None:
    salon.shell.turns.dialogue = BrokenWords(
        salon.dialogue.flows, salon.dialogue.everywhere, salon.dialogue.understanding, salon.texts.claims
    )

    await salon.writes("бум")
    await salon.passes(5)

    assert events(salon) == [(OWNER, "dead")]
    assert notifier(salon).told[0][2].startswith("Сообщение клиента не обработано\nКлиент: +7")
    assert notifier(salon).told[0][2].endswith("\nДля техподдержки: t1")
    assert await salon.looks_up("SELECT letter FROM dead") == "t1"


async def test_an_answer_that_a_client_does_not_get_is_told(salon: World) -> None:
    salon.messenger.sending.lasting = Rejected("WhatsApp: 131026", code=131026)

    await salon.writes("здравствуйте")
    await salon.settles()

    assert events(salon) == [(OWNER, "dead")]
    title, client, why, letter = notifier(salon).told[0][2].splitlines()
    assert (title, client) == ("Ответ клиенту не доставлен", f"Клиент: {ANNA}")
    assert why.startswith("WhatsApp не принимает сообщение.")
    assert letter == "Для техподдержки: m1"
    assert await salon.looks_up("SELECT letter FROM dead") == "m1"


async def test_an_answer_that_was_in_doubt_twice_is_told(salon: World) -> None:
    salon.messenger.sending.lasting = InDoubt("no answer")

    await salon.writes("здравствуйте")
    await salon.passes(6)

    assert len(salon.messenger.attempts) == 2
    assert events(salon) == [(OWNER, "dead")]
    assert notifier(salon).told[0][2].splitlines() == [
        "Неизвестно, дошёл ли ответ до клиента",
        f"Клиент: {ANNA}",
        "WhatsApp дважды не подтвердил отправку. Посмотрите чат: если ответа там нет, напишите клиенту.",
        "Для техподдержки: m1",
    ]
    assert await salon.looks_up("SELECT letter FROM dead") == "m1"


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (Unavailable("no connection"), "Ответ клиенту не доставлен"),
        (InDoubt("no answer"), "Неизвестно, дошёл ли ответ до клиента"),
    ],
)
async def test_an_answer_that_could_not_be_sent_for_a_day_is_told(
    salon: World, error: Exception, title: str
) -> None:
    await salon.writes("здравствуйте")
    salon.messenger.sending.lasting, salon.messenger.answer = error, "no"
    await salon.writes("спасибо")
    await salon.passes(minutes=24 * 60 - 10)
    assert events(salon) == []
    await salon.passes(minutes=20)

    assert events(salon) == [(OWNER, "dead")]
    assert notifier(salon).told[0][2].splitlines()[0] == title
    assert await salon.looks_up("SELECT count(*) FROM dead") == 1


async def test_what_stop_has_silenced_is_nobodys_matter(salon: World) -> None:
    await salon.writes("здравствуйте")
    salon.messenger.sending.lasting, salon.messenger.answer = InDoubt("no answer"), "no"
    await salon.writes("спасибо")
    await salon.passes(1)
    await salon.writes("стоп")
    await salon.passes(minutes=24 * 60 + 10)

    assert events(salon) == []
    assert await salon.looks_up("SELECT count(*) FROM dead") == 0


async def test_a_question_that_could_not_be_sent_in_time_is_told_to_its_client_alone(salon: World) -> None:
    await salon.writes("здравствуйте")
    salon.messenger.sending.lasting = Unavailable("no connection")
    await salon.writes("хочу отменить запись")
    await salon.passes(minutes=16)
    salon.messenger.sending.lasting = None
    await salon.passes(minutes=6)

    salon.says("Здравствуйте!", "Простите, не удалось ответить вам вовремя.")
    assert events(salon) == []
    assert (await salon.session()).state == "idle"


async def test_an_answer_whose_second_copy_was_cut_by_a_crash_is_told(salon: World) -> None:
    salon.messenger.sending.takes_s = 5
    await salon.writes("здравствуйте")
    for _ in range(2):
        await salon.dies()
        await salon.starts()
        await salon.passes(1)

    assert len(salon.messenger.attempts) == 2
    assert events(salon) == [(OWNER, "dead")]
    assert notifier(salon).told[0][2].startswith("Неизвестно, дошёл ли ответ до клиента")


async def test_an_answer_that_a_status_refuses_later_is_told_once(salon: World) -> None:
    await salon.writes("здравствуйте")
    await salon.settles()
    refused = Status(account=NUMBER, message_id="wamid.1", key=None, status="failed", at=salon.clock.now())

    await salon.shell.receive((), (refused,))
    await salon.shell.receive((), (refused,))
    await salon.settles()

    assert events(salon) == [(OWNER, "dead")]
    assert notifier(salon).told[0][2].endswith("\nДля техподдержки: m1")


async def test_what_happened_outside_reaches_its_chat_once(world: World) -> None:
    await world.writes("здравствуйте")
    decided = LateDecided(request="r1", granted=True)

    assert await world.shell.happened(1, "late:r1", decided)
    assert not await world.shell.happened(1, "late:r1", decided)


def refuse(world: World, recipient: str, error: Exception) -> None:
    """This recipient's channel fails for ever; the others work."""
    channel = notifier(world)
    honest = channel.tell

    async def tell(told: Told, text: str, link: str | None) -> None:
        if told.recipient == recipient:
            channel.attempts.append(told)
            raise error
        await honest(told, text, link)

    channel.tell = tell  # type: ignore[method-assign]  # one fake, bent for one test


async def requested(world: World, request: str) -> None:
    """A turn asks the administrator for a late cancel."""
    await world.writes("здравствуйте")
    fact = CancelSettled(record=MANICURE, outcome="requested", request=request)
    notice = Notice(to="admin", event="late", record=MANICURE, request=request)
    asked = Told(key=f"asked.{request}", recipient=OWNER, notice=notice, text="Просьба о поздней отмене")
    await world.store.happened(1, "x", LateDecided(request="none", granted=False), world.clock.now())
    head = await world.store.head(1)
    assert head is not None
    turn = TurnTaken(head=head, session=Session(), chat=head.chat, facts=(fact,), notices=(asked,))
    assert await world.store.take(turn, world.clock.now())
    world.shell._committed()
    await world.settles()
