"""Random walks: Hypothesis invents conversations, faults and crashes, and shrinks what breaks a promise."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import main
from adapters.proving.acts import Act
from adapters.proving.inventing import JOURNAL, OTHERS, PHONES, WISHES, YES
from adapters.proving.long_runs import walk
from engine import listening

WHOLE = main.whole(None)
BOOKS = [Act("books", booked=booked, settles=False) for booked in JOURNAL]

CLIENTS = st.sampled_from(PHONES[:3])
SETTLES = st.booleans()
LABELS = ("Да, отменить", "Оставить", "ср", "пт", "сб")
ACTS = st.one_of(
    st.builds(Act, st.just("writes"), CLIENTS, st.sampled_from((*WISHES, *YES, *OTHERS)), SETTLES),
    st.builds(Act, st.just("taps"), CLIENTS, st.sampled_from(LABELS), SETTLES),
    st.builds(Act, st.just("reacts"), CLIENTS, st.just("👍"), SETTLES),
    st.builds(Act, st.sampled_from(("again", "restart"))),
    st.builds(Act, st.just("waits"), time=st.sampled_from([timedelta(minutes=n) for n in (1, 5, 16)])),
    st.builds(Act, st.just("crash"), settles=st.just(False), count=st.integers(0, 40)),
    st.builds(
        Act,
        st.just("yclients"),
        text=st.sampled_from(("timeout-but-done on cancel × 1", "500 on cancel × 3", "403 on cancel × 1")),
        settles=st.just(False),
    ),
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(acts=st.lists(ACTS, max_size=14), confirm=st.sampled_from(["always", "never"]))
def test_whatever_is_done_the_promises_hold(acts: list[Act], confirm: str) -> None:
    run = walk([*BOOKS, *acts], {"CONFIRM": confirm}, WHOLE)
    assert run.violation is None, run.chat()


def test_a_walk_that_breaks_a_promise_is_shrunk_to_a_short_transcript(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "_could_answer", lambda at: True)

    @settings(max_examples=900, deadline=None, derandomize=True, database=None)
    @given(acts=st.lists(ACTS, max_size=14))
    def promises_hold(acts: list[Act]) -> None:
        run = walk([*BOOKS, *acts], {}, WHOLE)
        assert run.violation is None, run.chat()

    with pytest.raises(AssertionError) as told:
        promises_hold()
    shown = str(told.value)
    assert "every write was agreed to" in shown
    said = [line for line in shown.splitlines() if line.strip().startswith((">", "late"))]
    assert 1 <= len(said) <= 4, shown
