"""Deliveries: how long and how often something is tried, and what is said of it in the end."""

import itertools

import pytest
from structlog.testing import capture_logs

from engine.ports import InDoubt, Rejected, StoreFailed, Unavailable
from tests.engine.runtime.world import World

AWAY = Unavailable("no connection")
LOST = InDoubt("time-out")


# ── reads ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [AWAY, LOST])
async def test_a_read_is_tried_for_ten_seconds_and_then_told_as_failed(
    world: World, error: Exception
) -> None:
    world.booking.asking.lasting = error
    await world.writes("хочу отменить запись")
    await world.passes(7)
    world.says()
    await world.passes(3)

    world.says("Сейчас не получается открыть журнал записей")
    tried_s = [at_s for at_s, _ in world.booking.asked]
    assert 5 <= len(tried_s) <= 12
    assert 7 < tried_s[-1] - tried_s[0] < 10
    assert (await world.session()).state == "idle"


@pytest.mark.parametrize("error", [AWAY, LOST])
async def test_a_read_that_fails_once_is_tried_again_within_a_second(world: World, error: Exception) -> None:
    world.booking.asking.errors = [error]
    await world.writes("хочу отменить запись")
    await world.passes(1)
    world.says("Отменить запись: Маникюр")
    assert len(world.booking.asked) == 2


async def test_a_read_that_is_refused_is_told_at_once(world: World) -> None:
    world.booking.asking.lasting = Rejected("wrong token", detail="no_rights")
    await world.writes("хочу отменить запись")
    world.says("Сейчас не получается открыть журнал записей")
    assert len(world.booking.asked) == 1


async def test_the_ten_seconds_of_a_read_count_anew_after_a_restart(world: World) -> None:
    world.booking.asking.lasting = AWAY
    await world.writes("хочу отменить запись")
    await world.passes(8)
    await world.dies()
    await world.starts()
    await world.passes(6)
    world.says("Ещё жду ответа")
    world.booking.asking.lasting = None
    await world.passes(2)
    world.says("Отменить запись: Маникюр")


async def test_nothing_is_tried_before_the_other_side_wants_it(world: World) -> None:
    world.booking.asking.errors = [Unavailable("429", retry_after_s=7)]
    await world.writes("хочу отменить запись")
    await world.passes(6.5)
    assert len(world.booking.asked) == 1
    await world.passes(1)
    assert len(world.booking.asked) == 2


# ── writes ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_write_that_never_leaves_us_is_told_as_not_done_after_two_minutes(world: World) -> None:
    world.booking.doing.lasting = AWAY
    await world.agrees()
    await world.passes(110)
    world.says("Ещё жду ответа")
    await world.passes(35)

    world.says("отмены не было")
    assert await world.outcomes() == ["not_tried"]
    assert len(world.booking.done) > 5
    assert len({key for _, _, key in world.booking.done}) == 1
    tried = len(world.booking.done)
    await world.passes(minutes=30)
    world.says()
    assert len(world.booking.done) == tried


async def test_a_write_that_may_have_been_done_is_told_as_unknown_and_read_again(world: World) -> None:
    world.booking.doing.lasting = LOST
    await world.agrees()
    await world.passes(145)
    world.says("Ещё жду ответа", "я не знаю, прошла ли отмена")
    assert await world.outcomes() == ["unknown"]

    await world.passes(minutes=2)
    world.says()
    await world.passes(minutes=8)
    world.says("отмена не прошла и запись в силе")


async def test_one_doubt_among_many_definite_failures_leaves_the_outcome_unknown(world: World) -> None:
    world.booking.doing.errors, world.booking.doing.lasting = [AWAY, LOST], AWAY
    await world.agrees()
    await world.passes(145)
    world.says("Ещё жду ответа", "я не знаю, прошла ли отмена")


async def test_a_doubt_is_remembered_over_a_restart(world: World) -> None:
    world.booking.doing.errors, world.booking.doing.lasting = [LOST], AWAY
    await world.agrees()
    await world.passes(20)
    await world.dies()
    await world.starts()
    await world.passes(125)
    assert await world.outcomes() == ["unknown"]


async def test_a_write_that_was_out_when_the_process_died_is_in_doubt(world: World) -> None:
    world.booking.doing.takes_s = 3
    await world.agrees()
    await world.passes(1)
    await world.dies()
    world.booking.doing.takes_s, world.booking.doing.lasting = 0, AWAY
    await world.starts()
    await world.passes(145)
    assert await world.outcomes() == ["unknown"]


async def test_a_write_that_was_out_when_the_process_died_is_repeated_under_its_key(world: World) -> None:
    world.booking.doing.takes_s = 3
    await world.agrees()
    await world.passes(1)
    await world.dies()
    await world.starts()
    await world.passes(5)
    world.says("Запись отменена")
    assert len({key for _, _, key in world.booking.done}) == 1
    assert await world.outcomes() == ["cancelled"]


async def test_the_two_minutes_of_a_write_count_over_restarts(world: World) -> None:
    world.booking.doing.lasting = AWAY
    await world.agrees()
    await world.passes(70)
    await world.dies()
    await world.starts()
    await world.passes(70)
    # How far the process that died had come with its last try is not known.
    assert await world.outcomes() == ["unknown"]


async def test_a_write_that_is_refused_is_told_at_once_and_why(world: World) -> None:
    world.booking.doing.lasting = Rejected("paid", detail="paid")
    await world.agrees()
    world.says("Этот визит уже оплачен")
    assert len(world.booking.done) == 1


async def test_a_refusal_after_an_attempt_in_doubt_is_unknown_and_looked_at_again(world: World) -> None:
    """The first attempt may land long after its time-out, so «запись в силе» could become a lie."""
    world.booking.doing.errors = [InDoubt("no answer"), Rejected("forbidden", detail="no_rights")]
    await world.agrees()
    await world.passes(5)
    world.says("я не знаю, прошла ли отмена")
    assert await world.outcomes() == ["unknown"]
    await world.passes(minutes=15)
    world.says("Проверка показала")


@pytest.mark.parametrize(("error", "doubted"), [(LOST, True), (AWAY, False)])
async def test_a_write_that_was_repeated_after_a_doubt_may_land_once_more(
    world: World, error: Exception, doubted: bool
) -> None:
    world.booking.doing.errors = [error]
    await world.agrees()
    await world.passes(5)
    world.says("Запись отменена")
    assert len(world.booking.done) == 2
    assert [one.change for one in (await world.chat()).doubts] == (["cancelled"] if doubted else [])


# ── signs of waiting ──────────────────────────────────────────────────────────────────────────────────


async def test_one_sign_of_waiting_is_given_after_ten_seconds(world: World) -> None:
    world.booking.doing.takes_s = 60
    await world.agrees()
    await world.passes(9)
    world.says()
    await world.passes(2)
    world.says("Ещё жду ответа журнала салона…")
    await world.passes(40)
    world.says()
    await world.passes(10)
    world.says("Запись отменена")
    assert len(world.booking.done) == 1, "begun again while it was under way"


async def test_a_call_that_ends_sooner_gives_no_sign_of_waiting(world: World) -> None:
    world.booking.doing.takes_s = 9
    await world.agrees()
    await world.passes(60)
    world.says("Запись отменена")


async def test_a_sign_of_waiting_is_given_once_over_restarts(world: World) -> None:
    world.booking.doing.takes_s = 100
    await world.agrees()
    await world.passes(11)
    world.says("Ещё жду ответа")
    await world.dies()
    await world.starts()
    await world.passes(30)
    world.says()


# ── sends ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_messages_leave_in_order_though_the_first_is_tried_for_long(world: World) -> None:
    world.messenger.sending.errors = [AWAY, AWAY, AWAY]
    await world.writes("Здравствуйте", "абракадабра")
    await world.passes(30)
    world.says("Здравствуйте!", "Пока я умею только")
    assert len(world.messenger.attempts) == 5


async def test_a_send_in_doubt_is_held_for_a_status_and_then_repeated_once(world: World) -> None:
    await world.writes("Здравствуйте")
    await world.reports(world.messenger.sent[0].key)
    world.says("Здравствуйте!")
    world.messenger.sending.lasting = LOST

    await world.writes("абракадабра")
    await world.passes(29)
    assert len(world.messenger.attempts) == 2
    await world.passes(2)
    assert len(world.messenger.attempts) == 3
    assert world.messenger.attempts[1].key == world.messenger.attempts[2].key
    await world.passes(minutes=60)
    assert len(world.messenger.attempts) == 3


async def test_a_send_in_doubt_that_a_status_names_is_not_repeated(world: World) -> None:
    await world.writes("Здравствуйте")
    await world.reports(world.messenger.sent[0].key)
    world.messenger.sending.errors = [LOST]

    await world.writes("абракадабра")
    await world.passes(10)
    await world.reports(world.messenger.attempts[1].key, "sent")
    await world.passes(minutes=10)
    assert len(world.messenger.attempts) == 2


async def test_a_send_in_doubt_is_held_though_the_store_cannot_tell_whether_statuses_come(
    world: World,
) -> None:
    failing(world, "status_seen_since", StoreFailed("disk full"), times=1)
    world.messenger.sending.errors = [LOST]
    await world.writes("Здравствуйте")
    await world.passes(29)
    assert len(world.messenger.attempts) == 1
    await world.passes(2)
    world.says("Здравствуйте!")


async def test_a_second_copy_waits_for_a_store_that_cannot_be_read(world: World) -> None:
    """Whom to ask whether the channel answers stands in it."""
    world.messenger.sending.errors = [LOST]
    failures = failing(world, "last_heard", StoreFailed("disk full"), times=2)
    await world.writes("Здравствуйте")
    await world.passes(40)

    assert len(failures) == 2, "it was sent before that was known"
    assert len(world.messenger.attempts) == 2
    assert len(world.messenger.sent) == 1


async def test_a_number_that_shows_no_statuses_is_not_held(world: World) -> None:
    world.messenger.sending.errors = [LOST]
    await world.writes("Здравствуйте")
    await world.passes(4.9)
    assert len(world.messenger.attempts) == 1, "a blip had no time to pass"
    await world.passes(0.2)
    assert len(world.messenger.attempts) == 2
    world.says("Здравствуйте!")


async def test_a_number_whose_last_status_is_a_day_old_is_not_held(world: World) -> None:
    await world.writes("Здравствуйте")
    await world.reports(world.messenger.sent[0].key)
    await world.passes(minutes=24 * 60 + 1)
    world.messenger.sending.errors = [LOST]
    await world.writes("Здравствуйте")
    await world.passes(5.1)
    assert len(world.messenger.attempts) == 3


async def test_a_send_that_was_under_way_when_the_process_died_is_in_doubt(world: World) -> None:
    world.messenger.sending.takes_s = 5
    await world.writes("Здравствуйте")
    await world.passes(1)
    await world.dies()
    world.messenger.sending.takes_s = 0
    await world.starts()
    await world.passes(1)
    world.says("Здравствуйте!")
    assert len(world.messenger.attempts) == 2


async def test_a_question_that_nothing_proves_delivered_is_asked_again(
    world: World,
) -> None:
    """Sent twice in doubt, it may not stand on the client's phone."""
    world.messenger.sending.errors = [LOST, LOST]
    await world.writes("хочу отменить запись")
    await world.passes(6)
    assert (await world.session()).state == "cancel.confirming"
    await world.writes("да")
    world.says("Отменить запись")
    assert world.booking.done == []
    await world.writes("да")
    world.says("Запись отменена")


async def test_a_question_that_is_finally_refused_ends_the_dialogue(world: World) -> None:
    world.messenger.sending.errors = [Rejected("window closed", code=131047)]
    with capture_logs() as logs:
        await world.writes("хочу отменить запись")

    assert (await world.session()).state == "idle"
    assert [entry["code"] for entry in logs if entry["event"] == "send.refused"] == [131047]
    await world.writes("да")
    world.says("Пока я умею только отменять и переносить записи")
    assert world.booking.done == []


async def test_a_refused_message_does_not_hold_up_the_next(world: World) -> None:
    world.messenger.sending.errors = [Rejected("bad", code=100)]
    await world.writes("Здравствуйте", "абракадабра")
    world.says("Пока я умею только")


async def test_a_question_that_could_never_be_sent_does_not_keep_the_chat_waiting(world: World) -> None:
    world.messenger.sending.lasting = AWAY
    await world.writes("хочу отменить запись")
    await world.passes(minutes=21)
    assert (await world.session()).state == "idle"

    world.messenger.sending.lasting = None
    await world.passes(minutes=60)
    world.says("Простите, не удалось ответить вам вовремя.")
    await world.is_asked()


async def test_a_question_that_was_answered_is_not_sent_any_more(world: World) -> None:
    """The client starts anew while the first question could not be sent: only the second is."""
    world.messenger.sending.errors = [AWAY] * 3
    await world.writes("хочу отменить запись")
    await world.writes("хочу отменить запись на среду")
    await world.passes(60)
    texts = [text for text in world.said() if "Отменить запись" in text]
    assert len(texts) == 1
    await world.writes("да")
    world.says("Запись отменена")


# ── our own mistakes ──────────────────────────────────────────────────────────────────────────────────


async def test_a_bug_in_reading_is_told_as_a_failed_read(world: World) -> None:
    world.booking.asking.lasting = TypeError("a bug in the adapter")
    with capture_logs() as logs:
        await world.writes("хочу отменить запись")
        await world.passes(20)
    assert world.said()[-1].startswith("Сейчас не получается открыть журнал записей")
    assert "delivery.broken" in [entry["event"] for entry in logs]

    world.booking.asking.lasting = None
    await world.is_asked()


async def test_a_bug_that_takes_longer_than_a_read_may_is_told_as_a_failed_read_at_once(world: World) -> None:
    world.booking.asking.lasting, world.booking.asking.takes_s = TypeError("a bug in the adapter"), 12
    await world.writes("хочу отменить запись")
    await world.passes(13)
    world.says("Ещё жду ответа", "Сейчас не получается открыть журнал записей")
    assert len(world.booking.asked) == 1


async def test_a_bug_in_writing_is_told_as_unknown(world: World) -> None:
    world.booking.doing.lasting = TypeError("a bug in the adapter")
    await world.agrees()
    await world.passes(140)
    assert "я не знаю, прошла ли отмена" in world.said()[-1]
    assert await world.outcomes() == ["unknown"]


async def test_a_bug_in_sending_drops_that_message_and_the_chat_goes_on(world: World) -> None:
    world.messenger.sending.errors = [TypeError("a bug in the adapter")] * 2
    await world.writes("хочу отменить запись")
    await world.passes(20)
    assert (await world.session()).state == "idle"
    await world.is_asked()


def failing(world: World, method: str, error: Exception, times: int) -> list[float]:
    """Let a method of the store fail so often; return when it did."""
    failures: list[float] = []
    works = getattr(world.store, method)

    async def fails(*args: object) -> object:
        if len(failures) < times:
            failures.append(world.time_s())
            raise error
        return await works(*args)

    setattr(world.store, method, fails)
    return failures


async def test_a_read_of_an_unknown_outcome_that_fails_for_good_saw_nothing(world: World) -> None:
    world.booking.doing.lasting = LOST
    await world.agrees()
    world.booking.asking.lasting = Unavailable("down")
    await world.passes(minutes=3)
    assert "я не знаю, прошла ли отмена" in world.said()[-1]
    await world.passes(minutes=12)
    world.says("Журнал салона так и не ответил, и я не знаю, в силе ли запись")


# ── stopping ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_shell_is_busy_while_a_call_or_a_turn_is_under_way(world: World) -> None:
    world.booking.asking.takes_s = 5
    assert not world.shell.busy
    await world.writes("хочу отменить запись")
    assert world.shell.busy
    await world.passes(5)
    assert not world.shell.busy

    await world.shell.receive([world.words("нет")])
    assert world.shell.busy


async def test_what_does_not_end_within_the_drain_is_cut_off_and_done_by_the_next_process(
    world: World,
) -> None:
    world.booking.doing.takes_s = 300
    await world.agrees()
    began_s = world.time_s()
    await world.stops()
    assert world.time_s() - began_s == pytest.approx(20, abs=1)

    world.booking.doing.takes_s = 0
    await world.starts()
    await world.passes(1)
    assert world.said()[-1].startswith("Запись отменена: Маникюр")
    assert len({key for _, _, key in world.booking.done}) == 1


async def test_after_it_was_stopped_nothing_starts(world: World) -> None:
    await world.shell.stop()
    await world.store.receive([world.words("хочу отменить запись")], (), (), world.clock.now())
    assert await world.shell.deliveries.start_due() is None


@pytest.mark.parametrize("error", [StoreFailed("disk full"), AssertionError("a bug in the store")])
async def test_a_store_that_cannot_take_a_start_is_asked_again_after_a_pause(
    world: World, error: Exception
) -> None:
    """A disk that is full still tells what is due."""
    failures = failing(world, "starting", error, times=3)
    await world.writes("Здравствуйте")
    await world.passes(5)

    assert [round(after - before) for before, after in itertools.pairwise(failures)] == [1, 1]
    world.says("Здравствуйте!")


async def test_what_was_sent_is_not_sent_again_because_the_store_could_not_note_it(world: World) -> None:
    failures = failing(world, "ended", StoreFailed("disk full"), times=3)
    await world.writes("Здравствуйте", "абракадабра")
    await world.passes(5)

    assert [round(after - before) for before, after in itertools.pairwise(failures)] == [1, 1]
    world.says("Здравствуйте!", "Пока я умею только")


async def test_an_end_that_a_mistake_of_ours_keeps_from_being_stored_holds_its_chat_for_seconds(
    world: World,
) -> None:
    failing(world, "ended", ValueError("a bug in the store"), times=1)
    await world.writes("Здравствуйте", "абракадабра")
    await world.passes(60)

    # In doubt, so once more at most.
    world.says("Здравствуйте!", "Здравствуйте!", "Пока я умею только")


async def test_words_wait_no_longer_for_a_question_whose_end_was_not_stored(world: World) -> None:
    await world.is_asked()
    failing(world, "ended", ValueError("a bug in the store"), times=1)
    await world.writes("абракадабра")
    await world.passes(60)

    world.says("Не удалось понять ответ", "Не удалось понять ответ")


async def test_a_mistake_that_stays_is_told_and_waits_for_the_next_start(world: World) -> None:
    failing(world, "ended", ValueError("a bug in the store"), times=2)
    with capture_logs() as logs:
        await world.writes("Здравствуйте")
        await world.passes(60)

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "delivery.failed",
        "delivery.left",
    ]


async def test_what_was_done_is_not_done_again_because_the_store_could_not_note_it(world: World) -> None:
    await world.is_asked()
    failing(world, "ended", StoreFailed("disk full"), times=3)
    await world.taps("yes")
    await world.passes(5)
    world.says("Запись отменена")
    assert len(world.booking.done) == 1


async def test_many_chats_are_served_at_once(world: World) -> None:
    world.booking.asking.takes_s = 5
    phones = [f"+7900000{place:04}" for place in range(50)]
    for phone in phones:
        await world.writes("хочу отменить запись", phone=phone)
    await world.passes(6)
    for phone in phones[2:]:
        world.says("Не нахожу предстоящих записей", phone=phone)
