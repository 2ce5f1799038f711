"""Never faster than WhatsApp allows (whatsapp.md §2.2), and no memory of those who have rested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.pacing import Pace, Pacing, pace_of_a_number
from engine.ports import Address


def client(n: int, account: str = "1") -> Address:
    return Address(channel="whatsapp", account=account, phone=f"+7900{n:07}", user=None)


def test_forty_go_at_once_and_then_one_in_six_seconds() -> None:
    pacing = Pacing()

    # Beyond twenty the number's own pace of 60 a second shows.
    assert max(pacing.reserve(client(1), 0) for _ in range(40)) < 0.5
    assert [round(pacing.reserve(client(1), 0), 6) for _ in range(3)] == [6, 12, 18]


def test_the_loan_is_paid_back_in_silence() -> None:
    pacing = Pacing()
    for _ in range(40):
        pacing.reserve(client(1), 0)

    assert round(pacing.wait_s(client(1), 5), 6) == 1
    assert pacing.wait_s(client(1), 6) == 0
    assert max(pacing.reserve(client(1), 240) for _ in range(40)) < 0.5


def test_looking_takes_nothing() -> None:
    pacing = Pacing(pair=Pace(per_second=1, burst=1))

    assert [pacing.wait_s(client(1), 0) for _ in range(5)] == [0] * 5
    assert pacing.reserve(client(1), 0) == 0
    assert pacing.wait_s(client(1), 0) == 1


def test_one_client_holds_up_nobody_else() -> None:
    pacing = Pacing(pair=Pace(per_second=1 / 6, burst=1))
    for _ in range(5):
        pacing.reserve(client(1), 0)

    assert pacing.reserve(client(2), 0) == 0


def test_a_number_sends_eighty_in_its_fullest_second() -> None:
    pacing = Pacing()
    waits = [pacing.reserve(client(n), 0) for n in range(200)]

    assert 79 <= sum(wait < 1 for wait in waits) <= 80
    assert 59 <= sum(1 <= wait < 2 for wait in waits) <= 61
    assert pacing.reserve(client(1, account="2"), 0) == 0


@pytest.mark.parametrize("per_second", [1, 2, 20, 80, 1000])
def test_a_number_sends_no_more_in_its_fullest_second_than_it_may(per_second: int) -> None:
    pacing = Pacing(number=pace_of_a_number(per_second))

    waits = [pacing.reserve(client(n), 0) for n in range(2 * per_second)]

    assert per_second - 1 <= sum(wait < 1 for wait in waits) <= per_second


def test_clients_without_a_phone_have_their_own_pace() -> None:
    pacing = Pacing(pair=Pace(per_second=1, burst=1))
    one, other = (
        Address(channel="whatsapp", account="1", phone=None, user=user) for user in ("RU.1", "RU.2")
    )

    assert [pacing.reserve(one, 0), pacing.reserve(other, 0), pacing.reserve(one, 0)] == [0, 0, 1]


def test_memory_is_bounded() -> None:
    pacing = Pacing()
    for n in range(20_000):
        pacing.reserve(client(n), n)

    assert pacing.remembered < 3000


@given(st.lists(st.floats(0, 20), max_size=80))
def test_no_window_of_time_holds_more_than_burst_and_pace(gaps: list[float]) -> None:
    pacing = Pacing()
    now_s, sent_at = 0.0, []
    for gap in gaps:
        now_s += gap
        sent_at.append(now_s + pacing.reserve(client(1), now_s))

    for i, first in enumerate(sent_at):
        for n, last in enumerate(sent_at[i:], start=1):
            assert n <= 40 + (last - first) / 6 + 1e-6
