"""Who calls in a pause: each call that leaves before a refusal allows it is noted, and no other."""

import asyncio

from adapters.rehearsal.pausing import PausedTransport, Pauses
from adapters.transport import Answer
from adapters.virtual import LoopClock, play

OK, REFUSED = Answer(200, b"{}"), Answer(429, b"{}")
FOR_SEVEN_SECONDS = Answer(429, b"{}", {"retry-after": "7"})


def early(*calls: tuple[float, float, Answer]) -> list[str]:
    """Return what is noted of calls that leave at such a moment, take so long, and are answered so."""

    async def scene() -> list[str]:
        pauses = Pauses(LoopClock().monotonic)

        async def call(at_s: float, takes_s: float, answer: Answer) -> None:
            async def side(method: str, path: str, **more: object) -> Answer:
                await asyncio.sleep(takes_s)
                return answer

            await asyncio.sleep(at_s)
            await PausedTransport(side, pauses)("GET", "/record/1")

        await asyncio.gather(*(call(*each) for each in calls))
        return pauses.early

    return play(scene())


def test_after_a_refusal_nobody_calls_for_a_second() -> None:
    assert early((0, 0.1, REFUSED), (1.1, 0.1, OK)) == []
    assert early((0, 0.1, REFUSED), (0.6, 0.1, OK)) == ["GET /record/1 left 0.5 s before it might"]


def test_nor_for_as_long_as_it_says() -> None:
    assert early((0, 0.1, FOR_SEVEN_SECONDS), (7.1, 0.1, OK)) == []
    assert early((0, 0.1, FOR_SEVEN_SECONDS), (5.1, 0.1, OK)) == ["GET /record/1 left 2.0 s before it might"]


def test_what_was_on_its_way_when_the_refusal_was_read_is_nobody_s_fault() -> None:
    assert early((0, 0.5, REFUSED), (0.4, 0.5, OK)) == []


def test_a_neighbour_s_refusal_says_nothing_new_unless_it_says_for_how_long() -> None:
    assert early((0, 0.5, REFUSED), (0, 0.9, REFUSED), (1.6, 0, OK)) == []
    assert len(early((0, 0.5, REFUSED), (0, 0.9, FOR_SEVEN_SECONDS), (1.6, 0, OK))) == 1
