"""What is written as text and read back: option ids, events, calls and facts."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import booking, events
from engine.booking import Call, Fact
from engine.codec import Unreadable, dump, load
from engine.events import Tap
from engine.values import Event, Frozen

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(Decimal, st.decimals(0, 10**9, places=2))


def classes(base: type[Frozen]) -> list[type[Frozen]]:
    """Return the classes below `base` that the engine stores, without the toys of other tests."""
    found = [cls for child in base.__subclasses__() for cls in (child, *classes(child))]
    return [cls for cls in found if cls.__module__ in (booking.__name__, events.__name__)]


STORED = [(base, cls) for base in (Event, Call, Fact) for cls in classes(base)]


def values_of(cls: type[Frozen]) -> st.SearchStrategy[Frozen]:
    def strategy(annotation: Any) -> st.SearchStrategy[Any]:
        return st.from_type(annotation)

    return st.builds(cls, **{name: strategy(field.annotation) for name, field in cls.model_fields.items()})


for model in (booking.Record, booking.Slot, booking.Receipt, events.Named):
    st.register_type_strategy(model, values_of(model))


# ── taps ──────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=300) | st.from_regex(r"[a-z:]{0,5}:\d{0,40}:\d{0,40}", fullmatch=True))
def test_any_text_is_a_tap_or_none_and_never_an_error(text: str) -> None:
    tap = Tap.decode(text)
    if tap is not None:
        assert tap.question < 10**18
        assert tap.record_id is None or tap.record_id < 10**18


@given(
    kind=st.sampled_from(["yes", "no", "record"]),
    question=st.integers(0, 10**18 - 1),
    record_id=st.none() | st.integers(1, 10**18 - 1),
    choice=st.none() | st.integers(0, 10**18 - 1),
)
def test_an_option_s_id_is_read_back(
    kind: str, question: int, record_id: int | None, choice: int | None
) -> None:
    tap = Tap(kind=kind, question=question, record_id=record_id, choice=choice)
    assert Tap.decode(tap.encode()) == tap


@pytest.mark.parametrize(
    "option",
    ["", ":", "::", "yes", "yes:", "yes::1", "yes:1:x", "yes:-1:", "yes: 1:", "yes:1:1:1:1", "yes:²:",
     "yes:١:", "yes:" + "9" * 19 + ":", "yes:1:" + "9" * 19, "yes:" + "9" * 5000 + ":", "1:1:1", "y s:1:"],
)  # fmt: skip
def test_an_id_that_is_none_of_ours_is_no_tap(option: str) -> None:
    assert Tap.decode(option) is None


# ── stored values ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("base", "cls"), STORED, ids=lambda value: value.__name__)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_stored_value_is_read_back_as_itself(
    base: type[Frozen], cls: type[Frozen], data: st.DataObject
) -> None:
    value = data.draw(values_of(cls))
    again = load(base, dump(value))
    assert again == value
    assert type(again) is cls


def test_names_of_stored_classes_are_unique_below_each_base() -> None:
    for base in (Event, Call, Fact):
        names = [cls.__name__ for cls in classes(base)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"kind": "Yes"}',
        '{"kind": "Gone", "value": {}}',
        '{"kind": "FindRecords", "value": {"phone": "+79000000001"}}',
        '{"kind": "CallFailed", "value": {"reason": "tired"}}',
        '{"kind": "Yes", "value": {"surely": true}}',
        '{"kind": "Yes", "value": null}',
        "\ud800",
    ],
)
def test_what_today_s_code_cannot_read_says_so(text: str) -> None:
    with pytest.raises(Unreadable):
        load(Event, text)


def test_a_stored_value_names_its_class() -> None:
    assert json.loads(dump(events.Yes())) == {"kind": "Yes", "value": {}}
