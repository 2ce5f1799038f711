"""How long what fails holds up its chat, by what fails: never longer than design §5 says."""

import asyncio
import random
from itertools import pairwise

import pytest

from engine.ports import Address, Answers, InDoubt, Paced, Rejected, Unavailable
from tests.engine.runtime.world import ANNA, MARIA, FakeMessenger, World

AWAY = Unavailable("no connection")
LOST = InDoubt("time-out")
DAY_S, PATIENCE_S = 86_400, 900
GREETING = "Здравствуйте!"


class Choosy(FakeMessenger):
    """A channel that fails with one message and takes all others."""

    def __init__(self, words: str, error: Exception, takes_s: float = 0.0) -> None:
        super().__init__()
        self.words, self.error, self.takes_s = words, error, takes_s

    async def send(self, address, bubble, *, key):  # type: ignore[no-untyped-def]  # as the fake's
        fails = self.words in bubble.text
        self.sending.lasting, self.sending.takes_s = (self.error, self.takes_s) if fails else (None, 0.0)
        return await super().send(address, bubble, key=key)


class Always:
    """The worst that chance can do, or the best."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


@pytest.fixture(params=[0.1, 0.999999])
def chance(request: pytest.FixtureRequest) -> Always:
    return Always(request.param)


@pytest.fixture
def long() -> Always:
    return Always(0.999999)


async def with_messenger(world: World, messenger: FakeMessenger, chance: Always) -> None:
    """Start anew with this channel, to which statuses have come lately."""
    await world.writes("Здравствуйте")
    await world.reports(world.messenger.sent[0].key)
    await world.dies()
    world.messenger, world.chance = messenger, chance
    await world.starts()


async def held_s(world: World, *, at_most_s: float) -> float:
    """Let Anna write twice; return for how long the first answer held up the second."""
    await world.writes("Здравствуйте")
    since = world.time_s()
    await world.writes("абракадабра")
    waited_s = 0.0
    while not world.messenger.sent and waited_s <= at_most_s:
        # In long steps where it may take long.
        step_s = max(0.25, min(at_most_s - waited_s, 600) / 100)
        await world.passes(step_s)
        waited_s += step_s
    assert world.messenger.sent, f"still held up after {waited_s} s"
    return world.messenger.sent[0].at_s - since


@pytest.mark.parametrize(
    ("error", "takes_s", "at_most_s"),
    [
        (Rejected("never", code=131026), 0, 1),
        (LOST, 0, 30),
        (LOST, 15, 30 + 2 * 15),
        (TypeError("our own mistake"), 0, 5),
    ],
)
async def test_a_head_that_fails_holds_its_chat_for_no_longer_than_it_may(
    world: World, chance: Always, error: Exception, takes_s: float, at_most_s: float
) -> None:
    await with_messenger(world, Choosy(GREETING, error, takes_s), chance)

    assert await held_s(world, at_most_s=at_most_s + 1) <= at_most_s + 0.1


async def test_a_crash_in_the_middle_of_a_send_holds_the_chat_for_half_a_minute(
    world: World, chance: Always
) -> None:
    await with_messenger(world, Choosy(GREETING, LOST, takes_s=10), chance)
    await world.writes("Здравствуйте")
    await world.writes("абракадабра")
    await world.passes(1)
    await world.dies()
    await world.starts()
    started_s = world.time_s()
    await world.passes(41)

    assert [sent.at_s - started_s <= 30 + 10.1 for sent in world.messenger.sent] == [True]


@pytest.mark.parametrize("last_wait_s", [0.0, 250.0])
async def test_what_can_never_be_sent_is_given_up_when_it_is_of_no_use_any_more(
    world: World, long: Always, last_wait_s: float
) -> None:
    """Not up to five minutes later, when its next attempt would have been due."""
    error = Unavailable("busy", retry_after_s=last_wait_s) if last_wait_s else AWAY
    await with_messenger(world, Choosy(GREETING, error), long)
    await world.writes("Здравствуйте")
    committed_s = world.time_s()
    await world.passes(DAY_S - 200)
    await world.writes("абракадабра")
    world.said()
    await world.passes(199)
    world.says()
    await world.passes(2)

    assert len(world.messenger.sent) == 1
    assert world.messenger.sent[0].at_s - committed_s == pytest.approx(DAY_S, abs=0.1)


async def test_a_question_that_can_never_be_sent_holds_its_chat_for_its_patience(
    world: World, chance: Always
) -> None:
    await with_messenger(world, Choosy("Отменить запись", AWAY), chance)
    await world.writes("хочу отменить запись")
    await world.passes(PATIENCE_S - 1)
    assert (await world.session()).state == "cancel.confirming"
    await world.passes(2)
    assert (await world.session()).state == "idle"


async def test_after_an_outage_of_a_day_whatever_is_left_goes_out_within_five_minutes(
    world: World, long: Always
) -> None:
    await with_messenger(world, Choosy(GREETING, AWAY), long)
    await world.writes("Здравствуйте")
    await world.passes(DAY_S / 2)
    assert isinstance(world.messenger, Choosy)
    world.messenger.words = "nothing at all"
    await world.passes(300)

    assert len(world.messenger.sent) == 1


async def test_a_second_copy_waits_until_the_channel_answers(world: World, chance: Always) -> None:
    """It is the last one: in an outage it would be lost like the first."""
    channel = FakeMessenger()
    channel.sending.lasting, channel.answer = LOST, "no"
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(minutes=7)
    assert len(channel.attempts) == 1
    assert set(world.endings) == {("message", "sent"), ("message", "doubt"), ("message", "later")}

    channel.sending.lasting, channel.answer = None, "yes"
    await world.passes(30.5)
    assert [one.bubble.text.startswith(GREETING) for one in channel.sent] == [True]
    assert len(channel.attempts) == 2


async def test_that_marks_are_taken_is_known_over_a_restart(world: World, chance: Always) -> None:
    channel = FakeMessenger()
    # Only the process before has ever seen one taken.
    channel.sending.lasting, channel.answer, channel.marks = LOST, "no", False
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(minutes=7)

    assert len(channel.attempts) == 1


@pytest.mark.parametrize(("answer", "copies"), [("yes", 2), ("unclear", 2), ("no", 1)])
async def test_where_no_mark_was_ever_taken_only_silence_tells_anything(
    world: World, chance: Always, answer: Answers, copies: int
) -> None:
    world.messenger.marks = False
    channel = FakeMessenger()
    channel.sending.lasting, channel.answer, channel.marks = LOST, answer, False
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(60)

    assert len(channel.attempts) == copies


async def test_where_no_mark_was_ever_taken_silence_counts_for_two_minutes(
    world: World, chance: Always
) -> None:
    world.messenger.marks = False
    channel = FakeMessenger()
    channel.sending.lasting, channel.answer, channel.marks = LOST, "no", False
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(119)
    assert len(channel.attempts) == 1
    await world.passes(32)
    assert len(channel.attempts) == 2


@pytest.mark.parametrize("answer", ["no", "unclear"])
async def test_a_send_that_was_accepted_meanwhile_tells_more_than_marks(
    world: World, chance: Always, answer: Answers
) -> None:
    """Marks were taken once, and are not any more."""
    channel = FakeMessenger()
    channel.sending.errors, channel.answer = [LOST], answer
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(10)
    await world.writes("Здравствуйте", phone=MARIA)
    await world.passes(21)

    assert [one.phone for one in channel.sent] == [MARIA, ANNA]


async def test_a_send_that_was_accepted_before_tells_nothing(world: World, chance: Always) -> None:
    channel = FakeMessenger()
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте", phone=MARIA)
    channel.sending.lasting, channel.answer = LOST, "no"
    await world.writes("Здравствуйте")
    await world.passes(minutes=5)

    assert [one.phone for one in channel.attempts] == [MARIA, ANNA]


async def test_a_second_copy_waits_no_longer_than_it_is_of_use(world: World, chance: Always) -> None:
    channel = FakeMessenger()
    channel.sending.lasting, channel.answer = LOST, "no"
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(minutes=24 * 60 + 1)

    assert len(channel.attempts) == 1
    assert (
        await world.looks_up("SELECT why FROM outbox WHERE finished_us IS NOT NULL ORDER BY outbox_id DESC")
        == "too old"
    )


class Mistaken(FakeMessenger):
    """A channel whose pace cannot be told, by a mistake of ours."""

    async def turn(self, address: Address) -> None:
        raise ZeroDivisionError


async def test_a_mistake_about_whose_turn_it_is_holds_nobody_up(world: World, chance: Always) -> None:
    channel = Mistaken()
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(0.5)

    assert len(channel.sent) == 1


class OutOfTurn(FakeMessenger):
    """A channel on which it is nobody's turn, for six seconds from each look."""

    def __init__(self) -> None:
        super().__init__()
        self.looks_s: list[float] = []

    async def turn(self, address: Address) -> None:
        self.looks_s.append(asyncio.get_running_loop().time())
        raise Paced("not yet", retry_after_s=6)


async def test_waiting_for_the_pace_never_grows_into_a_backoff(world: World, chance: Always) -> None:
    channel = OutOfTurn()
    await with_messenger(world, channel, chance)
    await world.writes("Здравствуйте")
    await world.passes(60.5)

    waits_s = [later - earlier for earlier, later in pairwise(channel.looks_s)]
    assert waits_s == pytest.approx([6] * 10, abs=0.001)
    assert channel.attempts == []


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [AWAY, LOST, Unavailable("429", retry_after_s=5)])
async def test_a_chat_waits_for_a_read_for_ten_seconds(
    world: World, chance: Always, error: Exception
) -> None:
    await world.dies()
    world.chance = chance
    await world.starts()
    world.booking.asking.lasting = error
    await world.writes("хочу отменить запись")
    await world.passes(10)

    assert (await world.session()).state == "idle"


@pytest.mark.parametrize("error", [AWAY, LOST, Unavailable("429", retry_after_s=5)])
@pytest.mark.parametrize("first", [None, Unavailable("429", retry_after_s=119)])
async def test_a_chat_waits_for_a_write_for_two_minutes(
    world: World, chance: Always, error: Exception, first: Exception | None
) -> None:
    await world.dies()
    world.chance = chance
    await world.starts()
    world.booking.doing.errors = [first] if first else []
    world.booking.doing.lasting = error
    await world.agrees()
    await world.passes(90)
    assert await world.outcomes() == []
    await world.passes(30.1)

    assert len(await world.outcomes()) == 1


async def test_who_is_turned_away_for_longer_than_a_write_is_tried_is_told_at_once(world: World) -> None:
    world.booking.doing.lasting = Unavailable("429", retry_after_s=300)
    await world.agrees()
    await world.passes(1)

    world.says("отмены не было")
    assert len(world.booking.done) == 1


async def test_a_later_look_outlasts_a_minute_for_which_background_work_is_to_stay_away(world: World) -> None:
    world.booking.doing.lasting = LOST
    await world.agrees()
    await world.passes(121)
    world.said()
    world.booking.asking.errors = [Unavailable("429", retry_after_s=60)]
    await world.passes(minutes=3, seconds=5)

    # It was read after all, and is read again later, as it shows nothing yet.
    assert len(world.booking.asked) == 3
    await world.passes(minutes=8)
    world.says("отмена не прошла и запись в силе")


# ── jitter ────────────────────────────────────────────────────────────────────────────────────────────


async def test_retries_of_many_spread_over_the_whole_backoff(world: World) -> None:
    await world.dies()
    world.chance = random.Random(7)
    await world.starts()
    world.messenger.sending.errors = [AWAY] * 200
    phones = [f"+7900000{number:04}" for number in range(200)]
    started_s = world.time_s()
    await world.shell.receive([world.words("Здравствуйте", phone) for phone in phones])
    await world.passes(5)

    again_s = sorted(one.at_s - started_s for one in world.messenger.attempts[200:])
    assert len(again_s) == 200
    assert again_s[20] < 0.2 < 0.27 < again_s[100] < 0.35 < 0.4 < again_s[-20]
    assert again_s[0] >= 0.1
    assert again_s[-1] < 0.6
